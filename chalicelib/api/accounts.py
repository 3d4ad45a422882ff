"""Signing up, and forgotten passwords: for who is not signed in. No answer says whether an address is known.

None of its POSTs needs an Idempotency-Key: a repeat makes nothing more, it only may send a code again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.api import account_schemas as own
from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("accounts")
PATH = "/v1/accounts"
SENDS: dict[str, Any] = {"answer": own.SENT, "status": 202}  # a code goes out by mail


def _post(at: str, name: str, body: schemas.Schema, **about: Any) -> Callable[..., Any]:
    """A door for everybody, which is slowed down when it is tried too often."""
    return resource.route("POST", PATH + at, action=f"accounts.{name}", body=body, keyless=True, more=(429,), **about)


@resource.route("GET", PATH + "/rules", action="accounts.rules", answer=own.RULES)
def rules(request: Request) -> Answer:
    """What a new password must be, in words: to be read before one is thought of."""
    from chalicelib.api.problems import text
    from chalicelib.dates import japan_day
    from chalicelib.flows import passwords

    least = passwords.least(japan_day(request.now))
    said = {language: text("cure", "password_rules", language, least=least) for language in ("ja", "en")}
    return Answer({"password": said})


@_post("", "create", own.SIGN_UP_BODY, **SENDS)
def sign_up(request: Request) -> Answer:
    """Begins an account: a code goes to the address, and confirms it."""
    from chalicelib.flows import signing_up
    from chalicelib.gateways import pool

    given = request.body
    language = given.get("language", request.language)
    signing_up.begin(request.store, request.now, pool.connect(), given["email"], given["password"], language)
    return _sent(given["email"])


@_post("/confirm", "confirm", own.CONFIRM_BODY, status=204)
def confirm(request: Request) -> Answer:
    """The code from the mail: the address is confirmed, and can sign in."""
    from chalicelib.gateways import pool

    pool.connect().confirm(request.body["email"], request.body["code"])
    return Answer(status=204)


@_post("/code", "code", own.ADDRESS_BODY, **SENDS)
def send_code(request: Request) -> Answer:
    """Sends the code of a sign-up again."""
    from chalicelib.gateways import pool

    pool.connect().send_code(request.body["email"])
    return _sent(request.body["email"])


@_post("/forgotten", "forgotten", own.ADDRESS_BODY, **SENDS)
def forgotten(request: Request) -> Answer:
    """Sends a code with which a new password can be set."""
    from chalicelib.gateways import pool

    pool.connect().forgotten(request.body["email"])
    return _sent(request.body["email"])


@_post("/password", "password", own.RESET_BODY, status=204)
def set_password(request: Request) -> Answer:
    """A new password, by the code from the mail. Whoever was signed in with the old one is so no longer."""
    from chalicelib.flows import signing_up
    from chalicelib.gateways import pool

    given = request.body
    signing_up.set_password(request.store, request.now, pool.connect(), given["email"], given["code"], given["password"])
    return Answer(status=204)


def _sent(email: str) -> Answer:
    from chalicelib.flows import signing_up

    return Answer({"sent_to": signing_up.masked(email)}, 202)
