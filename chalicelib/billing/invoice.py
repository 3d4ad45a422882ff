"""Making an invoice of lines: their order, the tax, the number, the days on which it is sent and due, and who draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from chalicelib.contracts.contract import Contract, Invoice, InvoiceKind, Line
from chalicelib.contracts.terms import Terms
from chalicelib.dates import BANKS, ONE_DAY, add_months, month_end, month_of, month_text
from chalicelib.money import tax_added, tax_contained


def invoice_key(month: date, kind: str) -> str:
    """An invoice's number inside its contract: no counter, so a repeated night meets its own invoice."""
    return f"{month_text(month)}#{kind}"


def draft(
    contract: Contract,
    terms: Terms,
    kind: InvoiceKind,
    month: date,
    lines: list[tuple[date, Line]],
    issued_on: date,
    row: str = "",
    name: str = "",
) -> Invoice:
    """The invoice of a closed month, frozen as things stood at its end. Due day and payer are set when it is sent.

    `row` is the row of invoices it belongs to, `name` what tells it from another of the same row and month.
    """
    if len(lines) > 1:
        lines = sorted(lines, key=lambda pair: (terms.line_place(pair[1].item, pair[1].ref), pair[0]))
    ordered = tuple(line for _, line in lines)
    percent = tax_percent(contract, terms, month)
    total, tax = total_and_tax(ordered, percent)
    key = invoice_key(month, name or row or kind)
    return Invoice(key, contract.id, kind, month, issued_on, issued_on, total, tax, _text(percent), "", ordered, row=row)


def own_percent(contract: Contract, terms: Terms, line: Line, about: date, month: date, tax_on: date | None = None) -> Line:
    """The line with the tax rate of its own month, where the terms ask for it and it is not the invoice's (LRH-CHG-6).

    `about` is a day of the line's own month; `tax_on` the very day whose rate holds, where there is one (AMD-PAY-6).
    """
    if not terms.own_tax_months or line.tax == "none":
        return line
    if tax_on is None and about.month == month.month and about.year == month.year:
        return line
    own = terms.percent("consumption_tax", tax_on) if tax_on else tax_percent(contract, terms, month_of(about))
    return line if own == tax_percent(contract, terms, month) else replace(line, percent=_text(own))


def tax_percent(contract: Contract, terms: Terms, month: date) -> Fraction:
    """The consumption tax of a month, in percent: that of its first or its last day, as the terms say.

    A contract that was running before a new rate may keep the old one for a while (IPS-INV-3).
    """
    rules = terms.invoice
    day = month if rules["tax_day"] == "first_of_month" else month_end(month)
    if "tax_transition" in rules and contract.service_starts_on is not None:
        for since, until in terms.value(rules["tax_transition"], day):
            if contract.service_starts_on < (first := date.fromisoformat(since)) <= day <= date.fromisoformat(until):
                return terms.percent("consumption_tax", first - ONE_DAY)
    kept: Fraction | None = terms.cache.get(("tax", day))
    if kept is None:
        kept = terms.cache["tax", day] = terms.percent("consumption_tax", day)
    return kept


def total_and_tax(lines: tuple[Line, ...], percent: Fraction) -> tuple[int, int]:
    """What the customer pays, and the consumption tax in it, computed once per invoice and rate (reading rule 7, STN-CHG-9)."""
    if any(line.percent for line in lines):
        sums = [_total_and_tax(part, rate) for rate, part in by_rate(lines, percent).items()]
        return sum(total for total, _ in sums), sum(tax for _, tax in sums)
    return _total_and_tax(lines, percent)


def by_rate(lines: tuple[Line, ...], percent: Fraction) -> dict[Fraction, tuple[Line, ...]]:
    """Lines by their tax rate in percent; `percent` is that of lines without one of their own."""
    found: dict[Fraction, tuple[Line, ...]] = {}
    for line in lines:
        rate = Fraction(line.percent) if line.percent else percent
        found[rate] = (*found.get(rate, ()), line)
    return found


def _total_and_tax(lines: tuple[Line, ...], percent: Fraction) -> tuple[int, int]:
    included = excluded = untaxed = 0
    for line in lines:
        if line.tax == "included":
            included += line.amount - line.untaxed
        elif line.tax == "excluded":
            excluded += line.amount - line.untaxed
        untaxed += line.amount if line.tax == "none" else line.untaxed
    on_top = tax_added(excluded, percent) if excluded else 0
    return included + excluded + untaxed + on_top, tax_contained(included, percent) + on_top


def added_tax_share(lines: tuple[Line, ...], ref: str, percent: Fraction) -> int:
    """What an invoice asks for the tax-excluded lines of one purchase, their share of the tax included."""
    excluded = sum(line.amount for line in lines if line.tax == "excluded")
    own = sum(line.amount for line in lines if line.tax == "excluded" and line.ref == ref)
    return own + tax_added(excluded, percent) - tax_added(excluded - own, percent)


def issue_day(terms: Terms, month: date) -> date:
    """The day on which the invoice of a closed month is sent."""
    day: date | None = terms.cache.get(month)
    if day is None:
        rule, following = terms.invoice["issue"], add_months(month, 1)
        number = terms.value(rule["day"], following)
        by_business_days = rule["shape"] == "business_day_of_next_month"
        day = terms.calendar.nth_of_month(following, number) if by_business_days else _day_of(following, number)
        terms.cache[month] = day
    return day


def due_day(terms: Terms, method: str, month: date, issued_on: date, formed_on: date | None = None) -> date:
    """When an invoice of `month`, sent on `issued_on`, is due or drawn, by its way of payment.

    Contracts formed before a change of the way of drawing keep the older day, where the terms say so (LRH-INV-2).
    """
    rule = terms.invoice["due"][method]
    older = rule.get("older")
    if older is not None and formed_on is not None and formed_on < terms.value(older["formed_before"], issued_on):
        rule = older
    key = (method, rule is older, month, issued_on)
    day: date | None = terms.cache.get(key)
    if day is None:
        day = terms.cache[key] = _due_by(terms, rule, month, issued_on)
    return day


def _due_by(terms: Terms, rule: Mapping[str, Any], month: date, issued_on: date) -> date:
    if rule["shape"] == "last_business_day":
        return terms.calendar.last_of_month(issued_on)
    number = terms.value(rule["day"], issued_on)
    if rule["shape"] == "business_day_of_next_month":
        return terms.calendar.nth_of_month(add_months(month, 1), number)
    day = _day_of(issued_on if rule["shape"] == "day_of_issue_month" else add_months(month, 1), number)
    return BANKS.on_or_after(day) if rule.get("moved") == "next_bank_day" else day


def _day_of(month: date, number: int) -> date:
    return month.replace(day=min(number, month_end(month).day))


def _text(percent: Fraction) -> str:
    return _shown(percent.numerator, percent.denominator)


@lru_cache(maxsize=64)
def _shown(numerator: int, denominator: int) -> str:
    return str(Decimal(numerator) / Decimal(denominator))


__all__ = [
    "added_tax_share",
    "by_rate",
    "draft",
    "due_day",
    "invoice_key",
    "issue_day",
    "own_percent",
    "tax_percent",
    "total_and_tax",
]
