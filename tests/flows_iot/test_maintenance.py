"""Maintenance: everything is noticed and recorded, nobody is told, and what still holds at the end is."""

from __future__ import annotations

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import alerts, devices, maintenance, people
from tests.flows.world import at
from tests.flows_iot.home import Home, heat


def hot_home(home: Home, name: str, level: str = "warning") -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter")
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30, level=level)
    return device


def begin(home: Home, when: str, device: str, **body: object) -> dict[str, object]:
    return maintenance.begin(home.store, at(when), home.contract, device, "maintainer", body)


def told(home: Home) -> list[str]:
    return [f"{one['kind']} {one['at'][8:16]}" for one in home.told()]


def test_what_still_holds_at_the_end_is_told_then(home: Home) -> None:
    device = hot_home(home, "end")
    begin(home, "2025-08-01T09:30", device, minutes=90, reason="電池の交換")
    home.hear("2025-08-01T10:00", device, heat(31))
    home.tick("2025-08-01T10:55")
    (alert,) = home.alerts()
    assert (alert["in_maintenance"], alert["snoozed_until"], told(home)) == (True, "2025-08-01T02:00:00Z", [])
    home.tick("2025-08-01T11:00")
    assert told(home) == ["opened 01T02:00"]


def test_what_was_over_before_the_end_is_never_told(home: Home) -> None:
    device = hot_home(home, "over")
    begin(home, "2025-08-01T09:30", device, minutes=90)
    home.hear("2025-08-01T10:00", device, heat(31))
    home.hear("2025-08-01T10:30", device, heat(20))
    home.tick("2025-08-01T11:00")
    assert told(home) == [] and home.alerts()[0]["closed_at"] is not None


def test_a_call_for_help_is_told_all_the_same_unless_somebody_says_otherwise(home: Home) -> None:
    device = hot_home(home, "sos", "critical")
    begin(home, "2025-08-01T09:30", device, minutes=90)
    home.hear("2025-08-01T10:00", device, heat(31))
    assert told(home) == ["opened 01T01:00"]
    home.hear("2025-08-01T10:05", device, heat(20))
    begin(home, "2025-08-01T10:10", device, minutes=50, include_critical=True)
    home.hear("2025-08-01T10:20", device, heat(31))
    assert told(home) == ["opened 01T01:00", "closed 01T01:05"]


def test_ending_it_early_tells_at_the_next_tick(home: Home) -> None:
    device = hot_home(home, "early")
    begin(home, "2025-08-01T09:30", device, minutes=90)
    home.hear("2025-08-01T10:00", device, heat(31))
    maintenance.end(home.store, at("2025-08-01T10:12"), home.contract, device)
    maintenance.end(home.store, at("2025-08-01T10:13"), home.contract, device)
    assert told(home) == []
    home.tick("2025-08-01T10:15")
    assert told(home) == ["opened 01T01:15"]


def test_a_longer_one_holds_what_the_shorter_held(home: Home) -> None:
    device = hot_home(home, "longer")
    begin(home, "2025-08-01T09:30", device, minutes=60)
    home.hear("2025-08-01T10:00", device, heat(31))
    begin(home, "2025-08-01T10:20", device, until=at("2025-08-01T12:00"))
    home.tick("2025-08-01T10:30")
    assert told(home) == []
    home.tick("2025-08-01T12:00")
    assert told(home) == ["opened 01T03:00"]


def test_steps_of_an_alert_that_was_open_wait_too(home: Home) -> None:
    from chalicelib.flows import people

    device = hot_home(home, "steps")
    home.add("2025-08-01T09:00", "son")
    steps = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 15, "to": ["son"]}]
    people.set_escalation(home.store, home.contract, steps)
    home.hear("2025-08-01T10:00", device, heat(31))
    begin(home, "2025-08-01T10:10", device, minutes=30)
    (alert,) = home.alerts()
    assert not alert["in_maintenance"]
    alerts.snooze(home.store, at("2025-08-01T10:11"), home.asked(), alert["alert"], {"minutes": 5})  # shorter: wakes nobody
    home.tick("2025-08-01T10:20")
    assert [one["person"] for one in home.told()] == ["daughter"]
    home.tick("2025-08-01T10:40")
    assert [one["person"] for one in home.told()] == ["daughter", "son"]


