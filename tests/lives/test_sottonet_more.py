"""Sotto-net's further scenarios."""

from chalicelib.playground.language import Scenario
from tests.lives.playing import holds, of


@of("scenarios_extra/sottonet")
def test_it_goes_as_the_scenario_says(scenario: Scenario) -> None:
    holds(scenario)
