"""The five-minute tick: what nothing arrives to tell. Silence, inactivity, the next step of an escalation, ends of quiet hours.

Only rows in the silent-due index are read. A device without anything to do is put at its right place in the index. Other
kinds of row in the devices table that wait for a time stand in the same index; `DUE` says who handles which. What is more
than one function does at once is handed out in shares: a handler runs in the tick and in its workers, under both their roles.

A share is worked on for the instant of its own tick, however late it comes, and one that comes again finds nothing due. What
nobody got to stays in the index, and the next tick hands it out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from chalicelib import observe
from chalicelib.errors import StoreError
from chalicelib.flows import households, outbox, telling
from chalicelib.flows.attempts import until_settled
from chalicelib.iot import models, outage, watching
from chalicelib.iot.alerts import next_telling
from chalicelib.iot.reading import MINUTE, Millis, to_millis
from chalicelib.iot.telling import Household
from chalicelib.iot.ticks import TICK
from chalicelib.store import devices, heartbeat
from chalicelib.store.devices import Held
from chalicelib.store.heartbeat import Beat
from chalicelib.store.transact import Store, WriteRefused, chunks

Json = dict[str, Any]
Key = tuple[str, str]  # device, item
Counts = tuple[int, int]  # how many changed, how many failed
PASSES_MAX = 50  # of one device in one tick; each stores a bounded number of alerts
HERE_MAX = 200  # rows that the tick does itself: some seconds, and nearly always all there are
SHARE = 50  # rows of one message: half of what one BatchGetItem takes, and done within a second or two


class Queue(Protocol):
    """Where shares of a tick go."""

    def send(self, messages: Iterator[Json]) -> int: ...


def tick(store: Store, now: datetime, queue: Queue | None = None, *, real: datetime | None = None) -> Json:
    """The tick of the last full five minutes. A repeat, or one that comes late, finds nothing left to do.

    Does the longest due itself and hands the rest out; all of it without a queue. Raises StoreError at its end, when the
    store failed for some: the others are done, and those are due still. `real` is what the wall's clock shows: by it a tick
    knows whether we were away.
    """
    at = to_millis(now) // TICK * TICK
    if real is not None:
        _beat(store, at, to_millis(real))
    due = devices.due(store, at)
    own = list(islice(due, HERE_MAX)) if queue else list(due)
    handed = 0
    trouble: StoreError | None = None
    if queue:
        rest = list(due)
        try:  # before its own share: workers begin while the tick goes on
            queue.send({"at": at, "keys": keys} for keys in chunks(rest, SHARE))
            handed = len(rest)
        except StoreError as error:
            trouble = error
    changed = failed = 0
    for keys in chunks(own, SHARE):
        try:
            done, lost = share(store, keys, at)
            changed, failed = changed + done, failed + lost
        except StoreError as error:
            trouble, failed = error, failed + len(keys)
    observe.count(tick_due=len(own) + handed, tick_handed_out=handed, tick_changed=changed, tick_failed=failed)
    left = outbox.sweep(store, now)
    if trouble is not None:
        raise trouble
    return {"due": len(own) + handed, "handed_out": handed, "changed": changed, "failed": failed, "outbox": left}


def _beat(store: Store, at: Millis, real: Millis) -> None:
    """Remembers that we were here, and, when we were away for long, since when we are back."""
    before = heartbeat.load(store)
    resumed = before.resumed if before else 0
    if before is not None and outage.is_outage(before.real, real):
        observe.warn("ticks go on after an outage", reason=f"away for {(real - before.real) // MINUTE} minutes")
        resumed = at
    heartbeat.write(store, Beat(real, resumed))


def work(store: Store, message: Mapping[str, Any]) -> Json:
    """Does one share that a tick handed out: `{"at": millis, "keys": [[device, item], …]}`. StoreError: it comes again."""
    keys = [(device, item) for device, item in message["keys"]]
    changed, failed = share(store, keys, message["at"])
    observe.count(tick_changed=changed, tick_failed=failed)
    return {"changed": changed, "failed": failed}


def share(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Does these rows. One that cannot be read, or fails in whatever way, stays due and holds up nobody.

    Raises StoreError when the store did not answer.
    """
    changed = failed = 0
    trouble: StoreError | None = None
    for kind, own in _by_kind(keys).items():
        try:
            done, lost = _of_kind(store, kind, own, at)
            changed, failed = changed + done, failed + lost
        except StoreError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return changed, failed


def _by_kind(keys: Iterable[Key]) -> dict[str, list[Key]]:
    """What falls due, by the kind of row: the part of its name before the first `#`."""
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key[1].split("#", 1)[0], []).append(key)
    return found


