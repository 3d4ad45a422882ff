"""Wishes, in the partition of their device: rows of the devices table.

| item             | attributes                                                                                     |
| ---------------- | ---------------------------------------------------------------------------------------------- |
| `wish#<ms>#<id>` | version, contract, subject (who asked), body; due_shard and due_at while nothing has settled it |
| `wishes`         | version: one more with every wish, so that two at once see each other                          |

A wish's public id is `<ms>-<id>`, the instant of asking first: the order of ids is that of asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ..iot.reading import HOUR, Millis
from ..iot.wishes import Wish
from . import codec
from .devices import due_place
from .transact import N, Page, Row, S, Store, Write, absent, delete, equals, put, update

GOOD_FOR_MAX = 48 * HOUR  # no wish is good for longer: older ones cannot be open
_HEAD = S("wishes")


class HeldWish(NamedTuple):
    """A wish as it is stored: of which device and contract, and who asked for it (an account, nothing that names anybody)."""

    wish: Wish
    device: str
    contract: str
    subject: str
    version: int


def item_of(id: str) -> str | None:
    """The item of a wish's public id; None for what is no id."""
    at, _, name = id.partition("-")
    return f"wish#{int(at):014d}#{name}" if at.isascii() and at.isdigit() and len(at) <= 14 and name.isalnum() else None


def _key(device: str, item: str) -> Row:
    return {"device": S(device), "item": S(item)}


def _text(wish: Wish) -> str:
    return codec.dumps(
        [
            wish.settings,
            wish.old,
            wish.by,
            wish.asked_at,
            wish.expires,
            wish.sent_at,
            wish.done_at,
            wish.outcome,
            wish.settled_at,
            wish.reason,
            wish.late,
            wish.late_at,
            wish.instead_of,
        ]
    )


def held(row: Row) -> HeldWish:
    """A wish's row as a value."""
    _, at, name = row["item"]["S"].split("#", 2)
    *plain, instead = codec.loads(row["body"]["S"])
    wish = replace(Wish(f"{int(at)}-{name}", *plain), instead_of=tuple(instead))
    return HeldWish(wish, row["device"]["S"], row["contract"]["S"], row["subject"]["S"], int(row["version"]["N"]))


def new(store: Store, one: HeldWish) -> Write:
    """The transaction's entry for a new wish."""
    item = item_of(one.wish.id)
    assert item is not None
    row = {
        **_key(one.device, item),
        **due_place(one.device, one.wish.expires),
        "version": N(1),
        "contract": S(one.contract),
        "subject": S(one.subject),
        "body": S(_text(one.wish)),
    }
    return put(store.devices, row, absent("device"))


def change(store: Store, before: HeldWish, after: Wish) -> Write:
    """The entry that stores a wish's next state, held by the version it was made from. What is settled falls due no more."""
    item = item_of(after.id)
    assert item is not None
    sets = {"version": N(before.version + 1), "body": S(_text(after))}
    gone = () if after.is_open else ("due_shard", "due_at")
    held_by = equals("version", N(before.version))
    return update(store.devices, _key(before.device, item), set_=sets, remove=gone, condition=held_by)


def turn(store: Store, device: str) -> tuple[int, Write]:
    """The turn that a new wish takes, and the entry that takes it: of two at once one is refused and looks again."""
    row = store.get(store.devices, _key(device, "wishes"))
    before = int(row["version"]["N"]) if row else 0
    held_by = equals("version", N(before)) if row else absent("device")
    return before, put(store.devices, {"device": S(device), "item": _HEAD, "version": N(before + 1)}, held_by)


def load(store: Store, device: str, id: str) -> HeldWish | None:
    """A wish of a device by its public id."""
    item = item_of(id)
    row = store.get(store.devices, _key(device, item)) if item else None
    return held(row) if row else None


def of_item(store: Store, device: str, item: str) -> HeldWish | None:
    """A wish by its item, as a tick finds it."""
    row = store.get(store.devices, _key(device, item))
    return held(row) if row else None


def page(store: Store, device: str, *, since: Millis, after: str = "", limit: int) -> Page:
    """Rows of a device's wishes asked at or after `since`, the newest first; `after` is the public id to go on after."""
    first = item_of(after) if after else None
    between = ("item", f"wish#{since:014d}", "wish#~")
    key = _key(device, first) if first else None
    return store.query(store.devices, ("device", device), between=between, after=key, limit=limit, newest_first=True)


def latest(store: Store, device: str, since: Millis) -> Iterator[HeldWish]:
    """A device's wishes, the newest first, down to those asked at `since`."""
    between = ("item", f"wish#{max(since, 0):014d}", "wish#~")
    for row in store.query_all(store.devices, ("device", device), between=between, newest_first=True, limit=50):
        yield held(row)


def erase_of(store: Store, device: str, contract: str) -> None:
    """Takes away what a contract wished of a device. Doing it again finds nothing left."""
    for one in list(latest(store, device, 0)):
        item = item_of(one.wish.id)
        if one.contract == contract and item:
            store.write(delete(store.devices, _key(device, item)))


def cursor_of(row: Row) -> str:
    """The cursor that goes on after a row."""
    return held(row).wish.id
