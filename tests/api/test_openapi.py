"""The document describes what the API does: held by schemathesis, which makes up requests from it, good and bad."""

from __future__ import annotations

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.transport import Response

from chalicelib.api import base, openapi, resources

assert resources.RESOURCES
DOCUMENT = openapi.document()
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}}})
# Tokens have tests of their own (test_auth.py); here every request carries a good one.
SCHEMA = schemathesis.openapi.from_dict({**DOCUMENT, "security": []}, config=CONFIG)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# Names that exist, so that requests come further than "not found". The clock stays where it is.
EXISTING = {"service": "sottonet"}
CONSENTS = ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"]


@pytest.fixture(scope="module", autouse=True)
def world(browser) -> None:
    browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    wish = {"service": "sottonet", "plan": "standard", "payment_method": "card", "consents": CONSENTS}
    made = browser.post("/v1/contracts", wish).json_body
    assert made["state"] == "accepted"
    browser.post(f"/v1/contracts/{made['id']}/commands/install", {}, who="operator")
    browser.post("/v1/local/clock", {"at": "2025-05-03T10:00", "frozen": True}, who="operator")
    EXISTING["contract"] = made["id"]


@SCHEMA.exclude(path="/v1/local/clock", method="POST").parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_what_its_document_says(case, browser) -> None:
    for name, value in EXISTING.items():
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = value
    kwargs = case.as_transport_kwargs(base_url="https://api.example")
    kwargs = {
        name: kwargs[name] for name in ("method", "url", "headers", "params", "json", "data", "cookies") if name in kwargs
    }
    request = requests.Request(**kwargs).prepare()
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers["authorization"] = f"Bearer {browser.pool.token('operator')}"
    body = request.body or b""
    path = request.path_url
    answer = browser.client.http.request(
        request.method, path, headers=headers, body=body if isinstance(body, bytes) else body.encode()
    )
    told = {name.lower(): [str(value)] for name, value in answer.headers.items()}
    case.validate_response(Response(answer.status_code, told, answer.body, request, 0.0, False), checks=CHECKS)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def test_every_route_is_in_the_document_and_nothing_else(browser) -> None:
    served = browser.get("/v1/openapi.json", who=None).json_body
    assert served == DOCUMENT
    described = {(method.upper(), path) for path, methods in served["paths"].items() for method in methods}
    expected = set()
    for route in base.ROUTES:
        names = list(route.variants) if "{command}" in route.path else [""]
        expected |= {(route.method, route.path.replace("{command}", name)) for name in names}
    assert described == expected


def test_operations_have_names_of_their_own_and_a_summary() -> None:
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"].endswith(".") for operation in operations)


def _bodies():
    for route in base.ROUTES:
        yield from [route.body] if route.body else []
        yield from route.variants.values()


def test_what_comes_in_is_bounded_everywhere() -> None:
    def walk(schema):
        if isinstance(schema, list):
            for inner in schema:
                walk(inner)
        if not isinstance(schema, dict):
            return
        kind = schema.get("type")
        if kind == "string" and not {"enum", "const"} & set(schema):
            assert "maxLength" in schema or schema.get("format") in ("date", "date-time"), schema
        if kind == "array":
            assert "maxItems" in schema, schema
        if kind in ("integer", "number"):
            assert {"minimum", "maximum"} <= set(schema), schema
        if kind == "object":
            assert schema.get("additionalProperties") is False or "maxProperties" in schema, schema
        for name, inner in schema.items():
            if name not in ("enum", "required"):
                walk(list(inner.values()) if name == "properties" else inner)

    for body in _bodies():
        walk(body)
