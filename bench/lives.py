"""Believable contracts to measure with: five kinds of household, each played by the engine itself, night after night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.billing import engine
from chalicelib.contracts import terms as terms_of
from chalicelib.contracts.announced import Announcement, PriceList, ServiceState
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import at_japan, sweep_instant

PRICES = {
    "sottonet": {"delivery_fee": 770},
    "allwatch": {"monthly_fee": 1078, "registration_fee": 3300, "device:tracker": 30800},
    "and-market-mobile": {"monthly_fee:data": 880, "initial_fee": 3000},
}
# The mobile service ended in 2018; measured as if its end had been moved, so that all kinds live in the same years.
MOVED = Announcement("termination", date(2018, 1, 1), date(2099, 12, 31))


@dataclass(frozen=True)
class Kind:
    """A household: what it applies for, and what others did then (days after the application, command)."""

    name: str
    service: str
    application: dict[str, Any]
    steps: tuple[tuple[int, str, dict[str, Any]], ...]


KINDS = (
    Kind(
        "sottonet",
        "sottonet",
        {"plan": "standard", "payment_method": "card"},
        ((7, "install", {"outcome": "done"}),),
    ),
    Kind(
        "sottonet_wifi",
        "sottonet",
        {"plan": "standard", "payment_method": "card", "options": [{"option": "wifi-3gb", "quantity": 1}]},
        ((9, "install", {"outcome": "done"}),),
    ),
    Kind(
        "allwatch",
        "allwatch",
        {"plan": "half_year", "payment_method": "bank_transfer", "devices": [{"sku": "tracker", "quantity": 1}]},
        ((5, "deliver", {}),),
    ),
    Kind(
        "liferhythm",
        "liferhythm-home",
        {"plan": "standard", "payment_method": "account_transfer", "options": [{"option": "ir-remote", "quantity": 1}]},
        ((6, "sign", {}), (7, "install", {"outcome": "done"}), (9, "complete_processing", {})),
    ),
    Kind(
        "mobile",
        "and-market-mobile",
        {"plan": "data", "payment_method": "card"},
        ((4, "ship", {}),),
    ),
)


def state(service: str) -> ServiceState:
    """What operators said about the service: its price list."""
    lists = (PriceList(PRICES[service]),) if service in PRICES else ()
    return ServiceState(service, version=1, price_lists=lists, announcements=(MOVED,) if service == "and-market-mobile" else ())


def terms(service: str) -> Terms:
    return terms_of.load(service).under(state(service))


def noon(day: date) -> datetime:
    return at_japan(day, datetime(2000, 1, 1, 12, tzinfo=UTC).time())


@dataclass(frozen=True)
class Step:
    """One thing that happened in a life: a night that passes, or a payment."""

    before: Contract
    at: datetime
    decision: Decision
    command: Command | None = None


def play(kind: Kind, rules: Terms, applied: date, until: date, contract_id: str = "c1") -> Iterator[Step]:
    """A life from application to `until`: every night on which something is due; every bill is paid ten days later."""
    application = Command("apply", noon(applied), dict(kind.application), "contractor")
    contract = engine.apply(rules, application, contract_id=contract_id, account=f"account-{contract_id}").contract
    waiting = [Command(name, noon(applied + timedelta(days=after)), args, "operator") for after, name, args in kind.steps]
    while True:
        day = engine.next_day(contract, rules)
        command = min(waiting, key=lambda c: c.at, default=None)
        if command is not None and (day is None or command.at <= sweep_instant(day)):
            waiting.remove(command)
            step = Step(contract, command.at, engine.handle(contract, rules, command), command)
        elif day is not None and day <= until:
            step = Step(contract, sweep_instant(day), engine.advance(contract, rules, sweep_instant(day)))
        else:
            return
        yield step
        contract = step.decision.contract
        for invoice in step.decision.invoices:
            paid_on = noon(invoice.issued_on + timedelta(days=10))
            named = {"month": invoice.month, "key": invoice.key}
            waiting.append(Command("pay", paid_on, {"invoice": named}, "operator"))
