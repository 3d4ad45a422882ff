"""What the holder of a contract told about themselves, read for their own eyes and for operators."""

from __future__ import annotations

from typing import Any

from chalicelib.store import contracts
from chalicelib.store.transact import Store

SHOWN = ("applicant", "site", "contact", "payer_contact")


def shown(store: Store, contract: str) -> dict[str, Any]:
    """`applicant`, `site` and `contact` as far as they were given. Personal: never into a log or a list."""
    profile = contracts.load_profile(store, contract)
    return {name: profile[name] for name in SHOWN if profile.get(name)}
