"""Who is asking, as values. A role is always a role *on something*: the same person may own one contract and follow another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal[
    "operator", "contractor", "applicant", "payer", "watched", "family", "care_manager", "dealer", "maintainer", "none"
]
ROLES: tuple[Role, ...] = (
    "operator",
    "contractor",  # holds a contract that is formed
    "applicant",  # applied, and nothing is formed yet
    "payer",  # pays for somebody else: sees bills, no data
    "watched",  # lives at the site
    "family",  # invited: a relative, or whom an operator allowed
    "care_manager",  # invited: in charge of the watched person's care
    "dealer",  # sold the equipment
    "maintainer",  # the firm that the customer asked for maintenance
)
INVITED: tuple[Role, ...] = ("payer", "watched", "family", "care_manager", "dealer", "maintainer")
OPERATORS_GROUP = "operators"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified token. `subject` is the account id; `email` is only set when the token says it is verified.

    `role` is the role on the contract that the request names (or, without a contract: operator or contractor).
    `signed_in_at` is the second in which they gave their password; `devices` are all that a dealer may look at (empty: no
    such limit), `since` is when what they may see of them began (None: no such limit). `also` are further roles that they
    have on the contract; each request is made in one.
    """

    subject: str
    email: str = ""
    operator: bool = False
    role: Role = "none"
    signed_in_at: int = 0
    devices: tuple[str, ...] = ()
    client: str = "web"  # the kind of app that the token was made for
    since: datetime | None = None
    also: tuple[Role, ...] = ()

    def on_contract(self, account: str, *, formed: bool = True, member: Role = "none") -> Role:
        """The caller's role on a contract of `account`; `member` is the role in which its holder let this caller in.

        >>> Caller("s1").on_contract("s1"), Caller("s1").on_contract("s1", formed=False)
        ('contractor', 'applicant')
        >>> Caller("s2").on_contract("s1"), Caller("s2").on_contract("s1", member="family")
        ('none', 'family')
        """
        if self.operator:
            return "operator"
        if account and account == self.subject:
            return "contractor" if formed else "applicant"
        return member

    def acting_as(self, role: Role, devices: tuple[str, ...] = ()) -> Caller:
        """The same person, seen in one role."""
        return Caller(self.subject, self.email, self.operator, role, self.signed_in_at, devices, self.client)
