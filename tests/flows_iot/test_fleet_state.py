"""The state of the fleet as the index knows it: each device in one place, moved when its state changes and not before."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.flows import fleet, list_files
from chalicelib.store import devices as stored
from chalicelib.store import fleet as rows
from tests.flows.world import at
from tests.flows_iot.home import Home, heat

NOW = at("2025-08-01T12:00")


def battery(value: float) -> dict[str, Any]:
    return {"metric": "battery_percent", "value": value}


@pytest.fixture(scope="module")
def town(store: Any, surroundings: str) -> Home:
    """Seven devices, one for each thing that can be the matter."""
    home = Home(store)
    for name in ("fine", "hot", "quiet", "weak", "free", "new", "gone"):
        home.claim("2025-08-01T09:00", name)
        if name != "free":
            home.watch("2025-08-01T09:00", name, "offline", kind="silence", after_minutes=60)
    home.watch("2025-08-01T09:00", "hot", "hot", kind="threshold", metric="temperature", above=30, level="critical")
    for name in ("fine", "hot", "quiet", "weak", "free", "gone"):
        home.hear("2025-08-01T10:00", name, heat(20), {"metric": "firmware", "value": "1.0"})
    home.tick("2025-08-01T11:30")
    for name in ("fine", "hot", "weak"):
        home.hear("2025-08-01T11:31", name, heat(31 if name == "hot" else 21), {"metric": "firmware", "value": "1.1"})
    home.hear("2025-08-01T11:32", "weak", battery(9), {"metric": "signal_dbm", "value": -99})
    store.write(stored.released(store, home.held("gone"), round(at("2025-08-01T11:40").timestamp() * 1000)))
    return home


def names(home: Home, **how: Any) -> list[str]:
    return [item["device"] for item in fleet.listing(home.store, **how)["items"]]


def test_the_fleet_is_counted(town: Home) -> None:
    found = fleet.summary(town.store, NOW)
    assert found["states"] == {"online": 3, "silent": 1, "unwatched": 1, "never_heard": 1, "cut_off": 1}
    assert (found["devices"], found["low_battery"], found["weak_signal"]) == (6, 1, 1)
    # quiet and new are told of as silent (warning), hot as critical
    assert found["devices_with_open_alerts"] == {"critical": 1, "warning": 2, "info": 0}
    assert found["models"] == {"climate-sensor": {"online": 3, "silent": 1, "unwatched": 1, "never_heard": 1}}
    assert found["firmware"] == {"climate-sensor": {"1.0": 2, "1.1": 3, "unknown": 1}}


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"state": "online"}, {"fine", "hot", "weak"}),
        ({"state": "silent"}, {"quiet"}),
        ({"state": "unwatched"}, {"free"}),
        ({"state": "never_heard"}, {"new"}),
        ({"state": "cut_off"}, {"gone"}),
        ({"state": "low_battery"}, {"weak"}),
        ({"state": "weak_signal"}, {"weak"}),
        ({"level": "critical"}, {"hot"}),
        ({"firmware": "1.0", "state": "silent"}, {"quiet"}),
        ({"firmware": "1.1"}, {"fine", "hot", "weak"}),
        ({"model": "climate-sensor"}, {"fine", "hot", "quiet", "weak", "free", "new", "gone"}),
        ({"model": "motion-sensor"}, set()),
    ],
)
def test_devices_are_found_by_what_is_the_matter(town: Home, how: dict[str, str], wanted: set[str]) -> None:
    assert set(names(town, **how)) == wanted


def test_a_page_after_the_other_shows_each_once(town: Home) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = fleet.listing(town.store, limit=2, cursor=cursor)
        seen += [item["device"] for item in page["items"]]
        cursor = page.get("next", "")
        if not cursor:
            break
    assert sorted(seen) == ["fine", "free", "gone", "hot", "new", "quiet", "weak"]
    with pytest.raises(Invalid):
        fleet.listing(town.store, cursor="bm8gcGxhY2U=")


def test_one_device_as_operators_see_it_says_nothing_of_how_somebody_lives(town: Home) -> None:
    (weak,) = fleet.listing(town.store, state="low_battery")["items"]
    assert weak == {
        "device": "weak",
        "contract": town.contract,
        "model": "climate-sensor",
        "serial_number": None,
        "state": "online",
        "low_battery": True,
        "weak_signal": True,
        "battery_percent": 9,
        "signal_dbm": -99,
        "firmware": "1.1",
        "worst_open_alert": None,
        "open_alerts": 0,
        "claimed_at": "2025-08-01T00:00:00Z",
        "last_received_at": "2025-08-01T02:32:00Z",
        "cut_off_at": None,
    }
    text, following = list_files.devices(town.store, "ja", False, state="low_battery")
    header, line = (one.split(",") for one in text.splitlines())
    assert header[:5] == ["機器番号", "契約番号", "機種", "製造番号", "状態"]
    assert line[4:9] == ["通信中", "はい", "はい", "9", "-99"]
    assert line[12:14] == ["2025-08-01 09:00:00", "2025-08-01 11:32:00"]  # in Japan
    assert line[2] != "climate-sensor" and line[15:17] == ["climate-sensor", "online"]
    assert following == ""


def test_a_message_that_changes_nothing_leaves_the_place_alone(town: Home) -> None:
    before = town.store.get(town.store.devices, stored.key("fine"))
    town.hear("2025-08-01T11:45", "fine", heat(22))
    after = town.store.get(town.store.devices, stored.key("fine"))
    assert before is not None and after is not None
    assert before["version"] != after["version"]
    assert [before[name] for name in ("fleet", "place")] == [after[name] for name in ("fleet", "place")]


def test_a_row_of_before_there_were_places_gets_one_with_its_next_message(town: Home) -> None:
    from chalicelib.store.transact import update

    town.store.write(update(town.store.devices, stored.key("free"), remove=("fleet", "place")))
    assert town.held("free").seated == rows.Seated()
    assert "free" not in names(town)
    town.hear("2025-08-01T11:50", "free", heat(22))
    assert names(town, state="unwatched") == ["free"]


def test_a_device_that_comes_back_to_its_contract_is_not_cut_off_any_more(town: Home) -> None:
    town.claim("2025-08-01T11:55", "gone")
    assert "gone" not in names(town, state="cut_off")
    town.hear("2025-08-01T11:56", "gone", heat(22))
    assert "gone" in names(town, state="online")
