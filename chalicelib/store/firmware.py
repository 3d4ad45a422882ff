"""Firmware in the devices table: the rollouts of a model, whom each asked, and what became of it.

| partition          | item                          | attributes                                            |
| ------------------ | ----------------------------- | ----------------------------------------------------- |
| `firmware#<model>` | `rollout#<id>`                | version, body; due_shard, due_at while it runs         |
|                    | `part#<id>#<number>`          | devices of one job; recorded, once its ends are kept   |
| `<device>`         | `update#<id>`                 | body: version, outcome, instant                       |

No device may be named with `#`, so the partitions never meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ..iot.firmware import Release, Rollout
from ..iot.reading import Millis
from . import codec, devices
from .transact import N, Row, S, Store, Write, absent, equals, put, update

PART_MAX = 100  # things that one IoT job may name


class Part(NamedTuple):
    """The devices of one job. `recorded` once what became of each is kept."""

    number: int
    devices: tuple[str, ...]
    recorded: bool


class Update(NamedTuple):
    """What became of one release on one device, as its people see it (ORM-FWU-2)."""

    version: str
    outcome: str
    at: Millis


def partition(model: str) -> str:
    return f"firmware#{model}"


def _key(model: str, item: str) -> Row:
    return {"device": S(partition(model)), "item": S(item)}


def _rollout(row: Row) -> Rollout:
    release, waves, *rest = codec.loads(row["body"]["S"])
    rollout = Rollout(row["item"]["S"].split("#", 1)[1], Release(*release), tuple(waves), *rest)
    return replace(rollout, version=int(row["version"]["N"]))


def write(store: Store, one: Rollout, due: Millis | None) -> Write:
    """The entry that stores a rollout's next version, held by the one it was made from; a new one has version 0."""
    release = one.release
    body = [
        [release.model, release.version, release.url, release.sha256, release.size],
        one.waves,
        one.failed_percent_max,
        one.finished_min,
        one.wave_hours_max,
        one.state,
        one.wave,
        one.wave_began_at,
        one.parts,
        one.wave_parts,
        one.reason,
        one.published_at,
    ]
    row = {**_key(release.model, f"rollout#{one.id}"), "version": N(one.version + 1), "body": S(codec.dumps(body))}
    if due is not None:
        row |= devices.due_place(partition(release.model), due)
    return put(store.devices, row, equals("version", N(one.version)) if one.version else absent("item"))


def load(store: Store, model: str, id: str) -> Rollout | None:
    row = store.get(store.devices, _key(model, f"rollout#{id}"))
    return _rollout(row) if row else None


def rollouts(store: Store, model: str) -> list[Rollout]:
    """All of a model, in the order of their ids."""
    return [_rollout(row) for row in store.query_all(store.devices, _of(model), starts=("item", "rollout#"))]


def _of(model: str) -> tuple[str, str]:
    return "device", partition(model)


def write_part(store: Store, one: Rollout, number: int, asked: Sequence[str]) -> Write:
    """The entry that keeps whom a job will ask; it goes with the rollout's next version."""
    row = {**_key(one.release.model, _part_item(one.id, number)), "devices": S(codec.dumps(list(asked)))}
    return put(store.devices, row, absent("item"))


def _part_item(id: str, number: int) -> str:
    return f"part#{id}#{number:05d}"


def parts(store: Store, one: Rollout, first: int = 0) -> Iterator[Part]:
    """The parts of a rollout from a number on: those that count."""
    wanted = ("item", _part_item(one.id, first), _part_item(one.id, max(one.parts - 1, 0)))
    if first >= one.parts:
        return
    for row in store.query_all(store.devices, _of(one.release.model), between=wanted):
        number = int(row["item"]["S"].rsplit("#", 1)[1])
        yield Part(number, tuple(codec.loads(row["devices"]["S"])), "recorded" in row)


def record(store: Store, one: Rollout, part: Part, outcomes: dict[str, tuple[str, Millis]]) -> None:
    """Keeps what became of each device of a part, then marks the part. A repeat writes the same again."""
    rows: list[Row] = []
    for device, (outcome, at) in outcomes.items():
        body: list[Any] = [one.release.version, outcome, at]
        rows.append({"device": S(device), "item": S(f"update#{one.id}"), "body": S(codec.dumps(body))})
    devices.write_history(store, rows)
    store.write(update(store.devices, _key(one.release.model, _part_item(one.id, part.number)), set_={"recorded": S("yes")}))


def updates_of(store: Store, device: str) -> list[Update]:
    """What was put on a device, or failed to be, oldest first."""
    found = store.query_all(store.devices, ("device", device), starts=("item", "update#"))
    return sorted((Update(*codec.loads(row["body"]["S"])) for row in found), key=lambda one: one.at)
