"""Sotto-net's public scenarios, and those of the operators' desk."""

from chalicelib.playground.language import Scenario
from tests.lives.playing import holds, of


@of("scenarios/sottonet", "scenarios_desk/sottonet")
def test_it_goes_as_the_scenario_says(scenario: Scenario) -> None:
    holds(scenario)
