"""Holds what came out against what a scenario expects.

Keys that the expectation leaves out are not compared; lists are compared whole and in order; of `notices` and `refusals`
each expected entry must be found, others may stand beside it. A key that is absent, or says nothing, equals one that is
null; a listing that is named without any entry is an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

FOUND_ANYWHERE = frozenset({"notices", "refusals"})
# What makes two entries "the same one with a different figure" rather than two entries: for the report only.
IDENTITY = ("contract", "kind", "month", "item", "option", "from", "person", "device", "watch", "opened_at", "at")
MISSING = "(nothing)"


@dataclass(frozen=True)
class Difference:
    """One place where the outcome is not what was expected. `cites` are the rules that the nearest entry names."""

    path: str
    expected: Any
    got: Any
    cites: tuple[str, ...] = ()


def differences(expect: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[Difference]:
    """Every difference, in the order of the expectation. Empty: the scenario holds."""
    found: list[Difference] = []
    for part, expected in expect.items():
        got = outcome.get(part)
        if part in FOUND_ANYWHERE:
            found += _unmatched(part, expected or [], got or [])
        else:
            found += _compare(part, [] if expected is None and isinstance(got, list) else expected, got, ())
    return found


def _compare(path: str, expected: Any, got: Any, cites: tuple[str, ...]) -> list[Difference]:
    if isinstance(got, Mapping) and "cites" in got:
        cites = tuple(got["cites"]) or cites
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return [Difference(path, expected, MISSING if got is None else got, cites)]
        found: list[Difference] = []
        for key, value in expected.items():
            found += _compare(f"{path}.{key}", value, got.get(key), cites)
        return found
    if isinstance(expected, list):
        if not isinstance(got, list):
            return [Difference(path, expected, MISSING if got is None else got, cites)]
        return _compare_lists(path, expected, got, cites)
    return [] if _same(expected, got) else [Difference(path, expected, MISSING if got is None else got, cites)]


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if expected is None and got == "":
        return True
    if isinstance(expected, str) and got is not None and not isinstance(got, (int, float)):
        return expected == str(got)
    return bool(expected == got)


def _compare_lists(path: str, expected: list[Any], got: list[Any], cites: tuple[str, ...]) -> list[Difference]:
    """Position by position; when the lengths differ, aligned by identity so that one missing entry is one difference."""
    found: list[Difference] = []
    if len(expected) == len(got):
        for index, (left, right) in enumerate(zip(expected, got, strict=True)):
            found += _compare(f"{path}[{index}]", left, right, cites)
        return found
    keys = _shared_keys(expected)
    matcher = SequenceMatcher(a=[_identity(e, keys) for e in expected], b=[_identity(g, keys) for g in got], autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        paired = min(a2 - a1, b2 - b1) if tag in ("equal", "replace") else 0
        for offset in range(paired):
            found += _compare(f"{path}[{a1 + offset}]", expected[a1 + offset], got[b1 + offset], cites)
        found += [Difference(f"{path}[{i}]", expected[i], MISSING, cites) for i in range(a1 + paired, a2)]
        for i in range(b1 + paired, b2):
            found.append(Difference(f"{path} (one too many)", MISSING, got[i], _cites_of(got[i]) or cites))
    return found


def _cites_of(entry: Any) -> tuple[str, ...]:
    if not isinstance(entry, Mapping):
        return ()
    own = tuple(entry.get("cites") or ())
    return own or tuple(dict.fromkeys(rule for line in entry.get("lines", ()) for rule in line.get("cites") or ()))


def _shared_keys(entries: Sequence[Any]) -> tuple[str, ...]:
    mappings = [entry for entry in entries if isinstance(entry, Mapping)]
    return tuple(key for key in IDENTITY if mappings and all(key in entry for entry in mappings))


def _identity(entry: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(entry, Mapping):
        return repr(entry)
    return repr([entry.get(key) for key in keys])


def _unmatched(part: str, expected: list[Any], got: list[Any]) -> list[Difference]:
    """The expected entries that find no entry of their own: a matching, so that a vague one does not take another's."""
    taken: dict[int, int] = {}

    def place(index: int, tried: set[int]) -> bool:
        for candidate, entry in enumerate(got):
            if candidate in tried or _compare("", expected[index], entry, ()):
                continue
            tried.add(candidate)
            if candidate not in taken or place(taken[candidate], tried):
                taken[candidate] = index
                return True
        return False

    left = [index for index in range(len(expected)) if not place(index, set())]
    return [Difference(f"{part} (not found)", expected[index], got or MISSING, ()) for index in left]
