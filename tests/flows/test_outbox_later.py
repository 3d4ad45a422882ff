"""What is left for later: the stream passes it by, the first tick at or after its time sends it, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.flows import outbox as sender
from chalicelib.store import outbox
from chalicelib.store.transact import Store

NOW = datetime.fromisoformat("2025-07-01T12:00:00+09:00")
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setitem(sender.SENDERS, "told", lambda store, entry, now: found.append(entry.id))
    return found


def _streamed(store: Store, at: datetime, now: datetime, *, later: bool) -> None:
    write = outbox.entry(store, "told", f"cause-{later}", at, {}, later=later)
    store.write(write)
    row = write["Put"]["Item"]
    keys = {"shard": row["shard"], "id": row["id"]}
    record = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
    assert sender.deliver(store, {"Records": [record]}, now) == {"batchItemFailures": []}


def test_an_entry_for_later_waits_for_the_tick_of_its_time(store: Store, sent: list[str]) -> None:
    _streamed(store, LATER, NOW, later=True)
    assert sent == []
    assert sender.sweep(store, LATER - timedelta(seconds=1))["left"] == 0
    assert sender.sweep(store, LATER)["left"] == 1
    assert len(sent) == 1
    assert sender.sweep(store, LATER + timedelta(hours=1))["left"] == 0


def test_an_ordinary_entry_leaves_with_the_stream_even_when_its_clock_is_ahead(store: Store, sent: list[str]) -> None:
    _streamed(store, NOW + timedelta(seconds=3), NOW, later=False)
    assert len(sent) == 1


def test_a_fresh_ordinary_entry_is_the_streams_for_ten_minutes(store: Store, sent: list[str]) -> None:
    store.write(outbox.entry(store, "told", "cause-fresh", NOW, {}))
    assert sender.sweep(store, NOW + timedelta(minutes=9))["left"] == 0
    assert sender.sweep(store, NOW + timedelta(minutes=10))["left"] == 1
