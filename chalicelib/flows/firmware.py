"""Firmware, from an operator's file to the devices: published, asked for in waves by IoT Jobs, followed at every tick.

Whom a job asks is stored before the job is made, and a job's id is made of that: whatever breaks off, the next tick finds
what is missing and does only that. A device for which a setting waits is asked in a later wave (ORM-FWU-1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from chalicelib import observe, settings
from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import of_contract, time_text
from chalicelib.gateways import jobs
from chalicelib.iot import firmware, fleet, models
from chalicelib.iot.firmware import Counts, Release, Rollout
from chalicelib.iot.reading import HOUR, Millis, to_millis
from chalicelib.iot.ticks import TICK
from chalicelib.iot.wishes import may_update
from chalicelib.store import firmware as rows
from chalicelib.store import fleet as places
from chalicelib.store import wishes
from chalicelib.store.firmware import PART_MAX, Part
from chalicelib.store.transact import TRANSACTION_LIMIT, Store, chunks

Json = dict[str, Any]
PARTS_MAX = TRANSACTION_LIMIT - 1  # of one step; who is not asked now is asked in the next
_LOCAL = ("http://127.0.0.1:", "http://localhost:")


def publish(store: Store, now: datetime, body: Mapping[str, Any]) -> Json:
    """Publishes a release, which begins at the next tick. The same again answers the same; an older one of the model stops.

    Raises Invalid for an unknown model or an address that is not https, Conflict for a version with another file.
    """
    release = Release(*(body[name] for name in ("model", "version", "url", "sha256", "size")))
    if release.model not in models.names():
        raise Invalid("model", "not_offered", "one_of", choices=", ".join(models.names()))
    if not release.url.startswith(("https://", *(_LOCAL if settings.current().is_local else ()))):
        raise Invalid("url", "not_https", "give_https")
    at = to_millis(now)
    wanted = firmware.rollout(release.version, release, body, at)

    def attempt(again: bool) -> Json:
        known = rows.rollouts(store, release.model)
        same = next((one for one in known if one.id == wanted.id), None)
        if same is not None:
            if same.release != release:
                raise Conflict("exists")
            return _json(same)
        older = [one for one in known if one.state in ("running", "paused")]
        stopped = [rows.write(store, firmware.ended(one, "stopped", "superseded"), _soon(at)) for one in older]
        store.commit([rows.write(store, replace(wanted, version=0), _soon(at)), *stopped])
        return _json(wanted)

    return until_settled(attempt)


def _soon(at: Millis) -> Millis:
    """Due at the tick that was last: the next one that runs does it."""
    return at // TICK * TICK


def listing(store: Store, model: str) -> Json:
    """The releases of a model and how far each has come, in the order of their versions' names."""
    return {"items": [_json(one) for one in rows.rollouts(store, model)]}


def view(store: Store, model: str, id: str) -> Json:
    """One release with how its devices stand, asked of the job service just now, and which of them failed."""
    one = _found(store, model, id)
    total, failed = Counts(), []
    for part in rows.parts(store, one):
        total += jobs.connect().counts(job_of(one, part.number), len(part.devices)) or Counts(pending=len(part.devices))
        if part.recorded:
            ends = jobs.connect().outcomes(job_of(one, part.number))
            failed += [device for device, (outcome, _) in sorted(ends.items()) if outcome != "done"]
    counts = {"pending": total.pending, "succeeded": total.succeeded, "failed": total.failed}
    return _json(one) | {"devices": counts, "failed_devices": failed[:PART_MAX]}


def steer(store: Store, now: datetime, model: str, id: str, how: str) -> Json:
    """Pauses, resumes or stops a release. Paused, no further wave begins; stopped, nobody who has not begun begins.

    Doing it again changes nothing. Raises Refused for one that is over.
    """

    def attempt(again: bool) -> Json:
        one = _found(store, model, id)
        wanted: firmware.State = {"pause": "paused", "resume": "running", "stop": "stopped"}[how]  # type: ignore[assignment]
        if one.state == wanted:
            return _json(one)
        if one.state in ("stopped", "done"):
            raise Refused("rollout_over")
        after = firmware.ended(one, wanted, "by_operator" if how == "stop" else "")
        store.write(rows.write(store, after, None if how == "pause" else _soon(to_millis(now))))
        return _json(after)

    return until_settled(attempt)


def of_device(store: Store, contract: str, device: str, only: Collection[str] = ()) -> Json:
    """What was put on a device, or failed to be, and when; oldest first (ORM-FWU-2). `only`: as when looking at devices."""
    if only and device not in only:
        raise NotFound("device")
    of_contract(store, contract, device)
    found = rows.updates_of(store, device)
    return {"items": [{"version": one.version, "outcome": one.outcome, "at": time_text(one.at)} for one in found]}


def _found(store: Store, model: str, id: str) -> Rollout:
    one = rows.load(store, model, id)
    if one is None:
        raise NotFound("rollout")
    return one


def _json(one: Rollout) -> Json:
    return {
        "rollout": one.id,
        **asdict(one.release),
        "state": one.state,
        "reason": one.reason or None,
        "waves": list(one.waves),
        "wave": one.wave + 1,
        "wave_began_at": time_text(one.wave_began_at) if one.wave >= 0 else None,
        "published_at": time_text(one.published_at),
    }


