"""A device as one small value, and everything that can happen to it: a message, a tick, a watch set or removed.

    receive(state, message) → Change      conditions judged, newest remembered
    tick(state, now)        → Change      silence and inactivity noticed
    settle(change, household) → Settled   who is told, now that the people are known

Two halves, because the people are only read from the store when there is something to tell. All pure; a repeat changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from chalicelib.iot import telling
from chalicelib.iot.alerts import UNTOUCHED, Alert, Ending, Tell, TellKind, alert_id, close, next_telling
from chalicelib.iot.conditions import KINDS, Watch, facts
from chalicelib.iot.floods import NO_PACE, Pace, counted
from chalicelib.iot.maintenance import Maintenance, hold
from chalicelib.iot.reading import NOTHING, Message, Millis, Newest, Reading, Value, classify, remember
from chalicelib.iot.telling import Household
from chalicelib.iot.ticks import first_tick_inside, is_inside, tick_at_or_after
from chalicelib.iot.vocabulary import LEFT

WATCHES_MAX = 20  # of one device
METRICS_MAX = 64  # of one device: what it invents beyond that is kept for the history only
CHANGES_MAX = 10  # of one commit; a single reading may add one for each watch
WAITING_MAX = 200  # alerts of one device that closed while somebody was asleep


class Apart(NamedTuple):
    """The last value that cannot be: kept apart, and shown."""

    received_at: Millis
    measured_at: Millis
    metric: str
    value: Value


@dataclass(frozen=True, slots=True)
class Device:
    """A claimed device. `order` is its number on the contract; `alerts` are open, or somebody is still to be told."""

    id: str
    contract: str
    model: str
    claimed_at: Millis
    order: int = 0
    version: int = 0
    watches: tuple[Watch, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)  # by watch
    newest: Mapping[str, Newest] = field(default_factory=dict)  # by metric
    last_received: Millis | None = None
    alerts: tuple[Alert, ...] = ()
    settings: int = 0  # how many watches were ever set
    openings: int = 0  # how many alerts ever opened
    apart: Apart | None = None
    pace: Pace = NO_PACE
    maintenance: Maintenance | None = None

    def watch(self, name: str) -> Watch | None:
        return next((watch for watch in self.watches if watch.name == name), None)

    def alert(self, id: str) -> Alert | None:
        return next((alert for alert in self.alerts if alert.id == id), None)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened, alert by alert in order; `rest` are readings left for the next commit, `counts` are by kind of reading."""

    device: Device
    now: Millis
    happened: tuple[tuple[TellKind, str], ...] = ()
    rest: tuple[Reading, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """What has to be stored: the device, the alerts that anybody can see change, and who is told."""

    device: Device
    alerts: tuple[Alert, ...] = ()
    tells: tuple[Tell, ...] = ()


class _Alerts:
    """The alerts of one device while something happens to it. Mutable, and never leaves this module."""

    def __init__(self, device: Device, cause: str = "") -> None:
        self.device, self.cause = device, cause
        self.all = {alert.id: alert for alert in device.alerts}
        self.open = {alert.watch: alert.id for alert in device.alerts if alert.is_open}
        self.openings = device.openings
        self.happened: list[tuple[TellKind, str]] = []

    def open_one(self, watch: Watch, now: Millis, memory: Any, reading: Reading | None = None) -> None:
        self.openings += 1
        id = alert_id(now, self.device.order, watch.order, self.openings)
        measured_at, value = (reading.measured_at, reading.value) if reading else (None, None)
        known = facts(watch, memory, self.device.claimed_at, self.device.last_received)
        plain = (id, watch.name, watch.level, now, measured_at, value)
        self.all[id] = Alert(*plain, condition=watch.kind, facts=known, cause=self.cause)
        self.open[watch.name] = id
        self.happened.append(("opened", id))

    def close_one(self, name: str, now: Millis, ending: Ending = UNTOUCHED) -> None:
        id = self.open.pop(name, "")
        if id:
            self.all[id] = close(self.all[id], now, ending)
            self.happened.append(("closed", id))

    def silent(self, watches: tuple[Watch, ...]) -> bool:
        return any(watch.kind == "silence" and watch.name in self.open for watch in watches)


def receive(device: Device, message: Message) -> Change:
    """Judges a message, reading by reading. Readings that count for nothing (older, repeated, future) change nothing."""
    now, newest, memory = message.received_at, dict(device.newest), dict(device.memory)
    alerts = _Alerts(device, message.batch)
    by_metric, any_metric = _watches_by_metric(device.watches)
    counts: dict[str, int] = {}
    alive = False
    apart = device.apart
    done = 0
    for reading in message.readings:
        done += 1
        metric = reading.metric
        seen = newest.get(metric, NOTHING)
        kind = "surplus" if seen is NOTHING and len(newest) >= METRICS_MAX else classify(seen, reading, now)
        counts[kind] = counts.get(kind, 0) + 1
        if kind != "new" and kind != "null":
            continue
        newest[metric] = remember(seen, reading)
        alive = True
        if reading.apart:
            apart = Apart(now, reading.measured_at, metric, reading.value)
            counts["apart"] = counts.get("apart", 0) + 1
        for watch in any_metric:
            alerts.close_one(watch.name, now)
        if kind == "new":
            for watch in by_metric.get(metric, ()):
                _judge(watch, reading, now, memory, alerts)
        if len(alerts.happened) >= CHANGES_MAX:
            break
    last = device.last_received
    received = (now if last is None or now > last else last) if alive else last
    after = device
    if alive:
        pace = counted(device.pace, message)
        after = _with(device, alerts, memory=memory, newest=newest, last_received=received, apart=apart, pace=pace)
    return Change(after, now, tuple(alerts.happened), message.readings[done:], counts)


def _watches_by_metric(watches: tuple[Watch, ...]) -> tuple[dict[str, list[Watch]], list[Watch]]:
    by_metric: dict[str, list[Watch]] = {}
    any_metric: list[Watch] = []
    for watch in watches:
        if KINDS[watch.kind].any_metric:
            any_metric.append(watch)
        else:
            by_metric.setdefault(watch.metric, []).append(watch)
    return by_metric, any_metric


def _judge(watch: Watch, reading: Reading, now: Millis, memory: dict[str, Any], alerts: _Alerts) -> None:
    name = watch.name
    kept, verdict = KINDS[watch.kind].on_reading(watch, memory.get(name), reading.measured_at, reading.value)
    if kept is None:
        memory.pop(name, None)
    else:
        memory[name] = kept
    if verdict is True:
        if name not in alerts.open:
            alerts.open_one(watch, now, kept, reading)
    elif verdict is False:
        alerts.close_one(name, now)
    elif verdict == "anew":
        alerts.close_one(name, now)
        alerts.open_one(watch, now, kept, reading)


def _with(device: Device, alerts: _Alerts, **changes: Any) -> Device:
    return replace(device, alerts=tuple(alerts.all.values()), openings=alerts.openings, **changes)


def tick(device: Device, now: Millis) -> Change:
    """Opens what the passing of time opens. `now` is the tick's own instant. Silence first: a silent device is not inactive.

    At most CHANGES_MAX alerts, so that one transaction holds them and whom they are told; the same tick goes on with the rest.
    """
    alerts = _Alerts(device)
    for needs_sound in (False, True):
        for watch in device.watches:
            kind = KINDS[watch.kind]
            if kind.needs_sound is not needs_sound or watch.name in alerts.open:
                continue
            if len(alerts.happened) >= CHANGES_MAX:
                break
            due = kind.due(watch, device.memory.get(watch.name), device.claimed_at, device.last_received)
            if due is None or due > now or not is_inside(watch.between, now):
                continue
            if not (needs_sound and alerts.silent(device.watches)):
                alerts.open_one(watch, now, device.memory.get(watch.name))
    after = _with(device, alerts) if alerts.happened else device
    return Change(after, now, tuple(alerts.happened))


def set_watch(device: Device, watch: Watch, now: Millis) -> Change:
    """Sets a watch, or sets it again: an open alert of it closes, and it starts afresh, last in order."""
    removed = remove_watch(device, watch.name, now)
    number = device.settings + 1
    numbered = replace(watch, order=number, set_at=now)
    return replace(removed, device=replace(removed.device, watches=(*removed.device.watches, numbered), settings=number))


def remove_watch(device: Device, name: str, now: Millis) -> Change:
    """Takes a watch away; an open alert of it closes."""
    alerts = _Alerts(device)
    alerts.close_one(name, now)
    memory = {watch: kept for watch, kept in device.memory.items() if watch != name}
    watches = tuple(watch for watch in device.watches if watch.name != name)
    return Change(_with(device, alerts, watches=watches, memory=memory), now, tuple(alerts.happened))


def clear(device: Device, now: Millis) -> Change:
    """The device leaves: all watches are taken away, and what is open closes for that reason."""
    alerts = _Alerts(device)
    for name in list(alerts.open):
        alerts.close_one(name, now, Ending(reason=LEFT))
    return Change(_with(device, alerts, watches=(), memory={}), now, tuple(alerts.happened))


def carry_over(device: Device, before: Device, metrics: Collection[str], now: Millis) -> Device:
    """A device with the watches of another that it takes the place of, in their order, each set afresh.

    `metrics` are those that it reports; empty when nobody knows. Openings go on counting, so that ids stay apart.
    """
    fits = [watch for watch in before.watches if not watch.metric or not metrics or watch.metric in metrics]
    watches = tuple(replace(watch, set_at=now) for watch in fits)
    return replace(device, watches=watches, settings=before.settings, openings=before.openings)


def close_alert(device: Device, id: str, now: Millis, ending: Ending = UNTOUCHED) -> Change:
    """Closes one open alert by hand. Its condition starts afresh from here, so that it can open again."""
    alert = device.alert(id)
    if alert is None or not alert.is_open:
        return Change(device, now)
    alerts = _Alerts(device)
    alerts.close_one(alert.watch, now, ending)
    memory = {name: kept for name, kept in device.memory.items() if name != alert.watch}
    watch = device.watch(alert.watch)
    if watch is not None and KINDS[watch.kind].remembers_closing:
        memory[alert.watch] = now
    return Change(_with(device, alerts, memory=memory), now, tuple(alerts.happened))


def settle(change: Change, household: Household) -> Settled:
    """Tells what happened, in order, and lets go of the alerts that nobody waits for any more."""
    all_alerts = {alert.id: alert for alert in change.device.alerts}
    tells: list[Tell] = []
    for kind, id in change.happened:
        alert = all_alerts[id]
        if kind == "opened":
            # An alert that closed within the same message is first told as open, as if the readings had come apart.
            fresh, held = replace(alert, closed_at=None), change.device.maintenance
            if held is not None and held.holds(alert.level, alert.opened_at):
                fresh = hold(fresh, held)
            told, news = telling.opened(fresh, household, alert.opened_at)
            told = told if alert.is_open else close(told, alert.closed_at or change.now)
        else:
            told, news = telling.closed(alert, household, change.now)
        all_alerts[id] = told
        tells += news
    touched = tuple(all_alerts[id] for id in dict.fromkeys(id for _, id in change.happened))
    return Settled(_keep(change.device, all_alerts), touched, tuple(tells))


def tell_due(device: Device, household: Household, now: Millis) -> Settled:
    """What a tick has to tell: steps of the escalation, ends of quiet hours and snoozes. At most CHANGES_MAX alerts at once."""
    all_alerts = {alert.id: alert for alert in device.alerts}
    tells: list[Tell] = []
    acted = 0
    for id, alert in all_alerts.items():
        if acted >= CHANGES_MAX:
            break
        all_alerts[id], news = telling.act(alert, household, now)
        tells += news
        acted += bool(news)
    return Settled(_keep(device, all_alerts), (), tuple(tells))


def _keep(device: Device, alerts: Mapping[str, Alert]) -> Device:
    kept = [alert for alert in alerts.values() if not alert.is_settled]
    surplus = len(kept) - WAITING_MAX
    if surplus > 0:  # a flapping sensor's night: the oldest ends are let go, so that the device's row stays small
        closed = [alert.id for alert in kept if not alert.is_open][:surplus]
        kept = [alert for alert in kept if alert.id not in closed]
    return replace(device, alerts=tuple(kept))


def next_due(device: Device, after: Millis) -> Millis | None:
    """The first tick later than `after` at which something could open or somebody be told; None when only a message could."""
    times: list[Millis] = []
    is_open = {alert.watch for alert in device.alerts if alert.is_open}
    silent = any(watch.kind == "silence" and watch.name in is_open for watch in device.watches)
    for watch in device.watches:
        kind = KINDS[watch.kind]
        if watch.name in is_open or (kind.needs_sound and silent):
            continue
        due = kind.due(watch, device.memory.get(watch.name), device.claimed_at, device.last_received)
        tick = None if due is None else first_tick_inside(watch.between, max(due, after + 1))
        if tick is not None:
            times.append(tick)
    for alert in device.alerts:
        telling_at = next_telling(alert)
        if telling_at is not None:
            times.append(tick_at_or_after(max(telling_at, after + 1)))
    return min(times, default=None)


def last_values(device: Device) -> dict[str, tuple[Millis, Value]]:
    """The newest reading of each metric that has one."""
    return {metric: (newest.at, newest.value) for metric, newest in device.newest.items() if newest.at is not None}


def without_before(device: Device, since: Millis) -> Device:
    """The device as if it had measured and said nothing before an instant."""
    heard = device.last_received if device.last_received is not None and device.last_received >= since else None
    newest = {metric: one for metric, one in device.newest.items() if one.at is not None and one.at >= since}
    apart = device.apart if device.apart is not None and device.apart.measured_at >= since else None
    return replace(device, last_received=heard, newest=newest, apart=apart, memory={})
