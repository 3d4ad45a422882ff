"""Maintenance of a device: everything goes on being noticed and recorded, and for a while nobody is told.

It is a snooze that begins with the alert: what still holds at the end is told then, in its steps; what was over before is
never told. Calls for help (critical) are told all the same, unless whoever begins the maintenance says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from chalicelib.iot.alerts import Alert
from chalicelib.iot.reading import Millis

CRITICAL = "critical"


class Maintenance(NamedTuple):
    """Who keeps a device's alerts to themselves, from when until when, and why."""

    since: Millis
    until: Millis
    by: str
    reason: str = ""
    include_critical: bool = False

    def holds(self, level: str, at: Millis) -> bool:
        """Whether an alert of that level that opens at that instant is told to nobody for now."""
        return self.since <= at < self.until and (self.include_critical or level != CRITICAL)


def hold(alert: Alert, maintenance: Maintenance) -> Alert:
    """An alert that opens during the maintenance. Its steps, all of which begin with it, wait for the end."""
    return replace(alert, snoozed=(alert.opened_at, maintenance.until), in_maintenance=True)


def begin(alert: Alert, maintenance: Maintenance, now: Millis) -> Alert:
    """An alert that is open as the maintenance begins: whom it would still tell waits. A longer snooze stays."""
    if not alert.is_open or not maintenance.holds(alert.level, now):
        return alert
    since, until = alert.snoozed if alert.snoozed is not None and alert.snoozed[0] <= now <= alert.snoozed[1] else (now, now)
    return replace(
        alert,
        snoozed=(since, max(until, maintenance.until)),
        own_snooze=until if now < until < maintenance.until else alert.own_snooze,
        waiting=tuple((name, max(due, maintenance.until)) for name, due in alert.waiting),
        asking=tuple((name, max(due, maintenance.until)) for name, due in alert.asking),
    )


def end(alert: Alert, maintenance: Maintenance, now: Millis) -> Alert:
    """The maintenance ends early: what waited for its end waits no longer. Another snooze stays."""
    if not alert.is_open or alert.snoozed is None or alert.snoozed[1] != maintenance.until:
        return alert

    def sooner(waits: tuple[tuple[str, Millis], ...]) -> tuple[tuple[str, Millis], ...]:
        return tuple((name, now if until == maintenance.until else until) for name, until in waits)

    snoozed = (alert.snoozed[0], max(now, alert.snoozed[0], alert.own_snooze))
    return replace(alert, snoozed=snoozed, own_snooze=0, waiting=sooner(alert.waiting), asking=sooner(alert.asking))
