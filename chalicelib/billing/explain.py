"""What every line of a bill is made of: its days, its formula with the figures, the rules it rests on; and the tax by rate.

A formula proves itself: it is worked out again and must give the line's amount, else none is shown. It comes from the
figures that the line kept, or from the prices of the terms: a price as it stands, price × quantity, the parts of a sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from chalicelib.billing import formula
from chalicelib.billing.invoice import by_rate, total_and_tax
from chalicelib.contracts.contract import Invoice, Line
from chalicelib.contracts.terms import Terms
from chalicelib.dates import month_end, months_between
from chalicelib.money import decimal_text

How = Literal[
    "by_day", "months", "whole_month", "not_by_day", "quantity", "sum", "price", "interest", "credit", "figures", "stated",
]  # fmt: skip

_INTEREST = re.compile(r"%\*\d+/365")
_BY_DAY = re.compile(r"\d+\*(\d+)/\d+")
_TIMES = re.compile(r"\d+\*(\d+)")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One line explained. `how` names the kind of reckoning; `formula` is empty where nothing proves the amount."""

    line: Line
    how: How
    formula: str = ""  # 1,980 × 12 ÷ 31 = 766
    rounded: str = ""  # exactly, down, up
    days: int | None = None  # of the line's span, both ends included
    months: int | None = None  # where the span is whole months


