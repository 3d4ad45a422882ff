"""A device that says too much: so many messages of a minute are heard, and a backlog is not taken for a flood."""

from __future__ import annotations

from chalicelib.iot.floods import FRESH_MAX, LATE_MAX, Pace, counted, is_flooded
from chalicelib.iot.reading import HOUR, MINUTE, Message, Reading

NOON = 1_754_017_200_000  # a full hour


def said(pace: Pace, times: int, at: int = NOON, measured: int | None = None) -> Pace:
    for _ in range(times):
        readings = (Reading("t", 20, at if measured is None else measured),)
        pace = counted(pace, Message("d", "", at, readings, heard=at))
    return pace


def test_the_last_message_of_a_minutes_share_begins_the_flood_and_the_next_minute_ends_it() -> None:
    assert not is_flooded(said(Pace(), FRESH_MAX - 1), NOON)
    full = said(Pace(), FRESH_MAX)
    assert is_flooded(full, NOON)
    assert is_flooded(full, NOON + MINUTE - 1)
    assert not is_flooded(full, NOON + MINUTE)
    assert said(full, 1, NOON + MINUTE)[:3] == (NOON // MINUTE + 1, 1, 0)


def test_days_on_a_devices_disk_may_come_at_once() -> None:
    yesterday = NOON - 24 * HOUR
    assert not is_flooded(said(Pace(), LATE_MAX - 1, measured=yesterday), NOON)
    assert is_flooded(said(Pace(), LATE_MAX, measured=yesterday), NOON)
    assert said(Pace(), 1, measured=NOON - 5 * MINUTE)[1:3] == (1, 0)
    assert said(Pace(), 1, measured=NOON - 5 * MINUTE - 1)[1:3] == (0, 1)


def test_operators_hear_of_it_once_an_hour() -> None:
    first = said(Pace(), FRESH_MAX)
    assert first.told == NOON // HOUR
    assert said(first, FRESH_MAX, NOON + 59 * MINUTE).told == first.told
    assert said(first, FRESH_MAX, NOON + 60 * MINUTE).told == first.told + 1


def test_a_message_that_waited_in_the_queue_counts_for_nothing() -> None:
    pace = said(Pace(), 3)
    assert said(pace, 5, NOON - MINUTE) == pace
