"""Chance without a die: the same words always give the same number."""

from __future__ import annotations

from hashlib import blake2b

_LARGEST = float(1 << 64)


def chance(*key: object) -> float:
    """A number from 0 (inclusive) to 1 (exclusive) that only the key decides."""
    text = "/".join(map(str, key))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / _LARGEST


def between(least: float, most: float, *key: object) -> float:
    """A number from `least` to `most` that only the key decides."""
    return least + (most - least) * chance(*key)


def pick(count: int, *key: object) -> int:
    """A whole number from 0 to `count` - 1 that only the key decides."""
    return int(count * chance(*key))
