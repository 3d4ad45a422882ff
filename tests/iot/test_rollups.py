"""Summaries are functions of the set of readings: order, repetition and lateness change nothing. Figures worked out by hand."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.iot import keeping, models
from chalicelib.iot.history import days, energy, months
from chalicelib.iot.history.rollup import roll_up
from chalicelib.iot.reading import HOUR, MINUTE, Reading
from chalicelib.store import devices

DAY = date(2025, 8, 1)
MIDNIGHT = days.start_of(DAY)


def at(clock: str, day: date = DAY) -> int:
    hours, minutes = clock.split(":")
    return days.start_of(day) + int(hours) * HOUR + int(minutes) * MINUTE


def said(metric: str, *values: tuple[str, Any]) -> list[Reading]:
    return [Reading(metric, value, at(clock)) for clock, value in values]


def of_day(model: str, readings: list[Reading], day: date = DAY, **how: Any) -> dict[str, Any]:
    (summary,) = roll_up(model, day, readings, **how).values()
    return summary


ANY = some.lists(
    some.tuples(
        some.sampled_from(["temperature", "battery_percent", "unheard_of"]),
        some.one_of(some.none(), some.integers(-50, 100), some.floats(-50, 90), some.booleans(), some.text(max_size=3)),
        some.integers(-3 * 60, 27 * 60),
        some.one_of(some.none(), some.integers(0, 3)),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(ANY, some.randoms())
def test_shuffled_and_repeated_readings_come_to_the_same(values: list[Any], luck: random.Random) -> None:
    readings = [Reading(metric, value, MIDNIGHT + minute * MINUTE, seq) for metric, value, minute, seq in values]
    again = [*readings, *luck.sample(readings, len(readings) // 2)]
    luck.shuffle(again)
    assert roll_up("climate-sensor", DAY, again) == roll_up("climate-sensor", DAY, readings)


@settings(max_examples=100, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 3 * 24 * 60 - 1), some.integers(0, 500)), max_size=60))
def test_three_days_of_a_meter_come_to_what_it_rose_by_outside_of_gaps(steps: list[tuple[int, int]]) -> None:
    """A slow reckoning over all neighbours at once: the days' sums are its parts."""
    noons = [(12 * 60 + day * 24 * 60, 7) for day in range(3)]  # a day without a reading of its own has no summary
    minutes = sorted(dict([*steps, *noons]).items())
    readings = [Reading("energy_total_kwh", value, MIDNIGHT + minute * MINUTE) for minute, value in minutes]
    limit = 15  # minutes: the gap limit of a sensor of a minute
    wanted = sum(b - a for (s, a), (e, b) in pairwise(minutes) if b >= a and e - s <= limit)
    found = 0.0
    for day in (DAY + timedelta(days=number) for number in range(3)):
        low, high = days.start_of(day) - days.REACH, days.end_of(day) + days.REACH
        near = [reading for reading in readings if low <= reading.measured_at <= high]
        found += roll_up("energy-sensor", day, near)["energy_total_kwh"]["used"]
    assert found == pytest.approx(wanted, abs=1e-4)


def test_a_reset_is_no_consumption_and_a_gap_is_in_no_sum() -> None:
    meter = said("energy_total_kwh", ("10:00", 5), ("10:05", 7), ("10:10", 1), ("10:15", 2), ("12:00", 9), ("12:05", 9.5))
    found = of_day("energy-sensor", meter)
    assert (found["used"], found["resets"]) == (3.5, 1)  # 2 + 1 + 0.5
    assert found["rises"] == [[10 * 3600 + 900, 12 * 3600, 7]]
    assert found["quarters"] == [[40, 3], [48, 0.5]]


def test_a_counter_of_the_day_that_begins_anew_at_midnight() -> None:
    before = [Reading("energy_day", 9000, MIDNIGHT - 15 * MINUTE)]
    found = of_day(
        "power-conditioner", [*before, *said("energy_day", ("00:00", 0), ("00:15", 0), ("07:00", 100), ("07:15", 400))]
    )
    assert (found["used"], found["resets"]) == (300, 1)
    assert found["rises"] == [[900, 7 * 3600, 100]]