def _of_kind(store: Store, kind: str, keys: Sequence[Key], at: Millis) -> Counts:
    try:
        return DUE[kind](store, keys, at)
    except StoreError:
        raise
    except Exception as error:
        if len(keys) == 1:
            observe.warn("a row failed at a tick", kind=kind, reason=type(error).__name__)
            return 0, 1
    alone = [_of_kind(store, kind, [key], at) for key in keys]  # to find the one that spoils it for the others
    return sum(changed for changed, _ in alone), sum(failed for _, failed in alone)


def one_by_one(what: str, do: Callable[[str, str], bool], keys: Sequence[Key]) -> Counts:
    """Does each by itself: `(how many changed, how many failed)`. One that fails stays due and holds up nobody.

    Raises StoreError at the end, when the store failed for some.
    """
    changed = failed = 0
    trouble: StoreError | None = None
    for device, item in keys:
        try:
            changed += do(device, item)
        except (StoreError, WriteRefused) as error:
            trouble = error if isinstance(error, StoreError) else StoreError("a row stays contended")
        except Exception as error:  # whatever it is, it stops nobody else
            failed += 1
            observe.warn(f"{what} failed at a tick", reason=type(error).__name__)
    if trouble is not None:
        raise trouble
    return changed, failed


def _devices(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Silence, inactivity, escalations."""
    held = devices.load_many(store, [device for device, _ in keys])
    known = [key for key in keys if key[0] in held]
    beat = heartbeat.load(store) if known else None
    resumed = beat.resumed if beat else 0
    return one_by_one("a device", lambda device, _: until_settled(_attempt(store, held[device], at, resumed)), known)


def _wishes(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Wishes that no device answered in time."""
    from chalicelib.flows import wish_trips

    return wish_trips.due(store, keys, at)


def _closings(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Days that are over are summed up."""
    from chalicelib.flows import closing

    return one_by_one("the closing of a day", lambda device, _: closing.close(store, device, at), keys)


def _certificates(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Old certificates that held beside a new one."""
    from chalicelib.flows import certificates

    return certificates.due(store, keys, at)


def _rollouts(store: Store, keys: Sequence[Key], at: Millis) -> Counts:
    """Releases of firmware: how their devices stand, and the next wave."""
    from chalicelib.flows import firmware  # few ticks have any

    return one_by_one("a release", lambda partition, item: firmware.follow(store, partition, item, at), keys)


# What can fall due, by the kind of its row in the devices table. Each answers how many changed and how many failed.
Due = Callable[[Store, Sequence[Key], Millis], Counts]
DUE: dict[str, Due] = {
    "certificate": _certificates,
    "closing": _closings,
    "device": _devices,
    "rollout": _rollouts,
    "wish": _wishes,
}


def _attempt(store: Store, held: Held, at: Millis, resumed: Millis) -> Callable[[bool], bool]:
    def attempt(again: bool) -> bool:
        start = devices.load(store, held.device.id) if again else held
        return start is not None and _one_device(store, start, at, resumed)

    return attempt


def _one_device(store: Store, held: Held, at: Millis, resumed: Millis = 0) -> bool:
    """Everything that the tick does to one device. True when anybody could notice."""
    if held.due_at is None or held.due_at > at:
        return False  # another tick, or another worker, was here already
    changed = False
    for _ in range(PASSES_MAX):
        change = watching.tick(held.device, at)
        if change.happened and not outage.judges_silence(resumed, at, models.find(held.device.model).get("every_minutes", 0)):
            change = watching.Change(held.device, at)  # we were away: it has not had the time to speak yet
        if not change.happened and not _somebody_waits(change.device, at):
            break
        household = households.of(store, held)
        held = _commit(store, held, change, household, at, outage.ticks_gather(resumed, at))
        changed = True
    due = watching.next_due(held.device, at)
    if due != held.due_at:
        store.write(devices.change(store, held, held.device, due)[0])
    return changed


def _somebody_waits(device: watching.Device, at: Millis) -> bool:
    times = [next_telling(alert) for alert in device.alerts]
    return any(time is not None and time <= at for time in times)


def _commit(store: Store, held: Held, change: watching.Change, household: Household, at: Millis, gather: Millis | None) -> Held:
    opened = watching.settle(change, household)
    told = watching.tell_due(opened.device, household, at)
    write, stored = devices.change(store, held, told.device, watching.next_due(told.device, at))
    store.commit([write, *telling.writes(store, held, opened, told, gather=gather)])
    return stored
