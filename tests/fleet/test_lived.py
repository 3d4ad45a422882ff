"""The seeded homes: what was measured there is the recordings' and the same each time, hour by hour, and goes on."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.behaviour.life import JAPAN
from local import homes, lived

NOW = datetime(2026, 11, 22, 12, tzinfo=JAPAN)
STORY = lived.Story(NOW)
METER, MOTION, _ROOM, COLD = homes.SOTTONET


def opened(record: dict[str, Any]) -> dict[str, Any]:
    handed = json.loads(record["body"])
    return {**handed, **json.loads(b64decode(handed["payload"]))}


def test_a_message_an_hour_comes_when_its_last_reading_was_measured() -> None:
    first, second = (opened(one) for one in lived.messages(METER, STORY, NOW - timedelta(hours=2), NOW, 5))
    assert (first["device"], len(first["readings"]) >= 12 * 6) == ("sn-POWER-0101", True)
    assert first["arrived"] == datetime(2026, 11, 22, 10, 55, tzinfo=JAPAN).timestamp() * 1000
    assert second["batch"] != first["batch"]
    again, _ = (opened(one) for one in lived.messages(METER, STORY, NOW - timedelta(hours=2), NOW, 5))
    assert again == first


def test_wider_steps_add_up_to_the_same() -> None:
    def wh(step: int) -> float:
        found = lived.measured(METER, STORY, NOW - timedelta(hours=6), NOW, step)
        return sum(one["value"] for one in found if one["metric"] == "water_heater_ac_wh")

    # Each step reaches back as far as it is wide: six hours shifted by a step differ by what its edges hold.
    assert wh(15) == pytest.approx(wh(5), rel=0.25)
    assert wh(5) > 0


def test_the_dressing_room_is_too_cold_on_some_mornings_and_from_three_hours_ago() -> None:
    assert STORY.cold(NOW) == 1
    assert STORY.cold(NOW - timedelta(hours=2, minutes=30)) == 0.5
    assert STORY.cold(NOW - timedelta(days=1)) == 0
    assert STORY.cold(datetime(2026, 11, 19, 6, tzinfo=JAPAN)) == 1
    (now, *_) = (
        r["value"] for r in lived.measured(COLD, STORY, NOW, NOW + timedelta(minutes=1), 5) if r["metric"] == "temperature"
    )
    assert now == 10.4


class Recorded:
    """A stack that only notes what it is asked to invoke."""

    def __init__(self, folder: Path) -> None:
        self.places = SimpleNamespace(folder=folder)
        self.asked: list[dict[str, Any]] = []

    def client(self, _name: str) -> Any:
        return SimpleNamespace(invoke=lambda **asked: self.asked.append(asked))

    def devices(self) -> set[str]:
        return {opened(one)["device"] for asked in self.asked for one in json.loads(asked["Payload"])["Records"]}


def test_life_goes_on_every_five_minutes_and_a_long_stop_stays_a_gap(tmp_path: Path) -> None:
    stack = Recorded(tmp_path)
    life = lived.GoingOn(stack)  # type: ignore[arg-type]
    life.go_on(NOW)
    assert stack.asked == []  # nobody was seeded here
    life.begin(NOW)
    life.go_on(NOW + timedelta(minutes=4))
    assert stack.asked == []
    life.go_on(NOW + timedelta(minutes=5))
    assert {"sn-POWER-0101", "sn-MOVE-0102", "sn-BED-0201"} <= stack.devices()
    stack.asked.clear()
    life.go_on(NOW + timedelta(days=3))
    earliest = min(
        r["measured_at"] for one in json.loads(stack.asked[0]["Payload"])["Records"] for r in opened(one)["readings"]
    )
    assert earliest >= (NOW + timedelta(days=2)).isoformat()
