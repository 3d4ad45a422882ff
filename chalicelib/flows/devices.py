"""Devices of a contract: claim one, look at them, read their history.

A device belongs to the contract that claimed it first. Its private key is answered once, by the call that made it, and
kept nowhere; a lost key is replaced by claiming again with `new_certificate`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.contracts import terms
from chalicelib.dates import japan_day
from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import device as registry
from chalicelib.iot import models, watching
from chalicelib.iot.reading import AHEAD_MAX, Millis, Reading, from_millis, to_millis
from chalicelib.iot.watching import Device
from chalicelib.iot.wishes import is_stale
from chalicelib.store import codec, devices, people
from chalicelib.store import contracts as rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]
DEVICES_MAX = 100  # of one contract
ENDED = ("refused", "ended")


def claim(store: Store, now: datetime, asked: Asked, body: Mapping[str, Any]) -> Json:
    """Claims a device. Claiming it again for the same contract answers the same; another living contract's gives Conflict.

    Raises Refused for a contract that has ended, or with too many devices.
    """
    id = body.get("device") or _id_of(asked)

    def attempt(again: bool) -> None:
        if asked.answered(store) is None:
            _claim_once(store, now, asked, id, body)

    until_settled(attempt)
    held = devices.load(store, id)
    assert held is not None
    shown = device_json(held, to_millis(now))
    gate = registry.connect()
    wants_new = body.get("new_certificate", False)
    if gate is None or (held.certificate and not wants_new):
        return shown
    identity = gate.provision(id)
    store.write(devices.certified(store, id, identity.certificate))
    return shown | {
        "certificate_id": identity.certificate,
        "certificate": identity.certificate_pem,
        "private_key": identity.private_key,
        "endpoint": identity.endpoint,
    }


def _claim_once(store: Store, now: datetime, asked: Asked, id: str, body: Mapping[str, Any]) -> None:
    found = rows.rows_of(store, [rows.snapshot_key(asked.contract), people.key(asked.contract)])
    snapshot = found.get((asked.contract, "contract"))
    if snapshot is None:
        raise NotFound("contract")
    row = found.get((asked.contract, "people"))
    before = people.of_row(row) if row else people.People()
    known = devices.load(store, id)
    if known is not None and (known.device.contract == asked.contract or not _is_free(store, known)):
        if (known.device.contract, known.device.model) != (asked.contract, body["model"]):
            raise Conflict("exists")
        again = [] if known.released is None else [devices.reclaimed(store, id, asked.contract)]
        store.commit([*again, asked.remember(store, {"device": id}, now)])
        return
    if rows.held(snapshot).contract.state in ENDED:
        raise Refused("ended")
    if len(before.devices) >= DEVICES_MAX:
        raise Refused("too_many_devices")
    device = Device(id, asked.contract, body["model"], to_millis(now), order=len(before.devices) + 1, version=1)
    serial = body.get("serial_number", "")
    made = [devices.new(store, device, serial)] if known is None else devices.handed_over(store, known, device, serial)
    store.commit(
        [
            *made,
            people.write(store, asked.contract, before, replace(before, devices=tuple(dict.fromkeys((*before.devices, id))))),
            asked.remember(store, {"device": id}, now),
        ]
    )


def _is_free(store: Store, known: Held) -> bool:
    """Whether another contract may have the device: it was given away, or the contract that had it is over."""
    if known.released is not None:
        return True
    before = rows.load(store, known.device.contract)
    return before is None or before.state in ENDED


def _id_of(asked: Asked) -> str:
    """A name for a device that came without one: the same for a repeat of the request."""
    return "d" + hashlib.sha256(f"device {asked.contract} {asked.subject} {asked.key}".encode()).hexdigest()[:20]


def of_contract(store: Store, contract: str, device: str) -> Held:
    """The device, if it is this contract's. Another's looks like none."""
    held = devices.load(store, device)
    if held is None or held.device.contract != contract:
        raise NotFound("device")
    return held


def listing(store: Store, now: datetime, contract: str, only: Collection[str] = ()) -> Json:
    """A contract's devices in the order of claiming; for a dealer `only` those that it sold (ORM-PRO-1)."""
    held = devices.load_many(store, people.load(store, contract).devices)
    own = [one for id, one in held.items() if one.device.contract == contract and (not only or id in only)]
    shown = sorted(own, key=lambda one: one.device.order)
    hours = _stale_after(store, contract, now) if shown else None
    return {"items": [device_json(one, to_millis(now), hours) for one in shown]}


def view(store: Store, now: datetime, contract: str, device: str, only: Collection[str] = ()) -> Json:
    if only and device not in only:
        raise NotFound("device")
    found = of_contract(store, contract, device)
    return device_json(found, to_millis(now), _stale_after(store, contract, now))


