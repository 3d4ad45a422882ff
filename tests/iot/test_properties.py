"""What holds for every story: repeats, restarts, order across devices and useless readings change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.iot import watching
from chalicelib.iot.floods import Pace
from chalicelib.iot.reading import MINUTE
from chalicelib.store import devices as rows
from chalicelib.store.transact import N, S

from .play import Home, instant

START = instant("2025-08-01T09:00")
DEVICES = ("a", "b")
WATCHES: list[dict[str, Any]] = [
    {"kind": "threshold", "metric": "t", "above": 5, "clear": 3, "level": "warning"},
    {"kind": "threshold", "metric": "t", "below": 2, "for_minutes": 20, "level": "info"},
    {"kind": "rate", "metric": "t", "rises": 4, "minutes": 30, "level": "info"},
    {"kind": "event", "metric": "t", "equals": 7, "level": "critical"},
    {"kind": "silence", "after_minutes": 60, "level": "warning"},
    {"kind": "no_activity", "metric": "t", "active_above": 6, "for_hours": 2, "between": ["07:00", "21:00"], "level": "info"},
]
VALUES = st.one_of(st.integers(0, 9), st.none(), st.sampled_from(["n/a", True]))
STEP = st.tuples(
    st.integers(0, 90),  # minutes since the step before
    st.sampled_from(DEVICES),
    VALUES,
    st.integers(-40, 7),  # measured so many minutes from its receipt
    st.integers(0, 3),  # number
)
STORY = st.lists(STEP, min_size=1, max_size=25)


def made() -> Home:
    home = Home()
    home.person({"person": "daughter", "role": "family", "channels": ["mail"], "quiet": ["22:00", "07:00"]})
    home.person({"person": "son", "role": "family", "channels": ["push"]})
    home.escalation([{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 25, "to": ["son"]}])
    for device in DEVICES:
        home.claim(device, "none", START)
        for number, watch in enumerate(WATCHES):
            home.set_watch(device, f"w{number}", watch, START)
    return home


def hear(home: Home, device: str, value: Any, measured: int, seq: int, now: int) -> None:
    home.receive(device, [{"metric": "t", "value": value, "measured_at": measured, "seq": seq}], now)


def play(story: list[tuple[Any, ...]], *, twice: bool = False, stored: bool = False) -> Home:
    home, now = made(), START
    for minutes, device, value, off, seq in story:
        now += minutes * MINUTE
        home.to(now)
        hear(home, device, value, now + off * MINUTE, seq, now)
        if stored:
            home.devices = {name: through_the_store(one) for name, one in home.devices.items()}
        if twice:
            hear(home, device, value, now + off * MINUTE, seq, now)
    home.to(now + 24 * 60 * MINUTE)
    return home


def through_the_store(device: watching.Device) -> watching.Device:
    row = {
        **rows.key(device.id),
        "version": N(device.version),
        "contract": S(device.contract),
        "model": S(device.model),
        "claimed_at": N(device.claimed_at),
        "order": N(device.order),
        "watches": S(rows._watches_text(device.watches)),
        "body": S(rows.body_text(device)),
    }
    return rows.held(row).device


def seen(home: Home) -> Any:
    return home.listed(), home.told()


@given(STORY)
@settings(max_examples=120, deadline=None)
def test_every_message_twice_is_as_once(story: list[tuple[Any, ...]]) -> None:
    assert seen(play(story, twice=True)) == seen(play(story))


@given(STORY)
@settings(max_examples=120, deadline=None)
def test_a_restart_between_any_two_messages_changes_nothing(story: list[tuple[Any, ...]]) -> None:
    assert seen(play(story, stored=True)) == seen(play(story))


@given(STORY)
@settings(max_examples=120, deadline=None)
def test_a_device_does_not_care_what_another_one_says(story: list[tuple[Any, ...]]) -> None:
    together = play(story)
    now, own, waited = START, [], 0
    for minutes, device, *rest in story:
        waited += minutes
        now += minutes * MINUTE
        if device == "a":
            own.append((waited, device, *rest))
            waited = 0
    alone = play(own) if own else made()
    alone.to(now + 24 * 60 * MINUTE)
    for home in (alone, together):
        home.to(now + 48 * 60 * MINUTE)
    assert [a for a in alone.listed() if a["device"] == "a"] == [a for a in together.listed() if a["device"] == "a"]


@given(STORY)
@settings(max_examples=120, deadline=None)
def test_at_most_one_open_alert_for_each_watch_and_ticks_that_come_twice_do_nothing(story: list[tuple[Any, ...]]) -> None:
    home = play(story)
    for device in home.devices.values():
        is_open = [alert.watch for alert in device.alerts if alert.is_open]
        assert len(is_open) == len(set(is_open))
    before = seen(home)
    home.tick(home.ticked // (5 * MINUTE) * 5 * MINUTE)
    assert seen(home) == before


@given(STORY)
@settings(max_examples=60, deadline=None)
def test_skipping_ticks_by_next_due_is_as_ticking_every_five_minutes(story: list[tuple[Any, ...]]) -> None:
    skipping, now = play(story), START
    home = made()
    at = START // (5 * MINUTE) * 5 * MINUTE
    for minutes, device, value, off, seq in story:
        now += minutes * MINUTE
        at = tick_to(home, at, now)
        hear(home, device, value, now + off * MINUTE, seq, now)
    tick_to(home, at, now + 24 * 60 * MINUTE)
    assert seen(home) == seen(skipping)


def tick_to(home: Home, at: int, now: int) -> int:
    while at + 5 * MINUTE <= now:
        at += 5 * MINUTE
        home.tick(at)
    return at


@given(st.lists(st.tuples(VALUES, st.integers(-40, 7), st.integers(0, 3)), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_long_message_in_slices_is_as_one_reading_after_the_other(readings: list[tuple[Any, ...]]) -> None:
    now = START + 60 * MINUTE
    given_ = [{"metric": "t", "value": v, "measured_at": now + off * MINUTE, "seq": seq} for v, off, seq in readings]
    together, apart = made(), made()
    for home in (together, apart):
        home.to(now)
    together.receive("a", given_, now)
    for reading in sorted(given_, key=lambda r: r["measured_at"]):
        apart.receive("a", [reading], now)
    assert seen(together) == seen(apart)
    once = [replace(home.devices["a"], openings=0, pace=Pace()) for home in (together, apart)]
    assert once[0] == once[1]
