"""A decision that asks something of other contracts: they are decided with it, and all of it is one transaction."""

from __future__ import annotations

from datetime import datetime

from chalicelib.billing import engine
from chalicelib.contracts.contract import Contract, Decision, Order
from chalicelib.contracts.terms import Terms
from chalicelib.errors import Refused
from chalicelib.flows import accounts, rules
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store, Write


def beside(
    store: Store,
    terms: Terms,
    before: Contract | None,
    decision: Decision,
    at: datetime,
    looked_at: Contract | None = None,
) -> list[Write]:
    """All that is stored in one transaction with a decision: what ends with it, and what it orders on other contracts.

    `looked_at` is another contract that the decision rests on, as it was read then: if it is ordered something, it must
    not have changed since. Raises Refused when a contract may not do what it is ordered.
    """
    writes = accounts.farewell(store, terms, before, decision.contract, at)
    for other, decided in _decided(store, terms, decision, looked_at):
        writes += rows.writes_of(store, other.version, decided, at=at, due=rules.due(decided.contract, terms))
        writes += accounts.farewell(store, terms, other, decided.contract, at)
    return writes


def _decided(store: Store, terms: Terms, decision: Decision, looked_at: Contract | None) -> list[tuple[Contract, Decision]]:
    """Every other contract that is touched: as it was stored, and all that is decided on it. Orders of orders included."""
    found: dict[str, tuple[Contract, Decision]] = {}
    waiting: list[Order] = list(decision.orders)
    while waiting:
        order = waiting.pop(0)
        if order.contract == decision.contract.id:
            raise Refused("same_contract", "")
        before, so_far = found.get(order.contract) or _loaded(store, terms, order, looked_at)
        step = engine.handle(so_far.contract, terms, order.command)
        waiting += step.orders
        found[order.contract] = before, so_far.then(step)
    return list(found.values())


def _loaded(store: Store, terms: Terms, order: Order, looked_at: Contract | None) -> tuple[Contract, Decision]:
    known = looked_at is not None and looked_at.id == order.contract
    contract = looked_at if known else rows.load(store, order.contract)
    if contract is None or contract.service != terms.service:
        raise Refused("no_such_contract", str(terms.section("not_provided").get("rule", "")))
    return contract, Decision(contract)
