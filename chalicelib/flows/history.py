"""What a device measured, by quarters of an hour, days and months of Japan.

A day is either stored as it was closed, or it waits to be closed: then it is worked out from the single readings, now. So
what is shown is always what the stored readings come to, however late they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.contracts import functions, terms
from chalicelib.dates import add_months, japan_day, month_end, month_of, month_text
from chalicelib.dates import months as months_between
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import closing
from chalicelib.flows.devices import time_text
from chalicelib.iot import keeping, models
from chalicelib.iot.history import days as clock
from chalicelib.iot.history import months
from chalicelib.iot.history.rollup import word
from chalicelib.iot.reading import SECOND, Millis, to_millis
from chalicelib.store import contracts as contract_rows
from chalicelib.store import devices, history
from chalicelib.store.devices import Held, Owner
from chalicelib.store.history import Closing
from chalicelib.store.transact import Store

Json = dict[str, Any]
Days = dict[date, dict[str, Json]]  # day → metric → summary
SPANS = {"quarter": 7, "day": 92, "month": 36}  # so many days or months are answered at once, so that an answer fits
UNTOLD = {"quarter": 1, "day": 31, "month": 12}  # and so many when nobody said from when
OPEN_MAX = 31  # days that are worked out from single readings for one answer


@dataclass(frozen=True, slots=True)
class Looked:
    """A device, as one contract may look back on it."""

    held: Held
    spans: tuple[Owner, ...]
    closing: Closing
    at: Millis

    @property
    def model(self) -> str:
        return self.held.device.model


def view(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    by: str = "day",
    metric: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Json:
    """The device's history by quarter, day or month, in order of time. Raises Invalid for a span that is too long."""
    first, last = span(now, by, first, last)
    looked = look(store, now, contract, device)
    shown = allowed(store, contract, looked, metric)
    if by == "month":
        found_months = months_of(store, looked, contract, shown, first, last)
        items = [_month_json(looked, name, metrics) for name, metrics in found_months.items()]
    else:
        found = days(store, looked, contract, shown, first, last)
        items = [day_json(looked, day, found[day], fine=by == "quarter") for day in sorted(found)]
    return {
        "device": device,
        "by": by,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "metrics": _about(store, looked, contract, last, sorted({m for item in items for m in item["metrics"]})),
        "items": items,
    }


def _about(store: Store, looked: Looked, contract: str, day: date, metrics: Iterable[str]) -> Json:
    """What each metric is called, of what it tells, and for how many days its days are kept."""
    forgotten = closing.unkept(store, contract, looked.model)
    found = {}
    for metric in metrics:
        data = keeping.data_of(looked.model, metric)
        kept = keeping.kept_days(data, "days", day, promised=data not in forgotten)
        found[metric] = {**about_metric(looked.model, metric), "kept_days": kept}
    return found


def span(now: datetime, by: str, first: date | None, last: date | None, most: int = 0) -> tuple[date, date]:
    """From when to when, as asked or as is usual, both included; whole months where these are asked for."""
    most = most or SPANS[by]
    last = last or japan_day(now)
    if by == "month":
        last = month_end(last)
        first = month_of(first or add_months(month_of(last), 1 - UNTOLD[by]))
        length = (last.year - first.year) * 12 + last.month - first.month + 1
    else:
        first = first or date.fromordinal(last.toordinal() - UNTOLD[by] + 1)
        length = (last - first).days + 1
    if length < 1:
        raise Invalid("from", "order", "earlier_than_to")
    if length > most:
        raise Invalid("from", "span", "ask_for_less", most=most)
    return first, last


def each(first: date, last: date) -> Iterable[date]:
    """All days of a span."""
    return clock.days(first, last)


def look(store: Store, now: datetime, contract: str, device: str) -> Looked:
    """The device as the contract may look back on it. Raises NotFound for one that it never had."""
    held = devices.load(store, device)
    spans = tuple(owner for owner in devices.owners(store, device, held) if owner.contract == contract)
    if held is None or not spans:
        raise NotFound("device")
    return Looked(held, spans, history.closing(store, device), to_millis(now))


def allowed(store: Store, contract: str, looked: Looked, metric: str = "") -> Collection[str] | None:
    """The metrics that are shown: None for all. Raises Refused for one whose function the contract does not have."""
    found = contract_rows.load(store, contract)
    if found is None:
        raise NotFound("contract")
    figures = terms.load(found.service)
    hidden = {
        m for m in models.metrics(looked.model) if not functions.has(found, figures, keeping.function_of(looked.model, m))
    }
    if metric:
        if metric in hidden:
            raise Refused("not_set_up", functions.rule_of(figures, keeping.function_of(looked.model, metric)))
        return {metric}
    return None if not hidden else set(models.metrics(looked.model)) - hidden


def days(store: Store, looked: Looked, contract: str, shown: Collection[str] | None, first: date, last: date) -> Days:
    """Every day of the span on which something was measured. Raises Invalid when too much of it is still to be summed up."""
    waiting = sorted(day for day in looked.closing.days if first <= day <= last)
    if len(waiting) > OPEN_MAX:
        raise Invalid("from", "span", "ask_for_less", most=OPEN_MAX)
    found: Days = {}
    for data in _datas(looked.model, shown):
        for row in history.load(store, looked.held.device.id, contract, data, first.isoformat(), last.isoformat(), looked.at):
            day = date.fromisoformat(row.when)
            if day not in looked.closing.days:
                found.setdefault(day, {}).update(_only(row.metrics, shown))
    for day in waiting:
        for owner in looked.spans:
            until = looked.at if clock.end_of(day) > looked.at else None
            metrics = _only(closing.of_day(store, looked.held, owner, day, until), shown)
            if metrics:
                found.setdefault(day, {}).update(metrics)
    return found


