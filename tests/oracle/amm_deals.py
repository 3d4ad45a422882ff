"""And market mobile, the contracts: what a line and an IP phone remember, and the invoices that close their months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.amm_money import Bill, Item, Prices, by_day, in_month, in_rows, months_between
from tests.oracle.lore import DAY, Step, Unclear, first, last, later

FREE = {"ip_free", "ip_same_provider", "ip_same_service"}
CREDIT = 100


@dataclass
class Deal:
    """What every contract has."""

    name: str
    applied: datetime
    who: str
    refusal_reasons: list[str] = field(default_factory=list)
    start: date | None = None
    ends_on: date | None = None
    because: str = ""
    ended: bool = False
    suspended: tuple[date, str] | None = None
    bills: list[Bill] = field(default_factory=list)
    once: list[tuple[date, Item]] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    row: str = "line"

    def runs(self, day: date) -> bool:
        return self.start is not None and self.start <= day

    def closing(self, month: date, prices: Prices) -> list[Bill]:
        raise NotImplementedError

    def bill(self, row: str, kind: str, month: date, items: list[Item]) -> list[Bill]:
        """The invoice of a month, if there is something on it; issued on the 1st, due on the 27th."""
        issued = later(month, 1)
        bill = Bill(self.name, row, kind, month, issued, issued.replace(day=27), in_rows(items), 0)
        if bill.total < 0:
            raise Unclear(max(i.place for i in items), "more credit than charges")
        return [bill] if bill.total else []

    def kind_of(self, month: date) -> str:
        return "final" if self.ends_on and month > first(self.ends_on) else "regular"

    def state(self, until: date) -> str:
        if self.refusal_reasons:
            return "refused"
        if self.ended:
            return "ended"
        return ""

    def facts(self, until: date, *, announced: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"refusal_reasons": self.refusal_reasons}
        state = self.state(until)
        if state:
            told["state"] = state
        if self.refusal_reasons:
            return told
        told["formed_on"] = self.applied.date().isoformat()
        if not (self.start and self.ends_on and self.ends_on < self.start):
            told |= {"service_starts_on": lore.iso(self.start), "billing_starts_on": lore.iso(self.start)}
        if self.ended:
            told["ended_because"] = self.because
        if self.ends_on or not announced:
            told["ends_on"] = lore.iso(self.ends_on)
        return told


# --- lines and devices ------------------------------------------------------------------------------


@dataclass
class Device:
    """A phone that was sold with the line, for one sum or in instalments."""

    sku: str
    quantity: int
    price: int
    number: int
    instalments: bool
    delivered: date | None = None
    percent: int = 0
    billed: int = 0
    lost_on: date | None = None

    @property
    def left(self) -> int:
        return self.number - self.billed

    def part(self, n: int) -> int:
        """AMD-PAY-2: the odd yen are on the first."""
        each = self.price // self.number
        return each + (self.price - each * self.number if n == 0 else 0)

    def rest(self) -> int:
        return sum(self.part(n) for n in range(self.billed, self.number))

    def items(self, month: date) -> list[Item]:
        if not self.delivered or first(self.delivered) > month or not self.left:
            return []
        if not self.instalments:
            self.billed = 1
            return [Item("device", self.price, self.percent, self.quantity)]
        self.billed += 1
        return [Item("device_installment", self.part(self.billed - 1), self.percent, 1)]


@dataclass
class Demand:
    """A payment reminder, and what it covers."""

    deadline: date
    bills: list[Bill]
    place: int


@dataclass
class Line(Deal):
    """A mobile line with its device."""

    plan: str = ""
    named: bool = False
    ships_on: date | None = None
    noticed: bool = False
    idle_notice: bool = False
    paused: bool = False
    pause_on: date | None = None
    options: list[list[Any]] = field(default_factory=list)  # [added on, last day or None]
    sms: dict[date, int] = field(default_factory=dict)
    units: dict[date, int] = field(default_factory=dict)
    device: Device | None = None
    device_interest: list[tuple[date, Item]] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)

    def demand(self, deadline: date, bills: list[Bill], place: int) -> None:
        self.demands.append(Demand(deadline, bills, place))

    def closing(self, month: date, prices: Prices) -> list[Bill]:
        items = (
            self.fees(month, prices) + self.use(later(month, -1), prices) + in_month(self.once, month, prices.rate(last(month)))
        )
        if self.ends_on and first(self.ends_on) == month:
            items += self.early_end(prices)
        bills = self.bill("line", self.kind_of(month), month, items)
        device = (self.device.items(month) if self.device else []) + in_month(self.device_interest, month)
        return bills + (self.bill("device", "separate", month, device) if device else [])

    def fees(self, month: date, prices: Prices) -> list[Item]:
        """AMM-FEE-2 to 8, 11, 12."""
        start, ends = self.start, self.ends_on
        if not start or first(start) > month or (ends and (first(ends) < month or ends < start)):
            return []
        day, percent = max(month, start), prices.rate(last(month))
        fee = prices.at(f"monthly_fee.{self.plan}", day)
        if self.plan == "data" and day == start:
            fee = by_day(fee, start)
        items = [Item("monthly_fee", fee, percent, days=(day, min(last(month), ends or last(month))))]
        for added, until in self.options:
            since = max(added, start)
            if first(since) <= month and (until is None or month <= until):
                in_first = first(since) == month
                yen = prices.at("option.anshin_support", added if in_first else month)
                items.append(Item("option:anshin_support", by_day(yen, since) if in_first else yen, percent))
        return [*items, Item("universal_service_fee", prices.at("universal_service_fee", day), percent)]

    def use(self, month: date, prices: Prices) -> list[Item]:
        """AMM-FEE-9, 10: SMS and calls of the month before."""
        days, percent, items = (month, last(month)), prices.rate(last(month)), []
        if self.sms.get(month):
            items.append(Item("sms_charges", self.sms[month], percent, days=days))
        if self.units.get(month):
            assert self.start
            yen = self.units[month] * prices.at("voice_call_per_30s", max(month, self.start))
            items.append(Item("call_charges", yen, percent, self.units[month], days))
        return items

    def early_end(self, prices: Prices) -> list[Item]:
        """AMM-MIN-1 to 3."""
        if self.plan != "voice" or self.because not in ("cancelled", "terminated") or not self.start:
            return []
        assert self.ends_on
        left = 5 - months_between(self.start, self.ends_on)
        if left <= 0 or self.ends_on < self.start:
            return []
        return [Item("early_termination_fee", left * prices.at("monthly_fee.voice", self.ends_on), 0, left)]

    def state(self, until: date) -> str:
        if self.refusal_reasons or self.ended:
            return super().state(until)
        if self.idle_notice:
            return ""
        if self.noticed:
            return "cancelling"
        if self.suspended:
            return "suspended"
        if self.paused:
            return "paused"
        return "active" if self.runs(until) else "accepted"

    def facts(self, until: date, *, announced: bool) -> dict[str, Any]:
        told = super().facts(until, announced=announced or until >= date(2018, 5, 31))
        return told | ({"ships_on": lore.iso(self.ships_on)} if self.ships_on else {})


# --- IP phones --------------------------------------------------------------------------------------


@dataclass
class Month:
    """A phone's calls of one month."""

    units: int = 0
    yen: int = 0
    abroad_units: int = 0
    abroad_yen: int = 0
    credit: int = 0
    abroad_credit: int = 0


