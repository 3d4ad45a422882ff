"""The house's own figures: dated, whole, and the one that holds on the day."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.iot import house

NAMES = ("wish_minutes", "overlap_days", "answer_link_hours", "maintenance_days_max", "morning_minute")


@pytest.mark.parametrize(("name", "figure"), list(zip(NAMES, (10, 7, 48, 7, 480), strict=True)))
def test_a_figure_holds_from_its_day_on_and_the_first_before(name: str, figure: int) -> None:
    assert {house.value(name, day) for day in (date(2020, 1, 1), date(2026, 11, 22), date(2040, 1, 1))} == {figure}


def test_a_later_figure_takes_over_on_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [{"from": date(2026, 1, 1), "value": 1}, {"from": date(2026, 6, 1), "value": 2}]
    monkeypatch.setattr(house, "_figures", lambda: {"a": spans})
    assert [house.value("a", day) for day in (date(2026, 5, 31), date(2026, 6, 1))] == [1, 2]


def test_a_figure_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        house.value("no-such-figure", date(2026, 1, 1))
