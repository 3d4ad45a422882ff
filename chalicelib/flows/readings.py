"""Readings come in: a batch of messages → devices → conditions → one conditional write per device.

History first, since its rows follow from the messages alone: a repeat puts the same rows again. Then the device, held by
its version: a repeat finds its readings already counted and changes nothing. An alert is stored, told and left in the
outbox in the same transaction as the device that noticed it.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import observe, settings
from chalicelib.errors import Invalid, MimamoriError
from chalicelib.flows import closing, households, set_aside, telling
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import queue
from chalicelib.iot import floods, models, outage, watching
from chalicelib.iot.reading import AHEAD_MAX, Message, Millis, from_millis, parse, set_apart, to_millis
from chalicelib.iot.ticks import DAY
from chalicelib.iot.watching import Device
from chalicelib.store import devices, outbox
from chalicelib.store.devices import Held
from chalicelib.store.set_aside import KEPT, Aside
from chalicelib.store.transact import Row, Store, Write

Json = dict[str, Any]
PAYLOAD_MAX = 128 * 1024 // 3 * 4 + 8  # letters of base64: IoT Core takes no message above 128 KB, and no other door may
DEVICE = re.compile(r"[A-Za-z0-9_.:-]{1,128}")  # what a device can be called; anything else is nobody
LATE = timedelta(minutes=5)  # a message that waited longer than this makes its alert late


@dataclass(frozen=True, slots=True)
class Record:
    """A queue record that could be read."""

    id: str
    message: Message
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """One of which something cannot be used, and why; `part`: the rest of it is taken in."""

    raw: Mapping[str, Any]
    reason: str
    part: bool = False


def work(store: Store, event: Mapping[str, Any], now: datetime) -> Json:
    """One batch of the readings queue. Answers which records must come again; what nobody can read is set aside instead."""
    # The local stage's clock moves; IoT Core's does not. There, a message arrives when our own clock says.
    arrived = to_millis(now) if settings.current().is_local else None
    records, bad = _read(event["Records"], arrived)
    held = devices.load_many(store, {record.message.device for record in records}) if records else {}
    records, unlinked = _still_linked(records, held)
    strangers = [record for record in records if record.message.device not in held]
    bad += [Bad(record.raw, "unknown_device") for record in strangers]
    known = [record for record in records if record.message.device in held]
    bad += [Bad(record.raw, fault, part=True) for record in known for fault in record.message.faults[:1]]
    known, flooded, first_of_floods = _without_floods(known, held)
    bad += first_of_floods
    if bad:  # first of all: should this fail, everything comes again, and finds what is kept
        set_aside.keep(store, [_aside(one, arrived, now) for one in bad], now)
    failed, counts = _take_in(store, [_marked(record, held) for record in known], held, to_millis(now))
    late = sum(to_millis(now - LATE) > record.message.received_at for record in known)
    observe.count(
        readings_messages=len(records),
        readings_unreadable=len(bad),
        readings_late=late,
        readings_failed=len(failed),
        **counts,
        **({"readings_unlinked": unlinked} if unlinked else {}),
        **({"readings_flooded": flooded} if flooded else {}),
    )
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}


def urgent(store: Store, event: Mapping[str, Any], now: datetime) -> Json:
    """One urgent message, as its IoT rule hands it over: the same as a batch of one, without the wait in a queue.

    What fails goes to the readings queue and is tried there like any other. Raises StoreError when even that does not
    answer: then Lambda tries again, and leaves it in that queue in the end.
    """
    alone = {"Records": [{"messageId": "urgent", "body": json.dumps(event)}]}
    try:
        failed = bool(work(store, alone, now)["batchItemFailures"])
    except MimamoriError as error:
        observe.warn("an urgent message was not taken in", reason=type(error).__name__)
        failed = True
    if failed:
        queue.connect(settings.current().need("readings_queue_url")).send([event])
    observe.count(readings_urgent=1)
    return {"queued": failed}


def _still_linked(records: list[Record], held: Mapping[str, Held]) -> tuple[list[Record], int]:
    """Without what came after its gateway was unlinked: that is nobody's, is not stored, and not told either (ORM-DAT-6)."""
    kept = []
    for record in records:
        found = held.get(record.message.device)
        if found is None or found.released is None or record.message.received_at < found.released:
            kept.append(record)
    return kept, len(records) - len(kept)


