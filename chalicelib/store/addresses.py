"""Addresses under which a service knows its accounts: one row per service and address, held by one contract at a time.

`address#<service>#<print>` / `holder`: the contract. The address itself is nowhere here, only its print.
"""

from __future__ import annotations

from chalicelib.store.contracts import item_key
from chalicelib.store.transact import Row, S, Store, Write, absent, delete, equals, put


def _key(service: str, address: str) -> Row:
    return item_key(f"address#{service}#{address}", "holder")


def holder(store: Store, service: str, address: str) -> str:
    """The contract that last registered under the address and has not let go of it; '' for none."""
    row = store.get(store.contracts, _key(service, address))
    return row["holder"]["S"] if row else ""


def take(store: Store, service: str, address: str, contract: str, before: str) -> Write:
    """The transaction's entry that gives the address to a contract; refused when it is no longer `before`'s ('' nobody's)."""
    row = {**_key(service, address), "holder": S(contract)}
    return put(store.contracts, row, equals("holder", S(before)) if before else absent("contract"))


def let_go(store: Store, service: str, address: str, contract: str) -> Write:
    """The transaction's entry that frees the address; refused when another contract has it."""
    return delete(store.contracts, _key(service, address), equals("holder", S(contract)))
