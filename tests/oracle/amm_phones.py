"""And market mobile, the steps of IP phones."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from tests.oracle.amm_deals import Phone
from tests.oracle.amm_money import Item
from tests.oracle.amm_nights import Nights, No
from tests.oracle.lore import DAY, Step, first, last, later

COUNTRIES = {
    "US", "GU", "IT", "ID", "AU", "NL", "CA", "GR", "GB", "MP", "SG", "ES", "CH", "TH", "KR", "CN", "HK", "MO", "TW", "DE", "NZ", "PH",
    "VA", "BN", "FR", "BR", "VN", "BE", "MY", "RU",
}  # fmt: skip


class PhoneSteps(Nights):
    """What may be done with an IP phone."""

    def phone_request_cancellation(self, phone: Phone, at: datetime, step: Step) -> None:
        if phone.ended and phone.parent:
            raise self.unclear("which of two reasons")
        self.need_living(phone)
        if phone.parent:
            raise No("ends_only_with_line")
        self.end(phone, at.date(), "cancelled")

    def phone_customer_died(self, phone: Phone, at: datetime, step: Step) -> None:
        if phone.parent or phone.ended:
            raise self.unclear("the death is told of the line")

    def phone_pause(self, phone: Phone, at: datetime, step: Step) -> None:
        self.do_cool_off(phone, at, step)

    def phone_suspend(self, phone: Phone, at: datetime, step: Step) -> None:
        day, reason = at.date(), step["reason"]
        self.need_living(phone)
        if phone.suspended or reason in ("card_unusable", "card_declined", "identity_check_refused"):
            raise self.unclear("suspended as it is, or for a reason of lines")
        if reason == "payment_default" and not any(b.overdue(day) for b in phone.bills):
            raise No("nothing_overdue")
        phone.suspended = (day, reason)
        if reason == "interconnection_suspended":
            back = later(day, 12)
            phone.ends_on, phone.because = (
                back if back.day == day.day else back + DAY,
                "connection_suspension_expired",
            )
        self.tell(phone, "suspended", day)

    def phone_terminate(self, phone: Phone, at: datetime, step: Step) -> None:
        day, reason = at.date(), step["reason"]
        self.need_living(phone)
        if reason in ("interconnection_suspended", "identity_check_refused"):
            raise self.unclear("a reason of something else")
        if reason == "no_billing_12_months":
            if phone.parent:
                raise No("kept_while_line_lives")
            ago = later(day, -12)
            assert phone.start
            if phone.start > ago or any(b.issued_on > ago and b.kind != "initial" for b in phone.bills):
                raise No("twelve_months_not_over")
        elif reason != "serious_disturbance" and not phone.suspended:
            raise No("not_suspended")
        self.end(phone, day, "terminated")

    def phone_add_option(self, phone: Phone, at: datetime, step: Step) -> None:
        self.need_living(phone)
        self.switch(phone, step["option"], step.get("quantity", 1))

    def phone_remove_option(self, phone: Phone, at: datetime, step: Step) -> None:
        self.need_living(phone)
        if step["option"] not in phone.functions:
            raise self.unclear("switching off what is off")
        phone.functions.remove(step["option"])

    def phone_record_usage(self, phone: Phone, at: datetime, step: Step) -> None:
        self.need_living(phone)
        wrong = {why for call in step["calls"] if (why := self.impossible(phone, call))}
        if len(wrong) + bool(phone.suspended) > 1:
            raise self.unclear("which of two reasons")
        if phone.suspended:
            raise No("suspended")
        if wrong:
            raise No(wrong.pop())
        for call in step["calls"]:
            if call.get("kind", "outgoing") != "incoming":
                phone.call(at.date(), call, self.prices)

    def phone_report_outage(self, phone: Phone, at: datetime, step: Step) -> None:
        begin, end, units = self.span(phone, at, step)
        if phone.ended:
            raise self.unclear("an outage of what has ended")
        assert phone.start
        window = later(first(begin.date()), -6)
        since, to = (window, first(begin.date())) if phone.start <= window else (phone.start, begin.date())
        if to <= since:
            raise self.unclear("an outage from the first day on")
        used = sum(yen for day, yen in phone.spent if since <= day < to)
        credit = Fraction(used * units, (to - since).days)
        item = Item("outage_credit", -(credit.numerator // credit.denominator), self.month_rate(end.date()), place=self.place)
        phone.once.append((end.date(), item))

    def phone_find_evasion(self, phone: Phone, at: datetime, step: Step) -> None:
        if phone.ended or any(i.evaded and first(d) == first(at.date()) for d, i in phone.once):
            raise self.unclear("after the end, or twice in a month")
        percent = self.month_rate(at.date())
        phone.once.append((at.date(), Item("call_charges", step["amount"], percent, evaded=True)))
        phone.once.append((at.date(), Item("evasion_surcharge", 2 * step["amount"], percent)))

    def switch(self, phone: Phone, option: str, quantity: int) -> None:
        if option == "call_rejection":
            if phone.rejected + quantity > 50:
                raise No("too_many_rejected_numbers")
            phone.rejected += quantity
        elif option in phone.functions:
            raise self.unclear("switching on what is on")
        elif option in ("voicemail", "call_forwarding"):
            phone.functions -= {"voicemail", "call_forwarding"}
            phone.functions.add(option)
        elif option == "international":
            phone.functions.add(option)
        else:
            raise self.unclear("no such function")

    def impossible(self, phone: Phone, call: Step) -> str:
        """IPS-FEE-4, 5, 13."""
        kind, to = call.get("kind", "outgoing"), call["to"]
        if kind == "incoming":
            return ""
        if kind == "forwarded":
            if "call_forwarding" not in phone.functions:
                return "forwarding_off"
            if to == "special":
                raise self.unclear("forwarding to an emergency number")
            return "forwarding_abroad" if to.startswith("abroad:") else ""
        if to == "special" or (to.startswith("abroad:") and to[7:] not in COUNTRIES):
            return "destination_not_available"
        return "international_calls_off" if to.startswith("abroad:") and "international" not in phone.functions else ""

    def month_rate(self, day: date) -> int:
        if first(day) == date(2014, 4, 1):
            raise self.unclear("the tax of April 2014 on something else than calls")
        return self.prices.rate(last(day))