def _marked(record: Record, held: Mapping[str, Held]) -> Record:
    """The record with what its device's model cannot mean set apart."""
    possible = models.possible(held[record.message.device].device.model)
    marked = set_apart(record.message, possible)
    return record if marked is record.message else replace(record, message=marked)


def _without_floods(records: list[Record], held: Mapping[str, Held]) -> tuple[list[Record], int, list[Bad]]:
    """Without what a device says beyond its share of a minute, and how many that were: neither judged nor stored.

    Operators are told once an hour and device: of the message with which it began.
    """
    paces: dict[str, floods.Pace] = {}
    kept: list[Record] = []
    told: list[Bad] = []
    for record in sorted(records, key=lambda record: record.message.heard):
        message = record.message
        pace = paces.get(message.device) or held[message.device].device.pace
        if floods.is_flooded(pace, message.heard):
            continue
        after = paces[message.device] = floods.counted(pace, message)
        if after.told != pace.told:
            told.append(Bad(record.raw, "flood", part=True))
        kept.append(record)
    return kept, len(records) - len(kept), told


def _read(raw: Iterable[Mapping[str, Any]], arrived: int | None) -> tuple[list[Record], list[Bad]]:
    records: list[Record] = []
    bad: list[Bad] = []
    for record in raw:
        body = record["body"]
        try:
            handed = _handed_over(json.loads(body), record)
            message = parse(_opened(handed, arrived))
        except (Invalid, ValueError, RecursionError) as error:
            bad.append(Bad(record, f"{error.field}: {error.reason}" if isinstance(error, Invalid) else "not_json"))
            continue
        if not message.batch:
            message = replace(message, batch=hashlib.sha256(handed["payload"].encode()).hexdigest()[:16])
        records.append(Record(record["messageId"], message, record))
    return records, bad


def _handed_over(handed: Any, record: Mapping[str, Any]) -> Any:
    """The IoT rule's envelope, also out of what Lambda or the rule itself left in the queue when an urgent message failed."""
    if isinstance(handed, dict):
        if isinstance(handed.get("requestPayload"), dict):  # Lambda's destination for what its function failed on
            return handed["requestPayload"]
        topic = str(handed.get("topic", "")).split("/")
        if "base64OriginalPayload" in handed and topic[0] == "mimamori":  # the rule's error action: its way was closed
            sent = int(record.get("attributes", {}).get("SentTimestamp", 0))
            return {"payload": handed["base64OriginalPayload"], "device": "".join(topic[2:3]), "received_at": sent}
    return handed


def _opened(handed: Any, arrived: int | None) -> Any:
    """The device's JSON out of the IoT rule's envelope `{payload (base64), device, received_at}`. Who and when are the rule's.

    Raises ValueError (of which json's and base64's are kinds) or Invalid for what is no message.
    """
    if not isinstance(handed, dict) or not isinstance(handed.get("payload"), str):
        raise Invalid("payload", "missing", "see_rule")
    if len(handed["payload"]) > PAYLOAD_MAX:
        raise Invalid("message", "too_large", "send_less")
    given = json.loads(b64decode(handed["payload"], validate=True))
    if not isinstance(given, dict):
        raise Invalid("message", "not_an_object", "send_an_object")
    heard = handed.get("received_at")
    arrived = handed.get("arrived", arrived)  # one that is played again keeps the receipt that it had
    return {**given, "device": handed.get("device"), "received_at": heard if arrived is None else arrived, "heard": heard}


def _take_in(
    store: Store, records: Sequence[Record], held: Mapping[str, Held], now: Millis
) -> tuple[list[str], dict[str, int]]:
    """Writes the history of all, then each device by itself: one that fails does not hold up the others."""
    by_device: dict[str, list[Record]] = {}
    for record in records:
        by_device.setdefault(record.message.device, []).append(record)
    counts: dict[str, int] = {}
    failed: list[str] = []
    history: dict[str, Row] = {}
    for record in records:
        for row in _history(record.message):
            history[f"{record.message.device} {row['item']['S']}"] = row
    try:
        devices.write_history(store, history.values())
    except MimamoriError as error:
        observe.warn("the history was not written", reason=type(error).__name__, count=len(records))
        return [record.id for record in records], counts
    for device, own in by_device.items():
        messages = sorted((record.message for record in own), key=lambda message: message.received_at)
        try:
            closing.mark(store, held[device], messages, now)
            until_settled(_attempt(store, held[device], messages, counts, now))
        except MimamoriError as error:
            observe.warn("a device's readings were not taken in", reason=type(error).__name__, count=len(own))
            failed += [record.id for record in own]
    return failed, counts