def _datas(model: str, shown: Collection[str] | None) -> Iterable[str]:
    if shown is None:
        return keeping.datas(model)
    return dict.fromkeys(keeping.data_of(model, metric) for metric in shown)


def _only(metrics: Mapping[str, Json], shown: Collection[str] | None) -> dict[str, Json]:
    return {name: summary for name, summary in metrics.items() if shown is None or name in shown}


def months_of(
    store: Store, looked: Looked, contract: str, shown: Collection[str] | None, first: date, last: date
) -> dict[str, dict[str, Json]]:
    """Month → metric → summary: as it is stored, or from its days while it waits for its sum or still runs."""
    stored: dict[str, dict[str, Json]] = {}
    for data in _datas(looked.model, shown):
        for row in history.load(store, looked.held.device.id, contract, data, month_text(first), month_text(last), looked.at):
            stored.setdefault(row.when, {}).update(_only(row.metrics, shown))
    open_months = looked.closing.months | months.months_of(looked.closing.days)
    found = {}
    for month in months_between(first, last):
        name = month_text(month)
        if name in open_months or name not in stored:
            summed = months.sum_up(looked.model, days(store, looked, contract, shown, month, month_end(month)))
        else:
            summed = stored[name]
        if summed:
            found[name] = summed
    return found


def _month_json(looked: Looked, name: str, metrics: Mapping[str, Json]) -> Json:
    complete = clock.end_of(month_end(date.fromisoformat(f"{name}-01"))) <= looked.at
    return {"month": name, "complete": complete, "metrics": {metric: plain(one) for metric, one in metrics.items()}}


def about_metric(model: str, metric: str) -> Json:
    """What a metric is called, its unit, and of what it tells."""
    about = models.metrics(model).get(metric, {})
    shown = {"label": about.get("label", {"ja": metric, "en": metric}), "unit": about.get("unit", "")}
    of = {"data": keeping.data_of(model, metric)}
    return shown | of | ({"group": about["group"]} if "group" in about else {})


def day_json(looked: Looked, day: date, metrics: Mapping[str, Json], *, fine: bool = False) -> Json:
    """A day as it is shown; `fine`: with its quarters of an hour."""
    shown_metrics = {name: _metric_json(day, summary, fine) for name, summary in metrics.items()}
    return {"day": day.isoformat(), "complete": clock.end_of(day) <= looked.at, "metrics": shown_metrics}


def _metric_json(day: date, summary: Json, fine: bool) -> Json:
    shown = plain(summary)
    for name in ("first", "last"):
        if name in summary and summary["kind"] == "presence":
            shown[name] = _time(day, summary[name])
        elif name in summary and summary["kind"] == "meter":
            shown[name] = {"at": _time(day, summary[name][0]), "value": summary[name][1]}
    if "rises" in summary:
        shown["rises"] = [{"from": _time(day, a), "to": _time(day, b), "amount": rise} for a, b, rise in summary["rises"]]
    if "items" in summary:
        shown["items"] = [{"at": _time(day, second), "value": value} for second, value in summary["items"]]
    if fine:
        shown["quarters"] = [{"from": _time(day, q * clock.QUARTER // SECOND), **line} for q, line in quarters(summary)]
    return shown


def plain(summary: Json) -> Json:
    """A summary without what only other reckonings need."""
    hidden = _INNER | {"sum"} if summary["kind"] in ("gauge", "spot") else _INNER
    return {name: value for name, value in summary.items() if name not in hidden}


_INNER = frozenset({"quarters", "runs", "items", "rises"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "gauge": ("n", "min", "mean", "max", "last", "kwh"),
    "amount": ("sum",),
    "meter": ("used",),
    "presence": ("times", "minutes"),
}


def quarters(summary: Json) -> Iterable[tuple[int, Json]]:
    """The quarters of an hour of a day's summary, by their number: what each came to."""
    if summary["kind"] == "state":
        return _state_quarters(summary)
    columns = _COLUMNS.get(summary["kind"], ())
    return [(q, dict(zip(columns, values, strict=False))) for q, *values in summary.get("quarters", ())]


def _state_quarters(summary: Json) -> list[tuple[int, Json]]:
    found: dict[int, dict[str, float]] = {}
    length = clock.QUARTER // SECOND
    for start, end, value in summary.get("runs", ()):
        for quarter in range(start // length, -(-end // length)):
            seconds = min(end, (quarter + 1) * length) - max(start, quarter * length)
            minutes = found.setdefault(quarter, {})
            minutes[word(value)] = round(minutes.get(word(value), 0) + seconds / 60, 2)
    return [(quarter, {"minutes": minutes}) for quarter, minutes in sorted(found.items())]


def _time(day: date, second: int) -> str | None:
    return time_text(clock.start_of(day) + second * SECOND)
