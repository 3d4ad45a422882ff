"""Japan days, months and business days."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from chalicelib import dates
from chalicelib.dates import BusinessCalendar, add_months, add_years_forward, japan_day


def test_the_japan_day_changes_at_15_00_utc():
    assert japan_day(datetime(2025, 12, 31, 14, 58, tzinfo=UTC)) == date(2025, 12, 31)
    assert japan_day(datetime(2025, 12, 31, 15, 0, tzinfo=UTC)) == date(2026, 1, 1)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        japan_day(datetime(2025, 1, 1))


@pytest.mark.parametrize(("day", "months", "expected"), [
    (date(2025, 1, 31), 1, date(2025, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2025, 12, 31), 2, date(2026, 2, 28)),
    (date(2025, 3, 31), -1, date(2025, 2, 28)), (date(2025, 1, 15), -1, date(2024, 12, 15)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
])  # fmt: skip
def test_months_are_added_with_the_day_clamped(day, months, expected):
    assert add_months(day, months) == expected


def test_a_year_after_a_leap_day_is_the_first_of_march():
    assert add_years_forward(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert add_years_forward(date(2024, 2, 28), 1) == date(2025, 2, 28)


def test_holidays_agree_with_another_library_for_every_day_from_2015_to_2030():
    oracle, calendar = holidays.country_holidays("JP", years=range(2015, 2031)), BusinessCalendar()
    day = date(2015, 1, 1)
    while day < date(2031, 1, 1):
        closed = day.weekday() >= 5 or day in oracle or (day.month, day.day) in dates._YEAR_END
        assert calendar.is_open(day) is not closed, day
        day += timedelta(days=1)


@pytest.mark.rule("ALW-SHP-5")
def test_business_days_around_golden_week_and_new_year():
    calendar = BusinessCalendar(frozenset({date(2025, 8, 13)}))
    assert calendar.nth_of_month(date(2025, 5, 1), 3) == date(2025, 5, 7)
    assert calendar.nth_of_month(date(2026, 1, 1), 1) == date(2026, 1, 5)
    assert calendar.last_of_month(date(2025, 12, 1)) == date(2025, 12, 30)
    assert calendar.after(date(2025, 8, 12)) == date(2025, 8, 14)
