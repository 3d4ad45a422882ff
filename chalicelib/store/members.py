"""The accounts table: who may look at whose contracts. An e-mail address is stored as its hash, except in a profile.

A contract's holder lets somebody in by e-mail address; whoever signs in with that verified address is let in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.store.codec import dumps, instant_text, loads
from chalicelib.store.transact import Row, S, Store, Write, delete, put


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was let in to one contract. `person` is the name the holder chose for them in the list of people."""

    contract: str
    email_hash: str
    person: str
    since: str


def email_hash(email: str) -> str:
    """The same for all ways to write an address. Not a secret: it only keeps addresses out of keys and logs."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest()[:40]


def _key(owner: str, contract: str, hashed: str) -> Row:
    return {"account": S(owner), "item": S(f"member#{contract}#{hashed}")}


def let_in(store: Store, owner: str, contract: str, email: str, person: str, now: datetime) -> Write:
    """A transaction's entry (or one for `store.write`): this address may follow the contract. Twice is once."""
    hashed = email_hash(email)
    row = {
        **_key(owner, contract, hashed),
        "email_hash": S(hashed),
        "person": S(person),
        "since": S(instant_text(now)),
    }
    return put(store.accounts, row)


def let_out(store: Store, owner: str, contract: str, hashed: str) -> Write:
    """A transaction's entry: this address may no longer follow the contract."""
    return delete(store.accounts, _key(owner, contract, hashed))


def is_member(store: Store, owner: str, contract: str, email: str) -> bool:
    """Strongly consistent: who was let out just now is out."""
    return bool(email) and store.get(store.accounts, _key(owner, contract, email_hash(email))) is not None


def members(store: Store, owner: str, contract: str) -> list[Member]:
    """Everybody who may follow the contract, beside its holder."""
    rows = store.query_all(store.accounts, ("account", owner), starts=("item", f"member#{contract}#"))
    return [
        Member(contract, row["email_hash"]["S"], row["person"]["S"], row["since"]["S"]) for row in rows if "email_hash" in row
    ]


def contracts_followed(store: Store, email: str) -> list[str]:
    """Ids of the contracts that this address was let in to."""
    rows = store.query_all(store.accounts, ("email_hash", email_hash(email)), starts=("item", "member#"), index="by_email_hash")
    return [row["item"]["S"].split("#")[1] for row in rows]


def profile(store: Store, account: str) -> dict[str, Any]:
    """What an account told about itself; empty when nothing."""
    row = store.get(store.accounts, {"account": S(account), "item": S("profile")})
    return dict(loads(row["body"]["S"])) if row else {}


def profile_write(store: Store, account: str, values: dict[str, Any]) -> Write:
    return put(store.accounts, {"account": S(account), "item": S("profile"), "body": S(dumps(values))})
