"""Schemas of devices, watches, people and alerts. What depends on a watch's kind is checked in `iot/setting.py`."""

from __future__ import annotations

from typing import Any

from chalicelib.api.schemas import (
    BOOLEAN,
    CSV_FILE,
    CURSOR,
    EMAIL,
    ID,
    IMPORT_OUTCOMES,
    IMPORTED,
    LIMIT,
    NAME,
    TIME,
    Schema,
    answer,
    many,
    number,
    obj,
    one_of,
    text,
)
from chalicelib.iot import vocabulary
from chalicelib.iot.proof import STATES

_FAR = 1e12  # beyond every sensor


def amount(smallest: float = -_FAR, largest: float = _FAR) -> Schema:
    return {"type": "number", "minimum": smallest, "maximum": largest}


METRIC = text(64)
VALUE: Schema = {"type": ["number", "boolean", "string"], "maxLength": vocabulary.TEXT_MAX, "minimum": -_FAR, "maximum": _FAR}
SPAN = many(text(5, 5, r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), 2, 2)
YEAR_OF_MINUTES = 366 * 24 * 60
MINUTES = amount(0, YEAR_OF_MINUTES)
STRING: Schema = {"type": "string"}
MAYBE_TIME: Schema = {"type": ["string", "null"]}

PROOF = text(64, 4, pattern=r"^[A-Za-z0-9 -]+$")
CLAIM = obj(device=ID, model=NAME, serial_number=text(64, pattern=r"^[A-Za-z0-9._/-]+$"), proof=PROOF, new_certificate=BOOLEAN)
DEVICE_NAME = obj("label", label=text(40))
MAINTENANCE: Schema = {
    **answer(
        "since until by", since=TIME, until=TIME, by=STRING, reason={"type": ["string", "null"]}, include_critical=BOOLEAN
    ),
    "type": ["object", "null"],
}
DEVICE = answer(
    "device contract model claimed_at",
    device=STRING,
    contract=STRING,
    model=STRING,
    label={"type": ["string", "null"], "description": "What its people call it."},
    serial_number={"type": ["string", "null"]},
    claimed_at=TIME,
    released_at=MAYBE_TIME,
    replaced_by={"type": ["string", "null"]},
    replaces={"type": "string", "description": "Only in the answer to a replacement."},
    sees={"type": "object", "description": "What the watched person sees of it; in the answer to a claim."},
    records_not={"type": "object", "description": "What it does not record; in the answer to a claim."},
    certificate_id={"type": ["string", "null"]},
    topic=STRING,
    urgent_topic=STRING,
    last_received_at=MAYBE_TIME,
    values={"type": "object"},
    last_apart={"type": "object", "description": "the last value that the model cannot measure; only when there was one"},
    watches={"type": "array", "items": STRING},
    open_alerts={"type": "array", "items": STRING},
    maintenance=MAINTENANCE,
    certificate={"type": "string", "description": "PEM; only in the answer to the claim that made it"},
    private_key={"type": "string", "description": "PEM; answered once and kept nowhere"},
    endpoint=STRING,
)
CERTIFIED = answer(
    "device certificate_id certificate private_key",
    device=STRING,
    certificate_id=STRING,
    certificate={"type": "string", "description": "PEM"},
    private_key={"type": "string", "description": "PEM; answered once and kept nowhere"},
    endpoint=STRING,
    old_certificate_id={"type": ["string", "null"]},
    old_until=TIME,
)
CERTIFICATE = answer(
    "certificate_id status use",
    certificate_id=STRING,
    status=STRING,
    use=one_of("current", "old", "unknown"),
    made_at=MAYBE_TIME,
)
SAID = {"type": "object"}
MODEL = answer(
    "model name metrics watches settings",
    model=STRING,
    name=SAID,
    every_minutes={"type": "number"},
    function=STRING,
    sees=SAID,
    records_not=SAID,
    metrics={"type": "array", "items": answer("metric label unit type", metric=STRING, label=SAID, unit=STRING, type=STRING)},
    watches={"type": "array", "items": answer("name label settings adjust", name=STRING, label=SAID)},
    settings={"type": "array", "items": answer("setting label type", setting=STRING, label=SAID)},
)
STOCK_FILE = obj("csv", csv={**CSV_FILE, "maxLength": 200_000}, trial=BOOLEAN)
STOCK_IMPORT = answer(
    f"lines {' '.join(IMPORT_OUTCOMES)} items proofs",
    lines={"type": "integer"},
    **{name: {"type": "integer"} for name in IMPORT_OUTCOMES},
    items={"type": "array", "items": IMPORTED},
    proofs={"type": "string", "description": "CSV of the codes that were made: answered once, kept nowhere"},
)
STOCK_QUERY: dict[str, Schema] = {
    "state": {**one_of(*STATES), "default": "in_stock"},
    "model": NAME,
    "serial": text(48, pattern=r"^[A-Za-z0-9_-]+$"),
    "limit": LIMIT,
    "cursor": CURSOR,
}
STOCK_MOVE = obj("state", state=one_of("in_stock", "shipped", "retired"), new_proof=BOOLEAN)
STOCK_ITEM = answer(
    "serial_number device model state since moves",
    serial_number=STRING,
    device=STRING,
    model=STRING,
    state=one_of(*STATES),
    since=TIME,
    hardware={"type": ["string", "null"]},
    firmware={"type": ["string", "null"]},
    contract={"type": ["string", "null"]},
    certificate_id={"type": ["string", "null"]},
    moves={
        "type": "array",
        "items": one_of(*STATES),
        "description": "Where an operator may move it. Where there is any, it may have a new code.",
    },
    proof={"type": "string", "description": "A new code: answered once, kept nowhere"},
)
READINGS_QUERY: dict[str, Schema] = {"metric": METRIC, "from": TIME, "to": TIME, "limit": LIMIT, "cursor": CURSOR}
READING = answer(
    "metric value measured_at", metric=STRING, value={}, measured_at=TIME, seq={"type": "integer"}, apart=one_of("impossible")
)

