"""What operators see of the nights: how many contracts were due, and which are parked because they failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.store.codec import instant_text
from chalicelib.store.transact import N, Page, Row, S, Store, delete, put

_PARKED = S("parked")


@dataclass(frozen=True, slots=True)
class Parked:
    """A contract that a night could not pass. `reason` names the kind of failure, never anything of the customer's."""

    contract: str
    day: str
    since: str
    at: str
    reason: str
    detail: str = ""


def park(store: Store, contract: str, day: date, at: datetime, reason: str, detail: str) -> None:
    """Sets a contract aside for operators; `since` keeps the first night that failed."""
    earlier = parked(store, contract)
    store.write(
        put(
            store.contracts,
            {
                **_parked_key(contract),
                "day": S(day.isoformat()),
                "since": S(earlier.since if earlier else day.isoformat()),
                "at": S(instant_text(at)),
                "reason": S(reason),
                "detail": S(detail),
            },
        )
    )


def unpark(store: Store, contract: str) -> None:
    store.write(delete(store.contracts, _parked_key(contract)))


def parked(store: Store, contract: str) -> Parked | None:
    row = store.get(store.contracts, _parked_key(contract))
    return parked_of(row) if row else None


def parked_page(store: Store, *, after: Row | None = None, limit: int = 50) -> Page:
    return store.query(store.contracts, ("contract", "parked"), after=after, limit=limit)


def all_parked(store: Store) -> list[Parked]:
    """Every parked contract: few, or somebody is busy already."""
    return [parked_of(row) for row in store.query_all(store.contracts, ("contract", "parked"))]


def parked_of(row: Row) -> Parked:
    return Parked(row["item"]["S"], *(row[name]["S"] for name in ("day", "since", "at", "reason", "detail")))


def _parked_key(contract: str) -> Row:
    return {"contract": _PARKED, "item": S(contract)}


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
