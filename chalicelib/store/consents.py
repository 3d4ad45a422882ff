"""What was said about consents on one contract: rows that are written once, in the contract's partition.

| item                           | attributes                              |
| ------------------------------ | --------------------------------------- |
| `consent#<instant>#<n>#<hash>` | body: what was said in one step         |
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from . import codec
from .codec import instant_text
from .transact import S, Store, Write, delete, put


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody agreed, or took it back: to what, under which edition of the terms, when, in which role."""

    kind: Literal["given", "withdrawn"]
    name: str  # a consent's name, or a purpose
    edition: str
    at: datetime
    by: str
    subject: str  # the account of whoever said it
    to: str = ""  # whom it serves, where that is said
    person: str = ""  # the name that the holder chose for a member


ORDER = {"given": 0, "withdrawn": 1}  # of one instant: what is taken back was given before
_WRITE, _READ = codec.coder_of(Said)


def write(store: Store, contract: str, said: Sequence[Said]) -> Write:
    """A transaction's entry for what was said in one step (one instant, one account)."""
    first = said[0]
    mark = hashlib.sha256(f"{first.subject} {first.kind} {first.name} {first.to}".encode()).hexdigest()[:16]
    row = {"contract": S(contract), "item": S(f"consent#{instant_text(first.at)}#{ORDER[first.kind]}#{mark}")}
    return put(store.contracts, {**row, "body": S(codec.dumps([_WRITE(one) for one in said]))})


def load(store: Store, contract: str) -> list[Said]:
    """Everything that was said, oldest first."""
    found = store.query_all(store.contracts, ("contract", contract), starts=("item", "consent#"))
    return [_READ(code) for row in found for code in codec.loads(row["body"]["S"])]


def erase(store: Store, contract: str) -> None:
    """Takes all of it away, for a service that promises so at the end of an account."""
    for row in list(store.query_all(store.contracts, ("contract", contract), starts=("item", "consent#"))):
        store.write(delete(store.contracts, {"contract": row["contract"], "item": row["item"]}))


__all__ = ["Said", "erase", "instant_text", "load", "write"]
