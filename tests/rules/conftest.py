"""A life in the pure engine: commands and days for one contract, and what it was billed, refunded and told.

Expected figures in these tests are worked out by hand from the terms, never read off the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from chalicelib.billing import engine
from chalicelib.contracts import service, terms
from chalicelib.contracts.contract import Command, Contract, Decision, Event, Invoice
from chalicelib.dates import JST, UTC, month_text
from chalicelib.errors import Refused


def instant(text: str) -> datetime:
    """`2025-04-03T10:00` in Japan; a bare day is its noon."""
    moment = datetime.fromisoformat(text) if "T" in text else datetime.combine(date.fromisoformat(text), time(12))
    return moment.replace(tzinfo=JST).astimezone(UTC)


def parsed(value: Any) -> Any:
    """Arguments as the API would hand them over: days and months as `date`, times as instants."""
    if isinstance(value, Mapping):
        return {key: parsed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [parsed(entry) for entry in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d", value):
        return date.fromisoformat(f"{value}-01")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", value):
        return instant(value)
    return value


class Company:
    """One service and what its operators have said about it."""

    def __init__(self, name: str) -> None:
        self.state = service.ServiceState(name)
        self.lives: list[Life] = []

    @property
    def terms(self) -> terms.Terms:
        return terms.load(self.state.service).under(self.state)

    def nights(self, day: str) -> None:
        """Lets the nights of all lives pass, that of the day included."""
        for life in self.lives:
            life.until(day)

    def says(self, at: str, command: str, **args: Any) -> str:
        """Carries out a service command and tells every living contract. Answers the reason when it is refused."""
        try:
            decision = service.handle(self.state, self.terms, Command(command, instant(at), parsed(args), "operator"))
        except Refused as refused:
            return refused.reason
        self.state = decision.state
        for life in self.lives:
            told = decision.contract_command
            if told is not None and (life.contract.state not in ("refused", "ended") or service.reaches_ended(told)):
                life.take(engine.handle(life.contract, self.terms, decision.contract_command))
        return ""

    def applies(self, at: str, earlier: Life | None = None, **args: Any) -> Life:
        """A new contract with this company."""
        life = Life(self)
        if earlier is not None:
            args["recontract_of"] = earlier.contract.id
        command = Command("apply", instant(at), parsed(args), "contractor")
        known = earlier.contract if earlier else None
        life.take(engine.apply(self.terms, command, contract_id=f"c{len(self.lives) + 1}", account="a1", earlier=known))
        self.lives.append(life)
        return life


class Life:
    """One contract and everything that came out of it so far."""

    contract: Contract

    def __init__(self, company: Company) -> None:
        self.company = company
        self.invoices: dict[str, Invoice] = {}
        self.told: list[str] = []
        self.log: list[Event] = []

    def take(self, decision: Decision) -> None:
        self.contract = decision.contract
        self.invoices |= {invoice.key: invoice for invoice in decision.invoices}
        for entry in decision.invoice_changes:
            self.invoices[entry.key] = replace(
                self.invoices[entry.key], status=entry.status, due_on=entry.due_on, paid_by=entry.paid_by, paid=entry.paid
            )
        self.told += [notice.kind for notice in decision.notices]
        self.log += decision.events

    def does(self, at: str, command: str, **args: Any) -> str:
        """Carries out a command. Answers the reason when it is refused, and nothing then has changed."""
        asked = Command(command, instant(at), parsed(args), "operator")
        try:
            decision = engine.handle(self.contract, self.company.terms, asked)
            ordered = [
                (life, engine.handle(life.contract, self.company.terms, order.command))
                for order in decision.orders
                for life in self.company.lives
                if life.contract.id == order.contract
            ]
        except Refused as refused:
            return refused.reason
        self.take(decision)
        for life, follows in ordered:
            life.take(follows)
        return ""

    def until(self, day: str) -> Life:
        """Lets the nights pass, that of the day included."""
        self.take(engine.advance(self.contract, self.company.terms, instant(f"{day}T00:10")))
        return self

    # what came of it

    def bills(self) -> list[tuple[str, str, str, int]]:
        """Kind, month, day of issue and total of every invoice, as issued."""
        ordered = sorted(self.invoices.values(), key=lambda invoice: (invoice.issued_on, invoice.month))
        return [(i.kind, month_text(i.month), i.issued_on.isoformat(), i.total) for i in ordered]

    def bill(self, month: str, kind: str = "") -> Invoice:
        """The one invoice of a month (and kind)."""
        (found,) = [i for i in self.invoices.values() if month_text(i.month) == month and kind in ("", i.kind)]
        return found

    def lines(self, month: str, kind: str = "") -> list[tuple[str, int]]:
        return [(line.item, line.amount) for line in self.bill(month, kind).lines]

    def span(self, month: str, item: str) -> tuple[str, str]:
        """First and last day of a line."""
        (line,) = [line for line in self.bill(month).lines if line.item == item]
        assert line.first is not None and line.last is not None
        return line.first.isoformat(), line.last.isoformat()

    def refunds(self) -> list[tuple[str, int, str]]:
        return [(r.opened_on.isoformat(), r.amount, r.status) for r in self.contract.refunds]

    def day(self, name: str) -> str | None:
        found: date | None = getattr(self.contract, name)
        return found.isoformat() if found else None


@pytest.fixture
def sottonet() -> Company:
    return Company("sottonet")


@pytest.fixture
def started(sottonet: Company) -> Callable[..., Life]:
    """A Sottonet contract whose service starts on the given day: installed ten days before, applied for three days earlier."""

    def start(day: str, company: Company = sottonet, **args: Any) -> Life:
        installed = date.fromordinal(date.fromisoformat(day).toordinal() - 10)
        applied = date.fromordinal(installed.toordinal() - 3)
        life = company.applies(applied.isoformat(), plan="standard", payment_method="card", **args)
        assert life.does(installed.isoformat(), "install") == ""
        return life

    return start


@pytest.fixture
def omron() -> Company:
    return Company("omron-remote")


@pytest.fixture
def registered(omron: Company) -> Callable[..., Life]:
    """An account of the remote monitoring, registered at the given time; with `installed`, its gateway was linked that day."""

    def start(at: str, installed: str = "", company: Company = omron, **args: Any) -> Life:
        life = company.applies(at, plan="standard", payment_method="none", **args)
        if installed:
            assert life.does(installed, "install", sku="gateway", outcome="done") == ""
        return life

    return start


@pytest.fixture
def allwatch() -> Company:
    company = Company("allwatch")
    prices = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"tracker": 30800, "beacon": 4950}}
    assert company.says("2000-01-01", "set_price_list", prices=prices) == ""
    return company


@pytest.fixture
def served(allwatch: Company) -> Callable[..., Life]:
    """An ALLwatch contract by service application alone, whose service starts on the given day (two days after receipt)."""

    def start(day: str, company: Company = allwatch, plan: str = "half_year", method: str = "bank_transfer") -> Life:
        received = date.fromordinal(date.fromisoformat(day).toordinal() - 2).isoformat()
        return company.applies(received, plan=plan, payment_method=method, documents=["service_application"])

    return start


@pytest.fixture
def liferhythm() -> Company:
    company = Company("liferhythm-home")
    prices = {"device": {"home-gateway": 18000, "mat-sensor": 33000, "thermo-hygrometer": 4000, "ir-remote": 6000}}
    assert company.says("2000-01-01", "set_price_list", prices=prices) == ""
    return company


@pytest.fixture
def signed(liferhythm: Company) -> Callable[..., Life]:
    """A LifeRhythm contract signed on the given day: applied for three days earlier, its paperwork done on `processed`."""

    def start(day: str, company: Company = liferhythm, processed: str = "", method: str = "card", **args: Any) -> Life:
        applied = date.fromordinal(date.fromisoformat(day).toordinal() - 3).isoformat()
        life = company.applies(applied, plan="standard", payment_method=method, **args)
        assert life.does(f"{day}T10:00", "sign") == ""
        if processed:
            assert life.does(processed, "complete_processing") == ""
        return life

    return start
