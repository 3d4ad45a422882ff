"""People of a contract: who may follow it, how they come in, and how they go.

Nobody comes in but by an invitation (`inviting.py`). Whoever goes, goes at once and wholly: the door, the mails about alerts,
and the invitations that they sent themselves, in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.contracts.contract import Contract, Event
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound, Refused
from chalicelib.flows import called, rules
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import settled, until_settled
from chalicelib.members import invitations, limits, permissions
from chalicelib.members.limits import Limits
from chalicelib.members.roles import Caller, Role
from chalicelib.store import contracts as rows
from chalicelib.store import line_links, members, people
from chalicelib.store.members import Member
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
HOLDER = "holder"  # the id under which the contract's holder stands in the list


def limits_of(terms: Terms, now: datetime) -> Limits:
    """What the service says about its people, with the figures of today."""
    day = japan_day(now)
    otherwise = str(terms.section("not_provided").get("rule", ""))
    return Limits(terms.section("members"), lambda key: terms.value(key, day), otherwise)


def contract_of(store: Store, contract: str) -> Contract:
    found = rows.load(store, contract)
    if found is None:
        raise NotFound("contract")
    return found


def consents_of(contract: Contract) -> frozenset[str]:
    """The customer's consents in force, as the limits name them: `maintainer:data`."""
    return frozenset(f"{grant.to}:{grant.purpose}" for grant in contract.grants)


def may_look(limits_: Limits, role: Role, contract: Contract, now: datetime) -> bool:
    """Whether somebody in that role may look at the home's data now."""
    if not permissions.DATA & permissions.granted(role):
        return False
    try:
        check_look(limits_, role, contract, now)
    except (NotFound, Refused):
        return False
    return True


def check_look(limits_: Limits, role: Role, contract: Contract, now: datetime) -> None:
    """Raises Refused when the service lets nobody in that role look now, NotFound when it is not theirs to know of."""
    limits.check_look(
        limits_,
        role,
        state=contract.state,
        formed_on=contract.formed_on,
        ends_on=contract.ends_on,
        consents=consents_of(contract),
        day=japan_day(now),
        linked=contract.linked_at is not None,
    )


def seen_since(limits_: Limits, role: Role, contract: Contract) -> datetime | None:
    """From when on what a home's devices measured is that role's to see; None: whatever is shown of it."""
    return contract.linked_at if limits.sees_the_link_only(limits_, role) else None


def listing(store: Store, now: datetime, contract_id: str) -> Json:
    """Who can see this contract, its holder first, and whether they may look at the home's data today. No addresses."""
    contract = contract_of(store, contract_id)
    own = limits_of(rules.of(store, contract.service), now)
    role: Role = "contractor" if contract.formed_on else "applicant"
    since = contract.formed_on.isoformat() if contract.formed_on else None
    shown = [{"member": HOLDER, "role": role, "since": since, "sees_data": may_look(own, role, contract, now)}]
    for one in members.members(store, contract.account, contract_id):
        shown.append({**member_json(one), "sees_data": may_look(own, one.role, contract, now)})
    return {"items": shown}


def member_json(one: Member) -> Json:
    """A member as others see them: the name that was chosen for them, never their address."""
    shown: Json = {"member": one.id, "person": one.person, "role": one.role, "since": one.since}
    shown |= {"called": called.both(one.person)} if one.person else {}
    if one.relation:
        shown |= {"relation": one.relation, "by_marriage": one.by_marriage}
    return shown | ({"devices": list(one.devices)} if one.devices else {})


def leave(store: Store, now: datetime, caller: Caller, asked: Asked) -> None:
    """Somebody who was let in goes by themselves, with all their roles. Raises NotFound for somebody who is no member."""

    def decide() -> Json:
        contract = contract_of(store, asked.contract)
        inside = members.members(store, contract.account, contract.id)
        gone = [one for one in inside if _is(one, caller)]
        if not gone:
            raise NotFound("member")
        writes = going(store, now, contract, inside, gone, "member_left", caller.role)
        store.commit([*writes, asked.remember(store, {}, now)])
        return {}

    settled(asked.first, store, decide)


def remove(store: Store, now: datetime, caller: Caller, contract_id: str, member: str) -> None:
    """The holder lets somebody out, at once (LRH-MEM-6). Raises NotFound for somebody who is no member."""

    def attempt(again: bool) -> None:
        contract = contract_of(store, contract_id)
        inside = members.members(store, contract.account, contract_id)
        gone = [one for one in inside if one.id == member]
        if not gone:
            if again:
                return
            raise NotFound("member")
        store.commit(going(store, now, contract, inside, gone, "member_removed", caller.role))

    until_settled(attempt)


def _is(one: Member, caller: Caller) -> bool:
    return bool(caller.email) and (one.email_hash, one.subject) == (members.email_hash(caller.email), caller.subject)


def going(
    store: Store, now: datetime, contract: Contract, inside: list[Member], gone: list[Member], event: str, by: Role
) -> list[Write]:
    """All that belongs to somebody's going: door, own invitations, alert mails, the audit log. `inside`: everybody."""
    writes = [members.let_out(store, contract.account, one) for one in gone]
    hashes = {one.email_hash for one in gone}
    sent = [one for one in members.invitations(store, contract.account, contract.id) if one.inviter in hashes]
    for one in sent:
        if one.state == "open" and one.invited_by in {m.role for m in gone if m.email_hash == one.inviter}:
            writes.append(members.invitation_write(store, contract.account, one, invitations.revoked(one, now)))
    staying = {one.email_hash for one in inside if one not in gone}
    writes += _untold(store, contract.id, hashes - staying)
    facts = [Event(event, now, by, {"role": one.role, "member": one.id}) for one in gone]
    return [*writes, rows.note(store, contract, gone[0].id, facts)]


def _untold(store: Store, contract: str, hashes: set[str]) -> list[Write]:
    """Takes their addresses off the list of whom to tell, out of the steps too."""
    before = people.load(store, contract)
    names = {name for name, how in before.reach.items() if how.get("email") and members.email_hash(how["email"]) in hashes}
    if not names:
        return [people.unchanged(store, contract, before)]
    gone = people.write(store, contract, before, people.without(before, names))
    return [gone, *line_links.dropped(store, contract, before, names)]
