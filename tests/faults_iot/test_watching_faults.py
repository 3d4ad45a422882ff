"""A message and a tick under bad luck: every AWS call spoiled in every way, then again, ends like a day without faults.

And two readings of one device in every order of their calls: one effect each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.errors import MimamoriError
from chalicelib.flows import alerts, readings, watches
from chalicelib.store import devices as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import KINDS, Baton, Crash, Luck, Snapshot, all_rows, every_order, under
from tests.flows.world import at
from tests.flows_iot.home import Home, heat, record


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def few_shards() -> Iterator[None]:
    """Two shards instead of sixteen: the same calls, fewer of a kind."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rows, waiting):
            patch.setattr(module, "SHARDS", 2)
        yield


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str, few_shards: None) -> tuple[Home, Snapshot]:
    """A sensor with every sort of watch, two people, steps; nothing has happened yet."""
    home = Home(store)
    home.claim("2025-08-01T09:00", "room")
    home.add("2025-08-01T09:00", "daughter", "mail")
    home.add("2025-08-01T09:00", "son", "mail", "push", quiet=["22:00", "07:00"])
    home.watch("2025-08-01T09:00", "room", "hot", kind="threshold", metric="temperature", above=30, clear=28)
    home.watch("2025-08-01T09:00", "room", "leap", kind="rate", metric="temperature", rises=5, minutes=30)
    home.watch("2025-08-01T09:00", "room", "offline", kind="silence", after_minutes=60)
    for row in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
        waiting.left(store, row)  # the application's own notice is another test's
    return home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot]) -> Home:
    start[1].restore()
    return start[0]


class Worker:
    """The event source mapping: gives a batch to the worker until no record is left."""

    def __init__(self, store: Store, now: str, *records: dict[str, Any]) -> None:
        self.store, self.now, self.records = store, now, records

    def __call__(self) -> None:
        left = list(self.records)
        for _ in range(5):
            answer = readings.work(self.store, {"Records": left}, at(self.now))
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            left = [one for one in left if one["messageId"] in failed]
            if not left:
                return
        raise MimamoriError("the batch keeps failing")


def enumerate_faults(work: Callable[[], Any], leave_out: Callable[[Any], Any] = lambda seen: seen) -> int:
    """Spoils every call in every way, works again, and holds all rows against those of an undisturbed run."""
    before = Snapshot()
    luck = Luck()
    with under(luck):
        work()
    wanted = leave_out(_marked(all_rows()))
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            try:
                with under(Luck(kind, number)):
                    work()
            except (Crash, MimamoriError):
                pass
            work()
            assert leave_out(_marked(all_rows())) == wanted, f"{kind} at call {number} ({luck.calls[number]})"
    return len(luck.calls)


