"""Accounts that nobody uses: what counts as an access, when an account falls asleep, and the reminder before it.

An account is dormant a number of years after the day of its last access; the sweep of that day ends it. Whole calendar days
count: the day before is the last on which an access helps. A suspended account cannot be used and so does not fall asleep,
and a night in which the service stands still moves the day to the one after it runs again (ORM-DOR-1 to 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work, needs_open
from chalicelib.dates import ONE_DAY, add_years_forward, japan_day, sweep_instant
from chalicelib.errors import Refused


def access(work: Work) -> None:
    """The customer used the account today; nothing where the terms know no dormancy."""
    if work.terms.section("dormancy"):
        work.set(accessed_on=work.day)


def use(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A step of the customer that does nothing but show that the account is used: a log-in, a reported change."""
    may_use(work, spec)
    access(work)
    work.event("account_used", spec["rule"])


def may_use(work: Work, spec: Mapping[str, Any]) -> None:
    """Raises Refused when the account has ended, or in a state in which the terms bar the step (`barred`)."""
    needs_open(work, spec["rule"])
    barred = spec.get("barred", ())
    if "unsigned" in barred and work.contract.formed_on is None:
        raise Refused("not_signed", spec["rule"])
    withheld = any(until is None for _, until in work.contract.suspensions[-1:])  # also of a contract under notice
    if "suspended" in barred and (work.contract.state == "suspended" or withheld):
        raise Refused("suspended", spec["rule"])
    if "interrupted" in barred and interrupted(work.terms, work.at):
        raise Refused("interrupted", str(work.terms.section("interruption")["rule"]))


def interrupted(terms: Terms, at: datetime) -> bool:
    """Whether the whole service stands still. A sweep of the same instant comes before what begins or ends it."""
    return any(_holds(since, until, at) for since, until in terms.state.interruptions)


def dormant_on(contract: Contract, terms: Terms) -> date | None:
    """The day whose sweep ends the account as unused; None while none is to come as things stand."""
    rules = terms.section("dormancy")
    if not rules or contract.accessed_on is None or contract.state not in ("accepted", "active"):
        return None
    day = add_years_forward(contract.accessed_on, terms.value(rules["years"], contract.accessed_on))
    spans = (*terms.state.interruptions, *contract.outages)
    while over := [until for since, until in spans if _holds(since, until, sweep_instant(day))]:
        if None in over:
            return None  # it stands still: the day is known when it runs again
        day = max(japan_day(until) for until in over if until is not None) + ONE_DAY
    return day


def _holds(since: datetime, until: datetime | None, at: datetime) -> bool:
    """Whether a standstill holds at a sweep, which comes before everything of its own instant."""
    return since < at and (until is None or at <= until)


def reminds_on(contract: Contract, terms: Terms) -> date | None:
    """The day whose sweep tells the customer that the account will fall asleep; None when they know, or need not."""
    day, seen = dormant_on(contract, terms), contract.accessed_on
    if day is None or seen is None or (contract.ends_on is not None and contract.ends_on < day):
        return None
    days = terms.value(terms.section("dormancy")["reminder"], seen)
    if not days or (contract.reminded_on is not None and contract.reminded_on > seen):
        return None
    due: date = day - timedelta(days=days)
    for since, until in (*terms.state.interruptions, *contract.outages):  # while it stood still, no day was known
        if until is not None and _holds(since, until, sweep_instant(due)):
            due = japan_day(until) + ONE_DAY
    return due


def remind(work: Work) -> None:
    """Tells the customer in time, though nothing is owed (ORM-DOR-5)."""
    day, due = dormant_on(work.contract, work.terms), reminds_on(work.contract, work.terms)
    if due is not None and due <= work.day:
        work.set(reminded_on=work.day)
        work.event("dormancy_reminded", work.terms.section("dormancy")["rule"], dormant_on=day)
        work.notice("dormancy_reminder", dormant_on=day)


def outage_known(work: Work, since: datetime, until: datetime) -> None:
    """A reported outage that is not over: should it cover the sweep that would end the account, the day moves (ORM-CHG-3)."""
    if work.terms.section("dormancy") and until > work.at:
        open_ones = tuple(span for span in work.contract.outages if span[1] > work.at)
        work.set(outages=(*open_ones, (since, until)))
