"""Contracts as operators work with them: lists, search, one's whole life, its terms, one command on many."""

from __future__ import annotations

from typing import Any

from chalicelib.api import checking, command_schemas, problems, schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.schemas import Schema, answer, obj, one_of, text
from chalicelib.members import permissions

resource = Resource("operator_contracts")

STRING: Schema = {"type": "string"}
TASK_SHORT = answer("kind since", kind=STRING, since=schemas.DATE, due=schemas.DAY_OR_NONE)
FOUND_BY = ("invoice", "contract", "device", "account", "email", "phone", "name", "member")
LISTED = answer(
    "id service plan state account name applied_on starts_on ends_on next_on task tasks owed overdue parked",
    id=schemas.ID,
    service=STRING,
    plan=STRING,
    state=one_of(*schemas.STATES),
    account=STRING,
    name={"type": "string", "description": "Who holds it; empty where nobody said. Personal."},
    applied_on=schemas.DATE,
    starts_on=schemas.DAY_OR_NONE,
    ends_on=schemas.DAY_OR_NONE,
    next_on={**schemas.DAY_OR_NONE, "description": "The next night that has something to do for it."},
    task={"anyOf": [TASK_SHORT, {"type": "null"}], "description": "What has waited longest for a person."},
    tasks={"type": "integer", "description": "How many things wait for a person."},
    owed={"type": "integer", "description": "Yen that are on bills and not paid."},
    overdue={"type": "integer", "description": "Of these, what should have been paid before today."},
    parked=schemas.BOOLEAN,
    found_by={**one_of(*FOUND_BY), "description": "Of a search: as what the text was understood."},
)
schemas.ANSWERS["listed_contract"] = LISTED


@resource.route(
    "GET",
    "/v1/operator/contracts",
    action="operator.contracts",
    **schemas.pages(LISTED, service=schemas.SERVICE_ID, state=one_of(*schemas.STATES)),
)
def list_contracts(request: Request) -> Answer:
    """Contracts of a service and state, or all, with who holds them, what waits and what is owed."""
    from chalicelib.flows import contract_lists

    return Answer(contract_lists.listed(request.store, request.now, **request.query))


@resource.route(
    "POST",
    "/v1/operator/contract-searches",
    action="operator.search",
    body=obj("q", q=text(120), limit=schemas.LIMIT, cursor=schemas.CURSOR),
    answer=schemas.page(LISTED),
    keyless=True,
)
def search_contracts(request: Request) -> Answer:
    """Contracts by any key: contract, account, device or serial number, `contract/bill`, e-mail address, telephone, name."""
    from chalicelib.flows import contract_lists

    return Answer(contract_lists.found(request.store, request.now, **request.body))


GROUPS = ("contract", "bill", "payment", "refund", "equipment", "notice", "alert", "device", "wish", "task")
ENTRY = answer(
    "at group kind happened text rules by about",
    at=schemas.TIME,
    group=one_of(*GROUPS),
    kind=STRING,
    happened={**schemas.BOOLEAN, "description": "False: it is still to come, on the day of `at`."},
    text={"anyOf": [schemas.SAID, {"type": "null"}], "description": "None where no text exists: `kind` says it."},
    rules={"type": "array", "items": STRING},
    by=schemas.STRING_OR_NONE,
    about={"type": "object", "description": "Its figures: amounts in yen, days, keys of bills, ids of devices and alerts."},
)
TIMELINE = answer("contract items", contract=schemas.ID, items={"type": "array", "items": ENTRY}, next=STRING)
schemas.ANSWERS["timeline"] = TIMELINE


@resource.route(
    "GET",
    "/v1/operator/contracts/{contract}/timeline",
    action="operator.timeline",
    query={"group": one_of(*GROUPS), **schemas.PAGE_QUERY},
    answer=TIMELINE,
)
def view_timeline(request: Request) -> Answer:
    """A contract's whole life, newest first: what comes, then what happened, was billed, paid, told, noticed and wished for."""
    from chalicelib.flows import timeline

    return Answer(timeline.shown(request.store, request.now, request.contract, **request.query))


