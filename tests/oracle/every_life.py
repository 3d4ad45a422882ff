"""Random lives of every service of the house, by name."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.oracle.amm_lives import AndMarketMobile
from tests.oracle.liferhythm_lives import LifeRhythm
from tests.oracle.lives import Allwatch, Scenario, Sottonet, settled
from tests.oracle.omron_lives import Omron

Builder = Callable[[Random], Allwatch | Sottonet | LifeRhythm | AndMarketMobile | Omron]
BUILDERS: dict[str, Builder] = {
    "allwatch": Allwatch,
    "sottonet": Sottonet,
    "liferhythm-home": LifeRhythm,
    "and-market-mobile": AndMarketMobile,
    "omron-remote": Omron,
}


def life(service: str, dice: Random) -> Scenario | None:
    """A random scenario with one right outcome, or None when this throw gave none."""
    return settled(BUILDERS[service](dice).build())
