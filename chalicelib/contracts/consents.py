"""Consents given after the application, by whom they serve (`to`) and what for (`purpose`); taken back at any time.

What nobody gave is not given: everything that needs a consent asks `granted` at the moment it acts (ORM-MNT-3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.contract import Contract, Grant
from chalicelib.contracts.dormancy import access, may_use
from chalicelib.contracts.work import Work
from chalicelib.errors import Invalid, Refused


def granted(contract: Contract, to: str, purpose: str) -> bool:
    """Whether that consent is in force now."""
    return any(grant.to == to and grant.purpose == purpose for grant in contract.grants)


def consent(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """In force at once; giving it again changes nothing, but shows that the account is used."""
    to, purpose = _named(work, args)
    may_use(work, spec)
    access(work)
    if granted(work.contract, to, purpose):
        work.event("consent_repeated", spec["rule"], to=to, purpose=purpose)
        return
    work.set(grants=(*work.contract.grants, Grant(to, purpose, work.at, work.by)))
    work.event("consent_given", spec["rule"], to=to, purpose=purpose, terms=_edition(work))


def withdraw(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Ends a consent at once. Raises Refused for one that was not given."""
    to, purpose = _named(work, args)
    may_use(work, spec)
    if not granted(work.contract, to, purpose):
        raise Refused("consent_not_given", spec["rule"])
    access(work)
    work.set(grants=tuple(g for g in work.contract.grants if (g.to, g.purpose) != (to, purpose)))
    work.event("consent_withdrawn", spec["rule"], to=to, purpose=purpose)


def end_with_link(work: Work) -> None:
    """What was allowed about the gateway ends with its link; other consents stay."""
    about_gateway = work.terms.section("grants").get("end_with_link", ())
    work.set(grants=tuple(g for g in work.contract.grants if g.purpose not in about_gateway))


def _named(work: Work, args: Mapping[str, Any]) -> tuple[str, str]:
    """Whom and what a consent is for. Raises Invalid for what the terms do not name."""
    rules = work.terms.section("grants")
    to, purpose = args.get("to") or rules["to"][0], args.get("purpose") or ""
    if to not in rules["to"]:
        raise Invalid("to", "not_offered", "one_of", choices=", ".join(rules["to"]))
    if purpose not in rules["purposes"]:
        raise Invalid("purpose", "not_offered" if purpose else "missing", "one_of", choices=", ".join(rules["purposes"]))
    return to, purpose


def _edition(work: Work) -> str:
    """The edition of the terms under which a consent is given."""
    return work.terms.edition_on(work.day)
