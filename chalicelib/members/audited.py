"""Which of operators' requests are written down (`audit.toml`), and for how long that is kept."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml

FILE = Path(__file__).with_name("audit.toml")


def is_written(action: str, *, reads_on: bool = True) -> bool:
    """Whether a route's use by an operator is written down: every one is, but for those named, and a list's first page."""
    return action not in _file()["unwritten"] and (reads_on or action not in _file()["lists"])


def changes(action: str, method: str) -> bool:
    """Whether it changes something, or only looks."""
    return method != "GET" and action not in _file()["looks"]


def kept() -> timedelta:
    return timedelta(days=_file()["kept_days"])


def lists() -> frozenset[str]:
    return frozenset(_file()["lists"])


def unwritten() -> frozenset[str]:
    return frozenset(_file()["unwritten"])


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return toml.read(FILE)
