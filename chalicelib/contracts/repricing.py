"""A new rate of consumption tax where the terms bind prices to it: from its month on, prices with tax are reckoned anew.

A price that is announced is understood at the rate of its own day, so only those older than the change are touched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from chalicelib.dates import month_of

Dated = list[tuple[date, Any]]
TAX = "consumption_tax"


def tax_months(announced: Iterable[tuple[date, Any]]) -> Dated:
    """The months from which new rates hold, each for its whole month; of two for one month the later told counts."""
    return sorted({month_of(day): rate for day, rate in announced}.items())


def repriced(prices: Dated, rates: Dated, changes: Dated) -> Dated:
    """The dated prices of one figure with one more at each change of rate, rounded down: old × (100 + new) ÷ (100 + old rate).

    `rates` are the rates before these changes. A price that begins on the very day of a change is at the new rate already.
    """
    known = sorted(prices, key=lambda entry: entry[0])
    percents = sorted(rates, key=lambda entry: entry[0])
    for month, rate in changes:
        place = bisect_left(known, month, key=_day)
        before = bisect_right(percents, month, key=_day)
        if place and before and (place == len(known) or known[place][0] != month):
            old, new = Fraction(str(percents[before - 1][1])), Fraction(str(rate))
            known.insert(place, (month, int(known[place - 1][1] * Fraction(100 + new, 100 + old))))
        percents.insert(before, (month, rate))
    return known


def _day(entry: tuple[date, Any]) -> date:
    return entry[0]


def has_tax(entries: Sequence[Mapping[str, Any]], listed: str) -> bool:
    """Whether a figure is a price with tax in it: by its own entries, or, without any, by the word of the price list."""
    return (entries[0].get("tax") if entries else listed) == "included"
