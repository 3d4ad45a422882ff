"""Diaries, files and forgetting, through their flows; recordings of real homes against sums of their own CSV files."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import devices as views
from chalicelib.flows import diaries, history, history_csv, history_erasing
from chalicelib.store import contracts, devices
from chalicelib.store import history as rows
from tests.flows.world import World, at
from tests.flows_iot.home import Home, heat, later

RECORDINGS = Path(__file__).parents[2] / "fleet" / "recordings"
DAY = date(2025, 8, 1)


def sensor(home: Home, name: str, model: str) -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T00:00", device, model)
    return device


def state(home: Home, device: str, *states: tuple[str, str]) -> None:
    """The mat speaks every ten minutes from each time to the next."""
    for (start, value), (end, _) in pairwise(states):
        now = start
        while now < end:
            home.hear(now, device, {"metric": "bed_state", "value": value})
            now = later(now, 10)


@pytest.mark.rule("LRH-MON-1")
def test_the_sleep_diary_shows_last_night_and_the_months(home: Home) -> None:
    device = sensor(home, "mat", "bed-mat")
    night = (
        ("2025-08-01T22:00", "moving"),
        ("2025-08-01T22:30", "asleep"),
        ("2025-08-02T05:00", "away"),
        ("2025-08-02T05:30", ""),
    )
    state(home, device, *night)
    seen = diaries.sleep(home.store, at("2025-08-02T07:00"), home.contract, device, first=DAY, last=DAY + timedelta(days=1))
    (item,) = seen["items"]
    assert (item["day"], item["to_bed_at"], item["up_at"]) == ("2025-08-02", "2025-08-01T13:00:00Z", "2025-08-01T20:00:00Z")
    assert (item["asleep_minutes"], item["awake_minutes"], item["times_up"], item["calm_percent"]) == (390, 30, 0, 93)
    home.tick("2025-08-03T06:00")
    again = diaries.sleep(home.store, at("2025-08-03T07:00"), home.contract, device, first=DAY, last=DAY + timedelta(days=1))
    assert again == seen
    months = diaries.sleep(home.store, at("2025-08-03T07:00"), home.contract, device, by="month", first=DAY, last=DAY)["items"]
    assert [(month["month"], month["nights"], month["to_bed_time"]) for month in months] == [("2025-08", 1, "22:00")]


def test_a_device_that_knows_nothing_of_sleep_has_no_such_diary(home: Home) -> None:
    device = sensor(home, "room", "climate-sensor")
    for diary in (diaries.sleep, diaries.vitals, diaries.energy_of):
        with pytest.raises(NotFound):
            diary(home.store, at("2025-08-02T07:00"), home.contract, device)


def test_the_vitals_diary_has_each_measurement(home: Home) -> None:
    device = sensor(home, "cuff", "blood-pressure-meter")
    home.hear("2025-08-01T07:00", device, {"metric": "systolic", "value": 130}, {"metric": "diastolic", "value": 80})
    home.hear("2025-08-01T19:00", device, {"metric": "systolic", "value": 140})
    seen = diaries.vitals(home.store, at("2025-08-01T20:00"), home.contract, device)
    (item,) = seen["items"]
    assert item["metrics"]["systolic"]["items"] == [
        {"at": "2025-07-31T22:00:00Z", "value": 130},
        {"at": "2025-08-01T10:00:00Z", "value": 140},
    ]
    assert item["metrics"]["systolic"]["mean"] == 135
    assert seen["metrics"]["systolic"]["label"]["ja"] == "最高血圧"


def liferhythm(home: Home) -> Home:
    """A contract of the service whose terms list its functions."""
    made = World(home.store).apply("2025-07-01T10:00", key=home.contract, service="liferhythm-home")
    return Home(home.store, made["id"])


@pytest.mark.rule("LRH-MON-6")
def test_health_records_are_not_shown_to_who_has_not_asked_for_them(home: Home) -> None:
    own = liferhythm(home)
    device = sensor(own, "cuff2", "thermometer")
    with pytest.raises(Refused, match="not_set_up"):
        diaries.vitals(own.store, at("2025-08-01T20:00"), own.contract, device)
    own.hear("2025-08-01T07:00", device, {"metric": "body_temperature", "value": 36.5})
    assert history.view(own.store, at("2025-08-01T20:00"), own.contract, device)["items"] == []


@pytest.mark.rule("LRH-MON-2", "LRH-MON-3")
def test_what_the_terms_promise_no_history_of_goes_with_the_readings(home: Home) -> None:
    for where, room_days in ((home, 400), (liferhythm(home), 92)):
        device = sensor(where, f"keep{room_days}", "climate-sensor")
        where.hear("2025-08-01T07:00", device, heat(25))
        where.tick("2025-08-02T06:00")
        end = at("2025-08-02T00:00")

        def found(after: timedelta, where: Home = where, device: str = device, end: datetime = end) -> int:
            now = round((end + after).timestamp() * 1000)
            return len(list(rows.load(where.store, device, where.contract, "room", "2025-08-01", "2025-08-01", now)))

        assert (found(timedelta(days=room_days - 1)), found(timedelta(days=room_days))) == (1, 0)


def recording(name: str) -> list[dict[str, str]]:
    with (RECORDINGS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def replay(home: Home, device: str, lines: list[dict[str, str]], columns: dict[str, str], starts: str) -> None:
    """The recording as a gateway sends it: an hour a message."""
    begun = datetime.fromisoformat(lines[0]["time_local"])
    offset = datetime.fromisoformat(starts) - begun
    hours: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        when = datetime.fromisoformat(line["time_local"]) + offset
        for metric, column in columns.items():
            value = float(line[column]) if line[column] else None
            one = {"metric": metric, "value": value, "measured_at": when.isoformat() + "+09:00"}
            hours.setdefault(when.strftime("%Y-%m-%dT%H:59"), []).append(one)
    for now, readings in hours.items():
        home.hear(now, device, *readings)


def test_a_familys_absence_shows_in_the_recording(home: Home) -> None:
    """Sums of the file itself: a kilowatt for a minute is a sixtieth of a kilowatt-hour."""
    device = sensor(home, "power", "energy-sensor")
    lines = [line for line in recording("household_power_1min.csv") if "2008-08-05" <= line["time_local"] < "2008-08-08"]
    columns = {"power_kw": "active_kw", "kitchen_wh": "kitchen_wh", "water_heater_ac_wh": "waterheater_ac_wh"}
    replay(home, device, lines, columns, "2025-08-05T00:00")
    for now in ("2025-08-06T06:00", "2025-08-07T06:00", "2025-08-08T06:00"):
        home.tick(now)
    seen = diaries.energy_of(
        home.store, at("2025-08-08T07:00"), home.contract, device, first=date(2025, 8, 5), last=date(2025, 8, 7)
    )
    assert [item["day"] for item in seen["items"]] == ["2025-08-05", "2025-08-06", "2025-08-07"]
    for item in seen["items"]:
        own = [line for line in lines if line["time_local"][8:10] == item["day"][8:]]
        assert item["total_kwh"] == pytest.approx(sum(float(line["active_kw"]) for line in own) / 60, abs=0.01)
        kitchen = sum(float(line["kitchen_wh"]) for line in own) / 1000
        heater = sum(float(line["waterheater_ac_wh"]) for line in own) / 1000
        assert item["groups"] == {"kitchen": pytest.approx(kitchen), "water_heater_ac": pytest.approx(heater)}
        assert item["rest_kwh"] == pytest.approx(item["total_kwh"] - kitchen - heater, abs=1e-5)
    at_home, *away = [item["total_kwh"] for item in seen["items"]]
    assert at_home > 8 and max(away) < 6


def test_a_rooms_day_is_that_of_the_recording(home: Home) -> None:
    device = sensor(home, "climate", "climate-sensor")
    lines = [line for line in recording("room_climate_16min.csv") if line["time_local"] < "2015-02-06"]
    replay(home, device, lines, {"temperature": "temperature_c", "humidity": "humidity_pct"}, "2025-08-04T17:51")
    home.tick("2025-08-06T06:00")
    seen = history.view(
        home.store, at("2025-08-06T07:00"), home.contract, device, first=date(2025, 8, 4), last=date(2025, 8, 5)
    )
    for item, day in zip(seen["items"], ("2015-02-04", "2015-02-05"), strict=True):
        values = [float(line["temperature_c"]) for line in lines if line["time_local"].startswith(day)]
        found = item["metrics"]["temperature"]
        assert (found["n"], found["min"], found["max"], found["last"]) == (len(values), min(values), max(values), values[-1])
        assert found["mean"] == pytest.approx(sum(values) / len(values), abs=1e-5)
        assert found["missing"] < (20 * 60 if day == "2015-02-04" else 30)


@pytest.mark.rule("ORM-DAT-4")
def test_what_the_roof_gave_is_that_of_the_recording(home: Home) -> None:
    device = sensor(home, "roof", "pv-gateway")
    lines = [line for line in recording("pv_system_15min.csv") if line["time_local"].startswith("2022-01-03")]
    replay(home, device, lines, {"power": "ac_power__773"}, "2025-08-03T00:01")
    (item,) = diaries.energy_of(home.store, at("2025-08-04T01:00"), home.contract, device)["items"]
    assert item["total_kwh"] == pytest.approx(sum(float(line["ac_power__773"]) for line in lines) / 4000, abs=0.02)
    assert "groups" not in item


@pytest.mark.rule("ORM-PRV-2")
def test_a_file_for_excel_is_in_japan_time_and_holds_every_reading(home: Home) -> None:
    device = sensor(home, "file", "climate-sensor")
    home.hear("2025-08-01T10:00", device, heat(-2.5, seq=1), heat(900, seq=2))
    home.hear("2025-08-01T10:00", device, heat(-2.5, seq=1))
    how: dict[str, Any] = {"first": DAY, "last": DAY}
    text = history_csv.written(home.store, at("2025-08-01T11:00"), home.contract, device, by="reading", bom=True, **how)
    assert text.startswith("\ufeffdevice,metric,unit,measured_at,value,seq,apart\r\n")
    lines = list(csv.reader(io.StringIO(text[1:])))[1:]
    assert [line[1:] for line in lines] == [
        ["temperature", "°C", "2025-08-01 10:00:00", "-2.5", "1", ""],
        ["temperature", "°C", "2025-08-01 10:00:00", "900", "2", "yes"],
    ]
    for by, begins in (("quarter", "2025-08-01 10:00:00"), ("day", "2025-08-01"), ("month", "2025-08")):
        text = history_csv.written(home.store, at("2025-08-01T11:00"), home.contract, device, by=by, **how)
        (line,) = csv.DictReader(io.StringIO(text))
        assert (line["from"], line["n"], line["mean"]) == (begins, "1", "-2.5")
    with pytest.raises(Invalid, match="span"):
        history_csv.written(
            home.store, at("2025-08-01T11:00"), home.contract, device, by="reading", first=DAY - timedelta(days=5), last=DAY
        )


def erased(home: Home, device: str, now: str, **body: Any) -> Any:
    return history_erasing.erase(home.store, at(now), home.asked(), "watched", device, body)


def temperatures(home: Home, device: str, now: str) -> list[tuple[str, int]]:
    seen = history.view(home.store, at(now), home.contract, device, first=date(2025, 7, 31), last=date(2025, 8, 10))
    return [
        (item["day"][8:], item["metrics"]["temperature"]["max"]) for item in seen["items"] if "temperature" in item["metrics"]
    ]


def test_what_is_erased_does_not_come_back_with_the_night(home: Home) -> None:
    device = sensor(home, "erase", "climate-sensor")
    for day, value in ((1, 21), (2, 22), (3, 23)):
        home.hear(f"2025-08-0{day}T10:00", device, heat(value), {"metric": "battery_percent", "value": 90})
        home.tick(f"2025-08-0{day + 1}T06:00")
    assert temperatures(home, device, "2025-08-04T10:00") == [("01", 21), ("02", 22), ("03", 23)]
    answer = erased(home, device, "2025-08-04T10:00", **{"from": date(2025, 8, 2), "to": date(2025, 8, 2), "kinds": ["room"]})
    assert answer == {"device": device, "from": "2025-08-02", "to": "2025-08-02", "kinds": ["room"]}
    for now in ("2025-08-04T10:01", "2025-08-05T10:00"):
        assert temperatures(home, device, now) == [("01", 21), ("03", 23)]
        home.tick("2025-08-05T06:00")
    left = history.view(home.store, at("2025-08-05T10:00"), home.contract, device, metric="battery_percent")["items"]
    assert [item["day"] for item in left] == ["2025-08-01", "2025-08-02", "2025-08-03"]
    (noted,) = [e for j in contracts.journals(home.store, home.contract) for e in j.events if e["kind"] == "history_erased"]
    assert noted["facts"] == {"device": device, "from": "2025-08-02", "to": "2025-08-02", "kinds": "room"}


def test_everything_of_a_device_can_be_forgotten(home: Home) -> None:
    device = sensor(home, "forget", "climate-sensor")
    for now, value in (("2025-08-01T10:00", 21), ("2025-08-31T10:00", 22), ("2025-09-01T10:00", 23)):
        home.hear(now, device, heat(value))
        home.tick(later(now[:11] + "06:00", 24 * 60))
    erased(home, device, "2025-09-03T10:00")
    begins = ("reading#", "day#", "month#")
    for _ in range(2):
        items = [row["item"]["S"] for row in home.store.query_all(home.store.devices, ("device", device))]
        assert [item for item in items if item.startswith(begins)] == []
        home.tick("2025-09-04T06:00")
    assert home.held(device).device.newest["temperature"].value == 23  # what it shows now is no history


def test_a_month_loses_what_its_days_lost(home: Home) -> None:
    device = sensor(home, "months", "climate-sensor")
    for now, value in (("2025-08-01T10:00", 21), ("2025-08-31T10:00", 31)):
        home.hear(now, device, heat(value))
        home.tick(later(now[:11] + "06:00", 24 * 60))
    erased(home, device, "2026-03-01T10:00", to=date(2025, 8, 10))  # long after the readings themselves are gone
    (item,) = history.view(home.store, at("2026-03-01T11:00"), home.contract, device, by="month", first=DAY, last=DAY)["items"]
    assert (item["metrics"]["temperature"]["min"], item["metrics"]["temperature"]["days"]) == (31, 1)


def test_a_span_backwards_and_anothers_device(home: Home) -> None:
    device = sensor(home, "wrong", "climate-sensor")
    with pytest.raises(Invalid, match="order"):
        erased(home, device, "2025-08-04T10:00", **{"from": date(2025, 8, 2), "to": date(2025, 8, 1)})
    with pytest.raises(NotFound):
        erased(Home(home.store), device, "2025-08-04T10:00")


def test_a_device_handed_on_keeps_each_owners_day_to_themselves(home: Home) -> None:
    """Both had it on one day: each sees their own hours, before and after it is closed."""
    device = sensor(home, "handed", "climate-sensor")
    new = Home(home.store)
    home.hear("2025-08-01T08:00", device, heat(20))
    home.store.write(devices.released(home.store, home.held(device), round(at("2025-08-01T09:00").timestamp() * 1000)))
    new.claim("2025-08-01T10:00", device)
    new.hear("2025-08-01T11:00", device, heat(30))
    for now in ("2025-08-01T12:00", "2025-08-02T12:00"):
        assert (temperatures(home, device, now), temperatures(new, device, now)) == ([("01", 20)], [("01", 30)])
        home.tick("2025-08-02T06:00")
    devices.erase_of(home.store, device, home.contract)
    assert temperatures(new, device, "2025-08-02T12:00") == [("01", 30)]
    with pytest.raises(NotFound):
        temperatures(home, device, "2025-08-02T12:00")


def test_who_had_a_device_between_two_others_has_only_their_own_time(home: Home) -> None:
    device = sensor(home, "three", "climate-sensor")
    second, third = Home(home.store), Home(home.store)
    for hour, old, new in ((8, home, second), (12, second, third)):
        old.hear(f"2025-08-01T{hour:02d}:00", device, heat(hour))
        gone = round(at(f"2025-08-01T{hour + 1:02d}:00").timestamp() * 1000)
        home.store.write(devices.released(home.store, old.held(device), gone))
        new.claim(f"2025-08-01T{hour + 2:02d}:00", device)
    seen = views.readings(home.store, at("2025-08-01T20:00"), second.contract, device)["items"]
    assert [reading["value"] for reading in seen] == [12]
    devices.erase_of(home.store, device, second.contract)
    assert temperatures(home, device, "2025-08-01T20:00") == [("01", 8)]
