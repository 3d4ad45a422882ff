"""Nights from what the mat said, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.iot.history import days, sleep
from chalicelib.iot.reading import HOUR, MINUTE

EVENING, DAY = date(2025, 8, 1), date(2025, 8, 2)


def at(clock: str) -> int:
    """Before noon it is the second day's."""
    hours, minutes = map(int, clock.split(":"))
    return days.start_of(DAY if hours < 12 else EVENING) + hours * HOUR + minutes * MINUTE


def runs(*states: tuple[str, str]) -> list[sleep.Run]:
    """Each state until the next one begins; the last entry only ends."""
    return [sleep.Run(at(a), at(b), state) for (a, state), (b, _) in pairwise(states) if state != "?"]


def night(*states: tuple[str, str]) -> dict[str, Any]:
    found = sleep.night(runs(*states), DAY)
    assert found is not None
    return found


WHOLE = (
    ("21:00", "away"),
    ("22:30", "moving"),
    ("23:00", "asleep"),
    ("02:00", "away"),
    ("02:10", "moving"),
    ("02:20", "asleep"),
    ("02:35", "moving"),
    ("02:40", "asleep"),
    ("06:00", "moving"),
    ("06:30", "away"),
    ("08:00", ""),
)


@pytest.mark.rule("LRH-MON-1")
def test_a_night_with_one_rising() -> None:
    assert night(*WHOLE) == {
        "to_bed_at": at("22:30"),
        "asleep_at": at("23:00"),
        "awake_at": at("06:00"),
        "up_at": at("06:30"),
        "asleep_minutes": 180 + 15 + 200,
        "awake_minutes": 30 + 10 + 5 + 30,
        "away_minutes": 10,
        "times_up": 1,
        "unknown_minutes": 0,
        "longest_minutes": 200,
        "calm_percent": 81,  # 380 of 470 minutes on the bed
        "nap_minutes": 0,
    }


@pytest.mark.rule("LRH-MON-1")
def test_who_is_still_on_the_bed_is_not_up() -> None:
    found = night(("23:00", "asleep"), ("05:00", "moving"), ("05:10", ""))
    assert (found["awake_at"], found["up_at"], found["asleep_minutes"]) == (at("05:00"), None, 360)


def test_a_mat_that_falls_silent_leaves_the_end_open() -> None:
    found = night(("23:00", "asleep"), ("03:00", "?"), ("05:00", "asleep"), ("06:00", "?"), ("07:00", ""))
    assert (found["awake_at"], found["up_at"]) == (None, None)
    assert (found["asleep_minutes"], found["unknown_minutes"], found["nap_minutes"]) == (
        240,
        0,
        60,
    )  # two hours apart: two stays
    near = night(("23:00", "asleep"), ("03:00", "?"), ("04:00", "asleep"), ("06:00", "away"), ("07:00", ""))
    assert (near["asleep_minutes"], near["unknown_minutes"], near["times_up"], near["up_at"]) == (360, 60, 0, at("06:00"))


def test_a_nap_is_no_night() -> None:
    found = night(("14:00", "asleep"), ("15:00", "away"), ("22:00", "asleep"), ("05:00", "away"), ("06:00", ""))
    assert (found["to_bed_at"], found["asleep_minutes"], found["nap_minutes"]) == (at("22:00"), 420, 60)


def test_a_night_without_sleep_is_none() -> None:
    assert sleep.night(runs(("22:00", "away"), ("08:00", "")), DAY) is None
    assert sleep.night([], DAY) is None


def test_runs_go_on_over_midnight() -> None:
    found = sleep.runs_of({EVENING: [[82800, 86400, "asleep"]], DAY: [[0, 3600, "asleep"], [3600, 7200, "away"]]})
    assert found == [sleep.Run(at("23:00"), at("1:00"), "asleep"), sleep.Run(at("1:00"), at("2:00"), "away")]


@pytest.mark.rule("LRH-MON-1")
def test_averages_do_not_break_at_midnight() -> None:
    late = night(("00:30", "asleep"), ("06:30", "away"), ("07:00", ""))
    early = night(("23:30", "asleep"), ("05:30", "away"), ("06:00", ""))
    found = sleep.average({DAY: late, date(2025, 8, 2): early})
    assert found["nights"] == 1  # one day, one night
    shifted = {name: None if value is None else value + 24 * HOUR for name, value in early.items()}
    both = sleep.average({DAY: late, date(2025, 8, 3): {**early, **{n: shifted[n] for n in ("to_bed_at", "up_at")}}})
    assert (both["to_bed_time"], both["up_time"], both["asleep_minutes"]) == ("00:00", "06:00", 360)
