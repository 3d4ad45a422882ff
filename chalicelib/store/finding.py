"""Rows by which operators find a contract: prints of what its customer is known by, never the names themselves.

| partition                | item         | attributes                                                        |
| ------------------------ | ------------ | ------------------------------------------------------------------ |
| `find#<print>`           | contract     | found_by: `email`, `phone`, `name`                                  |
| `finding`                | `key`        | secret: what the prints are made with, made once by each deployment |

Logs of the store's calls name keys: a telephone number is soon guessed from a bare hash, so the prints take a secret. It
lies in the same table because whoever may read that reads the profiles too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from chalicelib.members import known_by
from chalicelib.members.known_by import Known
from chalicelib.store.transact import Row, S, Store, Write, WriteRefused, absent, delete, put

KEY: Row = {"contract": S("finding"), "item": S("key")}


def secret(store: Store, row: Row | None = None) -> bytes:
    """What the prints are made with; the first who asks makes it. `row` is the key's, where it was read already."""
    row = row or store.get(store.contracts, KEY)
    if row is None:
        with suppress(WriteRefused):  # another was first: theirs holds
            store.write(put(store.contracts, {**KEY, "secret": S(secrets.token_hex(32))}, absent("item")))
        row = store.get(store.contracts, KEY)
    assert row is not None
    return bytes.fromhex(row["secret"]["S"])


def writes(store: Store, key: Row | None, contract: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Write]:
    """A transaction's entries for a profile that changes: what it is known by from now on, and what no longer.

    `key` is the secret's row as it was read, None when it was not there.
    """
    old, new = known_by.of_profile(before), known_by.of_profile(after)
    if old == new:
        return []
    made_with = secret(store, key)
    gone = [delete(store.contracts, _key(made_with, known, contract)) for known in sorted(old - new)]
    rows = ({**_key(made_with, known, contract), "found_by": S(known[0])} for known in sorted(new - old))
    return [*gone, *(put(store.contracts, row) for row in rows)]


def erase(store: Store, contract: str, profile: Mapping[str, Any]) -> None:
    """Takes away every row of a contract whose profile is to be erased. Doing it twice changes nothing."""
    for write in writes(store, None, contract, profile, {}):
        store.write(write)


def page(store: Store, known: Known, *, after: str = "", limit: int = 50) -> tuple[list[str], bool]:
    """Contracts that are known by this, in the order of their ids, and whether there are more."""
    partition = _partition(secret(store), known)
    place = {"contract": S(partition), "item": S(after)} if after else None
    found = store.query(store.contracts, ("contract", partition), after=place, limit=limit)
    return [row["item"]["S"] for row in found.rows], found.after is not None


def _key(made_with: bytes, known: Known, contract: str) -> Row:
    return {"contract": S(_partition(made_with, known)), "item": S(contract)}


def _partition(made_with: bytes, known: Known) -> str:
    return "find#" + hmac.new(made_with, "\n".join(known).encode(), hashlib.sha256).hexdigest()[:40]
