"""The ladder of arrears, for every service by its own terms: on which rung a contract stands, and what may be done from when."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.billing import calendar, ladder
from chalicelib.contracts.late import late_since
from tests.oracle import driver
from tests.rules.market import Market


def steps(market: Market, day: str) -> list[tuple[str, str, str]]:
    """What may be done on the contract c1, seen at noon of a day: command, reason, from when."""
    noon = driver.instant({"day": day})
    market.world.sweep(noon)
    found = ladder.steps(market["c1"], market.world.terms, noon)
    return [(step.command, step.reason, step.on.isoformat()) for step in found]


def rung(market: Market, day: str) -> str:
    return ladder.rung(market["c1"], date.fromisoformat(day))


@pytest.fixture
def market() -> Market:
    """A line whose bill for May 2017 was due on 27 June and not paid."""
    market = Market()
    market.line("c1", "data", "2017-05-01")
    return market


@pytest.mark.rule("AMM-SUS-2", "AMM-SUS-3", "AMM-TER-2")
def test_a_line_is_demanded_suspended_and_ended_each_from_its_day(market: Market) -> None:
    assert late_since(market.until("2017-06-27")["c1"]) is None
    assert late_since(market.until("2017-06-28")["c1"]) == date(2017, 6, 28)
    assert (rung(market, "2017-07-01"), steps(market, "2017-07-01")) == ("overdue", [("demand", "", "2017-07-01")])
    assert market.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""  # 20 days
    assert (rung(market, "2017-07-21"), steps(market, "2017-07-21")) == (
        "demanded",
        [("suspend", "payment_default", "2017-07-22")],
    )
    assert (rung(market, "2017-07-22"), steps(market, "2017-07-22")) == (
        "run_out",
        [("suspend", "payment_default", "2017-07-22")],
    )
    assert market.does("2017-07-22", "suspend", "c1", reason="payment_default") == ""
    # a payment default ends at once: no month to put it right
    assert (rung(market, "2017-07-23"), steps(market, "2017-07-23")) == (
        "suspended",
        [("terminate", "payment_default", "2017-07-23")],
    )
    assert market.does("2017-07-23", "terminate", "c1", reason="payment_default") == ""
    assert (rung(market, "2017-07-24"), steps(market, "2017-07-24")) == ("ended", [])


@pytest.mark.rule("AMM-SUS-3", "AMM-TER-2")
def test_the_customers_calendar_names_the_next_step_once_a_demand_promised_it(market: Market) -> None:
    def ahead(day: str) -> list[tuple[str, str]]:
        noon = driver.instant({"day": day})
        market.world.sweep(noon)
        return [(m.kind, m.on.isoformat()) for m in calendar.arrears_ahead(market["c1"], market.world.terms, noon)]

    assert ahead("2017-07-01") == []  # late, but nothing follows without a demand
    assert market.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""
    assert ahead("2017-07-02") == [("may_be_suspended", "2017-07-22")]
    assert market.does("2017-07-22", "suspend", "c1", reason="payment_default") == ""
    assert ahead("2017-07-23") == [("may_be_terminated", "2017-07-23")]


@pytest.mark.rule("AMM-SUS-4")
def test_a_declined_card_needs_no_demand(market: Market) -> None:
    market.until("2017-06-27")
    assert market.does("2017-06-27", "fail_payment", "c1", reason="declined") == ""
    assert ("suspend", "card_declined", "2017-06-29") in steps(market, "2017-06-29")


@pytest.mark.rule("AMM-SUS-2")
def test_a_demand_may_not_end_before_its_grace_and_is_not_proposed_twice(market: Market) -> None:
    market.until("2017-07-01")
    (demand,) = ladder.steps(market["c1"], market.world.terms, driver.instant({"day": "2017-07-01"}))
    assert demand.deadline == date(2017, 7, 21)
    assert market.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""
    assert market.does("2017-07-28", "demand", "c1", deadline="2017-08-20") == ""  # June's bill was due on 27 July
    assert not [step for step in steps(market, "2017-07-29") if step[0] == "demand"]


@pytest.mark.rule("AMM-INV-1")
def test_what_is_paid_is_no_longer_late(market: Market) -> None:
    market.until("2017-07-01")
    assert ladder.owed_late(market["c1"]) == 974
    assert market.does("2017-07-02", "pay", "c1", amount=900) == ""
    assert (ladder.owed_late(market["c1"]), late_since(market["c1"])) == (74, date(2017, 6, 28))
    assert market.does("2017-07-03", "pay", "c1", amount=74) == ""
    assert late_since(market["c1"]) is None


@pytest.mark.rule("ALW-PAY-6")
def test_a_service_without_steps_against_arrears_proposes_none() -> None:
    world = driver.World.of({"service": "allwatch"})
    apply = {"do": "apply", "contract": "c1", "plan": "basic", "payment_method": "bank_transfer", "day": "2025-04-01"}
    world.act(apply)
    assert ladder.steps(world.contracts["c1"], world.terms, driver.instant({"day": "2025-08-01"})) == ()
