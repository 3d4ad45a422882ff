"""Diaries: how somebody slept, what they measured of themselves, what the house used. Each is a view of the history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chalicelib.dates import month_text
from chalicelib.errors import NotFound
from chalicelib.flows import history
from chalicelib.flows.devices import time_text
from chalicelib.flows.history import Looked, allowed, look, span
from chalicelib.iot import keeping, models
from chalicelib.iot.history import energy
from chalicelib.iot.history import sleep as nights
from chalicelib.store.transact import Store

Json = dict[str, Any]
DAYS_MAX = {"day": 62, "month": 12}
_INSTANTS = ("to_bed_at", "asleep_at", "awake_at", "up_at")


def sleep(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    by: str = "day",
    first: date | None = None,
    last: date | None = None,
) -> Json:
    """Night by night, or each month's average (LRH-MON-1). Raises NotFound for a device that knows nothing of sleep."""
    first, last = span(now, by, first, last, DAYS_MAX[by])
    looked = look(store, now, contract, device)
    metric = _metric(looked, "sleep", "state")
    allowed(store, contract, looked, metric)
    before = nights.day_before(first)
    found = history.days(store, looked, contract, {metric}, before, last)
    runs = nights.runs_of({day: summaries[metric].get("runs", ()) for day, summaries in found.items()})
    own = {day: night for day in history.each(first, last) if (night := nights.night(runs, day))}
    answer: Json = {"device": device, "by": by, "from": first.isoformat(), "to": last.isoformat()}
    if by == "day":
        return answer | {"items": [{"day": day.isoformat(), **_night_json(one)} for day, one in own.items()]}
    by_month: dict[str, dict[date, Json]] = {}
    for day, one in own.items():
        by_month.setdefault(month_text(day), {})[day] = one
    return answer | {"items": [{"month": month, **nights.average(some)} for month, some in by_month.items()]}


def _night_json(night: Json) -> Json:
    return {name: time_text(value) if name in _INSTANTS else value for name, value in night.items()}


def vitals(
    store: Store, now: datetime, contract: str, device: str, *, first: date | None = None, last: date | None = None
) -> Json:
    """What was measured of a body, day by day, each measurement with its time (LRH-MON-6)."""
    return _of_data(store, now, contract, device, "vitals", first, last)


def _of_data(store: Store, now: datetime, contract: str, device: str, data: str, first: date | None, last: date | None) -> Json:
    first, last = span(now, "day", first, last, DAYS_MAX["day"])
    looked = look(store, now, contract, device)
    own = keeping.metrics_of(looked.model, data)
    if not own:
        raise NotFound("device")
    for metric in own[:1]:
        allowed(store, contract, looked, metric)
    found = history.days(store, looked, contract, set(own), first, last)
    return {
        "device": device,
        "by": "day",
        "from": first.isoformat(),
        "to": last.isoformat(),
        "metrics": {name: history.about_metric(looked.model, name) for name in own},
        "items": [history.day_json(looked, day, found[day]) for day in sorted(found)],
    }


def energy_of(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    by: str = "day",
    first: date | None = None,
    last: date | None = None,
) -> Json:
    """What the house used or the roof gave, by day or month, with each group of appliances."""
    first, last = span(now, by, first, last)
    looked = look(store, now, contract, device)
    known = models.metrics(looked.model)
    own = {name for name, about in known.items() if about["data"] in energy.DATAS}
    if not own:
        raise NotFound("device")
    allowed(store, contract, looked, min(own))
    if by == "month":
        found = history.months_of(store, looked, contract, own, first, last)
        summed = {"month": {name: energy.of(looked.model, metrics) for name, metrics in found.items()}}
    else:
        of_days = history.days(store, looked, contract, own, first, last)
        summed = {"day": {day.isoformat(): energy.of(looked.model, of_days[day]) for day in sorted(of_days)}}
    ((word, items),) = summed.items()
    groups = {about["group"]: about["label"] for about in known.values() if "group" in about}
    return {
        "device": device,
        "by": by,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "groups": groups,
        "items": [{word: when, **one} for when, one in items.items() if one],
    }


def _metric(looked: Looked, data: str, kind: str) -> str:
    for name, about in models.metrics(looked.model).items():
        if (about["data"], about["kind"]) == (data, kind):
            return name
    raise NotFound("device")
