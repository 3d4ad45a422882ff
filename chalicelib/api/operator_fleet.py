"""The operators' look at the fleet: in what state devices are, messages that were set aside, and playing them again."""

from __future__ import annotations

from typing import Any

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.schemas import Schema, answer, obj, one_of, text

resource = Resource("operator_fleet")

STRING: Schema = {"type": "string"}
STRING_OR_NONE: Schema = {"type": ["string", "null"]}
DEVICE = text(128, pattern=r"^[A-Za-z0-9_.:-]+$")
REASON = text(120, pattern=r"^[a-z0-9_.]+(: [a-z0-9_]+)?$")
SPAN: dict[str, Schema] = {"from": schemas.TIME, "to": schemas.TIME}
ASIDE = answer(
    "id device reason told cure received_at bytes whole rest_taken_in state replays",
    id=STRING,
    device=STRING_OR_NONE,
    reason=STRING,
    told=schemas.SAID,
    cure=schemas.SAID,
    received_at=schemas.TIME,
    bytes={"type": "integer"},
    whole={"type": "boolean", "description": "False: it was too large, and only its beginning is kept."},
    rest_taken_in={"type": "boolean", "description": "Only some readings of it could not be read."},
    state=one_of("waiting", "replayed"),
    replays={"type": "integer"},
    replayed_by=STRING_OR_NONE,
    replayed_at=STRING_OR_NONE,
    payload={"type": "string", "description": "What the device sent; only when one message is looked at."},
)
schemas.ANSWERS["aside"] = ASIDE
ASIDE_QUERY: dict[str, Schema] = {
    "device": DEVICE,
    "reason": REASON,
    "state": one_of("waiting", "replayed"),
    **SPAN,
    **schemas.PAGE_QUERY,
}
REPLAY = obj("device", device=DEVICE, reason=REASON, **SPAN)
REPLAYED = answer("replayed refused more", replayed={"type": "integer"}, refused={"type": "object"}, more={"type": "boolean"})


def _span(given: dict[str, Any]) -> dict[str, Any]:
    """`from` is a word of Python's."""
    names = {"from": "since", "to": "until"}
    return {names.get(name, name): value for name, value in given.items()}


@resource.route("GET", "/v1/operator/set-aside", action="set_aside.list", query=ASIDE_QUERY, answer=schemas.page(ASIDE))
def list_set_aside(request: Request) -> Answer:
    """Messages of devices that could not be read or used, the latest first; kept for two weeks."""
    from chalicelib.flows import set_aside

    return Answer(set_aside.listing(request.store, request.now, **_span(dict(request.query))))


@resource.route("GET", "/v1/operator/set-aside/{aside}", action="set_aside.view", answer=ASIDE)
def view_set_aside(request: Request) -> Answer:
    """One such message with what the device sent. That somebody looked is written to the log."""
    from chalicelib.flows import set_aside

    return Answer(set_aside.view(request.store, request.caller.subject, request.params["aside"]))


@resource.route("POST", "/v1/operator/set-aside/{aside}/replay", action="set_aside.replay", answer=ASIDE, status=202)
def replay_set_aside(request: Request) -> Answer:
    """Plays a message again, as it came and with the receipt that it had. Asking again changes nothing."""
    from chalicelib.flows import set_aside

    return Answer(set_aside.replay(request.store, request.now, request.caller.subject, request.params["aside"]), 202)


@resource.route(
    "POST", "/v1/operator/set-aside-replays", action="set_aside.replay_many", body=REPLAY, answer=REPLAYED, status=202
)
def replay_many_set_aside(request: Request) -> Answer:
    """Plays a device's waiting messages again, a hundred at a time; `more` says that some are left."""
    from chalicelib.flows import set_aside

    body = _span(dict(request.body))
    return Answer(set_aside.replay_many(request.store, request.now, request.caller.subject, **body), 202)


@resource.route("DELETE", "/v1/operator/set-aside/{aside}", action="set_aside.remove", status=204)
def remove_set_aside(request: Request) -> Answer:
    """Takes a message away before its two weeks are over."""
    from chalicelib.flows import set_aside

    set_aside.remove(request.store, request.params["aside"])
    return Answer(status=204)


