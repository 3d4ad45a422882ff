"""A release in waves: whose turn it is, when the next wave begins, when it stops."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.iot import firmware
from chalicelib.iot.firmware import Counts, Release, Rollout
from chalicelib.iot.reading import HOUR

RELEASE = Release("battery", "2.0.0", "https://files.example.com/battery", "0" * 64, 1000)
START = 1_750_000_000_000


def rollout(**given: Any) -> Rollout:
    return firmware.rollout("2.0.0", RELEASE, {"waves": [10, 100], "failed_percent_max": 20, "finished_min": 5, **given}, START)


def test_without_figures_it_takes_those_of_the_house() -> None:
    one = firmware.rollout("2.0.0", RELEASE, {}, START)
    assert (one.waves, one.failed_percent_max, one.finished_min, one.wave_hours_max) == ((2, 20, 100), 10, 5, 72)
    assert (one.state, one.wave, one.parts) == ("running", -1, 0)


@pytest.mark.parametrize("waves", [[10], [50, 50, 100], [100, 10], [0, 100]])
def test_waves_rise_to_all(waves: list[int]) -> None:
    with pytest.raises(Invalid) as wrong:
        rollout(waves=waves)
    assert (wrong.value.field, wrong.value.reason) == ("waves", "not_rising")


def test_a_wave_is_its_share_of_the_fleet_and_a_device_keeps_its_turn() -> None:
    one = rollout()
    devices = [f"d{number}" for number in range(2000)]
    first = [device for device in devices if firmware.wave_of(one, device) == 0]
    assert 150 <= len(first) <= 250  # 10 % of 2,000, spread by a hash
    assert {firmware.wave_of(one, device) for device in devices} == {0, 1}
    other = firmware.rollout("3.0.0", RELEASE, {"waves": [10, 100]}, START)
    assert first != [device for device in devices if firmware.wave_of(other, device) == 0]


@pytest.mark.parametrize(
    ("counts", "hours", "verdict"),
    [
        (Counts(), 0, "next"),  # nobody is of this wave
        (Counts(pending=10), 100, "wait"),  # all are away: that says nothing
        (Counts(pending=1, succeeded=4), 80, "wait"),  # 4 of at least 5
        (Counts(pending=1, succeeded=5), 71, "wait"),
        (Counts(pending=1, succeeded=5), 72, "next"),  # the one that sleeps holds up nobody
        (Counts(succeeded=1), 0, "next"),
        (Counts(failed=1), 0, "stop"),  # a wave of one that failed: over, so it is judged
        (Counts(pending=90, succeeded=3, failed=1), 0, "wait"),  # 4 finished say nothing yet
        (Counts(pending=90, succeeded=4, failed=1), 0, "wait"),  # exactly 20 %
        (Counts(pending=90, succeeded=4, failed=2), 0, "stop"),
        (Counts(succeeded=8, failed=2), 0, "next"),
        (Counts(succeeded=7, failed=2), 0, "stop"),
        (Counts(succeeded=9, cancelled=True), 0, "stop"),
    ],
)
def test_what_is_done_about_a_wave(counts: Counts, hours: int, verdict: str) -> None:
    one = firmware.begin_wave(rollout(), START, 1)
    assert firmware.judge(one, counts, START + hours * HOUR) == verdict


def test_a_wave_counts_its_own_jobs_only() -> None:
    first = firmware.begin_wave(rollout(), START, 2)
    second = firmware.begin_wave(first, START + HOUR, 3)
    assert (first.wave, first.wave_parts, first.parts, first.is_last_wave) == (0, 0, 2, False)
    assert (second.wave, second.wave_parts, second.parts, second.is_last_wave) == (1, 2, 5, True)
    more = firmware.go_on(second, START + 2 * HOUR, 1)
    assert (more.wave, more.wave_parts, more.parts) == (1, 5, 6)
