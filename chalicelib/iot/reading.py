"""One reading, one message of a device, and what the newest of each metric is.

Instants here are integers: milliseconds since 1970 UTC (`Millis`), because a worker handles thousands of them a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from chalicelib.errors import Invalid
from chalicelib.iot.vocabulary import TEXT_MAX

Millis = int
Value = float | int | bool | str | None
Kind = Literal["new", "null", "older", "repeat", "future"]
Possible = Mapping[str, tuple[str, float, float]]  # metric → type, least and most that can be (`models.possible`)

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
AHEAD_MAX = 5 * MINUTE  # a reading dated further ahead than this is set aside
READINGS_MAX = 1000  # of one message
REMEMBERED_MAX = 64  # identities at or after the newest instant of a metric
METRIC_MAX = 64
_LATEST = 253_402_300_799_000  # the last second of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sensor said: `measured_at` is the sensor's clock. A `value` that could not be read is None, as null is.

    `apart`: the value cannot be, for that model. It is kept for the history to show, and counts as null for everything else.
    """

    metric: str
    value: Value
    measured_at: Millis
    seq: int | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What one device sent at once. `device` is the topic's, `received_at` is our clock; `faults` name readings left out.

    `heard` is the broker's clock, which nobody moves: a flood is measured by it.
    """

    device: str
    batch: str
    received_at: Millis
    readings: tuple[Reading, ...]
    faults: tuple[str, ...] = ()
    heard: Millis = 0


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest reading of one metric, and the identities (instant, seq) that a repeat could still meet."""

    at: Millis | None = None
    value: Value = None
    seqs: tuple[int | None, ...] = ()  # at that very instant
    nulls: tuple[tuple[Millis, int | None], ...] = ()  # nulls since then


NOTHING = Newest()


def to_millis(instant: datetime) -> Millis:
    """Milliseconds of an aware instant, exact."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def from_millis(millis: Millis) -> datetime:
    return _EPOCH + timedelta(milliseconds=millis)


def classify(newest: Newest, reading: Reading, received_at: Millis) -> Kind:
    """What a reading is beside what its metric has seen: only `new` and `null` count for anything."""
    at = reading.measured_at
    if at > received_at + AHEAD_MAX:
        return "future"
    if newest.at is not None:
        if at < newest.at:
            return "older"
        if at == newest.at and reading.seq in newest.seqs:
            return "repeat"
    if newest.nulls and (at, reading.seq) in newest.nulls:
        return "repeat"
    return "null" if reading.value is None or reading.apart else "new"


def remember(newest: Newest, reading: Reading) -> Newest:
    """The newest after a reading that is `new` or `null`. A null never becomes the newest; it is only recognised again."""
    at, seq = reading.measured_at, reading.seq
    if reading.value is None or reading.apart:
        return Newest(newest.at, newest.value, newest.seqs, (*newest.nulls, (at, seq))[-REMEMBERED_MAX:])
    seqs = (*newest.seqs, seq)[-REMEMBERED_MAX:] if at == newest.at else (seq,)
    nulls = tuple(null for null in newest.nulls if null[0] >= at) if newest.nulls else ()
    return Newest(at, reading.value, seqs, nulls)


def parse(body: Any) -> Message:
    """A message as the IoT rule hands it over: the device's JSON with `device`, `received_at` and `heard` added.

    Raises Invalid when nothing of it can be used. Single readings that cannot be used are named in `faults`; the others count.
    """
    if not isinstance(body, dict):
        raise Invalid("message", "not_an_object", "send_an_object")
    device, received_at, given = body.get("device"), body.get("received_at"), body.get("readings")
    if not isinstance(device, str) or not 0 < len(device) <= 128:
        raise Invalid("device", "missing", "publish_under_own_topic")
    if type(received_at) is not int or not 0 <= received_at <= _LATEST:
        raise Invalid("received_at", "format", "see_rule")
    if body.get("v", 1) != 1:
        raise Invalid("v", "not_offered", "send_version_1")
    if not isinstance(given, list) or not given:
        raise Invalid("readings", "missing", "send_readings")
    if len(given) > READINGS_MAX:
        raise Invalid("readings", "too_large", "send_less")
    readings, faults = [], []
    for index, item in enumerate(given):
        read = _reading(item, received_at)
        if isinstance(read, Reading):
            readings.append(read)
        else:
            faults.append(f"readings.{index}.{read}")
    if not readings:
        raise Invalid(faults[0], "unreadable", "see_message_format")
    readings.sort(key=_measured)  # a gateway may gather its sensors in any order; Python's sort keeps ties as they came
    batch = body.get("batch")
    known = batch if isinstance(batch, str) and 0 < len(batch) <= 64 and batch.isascii() and batch.isprintable() else ""
    heard = body.get("heard")
    return Message(device, known, received_at, tuple(readings), tuple(faults), heard if type(heard) is int else received_at)


def set_apart(message: Message, possible: Possible) -> Message:
    """The message with every value marked that a device of that model cannot mean: of another type, or out of all range."""
    readings = message.readings
    if not possible or all(_can_be(possible.get(r.metric), r.value) for r in readings):
        return message
    marked = tuple([r if _can_be(possible.get(r.metric), r.value) else replace(r, apart=True) for r in readings])
    return replace(message, readings=marked)


def _measured(reading: Reading) -> Millis:
    return reading.measured_at


def _reading(item: Any, received_at: Millis) -> Reading | str:
    """A reading, or the name of the field that makes it unusable."""
    if not isinstance(item, dict):
        return "type"
    metric, seq = item.get("metric"), item.get("seq")
    if not isinstance(metric, str) or not 0 < len(metric) <= METRIC_MAX:
        return "metric"
    if seq is not None and (type(seq) is not int or not 0 <= seq < 1 << 63):
        return "seq"
    measured = item.get("measured_at")
    if measured is None:
        at = received_at
    elif type(measured) is int and 0 <= measured <= _LATEST:
        at = measured
    elif isinstance(measured, str) and (parsed := _instant(measured)) is not None:
        at = parsed
    else:
        return "measured_at"
    value = item.get("value")
    if not (type(value) is float and math.isfinite(value)) and not _is_plain(value):
        value = None
    return Reading(metric, value, at, seq)


def _is_plain(value: object) -> bool:
    if type(value) is int:
        return -(1 << 63) <= value < 1 << 63
    return type(value) is bool or (type(value) is str and len(value) <= TEXT_MAX)


def _can_be(about: tuple[str, float, float] | None, value: Value) -> bool:
    if about is None or value is None:
        return True
    sort = type(value)
    if about[0] == "number":
        return (sort is float or sort is int) and about[1] <= value <= about[2]  # type: ignore[operator]
    return about[0] == "text" or sort is bool


def _instant(text: str) -> Millis | None:
    """An ISO time with an offset; None for anything else: a time without a zone is no instant."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            return None
        millis = to_millis(instant)
    except (ValueError, OverflowError):
        return None
    return millis if 0 <= millis <= _LATEST else None
