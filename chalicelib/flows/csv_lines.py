"""A CSV file as lines, each read for itself: a broken line loses no other, and its fault names line, field and cure.

No cell may hold a line break, so a quotation mark that is never closed spoils its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from chalicelib import observe
from chalicelib.dates import JST
from chalicelib.errors import Invalid, NoTermsForDay, Refused

Json = dict[str, Any]
LINES_MAX = 5000
YEARS = (1900, 2199)
_BREAK = re.compile(r"\r\n|\n|\r")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, by its number from 1 (the header is 1), and its filled cells by column."""

    number: int
    cells: Mapping[str, str]


def outcome(line: int, what: str, **about: Any) -> Json:
    """An entry of a report. `what` is done, known, refused, faulty or failed; empty texts are left out."""
    return {"line": line, "outcome": what, **{name: value for name, value in about.items() if value}}


def fault(line: int, error: Exception, **about: Any) -> Json:
    """The entry of a line that was not carried out. Holds keys and codes, never a value that was sent.

    What we did not raise on purpose is `failed` and logged by its type: the line can be sent again.
    """
    if isinstance(error, Invalid):
        return outcome(line, "faulty", field=error.field, reason=error.reason, cure=error.cure, figures=error.figures, **about)
    if isinstance(error, Refused):
        return outcome(line, "refused", reason=error.reason, rule=error.rule, cure="see_terms", **about)
    if isinstance(error, NoTermsForDay):
        return outcome(line, "refused", reason="no_figure_for_day", cure="set_prices_first", **about)
    observe.warn("a line of an import failed", reason=type(error).__name__)
    return outcome(line, "failed", reason="internal", cure="send_again", **about)


def read(
    text: str, columns: Collection[str], required: Collection[str], typed: Callable[[Line], Json], most: int = LINES_MAX
) -> tuple[list[Json], list[Json]]:
    """Lines as `typed` makes them, and the faults of those that it, or the file, does not allow.

    Raises Invalid for a file that is none of ours: no header, an unknown or missing column, too many lines.
    """
    texts = _BREAK.split(text.removeprefix("\ufeff"))
    header = _header(texts[0], columns, required)
    if sum(1 for line in texts[1:] if line.strip()) > most:
        raise Invalid("csv", "too_large", "at_most_lines", limit=most)
    good, faults = [], []
    for number, written in enumerate(texts[1:], start=2):
        if not written.strip():
            continue
        try:
            good.append(typed(Line(number, _cells(header, written, required))))
        except (Invalid, Refused) as error:
            faults.append(fault(number, error))
    return good, faults


def _header(written: str, columns: Collection[str], required: Collection[str]) -> list[str]:
    try:
        names = [name.strip() for name in next(csv.reader([written], strict=True), [])]
    except csv.Error as error:
        raise Invalid("csv", "broken_quotes", "close_quotes") from error
    for name in required:
        if name not in names:
            raise Invalid(f"csv.{name}", "missing", "add_column")
    if len(set(names)) != len(names):
        raise Invalid("csv", "twice", "send_once")
    if set(names) - set(columns):
        raise Invalid("csv", "unknown_field", "known_columns", columns=", ".join(columns))
    return names


def _cells(header: list[str], written: str, required: Collection[str]) -> dict[str, str]:
    if _UNFIT.search(written):
        raise Invalid("line", "characters", "plain_text")
    try:
        cells = next(csv.reader([written], strict=True))
    except csv.Error as error:
        raise Invalid("line", "broken_quotes", "close_quotes") from error
    if len(cells) != len(header):
        raise Invalid("line", "cells", "as_many_cells")
    filled = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    for name in required:
        if name not in filled:
            raise Invalid(name, "missing", "send_field")
    return filled


# cells → values


def text(line: Line, name: str, pattern: str, default: str = "") -> str:
    """A cell in its allowed shape. Raises Invalid."""
    value = line.cells.get(name, default)
    if value and not re.fullmatch(pattern, value):
        raise Invalid(name, "format", "see_columns")
    return value


def needed(line: Line, name: str, pattern: str) -> str:
    if name not in line.cells:
        raise Invalid(name, "missing", "send_field")
    return text(line, name, pattern)


def whole(line: Line, name: str, most: int) -> int:
    """A whole number from 0 to `most`. Raises Invalid, also for an empty cell."""
    written = needed(line, name, r"\d{1,15}") if line.cells.get(name, "").isascii() else ""
    if not written:
        raise Invalid(name, "format", "see_columns")
    if int(written) > most:
        raise Invalid(name, "too_large", "at_most", limit=most)
    return int(written)


def day_or_instant(written: str, name: str) -> date | datetime:
    """`2025-04-03`, or `2025-04-03T10:00[:30]` in Japan time unless it says another. Raises Invalid."""
    try:
        if _DAY.fullmatch(written):
            found: date | datetime = date.fromisoformat(written)
        elif _INSTANT.fullmatch(written):
            instant = datetime.fromisoformat(written)
            found = (instant if instant.tzinfo else instant.replace(tzinfo=JST)).astimezone(UTC)
        else:
            raise ValueError
        if not YEARS[0] < found.year < YEARS[1]:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise Invalid(name, "not_a_day", "give_day_or_instant") from error
    return found
