"""Bulk work: files of use and of contracts in, with a report for every line; bills, money and contracts out, as CSV."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.api import checking, command_schemas, problems, schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.errors import Invalid

resource = Resource("bulk")
FILE = schemas.obj("csv", csv=schemas.CSV_FILE, trial=schemas.BOOLEAN)
REPORT_QUERY = {"outcome": schemas.one_of(*schemas.IMPORT_OUTCOMES), **schemas.PAGE_QUERY}


@resource.route(
    "POST",
    "/v1/services/{service}/usage-imports",
    action="usage_imports.create",
    body=FILE,
    answer=schemas.IMPORT,
    status=202,
    bytes_max=schemas.CSV_BYTES_MAX,
)
def import_usage(request: Request) -> Answer:
    """Records the use that a CSV file tells of, each line once; with `trial` says what would happen and stores nothing."""
    from chalicelib.flows import imports, rules, usage_imports

    service = request.params["service"]
    usage_imports.provided(rules.of(request.store, service))
    file = imports.File("usage", service, request.body["csv"], usage_imports.typed)
    return _taken_in(request, file, f"/v1/services/{service}/usage-imports")


@resource.route(
    "GET",
    "/v1/services/{service}/usage-imports/{import}",
    action="usage_imports.view",
    query=REPORT_QUERY,
    answer=schemas.IMPORT,
)
def view_usage_import(request: Request) -> Answer:
    """What became of a file of use: the lines with number, outcome, field, reason and cure."""
    from chalicelib.flows import imports

    return worded(imports.view(request.store, "usage", request.params["service"], request.params["import"], **request.query))


@resource.route(
    "POST",
    "/v1/operator/contract-imports",
    action="contract_imports.create",
    body=FILE,
    answer=schemas.IMPORT,
    status=202,
    bytes_max=schemas.CSV_BYTES_MAX,
)
def import_contracts(request: Request) -> Answer:
    """Takes contracts of another system in, one a line, with their steps and what is still owed; `trial` stores nothing."""
    from chalicelib.flows import contract_imports, imports

    file = imports.File("contracts", "", request.body["csv"], lambda line: contract_imports.typed(line, _checked))
    return _taken_in(request, file, "/v1/operator/contract-imports")


@resource.route(
    "GET",
    "/v1/operator/contract-imports/{import}",
    action="contract_imports.view",
    query=REPORT_QUERY,
    answer=schemas.IMPORT,
)
def view_contract_import(request: Request) -> Answer:
    """What became of a file of contracts, line by line."""
    from chalicelib.flows import imports

    return worded(imports.view(request.store, "contracts", "", request.params["import"], **request.query))


@resource.route(
    "GET",
    "/v1/operator/exports/{export}",
    action="operator.export",
    query={
        "service": schemas.SERVICE_ID,
        "month": schemas.MONTH,
        "bom": schemas.one_of("yes", "no"),
        **schemas.PAGE_QUERY,
    },
    answer={"type": "string"},
    media="text/csv",
)
def export(request: Request) -> Answer:
    """`invoices` with their lines, `payments` and refunds, or `contracts`, as CSV; X-Next-Cursor leads to the next page."""
    from chalicelib.flows import exports

    query, kind = request.query, request.params["export"]
    text, following = exports.page(
        request.store,
        kind,
        service=query.get("service", ""),
        month=query.get("month"),
        limit=query["limit"],
        cursor=query.get("cursor", ""),
        bom=query.get("bom") == "yes",
    )
    return Answer(text, following=following, file=f"{kind}.csv")


@resource.route(
    "GET",
    "/v1/contracts/{contract}/invoices.csv",
    action="invoices.export",
    query={"month": schemas.MONTH, "bom": schemas.one_of("yes", "no")},
    answer={"type": "string"},
    media="text/csv",
)
def export_bills(request: Request) -> Answer:
    """The contract's bills with their lines as CSV, all or those issued in a month."""
    from chalicelib.flows import exports

    bom = request.query.get("bom") == "yes"
    return Answer(exports.bills(request.store, request.contract, request.query.get("month"), bom), file="invoices.csv")


def _checked(name: str, written: Any) -> dict[str, Any]:
    """A command's arguments from a cell, checked like those of a request. Raises Invalid."""
    if name == "apply":
        schema = command_schemas.APPLY
    elif name in command_schemas.COMMANDS:
        schema = command_schemas.COMMANDS[name]
    else:
        raise Invalid("steps", "not_offered", "one_of", choices=", ".join(command_schemas.COMMANDS))
    args = {part: _plain(schema["properties"].get(part, {}), value) for part, value in written.items()}
    checking.check(schema, args, "" if name == "apply" else "steps")
    typed: dict[str, Any] = checking.typed(schema, args, "steps")
    return typed


def _plain(schema: schemas.Schema, value: Any) -> Any:
    """A number or a yes as JSON has it; anything else as it is written."""
    if schema.get("type") == "integer" and re.fullmatch(r"[0-9]{1,12}", str(value)):
        return int(value)
    return {"true": True, "false": False}.get(str(value), value) if schema.get("type") == "boolean" else value


def _taken_in(request: Request, file: Any, address: str) -> Answer:
    from chalicelib.flows import imports

    if request.body.get("trial"):
        return worded(imports.trial(request.store, request.now, file), 202)
    made = imports.start(request.store, request.now, request.caller, file, request.key)
    return worded(made, 202, f"{address}/{made['id']}")


def worded(report: dict[str, Any], status: int = 200, location: str = "") -> Answer:
    """The report with its reasons and cures in both languages."""
    items = [{**item, "told": _told(item)} if "reason" in item else item for item in report["items"]]
    items = [{name: value for name, value in item.items() if name != "figures"} for item in items]
    return Answer({**report, "items": items}, status, location=location)


def _told(item: dict[str, Any]) -> dict[str, Any]:
    figures = item.get("figures", {})
    return {
        language: {
            "reason": problems.text("reason", item["reason"], language, fallback="refused"),
            "cure": problems.text("cure", item["cure"], language, fallback="see_columns", **figures),
        }
        for language in problems.LANGUAGES
    }
