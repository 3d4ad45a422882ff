"""Recordings of real sensors as readings: a CSV row is received when it was measured, the first chosen row at `starts_at`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from chalicelib.dates import JST
from chalicelib.playground.language import ScenarioError, Step, instant
from chalicelib.playground.mistakes import cure, problem

BEGUN = datetime(2000, 1, 1, tzinfo=JST)  # any day: only what lies between rows counts
FALLBACK = Path(__file__).resolve().parents[2] / "fleet" / "recordings"


@dataclass(frozen=True)
class Row:
    """One row of a recording, moved to its new time. Cells that hold no number are text; empty cells are None."""

    at: datetime
    values: dict[str, float | str | None]


def rows(step: Step, beside: Path) -> Iterator[Row]:
    """The rows that a `replay` step names. `beside` is the scenario's folder. Raises ScenarioError."""
    file = _find(step, beside)
    first, last = _range(step)
    starts_at = instant(step.place, step.args.get("starts_at", step.at.isoformat()))
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(line for line in lines if not line.startswith("#"))
        _check_columns(step, reader.fieldnames or [])
        begun: datetime | None = None
        for cells in islice(reader, first - 1, last):
            measured = _measured(step.place, cells[step.args["time"]])
            begun = begun or measured
            yield Row(starts_at + (measured - begun), {m: _value(cells[c]) for m, c in step.args["metrics"].items()})
    if begun is None:
        raise ScenarioError(step.place, problem("no_rows"), cure("check_rows"))


def _measured(place: str, cell: str) -> datetime:
    """The time of a row: written out, also with slashes as `2010/01/01 00:00:00`, or as seconds since the recording began."""
    seconds = _value(cell)
    if isinstance(seconds, float):
        return BEGUN + timedelta(seconds=seconds)
    return instant(place, cell.replace("/", "-"))


def _find(step: Step, beside: Path) -> Path:
    name = str(step.args["file"])
    for file in (beside / name, FALLBACK / Path(name).name):
        if file.is_file():
            return file
    raise ScenarioError(step.place, problem("no_recording", name=name), cure("put_beside"))


def _range(step: Step) -> tuple[int, int | None]:
    chosen = step.args.get("rows")
    if chosen is None:
        return 1, None
    if not (
        isinstance(chosen, list)
        and len(chosen) == 2
        and all(isinstance(n, int) for n in chosen)
        and 1 <= chosen[0] <= chosen[1]
    ):
        raise ScenarioError(step.place, problem("no_range"), cure("range_so"))
    return chosen[0], chosen[1]


def _check_columns(step: Step, columns: Any) -> None:
    wanted = [step.args["time"], *step.args["metrics"].values()]
    for column in wanted:
        if column not in columns:
            wrong = problem("no_column", column=column)
            raise ScenarioError(step.place, wrong, cure("columns_are", words=", ".join(columns)))


def _value(cell: str | None) -> float | str | None:
    if cell is None or not cell.strip():
        return None
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if isfinite(number) else None
