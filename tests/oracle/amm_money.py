"""And market mobile, the money: prices and rates by day, invoices, tax per rate, interest of the three rows.

From the terms sheet alone, as `oracle_amm`, which decides what happens; here is what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, Unclear, first, last

FIXED = {
    "universal_service_fee": 2, "sim_exchange_fee": 3000, "sim_reissue_fee": 3000,
    "ip_call": 8, "ip_call_abroad": 8, "number_issuance_fee": 500,
}  # fmt: skip
RATES = [(date(2012, 5, 15), 5), (date(2014, 4, 1), 8), (date(2019, 10, 1), 10)]
ORDER = [
    "initial_fee", "monthly_fee", "option", "universal_service_fee", "sms_charges", "call_charges", "free_call_credit",
    "number_issuance_fee", "sim_reissue", "early_termination_fee", "outage_credit", "evaded", "evasion_surcharge",
    "device", "device_installment", "late_interest",
]  # fmt: skip


class Prices:
    """The price list with its revisions, and the rates of tax."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.revisions: list[tuple[date, dict[str, Any]]] = [(date.min, {**FIXED, **given})]
        self.rates = list(RATES)

    def at(self, key: str, day: date) -> int:
        """The price of a dotted key on a day: what a revision does not name stays."""
        value = None
        for _, prices in sorted((r for r in self.revisions if r[0] <= day), key=lambda r: r[0]):
            found: Any = prices
            for part in key.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            value = value if found is None else found
        if value is None:
            raise Unclear(-1, f"no price {key}")
        return int(value)

    def one_off(self, key: str, place: int, *days: date) -> int:
        """The price of something that is bought: the sheet does not say which day counts, so they must agree."""
        found = {self.at(key, day) for day in days}
        if len(found) > 1:
            raise Unclear(place, "which day's price")
        return found.pop()

    def rate(self, day: date) -> int:
        """Percent of consumption tax."""
        return [percent for since, percent in sorted(self.rates) if since <= day][-1]


@dataclass
class Item:
    """A line of an invoice. `percent` 0 = bears no tax; `untaxed` is the part of the amount that bears none."""

    item: str
    amount: int
    percent: int = 0
    quantity: int | None = None
    days: tuple[date, date] | None = None
    evaded: bool = False
    place: int = -1
    untaxed: int = 0

    @property
    def rank(self) -> int:
        return ORDER.index("evaded" if self.evaded else self.item.split(":")[0])

    def shown(self) -> dict[str, Any]:
        told: dict[str, Any] = {"item": self.item, "amount": self.amount}
        if self.quantity is not None:
            told["quantity"] = self.quantity
        if self.days:
            told |= {"from": lore.iso(self.days[0]), "to": lore.iso(self.days[1])}
        return told


@dataclass
class Bill:
    """An invoice of one of the three rows `line`, `device`, `phone`."""

    contract: str
    row: str
    kind: str
    month: date
    issued_on: date
    due_on: date
    lines: list[Item]
    made: int
    paid_by: str = "card"
    failed: bool = False
    lost_on: date | None = None
    parts: list[tuple[date, int]] = field(default_factory=list)

    @property
    def tax(self) -> int:
        sums: dict[int, int] = {}
        for line in self.lines:
            sums[line.percent] = sums.get(line.percent, 0) + line.amount - line.untaxed
        for percent, yen in sums.items():
            if percent and yen < 0:
                raise Unclear(max(line.place for line in self.lines), "a negative sum of one rate")
        return sum(yen * percent // 100 for percent, yen in sums.items())

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines) + self.tax

    @property
    def principal(self) -> int:
        return self.total - sum(line.amount for line in self.lines if line.item == "late_interest")

    @property
    def rest(self) -> int:
        return self.total - sum(yen for _, yen in self.parts)

    def rest_on(self, day: date) -> int:
        """What is still owed at the end of the day."""
        return self.total - sum(yen for on, yen in self.parts if on <= day)

    def overdue(self, day: date) -> bool:
        return self.rest > 0 and day > self.due_on

    def holds_title(self) -> bool:
        """AMD-OWN-1: a price or instalment on it, and something unpaid."""
        return self.rest > 0 and any(line.item.startswith("device") for line in self.lines)

    def interest(self) -> int:
        """What a settled invoice bears: AMM-INT-1, 2; AMD-INT-1, 2; IPS-INT-1."""
        if self.row == "phone":
            return self.phone_interest()
        since = self.lost_on - DAY if self.lost_on else self.due_on
        per_mille = 146 if self.row == "line" else 60 if since + DAY < date(2020, 4, 1) else 30
        balance, sum_ = self.principal, 0
        for day, yen in self.parts:
            sum_ += balance * max(0, (day - since).days)
            balance, since = max(0, balance - yen), max(day, since)
        return sum_ * per_mille // 365_000

    def phone_interest(self) -> int:
        if (self.parts[-1][0] - self.due_on).days <= 10:
            return 0
        left, sum_ = self.principal, 0
        for day, yen in self.parts:
            sum_ += min(left, yen) * max(0, (day - self.due_on).days - 1)
            left = max(0, left - yen)
        return sum_ * 145 // 365_000

    def shown(self, until: date) -> dict[str, Any]:
        status = "paid" if self.rest == 0 else "overdue" if until > self.due_on else "open"
        return {
            "contract": self.contract, "kind": self.kind, "month": lore.month_name(self.month),
            "issued_on": self.issued_on.isoformat(), "due_on": self.due_on.isoformat(), "status": status,
            "total": self.total, "tax": self.tax, "paid_by": self.paid_by,
            "lines": [line.shown() for line in self.lines], lore.ISSUED: self.made,
        }  # fmt: skip


def in_rows(items: list[Item]) -> list[Item]:
    """AMM-INV-6: the order of the lines, none of 0 yen."""
    return sorted((i for i in items if i.amount), key=lambda i: i.rank)


def by_day(fee: int, since: date) -> int:
    """Reading rule 6: from a day to its month's end."""
    return fee * (last(since).day - since.day + 1) // last(since).day


def sixty_sen(sum_: Fraction) -> int:
    """AMM-OUT-3: a fraction below 0.60 yen is dropped, from 0.60 yen on it counts as one."""
    whole = sum_.numerator // sum_.denominator
    return whole + (sum_ - whole >= Fraction(6, 10))


def months_between(begin: date, end: date) -> int:
    return (end.year - begin.year) * 12 + end.month - begin.month


def in_month(items: list[tuple[date, Item]], month: date, percent: int = 0) -> list[Item]:
    """What arose in a month, at the rate that its closing knows."""
    found = [item for at, item in items if first(at) == month]
    for item in found:
        item.percent = percent if item.percent else 0
    return found
