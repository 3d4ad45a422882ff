"""A contract on paper: formed when the signed document arrives, billed from the month after its paperwork is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts import pieces
from chalicelib.contracts.owing import occasion
from chalicelib.contracts.starting import fix_start
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, month_of
from chalicelib.errors import Refused


def needs_formed(work: Work, rule: str) -> None:
    """Raises Refused unless the contract was formed and has not ended."""
    contract = work.contract
    if contract.state in ("ended", "refused"):
        raise Refused(contract.state, rule)
    if contract.formed_on is None:
        raise Refused("not_signed", rule)


def sign(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The installer received the signed document: the contract is formed today, and may be used from today."""
    contract = work.contract
    if contract.state in ("ended", "refused"):
        raise Refused(contract.state, spec["rule"])
    if contract.formed_on is not None:
        raise Refused("already_signed", spec["rule"])
    if contract.state != "accepted":
        raise Refused("not_accepted", spec["rule"])
    work.set(formed_on=work.day)
    work.event("contract_formed", spec["rule"])
    work.notice("contract_formed", formed_on=work.day)
    occasion(work, "signed")
    pieces.begin(work)
    fix_start(work, work.day)


def complete_processing(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider's paperwork is done: this month is the last free one (LRH-BST-1)."""
    needs_formed(work, spec["rule"])
    if work.contract.billing_starts_on is not None:
        raise Refused("already_processed", spec["rule"])
    first = add_months(month_of(work.day), 1)
    work.set(billing_starts_on=first)
    work.event("paperwork_done", spec["rule"], billing_starts_on=first)
    if work.contract.ends_on is None or work.contract.ends_on >= first:
        work.notice("billing_start", starts_on=first)
