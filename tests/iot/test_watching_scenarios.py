"""The public watching scenarios, all eight, on the pure part alone: every alert and everything told, to the minute."""

from __future__ import annotations

from typing import Any

import pytest

from .play import play, scenarios


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario["scenario"])
def test_alerts_and_tells_are_those_of_the_scenario(scenario: dict[str, Any]) -> None:
    home = play(scenario)
    assert home.listed() == scenario["expect"]["alerts"]
    if "told" in scenario["expect"]:
        assert home.told() == scenario["expect"]["told"]
