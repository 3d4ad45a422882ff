"""OMRON remote monitoring by simulation: one night after the other, every account asked what the sheet makes of this day.

Derived from the terms sheet alone. `play(scenario)` gives the outcome that the sheet asks for; where the sheet leaves a
step open it raises `Unclear`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, Step, Unclear, swept, the_day

CURE, NOTICE = 14, 14  # days
SEEN = {"log_in", "consent", "withdraw_consent", "move_site"}  # the customer's own authenticated steps
LIVING = {"accepted", "active", "suspended"}


def year_after(day: date) -> date:
    """29 February has its anniversary on 1 March."""
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


@dataclass
class Account:
    """What is so of one account at this moment."""

    name: str
    company: bool
    state: str = "refused"
    formed: date | None = None
    starts: date | None = None
    ends: date | None = None
    because: str = ""
    seen: date | None = None
    put_off: date | None = None  # dormancy moved behind a standstill
    waits: bool = False  # … whose end is not known
    gateway: bool = False
    demands: list[date] = field(default_factory=list)
    consents: set[tuple[str, str]] = field(default_factory=set)

    @property
    def lives(self) -> bool:
        return self.state in LIVING

    def sees(self, day: date) -> None:
        self.seen, self.put_off, self.waits = day, None, False

    def over(self, day: date, because: str) -> None:
        self.state, self.ends, self.because = "ended", day, because
        self.gateway, self.consents = False, set()


class World:
    """One scenario."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.accounts: dict[str, Account] = {}
        self.until = the_day(scenario["until"])
        self.standing: datetime | None = None  # interrupted since
        self.outages: list[tuple[str | None, datetime, datetime]] = []
        self.last_day: date | None = None
        self.refused: list[tuple[int, datetime, Step]] = []

    # --- nights ---------------------------------------------------------------------------------

    def night(self, day: date) -> None:
        for account in self.accounts.values():
            if account.lives:
                self.sweep(account, day)

    def sweep(self, account: Account, day: date) -> None:
        """ORM-END-4: abolition, demands, dormancy."""
        if account.ends and account.ends < day:
            account.over(account.ends, "abolished")
        elif account.demands and min(account.demands) < day:
            account.over(day, "violation")
        elif account.state != "suspended" and self.asleep(account, day):
            if self.standing is not None:
                account.waits = True
            elif outage := self.outage_over(account, day):
                account.put_off = outage.date() + DAY
            else:
                account.over(day, "dormant")

    def asleep(self, account: Account, day: date) -> bool:
        assert account.seen is not None
        return not account.waits and day >= max(year_after(account.seen), account.put_off or date.min)

    def outage_over(self, account: Account, day: date) -> datetime | None:
        """ORM-CHG-3 lets a reported outage move the day of ORM-DOR-4."""
        ends = [end for name, begin, end in self.outages if name in (None, account.name) and begin < swept(day) <= end]
        return max(ends) if ends else None

    def is_decided_tonight(self, account: Account, day: date) -> bool:
        """Between midnight and 00:10 the sheet does not say whether an account whose last day is over still stands."""
        gone = account.ends is not None and account.ends < day
        due = bool(account.demands) and min(account.demands) < day
        return gone or due or (account.state != "suspended" and self.asleep(account, day))

    # --- steps ----------------------------------------------------------------------------------

    def take(self, place: int, at: datetime, step: Step) -> None:
        account = self.accounts.get(step.get("contract", ""))
        early = at < swept(at.date())
        tonight = [a for a in self.accounts.values() if a.lives and early and self.is_decided_tonight(a, at.date())]
        if tonight and (account is None or account in tonight or step.get("to") in {a.name for a in tonight}):
            raise Unclear(place, "before the sweep that decides")
        if step["do"] == "apply":
            self.apply(at, step)
            return
        done = self.service(at, step) if account is None else self.contract(account, at, step)
        if not done:
            self.refused.append((place, at, step))
        elif account is not None and step["do"] in SEEN:
            account.sees(at.date())

    def apply(self, at: datetime, step: Step) -> None:
        """ORM-TRM-1, ORM-ACC-1, ORM-ACC-3, ORM-ABO-5."""
        new = Account(step["contract"], step.get("applicant", {}).get("kind") == "corporation")
        self.accounts[new.name] = new
        agreed = "terms" in step.get("consents", ["terms"])
        open_ = self.last_day is None or at.date() <= self.last_day
        if agreed and open_ and step["plan"] == "standard" and step["payment_method"] == "none":
            new.state, new.formed, new.ends = "accepted", at.date(), self.last_day
            new.sees(at.date())

    def service(self, at: datetime, step: Step) -> bool:
        do, day = step["do"], at.date()
        if do == "interrupt_service":
            if self.standing is not None:
                return False
            self.standing = at
        elif do == "resume_service":
            if self.standing is None:
                return False
            self.standing = None
            for account in self.accounts.values():
                if account.waits:
                    account.waits, account.put_off = False, day + DAY
        elif do == "announce_terms":
            return day <= the_day(step["effective_on"]) - NOTICE * DAY
        elif do == "announce_termination":
            return self.abolish(day, the_day(step["effective_on"]))
        elif do == "report_outage":
            self.outages.append((None, *span(step)))
        else:
            return bool(do == "announce_tax")
        return True

    def abolish(self, day: date, last: date) -> bool:
        """ORM-ABO-1, ORM-ABO-2."""
        if year_after(day) > last:
            return False
        self.last_day = min(last, self.last_day or last)
        for account in self.accounts.values():
            if account.lives:
                account.ends = self.last_day
        return True

    def contract(self, account: Account, at: datetime, step: Step) -> bool:
        do, day = step["do"], at.date()
        if not account.lives:
            return False
        if do == "refuse":
            if account.state != "accepted":
                return False
            account.state = "refused"
            return True
        if do in ("log_in", "consent") and (account.state == "suspended" or self.standing is not None):
            return False
        handled = getattr(self, f"_{do}", None)
        return bool(handled(account, day, step)) if handled else False

    def _log_in(self, account: Account, day: date, step: Step) -> bool:
        return True

    _move_site = _log_in

    def _consent(self, account: Account, day: date, step: Step) -> bool:
        account.consents.add((step["to"], step["purpose"]))
        return True

    def _withdraw_consent(self, account: Account, day: date, step: Step) -> bool:
        given = (step["to"], step["purpose"]) in account.consents
        account.consents.discard((step["to"], step["purpose"]))
        return given

    def _install(self, account: Account, day: date, step: Step) -> bool:
        if step.get("outcome", "done") == "done":
            self.linked(account, day)
        return True

    def linked(self, account: Account, day: date) -> None:
        """ORM-STA-1: the first link starts the service; a suspension hides the state it would have."""
        account.gateway, account.starts = True, account.starts or day
        if account.state == "accepted":
            account.state = "active"

    def _transfer_device(self, account: Account, day: date, step: Step) -> bool:
        if not account.gateway or step.get("to") == account.name:
            return False
        if "to" in step:
            other = self.accounts.get(step["to"])
            if other is None or other.state not in ("accepted", "active"):
                return False
            self.linked(other, day)
        account.gateway = False
        account.consents = {c for c in account.consents if c[1] not in ("settings", "data")}
        return True

    def _suspend(self, account: Account, day: date, step: Step) -> bool:
        if account.state == "suspended":
            return False
        account.state, account.waits, account.put_off = "suspended", False, None
        return True

    def _restore(self, account: Account, day: date, step: Step) -> bool:
        held = account.state == "suspended"
        if not held and not account.demands:
            return False
        if held:
            account.state = "active" if account.starts else "accepted"
            account.sees(day)
        account.demands = []
        return True

    def _demand(self, account: Account, day: date, step: Step) -> bool:
        least = day + CURE * DAY
        asked = the_day(step["deadline"]) if "deadline" in step else least
        if asked >= least:
            account.demands.append(asked)
        return asked >= least

    def _terminate(self, account: Account, day: date, step: Step) -> bool:
        if step.get("reason") == "violation" and account.demands:
            return False
        account.over(day, "terminated")
        return True

    def _customer_died(self, account: Account, day: date, step: Step) -> bool:
        if not account.company:
            account.over(day, "died")
        return not account.company

    def _request_cancellation(self, account: Account, day: date, step: Step) -> bool:
        at_once = "effective" not in step or the_day(step["effective"]) == day
        if at_once:
            account.over(day, "cancelled")
        return at_once

    def _report_outage(self, account: Account, day: date, step: Step) -> bool:
        self.outages.append((account.name, *span(step)))
        return True

    # --- outcome --------------------------------------------------------------------------------

    def outcome(self) -> dict[str, Any]:
        contracts: dict[str, Any] = {}
        for name, a in self.accounts.items():
            contracts[name] = {"state": a.state}
            if a.state != "refused":
                days = {"formed_on": a.formed, "service_starts_on": a.starts, "billing_starts_on": None, "ends_on": a.ends}
                contracts[name] |= {key: lore.iso(day) for key, day in days.items()}
                contracts[name]["options"] = []
            if a.state == "ended":
                contracts[name]["ended_because"] = a.because
        return lore.outcome(contracts, [], [], lore.told(self.refused))


def span(step: Step) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(step["from"]), datetime.fromisoformat(step["to"])


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    """What must come out of the scenario. Raises Unclear for a step that the sheet leaves open."""
    world = World(scenario)
    steps = lore.in_order(scenario["timeline"])
    night = steps[0][1].date() if steps else world.until
    for place, at, step in steps:
        while swept(night) <= at:
            world.night(night)
            night += DAY
        world.take(place, at, step)
    while night <= world.until:
        world.night(night)
        night += DAY
    return world.outcome()
