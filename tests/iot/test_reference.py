"""Random lives of a home, judged by the code and by the reference evaluator: the same alerts, and the same people told.

`LIVES=10000 python -m pytest tests/iot/test_reference.py` by hand; a smaller number with every run of the suite.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from . import play, reference
from .reference import HOUR, MINUTE, SECOND

LIVES = int(os.environ.get("LIVES", "800"))
SHARES = 10
START = int(datetime(2025, 8, 1, 0, 0, tzinfo=UTC).timestamp()) * 1000  # 09:00 in Japan
JAPAN = timezone(timedelta(hours=9))
DEVICES = (("a", "climate-sensor"), ("b", "nobody-knows-it"))
METRICS = ("temperature", "code")
FIGURES = (19, 20, 20.1, 20.2, 20.3, 21, 22, 22.5, 23, 24, 30)
ODD = (None, None, "n/a", True, 999, -300)
LEVELS = ("info", "warning", "critical")
Json = dict[str, Any]


def some_watch(dice: random.Random) -> Json:
    """Settings that make sense, near the values that come."""
    kind = dice.choice(("threshold", "threshold", "rate", "event", "silence", "no_activity"))
    about: Json = {"kind": kind, "level": dice.choice(LEVELS)}
    if kind != "silence":
        about["metric"] = dice.choice(("temperature", "temperature", "code"))
    if kind == "threshold":
        side, beside = dice.choice((("above", -1), ("below", 1)))
        about[side] = dice.choice((20, 20.2, 21, 22))
        if dice.random() < 0.5:
            about["clear"] = round(about[side] + beside * dice.choice((0, 0.1, 1, 2)), 1)
        if dice.random() < 0.6:
            about["for_minutes"] = dice.choice((0, 5, 10, 30, 90))
    elif kind == "rate":
        about[dice.choice(("rises", "falls"))] = dice.choice((0.1, 0.2, 1, 2, 3.5))
        about["minutes"] = dice.choice((5, 15, 60, 180))
    elif kind == "event":
        about["equals"] = dice.choice(("E1", True, 1, 20, False))
    elif kind == "silence":
        about["after_minutes"] = dice.choice((5, 12, 60, 240))
    else:
        about |= dice.choice(({"active_above": 21}, {"active_equals": True}, {"active_equals": 20}))
        about["for_hours"] = dice.choice((0.5, 1, 2, 6, 10))
        if dice.random() < 0.6:
            about["between"] = list(
                dice.choice((("07:00", "21:00"), ("22:00", "06:30"), ("10:03", "10:07"), ("10:01", "10:04")))
            )
    return about


def some_value(dice: random.Random, metric: str) -> Any:
    if dice.random() < 0.15:
        return dice.choice(ODD)
    return dice.choice(FIGURES) if metric == "temperature" else dice.choice(("E1", "OK", True, False, 1, 0, 20, 1.0, None))


def some_life(dice: random.Random) -> list[tuple[int, Json]]:
    """Steps of a scenario with their instants, in order."""
    now = START
    life: list[tuple[int, Json]] = [(now, {"do": "add_device", "device": name, "model": model}) for name, model in DEVICES]
    life += [(now, step) for step in household(dice)]
    said: list[Json] = []
    busy = dice.random() < 0.5  # one device, a few watches, minutes: edges are met
    pauses = (
        (0, MINUTE, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE) if busy else (0, SECOND, 3 * MINUTE, 20 * MINUTE, 2 * HOUR, 7 * HOUR)
    )
    for device, number in (("a", 1), ("a", 2), ("b", 1), ("b", 3)):
        life.append((now, {"do": "set_watch", "device": device, "watch": f"w{number}", **some_watch(dice)}))
    for _ in range(dice.randint(10, 45)):
        now += dice.choice(pauses)
        device, _ = DEVICES[0] if busy else dice.choice(DEVICES)
        at = {"device": device, "watch": f"w{dice.randint(1, 2 if busy else 4)}", "person": "daughter"}
        what = dice.random()
        if what < (0.04 if busy else 0.1):
            life.append((now, {"do": "set_watch", **at, **some_watch(dice)}))
        elif what < 0.11:
            life.append((now, {"do": "remove_watch", **at}))
        elif what < 0.15:
            life.append((now, {"do": "acknowledge", **at}))
        elif what < 0.27:
            life.append((now, {"do": "snooze", **at, "minutes": dice.choice((1, 3, 5, 7, 30, 600))}))
        elif what < 0.33 and said:
            life.append((now, dice.choice(said)))  # once more, late
        else:
            said.append(some_reading(dice, device, now, busy))
            life.append((now, said[-1]))
    return life


def some_reading(dice: random.Random, device: str, now: int, busy: bool) -> Json:
    metric = dice.choice(("temperature", "temperature", "code"))
    off = (
        0
        if busy and dice.random() < 0.8
        else dice.choice((0, 0, 0, 0, -MINUTE, -10 * MINUTE, -3 * HOUR, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE + 1, HOUR))
    )
    reading = {"do": "reading", "device": device, "metric": metric, "value": some_value(dice, metric), "at_sensor": now + off}
    reading["measured_at"] = datetime.fromtimestamp((now + off) / 1000, JAPAN).replace(tzinfo=None).isoformat()
    if busy or dice.random() < 0.5:
        reading["seq"] = dice.randint(0, 9 if busy else 3)
    return reading


def household(dice: random.Random) -> list[Json]:
    people = [
        {"do": "add_person", "person": name, "role": "family", "channels": ["mail"]} for name in ("daughter", "son", "aunt")
    ]
    for person in people:
        if dice.random() < 0.4:
            person["quiet"] = list(dice.choice((("22:00", "07:00"), ("10:00", "11:02"), ("13:00", "13:03"))))
    if dice.random() < 0.3:
        return people
    steps = [
        {
            "after_minutes": dice.choice((0, 0, 3, 10, 30, 240)),
            "to": dice.sample(("daughter", "son", "aunt"), dice.randint(1, 3)),
        }
        for _ in range(dice.randint(1, 3))
    ]
    return [*people, {"do": "set_escalation", "steps": steps}]


def by_the_code(life: list[tuple[int, Json]], until: int) -> tuple[list[Any], list[Any]]:
    home = play.Home()
    for now, step in life:
        home.to(now)
        if (
            step["do"] in ("acknowledge", "snooze", "remove_watch")
            and home.devices[step["device"]].watch(step["watch"]) is None
        ):
            continue  # there is no such watch, and nobody asks
        play.do(home, step, now)
    home.to(until)
    alerts = [
        (device, a.watch, a.level, a.opened_at, a.measured_at, a.value, a.closed_at, a.acknowledged_by or None)
        for _, (device, a) in sorted(home.alerts.items())
    ]
    order = {id: place for place, id in enumerate(sorted(home.alerts))}
    told = sorted(home.tells, key=lambda tell: (tell.at, order[tell.alert]))
    return alerts, [(tell.at, order[tell.alert], tell.kind, tell.person) for tell in told]


def by_the_book(life: list[tuple[int, Json]], until: int) -> tuple[list[Any], list[Any]]:
    world = reference.World()
    for now, step in life:
        world.do(step, now)
    world.to(until)
    alerts = world.listed()
    place = {id(alert): number for number, alert in enumerate(alerts)}
    shown = [(a.device, a.watch, a.level, a.opened, a.measured, a.value, a.closed, a.acknowledged) for a in alerts]
    return shown, [(at, place[id(alert)], kind, person) for at, alert, kind, person in world.news()]


@pytest.mark.parametrize("share", range(SHARES))
def test_the_code_and_the_book_say_the_same_of_every_life(share: int) -> None:
    opened = 0
    for number in range(share, LIVES, SHARES):
        life = some_life(random.Random(number))
        until = life[-1][0] + 30 * HOUR
        code, book = by_the_code(life, until), by_the_book(life, until)
        assert code == book, f"life {number}"
        opened += len(book[0])
    assert opened > LIVES // SHARES, "lives in which something happens"
