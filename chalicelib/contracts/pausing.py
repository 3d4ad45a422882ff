"""A line that stands still at the customer's wish or because its card was lost; fees run on (AMM-PAU-1 to 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from chalicelib.contracts.ending import is_suspended
from chalicelib.contracts.equipment import needs_open
from chalicelib.contracts.work import Work
from chalicelib.dates import japan
from chalicelib.errors import Refused


def pause(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """At once within business hours, else with the sweep of the next business day (AMM-PAU-2)."""
    needs_open(work, spec["rule"])
    contract = work.contract
    if contract.state == "paused" or contract.pause_on is not None:
        raise Refused("already_paused", spec["rule"])
    if contract.state != "active" or is_suspended(contract):
        raise Refused("suspended" if is_suspended(contract) else "not_active", spec["rule"])
    day = handled_on(work)
    if day > work.day:
        work.set(pause_on=day)
        work.event("pause_asked_for", spec["rule"], on=day)
    else:
        pause_now(work)


def handled_on(work: Work) -> date:
    """The day on which a request is handled: today on a business day before closing time, else the next business day."""
    rules = work.terms.section("pause")
    calendar, until = work.terms.calendar, time.fromisoformat(work.terms.value(rules["until"], work.day))
    if calendar.is_open(work.day) and japan(work.at).time() < until:
        return work.day
    return calendar.after(work.day)


def pause_now(work: Work) -> None:
    work.set(state="paused" if work.contract.state == "active" else work.contract.state, pause_on=None)
    work.event("paused", work.terms.section("pause")["rule"])
    work.notice("paused")


def unpause(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The line works again, or the pause that was asked for does not begin."""
    contract = work.contract
    if contract.state == "ended":
        raise Refused("ended", spec["rule"])
    if contract.state != "paused" and contract.pause_on is None:
        raise Refused("not_paused", spec["rule"])
    work.set(state="active" if contract.state == "paused" else contract.state, pause_on=None)
    work.event("unpaused", spec["rule"])
    work.notice("unpaused")


def pause_lost(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A lost card pauses the line like a request does; other equipment is noted."""
    if args.get("sku") in work.terms.section("pause")["lost"]:
        pause(work, args, spec)
        return
    needs_open(work, spec["rule"])
    work.event("lost", spec["rule"], sku=args.get("sku", ""))
