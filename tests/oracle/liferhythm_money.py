"""LifeRhythm Navi + HOME, the money: prices under new rates of tax, free months, the closing of a month, interest.

From the terms sheet alone, as `oracle_liferhythm`, which decides what happens; here is what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, Unclear, first, last, later

PRICES = {"monthly_fee": 5980, "option:ir-remote": 500, "initial_fee": 10000, "reinstall_fee": 10000}
SWITCH_ON = date(2023, 2, 20)
TAX = 10
ORDER = [
    "initial_fee", "reinstall_fee", "monthly_fee", "option:ir-remote", "equipment_compensation", "outage_credit", "late_interest",
]  # fmt: skip


class Prices:
    """The dated prices, revised and lifted to new rates of tax (LRH-PRC-1, 2)."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.device: dict[str, int] = given.get("device", {})
        self.revisions: list[tuple[date, dict[str, int]]] = []
        self.taxes: list[tuple[date, int]] = []  # first days of months

    def rate(self, day: date) -> int:
        return [TAX, *(percent for since, percent in sorted(self.taxes) if since <= day)][-1]

    def at(self, item: str, day: date) -> int:
        price = PRICES[item]
        changes: list[tuple[date, int, Any]] = [(since, 1, new) for since, new in self.revisions]
        changes += [(since, 0, percent) for since, percent in self.taxes]
        for since, _, new in sorted(changes, key=lambda c: c[:2]):
            if since > day:
                break
            if isinstance(new, dict):
                price = new.get(item, price)
            else:
                price = price * (100 + new) // (100 + self.rate(since - DAY))
        return price


@dataclass
class Gap:
    """An interruption of the whole service, from the day it began to the day of the resumption."""

    begins: date
    ends: date | None = None

    @property
    def reached_on(self) -> date:
        return later(self.begins, 1)

    def long(self, today: date) -> bool:
        """LRH-INT-2."""
        return (self.ends or today) >= self.reached_on

    def touches(self, month: date) -> bool:
        return first(self.begins) <= month and (self.ends is None or month <= self.ends)


@dataclass
class Line:
    """A line of an invoice; `percent` 0 = bears no tax."""

    item: str
    amount: int
    percent: int = 0
    quantity: int | None = None
    month: date | None = None

    def shown(self) -> dict[str, Any]:
        told: dict[str, Any] = {"item": self.item, "amount": self.amount}
        if self.quantity is not None:
            told["quantity"] = self.quantity
        if self.month:
            told |= {"from": lore.iso(self.month), "to": lore.iso(last(self.month))}
        return told


