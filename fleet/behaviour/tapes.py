"""The recordings as endless tapes: asked for a minute, they say what was measured at that time of day on one of their days."""

from __future__ import annotations

import csv
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "recordings"
_DAY = 1440
# Minute by minute from 30 July 2008: seven days at home, then a day from 5 August, 18:41, when nobody is there.
_HOME = (0, 7 * _DAY)
_AWAY = (9761, 9761 + _DAY)
_AWAY_BEGINS = 9761 % _DAY


class Power:
    """A home's electricity, minute by minute, and its meter, which only rises."""

    def __init__(self) -> None:
        rows = _rows("household_power_1min.csv")
        self._rows = [tuple(float(cell or 0) for cell in list(row.values())[1:]) for row in rows]
        self._home_sum = (0.0, *accumulate(row[0] / 60 for row in self._rows[slice(*_HOME)]))

    def at_home(self, minute: int, shift_days: int) -> tuple[float, ...]:
        """kW, volts and Wh of kitchen, laundry and water heater, of one of seven days at that time of day."""
        return self._rows[(minute + shift_days * _DAY) % _HOME[1]]

    def away(self, minute: int) -> tuple[float, ...]:
        """The same while only the refrigerator runs."""
        return self._rows[_AWAY[0] + (minute - _AWAY_BEGINS) % _DAY]

    def meter(self, minute: int, shift_days: int) -> float:
        """What the meter shows in kWh; it started at 1970 as somebody at home."""
        weeks, rest = divmod(minute + shift_days * _DAY, _HOME[1])
        return (weeks % 500) * self._home_sum[-1] + self._home_sum[rest + 1]


class Sampled:
    """A recording with rows every few minutes: the row of a time of day is the newest one by then."""

    def __init__(self, name: str) -> None:
        rows = _rows(name)
        self._days: dict[str, list[tuple[int, dict[str, float]]]] = {}
        for row in rows:
            day, clock = row.pop("time_local").replace("/", "-").split(" ")
            at = int(clock[:2]) * 60 + int(clock[3:5])
            self._days.setdefault(day, []).append((at, {name: float(cell or 0) for name, cell in row.items()}))
        longest = max(len(day) for day in self._days.values())
        self._whole = [day for _, day in sorted(self._days.items()) if len(day) >= 0.9 * longest]

    def at(self, minute: int, day: int) -> dict[str, float]:
        """The row of that minute of the day, on the recording's day of that number (they repeat)."""
        rows = self._whole[day % len(self._whole)]
        return rows[max(bisect_right(rows, minute % _DAY, key=lambda row: row[0]) - 1, 0)][1]


class Heart:
    """Beats per minute, averaged minute by minute over the recorded hour."""

    def __init__(self) -> None:
        minutes: dict[int, list[float]] = {}
        for row in _rows("heart_beats_60min.csv"):
            minutes.setdefault(int(float(row["t_s"])) // 60, []).append(float(row["bpm"]))
        self._means = [round(sum(beats) / len(beats), 1) for _, beats in sorted(minutes.items())]

    def at(self, minute: int) -> float:
        return self._means[minute % len(self._means)]


@lru_cache(maxsize=1)
def power() -> Power:
    return Power()


@lru_cache(maxsize=1)
def room() -> Sampled:
    return Sampled("room_climate_16min.csv")


@lru_cache(maxsize=1)
def panels() -> Sampled:
    return Sampled("pv_system_15min.csv")


@lru_cache(maxsize=1)
def outdoors() -> Sampled:
    return Sampled("outdoor_temp_hourly.csv")


@lru_cache(maxsize=1)
def heart() -> Heart:
    return Heart()


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
