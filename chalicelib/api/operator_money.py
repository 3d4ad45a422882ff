"""Money as operators look after it: who is in arrears, and what may be done next."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.schemas import Schema, answer, one_of

resource = Resource("operator_money")

STRING: Schema = {"type": "string"}
RUNGS = ("overdue", "demanded", "run_out", "suspended", "ended")
STEP = answer(
    "command body on now rule",
    command=one_of("demand", "suspend", "terminate"),
    body={"type": "object", "description": "What to send with the command; of a demand the earliest last day that it may set."},
    on={**schemas.DATE, "description": "The first day on which the terms allow it."},
    now=schemas.BOOLEAN,
    rule={"anyOf": [schemas.SAID_RULE, {"type": "null"}]},
)
LATE_BILL = answer("key due_on unpaid paid_by", key=STRING, due_on=schemas.DATE, unpaid={"type": "integer"}, paid_by=STRING)
IN_ARREARS = answer(
    "contract service plan state name rung since overdue bills declined_on demand suspended_on ends_on steps",
    contract=schemas.ID,
    service=STRING,
    plan=STRING,
    state=one_of(*schemas.STATES),
    name={"type": "string", "description": "Who holds it; personal."},
    rung=one_of(*RUNGS),
    since={**schemas.DATE, "description": "The first day on which something was overdue that still is."},
    overdue={"type": "integer", "description": "Yen."},
    bills={"type": "array", "items": LATE_BILL},
    declined_on={**schemas.DAY_OR_NONE, "description": "When a draw for one of these bills failed last."},
    demand={"anyOf": [answer("on deadline", on=schemas.DATE, deadline=schemas.DATE), {"type": "null"}]},
    suspended_on=schemas.DAY_OR_NONE,
    ends_on=schemas.DAY_OR_NONE,
    steps={"type": "array", "items": STEP, "description": "What the service's terms allow, the nearest first."},
)
schemas.ANSWERS["in_arrears"] = IN_ARREARS


@resource.route(
    "GET",
    "/v1/operator/arrears",
    action="operator.arrears",
    **schemas.pages(IN_ARREARS, service=schemas.SERVICE_ID, rung=one_of(*RUNGS)),
)
def list_arrears(request: Request) -> Answer:
    """Contracts with something overdue, the longest first: rung of the ladder, what is owed, the next steps with their days."""
    from chalicelib.flows import arrears

    return Answer(arrears.listed(request.store, request.now, **request.query))
