"""The five-minute tick: what nothing arrives to tell. Silence, inactivity, the next step of an escalation, ends of quiet hours.

Only rows in the silent-due index are read. A device without anything to do is put at its right place in the index. Other
kinds of row in the devices table that wait for a time stand in the same index; `DUE` says who handles which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib import observe
from chalicelib.errors import MimamoriError
from chalicelib.flows import outbox, telling
from chalicelib.flows.attempts import until_settled
from chalicelib.iot import watching
from chalicelib.iot.alerts import next_telling
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.telling import Household
from chalicelib.iot.ticks import TICK
from chalicelib.store import devices, people
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, chunks

Json = dict[str, Any]
PASSES_MAX = 50  # of one device in one tick; each stores a bounded number of alerts
AT_ONCE = 100


def tick(store: Store, now: datetime) -> Json:
    """The tick of the last full five minutes. A repeat, or one that comes late, finds nothing left to do."""
    at = to_millis(now) // TICK * TICK
    due = changed = failed = 0
    for keys in chunks(devices.due(store, at), AT_ONCE):
        due += len(keys)
        for kind, own in _by_kind(keys).items():
            done, lost = DUE[kind](store, own, at)
            changed += done
            failed += lost
    observe.count(tick_due=due, tick_changed=changed, tick_failed=failed)
    left = outbox.sweep(store, now)
    return {"due": due, "changed": changed, "failed": failed, "outbox": left}


def _by_kind(keys: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """What falls due, by the kind of row: the part of its name before the first `#`."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        found.setdefault(key[1].split("#", 1)[0], []).append(key)
    return found


def one_by_one(what: str, do: Callable[[str, str], bool], keys: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """Does each by itself: `(how many changed, how many failed)`. One that fails stays due and holds up nobody."""
    changed = failed = 0
    for device, item in keys:
        try:
            changed += do(device, item)
        except MimamoriError as error:
            failed += 1
            observe.warn(f"{what} failed at a tick", reason=type(error).__name__)
    return changed, failed


def _devices(store: Store, keys: Sequence[tuple[str, str]], at: Millis) -> tuple[int, int]:
    """Silence, inactivity, escalations."""
    held = devices.load_many(store, [device for device, _ in keys])
    known = [key for key in keys if key[0] in held]
    return one_by_one("a device", lambda device, _: until_settled(_attempt(store, held[device], at)), known)


# What can fall due, by the kind of its row in the devices table. Each answers how many changed and how many failed.
Due = Callable[[Store, Sequence[tuple[str, str]], Millis], tuple[int, int]]
DUE: dict[str, Due] = {"device": _devices}


def _attempt(store: Store, held: Held, at: Millis) -> Callable[[bool], bool]:
    def attempt(again: bool) -> bool:
        start = devices.load(store, held.device.id) if again else held
        return start is not None and _one_device(store, start, at)

    return attempt


def _one_device(store: Store, held: Held, at: Millis) -> bool:
    """Everything that the tick does to one device. True when anybody could notice."""
    changed = False
    for _ in range(PASSES_MAX):
        change = watching.tick(held.device, at)
        if not change.happened and not _somebody_waits(change.device, at):
            break
        household = people.load(store, held.device.contract).household
        held = _commit(store, held, change, household, at)
        changed = True
    due = watching.next_due(held.device, at)
    if due != held.due_at:
        store.write(devices.change(store, held, held.device, due)[0])
    return changed


def _somebody_waits(device: watching.Device, at: Millis) -> bool:
    times = [next_telling(alert) for alert in device.alerts]
    return any(time is not None and time <= at for time in times)


def _commit(store: Store, held: Held, change: watching.Change, household: Household, at: Millis) -> Held:
    opened = watching.settle(change, household)
    told = watching.tell_due(opened.device, household, at)
    write, stored = devices.change(store, held, told.device, watching.next_due(told.device, at))
    store.commit([write, *telling.writes(store, held.device.contract, held.device.id, opened, told)])
    return stored
