"""CPU time of this process, measured so that a busy machine disturbs it little: several rounds, the best and the median."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rounds:
    """CPU seconds of each round, in the order they ran."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call; garbage of what came before is taken out first, collection during it counts."""
    gc.collect()
    before = time.process_time()
    work()
    return time.process_time() - before


def rounds(work: Callable[[], object], count: int = 5, warm: int = 1) -> Rounds:
    for _ in range(warm):
        work()
    return Rounds(tuple(cpu(work) for _ in range(count)))


def beside(a: Callable[[], object], b: Callable[[], object], count: int = 7, warm: int = 1) -> tuple[Rounds, Rounds]:
    """Two works round about, A B B A …, so that what slows the machine meets both."""
    for _ in range(warm):
        a()
        b()
    first: list[float] = []
    second: list[float] = []
    for number in range(count):
        for work, seconds in ((a, first), (b, second))[:: 1 if number % 2 == 0 else -1]:
            seconds.append(cpu(work))
    return Rounds(tuple(first)), Rounds(tuple(second))


def ratio(a: Rounds, b: Rounds) -> float:
    """The median of the ratios of neighbouring rounds."""
    return statistics.median(x / y for x, y in zip(a.seconds, b.seconds, strict=True))
