"""Operators' lists as CSV, with the filters of the lists: X-Next-Cursor leads to the next page, the pages are one file."""

from __future__ import annotations

from typing import Any

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.command_schemas import needs_of_commands
from chalicelib.api.operator_money import RUNGS

resource = Resource("operator_files")

SERVICE = schemas.text(40, pattern=r"^[a-z0-9-]+$")
PAGED: dict[str, Any] = {"service": SERVICE, **schemas.PAGE_QUERY, "bom": schemas.one_of("yes", "no")}
FILE: dict[str, Any] = {"answer": {"type": "string"}, "media": "text/csv"}


@resource.route(
    "GET",
    "/v1/operator/contracts.csv",
    action="operator.contracts_file",
    query={**PAGED, "state": schemas.one_of(*schemas.STATES)},
    **FILE,
)
def contracts_file(request: Request) -> Answer:
    """Contracts of a service and state, or all, as CSV with a heading in words. Holds names."""
    from chalicelib.flows import list_files

    how, bom = _asked(request)
    text, following = list_files.contracts(request.store, request.now, request.language, bom, **how)
    return Answer(text, following=following, file="contracts.csv")


@resource.route(
    "GET", "/v1/operator/arrears.csv", action="operator.arrears_file", query={**PAGED, "rung": schemas.one_of(*RUNGS)}, **FILE
)
def arrears_file(request: Request) -> Answer:
    """Contracts in arrears with the nearest step, as CSV. Holds names."""
    from chalicelib.flows import list_files

    how, bom = _asked(request)
    text, following = list_files.in_arrears(request.store, request.now, request.language, bom, **how)
    return Answer(text, following=following, file="arrears.csv")


@resource.route(
    "GET",
    "/v1/operator/tasks.csv",
    action="operator.tasks_file",
    query={**PAGED, "state": schemas.one_of(*schemas.STATES), "kind": schemas.NAME},
    **FILE,
)
def tasks_file(request: Request) -> Answer:
    """What waits for a person, as CSV."""
    from chalicelib.flows import list_files

    how, bom = _asked(request)
    text, following = list_files.waiting(request.store, request.now, needs_of_commands(), request.language, bom, **how)
    return Answer(text, following=following, file="tasks.csv")


def _asked(request: Request) -> tuple[dict[str, Any], bool]:
    """The list's own question, and whether a spreadsheet's mark is wanted."""
    how = dict(request.query)
    return how, how.pop("bom", "no") == "yes"
