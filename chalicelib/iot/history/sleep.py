"""Nights from what a bed mat said. A night belongs to the day on which it ends: from noon to noon in Japan. Pure.

The mat knows three states: asleep, moving on the bed, away. Whoever leaves the bed for less than SAME_NIGHT goes on with the
same stay; a night is the stay with the most sleep in it, and what was slept besides is a nap. The mat knows no depth: what
stands in for it is how much of the time on the bed was sleep without a movement for CALM or longer (LRH-MON-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from chalicelib.iot.history.days import start_of
from chalicelib.iot.history.rollup import tidy
from chalicelib.iot.reading import HOUR, MINUTE, SECOND, Millis
from chalicelib.iot.ticks import DAY

Json = dict[str, Any]
SAME_NIGHT = 2 * HOUR  # away for longer, and it was another stay
CALM = 20 * MINUTE
NOON = DAY // 2
_ON_BED = ("asleep", "moving")


class Run(NamedTuple):
    """From when to when a state lasted."""

    start: Millis
    end: Millis
    state: str


def runs_of(days: Mapping[date, Sequence[Sequence[Any]]]) -> list[Run]:
    """The runs of many days' summaries in one, a state that goes on over midnight as one run."""
    found: list[Run] = []
    for day, runs in sorted(days.items()):
        for start, end, state in runs:
            run = Run(start_of(day) + start * SECOND, start_of(day) + end * SECOND, str(state))
            if found and found[-1].end == run.start and found[-1].state == run.state:
                found[-1] = Run(found[-1].start, run.end, run.state)
            else:
                found.append(run)
    return found


def night(runs: Iterable[Run], day: date) -> Json | None:
    """The night that ends on that day; None without sleep. Instants in milliseconds, lengths in minutes.

    Nobody is up, as far as we know, before the mat said that they had left the bed.
    """
    noon = start_of(day) + NOON
    own = [_cut(run, noon - DAY, noon) for run in runs if run.end > noon - DAY and run.start < noon]
    stays = _stays(own)
    asleep = [_lasting(stay, "asleep") for stay in stays]
    if not any(asleep):
        return None
    main = max(range(len(stays)), key=asleep.__getitem__)
    left = any(run.state not in _ON_BED and run.start >= stays[main][-1].end for run in own)
    return _of_stay(stays[main], left) | {"nap_minutes": _minutes(sum(asleep) - asleep[main])}


def _cut(run: Run, low: Millis, high: Millis) -> Run:
    return Run(max(run.start, low), min(run.end, high), run.state)


def _stays(runs: Sequence[Run]) -> list[list[Run]]:
    """The times on the bed, each with the short absences in it; it begins and ends on the bed."""
    stays: list[list[Run]] = []
    for run in runs:
        if run.state in _ON_BED and (not stays or run.start - _last_on_bed(stays[-1]) >= SAME_NIGHT):
            stays.append([run])
        elif stays:
            stays[-1].append(run)
    for stay in stays:
        while stay[-1].state not in _ON_BED:
            stay.pop()
    return stays


def _last_on_bed(stay: Sequence[Run]) -> Millis:
    return max(run.end for run in stay if run.state in _ON_BED)


def _lasting(runs: Iterable[Run], state: str) -> Millis:
    return sum(run.end - run.start for run in runs if run.state == state)


def _of_stay(stay: Sequence[Run], left: bool) -> Json:
    sleep = [run for run in stay if run.state == "asleep"]
    away = _times_away(stay)
    on_bed = _lasting(stay, "asleep") + _lasting(stay, "moving")
    calm = sum(run.end - run.start for run in sleep if run.end - run.start >= CALM)
    known = on_bed + _lasting(stay, "away")
    return {
        "to_bed_at": stay[0].start,
        "asleep_at": sleep[0].start,
        "awake_at": sleep[-1].end if left or sleep[-1] is not stay[-1] else None,
        "up_at": stay[-1].end if left else None,
        "asleep_minutes": _minutes(_lasting(stay, "asleep")),
        "awake_minutes": _minutes(_lasting(stay, "moving")),
        "away_minutes": _minutes(_lasting(stay, "away")),
        "times_up": away,
        "unknown_minutes": _minutes(stay[-1].end - stay[0].start - known),
        "longest_minutes": _minutes(max(run.end - run.start for run in sleep)),
        "calm_percent": round(100 * calm / on_bed),
    }


def _times_away(stay: Sequence[Run]) -> int:
    """How often somebody left the bed: two absences with nothing known between them are one."""
    states = [run.state for run in stay]
    return sum(state == "away" and before != "away" for before, state in zip(["", *states], states, strict=False))


def _minutes(millis: Millis) -> int:
    return round(millis / MINUTE)


def average(nights: Mapping[date, Json]) -> Json:
    """What the nights of a month came to on average. Times of day as minutes after the noon before, so that none wraps."""
    if not nights:
        return {"nights": 0}
    found: Json = {"nights": len(nights)}
    for name in ("asleep_minutes", "awake_minutes", "away_minutes", "times_up", "longest_minutes", "calm_percent"):
        found[name] = tidy(round(sum(one[name] for one in nights.values()) / len(nights), 1))
    for name in ("to_bed_at", "up_at"):
        after_noon = [one[name] - (start_of(day) - NOON) for day, one in nights.items() if one[name] is not None]
        if after_noon:
            found[name.replace("_at", "_time")] = clock(sum(after_noon) // len(after_noon))
    return found


def clock(after_noon: Millis) -> str:
    """The time of day so long after a noon: `23:05`."""
    hours, minutes = divmod(round(after_noon / MINUTE) + 12 * 60, 60)
    return f"{hours % 24:02d}:{minutes:02d}"


def day_before(day: date) -> date:
    """The day whose afternoon the night of a day begins in."""
    return day - timedelta(days=1)
