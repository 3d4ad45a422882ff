"""AND market mobile as its customers meet it: steps in the order of time, the nights between them included.

Expected figures in the tests that use it are worked out by hand from the terms, never read off the program.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from chalicelib.contracts.contract import Contract, Invoice
from chalicelib.dates import JST, UTC, month_text
from tests.oracle import driver

PRICES: dict[str, Any] = {
    "monthly_fee": {"data": 900, "sms": 1000, "voice": 1500}, "initial_fee": 3000, "option": {"anshin_support": 500},
    "device": {"phone": 9805, "case": 1200}, "voice_call_per_30s": 20,
}  # fmt: skip


class Market:
    """The service with all contracts of one customer. Prices without tax; `prices` replaces what it names."""

    def __init__(self, closed: tuple[str, ...] = (), **prices: Any) -> None:
        about = {"service": "and-market-mobile", "prices": {**PRICES, **prices}, "calendar": {"closed": list(closed)}}
        self.world = driver.World.of(about)

    def does(self, at: str, do: str, contract: str | None = None, **args: Any) -> str:
        """Carries a step out, after the nights before it. Answers the reason when it is refused, else the empty text."""
        step = {"at": at if "T" in at else f"{at}T12:00", "do": do, **args}
        if contract:
            step["contract"] = contract
        self.world.sweep(driver.instant(step))
        known = len(self.world.refusals)
        self.world.act(step)
        return str(self.world.refusals[-1]["reason"] or "invalid") if len(self.world.refusals) > known else ""

    def applies(self, at: str, name: str, plan: str, **args: Any) -> Contract:
        """An application, by card unless told otherwise."""
        assert self.does(at, "apply", name, plan=plan, **{"payment_method": "card", **args}) == ""
        return self[name]

    def line(self, name: str, plan: str, starts: str, applied: str = "", **args: Any) -> None:
        """A mobile line that starts on the given day; its initial fee is paid. Applied for on that day unless told."""
        assert self.applies(f"{applied or starts}T10:00", name, plan, **args).state == "accepted"
        assert self.does(f"{applied or starts}T10:01", "pay", name) == ""
        assert self.does(f"{applied or starts}T11:00", "notify_start", name, starts_on=starts) == ""

    def phone(self, name: str, begins: str, **args: Any) -> None:
        """An IP phone of its own or, with `parent`, hanging on a line."""
        assert self.applies(f"{begins}T10:02", name, "ip_phone", **args).state == "active"

    def until(self, day: str) -> Market:
        """Lets the nights pass, that of the day included."""
        self.world.sweep(datetime.combine(date.fromisoformat(day), time(0, 10), JST).astimezone(UTC))
        return self

    # what came of it

    def __getitem__(self, name: str) -> Contract:
        return self.world.contracts[name]

    def invoices(self, name: str, kind: str = "") -> list[Invoice]:
        """In the order of issue; of one day in the order in which they were made."""
        found = [i for (of, _), i in self.world.invoices.items() if of == name and kind in ("", i.kind)]
        return sorted(found, key=lambda invoice: invoice.issued_on)

    def bills(self, name: str) -> list[tuple[str, str, int]]:
        """Kind, month and total of every invoice but the initial one."""
        return [(i.kind, month_text(i.month), i.total) for i in self.invoices(name) if i.kind != "initial"]

    def bill(self, name: str, month: str, kind: str = "") -> Invoice:
        """The one invoice of a month; among several not the initial one and not the device's, unless asked for."""
        found = [i for i in self.invoices(name, kind) if month_text(i.month) == month]
        found = found if kind or len(found) == 1 else [i for i in found if i.kind in ("regular", "final")]
        assert len(found) == 1, f"{name} {month} {kind}: {[(i.kind, i.total) for i in found]}"
        return found[0]

    def items(self, name: str, month: str, kind: str = "") -> list[tuple[str, int]]:
        return [(line.item, line.amount) for line in self.bill(name, month, kind).lines]

    def amount(self, name: str, month: str, item: str, kind: str = "") -> int:
        """The amount of the one line of an item; 0 without such a line or invoice."""
        invoices = [i for i in self.invoices(name, kind) if month_text(i.month) == month]
        found = [line.amount for invoice in invoices for line in invoice.lines if line.item == item]
        assert len(found) <= 1, found
        return found[0] if found else 0

    def span(self, name: str, month: str, item: str) -> tuple[str, str]:
        """First and last day of a line."""
        (line,) = [line for line in self.bill(name, month).lines if line.item == item]
        assert line.first is not None and line.last is not None
        return line.first.isoformat(), line.last.isoformat()

    def told(self, name: str) -> list[tuple[str, str]]:
        """Day and kind of each notice."""
        return [(n.on.isoformat(), n.kind) for n in self.world.notices if n.contract == name]

    def ends(self, name: str) -> tuple[str, str | None]:
        """Last day and why."""
        contract = self[name]
        assert contract.ends_on is not None, name
        return contract.ends_on.isoformat(), contract.ended_because
