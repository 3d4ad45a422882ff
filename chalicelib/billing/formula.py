"""How an amount was reckoned, as a line keeps it (`1980*12/31`): worked out exactly, and shown as people write it.

The language has whole and decimal numbers, `%` behind a number, `+ * /` and brackets. Nothing here rounds: `proves`
says whether an amount is what the figures give, rounded to the whole yen below or above.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Rounded = Literal["exactly", "down", "up"]

_TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[-+*/()]")
_SIGNS = {"(": "(", ")": ")", "*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}


@lru_cache(maxsize=256)
def value(figures: str) -> Fraction:
    """The exact value of figures. Raises ValueError for a text that is no formula, or divides by nothing."""
    tokens = _TOKEN.findall(figures)
    if "".join(tokens) != figures or not tokens:
        raise ValueError(f"no formula: {figures!r}")
    found, rest = _sum(tokens)
    if rest:
        raise ValueError(f"no formula: {figures!r}")
    return found


def proves(figures: str, amount: int) -> Rounded | None:
    """How the figures were rounded to give `amount` (the sign of a credit left out); None when they do not give it."""
    try:
        exact = value(figures)
    except ValueError:
        return None
    size = abs(amount)
    if exact == size:
        return "exactly"
    if exact.denominator == 1:
        return None
    below = int(exact)
    return "down" if below == size else "up" if below + 1 == size else None


def shown(figures: str) -> str:
    """`1980*12/31` as `1,980 × 12 ÷ 31`."""
    return "".join(_SIGNS.get(token) or _number(token) for token in _TOKEN.findall(figures))


def yen(amount: int) -> str:
    """`-1980` as `−1,980`."""
    return f"{amount:,}".replace("-", "−")


def _number(token: str) -> str:
    whole, point, rest = token.partition(".")
    return f"{int(whole.removesuffix('%')):,}{'%' if whole.endswith('%') else ''}{point}{rest}"


def _sum(tokens: list[str]) -> tuple[Fraction, list[str]]:
    total, rest = _product(tokens)
    while rest and rest[0] in "+-":
        part, after = _product(rest[1:])
        total, rest = (total + part if rest[0] == "+" else total - part), after
    return total, rest


def _product(tokens: list[str]) -> tuple[Fraction, list[str]]:
    total, rest = _factor(tokens)
    while rest and rest[0] in "*/":
        part, after = _factor(rest[1:])
        if rest[0] == "/" and part == 0:
            raise ValueError("a division by nothing")
        total, rest = (total * part if rest[0] == "*" else Fraction(total) / part), after
    return total, rest


def _factor(tokens: list[str]) -> tuple[Fraction, list[str]]:
    if not tokens or tokens[0] in "+-*/)":
        raise ValueError("a number is missing")
    if tokens[0] != "(":
        number = Fraction(tokens[0].removesuffix("%"))
        return (Fraction(number) / 100 if tokens[0].endswith("%") else number), tokens[1:]
    total, rest = _sum(tokens[1:])
    if not rest or rest[0] != ")":
        raise ValueError("a bracket is open")
    return total, rest[1:]