@dataclass
class Bill:
    """An invoice and what was paid on it."""

    contract: str
    kind: str
    month: date
    issued_on: date
    due_on: date
    paid_by: str
    lines: list[Line]
    paid: int = 0

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def rest(self) -> int:
        return self.total - self.paid

    @property
    def tax(self) -> int:
        """LRH-CHG-6."""
        sums: dict[int, int] = {}
        for line in self.lines:
            sums[line.percent] = sums.get(line.percent, 0) + line.amount
        return sum((1 if yen >= 0 else -1) * (abs(yen) * rate // (100 + rate)) for rate, yen in sums.items())

    def overdue(self, day: date) -> bool:
        return self.rest > 0 and day > self.due_on

    def pay(self, day: date, yen: int) -> int:
        """Books a payment; the late interest that it bears (LRH-INV-7)."""
        old_interest = sum(line.amount for line in self.lines if line.item == "late_interest")
        bearing = yen - min(yen, max(0, old_interest - self.paid))
        self.paid += yen
        return bearing * 3 * max(0, (day - self.due_on).days) // 36500

    def shown(self, until: date) -> dict[str, Any]:
        status = "paid" if self.rest == 0 else "overdue" if until > self.due_on else "open"
        return {
            "contract": self.contract, "kind": self.kind, "month": lore.month_name(self.month),
            "issued_on": self.issued_on.isoformat(), "due_on": self.due_on.isoformat(), "status": status,
            "total": self.total, "tax": self.tax, "paid_by": self.paid_by, "lines": [line.shown() for line in self.lines],
        }  # fmt: skip


@dataclass
class Deal:
    """A contract, and what it remembers."""

    name: str
    applied: datetime
    methods: list[tuple[date, str]]
    refused: list[str] = field(default_factory=list)
    formed_on: date | None = None
    installed_on: date | None = None
    billing_starts_on: date | None = None
    ends_on: date | None = None
    because: str = ""
    noticed: bool = False
    ended: bool = False
    suspended: bool = False
    held: int = 0
    changes: list[tuple[date, int]] = field(default_factory=list)  # remotes held after each change
    redone: list[date] = field(default_factory=list)
    lost: list[tuple[date, int, int]] = field(default_factory=list)
    loss_open: bool = False
    missing: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    interest: list[tuple[date, int]] = field(default_factory=list)
    faults: list[tuple[datetime, datetime]] = field(default_factory=list)
    demand: tuple[date, list[Bill]] | None = None
    bills: list[Bill] = field(default_factory=list)
    billed: dict[date, int] = field(default_factory=dict)  # monthly fee and options by month
    credited: set[date] = field(default_factory=set)
    credits: list[list[Any]] = field(default_factory=list)  # [month, yen left]
    initial_done: bool = False
    closed_up: bool = False

    def over(self, day: date) -> bool:
        return self.ended or (self.ends_on is not None and self.ends_on < day)

    def hold(self, day: date, change: int) -> None:
        self.held += change
        self.changes.append((day, self.held))

    def remotes(self, month: date) -> int:
        """LRH-CHG-4: the most that were held at one moment of the month, what was brought over included."""
        brought = [held for day, held in self.changes if day < month][-1:]
        return max([*brought, *(held for day, held in self.changes if first(day) == month)], default=0)

    def facts(self, until: date) -> dict[str, Any]:
        if self.refused:
            known = "abolished" not in self.refused
            return {"state": "refused"} | ({"refusal_reasons": self.refused} if known else {})
        told: dict[str, Any] = {"state": self.state(), "formed_on": lore.iso(self.formed_on)}
        told["service_starts_on"] = told["formed_on"]
        if not (self.billing_starts_on and self.ends_on and self.billing_starts_on > self.ends_on):
            told["billing_starts_on"] = lore.iso(self.billing_starts_on)
        if self.formed_on or self.ended:
            told["ends_on"] = lore.iso(self.ends_on)
        if self.ended and self.formed_on:
            told["ended_because"] = self.because
        if self.noticed and self.because == "abolished" and not self.ended:
            told.pop("state")
        return told

    def state(self) -> str:
        if self.ended:
            return "ended"
        if not self.formed_on:
            return "accepted"
        return "cancelling" if self.noticed else "suspended" if self.suspended else "active"


def due_day(deal: Deal, method: str, issued: date, closed: frozenset[date]) -> date:
    """LRH-INV-2 to 4."""
    due = issued.replace(day=27)
    if method == "card":
        return due
    assert deal.formed_on
    if deal.formed_on < SWITCH_ON:
        return lore.next_working(due, frozenset(), itself=True)
    working = lore.business_days(issued, closed)
    if len(working) < 16:
        raise Unclear(-1, "a month without a sixteenth business day")
    return working[15]


def close(deal: Deal, month: date, prices: Prices, *, free: bool, closed: frozenset[date]) -> Bill | None:
    """The invoice of a month, if there is something on it."""
    ends, begins = deal.ends_on, deal.billing_starts_on
    in_time = begins is not None and begins <= month and (ends is None or month <= ends)
    priced = in_time and not free
    lines = fees(deal, month, prices) if priced else []
    ending = ends is not None and first(ends) == month
    assert deal.formed_on
    if (priced or ending) and not deal.initial_done:
        deal.initial_done = True
        price = prices.at("initial_fee", deal.formed_on)
        lines.append(Line("initial_fee", price, prices.rate(deal.formed_on)))
    if priced or (ends is not None and month >= first(ends)):
        for day in [d for d in deal.redone if first(d) < month]:
            deal.redone.remove(day)
            lines.append(Line("reinstall_fee", prices.at("reinstall_fee", day), prices.rate(day)))
    lines += [
        Line("equipment_compensation", yen, 0, pieces if pieces > 1 else None)
        for d, pieces, yen in deal.lost
        if first(d) == month
    ]
    if priced:
        lines += credit(deal, sum(x.amount for x in lines if x.month), prices)
    lines += [Line("late_interest", yen) for d, yen in deal.interest if first(d) == month]
    if not lines:
        return None
    kind = "separate" if not priced else "final" if ending else "initial" if not deal.billed else "regular"
    if priced:
        deal.billed[month] = sum(x.amount for x in lines if x.month)
    issued = later(month, 1)
    method = [m for since, m in deal.methods if since <= issued][-1]
    rows = sorted(lines, key=lambda x: ORDER.index(x.item))
    return Bill(deal.name, kind, month, issued, due_day(deal, method, issued, closed), method, rows)


def fees(deal: Deal, month: date, prices: Prices) -> list[Line]:
    rate, remotes = prices.rate(month), deal.remotes(month)
    lines = [Line("monthly_fee", prices.at("monthly_fee", month), rate, month=month)]
    if remotes:
        lines.append(Line("option:ir-remote", remotes * prices.at("option:ir-remote", month), rate, remotes, month))
    return lines


def credit(deal: Deal, room: int, prices: Prices) -> list[Line]:
    """LRH-INT-4: credits go in order, each month's its own line, up to the month's fee and options."""
    lines = []
    while deal.credits and room > 0:
        month, left = deal.credits[0]
        used = min(left, room)
        lines.append(Line("outage_credit", -used, prices.rate(month)))
        deal.credits[0][1] -= used
        room -= used
        if not deal.credits[0][1]:
            deal.credits.pop(0)
    return lines
