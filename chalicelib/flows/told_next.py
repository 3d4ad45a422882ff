"""Who is told next of an open alert, when, and by what: the escalation as it will go on if nobody does anything.

Nothing here decides: the steps are played ahead (`iot/telling.py`), then go the way that all news goes (`reaching.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.flows import channels, households, reaching
from chalicelib.flows.devices import time_text
from chalicelib.iot import reach as decide
from chalicelib.iot import telling
from chalicelib.iot.alerts import Tell, next_telling
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.telling import IGNORES_QUIET
from chalicelib.store import people, reached
from chalicelib.store.devices import Held
from chalicelib.store.people import People
from chalicelib.store.transact import Store

Json = dict[str, Any]


def of_alert(store: Store, now: datetime, held: Held, id: str) -> list[Json]:
    """`[{person, name, kind, at, channels, after_quiet, gathered}]` in the order of time; none once somebody has it in hand."""
    alert = held.device.alert(id)
    contract = held.device.contract
    if alert is None or not alert.is_open or next_telling(alert) is None or reaching.is_over(store, contract):
        return []
    known = people.load(store, contract)
    found = [
        (*_when(store, contract, known, tell), tell, slept)
        for tell, slept in telling.ahead(alert, households.of(store, held, known), to_millis(now))
    ]
    found.sort(key=lambda one: one[0])
    return [
        {
            "person": tell.person,
            "name": known.called(tell.person) or None,
            "kind": tell.kind,
            "at": time_text(at),
            "channels": _ways(store, contract, known, tell),
            "after_quiet": slept,
            "gathered": gathered,
        }
        for at, gathered, tell, slept in found
    ]


def _when(store: Store, contract: str, known: People, tell: Tell) -> tuple[Millis, bool]:
    """When it leaves, and whether with others: a question waits for nothing, critical news for no wish."""
    wishes = reaching.wishes_of(known.reach.get(tell.person, {}))
    if tell.kind == "asked":
        return tell.at, False
    until = decide.gathered_until(tell.level, tell.at, wishes, None)
    if until is None and decide.is_counted(tell.level, wishes):
        person = known.household.find(tell.person)
        if reached.is_full(store, contract, tell.person, decide.day_of(tell.at), wishes.daily_max or 0):
            until = decide.next_morning(tell.at, person.quiet if person else None)
    return (tell.at, False) if until is None else (until, True)


def _ways(store: Store, contract: str, known: People, tell: Tell) -> Sequence[str]:
    """The channel that is tried first, of those that have somewhere to go; of critical news all of them."""
    _, how = reaching.found(store, contract, known, tell.person)
    ready = [channel for channel in tell.channels if channels.has_address(channel, how)]
    return ready if tell.level == IGNORES_QUIET else ready[:1]
