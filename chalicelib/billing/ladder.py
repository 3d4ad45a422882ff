"""The ladder of arrears as an operator climbs it: on which rung a contract stands, and what may be done next, from which day.

What may be done is asked of the engine itself, for today and for the days on which its answer can change (a demand runs out, a
time to put things right is over). So no rule is written twice, and a service has the steps that its terms name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Demand
from chalicelib.contracts.ending import is_suspended
from chalicelib.contracts.late import late
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, add_months, at_japan, japan_day
from chalicelib.errors import Invalid, NoTermsForDay, Refused

Rung = Literal["overdue", "demanded", "run_out", "suspended", "ended"]
LADDER = ("demand", "suspend", "terminate")  # commands that a service may have against arrears, in their order
_OWED = frozenset({"overdue", "demand_run_out", "card_declined"})  # needs of a reason that is about money


@dataclass(frozen=True, slots=True)
class Step:
    """A command that the terms allow from a day on. `deadline` is the earliest that a demand may set."""

    command: str
    reason: str
    on: date
    rule: str
    deadline: date | None = None


def rung(contract: Contract, today: date) -> Rung:
    """Where a contract with something overdue stands."""
    if contract.state in ("ended", "refused"):
        return "ended"
    if is_suspended(contract):
        return "suspended"
    open_ = open_demands(contract)
    if open_:
        return "demanded" if max(demand.deadline for demand in open_) >= today else "run_out"
    return "overdue"


def open_demands(contract: Contract) -> list[Demand]:
    """Demands for money that nobody has met yet, the oldest first."""
    unpaid = {entry.key for entry in contract.ledger if entry.unpaid > 0}
    return [demand for demand in contract.demands if demand.closed_on is None and unpaid & set(demand.covers)]


def steps(contract: Contract, terms: Terms, now: datetime) -> tuple[Step, ...]:
    """What may be done against the arrears, each from the first day on which the terms allow it; the nearest first."""
    own = terms.part(contract.plan)
    demanded = {key for demand in open_demands(contract) for key in demand.covers}
    all_demanded = all(entry.key in demanded for entry in late(contract))
    names = [name for name in LADDER if name in own.commands and not (name == "demand" and all_demanded)]
    found = [step for name in names for step in _of_command(contract, own, name, now)]
    return tuple(sorted(found, key=lambda step: (step.on, LADDER.index(step.command), step.reason)))


def _of_command(contract: Contract, own: Terms, name: str, now: datetime) -> Iterator[Step]:
    days = _days(contract, own, japan_day(now))
    for reason, rule in _reasons(contract, own, name):
        for day in days:
            args, deadline = _args(own, name, reason, day)
            at = now if day == japan_day(now) else at_japan(day, time(12))
            if _allowed(contract, own, Command(name, at, args, "operator")):
                yield Step(name, reason, day, rule, deadline)
                break


def _reasons(contract: Contract, own: Terms, name: str) -> Iterator[tuple[str, str]]:
    """The reasons for which a command is given because of money, with their rules; '' where the terms name none."""
    known = own.section("reasons").get(name)
    if not known:
        yield "", str(own.commands[name].get("rule", ""))
        return
    for reason, spec in known.items():
        owed = _OWED & frozenset(spec.get("needs", ()))
        if owed or (reason == contract.suspended_for and is_suspended(contract)):
            yield reason, str(spec["rule"])


def _days(contract: Contract, own: Terms, today: date) -> list[date]:
    """Today, and the days after it on which the engine may answer otherwise."""
    days = {today, *(demand.deadline + ONE_DAY for demand in contract.demands if demand.closed_on is None)}
    cure = own.section("suspension").get("cure")
    if cure and is_suspended(contract):
        since = japan_day(contract.suspensions[-1][0])
        days.add(add_months(since, own.value(cure, since)) + ONE_DAY)
    return sorted(day for day in days if day >= today)


def _args(own: Terms, name: str, reason: str, day: date) -> tuple[dict[str, Any], date | None]:
    if name != "demand":
        return ({"reason": reason} if reason else {}), None
    grace = own.section("demand").get("grace")
    deadline = day + timedelta(days=own.value(grace, day) if grace else 1)
    return {"deadline": deadline}, deadline


def _allowed(contract: Contract, own: Terms, asked: Command) -> bool:
    try:
        engine.handle(contract, own, asked)
    except (Refused, Invalid, NoTermsForDay):
        return False
    return True


def owed_late(contract: Contract) -> int:
    """Yen that are overdue."""
    return sum(entry.unpaid for entry in late(contract))
