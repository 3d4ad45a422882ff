"""Which firmware runs, said as a reading: at the start of every run, and again when another was put on."""

from collections.abc import Callable
from datetime import UTC, datetime

from fleet.agent import Source
from fleet.buffer import Measured, Progress

METRIC = "firmware"  # by which operators see a fleet's versions


class WithVersion:
    """A source of readings that also says the version. `running()` is asked whenever readings are taken."""

    def __init__(self, source: Source, running: Callable[[], str]) -> None:
        self._source = source
        self._running = running
        self._said = self._offered = ""

    @property
    def finished(self) -> bool:
        return self._source.finished and self._said == self._running()

    @property
    def due_at(self) -> float:
        return self._source.due_at if self._said == self._running() else 0.0

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        given, progress = self._source.take(now)
        self._offered = self._running()
        if self._offered == self._said:
            return given, progress
        at = datetime.fromtimestamp(now, UTC).isoformat()
        return [*given, Measured(METRIC, self._offered, at)], progress

    def taken(self, progress: Progress | None) -> None:
        self._source.taken(progress)
        self._said = self._offered
