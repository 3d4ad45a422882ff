"""The five-minute schedule and hours of the day, as arithmetic. No message says that time passed; ticks do."""

from __future__ import annotations

from chalicelib.iot.reading import HOUR, MINUTE, Millis

TICK = 5 * MINUTE
DAY = 24 * HOUR
JAPAN = 9 * HOUR  # no summer time, so a fixed offset is exact
Span = tuple[int, int]  # minutes of the Japan day: the start belongs to it, the end does not; it may cross midnight


def tick_at_or_after(instant: Millis) -> Millis:
    """The first tick that is not before the instant."""
    return -(-instant // TICK) * TICK


def is_inside(span: Span | None, instant: Millis) -> bool:
    """Whether the instant's Japan wall time is in the span; every instant is inside no span at all."""
    if span is None:
        return True
    start, end = span
    minute = (instant + JAPAN) % DAY // MINUTE
    return start <= minute < end if start <= end else minute >= start or minute < end


def next_time_of_day(minute: int, instant: Millis) -> Millis:
    """The first instant at or after `instant` at which Japan's clocks show that minute of the day."""
    midnight = (instant + JAPAN) // DAY * DAY - JAPAN
    at = midnight + minute * MINUTE
    return at if at >= instant else at + DAY


def first_tick_inside(span: Span | None, instant: Millis) -> Millis | None:
    """The first tick at or after the instant that lies in the span; None for a span too short to ever meet a tick."""
    tick = tick_at_or_after(instant)
    if is_inside(span, tick):
        return tick
    assert span is not None
    tick = tick_at_or_after(next_time_of_day(span[0], tick))
    return tick if is_inside(span, tick) else None
