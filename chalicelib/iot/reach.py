"""How one piece of news goes to one person: at once or gathered with others, and which channel is next. Decisions only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.dates import japan_day
from chalicelib.iot import house
from chalicelib.iot.reading import MINUTE, Millis, from_millis
from chalicelib.iot.telling import IGNORES_QUIET
from chalicelib.iot.ticks import DAY, JAPAN, Span, is_inside, next_time_of_day

Outcome = Literal["sent", "failed", "no_address", "gone", "refused", "no_quota", "not_set_up", "trying", "unsure"]
AGAIN: frozenset[str] = frozenset({"failed", "trying"})  # it may work yet; everything else stays as it is
SENT: Outcome = "sent"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants beside quiet hours: one message a day at that minute, at most so many messages a day."""

    digest: int | None = None  # minute of the Japan day
    daily_max: int | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One channel's attempt: when (our clock), and how it ended."""

    channel: str
    at: Millis
    outcome: str


def gathered_until(level: str, at: Millis, wishes: Wishes, gather: Millis | None) -> Millis | None:
    """The instant of the message that gathers this news with others; None for news that goes by itself.

    A wish for one message a day never holds what is critical; what we noticed late ourselves (`gather`) is told together.
    """
    if level != IGNORES_QUIET and wishes.digest is not None:
        return next_time_of_day(wishes.digest, at)
    return gather


def is_counted(level: str, wishes: Wishes) -> bool:
    """Whether the news counts towards the most that this person wants in a day."""
    return level != IGNORES_QUIET and wishes.daily_max is not None


def next_morning(at: Millis, quiet: Span | None) -> Millis:
    """When news beyond the day's number is told: in the morning of the next Japan day, after the quiet hours."""
    midnight = (at + JAPAN) // DAY * DAY + DAY - JAPAN
    morning = midnight + house.value("morning_minute", japan_day(from_millis(midnight))) * MINUTE
    if quiet is not None and is_inside(quiet, morning):
        return next_time_of_day(quiet[1], morning)
    return morning


def day_of(at: Millis) -> int:
    """The Japan day as a number, to count in."""
    return (at + JAPAN) // DAY


def channels_to_try(channels: Sequence[str], level: str, tries: Iterable[Try]) -> tuple[str, ...]:
    """The channels still worth trying, in this order: the person's own, those without an attempt before those that failed.

    One that took it is enough, except for what is critical: that goes out on all of them.
    """
    outcomes = {one.channel: one.outcome for one in tries}
    if level != IGNORES_QUIET and SENT in outcomes.values():
        return ()
    fresh = [name for name in channels if name not in outcomes]
    return (*fresh, *(name for name in channels if outcomes.get(name) in AGAIN))


def is_done(channels: Sequence[str], level: str, tries: Iterable[Try]) -> bool:
    """Whether nothing is left to try for this person."""
    return not channels_to_try(channels, level, tries)


def most_urgent(levels: Iterable[str]) -> str:
    """The level of a message that gathers others."""
    order: Mapping[str, int] = {"info": 0, "warning": 1, IGNORES_QUIET: 2}
    return max(levels, key=lambda level: order.get(level, 0), default="info")
