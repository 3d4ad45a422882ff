"""Accounts that stand under an address of their own: one living contract each, and nothing left behind when it ends.

The address row is taken and freed in the transaction of the contract it belongs to, so two applications at once cannot both
be accepted. What one transaction cannot erase (devices, history) leaves through the outbox (`flows/erasing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import Refused
from chalicelib.flows import rules
from chalicelib.flows.attempts import until_settled
from chalicelib.members.roles import Caller
from chalicelib.store import addresses, codec, members, outbox
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store, Write

GONE = ("ended", "refused")
AWAKE = ("accepted", "active")
SEEN = "be_seen"  # the step by which an account notes that its customer is there


def address_of(terms: Terms, caller: Caller, account: str, body: Mapping[str, Any]) -> str:
    """The print of the address that the account will be known by, where the terms ask for one of its own.

    The contact's address, else the verified one of who applies in their own name, else the account itself.
    """
    if not terms.section("application").get("unique_address"):
        return ""
    own = caller.email if account == caller.subject else ""
    return members.email_hash(body.get("contact", {}).get("email") or own or account)


def as_seen(contract: Contract, terms: Terms, caller: Caller, now: datetime) -> Decision:
    """The contract after its customer used the account: every authenticated call counts, where the terms ask (ORM-DOR-1)."""
    if caller.role != "contractor" or SEEN not in terms.commands or contract.state not in AWAKE:
        return Decision(contract)
    try:
        return engine.handle(contract, terms, Command(SEEN, now, {}, caller.role))
    except Refused:
        return Decision(contract)


def note_seen(store: Store, contract: Contract, caller: Caller, now: datetime) -> None:
    """Notes a look at the account, once a day."""
    if contract.accessed_on is None or contract.accessed_on >= japan_day(now):
        return

    def attempt(again: bool) -> None:
        found = rows.load(store, contract.id) if again else contract
        if found is None:
            return
        terms = rules.of(store, found.service)
        decision = as_seen(found, terms, caller, now)
        if decision.changed:
            due = rules.due(decision.contract, terms)
            rows.commit(store, found, decision, at=now, due=due, beside=farewell(store, terms, found, decision.contract, now))

    until_settled(attempt)


def move(
    store: Store, terms: Terms, contract: Contract, caller: Caller, body: Mapping[str, Any], now: datetime
) -> tuple[str, list[Write]]:
    """The address that the account is known by after a change, and the entries that move it.

    A new address counts once it is proved: when it is the verified one of who changes it (ORM-ACC-2). Raises Refused for
    one that another living account has.
    """
    wished = body.get("contact", {}).get("email")
    if not contract.address or not wished or not caller.email:
        return contract.address, []
    new = members.email_hash(wished)
    if new == contract.address or new != members.email_hash(caller.email) or contract.state in GONE:
        return contract.address, []
    taken, writes = claim(store, terms, new, contract.id, now)
    if taken:
        raise Refused("address_in_use", str(terms.section("application").get("rule", "")))
    return new, [*writes, addresses.let_go(store, terms.service, contract.address, contract.id)]


def claim(store: Store, terms: Terms, address: str, contract: str, now: datetime) -> tuple[bool, list[Write]]:
    """Whether a living contract has the address, and the entry that takes it for a new one."""
    if not address:
        return False, []
    before = addresses.holder(store, terms.service, address)
    found = rows.load(store, before) if before else None
    if found is not None and engine.advance(found, terms, now).contract.state not in GONE:
        return True, []
    return False, [addresses.take(store, terms.service, address, contract, before)]


def farewell(store: Store, terms: Terms, before: Contract | None, after: Contract, at: datetime) -> list[Write]:
    """What goes with the end of a contract: its devices are cut off, its address is free again, its data are to be erased.

    Its devices are those of the moment when the entry leaves: a claim holds that its contract is not over (ORM-END-2).
    """
    if before is None or before.state in GONE:
        return []
    if after.state not in GONE:
        if before.linked_at is None or after.linked_at is not None:
            return []
        gone = {"contract": after.id, "at": codec.instant_text(at)}
        return [outbox.entry(store, "release", f"{after.id}#release", at, gone)]
    over: dict[str, Any] = {"contract": after.id, "at": codec.instant_text(at)}
    writes = [outbox.entry(store, "cut_off", f"{after.id}#cut_off", at, over)]
    if before.address and addresses.holder(store, terms.service, before.address) == before.id:
        writes.append(addresses.let_go(store, terms.service, before.address, before.id))
    if terms.section("account").get("erased_with_end"):
        body = {"contract": after.id, "account": after.account, "version": before.version + 1, "at": codec.instant_text(at)}
        writes.append(outbox.entry(store, "erase", f"{after.id}#erase", at, body))
    return writes
