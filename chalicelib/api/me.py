"""One's own account: language, address, password. What a stranger at an open screen must not do asks for the password."""

from __future__ import annotations

from chalicelib.api import account_schemas as own
from chalicelib.api import house, schemas, session
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("me")
PATH = "/v1/me"
PROVING = (429,)


@resource.route("GET", PATH, action="me.view", answer=own.ME)
def view_me(request: Request) -> Answer:
    """Who is signed in, in which language they read, and how many contracts they hold."""
    from chalicelib.flows import profile

    return Answer(profile.shown(request.store, request.caller, request.language))


@resource.route("PATCH", PATH, action="me.change", body=own.ME_BODY, answer=own.ME)
def change_me(request: Request) -> Answer:
    """Another language, on every machine."""
    from chalicelib.flows import profile

    profile.speak(request.store, request.caller.subject, request.body["language"])
    return Answer(profile.shown(request.store, request.caller, request.language))


@resource.route(
    "POST", PATH + "/email", action="me.email", body=own.EMAIL_BODY, answer=own.SENT, status=202, keyless=True, more=PROVING
)
def ask_email(request: Request) -> Answer:
    """Another e-mail address: a code goes there, and until it comes back the old address stays."""
    from chalicelib.flows import address_change, profile, signing_up
    from chalicelib.gateways import pool

    given, who = request.body, request.caller.subject
    language = profile.of(request.store, request.caller, request.language)["language"]
    address_change.ask(request.store, request.now, pool.connect(), who, given["email"], given["password"], language)
    return Answer({"sent_to": signing_up.masked(given["email"])}, 202)


@resource.route("POST", PATH + "/email/confirm", action="me.email_confirm", body=own.CODE_BODY, status=204, keyless=True)
def confirm_email(request: Request) -> Answer:
    """The code from the new address: it counts from now on. A token that is renewed after this names it."""
    from chalicelib.flows import address_change
    from chalicelib.gateways import pool

    address_change.confirm(request.store, request.now, pool.connect(), request.caller.subject, request.body["code"])
    return Answer(status=204)


@resource.route(
    "POST",
    PATH + "/password",
    action="me.password",
    body=own.NEW_PASSWORD_BODY,
    answer=own.SIGNED_IN,
    keyless=True,
    more=PROVING,
)
def change_password(request: Request) -> Answer:
    """Another password. Every other machine is signed out; this one gets a new session."""
    from chalicelib.dates import japan_day
    from chalicelib.flows import passwords, sessions
    from chalicelib.gateways import pool

    given, who = request.body, request.caller.subject
    tokens = passwords.change(pool.connect(), who, given["password"], given["new_password"], japan_day(request.now))
    sessions.end_before(request.store, who, house.verified(tokens.id).signed_in_at)
    return session.begun(request, tokens)


@resource.route("GET", PATH + "/delete", action="me.bound", answer=own.BOUND)
def view_bound(request: Request) -> Answer:
    """What stands in the way of taking the account away: contracts that bind it, each with the reason in words."""
    from chalicelib.api import problems
    from chalicelib.flows import goodbye

    found = goodbye.bound_by(request.store, request.now, request.caller.subject)
    return Answer({"items": [{**one, **problems.said("reason", one["reason"])} for one in found]})


@resource.route("POST", PATH + "/delete", action="me.delete", body=own.DELETE_BODY, status=204, keyless=True, more=PROVING)
def delete_me(request: Request) -> Answer:
    """Takes the account away with everything that is its own, once no contract binds it. There is no way back."""
    from chalicelib.flows import goodbye
    from chalicelib.gateways import pool

    goodbye.ask(request.store, request.now, pool.connect(), request.caller.subject, request.body["password"])
    return Answer(status=204, cookie=session.CLEARED)


@resource.route("GET", PATH + "/export", action="me.export", query=own.EXPORT_QUERY, answer=schemas.page(own.EXPORTED))
def export_me(request: Request) -> Answer:
    """Everything that we hold of who is signed in, page by page: account, contracts, bills, people, consents, alerts, log."""
    from chalicelib.dates import japan_day
    from chalicelib.flows import own_data

    cursor = request.query.get("cursor", "")
    found = own_data.page(request.store, request.now, request.caller, request.language, cursor)
    return Answer(found, file=f"mimamori-{japan_day(request.now).isoformat()}.json")
