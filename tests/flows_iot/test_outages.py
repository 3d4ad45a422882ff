"""An outage of ours: nobody is called silent for it, and its news comes together. A clock that somebody moves is none."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.flows import ticks
from chalicelib.iot import outage
from chalicelib.iot.reading import MINUTE, from_millis
from chalicelib.store import heartbeat
from chalicelib.store import outbox as waiting
from tests.flows.world import at
from tests.flows_iot.home import Home, heat, later, record
from tests.iot.play import instant


@pytest.fixture(autouse=True)
def never_ticked(home: Home) -> None:
    from chalicelib.store.transact import S, delete

    home.store.write(delete(home.store.alerts, {"contract": S("heartbeat"), "item": S("tick")}))


def beat(home: Home, when: str, real: str = "") -> None:
    ticks.tick(home.store, at(when), real=at(real or when))


def silent_home(home: Home, name: str, model: str = "climate-sensor", after: int = 60) -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device, model)
    home.add("2025-08-01T09:00", "daughter")
    home.watch("2025-08-01T09:00", device, "offline", kind="silence", after_minutes=after)
    return device


def gathered(home: Home) -> list[tuple[str, Any]]:
    rows = [row for row in waiting.leftovers(home.store, at("2030-01-01T00:00")) if row.kind == "told"]
    own = [row.body for row in rows if row.body["contract"] == home.contract]
    return [(body["watch"], body.get("gather")) for body in sorted(own, key=lambda body: body["at"])]


def opened(home: Home) -> list[str]:
    return [one["opened_at"][11:16] for one in home.alerts()]


def test_a_device_that_could_not_reach_us_is_not_silent(home: Home) -> None:
    device = silent_home(home, "back")
    beat(home, "2025-08-01T09:10")
    beat(home, "2025-08-01T12:00")  # we were away for nearly three hours
    beat(home, "2025-08-01T12:05")
    assert home.alerts() == []
    home.hear("2025-08-01T12:09", device, heat(20))  # it comes back with what it kept
    for minute in (10, 15, 20):
        beat(home, f"2025-08-01T12:{minute}")
    assert home.alerts() == []
    assert home.held(device).due_at == instant("2025-08-01T13:10")


def test_who_stays_silent_is_noticed_a_quarter_of_an_hour_later_and_told_with_the_others(home: Home) -> None:
    silent_home(home, "gone")
    beat(home, "2025-08-01T09:10")
    for when in ("12:00", "12:05", "12:10", "12:15"):
        beat(home, f"2025-08-01T{when}")
    assert opened(home) == ["03:15"]
    assert gathered(home) == [("offline", "2025-08-01T03:30:00Z")]


def test_what_speaks_once_an_hour_has_an_hour(home: Home) -> None:
    silent_home(home, "button", "call-button")
    beat(home, "2025-08-01T09:10")
    beat(home, "2025-08-01T12:00")
    for when in ("12:15", "12:30", "12:45", "13:00"):
        beat(home, f"2025-08-01T{when}")
    assert opened(home) == []
    beat(home, "2025-08-01T13:05")
    assert opened(home) == ["04:05"]


def test_a_clock_that_is_moved_is_no_outage(home: Home) -> None:
    silent_home(home, "moved")
    beat(home, "2025-08-01T09:10", real="2026-01-01T10:00")
    beat(home, "2025-08-03T09:10", real="2026-01-01T10:01")
    assert [one["opened_at"] for one in home.alerts()] == ["2025-08-03T00:10:00Z"]
    assert gathered(home) == [("offline", None)]


@pytest.mark.parametrize(("minutes", "away"), [(15, False), (15.1, True)])
def test_a_late_tick_is_no_outage(home: Home, minutes: float, away: bool) -> None:
    beat(home, "2025-08-01T09:00")
    ticks.tick(home.store, at("2025-08-01T09:20"), real=at("2025-08-01T09:00") + timedelta(minutes=minutes))
    known = heartbeat.load(home.store)
    assert known is not None
    assert (known.resumed == instant("2025-08-01T09:20")) is away


def test_steps_that_fell_due_while_we_were_away_are_told_together(home: Home) -> None:
    from chalicelib.flows import people

    device = silent_home(home, "steps", after=600)
    home.add("2025-08-01T09:00", "son")
    steps = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 30, "to": ["son"]}]
    people.set_escalation(home.store, home.contract, steps)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.watch("2025-08-01T09:00", device, "sos", kind="event", metric="temperature", equals=31, level="critical")
    beat(home, "2025-08-01T10:00")
    home.hear("2025-08-01T10:02", device, heat(31))
    beat(home, "2025-08-01T12:00")
    assert sorted(gathered(home)[-2:], key=str) == [("hot", "2025-08-01T03:10:00Z"), ("sos", None)]


def test_messages_that_waited_for_us_are_told_together_and_critical_ones_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.flows import readings

    device = silent_home(home, "queue", after=600)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.watch("2025-08-01T09:00", device, "sos", kind="event", metric="temperature", equals=32, level="critical")
    waited = [record("2025-08-01T10:00", device, heat(31)), record("2025-08-01T10:30", device, heat(32))]
    assert all(json.loads(one["body"])["received_at"] for one in waited)
    from chalicelib import settings

    monkeypatch.setenv("STAGE", "prod")  # where a message's time is IoT Core's, and not ours
    monkeypatch.setenv("TABLE_PREFIX", settings.current().table_prefix)
    settings.current.cache_clear()
    try:
        readings.work(home.store, {"Records": waited}, at("2025-08-01T10:41"))
    finally:
        monkeypatch.undo()
        settings.current.cache_clear()
    assert gathered(home) == [("hot", "2025-08-01T02:00:00Z"), ("sos", None)]


@pytest.mark.parametrize(
    ("minutes", "leaves"),
    [(15, None), (16, "2025-08-01T01:30:00Z"), (25, "2025-08-01T01:30:00Z"), (26, "2025-08-01T01:45:00Z")],
)
def test_late_news_leaves_every_quarter_of_an_hour(minutes: int, leaves: str | None) -> None:
    told = instant("2025-08-01T10:00")
    found = outage.late_gathers(told, told + minutes * MINUTE)
    assert (None if found is None else from_millis(found).isoformat().replace("+00:00", "Z")) == leaves


def test_the_tick_knows_of_the_outage_even_when_it_crashed_in_its_middle(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    device = silent_home(home, "crash")
    beat(home, "2025-08-01T09:10")
    with monkeypatch.context() as broken:
        broken.setattr(ticks, "share", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            beat(home, "2025-08-01T12:00")
    beat(home, later("2025-08-01T12:00", 5))
    assert home.alerts() == [] and home.held(device).due_at == instant("2025-08-01T12:10")
