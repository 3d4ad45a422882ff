"""The rules of a service in our own words: what each says, in Japanese and English, and where the customer is shown it.

The registers are `chalicelib/services/<service>.rules.toml`, one entry per rule of the terms. They are read when a text
is asked for, once, and never at import. Figures stand in a text as `{monthly_fee}`, or `{monthly_fee + option:wifi-3gb}`
for a sum: keys of the terms, filled with the values in force on a day, so that no text outlives its price.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import sheet
from chalicelib.contracts.terms import Terms
from chalicelib.errors import NotFound

KINDS = {"C": "computed", "W": "workflow", "D": "shown", "L": "legal text"}
PLACES = ("before_applying", "before_ordering", "before_cancelling", "on_bill", "in_notice", "with_values", "in_app")
LANGUAGES = ("ja", "en")
_NEEDED = {"id", "kind", "clause", "en", "ja"}
_MORE = {"D": {"where"}, "L": {"reason"}}  # what a kind needs besides
_FIGURE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the terms. `kind` is C, W, D or L; a D rule has places (`where`), an L rule a `reason` to compute nothing."""

    id: str
    service: str
    kind: str
    clause: str
    en: str
    ja: str
    where: tuple[str, ...] = ()
    reason: str = ""

    def said(self, language: str) -> str:
        """What it says in one of LANGUAGES, figures still as keys."""
        return self.ja if language == "ja" else self.en


def of_service(service: str) -> tuple[Rule, ...]:
    """The rules of a service, in the order of its terms; none when no register is written yet."""
    return _read(sheet.beside(service, "rules"))


@lru_cache(maxsize=32)
def _read(file: Path) -> tuple[Rule, ...]:
    return read(file) if file.exists() else ()


def rule(service: str, rule_id: str) -> Rule:
    """One rule. Raises NotFound for an id that the service's terms do not have."""
    found = _by_id(sheet.beside(service, "rules")).get(rule_id)
    if found is None:
        raise NotFound("rule")
    return found


@lru_cache(maxsize=32)
def _by_id(file: Path) -> Mapping[str, Rule]:
    return {one.id: one for one in _read(file)}


def shown(service: str, where: str) -> tuple[Rule, ...]:
    """The rules whose text belongs in one of PLACES."""
    return tuple(one for one in of_service(service) if where in one.where)


def filled(text: str, found: Terms, day: date) -> str:
    """A text with its figures as they are on `day`. Raises NoTermsForDay when the terms have no such figure then."""

    def figure(match: re.Match[str]) -> str:
        values = [found.value(key, day) for key in match[1].split(" + ")]
        return f"{sum(values):,}" if all(isinstance(value, int) for value in values) else " + ".join(map(str, values))

    return _FIGURE.sub(figure, text)


def figures(text: str) -> tuple[str, ...]:
    """The keys of the terms that a text uses."""
    return tuple(key for names in _FIGURE.findall(text) for key in names.split(" + "))


def read(file: Path) -> tuple[Rule, ...]:
    """The rules of one register. Raises ValueError, with file, rule and cure, for an entry that cannot be trusted."""
    found: dict[str, Rule] = {}
    for entry in toml.read(file)["rule"]:
        _check(file.name, entry)
        if entry["id"] in found:
            raise ValueError(f"{file.name}: {entry['id']} stands twice: give each rule one entry")
        entry["where"] = tuple(entry.get("where", ()))
        found[entry["id"]] = Rule(service=file.name.removesuffix(".rules.toml"), **entry)
    return tuple(found.values())


def _check(file: str, entry: Mapping[str, Any]) -> None:
    name = f"{file}: {entry.get('id')}"
    kind = entry.get("kind")
    if kind not in KINDS:
        raise ValueError(f"{name}: kind `{kind}` is none: write C, W, D or L")
    needed = _NEEDED | _MORE.get(kind, set())
    for key in sorted(needed ^ set(entry)):
        cure = f"a rule of kind {kind} has {', '.join(sorted(needed))}"
        raise ValueError(f"{name}: {'without' if key in needed else 'unknown key'} `{key}`: {cure}")
    for key in sorted(needed - {"where"}):
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ValueError(f"{name}: `{key}` is empty: write it out")
    for place in entry.get("where", ()):
        if place not in PLACES:
            raise ValueError(f"{name}: where `{place}` is no place: use {', '.join(PLACES)}")
    if "where" in needed and not entry["where"]:
        raise ValueError(f"{name}: `where` is empty: name a place out of {', '.join(PLACES)}")


__all__ = ["KINDS", "LANGUAGES", "PLACES", "Rule", "figures", "filled", "of_service", "read", "rule", "shown"]
