"""Who gets a contract's notices: its contact always, and whoever pays in their place where money is concerned.

Which notices are about money stands in the service's terms (`[members.payer]`), not here. A notice that rests on a consent
is looked at again when it leaves: what was taken back since is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.contracts import terms
from chalicelib.contracts.consents import granted
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

ON_CONSENT = frozenset({"campaign"})  # notices for whose kind the terms name a consent
Letter = tuple[int, str, Mapping[str, str]]  # place of the notice, mark of the recipient, how to reach them


def letters(store: Store, contract: str, notices: Sequence[Sequence[Any]]) -> list[Letter]:
    """Every mail that the notices make, in their order; of one notice the contact's first."""
    profile = rows.load_profile(store, contract)
    contact, payer = profile.get("contact", {}), profile.get("payer_contact", {})
    told = _told_to_payer(store, contract) if payer.get("email") and not _same(payer, contact) else ()
    found: list[Letter] = []
    for place, (kind, *_) in enumerate(notices):
        if not _is_wanted(store, contract, kind):
            continue
        if contact.get("email"):
            found.append((place, "", contact))
        if kind in told:
            found.append((place, "#payer", payer))
    return found


def _is_wanted(store: Store, contract: str, kind: str) -> bool:
    """Whether the consent that a notice rests on is in force now; most rest on none (ORM-USE-2)."""
    if kind not in ON_CONSENT:
        return True
    held = rows.load(store, contract)
    if held is None:
        return False
    rule = terms.load(held.service).section("announcements").get(kind, {})
    return "purpose" in rule and granted(held, rule["to"], rule["purpose"])


def _told_to_payer(store: Store, contract: str) -> Sequence[str]:
    held = rows.load(store, contract)
    told: Sequence[str] = terms.load(held.service).section("members").get("payer", {}).get("told", ()) if held else ()
    return told


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return one["email"].strip().casefold() == other.get("email", "").strip().casefold()
