"""A demand that a violation be put right by a last day, and the end of the contract when it was not (ORM-VIO-1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts.contract import Contract, Demand
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work, needs_open
from chalicelib.dates import ONE_DAY
from chalicelib.errors import Refused


def demand_cure(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider asks that a violation be put right: which `clause`, and the `cure`. A later last day is its choice."""
    needs_open(work, spec["rule"])
    rules = work.terms.section("violation")
    earliest = work.day + timedelta(days=work.terms.value(rules["days"], work.day))
    deadline = args.get("deadline") or earliest
    if deadline < earliest:
        raise Refused("grace_too_short", spec["rule"])
    work.set(demands=(*work.contract.demands, Demand(work.day, deadline)))
    about = {name: args[name] for name in ("clause", "cure") if args.get(name)}
    work.event("demanded", spec["rule"], deadline=deadline)
    work.notice("violation_demand", deadline=deadline, **about)


def open_demands(contract: Contract) -> list[Demand]:
    """Demands that nobody has recorded as met."""
    return [demand for demand in contract.demands if demand.closed_on is None]


def close_demands(work: Work) -> None:
    """What was demanded is put right: every open demand is met, and a later violation needs a new one (ORM-VIO-2)."""
    closed = tuple(d if d.closed_on else replace(d, closed_on=work.day) for d in work.contract.demands)
    work.set(demands=closed)


def runs_out_on(contract: Contract, terms: Terms) -> date | None:
    """The day whose sweep ends the contract because the earliest open demand ran out; None without one."""
    if not contract.demands or not terms.section("violation"):
        return None
    waiting = open_demands(contract)
    return min(demand.deadline for demand in waiting) + ONE_DAY if waiting else None
