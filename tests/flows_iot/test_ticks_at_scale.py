"""A tick over more devices than one function takes: each done once, in whatever order, and nobody held up by another."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bench import telemetry, wire
from bench.dynamo import Dynamo
from bench.sweep import quietly
from chalicelib import settings as environment
from chalicelib.errors import StoreError
from chalicelib.flows import ticks
from chalicelib.store import alerts, devices, transact
from tests.flows.world import Messages

HOMES = 1000
SILENT_AT = telemetry.START + timedelta(minutes=60)  # the watch of silence of each is due an hour after its claim
Json = dict[str, Any]


class Many:
    """A thousand homes in a dictionary that speaks DynamoDB's wire: moto would take minutes."""

    def __init__(self, homes: int = HOMES) -> None:
        self.dynamo = Dynamo(wire.PREFIX)
        self.store = transact.connect()
        self.names = [f"home-{number:04d}" for number in range(homes)]
        for table, item in self._claimed():
            self.dynamo.load(table, [item])

    def _claimed(self) -> Iterator[tuple[str, Json]]:
        """One home is claimed through the store; the others are like it."""
        with wire.answered_by(self.store.client, wire.live(self.dynamo)):
            telemetry.claim(self.store, "template")
            row = self.store.get(self.store.devices, devices.key("template"))
            self.store.write(transact.delete(self.store.devices, devices.key("template")))
        assert row is not None
        for name in self.names:
            own = {**row, "device": transact.S(name), "contract": transact.S(f"contract-of-{name}")}
            yield self.store.devices, own | {"due_shard": transact.S(devices.due_shard(name))}

    def alerts(self) -> list[int]:
        """How many alerts each home has."""
        return [len(next(alerts.pages(self.store, f"contract-of-{name}"))) for name in self.names]


@pytest.fixture
def many() -> Iterator[Many]:
    before = dict(os.environ)
    wire.settle()
    environment.current.cache_clear()
    transact.forget()
    found = Many()
    with wire.answered_by(found.store.client, wire.live(found.dynamo)), quietly():
        yield found
    os.environ.clear()
    os.environ.update(before)
    environment.current.cache_clear()
    transact.forget()


def test_a_thousand_silent_homes_are_done_once_each_in_any_order(many: Many) -> None:
    queue = Messages()
    answer = ticks.tick(many.store, SILENT_AT, queue)
    assert (answer["due"], answer["handed_out"], answer["changed"]) == (1000, 800, 200)
    shares = json.loads(json.dumps(queue.taken()))  # as a queue carries them
    assert [len(share["keys"]) for share in shares] == [50] * 16
    random.Random(4).shuffle(shares)
    for share in shares[:8]:
        assert ticks.work(many.store, share)["changed"] == 50
    again = ticks.tick(many.store, SILENT_AT, queue)  # the next tick comes before the other half was worked on
    assert (again["due"], again["changed"]) == (400, 200)
    for share in [*shares, *json.loads(json.dumps(queue.taken()))]:  # and everything comes twice
        ticks.work(many.store, share)
    assert many.alerts() == [1] * 1000
    assert ticks.tick(many.store, SILENT_AT, queue)["due"] == 0


def test_a_queue_that_does_not_answer_leaves_the_rest_due(many: Many) -> None:
    class Broken:
        def send(self, messages: Any) -> int:
            raise StoreError("no answer")

    with pytest.raises(StoreError):
        ticks.tick(many.store, SILENT_AT, Broken())
    assert sum(many.alerts()) == 200  # its own share is done all the same
    assert len(list(devices.due(many.store, telemetry.to_millis(SILENT_AT)))) == 800


def test_a_row_that_cannot_be_read_holds_up_nobody(many: Many) -> None:
    torn = {"device": transact.S("home-0007"), "item": transact.S("device")}
    row = many.store.get(many.store.devices, torn)
    assert row is not None
    many.dynamo.load(many.store.devices, [{**row, "body": transact.S("{torn")}])
    keys = [(name, "device") for name in many.names[:50]]
    answer = ticks.work(many.store, {"at": telemetry.to_millis(SILENT_AT), "keys": keys})
    assert answer == {"changed": 49, "failed": 1}


def test_a_kind_of_row_that_nobody_handles_holds_up_nobody(many: Many) -> None:
    keys = [("home-0001", "of-a-later-edition#1"), ("home-0001", "device")]
    assert ticks.work(many.store, {"at": telemetry.to_millis(SILENT_AT), "keys": keys}) == {"changed": 1, "failed": 1}


def test_a_device_that_fails_holds_up_nobody(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ticks._one_device

    def failing(store: Any, held: devices.Held, at: int, resumed: int) -> bool:
        if held.device.id == "home-0003":
            raise ZeroDivisionError
        return real(store, held, at, resumed)

    monkeypatch.setattr(ticks, "_one_device", failing)
    answer = ticks.tick(many.store, SILENT_AT, None)
    assert (answer["changed"], answer["failed"]) == (999, 1)


def test_a_store_that_fails_for_one_device_makes_the_share_come_again(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ticks._one_device

    def failing(store: Any, held: devices.Held, at: int, resumed: int) -> bool:
        if held.device.id == "home-0003":
            raise StoreError("no answer")
        return real(store, held, at, resumed)

    monkeypatch.setattr(ticks, "_one_device", failing)
    share = {"at": telemetry.to_millis(SILENT_AT), "keys": [(name, "device") for name in many.names[:10]]}
    with pytest.raises(StoreError):
        ticks.work(many.store, share)
    assert many.alerts()[:10] == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    monkeypatch.setattr(ticks, "_one_device", real)
    assert ticks.work(many.store, share) == {"changed": 1, "failed": 0}


def test_a_share_that_comes_after_a_later_tick_changes_nothing(many: Many) -> None:
    keys = [(name, "device") for name in many.names[:3]]
    late = {"at": telemetry.to_millis(SILENT_AT), "keys": keys}
    ticks.work(many.store, {"at": telemetry.to_millis(SILENT_AT + timedelta(minutes=5)), "keys": keys})
    before = many.dynamo.writes
    assert ticks.work(many.store, late) == {"changed": 0, "failed": 0}
    assert many.dynamo.writes == before