FLEET = answer(
    "at devices states low_battery weak_signal devices_with_open_alerts models firmware",
    at=schemas.TIME,
    devices={"type": "integer", "description": "All but those cut off."},
    states={"type": "object"},
    low_battery={"type": "integer"},
    weak_signal={"type": "integer"},
    devices_with_open_alerts={"type": "object", "description": "By the worst level that is open."},
    models={"type": "object"},
    firmware={"type": "object"},
)
SEEN = answer(
    "device contract model state low_battery weak_signal open_alerts claimed_at",
    device=STRING,
    contract=STRING,
    model=STRING,
    serial_number=STRING_OR_NONE,
    state=STRING,
    low_battery={"type": "boolean"},
    weak_signal={"type": "boolean"},
    battery_percent={"type": ["number", "null"]},
    signal_dbm={"type": ["number", "null"]},
    firmware=STRING_OR_NONE,
    worst_open_alert=STRING_OR_NONE,
    open_alerts={"type": "integer"},
    claimed_at=schemas.TIME,
    last_received_at=STRING_OR_NONE,
    cut_off_at=STRING_OR_NONE,
)
FLEET_QUERY: dict[str, Schema] = {
    "state": one_of("online", "silent", "unwatched", "never_heard", "cut_off", "low_battery", "weak_signal"),
    "model": schemas.NAME,
    "firmware": text(32, pattern=r"^[A-Za-z0-9._+-]+$"),
    "level": one_of("critical", "warning", "info"),
    **schemas.PAGE_QUERY,
}


@resource.route("GET", "/v1/operator/fleet", action="fleet.summary", answer=FLEET)
def view_fleet(request: Request) -> Answer:
    """How many devices are online, silent, never heard of, low on battery …, by model and by firmware."""
    from chalicelib.flows import fleet

    return Answer(fleet.summary(request.store, request.now))


@resource.route("GET", "/v1/operator/fleet/devices", action="fleet.devices", query=FLEET_QUERY, answer=schemas.page(SEEN))
def list_fleet(request: Request) -> Answer:
    """Devices of a state, a model, a firmware, with alerts of a level; the worst of each state first."""
    from chalicelib.flows import fleet

    return Answer(fleet.listing(request.store, **request.query))


@resource.route(
    "GET",
    "/v1/operator/fleet/devices.csv",
    action="fleet.export",
    query={**FLEET_QUERY, "bom": one_of("yes", "no")},
    answer={"type": "string"},
    media="text/csv",
)
def export_fleet(request: Request) -> Answer:
    """The same as CSV in words, with the codes in the last columns; X-Next-Cursor leads to the next page."""
    from chalicelib.flows import list_files

    query = dict(request.query)
    bom = query.pop("bom", "no") == "yes"
    lines, following = list_files.devices(request.store, request.language, bom, **query)
    return Answer(lines, following=following, file="fleet.csv")


TRACE = answer(
    "device contract from to items alerts complete",
    device=STRING,
    contract=STRING_OR_NONE,
    to=schemas.TIME,
    items={"type": "array", "items": answer("at kind", at=schemas.TIME, kind=STRING)},
    alerts={"type": "array", "items": answer("alert watch cause opened_at", alert=STRING, watch=STRING, cause=STRING)},
    complete={"type": "boolean", "description": "False: there is more than is shown; ask for a shorter span."},
    **{"from": schemas.TIME},
)


@resource.route("GET", "/v1/operator/devices/{device}/trace", action="trace.view", query=SPAN, answer=TRACE)
def trace_device(request: Request) -> Answer:
    """What came from a device, what was noticed, who was told, what reached them: one timeline, never what was measured."""
    from chalicelib.flows import trace

    return Answer(trace.of_device(request.store, request.now, request.params["device"], **_span(dict(request.query))))


COUNT: Schema = {"type": "integer", "minimum": 0}
DAY_SUM = schemas.answer("day systems wh", day=schemas.DATE, systems=COUNT, wh=COUNT)
STATISTICS = schemas.answer(
    "service rule systems_min settled_days from to items",
    service={"type": "string"},
    rule={"type": "string"},
    systems_min=COUNT,
    settled_days=COUNT,
    to=schemas.DATE,
    items={"type": "array", "items": DAY_SUM},
    **{"from": schemas.DATE},
)


@resource.route(
    "GET",
    "/v1/operator/services/{service}/statistics",
    action="fleet.statistics",
    query={"from": schemas.DATE, "to": schemas.DATE},
    answer=STATISTICS,
)
def view_statistics(request: Request) -> Answer:
    """What all systems of a service came to together, day by day; only days on which they were enough to hide in."""
    from chalicelib.flows import statistics

    first, last = request.query.get("from"), request.query.get("to")
    return Answer(statistics.listing(request.store, request.now, request.params["service"], first, last))
