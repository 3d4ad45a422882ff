"""Figures of the house's own, dated, for what neither terms nor a device's model says: `house-figures.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml


@lru_cache(maxsize=1)
def _figures() -> Mapping[str, Any]:
    return toml.read(Path(__file__).with_name("house-figures.toml"))


@lru_cache(maxsize=256)
def value(name: str, day: date) -> int:
    """The figure that holds on a day; before the first, the first. KeyError for one that the file does not have."""
    spans = _figures()[name]
    begun = [span["value"] for span in spans if span["from"] <= day]
    return int(begun[-1] if begun else spans[0]["value"])
