"""ALLwatch's scenarios."""

from chalicelib.playground.language import Scenario
from tests.lives.playing import holds, of


@of("scenarios/allwatch", "scenarios_extra/allwatch")
def test_it_goes_as_the_scenario_says(scenario: Scenario) -> None:
    holds(scenario)
