"""Who may see or set a linked system, by its link, the contract's state, the consents and the dealer who sold it. Pure.

`NotFound` is the answer to everybody for whom the system is not theirs to know of; `Refused` to those who may know of it and
lack a consent. Contractors of the provider act under `provider`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.contracts.consents import granted
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.errors import NotFound, Refused

Party = Literal["customer", "provider", "dealer", "maintainer"]
# What installation and maintenance need: all that a dealer sees of a system it sold (ORM-PRO-1).
FOR_MAINTENANCE = frozenset({"customer", "product", "state"})
KINDS = FOR_MAINTENANCE | {"history", "purposes"}
_LIVES = ("accepted", "active", "suspended")


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


def may_see(contract: Contract, asking: Asking, kind: str, measured_at: datetime | None = None) -> bool:
    """Whether data of a kind (KINDS), measured then, are for this party to see (ORM-MNT-1, ORM-PRO-1, ORM-PRO-2, ORM-ACC-6).

    The customer keeps reading what was measured before the gateway was unlinked (ORM-GWT-2); nobody reads after the end.
    """
    if contract.state not in _LIVES:
        return False
    if asking.party in ("customer", "provider"):
        return True
    if asking.party == "maintainer":
        return granted(contract, asking.party, "data")
    since_link = contract.linked_at is not None and (measured_at is None or measured_at >= contract.linked_at)
    return asking.sold_it and kind in FOR_MAINTENANCE and since_link


def stores(contract: Contract, received_at: datetime) -> bool:
    """Whether a gateway's message is stored for this account: only while it is linked to it (ORM-DAT-6)."""
    return contract.state in _LIVES and contract.linked_at is not None and received_at >= contract.linked_at


def tells_of_faults(contract: Contract) -> bool:
    """Faults are told for safety also while suspended; not after the end or the unlinking (ORM-MON-4)."""
    return contract.state in _LIVES and contract.linked_at is not None
