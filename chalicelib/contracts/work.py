"""One decision in the making: the contract as it is so far, and what has to be written or told with it.

Steps (functions of a `Work`) change it; `decision()` freezes it. A refused step raises, and the work is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import blake2s
from typing import Any, Literal

from chalicelib.contracts import tasks
from chalicelib.contracts.contract import Charge, Command, Contract, Decision, Entry, Event, Invoice, Notice, Order, Refund
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import Refused

_OPEN = ("accepted", "active", "suspended", "paused", "cancelling")
Step = Callable[["Work", Mapping[str, Any], Mapping[str, Any]], None]  # (work, command args, the terms' words on the command)


class Work:
    """Mutable, and never seen outside one call of the engine. `day` is the Japan day of `at`."""

    __slots__ = ("at", "by", "contract", "day", "entries", "events", "invoices", "notices", "orders", "refunds", "terms")

    def __init__(self, contract: Contract, terms: Terms, at: datetime, by: str = "system") -> None:
        self.contract, self.terms, self.at, self.by = contract, terms, at, by
        self.day: date = japan_day(at)
        self.events: list[Event] = []
        self.notices: list[Notice] = []
        self.invoices: list[Invoice] = []
        self.entries: dict[str, Entry] = {}
        self.refunds: dict[str, Refund] = {}
        self.orders: list[Order] = []

    def set(self, **changes: Any) -> None:
        self.contract = self.contract.but(**changes)

    def event(self, kind: str, *cites: str, **facts: Any) -> None:
        self.events.append(Event(kind, self.at, self.by, facts, cites))
        if "tasks" in self.terms.data:
            tasks.follow(self, kind, facts)

    def notice(self, kind: str, **figures: Any) -> None:
        self.notices.append(Notice(self.contract.id, kind, self.day, figures))

    def order(self, contract: str, name: str, **args: Any) -> None:
        """Ask something of another contract, now. If that one refuses, the whole step is refused."""
        self.orders.append(Order(contract, Command(name, self.at, args, self.by)))

    def owe(self, charge: Charge) -> None:
        self.set(owed=(*self.contract.owed, charge))

    def set_entry(self, entry: Entry) -> None:
        """Put a changed ledger entry in the place of the one with its key."""
        self.set(ledger=tuple(entry if e.key == entry.key else e for e in self.contract.ledger))
        self.entries[entry.key] = entry

    def open_refund(self, amount: int, months: tuple[date, ...] = (), cites: tuple[str, ...] = ()) -> None:
        """A new refund, in the status that the terms begin with. Amount > 0."""
        status = self.terms.section("refund")["first_status"]
        key = f"refund#{len(self.contract.refunds) + 1:03}"
        refund = Refund(key, self.contract.id, amount, status, self.day, months, cites)
        self.set_refund(refund)
        if status == "claim_sent":
            self.notice("refund_claim_form", amount=amount)
        elif status == "paid":
            self.notice("refund_paid", amount=amount)

    def set_refund(self, refund: Refund) -> None:
        others = tuple(r for r in self.contract.refunds if r.key != refund.key)
        self.set(refunds=(*others, refund))
        self.refunds[refund.key] = refund

    def decision(self, next_on: date | Literal[""] | None = "") -> Decision:
        """What was decided. `next_on` is the next day with something to do, where that was reckoned already."""
        changes = tuple(self.entries.values())
        invoices = tuple(self.invoices)
        if invoices and changes:
            issued = {i.key for i in invoices}
            invoices = tuple(_as_it_stands(i, self.entries.get(i.key)) for i in invoices)
            changes = tuple(e for e in changes if e.key not in issued)
        return Decision(
            self.contract,
            tuple(self.events),
            invoices,
            changes,
            tuple(self.refunds.values()),
            tuple(self.notices),
            tuple(self.orders),
            next_on,
        )


def needs_open(work: Work, rule: str) -> None:
    """Raises Refused unless the contract was accepted and has not ended."""
    state = work.contract.state
    if state not in _OPEN:
        raise Refused("ended" if state == "ended" else f"still_{state}" if state == "applied" else state, rule)


def _as_it_stands(invoice: Invoice, entry: Entry | None) -> Invoice:
    """An invoice that was issued and changed again within one decision (a late night) leaves as it stands at the end."""
    if entry is None:
        return invoice
    return replace(invoice, status=entry.status, due_on=entry.due_on, paid_by=entry.paid_by, paid=entry.paid)


def print_of(name: str | None) -> str:
    """Enough of a name to know the same person again, and nothing to read."""
    return blake2s(name.encode(), digest_size=6).hexdigest() if name else ""
