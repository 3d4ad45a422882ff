"""What may stay when an account is gone: sums per day over many systems, so that nobody can be found in them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Amounts = Mapping[str, Mapping[date, int]]  # by system, what it measured on a day (whole units, e.g. watt-hours)


def daily_sums(amounts: Amounts, systems_min: int) -> dict[date, tuple[int, int]]:
    """Day → how many systems and their sum, only for days on which at least that many took part. No system is named."""
    days: dict[date, list[int]] = {}
    for by_day in amounts.values():
        for day, amount in by_day.items():
            days.setdefault(day, []).append(amount)
    return {day: (len(parts), sum(parts)) for day, parts in sorted(days.items()) if len(parts) >= systems_min}
