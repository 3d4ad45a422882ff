"""Setting aside and playing again under bad luck: every call spoiled in every way, then again, ends like a day without."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest

from chalicelib import settings
from chalicelib.errors import MimamoriError
from chalicelib.flows import outbox, readings, set_aside
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Snapshot, every_order
from tests.faults_iot.test_watching_faults import enumerate_faults
from tests.flows.world import at
from tests.flows_iot.home import Home, heat, record

NOW = "2025-08-01T12:00"


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> Iterator[tuple[Home, Snapshot]]:
    """Two messages of a device that was claimed afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "SHARDS", 1)
        home = Home(store)
        for minute in ("00", "05"):
            home.hear(f"2025-08-01T10:{minute}", "early", heat(20), batch=minute)
        home.claim("2025-08-01T11:00", "early")
        for row in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
            waiting.left(store, row)
        yield home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot]) -> Home:
    start[1].restore()
    return start[0]


def test_setting_aside_two_messages_of_two_devices(home: Home) -> None:
    batch = [record(NOW, device, heat(20), batch="one", id=device) for device in ("nobody", "nobody", "no-one")]

    def work() -> None:
        if readings.work(home.store, {"Records": batch}, at(NOW))["batchItemFailures"]:
            raise MimamoriError("it comes again")

    enumerate_faults(work)
    assert {one["device"] for one in home.aside(NOW)} == {"early", "nobody", "no-one"}
    assert len(home.aside(NOW)) == 4  # what came twice is there once


def test_playing_one_again(home: Home) -> None:
    (_, early) = home.aside(NOW, device="early")
    enumerate_faults(lambda: set_aside.replay(home.store, at(NOW), "operator-1", early["id"]))
    (entry,) = waiting.leftovers(home.store, at("2030-01-01T00:00"))
    assert (entry.kind, entry.body["tries"]) == ("replay", 1)


def test_two_operators_play_one_again_in_every_order(home: Home) -> None:
    before = Snapshot()
    (_, early) = home.aside(NOW, device="early")

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(*(lambda who=who: set_aside.replay(home.store, at(NOW), who, early["id"]) for who in ("a", "b")))
        assert [result["replays"] for result in results] == [1, 1]
        assert len(list(waiting.leftovers(home.store, at("2030-01-01T00:00")))) == 1

    assert every_order(run) > 3


def test_what_was_sent_back_twice_is_taken_in_once(home: Home) -> None:
    (_, early) = home.aside(NOW, device="early")
    set_aside.replay(home.store, at(NOW), "operator-1", early["id"])
    (entry,) = waiting.leftovers(home.store, at("2030-01-01T00:00"))

    def leave() -> None:
        record = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
        if outbox.deliver(home.store, {"Records": [record]}, at(NOW))["batchItemFailures"]:
            raise MimamoriError("it comes again")

    def without_tries(found: dict[str, dict[str, dict[str, object]]]) -> object:
        for table in found.values():
            for row in table.values():
                row.pop("tries", None)
        return found

    enumerate_faults(leave, without_tries)
    client, url = boto3.client("sqs", region_name="ap-northeast-1"), settings.current().readings_queue_url
    sent = [
        message
        for _ in range(8)
        for message in client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]
    assert len(sent) > 1  # a reply that was lost sends it again
    assert len({json.dumps(json.loads(message["Body"]), sort_keys=True) for message in sent}) == 1
    for message in sent[:3]:
        readings.work(home.store, {"Records": [{"messageId": "m", "body": message["Body"]}]}, at(NOW))
    assert home.held("early").device.newest["temperature"].seqs == (None,)
