"""A change of an account's address that is under way: one row of the accounts table, `address_change`, which expires."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from chalicelib.store.codec import dumps, loads
from chalicelib.store.transact import Condition, N, Row, S, Store, Write, absent, equals, put


@dataclass(frozen=True, slots=True)
class AddressChange:
    """`code` is the hash of what was mailed to `after`. `done`: the code came back, and the address is the new one."""

    account: str
    before: str
    after: str
    code: str
    until: datetime
    wrong: int = 0
    done: bool = False
    version: int = 0


def _key(account: str) -> Row:
    return {"account": S(account), "item": S("address_change")}


def load(store: Store, account: str) -> AddressChange | None:
    """The change that is under way, or was a moment ago."""
    row = store.get(store.accounts, _key(account))
    if row is None:
        return None
    body = loads(row["body"]["S"])
    return AddressChange(**{**body, "until": datetime.fromisoformat(body["until"]), "version": int(row["version"]["N"])})


def write(store: Store, before: AddressChange | None, after: AddressChange) -> Write:
    """A transaction's entry: the next version, held by the one that was read."""
    version = before.version + 1 if before else 1
    body = asdict(replace(after, version=0)) | {"until": after.until.isoformat()}
    row = {**_key(after.account), "version": N(version), "body": S(dumps(body)), "expires_at": N(int(after.until.timestamp()))}
    held: Condition = equals("version", N(before.version)) if before else absent("item")
    return put(store.accounts, row, held)
