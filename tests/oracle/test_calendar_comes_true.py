"""A calendar's promises, held on random lives: the last day to cancel is the last one, and what it foresees is what happens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import pytest

from chalicelib.billing import calendar, engine
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import JST, UTC, month_of
from chalicelib.errors import Refused
from chalicelib.flows.calendar import texts
from tests.oracle import driver
from tests.oracle.lore import DAY
from tests.oracle.test_explained import LIFE, some_lives

LIVES = int(os.environ.get("LIVES", "60"))


def late_evening(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), JST).astimezone(UTC)


def end_after_notice(contract: Contract, terms: Terms, day: date) -> date | None:
    try:
        return engine.handle(
            contract, terms, Command("request_cancellation", late_evening(day), {}, "contractor")
        ).contract.ends_on
    except Refused:
        return None


def has_words(kind: str, when: str = "done") -> bool:
    return kind in texts()["silent"] or when in texts().get(kind, {})


def without_interest(lines: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Lines but for late interest, which follows from when people pay: the calendar takes every bill as paid in time."""
    return tuple((item, amount) for item, amount in lines if item != "late_interest")


@pytest.mark.parametrize("service", LIFE)
def test_what_the_calendar_says_comes_true(service: str) -> None:
    named = foreseen = 0
    for dice, scenario in some_lives(service, 8):
        world = driver.World.of(scenario)
        steps = scenario["timeline"][: dice.randint(1, len(scenario["timeline"]))]
        for step in steps:
            world.sweep(driver.instant(step))
            world.act(step)
        now = driver.instant(steps[-1]) + timedelta(hours=dice.choice([1, 30, 500]))
        world.sweep(now)
        until = now.astimezone(JST).date() + 70 * DAY
        known, before = set(world.invoices), dict(world.contracts)
        world.sweep(late_evening(until))
        for name, contract in before.items():
            told = calendar.calendar(contract, world.terms, now, until, (), ())
            for moment in told.moments:
                assert moment.on <= until
                assert moment.happened or has_words(moment.kind, "ahead"), moment
                if moment.kind == "cancel_until":
                    named += 1
                    ends, after = (end_after_notice(contract, world.terms, moment.on + n * DAY) for n in (0, 1))
                    assert ends == moment.figures["ends_on"], json.dumps(scenario)
                    assert after is None or month_of(after) > month_of(ends), json.dumps(scenario)
            bills = {
                (m.figures["invoice"], without_interest(m.figures["items"])) for m in told.moments if m.kind == "invoice_issued"
            }
            made = {
                (key, without_interest([(line.item, line.amount) for line in invoice.lines]))
                for (of, key), invoice in world.invoices.items()
                if of == name and (of, key) not in known
            }
            bills, made = ({bill for bill in some if bill[1]} for some in (bills, made))
            assert bills == made, json.dumps(scenario)
            foreseen += len(bills)
        wordless = {event.kind for decision in world.decisions for event in decision.events if not has_words(event.kind)}
        assert not wordless, json.dumps(scenario)
    assert named > LIVES // 2
    assert foreseen > LIVES // 2
