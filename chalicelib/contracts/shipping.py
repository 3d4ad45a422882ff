"""When ordered equipment leaves: business days, the hour until which an order counts for the day, days without shipping."""

from __future__ import annotations

from datetime import date, datetime, time

from chalicelib.contracts.terms import Terms
from chalicelib.dates import BusinessCalendar, japan


def ships_on(terms: Terms, ordered_at: datetime) -> date | None:
    """The day on which an order received at that instant ships; None where the terms fix no day (ALW-SHP-1 to 3)."""
    rules, calendar = terms.section("shipping"), terms.calendar
    if not rules:
        return None
    local = japan(ordered_at)
    day = local.date()
    cutoff = time.fromisoformat(terms.value(rules["cutoff"], day))
    in_time = calendar.is_open(day) and local.time() <= cutoff
    received = day if in_time else calendar.after(day)
    for _ in range(terms.value(rules["lead"], day)):
        received = calendar.after(received)
    return calendar.after(received) if is_shipping_stop(terms, received, calendar) else received


def is_shipping_stop(terms: Terms, day: date, calendar: BusinessCalendar) -> bool:
    """Whether nothing ships that day: the last business day of a month (ALW-SHP-3)."""
    return terms.section("shipping").get("not_on") == "last_business_day_of_month" and day == calendar.last_of_month(day)
