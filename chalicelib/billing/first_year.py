"""What an application costs at first, in sums: the bills of a quote added up. Pure, and no second reckoning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.billing.quote import Quote
from chalicelib.contracts.contract import Invoice, Line
from chalicelib.contracts.form import OF_OPTIONS, RECURRING
from chalicelib.contracts.terms import Terms
from chalicelib.dates import months_between


@dataclass(frozen=True, slots=True)
class Sum:
    """What one item comes to on all bills; `tax` says whether tax is in it. `ref` tells items of one name apart."""

    item: str
    ref: str
    amount: int
    tax: str
    times: int


@dataclass(frozen=True, slots=True)
class FirstYear:
    """`total` of all bills issued up to `until`, with tax. `once` and `repeated` are their items in the bills' order.

    `then` is what a bill comes to once all has settled, and `every` how many months it is for; None where nothing repeats.
    """

    until: date
    total: int
    once: tuple[Sum, ...]
    repeated: tuple[Sum, ...]
    then: int | None
    every: int | None


def summed(quote: Quote, terms: Terms) -> FirstYear:
    """The bills of a quote in sums; `terms` are those of the plan."""
    again = _repeated_items(terms)
    sums: dict[tuple[str, str], Sum] = {}
    for invoice in quote.invoices:
        for line in invoice.lines:
            before = sums.get((line.item, line.ref if line.item not in again else ""))
            ref = line.ref if line.item not in again else ""
            known = before or Sum(line.item, ref, 0, line.tax, 0)
            sums[line.item, ref] = Sum(line.item, ref, known.amount + line.amount, line.tax, known.times + 1)
    then, every = _settled([i for i in quote.invoices if i.kind == "regular"], again)
    return FirstYear(
        quote.until,
        sum(invoice.total for invoice in quote.invoices),
        tuple(one for one in sums.values() if one.item not in again),
        tuple(one for one in sums.values() if one.item in again),
        then,
        every,
    )


def _repeated_items(terms: Terms) -> frozenset[str]:
    """Items that come again and again: recurring fees, options, instalments."""
    fees = [fee["item"] for fee in terms.data.get("fee", ()) if fee["shape"] in (*RECURRING, *OF_OPTIONS)]
    options = (f"option:{name}" for name in terms.section("options").get("ids", ()))
    return frozenset((*fees, *options, str(terms.section("sale").get("part_item", ""))))


def _settled(regular: list[Invoice], again: frozenset[str]) -> tuple[int | None, int | None]:
    """The last regular bill that has what repeats and nothing else: its total and its months."""
    for invoice in reversed(regular):
        months = _months(line for line in invoice.lines if line.item in again)
        if months and all(line.item in again for line in invoice.lines):
            return invoice.total, months
    return None, None


def _months(lines: Iterable[Line]) -> int:
    spans = [months_between(line.first, line.last) + 1 for line in lines if line.first and line.last]
    return max(spans, default=0)
