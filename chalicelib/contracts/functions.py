"""What a service shows and does: each of its functions, on which apps, for whom, and how far back it remembers.

The terms list them; here is only who has which. A function that needs something is not there until the contract has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.errors import Refused


def offered(contract: Contract, terms: Terms, client: str) -> tuple[str, ...]:
    """The functions that users of a contract have on one kind of app (`android`, `ios`, `web`), in the terms' order."""
    return tuple(f["name"] for f in _all(terms) if client in f["clients"] and _has(contract, terms, f))


def may_use(contract: Contract, terms: Terms, name: str, client: str) -> None:
    """Raises Refused for a function that the app does not have, or whose equipment is not there (LRH-MON-5)."""
    for function in _all(terms):
        if function["name"] == name:
            if client not in function["clients"]:
                raise Refused("not_with_this_app", function["rule"])
            if not _has(contract, terms, function):
                raise Refused("not_set_up", function["rule"])
            return
    raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))


def forgets(terms: Terms, name: str) -> bool:
    """Whether the service has the function and promises no past values of it, only those of now (LRH-MON-2, LRH-MON-3)."""
    return any(f["name"] == name and f.get("history") == [] for f in _all(terms))


def has(contract: Contract, terms: Terms, name: str) -> bool:
    """Whether a contract has the function, on whatever app; a service that lists none has every one (LRH-MON-6)."""
    listed = _all(terms)
    return not listed or not name or any(f["name"] == name and _has(contract, terms, f) for f in listed)


def apps_of(terms: Terms, name: str) -> tuple[str, ...]:
    """The kinds of app that have a function (LRH-MON-5); none where the terms list no such function."""
    return next((tuple(f["clients"]) for f in _all(terms) if f["name"] == name), ())


def rule_of(terms: Terms, name: str) -> str:
    """The rule under which a service has a function; '' where it lists none."""
    return next((str(f["rule"]) for f in _all(terms) if f["name"] == name), "")


def _all(terms: Terms) -> tuple[Mapping[str, Any], ...]:
    return tuple(terms.data.get("function", ()))


def _has(contract: Contract, terms: Terms, function: Mapping[str, Any]) -> bool:
    return _NEEDS[function["needs"]](contract, terms) if "needs" in function else True


_NEEDS: dict[str, Callable[[Contract, Terms], bool]] = {
    "installation": lambda contract, terms: contract.installed_on is not None,
    "own_meter": lambda contract, terms: any(sku in contract.owned for sku in terms.section("lent").get("meters", ())),
}
