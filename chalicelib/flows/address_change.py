"""Another e-mail address for an account. The old one stays until the code came back from the new one.

The address is the pool's; but who was let in to other people's homes is known here by it, and people are told by it. So what
stands under the old address moves to the new one: through the outbox, home by home, each in one transaction.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.contracts.contract import Contract, Event
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import accounts, contracts, letters, passwords, profile
from chalicelib.flows.attempts import settled, until_settled
from chalicelib.gateways.pool import AddressKnown, Pool
from chalicelib.iot import house
from chalicelib.members.roles import Caller
from chalicelib.store import address_changes, members, outbox, people
from chalicelib.store import contracts as rows
from chalicelib.store.address_changes import AddressChange
from chalicelib.store.members import Member
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, Write

ONCE_MORE = timedelta(minutes=15)  # for a home that the index did not know yet


def ask(store: Store, now: datetime, pool: Pool, account: str, email: str, password: str, language: str) -> None:
    """Sends a code to the new address; an earlier code is void. Raises Invalid, and Refused after several on one day."""
    known, tokens = passwords.proved(pool, account, password)
    pool.revoke(tokens.refresh)
    if members.email_hash(email) == members.email_hash(known.email):
        raise Invalid("email", "address_same", "give_another_address")
    minutes = house.value("account_code_minutes", japan_day(now))

    def attempt(again: bool) -> None:
        code = f"{secrets.randbelow(1_000_000):06d}"
        before = address_changes.load(store, account)
        fresh = AddressChange(account, known.email, email.strip(), _print(email, code), now + timedelta(minutes=minutes))
        figures = {"code": code, "minutes": minutes}
        mail = letters.write(store, now, "address_code", email, language, figures, of=account)
        store.commit([address_changes.write(store, before, fresh), *mail])

    until_settled(attempt)


def confirm(store: Store, now: datetime, pool: Pool, account: str, code: str) -> None:
    """The code came back: the address is the new one. Coming back twice changes nothing more.

    Raises Refused without an open code or for an address that somebody else has, Invalid for another code.
    """

    def attempt(again: bool) -> None:
        open_ = address_changes.load(store, account)
        most = house.value("account_code_tries", japan_day(now))
        if open_ is None or open_.until <= now or open_.wrong >= most:
            raise Refused("no_open_code")
        if not secrets.compare_digest(_print(open_.after, code), open_.code):
            store.write(address_changes.write(store, open_, replace(open_, wrong=open_.wrong + 1)))
            raise Invalid("code", "wrong_code", "look_at_the_code")
        if not open_.done:
            _take(pool, open_)
            _settle(store, now, open_)

    until_settled(attempt)


def _take(pool: Pool, open_: AddressChange) -> None:
    """Gives the account its new address in the pool. A sign-up with it that nobody confirmed gives way to who proved it."""
    other = pool.find(open_.after)
    if other is not None and other.account != open_.account and not other.confirmed:
        pool.remove(other.account)
        other = None
    try:
        if other is not None and other.account != open_.account:
            raise AddressKnown
        pool.set_address(open_.account, open_.after)
    except AddressKnown:
        raise Refused("address_in_use") from None


def _settle(store: Store, now: datetime, open_: AddressChange) -> None:
    """What follows, in one transaction: everything moves, now and once more; the old address hears of it."""
    body = {"account": open_.account, "before": open_.before, "after": open_.after}
    cause = f"{open_.account}#address#{open_.version}"
    language = members.profile(store, open_.account).get("language", "ja")
    store.commit(
        [
            address_changes.write(store, open_, replace(open_, done=True)),
            outbox.entry(store, "address_moved", cause, now, body),
            outbox.entry(store, "address_moved", cause, now + ONCE_MORE, body, later=True),
            letters.entry(store, now, "address_changed", open_.before, language, {}, f"{cause}#letter"),
        ]
    )


def heal(store: Store, now: datetime, caller: Caller) -> None:
    """Settles a change of which the pool knows already and we do not: a crash came between the two."""
    open_ = address_changes.load(store, caller.subject) if caller.email else None
    if open_ is not None and not open_.done and members.email_hash(open_.after) == members.email_hash(caller.email):
        settled(_settle_if_open, store, now, caller.subject)


def _settle_if_open(store: Store, now: datetime, account: str) -> None:
    open_ = address_changes.load(store, account)
    if open_ is not None and not open_.done:
        _settle(store, now, open_)


# what stands under the old address


def move(store: Store, entry: Entry, now: datetime) -> None:
    """Moves everything to the new address, home by home. Doing it twice finds nothing left."""
    account, before, after = entry.body["account"], entry.body["before"], entry.body["after"]
    for contract in members.followed(store, before, account):
        settled(_move_in, store, now, contract, account, before, after)
    for contract in profile.contracts_of(store, account):
        settled(_move_people, store, contract, before, after)
        _move_contact(store, now, contract, account, before, after)


def _move_in(store: Store, now: datetime, contract_id: str, account: str, before: str, after: str) -> None:
    contract = rows.load(store, contract_id)
    old, new = members.email_hash(before), members.email_hash(after)
    if contract is None:
        return
    inside = members.members(store, contract.account, contract_id)
    mine = [one for one in inside if (one.email_hash, one.subject) == (old, account)]
    if not mine:
        return
    writes: list[Write] = []
    for one in mine:
        moved = replace(one, email_hash=new)
        writes.append(members.let_out(store, contract.account, one))
        writes.append(members.let_in(store, contract.account, moved, instead=moved.id in {other.id for other in inside}))
    writes += _invitations(store, contract, old, new)
    known = people.load(store, contract_id)
    told = _with_address(known, before, after)
    same = told is known
    writes.append(people.unchanged(store, contract_id, known) if same else people.write(store, contract_id, known, told))
    store.commit([*writes, _noted(store, now, contract, mine, new)])


def _noted(store: Store, now: datetime, contract: Contract, mine: list[Member], new: str) -> Write:
    facts = [
        Event("member_moved", now, one.role, {"role": one.role, "member": one.id, "now": replace(one, email_hash=new).id})
        for one in mine
    ]
    return rows.note(store, contract, mine[0].id, facts)


def _invitations(store: Store, contract: Contract, old: str, new: str) -> Iterator[Write]:
    """What they sent themselves stays theirs."""
    for one in members.invitations(store, contract.account, contract.id):
        if one.inviter == old:
            yield members.invitation_write(store, contract.account, one, replace(one, inviter=new))


def _with_address(known: people.People, before: str, after: str) -> people.People:
    moved = known
    for name, how in known.reach.items():
        if how.get("email") and members.email_hash(how["email"]) == members.email_hash(before):
            moved = people.reached(moved, name, email=after)
    return moved


def _move_people(store: Store, contract: str, before: str, after: str) -> None:
    known = people.load(store, contract)
    told = _with_address(known, before, after)
    if told is not known:
        store.write(people.write(store, contract, known, told))


def _move_contact(store: Store, now: datetime, contract_id: str, account: str, before: str, after: str) -> None:
    """Notices of one's own contracts that went to the old address go to the new one, where the terms let it be."""
    held, contact = rows.load(store, contract_id), rows.load_profile(store, contract_id).get("contact", {})
    if held is None or held.state in accounts.GONE or not contact.get("email"):
        return
    if members.email_hash(contact["email"]) != members.email_hash(before):
        return
    owner = Caller(account, after, role="contractor" if held.formed_on else "applicant")
    try:
        contracts.change_details(store, now, owner, contract_id, {"contact": {"email": after}}, held.version)
    except Refused:  # the address belongs to another account of that service: its contact stays as it is
        return


def _print(email: str, code: str) -> str:
    return hashlib.sha256(f"{members.email_hash(email)}#{code}".encode()).hexdigest()
