"""Messages that were set aside: what a device sent and nobody could read, whole where it is not too large. Kept two weeks.

| item of `aside#<device>` | attributes                                                                              |
| ------------------------ | --------------------------------------------------------------------------------------- |
| `<ms>#<hash>`            | reason, of (the device), received, heard, size, body, whole, part, tries, by, at, state |
| `count#<day>`            | kept, more: how many of the day are rows here, and how many were only counted           |

`body` is the device's own bytes, packed. A day's messages of all devices stand in the index `fleet` under `aside#<day>`, by
the time of their receipt. So a device that sends nothing but rubbish fills neither its partition nor an operator's list.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from ..dates import japan_day
from ..iot.reading import Millis, from_millis
from ..iot.ticks import DAY
from .transact import N, Page, Row, S, Store, Write, absent, delete, equals, put, update

KEPT = 14 * DAY
KEPT_MAX = 300  # rows of one device and day: a message every five minutes is 288
BYTES_MAX = 128 * 1024  # of a message that could be one: IoT Core takes no larger
WHOLE_MAX = 32 * 1024  # letters of a packed body: a thousand readings pack into some ten thousand
BEGINNING = 8 * 1024  # bytes of what is larger
REASON_MAX = 120


@dataclass(frozen=True, slots=True)
class Aside:
    """One message set aside. `received` is our clock, `heard` the broker's; `part`: the rest of it was taken in.

    `tries` counts how often it was played again, `state` is `waiting` or `replayed`.
    """

    reason: str
    device: str  # "" when nobody can say
    received: Millis
    heard: Millis
    body: bytes
    size: int = 0
    whole: bool = True
    part: bool = False
    tries: int = 0
    state: str = "waiting"
    by: str = ""
    at: Millis | None = None
    hash: str = ""

    @property
    def item(self) -> str:
        return f"{self.received:014d}#{self.hash or self.made_hash}"

    @property
    def made_hash(self) -> str:
        """The same for the same bytes of one device at one instant of the broker's."""
        return sha256(f"{self.device}\n{self.heard}\n".encode() + self.body).hexdigest()[:16]

    @property
    def day(self) -> date:
        return japan_day(from_millis(self.received))


@dataclass(frozen=True, slots=True)
class Count:
    """A device's day: `kept` are rows, `more` came beyond what is kept (a repeat may count twice)."""

    kept: int = 0
    more: int = 0


def partition(device: str) -> str:
    return f"aside#{device}"


def key(device: str, item: str) -> Row:
    return {"device": S(partition(device)), "item": S(item)}


def _count_key(device: str, day: date) -> Row:
    return key(device, f"count#{day.isoformat()}")


# writing


