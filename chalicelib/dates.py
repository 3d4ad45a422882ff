"""Japan days and months as values. Instants are aware UTC datetimes; a *day* is a Japan date; a *month* is its first day.

Nothing here reads a clock. Japan has no summer time, so a fixed +09:00 is exact.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

JST = timezone(timedelta(hours=9), "JST")
SWEEP_TIME = time(0, 10)  # the night sweep of a day runs at 00:10 Japan time
ONE_DAY = timedelta(days=1)


def japan(instant: datetime) -> datetime:
    """The instant as Japan wall time. Raises ValueError for a naive datetime: a time without a zone is no instant."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime is no instant: give it an offset")
    return instant.astimezone(JST)


def japan_day(instant: datetime) -> date:
    """The Japan day on which the instant falls."""
    return japan(instant).date()


def at_japan(day: date, clock: time) -> datetime:
    """The UTC instant of a Japan wall time."""
    return datetime.combine(day, clock, JST).astimezone(UTC)


def next_at(now: datetime, clock: time) -> datetime:
    """The next UTC instant at which clocks in Japan show that: today's, or tomorrow's once they show it or later.

    >>> next_at(datetime(2026, 11, 22, 10, tzinfo=UTC), time(7)).isoformat()
    '2026-11-22T22:00:00+00:00'
    >>> next_at(datetime(2026, 11, 22, 22, tzinfo=UTC), time(7)).isoformat()
    '2026-11-23T22:00:00+00:00'
    """
    todays = at_japan(japan_day(now), clock)
    return todays if todays > now else todays + ONE_DAY


@lru_cache(maxsize=4096)
def sweep_instant(day: date) -> datetime:
    """When the sweep of that day runs: 00:10 Japan time, as UTC."""
    return at_japan(day, SWEEP_TIME)


def month_of(day: date) -> date:
    return day if day.day == 1 else day.replace(day=1)


@lru_cache(maxsize=8192)
def month_end(day: date) -> date:
    return day.replace(day=days_in_month(day))


@lru_cache(maxsize=8192)
def days_in_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def month_text(month: date) -> str:
    """`2025-04`."""
    return month.isoformat()[:7]


@lru_cache(maxsize=8192)
def add_months(day: date, months: int) -> date:
    """The same day number `months` later (or earlier), clamped to the month's last day.

    >>> add_months(date(2025, 1, 31), 1)
    datetime.date(2025, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_months_forward(day: date, months: int) -> date:
    """The same day number `months` later; the 1st of the month after when that day does not exist (IPS-SUS-2).

    >>> add_months_forward(date(2025, 8, 31), 6)
    datetime.date(2026, 3, 1)
    """
    later = add_months(day, months)
    return later if later.day == day.day else later + ONE_DAY


def add_years_forward(day: date, years: int) -> date:
    """The same calendar day `years` later; 29 February becomes 1 March in a common year.

    >>> add_years_forward(date(2024, 2, 29), 1)
    datetime.date(2025, 3, 1)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def months_between(first: date, last: date) -> int:
    """How many months from the month of `first` to the month of `last` (0 when they are the same)."""
    return (last.year - first.year) * 12 + last.month - first.month


def spans(first: date, last: date) -> Iterator[date]:
    """First days of the contract months from `first` to `last`: the day number of `first` in every month, clamped.

    >>> list(spans(date(2025, 1, 31), date(2025, 4, 29)))
    [datetime.date(2025, 1, 31), datetime.date(2025, 2, 28), datetime.date(2025, 3, 31)]
    """
    number, begins = 0, first
    while begins <= last:
        yield begins
        number += 1
        begins = add_months(first, number)


def months(first: date, last: date) -> Iterator[date]:
    """The first days of all months from that of `first` to that of `last`, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


class BusinessCalendar:
    """Days on which a company works: no Saturday, Sunday, national holiday, 31 December–3 January, or listed closed day.

    Reading rule 5; national holidays come from `jpholiday`, held against `holidays` in the tests.
    """

    def __init__(self, closed: frozenset[date] = frozenset()) -> None:
        self.closed = closed

    def is_open(self, day: date) -> bool:
        return not (day.weekday() >= 5 or day in self.closed or _is_public_holiday(day))

    def on_or_after(self, day: date) -> date:
        while not self.is_open(day):
            day += ONE_DAY
        return day

    def after(self, day: date) -> date:
        """The first business day later than `day`."""
        return self.on_or_after(day + ONE_DAY)

    def nth_of_month(self, month: date, n: int) -> date:
        """The n-th business day of the month, n from 1. Goes on into the next month when there are fewer."""
        day = self.on_or_after(month_of(month))
        for _ in range(n - 1):
            day = self.after(day)
        return day

    def last_of_month(self, month: date) -> date:
        day = month_end(month)
        while not self.is_open(day):
            day -= ONE_DAY
        return day


BANKS = BusinessCalendar()  # days on which money is drawn: a company's own holidays do not close the banks


@lru_cache(maxsize=8192)
def _is_public_holiday(day: date) -> bool:
    import jpholiday  # 10–48 ms, so only where business days matter

    return (day.month, day.day) in _YEAR_END or bool(jpholiday.is_holiday(day))


_YEAR_END = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})
