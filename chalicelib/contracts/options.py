"""Steps about an option line of a contract: added, changed, paused, removed. It has a start, plans and an end of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.contracts.contract import Contract, Option
from chalicelib.contracts.equipment import needs_open
from chalicelib.contracts.owing import occasion
from chalicelib.contracts.starting import option_ends_on, option_ref, put_option
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, month_end, month_of
from chalicelib.errors import Refused


def running(contract: Contract, day: date) -> Option | None:
    """The option line that runs on that day."""
    return next((o for o in contract.options if not o.dropped and o.runs_on(day)), None)


def held(contract: Contract, day: date) -> Option | None:
    """The option line that runs on that day or is still to start."""
    for option in contract.options:
        over = option.dropped or (option.ends_on is not None and option.ends_on < day)
        if not over:
            return option
    return None


def month_end_by_cutoff(day: date, cutoff: int) -> date:
    """The end of this month for a notice up to the cut-off day, of the next for a later one."""
    return month_end(day if day.day <= cutoff else add_months(month_of(day), 1))


def add_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """One line each, only on a contract that goes on (STW-APP-1); it starts when its equipment is in place."""
    needs_open(work, spec["rule"])
    rules, day = work.terms.section("options"), work.day
    if args["option"] not in rules["ids"]:
        raise Refused("option_not_offered", spec["rule"])
    if (work.terms.option_abolished_on(day, args["option"]) or day) < day:
        raise Refused("option_abolished", spec["rule"])
    if work.contract.noticed_at is not None:
        raise Refused("already_cancelling", spec["rule"])
    if held(work.contract, day) is not None or args.get("quantity", 1) > work.terms.value(rules["lines"], day):
        raise Refused("one_line_per_contract", spec["rule"])
    option = Option(args["option"], day)
    work.set(options=(*work.contract.options, option))
    work.event("option_added", spec["rule"], option=option.option)
    occasion(work, "option_ordered", option=option, ref=option_ref(option))


def remove_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The line ends at a month's end by the cut-off; one that does not run yet is dropped (STW-CAN-1)."""
    needs_open(work, spec["rule"])
    option = _held(work, spec)
    names = {option.option, *(plan for _, plan in option.plans)}
    if args["option"] not in names:
        raise Refused("not_held", spec["rule"])
    if not option.runs_on(work.day):
        _drop(work, option, spec)
        return
    ends = month_end_by_cutoff(work.day, work.terms.value(work.terms.section("options")["cutoff"], work.day))
    if option.ends_on is not None and ends >= option.ends_on:
        raise Refused("already_cancelling", spec["rule"])
    put_option(work, option, replace(option, ends_on=ends))
    work.event("option_removed", spec["rule"], option=option.option, ends_on=ends)
    work.notice("option_ended", option=option.option, ends_on=ends)


def refuse_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An operator says no to an option that does not run yet: what was owed for it is owed no more (STW-APP-2)."""
    needs_open(work, spec["rule"])
    option = _held(work, spec)
    if option.starts_on is not None and option.starts_on <= work.day:
        raise Refused("already_started", spec["rule"])
    _drop(work, option, spec, "option_refused")


def terminate_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider ends the option today: its month in full, no penalty (STW-TER-1, STW-CHG-2)."""
    needs_open(work, spec["rule"])
    option = running(work.contract, work.day)
    if option is None:
        raise Refused("no_option_running", spec["rule"])
    put_option(work, option, replace(option, ends_on=work.day))
    work.event("option_terminated", spec["rule"], option=option.option, reason=args.get("reason", ""))
    work.notice("option_ended", option=option.option, ends_on=work.day)


def _drop(work: Work, option: Option, spec: Mapping[str, Any], notice: str = "option_ended") -> None:
    put_option(work, option, replace(option, dropped=True, starts_on=None, ends_on=work.day))
    work.set(owed=tuple(c for c in work.contract.owed if c.ref != option_ref(option)))
    work.event("option_dropped", spec["rule"], option=option.option)
    work.notice(notice, option=option.option)


def change_option_plan(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Another plan from the 1st of the next month, or the one after for a report past the cut-off (STW-PLN-1)."""
    needs_open(work, spec["rule"])
    rules = work.terms.section("options")
    if args["plan"] not in rules["ids"]:
        raise Refused("plan_not_offered", spec["rule"])
    option = running(work.contract, work.day)
    if option is None:
        raise Refused("no_option_running", spec["rule"])
    late = work.day.day > work.terms.value(rules["cutoff"], work.day)
    first = add_months(month_of(work.day), 2 if late else 1)
    if (work.terms.option_abolished_on(work.day, args["plan"]) or first) < first:
        raise Refused("option_abolished", spec["rule"])
    kept = tuple(change for change in option.plans if change[0] != first)
    changed = replace(option, plans=(*kept, (first, args["plan"])))
    put_option(work, option, replace(changed, ends_on=_ends_with_plan(work, option, changed)))
    work.event("plan_changed", spec["rule"], plan=args["plan"], first=first)
    work.notice("plan_changed", plan=args["plan"], starts_on=first)


def _ends_with_plan(work: Work, option: Option, changed: Option) -> date | None:
    """The last day after a change of plan: one that only the abolition of the old plan had set is lifted (STW-NOT-1)."""
    ends = option_ends_on(work, changed)
    if option.ends_on is None or option.ends_on == work.terms.option_abolished_on(work.day, option.plan_on(option.ends_on)):
        return ends
    return option.ends_on if ends is None else min(ends, option.ends_on)


def pause_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The line stands still at the customer's wish; fees run on (STW-SUS-2)."""
    _set_paused(work, spec, True)


def unpause_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    _set_paused(work, spec, False)


def _set_paused(work: Work, spec: Mapping[str, Any], paused: bool) -> None:
    needs_open(work, spec["rule"])
    option = running(work.contract, work.day)
    if option is None:
        raise Refused("no_option_running", spec["rule"])
    if option.paused == paused:
        raise Refused("already_paused" if paused else "not_paused", spec["rule"])
    put_option(work, option, replace(option, paused=paused))
    work.event("option_paused" if paused else "option_unpaused", spec["rule"])


def _held(work: Work, spec: Mapping[str, Any]) -> Option:
    option = held(work.contract, work.day)
    if option is None:
        raise Refused("no_option", spec["rule"])
    return option
