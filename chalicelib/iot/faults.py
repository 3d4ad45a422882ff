"""Faults of a system by their codes: one notice when a code appears, one when it is gone, none for a repeated report. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """What a report changed: codes to tell of as appeared and as gone, and those that stand now."""

    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    standing: frozenset[str]


def reported(standing: frozenset[str], codes: Iterable[str]) -> Changes:
    """A report of all codes that stand at the device."""
    now = frozenset(codes)
    return Changes(tuple(sorted(now - standing)), tuple(sorted(standing - now)), now)
