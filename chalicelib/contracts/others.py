"""Checks of an application that look at other contracts: the one it hangs on, and all others of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day

if TYPE_CHECKING:
    from chalicelib.contracts.application import Application

_OVER = ("ended", "refused")


def given_before(terms: Terms, others: tuple[Contract, ...]) -> int:
    """How many contracts of this part of the terms the account was given, ended ones too, but no hanging ones (IPS-APP-2)."""
    return sum(o.plan in terms.own_plans and o.formed_on is not None and not o.parent for o in others)


def number_limit(terms: Terms, application: Application) -> bool:
    """As many as the terms allow on one card were given already. What hangs on a line does not count."""
    if application.args.get("parent"):
        return False
    most: int = terms.value(terms.section("application")["most"], application.day)
    return given_before(terms, application.others) >= most


def terminated_before(terms: Terms, application: Application) -> bool:
    """The provider ended an earlier contract of the same applicant and the same part of the terms (AMM-APP-6, IPS-APP-6)."""
    same, ended = application.applicant_print, terms.section("recontract")["ended_by_provider"]
    return any(o.plan in terms.own_plans and o.applicant == same and o.ended_because in ended for o in application.others)


def no_line(terms: Terms, application: Application) -> bool:
    """It is to hang on a line that is not there, or is over (IPS-APP-4)."""
    if not application.args.get("parent"):
        return False
    line = application.parent
    return line is None or line.state in _OVER or line.plan not in terms.section("application")["hangs_on"]


def not_with_line(terms: Terms, application: Application) -> bool:
    """It is not applied for on the day of the line's application (IPS-APP-4)."""
    line = application.parent
    return line is not None and japan_day(line.applied_at) != application.day


def line_taken(terms: Terms, application: Application) -> bool:
    """Another one hangs on the line already (IPS-APP-5)."""
    return application.parent is not None and bool(application.parent.children)
