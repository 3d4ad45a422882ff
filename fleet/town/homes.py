"""The homes of a town: which devices each has, what happens to it, and what its devices say minute by minute. All pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from fleet.behaviour import sensors
from fleet.behaviour.chance import pick
from fleet.behaviour.life import MINUTE, minute_of
from fleet.behaviour.sensors import Value
from fleet.behaviour.stories import BY_NAME, Stage, Story

# Ten kinds of household, round and round: every model of device is in the first ten. Beside each, what can happen to it.
KINDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("energy-sensor",), ("absence",)),
    (("bed-mat", "climate-sensor"), ("reboot",)),
    (("motion-sensor", "call-button"), ("call for help",)),
    (("climate-sensor", "ir-remote"), ("hot night",)),
    (("energy-sensor",), ("ordinary",)),
    (("pv-gateway", "power-conditioner", "battery"), ("fault",)),
    (("bed-mat",), ("broken clock",)),
    (("climate-sensor",), ("days offline", "flapping")),
    (("motion-sensor",), ("low battery", "fall of activity")),
    (("thermometer", "blood-pressure-meter", "pulse-oximeter"), ("ordinary",)),
)
# What an ordinary day must never set off, by the story that would.
_USUAL = {
    "climate-sensor": "hot night",
    "motion-sensor": "low battery",
    "call-button": "call for help",
    "power-conditioner": "fault",
}
_EVENTFUL_EVERY = 3  # of three times ten homes, ten have a story and twenty an ordinary day
_SHIFT_MAX = 8  # minutes by which stories begin apart
_SEQS_A_MINUTE = 16
_VITALS_HISTORY = 24 * 60  # so that each of them has something to say, however short the run


@dataclass(frozen=True, slots=True)
class Said:
    """One reading on its way: `measured_at` is the device's own clock, `true_at` the minute it was measured in."""

    metric: str
    value: Value
    measured_at: datetime
    seq: int
    true_at: datetime

    @property
    def kept(self) -> bool:
        """Whether it goes into the history: what is dated far ahead is set aside."""
        return self.measured_at == self.true_at


@dataclass(frozen=True)
class Run:
    """When the town lives: from `starts` on, so many minutes of its own clock."""

    starts: datetime
    minutes: int

    @property
    def ends(self) -> datetime:
        return self.starts + self.minutes * MINUTE

    def minute(self, at: datetime) -> int:
        """Minutes from the beginning."""
        return (at - self.starts) // MINUTE


@dataclass(frozen=True)
class Device:
    """One device of a home, and its part in the home's story."""

    id: str
    model: str
    seed: str
    story: Story
    shift: int

    @property
    def history(self) -> int:
        """Minutes before the run of which it brings its readings along."""
        return max(self.story.history, 0 if sensors.READ[self.model][0] else _VITALS_HISTORY)

    @property
    def watches(self) -> Mapping[str, Mapping[str, Any]]:
        """What its family wants to hear of: the story's watch, or the usual one of its model."""
        story = self.story if self.story.watch else BY_NAME[_USUAL.get(self.model, "ordinary")]
        return {story.watch: story.settings} if story.watch else {}

    def played(self, run: Run) -> Story:
        """The story, if the run is long enough to show it."""
        return self.story if run.minutes >= self.story.needs else BY_NAME["ordinary"]

    def stage(self, run: Run) -> Stage:
        return Stage(run.minutes, self.shift)

    def says(self, at: datetime, run: Run) -> tuple[Said, ...]:
        """Its readings of one minute (`at` is a whole minute); none when it has nothing to say then."""
        m, stage, story = run.minute(at), self.stage(run), self.played(run)
        if not (sensors.speaks(self.model, self.seed, at) or story.turns(m, stage)):
            return ()
        values = story.says(sensors.measure(self.model, self.seed, at), m, stage)
        told = at + story.clock(m, stage)
        first = minute_of(at) * _SEQS_A_MINUTE
        return tuple(Said(metric, value, told, first + n, at) for n, (metric, value) in enumerate(values.items()))

    def span(self, since: datetime, until: datetime, run: Run) -> Iterator[Said]:
        """Its readings from `since` (inclusive) to `until` (exclusive), both whole minutes."""
        at = since
        while at < until:
            yield from self.says(at, run)
            at += MINUTE


@dataclass(frozen=True)
class Home:
    """One household: one contract, its devices, one daughter who is told."""

    number: int
    town: int

    @property
    def name(self) -> str:
        return f"town{self.town}-{self.number:04d}"

    @cached_property
    def story(self) -> Story:
        """What happens to it. The homes of every third ten have a story."""
        ten, kind = divmod(self.number, len(KINDS))
        stories = KINDS[kind][1]
        told = ten // _EVENTFUL_EVERY + self.town
        return BY_NAME[stories[told % len(stories)] if ten % _EVENTFUL_EVERY == 0 else "ordinary"]

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        models = KINDS[self.number % len(KINDS)][0]
        shift = pick(_SHIFT_MAX, self.name, "shift")
        ordinary = BY_NAME["ordinary"]
        return tuple(
            Device(f"{self.name}-{model}", model, self.name, self.story if model == self.story.model else ordinary, shift)
            for model in models
        )


def town(count: int, seed: int) -> tuple[Home, ...]:
    return tuple(Home(number, seed) for number in range(count))


def whole_minute(at: datetime) -> datetime:
    """The minute that has begun."""
    return at.replace(second=0, microsecond=0)


def gathered_minutes(speed: float, seconds: float = 2.0) -> timedelta:
    """How long a device gathers readings for a message: five minutes, or longer where time runs fast."""
    return max(timedelta(minutes=5), timedelta(seconds=seconds * speed))