@dataclass(frozen=True, slots=True)
class RateSum:
    """What a bill asks at one tax rate. `total` contains `tax`; yen. `percent` as text."""

    percent: str
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A bill explained: its lines in order, the sums by tax rate, and what bears no tax (damages, interest)."""

    invoice: Invoice
    lines: tuple[Reckoned, ...]
    rates: tuple[RateSum, ...]
    untaxed: int


def explain(invoice: Invoice, terms: Terms) -> Explained:
    """The bill of a contract under its terms (those of the contract's plan, where the file has parts)."""
    rates, untaxed = sums_by_rate(invoice)
    return Explained(invoice, tuple(reckoned(line, terms, invoice.issued_on) for line in invoice.lines), rates, untaxed)


def sums_by_rate(invoice: Invoice) -> tuple[tuple[RateSum, ...], int]:
    """Total and tax of each rate, highest first, and the sum of lines without tax. They add up to the bill's own."""
    taxed = tuple(line for line in invoice.lines if line.tax != "none")
    untaxed = sum(line.amount if line.tax == "none" else line.untaxed for line in invoice.lines)
    sums = []
    for rate, lines in sorted(by_rate(taxed, Fraction(invoice.tax_percent)).items(), reverse=True):
        total, tax = total_and_tax(lines, rate)
        sums.append(RateSum(decimal_text(rate), total - sum(line.untaxed for line in lines), tax))
    return tuple(sums), untaxed


def reckoned(line: Line, terms: Terms, issued_on: date) -> Reckoned:
    """One line of a bill that was issued on a day."""
    days = (line.last - line.first).days + 1 if line.first and line.last else None
    months = _whole_months(line)
    for how, figures in _candidates(line, terms, issued_on):
        rounded = formula.proves(figures, line.amount)
        if rounded is not None:
            text = f"{_signed(formula.shown(figures), line.amount)} = {formula.yen(line.amount)}"
            return Reckoned(line, _more_closely(how, line, figures, days, months), text, rounded, days, months)
    return Reckoned(line, "credit" if line.amount < 0 else "stated", days=days, months=months)


def _signed(shown: str, amount: int) -> str:
    """A credit's figures come without their sign; a sum stands in brackets behind it."""
    if amount >= 0:
        return shown
    return f"− ({shown})" if " + " in shown or " − " in shown else f"− {shown}"


def _whole_months(line: Line) -> int | None:
    if line.first is None or line.last is None or line.first.day > 1 or line.last != month_end(line.last):
        return None
    return months_between(line.first, line.last) + 1


def _candidates(line: Line, terms: Terms, issued_on: date) -> Iterator[tuple[How, str]]:
    """Formulas that the line and the terms offer, the most telling first. None of them is believed before it is proven."""
    if line.figures:
        yield "figures", line.figures
        return
    known = _prices(line.item, terms, issued_on)
    size = abs(line.amount)
    if line.quantity:
        unit, rest = divmod(size, line.quantity)
        if rest == 0 and (unit in known or _asked(line.item, terms)):
            yield "quantity", f"{unit}*{line.quantity}"
        return
    for key in known.get(size, ()):
        parts = _parts_of_sum(key, terms, line, issued_on)
        if parts:
            yield "sum", "+".join(map(str, parts))
    if size in known:
        yield "price", f"{size}*1"


def _more_closely(how: How, line: Line, figures: str, days: int | None, months: int | None) -> How:
    """What kind of reckoning figures show."""
    if line.amount < 0:
        return "credit"
    if how == "price" and line.first is not None:
        return "whole_month" if months == 1 else "not_by_day"
    if how != "figures":
        return how
    by_day, times = _BY_DAY.fullmatch(figures), _TIMES.fullmatch(figures)
    if _INTEREST.search(figures):
        return "interest"
    if by_day and days == int(by_day[1]):
        return "by_day"
    if times and line.quantity is not None:
        return "quantity" if line.quantity == int(times[1]) else "figures"
    return "months" if times and months == int(times[1]) else "figures"


# prices of an item, wherever the terms name them

_HOLE = re.compile(r"\\{(\w+)\\}")


def _prices(item: str, terms: Terms, issued_on: date) -> Mapping[int, tuple[str, ...]]:
    """Every price that the terms ever had for an item up to a day, with the keys that had it."""
    found: dict[int, tuple[str, ...]] = {}
    for key in _keys_of(item, terms):
        for price in terms.values_until(key, issued_on):
            if isinstance(price, int) and key not in found.get(price, ()):
                found[price] = (*found.get(price, ()), key)
    return found


def _keys_of(item: str, terms: Terms) -> tuple[str, ...]:
    """The keys of the figures that an item may cost, by the `item` and `value` of the terms' fees, occasions and goods."""
    kept: tuple[str, ...] | None = terms.cache.get(("keys of", item))
    if kept is None:
        wanted = [pattern for named, value in _priced(terms.data) if (pattern := _key_pattern(named, value, item))]
        kept = tuple(key for key in terms.keys if key == item or any(re.fullmatch(pattern, key) for pattern in wanted))
        terms.cache["keys of", item] = kept
    return kept


def _key_pattern(named: str, value: str, item: str) -> str:
    """`device:{sku}` as a pattern for an item whose own holes are filled already; empty when the item is another."""
    match = re.fullmatch(_HOLE.sub(r"(?P<\1>.+)", re.escape(named)), item)
    if match is None:
        return ""
    return _HOLE.sub(lambda hole: re.escape(match.groupdict().get(hole[1], "")) or "[^:]+", re.escape(value))


def _priced(part: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """(item, key of its figure) of every table that prices something, however deep it stands."""
    if isinstance(part, Mapping):
        value = part.get("value")
        if isinstance(value, str):
            yield str(part.get("item", name)), value
        for inner_name, inner in part.items():
            yield from _priced(inner, inner_name)
    elif isinstance(part, list):
        for inner in part:
            yield from _priced(inner, name)


def _asked(item: str, terms: Terms) -> bool:
    """Whether the price of one is told with the order, as for goods of a shop."""
    return bool(terms.section("buy").get(item, {}).get("amount") == "asked")


def _parts_of_sum(key: str, terms: Terms, line: Line, issued_on: date) -> tuple[int, ...]:
    """The prices that a figure of the terms is the sum of, on the latest day on which they were."""
    entries = terms.data["values"].get(key)
    names = entries[0].get("sum_of", ()) if entries else ()
    options = [tuple(price for price in terms.values_until(name, issued_on) if isinstance(price, int)) for name in names]
    if not names or not all(options):
        return ()
    return tuple(prices[-1] for prices in options)
