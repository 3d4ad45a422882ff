"""OMRON remote monitoring's scenarios."""

from chalicelib.playground.language import Scenario
from tests.lives.playing import holds, of


@of("scenarios/omron-remote", "scenarios_extra/omron-remote")
def test_it_goes_as_the_scenario_says(scenario: Scenario) -> None:
    holds(scenario)
