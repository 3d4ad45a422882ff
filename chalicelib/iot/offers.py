"""The watches that a device's model offers, and how far its people may turn them. Pure; files in `models/`.

Figures that a service's terms promise come in from above as `promised` (`{"silence_minutes": 1440}`): a model's watch that
names one (`promised = { after_minutes = "silence_minutes" }`) begins with it and may be set to less, not to more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.iot import models

Limits = Mapping[str, tuple[float, float]]
_VALUES = ("above", "below", "clear", "active_above")
_DIFFERENCES = ("rises", "falls")


@dataclass(frozen=True, slots=True)
class Offer:
    """One watch as a model's file has it. `limits` are the least and the most of each figure, by the name of its setting."""

    name: str
    label: Mapping[str, str]
    settings: Mapping[str, Any]
    limits: Limits


def of_model(model: str, promised: Mapping[str, float]) -> tuple[Offer, ...]:
    """What the model offers, in the order of its file; nothing for a model that we do not know."""
    return tuple(_offer(one, promised) for one in models.find(model).get("watches", ()))


def needs_promises(model: str) -> bool:
    """Whether a figure of the model's watches is the terms' to say."""
    return any("promised" in one for one in models.find(model).get("watches", ()))


def _offer(one: Mapping[str, Any], promised: Mapping[str, float]) -> Offer:
    settings, limits = dict(one["settings"]), {figure: (low, high) for figure, (low, high) in one["adjust"].items()}
    for figure, name in one.get("promised", {}).items():
        if name in promised:
            settings[figure] = promised[name]
            limits[figure] = (min(limits[figure][0], promised[name]), promised[name])
    return Offer(one["name"], one["label"], settings, limits)


def check(model: str, given: Mapping[str, Any]) -> None:
    """Raises Invalid for a figure that the metric can never reach: such a watch would keep silent for ever, unnoticed.

    What lies inside is the family's own affair; the limits of an offer are the span of the app's sliders.
    """
    possible = models.metrics(model).get(given.get("metric", ""), {}).get("possible")
    if possible is None:
        return
    low, high = possible
    for figures, (least, most) in ((_VALUES, (low, high)), (_DIFFERENCES, (0, high - low))):
        for figure in figures:
            if given.get(figure) is not None and not least <= given[figure] <= most:
                raise Invalid(figure, "beyond_the_possible", "stay_between", low=least, high=most)
