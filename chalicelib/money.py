"""Whole yen. Amounts are `int`, rates are `Fraction`; floats never touch money.

Rounding happens once, here, and says its direction: charges down, credits up (reading rule 2).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

Yen = int


def share_floor(amount: Yen, part: int, whole: int) -> Yen:
    """`amount × part ÷ whole`, rounded down to whole yen. `whole` > 0.

    >>> share_floor(1980, 11, 30)
    726
    """
    return amount * part // whole


def share_ceil(amount: Yen, part: int, whole: int) -> Yen:
    """`amount × part ÷ whole`, rounded up: for credits.

    >>> share_ceil(3080, 2, 30)
    206
    """
    return -(-amount * part // whole)


def tax_contained(total: Yen, percent: Fraction | int) -> Yen:
    """Consumption tax contained in a tax-included sum, rounded down (reading rule 7). A negative sum mirrors a positive one.

    >>> tax_contained(76626, 10)
    6966
    """
    numerator, denominator = percent.numerator, percent.denominator
    return _toward_zero(total * numerator, 100 * denominator + numerator)


def tax_added(total: Yen, percent: Fraction | int) -> Yen:
    """Consumption tax on a tax-excluded sum, rounded down (reading rule 7). A negative sum mirrors a positive one.

    >>> tax_added(5705, 10)
    570
    """
    return _toward_zero(total * percent.numerator, 100 * percent.denominator)


def interest_exact(principal: Yen, percent: Fraction | int, days: int) -> Fraction:
    """Simple interest, not yet rounded: `principal × rate × days ÷ 365`, in leap years too (reading rule 8)."""
    return principal * Fraction(percent) * days / 36500


def decimal_text(value: Fraction) -> str:
    """A rate as people write it; its denominator must have no other factors than 2 and 5.

    >>> decimal_text(Fraction(73, 5))
    '14.6'
    """
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def _toward_zero(numerator: int, denominator: int) -> Yen:
    whole = abs(numerator) // denominator
    return whole if numerator >= 0 else -whole
