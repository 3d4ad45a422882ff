"""The OpenAPI 3.1 document, made from the same routes and schemas that check the requests. Nothing is described twice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from chalicelib.api import checking, schemas
from chalicelib.api.base import ROUTES, Answer, Request, Resource, Route

resource = Resource("openapi")

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "reason", "cure"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reason": {"type": "string", "description": "A code; for 409 the terms' own."},
        "cure": {"type": "string"},
        "field": {"type": "string"},
        "rule": {"type": "string", "description": "The rule of the terms that says no."},
        "contracts": {
            "type": "array",
            "description": "Those that stand in the way.",
            "items": {
                "type": "object",
                "required": ["contract", "service", "reason", "detail"],
                "properties": {name: {"type": "string"} for name in ("contract", "service", "reason", "detail")},
            },
        },
    },
}


@resource.route("GET", "/v1/openapi.json", action="openapi.view", answer={"type": "object"})
def view_openapi(request: Request) -> Answer:
    """This document."""
    return Answer(document())


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document for all registered routes. Where a command decides the body, each command is its own path."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        for path, operation in _operations(route):
            paths.setdefault(path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mimamori",
            "version": "1",
            "description": "Home-monitoring subscriptions: contracts, bills, alerts.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": {"Problem": PROBLEM, **_answers()},
        },
    }


def _operations(route: Route) -> list[tuple[str, dict[str, Any]]]:
    if not route.variants:
        return [(route.path, _operation(route, route.body))]
    if "{command}" in route.path:
        return [
            (route.path.replace("{command}", name), _operation(route, body, f".{name}", fixed=("command",)))
            for name, body in route.variants.items()
        ]
    return [(route.path, _operation(route, {"oneOf": list(route.variants.values())}))]


def _operation(route: Route, body: dict[str, Any] | None, suffix: str = "", fixed: tuple[str, ...] = ()) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.action.replace(".", "_") + suffix.replace(".", "_"),
        "summary": route.summary,
        "tags": [route.action.split(".")[0]],
        "parameters": _parameters(route, fixed),
        "responses": _responses(route),
    }
    if route.public:
        operation["security"] = []
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _parameters(route: Route, fixed: tuple[str, ...]) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{checking.PATH_PARAMS[name]}$"},
        }
        for name in route.params
        if name not in fixed
    ]
    found += [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in route.query.items()]
    if route.signed:
        found.append({"name": route.signed, "in": "header", "required": True, "schema": {"type": "string"}})
    elif route.method == "POST" and not route.keyless:
        key = {"type": "string", "pattern": "^[!-~]{1,128}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    if route.if_match:
        found.append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'}}
        )
    return found


def _responses(route: Route) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if route.answer is not None:
        good["content"] = {route.media: {"schema": _reference(route.answer)}}
    codes = [400, 404, 500, 503] if route.public else [400, 401, 403, 404, 500, 503]
    if route.method != "GET":
        codes += [409, 413, 415, 422]
    if route.signed:
        codes.append(401)
    codes += [code for code in (*route.more, *((403,) if route.session else ())) if code not in codes]
    if route.if_match:
        codes += [412, 428]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {str(code): {"description": _MEANING[code], "content": problem} for code in sorted(codes)}
    if route.media == "text/html" and route.public:  # a page for somebody who follows a link says so as a page
        found["404"] = {"description": _MEANING[404], "content": {**problem, route.media: {"schema": PAGE}}}
    return {str(route.status): good, **found}


PAGE = {"type": "string", "description": "HTML"}
_MEANING = {
    400: "The request itself is wrong; `field` and `cure` say how.",
    401: "No token (or signature), or one that does not hold.",
    403: "Signed in, but this role may not.",
    404: "Does not exist, or is not yours to know of.",
    409: "The terms do not allow it, or something else came first.",
    412: "It changed since you read it.",
    413: "More than 64 KB; for imports, 1 MB.",
    415: "Not application/json.",
    422: "The Idempotency-Key was used for another request.",
    429: "Tried too often; wait a while.",
    428: "Say with If-Match which version you have seen.",
    500: "A mistake on our side.",
    503: "Not available right now; send the same request again.",
}


def _answers() -> dict[str, Any]:
    return {name.title().replace("_", ""): schema for name, schema in schemas.ANSWERS.items()}


def _reference(schema: dict[str, Any]) -> dict[str, Any]:
    for name, known in schemas.ANSWERS.items():
        if known is schema:
            return {"$ref": f"#/components/schemas/{name.title().replace('_', '')}"}
    if schema.get("properties", {}).get("items"):
        items = schema["properties"]["items"]
        inner = _reference(items["items"])
        return {**schema, "properties": {**schema["properties"], "items": {**items, "items": inner}}}
    return schema
