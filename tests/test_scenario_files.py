"""The acceptance language itself: what a file may say, each mistake with its message, and how outcomes are compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from chalicelib.dates import JST
from chalicelib.playground import language
from chalicelib.playground.compare import MISSING, differences
from chalicelib.playground.language import ScenarioError
from chalicelib.scenarios import recordings

HEAD = "scenario: s\nservice: sottonet\nuntil: 2025-05-01\n"
APPLY = "  - {day: 2025-04-03, do: apply, contract: c1, plan: standard, payment_method: card}\n"


def _read(tmp_path: Path, text: str) -> list[language.Scenario]:
    file = tmp_path / "f.yaml"
    file.write_text(text, encoding="utf-8")
    return language.read(file)


def test_times_are_japanese_unless_they_say_otherwise(tmp_path: Path) -> None:
    text = HEAD + "timeline:\n" + APPLY
    text += "  - {at: 2025-04-03T10:00, do: pay, contract: c1}\n  - {at: '2025-04-03T04:00+00:00', do: pay, contract: c1}\n"
    (scenario,) = _read(tmp_path, text)
    assert [step.at for step in scenario.steps] == [
        datetime(2025, 4, 3, 10, tzinfo=JST),
        datetime(2025, 4, 3, 12, tzinfo=JST),  # a bare day is its noon
        datetime(2025, 4, 3, 13, tzinfo=JST),
    ]


def test_words_that_yaml_would_turn_into_something_else_stay_words(tmp_path: Path) -> None:
    text = HEAD + "timeline:\n" + APPLY
    text += "  - {day: 2025-04-04, do: add_person, contract: c1, person: no, role: family, channels: [mail], quiet: [22:00, 07:00]}\n"
    text += "expect:\n  notices: [{kind: accepted, on: 2025-04-03}]\n"
    (scenario,) = _read(tmp_path, text)
    assert scenario.steps[1].args["quiet"] == ["22:00", "07:00"]
    assert scenario.steps[1].args["person"] == "no"
    assert scenario.expect["notices"] == [{"kind": "accepted", "on": "2025-04-03"}]


def test_a_null_is_a_key_left_out_but_for_what_a_sensor_says(tmp_path: Path) -> None:
    text = (
        HEAD
        + "cites:\ncalendar: {closed: null}\nprices:\nexpect:\ntimeline:\n"
        + APPLY.replace("card}", "card, options: null}")
    )
    text += "  - {day: 2025-04-04, do: add_device, contract: c1, device: d1, model: m}\n"
    text += "  - {day: 2025-04-05, do: reading, device: d1, metric: m, value: null, seq: null}\n"
    (scenario,) = _read(tmp_path, text)
    assert scenario.steps[0].args == {"contract": "c1", "plan": "standard", "payment_method": "card"}
    assert scenario.steps[2].args == {"device": "d1", "metric": "m", "value": None}
    assert (scenario.cites, scenario.closed_days, scenario.prices, scenario.expect) == ((), (), {}, {})


def test_the_same_instant_keeps_the_order_of_the_file(tmp_path: Path) -> None:
    text = HEAD + "timeline:\n" + APPLY + "  - {day: 2025-04-03, do: install, contract: c1}\n"
    (scenario,) = _read(tmp_path, text)
    assert [step.do for step in scenario.steps] == ["apply", "install"]


def test_parts_may_stand_for_others_and_be_overridden(tmp_path: Path) -> None:
    """`<<` brings keys in; one written beside it counts, and is not a key that stands twice."""
    text = HEAD + "timeline:\n  - &first {day: 2025-04-03, do: apply, contract: c1, plan: standard, payment_method: card}\n"
    text += "  - &second {<<: *first, contract: c2}\n  - {<<: *second, day: 2025-04-05, contract: c3}\n"
    (scenario,) = _read(tmp_path, text)
    assert [(step.contract, step.at.day, step.args["plan"]) for step in scenario.steps] == [
        ("c1", 3, "standard"),
        ("c2", 3, "standard"),
        ("c3", 5, "standard"),
    ]


def test_a_key_without_a_value_is_left_out_but_a_reading_may_be_null(tmp_path: Path) -> None:
    text = (
        HEAD + "timeline:\n  - day: 2025-04-03\n    do: apply\n    contract: c1\n    plan: standard\n    payment_method: card\n"
    )
    text += "    applicant: {name: Aoki, payer: null, birth_date: }\n    site:\n    options: [{option: wifi-3gb, quantity: }]\n"
    text += "  - {day: 2025-04-03, do: add_device, contract: c1, device: d1, model: climate-sensor}\n"
    text += "  - {day: 2025-04-04, do: reading, device: d1, metric: temperature, value: null, seq: null}\n"
    apply, _, reading = _read(tmp_path, text)[0].steps
    assert {key: apply.args[key] for key in ("applicant", "options")} == {
        "applicant": {"name": "Aoki"}, "options": [{"option": "wifi-3gb"}]
    }  # fmt: skip
    assert "site" not in apply.args
    assert dict(reading.args) == {"device": "d1", "metric": "temperature", "value": None}


def test_a_listing_named_without_entries_is_an_empty_one() -> None:
    assert (
        _differ({"refunds": None, "notices": None, "contracts": None}, {"refunds": [], "notices": [{}], "contracts": None})
        == []
    )
    assert _differ({"refunds": None}, {"refunds": [{"amount": 5}]}) != []
    assert _differ({"contracts": {"c1": {"ended_because": None}}}, {"contracts": {"c1": {"ended_because": ""}}}) == []


def test_a_step_on_a_contract_of_nobody_is_one_that_will_be_refused(tmp_path: Path) -> None:
    """At the desk, where somebody is typing, it is a slip of the pen."""
    text = HEAD + "timeline:\n" + APPLY + "  - {day: 2025-04-04, do: pay, contract: c2}\n"
    assert [step.contract for step in _read(tmp_path, text)[0].steps] == ["c1", "c2"]
    with pytest.raises(ScenarioError, match=r"f.yaml: s: step 2 \(pay\): Nobody applies for `c2`. Known: c1"):
        language.parse(text, Path("f.yaml"), guarded=True)


def test_a_scenario_that_cannot_be_run_leaves_the_others_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(f"{HEAD}timeline: []\n---\n{HEAD}timeline: {{}}\n---\n{HEAD.replace(': s', ': t', 1)}timeline: []\n")
    (first, good), (second, twice), (third, other) = language.each(file)
    assert (first, second, third) == ("s", "s", "t")
    assert isinstance(good, language.Scenario) and isinstance(other, language.Scenario)
    assert isinstance(twice, ScenarioError)
    with pytest.raises(ScenarioError):
        language.read(file)


# Each mistake, and what its message must say: where, what, and the way out.
MISTAKES = {
    "broken YAML": ("a: [", "f.yaml: It is not valid YAML"),
    "nothing but remarks": ("# later\n---\n# later\n", "f.yaml: It holds no scenario. Begin it with `scenario: name`"),
    "no mapping": ("- 1\n", "f.yaml: document 1: It is no mapping"),
    "a key twice": (HEAD + "until: 2025-06-01\ntimeline: []\n", "The key `until` stands twice, the second time in line 4"),
    "an unknown key": (
        HEAD + "timelin: []\ntimeline: []\n",
        "f.yaml: s: `timelin` is not known here. Did you mean `timeline`?",
    ),
    "a missing key": ("scenario: s\nservice: x\ntimeline: []\n", "f.yaml: s: `until` is missing"),
    "a wrong day": (HEAD.replace("05-01", "05-32") + "timeline: []\n", "s: until: `2025-05-32` is no day. Write 2025-04-03"),
    "no list": (HEAD + "timeline: {}\n", "`timeline` is no list"),
    "unknown expectation": (HEAD + "timeline: []\nexpect: {invoice: []}\n", "s: expect: `invoice` is not known here"),
    "contracts in a list": (HEAD + "timeline: []\nexpect: {contracts: [c1]}\n", "s: expect: `contracts` is no mapping"),
    "a listing that is none": (HEAD + "timeline: []\nexpect: {refusals: {do: pay}}\n", "s: expect: `refusals` is no list"),
    "nothing to do": (HEAD + "timeline: [{at: 2025-04-03T10:00}]\n", "s: step 1: It says nothing to `do`"),
    "no time": (HEAD + "timeline: [{do: interrupt_service}]\n", "s: step 1 (interrupt_service): It needs a time"),
    "two times": (
        HEAD + "timeline: [{do: interrupt_service, at: 2025-04-03T10:00, day: 2025-04-03}]\n",
        "step 1 (interrupt_service): It needs a time",
    ),
    "no such time": (HEAD + "timeline: [{do: interrupt_service, at: soon}]\n", "`soon` is no time. Write 2025-04-03T10:00"),
    "an unknown argument": (
        HEAD + "timeline:\n" + APPLY + "  - {day: 2025-04-04, do: pay, contract: c1, amout: 1}\n",
        "s: step 2 (pay): `amout` is not known here. Did you mean `amount`?",
    ),
    "a missing argument": (
        HEAD + "timeline:\n" + APPLY + "  - {day: 2025-04-04, do: buy, contract: c1}\n",
        "s: step 2 (buy): `item` is missing",
    ),
    "a needed argument that is null": (
        HEAD + "timeline:\n" + APPLY + "  - {day: 2025-04-04, do: buy, contract: c1, item: null}\n",
        "s: step 2 (buy): `item` is missing",
    ),
    "a device of nobody": (
        HEAD + "timeline: [{day: 2025-04-04, do: reading, device: d1, metric: m, value: 1}]\n",
        "No step adds the device `d1`",
    ),
    "a name twice": (HEAD + "timeline: []\n---\n" + HEAD + "timeline: []\n", "f.yaml: s: It stands twice in the file"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_message(tmp_path: Path, mistake: str) -> None:
    text, message = MISTAKES[mistake]
    with pytest.raises(ScenarioError) as error:
        _read(tmp_path, text)
    assert message in str(error.value)


REPLAY = (
    HEAD
    + """timeline:
  - {day: 2025-04-03, do: apply, contract: c1, plan: standard, payment_method: card}
  - {day: 2025-04-04, do: add_device, contract: c1, device: d1, model: energy-sensor}
  - {do: replay, device: d1, file: r.csv, time: t, metrics: {power_kw: kw}, rows: [2, 3], starts_at: "2025-04-05T08:00"}
