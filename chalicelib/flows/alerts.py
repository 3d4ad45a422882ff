"""Alerts of a contract: see them, acknowledge, snooze, close; and who was told what."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import watches
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import of_contract, time_text
from chalicelib.iot import alerts as transitions
from chalicelib.iot import watching
from chalicelib.iot.alerts import Alert
from chalicelib.iot.reading import to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import alerts, devices, people
from chalicelib.store.alerts import Listed, Told
from chalicelib.store.devices import Held
from chalicelib.store.transact import Row, S, Store, Write

Json = dict[str, Any]
How = Callable[[Held, Alert], tuple[watching.Change | None, Alert]]


def listing(store: Store, contract: str, *, open: bool = False, limit: int = 50, cursor: str = "") -> Json:
    """A page of the contract's alerts in the order of opening; only those that are open, if so wished."""
    item = _opened(cursor)
    after: Row | None = {"contract": S(contract), "item": S(item)} if item else None
    if open:
        after = {**after, "open": S(contract)} if after else None
        found, last = alerts.open_of(store, contract, after=after, limit=limit)
    else:
        found, last = alerts.all_of(store, contract, after=after, limit=limit)
    return _page([alert_json(contract, alert) for alert in found], last)


def told(store: Store, contract: str, *, limit: int = 50, cursor: str = "") -> Json:
    """A page of who was told what, in the order of time, then of alerts."""
    item = _opened(cursor)
    after: Row | None = {"contract": S(contract), "item": S(item)} if item else None
    found, last = alerts.told_of(store, contract, after=after, limit=limit)
    return _page([_told_json(contract, one) for one in found], last)


def acknowledge(store: Store, now: datetime, asked: Asked, role: str, alert: str, body: Mapping[str, Any]) -> Json:
    """Somebody takes care of it: the escalation stops. The first acknowledgement stays."""
    who = _person(store, asked.contract, body) or role

    def how(held: Held, one: Alert) -> tuple[None, Alert]:
        return None, transitions.acknowledge(one, who)

    return _touch(store, now, asked, alert, how)


def snooze(store: Store, now: datetime, asked: Asked, alert: str, body: Mapping[str, Any]) -> Json:
    """Holds the escalation for some minutes. A later snooze replaces an earlier one."""
    _person(store, asked.contract, body)

    def how(held: Held, one: Alert) -> tuple[None, Alert]:
        return None, transitions.snooze(one, to_millis(now), body["minutes"])

    return _touch(store, now, asked, alert, how)


def close(store: Store, now: datetime, asked: Asked, alert: str) -> Json:
    """Closes an alert by hand; its watch starts afresh."""

    def how(held: Held, one: Alert) -> tuple[watching.Change, Alert]:
        change = watching.close_alert(held.device, one.id, to_millis(now))
        return change, transitions.close(one, to_millis(now))

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
        answer = alert_json(asked.contract, alerts.as_listed(known.device, after))
        remembered = asked.remember(store, answer, now)
        if change is not None:
            watches.commit(store, held, change, remembered)
        else:
            store.commit([*_quiet_change(store, held, after, now), remembered])
        return answer

    return until_settled(attempt)


def _quiet_change(store: Store, held: Held, after: Alert, now: datetime) -> list[Write]:
    """The entries for an alert that changed without anybody to tell."""
    device: Device = replace(held.device, alerts=tuple(after if one.id == after.id else one for one in held.device.alerts))
    write, _ = devices.change(store, held, device, watching.next_due(device, to_millis(now)))
    return [write, alerts.write(store, device.contract, device.id, after)]


def _person(store: Store, contract: str, body: Mapping[str, Any]) -> str:
    name: str = body.get("person", "")
    if name and people.load(store, contract).household.find(name) is None:
        raise Invalid("person", "unknown_person", "add_person_first")
    return name


def alert_json(contract: str, alert: Listed) -> Json:
    """An alert as people see it. `measured_at` and `value` are left out when a tick opened it."""
    shown: Json = {
        "alert": alert.id,
        "contract": contract,
        "device": alert.device,
        "watch": alert.watch,
        "level": alert.level,
        "opened_at": time_text(alert.opened_at),
    }
    if alert.measured_at is not None:
        shown |= {"measured_at": time_text(alert.measured_at), "value": alert.value}
    return shown | {
        "closed_at": time_text(alert.closed_at),
        "acknowledged_by": alert.acknowledged_by or None,
        "snoozed_until": time_text(alert.snoozed_until),
    }


def _told_json(contract: str, told: Told) -> Json:
    return {
        "contract": contract,
        "alert": told.alert,
        "device": told.device,
        "watch": told.watch,
        "person": told.person,
        "kind": told.kind,
        "at": time_text(told.at),
        "channels": list(told.channels),
    }


def _page(items: list[Json], last: Row | None) -> Json:
    if last is None:
        return {"items": items}
    return {"items": items, "next": base64.urlsafe_b64encode(last["item"]["S"].encode()).decode()}


def _opened(cursor: str) -> str:
    try:
        item = base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii") if cursor else ""
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page") from error
    if cursor and not item.startswith(("alert#", "told#")):
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    return item
