"""An invitation, from the wish to the acceptance, as a value. Pure.

It is for one address and one role on one contract. Its mail holds a token; we hold the token's hash. Whoever accepts must
bring the token and be signed in with that address, once, in time. Sending it again makes the older mail void.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.errors import NotFound, Refused
from chalicelib.members.roles import Role

State = Literal["open", "accepted", "revoked"]
SENT_MAX = 5  # mails of one invitation: somebody who does not answer is not to be flooded
OPEN_MAX = 20  # of one contract at a time
TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([a-z0-9_-]{1,64})\.([A-Za-z0-9_-]{20,128})")


@dataclass(frozen=True, slots=True)
class Invitation:
    """`inviter` is the hash of the inviting member's address, empty for the holder and operators.

    `email` is kept while the invitation is open, to send it again, and then only its hash.
    """

    contract: str
    role: Role
    email_hash: str
    person: str
    invited_by: Role
    invited_at: datetime
    expires_at: datetime
    email: str = ""
    language: str = ""
    relation: str = ""
    by_marriage: bool = False
    devices: tuple[str, ...] = ()
    inviter: str = ""
    state: State = "open"
    sent: int = 1
    token_hash: str = ""
    void: tuple[str, ...] = ()  # hashes of older mails' tokens
    settled_at: datetime | None = None
    version: int = 0

    @property
    def id(self) -> str:
        """One invitation per address and role, so that two wishes at once meet in one row."""
        return id_of(self.email_hash, self.role)

    def is_open(self, now: datetime) -> bool:
        return self.state == "open" and now < self.expires_at

    def shown_state(self, now: datetime) -> str:
        return "expired" if self.state == "open" and now >= self.expires_at else self.state


def id_of(email_hash: str, role: Role) -> str:
    return f"{role}-{email_hash[:24]}"


def hash_of(secret: str) -> str:
    """Of a token that has 256 bits of chance in it, a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(invitation: Invitation, secret: str) -> str:
    return f"{invitation.contract}.{invitation.id}.{secret}"


def parts_of(token: str) -> tuple[str, str, str]:
    """Contract, invitation and secret. Raises NotFound for what is no token: nobody learns which part was wrong."""
    found = TOKEN.fullmatch(token)
    if found is None:
        raise NotFound("invitation")
    return found.group(1), found.group(2), found.group(3)


def mailed(invitation: Invitation, secret: str) -> Invitation:
    """Its mail is about to leave with this secret; what left before with another one is void."""
    void = (*invitation.void, invitation.token_hash) if invitation.token_hash else invitation.void
    return replace(invitation, token_hash=hash_of(secret), void=void[-2 * SENT_MAX :])


def again(invitation: Invitation, now: datetime, expires_at: datetime) -> Invitation:
    """Sent once more, and open for the whole time again. Raises Refused when it is settled, or was sent too often."""
    if invitation.state != "open":
        raise Refused(_SETTLED[invitation.state])
    if invitation.sent >= SENT_MAX:
        raise Refused("invitation_sent_too_often")
    void = (*invitation.void, invitation.token_hash) if invitation.token_hash else invitation.void
    return replace(invitation, sent=invitation.sent + 1, token_hash="", void=void, expires_at=expires_at)


def revoked(invitation: Invitation, now: datetime) -> Invitation:
    """Taken back. Raises Refused when it was accepted already; taking back twice changes nothing."""
    if invitation.state == "accepted":
        raise Refused(_SETTLED["accepted"])
    if invitation.state == "revoked":
        return invitation
    return replace(invitation, state="revoked", settled_at=now, email="", token_hash="", void=())


def accepted(invitation: Invitation, secret: str, email_hash: str, now: datetime) -> Invitation:
    """Accepted by whoever brings the secret and is signed in with the address.

    Raises NotFound for a wrong secret; Refused (and nothing is used up) when it is void, settled, late or for another address.
    """
    given, meant = hash_of(secret), email_hash == invitation.email_hash
    if invitation.state != "open":
        if not meant:  # its secrets are forgotten: whoever it was not for learns nothing
            raise NotFound("invitation")
        raise Refused(_SETTLED[invitation.state])
    if given in invitation.void:
        raise Refused("invitation_void")
    if given != invitation.token_hash:
        raise NotFound("invitation")
    if not meant:
        raise Refused("invitation_for_another_address")
    if now >= invitation.expires_at:
        raise Refused("invitation_expired")
    return replace(invitation, state="accepted", settled_at=now, email="", token_hash="", void=())


def valid_until(now: datetime, days: int) -> datetime:
    """The instant from which it is too late."""
    return now + timedelta(days=days)


_SETTLED = {"accepted": "invitation_used", "revoked": "invitation_revoked"}
