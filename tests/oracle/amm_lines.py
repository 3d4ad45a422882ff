"""And market mobile, the steps of mobile lines and their devices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.oracle import lore
from tests.oracle.amm_deals import Line
from tests.oracle.amm_money import Item, sixty_sen
from tests.oracle.amm_nights import Nights, No
from tests.oracle.lore import DAY, Step, first, last, later, the_day

CYCLE = datetime(2017, 4, 1)
AT_ONCE = {"payment_default", "card_unusable", "card_declined"}
SIM_CLOSES = {"sim_exchange": date(2018, 2, 28), "sim_reissue": date(2018, 3, 31)}


class LineSteps(Nights):
    """What may be done with a line."""

    def line_grounds(self, day: date, who: Step) -> list[str]:
        born = the_day(who["birth_date"]) if who.get("birth_date") else None
        corporation = who.get("kind") == "corporation"
        if born and (((born.month, born.day) == (2, 29) and (day.month, day.day) in ((2, 28), (3, 1))) or corporation):
            raise self.unclear("a birthday that does not exist")
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else 99
        found = ["minor"] if years < (18 if day >= date(2022, 4, 1) else 20) else []
        return found + ["corporation"] * corporation + ["abolished"] * (day > self.abolished)

    def line_ship(self, line: Line, at: datetime, step: Step) -> None:
        day = at.date()
        if line.ended or line.ships_on or (line.start and line.start <= day) or "sku" in step:
            raise self.unclear("a second parcel, or one after the start")
        if line.ends_on and line.ends_on <= day:
            raise self.unclear("a parcel on the last day")
        line.ships_on = day
        line.start = line.start or day + DAY
        self.tell(line, "service_start", day)

    def line_notify_start(self, line: Line, at: datetime, step: Step) -> None:
        starts = the_day(step["starts_on"])
        if line.ended or line.named or starts < at.date() or (line.start and line.start <= at.date()):
            raise self.unclear("a start named twice, in the past or after the start")
        if starts > self.abolished or (line.ends_on and starts > line.ends_on):
            raise self.unclear("a start after the end")
        line.start, line.named = starts, True
        self.tell(line, "service_start", at.date())

    def line_deliver(self, line: Line, at: datetime, step: Step) -> None:
        device = line.device
        if not device or device.delivered or step.get("sku", device.sku) != device.sku:
            raise self.unclear("a delivery that nobody waits for")
        self.prices.one_off(f"device.{device.sku}", self.place, line.applied.date(), at.date())
        device.delivered, device.percent = at.date(), self.prices.rate(at.date())

    def line_request_cancellation(self, line: Line, at: datetime, step: Step) -> None:
        self.need_living(line)
        if line.noticed:
            if line.idle_notice:
                raise self.unclear("a second notice after one that changed nothing")
            raise No("already_cancelling")
        if line.plan == "voice":
            ends = last(at.date())
        elif at < CYCLE:
            ends = last(later(first(at.date()), 1))
        else:
            ends = last(later(first(at.date()), int(at.day > 15)))
        line.noticed = True
        self.tell(line, "cancellation_received", at.date())
        if ends >= self.abolished:
            line.idle_notice = True
        else:
            line.ends_on, line.because = ends, "cancelled"

    def line_customer_died(self, line: Line, at: datetime, step: Step) -> None:
        self.need_living(line)
        self.end(line, at.date(), "died")

    def line_change_plan(self, line: Line, at: datetime, step: Step) -> None:
        self.do_cool_off(line, at, step)

    def line_register_payment_method(self, line: Line, at: datetime, step: Step) -> None:
        if line.ended:
            raise self.unclear("a card for what has ended")
        if step["payment_method"] != "card":
            raise No("payment_method_not_offered")

    def line_suspend(self, line: Line, at: datetime, step: Step) -> None:
        day, reason = at.date(), step["reason"]
        self.need_running(line, at)
        if line.suspended or line.paused or line.pause_on:
            raise self.unclear("suspended or paused as it is")
        if reason == "identity_check_refused" and line.plan != "voice":
            raise self.unclear("a reason of voice lines only")
        overdue = [b for b in line.bills if b.overdue(day)]
        if reason == "payment_default":
            if not overdue:
                raise No("nothing_overdue")
            demands = [d for d in line.demands if any(b.rest > 0 for b in d.bills)]
            if not demands:
                raise No("no_demand")
            if all(day <= d.deadline for d in demands):
                raise No("deadline_not_passed")
        if reason == "card_declined" and not any(b.failed and b.rest > 0 for b in line.bills):
            raise No("card_not_declined")
        line.suspended = (day, reason)
        self.tell(line, "suspended", day)

    def line_terminate(self, line: Line, at: datetime, step: Step) -> None:
        day = at.date()
        self.need_living(line)
        if step["reason"] == "no_billing_12_months" or (step["reason"] == "identity_check_refused" and line.plan != "voice"):
            raise self.unclear("a reason of something else")
        if step["reason"] != "serious_disturbance":
            if not line.suspended:
                raise No("not_suspended")
            since, why = line.suspended
            if why in AT_ONCE:
                if not any(b.overdue(day) for b in line.bills):
                    raise self.unclear("the cause is gone")
            elif day <= later(since, 1):
                raise No("cure_period_running")
        if not line.runs(day):
            raise self.unclear("before the start")
        self.end(line, day, "terminated")

    def line_pause(self, line: Line, at: datetime, step: Step) -> None:
        self.need_living(line)
        if not line.runs(at.date()) or line.suspended or line.paused or line.pause_on or line.noticed:
            raise self.unclear("pausing what does not run")
        if lore.works(at.date(), self.closed) and at.hour < 19:
            line.paused = True
        else:
            line.pause_on = lore.next_working(at.date(), self.closed)

    def line_report_lost_device(self, line: Line, at: datetime, step: Step) -> None:
        if step.get("sku") != "sim":
            raise self.unclear("losing something else")
        self.line_pause(line, at, step)

    def line_unpause(self, line: Line, at: datetime, step: Step) -> None:
        self.need_living(line)
        if not line.paused or line.noticed or not lore.works(at.date(), self.closed) or not 10 <= at.hour < 19:
            raise self.unclear("waking what is awake, or outside the hours")
        line.paused = False

    def line_buy(self, line: Line, at: datetime, step: Step) -> None:
        day, item = at.date(), step["item"]
        late = day > SIM_CLOSES[item]
        if late and (line.ended or line.suspended):
            raise self.unclear("which of two reasons")
        self.need_running(line, at)
        if line.suspended:
            raise self.unclear("a card for a suspended line")
        if late:
            raise No(f"{item}_closed")
        pieces = step.get("quantity", 1)
        yen = pieces * self.prices.one_off(f"{item}_fee", self.place, first(day), day)
        line.once.append((day, Item("sim_reissue", yen, self.prices.rate(last(day)), pieces)))

    def line_add_option(self, line: Line, at: datetime, step: Step) -> None:
        self.need_running(line, at)
        day = at.date()
        if step["option"] != "anshin_support" or line.noticed or line.suspended or line.paused:
            raise self.unclear("an option for a line that rests or ends")
        if any(ends is None or ends >= day for _, ends in line.options):
            raise self.unclear("an option that runs already")
        line.options.append([day, None])

    def line_remove_option(self, line: Line, at: datetime, step: Step) -> None:
        self.need_running(line, at)
        running = [o for o in line.options if o[1] is None]
        if step["option"] != "anshin_support" or not running:
            raise self.unclear("removing what is not there")
        if min(line.ends_on or self.abolished, self.abolished) <= last(at.date()):
            raise self.unclear("an option that ends with the line")
        running[0][1] = last(at.date())

    def line_record_usage(self, line: Line, at: datetime, step: Step) -> None:
        wrong = "no_sms_service" if "sms_yen" in step and line.plan == "data" else ""
        wrong = "no_voice_service" if "calls" in step and line.plan != "voice" else wrong
        if wrong and (line.ended or line.suspended or not line.runs(at.date())):
            raise self.unclear("which of two reasons")
        self.need_running(line, at)
        if line.paused:
            raise self.unclear("use of a paused line")
        if line.suspended:
            raise No("suspended")
        if wrong:
            raise No(wrong)
        month = first(at.date())
        line.sms[month] = line.sms.get(month, 0) + step.get("sms_yen", 0)
        for call in step.get("calls", []):
            kind = call.get("kind", "outgoing")
            if kind not in ("outgoing", "incoming"):
                raise self.unclear("forwarded or dropped on a line")
            if kind == "outgoing":
                line.units[month] = line.units.get(month, 0) + -(-call["seconds"] // 30)

    def line_report_outage(self, line: Line, at: datetime, step: Step) -> None:
        begin, end, units = self.span(line, at, step)
        if not line.start or begin.date() < line.start or line.ended or (line.ends_on and end.date() > line.ends_on):
            raise self.unclear("an outage outside the service")
        sum_ = Fraction(0)
        for n in range(units):
            month = first((begin + timedelta(hours=24 * n)).date())
            fee = self.prices.at(f"monthly_fee.{line.plan}", max(month, line.start))
            sum_ += Fraction(fee, lore.length(month))
        item = Item("outage_credit", -sixty_sen(sum_), self.prices.rate(last(end.date())), place=self.place)
        line.once.append((end.date(), item))

    def line_find_evasion(self, line: Line, at: datetime, step: Step) -> None:
        if line.ended:
            raise self.unclear("after the end")
        line.once.append((at.date(), Item("evasion_surcharge", 2 * step["amount"])))

    def line_demand(self, line: Line, at: datetime, step: Step) -> None:
        day, deadline = at.date(), the_day(step["deadline"])
        overdue = [b for b in line.bills if b.overdue(day)]
        short = deadline < day + 20 * DAY
        if short and not overdue:
            raise self.unclear("which of two reasons")
        if short:
            raise No("grace_too_short")
        if not overdue:
            raise No("nothing_overdue")
        line.demand(deadline, overdue, self.place)
        self.tell(line, "payment_demand", day)

    def line_transfer_device(self, line: Line, at: datetime, step: Step) -> None:
        if not line.device:
            raise self.unclear("no device")
        if line.device.left or any(b.holds_title() for b in line.bills if b.row == "device"):
            raise No("ownership_reserved")

    def line_lose_benefit(self, line: Line, at: datetime, step: Step) -> None:
        device = line.device
        if not device or not device.delivered or not device.left or not device.instalments or device.lost_on:
            raise self.unclear("no time to lose")
        self.lose_time(line, at.date(), self.place)
