"""The home as it is now: values with their age, last activity, and only what this app and this contract have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.flows import erasing, maintenance, now
from chalicelib.members.roles import Caller
from chalicelib.store import wishes as wish_rows
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store
from tests.flows.world import HANA, World, at
from tests.flows_iot.home import Home, Json, heat, later
from tests.flows_iot.test_wishes import AirConditioner, Gateway

NOW = "2025-07-10T10:00"


def see(home: Home, when: str, caller: Caller = HANA) -> Json:
    return now.view(home.store, at(when), home.contract, caller)


def of(seen: Json, device: str) -> dict[str, Any]:
    (found,) = [one for one in seen["devices"] if one["device"] == device]
    return dict(found)


@pytest.mark.rule("LRH-MON-1", "LRH-MON-2", "LRH-MON-3", "LRH-MON-8")
def test_a_bed_and_a_room_as_they_are_now(store: Store, surroundings: str) -> None:
    remote = AirConditioner(store, "now-remote")
    home = remote.home
    home.claim("2025-06-10T11:00", "bed-n", "bed-mat")
    home.claim("2025-06-10T11:00", "room-n")
    when = "2025-06-11T03:00"
    beats = [{"metric": "bed_state", "value": "asleep", "seq": 1}, {"metric": "heart_rate", "value": 58, "seq": 1}]
    home.hear(when, "bed-n", *beats, {"metric": "breathing_rate", "value": 14, "seq": 1})
    home.hear(later(when, -70), "room-n", heat(26.5, seq=1))
    seen = see(home, later(when, 2))
    assert seen["functions"] == ["sleep", "heart_and_breath", "room", "alert_log"]
    values = of(seen, "bed-n")["values"]
    assert [(one["metric"], one["value"], one["age_seconds"], one["stale"]) for one in values] == [
        ("bed_state", "asleep", 120, False),
        ("heart_rate", 58, 120, False),
        ("breathing_rate", 14, 120, False),
    ]
    assert [(one["data"], one["kind"]) for one in values] == [("sleep", "state"), ("vitals", "gauge"), ("vitals", "gauge")]
    assert values[0]["words"] == {"ja": "眠っています", "en": "asleep"}
    (room,) = of(seen, "room-n")["values"]
    assert (room["value"], room["unit"], room["stale"]) == (26.5, "°C", True)  # 72 minutes, where it reports every five
    assert seen["texts"] == ["LRH-MON-8"]


@pytest.mark.rule("LRH-MON-5", "LRH-MON-6", "LRH-MON-7")
def test_what_an_app_or_a_contract_has_not_is_not_offered(store: Store, surroundings: str) -> None:
    remote = AirConditioner(store, "now-remote-2")
    remote.home.claim("2025-06-10T11:00", "meter-n", "pulse-oximeter")
    remote.home.hear("2025-06-10T12:00", "meter-n", {"metric": "spo2", "value": 97, "seq": 1})
    phone = replace(HANA, client="android")
    seen = see(remote.home, "2025-06-10T12:01", phone)
    assert of(seen, "meter-n")["values"] == []  # nobody bought a meter
    assert of(seen, "now-remote-2")["may_be_set"] is False
    assert of(seen, "now-remote-2")["why_not"]["reason"] == "not_set_up"  # not installed
    remote.do("2025-06-12T13:00", "complete_processing")
    remote.do("2025-06-12T14:00", "install")
    remote.do("2025-06-12T14:30", "install", sku="pulse-oximeter")
    asked = remote.ask("2025-06-12T15:00", phone, running=True)
    seen = see(remote.home, "2025-06-12T15:01", phone)
    (oxygen,) = of(seen, "meter-n")["values"]
    assert (oxygen["value"], "stale" in oxygen) == (97, False)
    assert (of(seen, "now-remote-2")["may_be_set"], [w["wish"] for w in of(seen, "now-remote-2")["wishes"]]) == (
        True,
        [asked["wish"]],
    )
    web = of(see(remote.home, "2025-06-12T15:01"), "now-remote-2")
    assert web["may_be_set"] is False
    assert web["why_not"] == {"reason": "not_with_this_app", "rule": "LRH-MON-5", "apps": ["android", "ios"]}


def test_the_last_activity_is_the_newest_of_motion_and_electricity(home: Home, store: Store) -> None:
    World(store).do("2025-07-02T10:00", home.contract, "install", outcome="done")
    assert see(home, NOW)["last_activity"] is None
    home.claim("2025-07-02T11:00", "hall-n", "motion-sensor")
    home.claim("2025-07-02T11:00", "power-n", "energy-sensor")
    home.watch("2025-07-02T11:00", "power-n", "idle", kind="no_activity", metric="power_kw", active_above=0.6, for_hours=12)
    home.hear(NOW, "hall-n", {"metric": "motion", "value": True, "seq": 1})
    assert see(home, later(NOW, 5))["last_activity"]["device"] == "hall-n"
    home.hear(later(NOW, 10), "power-n", {"metric": "power_kw", "value": 1.2, "seq": 1})
    home.hear(later(NOW, 20), "power-n", {"metric": "power_kw", "value": 0.1, "seq": 2})
    seen = see(home, later(NOW, 25))
    assert (seen["last_activity"]["device"], seen["last_activity"]["at"]) == ("power-n", "2025-07-10T01:10:00Z")
    each = [of(seen, device)["last_active_at"] for device in ("hall-n", "power-n")]
    assert each == ["2025-07-10T01:00:00Z", "2025-07-10T01:10:00Z"]


@pytest.mark.rule("ORM-SET-1")
def test_a_system_shows_its_newest_values_and_after_a_day_that_they_are_old(store: Store, surroundings: str) -> None:
    gateway = Gateway(store, "now-battery", contact={"email": "now@example.com"})
    gateway.home.hear(NOW, "now-battery", {"metric": "reserve", "value": 20, "seq": 1})
    assert [one["stale"] for one in of(see(gateway.home, later(NOW, 1440)), "now-battery")["values"]] == [False]
    assert [one["stale"] for one in of(see(gateway.home, later(NOW, 1441)), "now-battery")["values"]] == [True]
    assert gateway.ask(NOW, reserve=40)["before"] == {"reserve": 20}


@pytest.mark.rule("ORM-END-2")
def test_what_was_wished_goes_with_the_account(store: Store, surroundings: str) -> None:
    gateway = Gateway(store, "gone-battery", contact={"email": "gone@example.com"})
    wish = gateway.ask(NOW, reserve=40)["wish"]
    boto3.client("iot", region_name="ap-northeast-1").create_thing(thingName="gone-battery")
    body = {"contract": gateway.contract, "account": "hana", "version": 99, "at": "2025-07-10T02:00:00Z"}
    for _ in range(2):  # a repeat finds nothing left
        erasing.send(store, Entry("waiting#00", "2025-07-10T02:00:00Z#x", "erase", body))
        assert wish_rows.load(store, "gone-battery", wish) is None


def test_a_device_of_which_nobody_is_told_says_until_when_and_no_longer(home: Home) -> None:
    device = f"held-{home.contract[:6]}"
    home.claim("2025-07-01T11:00", device)
    body = {"minutes": 60, "reason": "cleaning"}
    maintenance.begin(home.store, at("2025-07-10T10:00"), home.contract, device, "family", body)
    held = of(see(home, "2025-07-10T10:59"), device)["maintenance"]
    assert (held["until"], held["include_critical"]) == ("2025-07-10T02:00:00Z", False)
    assert of(see(home, "2025-07-10T11:00"), device)["maintenance"] is None
