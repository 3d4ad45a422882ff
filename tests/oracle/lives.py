"""Random lives, around the days on which rules change their mind: cut-offs, month ends, 29 February, year's end, Golden Week.

A life is a scenario in the language of scenarios. What the sheet leaves open is taken out with the oracle's help
(`settled`), so that what remains has one right answer. `dice` is a `random.Random`; hypothesis hands in one that it can shrink.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.oracle import compare, lore
from tests.oracle.lore import DAY, first, last, later

Scenario = dict[str, Any]
ANCHORS = [
    date(2023, 12, 10), date(2024, 1, 10), date(2024, 2, 5), date(2024, 2, 19), date(2024, 12, 12), date(2025, 1, 20),
    date(2025, 2, 10), date(2025, 4, 1), date(2025, 4, 20), date(2025, 6, 1), date(2025, 7, 15), date(2025, 8, 20),
    date(2025, 9, 10), date(2025, 10, 25), date(2025, 12, 1), date(2026, 4, 10),
]  # fmt: skip
EDGES = [1, 2, 3, 10, 14, 15, 16, 19, 20, 21, 22, 26, 27, 28, 31]
TIMES = [
    time(0, 0),
    time(0, 2),
    time(9, 0),
    time(12, 0),
    time(12, 0),
    time(15, 0),
    time(15, 0, 1),
    time(18, 30),
    time(23, 58),
    time(23, 59),
]
WIFI = ["wifi-3gb", "wifi-10gb", "wifi-25gb"]
ALL_CONSENTS = [
    "terms",
    "notes",
    "resident",
    "building_owner",
    "no_antisocial_forces",
    "claim_assignment",
    "privacy",
    "option_terms",
]
CALM = time(9, 0)


def stamp(day: date, at: time = CALM) -> str:
    return datetime.combine(day, at).isoformat(timespec="seconds" if at.second else "minutes")


def near(dice: Random, begin: date, days: int) -> date:
    """A day within the span, more often than not one on which something is decided."""
    day = begin + dice.randint(0, days) * DAY
    if dice.random() < 0.5:
        day = day.replace(day=min(dice.choice(EDGES), lore.length(day)))
    return max(day, begin)


def in_time(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By time, without what would come before its contract's application."""
    steps = sorted(steps, key=lore.the_time)
    applied = {s["contract"]: lore.the_time(s) for s in steps if s["do"] == "apply"}
    return [s for s in steps if s["do"] == "apply" or lore.the_time(s) > applied.get(s.get("contract", ""), datetime.min)]


def settled(scenario: Scenario) -> Scenario | None:
    """The scenario without the steps that the sheet leaves open; None when an invoice would come to nothing."""
    while True:
        try:
            compare.expectation(scenario)
            return scenario
        except lore.Unclear as unclear:
            if unclear.place < 0:
                return None
            gone = scenario["timeline"][unclear.place]
            rest = [s for n, s in enumerate(scenario["timeline"]) if n != unclear.place]
            if unclear.contract:
                rest = [s for s in rest if s["do"] == "apply" or s.get("contract") != unclear.contract]
            if gone["do"] == "apply":
                names = {gone["contract"]}
                names |= {s["contract"] for s in rest if {s.get("recontract_of"), s.get("parent")} & names}
                rest = [s for s in rest if s.get("contract") not in names]
            scenario = scenario | {"timeline": rest}


# --- Sottonet -----------------------------------------------------------------------------------


