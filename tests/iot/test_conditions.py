"""Each kind of watch as a sequence of readings and what it says: the edges of docs/scenarios.md, "Watching"."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.iot import setting, vocabulary
from chalicelib.iot.conditions import KINDS, WINDOW_MAX
from chalicelib.iot.reading import HOUR, MINUTE
from chalicelib.iot.ticks import first_tick_inside, is_inside, next_time_of_day, tick_at_or_after

Step = tuple[float, Any]


def test_every_kind_that_may_be_asked_for_behaves_somehow() -> None:
    assert tuple(KINDS) == vocabulary.WATCHES


def says(settings: dict[str, Any], *steps: Step) -> list[bool | None]:
    """The verdicts on readings at those minutes."""
    watch = setting.watch_of("w", settings)
    memory: Any = None
    verdicts = []
    for minute, value in steps:
        memory, verdict = KINDS[watch.kind].on_reading(watch, memory, round(minute * MINUTE), value)
        verdicts.append(verdict)
    return verdicts


def test_a_breach_begins_beyond_the_limit_and_ends_at_or_inside_clear() -> None:
    hot = {"kind": "threshold", "metric": "m", "above": 30, "clear": 28}
    assert says(hot, (0, 30), (1, 30.1), (2, 28.1), (3, 28), (4, 29)) == [None, True, True, False, None]


def test_below_mirrors_above() -> None:
    cold = {"kind": "threshold", "metric": "m", "below": 10, "clear": 12}
    assert says(cold, (0, 10), (1, 9.9), (2, 11.9), (3, 12)) == [None, True, True, False]


def test_without_clear_the_limit_itself_closes() -> None:
    assert says({"kind": "threshold", "metric": "m", "above": 30}, (0, 31), (1, 30)) == [True, False]


def test_a_breach_opens_with_the_first_reading_late_enough() -> None:
    hot = {"kind": "threshold", "metric": "m", "above": 30, "clear": 28, "for_minutes": 30}
    assert says(hot, (0, 31), (29.99, 31), (30, 29)) == [None, None, True]
    assert says(hot, (0, 31), (31, 27), (32, 31), (61, 31), (62, 31)) == [None, False, None, None, True]


@pytest.mark.parametrize("value", [True, "31", None])
def test_what_is_no_number_neither_opens_nor_closes(value: Any) -> None:
    hot = {"kind": "threshold", "metric": "m", "above": 0}
    assert says(hot, (0, 5), (1, value), (2, 5)) == [True, None, True]
    rate = {"kind": "rate", "metric": "m", "rises": 1, "minutes": 10}
    assert says(rate, (0, 5), (1, value), (2, 6)) == [False, None, True]


def test_a_rate_compares_with_readings_at_most_that_old_inclusive() -> None:
    falls = {"kind": "rate", "metric": "m", "falls": 10, "minutes": 30}
    assert says(falls, (0, 202), (10, 192), (20, 201), (31, 192)) == [False, True, False, False]
    assert says(falls, (0, 205), (30, 195)) == [False, True]
    assert says(falls, (0, 205), (30.01, 195)) == [False, False]


def test_a_rise_made_good_no_longer_holds_though_both_readings_are_near() -> None:
    rises = {"kind": "rate", "metric": "m", "rises": 5, "minutes": 30}
    assert says(rises, (0, 0), (1, 5), (2, 4), (3, 5)) == [False, True, False, True]


def test_a_rate_counts_in_decimals() -> None:
    assert says({"kind": "rate", "metric": "m", "rises": 0.2, "minutes": 5}, (0, 0.1), (1, 0.3)) == [False, True]
    assert says({"kind": "rate", "metric": "m", "rises": 0.3, "minutes": 5}, (0, 1.1), (1, 1.4)) == [False, True]
    assert says({"kind": "rate", "metric": "m", "rises": 0.3, "minutes": 5}, (0, 1.1), (1, 1.3999999)) == [False, False]


def test_a_rates_window_stays_bounded() -> None:
    watch = setting.watch_of("w", {"kind": "rate", "metric": "m", "rises": 5, "minutes": 1440})
    memory: Any = None
    for second in range(WINDOW_MAX * 2):
        memory, _ = KINDS["rate"].on_reading(watch, memory, second * 1000, second)
    assert len(memory) == WINDOW_MAX


@pytest.mark.parametrize(
    ("equals", "values", "verdicts"),
    [
        ("E1-3", ["E1-3", "e1-3", "E1-30", None], [True, False, False, None]),
        (True, [True, 1, False, "true"], [True, False, False, False]),
        (1, [1, 1.0, True, 0], [True, True, False, False]),
        (0, [0, False, None], [True, False, None]),
    ],
)
def test_an_event_is_that_very_value(equals: Any, values: list[Any], verdicts: list[bool | None]) -> None:
    steps = [(n, value) for n, value in enumerate(values)]
    assert says({"kind": "event", "metric": "m", "equals": equals}, *steps) == verdicts


def test_activity_is_strictly_above_or_that_very_value() -> None:
    power = {"kind": "no_activity", "metric": "m", "active_above": 1.0, "for_hours": 12}
    assert says(power, (0, 1.0), (1, 1.01), (2, None), (3, True)) == [None, False, None, None]
    motion = {"kind": "no_activity", "metric": "m", "active_equals": True, "for_hours": 12}
    assert says(motion, (0, False), (1, True), (2, 1)) == [None, False, None]


NOON = 3 * HOUR  # 1970-01-01T12:00 in Japan


def test_ticks_and_hours_of_the_day() -> None:
    day = (7 * 60, 21 * 60)
    night = (22 * 60, 7 * 60)
    assert tick_at_or_after(NOON) == NOON
    assert tick_at_or_after(NOON + 1) == NOON + 5 * MINUTE
    assert [is_inside(day, NOON + h * HOUR) for h in (-6, -5, 8, 9)] == [False, True, True, False]
    assert [is_inside(night, NOON + h * HOUR) for h in (9, 10, 18, 19)] == [False, True, True, False]
    assert next_time_of_day(7 * 60, NOON) == NOON + 19 * HOUR
    assert next_time_of_day(12 * 60, NOON) == NOON
    assert first_tick_inside(day, NOON + 9 * HOUR - MINUTE) == NOON + 19 * HOUR  # 20:59: the next tick is 21:00, outside
    assert first_tick_inside(None, NOON + 1) == NOON + 5 * MINUTE
    assert first_tick_inside((12 * 60 + 1, 12 * 60 + 4), NOON) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "threshold", "level": "critical", "metric": "m", "above": 30.5, "clear": 28, "for_minutes": 1.5},
        {"kind": "threshold", "level": "info", "metric": "m", "below": 0},
        {"kind": "rate", "level": "warning", "metric": "m", "falls": 3, "minutes": 45},
        {"kind": "event", "level": "warning", "metric": "m", "equals": False},
        {"kind": "silence", "level": "info", "after_minutes": 90},
        {
            "kind": "no_activity",
            "level": "info",
            "metric": "m",
            "active_above": 0,
            "for_hours": 12,
            "between": ["07:00", "21:00"],
        },
        {"kind": "no_activity", "level": "info", "metric": "m", "active_equals": "on", "for_hours": 0.5},
    ],
)
def test_settings_come_back_as_they_were_written(settings: dict[str, Any]) -> None:
    assert setting.settings_of(setting.watch_of("w", settings)) == settings
