"""The playground: what a pasted scenario comes to, without anything being stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.harness import all_rows

FILES = sorted((Path(__file__).resolve().parents[1] / "scenarios").glob("*.scenarios.yaml"))
MONTH = """\
scenario: one-month
service: sottonet
timeline:
  - {at: "2025-04-03T10:00", do: apply, contract: c1, plan: standard, payment_method: card}
  - {day: "2025-04-10", do: install, contract: c1, outcome: done}
  - {day: "2025-04-11", do: install, contract: c1, outcome: done}
until: "2025-05-01"
expect:
  contracts:
    c1: {state: active, service_starts_on: "2025-04-20"}
  invoices:
    - {contract: c1, kind: initial, total: 76626}
"""

CALLS = """\
scenario: calls-without-their-price
service: and-market-mobile
prices: {monthly_fee: {voice: 1580}, initial_fee: 3000}
timeline:
  - {at: "2017-05-12T10:00", do: apply, contract: c1, plan: voice, payment_method: card}
  - {at: "2017-05-12T10:01", do: pay, contract: c1}
  - {at: "2017-05-16T12:00", do: ship, contract: c1}
  - {at: "2017-05-20T12:00", do: record_usage, contract: c1, calls: [{to: "0312345678", seconds: 61}]}
until: "2017-07-01"
expect: {}
"""


def play(browser, text: str) -> dict:
    answer = browser.post("/v1/operator/playground", {"scenario": text}, who="operator")
    assert answer.status_code == 200, answer.body
    return answer.json_body


def test_a_month_with_its_bill_explained_and_its_refusal(browser) -> None:
    before = all_rows()
    found = play(browser, MONTH)
    assert (found["mistakes"], found["stopped"], found["failed"], found["ok"]) == ([], None, [], True)
    (bill,) = found["invoices"]
    assert bill["total"] == 76626  # 44,000 + 31,900 + floor(1,980 × 11 ÷ 30)
    assert [line["amount"] for line in bill["lines"]] == [44000, 31900, 726]
    assert all(line["explanation"]["ja"] and line["label"]["en"] for line in bill["lines"])
    (refusal,) = found["refusals"]
    assert (refusal["do"], refusal["contract"], refusal["at"]) == ("install", "c1", "2025-04-11T12:00")
    assert refusal["told"]["ja"] and refusal["rules"][0]["ja"]
    states = [(entry["on"], entry["state"]) for entry in found["log"] if "state" in entry]
    assert states == [("2025-04-03", "accepted"), ("2025-04-20", "active")]
    assert all_rows() == before


def test_what_was_expected_and_did_not_come_is_told(browser) -> None:
    found = play(browser, MONTH.replace("total: 76626", "total: 76627"))
    assert found["ok"] is False
    assert [(one["path"], one["wanted"], one["got"]) for one in found["failed"]] == [("invoices[0].total", 76627, 76626)]


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("do: install", "do: instal"), 5, "`instal` is no step"),
        (('day: "2025-04-10"', 'day: "2025-04-31"'), 5, "no day"),
        (("contract: c1, outcome", "contract: c2, outcome"), 5, "nobody applies for `c2`"),
        (("service: sottonet", "service: nobody"), None, "no terms"),
        (("until:", "unless:"), 1, "`unless` is not known"),
        (("plan: standard,", "plan: [standard,"), 4, "YAML"),
        (("plan: standard", "plan: &a standard, site: *a"), 4, "stands for another"),
        (
            ("outcome: done}\n  - ", "outcome: done}\n  - {day: x, do: reading, device: d, metric: m, value: 1}\n  - "),
            6,
            "no day",
        ),
        (("service: sottonet\n", ""), 1, "`service` is missing"),
    ],
)
def test_a_text_that_cannot_be_read_says_where_and_how_to_mend_it(browser, change, line, problem) -> None:
    found = play(browser, MONTH.replace(*change, 1))
    (mistake,) = found["mistakes"]
    assert (found["ok"], mistake["line"]) == (False, line), mistake
    assert problem.lower() in mistake["problem"]["en"].lower()
    assert all(mistake[part][language] for part in ("problem", "cure") for language in ("ja", "en"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 32_000, "nested too deep"),
        ("a: " * 5_000, "YAML"),
        ("- x\n" * 8_000, "no mapping"),
        ("!!python/object/apply:os.system [ls]", "YAML"),
        ("{}", "missing"),
        ("# nothing", "0 scenarios"),
        (f"{MONTH}---\n{MONTH.replace('one-month', 'another')}", "2 scenarios"),
        (MONTH.replace('until: "2025-05-01"', 'until: "2125-05-01"'), "months"),
        (MONTH.replace("expect:", "x: 1\nexpect:"), "`x` is not known"),
        ("scenario: " + "9" * 5000, "cannot be read"),
    ],
)
def test_what_would_take_too_long_or_is_no_scenario_is_refused(browser, text, problem) -> None:
    found = play(browser, text)
    assert found["ok"] is False and problem in found["mistakes"][0]["problem"]["en"]


def test_steps_that_are_badly_formed_are_refused_and_the_rest_goes_on(browser) -> None:
    found = play(browser, MONTH.replace('outcome: done}\n  - {day: "2025-04-11"', 'outcome: {}}\n  - {day: "2025-04-11"'))
    assert [entry["reason"] for entry in found["refusals"]] == ["type"]


def test_before_there_is_a_price_nobody_can_apply(browser) -> None:
    found = play(browser, MONTH.replace("2025-04", "2019-04").replace("2025-05", "2019-05"))
    assert found["ok"] is False and found["refusals"][0]["reason"] == "price_not_set"
    assert "cites" not in found["refusals"][0]  # its prices stand in the terms, and no list of the company's is missing


def test_a_figure_that_is_missing_stops_the_play_and_says_which(browser) -> None:
    found = play(browser, CALLS)
    assert found["ok"] is False and "voice_call_per_30s" in found["stopped"]["en"] and "規約" in found["stopped"]["ja"]


def test_it_is_for_operators_only_and_bounded(browser) -> None:
    assert browser.post("/v1/operator/playground", {"scenario": MONTH}).status_code == 403
    long = browser.post("/v1/operator/playground", {"scenario": "#" * 40_000}, who="operator")
    assert (long.status_code, long.json_body["field"]) == (400, "scenario")


def _contract_scenarios() -> list:
    found = []
    for file in FILES:
        for number, text in enumerate(file.read_text(encoding="utf-8").split("\n---")):
            if "do: add_device" not in text and "timeline:" in text:
                found.append(pytest.param(text.removeprefix("---"), id=f"{file.stem}-{number}"))
    return found


@pytest.mark.parametrize("text", _contract_scenarios())
def test_the_published_scenarios_come_to_the_same_as_through_the_doors(browser, text) -> None:
    found = play(browser, text)
    assert (found["mistakes"], found["stopped"], found["failed"]) == ([], None, [])
