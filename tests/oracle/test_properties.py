"""Laws that hold for every life, whatever its terms: nights repeat harmlessly, quotes come true, money adds up."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from chalicelib.billing import engine
from chalicelib.billing.quote import quote
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.dates import JST, UTC, sweep_instant
from chalicelib.store import codec
from tests.oracle import driver, every_life, lives
from tests.oracle.lore import DAY

LIVES = int(os.environ.get("LIVES", "60"))
SERVICES = sorted(every_life.BUILDERS)
FREE = ("omron-remote",)  # nothing is billed
SNAPSHOT_BYTES = 1000  # with its row's keys still inside one write unit


def some_lives(service: str, salt: int, count: int = LIVES) -> Iterator[lives.Scenario]:
    for number in range(count):
        scenario = every_life.life(service, Random(salt * 10_000_000 + number))
        if scenario:
            yield scenario


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), JST).astimezone(UTC)


@pytest.mark.parametrize("service", SERVICES)
def test_a_night_that_runs_again_changes_nothing(service: str) -> None:
    for scenario in some_lives(service, 1):
        world = driver.World.of(scenario)
        until = date.fromisoformat(scenario["until"])
        for step in scenario["timeline"]:
            at = driver.instant(step)
            world.sweep(at)
            world.act(step)
            for contract in world.contracts.values():
                assert not engine.advance(contract, world.terms, at).changed, (scenario, step)
        world.sweep(sweep_instant(until))
        for contract in world.contracts.values():
            for late in (sweep_instant(until), sweep_instant(until - 40 * DAY), noon(until)):
                repeated = engine.advance(contract, world.terms, late)
                assert not repeated.changed, (scenario, late, repeated.events)
                assert repeated.contract == contract or late > sweep_instant(until)


@pytest.mark.parametrize("service", SERVICES)
def test_one_late_night_does_what_many_punctual_ones_do(service: str) -> None:
    for scenario in some_lives(service, 2):
        if any("parent" in step for step in scenario["timeline"]):
            continue  # a night that ends a line ends its phone: one that is late leaves the phone to the phone's own steps
        late, punctual = driver.play(scenario, nightly=False), driver.play(scenario)
        for outcome in (late, punctual):  # each contract's own are in order; contracts take turns differently
            # a late night reminds of sleep as things stand then, a standstill since included
            outcome["notices"] = [notice for notice in outcome["notices"] if notice["kind"] != "dormancy_reminder"]
            outcome["notices"].sort(key=lambda notice: notice["contract"])
            outcome["refunds"].sort(key=lambda refund: refund["contract"])
        assert late == punctual, json.dumps(scenario)


@pytest.mark.parametrize("service", [s for s in SERVICES if s not in FREE])
def test_a_quote_equals_the_bills_that_follow(service: str) -> None:
    asked = 0
    for number, scenario in enumerate(some_lives(service, 3)):
        dice = Random(number)
        world = driver.World.of(scenario)
        steps = scenario["timeline"][: dice.randint(1, len(scenario["timeline"]))]
        if any(step["do"] == "demand" for step in steps):
            continue  # a quote pays every bill in time, this life none: a demand tells them apart
        for step in steps:
            world.sweep(driver.instant(step))
            world.act(step)
        now = driver.instant(steps[-1]) + timedelta(hours=dice.choice([1, 30, 500]))
        world.sweep(now)
        until = now.astimezone(JST).date() + 200 * DAY
        if not world.contracts:
            continue
        name, contract = dice.choice(sorted(world.contracts.items(), key=lambda entry: entry[0]))
        wish = Command(dice.choice(["request_cancellation", "pay"]), now, {}, "contractor")
        told = quote(contract, world.terms, wish, until)
        known = set(world.invoices)
        world.act({"at": now.astimezone(JST).replace(tzinfo=None).isoformat(), "do": wish.name, "contract": name})
        assert bool(told.refused) == (world.contracts[name] == contract)
        if told.refused:
            continue
        world.sweep(sweep_instant(until))
        followed = [i for key, i in world.invoices.items() if key not in known and key[0] == name]
        asked += len(followed)
        assert [as_billed(i) for i in told.invoices] == [as_billed(i) for i in followed], json.dumps(scenario)
        assert told.ends_on == world.contracts[name].ends_on
    assert asked > LIVES / 10, "too few quotes led to bills: the law was hardly tried"


def as_billed(invoice: Any) -> Any:
    """Without what happens to a bill after it was sent."""
    return replace(invoice, status="open", paid=0, due_on=invoice.issued_on)


@pytest.mark.parametrize("service", SERVICES)
def test_money_adds_up(service: str) -> None:
    for scenario in some_lives(service, 4):
        world = driver.run(scenario)
        for invoice in world.invoices.values():
            added = invoice.tax if any(x.tax == "excluded" for x in invoice.lines) else 0
            inside = sum(x.amount for x in invoice.lines if x.tax == "included")
            contained = inside * int(invoice.tax_percent) // (100 + int(invoice.tax_percent))
            assert invoice.total == sum(x.amount for x in invoice.lines) + (added - contained if added else 0), json.dumps(
                scenario
            )
            assert 0 <= invoice.paid <= invoice.total
            assert (invoice.paid == invoice.total) == (invoice.status == "paid") or invoice.status == "void"
        for name in world.contracts:
            paid = sum(i.paid for (owner, _), i in world.invoices.items() if owner == name)
            credits = sum(r.amount for (owner, _), r in world.refunds.items() if owner == name)
            outages = any(step["do"] in ("report_outage", "interrupt_service") for step in scenario["timeline"])
            assert credits <= paid or outages  # what it gives back after the last bill is paid out, whatever was paid


def test_equal_time_commands_commute_where_nothing_orders_them() -> None:
    """Purchases of different items, an operator's charge and a notice meet at one instant: STN-INV-3 orders the lines."""
    until = date(2025, 9, 2)
    start = [
        {"at": "2025-05-01T10:00", "do": "apply", "contract": "c1", "plan": "standard", "payment_method": "card",
         "options": [{"option": "wifi-3gb", "quantity": 1}]},
        {"at": "2025-05-06T14:00", "do": "install", "contract": "c1", "outcome": "done"},
    ]  # fmt: skip
    wishes: list[dict[str, Any]] = [
        {"do": "buy", "item": "data_charge", "quantity": 2},
        {"do": "buy", "item": "installation_work", "quantity": 1},
        {"do": "charge", "item": "equipment_compensation", "amount": 3300},
        {"do": "change_plan", "plan": "wifi-25gb"},
        {"do": "request_cancellation", "with_removal": True},
    ]
    outcomes = []
    for order in permutations(wishes):
        timeline = start + [{"at": "2025-07-20T23:59", "contract": "c1"} | wish for wish in order]
        outcome = driver.play({"service": "sottonet", "timeline": timeline, "until": until.isoformat()})
        outcomes.append(outcome | {"notices": sorted(map(str, outcome["notices"]))})
    assert len(outcomes[0]["invoices"]) == 3
    assert outcomes[0]["refusals"] == []
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_later_report_of_a_plan_wins_even_at_the_same_instant() -> None:
    """STW-PLN-1: here the order does matter, and the sheet says how."""
    life = [
        {"at": "2025-05-01T10:00", "do": "apply", "contract": "c1", "plan": "standard", "payment_method": "card",
         "options": [{"option": "wifi-3gb", "quantity": 1}]},
        {"at": "2025-05-06T14:00", "do": "install", "contract": "c1", "outcome": "done"},
        {"at": "2025-06-20T23:59", "do": "change_plan", "contract": "c1", "plan": "wifi-10gb"},
        {"at": "2025-06-20T23:59", "do": "change_plan", "contract": "c1", "plan": "wifi-25gb"},
    ]  # fmt: skip
    outcome = driver.play({"service": "sottonet", "timeline": life, "until": "2025-08-01"})
    assert [x["item"] for x in outcome["invoices"][-1]["lines"]] == ["monthly_fee", "option:wifi-25gb"]


