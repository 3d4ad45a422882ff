"""The only clock. In stage `local` a row of the contracts table moves it, so that months pass in a minute.

The row: `at` (what the clock showed when it was set), `set_at` (real time then), `frozen` (whether it stands still).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib import settings
from chalicelib.errors import Invalid, NotFound

_KEY = {"contract": {"S": "clock"}, "item": {"S": "clock"}}


class Rows(Protocol):
    """What the clock needs of the store."""

    contracts: str

    def get(self, table: str, key: dict[str, Any]) -> dict[str, Any] | None: ...

    def write(self, entry: dict[str, Any]) -> None: ...


def now(rows: Rows) -> datetime:
    """This instant, UTC. Only stage `local` asks the table whether its clock was moved."""
    real = datetime.now(UTC)
    if not settings.current().is_local:
        return real
    row = rows.get(rows.contracts, _KEY)
    return _shown(row, real) if row else real


def wall() -> datetime:
    """Real time, which no row moves: for what is held against somebody else's clock, such as a token's."""
    return datetime.now(UTC)


def is_frozen(rows: Rows) -> bool:
    row = rows.get(rows.contracts, _KEY)
    return bool(row and row["frozen"]["BOOL"])


def move(rows: Rows, to: datetime, *, frozen: bool) -> datetime:
    """Sets the local clock, and gives what it showed before. Raises Invalid when it would go back, NotFound outside local.

    A clock that was never moved may be set to any time, once: a world of its own begins there.
    """
    if not settings.current().is_local:
        raise NotFound("clock")
    real = datetime.now(UTC)
    row = rows.get(rows.contracts, _KEY)
    before = _shown(row, real) if row else min(to, real)
    if to < before:
        raise Invalid("at", "clock_goes_back", "give_a_later_time")
    item = {
        **_KEY,
        "at": {"S": to.astimezone(UTC).isoformat()},
        "set_at": {"S": real.isoformat()},
        "frozen": {"BOOL": frozen},
    }
    rows.write({"Put": {"TableName": rows.contracts, "Item": item}})
    return before


def _shown(row: dict[str, Any], real: datetime) -> datetime:
    at = datetime.fromisoformat(row["at"]["S"])
    if row["frozen"]["BOOL"]:
        return at
    return at + (real - datetime.fromisoformat(row["set_at"]["S"]))
