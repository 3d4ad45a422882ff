"""Japan days and their quarters of an hour as milliseconds, and which days a reading has a part in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from zlib import crc32

from chalicelib.iot.reading import HOUR, MINUTE, Millis
from chalicelib.iot.ticks import DAY, JAPAN, TICK

QUARTER = 15 * MINUTE
REACH = 2 * HOUR  # a value holds no longer than this, so a day depends on nothing further outside of it
CLOSES_FROM = REACH + 30 * MINUTE  # after midnight: by then all that is on its way has come
MARGIN = 10 * MINUTE  # between our clocks, and for a batch that is being handled
CLOSES_WITHIN = 3 * HOUR  # closings are spread over this time
LATE_MAX = 90 * DAY  # later than this, other readings of the day may be gone already: it is summed up no more
_EPOCH = date(1970, 1, 1)


def day_of(at: Millis) -> date:
    """The Japan day on which an instant falls."""
    return _EPOCH + timedelta(days=(at + JAPAN) // DAY)


def start_of(day: date) -> Millis:
    """Midnight in Japan, with which the day begins."""
    return (day - _EPOCH).days * DAY - JAPAN


def end_of(day: date) -> Millis:
    """Midnight in Japan, which is the next day's already."""
    return start_of(day) + DAY


def days(first: date, last: date) -> Iterator[date]:
    """All days from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def quarters_between(day: date, start: Millis, end: Millis) -> Iterator[tuple[int, float]]:
    """The day's quarters (0 to 95) that a time touches, each with its share of the time; the shares outside are left out."""
    midnight = start_of(day)
    low, high = max(start, midnight), min(end, midnight + DAY)
    while low < high:
        quarter = (low - midnight) // QUARTER
        until = min(high, midnight + (quarter + 1) * QUARTER)
        yield quarter, (until - low) / (end - start)
        low = until


def is_over(day: date, at: Millis) -> bool:
    """Whether a day can be closed at that instant."""
    return at >= end_of(day) + CLOSES_FROM


def closing_time(device: str, day: date) -> Millis:
    """The tick at which a device's day is closed: in the night after, each device at its own time."""
    spread = crc32(device.encode()) % (CLOSES_WITHIN // TICK) * TICK
    return end_of(day) + CLOSES_FROM + spread


def next_closing(device: str, now: Millis) -> Millis:
    """The next time at which days of a device are closed."""
    at = closing_time(device, day_of(now) - timedelta(days=1))
    return at if at > now else at + DAY


def to_sum_up(now: Millis, last_received: Millis | None, measured: Iterable[Millis]) -> set[date]:
    """The days that readings make due for summing up, as far as they may not be so already. `now` is when they are handled.

    A device's first message of a day makes that day due, and the one before while its closing has not begun. So with all
    others there is nothing to do, but for what reaches into an earlier day: that may be closed.
    """
    midnight = (now + JAPAN) // DAY * DAY - JAPAN
    is_first = last_received is None or not midnight <= last_received < midnight + DAY
    opened = midnight - DAY if now < midnight + CLOSES_FROM - MARGIN else midnight
    found = {day_of(start) for start in (opened, midnight)} if is_first else set()
    for at in measured:
        if not opened + REACH <= at < midnight + DAY and now - at <= LATE_MAX:
            reached = (at - REACH, at, min(at + REACH, max(at, midnight)))
            found |= {day_of(one) for one in reached if not opened <= one < midnight + DAY}
    return found
