"""Random lives: what the engine makes of them against what the oracles, written from the sheets alone, ask for.

More of them:  LIVES=20000 .venv/bin/python -m pytest tests/oracle/test_random_lives.py
Others:        LIVES=5000 FIRST_LIFE=900000 …    (each number is one life, always the same one)
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import compare, driver, every_life, lives, lore

LIVES = {
    "allwatch": 350,
    "sottonet": 350,
    "liferhythm-home": 350,
    "and-market-mobile": 100,
    "omron-remote": 600,
}  # without LIVES
FIRST = int(os.environ.get("FIRST_LIFE", "0"))
BLOCK = 25  # lives per example: hypothesis costs more than a life
ROOT = Path(__file__).resolve().parents[2]
PUBLIC = [s for name in LIVES for s in driver.load(ROOT / f"tests/scenarios/{name}.scenarios.yaml")]
EXTRA = [
    s
    for folder in ("tests/scenarios_extra", "tests/oracle/scenarios")
    for file in sorted((ROOT / folder).glob("*.scenarios.yaml"))
    for s in driver.load(file)
    if s["service"] in LIVES and not any(step["do"] == "add_device" for step in s["timeline"])
]


def smallest(scenario: lives.Scenario) -> lives.Scenario:
    """The same difference with as few steps as possible, so that a person can read it."""
    shorter = True
    while shorter:
        shorter = False
        for n, gone in enumerate(scenario["timeline"]):
            rest = [s for m, s in enumerate(scenario["timeline"]) if m != n]
            if gone["do"] == "apply" or not rest:
                continue
            candidate = lives.settled(scenario | {"timeline": rest})
            if candidate and len(candidate["timeline"]) == len(rest) and compare.differences(candidate):
                scenario, shorter = candidate, True
                break
    return scenario


def report(scenario: lives.Scenario) -> str:
    less = smallest(scenario)
    steps = "\n".join(f"  - {json.dumps(step)}" for step in less["timeline"])
    frame = {key: less[key] for key in ("service", "prices", "calendar", "until") if key in less}
    return "\n".join(
        ["oracle and engine differ (expected is the oracle's):", *compare.differences(less)[:8], str(frame), steps]
    )


@pytest.mark.parametrize("service", list(LIVES))
def test_engine_and_oracle_agree_on_random_lives(service: str) -> None:
    @settings(
        max_examples=max(1, int(os.environ.get("LIVES", LIVES[service])) // BLOCK),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**31))
    def hold(start: int) -> None:
        for number in range(FIRST + start, FIRST + start + BLOCK):
            scenario = every_life.life(service, Random(number))
            assert not scenario or not compare.differences(scenario), report(scenario)

    hold()


@pytest.mark.parametrize("scenario", PUBLIC + EXTRA, ids=lambda s: s["scenario"])
def test_the_engine_holds_every_written_scenario(scenario: dict[str, Any]) -> None:
    assert driver.differences(scenario["expect"], driver.play(scenario)) == []


@pytest.mark.parametrize("scenario", PUBLIC, ids=lambda s: s["scenario"])
def test_the_oracle_holds_every_public_scenario(scenario: dict[str, Any]) -> None:
    assert driver.differences(scenario["expect"], compare.expectation(scenario)) == []


@pytest.mark.parametrize("scenario", EXTRA, ids=lambda s: s["scenario"])
def test_the_oracle_holds_every_further_scenario_that_the_sheet_decides(scenario: dict[str, Any]) -> None:
    try:
        expected = compare.expectation(scenario)
    except lore.Unclear as unclear:
        pytest.skip(f"a reading of our own (docs/decisions/open-steps.md): {unclear}")
    assert driver.differences(scenario["expect"], expected) == []
