"""What time does to an account, in the order of one sweep: a demand that ran out, then dormancy, then the reminder (ORM-END-4).

The end of the service itself comes before all of them: `ending.end_by_day`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.dormancy import dormant_on, reminds_on
from chalicelib.contracts.ending import end_now
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.violations import runs_out_on
from chalicelib.contracts.work import Work, needs_open


def due_days(contract: Contract, terms: Terms) -> list[date]:
    """The days whose sweeps have something to do for the account as such."""
    if contract.accessed_on is None and not contract.demands:
        return []
    days = (runs_out_on(contract, terms), dormant_on(contract, terms), reminds_on(contract, terms))
    return [day for day in days if day is not None]


def ends_today(work: Work) -> bool:
    """Ends the account when its day has come; it counts as over from midnight, though the sweep comes ten minutes later."""
    contract, terms = work.contract, work.terms
    for day, section in ((runs_out_on(contract, terms), "violation"), (dormant_on(contract, terms), "dormancy")):
        if day is not None and day <= work.day:
            rules = terms.section(section)
            end_now(work, rules["because"], rules["rule"])
            return True
    return False


def report_stranger(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Somebody else may be in the account: its sessions end, and a person sees to a new password (ORM-ACC-8).

    The account itself goes on: nothing is suspended.
    """
    needs_open(work, spec["rule"])
    work.event("stranger_reported", spec["rule"])
    work.notice("stranger_reported")
