"""Device models as data: one file of `models/` for each, and what the house asks of it.

| key           | what it says                                                                                  |
| ------------- | --------------------------------------------------------------------------------------------- |
| `name`        | what it is called; like all words here in Japanese and English                                |
| `sees`, `records_not` | what the watched person sees of it; what it does not record                           |
| `every_minutes` | how often it reports by itself; left out where it speaks only when somebody measures        |
| `wish_minutes` | how long a wish for it is good for, where the terms do not say: one that sleeps hears late    |
| `overlap_days` | how long a certificate holds beside a new one; 7 where left out                              |
| `function`    | the function of a service's terms that it serves (`contracts/functions.py`)                   |
| `[metrics]`   | by name: label, unit, `type` (number, boolean, text), `kind`, `data`, `usual`, `possible`, `values` |
| `[[watches]]` | the watches that the app offers: name, label, settings, the limits of each figure (`adjust`), |
|               | and which figures a service's terms promise (`promised`); see `offers.py`                     |
| `[settings]`  | what can be wished for from afar: label, unit, `type`, `range`, `choices` with their words    |
|               | (`values`), `whole`, `upkeep`                                                                 |

A metric's `kind` says how its readings are summed up: `gauge` (a level: least, mean, most), `amount` (adds up), `meter` (a
counter that only rises; a drop is a reset), `state` (how long in which), `presence` (when it was true), `spot` (each
measurement by itself). `usual` is the span of a chart and discards nothing. A value outside `possible` is kept apart: no
watch hears it. `data` is its kind of data, by which keeping periods are set. `urgent` readings travel alone and at once.
A setting with `upkeep` is about how the device works and acts on nothing in the home. A model that is not here is kept as
it speaks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml

FOLDER = Path(__file__).parent / "models"
KINDS = ("gauge", "amount", "meter", "state", "presence", "spot")
DATA = ("activity", "device", "energy", "pv", "room", "sleep", "system", "vitals")
_NOTHING: Mapping[str, Any] = {}


@lru_cache(maxsize=256)
def find(model: str) -> Mapping[str, Any]:
    """A model's file; empty for a model that we do not know."""
    file = FOLDER / f"{model}.toml"
    if not model.replace("-", "").isalnum() or not file.is_file():
        return _NOTHING
    return toml.read(file)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """All models that we know, by name."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def metrics(model: str) -> Mapping[str, Mapping[str, Any]]:
    """Metric → what its file says of it."""
    found: Mapping[str, Mapping[str, Any]] = find(model).get("metrics", _NOTHING)
    return found


@lru_cache(maxsize=256)
def possible(model: str) -> Mapping[str, tuple[str, float, float]]:
    """Metric → its type, and for a number the least and the most that can be; empty for a model that we do not know."""
    return {name: (about["type"], *about.get("possible", (-math.inf, math.inf))) for name, about in metrics(model).items()}


@lru_cache(maxsize=256)
def answering(model: str) -> tuple[str, ...]:
    """The metrics by which the watched person says that all is well (`answers = true`); none for nearly every model."""
    return tuple(name for name, about in metrics(model).items() if about.get("answers"))
