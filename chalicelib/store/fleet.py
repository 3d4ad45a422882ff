"""The index `fleet`: devices by state, in as many parts as a morning on which all of them change at once may need.

A device's row carries `fleet` (`online#2`) and `place` (`iot/fleet.py`); the index holds these and its key, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from ..iot.fleet import place, state
from ..iot.watching import Device
from .transact import Row, S, Store

PARTS = 4  # of a state: 4 × 1,000 changes a second


class Seated(NamedTuple):
    """What a device's row says of its place; empty for a row of before there were places."""

    fleet: str = ""
    place: str = ""

    @property
    def row(self) -> Row:
        return {"fleet": S(self.fleet), "place": S(self.place)}


def seated(device: Device, before: Seated, *, cut_off: bool = False) -> Seated:
    """Where the device stands now."""
    return Seated(f"{state(device, cut_off=cut_off)}#{_part(device.id)}", place(device, before.place))


def stands(device: str, state: str) -> Row:
    """The attribute that moves a device to another state and leaves its place in it as it was."""
    return {"fleet": S(f"{state}#{_part(device)}")}


def _part(device: str) -> int:
    return crc32(device.encode()) % PARTS


def of_row(row: Row) -> Seated:
    return Seated(row["fleet"]["S"], row["place"]["S"]) if "place" in row else Seated()


def places(store: Store, state: str, part: int, after: str = "") -> Iterator[str]:
    """The places of a part of a state, the worst first, those after a place."""
    start: Row | None = None
    if after:
        device = after.rpartition("#")[2]
        start = {"device": S(device), "item": S("device"), "fleet": S(f"{state}#{part}"), "place": S(after)}
    while True:
        page = store.query(store.devices, ("fleet", f"{state}#{part}"), index="fleet", after=start)
        yield from (row["place"]["S"] for row in page.rows)
        start = page.after
        if start is None:
            return
