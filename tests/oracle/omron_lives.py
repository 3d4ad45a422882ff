"""Random lives of remote-monitoring accounts: around the year's end of an access, the last days of demands, 29 February."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.oracle.lore import DAY

TIMES = [time(0, 0), time(0, 2), time(0, 9), time(0, 10), time(0, 11), time(9), time(12), time(12), time(18, 30), time(23, 59)]
BEGINS = [date(2024, 1, 20), date(2024, 2, 25), date(2024, 2, 29), date(2025, 3, 1), date(2025, 6, 2), date(2025, 12, 28)]
TO, PURPOSES = ["provider", "dealer", "maintainer"], ["settings", "data", "marketing"]
REASONS = ["prohibited_act", "false_application", "unreachable", "violation", "violation", "loss_of_trust", "other"]
BARRED = [
    "buy",
    "pay",
    "pause",
    "change_plan",
    "add_option",
    "ship",
    "deliver",
    "charge",
    "claim_refund",
    "cool_off",
    "reinstall",
]
ARGS: dict[str, dict[str, Any]] = {
    "buy": {"item": "device", "amount": 1}, "change_plan": {"plan": "standard"}, "add_option": {"option": "wifi-3gb"},
    "charge": {"item": "device", "amount": 1},
}  # fmt: skip


class Omron:
    """Writes one scenario of up to four accounts."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.begin = dice, dice.choice(BEGINS)
        self.names = ["c1", "c2", "c3", "c4"][: dice.randint(1, 4)]
        self.steps: list[dict[str, Any]] = []
        self.until = self.begin + dice.choice([200, 380, 420, 800]) * DAY

    def add(self, day: date, do: str, contract: str | None = None, **more: Any) -> None:
        at = datetime.combine(day, self.dice.choice(TIMES)).isoformat(timespec="minutes")
        self.steps.append({"at": at, "do": do} | ({"contract": contract} if contract else {}) | more)

    def some_day(self, applied: date) -> date:
        """A day of the life; often one on which a year after another step is full, or the days around it."""
        known = [datetime.fromisoformat(step["at"]).date() for step in self.steps] or [applied]
        if self.dice.random() < 0.4:
            day = self.dice.choice(known)
            year = date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
            return max(applied, year + self.dice.randint(-2, 2) * DAY)
        if self.dice.random() < 0.3:
            return max(applied, self.dice.choice(known) + self.dice.choice([0, 1, 13, 14, 15, 16]) * DAY)
        return applied + self.dice.randint(0, max((self.until - applied).days, 1)) * DAY

    def build(self) -> dict[str, Any]:
        for name in self.names:
            self.life(name)
        for _ in range(self.dice.choice([0, 0, 1, 2, 3])):
            self.of_the_service()
        timeline = sorted(self.steps, key=lambda step: str(step["at"]))
        applied = {s["contract"]: s["at"] for s in timeline if s["do"] == "apply"}
        timeline = [s for s in timeline if s["do"] == "apply" or s["at"] > applied.get(s.get("contract", ""), "")]
        known = set()
        for step in timeline:  # nobody names a contract that does not exist yet
            known |= {step["contract"]} if step["do"] == "apply" else set()
            if step.get("to") in self.names and step["to"] not in known:
                del step["to"]
        last = max([self.until, *(datetime.fromisoformat(s["at"]).date() for s in timeline)])
        return {"scenario": "random", "service": "omron-remote", "timeline": timeline, "until": last.isoformat()}

    def life(self, name: str) -> None:
        dice, day = self.dice, self.begin + self.dice.randint(0, 40) * DAY
        more: dict[str, Any] = {"plan": "standard", "payment_method": "none"}
        if dice.random() < 0.05:
            more |= dice.choice([{"plan": "gold"}, {"payment_method": "card"}, {"consents": []}])
        if dice.random() < 0.2:
            more["applicant"] = {"kind": dice.choice(["person", "corporation"])}
        self.add(day, "apply", name, **more)
        if dice.random() < 0.8:
            self.add(
                day + dice.randint(0, 20) * DAY, "install", name, sku="gateway", outcome=dice.choice(["done"] * 4 + ["absent"])
            )
        for _ in range(dice.randint(0, 9)):
            self.of_an_account(name, day)
        if dice.random() < 0.3:
            self.ending(name, day)

    def of_an_account(self, name: str, applied: date) -> None:
        dice, day = self.dice, self.some_day(applied)
        do = dice.choice(
            ["log_in"] * 4 + ["consent", "withdraw_consent"] * 2 + ["move_site", "demand", "demand", "restore", "restore"]
            + ["suspend", "suspend", "transfer_device", "transfer_device", "install", "report_outage", "refuse", "barred"]
        )  # fmt: skip
        if do in ("consent", "withdraw_consent"):
            self.add(day, do, name, to=dice.choice(TO[:2]), purpose=dice.choice(PURPOSES[:2]))
        elif do == "move_site":
            self.add(day, do, name, site={"prefecture": "Nara"})
        elif do == "demand":
            self.add(day, do, name, **dice.choice([{}, {"deadline": (day + dice.choice([13, 14, 15, 40]) * DAY).isoformat()}]))
        elif do == "transfer_device":
            self.add(day, do, name, **dice.choice([{}, {"to": dice.choice(self.names)}, {"to": dice.choice(self.names)}]))
        elif do == "install":
            self.add(day, do, name, sku="gateway", outcome=dice.choice(["done", "done", "absent", "unreachable"]))
        elif do == "report_outage":
            self.outage(day, name)
        elif do == "barred":
            self.add(day, barred := dice.choice(BARRED), name, **ARGS.get(barred, {}))
        else:
            self.add(day, do, name)

    def outage(self, day: date, name: str | None) -> None:
        begin = datetime.combine(day, self.dice.choice(TIMES)) + timedelta(hours=self.dice.choice([-50, -3, 0]))
        end = begin + timedelta(hours=self.dice.choice([1, 4, 10, 30, 100]))
        self.add(
            day, "report_outage", name, **{"from": begin.isoformat(timespec="minutes"), "to": end.isoformat(timespec="minutes")}
        )

    def ending(self, name: str, applied: date) -> None:
        day = self.some_day(applied)
        do = self.dice.choice(["request_cancellation", "terminate", "customer_died"])
        if do == "terminate":
            self.add(day, do, name, **self.dice.choice([{}, {"reason": self.dice.choice(REASONS)}]))
        elif do == "request_cancellation":
            later = {"effective": (day + self.dice.choice([0, 1, 30]) * DAY).isoformat()}
            self.add(day, do, name, **self.dice.choice([{}, {}, later]))
        else:
            self.add(day, do, name)

    def of_the_service(self) -> None:
        day, do = (
            self.some_day(self.begin),
            self.dice.choice(["interrupt", "interrupt", "terms", "end", "end", "tax", "outage"]),
        )
        if do == "interrupt":
            self.add(day, "interrupt_service")
            if self.dice.random() < 0.9:
                self.add(day + self.dice.choice([0, 1, 1, 5]) * DAY, "resume_service")
        elif do == "terms":
            self.add(
                day, "announce_terms", version="next", effective_on=(day + self.dice.choice([13, 14, 15]) * DAY).isoformat()
            )
        elif do == "end":
            self.add(
                day, "announce_termination", effective_on=(day + self.dice.choice([364, 365, 366, 367, 400]) * DAY).isoformat()
            )
        elif do == "tax":
            self.add(day, "announce_tax", rate=12, effective_on=(day + 30 * DAY).isoformat())
        else:
            self.outage(day, None)
