"""What AWS would ask for a month of 1,000 homes, and how each choice of the design changes it: counted units at `prices.toml`.

A home has five sensors, a reading a minute each, gathered into one message of 25 every five minutes. A day of some homes is
played against the dictionary (`usage.py`), night included; the functions' CPU is measured, the rest of their time are calls
to the store. Queue and functions are counted as if every message came alone, since at 3 messages a second they nearly do.
Left out: storage, logs, free tiers, tax.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import night, usage, wire
from bench.usage import DAY, Shape, Used

HOMES = 1000
DAYS = 30
SAMPLE_HOMES = 2
MAILS_A_HOME = 8  # a month, assumed: two alerts, told when they open and when they close, to two people
FUNCTION_GB = 0.5
# Lambda gives 512 MB 0.29 of a core, so that CPU takes longer there than here; a call to DynamoDB waits so long (assumed).
FUNCTION_CORES = 512 / 1769
CALL_SECONDS = 0.005
TICK_CALLS = 60
PRICES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "prices.toml").read_text(encoding="utf-8"))
PARTS = (
    "iot_messages",
    "iot_rules",
    "iot_actions",
    "iot_connection_minutes",
    "queue_requests",
    "function_calls",
    "function_gb_seconds",
    "dynamo_writes",
    "dynamo_reads",
    "mails",
)


@dataclass(frozen=True)
class Design:
    """What a month of a home is made of. `writes` and `reads` are its request units a month, bills and nights included."""

    messages: int
    writes: float
    reads: float
    seconds_a_message: float
    basic_ingest: bool = False
    queue: bool = True
    together: int = 1  # messages that one call of the function takes out of the queue
    mails: float = MAILS_A_HOME
    elsewhere: str = ""  # a region with prices of its own
    ticks: dict[str, float] = field(default_factory=dict)  # of the whole stage, however many homes


def price(part: str, region: str = "") -> float:
    """Dollars for one."""
    about = PRICES[part]
    return float(about.get("elsewhere", {}).get(region, about["usd"])) / 1e6


def used(design: Design, homes: int = HOMES) -> dict[str, float]:
    """Units by part of the bill, for a month of so many homes."""
    messages = design.messages * homes
    calls = messages / design.together
    # One call for many messages spares calls to the store only in reading: each device is written by itself.
    seconds = messages * design.seconds_a_message
    return {
        "iot_messages": 0 if design.basic_ingest else messages,
        "iot_rules": messages,
        "iot_actions": messages,
        "iot_connection_minutes": homes * DAYS * DAY,
        "queue_requests": messages + 2 * calls if design.queue else 0,  # sent, received, deleted
        "function_calls": calls + design.ticks["calls"],
        "function_gb_seconds": (seconds + design.ticks["seconds"]) * FUNCTION_GB,
        "dynamo_writes": design.writes * homes,
        "dynamo_reads": design.reads * homes + design.ticks["reads"],
        "mails": design.mails * homes,
    }


def dollars(design: Design, homes: int = HOMES) -> float:
    return sum(amount * price(part, design.elsewhere) for part, amount in used(design, homes).items())


def as_built(day: Used, cpu: float, calls: float) -> Design:
    """The design as it is, of a day that was played and the CPU and calls of one message."""
    bills = night.cost(100, 100)  # one invoice for every home
    ticked = DAYS * DAY // usage.TICK_MINUTES
    ticks = {"calls": ticked, "seconds": ticked * TICK_CALLS * CALL_SECONDS, "reads": ticked * day.tick_reads}
    return Design(
        messages=day.messages * DAYS,
        writes=day.writes * DAYS + bills.writes / 100,
        reads=day.reads * DAYS + bills.reads / 100,
        seconds_a_message=_seconds(cpu, calls),
        ticks=ticks,
    )


def _seconds(cpu: float, calls: float) -> float:
    return cpu / FUNCTION_CORES + calls * CALL_SECONDS


def choices(built: Design, minute: Used, single: Used) -> dict[str, Design]:
    """The design with one choice made otherwise. `minute`: a message a minute; `single`: a message for every reading."""
    readings = built.messages * 25
    return {
        "basic_ingest": replace(built, basic_ingest=True),
        "a_message_every_minute": _shaped(built, minute),
        "a_message_for_every_reading": _shaped(built, single),
        "a_message_every_quarter_of_an_hour": replace(
            built, messages=built.messages // 3, writes=built.writes - built.messages * 2 / 3, reads=built.reads * 2 / 3
        ),
        "a_row_for_every_reading": replace(built, writes=built.writes + readings - built.messages),
        "summaries_with_every_message_beside_rows": replace(built, writes=built.writes + built.messages),
        "everything_the_urgent_way": replace(built, queue=False),
        "five_seconds_gathered_before_the_function": replace(built, together=10),
        "sms_instead_of_half_of_the_mails": replace(built, mails=MAILS_A_HOME / 2 * (1 + price("sms") / price("mails"))),
        "messages_at_tokyos_price": replace(built, elsewhere="ap-northeast-1"),
    }


def _shaped(built: Design, day: Used) -> Design:
    """With messages of another shape; what a month's bills and nights need stays."""
    return replace(built, messages=day.messages * DAYS, writes=day.writes * DAYS, reads=day.reads * DAYS)


def measure() -> dict[str, Any]:
    wire.settle()
    built = as_built(usage.play(SAMPLE_HOMES, DAY), *usage.cpu_seconds_a_call())
    minute = usage.play(SAMPLE_HOMES, 120, Shape(minutes=1))
    single = usage.play(SAMPLE_HOMES, 60, Shape(minutes=1, together=False))
    parts = {part: amount * price(part) for part, amount in used(built).items()}
    return {
        "usd_per_1000_homes_month": round(sum(parts.values()), 2),
        **{f"usd_per_1000_homes_month_{part}": round(amount, 2) for part, amount in parts.items()},
        **{f"usd_with_{name}": round(dollars(design), 2) for name, design in choices(built, minute, single).items()},
        **_growth(),
        **{f"usd_per_home_month_{homes}_homes": round(dollars(built, homes) / homes, 5) for homes in (1000, 10_000, 100_000)},
    }


def _growth() -> dict[str, float]:
    """Request units of a home among 10 and 100 times as many, and with 10 and 100 times the history, over once."""
    once = _units(usage.play(3, 60, history_days=1))
    return {
        "home_units_ratio_10x_homes": round(_units(usage.play(30, 60, history_days=1)) / once, 4),
        "home_units_ratio_100x_homes": round(_units(usage.play(300, 60, history_days=1)) / once, 4),
        "home_units_ratio_10x_history": round(_units(usage.play(3, 60, history_days=10)) / once, 4),
        "home_units_ratio_100x_history": round(_units(usage.play(3, 60, history_days=100)) / once, 4),
    }


def _units(day: Used) -> float:
    return day.writes * price("dynamo_writes") + day.reads * price("dynamo_reads")
