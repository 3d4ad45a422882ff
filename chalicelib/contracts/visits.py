"""The appointment of a visit: a day that both sides agreed on, moved by a new one, over with the visit (LRH-INS-1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.work import Work, needs_open
from chalicelib.errors import Refused


def arrange_visit(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The installer comes on that day. Another appointment takes its place."""
    needs_open(work, spec["rule"])
    if args["on"] < work.day:
        raise Refused("day_passed", spec["rule"])
    work.set(visit_on=args["on"])
    work.event("visit_fixed", spec["rule"], on=args["on"])
    work.notice("visit_fixed", on=args["on"])


def visited(work: Work) -> None:
    """Somebody came, whatever came of it: the appointment is used up."""
    if work.contract.visit_on is not None:
        work.set(visit_on=None)
