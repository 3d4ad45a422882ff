"""What waits to leave: written in the transaction that caused it, taken away when it has left.

`id` begins with the instant, then names the cause (contract and version, alert, …), so a repeat meets itself and
leftovers are the first of their shard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from chalicelib.store import codec
from chalicelib.store.transact import SHARDS, N, Row, S, Store, Write, delete, present, put, update


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to send. `kind` names who sends it, `done` how many of its parts have left, `tries` how often it failed."""

    shard: str
    id: str
    kind: str
    body: Mapping[str, Any]
    done: int = 0
    tries: int = 0
    later: bool = False  # it was left for an instant that lay ahead

    @property
    def at(self) -> datetime:
        """The instant that its id begins with."""
        return datetime.fromisoformat(self.id.split("#", 1)[0])

    @property
    def key(self) -> Row:
        return {"shard": S(self.shard), "id": S(self.id)}


def entry(store: Store, kind: str, cause: str, at: datetime, body: Mapping[str, Any], *, later: bool = False) -> Write:
    """The transaction's entry: `cause` is unique for what is sent; days in `body` come out as text.

    `later`: `at` lies ahead, and the first tick at or after it sends the entry.
    """
    row = {
        **key_of(cause, at),
        "kind": S(kind),
        "body": S(codec.show(body)),
    }
    return put(store.outbox, row | ({"later": S("yes")} if later else {}))


def key_of(cause: str, at: datetime) -> Row:
    """Where the entry of a cause and an instant stands."""
    name = f"{codec.instant_text(at)}#{cause}"
    return {"shard": S(f"waiting#{crc32(name.encode()) % SHARDS:02d}"), "id": S(name)}


def of_row(row: Row) -> Entry:
    """An entry from its row (or from the image of one in a stream record)."""
    return Entry(
        row["shard"]["S"],
        row["id"]["S"],
        row["kind"]["S"],
        codec.loads(row["body"]["S"]),
        int(row.get("done", {}).get("N", 0)),
        int(row.get("tries", {}).get("N", 0)),
        "later" in row,
    )


def waiting(store: Store, key: Row) -> Entry | None:
    """The entry as it is now; None when it has left."""
    row = store.get(store.outbox, {"shard": key["shard"], "id": key["id"]})
    return of_row(row) if row else None


def leftovers(store: Store, before: datetime) -> Iterator[Entry]:
    """All entries up to that instant that still wait, the oldest of each shard first."""
    last = f"{codec.instant_text(before)}#~"
    for shard in range(SHARDS):
        for row in store.query_all(store.outbox, ("shard", f"waiting#{shard:02d}"), between=("id", "0", last)):
            yield of_row(row)


def left(store: Store, which: Entry) -> None:
    """It has left. Doing it twice changes nothing."""
    store.write(delete(store.outbox, which.key))


def part_left(store: Store, which: Entry, done: int) -> None:
    """So many of its parts have left; the next try goes on after them."""
    store.write(update(store.outbox, which.key, set_={"done": N(done)}, condition=present("id")))


def failed(store: Store, which: Entry) -> None:
    """One more try that did not work."""
    store.write(update(store.outbox, which.key, set_={"tries": N(which.tries + 1)}, condition=present("id")))
