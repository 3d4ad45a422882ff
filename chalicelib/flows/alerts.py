"""What people do about an alert: acknowledge, answer, snooze, close. `alert_log.py` shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import alert_log, lasting, watches
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import of_contract
from chalicelib.iot import alerts as transitions
from chalicelib.iot import watching
from chalicelib.iot.alerts import Alert, Ending
from chalicelib.iot.maintenance import begin
from chalicelib.iot.reading import to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import alerts, devices, people
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
How = Callable[[Held, Alert], tuple[watching.Change | None, Alert]]


def acknowledge(store: Store, now: datetime, asked: Asked, role: str, alert: str, body: Mapping[str, Any]) -> Json:
    """Somebody takes care of it: the escalation stops. The first acknowledgement stays."""
    who = _person(store, asked.contract, body) or role

    def how(held: Held, one: Alert) -> tuple[None, Alert]:
        return None, transitions.acknowledge(one, who, to_millis(now))

    return _touch(store, now, asked, alert, how)


def answer(store: Store, now: datetime, asked: Asked, role: str, alert: str, body: Mapping[str, Any]) -> Json:
    """Somebody says that all is well: nobody else is woken. By the name given, else by that of the one who was asked."""
    named = _person(store, asked.contract, body)

    def how(held: Held, one: Alert) -> tuple[None, Alert]:
        who = named or (one.asked[0][0] if one.asked else role)
        return None, transitions.answer(one, who, to_millis(now))

    return _touch(store, now, asked, alert, how)


def snooze(store: Store, now: datetime, asked: Asked, alert: str, body: Mapping[str, Any]) -> Json:
    """Holds the escalation for some minutes, or until clocks show a time. A later snooze replaces an earlier one."""
    _person(store, asked.contract, body)
    until = to_millis(lasting.end(now, body, ("minutes", "until_clock")))

    def how(held: Held, one: Alert) -> tuple[None, Alert]:
        snoozed = transitions.snooze(one, to_millis(now), until)
        kept = held.device.maintenance  # during which a shorter snooze wakes nobody either
        still = kept is not None and kept.holds(one.level, to_millis(now))
        return None, begin(snoozed, kept, to_millis(now)) if kept is not None and still else snoozed

    return _touch(store, now, asked, alert, how)


def close(store: Store, now: datetime, asked: Asked, role: str, alert: str, body: Mapping[str, Any]) -> Json:
    """Closes an alert by hand, with a reason; its watch starts afresh."""
    who = _person(store, asked.contract, body) or role
    ending = Ending(who, body["reason"], body.get("note", "").strip())

    def how(held: Held, one: Alert) -> tuple[watching.Change, Alert]:
        change = watching.close_alert(held.device, one.id, to_millis(now), ending)
        return change, transitions.close(one, to_millis(now), ending)

    return _touch(store, now, asked, alert, how)


def _touch(store: Store, now: datetime, asked: Asked, alert: str, how: How) -> Json:
    """Changes one open alert. Raises NotFound for none of that id, Refused for one that has closed."""

    def attempt(again: bool) -> Json:
        answered = asked.answered(store)
        if answered is not None:
            return answered
        known = alerts.load(store, asked.contract, alert)
        if known is None:
            raise NotFound("alert")
        held = of_contract(store, asked.contract, known.device)
        one = held.device.alert(alert)
        if one is None or not one.is_open:
            raise Refused("not_open")
        change, after = how(held, one)
        names = alert_log.Names(store, asked.contract, held)
        listed = alerts.as_listed(known.device, after)
        answer = alert_log.alert_json(asked.contract, listed, (held.label, held.device.model), names.called)
        remembered = asked.remember(store, answer, now)
        if change is not None:
            watches.commit(store, held, change, remembered)
        else:
            store.commit([*quiet_change(store, held, [after], now), remembered])
        return answer

    return until_settled(attempt)


def quiet_change(store: Store, held: Held, changed: Sequence[Alert], now: datetime) -> list[Write]:
    """The entries for alerts that changed without anybody to tell."""
    after = {one.id: one for one in changed}
    device: Device = replace(held.device, alerts=tuple(after.get(one.id, one) for one in held.device.alerts))
    write, _ = devices.change(store, held, device, watching.next_due(device, to_millis(now)))
    return [write, *(alerts.write(store, device.contract, device.id, one) for one in changed)]


def _person(store: Store, contract: str, body: Mapping[str, Any]) -> str:
    name: str = body.get("person", "")
    if name and people.load(store, contract).household.find(name) is None:
        raise Invalid("person", "unknown_person", "add_person_first")
    return name