class Sottonet:
    """Builds one random scenario of Sottonet."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.steps: list[dict[str, Any]] = []
        self.begin = dice.choice(ANCHORS) + dice.randint(0, 12) * DAY
        self.until = self.begin + dice.choice([40, 75, 110, 150, 190, 420]) * DAY
        if dice.random() < 0.4:
            self.until = dice.choice(
                [first(self.until), last(self.until), first(self.until) + DAY, first(self.until).replace(day=28)]
            )

    def build(self) -> Scenario:
        names = ["c1"] if self.dice.random() < 0.6 else ["c1", "c2"]
        for name in names:
            self.life(name)
        if self.dice.random() < 0.25:
            self.again("c1")
        if self.dice.random() < 0.25:
            self.leaves_and_comes_back()
        if self.dice.random() < 0.2:
            self.announcements()
        if self.dice.random() < 0.15:
            self.outage(None)
        last_step = max(lore.the_time(s) for s in self.steps)
        until = max(self.until, last_step.date() + DAY)
        return {"scenario": "random", "service": "sottonet", "timeline": in_time(self.steps), "until": until.isoformat()}

    def add(self, day: date, do: str, contract: str | None = None, at: time = CALM, **more: Any) -> None:
        step = {"at": stamp(day, at), "do": do} | ({"contract": contract} if contract else {})
        self.steps.append(step | more)

    def at(self) -> time:
        return self.dice.choice(TIMES)

    def some_day(self, begin: date) -> date:
        return near(self.dice, begin, max((self.until - begin).days, 1))

    def life(self, name: str) -> None:
        applied = self.begin + self.dice.randint(0, 20) * DAY
        self.apply(name, applied)
        installed = self.visits(name, applied)
        for _ in range(self.dice.randint(0, 7)):
            self.dice.choice(self.KINDS)(self, name, installed)
        if self.dice.random() < 0.5:
            self.payments(name, installed)
        if self.dice.random() < 0.45:
            self.ending(name, applied, installed)

    def apply(self, name: str, day: date, **more: Any) -> None:
        dice = self.dice
        args: dict[str, Any] = {"plan": "standard", "payment_method": "card"}
        if dice.random() < 0.4:
            args["options"] = [{"option": dice.choice(WIFI), "quantity": 1}]
        if dice.random() < 0.2:
            args["disclosure_received_on"] = (day + dice.randint(-2, 3) * DAY).isoformat()
        if dice.random() < 0.15:
            args["site"] = {"island": dice.random() < 0.7, "country": "JP"}
        if dice.random() < 0.03:
            args["payment_method"] = dice.choice(["bank_transfer", "account_transfer", "none"])
        if dice.random() < 0.03:
            args["consents"] = [c for c in ALL_CONSENTS if dice.random() < 0.9]
        if dice.random() < 0.1:
            birth = day.replace(year=day.year - 18, day=min(day.day, 28)) + dice.randint(-1, 1) * DAY
            args["applicant"] = {"kind": dice.choice(["person", "person", "corporation"]), "birth_date": birth.isoformat()}
            if dice.random() < 0.7:
                args["consents"] = ALL_CONSENTS
        self.add(day, "apply", name, self.at(), **args, **more)

    def visits(self, name: str, applied: date) -> date:
        day = applied + self.dice.randint(0, 12) * DAY
        while self.dice.random() < 0.25:
            self.add(day, "install", name, self.at(), outcome=self.dice.choice(["absent", "unreachable"]))
            day += self.dice.choice([1, 3, 7, 13, 14, 15]) * DAY
        if self.dice.random() < 0.9:
            self.add(day, "install", name, self.dice.choice([time(0, 2), time(14), time(14), time(23, 58)]), outcome="done")
        return day

    def buying(self, name: str, since: date) -> None:
        day, item = (
            self.some_day(since),
            self.dice.choice(["data_charge", "data_charge", "sim_reissue", "sim_setup", "installation_work"]),
        )
        pieces = self.dice.randint(1, 3) if item == "data_charge" else 1
        self.add(day, "buy", name, self.at(), item=item, quantity=pieces)

    def travelling(self, name: str, since: date) -> None:
        item = self.dice.choice(["travel_cost", "same_day_work"])
        more = {"amount": self.dice.choice([1, 999, 18400])} if item == "travel_cost" else {}
        self.add(self.some_day(since), "buy", name, self.at(), item=item, quantity=1, **more)

    def shopping(self, name: str, since: date) -> None:
        day = self.some_day(since - 15 * DAY)
        handed = day + self.dice.choice([0, 1, 3, 6, 12]) * DAY
        goods = {"quantity": self.dice.randint(1, 2), "amount": self.dice.choice([8000, 3300, 5005, 1, 12345])}
        self.add(day, "buy", name, item="shop_item", delivered_on=handed.isoformat(), **goods)
        if self.dice.random() < 0.7:
            self.add(day, "buy", name, item="delivery_fee", quantity=1, amount=700, delivered_on=handed.isoformat())
        if self.dice.random() < 0.6:
            reason = self.dice.choice([{}, {}, {"reason": "misdescribed"}, {"reason": "damaged"}])
            self.add(handed + self.dice.randint(5, 13) * DAY, "return_device", name, self.at(), sku="shop_item", **reason)

    def option(self, name: str, since: date) -> None:
        day = self.some_day(since - 10 * DAY)
        self.add(day, "add_option", name, self.at(), option=self.dice.choice(WIFI), quantity=1)
        fit = day + self.dice.randint(0, 9) * DAY
        how = self.dice.choice(["deliver router", "deliver sim", "install router", "nothing", "absent"])
        if how.startswith("deliver"):
            self.add(fit, "deliver", name, time(13), sku=how.split()[1])
        elif how == "install router":
            self.add(fit, "install", name, time(13), sku="router", outcome="done")
        elif how == "absent":
            self.add(fit, "install", name, time(13), sku="router", outcome="absent")
            self.add(fit + 3 * DAY, "install", name, time(13), sku="router", outcome="done")

    def planning(self, name: str, since: date) -> None:
        for _ in range(self.dice.randint(1, 3)):
            self.add(self.some_day(since), "change_plan", name, self.at(), plan=self.dice.choice(WIFI))

    def dropping(self, name: str, since: date) -> None:
        for option in self.dice.sample(WIFI, 3):  # one of them is the one that runs; the others are taken out again
            self.add(self.some_day(since), "remove_option", name, self.at(), option=option)

    def resting(self, name: str, since: date) -> None:
        day, pair = self.some_day(since), self.dice.choice([("pause", "unpause"), ("suspend", "restore")])
        self.add(day, pair[0], name, self.at(), reason="unpaid")
        if self.dice.random() < 0.8:
            self.add(day + self.dice.randint(0, 30) * DAY, pair[1], name, time(17), reason="settled")

    def mending(self, name: str, since: date) -> None:
        year = since.replace(year=since.year + 1, day=min(since.day, 28))
        day = self.dice.choice([self.some_day(since), year, year + DAY, year - DAY])
        self.add(day, "reinstall", name, self.at(), sku="sensor")
        self.until = max(self.until, min(day, self.begin + 430 * DAY))

    def charging(self, name: str, since: date) -> None:
        self.add(
            self.some_day(since),
            "charge",
            name,
            self.at(),
            item="equipment_compensation",
            amount=self.dice.choice([1, 3300, 44000]),
        )

    def outage(self, name: str | None, since: date | None = None) -> None:
        begin = datetime.combine(
            self.some_day(since or self.begin), self.dice.choice([time(0), time(9), time(10, 30), time(23, 59)])
        )
        hours = self.dice.choice([47, 48, 48, 49, 71, 72, 100, 240])
        end = begin + timedelta(hours=hours, minutes=self.dice.choice([-1, 0, 0, 1]))
        told = end + timedelta(hours=self.dice.choice([1, 5, 30, 400]))
        step = {"at": told.isoformat(timespec="minutes"), "do": "report_outage", "from": end_text(begin), "to": end_text(end)}
        self.steps.append(step | ({"contract": name} if name else {}))

    def failing(self, name: str, since: date) -> None:
        month = later(first(self.some_day(since)), 1)
        fails = month.replace(day=self.dice.choice([5, 15, 20, 26, 27]))
        self.add(fails, "fail_payment", name, reason="declined")
        self.add(
            fails + self.dice.choice([3, 13, 14, 15, 29, 60]) * DAY,
            "pay",
            name,
            self.at(),
            invoice={"month": later(month, -1).isoformat()[:7]},
        )

    def part_paying(self, name: str, since: date) -> None:
        self.add(self.some_day(since), "pay", name, self.at(), amount=self.dice.choice([1, 900, 1980, 5000]))

    KINDS: list[Callable[[Sottonet, str, date], None]] = [
        buying, travelling, shopping, shopping, option, option, planning, dropping, resting, mending, charging, outage, failing, part_paying,
    ]  # fmt: skip

    def payments(self, name: str, since: date) -> None:
        day = first(later(since, 1))
        while day < self.until:
            if self.dice.random() < 0.8:
                self.add(day.replace(day=self.dice.choice([1, 2, 20, 27, 28])), "pay", name, self.at())
            day = later(day, 1)

    def ending(self, name: str, applied: date, installed: date) -> None:
        how = self.dice.choice(["cancel", "cancel", "cancel", "move", "terminate", "cool_off", "refuse", "early"])
        day = self.some_day(applied if how == "early" else installed)
        if how in ("cancel", "early"):
            for _ in range(self.dice.randint(1, 2)):
                more = {"with_removal": True} if self.dice.random() < 0.3 else {}
                self.add(day, "request_cancellation", name, self.at(), **more)
                day = self.some_day(day)
            self.minutes_after_the_end(name, day)
        elif how == "move":
            self.add(day, "move_site", name, self.at(), site={"prefecture": "Chiba", "island": False, "country": "JP"})
        elif how == "terminate":
            self.add(day, "terminate", name, self.at(), reason="breach")
        elif how == "refuse":
            self.add(applied + self.dice.randint(0, 4) * DAY, "refuse", name, time(19), reason="operator")
        else:
            self.cooling(name, applied)

    def minutes_after_the_end(self, name: str, notice: date) -> None:
        """Steps around the midnight that ends the contract, before the sweep has said so."""
        midnights = [first(later(notice, 1)), first(later(notice, 2))]
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("buy", {"item": "data_charge", "quantity": 1}), ("buy", {"item": "installation_work", "quantity": 1}),
            ("terminate", {"reason": "breach"}), ("suspend", {"reason": "unpaid"}), ("request_cancellation", {}),
            ("add_option", {"option": "wifi-3gb", "quantity": 1}), ("change_plan", {"plan": "wifi-10gb"}),
            ("reinstall", {"sku": "sensor"}), ("charge", {"item": "equipment_compensation", "amount": 500}), ("pay", {}),
        ]  # fmt: skip
        for do, more in self.dice.sample(wishes, self.dice.randint(0, 4)):
            day = self.dice.choice(midnights)
            self.add(
                day - self.dice.choice([0, 0, 1]) * DAY,
                do,
                name,
                self.dice.choice([time(0, 2), time(0, 2), time(23, 58)]),
                **more,
            )

    def cooling(self, name: str, applied: date) -> None:
        if self.dice.random() < 0.4:
            self.add(applied + DAY, "disclose", name, received_on=(applied + DAY).isoformat())
        sent = applied + self.dice.randint(5, 10) * DAY
        arrives = sent + self.dice.choice([0, 0, 2, 40]) * DAY
        self.add(arrives, "cool_off", name, self.at(), dispatched_on=sent.isoformat())

    def again(self, earlier: str) -> None:
        """A second contract on the first one's equipment."""
        day = self.some_day(self.begin + 40 * DAY)
        if self.dice.random() < 0.3:
            self.add(day - DAY, "return_device", earlier, sku="sensor")
        self.add(day - 2 * DAY, "pay", earlier)
        self.apply("c3", day, recontract_of=earlier)
        installed = self.visits("c3", day)
        if self.dice.random() < 0.6:
            self.add(day + self.dice.randint(1, 20) * DAY, "deliver", "c3", time(13), sku=self.dice.choice(["sim", "router"]))
        for _ in range(self.dice.randint(0, 3)):
            self.dice.choice(self.KINDS)(self, "c3", installed)
        if self.dice.random() < 0.3:
            self.ending("c3", day, installed)

    def leaves_and_comes_back(self) -> None:
        """A short first contract, mostly paid up, and a second one on what is left of it; then whatever happens."""
        dice = self.dice
        applied = self.begin + dice.randint(0, 10) * DAY
        more: dict[str, Any] = {"options": [{"option": dice.choice(WIFI), "quantity": 1}]} if dice.random() < 0.5 else {}
        self.add(applied, "apply", "d1", plan="standard", payment_method="card", **more)
        self.add(applied + 5 * DAY, "install", "d1", time(14), outcome="done")
        notice = near(dice, applied + 6 * DAY, 40)
        how = dice.choice(["request_cancellation", "request_cancellation", "move_site"])
        extra: dict[str, Any] = {"site": {"island": False}} if how == "move_site" else {"with_removal": dice.random() < 0.4}
        self.add(notice, how, "d1", self.at(), **extra)
        last_day = last(later(first(notice), 1))
        for day in (first(notice) + 3 * DAY, last_day - DAY, last_day + DAY, last_day + DAY):
            if dice.random() < 0.92:
                self.add(day, "pay", "d1", time(16, len(self.steps) % 60))
        again = near(dice, last_day + DAY, 40)
        if dice.random() < 0.25:
            self.add(again - DAY, "return_device", "d1", sku="sensor")
        if dice.random() < 0.6:
            more = {"options": [{"option": dice.choice(WIFI), "quantity": 1}]}
        self.add(again, "apply", "d2", plan="standard", payment_method="card", recontract_of="d1", **more)
        if dice.random() < 0.7:
            for sku in ("sim", "router"):  # the one that does not fit is taken out again
                self.add(again + dice.randint(0, 15) * DAY, "deliver", "d2", time(13), sku=sku)
        installed = self.visits("d2", again) if dice.random() < 0.6 else again + 10 * DAY
        self.until = max(self.until, installed + 60 * DAY)
        for _ in range(dice.randint(0, 5)):
            dice.choice(self.KINDS)(self, "d2", installed)
        if dice.random() < 0.3:
            self.ending("d2", again, installed)

    def announcements(self) -> None:
        since = later(first(self.begin), self.dice.randint(2, 5))
        how = self.dice.choice(["price", "price", "tax", "termination"])
        if how == "price":
            since = self.dice.choice([since, since.replace(day=15), last(since)])
            item = self.dice.choice(["monthly_fee", "option:wifi-3gb", "data_charge"])
            told = later(since, -1) + self.dice.choice([-20, -1, 0, 1]) * DAY
            self.add(
                told, "announce_price", prices={item: self.dice.choice([1200, 2199, 3001])}, effective_on=since.isoformat()
            )
        elif how == "tax":
            self.add(
                since - self.dice.randint(1, 40) * DAY,
                "announce_tax",
                rate=self.dice.choice([8, 12]),
                effective_on=since.isoformat(),
            )
        else:
            since = last(later(since, 1))
            told = later(since, -3) + self.dice.choice([-3, -1, 0, 1]) * DAY
            self.add(told, "announce_termination", effective_on=since.isoformat())


