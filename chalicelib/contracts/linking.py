"""A gateway that hangs on an account: linked by its installation, unlinked when it is given away, or moved in one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.consents import end_with_link
from chalicelib.contracts.starting import fix_start
from chalicelib.contracts.work import Work, needs_open
from chalicelib.errors import Invalid, Refused

_TAKES_A_LINK = ("accepted", "active")


def link(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An installation visit. Only `done` links, and only the first one starts the service (ORM-STA-1).

    With it the day on which the system was connected to the grid, where the installer knows it (ORM-DAT-2).
    """
    needs_open(work, spec["rule"])
    if args.get("sku", work.terms.section("link")["sku"]) != work.terms.section("link")["sku"]:
        raise Refused("not_offered", spec["rule"])
    outcome = args.get("outcome", "done")
    if outcome != "done":
        work.event(outcome, spec["rule"])
        return
    connected = args.get("grid_connected_on")
    if connected is not None:
        if connected > work.day:
            raise Invalid("grid_connected_on", "day_has_not_come", "give_a_day_that_is_over")
        work.set(grid_connected_on=connected)
    _link_now(work, spec)


def take_link(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Another account's gateway moves to this one: an installation like any other, on an account that can use it."""
    if work.contract.state not in _TAKES_A_LINK:
        raise Refused("cannot_take_the_gateway", spec["rule"])
    _link_now(work, spec)


def _link_now(work: Work, spec: Mapping[str, Any]) -> None:
    work.set(linked_at=work.at, installed_on=work.contract.installed_on or work.day)
    work.event("gateway_linked", spec["rule"])
    if work.contract.service_starts_on is None:
        fix_start(work, work.day)


def unlink(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The gateway is given away: unlinked here, and with `to` linked to the new owner's contract, or nothing happens at all."""
    needs_open(work, spec["rule"])
    if work.contract.linked_at is None:
        raise Refused("nothing_linked", spec["rule"])
    to = args.get("to")
    if to == work.contract.id:
        raise Refused("same_contract", spec["rule"])
    work.set(linked_at=None)
    end_with_link(work)
    work.event("gateway_unlinked", spec["rule"])
    work.notice("gateway_unlinked")
    if to:
        work.order(to, "take_link")
