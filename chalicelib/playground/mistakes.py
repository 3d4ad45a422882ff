"""The sentences about what is wrong in a scenario (`texts/scenarios.toml`), in both languages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from chalicelib import toml

TEXTS = Path(__file__).parent.parent / "texts" / "scenarios.toml"
Said = dict[str, str]  # by language


def problem(key: str, /, **figures: object) -> Said:
    """What is wrong. Raises KeyError for a sentence that nobody wrote."""
    return _said("problem", key, figures)


def cure(key: str, /, **figures: object) -> Said:
    """The way out."""
    return _said("cure", key, figures)


def _said(part: str, key: str, figures: dict[str, object]) -> Said:
    return {language: text.format(**figures) for language, text in texts()[part][key].items()}


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, Said]]:
    """All of them, read when the first mistake is told."""
    found: dict[str, dict[str, Said]] = toml.read(TEXTS)
    return found
