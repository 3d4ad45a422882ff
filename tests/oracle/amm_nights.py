"""And market mobile, the nights: what ends, wakes, falls due and is billed by itself; and what the steps share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.amm_deals import Deal, Line, Phone
from tests.oracle.amm_money import Bill, Item, Prices
from tests.oracle.lore import DAY, Step, Unclear, first, last, later, the_day

ABOLISHED = date(2018, 5, 31)


class No(Exception):
    """A step that the sheet refuses."""


class Nights:
    """One scenario as it goes by itself, night by night."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.deals: dict[str, Deal] = {}
        self.prices = Prices(scenario.get("prices") or {})
        self.closed = frozenset(the_day(d) for d in scenario.get("calendar", {}).get("closed", []))
        self.abolished, self.told_abolition = ABOLISHED, False
        self.refused: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.until = the_day(scenario["until"])
        self.made = 0
        self.place = -1

    def sweep(self, day: date) -> None:
        for deal in sorted(self.deals.values(), key=lambda d: d.name):
            if not deal.ended and not deal.refusal_reasons:
                self.ending(deal, day)
        for deal in sorted(self.deals.values(), key=lambda d: d.name):
            if deal.refusal_reasons:
                continue
            if isinstance(deal, Line):
                if deal.pause_on == day and not deal.ended:
                    deal.paused, deal.pause_on = True, None
                self.acceleration(deal, day)
            if isinstance(deal, Phone):
                self.suspension_limit(deal, day)
            if day.day == 1:
                for bill in deal.closing(later(day, -1), self.prices):
                    self.issue(deal, bill)

    def ending(self, deal: Deal, day: date) -> None:
        if isinstance(deal, Line) and self.abolished < day and not (deal.ends_on and deal.ends_on < self.abolished):
            self.end(deal, self.abolished, "abolished")
        elif deal.ends_on and (deal.ends_on < day or (deal.because.startswith("connection") and deal.ends_on == day)):
            self.end(deal, deal.ends_on, deal.because)

    def end(self, deal: Deal, on: date, because: str) -> None:
        deal.ended, deal.ends_on, deal.because = True, on, because
        self.tell(deal, "contract_ended")
        for phone in self.deals.values():
            if isinstance(phone, Phone) and phone.parent is deal and not phone.ended and not phone.refusal_reasons:
                self.end(phone, on, "parent_ended")

    def acceleration(self, line: Line, day: date) -> None:
        """AMD-ACC-1: the day after the deadline of a demand in vain."""
        for demand in line.demands:
            unpaid = any(b.row == "device" and b.rest_on(demand.deadline) > 0 for b in demand.bills)
            if demand.deadline + DAY == day and unpaid:
                self.lose_time(line, day, demand.place)

    def lose_time(self, line: Line, day: date, place: int) -> None:
        device = line.device
        assert device
        if device.lost_on or device.number == 1:
            return
        if day.day == 1 and device.left:
            raise Unclear(place, "the benefit of time is lost on the day of a closing")
        device.lost_on = day
        for bill in line.bills:
            if bill.holds_title() and bill.due_on == day:
                raise Unclear(place, "a part that is due on the day of loss itself")
            if bill.holds_title() and bill.due_on > day:
                bill.due_on = bill.lost_on = day
        if device.left:
            item = Item("device_installment", device.rest(), device.percent, device.left)
            bill = Bill(line.name, "device", "separate", first(day), day, day, [item], 0, lost_on=day)
            device.billed = device.number
            self.issue(line, bill)

    def suspension_limit(self, phone: Phone, day: date) -> None:
        """IPS-SUS-2."""
        if not phone.suspended or phone.ended:
            return
        since, reason = phone.suspended
        if reason not in ("payment_default", "interconnection_suspended"):
            back = later(since, 6)
            if day >= (back if back.day == since.day else last(back) + DAY):
                phone.suspended = None
                self.tell(phone, "restored", day)

    def issue(self, deal: Deal, bill: Bill) -> None:
        bill.made, self.made = self.made, self.made + 1
        deal.bills.append(bill)
        self.tell(deal, "invoice_issued", bill.issued_on)

    def tell(self, deal: Deal, kind: str, on: date | None = None) -> None:
        self.notices.append({"contract": deal.name, "kind": kind} | ({"on": on.isoformat()} if on else {}))

    def unclear(self, why: str) -> Unclear:
        return Unclear(self.place, why)

    @staticmethod
    def need_living(deal: Deal) -> None:
        if deal.ended:
            raise No("ended")

    def need_running(self, deal: Deal, at: datetime) -> None:
        self.need_living(deal)
        if not deal.runs(at.date()):
            raise self.unclear("before the service has started")

    def span(self, deal: Deal, at: datetime, step: Step) -> tuple[datetime, datetime, int]:
        begin, end = (datetime.fromisoformat(str(step[k])) for k in ("from", "to"))
        if end > at or begin >= end or first(end.date()) != first(at.date()):
            raise self.unclear("an outage that is not over, or whose month is billed")
        if any(begin < e and b < end for b, e in deal.outages):
            raise self.unclear("the same hours reported twice")
        if any(end < e and first(end.date()) == first(e.date()) for _, e in deal.outages):
            raise self.unclear("told in another order than they ended: which line comes first")
        deal.outages.append((begin, end))
        return begin, end, (end - begin) // timedelta(hours=24)
