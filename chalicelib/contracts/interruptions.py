"""Months without fees: those that a long interruption of the whole service touched, and those of a reported fault.

An interruption counts from its own beginning and each by itself. What a closing knows is fixed by days, so that a late
night closes a month like a punctual one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, add_months, japan_day, month_of, sweep_instant

_KEPT = "free spans"


@dataclass(frozen=True, slots=True)
class FreeSpan:
    """Months (first days) without fees. `last` None: the interruption goes on.

    Closings on `known_on` or later leave the months out; what earlier ones billed is given back from `settled_at` on.
    """

    first: date
    last: date | None
    known_on: date
    settled_at: datetime

    def has(self, month: date) -> bool:
        over = self.last is not None and month > self.last
        return self.first <= month and not over and add_months(month, 1) >= self.known_on


def free_spans(terms: Terms) -> tuple[FreeSpan, ...]:
    """The long interruptions of a service, in the order they were told; none where the terms give nothing for them."""
    found: tuple[FreeSpan, ...] | None = terms.cache.get(_KEPT)
    if found is None:
        found = terms.cache[_KEPT] = _spans(terms) if "free_after" in terms.section("interruption") else ()
    return found


def _spans(terms: Terms) -> tuple[FreeSpan, ...]:
    told: list[tuple[datetime, datetime | None, datetime | None]] = [(a, b, None) for a, b in terms.state.interruptions]
    told += terms.state.outages
    return tuple(span for start, end, reported in told if (span := _span(terms, start, end, reported)) is not None)


def _span(terms: Terms, start: datetime, end: datetime | None, reported: datetime | None) -> FreeSpan | None:
    """One interruption; None when it was too short. `reported`: when it became known, for one that nobody announced."""
    began = japan_day(start)
    reached = add_months(began, terms.value(terms.section("interruption")["free_after"], began))
    ended = japan_day(end) if end is not None else None
    if ended is not None and ended < reached:
        return None
    last = month_of(ended) if ended is not None else None
    if reported is None:
        return FreeSpan(month_of(began), last, reached, sweep_instant(reached))
    known = japan_day(reported) + ONE_DAY  # the closing at the midnight before knew nothing of it
    return FreeSpan(month_of(began), last, max(reached, known), max(sweep_instant(reached), reported))


def is_free(contract: Contract, terms: Terms, month: date) -> bool:
    """Whether the closing of a month bills no recurring fee."""
    return month in contract.free_months or any(span.has(month) for span in free_spans(terms))


def next_priced(contract: Contract, terms: Terms, month: date) -> date | None:
    """The first month from `month` on that is not free; None when none comes as things stand."""
    spans = free_spans(terms)
    if not spans and not contract.free_months:
        return month
    while is_free(contract, terms, month):
        if any(span.last is None and span.has(month) for span in spans):
            return None
        month = add_months(month, 1)
    return month
