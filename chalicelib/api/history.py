"""What a device measured, summed up: quarters of an hour, days, months of Japan."""

from __future__ import annotations

from typing import Any

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.watching_schemas import METRIC

resource = Resource("history")
PATH = "/v1/contracts/{contract}/devices/{device}"
SPAN: dict[str, schemas.Schema] = {"from": schemas.DATE, "to": schemas.DATE}
BY = schemas.one_of("quarter", "day", "month")
LIST: schemas.Schema = {"type": "array", "items": {"type": "object"}}
HISTORY = schemas.answer(
    "device by from to metrics items",
    device={"type": "string"},
    by=BY,
    metrics={"type": "object"},
    items=LIST,
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
