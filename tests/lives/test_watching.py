"""Scenarios of watching, and of the runner itself."""

from chalicelib.playground.language import Scenario
from tests.lives.playing import holds, of


@of("scenarios/watching", "scenarios_extra/watching", "scenarios/runner")
def test_it_goes_as_the_scenario_says(scenario: Scenario) -> None:
    holds(scenario)
