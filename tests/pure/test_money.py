"""Whole yen, rounded once, in a direction that has a name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import money

yen = st.integers(-10_000_000, 10_000_000)


@pytest.mark.rule("STN-CHG-9")
@given(yen, st.sampled_from([5, 8, 10, 12, Fraction("10.5")]))
def test_contained_tax_is_what_exact_arithmetic_gives_cut_toward_zero(total, percent):
    exact = Fraction(total) * percent / (100 + percent)
    assert money.tax_contained(total, percent) == int(exact)
    assert money.tax_added(total, percent) == int(Fraction(total) * percent / 100)


@given(st.integers(0, 10_000_000), st.integers(0, 31), st.integers(28, 31))
def test_charges_round_down_and_credits_round_up(amount, part, whole):
    exact = Fraction(amount * part, whole)
    assert money.share_floor(amount, part, whole) <= exact <= money.share_ceil(amount, part, whole)
    assert money.share_ceil(amount, part, whole) - money.share_floor(amount, part, whole) in (0, 1)


@pytest.mark.rule("STN-INV-5")
def test_interest_is_simple_over_365_days_in_leap_years_too():
    assert int(money.interest_exact(76858, 3, 15)) == 94
    assert money.interest_exact(36500, 3, 366) == 1098
