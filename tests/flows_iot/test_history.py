"""History as people see it: the same before and after a day is closed, whatever comes late, and each to whom it belongs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import history, ticks
from chalicelib.store import history as rows
from tests.flows.world import at
from tests.flows_iot.home import Home, heat

DAY = date(2025, 8, 1)


def seen(home: Home, device: str, now: str, **how: Any) -> dict[str, Any]:
    return history.view(home.store, at(now), home.contract, device, **how)


def of_day(home: Home, device: str, now: str, day: date = DAY) -> dict[str, Any]:
    (item,) = seen(home, device, now, first=day, last=day)["items"]
    return item["metrics"]


def sensor(home: Home, name: str, model: str = "climate-sensor") -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device, model)
    return device


def measured(when: str, value: float, seq: int | None = None) -> dict[str, Any]:
    return heat(value, measured_at=f"{when}:00+09:00", **({} if seq is None else {"seq": seq}))


def test_a_running_day_and_the_same_day_closed_say_the_same(home: Home) -> None:
    device = sensor(home, "plain")
    for minute, value in ((0, 20), (5, 22), (10, 27)):
        home.hear(f"2025-08-01T10:{minute:02d}", device, heat(value))
    running = of_day(home, device, "2025-08-01T10:12")
    assert (running["temperature"]["n"], running["temperature"]["min"], running["temperature"]["max"]) == (3, 20, 27)
    assert (running["temperature"]["mean"], running["temperature"]["last"]) == (23, 27)
    assert running["temperature"]["missing"] == 600  # midnight to ten o'clock; the last value holds until now
    before = of_day(home, device, "2025-08-02T01:00")
    home.tick("2025-08-02T06:00")
    assert rows.closing(home.store, device).days == frozenset()
    assert of_day(home, device, "2025-08-02T06:00") == before
    assert before["temperature"]["missing"] == 24 * 60 - 15


def test_a_closed_day_takes_in_what_comes_late(home: Home) -> None:
    device = sensor(home, "late")
    home.hear("2025-08-01T10:00", device, heat(20))
    home.tick("2025-08-02T06:00")
    home.hear("2025-08-04T10:00", device, measured("2025-08-01T12:00", 30, seq=7))
    assert of_day(home, device, "2025-08-04T10:01")["temperature"]["max"] == 30  # at once, before any tick
    home.tick("2025-08-05T06:00")
    assert rows.closing(home.store, device).days == frozenset()
    closed = of_day(home, device, "2025-08-05T06:01")["temperature"]
    assert (closed["n"], closed["max"], closed["mean"]) == (2, 30, 25)


def test_a_closed_day_costs_nothing_more(home: Home) -> None:
    device = sensor(home, "quiet")
    home.hear("2025-08-01T10:00", device, heat(20))
    home.tick("2025-08-02T06:00")
    waits = rows.closing(home.store, device)
    assert (waits.days, waits.months) == (frozenset(), {"2025-08"})
    assert waits.due_at > "2025-08-31T17:00"  # nothing before the month is over, in Japan's night of 1 September
    home.tick("2025-09-01T06:00")
    assert rows.closing(home.store, device) == rows.Closing(waits.version)


def test_a_month_is_stored_when_it_is_over_and_says_what_its_days_said(home: Home) -> None:
    device = sensor(home, "month")
    for day, value in (("2025-08-01", 20), ("2025-08-15", 30), ("2025-08-31", 10)):
        home.hear(f"{day}T10:00", device, heat(value))
        home.tick(f"{day[:8]}{int(day[8:]) + 1:02d}T06:00" if day != "2025-08-31" else "2025-09-01T06:00")
    stored = [row.when for row in rows.load(home.store, device, home.contract, "room", "2025-08", "2025-08", 0)]
    assert stored == ["2025-08"]
    (item,) = seen(home, device, "2025-09-01T10:00", by="month", first=DAY, last=DAY)["items"]
    found = item["metrics"]["temperature"]
    assert (item["month"], item["complete"]) == ("2025-08", True)
    assert (found["n"], found["days"], found["min"], found["mean"], found["max"], found["last"]) == (3, 3, 10, 20, 30, 10)
    home.hear("2025-09-10T10:00", device, measured("2025-08-20T10:00", 40, seq=1))
    for now in ("2025-09-10T10:01", "2025-09-11T07:00"):
        (item,) = seen(home, device, now, by="month", first=DAY, last=DAY)["items"]
        assert (item["metrics"]["temperature"]["n"], item["metrics"]["temperature"]["max"]) == (4, 40)
        home.tick("2025-09-11T06:00")


def test_days_are_japans(home: Home) -> None:
    device = sensor(home, "japan")
    home.hear("2025-08-01T23:55", device, heat(20))
    home.hear("2025-08-02T00:00", device, heat(30))
    items = seen(home, device, "2025-08-02T00:01", first=DAY, last=date(2025, 8, 2))["items"]
    assert [(item["day"], item["metrics"]["temperature"]["last"]) for item in items] == [("2025-08-01", 20), ("2025-08-02", 30)]


def test_quarters_of_an_hour(home: Home) -> None:
    device = sensor(home, "quarter")
    for minute, value in ((0, 20), (14, 22), (15, 30)):
        home.hear(f"2025-08-01T10:{minute:02d}", device, heat(value))
    (item,) = seen(home, device, "2025-08-01T11:00", by="quarter", first=DAY, last=DAY)["items"]
    assert item["metrics"]["temperature"]["quarters"] == [
        {"from": "2025-08-01T01:00:00Z", "n": 2, "min": 20, "mean": 21, "max": 22, "last": 22},
        {"from": "2025-08-01T01:15:00Z", "n": 1, "min": 30, "mean": 30, "max": 30, "last": 30},
    ]


def test_what_cannot_be_is_counted_and_in_no_number(home: Home) -> None:
    device = sensor(home, "apart")
    home.hear("2025-08-01T10:00", device, heat(20), heat(900, seq=1), heat(None, seq=2))
    found = of_day(home, device, "2025-08-01T10:01")["temperature"]
    assert (found["n"], found["max"], found["apart"], found["unread"]) == (1, 20, 1, 1)


def test_a_span_that_is_too_long_or_backwards_is_named(home: Home) -> None:
    device = sensor(home, "span")
    for by, first in (("quarter", date(2025, 7, 20)), ("day", date(2025, 1, 1)), ("month", date(2020, 1, 1))):
        with pytest.raises(Invalid, match="span"):
            seen(home, device, "2025-08-01T10:00", by=by, first=first, last=DAY)
    with pytest.raises(Invalid, match="order"):
        seen(home, device, "2025-08-01T10:00", first=DAY, last=date(2025, 7, 1))


def test_another_contracts_device_looks_like_none(home: Home) -> None:
    device = sensor(home, "mine")
    with pytest.raises(NotFound):
        seen(Home(home.store), device, "2025-08-01T10:00")


def test_a_device_without_its_row_is_let_go(home: Home) -> None:
    device = sensor(home, "gone")
    home.hear("2025-08-01T10:00", device, heat(20))
    from chalicelib.store.devices import key
    from chalicelib.store.transact import delete

    home.store.write(delete(home.store.devices, key(device)))
    ticks.tick(home.store, at("2025-08-02T06:00"))
    assert list(rows.load(home.store, device, home.contract, "room", "2025-08-01", "2025-08-01", 0)) == []
    assert rows.closing(home.store, device).days == frozenset()
