"""The terms of a service as they stand with what operators said about it, and when a contract needs the next night."""

from __future__ import annotations

from datetime import datetime

from chalicelib.contracts import terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import sweep_instant
from chalicelib.store import services
from chalicelib.store.transact import Store

_latest: dict[str, Terms] = {}  # the newest reading per service: terms keep what they worked out, so they are worth keeping


def under(state: ServiceState) -> Terms:
    """The terms under a service's state. Raises NotFound for an unknown service."""
    known, loaded = _latest.get(state.service), terms.load(state.service)
    if known is None or known.data is not loaded.data:  # another file since: terms on trial
        known = loaded
    found = known.under(state)
    _latest[state.service] = found
    return found


def of(store: Store, service: str) -> Terms:
    """The terms of a service as they stand now. Raises NotFound for an unknown service."""
    terms.load(service)  # an unknown name must not reach the store
    return under(services.load(store, service))


def due_after(decision: Decision, rules: Terms) -> datetime | None:
    """The same for a contract as it was just decided; a night has reckoned it already."""
    from chalicelib.billing import engine

    day = engine.next_after(decision, rules)
    return None if day is None else sweep_instant(day)


def due(contract: Contract, rules: Terms) -> datetime | None:
    """The instant of the next sweep that has something to do for the contract; None when nothing waits."""
    from chalicelib.billing import engine  # 20 ms of a cold start, and who only looks needs no engine

    day = engine.next_day(contract, rules)
    return None if day is None else sweep_instant(day)
