"""JSON Schemas (OpenAPI 3.1 dialect) of what goes in and out. What comes in refuses unknown fields and is bounded."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
PAGE_LIMIT_MAX = 100


def obj(required: str = "", /, **properties: Schema) -> Schema:
    """An object that refuses unknown fields. `required` names fields, separated by blanks."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required.split()
    return schema


def text(longest: int, shortest: int = 1, pattern: str = "") -> Schema:
    schema: Schema = {"type": "string", "minLength": shortest, "maxLength": longest}
    return {**schema, "pattern": pattern} if pattern else schema


def one_of(*choices: str) -> Schema:
    return {"type": "string", "enum": list(choices)}


def number(smallest: int, largest: int) -> Schema:
    return {"type": "integer", "minimum": smallest, "maximum": largest}


def many(items: Schema, most: int, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "maxItems": most, "minItems": least}


def answer(required: str = "", /, **properties: Schema) -> Schema:
    """An object that we answer: readers must live with fields that come later."""
    return {**obj(required, **properties), "additionalProperties": True}


def page(items: Schema) -> Schema:
    """`{items: […], next?: cursor}`."""
    return answer("items", items={"type": "array", "items": items}, next={"type": "string"})


NAME = text(64, pattern=r"^[A-Za-z0-9_.-]+$")
ID = text(64, pattern=r"^[A-Za-z0-9_-]+$")
DATE: Schema = {"type": "string", "format": "date"}
MONTH: Schema = {"type": "string", "format": "month", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$", "maxLength": 7}
TIME: Schema = {"type": "string", "format": "date-time"}
YEN = number(0, 100_000_000)
QUANTITY = number(1, 1000)
BOOLEAN: Schema = {"type": "boolean"}
EMAIL: Schema = {"type": "string", "format": "email", "maxLength": 254}
LIMIT: Schema = {**number(1, PAGE_LIMIT_MAX), "default": 50}
CURSOR = text(1024, pattern=r"^[A-Za-z0-9_=-]+$")
PAGE_QUERY: dict[str, Schema] = {"limit": LIMIT, "cursor": CURSOR}
SERVICE_ID = text(40, pattern=r"^[a-z0-9-]+$")


def pages(items: Schema, **query: Schema) -> dict[str, Schema]:
    """What a route says whose answer is a page of `items`, narrowed by `query`: `route("GET", …, **pages(BILL))`."""
    return {"query": {**query, **PAGE_QUERY}, "answer": page(items)}


HEALTH = answer("status", status=one_of("ok"))

DAY_OR_NONE: Schema = {"type": ["string", "null"], "format": "date"}
STRING_OR_NONE: Schema = {"type": ["string", "null"]}
STATES = ("applied", "refused", "accepted", "active", "suspended", "paused", "cancelling", "ended")
SAID = answer("ja en", ja={"type": "string"}, en={"type": "string"})
SAID_RULE = answer("id ja en", id={"type": "string"}, ja={"type": "string"}, en={"type": "string"})
REFUSAL = answer(
    "reason rule ja en texts",
    reason={"type": "string"},
    rule={"type": "string"},
    ja={"type": "string"},
    en={"type": "string"},
    texts={"type": "array", "items": SAID_RULE},
)
PERHAPS = answer("", ja={"type": "string"}, en={"type": "string"})  # words, where somebody wrote them
_SAID_BY_NAME: Schema = {"type": "object", "additionalProperties": SAID}
CONTRACT_LABELS = answer(
    "service plan payment_method options devices refusal_reasons",
    service=SAID,
    plan=SAID,
    payment_method=SAID,
    options=_SAID_BY_NAME,
    devices=_SAID_BY_NAME,
    refusal_reasons={"type": "array", "items": SAID},
)
OPTION = answer(
    "option state",
    option={"type": "string"},
    quantity={"type": "integer"},
    state={"type": "string"},
    starts_on=DAY_OR_NONE,
    ends_on=DAY_OR_NONE,
)
_WAY_TO_PAY = {
    "payment_method": {"type": "string"},
    "label": SAID,
    "drawn": {"type": "boolean", "description": "The money is taken by itself; else the customer pays it in."},
}
PAYMENT = answer(
    "payment_method label drawn next",
    **_WAY_TO_PAY,
    next={"anyOf": [answer("payment_method label drawn usable_from", **_WAY_TO_PAY, usable_from=DATE), {"type": "null"}]},
)
DETAIL = answer(
    "name label value change schema",
    name={"type": "string"},
    label=SAID,
    value={"description": "None where nothing was told."},
    said=SAID,
    change={"type": ["string", "null"], "description": "Its place in the body of PATCH; None: not changed so."},
    schema={"type": ["object", "null"]},
)
CONTRACT = answer(
    "id service state version",
    id=ID,
    service={"type": "string"},
    plan={"type": "string"},
    version={"type": "integer"},
    state=one_of(*STATES),
    applied_at=TIME,
    formed_on=DAY_OR_NONE,
    service_starts_on=DAY_OR_NONE,
    billing_starts_on=DAY_OR_NONE,
    ends_on=DAY_OR_NONE,
    ended_because={"type": "string"},
    ships_on=DAY_OR_NONE,
    visit_on=DAY_OR_NONE,
    installed_on=DAY_OR_NONE,
    grid_connected_on=DAY_OR_NONE,
    next_on=DAY_OR_NONE,
    payment_method={"type": "string"},
    unpaid={"type": "integer", "description": "Yen on bills that are not paid yet."},
    overdue={"type": "integer", "description": "Yen of them past their due day."},
    due_on=DAY_OR_NONE,
    to_come_back={"type": "integer", "description": "Yen of refunds that are not paid out yet."},
    devices={"type": "array", "items": answer("sku quantity", sku={"type": "string"}, quantity={"type": "integer"})},
    parent={"type": ["string", "null"], "description": "The contract that this one hangs on."},
    children={"type": "array", "items": {"type": "string"}, "description": "Contracts that hang on this one."},
    labels=CONTRACT_LABELS,
    refusal_reasons={"type": "array", "items": {"type": "string"}},
    options={"type": "array", "items": OPTION},
    data_allowance_gb={"type": ["integer", "null"]},
    applicant={"type": "object"},
    site={"type": "object"},
    contact={"type": "object"},
    label={"type": ["string", "null"], "description": "What the family calls the home. Not in operators' lists."},
    details={"type": "array", "items": DETAIL, "description": "Of a single contract, for its holder."},
    payment={"anyOf": [PAYMENT, {"type": "null"}], "description": "Likewise; None where nothing is paid."},
    tasks={"type": "array", "items": {"type": "object"}, "description": "For operators: what waits for a person."},
    name={"type": "string", "description": "Of a single contract, for operators: who holds it; empty where nobody said."},
    parked={**BOOLEAN, "description": "Likewise: a night, or a service's command, put something of it aside."},
    role={"type": "string", "description": "Of a single contract: what the caller is to it."},
    may={"type": "array", "items": {"type": "string"}, "description": "What the caller may do there. Not in operators' lists."},
)
EVENT = answer("kind at by", kind={"type": "string"}, at=TIME, by={"type": "string"})
LOGGED = answer(
    "kind at by version text cites facts",
    kind={"type": "string"},
    at=TIME,
    by={"type": "string"},
    version={"type": "integer", "description": "Of the contract, when it was written."},
    text={"anyOf": [SAID, {"type": "null"}]},
    cites={"type": "array", "items": {"type": "string"}},
    facts={"type": "object"},
)
NOTICE = answer(
    "contract kind on subject text",
    contract={"type": "string"},
    kind={"type": "string"},
    on=DATE,
    subject=PERHAPS,
    text=PERHAPS,
)
TEXT_IDS: Schema = {"type": "array", "items": {"type": "string"}}  # rules whose texts are to be shown beside the answer
NAMED_PRICE = answer("key label", key={"type": "string"}, label=SAID)
SERVICE = answer(
    "service title",
    service={"type": "string"},
    title=SAID,
    statistics=BOOLEAN,
    listed_prices={"type": "array", "items": NAMED_PRICE, "description": "What a price list may hold, as far as it is known."},
)
HANDOUT = answer("to rule data", to={"type": "string"}, rule={"type": "string"}, data={"type": "object"})
RULE = answer(
    "id kind clause where ja en",
    id={"type": "string"},
    kind=one_of("C", "W", "D", "L"),
    clause={"type": "string"},
    where={"type": "array", "items": {"type": "string"}},
    ja={"type": "string"},
    en={"type": "string"},
    reason={"type": "string"},
)
CLOCK = answer("at frozen", at=TIME, frozen=BOOLEAN)
ANSWERS: dict[str, Schema] = {
    "health": HEALTH,
    "contract": CONTRACT,
    "event": EVENT,
    "logged": LOGGED,
    "notice": NOTICE,
    "service": SERVICE,
    "rule": RULE,
    "handout": HANDOUT,
    "clock": CLOCK,
}
CARRIED_ON = answer(
    "command body missing refused rule",
    command={"type": "string"},
    body={"type": "object", "description": "What is known of its arguments already."},
    missing={
        "type": "array",
        "items": {"type": "string"},
        "description": "Arguments that it needs besides; the command's path has their schema.",
    },
    refused={"type": ["string", "null"], "description": "Why the terms do not allow it now, where nothing is missing."},
    rule={"type": ["string", "null"]},
)
TASK = answer(
    "contract service kind since rule commands",
    contract=ID,
    name={"type": "string", "description": "Who holds the contract; '' where nobody said. In lists only."},
    service={"type": "string"},
    kind={"type": "string"},
    since=DATE,
    due=DAY_OR_NONE,
    about={"type": "string"},
    rule={"type": "string"},
    text={"type": "object"},
    commands={"type": "array", "items": CARRIED_ON, "description": "Those that carry it on and that the service's terms know."},
)
IMPORT_OUTCOMES = ("done", "known", "refused", "faulty", "failed")
_REASON_AND_CURE = answer("reason cure", reason={"type": "string"}, cure={"type": "string"})
IMPORTED = answer(
    "line outcome",
    line={"type": "integer"},
    outcome=one_of(*IMPORT_OUTCOMES),
    key={"type": "string", "description": "The operator's own id of the line."},
    contract={"type": "string"},
    field={"type": "string"},
    reason={"type": "string"},
    rule={"type": "string"},
    cure={"type": "string"},
    told=answer("ja en", ja=_REASON_AND_CURE, en=_REASON_AND_CURE),
)
IMPORT = answer(
    f"service lines {' '.join(IMPORT_OUTCOMES)} waiting complete items",
    id={"type": "string", "description": "Absent in a trial."},
    at=TIME,
    service={"type": "string"},
    lines={"type": "integer"},
    **{name: {"type": "integer"} for name in IMPORT_OUTCOMES},
    waiting={"type": "integer"},
    complete=BOOLEAN,
    items={"type": "array", "items": IMPORTED},
    next={"type": "string"},
)
CSV_BYTES_MAX = 1024 * 1024
CSV_FILE: Schema = {"type": "string", "minLength": 1, "maxLength": 900_000, "contentMediaType": "text/csv"}
PARKED = answer(
    "contract reason",
    id={"type": "string"},
    contract={"type": "string"},
    name={"type": "string", "description": "Who holds the contract; '' where nobody said."},
    service=STRING_OR_NONE,
    day=DATE,
    since=DATE,
    at=TIME,
    reason={"type": "string", "description": "The kind of failure."},
    detail={"type": "string"},
    work=answer("kind", kind=one_of("night", "service_command"), command=STRING_OR_NONE),
    told=SAID,
    cure=SAID,
    missing={"anyOf": [answer("key label day", key={"type": "string"}, label=SAID, day=DATE), {"type": "null"}]},
    rule={"anyOf": [SAID_RULE, {"type": "null"}]},
    commands={"type": "array", "items": {"type": "string"}, "description": "Addresses of what may be missing."},
    passed=BOOLEAN,
)
NIGHT = answer(
    "day due done parked",
    day=DATE,
    runs={"type": "integer", "description": "How often it was handed out; 0: it did not run."},
    **{name: {"type": "integer"} for name in ("due", "done", "parked", "left")},
)
ANSWERS |= {"import": IMPORT, "task": TASK, "parked": PARKED, "night": NIGHT}
