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

from tests.oracle import amm_lives, compare, driver, liferhythm_lives, lives, omron_lives

BUILDERS = {
    "allwatch": (lives.Allwatch, 350),
    "sottonet": (lives.Sottonet, 350),
    "liferhythm-home": (liferhythm_lives.LifeRhythm, 350),
    "and-market-mobile": (amm_lives.AndMarketMobile, 100),
    "omron-remote": (omron_lives.Omron, 600),
}  # and how many lives without LIVES
FIRST = int(os.environ.get("FIRST_LIFE", "0"))
BLOCK = 25  # lives per example: hypothesis costs more than a life
ROOT = Path(__file__).resolve().parents[2]
PUBLIC = [s for name in BUILDERS for s in driver.load(ROOT / f"tests/scenarios/{name}.scenarios.yaml")]
EXTRA = [
    s
    for file in sorted((ROOT / "tests/scenarios_extra").glob("*.scenarios.yaml"))
    for s in driver.load(file)
    if s["service"] in BUILDERS
]


def life(service: str, number: int) -> lives.Scenario | None:
    """One random scenario with one right outcome, always the same for a number, or None when this throw gave none."""
    return lives.settled(BUILDERS[service][0](Random(number)).build())


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


@pytest.mark.parametrize("service", list(BUILDERS))
def test_engine_and_oracle_agree_on_random_lives(service: str) -> None:
    @settings(
        max_examples=max(1, int(os.environ.get("LIVES", BUILDERS[service][1])) // BLOCK),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**31))
    def hold(start: int) -> None:
        for number in range(FIRST + start, FIRST + start + BLOCK):
            scenario = life(service, number)
            assert not scenario or not compare.differences(scenario), report(scenario)

    hold()


@pytest.mark.parametrize("scenario", PUBLIC + EXTRA, ids=lambda s: s["scenario"])
def test_the_oracle_and_the_engine_hold_every_written_scenario(scenario: dict[str, Any]) -> None:
    assert driver.differences(scenario["expect"], driver.play(scenario)) == []
    assert driver.differences(scenario["expect"], compare.expectation(scenario)) == []
