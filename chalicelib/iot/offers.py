"""The watches that a device's model offers, and how far its people may turn them. Pure; files in `models/`.

Figures that a service's terms promise come in from above as `promised` (`{"silence_minutes": 1440}`): a model's watch that
names one (`promised = { after_minutes = "silence_minutes" }`) begins with it and may be set to less, not to more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.iot import models

Limits = Mapping[str, tuple[float, float]]


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


def check(offers: Iterable[Offer], name: str, given: Mapping[str, Any]) -> None:
    """Raises Invalid for the first figure outside the limits of what the model offers: for the watch of that name, else for
    those of the same kind and metric. What the model says nothing about is free.
    """
    same = [offer for offer in offers if _is_alike(offer.settings, given)]
    named = [offer for offer in same if offer.name == name] or same
    for figure, value in given.items():
        spans = [offer.limits[figure] for offer in named if figure in offer.limits]
        if not spans or type(value) not in (int, float):
            continue
        low, high = min(low for low, _ in spans), max(high for _, high in spans)
        if not low <= value <= high:
            raise Invalid(figure, "beyond_the_offer", "stay_between", low=low, high=high)


def _is_alike(offered: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return offered["kind"] == given.get("kind") and offered.get("metric") == given.get("metric")
