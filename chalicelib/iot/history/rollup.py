"""Readings → what each metric came to on one Japan day. The kind of a metric (`iot/models.py`) says how.

| kind       | of the day                                         | of a quarter of an hour, in `quarters`       |
| ---------- | -------------------------------------------------- | -------------------------------------------- |
| `gauge`    | n, min, mean, max, last, sum; kwh of a power        | [q, n, min, mean, max, last], and kwh        |
| `amount`   | n, sum                                             | [q, sum]                                     |
| `meter`    | n, used, resets, rises (in gaps), first, last      | [q, used]                                    |
| `state`    | n, minutes by value, changes                       | from `runs`: [from, to, value]               |
| `presence` | n, times, minutes, first, last                     | [q, times, minutes]                          |
| `spot`     | n, min, mean, max, last, sum                       | from `items`: [at, value]                    |

Times within a day are seconds from its midnight. All have `missing` (minutes without data), `apart` (values that cannot be)
and `unread` (no value, or one of another type); the last three only where there are some.

A value holds until the next reading. Where that is further away than the gap limit, it holds for one reporting interval and
then nothing is known: a gap stays a gap. A meter's rise over a gap is in no quarter and no sum; it is listed in `rises`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from chalicelib.iot import models
from chalicelib.iot.history.days import QUARTER, REACH, end_of, quarters_between, start_of
from chalicelib.iot.reading import HOUR, MINUTE, SECOND, Millis, Reading

Json = dict[str, Any]
GAP_INTERVALS = 4  # a device that left out three reports has a gap
GAP_MIN = 15 * MINUTE  # a short interval forgives more: one lost message is no gap
EVERY_UNKNOWN = 5 * MINUTE  # of a model that does not say how often it reports
FAR = (-1e15, 1e15)  # beyond every sensor: where no model says what can be
KW = {"kW": 1.0, "W": 0.001}  # units of a power, whose time makes an energy
_OF_TYPE: Mapping[type, str] = {bool: "presence", str: "state"}


@dataclass(frozen=True, slots=True)
class Held:
    """From when to when a reading's value holds."""

    start: Millis
    end: Millis
    value: Any


@dataclass(frozen=True, slots=True)
class Day:
    """One metric's day: its usable readings in order of measuring, those near the day included, and how long they hold."""

    day: date
    near: Sequence[Reading]
    own: Sequence[Reading]
    held: Sequence[Held]
    limit: Millis
    about: Mapping[str, Any]

    def quarter(self, reading: Reading) -> int:
        return (reading.measured_at - start_of(self.day)) // QUARTER

    def seconds(self, at: Millis) -> int:
        return (at - start_of(self.day)) // SECOND

    def by_quarter(self) -> dict[int, list[Reading]]:
        found: dict[int, list[Reading]] = {}
        for reading in self.own:
            found.setdefault(self.quarter(reading), []).append(reading)
        return found


def roll_up(model: str, day: date, readings: Iterable[Reading], until: Millis | None = None) -> dict[str, Json]:
    """Metric → its summary of that day. `readings`: all from REACH before the day to REACH after it, in any order.

    `until`: now, on a day that is not over; nothing holds longer.
    """
    by_metric: dict[str, list[Reading]] = {}
    for reading in once_each(readings):
        by_metric.setdefault(reading.metric, []).append(reading)
    every, limit = intervals(model)
    known = models.metrics(model)
    low, high = start_of(day), min(end_of(day), until or end_of(day))
    found: dict[str, Json] = {}
    for metric, near in sorted(by_metric.items()):
        if not any(low <= reading.measured_at < end_of(day) for reading in near):
            continue
        about = known.get(metric) or {"kind": _kind_of(near)}
        usable, apart, unread = _sorted_out(about, near, low, end_of(day))
        own = [reading for reading in usable if low <= reading.measured_at < end_of(day)]
        held, missing = _holding(usable, every, limit, low, high)
        one = Day(day, usable, own, held, limit, about)
        odd = {name: count for name, count in (("apart", apart), ("unread", unread)) if count}
        timed: Json = {} if about["kind"] == "spot" else {"missing": missing}
        found[metric] = {"kind": about["kind"], "n": len(own), **(_KINDS[about["kind"]](one) if own else {}), **timed, **odd}
    return found


