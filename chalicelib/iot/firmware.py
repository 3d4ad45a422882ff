"""New firmware on its way through a fleet, as a value: in waves over the model's devices, stopped when too many fail.

    wave_of(rollout, device)      → in which wave a device's turn comes; the same answer every time
    judge(rollout, counts, now)   → wait, next or stop

It goes out without asking, and never to a device for which a setting waits (ORM-FWU-1). A failed update leaves the version
that runs. Pure; who asks the devices is `flows/firmware.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from chalicelib import toml
from chalicelib.errors import Invalid
from chalicelib.iot.reading import HOUR, Millis

State = Literal["running", "paused", "stopped", "done"]
Verdict = Literal["wait", "next", "stop"]
_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Release:
    """A file for one model: where it lies, how long it is, and the SHA-256 by which a device knows it."""

    model: str
    version: str
    url: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Rollout:
    """A release and how far it has come. `wave` counts from 0; `parts` are the jobs that its waves were cut into so far."""

    id: str
    release: Release
    waves: tuple[int, ...]
    failed_percent_max: int
    finished_min: int
    wave_hours_max: int
    state: State = "running"
    wave: int = -1
    wave_began_at: Millis = 0
    parts: int = 0
    wave_parts: int = 0  # with which part the present wave began
    reason: str = ""
    published_at: Millis = 0
    version: int = 1

    @property
    def is_last_wave(self) -> bool:
        return self.wave >= len(self.waves) - 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How the devices of a wave stand. `pending` have not finished, whatever they are doing."""

    pending: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: bool = False  # the service itself stopped a job: too many failed

    @property
    def finished(self) -> int:
        return self.succeeded + self.failed

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.pending + other.pending,
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.cancelled or other.cancelled,
        )


@lru_cache(maxsize=1)
def usual() -> Mapping[str, Any]:
    """The figures of `rollout.toml`."""
    return toml.read(Path(__file__).with_name("rollout.toml"))


def rollout(id: str, release: Release, given: Mapping[str, Any], now: Millis) -> Rollout:
    """A new one, with the usual figures where none are given. Raises Invalid for waves that do not rise to 100."""
    waves = tuple(given.get("waves") or usual()["waves"])
    rising = all(low < high for low, high in pairwise(waves))
    if not rising or not waves or waves[0] < 1 or waves[-1] != 100:
        raise Invalid("waves", "not_rising", "rise_to_100")
    names = ("failed_percent_max", "finished_min", "wave_hours_max")
    failed, finished, hours = (int(given.get(name, usual()[name])) for name in names)
    return Rollout(id, release, waves, failed, finished, hours, published_at=now)


def wave_of(one: Rollout, device: str) -> int:
    """The wave of a device: by its name and the release, so that it is not always the same homes that try first."""
    place = crc32(f"{one.id} {device}".encode()) % _PLACES
    return next(wave for wave, percent in enumerate(one.waves) if place < percent * _PLACES // 100)


def judge(one: Rollout, counts: Counts, now: Millis) -> Verdict:
    """What to do about the present wave. A wave that is over is judged however small it was."""
    over = counts.pending == 0
    if counts.cancelled:
        return "stop"
    says_something = over or counts.finished >= one.finished_min
    if says_something and counts.failed * 100 > one.failed_percent_max * counts.finished:
        return "stop"
    if over:
        return "next"
    waited = now - one.wave_began_at >= one.wave_hours_max * HOUR
    return "next" if waited and counts.finished >= one.finished_min else "wait"


def begin_wave(one: Rollout, now: Millis, parts: int) -> Rollout:
    """The next wave has begun, with so many new jobs."""
    return replace(one, wave=one.wave + 1, wave_began_at=now, wave_parts=one.parts, parts=one.parts + parts)


def go_on(one: Rollout, now: Millis, parts: int) -> Rollout:
    """More devices of the last wave: some were busy, or came only now."""
    return replace(one, wave_began_at=now, wave_parts=one.parts, parts=one.parts + parts)


def ended(one: Rollout, state: State, reason: str = "") -> Rollout:
    return replace(one, state=state, reason=reason)
