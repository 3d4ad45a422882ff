"""Replaying a recording: the rows of a CSV become readings, in order, at their own pace or faster."""

import csv
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from fleet.buffer import Measured, Progress, Value
from fleet.errors import BadRecording

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds after the recording's first row, and what was measured then: (metric, value) pairs."""

    offset_seconds: float
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """`id` names the recording and how it was asked for: the same file, columns and rows give the same id."""

    id: str
    rows: tuple[Row, ...]


def load(path: Path, time_column: str, metrics: Mapping[str, str], rows: tuple[int, int] | None = None) -> Recording:
    """Reads a CSV. `metrics` is metric → column; `rows` counts from 1, header excluded, both ends included."""
    try:
        content = path.read_bytes()
        lines = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise BadRecording(f"The recording {path} cannot be read ({wrong}).", "Name a CSV file with a header line.") from wrong
    for column in (time_column, *metrics.values()):
        if lines and column not in lines[0]:
            raise BadRecording(f"{path} has no column {column!r}.", f"It has: {', '.join(lines[0])}.")
    first, last = rows or (1, len(lines))
    if not 1 <= first <= last <= len(lines):
        raise BadRecording(f"{path} has rows 1 to {len(lines)}, not {first} to {last}.", "Give --rows FIRST:LAST inside them.")
    asked = json.dumps([time_column, sorted(metrics.items()), first, last]).encode()
    taken = [(number, lines[number - 1]) for number in range(first, last + 1)]
    begin = _time(path, taken[0][0], taken[0][1][time_column])
    parsed: list[Row] = []
    for number, line in taken:
        offset = (_time(path, number, line[time_column]) - begin).total_seconds()
        if parsed and offset < parsed[-1].offset_seconds:
            raise BadRecording(f"{path}, row {number}: its time is before the row above.", "Sort the recording by time.")
        cells = ((metric, line[column]) for metric, column in metrics.items())
        parsed.append(Row(offset, tuple((metric, _value(cell)) for metric, cell in cells if cell)))
    return Recording(hashlib.sha256(content + asked).hexdigest()[:16], tuple(parsed))


class Replay:
    """A recording on its way through time. `speed` 60 plays an hour in a minute; infinity plays at once."""

    def __init__(self, recording: Recording, progress: Progress, speed: float) -> None:
        self._rows = recording.rows
        self._progress = progress
        self._speed = speed
        self._starts_at = datetime.fromisoformat(progress.starts_at)

    @property
    def finished(self) -> bool:
        return self._progress.finished

    @property
    def due_at(self) -> float:
        """When the next row is to be measured, in epoch seconds of our own clock."""
        return self._progress.began_at + self._rows[self._progress.next_row].offset_seconds / self._speed

    def take(self, now: float) -> tuple[list[Measured], Progress]:
        """What is due by `now` and the place that goes with it; call `taken` once it is stored."""
        readings: list[Measured] = []
        at = self._progress.next_row
        stop = min(at + _ROWS_AT_ONCE, len(self._rows))
        while at < stop and self._progress.began_at + self._rows[at].offset_seconds / self._speed <= now:
            row = self._rows[at]
            measured_at = (self._starts_at + timedelta(seconds=row.offset_seconds)).isoformat()
            readings += [Measured(metric, value, measured_at) for metric, value in row.values]
            at += 1
        return readings, replace(self._progress, next_row=at)

    def taken(self, progress: Progress | None) -> None:
        if progress is not None:
            self._progress = progress


def resume(recording: Recording, starts_at: datetime | None, before: Progress | None, now: datetime) -> Progress:
    """Where a replay begins: where it was left, or anew when there was none, it had ended, or another start is asked for."""
    if (
        before is not None
        and (starts_at is None or starts_at == datetime.fromisoformat(before.starts_at))
        and not (before.finished and starts_at is None)
    ):
        return before
    return Progress(
        recording.id, (starts_at or now.replace(microsecond=0)).isoformat(), now.timestamp(), 0, len(recording.rows)
    )


def _time(path: Path, number: int, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise BadRecording(f"{path}, row {number}: the time column holds no ISO date and time.", "Correct the row.") from wrong


def _value(cell: str) -> Value:
    """Numbers as numbers, true and false as such, anything else as text; what is no finite number is null."""
    if cell in ("true", "false"):
        return cell == "true"
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else None
