"""The price of a device in parts: which part the closing of a month bills, and when the next is to come (AMD-PAY-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.contracts.contract import Contract, Instalments, Line
from chalicelib.contracts.owing import tax_of
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, months_between


def instalment_lines(contract: Contract, terms: Terms, month: date) -> list[tuple[Line, date]]:
    """The parts that the closing of a month bills, each with the day whose tax rate holds (AMD-PAY-6)."""
    return [
        (part_line(terms, parts, parts.amount(number), 1), parts.delivered_on)
        for parts in contract.instalments
        for number in range(parts.billed, _due_parts(parts, month))
    ]


def part_line(terms: Terms, parts: Instalments, amount: int, quantity: int) -> Line:
    """A line for so many parts of one device."""
    rules = terms.section("sale")
    odd = amount - parts.following * quantity  # the first part takes it
    figures = f"{parts.following}*{quantity}+{odd}" if odd else f"{parts.following}*{quantity}"
    tax = tax_of(terms, rules["value"].format(sku=parts.sku))
    return Line(rules["part_item"], amount, tax, quantity, cites=tuple(rules["cites"]), ref=parts.sku, figures=figures)


def billed_to(contract: Contract, month: date) -> tuple[Instalments, ...]:
    """The instalments after that closing; those that are billed whole are kept no longer."""
    counted = (replace(p, billed=max(p.billed, _due_parts(p, month))) for p in contract.instalments)
    return tuple(p for p in counted if p.billed < p.count)


def next_instalment_month(contract: Contract) -> date | None:
    return min((add_months(p.first, p.billed) for p in contract.instalments), default=None)


def _due_parts(parts: Instalments, month: date) -> int:
    """How many parts stand on invoices once that month is closed."""
    return min(max(months_between(parts.first, month) + 1, 0), parts.count)
