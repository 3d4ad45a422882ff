"""A contract that hangs on another: it is taken in by it, and ends with it whatever ends that one (IPS-CAN-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.ending import end_now, set_end
from chalicelib.contracts.work import Work, print_of
from chalicelib.errors import Refused


def take_child(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Another contract now hangs on this one."""
    work.set(children=(*work.contract.children, args["child"]))
    work.event("child_taken", spec["rule"], child=args["child"])


def ends_with(work: Work, parent: Contract | None) -> None:
    """A new contract has the last day of the one that it hangs on, where that is known already."""
    if parent is not None and parent.ends_on is not None:
        set_end(work, parent.ends_on, work.terms.commands["parent_ends"]["because"])


def parent_ends(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The contract that this one hangs on is over, or its last day is known."""
    if work.contract.state in ("ended", "refused"):
        return
    if args["now"]:
        end_now(work, spec["because"], spec["rule"])
    else:
        set_end(work, args["ends_on"], spec["because"])


def take_over(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Another person takes the contract over with all rights and debts; not while money is overdue (IPS-APP-8)."""
    contract = work.contract
    if contract.state in ("ended", "refused", "applied"):
        raise Refused("ended" if contract.state == "ended" else "no_contract", spec["rule"])
    if contract.parent:
        raise Refused("ends_only_with_line", spec["rule"])
    if any(e.unpaid > 0 and e.due_on < work.day for e in contract.ledger):
        raise Refused("debts", spec["rule"])
    work.set(applicant=print_of(args["to"]))
    work.event("taken_over", spec["rule"])
    work.notice("taken_over")
