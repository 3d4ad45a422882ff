"""What may be kept of many systems when nothing may be kept of one: sums of a day over enough of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.iot import models
from chalicelib.iot.history import energy

Json = dict[str, Any]


class Measure(NamedTuple):
    """A metric of a model that says what a system came to in a day."""

    model: str
    metric: str


class Sum(NamedTuple):
    """What so many systems came to together, in whole watt-hours."""

    systems: int
    wh: int


def of_system(parts: Sequence[tuple[str, Mapping[str, Json]]], measures: Sequence[Measure]) -> int | None:
    """What one system came to in a day: its parts (model, the day's summaries) by the first measure that any of them has.

    So a system whose gateway and power conditioner both measure its yield counts once. None where none of them knows it.
    """
    for measure in measures:
        found = [_kwh(model, summaries, measure) for model, summaries in parts]
        known = [amount for amount in found if amount is not None]
        if known:
            return round(sum(known) * 1000)
    return None


def _kwh(model: str, summaries: Mapping[str, Json], measure: Measure) -> float | None:
    summary = summaries.get(measure.metric)
    if model != measure.model or not summary or not summary.get("n"):
        return None
    return energy.amount(models.metrics(model)[measure.metric], summary)


def over(amounts: Sequence[int], systems_min: int) -> Sum | None:
    """The sum over systems; None where they are so few that somebody could be found in it."""
    return Sum(len(amounts), sum(amounts)) if len(amounts) >= systems_min else None
