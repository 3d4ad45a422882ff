"""Signing in and out. The browser holds a short-lived token in memory; a cookie that no script can read renews it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.api import account_schemas as own
from chalicelib.api import house
from chalicelib.api.base import SESSION_COOKIE, Answer, Request, Resource
from chalicelib.api.problems import problem_of
from chalicelib.errors import NotSignedIn, StoreError, Unauthenticated

if TYPE_CHECKING:
    from chalicelib.gateways.pool import Challenge, Tokens

resource = Resource("session")
PATH = "/v1/session"
KEPT = f"Path={PATH}; HttpOnly; Secure; SameSite=Strict"
CLEARED = f"{SESSION_COOKIE}=; {KEPT}; Max-Age=0"
SIGNING_IN = (401, 403, 429)


@resource.route(
    "POST",
    PATH,
    action="session.begin",
    body=own.SIGN_IN_BODY,
    answer=own.SESSION,
    keyless=True,
    session=True,
    more=SIGNING_IN,
)
def sign_in(request: Request) -> Answer:
    """Signs in with address and password, and sets the cookie that keeps the session."""
    from chalicelib.gateways import pool

    return begun(request, pool.connect().sign_in(request.body["email"], request.body["password"]))


@resource.route(
    "POST",
    PATH + "/challenge",
    action="session.challenge",
    body=own.CHALLENGE_BODY,
    answer=own.SESSION,
    keyless=True,
    session=True,
    more=SIGNING_IN,
)
def answer_challenge(request: Request) -> Answer:
    """Gives the first password of one's own, where the sign-in asked for it, and is signed in."""
    from chalicelib.dates import japan_day
    from chalicelib.flows import passwords
    from chalicelib.gateways import pool

    given = request.body
    passwords.check(given["password"], japan_day(request.now))
    return begun(request, pool.connect().answer(given["email"], given["challenge_token"], given["password"]))


@resource.route(
    "POST", PATH + "/refresh", action="session.refresh", answer=own.SIGNED_IN, keyless=True, session=True, more=(401, 429)
)
def refresh(request: Request) -> Answer:
    """Goes on with the session that the cookie keeps: a new token, after a reload or when the last one is about to end."""
    from chalicelib.gateways import pool

    try:
        if not request.cookie:
            raise Unauthenticated("no session")
        return Answer(_signed_in(request, pool.connect().renew(request.cookie)))
    except (NotSignedIn, Unauthenticated) as error:
        if isinstance(error, NotSignedIn) and error.reason == "try_later":
            raise
        problem = problem_of(Unauthenticated("the session is over"))
        problem.headers["Set-Cookie"] = CLEARED
        raise problem from error


@resource.route("DELETE", PATH, action="session.end", status=204, session=True)
def sign_out(request: Request) -> Answer:
    """Signs out here: the session is over for good, also for whoever might have copied its cookie."""
    from chalicelib.gateways import pool

    try:
        if request.cookie:
            pool.connect().revoke(request.cookie)
    except StoreError as error:  # the browser forgets it at least; whoever copied it has it until it runs out
        problem = problem_of(error)
        problem.headers["Set-Cookie"] = CLEARED
        raise problem from error
    return Answer(status=204, cookie=CLEARED)


def begun(request: Request, done: Tokens | Challenge) -> Answer:
    """The answer to somebody who is in, with the cookie that keeps the session; or what is asked of them first."""
    from chalicelib.gateways.pool import Challenge

    if isinstance(done, Challenge):
        return Answer({"challenge": "new_password", "challenge_token": done.token})
    days = house.settings().session_days
    age = f"; Max-Age={days * 86400}" if days else ""
    return Answer(_signed_in(request, done), cookie=f"{SESSION_COOKIE}={done.refresh}; {KEPT}{age}")


def _signed_in(request: Request, tokens: Tokens) -> dict[str, object]:
    """What the app needs to know of who signed in. Raises Unauthenticated for a session that was ended."""
    from chalicelib.flows import address_change, profile
    from chalicelib.gateways import clock  # tokens are dated by the pool's clock, which nobody moves

    caller = house.verified(tokens.id)
    address_change.heal(request.store, request.now, caller)
    until = clock.wall() + timedelta(seconds=tokens.seconds)
    return {"token": tokens.id, "expires_at": until, **profile.of(request.store, caller, request.language)}