def _marked(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A day may be marked for summing up more often than once; how often says nothing."""
    for table in found.values():
        for key, row in table.items():
            if key.endswith("|closing"):
                row.pop("version", None)
    return found


def test_a_message_that_changes_no_alert(home: Home) -> None:
    one = record("2025-08-01T09:30", "room", heat(20, seq=1), heat(None, seq=2), id="one")
    assert enumerate_faults(Worker(home.store, "2025-08-01T09:30", one)) == 5


def test_a_message_that_opens_two_alerts_and_one_that_closes_them(home: Home) -> None:
    home.hear("2025-08-01T09:30", "room", heat(20, seq=1))
    hot = record("2025-08-01T09:40", "room", heat(31, seq=2), id="hot", batch="hot")
    cool = record("2025-08-01T09:45", "room", heat(24, seq=3), id="cool", batch="cool")
    calls = enumerate_faults(Worker(home.store, "2025-08-01T09:46", hot, cool))
    assert calls >= 5
    assert [(told["watch"], told["kind"]) for told in home.told() if told["person"] == "son"] == [
        ("hot", "opened"),
        ("leap", "opened"),
        ("hot", "closed"),
        ("leap", "closed"),
    ]


def test_a_tick_that_opens_an_alert(home: Home) -> None:
    calls = enumerate_faults(lambda: home.tick("2025-08-01T10:00"), without_versions)
    assert calls >= 5
    assert [alert["watch"] for alert in home.alerts()] == ["offline"]


def test_a_tick_that_tells_in_the_morning(home: Home) -> None:
    home.hear("2025-08-01T22:00", "room", heat(20, seq=1))
    home.hear("2025-08-01T22:05", "room", heat(31, seq=2))
    home.hear("2025-08-01T22:10", "room", heat(20, seq=3))
    home.hear("2025-08-02T06:55", "room", heat(20, seq=4))
    enumerate_faults(lambda: home.tick("2025-08-02T07:00"), without_versions)
    assert [(told["watch"], told["kind"]) for told in home.told() if told["person"] == "son"] == [
        ("hot", "closed"),
        ("leap", "closed"),
    ]


def test_setting_a_watch_again_while_its_alert_is_open(home: Home) -> None:
    home.hear("2025-08-01T09:30", "room", heat(31, seq=1))

    def again() -> None:
        settings = {"kind": "threshold", "metric": "temperature", "above": 40.0, "level": "info"}
        known = home.held("room").device.watch("hot")
        if known is not None and known.above != 40.0:  # the customer looks, and asks again if need be
            watches.put(home.store, at("2025-08-01T09:40"), home.contract, "room", "hot", settings)

    enumerate_faults(again)
    assert [alert["closed_at"] is None for alert in home.alerts()] == [False]


def test_taking_up_what_the_model_offers(home: Home) -> None:
    asked = home.asked("offers")
    enumerate_faults(lambda: watches.take_up(home.store, at("2025-08-01T09:40"), asked, "room", ["too-cold", "low-battery"]))
    assert [watch.name for watch in home.held("room").device.watches] == ["hot", "leap", "offline", "too-cold", "low-battery"]


def test_acknowledging(home: Home) -> None:
    home.hear("2025-08-01T09:30", "room", heat(31, seq=1))
    (alert,) = home.alerts()

    def acknowledge() -> None:
        asked = home.asked("ack")
        alerts.acknowledge(home.store, at("2025-08-01T09:35"), asked, "contractor", alert["alert"], {"person": "son"})

    enumerate_faults(acknowledge)
    assert home.alerts()[0]["acknowledged_by"] == "son"


def test_two_readings_of_one_device_in_every_order(home: Home) -> None:
    """Both are counted, the alert opens once, and is told once, whoever comes first."""
    before = Snapshot()
    endings = set()

    def run(baton: Baton) -> None:
        before.restore()
        first = record("2025-08-01T09:30", "room", heat(31, seq=1), id="a", batch="a")
        second = record("2025-08-01T09:31", "room", heat(32, seq=2), id="b", batch="b")
        results = baton.run(Worker(home.store, "2025-08-01T09:31", first), Worker(home.store, "2025-08-01T09:31", second))
        assert results == [None, None]
        device = home.held("room").device
        assert device.newest["temperature"].value == 32
        opened = [(alert["watch"], alert["closed_at"]) for alert in home.alerts()]
        assert opened == [("hot", None)]
        assert [(told["person"], told["kind"]) for told in home.told()] == [("daughter", "opened"), ("son", "opened")]
        endings.add(device.openings)

    assert every_order(run) > 10
    assert endings == {1}


def test_a_reading_and_a_tick_in_every_order(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sensor speaks while the tick would call it silent: whichever is first, nothing is left open or told twice."""
    monkeypatch.setattr("chalicelib.flows.outbox.sweep", lambda store, now: {})  # other tests take turns with the outbox
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        late = record("2025-08-01T10:00", "room", heat(20, seq=1), id="a", batch="a")
        results = baton.run(Worker(home.store, "2025-08-01T10:00", late), lambda: home.tick("2025-08-01T10:00") and None)
        assert results[0] is None
        assert not isinstance(results[1], Exception)
        told = [(entry["person"], entry["kind"]) for entry in home.told()]
        assert told in ([], [("daughter", "opened"), ("son", "opened"), ("daughter", "closed"), ("son", "closed")])
        assert home.alerts(open=True) == []
        assert home.held("room").device.last_received is not None

    assert every_order(run) > 5


def without_versions(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A tick that comes again may put a device at its place in the index once more, which only its version shows."""
    for table in found.values():
        for row in table.values():
            row.pop("version", None)
    return found
