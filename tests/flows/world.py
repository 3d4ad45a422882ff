"""A small world for flows: a store, callers, a queue in memory, and nights that run to their end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.dates import JST, sweep_instant
from chalicelib.flows import contracts, night_desk, nights, services, views
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store
from tests.agreed import agreed

OPERATOR = Caller("operator-1", operator=True, role="operator")
HANA = Caller("hana", "hana@example.jp", role="contractor")
KEN = Caller("ken", "ken@example.jp", role="contractor")
_keys = itertools.count(1)


def at(text: str) -> datetime:
    """Japan wall time as an instant: `2025-04-03T10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=JST).astimezone(UTC)


class Messages:
    """A queue that keeps its messages until somebody works on them."""

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []

    def send(self, messages: Iterable[Mapping[str, Any]]) -> int:
        sent = [dict(message) for message in messages]
        self.waiting += sent
        return len(sent)

    def taken(self) -> list[dict[str, Any]]:
        messages, self.waiting = self.waiting, []
        return messages


class World:
    """What the tests of flows act on."""

    def __init__(self, store: Store) -> None:
        self.store, self.queue = store, Messages()

    def apply(self, when: str, who: Caller = HANA, key: str = "", **body: Any) -> dict[str, Any]:
        asked = agreed({"service": "sottonet", "plan": "standard", "payment_method": "card", **body})
        return contracts.apply(self.store, at(when), who, asked, key or f"k{next(_keys)}")

    def do(self, when: str, contract: str, name: str, who: Caller = OPERATOR, key: str = "", **args: Any) -> dict[str, Any]:
        return contracts.command(self.store, at(when), who, contract, name, args, key or f"k{next(_keys)}")

    def say(self, when: str, service: str, name: str, key: str = "", **args: Any) -> dict[str, Any]:
        return services.command(self.store, at(when), OPERATOR, service, name, args, key or f"k{next(_keys)}")

    def night(self, day: str) -> list[dict[str, Any]]:
        """One night, handed out and worked to its end. Gives what the workers answered."""
        nights.dispatch(self.store, self.queue, date.fromisoformat(day))
        now = sweep_instant(date.fromisoformat(day))
        return [nights.work(self.store, message, now) for message in self.queue.taken()]

    def nights(self, *days: str) -> None:
        for day in days:
            self.night(day)

    def contract(self, contract: str) -> dict[str, Any]:
        return views.contract(self.store, at("2025-01-01T00:00"), OPERATOR, contract)

    def parked(self) -> list[dict[str, Any]]:
        """What nights put aside, as operators see it."""
        return night_desk.parked(self.store, at("2025-01-01T00:00"), limit=1000)["items"]

    def invoices(self, contract: str) -> list[dict[str, Any]]:
        return views.invoices(self.store, contract, limit=1000)["items"]

    def everything(self, contract: str) -> dict[str, dict[str, Any]]:
        """All rows of a contract's partition, by sort key: what faults and races must not change."""
        return {row["item"]["S"]: row for row in self.store.query_all(self.store.contracts, ("contract", contract))}

    def running(self, when: str = "2025-04-03T10:00", **body: Any) -> str:
        """A Sotto-net contract, installed a week after the application, first billed with the night of 1 May."""
        contract = self.apply(when, **body)["id"]
        self.do("2025-04-10T12:00", contract, "install", outcome="done")
        self.night("2025-04-20")
        return str(contract)


def stored(store: Store, contract: str) -> rows.Held:
    row = store.get(store.contracts, rows.snapshot_key(contract))
    assert row is not None
    return rows.held(row)
