"""`scenarios terms` and `scenarios diff`: a terms file checked, what it costs, and what a change of it does to known lives."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from chalicelib.contracts import terms
from chalicelib.errors import Invalid, TermsError
from chalicelib.scenarios import changes, trial, typical
from chalicelib.scenarios.report import Result

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ROOT / "chalicelib" / "services"
SMALL = """
scenario: small
title: One month of Sottonet
service: sottonet
timeline:
  - {at: "2025-04-03T10:00", do: apply, contract: c1, plan: standard, payment_method: card}
  - {day: "2025-04-10", do: install, contract: c1, outcome: done}
until: "2025-06-01"
"""


def _play(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chalicelib.scenarios", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Sotto-net at 2,200 yen, in a file of another name."""
    text = (SERVICES / "sottonet.toml").read_text(encoding="utf-8")
    assert "value = 1980," in text
    file = tmp_path / "dearer.toml"
    file.write_text(text.replace("value = 1980,", "value = 2200,"), encoding="utf-8")
    return file


@pytest.fixture
def life(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


# what a typical customer pays


def told(service: str, **how) -> tuple[str, bool]:
    prices = how.pop("prices", {})
    return typical.told(typical.Asked(SERVICES / f"{service}.toml", prices, **how))


@pytest.mark.rule("STN-CHG-1", "STN-CHG-2")
def test_two_years_of_a_typical_customer_by_hand() -> None:
    report, fine = told("sottonet", on=date(2025, 4, 3))
    assert fine
    # installed after a week (assumed), service from ten days later, the 20th: 11 of 30 days, then 22 whole months
    assert "2025-04-20  the service starts" in report
    assert "76,626  = device 44,000 + initial_fee 31,900 + monthly_fee 726" in report
    assert report.count("monthly_fee 1,980") == 23
    assert f"together {76626 + 23 * 1980:,} yen in 24 months" in report
    assert "2025-04  –" in report


@pytest.mark.rule("ALW-BIL-3", "ALW-BIL-4")
def test_a_price_list_is_asked_for_and_taken() -> None:
    report, fine = told("allwatch", on=date(2025, 4, 3))
    assert not fine
    assert "give --prices registration_fee=YEN" in report
    report, fine = told("allwatch", on=date(2025, 4, 3), prices={"monthly_fee": 1100, "registration_fee": 3300})
    assert fine
    # starts on 5 April: May and June with the registration; then each half year
    assert "5,500  = registration_fee 3,300 + monthly_fee 2,200" in report
    # and yearly: May to December with the registration, then whole years
    assert "12,100  = registration_fee 3,300 + monthly_fee 8,800" in report
    assert "together 31,900 yen" in report
    assert "together 38,500 yen" in report


def test_options_and_the_day_may_be_chosen() -> None:
    report, fine = told("sottonet", on=date(2025, 4, 3), options=("wifi-3gb",), months=3)
    assert fine
    assert "option:wifi-3gb" in report
    refused, fine = told("sottonet", on=date(2025, 4, 3), options=("wifi-9gb",))
    assert (fine, "the application is refused" in refused) == (False, True)


def test_rules_that_no_register_explains_are_named(tmp_path: Path) -> None:
    for name in ("allwatch.toml", "allwatch.rules.toml"):
        (tmp_path / name).write_bytes((SERVICES / name).read_bytes())
    file = tmp_path / "allwatch.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("ALW-CAN-1", "ALW-CAN-99"), encoding="utf-8")
    report, fine = typical.told(typical.Asked(file, {"monthly_fee": 1, "registration_fee": 1}))
    assert (fine, "not in allwatch.rules.toml: ALW-CAN-99" in report) == (False, True)


@pytest.mark.parametrize("words", [["monthly_fee"], ["monthly_fee=1.5"], ["=3"], ["monthly_fee=-1"]])
def test_prices_are_key_and_whole_yen(words: list[str]) -> None:
    with pytest.raises(Invalid):
        typical.parse_prices(words)
    assert typical.parse_prices(["device:tracker=30800"]) == {"device:tracker": 30800}


def test_the_newest_figure_says_on_which_day_one_applies() -> None:
    # figures that were changed: the last change, the cancellation cycle of 1 April 2017
    assert typical.newest(trial.read(SERVICES / "and-market-mobile.toml")) == date(2017, 4, 1)
    # figures without a history: the statutes' newest, majority at 18 from 1 April 2022
    assert typical.newest(trial.read(SERVICES / "allwatch.toml")) == date(2022, 4, 1)


@pytest.mark.parametrize("service", terms.services())
def test_every_service_of_the_house_can_be_shown(service: str) -> None:
    report, _ = told(service)
    assert report.startswith(f"OK  {service}.toml")
    assert "not in" not in report  # every rule that it names has its words
    plans = terms.load(service).section("application")["plans"]
    assert [line.split(",")[0] for line in report.splitlines() if line.startswith("plan ")] == [
        f"plan {plan}" for plan in plans
    ]


def test_a_service_that_costs_nothing_says_so() -> None:
    report, fine = told("omron-remote")
    assert (fine, "costs nothing" in report, "together" in report) == (True, True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [("service = 1", "missing"), ("service = [", "not readable"), (None, "cannot be read"), ("title = 'x'", "missing")],
)
def test_a_file_that_is_no_terms_file_is_refused_with_a_cure(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "x.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(TermsError) as error:
        trial.read(file)
    assert words in error.value.problem or text is None
    assert error.value.cure


def test_the_commands_answer_0_1_and_2(tmp_path: Path, changed: Path, life: Path) -> None:
    fine = _play("terms", "chalicelib/services/sottonet.toml", "--on", "2025-04-03", "--months", "2")
    assert (fine.returncode, fine.stdout.splitlines()[0][:17]) == (0, "OK  sottonet.toml")
    unpriced = _play("terms", "chalicelib/services/allwatch.toml")
    assert unpriced.returncode == 1
    broken = tmp_path / "broken.toml"
    broken.write_text(changed.read_text(encoding="utf-8").replace("[invoice]", "[invoices]"), encoding="utf-8")
    wrong = _play("terms", str(broken))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("broken.toml: invoices: unknown section. Did you mean `invoice`?")
    assert _play("diff", str(life)).returncode == 2  # nothing is changed


def test_no_scenario_runs_under_terms_that_cannot_be_trusted(tmp_path: Path, life: Path) -> None:
    folder = tmp_path / "trial"
    folder.mkdir()
    text = (SERVICES / "allwatch.toml").read_text(encoding="utf-8")
    (folder / "allwatch.toml").write_text(text.replace('does = "pay"', 'does = "play"'), encoding="utf-8")
    for command in ("run", "diff"):
        run = _play(command, "--terms", str(folder), str(life))
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith("allwatch.toml: commands.pay.does: unknown word `play`. Did you mean `pay`?")
    assert _play("run", "--terms", str(tmp_path / "nowhere"), str(life)).returncode == 2


# what changed terms do to known lives


def test_changed_terms_show_each_bill_that_differs(changed: Path, life: Path) -> None:
    run = _play("diff", "--terms", str(changed), str(life))
    assert run.returncode == 1
    lines = [line.strip() for line in run.stdout.splitlines()]
    # 11 of 30 days: 1,980 → 726, 2,200 → 806; and May in full
    assert "c1  bill 2025-04 initial: 76,626 → 76,706 yen (+80)" in lines
    assert any(line.startswith("- monthly_fee 2025-04-20–2025-04-30 726") for line in lines)
    assert any(line.startswith("+ monthly_fee 2025-04-20–2025-04-30 806") for line in lines)
    assert "c1  bill 2025-05 regular: 1,980 → 2,200 yen (+220)" in lines
    assert lines[-1] == "1 of 1 scenarios differ; bills together +300 yen."


def test_the_same_terms_differ_in_nothing(life: Path) -> None:
    run = _play("diff", "--terms", "chalicelib/services/sottonet.toml", str(life))
    assert (run.returncode, run.stdout.splitlines()[0]) == (0, "same    small")


@pytest.mark.rule("STN-NOT-1")
def test_an_announced_price_is_one_step_more(life: Path) -> None:
    when = ["--announced-on", "2025-04-01", "--effective-on", "2025-05-01"]
    run = _play("diff", "--prices", "monthly_fee=2200", *when, "--", str(life))
    assert run.returncode == 1
    assert "c1  bill 2025-05 regular: 1,980 → 2,200 yen (+220)" in run.stdout
    assert "2025-04 initial" not in run.stdout
    assert _play("diff", "--prices", "monthly_fee=2200", "--", str(life)).returncode == 2  # when?


def result(**outcome) -> Result:
    return Result("x", "", outcome=outcome)


def bill(total: int, month: str = "2025-04", **more) -> dict:
    lines = [{"item": "fee", "amount": total, "cites": []}]
    return {"contract": "c1", "kind": "regular", "month": month, "total": total, "status": "open", "lines": lines, **more}


def test_bills_that_come_or_go_states_and_refusals_are_told() -> None:
    before = result(contracts={"c1": {"state": "active", "ends_on": None}}, invoices=[bill(100)], refusals=[])
    after = result(
        contracts={"c1": {"state": "ended", "ends_on": "2025-04-30"}},
        invoices=[bill(70, "2025-05")],
        refusals=[{"do": "pay", "reason": "nothing_open"}],
    )
    (change,) = changes.compared([before], [after])
    assert change.lines == (
        "c1  bill 2025-04 regular: gone, 100 yen",
        "    fee 100",
        "c1  bill 2025-05 regular: new, 70 yen",
        "    fee 70",
        "contracts.c1.state: active → ended",
        "contracts.c1.ends_on: – → 2025-04-30",
        "refusals: new: do pay, reason nothing_open",
    )
    assert (change.before, change.after) == (100, 70)
    (back,) = changes.compared([after], [before])
    assert "refusals: gone: do pay, reason nothing_open" in back.lines


def test_two_contracts_have_their_own_sums() -> None:
    before = result(invoices=[bill(100), bill(50, contract="c2"), bill(9, contract="c3", status="void")])
    after = result(invoices=[bill(100), bill(70, contract="c2"), bill(9, contract="c3", status="void")])
    (change,) = changes.compared([before], [after])
    assert change.lines[-1] == "c2  all bills: 50 → 70 yen (+20)"
    assert not [line for line in change.lines if line.startswith(("c1", "c3"))]
    assert (change.before, change.after) == (150, 170)


def test_a_scenario_that_cannot_be_played_is_told_and_counts_as_no_difference() -> None:
    (change,) = changes.compared([result(invoices=[])], [Result("x", "", error="boom")])
    assert (change.lines, change.error) == ((), "changed: boom")
    assert "1 could not be compared" in changes.text_of([change])
