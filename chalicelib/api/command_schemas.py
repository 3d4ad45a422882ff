"""The arguments of every command, as JSON Schemas. One entry per command of the acceptance language.

Whether a command is *allowed* is the terms' matter (409); here is only what a well-formed one looks like (400).
"""

from __future__ import annotations

from typing import Any

from chalicelib.api import checking
from chalicelib.api.schemas import (
    BOOLEAN,
    DATE,
    EMAIL,
    ID,
    MONTH,
    NAME,
    QUANTITY,
    SERVICE_ID,
    TIME,
    YEN,
    Schema,
    many,
    number,
    obj,
    one_of,
    text,
)
from chalicelib.contracts import postal

COUNTRY = text(2, 2, r"^[A-Z]{2}$")
POSTAL_CODE = {**text(12, pattern=postal.PATTERN), "format": checking.POSTAL_CODE}
REASON = text(64, pattern=r"^[A-Za-z0-9_.-]+$")  # a code, not a story: stories hold names
ONE_LINE = r"^[^\t\n]+$"
PAYMENT_METHOD = one_of("card", "account_transfer", "bank_transfer", "none")
SITE = obj(
    prefecture=text(40),
    island=BOOLEAN,
    country=COUNTRY,
    postal_code=POSTAL_CODE,
    address=text(200),
)
APPLICANT = obj(
    name=text(100),
    name_kana=text(100),
    kind=one_of("person", "corporation"),
    birth_date=DATE,
    payer=text(100),
    card_holder=text(100),
    country=COUNTRY,
)
CONTACT = obj(
    name=text(100),
    name_kana=text(100),
    email=EMAIL,
    phone=text(20, pattern=r"^[0-9+() -]+$"),
    postal_code=POSTAL_CODE,
    address=text(200),
    company=text(100),
    department=text(100),
    language=one_of("ja", "en"),
)
OPTION_LINE = obj("option", option=NAME, quantity=QUANTITY)
DEVICE_LINE = obj("sku", sku=NAME, quantity=QUANTITY)
ITEM = text(64, pattern=r"^[a-z0-9_:.-]+$")
PRICE_KEY = r"^[A-Za-z0-9_:.-]{1,64}$"


def _prices() -> Schema:
    inner: Schema = {
        "type": "object",
        "propertyNames": {"pattern": PRICE_KEY},
        "additionalProperties": YEN,
        "maxProperties": 200,
    }
    value: Schema = {"anyOf": [YEN, inner]}
    return {
        "type": "object",
        "propertyNames": {"pattern": PRICE_KEY},
        "additionalProperties": value,
        "minProperties": 0,
        "maxProperties": 200,
    }


PRICES = _prices()
CLOSED_DAYS = many(DATE, 1000)

APPLY = obj(
    "service payment_method",
    service=SERVICE_ID,
    plan=NAME,
    payment_method=PAYMENT_METHOD,
    billing_cycle=NAME,
    options=many(OPTION_LINE, 20),
    devices=many(DEVICE_LINE, 50),
    documents=many(one_of("device_order", "service_application"), 2),
    applicant=APPLICANT,
    site=SITE,
    contact=CONTACT,
    payer_contact=CONTACT,
    consents=many(NAME, 30),
    parent=ID,
    recontract_of=ID,
    disclosure_received_on=DATE,
    documents_outstanding=BOOLEAN,
    account=text(64, pattern=r"^[A-Za-z0-9_-]+$"),  # an operator applies in somebody's place
)
CHANGE = obj(
    contact=CONTACT,
    payer_contact=CONTACT,
    payer=text(100),
    card_holder=text(100),
    payment_method=PAYMENT_METHOD,
)
CHANGE["minProperties"] = 1

CALL = obj("to seconds", to=text(32, pattern=r"^[A-Za-z0-9_:.-]+$"), seconds=number(0, 10_000_000), kind=NAME)
INVOICE_REF = obj(
    "month",
    month=MONTH,
    kind=one_of("initial", "regular", "separate", "final"),
    key=text(80, pattern=r"^[A-Za-z0-9#~._-]+$"),  # where a month has two of one kind
)
OUTCOME = one_of("done", "absent", "unreachable")
OUTAGE = {"service": one_of("main", "option"), "from": TIME, "to": TIME}
NOTHING = obj()
WITH_REASON = obj(reason=REASON)