"""
)


def test_a_recording_moves_to_its_new_time_and_rows_count_from_one(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("t,kw\n2008-01-01T00:00,1\n2008-01-01T00:01,2.5\n2008-01-01T00:03,\n2008-01-01T00:04,4\n")
    (scenario,) = _read(tmp_path, REPLAY)
    step = scenario.steps[-1]
    assert [(row.at.isoformat(), row.values) for row in recordings.rows(step, tmp_path)] == [
        ("2025-04-05T08:00:00+09:00", {"power_kw": 2.5}),
        ("2025-04-05T08:02:00+09:00", {"power_kw": None}),
    ]


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        (None, "There is no recording `r.csv`"),
        ("t,watt\n2008-01-01T00:00,1\n", "The recording has no column `kw`. It has t, watt"),
        ("t,kw\n2008-01-01T00:00,1\n", "No row of the recording was chosen"),
    ],
)
def test_a_recording_that_does_not_fit_says_so(tmp_path: Path, csv: str | None, message: str) -> None:
    if csv is not None:
        (tmp_path / "r.csv").write_text(csv)
    (scenario,) = _read(tmp_path, REPLAY)
    with pytest.raises(ScenarioError, match=message.replace("(", r"\(")):
        list(recordings.rows(scenario.steps[-1], tmp_path))


@pytest.mark.parametrize(
    ("file", "time", "column", "second", "value"),
    [
        ("heart_beats_60min.csv", "t_s", "bpm", "08:00:00.828000", 72.5),  # seconds since it began: 1.445 and 2.273
        ("household_power_1min.csv", "time_local", "active_kw", "08:01:00", 1.576),
        ("outdoor_temp_hourly.csv", "time_local", "temperature_f", "09:00:00", 46.9),  # 2010/01/01 01:00:00
        ("pv_system_15min.csv", "time_local", "ac_volts__778", "08:15:00", 118.25),
        ("room_climate_16min.csv", "time_local", "co2_ppm", "08:16:00", 667.0),
    ],
)
def test_every_recording_that_we_keep_can_be_replayed(
    tmp_path: Path, file: str, time: str, column: str, second: str, value: float
) -> None:
    text = REPLAY.replace("r.csv", file).replace("time: t", f"time: {time}").replace(": kw}", f": {column}}}")
    (scenario,) = _read(tmp_path, text)
    moved = [(row.at.isoformat(), row.values) for row in recordings.rows(scenario.steps[-1], tmp_path)]
    assert moved[0][0] == "2025-04-05T08:00:00+09:00"
    assert moved[1] == (f"2025-04-05T{second}+09:00", {"power_kw": value})


def test_a_recording_lives_once_and_is_found_by_its_name(tmp_path: Path) -> None:
    text = REPLAY.replace("r.csv", "../data/household_power_1min.csv").replace("time: t", "time: time_local")
    (scenario,) = _read(tmp_path, text.replace("kw}", "active_kw}"))
    assert len(list(recordings.rows(scenario.steps[-1], tmp_path))) == 2


INVOICES = [
    {"contract": "c1", "month": "2025-04", "total": 100, "lines": [{"item": "a", "amount": 1, "cites": ["STN-CHG-1"]}]},
    {"contract": "c1", "month": "2025-05", "total": 200, "lines": []},
]


def _differ(expect: dict, outcome: dict) -> list[tuple]:
    return [(d.path, d.expected, d.got, d.cites) for d in differences(expect, outcome)]


def test_keys_left_out_are_not_compared_and_lists_are_compared_whole() -> None:
    outcome = {"invoices": INVOICES, "contracts": {"c1": {"state": "active"}, "c2": {"state": "ended"}}}
    assert (
        _differ({"invoices": [{"month": "2025-04"}, {"total": 200}], "contracts": {"c1": {"state": "active"}}}, outcome) == []
    )
    assert _differ({"invoices": []}, outcome) != []
    assert _differ({}, outcome) == []


def test_a_missing_and_an_extra_invoice_are_one_difference_each() -> None:
    expected = [{"month": "2025-04", "total": 100}, {"month": "2025-05", "total": 200}]
    assert _differ({"invoices": expected}, {"invoices": INVOICES[:1]}) == [("invoices[1]", expected[1], MISSING, ())]
    ((path, left, right, _),) = _differ({"invoices": expected[1:]}, {"invoices": INVOICES})
    assert (path, left, right["month"]) == ("invoices (one too many)", MISSING, "2025-04")


def test_a_wrong_order_is_a_difference() -> None:
    expected = [{"month": "2025-05"}, {"month": "2025-04"}]
    assert len(_differ({"invoices": expected}, {"invoices": INVOICES})) == 2


def test_a_wrong_amount_names_the_rule_of_its_line() -> None:
    expected = [{"lines": [{"item": "a", "amount": 2}]}, {}]
    assert _differ({"invoices": expected}, {"invoices": INVOICES}) == [("invoices[0].lines[0].amount", 2, 1, ("STN-CHG-1",))]


def test_a_key_that_is_absent_equals_null_and_one_is_not_true() -> None:
    assert _differ({"alerts": [{"closed_at": None}]}, {"alerts": [{"watch": "w"}]}) == []
    assert _differ({"alerts": [{"value": True}]}, {"alerts": [{"value": 1}]}) != []
    assert _differ({"alerts": [{"value": 31}]}, {"alerts": [{"value": 31.0}]}) == []


def test_notices_and_refusals_are_found_anywhere_and_each_one_once() -> None:
    got = [{"do": "buy", "contract": "c1"}, {"do": "buy", "contract": "c2"}]
    vague_first = [{"do": "buy"}, {"do": "buy", "contract": "c1"}]
    assert _differ({"refusals": vague_first}, {"refusals": got}) == []
    assert len(_differ({"refusals": vague_first}, {"refusals": got[:1]})) == 1
    assert _differ({"refusals": []}, {"refusals": got}) == []
