"""Who may set a linked system, by its link, the contract's state, the consents and the dealer who sold it. Pure.

Who may see it is each service's lines about looking (`members/limits.py`), held at every door.

`NotFound` is the answer to everybody for whom the system is not theirs to know of; `Refused` to those who may know of it and
lack a consent. Contractors of the provider act under `provider`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.contracts.consents import granted
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.errors import NotFound, Refused

Party = Literal["customer", "provider", "dealer", "maintainer"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about a system: as what, and, of a dealer, which; `sold_by` is the dealer who sold the system."""

    party: Party
    dealer: str = ""
    sold_by: str = ""

    @property
    def sold_it(self) -> bool:
        return bool(self.sold_by) and self.dealer == self.sold_by


def may_set(contract: Contract, terms: Terms, asking: Asking) -> None:
    """Settings: of a gateway that is linked now, on an active contract, by its customer or with a consent to settings.

    Raises NotFound where there is nothing to set (ORM-SET-3), Refused without the consent (ORM-MNT-2).
    """
    if contract.state != "active" or contract.linked_at is None:
        raise NotFound("device")
    if asking.party == "customer":
        return
    if asking.party == "dealer" and not asking.sold_it:
        raise NotFound("device")
    if not granted(contract, asking.party, "settings"):
        raise Refused("consent_not_given", str(terms.section("grants")["rule"]))
