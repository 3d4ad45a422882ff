"""Alerts of a contract, and who was told."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("alerts")
PATH = "/v1/contracts/{contract}/alerts"


@resource.route("GET", PATH, action="alerts.list", query=own.ALERTS_QUERY, answer=schemas.page(own.ALERT))
def list_alerts(request: Request) -> Answer:
    """The contract's alerts in the order of opening."""
    from chalicelib.flows import alerts

    query = dict(request.query)
    only_open = query.pop("open", "false") == "true"
    return Answer(alerts.listing(request.store, request.contract, open=only_open, **query))


@resource.route(
    "GET", "/v1/contracts/{contract}/told", action="told.list", query=schemas.PAGE_QUERY, answer=schemas.page(own.TOLD)
)
def list_told(request: Request) -> Answer:
    """Who was told what, in the order of time, then of alerts."""
    from chalicelib.flows import alerts

    return Answer(alerts.told(request.store, request.contract, **request.query))


@resource.route(
    "POST",
    PATH + "/{alert}/acknowledge",
    action="alerts.acknowledge",
    body=own.ACKNOWLEDGE,
    answer=own.ALERT,
)
def acknowledge_alert(request: Request) -> Answer:
    """Somebody takes care of it: the escalation stops."""
    from chalicelib.flows import alerts

    role = request.caller.role
    return Answer(
        alerts.acknowledge(request.store, request.now, asked_in(request), role, request.params["alert"], request.body)
    )


@resource.route("POST", PATH + "/{alert}/snooze", action="alerts.snooze", body=own.SNOOZE, answer=own.ALERT)
def snooze_alert(request: Request) -> Answer:
    """Holds the escalation for some minutes."""
    from chalicelib.flows import alerts

    return Answer(alerts.snooze(request.store, request.now, asked_in(request), request.params["alert"], request.body))


@resource.route("POST", PATH + "/{alert}/close", action="alerts.close", answer=own.ALERT)
def close_alert(request: Request) -> Answer:
    """Closes an alert by hand; its watch starts afresh."""
    from chalicelib.flows import alerts

    return Answer(alerts.close(request.store, request.now, asked_in(request), request.params["alert"]))
