"""What a whole night reads: 1,000 contracts are due, once among 1,000 and once among 100,000.

Dispatcher and workers run through the real client against the dictionary, which counts request units as DynamoDB bills
them. The 99,000 others are like the due ones, active with their next date a month later, or ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench import sweep, wire
from bench.dynamo import Dynamo
from chalicelib.dates import add_months, sweep_instant
from chalicelib.flows import nights
from chalicelib.store import codec, transact
from chalicelib.store import contracts as rows

Json = dict[str, Any]
DUE = 1000
EVERY_ENDED = 10  # one of so many others is ended, and in no due index


@dataclass(frozen=True)
class Cost:
    """Counted over one whole night."""

    reads: float
    writes: int
    calls: int
    done: int


class Kept:
    """A queue that keeps its messages for whoever asks."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    def send(self, messages: Iterator[Json]) -> int:
        before = len(self.messages)
        self.messages += json.loads(json.dumps(list(messages)))
        return len(self.messages) - before


def cost(due: int, among: int) -> Cost:
    """Plays one night over so many due contracts among so many, and counts."""
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    eve = sweep.eves()[0]
    with wire.answered_by(store.client, wire.live(dynamo)), sweep.quietly():
        sweep.say_states(store)
        for number in range(due):
            sweep.settle_in(store, eve, f"due-{number:06d}")
        template = store.get(store.contracts, rows.snapshot_key("due-000000"))
        assert template is not None
        dynamo.load(store.contracts, _others(template, among - due, sweep_instant(add_months(eve.night, 1))))
        dynamo.forget()
        queue = Kept()
        nights.dispatch(store, queue, eve.night)
        done = sum(nights.work(store, message, sweep_instant(eve.night))["done"] for message in queue.messages)
    if done != due:
        raise AssertionError(f"{done} of {due} contracts were done: the bench measures something else")
    return Cost(dynamo.reads, dynamo.writes, sum(dynamo.calls.values()), done)


def _others(template: Mapping[str, Any], count: int, later: datetime) -> Iterator[Json]:
    for number in range(count):
        contract = f"other-{number:06d}"
        row = {**template, "contract": transact.S(contract), "account": transact.S(f"account-{contract}")}
        if number % EVERY_ENDED == 0:
            del row["due_shard"], row["due_at"]
            row["service_state"] = transact.S(row["service_state"]["S"].partition("#")[0] + "#ended")
        else:
            row["due_shard"] = transact.S(rows.due_shard(contract))
            row["due_at"] = transact.S(codec.instant_text(later))
        yield row


def measure() -> Json:
    wire.settle()
    alone, among_many = cost(DUE, DUE), cost(DUE, 100_000)
    return {
        "sweep_read_units_ratio_100k": round(among_many.reads / alone.reads, 4),
        "sweep_read_units_1k_among_1k": alone.reads,
        "sweep_read_units_1k_among_100k": among_many.reads,
        "night_write_units_per_invoice": round(among_many.writes / among_many.done, 2),
        "night_store_calls_per_invoice": round(among_many.calls / among_many.done, 3),
    }
