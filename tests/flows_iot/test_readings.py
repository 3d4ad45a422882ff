"""From a queue record to the rows: one write per device, alerts once, history kept, what is unreadable set aside."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.errors import NotFound
from chalicelib.flows import devices, readings, set_aside, unread
from chalicelib.iot.floods import FRESH_MAX
from chalicelib.iot.reading import to_millis
from chalicelib.store.transact import Store
from tests.flows.world import at
from tests.flows_iot.home import Home, handed_over, heat, record


def claimed(home: Home, name: str) -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:01", device, "hot", kind="threshold", metric="temperature", above=30, clear=28)
    return device


def test_a_breach_opens_one_alert_whatever_arrives_how_often(home: Home) -> None:
    device = claimed(home, "d")
    home.add("2025-08-01T09:02", "daughter", "mail", "push")
    hot = heat(31, seq=1, measured_at=(at("2025-08-01T10:00").isoformat()))
    for minute in (0, 1, 2):
        home.hear(f"2025-08-01T10:0{minute}", device, hot, batch="one")
    home.hear("2025-08-01T10:05", device, heat(32, seq=2))
    (alert,) = home.alerts()
    assert (alert["opened_at"], alert["value"], alert["closed_at"]) == ("2025-08-01T01:00:00Z", 31, None)
    home.hear("2025-08-01T10:10", device, heat(28, seq=3))
    (alert,) = home.alerts()
    assert alert["closed_at"] == "2025-08-01T01:10:00Z"
    assert [(told["kind"], told["at"], told["channels"]) for told in home.told()] == [
        ("opened", "2025-08-01T01:00:00Z", ["mail", "push"]),
        ("closed", "2025-08-01T01:10:00Z", ["mail", "push"]),
    ]
    assert home.alerts(open=True) == []


def test_a_message_without_news_is_not_written(home: Home) -> None:
    device = claimed(home, "same")
    home.hear("2025-08-01T10:00", device, heat(20, seq=1), batch="one")
    version = home.held(device).device.version
    home.hear("2025-08-01T10:00", device, heat(20, seq=1), batch="one")
    assert home.held(device).device.version == version


def test_two_messages_of_one_device_in_one_batch_are_one_write(home: Home) -> None:
    device = claimed(home, "pair")
    version = home.held(device).device.version
    batch = [record("2025-08-01T10:05", device, heat(21)), record("2025-08-01T10:00", device, heat(20))]
    assert readings.work(home.store, {"Records": batch}, at("2025-08-01T10:06")) == {"batchItemFailures": []}
    held = home.held(device)
    assert (held.device.version, held.device.newest["temperature"].value) == (version + 1, 21)


def test_a_long_message_with_many_changes_is_stored_in_several_transactions(home: Home) -> None:
    device = claimed(home, "flapping")
    start = at("2025-08-01T10:00")
    flapping = [
        heat(31 if n % 2 == 0 else 20, seq=n, measured_at=(start + timedelta(seconds=n)).isoformat()) for n in range(121)
    ]
    home.hear("2025-08-01T10:10", device, *flapping)
    found = home.alerts(limit=100)
    assert len(found) == 61
    assert [alert["closed_at"] is None for alert in found] == [False] * 60 + [True]


def test_readings_are_listed_by_the_time_of_measuring_each_once(home: Home) -> None:
    device = claimed(home, "history")
    day = at("2025-08-01T10:00")
    stamps = [(day + timedelta(minutes=n)).isoformat() for n in range(90)]
    home.hear("2025-08-01T12:00", device, *[heat(n, seq=n, measured_at=stamps[n]) for n in range(50)], batch="a")
    home.hear("2025-08-01T12:01", device, *[heat(n, seq=n, measured_at=stamps[n]) for n in range(40, 90)], batch="b")
    home.hear("2025-08-01T12:02", device, heat(99, measured_at=at("2025-08-01T12:09").isoformat()))  # seven minutes ahead
    now = at("2025-08-01T13:00")
    seen: list[int] = []
    cursor = ""
    while True:
        page = devices.readings(home.store, now, home.contract, device, limit=20, cursor=cursor)
        seen += [reading["value"] for reading in page["items"]]
        cursor = page.get("next", "")
        if not cursor:
            break
    assert seen == list(range(89, -1, -1))
    page = devices.readings(
        home.store, now, home.contract, device, metric="temperature", since=at("2025-08-01T10:10"), until=at("2025-08-01T10:12")
    )
    assert [reading["value"] for reading in page["items"]] == [12, 11, 10]
    assert devices.readings(home.store, now, home.contract, device, metric="other")["items"] == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("not json at all", "not_json"),
        (json.dumps({"payload": "no base64!", "device": "x", "received_at": 1}), "not_json"),
        (json.dumps({"device": "x", "received_at": 1}), "payload: missing"),
        (json.dumps([1, 2]), "payload: missing"),
        (handed_over("not json at all"), "not_json"),
        (handed_over(json.dumps([1, 2])), "message: not_an_object"),
        (handed_over(json.dumps({"readings": []})), "readings: missing"),
        (handed_over(json.dumps({"v": 2, "readings": [{}]})), "v: not_offered"),
        (handed_over(json.dumps({"device": "x", "readings": [{}]}), device=""), "device: missing"),
        (handed_over(json.dumps({"readings": [{"value": 1}]})), "readings.0.metric: unreadable"),
        (handed_over(json.dumps({"device": "x", "readings": [{"metric": "m", "value": 1}]}), "nobody"), "unknown_device"),
        (handed_over("[" * 100_000), "not_json"),
    ],
)
def test_what_nobody_can_read_goes_to_the_operators(home: Home, body: str, reason: str) -> None:
    known = {entry["id"] for entry in home.aside()}
    for _ in range(2):  # the queue delivers it twice
        answer = readings.work(home.store, {"Records": [{"messageId": "m", "body": body}]}, at("2025-08-01T10:00"))
        assert answer == {"batchItemFailures": []}
    (entry,) = [entry for entry in home.aside() if entry["id"] not in known]
    assert entry["reason"] == reason
    assert all(entry["told"].values()) and entry["told"] != unread.texts()["other"]["told"]


def test_of_a_single_reading_its_place_is_told_as_people_count() -> None:
    told = unread.words("readings.4.measured_at")["told"]
    assert told["ja"] == "5番目の測定値の測った時刻が読めませんでした。"
    assert told == unread.words("readings.4.measured_at: unreadable")["told"]
    assert unread.words("of another day") == unread.texts()["other"]


def test_one_bad_reading_does_not_spoil_its_message(home: Home) -> None:
    device = claimed(home, "mixed")
    home.hear("2025-08-01T10:00", device, {"metric": "temperature", "value": 31, "measured_at": "yesterday"}, heat(20))
    assert home.held(device).device.newest["temperature"].value == 20


def test_another_contracts_device_looks_like_none(home: Home, store: Store) -> None:
    device = claimed(home, "mine")
    stranger = Home(store)
    with pytest.raises(NotFound):
        devices.view(store, at("2025-08-01T10:00"), stranger.contract, device)
    with pytest.raises(NotFound):
        devices.readings(store, at("2025-08-01T10:00"), stranger.contract, device)


def test_a_message_that_failed_comes_again_and_the_others_do_not(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.errors import StoreError

    good, bad = claimed(home, "good"), claimed(home, "bad")
    real = readings._one_device

    def failing(store: Store, held: object, *rest: object) -> None:
        if held.device.id == bad:  # type: ignore[attr-defined]
            raise StoreError("no answer")
        real(store, held, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(readings, "_one_device", failing)
    batch = [record("2025-08-01T10:00", good, heat(20), id="g"), record("2025-08-01T10:00", bad, heat(20), id="b")]
    answer = readings.work(home.store, {"Records": batch}, at("2025-08-01T10:00"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "b"}]}
    assert home.held(good).device.newest["temperature"].value == 20


def test_a_value_that_cannot_be_is_kept_apart_and_shown_as_such(home: Home) -> None:
    device = claimed(home, "odd")
    home.watch("2025-08-01T09:01", device, "offline", kind="silence", after_minutes=60)
    home.hear("2025-08-01T10:00", device, heat(20, seq=1))
    home.tick("2025-08-01T11:00")
    home.hear("2025-08-01T11:30", device, heat(85.1, seq=2), {"metric": "temperature", "value": "hot", "seq": 3})
    assert [(alert["watch"], alert["closed_at"]) for alert in home.alerts()] == [("offline", "2025-08-01T02:30:00Z")]
    shown = devices.view(home.store, at("2025-08-01T12:00"), home.contract, device)
    assert shown["values"]["temperature"]["value"] == 20
    assert shown["last_apart"] == {
        "metric": "temperature",
        "value": "hot",
        "measured_at": "2025-08-01T02:30:00Z",
        "received_at": "2025-08-01T02:30:00Z",
    }
    listed = devices.readings(home.store, at("2025-08-01T12:00"), home.contract, device)["items"]
    assert [(reading["value"], reading.get("apart")) for reading in listed] == [
        (85.1, "impossible"),
        ("hot", "impossible"),
        (20, None),
    ]


def test_a_history_row_says_when_it_was_received(home: Home) -> None:
    device = claimed(home, "when")
    home.hear("2025-08-01T10:00", device, heat(20, measured_at=at("2025-08-01T09:00").isoformat()))
    (row,) = home.store.query_all(home.store.devices, ("device", device), between=("item", "reading#", "reading#~"))
    assert row["received"] == {"N": str(int(at("2025-08-01T10:00").timestamp() * 1000))}


def test_a_row_of_before_the_pace_is_still_read(home: Home) -> None:
    from chalicelib.iot.floods import Pace
    from chalicelib.store import devices as rows

    device = claimed(home, "old")
    row = home.store.get(home.store.devices, rows.key(device))
    assert row is not None
    body = json.loads(row["body"]["S"])
    found = rows.held({**row, "body": {"S": json.dumps(body[:6])}}).device
    assert (found.pace, found.apart, found.openings) == (Pace(), None, 0)


def test_a_device_that_floods_is_held_to_its_share_and_others_are_not(home: Home) -> None:
    loud, quiet = claimed(home, "loud"), claimed(home, "quiet")
    start = at("2025-08-01T10:00")
    for burst in range(13):  # of ten messages each
        stamps = [(start + timedelta(seconds=burst, milliseconds=n)).isoformat() for n in range(10)]
        batch = [record("2025-08-01T10:00", loud, heat(n / 10, measured_at=stamps[n]), batch=f"{burst}-{n}") for n in range(10)]
        if burst == 12:
            batch.append(record("2025-08-01T10:00", quiet, heat(31)))
        assert readings.work(home.store, {"Records": batch}, start) == {"batchItemFailures": []}
    assert home.held(loud).device.newest["temperature"].at == to_millis(start + timedelta(seconds=11, milliseconds=9))
    listed = devices.readings(home.store, at("2025-08-01T10:05"), home.contract, loud, limit=200)["items"]
    assert len(listed) == FRESH_MAX
    assert [alert["device"] for alert in home.alerts()] == [quiet]
    assert [(entry["reason"], entry["rest_taken_in"]) for entry in home.aside(device=loud)] == [("flood", True)]
    home.hear("2025-08-01T10:01", loud, heat(31))
    assert {alert["device"] for alert in home.alerts()} == {loud, quiet}


def test_a_megabyte_is_set_aside_by_its_beginning_only(home: Home) -> None:
    body = handed_over("x" * 1_000_000, device="huge")
    assert readings.work(home.store, {"Records": [{"messageId": "m", "body": body}]}, at("2025-08-01T10:00")) == {
        "batchItemFailures": []
    }
    (entry,) = home.aside(device="huge")
    assert (entry["reason"], entry["bytes"], entry["whole"]) == ("message: too_large", 1_000_000, False)
    assert set_aside.view(home.store, "operator-1", entry["id"])["payload"] == "x" * 8192
