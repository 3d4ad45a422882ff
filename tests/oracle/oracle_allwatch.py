"""ALLwatch by closed formulas over the facts of a life: no state is carried, every bill is computed from dates.

Derived from the terms sheet alone. `play(scenario)` gives the outcome that the sheet asks for; where the sheet leaves a
step open it raises `Unclear`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, Step, Unclear, first, last, later, midnight, month_name, month_range, swept, the_day

PREPAID = {"half_year": (1, 7), "annual": (1,)}  # regular billing months
CONSENTS = {"order_acceptance", "m2m_terms"}
METHODS = {"bank_transfer", "card"}
NEVER = datetime.max
SILENT = {"log_in", "consent"}
BARRED = {
    "pause", "unpause", "suspend", "restore", "terminate", "cool_off", "change_plan", "add_option", "remove_option", "buy",
    "charge", "move_site", "install",
}  # fmt: skip


@dataclass
class Life:
    """Facts about one contract, as they were accepted."""

    name: str
    at: datetime
    plan: str
    devices: list[tuple[str, int, int]]  # sku, pieces, unit price
    service: bool
    reasons: list[str]
    ships_on: date | None = None
    held_at: datetime | None = None
    refused_at: datetime = NEVER
    parts: dict[str, date] = field(default_factory=dict)
    notice: datetime = NEVER
    methods: list[tuple[datetime, str, date]] = field(default_factory=list)
    payments: list[tuple[datetime, date, int]] = field(default_factory=list)  # time, month of the invoice, yen
    claimed_at: datetime = NEVER
    refunded_at: datetime = NEVER

    @property
    def starts_on(self) -> date | None:
        """ALW-STA-1 to 4."""
        if not self.service or self.reasons:
            return None
        if not self.devices:
            return self.at.date() + 2 * DAY
        return max(self.parts.values()) if len(self.parts) == len({d[0] for d in self.devices}) else None

    @property
    def ends_on(self) -> date | None:
        """ALW-CAN-2, ALW-CAN-3."""
        return None if self.notice == NEVER else last(later(first(self.notice.date()), int(self.notice.day > 15)))


class World:
    """One scenario."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.closed = frozenset(the_day(d) for d in scenario.get("calendar", {}).get("closed", []))
        self.prices: list[tuple[date, dict[str, Any]]] = [(date.min, scenario["prices"])]
        self.lives: dict[str, Life] = {}
        self.refused: list[tuple[int, datetime, Step]] = []
        self.until = the_day(scenario["until"])

    def price(self, day: date) -> dict[str, Any]:
        return [p for since, p in sorted(self.prices, key=lambda e: e[0]) if since <= day][-1]

    # --- shipping -------------------------------------------------------------------------------

    def shipping_day(self, at: datetime) -> date:
        """ALW-SHP-1 to 3."""
        day = at.date()
        in_time = lore.works(day, self.closed) and (at.hour, at.minute, at.second) <= (15, 0, 0)
        received = day if in_time else lore.next_working(day, self.closed)
        ships = lore.next_working(received, self.closed)
        return lore.next_working(ships, self.closed) if ships == lore.business_days(ships, self.closed)[-1] else ships

    # --- bills ----------------------------------------------------------------------------------

    def bills(self, life: Life) -> list[dict[str, Any]]:
        """Every invoice of the life, as known at each closing (ALW-INV-1)."""
        if life.reasons or life.refused_at != NEVER:
            return []
        start, end = life.starts_on, life.ends_on
        shipped = first(life.ships_on) if life.ships_on and life.held_at is None else None
        months = month_range(min(d for d in (shipped, start) if d), self.until) if shipped or start else []
        return [bill for month in months if (bill := self.bill(life, month, start, end, shipped))]

    def bill(
        self, life: Life, month: date, start: date | None, end: date | None, shipped: date | None
    ) -> dict[str, Any] | None:
        closing = midnight(later(month, 1))
        limit = end if end and life.notice < closing else date.max  # ALW-CAN-4
        fee = self.price(last(month))
        begun = first(start) if start else None
        lines: list[dict[str, Any]] = []
        if month == shipped:
            lines += [{"item": "device", "quantity": n, "amount": n * price} for _, n, price in life.devices]
        covered: list[date] = []
        if month == begun:
            lines.append({"item": "registration_fee", "amount": fee["registration_fee"]})
            covered = self.until_regular(life.plan, later(month, 1))
        elif begun and month > begun and month.month in PREPAID[life.plan]:
            covered = [month, *self.until_regular(life.plan, later(month, 1))]
        covered = [m for m in covered if m <= limit]
        if covered:
            span = {"from": covered[0].isoformat(), "to": last(covered[-1]).isoformat()}
            lines.append({"item": "monthly_fee", **span, "amount": len(covered) * fee["monthly_fee"]})
        if not lines:
            return None
        kind = "initial" if month == begun else "regular" if covered else "separate"
        return self.invoice(life, month, kind, lines, covered)

    @staticmethod
    def until_regular(plan: str, month: date) -> list[date]:
        """The months from this one up to the next regular one, that one excluded (ALW-BIL-4, ALW-BIL-6, ALW-BIL-7)."""
        found = []
        while month.month not in PREPAID[plan]:
            found.append(month)
            month = later(month, 1)
        return found

    def invoice(self, life: Life, month: date, kind: str, lines: list[Any], covered: list[date]) -> dict[str, Any]:
        issued = lore.business_days(later(month, 1), self.closed)[2]
        known = [(how, usable) for at, how, usable in life.methods if at <= swept(issued) and usable <= issued]
        by = known[-1][0] if known else "bank_transfer"
        due = issued.replace(day=27) if by == "card" else lore.business_days(issued, self.closed)[-1]
        total = sum(line["amount"] for line in lines)
        return {
            "contract": life.name, "kind": kind, "month": month_name(month), "issued_on": issued.isoformat(),
            "due_on": due.isoformat(), "total": total, "tax": total * 10 // 110, "paid_by": by, "lines": lines,
            lore.ISSUED: swept(issued), "first": month, "covered": covered, "due": due,
        }  # fmt: skip

    def open_bills(self, life: Life, at: datetime) -> list[dict[str, Any]]:
        """Issued and not yet paid in full at that time, oldest first."""
        issued = [b for b in self.bills(life) if b[lore.ISSUED] <= at]
        return [b for b in issued if self.paid(life, b) < b["total"]]

    @staticmethod
    def paid(life: Life, bill: dict[str, Any]) -> int:
        return sum(yen for _, month, yen in life.payments if month == bill["first"])

    def paid_on(self, life: Life, bill: dict[str, Any]) -> datetime | None:
        return (
            max(at for at, month, _ in life.payments if month == bill["first"])
            if self.paid(life, bill) >= bill["total"]
            else None
        )

    # --- refunds --------------------------------------------------------------------------------

    def refund(self, life: Life) -> tuple[datetime, int, list[date]] | None:
        """When it is opened, what comes back, and for which months (ALW-REF-1, ALW-REF-2)."""
        end = life.ends_on
        for bill in self.bills(life) if end else []:
            months = [m for m in bill["covered"] if m > end]
            at = self.paid_on(life, bill)
            if months and at:
                fees = next(line["amount"] for line in bill["lines"] if line["item"] == "monthly_fee")
                return max(at, swept(end)), fees // len(bill["covered"]) * len(months), months
        return None

    # --- steps ----------------------------------------------------------------------------------

    def take(self, place: int, at: datetime, step: Step) -> None:
        do = step["do"]
        if do == "announce_price":
            self.prices.append((the_day(step["effective_on"]), {**self.prices[-1][1], **step["prices"]}))
            return
        if do == "apply":
            self.apply(at, step)
            return
        life = self.lives[step["contract"]]
        if do in SILENT:
            if not self.living(life, at):
                raise Unclear(place, "a log-in or a consent where no contract lives")
            return
        if do in BARRED:
            allowed = False
        else:
            allowed = getattr(self, f"do_{do}")(place, life, at, step)
        if not allowed:
            self.refused.append((place, at, step))

    def apply(self, at: datetime, step: Step) -> None:
        papers = set(step.get("documents", ["device_order", "service_application"]))
        ordered = step.get("devices", []) if "device_order" in papers else []
        service = "service_application" in papers
        reasons = []
        if "consents" in step and not set(step["consents"]) >= CONSENTS:
            reasons.append("missing_consent")
        if step["payment_method"] not in METHODS:
            reasons.append("payment_method_not_offered")
        if service and step["plan"] not in PREPAID:
            reasons.append("plan_not_offered")
        price = self.price(at.date())["device"]
        skus = dict.fromkeys(d["sku"] for d in ordered)  # one line each, in the order in which they are first named
        devices = [(sku, sum(d["quantity"] for d in ordered if d["sku"] == sku), price[sku]) for sku in skus]
        life = Life(step["contract"], at, step["plan"], devices, service, reasons)
        if devices and not reasons:
            life.ships_on = self.shipping_day(at)
        self.lives[life.name] = life

    def living(self, life: Life, at: datetime) -> bool:
        ended = life.ends_on is not None and at >= midnight(life.ends_on + DAY)
        return not life.reasons and life.refused_at == NEVER and not ended

    def do_refuse(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not self.living(life, at) or life.notice != NEVER:
            raise Unclear(place, "refusing what is refused, ended or under notice")
        if (life.ships_on and at.date() >= life.ships_on) or (life.starts_on and at.date() >= life.starts_on) or life.held_at:
            raise Unclear(place, "refusing after shipping or start")
        life.refused_at = at
        return True

    def do_hold_shipping(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not self.living(life, at) or life.ships_on is None or life.notice != NEVER or life.held_at:
            raise Unclear(place, "holding what does not wait for shipping")
        if swept(life.ships_on) <= at:
            raise Unclear(place, "holding what is shipped")
        if at.date() == life.ships_on:
            raise Unclear(place, "holding minutes before the sweep ships")
        life.held_at = at
        return True

    def do_ship(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if life.held_at is None or not self.living(life, at):
            raise Unclear(place, "recording a shipping that the sweep does")
        day = at.date()
        if life.ships_on is None or day < life.ships_on or not lore.works(day, self.closed):
            raise Unclear(place, "shipping early or on a closed day")
        if day == lore.business_days(day, self.closed)[-1]:
            return False
        life.ships_on, life.held_at = day, None
        return True

    def do_deliver(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not self.living(life, at):
            return False
        if not life.devices:
            return False
        if not life.service and life.parts:
            raise Unclear(place, "delivering a plain sale twice")
        if life.held_at or life.ships_on is None or at.date() < life.ships_on:
            return False
        if at < swept(life.ships_on):
            raise Unclear(place, "delivery before the sweep that ships")
        if life.starts_on:
            return False
        if step.get("outcome", "done") != "done":
            return True
        skus = {d[0] for d in life.devices}
        wanted = {step["sku"]} if "sku" in step else skus - set(life.parts)
        if not wanted <= skus or wanted & set(life.parts):
            raise Unclear(place, "a sku that was not ordered, or came already")
        life.parts |= dict.fromkeys(wanted, at.date())
        return True

    def do_register_payment_method(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not self.living(life, at):
            raise Unclear(place, "registering a card on a contract that does not live")
        how = step["payment_method"]
        if how not in METHODS:
            return False
        usable = the_day(step["usable_from"]) if "usable_from" in step else later(at.date(), 1)
        if how == "bank_transfer":
            usable = at.date()
        elif life.methods and life.methods[-1][1] == "card":
            raise Unclear(place, "a second card while one is registered")
        elif usable < at.date():
            raise Unclear(place, "a card usable before it was registered")
        life.methods.append((at, how, usable))
        return True

    def do_pay(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        waiting = self.open_bills(life, at)
        if "invoice" in step:
            waiting = [b for b in waiting if b["month"] == step["invoice"]["month"]]
        if not waiting:
            return False
        bill = waiting[0]
        missing = bill["total"] - self.paid(life, bill)
        yen = step.get("amount", missing)
        if yen > missing:
            raise Unclear(place, "more than the invoice asks for")
        life.payments.append((at, bill["first"], yen))
        return True

    def do_fail_payment(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        waiting = self.open_bills(life, at)
        if waiting and waiting[-1]["paid_by"] != "card":
            raise Unclear(place, "a failed draw of an invoice that is not drawn")
        if waiting and at.date() > waiting[-1]["due"]:
            raise Unclear(place, "a failed draw of an overdue invoice")
        return bool(waiting)

    def do_request_cancellation(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not self.living(life, at) or life.notice != NEVER:
            return False
        if not life.service:
            raise Unclear(place, "a notice for a plain sale")
        life.notice = at
        return True

    def do_claim_refund(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        refund = self.refund(life)
        if refund is None or at < refund[0] or life.claimed_at != NEVER:
            return False
        life.claimed_at = at
        return True

    def do_pay_refund(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if life.claimed_at == NEVER or life.refunded_at != NEVER:
            return False
        life.refunded_at = at
        return True

    # --- what came out --------------------------------------------------------------------------

    def state(self, life: Life) -> str:
        start = life.starts_on
        if life.reasons or life.refused_at != NEVER:
            return "refused"
        if life.ends_on and self.until > life.ends_on:
            return "ended"
        if life.notice != NEVER:
            return "cancelling"
        return "active" if start and start <= self.until else "accepted"

    def outcome(self) -> dict[str, Any]:
        contracts, invoices, refunds = {}, [], []
        for name, life in self.lives.items():
            start, state = life.starts_on, self.state(life)
            facts: dict[str, Any] = {"state": state}
            if life.refused_at == NEVER:
                facts["refusal_reasons"] = life.reasons
            if state != "refused":
                facts |= {
                    "formed_on": lore.iso(life.at.date()),
                    "service_starts_on": lore.iso(start),
                    "ends_on": lore.iso(life.ends_on),
                }
                facts |= {"billing_starts_on": lore.iso(later(first(start), 1)) if start else None}
                if not life.held_at:
                    facts["ships_on"] = lore.iso(life.ships_on)
            if state == "ended":
                facts["ended_because"] = "cancelled"
            contracts[name] = facts
            for bill in self.bills(life):
                if bill[lore.ISSUED].date() <= self.until:
                    done = self.paid(life, bill) >= bill["total"]
                    invoices.append(bill | {"status": "paid" if done else "overdue" if self.until > bill["due"] else "open"})
            refund = self.refund(life)
            if refund and refund[0].date() <= self.until:
                status = "paid" if life.refunded_at != NEVER else "claimed" if life.claimed_at != NEVER else "claim_sent"
                refunds.append(
                    {"contract": name, "amount": refund[1], "status": status, "months": [month_name(m) for m in refund[2]]}
                )
        return lore.outcome(contracts, invoices, refunds, lore.told(self.refused))


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    """What must come out of the scenario. Raises Unclear for a step that the sheet leaves open."""
    world = World(scenario)
    for place, at, step in lore.in_order(scenario["timeline"]):
        world.take(place, at, step)
    return world.outcome()