WATCH_BODY = obj(
    "kind",
    kind=one_of(*vocabulary.WATCHES),
    level=one_of(*vocabulary.LEVELS),
    metric=METRIC,
    above=amount(),
    below=amount(),
    clear=amount(),
    for_minutes=MINUTES,
    rises={**amount(0), "exclusiveMinimum": 0},
    falls={**amount(0), "exclusiveMinimum": 0},
    minutes={**amount(0, 1440), "exclusiveMinimum": 0},
    equals=VALUE,
    other_than=many(VALUE, 10, 1),
    after_minutes={**MINUTES, "minimum": 1},
    active_above=amount(),
    active_equals=VALUE,
    for_hours={**amount(0, 24 * 366), "exclusiveMinimum": 0},
    between=SPAN,
)
OFFERED_BODY = obj("", watches=many(NAME, 20, 1))
OFFERED = answer(
    "watch label settings sentence level_label limits set",
    watch=STRING,
    label=answer("ja en", ja=STRING, en=STRING),
    settings={"type": "object", "description": "as it would be set: what the model says, or a service's terms promise"},
    sentence=answer("ja en", ja=STRING, en=STRING),
    level_label=answer("ja en", ja=STRING, en=STRING),
    limits={"type": "object", "description": "setting → {least, most}: how far its people may turn it"},
    set={"type": "boolean"},
)
WATCH = answer(
    "watch kind level label sentence level_label",
    watch=STRING,
    kind=STRING,
    level=STRING,
    set_at=TIME,
    label=answer("ja en", ja=STRING, en=STRING),
    sentence=answer("ja en", ja=STRING, en=STRING),
    level_label=answer("ja en", ja=STRING, en=STRING),
)