def end_text(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


# --- ALLwatch -----------------------------------------------------------------------------------


class Allwatch:
    """Builds one random scenario of ALLwatch."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.steps: list[dict[str, Any]] = []
        self.begin = dice.choice(ANCHORS) + dice.randint(0, 12) * DAY
        self.until = self.begin + dice.choice([45, 80, 140, 200, 260, 420]) * DAY
        self.prices = {
            "monthly_fee": dice.choice([1078, 1100, 1430, 999]), "registration_fee": dice.choice([3300, 3001]),
            "device": {"tracker": dice.choice([30800, 24201]), "beacon": 4950},
        }  # fmt: skip

    def build(self) -> Scenario:
        dice = self.dice
        for name in ["c1"] if dice.random() < 0.5 else ["c1", "c2"]:
            self.life(name)
        if dice.random() < 0.3:
            self.leaving()
        if dice.random() < 0.2:
            day = near(dice, self.begin, 120)
            new = {"monthly_fee": 1234, "registration_fee": 2222, "device": {"tracker": 11111, "beacon": 2223}}
            since = day + dice.choice([1, 10, 31]) * DAY
            self.add(day, "announce_price", prices=new, effective_on=since.isoformat())
        closed = sorted({near(dice, self.begin, 90).isoformat() for _ in range(dice.choice([0, 0, 2, 5]))})
        until = max(self.until, max(lore.the_time(s) for s in self.steps).date() + DAY)
        return {
            "scenario": "random", "service": "allwatch", "prices": self.prices, "calendar": {"closed": closed},
            "timeline": in_time(self.steps), "until": until.isoformat(),
        }  # fmt: skip

    def add(self, day: date, do: str, contract: str | None = None, at: time = CALM, **more: Any) -> None:
        step = {"at": stamp(day, at), "do": do} | ({"contract": contract} if contract else {})
        self.steps.append(step | more)

    def some_day(self, begin: date) -> date:
        return near(self.dice, begin, max((self.until - begin).days, 1))

    def life(self, name: str) -> None:
        dice = self.dice
        applied = near(dice, self.begin, 31)
        self.apply(name, applied)
        self.parcels(name, applied)
        if dice.random() < 0.5:
            for _ in range(dice.randint(1, 2)):
                notice = self.some_day(applied)
                self.add(notice, "request_cancellation", name, dice.choice(TIMES))
            for do in dice.sample(["deliver", "request_cancellation", "pay", "claim_refund"], dice.randint(0, 2)):
                self.add(first(later(notice, dice.choice([1, 2]))), do, name, time(0, 2))
        for _ in range(dice.randint(0, 5)):
            self.payment(name, applied)
        if dice.random() < 0.4:
            self.card(name, applied)
        for _ in range(dice.randint(0, 3)):
            do = dice.choice(
                ["claim_refund", "claim_refund", "pay_refund", "log_in", "pause", "fail_payment", "change_plan", "terminate"]
            )
            more = {"plan": "annual"} if do == "change_plan" else {"reason": "x"} if do in ("terminate", "fail_payment") else {}
            self.add(self.some_day(applied), do, name, dice.choice(TIMES), **more)
        if dice.random() < 0.05:
            self.add(applied, "refuse", name, time(23, 59), reason="operator")

    def leaving(self) -> None:
        """Bills paid as they come, a notice in the middle of a paid period, and the claim for what is left."""
        dice = self.dice
        applied = near(dice, self.begin, 31)
        plan = dice.choice(["half_year", "annual"])
        self.add(applied, "apply", "d1", plan=plan, payment_method="bank_transfer", documents=["service_application"])
        month = later(first(applied), 1)
        while month < self.until:
            if dice.random() < 0.8:
                more = {"amount": 3000} if dice.random() < 0.1 else {}
                self.add(month.replace(day=dice.choice([3, 7, 20, 28])), "pay", "d1", dice.choice(TIMES), **more)
            month = later(month, 1)
        notice = self.some_day(applied)
        self.add(notice, "request_cancellation", "d1", dice.choice(TIMES))
        last_day = last(later(first(notice), int(notice.day > 15)))
        self.until = max(self.until, last_day + 30 * DAY)
        for do, days in (("claim_refund", [-1, 0, 0, 1, 12]), ("claim_refund", [13, 20]), ("pay_refund", [11, 14, 25])):
            if dice.random() < 0.7:
                self.add(last_day + dice.choice(days) * DAY, do, "d1", dice.choice(TIMES))

    def apply(self, name: str, day: date) -> None:
        dice = self.dice
        papers = dice.choice(
            [None, None, None, ["service_application"], ["device_order"], ["device_order", "service_application"]]
        )
        devices = [
            {"sku": s, "quantity": dice.randint(1, 3)} for s in dice.sample(["tracker", "beacon"], dice.choice([0, 1, 1, 2]))
        ]
        if papers == ["device_order"] and not devices:
            devices = [{"sku": "beacon", "quantity": 1}]
        args: dict[str, Any] = {
            "plan": dice.choice(["half_year", "annual"]),
            "payment_method": dice.choice(["bank_transfer", "card"]),
        }
        if dice.random() < 0.06:
            args["plan"] = "monthly"
        if dice.random() < 0.06:
            args["payment_method"] = "none"
        if dice.random() < 0.1:
            args["consents"] = dice.choice([["m2m_terms"], [], ["order_acceptance", "m2m_terms"]])
        if papers:
            args["documents"] = papers
        if devices:
            args["devices"] = devices
        self.add(day, "apply", name, dice.choice(TIMES), **args)

    def parcels(self, name: str, applied: date) -> None:
        dice = self.dice
        day = applied + dice.randint(0, 6) * DAY
        if dice.random() < 0.15:
            self.add(applied, "hold_shipping", name, time(23, 59, 30))
            ships = applied + dice.randint(4, 40) * DAY
            self.add(dice.choice([ships, last(ships)]), "ship", name, time(11))
            self.add(ships + 3 * DAY, "ship", name, time(11))
            day = ships + dice.randint(0, 5) * DAY
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            more = dice.choice(
                [{}, {}, {"sku": "tracker"}, {"sku": "beacon"}, {"outcome": "absent"}, {"outcome": "unreachable"}]
            )
            self.add(day, "deliver", name, dice.choice(TIMES), **more)
            day += dice.choice([0, 1, 4, 20]) * DAY
        self.add(day + 2 * DAY, "deliver", name)

    def payment(self, name: str, applied: date) -> None:
        more = {"amount": self.dice.choice([1, 1000, 3300, 6468])} if self.dice.random() < 0.2 else {}
        self.add(self.some_day(applied), "pay", name, self.dice.choice(TIMES), **more)

    def card(self, name: str, applied: date) -> None:
        day = self.some_day(applied)
        more = {} if self.dice.random() < 0.5 else {"usable_from": (day + self.dice.randint(0, 40) * DAY).isoformat()}
        how = self.dice.choice(["card", "card", "card", "account_transfer"])
        self.add(
            day, "register_payment_method", name, self.dice.choice(TIMES), payment_method=how, **(more if how == "card" else {})
        )
        if self.dice.random() < 0.4:
            self.add(self.some_day(day), "register_payment_method", name, payment_method="bank_transfer")


BUILDERS = {"sottonet": Sottonet, "allwatch": Allwatch}


def life(service: str, dice: Random) -> Scenario | None:
    """A random scenario with one right outcome, or None when this throw gave none."""
    return settled(BUILDERS[service](dice).build())
