"""Schemas of what the app must know in order to ask: application forms, and the choices that a contract leaves."""

from __future__ import annotations

from typing import Any

from chalicelib.api.schemas import BOOLEAN, DATE, REFUSAL, SAID, SAID_RULE, Schema, answer, one_of

STRING: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}


def some(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def perhaps(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


CLOSED = answer("reason rule ja en", reason=STRING, rule=STRING, ja=STRING, en=STRING)
PRICE = answer(
    "item label yen tax how per billed_in rule",
    item=STRING,
    label=SAID,
    yen=WHOLE,
    tax=one_of("included", "excluded", "none"),
    how=one_of("every_month", "in_advance", "once"),
    per=perhaps(SAID),
    billed_in=some(WHOLE),
    rule=STRING,
)
OPTION_CHOICE = answer(
    "option label summary price once required most needs not_with brings closed rule",
    option=STRING,
    label=SAID,
    summary=perhaps(SAID),
    price=perhaps(PRICE),
    once=perhaps(PRICE),
    required=BOOLEAN,
    most={"type": ["integer", "null"], "description": "None: as many as a request may say."},
    needs=one_of("", "devices"),
    not_with=some(STRING),
    brings=perhaps(answer("sku label", sku=STRING, label=SAID)),
    closed=perhaps(CLOSED),
    rule=STRING,
)
DEVICE_CHOICE = answer("sku label price most", sku=STRING, label=SAID, price=perhaps(PRICE), most={"type": ["integer", "null"]})
METHOD_CHOICE = answer(
    "payment_method label begins_with",
    payment_method=STRING,
    label=SAID,
    begins_with={"type": "string", "description": "The way to pay until this one can be used; empty: this one at once."},
)
DOCUMENT = answer(
    "document label required when", document=STRING, label=SAID, required=BOOLEAN, when=one_of("with_devices", "with_plan")
)
READ_BEFORE = answer(
    "id ja en subject", id=STRING, ja=STRING, en=STRING, subject=answer("subject label", subject=STRING, label=SAID)
)
CONSENT_WORDS = {"consent": STRING, "label": SAID, "means": perhaps(SAID), "texts": some(SAID_RULE)}
CONSENT = answer(
    "consent label means texts when option rule edition",
    **CONSENT_WORDS,
    when=one_of("always", "with_any_option", "with_option", "minor", "another_pays"),
    option=STRING,
    rule=STRING,
    edition=STRING,
)
FIELD = answer(
    "name label asked looked_at texts schema",
    name={"type": "string", "description": "Its place in the application, such as `site.prefecture`."},
    label=SAID,
    asked=one_of("required", "wanted", "optional"),
    looked_at={"type": "boolean", "description": "Where its limit is not met an operator looks, instead of a refusal."},
    texts=some(SAID_RULE),
    schema={"type": "object"},
    choices=some(answer("value label allowed", value=STRING, label=SAID, allowed=BOOLEAN)),
    allowed=some({"type": ["string", "boolean"]}),
    latest=DATE,
    unless={"type": "string", "description": "The consent that helps where the limit is not met."},
    same_as=STRING,
)
PLAN = answer(
    "plan label summary open closed rule prices options options_most devices devices_least payment_methods documents consents "
    "fields hangs_on comes_with typical texts",
    plan={"type": "string", "description": "Empty: equipment alone, without the service. Then no plan is sent."},
    label=SAID,
    summary=perhaps(SAID),
    open=BOOLEAN,
    closed=perhaps(CLOSED),
    rule=STRING,
    prices=some(PRICE),
    options=some(OPTION_CHOICE),
    options_most={"type": ["integer", "null"], "description": "Of all options together."},
    devices=some(DEVICE_CHOICE),
    devices_least=WHOLE,
    payment_methods=some(METHOD_CHOICE),
    documents=some(DOCUMENT),
    consents=some(CONSENT),
    fields=some(FIELD),
    hangs_on=some({"type": "string", "description": "Plans of the contract that `parent` may name."}),
    comes_with=some(answer("sku label quantity", sku=STRING, label=SAID, quantity=WHOLE)),
    typical=some(answer("command label days", command=STRING, label=SAID, days=WHOLE)),
    texts=some(READ_BEFORE),
)
FORM = answer(
    "service title today edition open plans",
    service=STRING,
    title=SAID,
    today=DATE,
    edition=STRING,
    open=BOOLEAN,
    plans=some(PLAN),
)
EFFECT = answer("on ja en", on=DATE, ja=STRING, en=STRING)
ONCE = answer(
    "item label yen tax how per billed_in rule when",
    **PRICE["properties"],
    when={**SAID, "description": "At which occasion, in words."},
)
VALUE = answer(
    "value label price once most current refused",
    value=STRING,
    label=SAID,
    price=perhaps(PRICE),
    once={**some(ONCE), "description": "What it costs once besides."},
    most={"type": "integer", "description": "How many can be asked for at once, in the field `quantity`."},
    current=BOOLEAN,
    refused=perhaps(REFUSAL),
    effect={**EFFECT, "description": "From when the step counts with this value."},
)
ASK = answer(
    "name kind label required",
    name=STRING,
    kind=one_of("choice", "number", "day", "text", "yes_no", "address"),
    label=SAID,
    required=BOOLEAN,
    choices=some(VALUE),
    price=PRICE,
    earliest=DATE,
    latest=DATE,
    schema={"type": "object"},
    parts={**some(FIELD), "description": "Of an address."},
)
STEP = answer(
    "command args label does rule possible fields texts quote",
    command=STRING,
    args={"type": "object", "description": "What the request says besides its fields."},
    label=SAID,
    does=SAID,
    rule=STRING,
    possible=BOOLEAN,
    fields=some(ASK),
    texts=some(SAID_RULE),
    quote=BOOLEAN,
    effect=EFFECT,
    refused=REFUSAL,
    possible_on={"type": ["string", "null"], "format": "date", "description": "None: not within two months by itself."},
)
CHOICES = answer("contract version today items", contract=STRING, version=WHOLE, today=DATE, items=some(STEP))


def limits_of(schema: Schema, name: str) -> Schema:
    """The schema of a field inside a body, by its place: the one that the request is held against."""
    for part in name.split("."):
        schema = schema["properties"][part]
    return schema


def change_of(schema: Schema, name: str) -> dict[str, Any]:
    """Where a change of a field stands in the body of a change, and its limits; `change` None where it cannot be changed so.

    The applicant's payer and card holder are changed by their last names.
    """
    for place in (name, name.removeprefix("applicant.")):
        try:
            return {"change": place, "schema": limits_of(schema, place)}
        except KeyError:
            continue
    return {"change": None, "schema": None}
