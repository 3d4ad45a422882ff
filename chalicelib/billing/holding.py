"""Bills that an operator holds back: months close as always, their bills wait, and go out together when they may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.billing import plan
from chalicelib.billing.invoice import due_day
from chalicelib.contracts.paying import method_on
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, month_of
from chalicelib.errors import Refused


def hold_billing(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """No bill goes out until `release_billing`. Raises Refused when bills are held already, or there is no contract."""
    if work.contract.state in ("applied", "refused"):
        raise Refused("no_contract", spec["rule"])
    if work.contract.billing_held_on is not None:
        raise Refused("bills_already_held", spec["rule"])
    work.set(billing_held_on=work.day)
    work.event("billing_held", spec["rule"], reason=args.get("reason", ""))


def release_billing(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """What waited goes out today, each month its own bill, with as much time to pay as a bill of today has."""
    if work.contract.billing_held_on is None:
        raise Refused("bills_not_held", spec["rule"])
    waited = sorted((d for d in work.contract.drafts if d.issued_on <= work.day), key=lambda d: d.month)
    work.set(billing_held_on=None)
    work.event("billing_released", spec["rule"])
    month = add_months(month_of(work.day), -1)
    method = method_on(work.contract, work.day)
    if waited and due_day(work.terms, method, month, work.day) < work.day:  # the draw of this month is over
        month = month_of(work.day)
    for invoice in waited:
        plan.issue(work, replace(invoice, issued_on=work.day), month)


__all__ = ["hold_billing", "release_billing"]
