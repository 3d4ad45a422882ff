"""The crowd with uplinks that do what a test says: order, repeats, a line that goes down."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fleet.behaviour.life import JAPAN
from fleet.buffer import Batch
from fleet.happenings import Connected, Delivered, Disconnected, Undelivered
from fleet.identity import Identity
from fleet.town import crowd as crowd_module
from fleet.town.crowd import Crowd
from fleet.town.homes import Said

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=JAPAN)


@dataclass
class Wire:
    """An uplink without a network."""

    who: Identity
    box: Any
    back_off: tuple[float, float]
    published: list[Batch] = field(default_factory=list)

    def start(self) -> None:
        self.box.put(Connected(False))

    def stop(self) -> None:
        self.box.put(Disconnected("stopped"))

    def publish(self, batch: Batch) -> None:
        self.published.append(batch)

    def acknowledge(self) -> None:
        self.box.put(Delivered(self.published[-1].id))


@pytest.fixture
def town(tmp_path: Path) -> tuple[Crowd, Wire, Wire]:
    wires: list[Wire] = []

    def connect(*given: Any) -> Wire:
        wires.append(Wire(*given))
        return wires[-1]

    names = ("one", "two")
    crowd = Crowd((Identity(name, "local", "localhost", 1, tmp_path, tmp_path, None, tmp_path) for name in names), connect)
    for name in names:
        crowd.go_up(name)
    crowd.listen(0)
    return crowd, wires[0], wires[1]


def said(count: int, first: int = 0) -> list[Said]:
    times = [NOON + timedelta(minutes=number) for number in range(first, first + count)]
    return [Said("temperature", 20.5, at, first + place, at) for place, at in enumerate(times)]


def test_one_message_at_a_time_and_the_next_when_the_broker_has_it(town: tuple[Crowd, Wire, Wire]) -> None:
    crowd, one, two = town
    crowd.hand("one", said(2))
    crowd.hand("one", said(2, 2))
    assert [batch.id for batch in one.published] == ["0-1"]
    assert crowd.waiting == 2
    one.acknowledge()
    crowd.listen(0)
    assert [batch.id for batch in one.published] == ["0-1", "2-3"]
    one.acknowledge()
    crowd.listen(0)
    assert (crowd.sent, crowd.acknowledged, crowd.waiting, two.published) == (2, 2, 0, [])


def test_what_was_not_acknowledged_is_sent_again_before_what_came_later(
    town: tuple[Crowd, Wire, Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd, one, _ = town
    monkeypatch.setattr(crowd_module, "_AGAIN_SECONDS", 0.0)
    crowd.hand("one", said(1))
    crowd.hand("one", said(1, 1))
    one.box.put(Undelivered("0-0", "timeout"))
    crowd.listen(0)
    assert [batch.id for batch in one.published] == ["0-0", "0-0"]
    assert one.published[0].payload == one.published[1].payload
    assert (crowd.sent, crowd.again, crowd.waiting) == (1, 1, 2)


def test_a_line_that_is_down_keeps_everything_until_it_is_up(town: tuple[Crowd, Wire, Wire]) -> None:
    crowd, one, two = town
    crowd.go_down("one")
    crowd.hand("one", said(3))
    crowd.hand("two", said(3))
    crowd.listen(0)
    assert (one.published, len(two.published), crowd.connected) == ([], 1, 1)
    crowd.go_up("one")
    crowd.listen(0)
    assert len(one.published) == 1


def test_a_device_that_starts_again_repeats_its_last_message_which_counts_once(town: tuple[Crowd, Wire, Wire]) -> None:
    crowd, one, _ = town
    crowd.hand("one", said(1))
    one.acknowledge()
    crowd.listen(0)
    crowd.send_last_again("one")
    one.acknowledge()
    crowd.listen(0)
    assert one.published[0] == one.published[1]
    assert (crowd.sent, crowd.acknowledged) == (1, 1)


def test_a_message_says_what_was_measured_and_stays_below_what_the_broker_takes(town: tuple[Crowd, Wire, Wire]) -> None:
    crowd, one, _ = town
    crowd.hand("one", said(1000))
    message = json.loads(one.published[0].payload)
    assert (message["v"], message["batch"]) == (1, "0-899")
    assert message["readings"][1] == {
        "metric": "temperature",
        "value": 20.5,
        "measured_at": "2026-11-22T12:01:00+09:00",
        "seq": 1,
    }
    assert len(one.published[0].payload) < 128 * 1024
