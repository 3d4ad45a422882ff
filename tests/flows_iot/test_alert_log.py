"""The log of alerts: searched, read one by one, closed by hand with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import alert_log, alerts
from tests.flows.world import at
from tests.flows_iot.home import Home, heat


@pytest.fixture(scope="module")
def seen() -> dict[str, Home]:
    return {}


@pytest.fixture
def week(home: Home, seen: dict[str, Home]) -> Home:
    """Three hot hours in the living room, one in the bedroom; the last of the living room is open."""
    if "week" in seen:
        return seen["week"]
    for room, level in (("living", "warning"), ("bed", "critical")):
        home.claim("2025-08-01T09:00", room)
        settings = {"kind": "threshold", "metric": "temperature", "above": 30, "level": level}
        home.watch("2025-08-01T09:00", room, "hot", **settings)
    for day in (1, 2, 3):
        home.hear(f"2025-08-0{day}T10:00", "living", heat(31.0 + day), batch=f"b-{day}")
        if day < 3:
            home.hear(f"2025-08-0{day}T11:00", "living", heat(20))
    home.hear("2025-08-02T12:00", "bed", heat(36.5))
    home.hear("2025-08-02T13:00", "bed", heat(20))
    return seen.setdefault("week", home)


def found(home: Home, **how: Any) -> list[str]:
    return [f"{one['device']} {one['opened_at'][8:10]}" for one in home.alerts(**how)]


@pytest.mark.rule("LRH-MON-4")
@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, ["living 01", "living 02", "bed 02", "living 03"]),
        ({"newest_first": True}, ["living 03", "bed 02", "living 02", "living 01"]),
        ({"device": "bed"}, ["bed 02"]),
        ({"level": "warning", "open": False}, ["living 01", "living 02"]),
        ({"open": True}, ["living 03"]),
        ({"open": True, "device": "bed"}, []),
        ({"watch": "cold"}, []),
        ({"since": at("2025-08-02T10:00"), "until": at("2025-08-02T12:00")}, ["living 02", "bed 02"]),
        ({"since": at("2025-08-02T10:01"), "open": True}, ["living 03"]),
        ({"text": "36.5"}, ["bed 02"]),
        ({"text": "room TEMPERATURE", "newest_first": True, "limit": 2}, ["living 03", "bed 02"]),
        ({"text": "室温が 32°c"}, ["living 01"]),
    ],
)
def test_the_log_is_searched(week: Home, how: dict[str, Any], wanted: list[str]) -> None:
    assert found(week, **how) == wanted


def test_pages_of_a_search_join_without_gap_or_repeat(week: Home) -> None:
    collected, cursor = [], ""
    while True:
        page = alert_log.listing(week.store, week.contract, device="living", newest_first=True, limit=1, cursor=cursor)
        collected += [one["opened_at"][8:10] for one in page["items"]]
        cursor = page.get("next", "")
        if not cursor:
            break
    assert collected == ["03", "02", "01"]


def test_a_search_looks_at_so_much_and_no_more(week: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_log, "LOOKED_MAX", 2)
    page = alert_log.listing(week.store, week.contract, device="bed")
    assert page["items"] == []
    rest = alert_log.listing(week.store, week.contract, device="bed", cursor=page["next"])
    assert [one["device"] for one in rest["items"]] == ["bed"]
    assert "next" not in rest


def test_an_alert_says_what_it_was_and_which_message_opened_it(week: Home) -> None:
    (one,) = week.alerts(open=True)
    assert one["sentence"]["ja"] == "温湿度センサー: 室温が 34°C になりました(30°C を超えました)"
    assert week.held("living").device.alerts[-1].cause == "b-3"


def test_closing_says_who_and_why_and_both_stay_in_the_log(home: Home) -> None:
    device = f"why-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter")
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:00", device, heat(31))
    (alert,) = home.alerts()
    body = {"reason": "called", "note": "父は元気", "person": "daughter"}
    answer = alerts.close(home.store, at("2025-08-01T10:20"), home.asked("c"), "family", alert["alert"], body)
    again = alerts.close(home.store, at("2025-08-01T10:25"), home.asked("c"), "family", alert["alert"], body)
    shown = alert_log.view(home.store, at("2025-08-05T12:00"), home.contract, alert["alert"])
    assert answer == again
    assert (shown["closed_by"], shown["close_reason"], shown["close_note"]) == ("daughter", "called", "父は元気")
    assert shown["followed"] == [
        {
            "ja": "10時20分にdaughterさんが閉じました(電話で確かめました: 父は元気)",
            "en": "daughter closed it at 10:20 (somebody called: 父は元気)",
        }
    ]
    assert [(one["person"], one["kind"], one["at"]) for one in shown["told"]] == [
        ("daughter", "opened", "2025-08-01T01:00:00Z"),
        ("daughter", "closed", "2025-08-01T01:20:00Z"),
    ]


def test_who_acknowledged_and_when_is_in_the_log(home: Home) -> None:
    device = f"ack-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:00", device, heat(31))
    (alert,) = home.alerts()
    alerts.acknowledge(home.store, at("2025-08-01T10:05"), home.asked(), "care_manager", alert["alert"], {})
    home.hear("2025-08-01T10:30", device, heat(20))
    shown = alert_log.view(home.store, at("2025-08-05T12:00"), home.contract, alert["alert"])
    assert shown["acknowledged_at"] == "2025-08-01T01:05:00Z"
    assert [line["ja"] for line in shown["followed"]] == [
        "10時5分にケアマネジャーが引き受けました",
        "10時30分におさまりました",
    ]


def test_a_device_that_went_on_to_others_shows_none_of_their_names(home: Home) -> None:
    device = f"gone-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    held = home.held(device)
    names = alert_log.Names(home.store, "another-contract", held._replace(label="よその家"))
    assert names.of(device) == ("", "climate-sensor")


def test_no_alert_of_that_id(home: Home) -> None:
    with pytest.raises(NotFound):
        alert_log.view(home.store, at("2025-08-05T12:00"), home.contract, "none")
    with pytest.raises(Invalid):
        alert_log.told(home.store, home.contract, cursor="YWxlcnQjMQ==")
