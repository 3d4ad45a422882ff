"""Which role a caller has on a contract. One read, two for somebody who is neither operator nor holder."""

from __future__ import annotations

from chalicelib.members.roles import Caller, Role
from chalicelib.store import contracts, members
from chalicelib.store.transact import Store


def role_on(store: Store, caller: Caller, contract: str) -> Role:
    """`none` for a contract that does not exist as for one that is not theirs: the two must look the same."""
    row = store.get(store.contracts, contracts.snapshot_key(contract))
    if row is None:
        return "none"
    owner = row["account"]["S"]
    role = caller.on_contract(owner)
    if role == "none" and caller.email:
        return caller.on_contract(owner, member=members.is_member(store, owner, contract, caller.email))
    return role
