"""Sottonet's money by closed formulas: from the facts of a life to all its invoices, in one pass over months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, NEVER_TIME, Unclear, first, last, later, length, midnight, month_name, month_range, swept

PRICES = {
    "monthly_fee": 1980, "option:wifi-3gb": 1100, "option:wifi-10gb": 2200, "option:wifi-25gb": 2750,
    "initial_fee": 31900, "contract_fee": 4400, "sensor": 44000, "router": 19500, "sensor and router": 63500,
    "reregistration_fee": 4400, "data_erasure_fee": 3850, "installation_work": 27500, "removal_work": 27500,
    "sim_setup": 27500, "sim_reissue": 1320, "data_charge": 1650, "same_day_work": 27500,
}  # fmt: skip
ORDER = [
    "device",
    "initial_fee",
    "contract_fee",
    "reregistration_fee",
    "data_erasure_fee",
    "installation_work",
    "removal_work",
    "sim_reissue",
    "sim_setup",
    "travel_cost",
    "monthly_fee",
    "option",
    "data_charge",
    "shop_item",
    "delivery_fee",
    "same_day_work",
    "equipment_compensation",
    "outage_credit",
    "late_interest",
]


@dataclass
class Prices:
    """What was announced over the printed prices."""

    revisions: list[tuple[date, dict[str, int]]] = field(default_factory=list)
    rates: list[tuple[date, int]] = field(default_factory=lambda: [(date.min, 10)])
    abolished: date | None = None

    def tax(self, month: date) -> int:
        return [rate for since, rate in sorted(self.rates, key=lambda r: r[0]) if since <= month][-1]


def price(prices: Prices, item: str, day: date) -> int:
    revised = [p[item] for since, p in sorted(prices.revisions, key=lambda r: r[0]) if since <= day and item in p]
    return revised[-1] if revised else PRICES[item]


@dataclass(eq=False)
class Charge:
    """One line to be: what it is, when it became known, and the day that decides its month."""

    item: str
    known: datetime
    day: date
    amount: int
    tax: str = "included"
    quantity: int | None = None
    gone: bool = False  # sent back before it was billed
    back: bool = False  # sent back
    span: tuple[date, date] | None = None

    @property
    def place(self) -> tuple[Any, ...]:
        """STN-INV-3."""
        return (ORDER.index(self.item.split(":")[0]), self.day)

    def shown(self) -> dict[str, Any]:
        line: dict[str, Any] = {"item": self.item, "amount": self.amount}
        if self.span:
            line |= {"from": self.span[0].isoformat(), "to": self.span[1].isoformat()}
        return line | ({"quantity": self.quantity} if self.quantity else {})


@dataclass(eq=False)
class OptionLine:
    """One Wi-Fi option."""

    at: datetime
    plan: str
    together: bool = False
    again: bool = False
    fitted: date | None = None
    own_end: date | None = None
    dropped: bool = False
    changes: list[tuple[date, str]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        return not self.dropped and self.fitted is None

    def start(self, life: Life) -> date | None:
        """STW-STA-1 to 4."""
        if self.dropped or life.starts_on is None:
            return None
        if self.together and not life.earlier:
            return life.starts_on
        return max(self.fitted, life.starts_on) if self.fitted else None

    def end(self, life: Life) -> date | None:
        """STW-CAN-2."""
        ends = [d for d in (self.own_end, life.ends_on) if d]
        return min(ends) if ends else None

    def begins(self, life: Life) -> bool:
        start, end = self.start(life), self.end(life)
        return start is not None and (end is None or start <= end)

    def runs(self, life: Life, day: date) -> bool:
        start, end = self.start(life), self.end(life)
        return start is not None and start <= day and (end is None or day <= end)

    def lasts(self, life: Life, day: date) -> bool:
        """Running, or with a start that is already fixed."""
        end = self.end(life)
        return not self.dropped and (self.fitted is not None or self.start(life) is not None) and (end is None or day <= end)

    def plan_at(self, day: date) -> str:
        """STW-PLN-1: the newest change in force; of two for one day the later report."""
        plans = [plan for since, plan in sorted(self.changes, key=lambda c: c[0]) if since <= day]
        return plans[-1] if plans else self.plan


@dataclass(eq=False)
class Life:
    """One contract as a bag of facts."""

    name: str
    at: datetime
    island: bool = False
    refused_by_rule: bool = False
    operator_refused: bool = False
    disclosed: date | None = None
    earlier: Life | None = None
    in_place: bool = False
    had_router: bool = False
    installed_on: date | None = None
    visits: list[tuple[datetime, str]] = field(default_factory=list)
    options: list[OptionLine] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    payments: list[tuple[datetime, str, int]] = field(default_factory=list)
    failures: dict[str, datetime] = field(default_factory=dict)
    suspensions: list[list[datetime]] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    extra_refunds: list[tuple[datetime, int]] = field(default_factory=list)
    notice: tuple[datetime, date] | None = None
    notice_because: str = ""
    removal: bool = False
    abolished_on: date | None = None
    stopped: tuple[datetime, date, str] | None = None
    cooled_at: datetime = NEVER_TIME
    cooled_on: date | None = None
    paused: bool = False
    returned: bool = False

    @property
    def is_refused(self) -> bool:
        return self.refused_by_rule or self.operator_refused

    @property
    def starts_on(self) -> date | None:
        """STN-STA-1, STN-STA-2."""
        if self.in_place:
            return self.at.date() + 10 * DAY
        return self.installed_on + 10 * DAY if self.installed_on else None

    @property
    def out_of_reach(self) -> date | None:
        """STN-TER-4: the day on which the sweep gives up; a visit restarts the count."""
        since: date | None = None
        for at, how in self.visits:
            since = (since or at.date()) if how == "unreachable" else None
        return since + 15 * DAY if since else None

    def endings(self) -> list[tuple[date, datetime, str]]:
        """(last day, the instant from which it is over, why) of every way in which the contract would end."""
        found = []
        if self.cooled_on:
            found.append((self.cooled_on, self.cooled_at, "cooling_off"))
        if self.stopped:
            found.append((self.stopped[1], self.stopped[0], self.stopped[2]))
        if self.out_of_reach:
            found.append((self.out_of_reach, swept(self.out_of_reach), "unreachable"))
        if self.notice:
            found.append((self.notice[1], midnight(self.notice[1] + DAY), self.notice_because))
        if self.abolished_on:
            found.append((self.abolished_on, midnight(self.abolished_on + DAY), "abolished"))
        return sorted(found, key=lambda e: (e[2] != "cooling_off", e[1]))

    @property
    def ends_on(self) -> date | None:
        return self.endings()[0][0] if self.endings() else None

    def planned_end(self, at: datetime) -> date | None:
        """The end as known at that time: nobody knows beforehand that the installer will never reach the customer."""
        known = [e for e in self.endings() if e[2] != "unreachable" or e[1] <= at]
        return known[0][0] if known else None

    def ended_at(self, at: datetime) -> bool:
        return bool(self.endings()) and self.endings()[0][1] <= at

    def ended_because(self, at: datetime) -> str:
        return self.endings()[0][2] if self.ended_at(at) else ""

    def living(self, at: datetime) -> bool:
        return not self.is_refused and not self.ended_at(at)

    def suspended(self, at: datetime) -> bool:
        return any(begin <= at < end for begin, end in self.suspensions)

    @property
    def begins(self) -> bool:
        start, end = self.starts_on, self.ends_on
        return start is not None and (end is None or start <= end)

    @property
    def sensor_in_place(self) -> bool:
        return not self.removal and not self.returned and (self.installed_on is not None or self.in_place)

    def paid(self, key: str) -> int:
        return sum(yen for _, k, yen in self.payments if k == key)

    def paid_at(self, key: str, total: int) -> datetime | None:
        return max(at for at, k, _ in self.payments if k == key) if self.paid(key) >= total else None

    def facts(self, until: date, now: datetime) -> dict[str, Any]:
        """What the outcome says about the contract."""
        if self.is_refused:
            return {"state": "refused"}
        start, end = self.starts_on, self.planned_end(now)
        facts: dict[str, Any] = {"formed_on": lore.iso(self.at.date()), "ends_on": lore.iso(end)}
        if end is None or (start and start <= end):
            facts |= {"service_starts_on": lore.iso(start), "billing_starts_on": lore.iso(start)}
        if self.ended_at(now):
            facts |= {"state": "ended", "ended_because": self.ended_because(now)}
        elif self.notice:
            facts["state"] = "cancelling"
        elif start and start <= until:
            facts["state"] = "suspended" if self.suspended(now) else "active"
        else:
            facts["state"] = "accepted"
        listed: list[dict[str, Any]] = []
        for o in (o for o in self.options if o.begins(self)):
            ends = o.own_end if not end or (o.own_end and o.own_end < end) else end
            plan = o.plan_at(min(until, ends) if ends else until)  # a plan for a day after the end has no effect (STW-PLN-1)
            listed.append({"option": plan, "starts_on": lore.iso(o.start(self)), "ends_on": lore.iso(ends)})
        facts["options"] = listed
        return facts


@dataclass(eq=False)
class Bill:
    """One invoice."""

    contract: str
    kind: str
    month: date
    issued_at: datetime
    due: date
    lines: list[Charge]
    total: int
    tax: int

    @property
    def month_name(self) -> str:
        return month_name(self.month)

    @property
    def key(self) -> str:
        return f"{self.month_name} {self.kind}"

    def due_at(self, life: Life, at: datetime) -> date:
        """The due day as it stands: a failed draw gives 14 days, the contract's end makes everything due."""
        failed = life.failures.get(self.key, NEVER_TIME)
        due = failed.date() + 14 * DAY if failed <= at else self.due
        endings = life.endings()
        if not endings or self.kind in ("final", "separate"):
            return due
        end, over, why = endings[0]
        moment = min(over, midnight(end + DAY))
        paid = life.paid_at(self.key, self.total)
        if why == "cooling_off" or moment > at or self.issued_at > moment or (paid and paid < moment):
            return due
        return min(due, end)

    def due_is_plain(self, life: Life, at: datetime) -> bool:
        """Whether the sheet says from when the end moves this due day."""
        planned = life.planned_end(at)
        if planned is None or self.kind in ("final", "separate") or life.cooled_at <= at:
            return True
        failed = life.failures.get(self.key, NEVER_TIME)
        raw = failed.date() + 14 * DAY if failed <= at else self.due
        paid = life.paid_at(self.key, self.total)
        return raw <= planned or (life.ended_at(at) and (paid is None or paid >= midnight(planned + DAY)))

    def shown(self, life: Life, until: date, now: datetime) -> dict[str, Any]:
        paid = life.paid(self.key) >= self.total
        due = self.due_at(life, now)
        status = "void" if life.cooled_at <= now else "paid" if paid else "overdue" if until > due else "open"
        shown = {
            "contract": self.contract, "kind": self.kind, "month": self.month_name, "issued_on": self.issued_at.date().isoformat(),
            "status": status, "total": self.total, "tax": self.tax,
            "paid_by": "invoice" if self.key in life.failures else "card", "lines": [line.shown() for line in self.lines],
            lore.ISSUED: self.issued_at,
        }  # fmt: skip
        if self.due_is_plain(life, now):
            shown["due_on"] = due.isoformat()
        return shown


