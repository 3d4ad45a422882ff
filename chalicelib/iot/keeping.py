"""How long each kind of data is kept (`keeping-days.toml`), and of what kind a metric is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from chalicelib import toml
from chalicelib.iot import models

FILE = Path(__file__).with_name("keeping-days.toml")
OTHER = "other"  # what no model knows
KINDS = (*models.DATA, OTHER)
Summary = Literal["days", "months"]


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Any]:
    return toml.read(FILE)


def raw_days() -> int:
    """How many days a single reading is kept after it came."""
    return int(_all()["raw"]["days"])


def kept_days(data: str, summary: Summary, day: date, *, promised: bool = True) -> int:
    """How many days a summary of that kind of data is kept, by the edition in force on its day.

    Not `promised`: the service's terms promise no history of it, so it goes with the readings.
    """
    editions = _all()[data]
    known = [edition for edition in editions if edition["from"] <= day] or [editions[0]]
    figure = int(known[-1][summary])
    return figure if promised else min(figure, int(_all()["raw"]["unpromised_days"]))


def data_of(model: str, metric: str) -> str:
    """The kind of data of a metric."""
    return str(models.metrics(model).get(metric, {}).get("data", OTHER))


def datas(model: str) -> tuple[str, ...]:
    """The kinds of data that a model's metrics have, and what it may say beyond them."""
    return tuple(dict.fromkeys([*(about["data"] for about in models.metrics(model).values()), OTHER]))


def metrics_of(model: str, data: str) -> tuple[str, ...]:
    """A model's metrics of one kind of data."""
    return tuple(name for name, about in models.metrics(model).items() if about["data"] == data)


def function_of(model: str, metric: str) -> str:
    """The function of a service that shows a metric; '' where none is named."""
    about = models.metrics(model).get(metric, {})
    return str(about.get("function", models.find(model).get("function", "")))
