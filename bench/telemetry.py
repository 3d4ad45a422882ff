"""The telemetry worker on messages of 25 readings from 200 gateways: CPU per reading, calls and write units.

An hour of five-minute messages is played once against the dictionary, which counts units and keeps every answer in its
order. Then the function itself (`app.readings_worker`, as SQS calls it) takes the same messages in against those answers.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench import wire
from bench.dynamo import Dynamo
from bench.sweep import quietly
from bench.timing import rounds
from chalicelib.flows import devices, watches
from chalicelib.flows.asked import Asked
from chalicelib.iot.reading import MINUTE, from_millis
from chalicelib.store import transact

Json = dict[str, Any]
GATEWAYS = 200
PER_BATCH = 10  # messages of one call, as infra/functions.yaml sets it
METRICS = ("temperature", "humidity", "co2", "light", "battery")
START = 1_754_006_400_000  # 2025-08-01T09:00 in Japan
WATCHES: dict[str, Json] = {
    "hot": {"kind": "threshold", "metric": "temperature", "above": 35, "clear": 33, "for_minutes": 10, "level": "warning"},
    "offline": {"kind": "silence", "after_minutes": 180, "level": "info"},
    "still": {"kind": "no_activity", "metric": "light", "active_above": 100, "for_hours": 12, "between": ["07:00", "21:00"]},
}


@dataclass
class Taken:
    """What one run was given, asked and answered."""

    events: list[Json]
    answers: list[tuple[bytes, wire.Reply]] = field(default_factory=list)
    readings: int = 0
    calls: int = 0
    writes: int = 0


def events(times: int) -> list[Json]:
    """Every gateway's messages, five minutes apart, ten to a call: a minute of five sensors after the other."""
    made = []
    for number in range(times):
        received = START + (number + 1) * 5 * MINUTE
        for first in range(0, GATEWAYS, PER_BATCH):
            made.append({"Records": [_record(first + place, number, received) for place in range(PER_BATCH)]})
    return made


def _record(gateway: int, number: int, received: int) -> Json:
    readings = [
        {
            "metric": metric,
            "value": round(20 + (gateway * 7 + number * 3 + minute + place) % 50 / 10, 1),
            "measured_at": received - (5 - minute) * MINUTE,
            "seq": number * 25 + minute * 5 + place,
        }
        for minute in range(5)
        for place, metric in enumerate(METRICS)
    ]
    message = {"v": 1, "batch": f"{gateway}-{number}", "readings": readings}
    body = {"payload": b64encode(json.dumps(message).encode()).decode(), "device": _name(gateway), "received_at": received}
    return {"messageId": f"{gateway}-{number}", "body": json.dumps(body), "eventSource": "aws:sqs"}


def _name(gateway: int) -> str:
    return f"gateway-{gateway:04d}"


def claim_all(store: transact.Store, contract: str) -> None:
    """Two hundred homes, here all on one contract's account of devices, a hundred to a contract."""
    now = datetime.fromtimestamp(START / 1000, UTC)
    for gateway in range(GATEWAYS):
        asked = Asked(f"{contract}-{gateway // 100}", "bench", f"claim-{gateway}", "print")
        devices.claim(store, now, asked, {"device": _name(gateway), "model": "climate-sensor"})
        for name, settings in WATCHES.items():
            watches.put(store, from_millis(START), asked.contract, _name(gateway), name, settings)


def take(times: int) -> Taken:
    """Plays the messages once against the dictionary and takes everything down."""
    from bench import sweep

    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    taken = Taken(events(times))
    live = wire.live(dynamo)

    def noted(operation: str, body: bytes) -> wire.Reply:
        reply = live.reply(operation, body)
        taken.answers.append((body, reply))
        return reply

    with wire.answered_by(store.client, live):
        eve = sweep.eves()[0]
        for half in range(2):
            sweep.settle_in(store, eve, f"home-{half}")
        claim_all(store, "home")
    dynamo.forget()
    with wire.answered_by(store.client, wire.Canned(noted)):
        run(taken.events)
    taken.readings = sum(len(json.loads(r["body"])["readings"]) for event in taken.events for r in event["Records"])
    taken.calls, taken.writes = sum(dynamo.calls.values()), dynamo.writes
    return taken


def run(given: list[Json]) -> None:
    """The function, as Lambda runs it."""
    import app

    with quietly():
        for event in given:
            if app.readings_worker(event, None)["batchItemFailures"]:
                raise AssertionError("a message failed: the bench measures something else")


def measure(quick: bool = False) -> Json:
    wire.settle()
    taken = take(3 if quick else 12)
    place = 0

    def prepared(operation: str, body: bytes) -> wire.Reply:
        nonlocal place
        asked, reply = taken.answers[place]
        if asked != body:
            raise AssertionError(f"{operation} asked something else than before: the bench measures something else")
        place += 1
        return reply

    def again() -> None:
        nonlocal place
        place = 0
        run(taken.events)

    with wire.answered_by(transact.connect().client, wire.Canned(prepared)):
        worker = rounds(again, 3 if quick else 7)
    return {
        "telemetry_readings_per_cpu_s": round(taken.readings / worker.best),
        "telemetry_readings_per_cpu_s_median": round(taken.readings / worker.median),
        "telemetry_cpu_us_per_reading": round(worker.best / taken.readings * 1e6, 1),
        "telemetry_store_calls_per_message": round(taken.calls / (taken.readings / 25), 2),
        "telemetry_write_units_per_reading": round(taken.writes / taken.readings, 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
