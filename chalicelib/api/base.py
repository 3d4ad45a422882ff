"""The pattern of every REST route. A resource file says what a route needs; everything common to all is done here, once.

    resource = Resource("devices")

    @resource.route("GET", "/v1/contracts/{contract}/devices", action="devices.list", answer=schemas.page(schemas.DEVICE))
    def list_devices(request: Request) -> Answer:
        return Answer(flows.devices.list_of(request.store, request.contract))

Before the function runs: token verified, role on the contract known and allowed (`members.permissions`), sizes, headers,
path, query and body checked against the schemas and parsed (dates are `date`, times aware `datetime`). The function
calls one flow and answers. Whatever it raises on purpose becomes a problem document (`problems.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.api import checking, house
from chalicelib.api.problems import Problem, answer_for, language_of, problem_of
from chalicelib.errors import Invalid, NotFound
from chalicelib.members import permissions
from chalicelib.members.roles import Caller

BODY_BYTES_MAX = 64 * 1024
KEY = re.compile(r"[\x21-\x7e]{1,128}")
ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})')
SESSION_COOKIE = "mimamori_session"
COMMON_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language, Origin",
}


@dataclass(frozen=True)
class Answer:
    """What a route answers. `version` becomes the ETag; `location` the address of what was made."""

    body: Any = None
    status: int = 200
    version: int | None = None
    location: str = ""
    language: str = ""  # of the body, where it is not the request's
    policy: str = ""  # Content-Security-Policy of a page
    following: str = ""  # cursor of the next page, where the body has no place for it
    file: str = ""  # name under which the body is saved
    cookie: str = ""  # Set-Cookie


@dataclass(frozen=True)
class Route:
    """One door: enough to serve it, to check who may use it, and to describe it in the OpenAPI document."""

    method: str
    path: str
    action: str
    function: Callable[[Request], Answer]
    summary: str
    body: dict[str, Any] | None = None
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)  # command → body, where the command decides it
    commands: str = ""  # whose commands these are: `command` (a contract's) or `service`; or the one that it is: `apply`
    query: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    media: str = "application/json"  # of the answer; another one is text that goes out as it is
    status: int = 200
    if_match: bool = False
    local_only: bool = False
    signed: str = ""  # the header that signs a webhook's body: it is handed on as it came, and carries no key of ours
    bytes_max: int = BODY_BYTES_MAX
    keyless: bool = False  # a POST that is the same when it comes again, or makes nothing
    session: bool = False  # about the session cookie: only a page of our own may send it
    more: tuple[int, ...] = ()  # what else it may answer, beside what every route of its kind may

    @property
    def public(self) -> bool:
        return self.action in permissions.PUBLIC

    @property
    def params(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))


@dataclass(frozen=True)
class Request:
    """A request that is allowed and well formed. `params` are the path's, `query` and `body` are parsed."""

    route: Route
    caller: Caller
    params: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    language: str
    key: str = ""  # Idempotency-Key
    fingerprint: str = ""  # hash of method, path and body: the same key with another fingerprint is refused
    if_match: int | None = None
    raw: bytes = b""  # a webhook's body, and
    signature: str = ""  # what signs it
    cookie: str = ""  # the session cookie, on the routes that are about it

    @property
    def contract(self) -> str:
        return self.params["contract"]

    @property
    def store(self) -> Any:
        return house.store()

    @property
    def now(self) -> datetime:
        return house.now()


ROUTES: list[Route] = []


