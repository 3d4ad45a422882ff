"""The limits that one service sets on its people: who may invite whom, whom it counts as near enough, when users may look.

Every limit is a line of `[members]` in the service's terms and names its rule; how near a relation is stands in
`relations.toml`. What a role may do at all is `permissions.py`, which no service widens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.members import permissions
from chalicelib.members.roles import Role

RELATIONS = Path(__file__).parent / "relations.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """`[members]` of one service on one day.

    `value` gives the figure of a key; `otherwise` is the rule by which a service refuses what it does not provide.
    """

    rules: Mapping[str, Any]
    value: Callable[[str], Any]
    otherwise: str = ""

    def invite(self, role: Role) -> Mapping[str, Any] | None:
        """The terms' line about inviting somebody in that role."""
        return next((line for line in self.rules.get("invite", ()) if line["role"] == role), None)

    @property
    def rule(self) -> str:
        return str(self.rules.get("rule", self.otherwise))

    @property
    def valid_days(self) -> int:
        return int(self.value(self.rules["valid_days"]))

    @property
    def consents(self) -> tuple[str, ...]:
        """What an invited person agrees to when accepting."""
        return tuple(self.rules.get("consents", ()))


@lru_cache(maxsize=1)
def relations() -> Mapping[str, Any]:
    """Every relation that can be named: degree (if the law knows one) and its words in both languages."""
    return toml.read(RELATIONS)


def within(inviter: Role, invited: Role) -> bool:
    """Nobody gives more than they have: whatever the invited may do, the inviter may do too.

    >>> within("contractor", "family"), within("family", "payer"), within("family", "family")
    (True, False, True)
    """
    return invited not in ("operator", "contractor", "applicant", "none") and permissions.granted(
        invited
    ) <= permissions.granted(inviter)


def check_invitation(
    limits: Limits, inviter: Role, invited: Role, relation: str = "", *, by_marriage: bool = False, allowed: bool = False
) -> None:
    """Raises Refused when this service lets nobody in that way; Invalid for a relation that is missing or has no word.

    `allowed`: an operator allowed this address in spite of its relation. A service without the line lets nobody in.
    """
    line = limits.invite(invited)
    if line is None:
        raise Refused("not_provided", limits.rule)
    if inviter not in line["by"] or not within(inviter, invited):
        raise Refused("may_not_invite", str(line["rule"]))
    needed = line.get("relation")
    if needed is not None:
        _near_enough(limits, needed, relation, by_marriage, allowed)


def _near_enough(limits: Limits, needed: Mapping[str, Any], relation: str, by_marriage: bool, allowed: bool) -> None:
    known = relations()
    if not relation:
        raise Invalid("relation", "missing", "one_of", choices=", ".join(known))
    if relation not in known:
        raise Invalid("relation", "not_offered", "one_of", choices=", ".join(known))
    degree = known[relation].get("degree")
    near = degree is not None and degree <= limits.value(needed["degree"])
    if by_marriage and not needed.get("by_marriage", False):
        near = False
    if not near and not (allowed and needed.get("operator_may_allow", False)):
        raise Refused("relation_not_near_enough", str(needed["rule"]))


def check_look(
    limits: Limits,
    role: Role,
    *,
    state: str,
    formed_on: date | None,
    ends_on: date | None,
    consents: frozenset[str],
    day: date,
    linked: bool = False,
) -> None:
    """Raises Refused when somebody in that role may not look at the home's data on `day`.

    `consents` are the customer's consents in force, as `to:purpose`. `ends_on` is the last day on which one may look. Raises
    NotFound where nothing is `linked` and the role knows of a home by its link only.
    """
    for line in limits.rules.get("look", ()):
        if role not in line["roles"]:
            continue
        rule = str(line["rule"])
        if line.get("while") == "linked" and not linked:
            raise NotFound("contract")
        needed = line.get("consent")
        if needed is not None and needed not in consents:
            raise Refused("no_consent", rule)
        if line.get("from") == "formed" and (formed_on is None or day < formed_on):
            raise Refused("not_formed", rule)
        if line.get("until") == "end" and (state in ("ended", "refused") or (ends_on is not None and day > ends_on)):
            raise Refused("ended", rule)
        if state in line.get("not_in", ()):
            raise Refused("suspended", rule)


def sees_the_link_only(limits: Limits, role: Role) -> bool:
    """Whether that role sees nothing that was measured before the link that stands now (ORM-PRO-1)."""
    return any(role in line["roles"] and line.get("while") == "linked" for line in limits.rules.get("look", ()))
