"""Which role a caller has on a contract, and whether the service lets that role look now. One read, two for a member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.contracts.contract import Contract
from chalicelib.members import permissions
from chalicelib.members.roles import Caller
from chalicelib.store import contracts, members
from chalicelib.store.transact import Store

LOOKS = (".view", ".list")  # commands say themselves whether they are a use of the account


def acting_on(store: Store, caller: Caller, contract: str, action: str, clock: Callable[[], datetime]) -> Caller:
    """The caller in the role in which they may do `action`; of several, the longest held.

    Role `none` for a contract that does not exist as for one that is not theirs: the two must look the same. Raises Refused
    when the service lets nobody in that role look at the home's data now, NotFound when it is not theirs to know of.
    """
    row = store.get(store.contracts, contracts.snapshot_key(contract))
    if row is None:
        return caller.acting_as("none")
    if caller.operator:
        return caller.acting_as("operator")
    held = contracts.held(row).contract
    acting = _acting(store, caller, held, action)
    if acting.role == "contractor" and held.accessed_on is not None and action.endswith(LOOKS):
        from chalicelib.flows import accounts

        accounts.note_seen(store, held, acting, clock())
    if action in permissions.DATA and permissions.may(acting.role, action):
        from chalicelib.flows import members as limits  # who only asks for a bill needs no terms
        from chalicelib.flows import rules

        at = clock()
        own = limits.limits_of(rules.of(store, held.service), at)
        limits.check_look(own, acting.role, held, at)
        return replace(acting, since=limits.seen_since(own, acting.role, held))
    return acting


def _acting(store: Store, caller: Caller, contract: Contract, action: str) -> Caller:
    role = caller.on_contract(contract.account, formed=contract.formed_on is not None)
    if role != "none":
        return caller.acting_as(role)
    found = members.roles_of(store, contract.account, contract.id, caller.email, caller.subject)
    for one in sorted(found, key=lambda one: (not permissions.may(one.role, action), one.since)):
        also = tuple(other.role for other in found if other is not one)
        return replace(caller.acting_as(one.role, one.devices), also=also)
    return caller.acting_as("none")


def has_signed_out(store: Store, caller: Caller) -> bool:
    """Whether all sessions of the account were ended after this caller signed in."""
    return members.sessions_ended_at(store, caller.subject) >= caller.signed_in_at
