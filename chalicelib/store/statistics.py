"""Sums of a day over many systems. Nothing in a row leads to a system, so no account's end touches it.

| item         | attributes                                                            |
| ------------ | --------------------------------------------------------------------- |
| `YYYY-MM-DD` | systems, wh; neither, where the systems were too few to say anything   |

All days of a service are one partition of the contracts table, `statistics#<service>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from ..iot.history.sums import Sum
from .transact import N, Row, S, Store, WriteRefused, absent, put


def _key(service: str, day: date) -> Row:
    return {"contract": S(f"statistics#{service}"), "item": S(day.isoformat())}


def is_done(store: Store, service: str, day: date) -> bool:
    """Whether that day was summed up, be it to nothing."""
    return store.get(store.contracts, _key(service, day)) is not None


def keep(store: Store, service: str, day: date, found: Sum | None) -> None:
    """Once and for all: who left since takes nothing from a day that is done, and a second run adds nothing."""
    figures = {"systems": N(found.systems), "wh": N(found.wh)} if found else {}
    with suppress(WriteRefused):
        store.write(put(store.contracts, {**_key(service, day), **figures}, absent("item")))


def load(store: Store, service: str, first: date, last: date) -> Iterator[tuple[date, Sum]]:
    """The sums from `first` to `last`, in order; days without one are left out."""
    partition, between = ("contract", f"statistics#{service}"), ("item", first.isoformat(), last.isoformat())
    for row in store.query_all(store.contracts, partition, between=between):
        if "systems" in row:
            yield date.fromisoformat(row["item"]["S"]), Sum(int(row["systems"]["N"]), int(row["wh"]["N"]))
