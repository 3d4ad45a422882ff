"""A start that hangs on a parcel or on the provider's word: what is sent starts the service days later (AMM-STA-1, 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.contracts.starting import fix_start, start_shape
from chalicelib.contracts.work import Work
from chalicelib.errors import Refused

_WAITING = ("accepted", "cancelling")  # a notice before the first day is a notice like any other (AMM-CAN-11)


def ship_parcel(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The parcel is sent today; a start that nobody named before follows from it."""
    contract = work.contract
    if contract.state not in _WAITING and contract.service_starts_on is None:
        raise Refused("ended" if contract.state == "ended" else "no_contract", spec["rule"])
    if contract.shipped_on is not None or contract.state == "ended":
        raise Refused("ended" if contract.state == "ended" else "not_waiting_to_ship", spec["rule"])
    work.set(ships_on=work.day, shipped_on=work.day)
    work.event("shipped", spec["rule"])
    if contract.service_starts_on is None:
        days = work.terms.value(start_shape(work)["days"], work.day)
        fix_start(work, work.day + timedelta(days=days))


def notify_start(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider names the first day, today or later, as long as the service has not begun."""
    contract, day = work.contract, args["starts_on"]
    if contract.begun or contract.state not in _WAITING:
        raise Refused(
            "ended" if contract.state == "ended" else "already_started" if contract.begun else "no_contract", spec["rule"]
        )
    if day < work.day:
        raise Refused("day_passed", spec["rule"])
    work.event("start_named", spec["rule"], starts_on=day)
    fix_start(work, day)
