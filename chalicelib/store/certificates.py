"""What is known of a device's certificates beside the registry: which one is its own, and which old one still holds.

| item                  | attributes                                                                          |
| --------------------- | ----------------------------------------------------------------------------------- |
| `device`              | certificate: the one that counts; renewing: one is being made, since when, by whom    |
| `certificate#overlap` | old, mark (of the request), due_shard, due_at: until when the old one holds as well  |

`renewing` is written before a certificate is made, and taken away with the same value when it is noted: of two calls at
once the later one wins, and whoever tidies up meanwhile leaves a device alone for which one is being made.
"""

from __future__ import annotations

from typing import NamedTuple

from ..iot.reading import MINUTE, Millis
from .devices import due_place
from .devices import key as device_key
from .transact import Condition, N, Row, S, Store, Write, absent, delete, equals, put, update

FORGOTTEN = 10 * MINUTE  # who began so long ago to make a certificate is gone


class Overlap(NamedTuple):
    """An old certificate that holds beside the new one. `mark` is that of the request that asked for the new one."""

    old: str
    mark: str
    until: Millis


def _key(device: str) -> Row:
    return {"device": S(device), "item": S("certificate#overlap")}


def overlap(store: Store, device: str) -> Overlap | None:
    row = store.get(store.devices, _key(device))
    return Overlap(row["old"]["S"], row["mark"]["S"], int(row["until"]["N"])) if row else None


def begin_overlap(store: Store, device: str, old: str, mark: str, until: Millis) -> Write:
    """The entry that lets the old certificate hold until then. Refused while another one does."""
    row = {**_key(device), "old": S(old), "mark": S(mark), "until": N(until)}
    return put(store.devices, row | due_place(device, until), absent("item"))


def end_overlap(store: Store, device: str, mark: str = "") -> Write:
    """The entry that ends it: that of one request, or whichever there is."""
    return delete(store.devices, _key(device), equals("mark", S(mark)) if mark else None)


def renewing(store: Store, device: str, contract: str, mark: str) -> Write:
    """The entry that says a certificate is being made. Refused for a device that is not this contract's (any more)."""
    text = "#contract = :contract AND attribute_not_exists(released)"
    mine = Condition(text, {"#contract": "contract"}, {":contract": S(contract)})
    return update(store.devices, device_key(device), set_={"renewing": S(mark)}, condition=mine)


def certified(store: Store, device: str, certificate: str, mark: str) -> Write:
    """The entry that notes it as the device's own. Its key is nowhere. Refused when another call has begun since."""
    held_by = equals("renewing", S(mark))
    set_ = {"certificate": S(certificate)}
    return update(store.devices, device_key(device), set_=set_, remove=("renewing",), condition=held_by)


def is_being_made(mark: str, now: Millis) -> bool:
    return bool(mark) and int(mark.partition("-")[0]) > now - FORGOTTEN
