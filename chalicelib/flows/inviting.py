"""Invitations: made, mailed, sent again, taken back, accepted.

The token is made when its mail leaves, and only its hash is stored: nobody who reads a table can accept. A mail that was
sent twice, because nobody knew whether the first had left, leaves the older one void. What is accepted is looked at again
by the terms of that day, and is never more than the inviter has.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Event
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import called, consents, rules
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import settled, until_settled
from chalicelib.flows.members import contract_of, limits_of, member_json
from chalicelib.members import invitations, limits
from chalicelib.members.invitations import Invitation
from chalicelib.members.limits import Limits
from chalicelib.members.roles import Caller, Role
from chalicelib.store import contracts as rows
from chalicelib.store import members, outbox, people
from chalicelib.store.codec import instant_text
from chalicelib.store.members import Member
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
OVER = ("ended", "refused")
MEMBERS_MAX = 50  # of one contract: more is no family
_HOLDERS: tuple[Role, ...] = ("operator", "contractor", "applicant")
_SOMEBODY = {"ja": "ご家族", "en": "A family"}  # where nobody gave a name yet


def invite(store: Store, now: datetime, caller: Caller, asked: Asked, body: Mapping[str, Any]) -> Json:
    """Invites an address in one role. Raises Refused by the service's rule, or when that address is in or invited already."""
    hashed, role = members.email_hash(body["email"]), body["role"]

    def decide() -> Json:
        contract = contract_of(store, asked.contract)
        own = limits_of(rules.of(store, contract.service), now)
        _check(store, own, contract, caller.role, hashed, body)
        if caller.role == "contractor" and hashed == members.email_hash(caller.email):
            raise Refused("already_holder", own.rule)
        before = _free_place(store, own, contract, hashed, role, now)
        made = _made(caller, contract.id, hashed, body, now, invitations.valid_until(now, own.valid_days))
        answer = invitation_json(made, now)
        writes = [
            members.invitation_write(store, contract.account, before, made),
            _mail(store, made, now),
            *_still_there(store, contract, made),
            *_asked_for(store, now, caller, contract, own.invite(role) or {}),
            rows.note(store, contract, made.id, [Event("invited", now, caller.role, {"invitation": made.id, "role": role})]),
            asked.remember(store, answer, now),
        ]
        store.commit(writes)
        return answer

    return settled(asked.first, store, decide)


def _asked_for(store: Store, now: datetime, caller: Caller, contract: Contract, line: Mapping[str, Any]) -> list[Write]:
    """Where asking somebody in is itself a consent (ORM-PRO-2): the consent, on the contract and on record, with it."""
    args = line.get("consent")
    if args is None:
        return []
    terms = rules.of(store, contract.service)
    decided = engine.handle(contract, terms, Command("consent", now, args, caller.role))
    writes = rows.writes_of(store, contract.version, decided, at=now, due=rules.due(decided.contract, terms))
    return [*writes, *consents.of_command(store, terms, "consent", args, caller, now, contract.id)]


def _check(
    store: Store, own: Limits, contract: Contract, inviter: Role, hashed: str, about: Mapping[str, Any] | Invitation
) -> None:
    """What must hold when somebody is invited, and still when they accept."""
    if isinstance(about, Invitation):
        role, relation, by_marriage, scope = about.role, about.relation, about.by_marriage, about.devices
    else:
        role, relation = about["role"], about.get("relation", "")
        by_marriage, scope = about.get("by_marriage", False), tuple(about.get("devices", ()))
    if contract.state in OVER:
        raise Refused("ended", own.rule)
    near = bool((own.invite(role) or {}).get("relation"))
    allowed = near and members.is_allowed(store, contract.account, contract.id, hashed)
    limits.check_invitation(own, inviter, role, relation, by_marriage=by_marriage, allowed=allowed)
    if role != "dealer":
        if scope:
            raise Invalid("devices", "unknown_field", "leave_out")
        return
    if not scope:
        raise Invalid("devices", "missing", "send_field")
    if not set(scope) <= set(people.load(store, contract.id).devices):
        raise Invalid("devices", "unknown_device", "claim_first")


def _free_place(store: Store, own: Limits, contract: Contract, hashed: str, role: Role, now: datetime) -> Invitation | None:
    """The older invitation whose place a new one takes. Raises Refused when there is none to take."""
    inside = members.members(store, contract.account, contract.id)
    if any((one.email_hash, one.role) == (hashed, role) for one in inside):
        raise Refused("already_member", own.rule)
    if len(inside) >= MEMBERS_MAX:
        raise Refused("too_many_members", own.rule)
    known = members.invitations(store, contract.account, contract.id)
    before = next((one for one in known if one.id == invitations.id_of(hashed, role)), None)
    if before is not None and before.is_open(now):
        raise Refused("already_invited", own.rule)
    if sum(one.is_open(now) for one in known) >= invitations.OPEN_MAX:
        raise Refused("too_many_invitations", own.rule)
    return before


