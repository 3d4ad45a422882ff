"""Summaries of days and months, and what of a device waits to be summed up. All in the device's partition.

| item                                  | attributes                                                                      |
| ------------------------------------- | ------------------------------------------------------------------------------- |
| `day#<contract>#<data>#<YYYY-MM-DD>`  | body (compressed JSON: metric → summary), mark, expires_at                      |
| `month#<contract>#<data>#<YYYY-MM>`   | the same                                                                        |
| `closing`                             | version, days and months to sum up; due_shard, due_at: when; expires_at         |

The contract and the kind of data stand in the key, so a new owner cannot read the old one's, each kind expires by itself,
and erasing one kind leaves the others. `mark` is the version of the closing row that the summary was made under: whoever
saw less never overwrites what was made from more. Compressed, a day of a sensor that speaks every minute is some two kilobytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from ..iot.history.days import LATE_MAX, next_closing
from ..iot.reading import HOUR, Millis, Reading
from ..iot.ticks import DAY
from . import codec, devices
from .devices import due_place
from .transact import Condition, N, Row, S, Store, Write, WriteRefused, delete, equals, put, update

Json = dict[str, Any]
_CLOSING = "closing"
_LEVEL = 9


class Closing(NamedTuple):
    """What of a device waits to be summed up. Without a row: nothing, at version 0."""

    version: int = 0
    days: frozenset[date] = frozenset()
    months: frozenset[str] = frozenset()
    due_at: str = ""


class Summary(NamedTuple):
    """The summary of a day or a month (`2025-08-01`, `2025-08`) of one kind of data: metric → what it came to."""

    data: str
    when: str
    metrics: Mapping[str, Json]


# what waits


def _closing_key(device: str) -> Row:
    return {"device": S(device), "item": S(_CLOSING)}


def closing(store: Store, device: str) -> Closing:
    row = store.get(store.devices, _closing_key(device))
    return closing_of(row) if row else Closing()


def closing_of(row: Row) -> Closing:
    return Closing(
        int(row["version"]["N"]),
        frozenset(date.fromisoformat(text) for text in row.get("days", {}).get("SS", ())),
        frozenset(row.get("months", {}).get("SS", ())),
        row.get("due_at", S(""))["S"],
    )


def mark(store: Store, device: str, days_: Collection[date], now: Millis) -> None:
    """These days have to be summed up (again), in the coming night. To say so once more changes nothing but the version."""
    place = due_place(device, next_closing(device, now))
    in_time = Condition("#a <= :a", {"#a": "due_at"}, {":a": place["due_at"]})
    with suppress(WriteRefused):
        store.write(_marking(store, device, days_, now, {}, in_time))
        return
    store.write(_marking(store, device, days_, now, place, None))  # nothing was due, or only at the end of the month


def _marking(store: Store, device: str, days_: Collection[date], now: Millis, sets: Row, condition: Condition | None) -> Write:
    sets = {**sets, "expires_at": N((now + LATE_MAX + 60 * DAY) // 1000)}
    entry = update(store.devices, _closing_key(device), set_=sets, condition=condition)
    about = entry["Update"]
    about["UpdateExpression"] += " ADD #days :days, #version :one"
    about["ExpressionAttributeNames"] |= {"#days": "days", "#version": "version"}
    about["ExpressionAttributeValues"] |= {":days": {"SS": sorted(day.isoformat() for day in days_)}, ":one": N(1)}
    return entry


def settle(store: Store, device: str, before: Closing, after: Closing, due: Millis | None) -> None:
    """Stores what still waits. Raises WriteRefused when more has come to wait since `before` was read."""
    sets: Row = {}
    remove = []
    for name, values in (("days", [day.isoformat() for day in after.days]), ("months", list(after.months))):
        if values:
            sets[name] = {"SS": sorted(values)}
        else:
            remove.append(name)
    if due is None:
        remove += ["due_shard", "due_at"]
    else:
        sets |= due_place(device, due)
    held_by = equals("version", N(before.version))
    store.write(update(store.devices, _closing_key(device), set_=sets, remove=remove, condition=held_by))


# summaries


def _key(device: str, kind: str, contract: str, data: str, when: str) -> Row:
    return {"device": S(device), "item": S(f"{kind}#{contract}#{data}#{when}")}


def _key_of(device: str, contract: str, summary: Summary) -> Row:
    return _key(device, "month" if len(summary.when) == 7 else "day", contract, summary.data, summary.when)


def keep(store: Store, device: str, contract: str, summary: Summary, mark_: int, expires_at: Millis) -> None:
    """Puts a summary, or takes it away when it holds no metric; unless one made from more readings stands there."""
    key = _key_of(device, contract, summary)
    if not summary.metrics and store.get(store.devices, key) is None:
        return  # to look is cheaper than to delete nothing, night after night
    fresher = Condition("attribute_not_exists(#m) OR #m <= :m", {"#m": "mark"}, {":m": N(mark_)})
    with suppress(WriteRefused):
        store.write(_entry(store, key, summary, mark_, expires_at, fresher))


def _entry(store: Store, key: Row, summary: Summary, mark_: int, expires_at: Millis, fresher: Condition) -> Write:
    if not summary.metrics:
        return delete(store.devices, key, fresher)
    return put(store.devices, {**key, **_body(summary, mark_, expires_at)}, fresher)


def _body(summary: Summary, mark_: int, expires_at: Millis) -> Row:
    body = zlib.compress(codec.dumps(summary.metrics).encode(), _LEVEL)
    return {"mark": N(mark_), "body": {"B": body}, "expires_at": N(expires_at // 1000)}


def row_of(device: str, contract: str, summary: Summary, expires_at: Millis) -> Row:
    """A summary's row as if nothing had ever been marked: whatever is closed later overwrites it."""
    return {**_key_of(device, contract, summary), **_body(summary, 0, expires_at)}


