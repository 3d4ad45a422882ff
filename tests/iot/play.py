"""Plays watching scenarios on the pure part alone: one world of values, ticks every five minutes where one is due."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from chalicelib.dates import JST
from chalicelib.iot import alerts, models, setting, watching
from chalicelib.iot.reading import MINUTE, from_millis, parse, set_apart, to_millis
from chalicelib.iot.telling import Household, Person

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = (ROOT / "fleet" / "recordings",)


def instant(text: Any) -> int:
    if isinstance(text, datetime):
        return to_millis(text.replace(tzinfo=JST))
    return to_millis(datetime.fromisoformat(str(text)).replace(tzinfo=JST))


def minute(millis: int | None) -> str | None:
    return None if millis is None else from_millis(millis).astimezone(JST).strftime("%Y-%m-%dT%H:%M")


class Home:
    """The devices of one contract, its people, and everything that was noticed and told."""

    def __init__(self) -> None:
        self.devices: dict[str, watching.Device] = {}
        self.household = Household()
        self.alerts: dict[str, tuple[str, alerts.Alert]] = {}
        self.tells: list[alerts.Tell] = []
        self.ticked = 0

    # what can happen

    def claim(self, device: str, model: str, now: int) -> None:
        self.devices[device] = watching.Device(device, "c1", model, now, order=len(self.devices) + 1)

    def person(self, args: dict[str, Any]) -> None:
        quiet = setting.span_of(args["quiet"], "quiet") if args.get("quiet") else None
        person = Person(args["person"], args["role"], tuple(args["channels"]), quiet)
        people = tuple(p for p in self.household.people if p.name != person.name)
        self.household = replace(self.household, people=(*people, person))

    def escalation(self, steps: list[dict[str, Any]]) -> None:
        names = [person.name for person in self.household.people]
        self.household = replace(self.household, steps=setting.steps_of(steps, names))

    def set_watch(self, device: str, name: str, settings: dict[str, Any], now: int) -> None:
        watch = setting.watch_of(name, settings)
        self.commit(watching.set_watch(self.devices[device], watch, now))

    def remove_watch(self, device: str, name: str, now: int) -> None:
        self.commit(watching.remove_watch(self.devices[device], name, now))

    def receive(self, device: str, readings: list[dict[str, Any]], now: int) -> None:
        message = parse({"device": device, "received_at": now, "readings": readings})
        message = set_apart(message, models.possible(self.devices[device].model))
        while message.readings:
            change = watching.receive(self.devices[device], message)
            self.commit(change)
            message = replace(message, readings=change.rest)

    def tick(self, now: int) -> None:
        for id in list(self.devices):
            self.commit(watching.tick(self.devices[id], now))
            while True:
                settled = watching.tell_due(self.devices[id], self.household, now)
                self.devices[id] = settled.device
                self.tells += settled.tells
                if not settled.tells:
                    break

    def to(self, now: int) -> None:
        """Ticks up to and including `now`, where `next_due` says that one has something to do."""
        while True:
            due = min((d for d in (watching.next_due(v, self.ticked) for v in self.devices.values()) if d), default=None)
            if due is None or due > now:
                self.ticked = now
                return
            self.tick(due)
            self.ticked = due

    def touch(self, device: str, name: str, how: Any) -> None:
        state = self.devices[device]
        changed = tuple(how(a) if a.watch == name and a.is_open else a for a in state.alerts)
        for alert in changed:
            self.alerts[alert.id] = (device, alert)
        self.devices[device] = replace(state, alerts=changed)

    def commit(self, change: watching.Change) -> None:
        settled = watching.settle(change, self.household)
        self.devices[settled.device.id] = settled.device
        for alert in settled.alerts:
            self.alerts[alert.id] = (settled.device.id, alert)
        self.tells += settled.tells

    # what came of it

    def listed(self) -> list[dict[str, Any]]:
        found = []
        for _, (device, alert) in sorted(self.alerts.items()):
            entry = {
                "contract": "c1",
                "device": device,
                "watch": alert.watch,
                "level": alert.level,
                "opened_at": minute(alert.opened_at),
                "closed_at": minute(alert.closed_at),
                "acknowledged_by": alert.acknowledged_by or None,
            }
            if alert.measured_at is not None:
                entry |= {"measured_at": minute(alert.measured_at), "value": alert.value}
            found.append(entry)
        return found

    def told(self) -> list[dict[str, Any]]:
        return [
            {"person": t.person, "watch": t.watch, "kind": t.kind, "at": minute(t.at), "channels": list(t.channels)}
            for t in sorted(self.tells, key=lambda t: (t.at, t.alert))
        ]


def steps_of(scenario: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Every step with its instant; a replay as one reading each row and metric."""
    found: list[tuple[int, dict[str, Any]]] = []
    for step in scenario["timeline"]:
        if step["do"] == "replay":
            found += _replay(step)
        elif "at" in step:
            found.append((instant(step["at"]), step))
        else:
            found.append((to_millis(datetime.combine(datetime.fromisoformat(step["day"]), time(12), JST)), step))
    return sorted(found, key=lambda pair: pair[0])


def _replay(step: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    name = Path(step["file"]).name
    with open(next(folder / name for folder in RECORDINGS if (folder / name).exists()), newline="") as file:
        rows = list(csv.DictReader(file))
    first, last = step.get("rows", [1, len(rows)])
    rows = rows[first - 1 : last]
    when = [datetime.fromisoformat(row[step["time"]].replace("/", "-")) for row in rows]
    start = instant(step.get("starts_at", step["at"]))
    found = []
    for row, at in zip(rows, when, strict=True):
        for metric, column in step["metrics"].items():
            value = float(row[column]) if row[column] not in ("", None) else None
            millis = start + (at - when[0]) // timedelta(milliseconds=1)
            found.append((millis, {"do": "reading", "device": step["device"], "metric": metric, "value": value}))
    return found


def play(scenario: dict[str, Any]) -> Home:
    home = Home()
    for now, step in steps_of(scenario):
        home.to(now)
        do(home, step, now)
    home.to(instant(f"{scenario['until']}T23:59"))
    return home


def do(home: Home, step: dict[str, Any], now: int) -> None:
    match step["do"]:
        case "add_device":
            home.claim(step["device"], step["model"], now)
        case "add_person":
            home.person(step)
        case "set_escalation":
            home.escalation(step["steps"])
        case "set_watch":
            settings = {k: v for k, v in step.items() if k in setting.PARAMETERS | setting.COMMON}
            home.set_watch(step["device"], step["watch"], settings, now)
        case "remove_watch":
            home.remove_watch(step["device"], step["watch"], now)
        case "reading":
            reading = {"metric": step["metric"], "value": step["value"], "measured_at": now}
            if "measured_at" in step:
                reading["measured_at"] = instant(step["measured_at"])
            if "seq" in step:
                reading["seq"] = step["seq"]
            home.receive(step["device"], [reading], now)
        case "acknowledge":
            home.touch(step["device"], step["watch"], lambda a: alerts.acknowledge(a, step["person"]))
        case "snooze":
            home.touch(step["device"], step["watch"], lambda a: alerts.snooze(a, now, now + step["minutes"] * MINUTE))
        case _:
            pass  # the contract's own life


def scenarios() -> list[dict[str, Any]]:
    text = (ROOT / "tests" / "scenarios" / "watching.scenarios.yaml").read_text(encoding="utf-8")
    return list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
