"""What a device measured, summed up: quarters of an hour, days, months of Japan."""

from __future__ import annotations

from typing import Any

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in
from chalicelib.api.watching_schemas import METRIC
from chalicelib.iot import keeping

resource = Resource("history")
PATH = "/v1/contracts/{contract}/devices/{device}"
SPAN: dict[str, schemas.Schema] = {"from": schemas.DATE, "to": schemas.DATE}
BY = schemas.one_of("quarter", "day", "month")
LIST: schemas.Schema = {"type": "array", "items": {"type": "object"}}
_ABOUT = schemas.answer(
    "label unit data",
    label=schemas.SAID,
    unit={"type": "string"},
    data={"type": "string"},
    group={"type": "string"},
    kept_days={"type": "integer", "description": "For so many days a day of it is kept"},
)
_NUMBER: schemas.Schema = {"type": ["number", "null"]}
_QUARTER = schemas.answer(
    "from",
    **{"from": schemas.TIME, **dict.fromkeys(("n", "min", "mean", "max", "kwh", "sum", "used", "times"), _NUMBER)},
    minutes={},
)
_SUMMARY = schemas.answer(
    "kind n",
    kind={"type": "string"},
    **dict.fromkeys(("n", "min", "mean", "max", "kwh", "sum", "used", "times", "missing"), _NUMBER),
    minutes={"description": "Of a state by value, of a presence in all"},
    items={"type": "array", "items": schemas.answer("at value", at=schemas.TIME, value={})},
    quarters={"type": "array", "items": _QUARTER},
)
_ITEM = schemas.answer(
    "metrics",
    day=schemas.DATE,
    month={"type": "string"},
    complete=schemas.BOOLEAN,
    metrics={"type": "object", "additionalProperties": _SUMMARY},
)
HISTORY = schemas.answer(
    "device by from to metrics items",
    device={"type": "string"},
    by=BY,
    metrics={"type": "object", "additionalProperties": _ABOUT},
    items={"type": "array", "items": _ITEM},
    texts={},
    **{"from": schemas.DATE, "to": schemas.DATE},
)


def _span(request: Request) -> dict[str, Any]:
    """The days asked for, under the names that flows know."""
    return {"first": request.query.get("from"), "last": request.query.get("to")}


def _with_words(request: Request, found: dict[str, Any]) -> Answer:
    """With what a service says beside its values (LRH-MON-8)."""
    from chalicelib.flows import texts

    return Answer({**found, "texts": texts.of_contract(request.store, request.contract, "with_values")})


@resource.route(
    "GET",
    PATH + "/history",
    action="history.view",
    query={"by": {**BY, "default": "day"}, "metric": METRIC, **SPAN},
    answer=HISTORY,
)
def view_history(request: Request) -> Answer:
    """The device's readings by quarter of an hour (7 days at once), day (92) or month (36); days are Japan's."""
    from chalicelib.flows import history

    asked = {**_span(request), "by": request.query["by"], "metric": request.query.get("metric", "")}
    found = history.view(request.store, request.now, request.contract, request.params["device"], **asked)
    return _with_words(request, found)


@resource.route(
    "GET",
    PATH + "/history.csv",
    action="history.export",
    query={
        "by": {**schemas.one_of("reading", "quarter", "day", "month"), "default": "day"},
        "metric": METRIC,
        "bom": schemas.one_of("yes", "no"),
        **SPAN,
    },
    answer={"type": "string"},
    media="text/csv",
)
def export_history(request: Request) -> Answer:
    """The same as CSV in Japan time, or (`by=reading`, 3 days) every single reading; `bom=yes` for Excel."""
    from chalicelib.flows import history_csv

    query, device = request.query, request.params["device"]
    asked = {**_span(request), "by": query["by"], "metric": query.get("metric", ""), "bom": query.get("bom") == "yes"}
    text = history_csv.written(request.store, request.now, request.contract, device, **asked)
    return Answer(text, file=f"{device}-{query['by']}.csv")


DIARY = schemas.answer(
    "device by from to items",
    device={"type": "string"},
    by=schemas.one_of("day", "month"),
    items=LIST,
    metrics={"type": "object"},
    groups={"type": "object"},
    texts={},
    **{"from": schemas.DATE, "to": schemas.DATE},
)
DAY_OR_MONTH: dict[str, schemas.Schema] = {"by": {**schemas.one_of("day", "month"), "default": "day"}, **SPAN}


@resource.route("GET", PATH + "/sleep", action="sleep.view", query=DAY_OR_MONTH, answer=DIARY)
def view_sleep(request: Request) -> Answer:
    """The sleep diary: each night (62 at once) from noon to noon, or the averages of months (12)."""
    from chalicelib.flows import diaries

    asked = {**_span(request), "by": request.query["by"]}
    return _with_words(request, diaries.sleep(request.store, request.now, request.contract, request.params["device"], **asked))


@resource.route("GET", PATH + "/vitals", action="vitals.view", query=SPAN, answer=DIARY)
def view_vitals(request: Request) -> Answer:
    """The diary of what was measured of the body, day by day (62 at once)."""
    from chalicelib.flows import diaries

    found = diaries.vitals(request.store, request.now, request.contract, request.params["device"], **_span(request))
    return _with_words(request, found)


@resource.route("GET", PATH + "/energy", action="energy.view", query=DAY_OR_MONTH, answer=DIARY)
def view_energy(request: Request) -> Answer:
    """The energy of days (92 at once) or months (36): the whole, each group of appliances, and the rest."""
    from chalicelib.flows import diaries

    asked = {**_span(request), "by": request.query["by"]}
    found = diaries.energy_of(request.store, request.now, request.contract, request.params["device"], **asked)
    return _with_words(request, found)


ERASE = schemas.obj("", kinds=schemas.many(schemas.one_of(*keeping.KINDS), len(keeping.KINDS), 1), **SPAN)
ERASED = schemas.answer(
    "device from to kinds",
    device={"type": "string"},
    kinds={"type": "array", "items": {"type": "string"}},
    **{"from": schemas.DATE, "to": schemas.DATE},
)


@resource.route("POST", PATH + "/history/erase", action="history.erase", body=ERASE, answer=ERASED)
def erase_history(request: Request) -> Answer:
    """Erases what the device measured: some days, some kinds of data, or, when nothing is named, all of it."""
    from chalicelib.flows import history_erasing

    device = request.params["device"]
    erased = history_erasing.erase(request.store, request.now, asked_in(request), request.caller.role, device, request.body)
    return Answer(erased)
