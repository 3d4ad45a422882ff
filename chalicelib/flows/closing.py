"""Closing days: in the night after, a day's readings become its summaries, and a month's days those of the month.

A message marks a day (`mark`), a tick closes it. Closing is a function of the readings that are stored, so it may happen
any number of times; what came in meanwhile is found by the version of the closing row, and closed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.contracts import functions, terms
from chalicelib.dates import month_end, month_text
from chalicelib.flows.attempts import settled
from chalicelib.iot import keeping
from chalicelib.iot.history import days as clock
from chalicelib.iot.history import months
from chalicelib.iot.history.rollup import roll_up
from chalicelib.iot.reading import AHEAD_MAX, Message, Millis
from chalicelib.iot.ticks import DAY, TICK
from chalicelib.store import contracts as contract_rows
from chalicelib.store import devices, history
from chalicelib.store.devices import Held, Owner
from chalicelib.store.history import Closing, Summary
from chalicelib.store.transact import Store

Json = dict[str, Any]
DAYS_AT_ONCE = 10  # of one device and tick; the rest at the next one


def mark(store: Store, held: Held, messages: Sequence[Message], now: Millis) -> None:
    """After the readings are stored, and before the device is: which days have to be summed up. Mostly nothing."""
    measured = (r.measured_at for m in messages for r in m.readings if r.measured_at <= m.received_at + AHEAD_MAX)
    days = clock.to_sum_up(now, held.device.last_received, measured)
    if days:
        history.mark(store, held.device.id, days, now)


def close(store: Store, device: str, at: Millis) -> bool:
    """Sums up the days of a device that are over, and the months. True when there was anything to do."""
    return settled(_close, store, device, at)


def _close(store: Store, device: str, at: Millis) -> bool:
    before = history.closing(store, device)
    if not before.days and not before.months:
        return False
    held = devices.load(store, device)
    over = sorted(day for day in before.days if clock.is_over(day, at))
    now_done = over[:DAYS_AT_ONCE]
    waiting = before.months | months.months_of(now_done)
    past = frozenset(month for month in waiting if month < clock.day_of(at).isoformat()[:7])
    if held is not None:
        sum_up(store, held, now_done, past, before.version)
    after = Closing(before.version, before.days - set(now_done), waiting - past)
    history.settle(store, device, before, after, _next(device, after, at, more=len(over) > len(now_done)))
    return True


def _next(device: str, after: Closing, at: Millis, *, more: bool) -> Millis | None:
    """When the device's turn comes again. Of months alone: in the first night of the next one."""
    if more:
        return at + TICK
    if after.days:
        return clock.next_closing(device, at)
    if after.months:
        return clock.closing_time(device, month_end(date.fromisoformat(f"{max(after.months)}-01")))
    return None


def sum_up(store: Store, held: Held, days: Collection[date], past_months: Collection[str], version: int) -> None:
    """Stores the summaries of days, then of months, for everybody whose device it was then."""
    model, owners = held.device.model, devices.owners(store, held.device.id, held)
    forgotten = {owner.contract: unkept(store, owner.contract, model) for owner in owners} if days or past_months else {}
    for day in days:
        for owner in owners:
            if owner.since < clock.end_of(day) and owner.until > clock.start_of(day):
                _sum_up_day(store, held, owner, day, forgotten[owner.contract], version)
    for month in past_months:
        first = date.fromisoformat(f"{month}-01")
        for owner in owners:
            if owner.since < clock.end_of(month_end(first)) and owner.until > clock.start_of(first):
                _sum_up_month(store, held, owner.contract, first, forgotten[owner.contract], version)


def _sum_up_day(store: Store, held: Held, owner: Owner, day: date, forgotten: Collection[str], version: int) -> None:
    metrics = of_day(store, held, owner, day)
    for data, own in by_data(held.device.model, metrics).items():
        kept = keeping.kept_days(data, "days", day, promised=data not in forgotten)
        expires = clock.end_of(day) + kept * DAY
        history.keep(store, held.device.id, owner.contract, Summary(data, day.isoformat(), own), version, expires)


def of_day(store: Store, held: Held, owner: Owner, day: date, until: Millis | None = None) -> dict[str, Json]:
    """What a day comes to now, from its single readings: metric → summary. `until`: now, on a day that is not over."""
    first, last = clock.start_of(day) - clock.REACH, clock.end_of(day) + clock.REACH
    readings = history.readings(store, held.device.id, max(first, owner.since), min(last, owner.until - 1))
    return roll_up(held.device.model, day, readings, until)


def sum_up_months_again(store: Store, held: Held, contract: str, first: date, last: date, at: Millis, version: int) -> None:
    """Stores the sums of the past months of some days from what days are left, after these were taken away."""
    device = held.device
    begins = [
        row.when
        for data in keeping.datas(device.model)
        for row in history.load(store, device.id, contract, data, month_text(first) + "-01", month_text(last) + "-31", 0)
    ]
    forgotten = unkept(store, contract, device.model)
    for month in sorted({when[:7] for when in begins}):
        if month < month_text(clock.day_of(at)):
            _sum_up_month(store, held, contract, date.fromisoformat(f"{month}-01"), forgotten, version)


def _sum_up_month(store: Store, held: Held, contract: str, first: date, forgotten: Collection[str], version: int) -> None:
    last, device = month_end(first), held.device
    for data in keeping.datas(device.model):
        if data in forgotten:
            continue
        rows = history.load(store, device.id, contract, data, first.isoformat(), last.isoformat(), 0)
        summed = months.sum_up(device.model, {date.fromisoformat(row.when): row.metrics for row in rows})
        expires = clock.end_of(last) + keeping.kept_days(data, "months", first) * DAY
        history.keep(store, device.id, contract, Summary(data, first.isoformat()[:7], summed), version, expires)


def by_data(model: str, metrics: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    """The summaries by kind of data: every kind of the model, also those of which there is nothing."""
    found: dict[str, dict[str, Json]] = {data: {} for data in keeping.datas(model)}
    for metric, summary in metrics.items():
        found[keeping.data_of(model, metric)][metric] = summary
    return found


def unkept(store: Store, contract: str, model: str) -> frozenset[str]:
    """The kinds of data of which the contract's service promises no history: they go with the single readings."""
    found = contract_rows.load(store, contract)
    if found is None:
        return frozenset(keeping.datas(model))
    figures = terms.load(found.service)
    of_data = {data: {keeping.function_of(model, m) for m in keeping.metrics_of(model, data)} for data in keeping.datas(model)}
    return frozenset(
        data for data, names in of_data.items() if names and all(functions.forgets(figures, name) for name in names)
    )
