"""What an account is beside its contracts: its language, and how many contracts it holds."""

from __future__ import annotations

from typing import Any

from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store import members
from chalicelib.store.transact import Store

Json = dict[str, Any]


def of(store: Store, caller: Caller, otherwise: str) -> Json:
    """Who is signed in. `otherwise`: the language of somebody who never chose one."""
    known = members.profile(store, caller.subject)
    return {
        "account": caller.subject,
        "email": caller.email,
        "language": known.get("language", otherwise),
        "roles": ["operator"] if caller.operator else [],
    }


def speak(store: Store, account: str, language: str) -> None:
    """The language in which somebody reads from now on, wherever nothing else was said."""
    store.write(members.profile_write(store, account, {**members.profile(store, account), "language": language}))


def shown(store: Store, caller: Caller, otherwise: str) -> Json:
    """Who is signed in, with the number of contracts that they hold themselves."""
    return {**of(store, caller, otherwise), "contracts": len(contracts_of(store, caller.subject))}


def contracts_of(store: Store, account: str) -> list[str]:
    """The ids of all contracts of an account, living or over, the latest first. An index tells it, a moment late."""
    found: list[str] = []
    page = rows.of_account(store, account)
    while True:
        found += [row["contract"]["S"] for row in page.rows]
        if page.after is None:
            return found
        page = rows.of_account(store, account, after=page.after)