def intervals(model: str) -> tuple[Millis, Millis]:
    """How often a model reports, and how long after a reading there is a gap."""
    about = models.find(model).get("every_minutes")
    every = int(about * MINUTE) if about else EVERY_UNKNOWN
    limit = min(max(GAP_INTERVALS * every, GAP_MIN), REACH)
    return min(every, limit), limit


def once_each(readings: Iterable[Reading]) -> list[Reading]:
    """Each reading once (metric, instant, seq), in order of measuring; of two that differ, always the same one."""
    found: dict[tuple[str, Millis, int], Reading] = {}
    for reading in readings:
        key = (reading.metric, reading.measured_at, -1 if reading.seq is None else reading.seq)
        known = found.get(key)
        if known is None or repr(reading.value) < repr(known.value):
            found[key] = reading
    return [found[key] for key in sorted(found)]


def _kind_of(readings: Sequence[Reading]) -> str:
    """How a metric that no model knows is summed up: by what most of its values are."""
    kinds = [_OF_TYPE.get(type(reading.value), "gauge") for reading in readings if reading.value is not None]
    return max(sorted(set(kinds)), key=kinds.count) if kinds else "gauge"


def _sorted_out(about: Mapping[str, Any], near: Sequence[Reading], low: Millis, high: Millis) -> tuple[list[Reading], int, int]:
    """What can be used, and how many of the day's own cannot be (`apart`) or were not readable."""
    usable: list[Reading] = []
    apart = unread = 0
    for reading in near:
        fits = _fits(about, reading.value)
        possible = about.get("possible", FAR)
        if fits and (isinstance(reading.value, str) or possible[0] <= reading.value <= possible[1]):
            usable.append(reading)
        elif low <= reading.measured_at < high:
            apart, unread = apart + fits, unread + (not fits)
    return usable, apart, unread


def _fits(about: Mapping[str, Any], value: object) -> bool:
    if value is None:
        return False
    if about["kind"] == "presence":
        return isinstance(value, bool)
    if about["kind"] == "state":
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _holding(readings: Sequence[Reading], every: Millis, limit: Millis, low: Millis, high: Millis) -> tuple[list[Held], int]:
    """How long each value holds inside the day, and the minutes of it of which nothing is known."""
    held: list[Held] = []
    for place, reading in enumerate(readings):
        start = reading.measured_at
        after = readings[place + 1].measured_at if place + 1 < len(readings) else None
        end = after if after is not None and after - start <= limit else start + every
        start, end = max(start, low), min(end, high)
        if start < end:
            held.append(Held(start, end, reading.value))
    known = sum(one.end - one.start for one in held)
    return held, max(0, high - low - known) // MINUTE


def _gauge(one: Day) -> Json:
    values = [_number(reading) for reading in one.own]
    energy = _energy(one)
    quarters = []
    for quarter, readings in one.by_quarter().items():
        own = [_number(reading) for reading in readings]
        line = [quarter, len(own), min(own), tidy(math.fsum(own) / len(own)), max(own), own[-1]]
        quarters.append([*line, tidy(math.fsum(energy.get(quarter, ())))] if energy is not None else line)
    total = {} if energy is None else {"kwh": tidy(math.fsum(part for parts in energy.values() for part in parts))}
    return {**_levels(values), **total, "quarters": quarters}


def _energy(one: Day) -> dict[int, list[float]] | None:
    """Of a power: the energy of each quarter in kWh, what flows the other way taken off. None for another quantity."""
    factor = KW.get(one.about.get("unit", ""))
    if factor is None:
        return None
    found: dict[int, list[float]] = {}
    for held in one.held:
        amount = held.value * factor * (held.end - held.start) / HOUR
        for quarter, share in quarters_between(one.day, held.start, held.end):
            found.setdefault(quarter, []).append(amount * share)
    return found


def _levels(values: Sequence[float]) -> Json:
    total = math.fsum(values)
    mean = tidy(total / len(values))
    return {"min": min(values), "mean": mean, "max": max(values), "last": values[-1], "sum": tidy(total)}


def _amount(one: Day) -> Json:
    quarters = [[q, tidy(math.fsum(map(_number, readings)))] for q, readings in one.by_quarter().items()]
    return {"sum": tidy(math.fsum(map(_number, one.own))), "quarters": quarters}