def load(store: Store, device: str, contract: str, data: str, first: str, last: str, now: Millis) -> Iterable[Summary]:
    """Summaries of one kind of data from `first` to `last`, in order: of days, or of months when those are named.

    What is past its keeping period is not there, though DynamoDB may take days to delete it.
    """
    kind = "month" if len(first) == 7 else "day"
    low, high = (_key(device, kind, contract, data, when)["item"]["S"] for when in (first, last))
    for row in store.query_all(store.devices, ("device", device), between=("item", low, high)):
        if int(row["expires_at"]["N"]) * 1000 > now:
            yield _summary(row)


def of_day(store: Store, wanted: Iterable[tuple[str, str, str]], day: date) -> dict[str, Mapping[str, Json]]:
    """Of many devices (device, contract, kind of data) what one day came to, by device; nothing of those without a summary."""
    keys = [_key(device, "day", contract, data, day.isoformat()) for device, contract, data in wanted]
    return {row["device"]["S"]: _summary(row).metrics for row in store.get_many(store.devices, keys)}


def _summary(row: Row) -> Summary:
    _, _, data, when = row["item"]["S"].split("#")
    return Summary(data, when, codec.loads(zlib.decompress(row["body"]["B"]).decode()))


def erase(store: Store, device: str, contract: str, data: str = "", first: str = "", last: str = "") -> None:
    """Takes away summaries of a contract: all, of one kind of data, or of that kind from one day (or month) to another."""
    for kind in ("day", "month"):
        if first and (len(first) == 7) is not (kind == "month"):
            continue
        begins = f"{kind}#{contract}#{data}#" if data else f"{kind}#{contract}#"
        between = ("item", begins + first, begins + (last or "~"))
        for row in list(store.query_all(store.devices, ("device", device), between=between)):
            store.write(delete(store.devices, {"device": row["device"], "item": row["item"]}))


# single readings


def readings(store: Store, device: str, first: Millis, last: Millis) -> list[Reading]:
    """All readings measured from `first` to `last`, as often as they are stored, in no order."""
    found: list[Reading] = []
    for _, kept in devices.history(store, device, first, last):
        found += [reading for reading in kept if first <= reading.measured_at <= last]
    return found


def erase_readings(store: Store, device: str, first: Millis, last: Millis, goes: Callable[[str], bool]) -> int:
    """Takes away readings measured from `first` to `last` of the metrics that go. Gives how many rows changed."""
    changed = 0
    between = ("item", f"reading#{max(first - HOUR, 0):014d}", f"reading#{last:014d}#~")
    for row in list(store.query_all(store.devices, ("device", device), between=between)):
        begins = int(row["item"]["S"].split("#")[1])
        codes = codec.loads(row["codes"]["S"])
        left = [code for code in codes if not (first <= begins + code[1] <= last and goes(code[0]))]
        key = {"device": row["device"], "item": row["item"]}
        if not left:
            store.write(delete(store.devices, key))
        elif len(left) < len(codes):
            store.write(update(store.devices, key, set_={"codes": S(codec.dumps(left))}))
        changed += len(left) < len(codes)
    return changed
