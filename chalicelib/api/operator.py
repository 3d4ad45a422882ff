"""The operators' desk: contracts that a night could not do, how a night went, what waits for a person."""

from __future__ import annotations

from datetime import date

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.command_schemas import needs_of_commands
from chalicelib.errors import NotFound

resource = Resource("operator")


@resource.route("GET", "/v1/operator/parked", action="operator.parked", **schemas.pages(schemas.PARKED))
def list_parked(request: Request) -> Answer:
    """Contracts that a night put aside, each with its reason in words, the rule that refuses, and the way to mend it."""
    from chalicelib.flows import night_desk

    return Answer(night_desk.parked(request.store, request.now, **request.query))


@resource.route("POST", "/v1/operator/parked/{parked}/retry", action="operator.retry", answer=schemas.PARKED, status=202)
def retry_parked(request: Request) -> Answer:
    """Tries a parked contract again."""
    from chalicelib.flows import nights

    return Answer(nights.retry(request.store, request.now, request.params["parked"]), 202)


@resource.route(
    "GET",
    "/v1/operator/nights",
    action="operator.nights",
    query={"from": schemas.DATE, "to": schemas.DATE},
    answer=schemas.page(schemas.NIGHT),
)
def list_nights(request: Request) -> Answer:
    """The reconciliation of each night, the newest first: due, done, parked, left. The last two weeks when nobody says."""
    from chalicelib.flows import night_desk

    query = {"first": request.query.get("from"), "last": request.query.get("to")}
    return Answer(night_desk.between(request.store, request.now, **query))


@resource.route("GET", "/v1/operator/nights/{day}", action="operator.night", answer=schemas.NIGHT)
def view_night(request: Request) -> Answer:
    """The reconciliation of one night: due, done, parked."""
    from chalicelib.flows import views

    try:
        day = date.fromisoformat(request.params["day"])
    except ValueError:
        raise NotFound("night") from None
    return Answer(views.night(request.store, day))


@resource.route(
    "GET",
    "/v1/operator/tasks",
    action="operator.tasks",
    **schemas.pages(schemas.TASK, service=schemas.SERVICE_ID, state=schemas.one_of(*schemas.STATES), kind=schemas.NAME),
)
def list_tasks(request: Request) -> Answer:
    """What waits for a person, in the next so many contracts, with the commands that carry it on."""
    from chalicelib.flows import tasks

    return Answer(tasks.listed(request.store, request.now, needs_of_commands(), **request.query))
