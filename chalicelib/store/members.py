"""The accounts table: who may look at whose contracts, who is invited, what was agreed to, whose sessions have ended.

| item                                | attributes                                                                          |
| ----------------------------------- | ----------------------------------------------------------------------------------- |
| `member#<contract>#<hash>#<role>`   | email_hash, person, since, subject, relation …: somebody who accepted               |
| `invitation#<contract>#<role>-<…>`  | version, body; expires_at. The address is in it while it is open, then its hash      |
|                                     | email_hash while it is open                                                           |
| `allowed#<contract>#<hash>`         | an operator lets this address be invited in spite of its relation                   |
| `sessions`                          | at: tokens that are not younger are not believed any more                            |
| `profile`                           | what an account told about itself                                                    |

A row lies in the partition of the contract's holder (`sessions` and `profile`: of the account itself).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.members.invitations import Invitation
from chalicelib.members.roles import Role
from chalicelib.store import codec
from chalicelib.store.codec import dumps, instant_text, loads
from chalicelib.store.transact import Condition, N, Row, S, Store, Write, absent, check, delete, equals, present, put

SHUT = 9_999_999_999  # a second that no token is dated after
_AT, _SHUT = {"#at": "at"}, {":shut": N(SHUT)}
KEPT = timedelta(days=30)  # an invitation that is over is forgotten by then


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was let in to one contract, in one role. `person` is the name the holder chose for them.

    `subject` is the account that accepted: another account with the same address is another person.
    """

    contract: str
    email_hash: str
    person: str
    since: str
    role: Role = "family"
    subject: str = ""
    relation: str = ""
    by_marriage: bool = False
    devices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.role}-{self.email_hash[:24]}"


def email_hash(email: str) -> str:
    """The same for all ways to write an address. Not a secret: it only keeps addresses out of keys and logs."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest()[:40]


# members


def _key(owner: str, contract: str, hashed: str, role: Role) -> Row:
    return {"account": S(owner), "item": S(f"member#{contract}#{hashed}#{role}")}


def let_in(store: Store, owner: str, member: Member, *, instead: bool = False) -> Write:
    """A transaction's entry: this person may follow the contract. Refused when they are in already.

    `instead`: in place of another account that was let in by the same address, when it was theirs.
    """
    row = {
        **_key(owner, member.contract, member.email_hash, member.role),
        "email_hash": S(member.email_hash),
        "person": S(member.person),
        "since": S(member.since),
        "subject": S(member.subject),
        "about": S(dumps([member.relation, member.by_marriage, list(member.devices)])),
    }
    return put(store.accounts, row, None if instead else absent("item"))


def let_out(store: Store, owner: str, member: Member) -> Write:
    """A transaction's entry: they may no longer follow the contract. Refused when they are out already."""
    return delete(store.accounts, _key(owner, member.contract, member.email_hash, member.role), present("item"))


def still_in(store: Store, owner: str, contract: str, hashed: str, role: Role) -> Write:
    """A transaction's entry that writes nothing, and holds that somebody is a member."""
    return check(store.accounts, _key(owner, contract, hashed, role), present("item"))


def roles_of(store: Store, owner: str, contract: str, email: str, subject: str) -> list[Member]:
    """What one person is to one contract. Strongly consistent: who was let out just now is out."""
    if not email:
        return []
    starts = ("item", f"member#{contract}#{email_hash(email)}#")
    return [one for one in _members(store, owner, starts) if one.subject == subject]


def members(store: Store, owner: str, contract: str) -> list[Member]:
    """Everybody who may follow the contract, beside its holder, the longest first."""
    return sorted(_members(store, owner, ("item", f"member#{contract}#")), key=lambda one: (one.since, one.id))


def _members(store: Store, owner: str, starts: tuple[str, str]) -> list[Member]:
    return [_member(row) for row in store.query_all(store.accounts, ("account", owner), starts=starts)]


def _member(row: Row) -> Member:
    _, contract, hashed, role = row["item"]["S"].split("#")
    relation, by_marriage, devices = loads(row["about"]["S"])
    return Member(
        contract,
        hashed,
        row["person"]["S"],
        row["since"]["S"],
        role,
        row["subject"]["S"],
        relation,
        by_marriage,
        tuple(devices),
    )


def followed(store: Store, email: str, subject: str) -> dict[str, list[Role]]:
    """The contracts that this person was let in to, each with their roles there."""
    found: dict[str, list[Role]] = {}
    keys = store.query_all(store.accounts, ("email_hash", email_hash(email)), starts=("item", "member#"), index="by_email_hash")
    rows = store.get_many(store.accounts, [{"account": row["account"], "item": row["item"]} for row in keys])
    for one in sorted(map(_member, rows), key=lambda one: (one.since, one.contract, one.role)):
        if one.subject == subject:
            found.setdefault(one.contract, []).append(one.role)
    return found


