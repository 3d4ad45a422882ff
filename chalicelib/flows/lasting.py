"""Until when something lasts, as people say it: an instant, so many minutes, or the next time that Japan's clocks show.

Minutes and clocks are reckoned from our own clock: that of somebody's phone may be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from chalicelib.dates import next_at
from chalicelib.errors import Invalid


def end(now: datetime, body: Mapping[str, Any], ways: tuple[str, ...] = ("until", "minutes", "until_clock")) -> datetime:
    """The instant that a body says in one of the ways. Raises Invalid for none of them, or for more than one."""
    given = [way for way in ways if way in body]
    if not given:
        raise Invalid(ways[0], "missing", "send_field")
    if len(given) > 1:
        raise Invalid(given[1], "one_too_many", "leave_out")
    said = body[given[0]]
    if given[0] == "minutes":
        return now + timedelta(minutes=said)
    until: datetime = next_at(now, time.fromisoformat(said)) if given[0] == "until_clock" else said
    return until