def new(store: Store, one: Aside) -> Write:
    """The transaction's entry for a message that is not here yet. Of one that is too large, only the beginning is kept."""
    fits = len(one.body) <= BYTES_MAX and len(packed := _packed(one.body)) <= WHOLE_MAX
    if not fits:
        packed = _packed(one.body[:BEGINNING])
    row = {
        **key(one.device, one.item),
        "reason": S(one.reason[:REASON_MAX]),
        "of": S(one.device),
        "received": N(one.received),
        "heard": N(one.heard),
        "size": N(len(one.body)),
        "body": S(packed),
        "whole": S("yes" if one.whole and fits else "no"),
        "part": S("yes" if one.part else "no"),
        "tries": N(0),
        "state": S("waiting"),
        "expires_at": N((one.received + KEPT) // 1000),
        "fleet": S(day_place(one.day)),
        "place": S(f"{one.item}#{one.device}"),
    }
    return put(store.devices, row, absent("device"))


def _packed(body: bytes) -> str:
    return b64encode(zlib.compress(body)).decode()


def count(store: Store, device: str, day: date, before: Count | None, after: Count, now: Millis) -> Write:
    """The entry for a device's day, held by what was read (None: nothing)."""
    row = {"kept": N(after.kept), "more": N(after.more), "expires_at": N((now + KEPT) // 1000)}
    where = _count_key(device, day)
    if before is None:
        return put(store.devices, {**where, **row}, absent("device"))
    return update(store.devices, where, set_=row, condition=equals("kept", N(before.kept)))


def replayed(store: Store, one: Aside, by: str, at: Millis) -> Write:
    """The entry that says that it is played again, held by its being what was read."""
    changed = {"state": S("replayed"), "tries": N(one.tries + 1), "by": S(by), "at": N(at)}
    return update(store.devices, key(one.device, one.item), set_=changed, condition=equals("state", S("waiting")))


def waits_again(store: Store, one: Aside, reason: str) -> Write:
    """The entry for one that was played again and could not be read again."""
    changed = {"state": S("waiting"), "reason": S(reason[:REASON_MAX])}
    return update(store.devices, key(one.device, one.item), set_=changed, condition=equals("tries", N(one.tries)))


def remove(store: Store, one: Aside) -> None:
    store.write(delete(store.devices, key(one.device, one.item)))


# reading


def of_row(row: Mapping[str, Any]) -> Aside:
    """A message from its row."""
    return Aside(
        reason=row["reason"]["S"],
        device=row["of"]["S"],
        received=int(row["received"]["N"]),
        heard=int(row["heard"]["N"]),
        body=zlib.decompress(b64decode(row["body"]["S"])),
        size=int(row["size"]["N"]),
        whole=row["whole"]["S"] == "yes",
        part=row["part"]["S"] == "yes",
        tries=int(row["tries"]["N"]),
        state=row["state"]["S"],
        by=row.get("by", {}).get("S", ""),
        at=int(row["at"]["N"]) if "at" in row else None,
        hash=row["item"]["S"].partition("#")[2],
    )


def load(store: Store, device: str, item: str) -> Aside | None:
    row = store.get(store.devices, key(device, item))
    return of_row(row) if row else None


def known(store: Store, device: str, day: date, found: Sequence[Aside]) -> tuple[Count | None, dict[str, Aside]]:
    """A device's count of a day, and which of these messages are here already, by item."""
    items = dict.fromkeys(one.item for one in found)  # BatchGetItem refuses a key that comes twice
    rows = store.get_many(store.devices, [_count_key(device, day), *(key(device, item) for item in items)])
    counts = [row for row in rows if row["item"]["S"].startswith("count#")]
    there = {row["item"]["S"]: of_row(row) for row in rows if not row["item"]["S"].startswith("count#")}
    return (Count(int(counts[0]["kept"]["N"]), int(counts[0]["more"]["N"])) if counts else None), there


def of_device(store: Store, device: str, first: Millis, last: Millis, *, after: str = "", limit: int = 50) -> Page:
    """One page of a device's messages, the latest first; `after` is an item."""
    between = ("item", f"{first:014d}", f"{last:014d}#~")
    start = key(device, after) if after else None
    return store.query(
        store.devices, ("device", partition(device)), between=between, after=start, limit=limit, newest_first=True
    )


def of_day(store: Store, day: date, first: Millis, last: Millis, *, after: Row | None = None, limit: int = 50) -> Page:
    """One page of a day's messages of all devices, the latest first: keys of the index only."""
    between = ("place", f"{first:014d}", f"{last:014d}#~")
    hashed = ("fleet", day_place(day))
    return store.query(store.devices, hashed, between=between, index="fleet", after=after, limit=limit, newest_first=True)


def whole_rows(store: Store, keys: Sequence[Row]) -> list[Aside]:
    """The messages of an index's keys, in their order. What is gone meanwhile is left out."""
    wanted = [{"device": row["device"], "item": row["item"]} for row in keys]
    found = {(row["device"]["S"], row["item"]["S"]): of_row(row) for row in store.get_many(store.devices, wanted)}
    places = ((row["device"]["S"], row["item"]["S"]) for row in wanted)
    return [found[place] for place in places if place in found]


def day_place(day: date) -> str:
    return f"aside#{day.isoformat()}"


def again(one: Aside) -> Row:
    """What goes back into the readings queue: the rule's envelope, with the receipt that it had."""
    return {
        "payload": b64encode(one.body).decode(),
        "device": one.device,
        "received_at": one.heard,
        "arrived": one.received,
        "again": one.tries,
    }
