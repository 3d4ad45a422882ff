"""The home as it is now."""

from __future__ import annotations

from chalicelib.api import problems, schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("now")

_MAYBE_TEXT: schemas.Schema = {"type": ["string", "null"]}
_MAYBE_SAID: schemas.Schema = {**schemas.SAID, "type": ["object", "null"]}
_VALUE_NOW = schemas.answer(
    "metric unit kind data value measured_at age_seconds",
    metric=own.STRING,
    kind={
        "type": "string",
        "description": "How it is measured: gauge, amount, meter, state, presence, spot; empty for what no model knows",
    },
    data={
        "type": "string",
        "description": "Of what it tells: activity, sleep, vitals, room, energy, pv, system, device, other",
    },
    label=_MAYBE_SAID,
    unit=own.STRING,
    value={},
    words=schemas.SAID,
    measured_at=schemas.TIME,
    age_seconds={"type": "integer"},
    stale=schemas.BOOLEAN,
)
_DEVICE_NOW = schemas.answer(
    "device model silent open_alerts values",
    device=own.STRING,
    label=_MAYBE_TEXT,
    model=own.STRING,
    name=_MAYBE_SAID,
    function=_MAYBE_TEXT,
    last_heard_at=_MAYBE_TEXT,
    last_active_at={**_MAYBE_TEXT, "description": "When this device last saw somebody up and about."},
    silent=schemas.BOOLEAN,
    open_alerts={"type": "array", "items": own.STRING},
    maintenance=own.MAINTENANCE,
    values={"type": "array", "items": _VALUE_NOW},
    may_be_set=schemas.BOOLEAN,
    why_not=schemas.answer(
        "reason rule apps ja en",
        reason=own.STRING,
        rule=own.STRING,
        apps={"type": "array", "items": schemas.one_of("android", "ios", "web"), "description": "the apps that have it"},
        ja=own.STRING,
        en=own.STRING,
    ),
    wishes={"type": "array", "items": {"type": "object"}},
)
NOW = schemas.answer(
    "at watches functions last_activity open_alerts devices texts",
    at=schemas.TIME,
    label={"type": ["string", "null"], "description": "What the family calls the home."},
    watches={"type": "boolean", "description": "Whether the service watches over a home at all."},
    functions={"type": "array", "items": own.STRING},
    last_activity={
        **schemas.answer("at device label", at=schemas.TIME, device=own.STRING, label=_MAYBE_TEXT),
        "type": ["object", "null"],
    },
    open_alerts={"type": "integer"},
    devices={"type": "array", "items": _DEVICE_NOW},
    texts={"type": "array", "items": own.STRING},
)


@resource.route("GET", "/v1/contracts/{contract}/now", action="now.view", answer=NOW)
def view_now(request: Request) -> Answer:
    """What the home's devices say now, how old it is, and when somebody was last active."""
    from chalicelib.flows import now

    shown = now.view(request.store, request.now, request.contract, request.caller)
    for device in shown["devices"]:
        if why := device.get("why_not"):
            words = problems.said("reason", why["reason"], fallback="refused")
            device["why_not"] = why | words
    return Answer(shown)
