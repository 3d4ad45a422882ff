"""The audit log: who of the operators looked at or did what. For operators."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.schemas import answer, one_of, text

resource = Resource("audit")

AUDITED = answer(
    "at operator name action changed text contract about",
    at=schemas.TIME,
    operator={"type": "string", "description": "The operator's account."},
    name={"type": "string", "description": "The address that they sign in with. Personal."},
    action={"type": "string"},
    changed={**schemas.BOOLEAN, "description": "False: they looked, or tried without storing."},
    text=schemas.SAID,
    contract=schemas.STRING_OR_NONE,
    about={"type": "object", "description": "Ids and the command: never what was seen or typed."},
)
schemas.ANSWERS["audited"] = AUDITED


@resource.route(
    "GET",
    "/v1/operator/audit",
    action="audit.list",
    query={
        "day": schemas.DATE,
        "contract": schemas.ID,
        "operator": text(64, pattern=r"^[A-Za-z0-9_-]+$"),
        "changed": one_of("yes", "no"),
        **schemas.PAGE_QUERY,
    },
    answer=schemas.page(AUDITED),
)
def list_audit(request: Request) -> Answer:
    """What operators looked at and did, newest first: of a day (today when nobody says), or of one contract."""
    from chalicelib.flows import audit

    return Answer(audit.listed(request.store, request.now, **request.query))
