"""What a message may look like, and what a reading is beside those before it."""

from __future__ import annotations

from math import inf

import pytest

from chalicelib.errors import Invalid
from chalicelib.flows import unread
from chalicelib.iot.reading import (
    AHEAD_MAX,
    METRIC_MAX,
    NOTHING,
    READINGS_MAX,
    Message,
    Newest,
    Reading,
    classify,
    parse,
    remember,
    set_apart,
)

T = 1_754_000_000_000


def message(*readings: object, **more: object) -> Message:
    return parse({"v": 1, "device": "d", "received_at": T, "readings": list(readings), **more})


def test_the_topic_says_who_and_our_clock_when() -> None:
    found = message({"metric": "m", "value": 1, "device": "another"}, device="d")
    assert (found.device, found.readings) == ("d", (Reading("m", 1, T),))


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ("2025-08-01T05:00:00+00:00", 1_754_024_400_000),
        ("2025-08-01T14:00:00+09:00", 1_754_024_400_000),
        ("2025-08-01T05:00:00.123Z", 1_754_024_400_123),
        (1_754_024_400_000, 1_754_024_400_000),
        (None, T),
    ],
)
def test_times_with_an_offset_or_in_milliseconds(measured: object, expected: int) -> None:
    (reading,) = message({"metric": "m", "value": 1, "measured_at": measured}).readings
    assert reading.measured_at == expected


@pytest.mark.parametrize("measured", ["2025-08-01T05:00:00", "now", "", 1.5, True, -1, 10**18, [], "0001-01-01T00:00:00+09:00"])
def test_a_time_without_a_zone_is_no_instant(measured: object) -> None:
    found = message({"metric": "m", "value": 1}, {"metric": "m", "value": 2, "measured_at": measured})
    assert ([r.value for r in found.readings], found.faults) == ([1], ("readings.1.measured_at",))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1], {"a": 1}, "x" * 300, 10**30, 10**400])
def test_an_unreadable_value_is_as_null(value: object) -> None:
    assert message({"metric": "m", "value": value}).readings[0].value is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"device": "d", "received_at": T, "readings": "x"},
        {"device": "d", "received_at": T, "readings": [1, None, "x", []]},
        {"device": "d", "received_at": str(T), "readings": [{"metric": "m"}]},
        {"device": "d", "received_at": True, "readings": [{"metric": "m"}]},
        {"device": 1, "received_at": T, "readings": [{"metric": "m"}]},
        {"device": "d", "received_at": T, "v": "1", "readings": [{"metric": "m"}]},
        {"device": "d", "received_at": T, "readings": [{"metric": "m"}] * (READINGS_MAX + 1)},
        {"device": "d", "received_at": T, "readings": [{"metric": "m" * (METRIC_MAX + 1), "value": 1}]},
        {"device": "d", "received_at": T, "readings": [{"metric": "m", "seq": -1}]},
    ],
)
def test_what_cannot_be_read_names_its_field(body: object) -> None:
    with pytest.raises(Invalid) as found:
        parse(body)
    reason = f"{found.value.field}: {found.value.reason}"  # as it is kept, and told to operators
    assert unread.words(reason)["told"] != unread.texts()["other"]["told"]


def test_readings_come_in_the_order_of_measuring() -> None:
    found = message(*[{"metric": "m", "value": n, "measured_at": T - 1000 * n} for n in range(3)])
    assert [reading.value for reading in found.readings] == [2, 1, 0]


def test_a_model_says_which_values_can_be_and_others_are_kept_apart() -> None:
    possible = {"temperature": ("number", -40, 85), "motion": ("boolean", -inf, inf), "code": ("text", -inf, inf)}
    numbers = [("temperature", value) for value in ("n/a", True, 20, -40, 85, -40.1, 86, None)]
    given = [*numbers, ("motion", 1), ("motion", True), ("code", 7), ("nobody-knows-it", 1e9)]
    found = set_apart(message(*[{"metric": m, "value": v} for m, v in given]), possible)
    assert [reading.value for reading in found.readings if reading.apart] == ["n/a", True, -40.1, 86, 1]
    assert len(found.readings) == len(given)


def test_a_value_kept_apart_is_a_sign_of_life_and_never_the_newest() -> None:
    newest = remember(NOTHING, Reading("t", 20, T, 1))
    odd = Reading("t", 999, T + 10, 2, apart=True)
    assert classify(newest, odd, T + 20) == "null"
    after = remember(newest, odd)
    assert (after.at, after.value) == (T, 20)
    assert classify(after, odd, T + 30) == "repeat"
    assert classify(after, Reading("t", 21, T + 5, 3), T + 30) == "new"


def test_five_minutes_ahead_count_and_a_millisecond_more_does_not() -> None:
    assert classify(NOTHING, Reading("m", 1, T + AHEAD_MAX), T) == "new"
    assert classify(NOTHING, Reading("m", 1, T + AHEAD_MAX + 1), T) == "future"


def test_a_null_never_becomes_the_newest_and_is_recognised_again() -> None:
    newest = remember(remember(NOTHING, Reading("m", 5, T, 1)), Reading("m", None, T + 10, 2))
    assert (newest.at, newest.value) == (T, 5)
    assert classify(newest, Reading("m", None, T + 10, 2), T + 20) == "repeat"
    assert classify(newest, Reading("m", 6, T + 10, 2), T + 20) == "repeat"
    assert classify(newest, Reading("m", 6, T + 5, 3), T + 20) == "new"
    assert classify(newest, Reading("m", None, T - 1, 3), T + 20) == "older"
    after = remember(newest, Reading("m", 6, T + 11, 4))
    assert after == Newest(T + 11, 6, (4,))


def test_one_instant_may_hold_several_readings_apart_by_their_number() -> None:
    newest = remember(NOTHING, Reading("m", 1, T, 1))
    assert classify(newest, Reading("m", 2, T, 2), T) == "new"
    assert classify(remember(newest, Reading("m", 2, T, 2)), Reading("m", 9, T, 1), T) == "repeat"
    assert classify(newest, Reading("m", 2, T), T) == "new"
