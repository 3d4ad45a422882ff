"""A person's days: when they sleep, eat and go out. The same seed lives the same life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from fleet.behaviour.chance import between, chance

JAPAN = timezone(timedelta(hours=9))
MINUTE = timedelta(minutes=1)
Place = Literal["asleep", "up", "out"]
_MEALS = (30, 330, 690)  # minutes after getting up
_MEAL_MINUTES = 40
_OUT_CHANCE = 0.5  # of a day
_TURNS = 0.06  # of a minute in bed: turning over
# Of a minute: somebody passes the sensor.
_MOVES = {"asleep": 0.004, "up": 0.25, "out": 0.0}
_MOVES_AT_MEALS = 0.8


@dataclass(frozen=True, slots=True)
class Day:
    """One Japan day in minutes after midnight. `to_bed` may lie after midnight; nobody goes out when `out` is empty."""

    up: int
    to_bed: int
    out: tuple[int, int] | None


@lru_cache(maxsize=4096)
def day_of(seed: str, day: int) -> Day:
    """The life's day of that number (days since 1970, Japan)."""
    up = round(between(330, 420, seed, day, "up"))
    to_bed = round(between(1290, 1380, seed, day, "bed"))
    leaves = round(between(600, 840, seed, day, "leaves"))
    goes_out = chance(seed, day, "out") < _OUT_CHANCE
    return Day(up, to_bed, (leaves, leaves + round(between(40, 150, seed, day, "away"))) if goes_out else None)


def place(seed: str, at: datetime) -> Place:
    """Where the person is in that minute."""
    day, minute = divmod(minute_of(at), 1440)
    today = day_of(seed, day)
    if minute < today.up or minute >= today.to_bed:
        return "asleep"
    if today.out is not None and today.out[0] <= minute < today.out[1]:
        return "out"
    return "up"


def moves(seed: str, at: datetime) -> bool:
    """Whether somebody moves about in that minute."""
    where = place(seed, at)
    day, minute = divmod(minute_of(at), 1440)
    after_up = minute - day_of(seed, day).up
    eats = where == "up" and any(0 <= after_up - meal < _MEAL_MINUTES for meal in _MEALS)
    return chance(seed, minute_of(at), "moves") < (_MOVES_AT_MEALS if eats else _MOVES[where])


def turns_over(seed: str, at: datetime) -> bool:
    """Whether somebody who lies in bed moves in that minute."""
    return chance(seed, minute_of(at), "turns") < _TURNS


def minute_of(at: datetime) -> int:
    """Minutes since 1970 by Japan's clocks."""
    return int(at.timestamp()) // 60 + 9 * 60
