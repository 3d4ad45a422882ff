"""Somebody wants what a device told to be forgotten: some days, some kinds of data, or all of it.

Readings first, then the days are marked, then the summaries go. A closing that began before and comes after finds its mark
outdated, or is done again in the coming night: from what is left. A broken run is done again by its repetition. What the
device shows as its latest values, and the log of alerts, are no history and stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.contracts.contract import Event
from chalicelib.dates import month_text
from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import closing
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import settled
from chalicelib.flows.history import Looked, look
from chalicelib.iot import keeping
from chalicelib.iot.history import days as clock
from chalicelib.store import contracts as contract_rows
from chalicelib.store import history
from chalicelib.store.transact import Store

Json = dict[str, Any]
_BEGINNING = date(1970, 1, 2)


def erase(store: Store, now: datetime, asked: Asked, role: str, device: str, body: Mapping[str, Any]) -> Json:
    """Erases what was measured from `from` to `to` (days, both included), of `kinds`; what is left out means all.

    Raises NotFound for another's device, Invalid for a span that ends before it begins.
    """

    def decide() -> Json:
        looked = look(store, now, asked.contract, device)
        first, last = body.get("from") or _BEGINNING, body.get("to") or clock.day_of(looked.at)
        if first > last:
            raise Invalid("from", "order", "earlier_than_to")
        kinds = tuple(dict.fromkeys(body.get("kinds") or keeping.KINDS))
        _erase(store, looked, asked.contract, first, min(last, clock.day_of(looked.at)), kinds)
        contract = contract_rows.load(store, asked.contract)
        if contract is None:
            raise NotFound("contract")
        facts = {"device": device, "from": first.isoformat(), "to": last.isoformat(), "kinds": " ".join(kinds)}
        answer = {"device": device, "from": first.isoformat(), "to": last.isoformat(), "kinds": list(kinds)}
        note = contract_rows.note(store, contract, device, [Event("history_erased", now, role, facts)])
        store.commit([note, asked.remember(store, answer, now)])
        return answer

    return settled(asked.first, store, decide)


def _erase(store: Store, looked: Looked, contract: str, first: date, last: date, kinds: Collection[str]) -> None:
    device, model = looked.held.device.id, looked.model
    low, high = clock.start_of(first), clock.end_of(last) - 1
    for owner in looked.spans:
        span = max(low, owner.since), min(high, owner.until - 1)
        history.erase_readings(store, device, *span, lambda metric: keeping.data_of(model, metric) in kinds)
    _mark(store, looked, first, last)
    for data in set(kinds) & set(keeping.datas(model)):
        history.erase(store, device, contract, data, first.isoformat(), last.isoformat())
        history.erase(store, device, contract, data, month_text(first), month_text(last))
    version = history.closing(store, device).version
    closing.sum_up_months_again(store, looked.held, contract, first, last, looked.at, version)


def _mark(store: Store, looked: Looked, first: date, last: date) -> None:
    """The days whose readings may still be there, and those beside them, are summed up again in the coming night."""
    latest = clock.day_of(looked.at)
    earliest = clock.day_of(looked.at - clock.LATE_MAX)
    begins, ends = max(first - timedelta(days=1), earliest), min(last + timedelta(days=1), latest)
    marked = set(clock.days(begins, ends))
    if marked:
        history.mark(store, looked.held.device.id, marked, looked.at)
