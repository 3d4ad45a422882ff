"""One device's timeline: every station from the message to the notice, in order, and not a word of what was measured."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import alerts, outbox, trace
from chalicelib.store import outbox as waiting
from tests.flows.world import at
from tests.flows_iot.home import Home, handed_over, heat

SECRET = 31.4159  # a value that must not be shown


def kinds(found: dict[str, object]) -> list[str]:
    return [item["kind"] for item in found["items"]]  # type: ignore[index, attr-defined]


def test_from_the_message_to_the_notice(home: Home) -> None:
    device = f"traced-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter", "mail", email="hanako@example.com")
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30, clear=28)
    start = at("2025-08-01T08:00")
    offline = [heat(20 + n / 100, seq=n, measured_at=(start + timedelta(minutes=n)).isoformat()) for n in range(100)]
    home.hear("2025-08-01T10:00", device, *offline, batch="offline")  # an hour and forty minutes: two rows, one message
    body = handed_over("{torn", device, round(at("2025-08-01T10:02").timestamp() * 1000))
    home_worker = [{"messageId": "m", "body": body}]
    from chalicelib.flows import readings

    readings.work(home.store, {"Records": home_worker}, at("2025-08-01T10:02"))
    home.hear("2025-08-01T10:05", device, heat(SECRET, seq=500), batch="hot")
    for entry in list(waiting.leftovers(home.store, at("2030-01-01T00:00"))):
        if entry.kind == "told" and entry.body["contract"] == home.contract:
            event = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
            assert outbox.deliver(home.store, {"Records": [event]}, at("2025-08-01T10:06")) == {"batchItemFailures": []}
    (alert,) = home.alerts()
    alerts.acknowledge(home.store, at("2025-08-01T10:07"), home.asked(), "contractor", alert["alert"], {"person": "daughter"})
    home.hear("2025-08-01T10:10", device, heat(27, seq=501), batch="cool")

    found = trace.of_device(home.store, at("2025-08-01T12:00"), device)
    assert kinds(found)[:7] == ["message", "set_aside", "message", "alert_opened", "told", "reached", "acknowledged"]
    assert kinds(found)[7:10] == ["message", "told", "alert_closed"]
    first, torn, hot = found["items"][:3]
    assert (first["batch"], first["readings"], first["at"]) == ("offline", 100, "2025-08-01T01:00:00Z")
    assert (first["measured_from"], first["measured_to"]) == ("2025-07-31T23:00:00Z", "2025-08-01T00:39:00Z")
    assert (torn["reason"], hot["batch"]) == ("not_json", "hot")
    assert torn["told"]["en"] == "It cannot be read as JSON." and found["contract"] == home.contract
    reached = next(item for item in found["items"] if item["kind"] == "reached")
    assert (reached["person"], reached["channel"], reached["outcome"]) == ("daughter", "mail", "sent")
    assert found["alerts"] == [
        {
            "alert": alert["alert"],
            "watch": "hot",
            "cause": "hot",
            "measured_at": "2025-08-01T01:05:00Z",
            "received_at": "2025-08-01T01:05:00Z",
            "opened_at": "2025-08-01T01:05:00Z",
            "first_told_at": "2025-08-01T01:05:00Z",
            "first_reached_at": "2025-08-01T01:06:00Z",
            "closed_at": "2025-08-01T01:10:00Z",
        }
    ]
    assert found["complete"]
    assert str(SECRET) not in json.dumps(found)


def test_a_span_shows_what_happened_in_it(home: Home) -> None:
    device = f"span-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "offline", kind="silence", after_minutes=60)
    home.tick("2025-08-01T10:00")
    home.hear("2025-08-01T11:00", device, heat(20), batch="back")
    shown = trace.of_device(
        home.store, at("2025-08-02T12:00"), device, since=at("2025-08-01T10:30"), until=at("2025-08-01T11:30")
    )
    assert kinds(shown) == ["message", "alert_closed"]  # the opening lies before, the alert is named all the same
    assert [(one["cause"], one["received_at"]) for one in shown["alerts"]] == [("tick", None)]
    with pytest.raises(Invalid):
        trace.of_device(home.store, at("2025-08-20T12:00"), device, since=at("2025-08-01T00:00"))
    with pytest.raises(Invalid):
        trace.of_device(home.store, at("2025-08-20T12:00"), device, since=at("2025-08-21T00:00"))
    with pytest.raises(NotFound):
        trace.of_device(home.store, at("2025-08-20T12:00"), "never-heard-of")


def test_a_wish_is_followed_and_what_was_wished_for_is_not_shown(home: Home) -> None:
    from chalicelib.iot.reading import to_millis
    from chalicelib.iot.wishes import Wish
    from chalicelib.store import wishes

    device = f"wished-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    asked, sent, done = (to_millis(at(f"2025-08-01T10:0{minute}")) for minute in (0, 1, 2))
    wish = Wish(f"{asked}-abc", {"reserve": 4711}, {"reserve": 1}, "contractor", asked, done, sent, done, "done", done)
    home.store.write(wishes.new(home.store, wishes.HeldWish(wish, device, home.contract, "hana", 1)))
    found = trace.of_device(home.store, at("2025-08-01T12:00"), device)
    assert kinds(found) == ["wish_asked", "wish_sent", "wish_settled"]
    assert (found["items"][0]["settings"], found["items"][2]["outcome"]) == (["reserve"], "done")
    assert "4711" not in json.dumps(found)


def test_more_than_can_be_shown_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "ENTRIES_MAX", 3)
    device = f"much-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    for minute in range(5):
        home.hear(f"2025-08-01T10:0{minute}", device, heat(20 + minute))
    found = trace.of_device(home.store, at("2025-08-01T12:00"), device)
    assert (len(found["items"]), found["complete"]) == (3, False)
