"""A service's terms as they are written: its sections and words, without figures of a day. Light to load.

Who reckons needs `Terms`, which lays dated figures and announcements over a sheet, from a file that was checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.errors import NotFound

SERVICES_DIR = Path(__file__).resolve().parent.parent / "services"
STATUTORY = "statutory"
_NOTHING: Mapping[str, Any] = {}
_more: tuple[Path, ...] = ()  # directories that `look_in` named


class Sheet:
    """The sections of one service, or of one of its plans that has a part of its own. Immutable."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.service: str = data["service"]
        self.commands: Mapping[str, Any] = data["commands"]

    def section(self, name: str) -> Mapping[str, Any]:
        """A part of the rules, empty when the service has none of it."""
        found: Mapping[str, Any] = self.data.get(name, _NOTHING)
        return found


def part_of(data: Mapping[str, Any], plan: str) -> Mapping[str, Any]:
    """The sections for one plan: where the file has a part for it, the part's stand in the place of the file's."""
    parts = data.get("parts", {})
    if plan not in parts:
        return data
    return {**{name: body for name, body in data.items() if name != "parts"}, **parts[plan]}


@lru_cache(maxsize=32)
def load(service: str, plan: str) -> Sheet:
    """What is written for a plan. Raises NotFound."""
    if service not in services():
        raise NotFound("service")
    return Sheet(part_of(toml.read(file_of(service)), plan))


def look_in(*more: Path) -> None:
    """Looks for terms files in these directories too, before our own. Callers go by `terms.look_in`, which forgets more."""
    global _more
    _more = more
    services.cache_clear()
    load.cache_clear()


def looked_in() -> tuple[Path, ...]:
    """The directories that `look_in` named."""
    return _more


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """The services there are terms for, by name."""
    files = (file for directory in (*_more, SERVICES_DIR) for file in directory.glob("*.toml"))
    return tuple(sorted({f.stem for f in files if f.stem != STATUTORY and "." not in f.stem}))


def file_of(service: str) -> Path:
    """Where the terms of a service stand: the first of the directories that has them."""
    name = f"{service}.toml"
    places = (directory.joinpath(name) for directory in (*_more, SERVICES_DIR))
    return next((place for place in places if place.is_file()), SERVICES_DIR.joinpath(name))


def beside(service: str, kind: str) -> Path:
    """Where its `words` or `rules` stand: beside the terms; terms on trial without any of their own keep the house's."""
    name = f"{service}.{kind}.toml"
    near = file_of(service).with_name(name)
    return near if near.is_file() else SERVICES_DIR.joinpath(name)