def _made(
    caller: Caller, contract: str, hashed: str, body: Mapping[str, Any], now: datetime, expires_at: datetime
) -> Invitation:
    return Invitation(
        contract=contract,
        role=body["role"],
        email_hash=hashed,
        person=body["person"],
        invited_by=caller.role,
        invited_at=now,
        expires_at=expires_at,
        email=body["email"].strip(),
        language=body.get("language", ""),
        relation=body.get("relation", ""),
        by_marriage=body.get("by_marriage", False),
        devices=tuple(body.get("devices", ())),
        inviter="" if caller.role in _HOLDERS else members.email_hash(caller.email),
    )


def _mail(store: Store, which: Invitation, now: datetime) -> Write:
    """The outbox entry: which mail of which invitation. Neither address nor token is in it."""
    began = instant_text(which.invited_at)
    cause = f"{which.contract}#{which.id}#{began}#{which.sent}"
    body = {"contract": which.contract, "invitation": which.id, "invited_at": began, "sent": which.sent}
    return outbox.entry(store, "invitation", cause, now, body)


def _still_there(store: Store, contract: Contract, which: Invitation) -> list[Write]:
    """Holds, in the same transaction, that a member who invited is a member still."""
    if not which.inviter:
        return []
    return [members.still_in(store, contract.account, contract.id, which.inviter, which.invited_by)]


def listing(store: Store, now: datetime, caller: Caller, contract_id: str) -> Json:
    """Invitations that are remembered, the oldest first: all for holder and operators, else one's own."""
    contract = contract_of(store, contract_id)
    found = members.invitations(store, contract.account, contract_id)
    return {"items": [invitation_json(one, now) for one in found if _is_theirs(caller, one)]}


def _is_theirs(caller: Caller, one: Invitation) -> bool:
    return caller.role in _HOLDERS or (bool(caller.email) and one.inviter == members.email_hash(caller.email))


def invitation_json(one: Invitation, now: datetime) -> Json:
    """An invitation as its inviter sees it: no address, no token."""
    shown: Json = {
        "invitation": one.id,
        "person": one.person,
        "called": called.both(one.person),
        "role": one.role,
        "state": one.shown_state(now),
        "invited_at": instant_text(one.invited_at),
        "expires_at": instant_text(one.expires_at),
        "invited_by": one.invited_by,
        "sent": one.sent,
    }
    return shown | ({"relation": one.relation, "by_marriage": one.by_marriage} if one.relation else {})


def resend(store: Store, now: datetime, caller: Caller, asked: Asked, id: str) -> Json:
    """Sends it once more; the mail before is void, and the time begins anew. Raises Refused when it is settled."""

    def decide() -> Json:
        contract, before = _known(store, caller, asked.contract, id)
        own = limits_of(rules.of(store, contract.service), now)
        if contract.state in OVER:
            raise Refused("ended", own.rule)
        after = invitations.again(before, now, invitations.valid_until(now, own.valid_days))
        answer = invitation_json(after, now)
        writes = [members.invitation_write(store, contract.account, before, after), _mail(store, after, now)]
        store.commit([*writes, *_still_there(store, contract, after), asked.remember(store, answer, now)])
        return answer

    return settled(asked.first, store, decide)


def revoke(store: Store, now: datetime, caller: Caller, contract_id: str, id: str) -> None:
    """Takes an invitation back; its mail is void at once. Raises Refused when it was accepted already."""

    def attempt(again: bool) -> None:
        contract, before = _known(store, caller, contract_id, id)
        after = invitations.revoked(before, now)
        if after is before:
            return
        event = Event("invitation_revoked", now, caller.role, {"invitation": id, "role": before.role})
        writes = [members.invitation_write(store, contract.account, before, after), rows.note(store, contract, id, [event])]
        store.commit(writes)

    until_settled(attempt)


def _known(store: Store, caller: Caller, contract_id: str, id: str) -> tuple[Contract, Invitation]:
    contract = contract_of(store, contract_id)
    found = members.invitation(store, contract.account, contract_id, id)
    if found is None or not _is_theirs(caller, found):
        raise NotFound("invitation")
    return contract, found


def allow(store: Store, now: datetime, caller: Caller, asked: Asked, email: str) -> None:
    """An operator lets the holder invite this address in spite of its relation (LRH-MEM-2)."""

    def decide() -> Json:
        contract, hashed = contract_of(store, asked.contract), members.email_hash(email)
        event = Event("relation_allowed", now, caller.role, {})
        writes = [members.allow(store, contract.account, contract.id, hashed, now)]
        writes += [rows.note(store, contract, hashed[:24], [event]), asked.remember(store, {}, now)]
        store.commit(writes)
        return {}

    settled(asked.first, store, decide)


