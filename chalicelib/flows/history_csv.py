"""A device's history as CSV, in Japan time: single readings, or what they were summed up to (ORM-PRV-2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.dates import japan
from chalicelib.flows import exports, history
from chalicelib.flows.history import Looked, allowed, look
from chalicelib.iot.history import days as clock
from chalicelib.iot.history.rollup import once_each
from chalicelib.iot.reading import MINUTE, Millis, from_millis
from chalicelib.store import history as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
READING_DAYS = 3  # of single readings at once: a sensor of a minute says thirty thousand values in them
FIGURES = ("n", "min", "mean", "max", "last", "sum", "kwh", "used", "in_gaps", "times", "minutes", "missing", "apart", "unread")
READINGS = ["device", "metric", "unit", "measured_at", "value", "seq", "apart"]
SUMMARIES = ["device", "metric", "unit", "from", "state", *FIGURES]


def written(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    by: str,
    metric: str = "",
    first: date | None = None,
    last: date | None = None,
    bom: bool = False,
) -> str:
    """The file. Raises as `history.view` does."""
    spans = {"first": first, "last": last}
    if by == "reading":
        first, last = history.span(now, "quarter", first, last, READING_DAYS)
        looked = look(store, now, contract, device)
        shown = allowed(store, contract, looked, metric)
        return exports.written(READINGS, _readings(store, looked, shown, first, last), bom)
    view = history.view(store, now, contract, device, by=by, metric=metric, **spans)
    return exports.written(SUMMARIES, _summaries(view), bom)


def _readings(store: Store, looked: Looked, shown: Any, first: date, last: date) -> Iterator[list[Any]]:
    low, high = clock.start_of(first), clock.end_of(last) - 1
    for owner in looked.spans:
        found = rows.readings(store, looked.held.device.id, max(low, owner.since), min(high, owner.until - 1))
        for reading in sorted(once_each(found), key=lambda one: (one.measured_at, one.metric)):
            if shown is None or reading.metric in shown:
                unit = history.about_metric(looked.model, reading.metric)["unit"]
                value = {True: "true", False: "false"}.get(reading.value) if isinstance(reading.value, bool) else reading.value
                at = wall(reading.measured_at)
                about = [looked.held.device.id, reading.metric, unit, at, value, reading.seq]
                yield [*about, "yes" if reading.apart else ""]


def _summaries(view: Json) -> Iterator[list[Any]]:
    for item in view["items"]:
        for metric, one in item["metrics"].items():
            about = [view["device"], metric, view["metrics"][metric]["unit"]]
            if view["by"] != "quarter":
                yield from _lines([*about, item.get("day") or item["month"]], one)
                continue
            for quarter in one.get("quarters", ()):
                yield from _lines([*about, _wall_text(quarter["from"])], quarter)


def _lines(about: list[Any], one: Mapping[str, Any]) -> Iterator[list[Any]]:
    """One line, or, of a state, one for each value that it had."""
    lasted = one.get("minutes")
    states = lasted.items() if isinstance(lasted, Mapping) else [("", lasted)]
    for state, minutes in states:
        figures = {name: one.get(name) for name in FIGURES} | {"minutes": minutes}
        yield [*about, state, *(value if isinstance(value, int | float | str) else "" for value in figures.values())]


def wall(at: Millis) -> str:
    """Japan's wall time, as spreadsheets read it: `2025-08-01 10:05:00`."""
    return japan(from_millis(at)).strftime("%Y-%m-%d %H:%M:%S")


def _wall_text(text: str) -> str:
    return wall(round(datetime.fromisoformat(text).timestamp() * 1000) // MINUTE * MINUTE)
