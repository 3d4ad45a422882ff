"""What both oracles share, written without a look at the program: days, business days, tax, and how to say "unclear".

The oracles check the engine, so nothing here imports it. Times are naive Japan wall times, money is whole yen. The
holidays come from another library than the program's.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import holidays

Step = Mapping[str, Any]
Line = dict[str, Any]
DAY = timedelta(days=1)
SWEEP = time(0, 10)
NOON = time(12)
ISSUED = "issued_at"  # a key that only the oracle needs; the comparison leaves it out
NEVER_TIME = datetime.max
_HOLIDAYS = holidays.country_holidays("JP", years=range(2013, 2032))


class Unclear(Exception):
    """The terms sheet does not say what this step does: the comparison leaves it out. Names the step's place, and the
    contract when none of its later steps means anything either."""

    def __init__(self, place: int, why: str, contract: str | None = None) -> None:
        super().__init__(f"step {place}: {why}")
        self.place, self.why, self.contract = place, why, contract


def the_day(value: Any) -> date:
    return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value))


def the_time(step: Step) -> datetime:
    if "at" in step:
        return datetime.fromisoformat(str(step["at"]))
    return datetime.combine(the_day(step["day"]), NOON)


def in_order(timeline: list[Step]) -> list[tuple[int, datetime, Step]]:
    """(place in the file, time, step), by time; steps of one time as they stand."""
    return sorted(((n, the_time(s), s) for n, s in enumerate(timeline)), key=lambda entry: entry[1])


def first(day: date) -> date:
    return day.replace(day=1)


def last(day: date) -> date:
    return day.replace(day=length(day))


def length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def later(day: date, months: int) -> date:
    """The same day number some months later, clamped to the month's end."""
    number = day.year * 12 + day.month - 1 + months
    start = date(number // 12, number % 12 + 1, 1)
    return start.replace(day=min(day.day, length(start)))


def month_range(begin: date, end: date) -> list[date]:
    """First days of the months of `begin` to `end`, both included."""
    count = (end.year - begin.year) * 12 + end.month - begin.month
    return [later(first(begin), n) for n in range(count + 1)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def swept(day: date) -> datetime:
    return datetime.combine(day, SWEEP)


def works(day: date, closed: frozenset[date]) -> bool:
    """Reading rule 5."""
    at_year_end = (day.month, day.day) == (12, 31) or (day.month == 1 and day.day <= 3)
    return day.weekday() < 5 and day not in _HOLIDAYS and not at_year_end and day not in closed


def business_days(month: date, closed: frozenset[date]) -> list[date]:
    return [d for n in range(length(month)) if works(d := first(month) + n * DAY, closed)]


def next_working(day: date, closed: frozenset[date], *, itself: bool = False) -> date:
    return next(d for n in range(0 if itself else 1, 60) if works(d := day + n * DAY, closed))


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def month_name(day: date) -> str:
    return day.isoformat()[:7]


def outcome(contracts: dict[str, Any], invoices: list[Any], refunds: list[Any], refusals: list[Any]) -> dict[str, Any]:
    """The shape of a scenario's outcome, invoices in the order of the sheet."""
    invoices = sorted(invoices, key=lambda i: (i["issued_on"], i["contract"], i[ISSUED]))
    return {"contracts": contracts, "invoices": invoices, "refunds": refunds, "refusals": refusals}


def told(refused: list[tuple[int, datetime, Step]]) -> list[dict[str, Any]]:
    return [{"at": at.isoformat(timespec="minutes"), "do": s["do"], "contract": s.get("contract")} for _, at, s in refused]
