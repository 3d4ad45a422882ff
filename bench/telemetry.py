"""The readings worker against prepared answers: messages of 25 readings from 200 gateways, in batches as SQS hands them over.

The rounds are played once against the dictionary, which counts calls and units and gives the answers; then the function
itself (`app.readings_worker`) does them again. Each gateway has three watches; nothing opens, as on nearly every day.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from bench import wire
from bench.dynamo import Dynamo
from bench.sweep import quietly
from bench.timing import rounds
from chalicelib.iot import setting, watching
from chalicelib.iot.reading import MINUTE, to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import devices, transact

Json = dict[str, Any]
GATEWAYS = 200
BATCH = 10  # records of one call: BatchSize of the readings queue in infra/
METRICS = ("temperature", "humidity", "co2", "light", "motion")
MINUTES = 5  # of one message, so 25 readings
START = datetime(2026, 11, 1, tzinfo=UTC)
WATCHES = {
    "too-hot": {"kind": "threshold", "metric": "temperature", "above": 35, "clear": 33},
    "silent": {"kind": "silence", "after_minutes": 60},
    "nobody-moves": {"kind": "no_activity", "metric": "motion", "active_equals": True, "for_hours": 8},
}


def claim(store: transact.Store, name: str) -> None:
    """Stores a gateway with its watches."""
    at = to_millis(START)
    device = Device(name, f"contract-of-{name}", "climate-sensor", at)
    for watch, given in WATCHES.items():
        device = watching.set_watch(device, setting.watch_of(watch, {**given, "level": "warning"}), at).device
    due = watching.next_due(device, at)
    store.commit([devices.new(store, device)])
    held = devices.load(store, name)
    assert held is not None
    write = devices.change(store, held, device, due)[0]
    store.write(write)


def record(name: str, number: int) -> Json:
    """The SQS record of a gateway's message of that number: five minutes of five metrics, as the fleet agent writes them."""
    begin = START + timedelta(minutes=MINUTES * number)
    readings = [
        {
            "metric": metric,
            "value": place % 2 == 0 if metric == "motion" else round(20 + place + minute / 10, 1),
            "measured_at": (begin + timedelta(minutes=minute)).isoformat(),
            "seq": (number * MINUTES + minute) * len(METRICS) + place,
        }
        for minute in range(MINUTES)
        for place, metric in enumerate(METRICS)
    ]
    payload = b64encode(json.dumps({"v": 1, "batch": f"{name}-{number}", "readings": readings}).encode()).decode()
    received_at = to_millis(begin) + MINUTES * MINUTE
    body = json.dumps({"payload": payload, "device": name, "received_at": received_at})
    return {"messageId": f"{name}-{number}", "body": body, "eventSource": "aws:sqs"}


def batches(numbers: range, gateways: int, batch: int = BATCH) -> list[Json]:
    """Events of all messages of these numbers, each round cut into batches at another place."""
    names = [f"gateway-{number:03d}" for number in range(gateways)]
    found = []
    for number in numbers:
        turned = names[number % BATCH :] + names[: number % BATCH]
        records = [record(name, number) for name in turned]
        found += [{"Records": records[start : start + batch]} for start in range(0, len(records), batch)]
    return found


def run(events: list[Json], now: datetime = START + timedelta(hours=1)) -> None:
    import app
    from chalicelib.api import house

    # A message is handled when it arrives; days later it would be late data, which closed days have to be summed up for again.
    with quietly(), patch.object(house, "now", lambda: now):
        for event in events:
            if app.readings_worker(event, None)["batchItemFailures"]:
                raise AssertionError("a message failed: the bench measures something else")


def take(
    messages_of_each: int, gateways: int = GATEWAYS, batch: int = BATCH
) -> tuple[list[Json], dict[bytes, wire.Reply], Dynamo]:
    """Events, the answers to what they read, and the counts of doing them once. The first message of each comes before."""
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    live = wire.live(dynamo)
    replies: dict[bytes, wire.Reply] = {}

    def noted(operation: str, body: bytes) -> wire.Reply:
        reply = live.reply(operation, body)
        if operation == "BatchGetItem":
            if body in replies:
                raise AssertionError("two batches read the same: their answers cannot be told apart")
            replies[body] = reply
        return reply

    events = batches(range(1, messages_of_each + 1), gateways, batch)
    with wire.answered_by(store.client, live):
        for number in range(gateways):
            claim(store, f"gateway-{number:03d}")
        run(batches(range(1), gateways))
        dynamo.forget()
        with wire.answered_by(store.client, wire.Canned(noted)):
            run(events)
    return events, replies, dynamo


def measure() -> Json:
    wire.settle()
    events, replies, dynamo = take(4)
    readings = sum(len(event["Records"]) for event in events) * MINUTES * len(METRICS)
    done, written = wire.Reply({}), wire.Reply({"UnprocessedItems": {}})

    def answer(operation: str, body: bytes) -> wire.Reply:
        if operation == "BatchGetItem":
            return replies[body]
        return written if operation == "BatchWriteItem" else done

    with wire.answered_by(transact.connect().client, wire.Canned(answer)):
        took = rounds(lambda: run(events), 7)
    return {
        "telemetry_readings_per_cpu_s": round(readings / took.best),
        "telemetry_readings_per_cpu_s_median": round(readings / took.median),
        "telemetry_write_units_per_reading": round(dynamo.writes / readings, 4),
        "telemetry_read_units_per_reading": round(dynamo.reads / readings, 4),
        "telemetry_store_calls_per_message": round(sum(dynamo.calls.values()) * MINUTES * len(METRICS) / readings, 3),
    }
