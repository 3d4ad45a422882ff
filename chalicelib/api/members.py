"""People of a contract: invitations, members, consents, sessions."""

from __future__ import annotations

from chalicelib.api import member_schemas as own
from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("members")
CONTRACT = "/v1/contracts/{contract}"
INVITATIONS = CONTRACT + "/invitations"


@resource.route("GET", CONTRACT + "/members", action="members.list", answer=schemas.page(own.MEMBER))
def list_members(request: Request) -> Answer:
    """Who can see this contract, the holder first: for the holder, and for the person watched over."""
    from chalicelib.flows import members

    return Answer(members.listing(request.store, request.now, request.contract))


@resource.route("GET", CONTRACT + "/roles", action="roles.list", answer=own.ROLES)
def list_roles(request: Request) -> Answer:
    """The roles of this service in words, the caller's own, and in which of them the caller may invite somebody."""
    from chalicelib.flows import roles

    return Answer(roles.listed(request.store, request.now, request.caller, request.contract))


@resource.route("POST", "/v1/invitations/look", action="invitations.look", body=own.LOOK_BODY, answer=own.INVITED, keyless=True)
def look_at_invitation(request: Request) -> Answer:
    """What an invitation is about, for whoever brings its token and its address: the role in words, and what it asks."""
    from chalicelib.flows import roles

    return Answer(roles.look(request.store, request.now, request.caller, request.body["token"]))


@resource.route("DELETE", CONTRACT + "/members/{member}", action="members.remove", status=204)
def remove_member(request: Request) -> Answer:
    """Lets somebody out at once: no more looking, no more mails, and their own invitations are void."""
    from chalicelib.flows import members

    members.remove(request.store, request.now, request.caller, request.contract, request.params["member"])
    return Answer(status=204)


@resource.route("POST", CONTRACT + "/leave", action="members.leave", status=204)
def leave(request: Request) -> Answer:
    """Somebody who was let in goes by themselves."""
    from chalicelib.flows import members

    members.leave(request.store, request.now, request.caller, asked_in(request))
    return Answer(status=204)


@resource.route("GET", INVITATIONS, action="invitations.list", answer=schemas.page(own.INVITATION))
def list_invitations(request: Request) -> Answer:
    """Invitations, the oldest first: all for the holder, else one's own."""
    from chalicelib.flows import inviting

    return Answer(inviting.listing(request.store, request.now, request.caller, request.contract))


@resource.route("POST", INVITATIONS, action="invitations.create", body=own.INVITATION_BODY, answer=own.INVITATION, status=201)
def invite(request: Request) -> Answer:
    """Invites one address in one role. The mail holds a token that works once, for that address, for some days."""
    from chalicelib.flows import inviting

    made = inviting.invite(request.store, request.now, request.caller, asked_in(request), request.body)
    return Answer(made, 201, location=f"/v1/contracts/{request.contract}/invitations")


@resource.route("POST", INVITATIONS + "/{invitation}/resend", action="invitations.resend", answer=own.INVITATION)
def resend(request: Request) -> Answer:
    """Sends an invitation again; the mail before is void."""
    from chalicelib.flows import inviting

    id = request.params["invitation"]
    return Answer(inviting.resend(request.store, request.now, request.caller, asked_in(request), id))


@resource.route("DELETE", INVITATIONS + "/{invitation}", action="invitations.revoke", status=204)
def revoke(request: Request) -> Answer:
    """Takes an invitation back; its mail is void."""
    from chalicelib.flows import inviting

    inviting.revoke(request.store, request.now, request.caller, request.contract, request.params["invitation"])
    return Answer(status=204)


@resource.route("POST", CONTRACT + "/allowances", action="invitations.allow", body=own.ALLOWANCE_BODY, status=204)
def allow(request: Request) -> Answer:
    """An operator lets an address be invited that the service's rules count as too far away."""
    from chalicelib.flows import inviting

    inviting.allow(request.store, request.now, request.caller, asked_in(request), request.body["email"])
    return Answer(status=204)


@resource.route("POST", "/v1/invitations/accept", action="invitations.accept", body=own.ACCEPT_BODY, answer=own.JOINED)
def accept(request: Request) -> Answer:
    """Accepts an invitation: with its token, signed in with the address that it was sent to."""
    from chalicelib.flows import inviting

    done = inviting.accept(request.store, request.now, request.caller, request.body, request.key, request.fingerprint)
    return Answer(done)


@resource.route("GET", CONTRACT + "/consents", action="consents.list", answer=schemas.page(own.CONSENT))
def list_consents(request: Request) -> Answer:
    """What was agreed to and taken back, when, by whom, under which edition: all for the holder, else one's own."""
    from chalicelib.flows import consents

    return Answer(consents.listing(request.store, request.now, request.caller, request.contract))


@resource.route("POST", CONTRACT + "/consents/withdraw", action="consents.withdraw", body=own.WITHDRAW_BODY, answer=own.CONSENT)
def withdraw(request: Request) -> Answer:
    """Takes back a consent of one's own. A member without a consent that members need is let out."""
    from chalicelib.flows import consents

    asked = asked_in(request)
    return Answer(consents.withdraw(request.store, request.now, request.caller, asked, request.body["consent"]))


@resource.route("POST", "/v1/sessions/end", action="sessions.end", status=204)
def end_sessions(request: Request) -> Answer:
    """Ends all sessions of one's own account, this one too: for whoever fears that a stranger is in."""
    from chalicelib.flows import sessions
    from chalicelib.gateways import pool

    sessions.end_everywhere(request.store, pool.connect(), request.caller.subject)
    return Answer(status=204)


@resource.route("POST", "/v1/operator/accounts/{account}/sessions/end", action="operator.sessions", status=204)
def end_sessions_of(request: Request) -> Answer:
    """Ends all sessions of an account: its owner died, or reported a stranger by telephone."""
    from chalicelib.flows import sessions
    from chalicelib.gateways import pool

    sessions.end_everywhere(request.store, pool.connect(), request.params["account"])
    return Answer(status=204)
