"""Who gets a contract's notices: its contact always, and whoever pays in their place where money is concerned.

Which notices are about money stands in the service's terms (`[members.payer]`), not here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.contracts import terms
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Letter = tuple[int, str, Mapping[str, str]]  # place of the notice, mark of the recipient, how to reach them


def letters(store: Store, contract: str, notices: Sequence[Sequence[Any]]) -> list[Letter]:
    """Every mail that the notices make, in their order; of one notice the contact's first."""
    profile = rows.load_profile(store, contract)
    contact, payer = profile.get("contact", {}), profile.get("payer_contact", {})
    told = _told_to_payer(store, contract) if payer.get("email") and not _same(payer, contact) else ()
    found: list[Letter] = []
    for place, (kind, *_) in enumerate(notices):
        if contact.get("email"):
            found.append((place, "", contact))
        if kind in told:
            found.append((place, "#payer", payer))
    return found


def _told_to_payer(store: Store, contract: str) -> Sequence[str]:
    held = rows.load(store, contract)
    told: Sequence[str] = terms.load(held.service).section("members").get("payer", {}).get("told", ()) if held else ()
    return told


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return one["email"].strip().casefold() == other.get("email", "").strip().casefold()
