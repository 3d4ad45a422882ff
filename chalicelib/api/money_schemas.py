"""JSON Schemas of money: bills, refunds, what comes, what something would cost."""

from __future__ import annotations

from chalicelib.api.schemas import (
    ANSWERS,
    BOOLEAN,
    CONTRACT,
    DATE,
    DAY_OR_NONE,
    ID,
    REFUSAL,
    SAID,
    SAID_RULE,
    STATES,
    TEXT_IDS,
    answer,
    one_of,
)

LINE = answer(
    "item amount",
    item={"type": "string"},
    amount={"type": "integer"},
    quantity={"type": ["integer", "null"]},
    to=DAY_OR_NONE,
    cites={"type": "array", "items": {"type": "string"}},
    **{"from": DAY_OR_NONE},
)
INVOICE = answer(
    "key number contract kind month issued_on due_on status total tax paid_by paid lines",
    key={"type": "string"},
    number={"type": "string", "description": "As people say it and file by it: `2603-4821-7736-0195`."},
    contract={"type": "string"},
    kind=one_of("initial", "regular", "separate", "final"),
    month={"type": "string"},
    issued_on=DATE,
    due_on=DATE,
    status=one_of("open", "paid", "overdue", "void"),
    total={"type": "integer"},
    tax={"type": "integer"},
    paid_by={"type": "string"},
    paid={"type": "integer"},
    lines={"type": "array", "items": LINE},
)
BILL_LABELS = answer("kind status paid_by", kind=SAID, status=SAID, paid_by=SAID, how_to_pay=SAID)
BILL = {
    **INVOICE,
    "required": [*INVOICE["required"], "labels"],
    "properties": {**INVOICE["properties"], "labels": BILL_LABELS},
}
LINE_EXPLAINED = {
    **LINE,
    "required": [*LINE["required"], "tax", "percent", "label", "how", "explanation", "formula", "rounded"],
    "properties": {
        **LINE["properties"],
        "tax": one_of("included", "excluded", "none"),
        "percent": {"type": "string"},
        "label": SAID,
        "how": {"type": "string"},
        "explanation": SAID,
        "formula": {"type": "string", "description": "Empty where nothing proves the amount: a cost as it came."},
        "rounded": one_of("", "exactly", "down", "up"),
        "days": {"type": "integer"},
        "rules": {"type": "array", "items": SAID_RULE},
    },
}
RATE = answer("percent total tax", percent={"type": "string"}, total={"type": "integer"}, tax={"type": "integer"})
_WAYS = {way: {"type": "string"} for way in ("address", "phone", "email", "web")}
ISSUER = answer("name registration_number", name={"type": "string"}, registration_number={"type": "string"}, **_WAYS)
QUOTED = {
    **INVOICE,
    "required": [*INVOICE["required"], "taxes", "untaxed", "labels"],
    "properties": {
        **INVOICE["properties"],
        "lines": {"type": "array", "items": LINE_EXPLAINED},
        "taxes": {"type": "array", "items": RATE},
        "untaxed": {"type": "integer"},
        "labels": BILL_LABELS,
    },
}
EXPLAINED = {
    **QUOTED,
    "required": [*QUOTED["required"], "period", "issuer", "recipient", "notes"],
    "properties": {
        **QUOTED["properties"],
        "period": answer("from to", **{"from": DATE, "to": DATE}),
        "issuer": {"anyOf": [ISSUER, {"type": "null"}]},
        "recipient": {"type": ["string", "null"]},
        "service_title": SAID,
        "notes": {"type": "array", "items": SAID_RULE},
    },
}
MOMENT = answer(
    "on kind happened rule ja en figures",
    on=DATE,
    kind={"type": "string"},
    happened=BOOLEAN,
    rule={"type": "string"},
    ja={"type": "string"},
    en={"type": "string"},
    figures={"type": "object"},
    lines={
        "type": "array",
        "items": answer("item label amount", item={"type": "string"}, label=SAID, amount={"type": "integer"}),
    },
)
CALENDAR = answer(
    "contract today until items complete",
    contract=ID,
    today=DATE,
    until=DATE,
    items={"type": "array", "items": MOMENT},
    complete=BOOLEAN,
)
REFUND = answer(
    "contract amount status",
    key={"type": "string"},
    contract={"type": "string"},
    amount={"type": "integer"},
    status=one_of("claim_sent", "claimed", "paid"),
    opened_on=DATE,
    months={"type": "array", "items": {"type": "string"}},
    cites={"type": "array", "items": {"type": "string"}},
)
REFUND_STEP = answer("on ja en", on=DATE, ja={"type": "string"}, en={"type": "string"})
REFUND_LISTED = {
    **REFUND,
    "required": ["key", "amount", "status", "opened_on", "months", "label", "steps"],
    "properties": {**REFUND["properties"], "label": SAID, "steps": {"type": "array", "items": REFUND_STEP}},
}
_STEP = {"command": {"type": "string"}, "on": DATE}
ASSUMED = {
    "type": "array",
    "items": answer("command on", **_STEP, label=SAID, ja={"type": "string"}, en={"type": "string"}),
}
_SUM = answer(
    "item label amount tax times",
    item={"type": "string"},
    label=SAID,
    amount={"type": "integer"},
    tax=one_of("included", "excluded", "none"),
    times={"type": "integer"},
)
SUMS = answer(
    "from until total first_bill once repeated then leaving",
    until=DATE,
    total={"type": "integer", "description": "Of all bills up to `until`, tax included."},
    first_bill={
        "anyOf": [
            answer(
                "key total issued_on due_on", key={"type": "string"}, total={"type": "integer"}, issued_on=DATE, due_on=DATE
            ),
            {"type": "null"},
        ]
    },
    once={"type": "array", "items": _SUM},
    repeated={"type": "array", "items": _SUM},
    then={
        "anyOf": [
            answer("total every_months", total={"type": "integer"}, every_months={"type": "integer"}),
            {"type": "null"},
        ]
    },
    leaving={
        "type": "array",
        "items": answer(
            "kind texts",
            kind=one_of("shortest_term", "cooling_off", "ending", "refund"),
            months={"type": "integer"},
            texts={"type": "array", "items": SAID_RULE},
        ),
    },
    **{"from": DATE},
)
QUOTE = answer(
    "refused",
    assumed=ASSUMED,
    texts=TEXT_IDS,
    service_starts_on=DAY_OR_NONE,
    ends_on=DAY_OR_NONE,
    refused={"type": "string"},
    refusal={"anyOf": [REFUSAL, {"type": "null"}], "description": "Of a command: the same in words."},
    state=one_of(*STATES),
    refusals={"type": "array", "items": SAID, "description": "Why an application would be refused, in words."},
    until=DATE,
    still_open={"type": "integer", "description": "Yen on bills that exist already."},
    sums={"anyOf": [SUMS, {"type": "null"}], "description": "Of an application: what the first year costs."},
    invoices={"type": "array", "items": QUOTED},
    refunds={"type": "array", "items": REFUND},
)
APPLIED = {
    **CONTRACT,
    "properties": {
        **CONTRACT["properties"],
        "first_bill": {"anyOf": [INVOICE, {"type": "null"}]},
        "assumed": ASSUMED,
        "texts": TEXT_IDS,
    },
}
_SUMS = (
    "contracts told pay_more pay_less pay_same end_earlier unreckoned bills_before bills_after refunds_before refunds_after "
    "difference"
)
TOTALS = answer(
    f"{_SUMS} notices",
    **{name: {"type": "integer"} for name in _SUMS.split()},
    notices={"type": "object", "additionalProperties": {"type": "integer"}},
)
EFFECT = answer(
    "contract state difference notices",
    contract=ID,
    state=one_of(*STATES),
    plan={"type": "string"},
    **{name: {"type": "integer"} for name in _SUMS.split()[-5:]},
    ends_on=DAY_OR_NONE,
    ends_earlier=BOOLEAN,
    notices={"type": "array", "items": {"type": "string"}},
)
DRY_RUN = answer(
    "service command announced_on effective_on notice rule months items unreckoned page totals complete",
    service={"type": "string"},
    command={"type": "string"},
    announced_on=DATE,
    effective_on=DATE,
    notice={"type": "string"},
    rule={"type": "string"},
    months={"type": "array", "items": {"type": "string"}},
    items={"type": "array", "items": EFFECT},
    unreckoned={"type": "array", "items": answer("contract reason", contract=ID, reason={"type": "string"})},
    page=TOTALS,
    totals=TOTALS,
    complete=BOOLEAN,
    next={"type": "string"},
)

ANSWERS |= {
    "applied": APPLIED,
    "invoice": INVOICE,
    "explained_invoice": EXPLAINED,
    "calendar": CALENDAR,
    "refund": REFUND,
    "quote": QUOTE,
    "dry_run": DRY_RUN,
}