def test_until_seven_is_reckoned_from_our_own_clock(home: Home) -> None:
    device = hot_home(home, "morning")
    home.hear("2025-08-01T22:00", device, heat(31))
    (alert,) = home.alerts()
    for when, until in (("2025-08-01T22:05", "2025-08-01T22:00:00Z"), ("2025-08-02T06:59", "2025-08-01T22:00:00Z")):
        alerts.snooze(home.store, at(when), home.asked(), alert["alert"], {"until_clock": "07:00"})
        assert home.alerts()[0]["snoozed_until"] == until
    alerts.snooze(home.store, at("2025-08-02T07:00"), home.asked(), alert["alert"], {"until_clock": "07:00"})
    assert home.alerts()[0]["snoozed_until"] == "2025-08-02T22:00:00Z"
    for body, field in (({}, "minutes"), ({"minutes": 5, "until_clock": "07:00"}, "until_clock")):
        with pytest.raises(Invalid) as refused:
            alerts.snooze(home.store, at("2025-08-02T08:00"), home.asked(), alert["alert"], body)
        assert refused.value.field == field
    begun = maintenance.begin(home.store, at("2025-08-02T08:00"), home.contract, device, "family", {"until_clock": "07:00"})
    assert begun["maintenance"]["until"] == "2025-08-02T22:00:00Z"


def test_all_devices_of_a_contract_and_what_the_device_shows(home: Home) -> None:
    first, second = hot_home(home, "a"), hot_home(home, "b")
    body = {"minutes": 60, "reason": "改装"}
    shown = maintenance.begin_all(home.store, at("2025-08-01T10:00"), home.contract, "contractor", body)
    assert [one["device"] for one in shown["items"]] == [first, second]
    seen = devices.view(home.store, at("2025-08-01T10:30"), home.contract, second)["maintenance"]
    assert seen == {
        "since": "2025-08-01T01:00:00Z",
        "until": "2025-08-01T02:00:00Z",
        "by": "contractor",
        "reason": "改装",
        "include_critical": False,
    }
    assert devices.view(home.store, at("2025-08-01T11:00"), home.contract, second)["maintenance"] is None
    maintenance.end_all(home.store, at("2025-08-01T10:40"), home.contract)
    assert home.held(first).device.maintenance is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "until"),
        ({"minutes": 5, "until": at("2025-08-01T11:00")}, "minutes"),
        ({"until": at("2025-08-01T10:00")}, "until"),
        ({"until": at("2025-08-08T10:01")}, "until"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(home: Home, body: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(home, "2025-08-01T10:00", "nobody", **body)
    assert refused.value.field == field


def test_anothers_device_cannot_be_silenced(home: Home) -> None:
    with pytest.raises(NotFound):
        begin(home, "2025-08-01T10:00", "nobody", minutes=5)


def test_a_snooze_of_the_familys_outlives_a_maintenance_that_ends_early(home: Home) -> None:
    device = hot_home(home, "snoozed")
    home.add("2025-08-01T09:00", "son")
    people.set_escalation(
        home.store, home.contract, [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 20, "to": ["son"]}]
    )
    home.hear("2025-08-01T10:00", device, heat(31))
    (alert,) = home.alerts()
    alerts.snooze(home.store, at("2025-08-01T10:05"), home.asked(), alert["alert"], {"minutes": 60})
    begin(home, "2025-08-01T10:10", device, minutes=120)
    assert home.alerts()[0]["snoozed_until"] == "2025-08-01T03:10:00Z"
    maintenance.end(home.store, at("2025-08-01T10:15"), home.contract, device)
    assert home.alerts()[0]["snoozed_until"] == "2025-08-01T02:05:00Z"
    home.tick("2025-08-01T11:00")
    assert told(home) == ["opened 01T01:00"]
    home.tick("2025-08-01T11:05")
    assert told(home) == ["opened 01T01:00", "opened 01T02:05"]
