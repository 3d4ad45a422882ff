"""Live readings on a stream: what is a reading, and what happens to a line that is none."""

import io
import json
import time
from datetime import UTC, datetime

import pytest

from fleet.buffer import Measured
from fleet.sensors import Sensors, parse

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (
            '{"metric": "power_kw", "value": 0.4, "measured_at": "2026-01-01T09:00+09:00"}',
            Measured("power_kw", 0.4, "2026-01-01T09:00:00+09:00"),
        ),
        ('{"metric": "motion", "value": true}', Measured("motion", True, "2026-01-01T00:00:00.000+00:00")),
        ('{"metric": "fault_code", "value": "E1"}', Measured("fault_code", "E1", "2026-01-01T00:00:00.000+00:00")),
        ('{"metric": "co2", "value": null}', Measured("co2", None, "2026-01-01T00:00:00.000+00:00")),
        ('{"metric": "co2", "value": 0}', Measured("co2", 0, "2026-01-01T00:00:00.000+00:00")),
    ],
)
def test_a_line_is_a_reading(line: str, reading: Measured) -> None:
    assert parse(line, NOW) == reading


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("CANARY", "it is not JSON"),
        ("[]", "it needs metric and value"),
        ('{"metric": "co2"}', "it needs metric and value"),
        ('{"metric": "co2", "value": 1, "CANARY": 1}', "nothing else"),
        ('{"metric": "", "value": 1}', "metric must be a text"),
        ('{"metric": 7, "value": 1}', "metric must be a text"),
        ('{"metric": "co2", "value": [1]}', "value must be a number"),
        ('{"metric": "co2", "value": NaN}', "value must be a number"),
        ('{"metric": "co2", "value": Infinity}', "value must be a number"),
        ('{"metric": "co2", "value": "' + "x" * 257 + '"}', "at most 256 characters"),
        ('{"metric": "co2", "value": 1, "measured_at": "CANARY"}', "measured_at must be ISO 8601"),
        ('{"metric": "co2", "value": 1, "measured_at": "2026-01-01T09:00"}', "must have an offset"),
    ],
)
def test_what_is_no_reading_is_named_without_its_value(line: str, message: str) -> None:
    with pytest.raises(ValueError) as wrong:
        parse(line, NOW)
    assert message in str(wrong.value)
    assert "CANARY" not in str(wrong.value)


def test_a_stream_gives_every_good_line_once_and_tells_of_the_bad_one() -> None:
    told: list[str] = []
    lines = [json.dumps({"metric": "co2", "value": n}) + "\n" for n in range(5)]
    source = Sensors(io.StringIO("".join([*lines[:2], "oops\n", "\n", *lines[2:]])), told.append)
    values = []
    until = time.monotonic() + 5
    while not source.finished and time.monotonic() < until:
        readings, progress = source.take(0.0)
        assert source.take(0.0)[0][: len(readings)] == readings, "not stored yet: offered again"
        values += [reading.value for reading in source.take(0.0)[0]]
        source.taken(progress)
    assert values == [0, 1, 2, 3, 4]
    assert told == ["Line 3 is not a reading: it is not JSON. It is left out."]