def test_a_rise_over_midnight_is_shared_by_both_days() -> None:
    meter = [Reading("energy_total_kwh", 1, MIDNIGHT - 2 * MINUTE), Reading("energy_total_kwh", 6, MIDNIGHT + 3 * MINUTE)]
    assert of_day("energy-sensor", meter)["used"] == 3
    assert of_day("energy-sensor", meter, DAY - timedelta(days=1))["used"] == 2


def test_a_power_holds_until_the_next_reading_and_over_a_gap_for_one_interval() -> None:
    found = of_day("energy-sensor", said("power_kw", ("10:00", 6), ("10:10", 3), ("12:00", 60), ("12:01", 0)))
    # 6 kW for ten minutes, 3 kW for the one minute that is known, 60 kW for one: 1 + 0.05 + 1
    assert found["kwh"] == 2.05
    assert found["missing"] == 24 * 60 - 10 - 1 - 1 - 1
    assert found["quarters"] == [[40, 2, 3, 4.5, 6, 3, 1.05], [48, 2, 0, 30, 60, 0, 1]]


def test_states_last_until_the_next_and_the_unknown_stays_unknown() -> None:
    found = of_day(
        "bed-mat", said("bed_state", ("01:00", "asleep"), ("01:10", "asleep"), ("01:20", "away"), ("03:00", "moving"))
    )
    assert found["minutes"] == {"asleep": 20, "away": 1, "moving": 1}
    assert found["runs"] == [[3600, 4800, "asleep"], [4800, 4860, "away"], [10800, 10860, "moving"]]
    assert (found["changes"], found["missing"]) == (2, 24 * 60 - 22)


def test_a_state_goes_on_over_midnight() -> None:
    mat = [Reading("bed_state", "asleep", MIDNIGHT - MINUTE * 5), Reading("bed_state", "away", MIDNIGHT + MINUTE * 5)]
    assert of_day("bed-mat", mat)["runs"][0] == [0, 300, "asleep"]
    assert of_day("bed-mat", mat, DAY - timedelta(days=1))["runs"] == [[86100, 86400, "asleep"]]


def test_presence_is_counted_by_times_and_minutes() -> None:
    motion = said(
        "motion", ("08:00", True), ("08:01", True), ("08:02", False), ("08:16", True), ("20:00", True), ("20:05", False)
    )
    found = of_day("motion-sensor", motion)
    assert (found["times"], found["minutes"], found["first"], found["last"]) == (3, 4, 8 * 3600, 20 * 3600)
    assert found["quarters"] == [[32, 1, 2], [33, 1, 1], [80, 1, 1]]


def test_each_measurement_of_a_thermometer_is_kept() -> None:
    found = of_day("thermometer", said("body_temperature", ("07:00", 36.5), ("19:00", 37.5)))
    assert found["items"] == [[7 * 3600, 36.5], [19 * 3600, 37.5]]
    assert (found["mean"], "missing" in found) == (37, False)


def test_amounts_add_up_in_their_quarter() -> None:
    found = of_day("energy-sensor", said("kitchen_wh", ("07:00", 0.1), ("07:14", 0.2), ("07:15", 1)))
    assert (found["sum"], found["quarters"]) == (1.3, [[28, 0.3], [29, 1]])


def test_what_cannot_be_or_be_read_is_counted_apart() -> None:
    found = of_day("climate-sensor", said("temperature", ("10:00", 20), ("10:05", 900), ("10:10", None), ("10:15", "warm")))
    assert (found["n"], found["mean"], found["apart"], found["unread"]) == (1, 20, 1, 2)


def test_a_number_beyond_everything_of_an_unknown_metric_is_apart() -> None:
    found = of_day("no-such-model", said("x", ("10:00", 1e308), ("10:01", -1e308), ("10:02", 1e308), ("10:03", 2)))
    assert (found["kind"], found["n"], found["apart"], found["max"]) == ("gauge", 1, 3, 2)


