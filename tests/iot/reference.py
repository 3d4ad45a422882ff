"""A slow, obvious evaluator of watches and telling, written from the section "Watching" of the scenarios' README and nothing else.

It keeps every reading and every instant, looks at all of them again whenever something happens, and ticks every five
minutes. It shares no line with `chalicelib.iot`: what both say is right, or both authors misread the same sentence.
Times are milliseconds since 1970 UTC; steps are those of a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TICK = 5 * MINUTE

# What can be, of the models that the tests use: metric → least, most. A metric that is not here may say anything.
CAN_BE = {("climate-sensor", "temperature"): (-40, 85), ("climate-sensor", "humidity"): (0, 100)}


def wall(at: int) -> int:
    """Minutes of the day on a clock in Japan."""
    return (at // MINUTE + 9 * 60) % (24 * 60)


def of_day(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def inside(span: list[str] | None, at: int) -> bool:
    """Start included, end excluded; the span may cross midnight."""
    if span is None:
        return True
    minute, minutes = of_day(span[0]), []
    while minute != of_day(span[1]):
        minutes.append(minute)
        minute = (minute + 1) % (24 * 60)
    return wall(at) in minutes


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


@dataclass
class Heard:
    """A reading that counts."""

    at: int
    value: Any
    received: int


@dataclass
class Alert:
    device: str
    watch: str
    level: str
    place: tuple[int, int, int]  # order of opening, then of device and watch
    opened: int
    measured: int | None = None
    value: Any = None
    closed: int | None = None
    acknowledged: str | None = None
    steps: list[tuple[int, list[str]]] = field(default_factory=list)  # due, to whom; those not acted on
    snoozes: list[tuple[int, int]] = field(default_factory=list)
    knows: list[str] = field(default_factory=list)  # told of the opening
    owed: list[tuple[str, int, str]] = field(default_factory=list)  # person, when their quiet hours end, what they wait for


@dataclass
class Watch:
    name: str
    order: int
    about: dict[str, Any]
    heard: list[Heard] = field(default_factory=list)  # of its metric, since its setting
    alert: Alert | None = None


@dataclass
class Device:
    name: str
    model: str
    order: int
    claimed: int
    watches: list[Watch] = field(default_factory=list)
    known: set[tuple[str, int, Any]] = field(default_factory=set)
    newest: dict[str, int] = field(default_factory=dict)
    received: list[int] = field(default_factory=list)  # signs of life


class World:
    """One contract."""

    def __init__(self) -> None:
        self.now = 0
        self.devices: list[Device] = []
        self.people: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] | None = None
        self.alerts: list[Alert] = []
        self.told: list[tuple[int, Alert, str, str]] = []
        self.set = 0

    # time

    def to(self, now: int) -> None:
        """Every tick up to and including this instant."""
        tick = self.now // TICK * TICK + TICK if self.now else now // TICK * TICK
        while tick <= now:
            self.tick(tick)
            tick += TICK
        self.now = now

    def tick(self, now: int) -> None:
        for device in self.devices:
            for watch in device.watches:
                if watch.about["kind"] == "silence" and watch.alert is None:
                    last = device.received[-1] if device.received else device.claimed
                    if now >= last + watch.about["after_minutes"] * MINUTE:
                        self.open(device, watch, now)
            silent = any(watch.about["kind"] == "silence" and watch.alert for watch in device.watches)
            for watch in device.watches:
                if watch.about["kind"] == "no_activity" and watch.alert is None and not silent:
                    active = [one.at for one in watch.heard if is_active(watch.about, one.value)]
                    last = active[-1] if active else device.claimed
                    late = now >= last + watch.about["for_hours"] * HOUR
                    if late and inside(watch.about.get("between"), now):
                        self.open(device, watch, now)
        for alert in self.alerts:
            self.tell_what_is_due(alert, now)

    # what can happen

    def do(self, step: dict[str, Any], now: int) -> None:
        self.to(now)
        getattr(self, "do_" + step["do"])(step)

    def do_add_device(self, step: dict[str, Any]) -> None:
        self.devices.append(Device(step["device"], step["model"], len(self.devices), self.now))

    def do_add_person(self, step: dict[str, Any]) -> None:
        self.people.append(step)

    def do_set_escalation(self, step: dict[str, Any]) -> None:
        self.steps = step["steps"]

    def do_set_watch(self, step: dict[str, Any]) -> None:
        self.do_remove_watch(step)
        self.set += 1
        self.device(step["device"]).watches.append(Watch(step["watch"], self.set, step))

    def do_remove_watch(self, step: dict[str, Any]) -> None:
        device = self.device(step["device"])
        for watch in [one for one in device.watches if one.name == step["watch"]]:
            self.close(watch)
            device.watches.remove(watch)

    def do_acknowledge(self, step: dict[str, Any]) -> None:
        alert = self.open_alert(step)
        if alert is not None and alert.acknowledged is None:
            alert.acknowledged = step["person"]
            alert.steps = []
            alert.owed = []

    def do_snooze(self, step: dict[str, Any]) -> None:
        alert = self.open_alert(step)
        if alert is not None:
            alert.snoozes.append((self.now, self.now + step["minutes"] * MINUTE))

    def do_reading(self, step: dict[str, Any]) -> None:
        device = self.device(step["device"])
        metric, value, at, seq = step["metric"], step["value"], step["at_sensor"], step.get("seq")
        if at > self.now + 5 * MINUTE:
            return  # dated in the future: set aside
        if (metric, at, seq) in device.known:
            return  # the same reading twice counts once
        if at < device.newest.get(metric, at):
            return  # older than the newest one: for the history
        device.known.add((metric, at, seq))
        device.received.append(self.now)
        for watch in device.watches:
            if watch.about["kind"] == "silence":
                self.close(watch)
        if is_nothing(device.model, metric, value):
            return
        device.newest[metric] = at
        for watch in device.watches:
            if watch.about.get("metric") == metric:
                watch.heard.append(Heard(at, value, self.now))
                self.judge(device, watch)

    # judging

    def judge(self, device: Device, watch: Watch) -> None:
        kind = watch.about["kind"]
        last = watch.heard[-1]
        if kind == "threshold" and number(last.value):
            holds = breach_is_long_enough(watch.about, watch.heard)
            ends = not in_breach(watch.about, watch.heard)
        elif kind == "rate" and number(last.value):
            holds = rate_holds(watch.about, watch.heard)
            ends = not holds
        elif kind == "event":
            holds = same(last.value, watch.about["equals"])
            ends = not holds
        elif kind == "no_activity":
            holds, ends = False, is_active(watch.about, last.value)
        else:
            return
        if holds and watch.alert is None:
            self.open(device, watch, self.now, last)
        if ends:
            self.close(watch)

    def open(self, device: Device, watch: Watch, now: int, reading: Heard | None = None) -> None:
        alert = Alert(device.name, watch.name, watch.about["level"], (device.order, watch.order, len(self.alerts)), now)
        if reading is not None:
            alert.measured, alert.value = reading.at, reading.value
        everybody = [person["person"] for person in self.people]
        steps = self.steps if self.steps is not None else [{"after_minutes": 0, "to": everybody}]
        alert.steps = [(now + step["after_minutes"] * MINUTE, step["to"]) for step in steps]
        watch.alert = alert
        self.alerts.append(alert)
        self.tell_what_is_due(alert, now)

    def close(self, watch: Watch) -> None:
        alert, watch.alert = watch.alert, None
        if alert is None:
            return
        alert.closed = self.now
        alert.steps = []
        for person in self.people:
            if person["person"] in alert.knows:
                self.tell(alert, person, "closed", self.now)

    # telling

    def tell_what_is_due(self, alert: Alert, now: int) -> None:
        owed = [one for one in alert.owed if one[1] <= now]
        alert.owed = [one for one in alert.owed if one[1] > now]
        due = [step for step in alert.steps if after_snoozes(step[0], alert.snoozes) <= now]
        alert.steps = [step for step in alert.steps if step not in due]
        asked = {name for name, _, _ in owed} | {name for _, to in due for name in to}
        for person in self.people:
            name = person["person"]
            if name in asked and name not in {waits for waits, _, _ in alert.owed}:
                if alert.closed is not None:
                    self.tell(alert, person, "closed", now)
                elif name not in alert.knows:
                    self.tell(alert, person, "opened", now)

    def tell(self, alert: Alert, person: dict[str, Any], kind: str, now: int) -> None:
        quiet = person.get("quiet")
        if quiet is not None and alert.level != "critical" and inside(quiet, now):
            end = now // MINUTE * MINUTE
            while wall(end) != of_day(quiet[1]):
                end += MINUTE
            alert.owed.append((person["person"], end, kind))
            return
        if kind == "opened":
            alert.knows.append(person["person"])
        self.told.append((now, alert, kind, person["person"]))

    # looking

    def device(self, name: str) -> Device:
        return next(device for device in self.devices if device.name == name)

    def open_alert(self, step: dict[str, Any]) -> Alert | None:
        found = [watch.alert for watch in self.device(step["device"]).watches if watch.name == step["watch"]]
        return found[0] if found else None

    def listed(self) -> list[Alert]:
        return sorted(self.alerts, key=lambda alert: (alert.opened, alert.place))

    def news(self) -> list[tuple[int, Alert, str, str]]:
        order = {id(alert): place for place, alert in enumerate(self.listed())}
        people = [person["person"] for person in self.people]
        return sorted(self.told, key=lambda one: (one[0], order[id(one[1])], one[2] == "closed", people.index(one[3])))


def is_nothing(model: str, metric: str, value: Any) -> bool:
    """Null, unreadable, or what that sensor cannot measure."""
    if value is None:
        return True
    span = CAN_BE.get((model, metric))
    return span is not None and not (number(value) and span[0] <= value <= span[1])


def is_active(about: dict[str, Any], value: Any) -> bool:
    if "active_above" in about:
        return number(value) and value > about["active_above"]
    return same(value, about["active_equals"])


def breaches(about: dict[str, Any], heard: list[Heard]) -> list[list[Heard]]:
    """The readings of each breach, from the first beyond the limit to the last before one at or inside `clear`."""
    found: list[list[Heard]] = []
    going_on = False
    for one in heard:
        if not number(one.value):
            continue
        if "above" in about:
            beyond, inside_ = one.value > about["above"], one.value <= about.get("clear", about["above"])
        else:
            beyond, inside_ = one.value < about["below"], one.value >= about.get("clear", about["below"])
        if going_on and inside_:
            going_on = False
        elif going_on:
            found[-1].append(one)
        elif beyond:
            going_on = True
            found.append([one])
    return found


def in_breach(about: dict[str, Any], heard: list[Heard]) -> bool:
    last = breaches(about, heard)[-1:]
    return bool(last) and last[0][-1] is heard[-1]


def breach_is_long_enough(about: dict[str, Any], heard: list[Heard]) -> bool:
    if not in_breach(about, heard):
        return False
    breach = breaches(about, heard)[-1]
    return any(one.at >= breach[0].at + about.get("for_minutes", 0) * MINUTE for one in breach)


def rate_holds(about: dict[str, Any], heard: list[Heard]) -> bool:
    *before, last = heard
    for one in before:
        if not number(one.value) or last.at - one.at > about["minutes"] * MINUTE:
            continue
        rise = Fraction(str(last.value)) - Fraction(str(one.value))
        if "rises" in about and rise >= Fraction(str(about["rises"])):
            return True
        if "falls" in about and -rise >= Fraction(str(about["falls"])):
            return True
    return False


def after_snoozes(due: int, snoozes: list[tuple[int, int]]) -> int:
    """When a step acts: its own time, or the end of the snooze in which it fell due; a later snooze replaces an earlier one."""
    for place, (since, until) in enumerate(snoozes):
        replaced_at = snoozes[place + 1][0] if place + 1 < len(snoozes) else until
        ended = min(until, replaced_at) if replaced_at > since else since
        if since <= due < ended:
            if replaced_at < until:  # a later one took over while this one held the step
                return after_snoozes(replaced_at, snoozes[place + 1 :])
            return until
    return due
