"""What a home uses of DynamoDB, counted while a day of it is played against the dictionary: messages, ticks, the night."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench import sweep, telemetry, wire
from bench.dynamo import Dynamo
from bench.timing import rounds
from chalicelib.flows import ticks
from chalicelib.iot.reading import MINUTE, to_millis
from chalicelib.store import transact

Json = dict[str, Any]
DAY = 24 * 60
TICK_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """How a device puts its readings into messages: so many minutes in one, all metrics together or one each."""

    minutes: int = telemetry.MINUTES
    together: bool = True

    @property
    def messages_a_day(self) -> int:
        return DAY // self.minutes * (1 if self.together else len(telemetry.METRICS))


@dataclass(frozen=True, slots=True)
class Used:
    """Messages and request units of one home and day; and what a tick over nothing reads, which is nobody's."""

    messages: int
    writes: float
    reads: float
    tick_reads: float


def play(homes: int, minutes: int, shape: Shape = Shape(), history_days: int = 0) -> Used:
    """Homes live so many minutes, after an hour that is not counted, with so many days of history behind them.

    A whole day has one night in it, which sums up the day before.
    """
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    with wire.answered_by(store.client, wire.live(dynamo)), sweep.quietly():
        ticks.tick(store, telemetry.START)
        of_nothing = dynamo.reads
        names = [f"gateway-{number:04d}" for number in range(homes)]
        for name in names:
            telemetry.claim(store, name)
        _live(store, names, -60, 0, shape)
        _long_ago(dynamo, names, history_days)
        dynamo.forget()
        _live(store, names, 0, minutes, shape)
    counted, days = minutes // TICK_MINUTES, minutes / DAY
    beats = min(dynamo.calls["GetItem"], counted)  # a tick with somebody to look at asks once when we were last away
    reads = dynamo.reads - of_nothing * counted - beats
    return Used(shape.messages_a_day, dynamo.writes / homes / days, reads / homes / days, of_nothing + 1)


def _live(store: transact.Store, names: list[str], first: int, last: int, shape: Shape) -> None:
    step = max(shape.minutes, TICK_MINUTES)
    for minute in range(first, last, step):
        now = telemetry.START + timedelta(minutes=minute + step)
        events = [{"Records": [record]} for name in names for record in _records(name, minute, minute + step, shape)]
        telemetry.run(events, now)
        for tick in range(minute + TICK_MINUTES, minute + step + 1, TICK_MINUTES):
            ticks.tick(store, telemetry.START + timedelta(minutes=tick))


def _records(name: str, begin: int, end: int, shape: Shape) -> Iterator[Json]:
    """The queue's records of a home's readings, a reading a minute of each metric."""
    for first in range(begin, end, shape.minutes):
        groups = [telemetry.METRICS] if shape.together else [(metric,) for metric in telemetry.METRICS]
        for metrics in groups:
            readings = [_reading(metric, minute) for minute in range(first, first + shape.minutes) for metric in metrics]
            batch = f"{first + 1000}-{metrics[0]}"
            payload = b64encode(json.dumps({"v": 1, "batch": batch, "readings": readings}).encode()).decode()
            received = to_millis(telemetry.START) + (first + shape.minutes) * MINUTE
            body = json.dumps({"payload": payload, "device": name, "received_at": received})
            yield {"messageId": f"{name}-{batch}", "body": body, "eventSource": "aws:sqs"}


def _reading(metric: str, minute: int) -> Json:
    place = telemetry.METRICS.index(metric)
    value = minute % 2 == 0 if metric == "motion" else round(20 + place + minute % 50 / 10, 1)
    measured = telemetry.START + timedelta(minutes=minute)
    return {
        "metric": metric,
        "value": value,
        "measured_at": measured.isoformat(),
        "seq": (minute + 100_000) * len(telemetry.METRICS) + place,
    }


def _long_ago(dynamo: Dynamo, names: list[str], days: int) -> None:
    """History rows like those of the first hour, message by message for so many days before."""
    table = f"{wire.PREFIX}devices"
    for name in names:
        rows = [item for sort, item in dynamo.rows[table].items[name].items() if sort[0].startswith("reading#")]
        for number in range(1, days * DAY // telemetry.MINUTES + 1):
            at = to_millis(telemetry.START) - 60 * MINUTE - number * telemetry.MINUTES * MINUTE
            row = rows[number % len(rows)]
            dynamo.rows[table].put({**row, "item": {"S": f"reading#{at:014d}#past-{number}"}})


def cpu_seconds_a_call() -> tuple[float, float]:
    """CPU of the readings worker for a batch of one message, and calls to the store: what a quiet house's functions do."""
    events, replies, dynamo = telemetry.take(1, gateways=100, batch=1)
    done, written = wire.Reply({}), wire.Reply({"UnprocessedItems": {}})

    def answer(operation: str, body: bytes) -> wire.Reply:
        if operation == "BatchGetItem":
            return replies[body]
        return written if operation == "BatchWriteItem" else done

    with wire.answered_by(transact.connect().client, wire.Canned(answer)):
        took = rounds(lambda: telemetry.run(events), 5)
    return took.best / len(events), sum(dynamo.calls.values()) / len(events)
