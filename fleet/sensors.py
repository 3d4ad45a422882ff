"""Live readings: JSON lines on a stream, one reading each: {"metric": "power_kw", "value": 0.4, "measured_at": "…"}."""

import json
import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, Queue
from typing import IO, Any

from fleet.buffer import Measured, Progress

_WAITING_MAX = 1_000
_METRIC_CHARACTERS_MAX = 64
_TEXT_CHARACTERS_MAX = 256
_LOOK_AGAIN_SECONDS = 0.2


class Sensors:
    """Reads a stream on a thread of its own; a full queue makes the writer wait instead of losing lines."""

    def __init__(self, stream: IO[str], tell: Callable[[str], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._lines: Queue[Measured] = Queue(_WAITING_MAX)
        self._held: list[Measured] = []
        self._thread = threading.Thread(target=self._read, name="sensors", daemon=True)
        self._thread.start()

    @property
    def finished(self) -> bool:
        return not self._thread.is_alive() and self._lines.empty() and not self._held

    @property
    def due_at(self) -> float:
        return 0.0 if self._held or not self._lines.empty() else time.time() + _LOOK_AGAIN_SECONDS

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        """Everything read so far. What could not be stored is held and offered again."""
        while len(self._held) < _WAITING_MAX:
            try:
                self._held.append(self._lines.get_nowait())
            except Empty:
                break
        return self._held, None

    def taken(self, progress: Progress | None) -> None:
        self._held = []

    def _read(self) -> None:
        for number, line in enumerate(self._stream, start=1):
            if not line.strip():
                continue
            try:
                reading = parse(line, datetime.now(UTC))
            except ValueError as wrong:
                self._tell(f"Line {number} is not a reading: {wrong} It is left out.")
            else:
                self._lines.put(reading)


def parse(line: str, now: datetime) -> Measured:
    """One line → one reading; `measured_at` is `now` when left out. Raises ValueError naming the field, never the value."""
    try:
        facts: Any = json.loads(line)
    except ValueError as wrong:
        raise ValueError("it is not JSON.") from wrong
    if not isinstance(facts, dict) or set(facts) - {"metric", "value", "measured_at"} or not {"metric", "value"} <= set(facts):
        raise ValueError("it needs metric and value, may have measured_at, and nothing else.")
    metric, value = facts["metric"], facts["value"]
    if not isinstance(metric, str) or not 0 < len(metric) <= _METRIC_CHARACTERS_MAX:
        raise ValueError("metric must be a text of 1 to 64 characters.")
    if not isinstance(value, int | float | str | None) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("value must be a number, true or false, a text or null.")
    if isinstance(value, str) and len(value) > _TEXT_CHARACTERS_MAX:
        raise ValueError("value must have at most 256 characters.")
    return Measured(metric, value, _measured_at(facts.get("measured_at"), now))


def _measured_at(given: object, now: datetime) -> str:
    if given is None:
        return now.isoformat(timespec="milliseconds")
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError as wrong:
        raise ValueError("measured_at must be ISO 8601.") from wrong
    if at.tzinfo is None:
        raise ValueError("measured_at must have an offset, as in +09:00.")
    return at.isoformat()