def accept(store: Store, now: datetime, caller: Caller, body: Mapping[str, Any], key: str, print_: str) -> Json:
    """Whoever is signed in with the invited address, and brings the token, is let in.

    Raises NotFound for a token that nobody was sent; Refused when it is void, used, taken back, late, for another address, or
    when the service's rules no longer let this person in.
    """
    contract_id, id, secret = invitations.parts_of(body["token"])
    asked = Asked(contract_id, caller.subject, key, print_)

    def decide() -> Json:
        contract = rows.load(store, contract_id)
        before = members.invitation(store, contract.account, contract_id, id) if contract else None
        if contract is None or before is None:
            raise NotFound("invitation")
        if not caller.email:
            raise Refused("address_not_verified")
        hashed = members.email_hash(caller.email)
        after = invitations.accepted(before, secret, hashed, now)
        terms = rules.of(store, contract.service)
        agreed = _let_in_checks(store, limits_of(terms, now), caller, contract, before, body.get("consents", ()))
        member = _member_of(caller, before, now)
        answer = {"contract": contract_id, **member_json(member)}
        event = Event("member_joined", now, before.role, {"member": member.id, "role": member.role})
        writes = [
            members.invitation_write(store, contract.account, before, after),
            members.let_in(store, contract.account, member),
            *_still_there(store, contract, before),
            *consents.given(store, terms, contract, caller, member.role, agreed, now, person=member.person),
            rows.note(store, contract, member.id, [event]),
            _tell_holder(store, contract, member, now),
            asked.remember(store, answer, now),
        ]
        store.commit(writes)
        return answer

    return settled(asked.first, store, decide)


def _let_in_checks(
    store: Store, own: Limits, caller: Caller, contract: Contract, which: Invitation, agreed: Any
) -> tuple[str, ...]:
    """What the terms of this day ask of somebody who comes in. Gives what they agreed to."""
    if caller.subject == contract.account:
        raise Refused("already_holder", own.rule)
    _check(store, own, contract, which.invited_by, which.email_hash, which)
    inside = {(one.email_hash, one.role) for one in members.members(store, contract.account, contract.id)}
    if (which.email_hash, which.role) in inside:
        raise Refused("already_member", own.rule)
    if which.inviter and (which.inviter, which.invited_by) not in inside:
        raise Refused("inviter_left", own.rule)
    missing = [name for name in own.consents if name not in agreed]
    if missing:
        raise Invalid("consents", "consent_needed", "agree_to", choices=", ".join(missing))
    return tuple(dict.fromkeys(agreed))


def _member_of(caller: Caller, which: Invitation, now: datetime) -> Member:
    return Member(
        which.contract,
        which.email_hash,
        which.person,
        instant_text(now),
        which.role,
        caller.subject,
        which.relation,
        which.by_marriage,
        which.devices,
    )


def _tell_holder(store: Store, contract: Contract, member: Member, now: datetime) -> Write:
    """The holder hears at once that somebody came in: should it be nobody they meant, they can let them out."""
    number = f"{contract.version}.{member.id}.{instant_text(now)}"
    notices = [["member_joined", japan_day(now).isoformat(), {"person": member.person}]]
    return outbox.entry(
        store, "notices", f"{contract.id}#{number}", now, {"contract": contract.id, "version": number, "notices": notices}
    )


# the mail


def letter(store: Store, entry: outbox.Entry) -> tuple[str, str, Mapping[str, Any]] | None:
    """Address, language and figures of an invitation's mail, with a token that was never stored; None when it is moot.

    The token's hash is stored before the mail leaves. Raises WriteRefused when somebody changed the invitation meanwhile.
    """
    body = entry.body
    contract = rows.load(store, body["contract"])
    before = members.invitation(store, contract.account, contract.id, body["invitation"]) if contract else None
    if contract is None or before is None or before.state != "open":
        return None
    if (instant_text(before.invited_at), before.sent) != (body["invited_at"], body["sent"]):
        return None
    secret = secrets.token_urlsafe(32)
    store.write(members.invitation_write(store, contract.account, before, invitations.mailed(before, secret)))
    token = invitations.token_of(before, secret)
    home = settings.current().public_url
    figures = {
        "token": token,
        "link": f"{home}/invitation#{token}" if home else "",  # behind the #: no server on the way gets to see it
        "until": japan_day(before.expires_at).isoformat(),
        "inviter": inviter_of(store, contract.id, before.language),
        "role": before.role,
    }
    return before.email, before.language, figures


def inviter_of(store: Store, contract_id: str, language: str) -> str:
    """Who invites, as the mail and the app name them."""
    profile = rows.load_profile(store, contract_id)
    named = profile.get("contact", {}).get("name") or profile.get("applicant", {}).get("name")
    return str(named or _SOMEBODY.get(language, _SOMEBODY["ja"]))