def contracts_of(store: Store, email: str) -> dict[str, str]:
    """The contracts that an address may follow (`member`), or is invited to and has not answered (`invitation`)."""
    found: dict[str, str] = {}
    for row in store.query_all(store.accounts, ("email_hash", email_hash(email)), index="by_email_hash"):
        kind, contract, _ = row["item"]["S"].split("#", 2)
        if found.get(contract) != "member":
            found[contract] = kind
    return found


# invitations


def _invitation_key(owner: str, contract: str, id: str) -> Row:
    return {"account": S(owner), "item": S(f"invitation#{contract}#{id}")}


_WRITE, _READ = codec.coder_of(Invitation)


def invitation_write(store: Store, owner: str, before: Invitation | None, after: Invitation) -> Write:
    """A transaction's entry: the next version, held by the one that was read."""
    version = before.version + 1 if before else 1
    row = {
        **_invitation_key(owner, after.contract, after.id),
        "version": N(version),
        "body": S(dumps(_WRITE(replace(after, version=0)))),
        "expires_at": N(int((after.expires_at + KEPT).timestamp())),
        **({"email_hash": S(after.email_hash)} if after.state == "open" else {}),
    }
    held: Condition = equals("version", N(before.version)) if before else absent("item")
    return put(store.accounts, row, held)


def _invitation(row: Row) -> Invitation:
    found: Invitation = _READ(loads(row["body"]["S"]))
    return replace(found, version=int(row["version"]["N"]))


def invitation(store: Store, owner: str, contract: str, id: str) -> Invitation | None:
    row = store.get(store.accounts, _invitation_key(owner, contract, id))
    return _invitation(row) if row else None


def invitations(store: Store, owner: str, contract: str) -> list[Invitation]:
    """All that are remembered, the oldest first."""
    rows = store.query_all(store.accounts, ("account", owner), starts=("item", f"invitation#{contract}#"))
    return sorted(map(_invitation, rows), key=lambda one: (one.invited_at, one.id))


def erase(store: Store, owner: str, contract: str) -> None:
    """Takes away everybody who was let in, invited or allowed to one contract."""
    for kind in ("member", "invitation", "allowed"):
        for row in list(store.query_all(store.accounts, ("account", owner), starts=("item", f"{kind}#{contract}#"))):
            store.write(delete(store.accounts, {"account": row["account"], "item": row["item"]}))


# what an operator allows


def _allowed_key(owner: str, contract: str, hashed: str) -> Row:
    return {"account": S(owner), "item": S(f"allowed#{contract}#{hashed}")}


def allow(store: Store, owner: str, contract: str, hashed: str, now: datetime) -> Write:
    """A transaction's entry: this address may be invited in spite of its relation. Twice is once."""
    return put(store.accounts, {**_allowed_key(owner, contract, hashed), "since": S(instant_text(now))})


def is_allowed(store: Store, owner: str, contract: str, hashed: str) -> bool:
    return store.get(store.accounts, _allowed_key(owner, contract, hashed)) is not None


# sessions


def _sessions_key(account: str) -> Row:
    return {"account": S(account), "item": S("sessions")}


def end_sessions(store: Store, account: str, now: datetime) -> Write:
    """A transaction's entry: no token issued up to now is believed any more."""
    return put(store.accounts, {**_sessions_key(account), "at": N(int(now.timestamp()))})


def shut(store: Store, account: str, forget_at: datetime | None = None) -> Write:
    """A transaction's entry: no token of the account is ever believed again, nor does it apply for anything.

    `forget_at`: when the account is gone and its last token is void, so that nothing needs to be remembered.
    """
    row = {**_sessions_key(account), "at": N(SHUT)}
    return put(store.accounts, row | ({"expires_at": N(int(forget_at.timestamp()))} if forget_at else {}))


def not_shut(store: Store, account: str) -> Write:
    """A transaction's entry that writes nothing, and holds that the account is not on its way out."""
    return check(store.accounts, _sessions_key(account), Condition("attribute_not_exists(#at) OR #at < :shut", _AT, _SHUT))


def forget(store: Store, account: str) -> None:
    """Takes away everything in the account's own partition but its being shut."""
    for row in list(store.query_all(store.accounts, ("account", account))):
        if row["item"]["S"] != "sessions":
            store.write(delete(store.accounts, {"account": row["account"], "item": row["item"]}))


def sessions_ended_at(store: Store, account: str) -> int:
    """The second up to which all sessions have ended; 0 when none ever did."""
    row = store.get(store.accounts, _sessions_key(account))
    return int(row["at"]["N"]) if row else 0


# profiles


def profile(store: Store, account: str) -> dict[str, Any]:
    """What an account told about itself; empty when nothing."""
    row = store.get(store.accounts, {"account": S(account), "item": S("profile")})
    return dict(loads(row["body"]["S"])) if row else {}


def profile_write(store: Store, account: str, values: dict[str, Any]) -> Write:
    return put(store.accounts, {"account": S(account), "item": S("profile"), "body": S(dumps(values))})
