"""Shares of a tick under bad luck, and two ticks at once in every order of their calls: each home is told of once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.flows import ticks
from chalicelib.store import devices as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Snapshot, every_order
from tests.faults_iot.test_watching_faults import enumerate_faults, without_versions
from tests.flows.world import Messages, at
from tests.flows_iot.home import Home


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("chalicelib.flows.outbox.sweep", lambda store, now: {})  # other tests take turns with the outbox


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> Iterator[tuple[Home, Snapshot]]:
    """Two silent homes' sensors, one person; one shard instead of sixteen."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rows, waiting):
            patch.setattr(module, "SHARDS", 1)
        home = Home(store)
        home.add("2025-08-01T09:00", "daughter")
        for device in ("hall", "room"):
            home.claim("2025-08-01T09:00", device)
            home.watch("2025-08-01T09:00", device, "offline", kind="silence", after_minutes=60)
        yield home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot]) -> Home:
    start[1].restore()
    return start[0]


def once_each(home: Home) -> None:
    assert [(told["device"], told["kind"]) for told in home.told()] == [("hall", "opened"), ("room", "opened")]
    assert [home.held(device).device.openings for device in ("hall", "room")] == [1, 1]


def test_a_share_under_every_fault(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "HERE_MAX", 0)
    queue = Messages()
    assert ticks.tick(home.store, at("2025-08-01T10:00"), queue)["handed_out"] == 2
    (share,) = json.loads(json.dumps(queue.taken()))
    enumerate_faults(lambda: ticks.work(home.store, share), without_versions)
    once_each(home)


def test_a_share_that_two_workers_have_at_once_in_every_order(home: Home) -> None:
    before = Snapshot()
    share = {"at": 1754010000000, "keys": [["hall", "device"]]}  # 10:00 in Japan
    assert at("2025-08-01T10:00").timestamp() * 1000 == share["at"]

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(lambda: ticks.work(home.store, share), lambda: ticks.work(home.store, share))
        assert sum(result["changed"] for result in results) == 1
        assert [(told["device"], told["kind"]) for told in home.told()] == [("hall", "opened")]
        assert home.held("hall").device.openings == 1

    assert every_order(run) > 10
