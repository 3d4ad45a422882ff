"""Formulas of bill lines: worked out exactly, shown as people write them, and never shown when they do not hold."""

from fractions import Fraction

import pytest

from chalicelib.billing import formula


@pytest.mark.parametrize(
    ("figures", "value", "shown"),
    [
        ("1980", 1980, "1,980"),
        ("1980*12/31", Fraction(23760, 31), "1,980 × 12 ÷ 31"),
        ("8*61", 488, "8 × 61"),
        ("1146*14.6%*24/365", Fraction("11.0016"), "1,146 × 14.6% × 24 ÷ 365"),
        ("5500*3%*7/365", Fraction(1155, 365), "5,500 × 3% × 7 ÷ 365"),
        ("(1980*2+3080*1)/30", Fraction(7040, 30), "(1,980 × 2 + 3,080 × 1) ÷ 30"),
        ("100000-99999*1", 1, "100,000 − 99,999 × 1"),
    ],
)
def test_the_value_is_exact_and_the_text_readable(figures, value, shown):
    assert formula.value(figures) == value
    assert formula.shown(figures) == shown


@pytest.mark.parametrize(
    ("figures", "amount", "how"),
    [
        ("1980*12/31", 766, "down"),  # 766.45…
        ("1980*12/31", 767, "up"),
        ("1980*12/31", 765, None),
        ("1980*12/31", 768, None),
        ("8*61", 488, "exactly"),
        ("8*61", 487, None),
        ("8*61", 489, None),
        ("3080*2/30", -206, "up"),  # a credit: 205.33…
        ("", 0, None),
    ],
)
def test_figures_prove_an_amount_or_do_not(figures, amount, how):
    assert formula.proves(figures, amount) == how


@pytest.mark.parametrize(
    "wrong", ["", "1980*", "*3", "(1+2", "1+2)", "1/0", "1/(1-1)", "1980 * 2", "1,980", "a", "1**2", "2%%"]
)
def test_what_is_no_formula_proves_nothing(wrong):
    with pytest.raises(ValueError):
        formula.value(wrong)
    assert formula.proves(wrong, 0) is None
