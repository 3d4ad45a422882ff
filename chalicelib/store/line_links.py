"""Who of LINE's users is told about which home, in the accounts table. Codes and users are there as hashes only.

| account            | item                  | attributes                                                          |
| ------------------ | --------------------- | ------------------------------------------------------------------- |
| `line-code#<hash>` | `code`                | contract, person, until; expires_at; `used_by` (a hash) once it was |
| `line#<hash>`      | `<contract>#<person>` | nothing more: it goes with the person, or when they unfollow         |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from . import codec
from .people import People
from .transact import Condition, N, Row, S, Store, Write, delete, put, update

_KEPT = timedelta(days=1)  # a used code, so that LINE's own repeats find what became of it


class Code(NamedTuple):
    """A code that somebody may send to our account, once."""

    contract: str
    person: str
    until: datetime
    used_by: str = ""


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _code_key(code: str) -> Row:
    return {"account": S(f"line-code#{hashed(code)}"), "item": S("code")}


def _link_key(user: str, contract: str, person: str) -> Row:
    return {"account": S(f"line#{hashed(user)}"), "item": S(f"{contract}#{person}")}


def write_code(store: Store, code: str, about: Code) -> Write:
    """The entry that keeps a code, as a hash."""
    row = {
        **_code_key(code),
        "contract": S(about.contract),
        "person": S(about.person),
        "until": S(codec.instant_text(about.until)),
        "expires_at": N(int((about.until + _KEPT).timestamp())),
    }
    return put(store.accounts, row)


def load_code(store: Store, code: str) -> Code | None:
    row = store.get(store.accounts, _code_key(code))
    if row is None:
        return None
    until = datetime.fromisoformat(row["until"]["S"])
    return Code(row["contract"]["S"], row["person"]["S"], until, row.get("used_by", {}).get("S", ""))


def use_code(store: Store, code: str, user: str) -> Write:
    """The entry that uses it up. Refused when somebody was faster."""
    fresh = Condition("attribute_exists(#item) AND attribute_not_exists(#used)", {"#item": "item", "#used": "used_by"})
    return update(store.accounts, _code_key(code), set_={"used_by": S(hashed(user))}, condition=fresh)


def link(store: Store, user: str, contract: str, person: str) -> Write:
    return put(store.accounts, _link_key(user, contract, person))


def unlink(store: Store, user: str, contract: str, person: str) -> Write:
    return delete(store.accounts, _link_key(user, contract, person))


def dropped(store: Store, contract: str, before: People, names: Iterable[str]) -> list[Write]:
    """The entries for people of whom nothing is kept any more."""
    users = {name: before.reach.get(name, {}).get("line") for name in names}
    return [unlink(store, user, contract, name) for name, user in users.items() if user]


def links(store: Store, user: str) -> list[tuple[str, str]]:
    """Contract and person of everything that this user is told."""
    rows = store.query_all(store.accounts, ("account", f"line#{hashed(user)}"))
    pairs = (row["item"]["S"].partition("#") for row in rows)
    return [(contract, person) for contract, _, person in pairs]
