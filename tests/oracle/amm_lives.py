"""Random lives with And market mobile: lines, phones and devices around the days on which its rules change their mind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.oracle import lore
from tests.oracle.lives import CALM, Scenario, in_time, near, stamp
from tests.oracle.lore import DAY, first, last, later

ERAS = [  # most lives lie where the rules change: the cancellation cycle, the winding down, new rates of tax
    date(2016, 1, 5), date(2016, 2, 10), date(2016, 11, 20), date(2017, 2, 5), date(2017, 2, 20), date(2017, 3, 10), date(2017, 5, 1),
    date(2017, 8, 10), date(2017, 11, 15), date(2018, 1, 5), date(2018, 2, 10), date(2018, 3, 5),
]  # fmt: skip
PHONE_ERAS = [date(2013, 12, 5), date(2014, 2, 10), date(2014, 3, 20), date(2015, 11, 1), date(2017, 1, 20), date(2019, 7, 1)]
LATE_ERAS = [date(2019, 7, 20), date(2019, 8, 25), date(2019, 12, 20), date(2020, 1, 25)]
TIMES = [time(0, 0), time(0, 2), time(9, 59), time(10), time(12), time(12), time(15), time(18, 59), time(19), time(23, 59)]
PLANS = ["data", "data", "sms", "voice", "voice"]
REASONS = [
    "obligation_breach", "payment_default", "payment_default", "payment_risk", "illegal_use", "service_disturbance", "reputation",
    "refusal_ground", "card_unusable", "card_declined", "card_declined", "improper_use", "identity_check_refused",
]  # fmt: skip
PHONE_REASONS = [
    "obligation_breach", "payment_default", "payment_default", "illegal_use", "improper_use", "interconnection_suspended",
]  # fmt: skip
PLACES = [
    "fixed", "fixed", "mobile", "mobile", "phs", "ip_paid", "ip_free", "ip_same_provider", "ip_same_service", "abroad:US", "abroad:KR",
    "abroad:ZA", "special",
]  # fmt: skip
SECONDS = [0, 1, 29, 30, 31, 60, 61, 95, 300, 600, 1501, 36000]


class AndMarketMobile:
    """Builds one random scenario."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.steps: list[dict[str, Any]] = []
        self.made = 0
        self.named = dice.random() < 0.25
        era = dice.random()
        self.late = era > 0.9
        self.begin = dice.choice(LATE_ERAS if self.late else PHONE_ERAS if era > 0.75 else ERAS) + dice.randint(0, 25) * DAY
        self.only_phones = era > 0.75 and not self.late
        self.until = self.begin + dice.choice([40, 75, 110, 150, 200, 260, 400]) * DAY
        if dice.random() < 0.4:
            self.until = dice.choice(
                [first(self.until), last(self.until), self.until.replace(day=27), self.until.replace(day=28)]
            )
        self.prices = {
            "monthly_fee": {"data": dice.choice([880, 930, 1060]), "sms": dice.choice([1001, 1020]), "voice": dice.choice([1500, 1680])},
            "initial_fee": dice.choice([3000, 2999]), "option": {"anshin_support": dice.choice([500, 333])},
            "device": {"liquid-z200": dice.choice([9805, 12800, 10007])}, "voice_call_per_30s": dice.choice([20, 21]),
        }  # fmt: skip

    def build(self) -> Scenario:
        dice = self.dice
        if self.late:  # the service outlives 2018 only if somebody says so in time
            day = date(2018, 4, 2)
            self.add(day, "announce_termination", effective_on="2020-12-31")
        arcs = [self.phones] if self.only_phones else [self.line, self.line, self.arrears, self.bought, self.left]
        for _ in range(dice.choice([1, 1, 2, 3])):
            dice.choice(arcs)()
        if not self.only_phones and dice.random() < 0.2:
            self.phones()
        if dice.random() < 0.25:
            self.announcements()
        if not self.only_phones and dice.random() < 0.15:
            self.outage(None, self.begin)
        until = max(self.until, max(lore.the_time(s) for s in self.steps).date() + DAY)
        return {
            "scenario": "random", "service": "and-market-mobile", "prices": self.prices, "timeline": in_time(self.steps),
            "until": until.isoformat(),
        }  # fmt: skip

    def add(self, day: date, do: str, contract: str | None = None, at: time = CALM, **more: Any) -> None:
        step = {"at": stamp(day, at), "do": do} | ({"contract": contract} if contract else {})
        self.steps.append(step | more)

    def at(self) -> time:
        return self.dice.choice(TIMES)

    def some_day(self, begin: date) -> date:
        return near(self.dice, begin, max((self.until - begin).days, 1))

    def name(self) -> str:
        self.made += 1
        return f"c{self.made:02}"

    # --- lines ----------------------------------------------------------------------------------

    def new(self, plan: str, day: date, **more: Any) -> tuple[str, date]:
        """An application that is paid and started; its name and the day of the start."""
        dice, name, at = self.dice, self.name(), dice_time(self.dice)
        if dice.random() < 0.1:
            more |= self.wrong(day)
        if dice.random() < 0.1 and "options" not in more:
            more["options"] = [{"option": "anshin_support", "quantity": 1}]
        more |= self.somebody()
        self.add(day, "apply", name, at, plan=plan, **({"payment_method": "card"} | more))
        if dice.random() < 0.15:
            for _ in range(dice.choice([1, 1, 2])):
                self.bundled(name, day, at)
        if dice.random() < 0.9:
            self.add(day, "pay", name, time(20))
        return name, self.started(name, day)

    def started(self, name: str, day: date) -> date:
        dice, days = self.dice, self.dice.choice([0, 1, 2, 3, 10, 40])
        start = day + days * DAY
        if dice.random() < 0.3:
            start = dice.choice([last(start), first(later(start, 1)), date(2016, 2, 29)])
            start = max(start, day)
        if dice.random() < 0.5 and start > day + DAY:
            self.add(start - DAY, "ship", name, time(21))
            if dice.random() < 0.15:
                self.add(start - DAY, "notify_start", name, time(22), starts_on=(start + dice.randint(0, 5) * DAY).isoformat())
            return start + 5 * DAY if dice.random() < 0.1 else start
        self.add(day, "notify_start", name, time(21), starts_on=start.isoformat())
        if dice.random() < 0.2:
            self.add(day, "ship", name, time(22))
        return start

    def somebody(self) -> dict[str, Any]:
        """In some scenarios two customers share the card."""
        return {"applicant": {"name": self.dice.choice(["Mori Aoi", "Mori Aoi", "Hara Ken"])}} if self.named else {}

    def wrong(self, day: date) -> dict[str, Any]:
        dice = self.dice
        who: dict[str, Any] = {"name": "Mori Aoi", "kind": "person"}
        self.named = True
        birth = day.replace(year=day.year - 20, day=min(day.day, 28)) + dice.randint(-1, 1) * DAY
        return dice.choice([
            {"applicant": who | {"birth_date": birth.isoformat()}},
            {"applicant": who | {"card_holder": "Mori Gen", "birth_date": birth.isoformat()}},
            {"applicant": who | {"kind": "corporation"}},
            {"applicant": who | {"card_holder": "Mori Aoi"}},
            {"payment_method": "bank_transfer"}, {"consents": ["terms"]}, {"consents": ["terms", "electronic_documents"]},
            {"consents": ["electronic_documents", "direct_marketing"], "payment_method": "account_transfer"},
        ])  # fmt: skip

    def bundled(self, line: str, day: date, at: time) -> None:
        dice, name = self.dice, self.name()
        if dice.random() < 0.15:
            day = day + dice.choice([1, 20]) * DAY
        applied = time(22, 30 + self.made % 20)
        self.add(day, "apply", name, applied, plan="ip_phone", payment_method="card", parent=line, **self.phone_options())
        for _ in range(dice.randint(1, 6)):
            dice.choice([self.calls, self.calls, self.switching, self.phone_wishes])(name, day)
        if dice.random() < 0.7:
            self.paying(name, day)

    def line(self) -> None:
        dice = self.dice
        name, start = self.new(dice.choice(PLANS), self.begin + dice.randint(0, 25) * DAY)
        for _ in range(dice.randint(0, 8)):
            dice.choice(self.KINDS)(self, name, start)
        self.paying(name, start)
        if dice.random() < 0.6:
            self.ending(name, start)

    def using(self, name: str, since: date) -> None:
        dice = self.dice
        for _ in range(dice.randint(1, 4)):
            what = dice.choice(["sms_yen", "sms_yen", "calls", "calls", "megabytes"])
            value: Any = dice.choice([3, 9, 36, 200])
            if what == "calls":
                value = [
                    {
                        "to": dice.choice(PLACES[:6]),
                        "seconds": dice.choice(SECONDS),
                        **dice.choice([{}, {}, {"kind": "incoming"}]),
                    }
                    for _ in range(dice.randint(1, 3))
                ]
            self.add(self.some_day(since), "record_usage", name, self.at(), **{what: value})

    def helped(self, name: str, since: date) -> None:
        day = self.some_day(since)
        for n in range(self.dice.randint(1, 4)):
            self.add(day, "remove_option" if n % 2 else "add_option", name, self.at(), option="anshin_support")
            day = near(self.dice, day, 70)

    def cards(self, name: str, since: date) -> None:
        closing = self.dice.choice([date(2018, 2, 28), date(2018, 3, 31)]) + self.dice.randint(0, 1) * DAY
        day = self.dice.choice([closing, self.some_day(since), self.some_day(since)])
        more = self.dice.choice([{}, {}, {"quantity": 2}])
        if day > since and day <= self.until:
            self.add(day, "buy", name, self.at(), item=self.dice.choice(["sim_exchange", "sim_reissue"]), **more)

    def resting(self, name: str, since: date) -> None:
        day = self.some_day(since)
        how = self.dice.choice([("pause", {}), ("pause", {}), ("report_lost_device", {"sku": "sim"})])
        self.add(day, how[0], name, self.at(), **how[1])
        if self.dice.random() < 0.7:
            self.add(near(self.dice, day, 40), "unpause", name, time(11))

    def suspended(self, name: str, since: date) -> None:
        dice, day, reason = self.dice, self.some_day(since), self.dice.choice(REASONS)
        self.add(day, "suspend", name, self.at(), reason=reason)
        cure = later(day, 1)
        if dice.random() < 0.6:
            for _ in range(dice.randint(1, 2)):
                other = dice.choice([reason, reason, reason, "serious_disturbance"])
                self.add(dice.choice([day, cure, cure + DAY, cure + 30 * DAY]), "terminate", name, self.at(), reason=other)
        if dice.random() < 0.5:
            back = near(dice, day, 70)
            self.add(back, "restore", name, self.at(), reason="cured")
            if dice.random() < 0.5:
                self.add(back + DAY, "suspend", name, reason=reason)
                self.add(dice.choice([cure + DAY, later(back, 1), later(back, 1) + 2 * DAY]), "terminate", name, reason=reason)

    def outage(self, name: str | None, since: date) -> None:
        begin = datetime.combine(self.some_day(since), self.dice.choice([time(0), time(9), time(10, 30), time(23, 59)]))
        hours = self.dice.choice([23, 24, 24, 25, 47, 48, 71, 72, 240, 700])
        end = begin + timedelta(hours=hours, minutes=self.dice.choice([-1, 0, 0, 1]))
        told = end + timedelta(hours=self.dice.choice([0, 1, 5, 30]))
        step = {"at": told.isoformat(timespec="minutes"), "do": "report_outage"}
        step |= {"from": begin.isoformat(timespec="minutes"), "to": end.isoformat(timespec="minutes")}
        self.steps.append(step | ({"contract": name} if name else {}))

    def evading(self, name: str, since: date) -> None:
        self.add(self.some_day(since), "find_evasion", name, self.at(), amount=self.dice.choice([1, 999, 1500]))

    def wishing(self, name: str, since: date) -> None:
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("cool_off", {}), ("change_plan", {"plan": "sms"}), ("register_payment_method", {"payment_method": "bank_transfer"}),
            ("register_payment_method", {"payment_method": "card"}), ("restore", {"reason": "cured"}),
            ("terminate", {"reason": "obligation_breach"}), ("customer_died", {}), ("transfer_device", {"to": "another person"}),
            ("demand", {"deadline": (self.until + 60 * DAY).isoformat()}),
        ]  # fmt: skip
        do, more = self.dice.choice(wishes)
        self.add(self.some_day(since), do, name, self.at(), **more)

    def pay_once(self, name: str, since: date) -> None:
        day = self.some_day(since)
        asked = {"invoice": {"month": lore.month_name(later(day, -self.dice.choice([0, 1, 2])))}}
        if self.dice.random() < 0.3:
            asked["invoice"]["kind"] = self.dice.choice(["initial", "regular", "separate", "final"])
        more: list[dict[str, Any]] = [{}, {"amount": 1}, {"amount": 300}, asked, asked]
        self.add(day, "pay", name, self.at(), **self.dice.choice(more))

    def fail_once(self, name: str, since: date) -> None:
        self.add(self.some_day(since).replace(day=27), "fail_payment", name, self.at(), reason="declined")

    KINDS: list[Callable[[AndMarketMobile, str, date], None]] = [
        using, using, using, helped, helped, cards, resting, suspended, outage, outage, evading, wishing, pay_once, fail_once,
    ]  # fmt: skip

    def paying(self, name: str, since: date, mostly: float = 0.85) -> None:
        """Month by month: in time, late, in parts, or not at all."""
        dice, month = self.dice, first(later(since, 1))
        mostly = dice.choice([mostly, mostly, 0.3])
        while month < self.until:
            if dice.random() < mostly:
                day = month.replace(day=27) + dice.choice([-20, 0, 0, 0, 1, 9, 10, 11, 12, 40]) * DAY
                if dice.random() < 0.2:
                    self.add(
                        day - dice.choice([0, 1, 5, 28]) * DAY, "pay", name, time(16), amount=dice.choice([1, 100, 396, 700])
                    )
                self.add(day, "pay", name, self.at())
            elif dice.random() < 0.5:
                self.add(month.replace(day=27), "fail_payment", name, reason="declined")
            month = later(month, 1)

    def ending(self, name: str, since: date) -> None:
        dice = self.dice
        day = near(dice, max(self.begin, since - 10 * DAY), max((self.until - since).days, 20))
        how = dice.choice(["request_cancellation"] * 6 + ["customer_died", "customer_died", "terminate"])
        more = {"reason": "serious_disturbance"} if how == "terminate" else {}
        self.add(day, how, name, self.at(), **more)
        for _ in range(dice.randint(0, 3)):
            when = dice.choice([day, last(day), later(last(day), 1), first(later(day, 1))])
            dice.choice([self.after, self.after, self.wishing, self.using])(name, max(when, day))
        self.until = max(self.until, min(day, self.begin + 400 * DAY) + dice.choice([1, 40, 80]) * DAY)

    def after(self, name: str, day: date) -> None:
        do, more = self.dice.choice([
            ("request_cancellation", {}), ("buy", {"item": "sim_reissue"}), ("record_usage", {"sms_yen": 5}), ("pause", {}),
            ("suspend", {"reason": "payment_default"}), ("terminate", {"reason": "payment_default"}), ("customer_died", {}),
            ("add_option", {"option": "anshin_support"}), ("pay", {}), ("restore", {}),
        ])  # fmt: skip
        self.add(day, do, name, self.at(), **more)

    # --- arrears, devices, leaving --------------------------------------------------------------

    def device(self, day: date) -> tuple[str, date, int]:
        dice, number = self.dice, self.dice.choice([0, 2, 3, 10, 10, 24])
        more: dict[str, Any] = {"devices": [{"sku": "liquid-z200", "quantity": dice.choice([1, 1, 1, 2])}]}
        if number:
            more["options"] = [{"option": "device_installments", "quantity": number}]
        if dice.random() < 0.06:
            more["consents"] = ["terms", "electronic_documents", "credit_data"]
        name, start = self.new(dice.choice(PLANS), day, **more)
        delivered = dice.choice([start, start + 2 * DAY, last(start), day])
        self.add(max(delivered, day), "deliver", name, time(23), **dice.choice([{}, {"sku": "liquid-z200"}]))
        return name, max(delivered, day), number

    def bought(self) -> None:
        """A device: paid, passed on, or left unpaid until everything is due."""
        dice = self.dice
        name, day, number = self.device(self.begin + dice.randint(0, 25) * DAY)
        month = first(later(day, 1))
        stops = dice.choice([1, 2, 3, 30])
        for n in range(number + 1 if number else 2):
            paid = later(month, n).replace(day=27) + dice.choice([0, 0, -3, 2, 35]) * DAY
            if paid > self.until + 90 * DAY:
                break
            for _ in range(2):
                if n < stops and dice.random() < 0.9:
                    self.add(paid, "pay", name, time(13), **dice.choice([{}, {}, {}, {}, {"amount": 500}]))
        if stops < 30 or dice.random() < 0.3:
            self.ladder(name, later(month, min(stops, 4)).replace(day=28))
        for _ in range(dice.randint(0, 3)):
            self.add(self.some_day(day), "transfer_device", name, time(14), to="another person")
        if dice.random() < 0.1:
            self.add(self.some_day(day), "lose_benefit", name, time(14), reason="insolvency")
        if dice.random() < 0.5:
            self.ending(name, day)

    def arrears(self) -> None:
        dice = self.dice
        name, start = self.new(dice.choice(PLANS), self.begin + dice.randint(0, 25) * DAY)
        if dice.random() < 0.5:
            self.using(name, start)
        self.ladder(name, later(start, 2).replace(day=27))
        if dice.random() < 0.4:
            self.ending(name, start)
        if dice.random() < 0.4:
            self.add(
                self.some_day(start + 60 * DAY), "apply", self.name(), plan="data", payment_method="card", **self.somebody()
            )

    def ladder(self, name: str, since: date) -> None:
        """Demand, deadline, suspension, termination, with payments between the rungs."""
        dice = self.dice
        day = since + dice.choice([0, 1, 2, 5, 15]) * DAY
        deadline = day + dice.choice([19, 20, 20, 21, 30]) * DAY
        self.add(day, "demand", name, self.at(), deadline=deadline.isoformat())
        if dice.random() < 0.3:
            more = day + dice.choice([1, 10, 25]) * DAY
            self.add(more, "demand", name, self.at(), deadline=(more + 20 * DAY).isoformat())
        for _ in range(dice.randint(0, 4)):
            paid = dice.choice([day, deadline - DAY, deadline, deadline + DAY, deadline + 20 * DAY, deadline + 45 * DAY])
            self.add(paid, "pay", name, self.at(), **dice.choice([{}, {}, {}, {"amount": 100}]))
        if dice.random() < 0.3:
            self.add(deadline - 5 * DAY, "fail_payment", name, reason="declined")
        for _ in range(dice.randint(0, 3)):
            when = dice.choice([day - DAY, deadline, deadline + DAY, deadline + DAY, deadline + 3 * DAY])
            self.add(
                when,
                "suspend",
                name,
                dice.choice([time(12), time(23, 59)]),
                reason=dice.choice(["payment_default"] * 3 + ["card_declined"]),
            )
        if dice.random() < 0.4:
            self.add(deadline + dice.choice([1, 4, 35]) * DAY, "terminate", name, time(23, 59), reason="payment_default")
        self.until = max(self.until, deadline + dice.choice([2, 35, 70]) * DAY)

    def left(self) -> None:
        """A line that ends at once or soon, with use in its last months."""
        dice = self.dice
        name, start = self.new(dice.choice(["sms", "voice", "voice"]), self.begin + dice.randint(0, 25) * DAY)
        notice = near(dice, start, dice.choice([20, 160, 200]))
        self.using(name, start)
        self.add(notice, dice.choice(["request_cancellation"] * 3 + ["customer_died"]), name, self.at())
        self.paying(name, start)
        self.until = max(self.until, notice + dice.choice([31, 95]) * DAY)

    # --- phones ---------------------------------------------------------------------------------

    def phone_options(self) -> dict[str, Any]:
        chosen = self.dice.choice([None, None, None, None, ["voicemail"], ["voicemail", "international"], ["call_forwarding"]])
        return {"options": [{"option": o, "quantity": 1} for o in chosen]} if chosen else {}

    def phones(self) -> None:
        dice = self.dice
        day = self.begin + dice.randint(0, 25) * DAY
        for _ in range(dice.choice([1, 1, 2, 3, 7])):
            name = self.name()
            more = self.phone_options()
            if dice.random() < 0.05:
                more["consents"] = dice.choice([["terms"], ["terms", "receivable_assignment"]])
            how = "card" if dice.random() < 0.95 else "account_transfer"
            self.add(day, "apply", name, dice_time(dice), plan="ip_phone", payment_method=how, **more, **self.somebody())
            self.phone(name, day)
            day += dice.choice([0, 0, 1, 12]) * DAY

    def phone(self, name: str, day: date) -> None:
        dice = self.dice
        for _ in range(dice.randint(1, 7)):
            dice.choice(
                [
                    self.calls, self.calls, self.calls, self.switching, self.phone_wishes, self.phone_stopped, self.outage, self.evading,
                    self.pay_once,
                ]
            )(name, day)  # fmt: skip
        if dice.random() < 0.7:
            self.paying(name, day)
        if dice.random() < 0.3:
            self.add(self.some_day(day), "request_cancellation", name, self.at())

    def calls(self, name: str, since: date) -> None:
        dice = self.dice
        day = self.some_day(since)
        for _ in range(dice.randint(1, 4)):
            made = [
                {
                    "to": dice.choice(PLACES[:10] if dice.random() < 0.9 else PLACES),
                    "seconds": dice.choice(SECONDS),
                    **self.kind(),
                }
                for _ in range(dice.randint(1, 3))
            ]
            self.add(day, "record_usage", name, self.at(), calls=made)
            day = near(dice, day, 50)

    def kind(self) -> dict[str, str]:
        what = self.dice.choice(["", "", "", "", "", "incoming", "forwarded", "dropped"])
        return {"kind": what} if what else {}

    def switching(self, name: str, since: date) -> None:
        dice = self.dice
        option = dice.choice(
            ["international", "international", "call_forwarding", "call_forwarding", "voicemail", "call_rejection"]
        )
        more = {"quantity": dice.choice([1, 25, 49, 50, 51])} if option == "call_rejection" else {}
        self.add(near(dice, since, 40), "add_option", name, self.at(), option=option, **more)

    def phone_wishes(self, name: str, since: date) -> None:
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("pause", {}), ("cool_off", {}), ("customer_died", {}), ("restore", {}), ("request_cancellation", {}),
            ("terminate", {"reason": "obligation_breach"}), ("remove_option", {"option": "call_forwarding"}),
            ("suspend", {"reason": "payment_default"}),
        ]  # fmt: skip
        do, more = self.dice.choice(wishes)
        self.add(self.some_day(since), do, name, self.at(), **more)

    def phone_stopped(self, name: str, since: date) -> None:
        dice, day, reason = self.dice, self.some_day(since), self.dice.choice(PHONE_REASONS)
        if dice.random() < 0.3:
            year = later(since, 12) + dice.choice([-1, 0, 1, 40]) * DAY
            self.add(year, "terminate", name, self.at(), reason="no_billing_12_months")
            return
        self.add(day, "suspend", name, self.at(), reason=reason)
        ends = dice.choice([later(day, 6), later(day, 12), near(dice, day, 90)])
        if dice.random() < 0.6:
            do = dice.choice(["terminate", "restore", "suspend"])
            self.add(ends + dice.choice([-1, 0, 1]) * DAY, do, name, self.at(), reason=reason)
        if reason == "interconnection_suspended" and dice.random() < 0.7:
            self.until = max(self.until, later(day, 12) + dice.randint(-1, 2) * DAY)

    # --- for everybody --------------------------------------------------------------------------

    def announcements(self) -> None:
        dice = self.dice
        day = self.some_day(self.begin)
        since = dice.choice([first(later(day, 1)), first(later(day, 2)), near(dice, day + DAY, 60), near(dice, day + DAY, 60)])
        what = dice.choice(["price", "price", "price", "tax", "end"])
        if what == "price":
            prices: dict[str, Any] = dice.choice([
                {"monthly_fee": {"data": 777, "voice": 1811}}, {"universal_service_fee": 3}, {"option": {"anshin_support": 610}},
                {"voice_call_per_30s": 17, "ip_call": 9}, {"ip_call_abroad": 11}, {"initial_fee": 1234}, {"sim_reissue_fee": 2500},
                {"monthly_fee": {"sms": 990}, "number_issuance_fee": 450},
            ])  # fmt: skip
            self.add(day, "announce_price", at=self.at(), prices=prices, effective_on=since.isoformat())
        elif what == "tax":
            self.add(day, "announce_tax", at=self.at(), rate=dice.choice([9, 12]), effective_on=since.isoformat())
        else:
            since = dice.choice([last(since), since, date(2018, 5, 31), date(2018, 8, 15)])
            self.add(day, "announce_termination", at=self.at(), effective_on=since.isoformat())


def dice_time(dice: Random) -> time:
    return time(dice.randint(9, 19), dice.randint(0, 59))