def make_bill(life: Life, prices: Prices, kind: str, month: date, issued_at: datetime, due: date, lines: list[Charge]) -> Bill:
    """STN-CHG-9, STS-PRC-1: tax once per invoice and kind of price."""
    lines = sorted(lines, key=lambda c: c.place)  # stable: equal items of one day by arrival
    rate = prices.tax(month)
    inside = sum(c.amount for c in lines if c.tax == "included")
    outside = sum(c.amount for c in lines if c.tax == "excluded")
    added = outside * rate // 100
    total = inside + outside + added + sum(c.amount for c in lines if c.tax == "none")
    if inside < 0 or total <= 0:
        raise Unclear(-1, "an invoice of nothing, or less")
    return Bill(life.name, kind, month, issued_at, due, lines, total, inside * rate // (100 + rate) + added)


def separate_bills(life: Life, prices: Prices, charges: list[Charge], horizon: date) -> list[Bill]:
    """STN-INV-6."""
    months = sorted({first(max(c.day, c.known.date())) for c in charges})
    return [
        make_bill(life, prices, "separate", m, swept(later(m, 1)), later(m, 1).replace(day=27),
                  [c for c in charges if first(max(c.day, c.known.date())) == m])
        for m in months
        if later(m, 1) <= horizon
    ]  # fmt: skip


def bills(life: Life, prices: Prices, horizon: date) -> list[Bill]:
    """Every invoice issued up to the sweep or the steps of the horizon's day."""
    if life.refused_by_rule:
        return []
    charges = [c for c in life.charges if not c.gone]
    if life.operator_refused:
        return separate_bills(life, prices, charges, horizon)
    over = next((e for e in life.endings() if e[2] != "cooling_off"), None)
    if over and over[2] == "unreachable" and over[1] > swept(horizon):
        over = next((e for e in life.endings() if e[2] not in ("cooling_off", "unreachable")), None)
    if life.cooled_at != NEVER_TIME:
        over = None
    end, closes = (over[0], over[1]) if over else (None, NEVER_TIME)
    if end == last(end or horizon):  # STN-CAN-2: closed as usual, whatever ended it
        closes = midnight(end + DAY)
    start = life.starts_on if life.starts_on and (end is None or life.starts_on <= end) else None
    if start is None and end is None:
        return []
    if any((o.again or life.had_router) and not o.begins(life) for o in life.options):
        raise Unclear(-1, "a new card for an option that never ran")
    opening = first(start or end or horizon)
    found, rest = [], charges
    for month in month_range(opening, min(end or horizon, horizon)):
        is_final = end is not None and month == first(end)
        closing = min(closes, midnight(later(month, 1)))
        mine = [
            c
            for c in rest
            if (c.known < closing or c.known == closes)
            and c.day < later(month, 1)
            and (not is_final or end is None or c.day <= end)
        ]
        rest = [c for c in rest if c not in mine]
        if month == opening:
            mine += opening_lines(life, prices, closing)
        mine += monthly_lines(life, prices, month, start, end)
        if is_final and life.removal:
            mine.append(Charge("removal_work", closing, month, price(prices, "removal_work", month)))
        by_now = is_final and closes != midnight(later(month, 1))
        issued = closes if by_now else swept(later(month, 1))
        if issued.date() > horizon:
            break
        kind = "final" if is_final else "initial" if month == opening else "regular"
        due = issued.date() if is_final else issued.date().replace(day=27)
        found.append(make_bill(life, prices, kind, month, issued, due, mine))
        if is_final:
            found += separate_bills(life, prices, [c for c in rest if c.item != "outage_credit"], horizon)
    return [b for b in found if b.issued_at < life.cooled_at]


def opening_lines(life: Life, prices: Prices, closing: datetime) -> list[Charge]:
    """STN-CHG-4 to 6, STN-REC-2: what the first bill brings, whatever came before."""
    day = life.at.date()
    if life.earlier:
        return [Charge(item, life.at, day, PRICES[item]) for item in ("reregistration_fee", "data_erasure_fee")]
    if not life.installed_on:
        return [Charge("contract_fee", life.at, day, PRICES["contract_fee"])]
    kit = "sensor and router" if any(o.together for o in life.options) else "sensor"
    return [Charge("device", life.at, day, PRICES[kit]), Charge("initial_fee", life.at, day, PRICES["initial_fee"])]


def monthly_lines(life: Life, prices: Prices, month: date, start: date | None, end: date | None) -> list[Charge]:
    """STN-CHG-1 to 3, STW-CHG-1 to 3, STW-REC-1: fees of the month, and the router in an option's first one."""
    if start is None:
        return []
    lines = [fee_line(prices, "monthly_fee", start, month)]
    for option in life.options:
        begin, finish = option.start(life), option.own_end
        if begin is None or (end and begin > end) or month < first(begin) or (finish and month > finish):
            continue
        plan = option.plan_at(max(begin, month))
        lines.append(fee_line(prices, f"option:{plan}", begin, month))
        if month != first(begin) or (option.together and not life.earlier):
            continue
        if (option.again or life.had_router) and max(first(option.at.date()), first(start)) != first(begin):
            raise Unclear(-1, "a new card billed when ordered or when it works")
        if option.again or life.had_router:
            lines.append(Charge("sim_reissue", option.at, begin, PRICES["sim_reissue"]))
        else:
            lines.append(Charge("device", option.at, begin, PRICES["router"]))
    return lines


def fee_line(prices: Prices, item: str, start: date, month: date) -> Charge:
    """STN-CHG-2: the first month from its day on; every other one, the last included, in full."""
    begin = max(start, month)
    amount = price(prices, item, begin) * (length(month) - begin.day + 1) // length(month)
    return Charge(item, midnight(begin), begin, amount, span=(begin, last(month)))


def credit_lines(place: int, life: Life, prices: Prices, at: datetime, begin: datetime, end: datetime) -> None:
    """STN-OUT-1 to 3: adds the credit of one outage to the life, as lines or, after the final bill, as a refund."""
    if not life.starts_on:
        return
    begin = max(begin, midnight(life.starts_on))
    finish = life.ends_on
    if finish:
        end = min(end, midnight(finish + DAY))
    if end - begin < timedelta(hours=48):
        return
    blocks = [(begin + n * DAY).date() for n in range((end - begin) // DAY)]
    total = 0
    for month in sorted({first(b) for b in blocks}):
        days = [b for b in blocks if first(b) == month]
        fees = {full_fee(life, prices, month, day) for day in days}
        if any(since.day > 1 and first(since) == month for since, _ in prices.revisions):
            raise Unclear(place, "the price of the month, or the one in force on the day")
        if len(fees) > 1:
            raise Unclear(place, "fees that change inside the outage")
        credit = -(-len(days) * fees.pop() // length(month))
        total += credit
        if not life.ended_at(at):
            life.charges.append(Charge("outage_credit", at, at.date(), -credit))
    if life.ended_at(at):
        if at < swept(at.date()):
            raise Unclear(place, "between the end and the final bill")
        life.extra_refunds.append((at, total))


def full_fee(life: Life, prices: Prices, month: date, day: date) -> int:
    since = max(month, life.starts_on or month)
    fee = price(prices, "monthly_fee", since)
    for option in life.options:
        if option.runs(life, day):
            begin = option.start(life) or month
            fee += price(prices, f"option:{option.plan_at(max(begin, month))}", max(begin, month))
    return fee