def test_months_are_summed_from_days_with_the_gaps_between_them() -> None:
    first = roll_up("energy-sensor", DAY, said("energy_total_kwh", ("10:00", 5), ("10:05", 7)))
    later = date(2025, 8, 4)
    second = roll_up(
        "energy-sensor",
        later,
        [Reading("energy_total_kwh", 30, at("09:00", later)), Reading("energy_total_kwh", 31, at("09:05", later))],
    )
    found = months.sum_up("energy-sensor", {DAY: first, later: second})["energy_total_kwh"]
    assert (found["used"], found["in_gaps"], found["days"]) == (3, 23, 2)
    assert energy.of("energy-sensor", {"energy_total_kwh": found}) == {
        "total_kwh": 3,
        "missing": found["missing"],
        "in_gaps": 23,
    }


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2024-02-28T14:59:59", date(2024, 2, 28)),
        ("2024-02-28T15:00:00", date(2024, 2, 29)),  # a leap day, which begins in Japan nine hours early
        ("2024-02-29T15:00:00", date(2024, 3, 1)),
        ("2025-02-28T15:00:00", date(2025, 3, 1)),
        ("2025-12-31T15:00:00", date(2026, 1, 1)),
    ],
)
def test_japan_days_at_the_ends_of_months(instant: str, day: date) -> None:
    from datetime import UTC, datetime

    millis = round(datetime.fromisoformat(instant).replace(tzinfo=UTC).timestamp() * 1000)
    assert days.day_of(millis) == day
    assert days.start_of(day) <= millis < days.end_of(day)


def test_only_the_first_message_of_a_day_makes_days_due() -> None:
    noon, tomorrow = at("12:00"), DAY + timedelta(days=1)
    assert days.to_sum_up(noon, None, [noon]) == {DAY}
    assert days.to_sum_up(noon, at("11:55"), [noon]) == set()
    assert days.to_sum_up(at("00:05", tomorrow), at("23:58"), [at("23:59"), at("00:04", tomorrow)]) == {DAY, tomorrow}
    assert days.to_sum_up(at("01:00", tomorrow), at("00:58", tomorrow), [at("00:59", tomorrow)]) == set()
    assert days.to_sum_up(at("03:00", tomorrow), at("02:58", tomorrow), [at("02:59", tomorrow)]) == set()


def test_what_reaches_into_a_day_that_may_be_closed_makes_it_due() -> None:
    tomorrow = DAY + timedelta(days=1)
    now, before = at("09:00", tomorrow), at("08:55", tomorrow)
    assert days.to_sum_up(now, before, [at("23:00")]) == {DAY}  # reaches into tomorrow, which is due already
    assert days.to_sum_up(now, before, [at("01:00")]) == {DAY - timedelta(days=1), DAY}
    assert days.to_sum_up(now, before, [at("12:00") - 91 * 24 * HOUR]) == set()  # others of that day may be gone
    late = at("00:02", tomorrow)
    assert days.to_sum_up(at("23:58"), at("23:57"), [late]) == {tomorrow}


def test_closings_are_at_night_and_spread() -> None:
    times = {days.closing_time(f"device-{number}", DAY) for number in range(200)}
    assert len(times) > 30
    assert all(days.is_over(DAY, time) and time % (5 * MINUTE) == 0 for time in times)
    assert max(times) < at("05:30", DAY + timedelta(days=1))
    assert not days.is_over(DAY, at("02:29", DAY + timedelta(days=1)))


def test_every_kind_of_data_has_its_keeping_periods() -> None:
    for data in keeping.KINDS:
        kept = keeping.kept_days(data, "days", DAY)
        assert keeping.raw_days() <= kept <= keeping.kept_days(data, "months", DAY)
        assert keeping.kept_days(data, "days", DAY, promised=False) == keeping.raw_days()
    assert keeping.raw_days() * 24 * HOUR == devices.HISTORY_KEPT
    assert days.LATE_MAX < devices.HISTORY_KEPT
    assert {keeping.data_of(model, m) for model in models.names() for m in models.metrics(model)} <= set(keeping.KINDS)
