"""A tick's worker against prepared answers: homes that spoke and are put back in the index, and homes that fell silent.

The shares are played once against the dictionary, which counts and gives the answers; then the function itself
(`app.tick_worker`) does them again.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from bench import telemetry, wire
from bench.dynamo import Dynamo
from bench.sweep import quietly
from bench.timing import rounds
from chalicelib.flows import ticks
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices, transact
from chalicelib.store.transact import chunks

Json = dict[str, Any]
HOMES = 500
READS = ("BatchGetItem", "GetItem")
SHARES_AT_ONCE = 4  # BatchSize of the ticks queue in infra/
SPOKE, SILENT = timedelta(minutes=60), timedelta(minutes=70)  # when the watch of silence was due, and when it has opened


def events(messages: list[Json]) -> list[Json]:
    """The shares as SQS hands them over."""
    found = [
        {
            "messageId": f"t{number}",
            "receiptHandle": "r",
            "body": json.dumps(message),
            "attributes": {},
            "eventSource": "aws:sqs",
        }
        for number, message in enumerate(messages)
    ]
    return [{"Records": found[start : start + SHARES_AT_ONCE]} for start in range(0, len(found), SHARES_AT_ONCE)]


def run(given: list[Json]) -> None:
    import app

    with quietly():
        for event in given:
            if app.tick_worker(event, None)["batchItemFailures"]:
                raise AssertionError("a share failed: the bench measures something else")


def take(after: timedelta, homes: int = HOMES) -> tuple[list[Json], dict[bytes, wire.Reply], Dynamo]:
    """The shares of a tick so long after the claims, the answers to what they read, and the counts of doing them once.

    All homes spoke once, five minutes after they were claimed.
    """
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    live = wire.live(dynamo)
    replies: dict[bytes, wire.Reply] = {}

    def noted(operation: str, body: bytes) -> wire.Reply:
        reply = live.reply(operation, body)
        if operation in READS:
            replies[body] = reply
        return reply

    at = to_millis(telemetry.START + after)
    with wire.answered_by(store.client, live):
        for number in range(homes):
            telemetry.claim(store, f"gateway-{number:03d}")
        telemetry.run(telemetry.batches(range(1), homes))
        given = events([{"at": at, "keys": keys} for keys in chunks(devices.due(store, at), ticks.SHARE)])
        dynamo.forget()
        with wire.answered_by(store.client, wire.Canned(noted)):
            run(given)
    return given, replies, dynamo


def measure() -> Json:
    wire.settle()
    figures: Json = {}
    for name, after in (("moved", SPOKE), ("silent", SILENT)):
        given, replies, dynamo = take(after)

        def answer(operation: str, body: bytes, replies: dict[bytes, wire.Reply] = replies) -> wire.Reply:
            return replies[body] if operation in READS else wire.Reply({})

        with wire.answered_by(transact.connect().client, wire.Canned(answer)):
            took = rounds(lambda given=given: run(given), 5)  # type: ignore[misc]
        figures[f"tick_devices_{name}_per_cpu_s"] = round(HOMES / took.best)
        figures[f"tick_write_units_per_device_{name}"] = round(dynamo.writes / HOMES, 3)
    return figures