def _stale_after(store: Store, contract: str, now: datetime) -> int | None:
    """After how many hours the service shows a value as old; None where its terms say nothing of it (ORM-SET-1)."""
    found = rows.load(store, contract)
    figures = terms.load(found.service) if found else None
    key = figures.section("link").get("stale_after") if figures else None
    return int(figures.value(key, japan_day(now))) if figures and key else None


def device_json(held: Held, now: Millis, stale_after: int | None = None) -> Json:
    """A device as its people see it, each value with whether it is old where the service says when. Names are the family's."""
    device = held.device

    def value_json(metric: str, at: Millis, value: Any) -> Json:
        shown: Json = {"value": value, "measured_at": time_text(at), "unit": metrics.get(metric, {}).get("unit", "")}
        return shown | ({} if stale_after is None else {"stale": is_stale(at, now, stale_after)})

    metrics = models.metrics(device.model)
    return {
        "device": device.id,
        "contract": device.contract,
        "model": device.model,
        "serial_number": held.serial_number or None,
        "claimed_at": time_text(device.claimed_at),
        "certificate_id": held.certificate or None,
        "topic": f"mimamori/{settings.current().stage}/{device.id}/readings",
        "urgent_topic": f"mimamori/{settings.current().stage}/{device.id}/urgent",
        "last_received_at": time_text(device.last_received),
        "values": {metric: value_json(metric, at, value) for metric, (at, value) in watching.last_values(device).items()},
        **({} if device.apart is None else {"last_apart": _apart_json(device.apart)}),
        "watches": [watch.name for watch in device.watches],
        "open_alerts": [alert.id for alert in device.alerts if alert.is_open],
    }


def _apart_json(apart: watching.Apart) -> Json:
    """The last value that cannot be: shown as what it is, among no others."""
    times = {"measured_at": time_text(apart.measured_at), "received_at": time_text(apart.received_at)}
    return {"metric": apart.metric, "value": apart.value, **times}


def time_text(at: Millis | None) -> str | None:
    return None if at is None else codec.instant_text(from_millis(at))


def readings(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    metric: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """Readings by the time they were measured, the latest first; each once, however often it arrived."""
    own_first, own_last = _own_span(store, contract, device)
    last = to_millis(until) if until else to_millis(now) + AHEAD_MAX
    skip = 0
    if cursor:
        last, skip = _place(cursor)
    first = max(to_millis(since) if since else 0, own_first)
    found = _latest(store, device, metric, first, min(last, own_last), skip + limit + 1)
    page = found[skip : skip + limit]
    answer: Json = {"items": [_reading_json(reading) for reading in page]}
    if len(found) > skip + limit:
        at = page[-1].measured_at
        answer["next"] = f"{at}-{sum(reading.measured_at == at for reading in found[: skip + limit])}"
    return answer


def _own_span(store: Store, contract: str, device: str) -> tuple[Millis, Millis]:
    """From when to when what a device told is this contract's to read: a new owner sees none of the old one's (ORM-GWT-4)."""
    held = devices.load(store, device)
    if held is not None and held.device.contract == contract:
        return held.since, held.released or devices.LATEST
    until = devices.past_until(store, device, contract)
    if until is None:
        raise NotFound("device")
    return 0, until


def _latest(store: Store, device: str, metric: str, first: Millis, last: Millis, wanted: int) -> list[Reading]:
    """The latest `wanted` readings in order. Rows overlap by an hour at most: what lies later is final."""
    found: dict[tuple[str, Millis, int | None], Reading] = {}
    for begins, kept in devices.history(store, device, first, last):
        if len(found) >= wanted:
            final = sum(reading.measured_at > begins + devices.HISTORY_SPAN for reading in found.values())
            if final >= wanted:
                break
        for reading in kept:
            if first <= reading.measured_at <= last and metric in ("", reading.metric):
                found[reading.metric, reading.measured_at, reading.seq] = reading
    ordered = sorted(found.values(), key=lambda r: (-r.measured_at, r.metric, -1 if r.seq is None else r.seq))
    return ordered[:wanted]


def _place(cursor: str) -> tuple[Millis, int]:
    at, _, skip = cursor.partition("-")
    if not (at.isdigit() and skip.isdigit() and len(at) <= 15 and len(skip) <= 6):
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    return int(at), int(skip)


def _reading_json(reading: Reading) -> Json:
    shown: Json = {"metric": reading.metric, "value": reading.value, "measured_at": time_text(reading.measured_at)}
    if reading.seq is not None:
        shown["seq"] = reading.seq
    return shown | ({"apart": "impossible"} if reading.apart else {})
