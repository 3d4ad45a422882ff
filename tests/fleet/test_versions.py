"""A device says which firmware runs once, and again when another was put on; and loses no reading over it."""

from __future__ import annotations

from fleet.buffer import Measured, Progress
from fleet.versions import WithVersion


class Sensors:
    """Readings that wait, as the real ones hold them until they are stored."""

    def __init__(self) -> None:
        self.waiting = [Measured("temperature", 20.0, "2025-08-01T10:00:00+00:00")]
        self.finished = False
        self.due_at = 7.0

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        return self.waiting, None

    def taken(self, progress: Progress | None) -> None:
        self.waiting = []


def metrics(source: WithVersion) -> list[tuple[str, object]]:
    return [(one.metric, one.value) for one in source.take(1754000000.0)[0]]


def test_the_version_is_said_once_and_again_after_an_update() -> None:
    version = "1.0.0"
    sensors = Sensors()
    source = WithVersion(sensors, lambda: version)
    assert source.due_at == 0.0
    both = [("temperature", 20.0), ("firmware", "1.0.0")]
    assert metrics(source) == both
    assert metrics(source) == both  # the disk was full: offered again, and nothing is lost
    source.taken(None)
    assert metrics(source) == []
    assert source.due_at == 7.0
    version = "1.1.0"
    assert metrics(source) == [("firmware", "1.1.0")]


def test_a_run_is_not_over_before_the_version_was_said() -> None:
    sensors = Sensors()
    source = WithVersion(sensors, lambda: "1.0.0")
    sensors.finished = True
    assert not source.finished
    source.take(1754000000.0)
    source.taken(None)
    assert source.finished
