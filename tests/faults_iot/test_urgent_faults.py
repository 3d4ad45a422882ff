"""An urgent message under bad luck, and through both doors at once: one alert, told once, and never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib import settings
from chalicelib.flows import readings
from chalicelib.gateways import clients, queue
from chalicelib.store import devices as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Crash, Snapshot, every_order, spared
from tests.faults_iot.test_watching_faults import Worker, enumerate_faults, without_versions
from tests.flows.world import at
from tests.flows_iot.home import Home, record

NOW = "2025-08-01T10:00"
SOS = {"metric": "sos", "value": True, "measured_at": at(NOW).isoformat(), "seq": 1}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> Iterator[tuple[Home, Snapshot, str]]:
    """A call button, whose people are told at once; nobody has pressed it."""
    url: str = boto3.client("sqs", region_name="ap-northeast-1").create_queue(QueueName="behind-urgent-faults")["QueueUrl"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READINGS_QUEUE_URL", url)
        for module in (rows, waiting):
            patch.setattr(module, "SHARDS", 2)
        settings.current.cache_clear()
        clients.forget()
        home = Home(store)
        home.claim("2025-08-01T09:00", "button", "call-button")
        home.add("2025-08-01T09:00", "daughter", "mail")
        home.watch("2025-08-01T09:00", "button", "sos", kind="event", metric="sos", equals=True)
        home.watch("2025-08-01T09:00", "button", "silent", kind="silence", after_minutes=60)
        for entry in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
            waiting.left(store, entry)
        yield home, Snapshot(), url
    settings.current.cache_clear()
    clients.forget()


@pytest.fixture
def home(start: tuple[Home, Snapshot, str]) -> Home:
    start[1].restore()
    return start[0]


def pressed() -> Any:
    return json.loads(record(NOW, "button", SOS, batch="press-1")["body"])


class Lambda:
    """IoT Core's call: tried again when it fails. Then the queue's worker takes what was left there."""

    def __init__(self, home: Home, url: str) -> None:
        self.home, self.url = home, url
        self.event = pressed()

    def __call__(self) -> None:
        for last in (False, False, True):
            try:
                readings.urgent(self.home.store, self.event, at(NOW))
                break
            except Exception:
                if last:
                    raise
        self.take_from_the_queue()

    def take_from_the_queue(self) -> None:
        client = queue.connect(self.url).client  # a client of its own would cost more than all the rest
        with spared():
            left = client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            for one in left:
                client.delete_message(QueueUrl=self.url, ReceiptHandle=one["ReceiptHandle"])
        if left:
            Worker(self.home.store, NOW, *({"messageId": one["MessageId"], "body": one["Body"]} for one in left))()


def test_a_call_for_help_under_bad_luck(home: Home, start: tuple[Home, Snapshot, str]) -> None:
    assert enumerate_faults(Lambda(home, start[2]), without_versions) >= 4
    assert [(alert["watch"], alert["closed_at"]) for alert in home.alerts()] == [("sos", None)]
    assert [(told["person"], told["kind"]) for told in home.told()] == [("daughter", "opened")]


def test_the_same_press_through_both_doors_in_every_order(home: Home, start: tuple[Home, Snapshot, str]) -> None:
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        ordinary = record(NOW, "button", SOS, {"metric": "battery_percent", "value": 80, "seq": 2}, id="a", batch="press-1")
        results = baton.run(Lambda(home, start[2]), Worker(home.store, NOW, ordinary))
        assert results == [None, None]
        device = home.held("button").device
        assert (device.openings, device.newest["battery_percent"].value) == (1, 80)
        assert [(told["person"], told["kind"]) for told in home.told()] == [("daughter", "opened")]

    assert every_order(run) > 10


def test_a_killed_function_is_started_again(
    home: Home, start: tuple[Home, Snapshot, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill in the middle leaves nothing to clean up: the next call finds what is missing."""
    with monkeypatch.context() as patch:
        patch.setattr(rows, "change", lambda *_, **__: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            readings.urgent(home.store, pressed(), at(NOW))
    assert home.alerts() == []
    readings.urgent(home.store, pressed(), at(NOW))
    assert [alert["watch"] for alert in home.alerts()] == ["sos"]