class Resource:
    """A Chalice blueprint whose routes are also in `ROUTES`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blueprint = Blueprint(f"chalicelib.api.{name}")

    def route(self, method: str, path: str, *, action: str, **about: Any) -> Callable[[Callable[[Request], Answer]], Any]:
        """Registers a function as a route. The function's docstring is the route's summary."""

        def register(function: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
            summary = (function.__doc__ or "").strip().splitlines()[0]
            route = Route(method, path, action, function, summary, **about)
            ROUTES.append(route)

            def view(**params: str) -> Response:
                return serve(route, self.blueprint.current_request, params)

            view.__name__ = function.__name__
            self.blueprint.route(path, methods=[method], name=function.__name__, content_types=["*/*"])(view)
            return function

        return register


def serve(route: Route, raw: Any, params: Mapping[str, str]) -> Response:
    """Checks, runs and answers one request; nothing escapes as a stack trace."""
    language = language_of(raw.headers.get("accept-language"))
    origin = house.allowed_origin(raw.headers.get("origin"))
    try:
        request = _checked(route, raw, params, language)
        response = _response(route.function(request), language, route.media)
        if request.caller.operator:
            house.write_down(request.caller, route.action, route.method, request.params, request.body, request.query)
    except Exception as error:  # the one place where everything must become an answer; problem_of logs what is not ours
        problem = problem_of(error)
        if problem.status == 412 and not raw.headers.get("if-match"):
            problem.status = 409  # nobody named a version: others simply were faster
        response = answer_for(problem, language, COMMON_HEADERS)
    if origin:
        response.headers.update(cors_headers(origin))
    house.note(route.action, response.status_code)
    return response


def cors_headers(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Next-Cursor",
    }


def _response(answer: Answer, language: str, media: str) -> Response:
    headers: dict[str, Any] = {**COMMON_HEADERS, "Content-Language": answer.language or language}
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
    if answer.location:
        headers["Location"] = answer.location
    if answer.policy:
        headers["Content-Security-Policy"] = answer.policy
    if answer.following:
        headers["X-Next-Cursor"] = answer.following
    if answer.cookie:
        headers["Set-Cookie"] = answer.cookie
    if answer.file:
        headers["Content-Disposition"] = f'attachment; filename="{answer.file}"'
    if media != "application/json":
        headers["Content-Type"] = f"{media}; charset=utf-8"
        return Response(body=answer.body, status_code=answer.status, headers=headers)
    text = "" if answer.body is None else json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(body=text, status_code=answer.status, headers=headers)


def _plain(value: Any) -> str:
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return text
    raise TypeError(f"{type(value).__name__} is not for the wire")


def _checked(route: Route, raw: Any, params: Mapping[str, str], language: str) -> Request:
    """Order matters: who first, then whether it exists for them, then what they sent."""
    if route.local_only and not house.is_local():
        raise NotFound("route")
    if route.session:
        _own_page(route, raw)
    caller = Caller("") if route.public else house.caller(raw.headers.get("authorization"))
    known = {name: checking.path_param(name, params[name]) for name in route.params}
    if not route.public:
        if "contract" in known:
            caller = house.on_contract(caller, known["contract"], route.action)
        else:
            caller = caller.acting_as("operator" if caller.operator else "contractor")
        permissions.require(caller.role, route.action)
    text = _body_text(raw, route.bytes_max)
    key = _key(route, raw)
    version = _if_match(route, raw)
    if route.signed:
        return Request(route, caller, known, {}, {}, language, raw=text, signature=raw.headers.get(route.signed) or "")
    query = checking.parse_query(route.query, raw.query_params)
    body = _body(route, caller, known, text)
    print_of = hashlib.sha256(f"{route.method} {route.path} {sorted(known.items())} ".encode() + text).hexdigest()
    cookie = _cookie(raw.headers.get("cookie") or "") if route.session else ""
    return Request(route, caller, known, query, body, language, key, print_of, version, cookie=cookie)


def _body(route: Route, caller: Caller, known: Mapping[str, str], text: bytes) -> dict[str, Any]:
    if route.variants:
        command = known["command"] if "command" in known else checking.choice(text, "command", route.variants)
        if command not in route.variants:
            raise NotFound("command")
        permissions.require(caller.role, f"{route.commands}:{command}")
        body = checking.parse_body(route.variants[command], text or b"{}")
        permissions.require_fields(caller.role, command, body)
        return body
    if route.body is None:
        return _no_body(text)
    body = checking.parse_body(route.body, text)
    permissions.require_fields(caller.role, route.commands, body)
    return body


def _body_text(raw: Any, bytes_max: int) -> bytes:
    try:
        text = raw.raw_body
    except ValueError as error:
        raise Invalid("body", "not_json", "send_json") from error
    text = text.encode() if isinstance(text, str) else text
    if len(text) > bytes_max:
        raise Problem(413, "too_large", reason="too_large", cure="send_less")
    media = (raw.headers.get("content-type") or "application/json").split(";")[0].strip().lower()
    if text and media != "application/json":
        raise Problem(415, "media_type", reason="media_type", cure="send_json")
    return bytes(text)


def _own_page(route: Route, raw: Any) -> None:
    """Raises Problem for what another site's page may have sent: a cookie goes along with whatever a browser sends.

    A form can send no JSON; browsers say where a request comes from in headers that no script can write.
    """
    if route.method == "POST" and (raw.headers.get("content-type") or "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "media_type", reason="media_type", cure="send_json")
    origin = raw.headers.get("origin")
    if origin and raw.headers.get("sec-fetch-site") != "same-origin" and not house.allowed_origin(origin):
        raise Problem(403, "forbidden", reason="foreign_page", cure="open_our_app")


def _cookie(header: str) -> str:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for name, _, value in pairs if name == SESSION_COOKIE), "")


def _no_body(text: bytes) -> dict[str, Any]:
    if text.strip() not in (b"", b"{}"):
        raise Invalid("body", "not_expected", "send_no_body")
    return {}


def _key(route: Route, raw: Any) -> str:
    key: str = raw.headers.get("idempotency-key") or ""
    if route.method != "POST" or route.keyless or route.signed:
        return ""
    if not key:
        raise Invalid("Idempotency-Key", "missing", "send_key")
    if not KEY.fullmatch(key):
        raise Invalid("Idempotency-Key", "format", "send_key")
    return key


def _if_match(route: Route, raw: Any) -> int | None:
    given: str = (raw.headers.get("if-match") or "").strip()
    if not given:
        if route.if_match:
            raise Problem(428, "precondition_required", field="If-Match", reason="missing", cure="send_if_match")
        return None
    found = ETAG.fullmatch(given)
    if found is None:
        if route.if_match:
            raise Invalid("If-Match", "format", "send_if_match")
        return None
    return int(found.group(1) or found.group(2))
