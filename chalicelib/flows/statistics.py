"""Statistics that may outlive accounts (ORM-STT-1): each day's sum over all systems of a service, if they are enough.

A day is summed up once, some days later, when what was late has arrived and while its readings are still there; what each
system came to is kept nowhere. Only services whose terms have `[statistics]`, and whose systems hang on a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import observe
from chalicelib.contracts import terms
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import rules
from chalicelib.flows.history import span
from chalicelib.iot import keeping
from chalicelib.iot.history import sums
from chalicelib.iot.history.sums import Measure
from chalicelib.store import contracts as rows
from chalicelib.store import devices, history, people, statistics
from chalicelib.store.devices import Held
from chalicelib.store.transact import BATCH_LIMIT, Store, chunks

Json = dict[str, Any]
STATES = ("accepted", "active", "suspended")  # of contracts whose readings are still there
DAYS_MAX = 366


def work(store: Store, day: date) -> Json:
    """Sums up what has settled by `day`, for every service that keeps statistics. A repeat finds it done."""
    done: Json = {}
    for service in terms.services():
        found = terms.load(service)
        if not found.section("statistics"):
            continue
        settled = day - timedelta(days=int(found.value(found.section("statistics")["settled"], day)))
        if not statistics.is_done(store, service, settled):
            done[service] = _sum_up(store, found, service, settled)
    observe.count(statistics_days=len(done))
    return done


def _sum_up(store: Store, found: Terms, service: str, day: date) -> int:
    rule = found.section("statistics")
    measures = [Measure(*text.split(":")) for text in rule["measures"]]
    amounts: list[int] = []
    for ids in chunks(rows.in_states(store, service, STATES), BATCH_LIMIT):
        parts = _parts(store, ids, day, measures)
        amounts += [amount for own in parts.values() if (amount := sums.of_system(own, measures)) is not None]
    statistics.keep(store, service, day, sums.over(amounts, int(found.value(rule["systems_min"], day))))
    return len(amounts)


def _parts(
    store: Store, contracts: Sequence[str], day: date, measures: Sequence[Measure]
) -> Mapping[str, list[tuple[str, Mapping[str, Json]]]]:
    """Of each contract: its devices that count, by model, with what their day came to."""
    listed = {
        row["contract"]["S"]: people.of_row(row).devices
        for row in store.get_many(store.contracts, [people.key(contract) for contract in dict.fromkeys(contracts)])
    }
    held = devices.load_many(store, dict.fromkeys(device for own in listed.values() for device in own))
    models = {measure.model: keeping.data_of(*measure) for measure in measures}
    counting = [one for one in held.values() if _counts(one, listed) and one.device.model in models]
    wanted = [(one.device.id, one.device.contract, models[one.device.model]) for one in counting]
    summaries = history.of_day(store, wanted, day)
    found: dict[str, list[tuple[str, Mapping[str, Json]]]] = {}
    for one in counting:
        found.setdefault(one.device.contract, []).append((one.device.model, summaries.get(one.device.id, {})))
    return found


def _counts(one: Held, listed: Mapping[str, Sequence[str]]) -> bool:
    return one.device.id in listed.get(one.device.contract, ())


def listing(store: Store, now: datetime, service: str, first: date | None = None, last: date | None = None) -> Json:
    """The sums of a service by day, for operators. Raises NotFound (also where none are kept), Invalid for too long a span."""
    found = rules.of(store, service)
    rule = found.section("statistics")
    if not rule:
        raise NotFound("statistics")
    day = japan_day(now)
    first, last = span(now, "day", first, last, DAYS_MAX)
    items = [
        {"day": when.isoformat(), "systems": one.systems, "wh": one.wh}
        for when, one in statistics.load(store, service, first, last)
    ]
    return {
        "service": service,
        "rule": rule["rule"],
        "systems_min": int(found.value(rule["systems_min"], day)),
        "settled_days": int(found.value(rule["settled"], day)),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "items": items,
    }
