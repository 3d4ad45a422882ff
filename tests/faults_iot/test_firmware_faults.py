"""A release under bad luck: whatever call breaks off, every device is asked by exactly one job, and what became of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import MimamoriError
from chalicelib.flows import firmware as flow
from chalicelib.flows import ticks
from chalicelib.gateways import jobs
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices as rows
from chalicelib.store.transact import Store
from tests.faults.harness import KINDS, Crash, Luck, Snapshot, all_rows, every_order, under
from tests.flows_iot.test_firmware import NOW, JobService, body

FLEET = [f"d{number:02d}" for number in range(12)]


@pytest.fixture(autouse=True)
def few_shards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(rows, "SHARDS", 1)
    monkeypatch.setattr(flow, "_of_model", lambda store, model: [(device, "1.0.0") for device in FLEET])
    monkeypatch.setattr(flow, "_has_wish", lambda store, device, at: False)
    yield


def days(store: Store, service: JobService) -> None:
    """Publishing and five ticks; whoever was asked ends before the next one."""
    flow.publish(store, NOW, body("2.0.0", waves=[40, 100]))
    for number in range(5):
        at = to_millis(NOW + timedelta(minutes=5 * number))
        due = list(rows.due(store, at))
        ticks.DUE["rollout"](store, due, at)
        service.end("done")


def seen() -> Any:
    """All rows, without how often a release was rewritten and when its waves began."""
    found = all_rows()
    for table in found.values():
        for row in table.values():
            if row.get("item", {}).get("S", "").startswith("rollout#"):
                row.pop("version")
                row["body"] = {"S": row["body"]["S"].split(",")[10]}
    return found


def test_every_call_spoiled_in_every_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before, luck, service = Snapshot(), Luck(), JobService()
    monkeypatch.setattr(jobs, "connect", lambda: service)
    with under(luck):
        days(store, service)
    wanted = seen()
    assert service.asked == FLEET
    assert len(luck.calls) > 15
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            service = JobService()
            try:
                with under(Luck(kind, number)):
                    days(store, service)
            except (Crash, MimamoriError):
                pass
            days(store, service)
            assert service.asked == FLEET, f"{kind} at call {number} ({luck.calls[number]})"
            assert seen() == wanted, f"{kind} at call {number} ({luck.calls[number]})"
    before.restore()


def test_two_ticks_at_once_ask_each_device_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flow.publish(store, NOW, body("3.0.0", waves=[100]))
    before = Snapshot()

    def run(baton: Any) -> None:
        before.restore()
        service = JobService()
        monkeypatch.setattr(jobs, "connect", lambda: service)
        at = to_millis(NOW)

        def tick() -> None:
            flow.follow(store, "firmware#battery", "rollout#3.0.0", at)

        baton.run(tick, tick)
        assert service.asked == FLEET

    assert every_order(run) > 1
