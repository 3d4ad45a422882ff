"""A new tax rate reprices what has tax in it, and the view says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.contracts import terms, terms_view
from chalicelib.contracts.announced import Announcement


@pytest.mark.rule("LRH-PRC-2")
def test_a_price_that_follows_a_new_tax_rate_is_shown_as_repriced() -> None:
    plain = terms.load("liferhythm-home")
    said = Announcement("tax", date(2026, 1, 10), date(2026, 4, 1), {"consumption_tax": 12})
    found = plain.under(replace(plain.state, announcements=(said,)))
    key = next(key for key in sorted(plain.data["values"]) if plain.entries(key)[0].get("tax") == "included")
    old, new = (terms_view.figures(found, day) for day in (date(2026, 3, 31), date(2026, 4, 1)))
    (before,) = [figure for figure in old if figure.key == key]
    (after,) = [figure for figure in new if figure.key == key]
    assert before.following == after.span
    assert (after.span.source, after.span.announced_on, after.span.first) == ("repriced", date(2026, 1, 10), date(2026, 4, 1))
    assert after.span.value == before.span.value * 112 // 110
    (rate,) = [figure for figure in new if figure.key == "consumption_tax"]
    assert (rate.span.value, rate.span.source) == (12, "announced")
