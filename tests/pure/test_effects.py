"""An announcement's effect on one contract is what really happens: nights one by one, every bill paid on its due day."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.billing import effects, engine
from chalicelib.contracts import service, terms
from chalicelib.contracts.contract import Command, Contract, Invoice
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, at_japan, month_end, month_of, sweep_instant
from chalicelib.errors import Invalid, Refused
from chalicelib.scenarios.typical import newest

NOON = time(12)
LIST = {"monthly_fee": 1100, "registration_fee": 3300}
DEARER = {"sottonet": {"monthly_fee": 2200, "option:wifi-3gb": 3300}, "allwatch": {"monthly_fee": 1250}}
LIVES = 30  # per service and kind; 400 held too


def noon(day: date) -> datetime:
    return at_japan(day, NOON)


def company(name: str) -> Terms:
    found = terms.load(name)
    if "monthly_fee" not in found.section("price_list").get("keys", ()):
        return found
    said = Command("set_price_list", noon(date(2020, 1, 1)), {"prices": LIST}, "operator")
    return found.under(service.handle(found.state, found, said).state)


def life(found: Terms, pick: random.Random) -> tuple[Contract, date]:
    """A contract somewhere in its life, its bills paid or not, and the day that it is now."""
    applied = date(2024, 1, 1) + timedelta(days=pick.randrange(420))
    args: dict[str, Any] = {"plan": pick.choice(found.section("application")["plans"]), "payment_method": "card"}
    if found.section("options") and pick.random() < 0.4:
        args["options"] = [{"option": "wifi-3gb", "quantity": 1}]
    contract = engine.apply(found, Command("apply", noon(applied), args), contract_id="c", account="a").contract
    today, now = applied, date(2025, 5, 1) + timedelta(days=pick.randrange(50))
    for name, more, after in (
        ("install", {"outcome": "done"}, pick.randrange(1, 20)),
        ("pay", {}, pick.randrange(20, 60)),
        ("pay", {}, pick.randrange(20, 60)),
        ("request_cancellation", {}, pick.choice([5, 200, 400, 9999])),
    ):
        today += timedelta(days=after)
        if today < now:
            try:
                contract = engine.handle(contract, found, Command(name, noon(today), more, "operator")).contract
            except Refused:
                continue
    return engine.advance(contract, found, sweep_instant(now)).contract, now


def really(contract: Contract, found: Terms, now: date, until: date, told: Command | None) -> tuple[list[Invoice], int]:
    """Every night of its own, and the bills; and the yen that went back."""
    decision = engine.handle(contract, found, told) if told else engine.advance(contract, found, noon(now))
    bills, back = list(decision.invoices), {refund.key: refund.amount for refund in decision.refunds}
    day = now
    while day < until:
        day += timedelta(days=1)
        steps = [engine.advance(decision.contract, found, sweep_instant(day))]
        for entry in steps[0].contract.ledger:
            if entry.status == "open" and entry.unpaid > 0 and entry.due_on == day:
                which = {"invoice": {"month": entry.month, "kind": entry.kind}}
                steps.append(engine.handle(steps[-1].contract, found, Command("pay", noon(day), which)))
        for decision in steps:
            bills += decision.invoices
            back |= {refund.key: refund.amount for refund in decision.refunds}
    return bills, sum(back.values())


@pytest.mark.parametrize("name", sorted(DEARER))
@pytest.mark.parametrize("kind", ["announce_price", "announce_termination"])
def test_the_figures_are_those_of_really_announcing(name: str, kind: str) -> None:
    found, moved = company(name), 0
    for seed in range(LIVES):
        contract, now = life(found, random.Random(f"{name} {seed}"))
        effective = add_months(month_of(now), 4)
        args = {"effective_on": effective} | ({"prices": DEARER[name]} if kind == "announce_price" else {})
        try:
            said = service.handle(found.state, found, Command(kind, noon(now), args, "operator"))
        except Refused as refused:  # a service that says nothing of its own abolition
            assert refused.reason == "not_provided"
            return
        changed = found.under(said.state)
        told = effects.effect(contract, found, changed, noon(now), said.contract_command, effective)
        until = month_end(add_months(month_of(effective), 12))
        for terms_then, heard, billed, back in (
            (found, None, told.bills_before, told.refunds_before),
            (changed, said.contract_command, told.bills_after, told.refunds_after),
        ):
            bills, paid_back = really(contract, terms_then, now, until, heard)
            counted = [bill.total for bill in bills if month_of(effective) <= bill.month < add_months(month_of(effective), 12)]
            assert (billed, back) == (sum(counted), paid_back), seed
        moved += told.difference != 0
    assert moved > LIVES // 3  # the lives are not all over


@pytest.mark.rule("ORM-CHG-2")
def test_a_service_that_costs_nothing_costs_nothing_after_either() -> None:
    found = terms.load("omron-remote")
    now = date(2025, 5, 1)
    contract = engine.apply(
        found,
        Command("apply", noon(now), {"plan": found.section("application")["plans"][0], "payment_method": "none"}),
        contract_id="c",
        account="a",
    ).contract
    for kind, args, notices in (
        ("announce_tax", {"rate": 12, "effective_on": date(2025, 6, 1)}, 0),  # no money, so nobody is told
        ("announce_terms", {"version": "2", "effective_on": date(2025, 6, 1)}, 1),
        ("announce_termination", {"effective_on": date(2026, 5, 1)}, 1),
    ):
        said = service.handle(found.state, found, Command(kind, noon(now), args, "operator"))
        told = effects.effect(contract, found, found.under(said.state), noon(now), said.contract_command, args["effective_on"])
        assert (told.difference, len(told.notices)) == (0, notices), kind


def test_a_day_that_is_past_already_is_compared_from_the_running_month_on() -> None:
    assert effects.first_month(noon(date(2025, 5, 10)), date(2025, 1, 1)) == date(2025, 5, 1)
    assert effects.first_month(noon(date(2025, 5, 10)), date(2025, 7, 15)) == date(2025, 7, 1)


ANNOUNCED = {
    "announce_price": {"prices": {}, "effective_on": None},
    "announce_tax": {"rate": 12, "effective_on": None},
    "announce_terms": {"version": "2", "ground": "law", "effective_on": None},
    "announce_termination": {"effective_on": None},
}


@pytest.mark.parametrize("name", terms.services())
def test_every_service_can_be_asked_what_its_announcements_would_mean(name: str) -> None:
    """A typical customer of each plan, three months on; every announcement that the service knows, a year and a half ahead."""
    found = priced(terms.load(name))
    for plan in found.section("application")["plans"]:
        applied = newest(found)
        method = found.part(plan).section("application")["payment_methods"][0]
        asked = Command("apply", noon(applied), {"plan": plan, "payment_method": method})
        contract = engine.apply(found, asked, contract_id="c", account="a").contract
        for step in found.part(plan).section("typical").get("steps", ()):
            day = applied + timedelta(days=found.value(step["days"], applied))
            try:
                contract = engine.handle(contract, found, Command(step["command"], noon(day), {"outcome": "done"})).contract
            except Refused:  # a delivery to somebody who ordered nothing
                continue
        now, effective = applied + timedelta(days=90), add_months(month_of(applied), 21)
        for kind, args in ANNOUNCED.items():
            key = next(iter(key for key, entries in found.data["values"].items() if entries[0]["unit"] == "yen"), "")
            prices = {"prices": {key: 1}} if "prices" in args else {}
            command = Command(kind, noon(now), {**args, **prices, "effective_on": effective}, "operator")
            try:
                said = service.handle(found.state, found, command)
            except Refused as refused:
                assert refused.reason == "not_provided"
                continue
            except Invalid:
                assert not key  # a service without a price of its own
                continue
            changed = found.under(said.state)
            told = effects.effect(contract, found, changed, noon(now), said.contract_command, effective)
            assert told.ends_after is None or told.ends_after <= max(effective, told.ends_before or effective)
            if kind == "announce_terms":
                assert told.difference == 0
            if contract.state not in ("refused", "ended") and said.contract_command is not None:
                assert len(told.notices) <= 1


def priced(found: Terms) -> Terms:
    """Under a price list that has everything it may have, at 1,000 yen."""
    keys = found.section("price_list").get("keys", ())
    words = [*found.section("application")["plans"], *found.section("options").get("ids", ()), "tracker"]
    prices = {key.replace("*", word): 1000 for key in keys for word in words}
    if not prices:
        return found
    said = Command("set_price_list", noon(found.data["from"]), {"prices": prices}, "operator")
    return found.under(service.handle(found.state, found, said).state)
