"""All resources, in the order of the OpenAPI document. A new file is named here, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Chalice, Response

from chalicelib.api import (
    accounts,
    alerts,
    answers,
    audit,
    base,
    bulk,
    clock,
    contracts,
    devices,
    firmware,
    health,
    history,
    house,
    maintenance,
    me,
    members,
    money,
    now,
    numbers,
    openapi,
    operator,
    operator_contracts,
    operator_files,
    operator_fleet,
    operator_money,
    people,
    playground,
    reaching,
    services,
    session,
    stock,
    watches,
    wishes,
)
from chalicelib.api.problems import Problem, answer_for, language_of

RESOURCES: tuple[base.Resource, ...] = (
    health.resource,
    openapi.resource,
    session.resource,
    accounts.resource,
    me.resource,
    services.resource,
    contracts.resource,
    money.resource,
    now.resource,
    devices.resource,
    history.resource,
    watches.resource,
    wishes.resource,
    numbers.resource,
    people.resource,
    reaching.resource,
    members.resource,
    alerts.resource,
    answers.resource,
    maintenance.resource,
    operator.resource,
    operator_contracts.resource,
    audit.resource,
    operator_files.resource,
    operator_money.resource,
    playground.resource,
    operator_fleet.resource,
    stock.resource,
    firmware.resource,
    bulk.resource,
    clock.resource,
)


def register(app: Chalice) -> None:
    """Gives the app all routes, an answer to browsers that ask before they send, and problems instead of Chalice's errors."""
    for resource in RESOURCES:
        app.register_blueprint(resource.blueprint)
    app.register_blueprint(_preflight())
    app.register_middleware(_as_problem, "http")


def _preflight() -> Blueprint:
    blueprint = Blueprint("chalicelib.api.preflight")
    methods: dict[str, list[str]] = {}
    for route in base.ROUTES:
        methods.setdefault(route.path, []).append(route.method)

    def answer(path: str) -> Callable[..., Response]:
        allowed = ", ".join(sorted(methods[path]))

        def preflight(**params: str) -> Response:
            origin = house.allowed_origin(blueprint.current_request.headers.get("origin"))
            headers: dict[str, Any] = {**base.COMMON_HEADERS, "Allow": allowed}
            if origin:
                headers |= {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Allow-Methods": allowed,
                    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, Accept-Language",
                    "Access-Control-Max-Age": "600",
                }
            return Response(body="", status_code=204, headers=headers)

        return preflight

    for path in methods:
        blueprint.route(path, methods=["OPTIONS"], name="preflight", content_types=["*/*"])(answer(path))
    return blueprint


_KINDS = {404: "not_found", 405: "method", 413: "too_large", 415: "media_type"}


def _as_problem(event: Any, get_response: Callable[[Any], Response]) -> Response:
    """What Chalice refuses by itself (a method, a body that it cannot decode) is told like every other problem."""
    response = get_response(event)
    known = str(dict(response.headers or {}).get("Content-Type", ""))
    if response.status_code < 400 or known.startswith(("application/problem+json", "text/html")):
        return response
    kind = _KINDS.get(response.status_code, "invalid" if response.status_code < 500 else "internal")
    headers = {name: str(value) for name, value in (response.headers or {}).items() if name == "Allow"}
    language = language_of(event.headers.get("accept-language") if event is not None else None)
    return answer_for(Problem(response.status_code, kind, cure="check_address"), language, {**base.COMMON_HEADERS, **headers})
