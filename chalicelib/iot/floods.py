"""When a device says too much. Counted by our clock's minutes in the device's own row, so that counting costs no write. Pure.

A message that brings nothing new changes no row and is not counted; it does nothing either.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.iot.reading import HOUR, MINUTE, Message, Millis

FRESH_MAX = 120  # messages a minute of what was just measured: a device that speaks every second speaks half as often
LATE_MAX = 3000  # of what waited on its disk: days offline arrive as fast as a line of 20 ms brings them, and nothing is lost
LATE = 5 * MINUTE


class Pace(NamedTuple):
    """How many messages came in the newest minute (counted since 1970), and in which hour operators were told of a flood."""

    minute: int = 0
    fresh: int = 0
    late: int = 0
    told: int = 0


NO_PACE = Pace()


def counted(pace: Pace, message: Message) -> Pace:
    """The pace after one more message. One from an earlier minute, which waited in a queue, counts for nothing."""
    minute = message.heard // MINUTE
    if minute < pace.minute:
        return pace
    if minute > pace.minute:
        pace = Pace(minute, 0, 0, pace.told)
    fresh, late = pace.fresh, pace.late
    if message.readings and message.readings[-1].measured_at < message.received_at - LATE:
        late += 1
    else:
        fresh += 1
    hour = message.heard // HOUR
    return Pace(minute, fresh, late, hour if _is_full(fresh, late) else pace.told)


def is_flooded(pace: Pace, at: Millis) -> bool:
    """Whether nothing more is taken in within the minute of that instant."""
    return pace.minute == at // MINUTE and _is_full(pace.fresh, pace.late)


def _is_full(fresh: int, late: int) -> bool:
    return fresh >= FRESH_MAX or late >= LATE_MAX
