"""A calendar's promises, held on random lives: the last day to cancel is the last one, and what it foresees is what happens."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from chalicelib.billing import calendar, engine
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import JST, UTC, month_of
from chalicelib.errors import Refused
from tests.oracle import driver, lives
from tests.oracle.lore import DAY

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


@pytest.mark.parametrize("service", ["allwatch", "sottonet"])
def test_what_the_calendar_says_comes_true(service: str) -> None:
    named = foreseen = 0
    for number in range(LIVES):
        dice = Random(80_000_000 + number)
        scenario = lives.life(service, dice)
        if not scenario:
            continue
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
                if moment.kind == "cancel_until":
                    named += 1
                    ends, after = (end_after_notice(contract, world.terms, moment.on + n * DAY) for n in (0, 1))
                    assert ends == moment.figures["ends_on"], json.dumps(scenario)
                    assert after is None or month_of(after) > month_of(ends), json.dumps(scenario)
            made = {(k, i.month, i.total) for (c, k), i in world.invoices.items() if c == name and (c, k) not in known}
            bills = {
                (m.figures["invoice"], m.figures["month"], m.figures["total"])
                for m in told.moments
                if m.kind == "invoice_issued"
            }
            assert bills == made, json.dumps(scenario)
            foreseen += len(bills)
    assert named > LIVES // 2
    assert foreseen > LIVES // 2