def _attempt(
    store: Store, held: Held, messages: Sequence[Message], counts: dict[str, int], now: Millis
) -> Callable[[bool], None]:
    def attempt(again: bool) -> None:
        start = devices.load(store, held.device.id) if again else held
        if start is not None and (start.device.contract, start.released) == (held.device.contract, held.released):
            _one_device(store, start, messages, {} if again else counts, now)

    return attempt


def _one_device(store: Store, held: Held, messages: Sequence[Message], counts: dict[str, int], now: Millis) -> None:
    """All messages of one device: one write at the end, and one transaction for each time that an alert changes."""
    device = held.device
    fine: list[Write] = []
    for message in messages:
        while message.readings:
            change = watching.receive(device, message)
            if models.answering(device.model):
                fine += _says_fine(store, device, change)
            for kind, count in change.counts.items():
                counts[f"readings_{kind}"] = counts.get(f"readings_{kind}", 0) + count
            device = change.device
            if change.happened:
                held = commit(store, held, change, now, *fine)
                fine = []
                device = held.device
            message = replace(message, readings=change.rest)
    if device is not held.device:
        due = watching.next_due(device, messages[-1].received_at)
        write = devices.change(store, held, device, due, exact=False)[0]
        if fine:
            store.commit([write, *fine])
        else:
            store.write(write)


def _says_fine(store: Store, before: Device, change: watching.Change) -> list[Write]:
    """The transaction's entries for a message in which somebody pressed "all is well" (`answering.py` carries it on)."""
    entries = []
    for metric in models.answering(before.model):
        newest = change.device.newest.get(metric)
        if newest is None or newest.at is None or newest.value is not True or newest is before.newest.get(metric):
            continue
        body = {"contract": before.contract, "device": before.id, "at": min(newest.at, change.now)}
        entries.append(outbox.entry(store, "fine", f"{before.id}#{metric}#{newest.at}", from_millis(change.now), body))
    return entries


def commit(store: Store, held: Held, change: watching.Change, now: Millis, *beside: Write) -> Held:
    """Stores a change in which alerts opened or closed: device, alerts, what is told, outbox, in one transaction.

    What a message tells that waited for us is told together with all else that did.
    """
    settled = watching.settle(change, households.of(store, held))
    write, stored = devices.change(store, held, settled.device, watching.next_due(settled.device, change.now))
    gather = outage.late_gathers(change.now, now)
    store.commit([write, *telling.writes(store, held, settled, gather=gather), *beside])
    return stored


def _history(message: Message) -> list[Row]:
    """What is kept of a message: all but what is dated in the future."""
    kept = [reading for reading in message.readings if reading.measured_at <= message.received_at + AHEAD_MAX]
    return devices.history_rows(message.device, message.batch, message.received_at, kept)


def _aside(bad: Bad, arrived: int | None, now: datetime) -> Aside:
    """What is kept of it: the device's own bytes, or the record around them when even that cannot be read."""
    body = bad.raw["body"]
    try:
        handed = _handed_over(json.loads(body), bad.raw)
    except (ValueError, RecursionError):
        handed = None
    if not isinstance(handed, dict):
        at = int(bad.raw.get("attributes", {}).get("SentTimestamp", to_millis(now)))
        return Aside(bad.reason, "", at, at, body.encode(errors="replace"), whole=False, part=bad.part)
    device, heard = handed.get("device"), handed.get("received_at")
    near = range(to_millis(now) - KEPT, to_millis(now) + DAY)
    heard = heard if type(heard) is int and heard in near else to_millis(now)
    given = handed.get("arrived", arrived)
    tries = handed.get("again")
    try:
        own, whole = b64decode(handed["payload"], validate=True), True
    except (KeyError, ValueError, TypeError):
        own, whole = body.encode(errors="replace"), False
    return Aside(
        reason=bad.reason,
        device=device if isinstance(device, str) and DEVICE.fullmatch(device) else "",
        received=heard if type(given) is not int else given,
        heard=heard,
        body=own,
        whole=whole,
        part=bad.part,
        tries=tries if type(tries) is int else 0,
    )
