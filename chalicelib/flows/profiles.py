"""What the holder of a contract told about themselves, read for their own eyes and for operators."""

from __future__ import annotations

from typing import Any

from chalicelib.errors import NotFound
from chalicelib.store import contracts
from chalicelib.store.transact import Store

SHOWN = ("applicant", "site", "contact", "payer_contact")


def shown(store: Store, contract: str) -> dict[str, Any]:
    """`applicant`, `site` and `contact` as far as they were given. Personal: never into a log or a list."""
    profile = contracts.load_profile(store, contract)
    return {name: profile[name] for name in SHOWN if profile.get(name)}


def handout(store: Store, contract_id: str, to: str) -> dict[str, Any]:
    """The data that the terms let somebody have who works for the provider (an installer, the payment agent).

    Raises NotFound for a contract that is not there, and for anybody to whom the terms hand nothing.
    """
    from chalicelib.contracts import terms  # who only looks at a contract needs none

    contract = contracts.load(store, contract_id)
    rule = terms.load(contract.service).section("handouts").get(to) if contract is not None else None
    if rule is None:
        raise NotFound("handout")
    profile = contracts.load_profile(store, contract_id)
    data: dict[str, dict[str, Any]] = {}
    for field in rule["fields"]:
        group, name = field.split(".")
        if name in profile.get(group, {}):
            data.setdefault(group, {})[name] = profile[group][name]
    return {"to": to, "rule": rule["rule"], "data": data}
