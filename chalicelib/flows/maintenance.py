"""Maintenance of a device, or of all devices of a contract: begun, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import lasting
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import maintenance_json, of_contract
from chalicelib.iot import house, watching
from chalicelib.iot import maintenance as transitions
from chalicelib.iot.maintenance import Maintenance
from chalicelib.iot.reading import to_millis
from chalicelib.store import alerts, devices, people
from chalicelib.store.transact import Store

Json = dict[str, Any]


def begin(store: Store, now: datetime, contract: str, device: str, role: str, body: Mapping[str, Any]) -> Json:
    """Begins it, or changes the one that is on. Raises Invalid for an end that has passed or is too far away."""
    wanted = _wanted(now, role, body)
    _put(store, now, contract, device, wanted)
    return {"device": device, "maintenance": maintenance_json(wanted, to_millis(now))}


def end(store: Store, now: datetime, contract: str, device: str) -> None:
    """Ends it now; what still holds is told at the next tick. Without one it changes nothing."""
    _put(store, now, contract, device, None)


def begin_all(store: Store, now: datetime, contract: str, role: str, body: Mapping[str, Any]) -> Json:
    """Begins it for every device of the contract, each by itself; a repeat does those that are left."""
    wanted = _wanted(now, role, body)
    own = _own(store, contract)
    for device in own:
        _put(store, now, contract, device, wanted)
    shown = maintenance_json(wanted, to_millis(now))
    return {"items": [{"device": device, "maintenance": shown} for device in own]}


def end_all(store: Store, now: datetime, contract: str) -> None:
    """Ends it for every device of the contract."""
    for device in _own(store, contract):
        _put(store, now, contract, device, None)


def _own(store: Store, contract: str) -> list[str]:
    held = devices.load_many(store, people.load(store, contract).devices)
    own = [one for one in held.values() if one.device.contract == contract and one.released is None]
    return [one.device.id for one in sorted(own, key=lambda one: one.device.order)]


def _wanted(now: datetime, role: str, body: Mapping[str, Any]) -> Maintenance:
    until = lasting.end(now, body)
    if until <= now:
        raise Invalid("until", "too_small", "give_a_later_time")
    most = house.value("maintenance_days_max", japan_day(now))
    if until > now + timedelta(days=most):
        raise Invalid("until", "too_large", "at_most_days", days=most)
    reason = body.get("reason", "").strip()
    return Maintenance(to_millis(now), to_millis(until), role, reason, bool(body.get("include_critical")))


def _put(store: Store, now: datetime, contract: str, device: str, wanted: Maintenance | None) -> None:
    at = to_millis(now)

    def attempt(again: bool) -> None:
        held = of_contract(store, contract, device)
        if held.released is not None:
            raise NotFound("device")
        before = held.device.maintenance
        if before == wanted:
            return
        after = []
        for one in held.device.alerts:
            changed = transitions.end(one, before, at) if before is not None and before.until > at else one
            after.append(transitions.begin(changed, wanted, at) if wanted is not None else changed)
        was = {one.id: one for one in held.device.alerts}
        device_after = replace(held.device, alerts=tuple(after), maintenance=wanted)
        write, _ = devices.change(store, held, device_after, watching.next_due(device_after, at))
        store.commit([write, *(alerts.write(store, contract, device, one) for one in after if one != was[one.id])])

    until_settled(attempt)
