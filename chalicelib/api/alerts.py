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
    """The log of the contract's alerts, searched by device, watch, level, time and words."""
    from chalicelib.flows import alert_log

    query = dict(request.query)
    open = {"true": True, "false": False}.get(query.pop("open", ""))
    since, until = query.pop("from", None), query.pop("to", None)
    newest_first = query.pop("order", "oldest") == "newest"
    found = alert_log.listing(
        request.store, request.contract, open=open, since=since, until=until, newest_first=newest_first, **query
    )
    return Answer(found)


@resource.route("GET", PATH + "/{alert}", action="alerts.view", answer=own.ALERT)
def view_alert(request: Request) -> Answer:
    """One alert, who was told of it when, and who is told next while nobody has it in hand."""
    from chalicelib.flows import alert_log

    return Answer(alert_log.view(request.store, request.now, request.contract, request.params["alert"]))


@resource.route("GET", "/v1/contracts/{contract}/told", action="told.list", **schemas.pages(own.TOLD))
def list_told(request: Request) -> Answer:
    """Who was told what, in the order of time, then of alerts."""
    from chalicelib.flows import alert_log

    return Answer(alert_log.told(request.store, request.contract, **request.query))


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


@resource.route("POST", PATH + "/{alert}/answer", action="alerts.answer", body=own.ACKNOWLEDGE, answer=own.ALERT)
def answer_alert(request: Request) -> Answer:
    """The person who was asked says that all is well: nobody else is woken."""
    from chalicelib.flows import alerts

    role, alert = request.caller.role, request.params["alert"]
    return Answer(alerts.answer(request.store, request.now, asked_in(request), role, alert, request.body))


@resource.route("POST", PATH + "/{alert}/snooze", action="alerts.snooze", body=own.SNOOZE, answer=own.ALERT)
def snooze_alert(request: Request) -> Answer:
    """Holds the escalation for some minutes, or until clocks show a time: one of the two."""
    from chalicelib.flows import alerts

    return Answer(alerts.snooze(request.store, request.now, asked_in(request), request.params["alert"], request.body))


@resource.route("POST", PATH + "/{alert}/close", action="alerts.close", body=own.CLOSE, answer=own.ALERT)
def close_alert(request: Request) -> Answer:
    """Closes an alert by hand, with a reason; its watch starts afresh."""
    from chalicelib.flows import alerts

    role, alert = request.caller.role, request.params["alert"]
    return Answer(alerts.close(request.store, request.now, asked_in(request), role, alert, request.body))
