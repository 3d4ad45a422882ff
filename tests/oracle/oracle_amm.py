"""And market mobile, day by day: lines, devices and IP phones of one customer, from the terms sheet alone.

`play(scenario)` gives the outcome that the sheet asks for; where the sheet leaves a step open it raises `Unclear`.
This module has the applications and what lines and phones share; `amm_lines` and `amm_phones` their own steps, `amm_nights`
what happens by itself, `amm_deals` the contracts and the closing of months, `amm_money` the sums. Nothing of the program
is imported.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.amm_deals import Deal, Device, Line, Phone
from tests.oracle.amm_lines import LineSteps
from tests.oracle.amm_money import Bill, Item
from tests.oracle.amm_nights import No
from tests.oracle.amm_phones import PhoneSteps
from tests.oracle.lore import DAY, Step, Unclear, first, last, the_day

NEEDED = {"line": {"terms", "electronic_documents"}, "phone": {"terms", "receivable_assignment"}}
WITH_INSTALMENTS = {"credit_data", "guarantee_entrustment"}
QUIET = {"interrupt_service", "resume_service", "announce_terms", "log_in", "withdraw_consent", "consent"}


class World(LineSteps, PhoneSteps):
    """One scenario as it goes, step by step and night by night."""

    def take(self, place: int, at: datetime, step: Step) -> None:
        do, name = step["do"], step.get("contract")
        self.place = place
        try:
            if do == "apply":
                self.apply(at, step)
            elif do in QUIET:
                return
            elif name is None:
                getattr(self, f"all_{do}")(at, step)
            else:
                self.act(self.deals[name], do, at, step)
        except No as no:
            time = at.isoformat(timespec="minutes")
            self.refused.append({"at": time, "do": do, "contract": name, "reason": str(no)})

    def act(self, deal: Deal, do: str, at: datetime, step: Step) -> None:
        if deal.refusal_reasons:
            raise Unclear(self.place, "a step of a refused application", deal.name)
        if at.time() < lore.SWEEP and self.hangs(deal, at.date(), do):
            raise self.unclear("between midnight and the sweep that will change something")
        kind = "line" if isinstance(deal, Line) else "phone"
        method = getattr(self, f"{kind}_{do}", None) or getattr(self, f"do_{do}", None)
        if method is None:
            raise self.unclear(f"{do} of a {kind}")
        method(deal, at, step)

    def hangs(self, deal: Deal, day: date, do: str) -> bool:
        ends = deal.parent.ends_on if isinstance(deal, Phone) and deal.parent else deal.ends_on
        demands = deal.demands if isinstance(deal, Line) else []
        return (
            (not deal.ended and ((ends and ends < day) or self.abolished < day))
            or deal.start == day
            or (do in ("demand", "suspend", "terminate", "fail_payment") and any(b.due_on == day - DAY for b in deal.bills))
            or (do in ("transfer_device", "demand", "suspend") and any(d.deadline == day - DAY for d in demands))
            or (do in ("transfer_device", "pay", "fail_payment", "report_outage", "terminate") and day.day == 1)
        )  # fmt: skip

    def apply(self, at: datetime, step: Step) -> None:
        day, who = at.date(), step.get("applicant", {})
        phone = step["plan"] == "ip_phone"
        parent = self.deals.get(step["parent"]) if "parent" in step else None
        deal: Deal
        if phone:
            deal = Phone(step["contract"], at, who.get("name", ""), parent=parent)  # type: ignore[arg-type]
        else:
            deal = Line(step["contract"], at, who.get("name", ""), plan=step["plan"])
        grounds = self.same_grounds(deal, day, step)
        grounds += self.phone_grounds(day, step, parent) if phone else self.line_grounds(day, who)
        deal.refusal_reasons = grounds
        self.deals[deal.name] = deal
        self.tell(deal, "refused" if grounds else "accepted", day)
        if grounds:
            return
        if isinstance(deal, Phone):
            self.new_phone(deal, day, step)
        else:
            assert isinstance(deal, Line)
            self.new_line(deal, day, step)

    def same_grounds(self, deal: Deal, day: date, step: Step) -> list[str]:
        """What lines and phones share, in the sheet's order."""
        who = step.get("applicant", {})
        needed = NEEDED["phone" if isinstance(deal, Phone) else "line"]
        if any(o["option"] == "device_installments" for o in step.get("options", [])):
            needed = needed | WITH_INSTALMENTS
        earlier = [d for d in self.deals.values() if type(d) is type(deal) and d.who == deal.who and d.ended]
        return [
            reason
            for reason, found in {
                "missing_consent": "consents" in step and not needed <= set(step["consents"]),
                "terminated_before": any(d.because == "terminated" for d in earlier),
                "payment_method_not_offered": step["payment_method"] != "card",
                "card_holder_mismatch": "card_holder" in who and who["card_holder"] != who.get("name"),
            }.items()
            if found
        ]

    def phone_grounds(self, day: date, step: Step, parent: Deal | None) -> list[str]:
        who, options = step.get("applicant", {}), step.get("options")
        if who.get("birth_date") or who.get("kind") == "corporation":
            raise self.unclear("whether the phone's provider minds")
        phones = [d for d in self.deals.values() if isinstance(d, Phone) and not d.refusal_reasons]
        found = ["number_limit"] * ("parent" not in step and sum(p.direct for p in phones) >= 5)
        if options is not None and not any(o["option"] == "voicemail" for o in options):
            found.append("voicemail_not_requested")
        if "parent" in step:
            if parent is None or parent.ended or parent.refusal_reasons:
                found.append("no_line")
            if parent and parent.applied.date() != day:
                found.append("only_with_line_application")
            if parent and any(p.parent is parent for p in phones):
                found.append("one_number_per_line")
        return found

    def new_line(self, line: Line, day: date, step: Step) -> None:
        instalments = 0
        for option in step.get("options", []):
            if option["option"] == "device_installments":
                instalments = option["quantity"]
            elif option["option"] == "anshin_support":
                line.options.append([day, None])
            else:
                raise self.unclear("an unknown option")
        devices = step.get("devices", [])
        if len(devices) > 1 or (instalments and not devices):
            raise self.unclear("more than one device, or instalments of nothing")
        if devices:
            price = self.prices.at(f"device.{devices[0]['sku']}", day) * devices[0]["quantity"]
            line.device = Device(devices[0]["sku"], devices[0]["quantity"], price, max(1, instalments), bool(instalments))
        self.initial(line, day, "initial_fee", self.prices.at("initial_fee", day))

    def initial(self, deal: Deal, day: date, item: str, yen: int) -> None:
        if yen:
            lines = [Item(item, yen, self.prices.rate(last(day)))]
            self.issue(deal, Bill(deal.name, deal.row, "initial", first(day), day, day, lines, 0))

    def new_phone(self, phone: Phone, day: date, step: Step) -> None:
        phone.start = day
        for option in step.get("options", []):
            if option["option"] != "voicemail":
                self.switch(phone, option["option"], option.get("quantity", 1))
        if phone.direct and any(p is not phone and p.direct and not p.refusal_reasons for p in self.phones()):
            self.initial(phone, day, "number_issuance_fee", self.prices.at("number_issuance_fee", day))

    def phones(self) -> list[Phone]:
        return [d for d in self.deals.values() if isinstance(d, Phone)]

    def do_cool_off(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.ended:
            raise self.unclear("which of two reasons")
        raise No("not_provided")

    def do_restore(self, deal: Deal, at: datetime, step: Step) -> None:
        self.need_living(deal)
        if not deal.suspended:
            raise No("not_suspended")
        if deal.suspended[1] == "interconnection_suspended":
            deal.ends_on, deal.because = None, ""
        deal.suspended = None
        self.tell(deal, "restored", at.date())

    def all_report_outage(self, at: datetime, step: Step) -> None:
        begin, end = (datetime.fromisoformat(str(step[k])).date() for k in ("from", "to"))
        for line in self.deals.values():
            if not isinstance(line, Line) or line.refusal_reasons or not line.start or end < line.start:
                continue
            if line.ends_on and begin > last(line.ends_on):
                continue
            self.line_report_outage(line, at, step)

    def do_pay(self, deal: Deal, at: datetime, step: Step) -> None:
        day = at.date()
        waiting = [b for b in deal.bills if b.rest > 0]
        if "invoice" in step:
            asked = step["invoice"]
            waiting = [b for b in waiting if b.month.isoformat()[:7] == asked["month"] and asked.get("kind", b.kind) == b.kind]
            if len(waiting) > 1:
                raise self.unclear("which of two invoices of a month")
        if not waiting:
            raise No("nothing_open")
        bill = min(waiting, key=lambda b: (b.issued_on, b.made))
        yen = step.get("amount", bill.rest)
        if yen > bill.rest:
            raise self.unclear("more than the invoice asks for")
        bill.parts.append((day, yen))
        if not bill.rest and bill.interest():
            target = deal.device_interest if bill.row == "device" and isinstance(deal, Line) else deal.once
            target.append((day, Item("late_interest", bill.interest())))
        why = deal.suspended[1] if isinstance(deal, Phone) and deal.suspended and not deal.ended else ""
        if why == "payment_default" and not any(b.overdue(day) for b in deal.bills):
            deal.suspended = None
            self.tell(deal, "restored", day)

    def do_fail_payment(self, deal: Deal, at: datetime, step: Step) -> None:
        waiting = [b for b in deal.bills if b.rest > 0]
        if not waiting:
            raise No("nothing_open")
        bill = max(waiting, key=lambda b: (b.issued_on, b.made))
        if bill.failed and isinstance(deal, Phone):
            raise self.unclear("whether a draw that failed is tried again")
        bill.failed = True
        if isinstance(deal, Phone) and deal.direct:
            bill.paid_by = "invoice"
        self.tell(deal, "payment_failed", at.date())

    def all_announce_price(self, at: datetime, step: Step) -> None:
        since = the_day(step["effective_on"])
        if since <= at.date():
            raise self.unclear("a revision of the past")
        self.prices.revisions.append((since, dict(step["prices"])))

    def all_announce_tax(self, at: datetime, step: Step) -> None:
        since = the_day(step["effective_on"])
        if since <= at.date() or any(s >= since for s, _ in self.prices.rates if s <= self.until):
            raise self.unclear("a rate of the past, or before another one")
        self.prices.rates.append((since, step["rate"]))

    def all_announce_termination(self, at: datetime, step: Step) -> None:
        since, day = the_day(step["effective_on"]), at.date()
        lines = [d for d in self.deals.values() if isinstance(d, Line) and not d.refusal_reasons and not d.ended]
        lines = [d for d in lines if not d.ends_on or d.ends_on >= day]
        if since <= day or day > self.abolished or any(d.idle_notice or (d.start and d.start > since) for d in lines):
            raise self.unclear("an abolition of the past, or of what has not begun")
        self.abolished, self.told_abolition = since, True
        for line in lines:
            if line.ends_on and line.ends_on >= since:
                line.ends_on, line.because, line.idle_notice = None, "", True
            self.tell(line, "service_abolition", day)

    def outcome(self) -> dict[str, Any]:
        contracts = {name: deal.facts(self.until, announced=self.told_abolition) for name, deal in self.deals.items()}
        bills = [b.shown(self.until) for deal in self.deals.values() for b in deal.bills]
        told = lore.outcome(contracts, bills, [], self.refused)
        return told | {"notices": self.notices}


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    """What must come out of the scenario. Raises Unclear for a step that the sheet leaves open."""
    world = World(scenario)
    steps = lore.in_order(scenario["timeline"])
    day = steps[0][1].date() if steps else world.until
    for place, at, step in steps:
        while lore.swept(day) <= at:
            world.sweep(day)
            day += DAY
        world.take(place, at, step)
    while day <= world.until:
        world.sweep(day)
        day += DAY
    return world.outcome()
