"""What a family calls its home: 「母の家」. It lies with the people to tell, and is erased with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.flows.attempts import until_settled
from chalicelib.store import people
from chalicelib.store.transact import Store

Json = dict[str, Any]


def name(store: Store, contract: str, label: str) -> Json:
    """Names the home; an empty name takes it away. Naming it the same again writes nothing."""
    wanted = label.strip()

    def attempt(again: bool) -> Json:
        before = people.load(store, contract)
        if before.home != wanted:
            store.write(people.write(store, contract, before, replace(before, home=wanted)))
        return {"contract": contract, "label": wanted or None}

    return until_settled(attempt)


def name_of(store: Store, contract: str) -> str | None:
    """What the home is called; None where nobody named it."""
    return people.load(store, contract).home or None
