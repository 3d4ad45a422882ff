"""The appointment of a visit: a day that both sides agreed on, moved by a new one, over with the visit (LRH-INS-1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.work import Work, needs_open
from chalicelib.errors import Invalid, Refused


def arrange_visit(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The installer comes on that day. Another appointment takes its place."""
    needs_open(work, spec["rule"])
    if args["on"] < work.day:
        raise Refused("day_passed", spec["rule"])
    work.set(visit_on=args["on"])
    work.event("visit_fixed", spec["rule"], on=args["on"])
    work.notice("visit_fixed", on=args["on"])


def feeds_no_grid(args: Mapping[str, Any]) -> None:
    """Raises Invalid for what can be said only of a system that is linked."""
    if "grid_connected_on" in args:
        raise Invalid("grid_connected_on", "not_offered", "leave_out")


def visited(work: Work) -> None:
    """Somebody came, whatever came of it: the appointment is used up."""
    if work.contract.visit_on is not None:
        work.set(visit_on=None)