def walk(value: Any) -> Iterator[Any]:
    yield value
    if is_dataclass(value):
        for entry in fields(value):
            yield from walk(getattr(value, entry.name))
    elif isinstance(value, dict):
        yield from (x for pair in value.items() for part in pair for x in walk(part))
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from (x for part in value for x in walk(part))


@pytest.mark.parametrize("service", SERVICES)
def test_no_float_is_anywhere_in_a_decision(service: str) -> None:
    decisions: list[Decision] = [d for s in some_lives(service, 5, LIVES // 3) for d in driver.run(s).decisions]
    assert len(decisions) > LIVES
    for decision in decisions:
        assert not [x for x in walk(decision) if isinstance(x, float)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_of_every_life_is_stored_and_read_back_as_it_was(service: str) -> None:
    for scenario in some_lives(service, 6):
        for decision in driver.run(scenario).decisions:
            contract = decision.contract
            outside = {k: getattr(contract, k) for k in ("id", "version", "account", "service", "state", "applied_at")}
            assert codec.contract_of(codec.contract_text(contract), **outside) == contract


def test_ten_years_of_an_ordinary_life_stay_small() -> None:
    """Applied, installed, a data charge now and then, every bill paid: the snapshot does not grow with the years."""
    steps: list[dict[str, Any]] = [
        {"at": "2021-05-01T10:00", "do": "apply", "contract": "c1", "plan": "standard", "payment_method": "card",
         "options": [{"option": "wifi-3gb", "quantity": 1}]},
        {"at": "2021-05-06T14:00", "do": "install", "contract": "c1", "outcome": "done"},
    ]  # fmt: skip
    for month in (date(2021 + n // 12, n % 12 + 1, 1) for n in range(6, 120)):
        steps.append({"at": f"{month:%Y-%m}-05T10:00", "do": "buy", "contract": "c1", "item": "data_charge", "quantity": 1})
        steps.append({"at": f"{month:%Y-%m}-27T10:00", "do": "pay", "contract": "c1"})
    world = driver.run({"service": "sottonet", "timeline": steps, "until": "2031-01-02"})
    sizes = [len(codec.contract_text(d.contract).encode()) for d in world.decisions]
    assert len(world.invoices) > 110
    assert max(sizes) < SNAPSHOT_BYTES, max(sizes)
    assert sizes[-1] <= sizes[len(sizes) // 4] + 40


def test_the_walk_finds_a_float_where_one_hides() -> None:
    """The law above can fail."""
    contract = Contract("c", "s", "a", noon(date(2025, 1, 1)))
    assert [x for x in walk(Decision(contract.but(paid_total=0.5))) if isinstance(x, float)]
