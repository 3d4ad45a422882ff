"""Random lives with LifeRhythm Navi + HOME: papers, free months, remotes, interruptions, arrears, new prices and rates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.oracle import lore
from tests.oracle.lives import CALM, Scenario, in_time, near, stamp
from tests.oracle.lore import DAY, first, last, later

ERAS = [
    date(2023, 1, 25), date(2023, 2, 12), date(2023, 12, 1), date(2024, 1, 10), date(2024, 8, 20), date(2025, 1, 5), date(2025, 4, 1),
    date(2025, 6, 20), date(2025, 10, 1), date(2025, 12, 10),
]  # fmt: skip
TIMES = [time(0, 0), time(0, 2), time(9), time(12), time(12), time(15), time(23, 58), time(23, 59)]
SKUS = ["home-gateway", "mat-sensor", "thermo-hygrometer", "ir-remote"]
CONSENTS = ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"]


class LifeRhythm:
    """Builds one random scenario."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.steps: list[dict[str, Any]] = []
        self.begin = dice.choice(ERAS) + dice.randint(0, 20) * DAY
        self.until = self.begin + dice.choice([40, 75, 110, 150, 200, 300]) * DAY
        if dice.random() < 0.4:
            self.until = dice.choice([first(self.until), last(self.until), self.until.replace(day=28)])

    def build(self) -> Scenario:
        dice = self.dice
        names = [f"c{n}" for n in range(dice.choice([1, 1, 2, 3]))]
        for name in names:
            self.life(name)
        if dice.random() < 0.2:
            self.again(dice.choice(names))
        for _ in range(dice.choice([0, 0, 1, 2])):
            self.interruption()
        if dice.random() < 0.25:
            self.announcement()
        closed = sorted({near(dice, self.begin, 150).isoformat() for _ in range(dice.choice([0, 0, 2, 5]))})
        prices = {"device": {sku: 1000 * n for n, sku in enumerate(SKUS, 3) if n != 5 or dice.random() < 0.8}}
        until = max(self.until, max(lore.the_time(s) for s in self.steps).date() + DAY)
        return {
            "scenario": "random", "service": "liferhythm-home", "prices": prices, "calendar": {"closed": closed},
            "timeline": in_time(self.steps), "until": until.isoformat(),
        }  # fmt: skip

    def add(self, day: date, do: str, contract: str | None = None, at: time = CALM, **more: Any) -> None:
        step = {"at": stamp(day, at), "do": do} | ({"contract": contract} if contract else {})
        self.steps.append(step | more)

    def at(self) -> time:
        return self.dice.choice(TIMES)

    def some_day(self, begin: date) -> date:
        return near(self.dice, begin, max((self.until - begin).days, 1))

    def life(self, name: str, **more: Any) -> None:
        dice = self.dice
        day = self.begin + dice.randint(0, 30) * DAY if not more else more.pop("day")
        args: dict[str, Any] = {
            "plan": "standard",
            "payment_method": dice.choice(["card", "account_transfer", "account_transfer"]),
        }
        if dice.random() < 0.4:
            args["options"] = [{"option": "ir-remote", "quantity": dice.randint(1, 3)}]
        if dice.random() < 0.1:
            args |= self.wrong()
        self.add(day, "apply", name, time(9, dice.randint(0, 59)), **args, **more)
        if dice.random() < 0.07:
            self.add(day, "accept", name, time(11))
        signed = day + dice.choice([0, 3, 7, 20]) * DAY
        if dice.random() < 0.03:
            self.add(signed, "refuse", name, time(8), reason="operator")
        if dice.random() < 0.95:
            self.add(signed, "sign", name, dice.choice([time(10), time(23, 58)]))
        if dice.random() < 0.05:
            self.add(signed + DAY, "sign", name)
        papers = dice.choice([signed, signed + 2 * DAY, last(signed), last(signed) + DAY, signed + 40 * DAY])
        if dice.random() < 0.93:
            self.add(papers, "complete_processing", name, time(23, 59))
        if dice.random() < 0.05:
            self.add(papers + 10 * DAY, "complete_processing", name)
        if dice.random() < 0.9:
            self.add(
                signed + dice.choice([0, 0, 2, 15]) * DAY,
                "install",
                name,
                time(23, 59),
                outcome=dice.choice(["done"] * 4 + ["absent"]),
            )
        for _ in range(dice.randint(0, 8)):
            dice.choice(self.KINDS)(self, name, signed)
        self.paying(name, signed)
        if dice.random() < 0.55:
            self.ending(name, signed)

    def wrong(self) -> dict[str, Any]:
        return self.dice.choice([
            {"payment_method": "bank_transfer"}, {"consents": CONSENTS[:-1]}, {"consents": CONSENTS}, {"site": {"prefecture": "Ibaraki"}},
            {"site": {"prefecture": "神奈川県", "island": True}}, {"site": {"prefecture": "千葉県"}}, {"site": {"country": "US"}},
            {"applicant": {"name": "Mori Aoi", "payer": "Mori Gen"}, "consents": CONSENTS},
            {"applicant": {"name": "Mori Aoi", "payer": "Mori Aoi"}, "consents": CONSENTS},
            {"payment_method": "none", "site": {"prefecture": "Osaka"}},
        ])  # fmt: skip

    def remotes(self, name: str, since: date) -> None:
        dice, day = self.dice, self.some_day(since - 10 * DAY)
        for _ in range(dice.randint(1, 4)):
            do = dice.choice(["add_option", "add_option", "remove_option"])
            option = "ir-remote" if dice.random() < 0.95 else "wifi"
            self.add(day, do, name, self.at(), option=option, **dice.choice([{}, {"quantity": 1}, {"quantity": 2}]))
            day = dice.choice([day, day, near(dice, day, 40), first(later(day, 1))])

    def redoing(self, name: str, since: date) -> None:
        day = self.dice.choice([self.some_day(since), since + self.dice.choice([13, 14, 15, 16, 17, 29]) * DAY])
        self.add(day, "reinstall", name, self.at())

    def losing(self, name: str, since: date) -> None:
        dice, day, sku = self.dice, self.some_day(since), self.dice.choice(SKUS)
        more = {"quantity": 2} if sku == "ir-remote" and dice.random() < 0.4 else {}
        self.add(day, "report_lost_device", name, self.at(), sku=sku, **more)
        for _ in range(dice.randint(0, 2)):
            self.add(day + dice.choice([0, 2, 30]) * DAY, "reinstall", name, time(17), sku=sku)

    def fault(self, name: str, since: date) -> None:
        """Reported; often from one month's edge to another's."""
        dice = self.dice
        begin = datetime.combine(
            dice.choice([first(self.some_day(since)), self.some_day(since)]), dice.choice([time(0), time(0), time(0, 1)])
        )
        end = datetime.combine(
            dice.choice([later(first(begin.date()), 1), later(first(begin.date()), 2), begin.date() + 45 * DAY]), time(0)
        ) + timedelta(minutes=dice.choice([0, 0, -1, 300]))
        told = end + timedelta(hours=dice.choice([0, 9, 30, 900]))
        self.steps.append({
            "at": told.isoformat(timespec="minutes"), "do": "report_outage", "contract": name,
            "from": begin.isoformat(timespec="minutes"), "to": end.isoformat(timespec="minutes"),
        })  # fmt: skip

    def visiting(self, name: str, since: date) -> None:
        self.add(
            self.some_day(since), "install", name, self.at(), outcome="done", **self.dice.choice([{}, {"sku": "mat-sensor"}])
        )

    def method(self, name: str, since: date) -> None:
        dice, day = self.dice, self.some_day(since)
        usable = dice.choice(
            [{}, {"usable_from": first(later(day, 1)).isoformat()}, {"usable_from": (day + 40 * DAY).isoformat()}]
        )
        how = dice.choice(["card", "account_transfer", "card", "account_transfer", "bank_transfer"])
        self.add(day, "register_payment_method", name, self.at(), payment_method=how, **usable)

    def wishing(self, name: str, since: date) -> None:
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("pause", {}), ("cool_off", {}), ("buy", {"item": "sim_reissue"}), ("customer_died", {}), ("return_device", {"sku": "mat-sensor"}),
            ("transfer_device", {"to": "another person"}), ("change_plan", {"plan": "standard"}), ("pay", {}),
        ]  # fmt: skip
        do, more = self.dice.choice(wishes)
        self.add(self.some_day(since), do, name, self.at(), **more)

    def resting(self, name: str, since: date) -> None:
        day = self.some_day(since)
        self.add(day, "suspend", name, self.at(), reason="unpaid")
        if self.dice.random() < 0.7:
            self.add(near(self.dice, day, 40), "restore", name, time(16), reason="settled")

    def ladder(self, name: str, since: date) -> None:
        dice, day = self.dice, self.some_day(since + 50 * DAY)
        for _ in range(dice.choice([1, 1, 2])):
            deadline = day + dice.choice([6, 7, 7, 14]) * DAY
            self.add(day, "demand", name, self.at(), deadline=deadline.isoformat())
            for _ in range(dice.randint(0, 2)):
                paid = dice.choice([day, deadline, deadline + DAY])
                self.add(paid, "pay", name, self.at(), **dice.choice([{}, {}, {"amount": 4000}]))
            self.add(deadline + dice.choice([0, 1, 1, 12]) * DAY, "terminate", name, time(23, 59), reason="unpaid")
            day = near(dice, deadline, 40)

    def part(self, name: str, since: date) -> None:
        self.add(self.some_day(since), "pay", name, self.at(), amount=self.dice.choice([1, 3000, 5980, 15000]))

    KINDS: list[Callable[[LifeRhythm, str, date], None]] = [
        remotes, remotes, remotes, redoing, redoing, losing, losing, fault, fault, visiting, method, wishing, resting, ladder, part,
    ]  # fmt: skip

    def paying(self, name: str, since: date) -> None:
        dice, month, mostly = self.dice, first(later(since, 2)), self.dice.choice([0.85, 0.85, 0.3])
        while month < self.until:
            if dice.random() < mostly:
                day = dice.choice([month.replace(day=d) for d in (3, 22, 23, 24, 25, 27)] + [last(month), month + 45 * DAY])
                if dice.random() < 0.2:
                    self.add(day - dice.choice([0, 1, 5, 20]) * DAY, "pay", name, time(16), amount=dice.choice([1, 3000, 5000]))
                self.add(day, "pay", name, self.at())
            elif dice.random() < 0.3:
                self.add(month.replace(day=27), "fail_payment", name, reason="funds")
            month = later(month, 1)

    def ending(self, name: str, since: date) -> None:
        dice = self.dice
        day = near(dice, since - 5 * DAY, max((self.until - since).days, 20))
        how = dice.choice(["request_cancellation"] * 6 + ["move_site", "terminate", "terminate"])
        for _ in range(dice.choice([1, 1, 2])):
            more: dict[str, Any] = {"reason": "violence"} if how == "terminate" else {}
            if how == "move_site":
                more = {"site": {"prefecture": "Chiba"}}
            ends = day
            if how == "request_cancellation" and dice.random() < 0.6:
                ends = dice.choice([day - DAY, day, day + DAY, last(day), later(last(day), 1), day + 20 * DAY])
                more = {"effective": ends.isoformat()}
            self.add(day, how, name, self.at(), **more)
            for _ in range(dice.randint(0, 3)):
                self.after(name, dice.choice([day, ends, ends + DAY, later(ends, 1)]))
            day = near(dice, day, 25)
        self.until = max(self.until, min(day, self.begin + 300 * DAY) + dice.choice([1, 40, 80]) * DAY)

    def after(self, name: str, day: date) -> None:
        do, more = self.dice.choice([
            ("complete_processing", {}), ("reinstall", {}), ("report_lost_device", {"sku": "mat-sensor"}), ("pay", {}),
            ("return_device", {"sku": "home-gateway"}), ("report_lost_device", {"sku": "home-gateway"}), ("request_cancellation", {}),
            ("add_option", {"option": "ir-remote", "quantity": 1}), ("terminate", {"reason": "violence"}), ("sign", {}),
            ("remove_option", {"option": "ir-remote"}), ("move_site", {"site": {"prefecture": "Tokyo"}}), ("suspend", {"reason": "x"}),
        ])  # fmt: skip
        self.add(day, do, name, self.at(), **more)

    def again(self, earlier: str) -> None:
        self.life("d1", day=self.some_day(self.begin + 40 * DAY), recontract_of=earlier)

    # --- for everybody --------------------------------------------------------------------------

    def interruption(self) -> None:
        dice, day = self.dice, self.some_day(self.begin)
        day = dice.choice([day, day, first(day), last(day), date(2024, 1, 31)])
        ends = later(day, 1) + dice.choice([-1, -1, 0, 0, 1, 20, 45]) * DAY
        if dice.random() < 0.35:
            told = ends + dice.choice([1, 1, 9, 40]) * DAY
            self.add(told, "report_outage", **{"from": stamp(day, time(9)), "to": stamp(ends, time(18))})
            return
        self.add(day, "interrupt_service", at=self.at())
        if dice.random() < 0.1:
            self.add(day + DAY, "interrupt_service")
        if dice.random() < 0.9:
            self.add(ends, "resume_service", at=self.at())

    def announcement(self) -> None:
        dice = self.dice
        day = self.some_day(self.begin)
        since = dice.choice([first(later(day, 1)), near(dice, day + DAY, 60), day])
        what = dice.choice(["price", "price", "tax", "tax", "end", "terms"])
        if what == "price":
            prices = dice.choice(
                [{"monthly_fee": 6480}, {"option:ir-remote": 611, "initial_fee": 9000}, {"reinstall_fee": 8888}]
            )
            self.add(day, "announce_price", at=self.at(), prices=prices, effective_on=since.isoformat())
            if dice.random() < 0.4:
                self.add(day + 3 * DAY, "announce_tax", rate=12, effective_on=near(dice, day + 10 * DAY, 80).isoformat())
        elif what == "tax":
            self.add(day, "announce_tax", at=self.at(), rate=dice.choice([8, 12]), effective_on=since.isoformat())
        elif what == "terms":
            self.add(day, "announce_terms", at=self.at(), version="2", effective_on=since.isoformat())
        else:
            since = later(day, 3) + dice.choice([-1, 0, 1, 9]) * DAY
            self.add(day, "announce_termination", at=self.at(), effective_on=since.isoformat())
            self.until = max(self.until, since + dice.choice([0, 2, 35]) * DAY)