@dataclass
class Phone(Deal):
    """An IP phone: bundled with a line, or direct."""

    parent: Line | None = None
    functions: set[str] = field(default_factory=lambda: {"voicemail"})
    rejected: int = 0
    credit: int = CREDIT
    months: dict[date, Month] = field(default_factory=dict)
    spent: list[tuple[date, int]] = field(default_factory=list)  # after the credit, without tax
    row: str = "phone"

    @property
    def direct(self) -> bool:
        return self.parent is None

    def call(self, day: date, call: Step, prices: Prices) -> None:
        """IPS-FEE-1 to 6."""
        if call["to"] in FREE:
            return
        abroad = call["to"].startswith("abroad:")
        units = call["seconds"] // 30 if call.get("kind") == "dropped" else -(-call["seconds"] // 30)
        assert self.start
        yen = units * prices.at("ip_call_abroad" if abroad else "ip_call", max(first(day), self.start))
        free = min(self.credit, yen)
        self.credit -= free
        self.spent.append((day, yen - free))
        month = self.months.setdefault(first(day), Month())
        if abroad:
            month.abroad_units, month.abroad_yen = month.abroad_units + units, month.abroad_yen + yen
            month.abroad_credit += free
        else:
            month.units, month.yen, month.credit = month.units + units, month.yen + yen, month.credit + free

    def closing(self, month: date, prices: Prices) -> list[Bill]:
        calls = self.months.get(later(month, -1), Month())
        percent = self.percent(later(month, -1), prices)
        items = [
            Item("call_charges", calls.yen, percent, calls.units),
            Item("call_charges", calls.abroad_yen, 0, calls.abroad_units),
            *in_month(self.once, month, prices.rate(last(month))),
        ]
        if calls.credit + calls.abroad_credit:
            free = -(calls.credit + calls.abroad_credit)
            items.append(Item("free_call_credit", free, percent, untaxed=-calls.abroad_credit))
        return self.bill("phone", self.kind_of(month), month, items)

    def percent(self, month: date, prices: Prices) -> int:
        """IPS-INV-2, 3."""
        assert self.start
        if month == date(2014, 4, 1) and self.start < month:
            return prices.rate(month - DAY)
        return prices.rate(last(month))

    def state(self, until: date) -> str:
        if self.refusal_reasons or self.ended:
            return super().state(until)
        if self.parent and self.parent.noticed:
            return ""
        return "suspended" if self.suspended else "active"

    def facts(self, until: date, *, announced: bool) -> dict[str, Any]:
        told = super().facts(until, announced=announced)
        if self.parent and (self.parent.noticed or announced or until >= date(2018, 5, 31)) and not self.ended:
            told.pop("ends_on", None)
        return told
