"""Who is asking, as values. A role is always a role *on something*: the same person may own one contract and follow another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["operator", "contractor", "family", "none"]
ROLES: tuple[Role, ...] = ("operator", "contractor", "family")
OPERATORS_GROUP = "operators"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified token. `subject` is the account id; `email` is only set when the token says it is verified.

    `role` is the role on the contract that the request names (or, without a contract: operator or contractor).
    """

    subject: str
    email: str = ""
    operator: bool = False
    role: Role = "none"

    def on_contract(self, account: str, *, member: bool = False) -> Role:
        """The caller's role on a contract of `account`; `member` says whether its holder let this caller in.

        >>> Caller("s1").on_contract("s1")
        'contractor'
        >>> Caller("s2").on_contract("s1")
        'none'
        """
        if self.operator:
            return "operator"
        if account and account == self.subject:
            return "contractor"
        return "family" if member else "none"

    def acting_as(self, role: Role) -> Caller:
        """The same person, seen in one role."""
        return Caller(self.subject, self.email, self.operator, role)