CLOCK = text(5, 5, r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
DAILY_MAX = number(1, vocabulary.DAILY_MAX_MOST)
PERSON_BODY = obj(
    "person role channels",
    person=NAME,
    name=text(40),
    role=text(40, pattern=r"^[a-z][a-z_-]*$"),
    channels=many(one_of(*vocabulary.CHANNELS), len(vocabulary.CHANNELS), 1),
    quiet=SPAN,
    email=EMAIL,
    language=one_of("ja", "en"),
    digest=CLOCK,
    daily_max=DAILY_MAX,
)
WORDS = answer("ja en", ja=STRING, en=STRING)
PERSON = answer(
    "person role channels",
    person=STRING,
    name={"type": ["string", "null"], "description": "By which they are shown; None: by `person`."},
    called={**WORDS, "description": "As a sentence names them."},
    role=STRING,
    channels={"type": "array", "items": STRING},
    quiet={"type": ["array", "null"]},
    language=STRING,
    has_email=BOOLEAN,
    has_phone=BOOLEAN,
    has_line=BOOLEAN,
    browsers={"type": "integer"},
    digest={"type": ["string", "null"]},
    daily_max={"type": ["integer", "null"]},
    you={"type": "boolean", "description": "Only in the list: this is the caller, by their verified e-mail address."},
)
PREFERENCES_BODY = obj(
    "",
    digest=CLOCK,
    daily_max=DAILY_MAX,
    language=one_of("ja", "en"),
    name=text(40),
    channels=many(one_of(*vocabulary.CHANNELS), len(vocabulary.CHANNELS), 1),
    quiet={**SPAN, "type": ["array", "null"]},
)
# What `PushSubscription.toJSON` gives in a browser; when it ends by itself is the push service's matter.
SUBSCRIPTION_BODY = obj(
    "endpoint keys",
    endpoint=text(600, pattern=r"^https?://[\x21-\x7e]+$"),
    keys=obj("p256dh auth", p256dh=text(100, pattern=r"^[A-Za-z0-9_=-]+$"), auth=text(40, pattern=r"^[A-Za-z0-9_=-]+$")),
    expirationTime={"type": ["number", "null"]},
)
SUBSCRIPTION = answer("subscription since", subscription=STRING, since=TIME)
PHONE_BODY = obj("phone", phone=text(40))
PHONE_ASKED = answer("ends_with until", ends_with=STRING, until=TIME)
PHONE_CONFIRM_BODY = obj("code", code=text(6, 6, r"^[0-9]{6}$"))
LINE_CODE = answer("code until", code=STRING, until=TIME)
TRIED = answer("reached", reached={"type": "array", "items": answer("channel outcome", channel=STRING, outcome=STRING)})
PUSH_KEY = answer("public_key", public_key=STRING)
NUMBER_BODY = obj("number who phone", number=NAME, who=text(40), phone=text(40), keeps_key=BOOLEAN)
NUMBER = answer("number who phone keeps_key", number=STRING, who=STRING, phone=STRING, keeps_key=BOOLEAN)
NUMBERS = answer("items", items={"type": "array", "items": NUMBER})
STEPS_BODY = obj(
    "steps",
    steps=many(
        obj("after_minutes to", after_minutes=MINUTES, to=many(NAME, vocabulary.PEOPLE_MAX, 1), ask=BOOLEAN),
        vocabulary.STEPS_MAX,
    ),
)
STEPS = answer("steps", steps={"type": "array", "items": answer("after_minutes to")})
PEOPLE = answer("items steps", items={"type": "array", "items": PERSON}, steps={"type": "array"})

ALERTS_QUERY: dict[str, Schema] = {
    "device": ID,
    "watch": NAME,
    "level": one_of(*vocabulary.LEVELS),
    "open": one_of("true", "false"),
    "from": TIME,
    "to": TIME,
    "text": text(100),
    "order": one_of("oldest", "newest"),
    "limit": LIMIT,
    "cursor": CURSOR,
}
MAYBE: Schema = {"type": ["string", "null"]}
TOLD: dict[str, Any] = answer(
    "contract watch person kind at channels",
    contract=STRING,
    alert=STRING,
    device=STRING,
    watch=STRING,
    person=STRING,
    name={"type": ["string", "null"], "description": "By which they are shown; None: by `person`."},
    kind=one_of("asked", "opened", "closed"),
    at=TIME,
    channels={"type": "array", "items": STRING},
    reached={"type": "array", "items": answer("channel at outcome", channel=STRING, at=TIME, outcome=STRING)},
    waits_until={**MAYBE_TIME, "description": "when it goes out, together with other news"},
)
NEXT = answer(
    "person kind at channels after_quiet gathered",
    person=STRING,
    name={"type": ["string", "null"], "description": "By which they are shown; None: by `person`."},
    kind=one_of("asked", "opened"),
    at={**TIME, "description": "when, if nobody does anything before"},
    channels={"type": "array", "items": STRING, "description": "the first that will take it; of critical news all"},
    after_quiet={"type": "boolean", "description": "it waits for the end of their quiet hours"},
    gathered={"type": "boolean", "description": "with other news, in one message"},
)
ALERT = answer(
    "alert contract device watch level opened_at",
    alert=STRING,
    contract=STRING,
    device=STRING,
    watch=STRING,
    level=STRING,
    opened_at=TIME,
    measured_at=TIME,
    value={},
    closed_at=MAYBE_TIME,
    closed_by=MAYBE,
    close_reason={"type": ["string", "null"], "enum": [*vocabulary.CLOSED_FOR, vocabulary.LEFT, None]},
    close_note=MAYBE,
    acknowledged_by=MAYBE,
    acknowledged_at=MAYBE_TIME,
    answered=BOOLEAN,
    in_maintenance=BOOLEAN,
    snoozed_until=MAYBE_TIME,
    sentence=WORDS,
    followed={"type": "array", "items": WORDS},
    told={"type": "array", "items": TOLD, "description": "only of a single alert"},
    next={"type": "array", "items": NEXT, "description": "only of a single alert: empty once somebody has it in hand"},
)
UNTIL_CLOCK = {**CLOCK, "description": "Until clocks in Japan show it next, by the server's own clock."}
MAINTENANCE_BODY = obj(
    "", until=TIME, minutes=number(1, 7 * 24 * 60), until_clock=UNTIL_CLOCK, reason=text(200), include_critical=BOOLEAN
)
IN_MAINTENANCE = answer("device maintenance", device=STRING, maintenance=MAINTENANCE)
ALL_IN_MAINTENANCE = answer("items", items={"type": "array", "items": IN_MAINTENANCE})
ACKNOWLEDGE = obj("", person=NAME)
CLOSE = obj("reason", reason=one_of(*vocabulary.CLOSED_FOR), note=text(200), person=NAME)
SNOOZE = obj("", person=NAME, minutes=number(1, YEAR_OF_MINUTES), until_clock=UNTIL_CLOCK)
