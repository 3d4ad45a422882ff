"""A day of messages that comes twice, and then backwards: the list of alerts, and what was told, stay as they are."""

from __future__ import annotations

import json
import random
from typing import Any

from chalicelib.flows import readings
from chalicelib.iot.reading import to_millis
from tests.flows.world import at
from tests.flows_iot.home import Home, heat, later, record

DAY = "2025-08-01T00:00"
BATCH = 10  # as the queue hands them over
Record = dict[str, Any]


def of_a_day(device: str) -> list[Record]:
    """A message every quarter of an hour with three readings: a hot afternoon, two hours without a word, odd values."""
    dice = random.Random(4)
    found = []
    for quarter in (number for number in range(96) if not 40 <= number < 48):
        warm = 8 if 52 <= quarter < 70 else 0
        said = []
        for place in range(3):
            value = dice.choice((None, 999)) if dice.random() < 0.05 else round(22 + warm + 2 * dice.random(), 1)
            measured = at(later(DAY, 15 * quarter + 5 * place)).isoformat()
            said.append(heat(value, measured_at=measured, seq=3 * quarter + place))
        found.append(record(later(DAY, 15 * quarter + 11), device, *said, batch=f"q{quarter}", id=f"q{quarter}"))
    return found


def take_in(home: Home, messages: list[Record]) -> None:
    for first in range(0, len(messages), BATCH):
        answer = readings.work(home.store, {"Records": messages[first : first + BATCH]}, at("2025-08-02T00:00"))
        assert answer == {"batchItemFailures": []}


def sent_again(message: Record, when: str) -> Record:
    """The same message, as a device sends it once more that never heard of its arrival."""
    return {**message, "body": json.dumps({**json.loads(message["body"]), "received_at": to_millis(at(when))})}


def test_a_day_twice_and_backwards_is_the_same_list_of_alerts(home: Home) -> None:
    device = f"day-{home.contract[:6]}"
    home.claim("2025-07-31T23:50", device)
    home.add("2025-07-31T23:50", "daughter", "mail")
    home.watch("2025-07-31T23:50", device, "hot", kind="threshold", metric="temperature", above=30, clear=28, for_minutes=30)
    home.watch("2025-07-31T23:50", device, "leap", kind="rate", metric="temperature", rises=6, minutes=30)
    home.watch("2025-07-31T23:50", device, "exactly", kind="event", metric="temperature", equals=23.0)
    day = of_a_day(device)
    take_in(home, day)
    alerts, told = home.alerts(limit=100), home.told()
    assert {alert["watch"] for alert in alerts} == {"hot", "leap", "exactly"}
    assert all(alert["closed_at"] for alert in alerts)
    for again in (day, day[::-1], [sent_again(one, "2025-08-01T23:59") for one in reversed(day)]):
        take_in(home, again)
        assert (home.alerts(limit=100), home.told()) == (alerts, told)
    assert home.held(device).device.newest["temperature"].at == to_millis(at(later(DAY, 95 * 15 + 10)))
