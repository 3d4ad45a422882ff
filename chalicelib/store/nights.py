"""What operators see of the nights: how many contracts were due, and which are parked because they failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chalicelib.store import codec
from chalicelib.store.transact import N, Page, Row, S, Store, delete, put

_PARKED = S("parked")


@dataclass(frozen=True, slots=True)
class Parked:
    """Work on a contract that failed. `reason` names the kind of failure, never anything of the customer's.

    `id` is the contract's for a night, and names the command too for a service's command. `work` is the share of work
    as its message said it, to be done again. `about` names what the failure is about, where that is known: `rule`, or the
    `key` and `day` of a figure; rows of before 2026-11-23 have none until their next failure.
    """

    id: str
    contract: str
    day: str
    since: str
    at: str
    reason: str
    detail: str
    work: Mapping[str, Any]
    about: Mapping[str, str] = field(default_factory=dict)


def park(store: Store, entry: Parked) -> None:
    """Sets work aside for operators; `since` stays that of the first failure."""
    earlier = parked(store, entry.id)
    texts = {name: S(getattr(entry, name)) for name in ("day", "at", "reason", "detail")}
    row = {
        **_parked_key(entry.id),
        **texts,
        "of": S(entry.contract),
        "since": S(earlier.since if earlier else entry.since),
        "work": S(codec.dumps(entry.work)),
        "about": S(codec.dumps(entry.about)),
    }
    store.write(put(store.contracts, row))


def unpark(store: Store, parked_id: str) -> None:
    """It was done. Doing it twice changes nothing."""
    store.write(delete(store.contracts, _parked_key(parked_id)))


def parked(store: Store, parked_id: str) -> Parked | None:
    row = store.get(store.contracts, _parked_key(parked_id))
    return parked_of(row) if row else None


def parked_page(store: Store, *, after: Row | None = None, limit: int = 50) -> Page:
    return store.query(store.contracts, ("contract", "parked"), after=after, limit=limit)


def all_parked(store: Store) -> list[Parked]:
    """Everything that is parked: little, or somebody is busy already."""
    return [parked_of(row) for row in store.query_all(store.contracts, ("contract", "parked"))]


def is_parked(store: Store, contract: str) -> bool:
    """Whether a night, or a service's command, put something of this contract aside."""
    rows = store.query_all(store.contracts, ("contract", "parked"), starts=("item", contract))
    return any(row["of"]["S"] == contract for row in rows)


_TEXTS = ("item", "of", "day", "since", "at", "reason", "detail")


def parked_of(row: Row) -> Parked:
    """A parked entry from its row."""
    known, of, day, since, at, reason, detail = (row[name]["S"] for name in _TEXTS)
    about = codec.loads(row["about"]["S"]) if "about" in row else {}
    return Parked(known, of, day, since, at, reason, detail, codec.loads(row["work"]["S"]), about)


def _parked_key(parked_id: str) -> Row:
    return {"contract": _PARKED, "item": S(parked_id)}


def counted(store: Store, day: date, shard: int, run: str, due: int) -> None:
    """A dispatcher found so many due in one shard. Every run has rows of its own, so overlapping runs disturb nothing."""
    store.write(put(store.contracts, {**_night_key(day, f"due#{shard:02d}#{run}"), "due": N(due)}))


def dispatched(store: Store, day: date, run: str, due: int, messages: int) -> None:
    """A dispatcher came to its end."""
    store.write(put(store.contracts, {**_night_key(day, f"run#{run}"), "due": N(due), "messages": N(messages)}))


def _night_key(day: date, item: str) -> Row:
    return {"contract": S(f"night#{day.isoformat()}"), "item": S(item)}


def due_counted(store: Store, day: date) -> tuple[int, int]:
    """How many contracts the night had to pass, and how many dispatchers ended. A later run finds fewer: the most counts."""
    most: dict[str, int] = {}
    runs = 0
    for row in store.query_all(store.contracts, ("contract", f"night#{day.isoformat()}")):
        kind, _, rest = row["item"]["S"].partition("#")
        if kind == "run":
            runs += 1
        else:
            shard = rest.partition("#")[0]
            most[shard] = max(most.get(shard, 0), int(row["due"]["N"]))
    return sum(most.values()), runs
