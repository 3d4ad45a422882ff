"""An outage of ours: what must not be noticed because we were away, and how its news is told together.

Away is measured on the wall's clock, from tick to tick: a clock that somebody moves (the local stage's) is no outage. After
one, silence and inactivity are judged again when every device had the time to speak; until then only what arrives counts.
"""

from __future__ import annotations

from chalicelib.iot.reading import MINUTE, Millis
from chalicelib.iot.ticks import TICK

AWAY = 15 * MINUTE  # three ticks that did not come: a late one is no outage
SLOT = 15 * MINUTE  # late news leaves at such instants: a backlog of an hour makes a handful of messages, not hundreds
_FIRST = 2 * TICK  # of the resumed ticks: all steps and quiet hours that ended meanwhile are told together
_LAST = 2 * AWAY  # afterwards, what is found silent once everybody could have spoken


def is_outage(before: Millis, real: Millis) -> bool:
    """Whether the time between two beats of the tick was an outage."""
    return real - before > AWAY


def judges_silence(resumed: Millis, at: Millis, every_minutes: float) -> bool:
    """Whether a tick may open silence and inactivity: a device that speaks so often has had its time since we are back."""
    return at >= resumed + max(AWAY, round(every_minutes * MINUTE) + TICK)


def ticks_gather(resumed: Millis, at: Millis) -> Millis | None:
    """When what a tick tells leaves together; None when each piece leaves at once."""
    since = at - resumed
    if not 0 <= since < _LAST:
        return None
    return resumed + (_FIRST if since < _FIRST else _LAST)


def late_gathers(told_at: Millis, now: Millis) -> Millis | None:
    """When news from a message that waited for us leaves together; None for news that is in time."""
    if now - told_at <= AWAY:
        return None
    return -(-(now + TICK) // SLOT) * SLOT
