"""Closing days under bad luck: every AWS call spoiled in every way, then again; and late data in many orders beside a closing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chalicelib.flows import closing, history, history_erasing, readings
from chalicelib.store import devices as rows
from chalicelib.store import history as summaries
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Snapshot
from tests.faults_iot.test_watching_faults import Worker, enumerate_faults
from tests.flows.world import at
from tests.flows_iot.home import Home, heat, record

DAY = date(2025, 8, 31)  # the last of its month: its closing sums up the month, too
NIGHT = "2025-09-01T06:00"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> Iterator[tuple[Home, Snapshot]]:
    """A sensor that measured twice on a day, which is not closed yet."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rows, waiting):
            patch.setattr(module, "SHARDS", 2)
        home = Home(store)
        home.claim("2025-08-31T09:00", "room")
        home.hear("2025-08-31T10:00", "room", heat(20, seq=1))
        home.hear("2025-08-31T10:05", "room", heat(22, seq=2))
        for row in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
            waiting.left(store, row)
        yield home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot]) -> Home:
    start[1].restore()
    return start[0]


def close(home: Home, now: str = NIGHT) -> None:
    closing.close(home.store, "room", round(at(now).timestamp() * 1000))


def most(home: Home, now: str, by: str = "day") -> Any:
    items = history.view(home.store, at(now), home.contract, "room", by=by, first=DAY, last=DAY)["items"]
    return [(item["metrics"]["temperature"]["n"], item["metrics"]["temperature"]["max"]) for item in items]


def stored(home: Home, when: str) -> list[Any]:
    found = summaries.load(home.store, "room", home.contract, "room", when, when, 0)
    return [(row.metrics["temperature"]["n"], row.metrics["temperature"]["max"]) for row in found]


LATE = heat(35, seq=9, measured_at="2025-08-31T12:00:00+09:00")


def test_closing_a_day_and_its_month(home: Home) -> None:
    assert enumerate_faults(lambda: close(home)) >= 6
    assert (stored(home, "2025-08-31"), stored(home, "2025-08")) == ([(2, 22)], [(2, 22)])
    assert summaries.closing(home.store, "room").days == frozenset()


def test_late_data_for_a_closed_day(home: Home) -> None:
    close(home)
    late = record("2025-09-02T10:00", "room", LATE, id="late", batch="late")
    enumerate_faults(Worker(home.store, "2025-09-02T10:00", late))
    assert most(home, "2025-09-02T10:01") == most(home, "2025-09-02T10:01", "month") == [(3, 35)]
    close(home, "2025-09-03T06:00")
    assert (stored(home, "2025-08-31"), stored(home, "2025-08")) == ([(3, 35)], [(3, 35)])


def test_erasing(home: Home) -> None:
    close(home)
    home.hear("2025-09-01T10:00", "room", heat(30, seq=3))

    def erase() -> None:
        asked = home.asked("erase")
        history_erasing.erase(home.store, at("2025-09-02T10:00"), asked, "contractor", "room", {"from": DAY, "to": DAY})

    assert enumerate_faults(erase) >= 8
    assert (stored(home, "2025-08-31"), stored(home, "2025-08"), most(home, "2025-09-02T10:01")) == ([], [], [])
    assert [e["seq"] for e in seen(home)] == [3]


def seen(home: Home) -> list[Any]:
    from chalicelib.flows import devices

    return devices.readings(home.store, at("2025-09-02T10:01"), home.contract, "room")["items"]


def test_late_data_beside_a_closing_in_many_orders(home: Home) -> None:
    """Whoever is first: what is shown has the late reading in it, and after the next night so has what is stored."""
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        event = {"Records": [record("2025-09-01T05:59", "room", LATE, id="late", batch="late")]}
        results = baton.run(lambda: readings.work(home.store, event, at("2025-09-01T05:59")), lambda: close(home))
        assert not any(isinstance(result, Exception) for result in results)
        assert most(home, "2025-09-01T06:01") == [(3, 35)]
        close(home, "2025-09-02T06:00")
        assert (stored(home, "2025-08-31"), stored(home, "2025-08")) == ([(3, 35)], [(3, 35)])

    luck = random.Random(4)
    for lead in range(9):  # the closing gets so many calls ahead of the reading; then as it falls
        run(Baton([1] * lead + [0] * 40))
        run(Baton([0] * lead + [1] * 40))
        run(Baton([luck.randint(0, 1) for _ in range(40)]))


def test_two_closings_at_once_in_every_order(home: Home) -> None:
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        assert baton.run(lambda: close(home), lambda: close(home)) == [None, None]
        assert (stored(home, "2025-08-31"), stored(home, "2025-08")) == ([(2, 22)], [(2, 22)])
        assert summaries.closing(home.store, "room").days == frozenset()

    run(Baton([0] * 40))
    run(Baton([1] * 40))
    run(Baton([0, 1] * 20))


def test_a_closing_that_saw_less_never_overwrites_what_saw_more(home: Home) -> None:
    """It was stopped after it had read, and goes on when a later one is done."""
    held = home.held("room")
    slow = summaries.closing(home.store, "room").version
    home.hear("2025-09-01T05:59", "room", LATE)
    close(home)
    with pytest.MonkeyPatch.context() as patch:
        early = {"temperature": {"kind": "gauge", "n": 2, "min": 20, "mean": 21, "max": 22, "last": 22, "sum": 42}}
        patch.setattr(closing, "of_day", lambda *args: early)
        closing.sum_up(home.store, held, [DAY], [], slow)
    assert stored(home, "2025-08-31") == [(3, 35)]
