"""Recurring fees: what a month of service costs, derived from the contract and the terms at the closing of a month.

Each shape gives the lines of one closed month, and the next month for which it has any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from chalicelib.contracts.contract import Contract, Line
from chalicelib.contracts.interruptions import is_free, next_priced
from chalicelib.contracts.owing import tax_of
from chalicelib.contracts.pieces import most_in
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, add_months, days_in_month, japan_day, month_end, month_of, months_between, spans
from chalicelib.money import decimal_text, share_floor

Spec = Mapping[str, Any]


def fee_lines(contract: Contract, terms: Terms, month: date) -> list[Line]:
    """All recurring fees of a closed month; none for one that a long interruption or a reported fault made free."""
    lines: list[Line] = []
    if terms.frees_months and is_free(contract, terms, month):
        return lines
    for spec in terms.data.get("fee", ()):
        if "plans" in spec and contract.plan not in spec["plans"]:
            continue
        lines += _LINES[spec["shape"]](contract, terms, spec, month)
    return lines


def _priced(contract: Contract, terms: Terms, spec: Spec, key: str, day: date) -> tuple[int, tuple[str, ...], str]:
    """The price in force on `day`, less the percent of the day of application or of `day` itself; its rules; its figures.

    A reduced price is a price like others: whole yen, rounded down before anything is reckoned with it.
    """
    price, cites = terms.price(key, day), tuple(spec["cites"])
    if "discount" not in spec:
        return price, cites, ""
    percent = terms.percent(spec["discount"], japan_day(contract.applied_at) if spec.get("discount_on") == "applied" else day)
    if not percent:
        return price, cites, ""
    rest = 100 - percent
    reduced = int(price * rest / Fraction(100))
    return reduced, (*cites, terms.rule(spec["discount"])), f"{price}*{decimal_text(Fraction(rest))}%"


def next_fee_month(contract: Contract, terms: Terms, earliest: date) -> date | None:
    """The first month, not before `earliest`, whose closing has a fee; None when none will come as things stand."""
    month = _next_month(contract, terms, earliest)
    if not terms.frees_months:
        return month
    while month is not None:
        priced = next_priced(contract, terms, month)
        if priced == month or priced is None:
            return priced
        month = _next_month(contract, terms, priced)
    return None


def _next_month(contract: Contract, terms: Terms, earliest: date) -> date | None:
    """The same, as if no month were free."""
    first: date | None = None
    for spec in terms.data.get("fee", ()):
        if "plans" in spec and contract.plan not in spec["plans"]:
            continue
        month = _NEXT[spec["shape"]](contract, terms, spec, earliest)
        if month == earliest:
            return month  # none can come before it
        if month is not None and (first is None or month < first):
            first = month
    return first


def fee_span(contract: Contract) -> tuple[date, date | None] | None:
    """Billing start and last day of service; None while the service has no start day, or ends before it."""
    starts, ends = contract.service_starts_on, contract.ends_on
    if starts is None or contract.billing_starts_on is None or (ends is not None and ends < starts):
        return None
    return contract.billing_starts_on, ends


def _monthly(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    span = fee_span(contract)
    if span is None:
        return []
    return _month_line(contract, terms, spec, spec["item"], spec["value"].format(plan=contract.plan), span, month)


def _monthly_option(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    lines: list[Line] = []
    for option in contract.options:
        if option.dropped or option.starts_on is None or (option.ends_on is not None and option.ends_on < option.starts_on):
            continue
        plan = option.plan_on(max(month, option.starts_on))
        item, key = spec["item"].format(option=plan), spec["value"].format(option=plan)
        lines += _month_line(contract, terms, spec, item, key, (option.starts_on, option.ends_on), month)
    return lines


def _month_line(
    contract: Contract, terms: Terms, spec: Spec, item: str, key: str, span: tuple[date, date | None], month: date
) -> list[Line]:
    """One line for one month of a span: the first month by day, the last month in full (STN-CHG-2, STN-CHG-3)."""
    starts, ends = span
    last = month_end(month)
    if starts > last or (ends is not None and ends < month):
        return []
    first = max(starts, month)
    amount, cites, figures = _priced(contract, terms, spec, key, first)
    if first.day > 1 and spec.get("first_month") == "by_day":
        days, whole = (last - first).days + 1, days_in_month(month)
        amount, figures = share_floor(amount, days, whole), f"{amount}*{days}/{whole}"
    if ends is not None and ends < last and spec.get("shown_to") == "end":  # the month is owed in full all the same
        last = ends
    return [Line(item, amount, tax_of(terms, key), None, first, last, cites, figures=figures)]


def _monthly_pieces(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    """Pieces, for every whole month that costs: as many as were held at once in it, in full (LRH-CHG-3, LRH-CHG-4)."""
    span = fee_span(contract)
    if span is None or _next_in(span, month) != month:
        return []
    lines = []
    for option in contract.options:
        number = most_in(option, month)
        if number:
            item, key = spec["item"].format(option=option.option), spec["value"].format(option=option.option)
            price, cites, _ = _priced(contract, terms, spec, key, month)
            lines.append(Line(item, price * number, tax_of(terms, key), number, month, month_end(month), cites))
    return lines


def _next_monthly(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    span = fee_span(contract)
    return None if span is None else _next_in(span, earliest)


def _next_monthly_option(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    found = [
        m
        for o in contract.options
        if not o.dropped and o.starts_on is not None and (m := _next_in((o.starts_on, o.ends_on), earliest)) is not None
    ]
    return min(found) if found else None


def _next_in(span: tuple[date, date | None], earliest: date) -> date | None:
    month = max(month_of(span[0]), earliest)
    return None if span[1] is not None and month > span[1] else month


def _once_at_start(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    if _next_once_at_start(contract, terms, spec, month) != month:
        return []
    amount, cites, figures = _priced(contract, terms, spec, spec["value"], month_end(month))
    return [Line(spec["item"], amount, tax_of(terms, spec["value"]), cites=cites, figures=figures)]


def _next_once_at_start(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    if fee_span(contract) is None or contract.service_starts_on is None:
        return None
    month = month_of(contract.service_starts_on)
    return month if month >= earliest else None


def _prepaid(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    """Whole periods from each regular month on; from the month after the start up to the first of them (ALW-BIL-3 to 7)."""
    if fee_span(contract) is None or contract.service_starts_on is None:
        return []
    start, regular = month_of(contract.service_starts_on), _regular_months(contract, terms, spec, month)
    if month < start or (month > start and month.month not in regular):
        return []
    first = add_months(month, 1) if month == start else month
    last = add_months(_following_regular(month, regular), -1)
    if contract.ends_on is not None:
        last = min(last, month_of(contract.ends_on))
    if first > last:
        return []
    price, cites, _ = _priced(contract, terms, spec, spec["value"], month_end(month))
    number, tax = months_between(first, last) + 1, tax_of(terms, spec["value"])
    return [Line(spec["item"], price * number, tax, None, first, month_end(last), cites, figures=f"{price}*{number}")]


def _next_prepaid(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    if fee_span(contract) is None or contract.service_starts_on is None:
        return None
    start = month_of(contract.service_starts_on)
    if earliest <= start:
        return start
    regular = _regular_months(contract, terms, spec, earliest)
    month = earliest if earliest.month in regular else _following_regular(earliest, regular)
    return None if contract.ends_on is not None and month > contract.ends_on else month


def _anniversary(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    """A period of so many months from the billing start, and from each of its anniversaries, paid in advance.

    A contract whose end is known when the month closes owes the contract months begun until then.
    """
    period = _period_begun_in(contract, terms, spec, month)
    if period is None or period[0].replace(day=1) != month:
        return []
    first, following, length = period
    months, ends = list(spans(first, following - ONE_DAY)), contract.ends_on
    begun = len(months) if ends is None else sum(day <= ends for day in months)
    last = (following if begun == len(months) else months[begun]) - ONE_DAY
    price, cites, figures = _priced(contract, terms, spec, spec["value"], first)
    amount, tax = share_floor(price, begun, length), tax_of(terms, spec["value"])
    figures = f"{price}*{begun}/{length}" if begun < length else figures
    return [Line(spec["item"], amount, tax, None, first, last, cites, figures=figures)]


def _period_begun_in(contract: Contract, terms: Terms, spec: Spec, month: date) -> tuple[date, date, int] | None:
    """First day, first day of the following one, and months of the first period that begins in `month` or later."""
    span = fee_span(contract)
    if span is None:
        return None
    length = terms.value(spec["period_months"], span[0])
    number = max(0, -(-months_between(span[0], month) // length))
    first = add_months(span[0], number * length)
    if span[1] is not None and first > span[1]:
        return None
    return first, add_months(span[0], (number + 1) * length), length


def _next_anniversary(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    period = _period_begun_in(contract, terms, spec, earliest)
    return None if period is None else month_of(period[0])


def _months_left(contract: Contract, terms: Terms, spec: Spec, month: date) -> list[Line]:
    """The fee of the months left of a minimum term, when the contract ends before it is served (AMM-MIN-1, AMM-MIN-2).

    The month of the billing start is month 1; the price is that of the last day.
    """
    if _next_months_left(contract, terms, spec, month) != month or contract.ends_on is None:
        return []
    left = _left(contract, terms, spec)
    price, tax = terms.price(spec["value"].format(plan=contract.plan), contract.ends_on), spec["tax"]
    return [Line(spec["item"], price * left, tax, left, cites=tuple(spec["cites"]))]


def _left(contract: Contract, terms: Terms, spec: Spec) -> int:
    span = fee_span(contract)
    if span is None or span[1] is None or contract.ended_because not in spec["because"]:
        return 0
    term: int = terms.value(spec["term_months"], span[0])
    return max(0, term - months_between(span[0], span[1]) - 1)


def _next_months_left(contract: Contract, terms: Terms, spec: Spec, earliest: date) -> date | None:
    if contract.ends_on is None or month_of(contract.ends_on) < earliest or not _left(contract, terms, spec):
        return None
    return month_of(contract.ends_on)


def _regular_months(contract: Contract, terms: Terms, spec: Spec, day: date) -> list[int]:
    found: list[int] = terms.value(spec["regular_months"][contract.plan], day)
    return found


def _following_regular(month: date, regular: list[int]) -> date:
    month = add_months(month, 1)
    while month.month not in regular:
        month = add_months(month, 1)
    return month


_LINES: dict[str, Callable[[Contract, Terms, Spec, date], list[Line]]] = {
    "monthly": _monthly,
    "monthly_option": _monthly_option,
    "monthly_pieces": _monthly_pieces,
    "once_at_start": _once_at_start,
    "prepaid_periods": _prepaid,
    "anniversary_periods": _anniversary,
    "months_left": _months_left,
}
_NEXT: dict[str, Callable[[Contract, Terms, Spec, date], date | None]] = {
    "monthly": _next_monthly,
    "monthly_option": _next_monthly_option,
    "monthly_pieces": _next_monthly,
    "once_at_start": _next_once_at_start,
    "prepaid_periods": _next_prepaid,
    "anniversary_periods": _next_anniversary,
    "months_left": _next_months_left,
}
