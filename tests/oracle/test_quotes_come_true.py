"""A quote is kept: playing the quoted command and the nights after it gives the quoted bills and refunds, to the yen.

The nights are played here one by one, each day's bills paid at noon of their due day, by other code than the quote's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.billing import engine, quote
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import JST, UTC, sweep_instant
from chalicelib.errors import Invalid, Refused
from tests.oracle import driver
from tests.oracle.lore import DAY
from tests.oracle.test_explained import LIFE, some_lives

QUOTED = ("request_cancellation", "move_site", "change_plan", "add_option", "remove_option", "apply")
AHEAD = timedelta(days=370)  # the first twelve months, and what is sent just after them


class Days:
    """The days after a decision, one by one."""

    def __init__(self, first: Decision, terms: Terms) -> None:
        self.terms, self.bills, self.refunds = terms, {}, {}
        self.take(first)

    def take(self, decision: Decision) -> None:
        self.contract = decision.contract
        self.bills |= {invoice.key: (invoice.total, invoice.tax, invoice.lines) for invoice in decision.invoices}
        self.refunds |= {refund.key: (refund.amount, refund.months) for refund in decision.refunds}

    def do(self, name: str, at: datetime, args: dict[str, Any]) -> None:
        self.take(engine.handle(self.contract, self.terms, Command(name, at, args)))

    def pass_day(self, day: date, given: datetime, assumed: tuple[tuple[date, str], ...]) -> None:
        if sweep_instant(day) > given:
            self.take(engine.advance(self.contract, self.terms, sweep_instant(day)))
        noon = max(given, datetime.combine(day, time(12), JST).astimezone(UTC))
        for on, name in assumed:
            if on == day:
                self.do(name, noon, {"outcome": "done"})
        for entry in self.contract.ledger:
            today = entry.due_on == day or (entry.due_on < day and entry.issued_on == day)  # due when it was sent
            if entry.unpaid > 0 and entry.status == "open" and today:
                self.do("pay", noon, {"invoice": {"month": entry.month, "key": entry.key}})


def lived(first: Decision, terms: Terms, given: datetime, until: date, assumed: Any = ()) -> Days:
    days = Days(first, terms)
    day = given.astimezone(JST).date()
    while day <= until:
        days.pass_day(day, given, assumed)
        day += DAY
    return days


def told(found: quote.Quote) -> tuple[dict[str, Any], dict[str, Any]]:
    bills = {invoice.key: (invoice.total, invoice.tax, invoice.lines) for invoice in found.invoices}
    return bills, {refund.key: (refund.amount, refund.months) for refund in found.refunds}


def same(found: quote.Quote, days: Days, scenario: Any) -> int:
    bills, refunds = told(found)
    assert bills == days.bills, json.dumps(scenario)
    assert refunds == days.refunds, json.dumps(scenario)
    assert (found.state, found.ends_on) == (days.contract.state, days.contract.ends_on), json.dumps(scenario)
    return len(bills)


def moments(scenario: dict[str, Any], dice: Random) -> Iterator[tuple[driver.World, dict[str, Any]]]:
    """The world just before some steps that can be quoted."""
    world = driver.World.of(scenario)
    for step in sorted(scenario["timeline"], key=driver.instant):
        world.sweep(driver.instant(step))
        if step["do"] in QUOTED and dice.random() < 0.5:
            yield world, step
        world.act(step)


def quoted_step(world: driver.World, step: dict[str, Any], scenario: Any) -> int:
    asked, until = driver.command(step), (driver.instant(step) + AHEAD).astimezone(JST).date()
    if step["do"] == "apply":
        earlier, parent = (world.contracts.get(step.get(key, "")) for key in ("recontract_of", "parent"))
        among = {"contract_id": "quote", "earlier": earlier, "parent": parent, "others": tuple(world.contracts.values())}
        found = quote.quote_application(world.terms, asked, until, **among)
        first = engine.apply(world.terms, asked, account="quote", **among)
        return same(found, lived(first, world.terms, asked.at, until, found.assumed), scenario)
    contract: Contract = world.contracts[step["contract"]]
    found = quote.quote(contract, world.terms, asked, until)
    try:
        first = engine.handle(contract, world.terms, asked)
    except Refused as refusal:
        assert (found.refused, found.rule) == (refusal.reason, refusal.rule)
        return 0
    assert not found.refused
    return same(found, lived(first, world.terms, asked.at, until), scenario)


@pytest.mark.parametrize("service", LIFE)
def test_the_quoted_bills_are_those_that_follow(service: str) -> None:
    bills = 0
    for dice, scenario in some_lives(service, 9, 12):
        for world, step in moments(scenario, dice):
            try:
                bills += quoted_step(world, step, scenario)
            except Invalid:
                continue  # an application that cannot be read is quoted as little as it is taken
    assert bills > 20