COMMANDS: dict[str, Schema] = {
    "accept": WITH_REASON,
    "refuse": WITH_REASON,
    "ship": obj(sku=NAME, outcome=OUTCOME),
    "deliver": obj(sku=NAME, outcome=OUTCOME),
    "arrange_visit": obj("on", on=DATE),
    "install": obj(sku=NAME, outcome=OUTCOME, grid_connected_on=DATE),
    "hold_shipping": NOTHING,
    "sign": NOTHING,
    "complete_processing": NOTHING,
    "notify_start": obj("starts_on", starts_on=DATE),
    "register_payment_method": obj("payment_method", payment_method=PAYMENT_METHOD, usable_from=DATE),
    "change_plan": obj("plan", plan=NAME),
    "add_option": obj("option", option=NAME, quantity=QUANTITY, installed_by=one_of("customer", "provider")),
    "remove_option": obj("option", option=NAME, quantity=QUANTITY, installed_by=one_of("customer", "provider")),
    "buy": obj("item", item=ITEM, quantity=QUANTITY, amount=YEN, delivered_on=DATE, made_to_order=BOOLEAN),
    "order_article": obj("item", item=ITEM, sku=NAME, quantity=QUANTITY),
    "cancel_order": obj("reason", reason=REASON),
    "refuse_option": WITH_REASON,
    "terminate_option": WITH_REASON,
    "ask_customer": obj("about deadline", about=REASON, deadline=DATE),
    "answer_guarantee": obj("approved", approved=BOOLEAN),
    "rescind_sale": obj("reason", reason=one_of("default", "undeliverable", "impostor")),
    "hold_billing": WITH_REASON,
    "release_billing": NOTHING,
    "finish_task": obj("kind", kind=NAME, about=text(80, 0, r"^[A-Za-z0-9#~:._+-]*$")),
    "charge": obj("item amount", item=ITEM, amount=YEN),
    "record_usage": obj(calls=many(CALL, 500), megabytes=number(0, 100_000_000), sms_yen=YEN, used_on=DATE),
    "request_cancellation": obj(effective=DATE, with_removal=BOOLEAN),
    "cool_off": obj(dispatched_on=DATE),
    "pause": NOTHING,
    "unpause": NOTHING,
    "suspend": WITH_REASON,
    "restore": WITH_REASON,
    "terminate": WITH_REASON,
    "report_outage": obj("from to", **OUTAGE),
    "pay": obj(amount=YEN, invoice=INVOICE_REF),
    "fail_payment": WITH_REASON,
    "demand": obj(deadline=DATE, clause=text(40), cure=text(400)),
    "find_evasion": obj("amount", amount=YEN),
    "report_lost_device": obj(sku=NAME, quantity=QUANTITY, reason=one_of("wrong", "damaged", "defective", "misdescribed")),
    "return_device": obj(sku=NAME, quantity=QUANTITY, reason=one_of("wrong", "damaged", "defective", "misdescribed")),
    "reinstall": obj(sku=NAME, reason=one_of("wrong", "damaged", "defective", "misdescribed")),
    "claim_refund": NOTHING,
    "pay_refund": NOTHING,
    "disclose": obj("received_on", received_on=DATE),
    "move_site": obj("site", site=SITE),
    "customer_died": NOTHING,
    "log_in": NOTHING,
    "report_stranger": NOTHING,
    "transfer_device": obj(to=text(100), purpose=NAME),
    "consent": obj(to=NAME, purpose=NAME),
    "withdraw_consent": obj(to=NAME, purpose=NAME),
    "subrogate": obj("paid_on", paid_on=DATE),
    "metering_failure": obj("from to", **{"from": TIME, "to": TIME}),
    "lose_benefit": obj("reason", reason=REASON),
    "transfer_contract": obj("to", to=text(100)),
}


def needs_of_commands() -> dict[str, Any]:
    """By command, the arguments that it always needs and those that it knows: what a work list fills in for its operator."""
    from chalicelib.flows.tasks import Fields

    return {name: Fields(tuple(body.get("required", ())), tuple(body["properties"])) for name, body in COMMANDS.items()}


SERVICE_COMMANDS: dict[str, Schema] = {
    "set_price_list": obj("prices", prices=PRICES, effective_on=DATE),
    "set_calendar": obj("closed", closed=CLOSED_DAYS),
    "set_issuer": obj(
        "name registration_number",
        name=text(100),
        registration_number=text(14, 14, r"^T[0-9]{13}$"),
        address=text(200),
        email=EMAIL,
        phone=text(20, pattern=r"^[0-9+() -]+$"),
        web=text(200, pattern=r"^https://[!-~]+$"),
        effective_on=DATE,
    ),
    "announce_price": obj("prices effective_on", prices=PRICES, effective_on=DATE),
    "announce_tax": obj("rate effective_on", rate=number(0, 100), effective_on=DATE),
    "announce_terms": obj(
        "version effective_on",
        version=text(40, pattern=r"^[A-Za-z0-9_.-]+$"),
        effective_on=DATE,
        ground=one_of("general_benefit", "reasonable_change"),
    ),
    "announce_termination": obj("effective_on", effective_on=DATE, option=NAME),
    "announce_change": obj("about effective_on", about=NAME, effective_on=DATE),
    "announce_campaign": obj(
        "title_ja text_ja title_en text_en",
        title_ja=text(60, pattern=ONE_LINE),
        text_ja=text(1000),
        title_en=text(120, pattern=ONE_LINE),
        text_en=text(2000),
    ),
    "interrupt_service": obj(announced_on=DATE),
    "resume_service": obj(announced_on=DATE),
    "report_outage": obj("from to", **OUTAGE),
}
ANNOUNCEMENTS: dict[str, Schema] = {name: body for name, body in SERVICE_COMMANDS.items() if name.startswith("announce_")}


def quoted(schema: Schema, **more: Schema) -> Schema:
    """What a quote takes: the same arguments, the day of asking (today when left out) and how far to look ahead."""
    properties = {**more, **schema["properties"], "on": DATE, "until": DATE}
    return {**schema, "properties": properties, "required": [*more, *schema.get("required", [])]}


QUOTES: dict[str, Schema] = {
    name: quoted(schema, command={"type": "string", "const": name}) for name, schema in COMMANDS.items()
}
QUOTE_APPLICATION = quoted(APPLY)
