"""Watches of a device: what its people want to hear of. Setting one again closes its open alert and starts afresh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import telling
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import of_contract, time_text
from chalicelib.iot import setting, watching
from chalicelib.iot.conditions import Watch
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices, people
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]


def listing(store: Store, contract: str, device: str) -> Json:
    """A device's watches in the order of their setting."""
    held = of_contract(store, contract, device)
    return {"items": [_watch_json(watch) for watch in held.device.watches]}


def put(store: Store, now: datetime, contract: str, device: str, name: str, body: Mapping[str, Any]) -> Json:
    """Sets a watch. Raises Invalid for settings that make no sense together, Refused for too many watches."""
    wanted = setting.watch_of(name, body)

    def attempt(again: bool) -> Json:
        held = of_contract(store, contract, device)
        known = held.device.watch(name)
        if again and known is not None and _is_ours(known, wanted, now):
            return _watch_json(known)  # the reply was lost, the setting was not
        if known is None and len(held.device.watches) >= watching.WATCHES_MAX:
            raise Refused("too_many_watches")
        change = watching.set_watch(held.device, wanted, to_millis(now))
        commit(store, held, change)
        return _watch_json(change.device.watches[-1])

    return until_settled(attempt)


def remove(store: Store, now: datetime, contract: str, device: str, name: str) -> None:
    """Takes a watch away. Raises NotFound when there is none of that name."""

    def attempt(again: bool) -> None:
        held = of_contract(store, contract, device)
        if held.device.watch(name) is None:
            if again:
                return
            raise NotFound("watch")
        commit(store, held, watching.remove_watch(held.device, name, to_millis(now)))

    until_settled(attempt)


def commit(store: Store, held: Held, change: watching.Change, *beside: Any) -> None:
    """Stores a change that somebody asked for, and tells whom it concerns, with `beside` in the same transaction."""
    household = people.load(store, held.device.contract).household if change.happened else people.NOBODY
    settled = watching.settle(change, household)
    write, _ = devices.change(store, held, settled.device, watching.next_due(settled.device, change.now))
    store.commit([write, *telling.writes(store, held, settled), *beside])


def _is_ours(known: Watch, wanted: Watch, now: datetime) -> bool:
    return replace(known, order=0) == replace(wanted, set_at=to_millis(now))


def _watch_json(watch: Watch) -> Json:
    return {"watch": watch.name, **setting.settings_of(watch), "set_at": time_text(watch.set_at)}