# at a tick


def follow(store: Store, partition: str, item: str, at: Millis) -> bool:
    """What a tick does to one release. True when something changed."""
    model, id = partition.split("#", 1)[1], item.split("#", 1)[1]

    def attempt(again: bool) -> bool:
        one = rows.load(store, model, id)
        if one is None or one.state not in ("running", "stopped"):
            return False
        return _stop(store, one) if one.state == "stopped" else _run(store, one, at)

    return until_settled(attempt)


def _stop(store: Store, one: Rollout) -> bool:
    """Calls off what has not begun; then there is nothing more to follow."""
    for part in rows.parts(store, one):
        if not part.recorded:
            jobs.connect().call_off(job_of(one, part.number), one.reason or "stopped")
            _record(store, one, part)
    store.write(rows.write(store, one, None))
    return True


def _run(store: Store, one: Rollout, at: Millis) -> bool:
    counts, waiting = Counts(), False
    for part in rows.parts(store, one):
        if part.recorded and part.number < one.wave_parts:
            continue
        counts_of = _counts(store, one, part)
        waiting = waiting or counts_of.pending > 0
        if part.number >= one.wave_parts:
            counts += counts_of
    verdict = firmware.judge(one, counts, at)
    if verdict == "stop":
        observe.warn("a release was stopped: too many devices failed", kind=one.release.model, count=counts.failed)
        store.write(rows.write(store, firmware.ended(one, "stopped", "too_many_failed"), at))
        return True
    if verdict == "wait":
        store.write(rows.write(store, one, at + TICK))
        return False
    return _next(store, one, at, waiting)


def _next(store: Store, one: Rollout, at: Millis, waiting: bool) -> bool:
    """The next wave; in the last one whoever could not be asked before; the end when nobody is left."""
    wave = min(one.wave + 1, len(one.waves) - 1)
    ready, busy = _turn(store, one, wave, at)
    if one.is_last_wave and not ready:
        after, due = (one, at + HOUR) if waiting or busy else (firmware.ended(one, "done"), None)
        store.write(rows.write(store, after, due))
        return after is not one
    cut = list(chunks(ready, PART_MAX))[:PARTS_MAX]
    after = (firmware.go_on if one.is_last_wave else firmware.begin_wave)(one, at, len(cut))
    parts = [rows.write_part(store, one, one.parts + place, asked) for place, asked in enumerate(cut)]
    store.commit([rows.write(store, after, at + TICK), *parts])
    for place, asked in enumerate(cut):
        _ask(after, one.parts + place, asked)
    return True


def _turn(store: Store, one: Rollout, wave: int, at: Millis) -> tuple[list[str], bool]:
    """Whose turn it is up to a wave and who was not asked yet; and whether somebody must wait for a setting."""
    asked = {device for part in rows.parts(store, one) for device in part.devices}
    turn = [
        device
        for device, version in _of_model(store, one.release.model)
        if version != one.release.version and device not in asked and firmware.wave_of(one, device) <= wave
    ]
    busy = {device for device in turn if _has_wish(store, device, at)}
    return sorted(set(turn) - busy), bool(busy)


def _of_model(store: Store, model: str) -> Iterator[tuple[str, str]]:
    """`(device, version that runs)` of all that are claimed and not cut off, as the operators' index has them."""
    for state in fleet.STATES:
        if state == "cut_off":
            continue
        for part in range(places.PARTS):
            for place in places.places(store, state, part):
                seat = fleet.seat(place)
                if seat.model == model:
                    yield seat.device, seat.firmware


def _has_wish(store: Store, device: str, at: Millis) -> bool:
    held = wishes.latest(store, device, at - wishes.GOOD_FOR_MAX)
    return not may_update((one.wish for one in held), at)


def _counts(store: Store, one: Rollout, part: Part) -> Counts:
    """How a part stands; made now when its job never came to be, kept when all its devices have ended."""
    found = jobs.connect().counts(job_of(one, part.number), len(part.devices))
    if found is None:
        _ask(one, part.number, part.devices)
        return Counts(pending=len(part.devices))
    if found.pending == 0 and not part.recorded:
        _record(store, one, part)
    return found


def _record(store: Store, one: Rollout, part: Part) -> None:
    ends = jobs.connect().outcomes(job_of(one, part.number))
    rows.record(store, one, part, {device: ends[device] for device in part.devices if device in ends})


def _ask(one: Rollout, number: int, asked: Sequence[str]) -> None:
    usual = firmware.usual()
    limits = jobs.Limits(usual["per_minute_max"], usual["device_minutes_max"], one.failed_percent_max, one.finished_min)
    release = one.release
    document = {"do": "update_firmware", **{name: getattr(release, name) for name in ("version", "url", "sha256", "size")}}
    jobs.connect().ask(job_of(one, number), asked, document, limits)


def job_of(one: Rollout, number: int) -> str:
    """The id of a job: of its stage, release and part."""
    mark = hashlib.sha256(f"{one.release.model} {one.id}".encode()).hexdigest()[:20]
    return f"{settings.current().stage}-firmware-{mark}-{number:05d}"
