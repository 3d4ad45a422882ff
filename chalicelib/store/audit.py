"""What operators looked at and did: rows of the contracts table, a day a partition, found by contract through `by_account`.

| contract      | item               | attributes                                                                  |
| ------------- | ------------------ | --------------------------------------------------------------------------- |
| `audit#<day>` | `<millis>#<chance>` | body; account: `audit#<contract>`, applied_at: the instant; expires           |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..dates import japan_day
from ..iot.reading import to_millis
from . import codec
from .transact import N, Page, Row, S, Store, Write, absent, put


@dataclass(frozen=True, slots=True)
class Done:
    """One look or change. `operator` is the account's id, `name` the address that they sign in with; `about` holds ids only."""

    at: datetime
    operator: str
    name: str
    action: str
    changed: bool
    contract: str = ""
    about: dict[str, str] = field(default_factory=dict)


def _day(day: str) -> str:
    return f"audit#{day}"


def _of(contract: str) -> str:
    return f"audit#{contract}"


def new(store: Store, done: Done, chance: str, kept: timedelta) -> Write:
    """The entry for one of them. `chance` tells those of one instant apart."""
    body = {name: value for name, value in asdict(done).items() if name != "at" and value not in ("", {})}
    row = {
        "contract": S(_day(japan_day(done.at).isoformat())),
        "item": S(f"{to_millis(done.at):014d}#{chance}"),
        "body": S(codec.dumps({**body, "at": codec.instant_text(done.at)})),
        "expires_at": N(int((done.at + kept).timestamp())),
    }
    if done.contract:
        row |= {"account": S(_of(done.contract)), "applied_at": S(codec.instant_text(done.at))}
    return put(store.contracts, row, absent("contract"))


def of_day(store: Store, day: str, *, after: str = "", limit: int = 50) -> tuple[list[tuple[str, Done]], str]:
    """A page of a day, newest first, each with its place, and the place after which the next page begins ('' at the end)."""
    place = {"contract": S(_day(day)), "item": S(after)} if after else None
    page = store.query(store.contracts, ("contract", _day(day)), after=place, limit=limit, newest_first=True)
    return [(row["item"]["S"], _done(row)) for row in page.rows], page.after["item"]["S"] if page.after else ""


def of_contract(store: Store, contract: str, *, after: list[str], limit: int = 50) -> tuple[list[Done], list[str]]:
    """The same of one contract, whatever the day; `after` are the three parts of a place."""
    place: Row | None = None
    if after:
        place = {"contract": S(after[0]), "item": S(after[1]), "account": S(_of(contract)), "applied_at": S(after[2])}
    partition = ("account", _of(contract))
    page: Page = store.query(store.contracts, partition, index="by_account", after=place, limit=limit, newest_first=True)
    following = [page.after[name]["S"] for name in ("contract", "item", "applied_at")] if page.after else []
    return sorted(_whole(store, page.rows), key=lambda done: done.at, reverse=True), following


def _whole(store: Store, found: list[Row]) -> Iterator[Done]:
    keys = [{"contract": row["contract"], "item": row["item"]} for row in found]
    return map(_done, store.get_many(store.contracts, keys))


def _done(row: Row) -> Done:
    body: dict[str, Any] = codec.loads(row["body"]["S"])
    return Done(**{**body, "at": datetime.fromisoformat(body["at"])})
