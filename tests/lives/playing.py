"""The scenarios of one or more files as tests, each in a world of its own; a file of tests for each, so that workers share them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.contracts import terms
from chalicelib.playground import language
from chalicelib.playground.language import Scenario
from chalicelib.scenarios import register, report, running
from tests import quick_moto

TESTS = Path(__file__).parents[1]
Played = Callable[[Scenario], None]


def of(*files: str) -> Callable[[Played], Played]:
    """Parametrizes a test with the scenarios of these files (`scenarios/sottonet`) whose services are ours."""
    known = terms.services()
    found = [
        pytest.param(scenario, id=scenario.name)
        for file in files
        for scenario in language.read(TESTS / f"{file}.scenarios.yaml")
        if scenario.service in known
    ]
    return pytest.mark.parametrize("scenario", found)


def holds(scenario: Scenario) -> None:
    quick_moto.hurry()
    result = running.run(scenario)
    assert result.holds, "\n" + report.text_of([result], {rule.id: rule.en for rule in register.rules()}, width=160)
