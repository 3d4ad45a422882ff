"""Messages set aside: kept whole, within bounds, played again once, and found by device, reason and day."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib import settings
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import devices, outbox, readings, set_aside
from chalicelib.store import outbox as waiting
from chalicelib.store import set_aside as rows
from tests.flows.world import at
from tests.flows_iot.home import Home, handed_over, heat, record

Json = dict[str, Any]
NOW = "2025-08-01T12:00"


def unclaimed(home: Home, name: str, *times: str) -> str:
    """A device that speaks before anybody has claimed it."""
    device = f"{name}-{home.contract[:6]}"
    for when in times:
        home.hear(when, device, heat(20, measured_at=at(when).isoformat()), batch=when)
    return device


def back_in_the_queue(home: Home) -> list[Json]:
    """What the outbox sends back, taken out of the queue of readings."""
    for entry in waiting.leftovers(home.store, at("2030-01-01T00:00")):
        if entry.kind == "replay":
            event = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
            assert outbox.deliver(home.store, {"Records": [event]}, at(NOW)) == {"batchItemFailures": []}
    client, url = boto3.client("sqs", region_name="ap-northeast-1"), settings.current().readings_queue_url
    found = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append({"messageId": message["MessageId"], "body": message["Body"]})
    return found


def test_what_a_device_said_before_it_was_claimed_is_played_again_as_it_came(home: Home) -> None:
    device = unclaimed(home, "early", "2025-08-01T10:00", "2025-08-01T10:05")
    (late, early) = home.aside(device=device)
    assert (early["received_at"], early["reason"], early["state"]) == ("2025-08-01T01:00:00Z", "unknown_device", "waiting")
    with pytest.raises(Refused, match="device_not_claimed"):
        set_aside.replay(home.store, at(NOW), "operator-1", early["id"])
    home.claim("2025-08-01T11:00", device)
    for _ in range(2):
        answer = set_aside.replay(home.store, at(NOW), "operator-1", early["id"])
        assert (answer["state"], answer["replays"], answer["replayed_by"]) == ("replayed", 1, "operator-1")
    assert set_aside.replay_many(home.store, at(NOW), "operator-1", device=device) == {
        "replayed": 1,
        "refused": {},
        "more": False,
    }
    messages = back_in_the_queue(home)
    assert len(messages) == 2
    for _ in range(2):  # the queue delivers twice
        assert readings.work(home.store, {"Records": messages}, at(NOW)) == {"batchItemFailures": []}
    shown = devices.readings(home.store, at(NOW), home.contract, device)["items"]
    assert [one["measured_at"] for one in shown] == ["2025-08-01T01:05:00Z", "2025-08-01T01:00:00Z"]
    held = home.held(device)
    assert held.device.last_received == round(at("2025-08-01T10:05").timestamp() * 1000)  # not the time of playing
    assert [one["state"] for one in home.aside(device=device)] == ["replayed", "replayed"]
    assert late["id"] != early["id"]


def test_what_still_cannot_be_read_waits_again(home: Home) -> None:
    device = f"torn-{home.contract[:6]}"
    body = handed_over("{torn", device, round(at("2025-08-01T10:00").timestamp() * 1000))
    readings.work(home.store, {"Records": [{"messageId": "m", "body": body}]}, at("2025-08-01T10:00"))
    home.claim("2025-08-01T11:00", device)
    (one,) = home.aside(device=device)
    for tries in (1, 2):
        assert set_aside.replay(home.store, at(NOW), "operator-1", one["id"])["replays"] == tries
        messages = back_in_the_queue(home)
        for _ in range(2):
            readings.work(home.store, {"Records": messages}, at(NOW))
        (again,) = home.aside(device=device)
        assert (again["id"], again["state"], again["replays"]) == (one["id"], "waiting", tries)


def test_what_another_household_said_is_never_played_into_this_one(home: Home) -> None:
    from chalicelib.store import devices as stored

    device = f"used-{home.contract[:6]}"
    home.claim("2025-08-01T08:00", device)
    torn = handed_over("{torn", device, round(at("2025-08-01T09:00").timestamp() * 1000))
    readings.work(home.store, {"Records": [{"messageId": "m", "body": torn}]}, at("2025-08-01T09:00"))
    (one,) = home.aside(device=device)
    home.store.write(stored.released(home.store, home.held(device), round(at("2025-08-01T10:00").timestamp() * 1000)))
    Home(home.store).claim("2025-08-01T11:00", device)
    with pytest.raises(Refused, match="of_another_household"):
        set_aside.replay(home.store, at(NOW), "operator-1", one["id"])
    assert set_aside.replay_many(home.store, at(NOW), "o", device=device)["refused"] == {"of_another_household": 1}


def test_a_device_that_sends_only_rubbish_fills_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "KEPT_MAX", 5)
    device = unclaimed(home, "loud", *(f"2025-08-01T10:{minute:02d}" for minute in range(8)))
    assert len(home.aside(device=device)) == 5
    count, _ = rows.known(home.store, device, at(NOW).date(), [])
    assert count == rows.Count(kept=5, more=3)
    unclaimed(home, "loud", "2025-08-02T10:00")  # another day
    assert len(home.aside("2025-08-02T12:00", device=device)) == 6


def test_a_page_after_the_other_shows_each_once(home: Home) -> None:
    stamps = [f"2025-08-{day:02d}T{hour:02d}:30" for day in (3, 4) for hour in (1, 9, 23)]
    device = unclaimed(home, "paged", *stamps)
    other = unclaimed(home, "other", "2025-08-04T09:30")
    for chosen in ({"device": device}, {"reason": "unknown_device", "since": at("2025-08-03T00:00")}):
        seen: list[tuple[str, str]] = []
        cursor = ""
        while True:
            page = set_aside.listing(home.store, at("2025-08-05T00:00"), limit=2, cursor=cursor, **chosen)
            seen += [(item["received_at"], item["device"]) for item in page["items"]]
            cursor = page.get("next", "")
            if not cursor:
                break
        wanted = [(at(stamp).strftime("%Y-%m-%dT%H:%M:%SZ"), device) for stamp in stamps]
        wanted += [] if "device" in chosen else [("2025-08-04T00:30:00Z", other)]
        assert sorted(seen) == sorted(wanted)
        assert [when for when, _ in seen] == sorted((when for when, _ in seen), reverse=True)
    within = {"since": at("2025-08-04T00:00"), "until": at("2025-08-04T10:00")}
    assert len(home.aside("2025-08-05T00:00", device=device, **within)) == 2
    with pytest.raises(Invalid):
        set_aside.listing(home.store, at(NOW), cursor="bm8gcGxhY2U=")
    with pytest.raises(NotFound):
        set_aside.view(home.store, "operator-1", "bm8gcGxhY2U=")


def test_a_long_message_is_kept_whole_and_noise_is_not(home: Home) -> None:
    """A thousand readings are 80 KB, and pack well; a megabyte is no message at all."""
    start = at("2025-08-01T10:00")
    given = [heat(20 + n % 7 / 10, seq=n, measured_at=(start + timedelta(seconds=n)).isoformat()) for n in range(1000)]
    device = f"long-{home.contract[:6]}"
    readings.work(home.store, {"Records": [record("2025-08-01T10:30", device, *given)]}, at("2025-08-01T10:30"))
    (one,) = home.aside(device=device)
    assert one["whole"] and one["bytes"] > 50_000
    assert len(json.loads(set_aside.view(home.store, "operator-1", one["id"])["payload"])["readings"]) == 1000


def test_what_the_rule_could_not_leave_in_the_queue_is_taken_in_all_the_same(home: Home) -> None:
    """The wrapping of an IoT rule's error action, as the queue `rescue` hands it to the readings worker."""
    from base64 import b64encode

    device = f"rescued-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    payload = b64encode(json.dumps({"readings": [heat(21)]}).encode()).decode()
    failed = {
        "ruleName": "readings",
        "topic": f"mimamori/test/{device}/readings",
        "base64OriginalPayload": payload,
        "failures": [],
    }
    sent = str(round(at("2025-08-01T10:00").timestamp() * 1000))
    raw = {"messageId": "m", "body": json.dumps(failed), "attributes": {"SentTimestamp": sent}}
    assert readings.work(home.store, {"Records": [raw]}, at("2025-08-01T10:01")) == {"batchItemFailures": []}
    assert home.held(device).device.newest["temperature"].value == 21
    assert home.aside(device=device) == []