def _meter(one: Day) -> Json:
    """Consumption: rises between neighbours, each spread evenly over its time. A drop is a reset and no consumption."""
    parts: dict[int, list[float]] = {}
    rises: list[list[Any]] = []
    resets = 0
    own = {(reading.measured_at, reading.seq) for reading in one.own}
    for before, after in pairwise(one.near):
        rise, took = _number(after) - _number(before), after.measured_at - before.measured_at
        is_own = (after.measured_at, after.seq) in own
        if rise < 0:
            resets += is_own
        elif took > one.limit:
            if rise and is_own and (before.measured_at, before.seq) in own:
                rises.append([one.seconds(before.measured_at), one.seconds(after.measured_at), tidy(rise)])
        elif took == 0 and is_own:
            parts.setdefault(one.quarter(after), []).append(rise)
        elif took:
            for quarter, share in quarters_between(one.day, before.measured_at, after.measured_at):
                parts.setdefault(quarter, []).append(rise * share)
    first, last = one.own[0], one.own[-1]
    return {
        "used": tidy(math.fsum(part for some in parts.values() for part in some)),
        **({"resets": resets} if resets else {}),
        **({"rises": rises} if rises else {}),
        "first": [one.seconds(first.measured_at), first.value],
        "last": [one.seconds(last.measured_at), last.value],
        "quarters": [[quarter, tidy(math.fsum(some))] for quarter, some in sorted(parts.items())],
    }


def _state(one: Day) -> Json:
    runs: list[list[Any]] = []
    for held in one.held:
        start, end = one.seconds(held.start), one.seconds(held.end)
        if runs and runs[-1][1] == start and runs[-1][2] == held.value:
            runs[-1][1] = end
        else:
            runs.append([start, end, held.value])
    seconds: dict[str, int] = {}
    for start, end, value in runs:
        seconds[word(value)] = seconds.get(word(value), 0) + end - start
    changes = sum(before[2] != after[2] for before, after in pairwise(runs))
    return {"minutes": {value: tidy(sum_ / 60) for value, sum_ in sorted(seconds.items())}, "changes": changes, "runs": runs}


def _presence(one: Day) -> Json:
    active = [reading for reading in one.own if reading.value]
    minutes: dict[int, set[int]] = {}
    times: dict[int, int] = {}
    for reading in active:
        minutes.setdefault(one.quarter(reading), set()).add(one.seconds(reading.measured_at) // 60)
    for quarter in map(one.quarter, _beginnings(one)):
        times[quarter] = times.get(quarter, 0) + 1
    ends = {"first": one.seconds(active[0].measured_at), "last": one.seconds(active[-1].measured_at)} if active else {}
    quarters = [[quarter, times.get(quarter, 0), len(some)] for quarter, some in minutes.items()]
    return {"times": sum(times.values()), "minutes": sum(map(len, minutes.values())), **ends, "quarters": quarters}


def _beginnings(one: Day) -> list[Reading]:
    """The readings with which somebody is noticed who was not noticed just before."""
    found = []
    before: Reading | None = None
    for reading in one.near:
        goes_on = before is not None and before.value and reading.measured_at - before.measured_at <= one.limit
        if reading.value and not goes_on and start_of(one.day) <= reading.measured_at < end_of(one.day):
            found.append(reading)
        before = reading
    return found


def _spot(one: Day) -> Json:
    items = [[one.seconds(reading.measured_at), reading.value] for reading in one.own]
    return {**_levels([_number(reading) for reading in one.own]), "items": items}


_KINDS: Mapping[str, Callable[[Day], Json]] = {
    "gauge": _gauge,
    "amount": _amount,
    "meter": _meter,
    "state": _state,
    "presence": _presence,
    "spot": _spot,
}


def _number(reading: Reading) -> float:
    value = reading.value
    assert isinstance(value, int | float)
    return value


def tidy(value: float) -> float:
    """Without the dust of binary fractions; whole numbers stay whole in the text."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def word(value: Any) -> str:
    """A state's value as the key of what it lasted."""
    return value if isinstance(value, str) else "on" if value is True else "off" if value is False else str(value)
