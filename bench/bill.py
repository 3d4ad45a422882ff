"""What AWS would ask for a month of 1,000 homes: units counted over some hours of messages, ticks and a night, at list prices.

Five sensors, a reading a minute each, gathered into one message of 25 every five minutes. Prices are those quoted for
us-east-1 in 2026, in dollars per million, without free tiers; storage, logs and mails are left out. Not verified: the prices of
queue requests and of a function's GB-seconds, and the seconds of a message and a tick, which are assumed. Queue and functions
are counted as if every message came alone, since at 3 messages a second they nearly do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bench import night, telemetry, wire
from bench.dynamo import Dynamo
from chalicelib.flows import ticks
from chalicelib.store import transact

HOMES = 1000
HOURS = 30 * 24
MESSAGES_AN_HOUR = 60 // telemetry.MINUTES
SAMPLE_HOMES = 50
SAMPLE_HOURS = 3
PRICES = {
    "iot_messages": 1.00,
    "iot_rules_and_actions": 0.15 + 0.15,
    "iot_connection_minutes": 0.08,
    "queue_requests": 0.40,
    "function_calls": 0.20,
    "function_gb_seconds": 16.6667,
    "dynamo_writes": 0.625,
    "dynamo_reads": 0.125,
}
FUNCTION_GB = 0.5
SECONDS_A_MESSAGE = 0.025  # one batch of one: three calls to DynamoDB and a few milliseconds of our own
SECONDS_A_TICK = 2.0


def measure() -> dict[str, Any]:
    wire.settle()
    reads, writes, of_nothing = _sampled()
    scale = HOMES / SAMPLE_HOMES * HOURS / SAMPLE_HOURS
    bills = night.cost(100, 100)  # one invoice for every home
    messages = HOMES * HOURS * MESSAGES_AN_HOUR
    ticked = HOURS * MESSAGES_AN_HOUR
    used = {
        "iot_messages": messages,
        "iot_rules_and_actions": messages,
        "iot_connection_minutes": HOMES * HOURS * 60,
        "queue_requests": 3 * messages,  # sent, received, deleted
        "function_calls": messages + ticked,
        "function_gb_seconds": (messages * SECONDS_A_MESSAGE + ticked * SECONDS_A_TICK) * FUNCTION_GB,
        "dynamo_writes": writes * scale + bills.writes * HOMES / 100,
        "dynamo_reads": reads * scale + of_nothing * ticked + bills.reads * HOMES / 100,
    }
    dollars = {name: amount * PRICES[name] / 1e6 for name, amount in used.items()}
    return {
        "month_of_1000_homes_usd": round(sum(dollars.values()), 2),
        **{f"month_of_1000_homes_usd_{name}": round(amount, 2) for name, amount in dollars.items()},
    }


def _sampled() -> tuple[float, float, float]:
    """Read and write units of some hours of some homes with their ticks, but for what a tick over nothing reads; and that.

    The first hour is played and not counted.
    """
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    with wire.answered_by(store.client, wire.live(dynamo)), telemetry.quietly():
        ticks.tick(store, telemetry.START)
        of_nothing = dynamo.reads
        for number in range(SAMPLE_HOMES):
            telemetry.claim(store, f"gateway-{number:03d}")
        for number in range((SAMPLE_HOURS + 1) * MESSAGES_AN_HOUR):
            if number == MESSAGES_AN_HOUR:
                dynamo.forget()
            telemetry.run(telemetry.batches(range(number, number + 1), SAMPLE_HOMES))
            ticks.tick(store, telemetry.START + timedelta(minutes=telemetry.MINUTES * (number + 1)))
    return dynamo.reads - of_nothing * SAMPLE_HOURS * MESSAGES_AN_HOUR, dynamo.writes, of_nothing
