"""Summaries of days → of a month, by the same kinds. Gaps between two days of a month count; across its ends they do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from chalicelib.iot.history.days import start_of
from chalicelib.iot.history.rollup import intervals, tidy
from chalicelib.iot.reading import SECOND

Json = dict[str, Any]
Days = Sequence[tuple[date, Mapping[str, Any]]]  # of one metric, in order


def sum_up(model: str, summaries: Mapping[date, Mapping[str, Json]]) -> dict[str, Json]:
    """Metric → its summary of many days, from those of the days. The kind that most days have counts."""
    by_metric: dict[str, list[tuple[date, Json]]] = {}
    for day, found in sorted(summaries.items()):
        for metric, summary in found.items():
            by_metric.setdefault(metric, []).append((day, summary))
    limit = intervals(model)[1] // SECOND
    return {metric: _one(own, limit) for metric, own in sorted(by_metric.items())}


def _one(days: list[tuple[date, Json]], limit: int) -> Json:
    kind = days[-1][1]["kind"]
    own = [(day, one) for day, one in days if one["kind"] == kind and one["n"]]
    counts = {name: _sum(days, name) for name in ("apart", "unread", "missing") if any(name in one for _, one in days)}
    about = {"kind": kind, "n": _sum(own, "n"), "days": len(own)}
    return {**about, **(_KINDS[kind](own, limit) if own else {}), **counts}


def _sum(days: Days, name: str) -> float:
    return tidy(math.fsum(one.get(name, 0) for _, one in days))


def _levels(days: Days, _: int) -> Json:
    energy = {"kwh": _sum(days, "kwh")} if any("kwh" in one for _, one in days) else {}
    return {
        "min": min(one["min"] for _, one in days),
        "mean": tidy(_sum(days, "sum") / _sum(days, "n")),
        "max": max(one["max"] for _, one in days),
        "last": days[-1][1]["last"],
        "sum": _sum(days, "sum"),
        **energy,
    }


def _amount(days: Days, _: int) -> Json:
    return {"sum": _sum(days, "sum")}


def _meter(days: Days, limit: int) -> Json:
    """What was used, and what the meter rose by in gaps, within days and between them, which is in no day's sum."""
    gaps = [amount for _, one in days for _, _, amount in one.get("rises", ())]
    for (day, one), (following, other) in pairwise(days):
        apart = (start_of(following) - start_of(day)) // SECOND + other["first"][0] - one["last"][0]
        rise = other["first"][1] - one["last"][1]
        if rise > 0 and apart > limit:
            gaps.append(rise)
    in_gaps = {"in_gaps": tidy(math.fsum(gaps))} if gaps else {}
    return {"used": _sum(days, "used"), "resets": _sum(days, "resets"), **in_gaps}


def _state(days: Days, _: int) -> Json:
    minutes: dict[str, list[float]] = {}
    for _day, one in days:
        for value, lasted in one["minutes"].items():
            minutes.setdefault(value, []).append(lasted)
    return {
        "minutes": {value: tidy(math.fsum(parts)) for value, parts in sorted(minutes.items())},
        "changes": _sum(days, "changes"),
    }


def _presence(days: Days, _: int) -> Json:
    return {"times": _sum(days, "times"), "minutes": _sum(days, "minutes")}


_KINDS: Mapping[str, Callable[[Days, int], Json]] = {
    "gauge": _levels,
    "amount": _amount,
    "meter": _meter,
    "state": _state,
    "presence": _presence,
    "spot": _levels,
}


def months_of(days: Iterable[date]) -> set[str]:
    """The months of some days, as `2025-08`."""
    return {day.isoformat()[:7] for day in days}