VALUE: Schema = {"description": "A number, a text or a list, as the terms have it."}
PINNED = answer("item on value text", item=STRING, on=schemas.DATE, value=VALUE, text=schemas.SAID)
CHANGE = answer("from value text", value=VALUE, announced_on=schemas.DAY_OR_NONE, text=schemas.SAID, **{"from": schemas.DATE})
FIGURE = answer(
    "key value unit per tax from edition why source text rule next pinned",
    key=STRING,
    value=VALUE,
    unit=STRING,
    per=STRING,
    tax=schemas.STRING_OR_NONE,
    edition={"type": "string", "description": "The edition of the terms in force when the value began."},
    why=one_of("signed", "revised", "in_force"),
    source=one_of("terms", "price_list", "announced", "repriced", "statute"),
    text=schemas.SAID,
    rule={"anyOf": [schemas.SAID_RULE, {"type": "null"}]},
    next={"anyOf": [CHANGE, {"type": "null"}], "description": "The next change that is known."},
    pinned={"type": "array", "items": PINNED, "description": "Charges of this contract that keep the price of an earlier day."},
    when_made={**VALUE, "description": "Where it was revised: what held when the contract was made."},
    **{"from": schemas.DATE},
)
TERMS = answer(
    "service on edition items",
    service=STRING,
    on=schemas.DATE,
    edition=STRING,
    contract=schemas.ID,
    made_on=schemas.DATE,
    made_under=STRING,
    items={"type": "array", "items": FIGURE},
)
schemas.ANSWERS["terms"] = TERMS


@resource.route(
    "GET", "/v1/operator/contracts/{contract}/terms", action="terms.contract", query={"on": schemas.DATE}, answer=TERMS
)
def view_contract_terms(request: Request) -> Answer:
    """Every figure that holds for a contract on a day, since when, and why."""
    from chalicelib.flows import terms_view

    return Answer(terms_view.of_contract(request.store, request.now, request.contract, **request.query))


@resource.route(
    "GET", "/v1/operator/services/{service}/terms", action="terms.service", query={"on": schemas.DATE}, answer=TERMS
)
def view_service_terms(request: Request) -> Answer:
    """Every figure of a service that is in force on a day, since when, and by whose word."""
    from chalicelib.flows import terms_view

    return Answer(terms_view.of_service(request.store, request.now, request.params["service"], **request.query))


BULK_MAX = 50
BULK = obj(
    "command contracts",
    command=one_of(*command_schemas.COMMANDS),
    contracts=schemas.many(schemas.ID, BULK_MAX, 1),
    body={
        "type": "object",
        "maxProperties": 20,
        "description": "The command's arguments; their schema is that of the command's own path.",
    },
    dry_run=schemas.BOOLEAN,
)
UNDO = answer("command body", command=STRING, body={"type": "object"})
EFFECT_OF = answer(
    "contract outcome",
    contract=schemas.ID,
    outcome={**one_of("would", "done", "refused", "unknown"), "description": "`would`: of a dry run."},
    reason=STRING,
    told={**schemas.SAID, "description": "The reason in words."},
    field=STRING,
    rule={"anyOf": [schemas.SAID_RULE, {"type": "null"}]},
    state=one_of(*schemas.STATES),
    changes={"type": "object", "description": "Field → `{from, to}`."},
    events={"type": "array", "items": answer("kind ja en", kind=STRING, ja=STRING, en=STRING)},
    notices={"type": "array", "items": STRING},
    invoices={"type": "array", "items": answer("kind total", kind=STRING, total={"type": "integer"})},
    refunds={"type": "array", "items": answer("amount status", amount={"type": "integer"}, status=STRING)},
    others={"type": "array", "items": STRING, "description": "Other contracts that would change with it."},
    undo={"anyOf": [UNDO, {"type": "null"}], "description": "What takes it back, if the terms allow that right after."},
)
BULK_DONE = answer(
    "command dry_run items good refused",
    command=STRING,
    dry_run=schemas.BOOLEAN,
    items={"type": "array", "items": EFFECT_OF},
    good={"type": "integer"},
    refused={"type": "integer"},
)
schemas.ANSWERS["bulk_done"] = BULK_DONE


@resource.route("POST", "/v1/operator/bulk", action="operator.bulk", body=BULK, answer=BULK_DONE)
def command_many(request: Request) -> Answer:
    """One command on up to 50 contracts: with `dry_run` what it would do to each, else done to each, exactly once for a key."""
    from chalicelib.flows import bulk

    name, written = request.body["command"], request.body.get("body", {})
    permissions.require(request.caller.role, f"command:{name}")
    checking.check(command_schemas.COMMANDS[name], written, "body")
    args = checking.typed(command_schemas.COMMANDS[name], written, "body")
    asked = (request.store, request.now, request.caller, name, request.body["contracts"], args)
    found = bulk.tried(*asked) if request.body.get("dry_run") else bulk.carried_out(*asked, request.key)
    return Answer({**found, "items": [_told(item) for item in found["items"]]})


def _told(item: dict[str, Any]) -> dict[str, Any]:
    if "reason" not in item:
        return item
    return {**item, "told": problems.said("reason", item["reason"], fallback="refused")}
