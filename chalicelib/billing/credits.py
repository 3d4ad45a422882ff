"""Months that cost nothing after all: what was billed for them goes back, on coming bills with a fee, the rest as a refund.

A contract remembers what its months were billed as runs of equal months. A month that is given back leaves them, so that
nothing is given back twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from chalicelib.contracts.contract import Charge, Contract, Line
from chalicelib.contracts.interruptions import free_spans
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work
from chalicelib.dates import ONE_DAY, add_months, at_japan, japan_day, month_end, month_of, months
from chalicelib.errors import Invalid

_MIDNIGHT = time()
Run = tuple[date, date, int, str]


def gives_back(terms: Terms) -> bool:
    """Whether whole months may turn out to be free after they were billed (LRH-INT-4, LRH-CHG-7)."""
    return terms.gives_back_months


def note_billed(work: Work, month: date, fees: Sequence[Line]) -> None:
    """Remember what a closed month was billed for its fees; months reported free before it need no memory any more."""
    if not fees or not gives_back(work.terms):
        return
    amount = sum(line.amount for line in fees)
    figures = "+".join(f"{line.amount // (line.quantity or 1)}*{line.quantity or 1}" for line in fees)
    runs = work.contract.billed
    if runs and runs[-1][2:] == (amount, figures) and add_months(runs[-1][1], 1) == month:
        runs = (*runs[:-1], (runs[-1][0], month, amount, figures))
    else:
        runs = (*runs, (month, month, amount, figures))
    kept = tuple(m for m in work.contract.free_months if m > month)
    work.set(billed=runs, free_months=kept)


def report_fault(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A fault that the customer told of: every calendar month that lies wholly inside it costs nothing (LRH-CHG-7).

    One of the whole service is an interruption, told to every contract (`everywhere`): the service's state has it already.
    """
    if args["to"] <= args["from"]:
        raise Invalid("to", "not_after_from", "give_an_end_after_the_start")
    if work.contract.state == "refused":
        return
    if args.get("everywhere"):
        give_back_interrupted(work)
        return
    work.event("outage_reported", spec["rule"])
    contract, whole = work.contract, list(_whole_months(args))
    open_from = month_of(contract.closed_to or work.day)
    coming = tuple(m for m in whole if m >= open_from and m not in contract.free_months)
    work.set(free_months=(*contract.free_months, *coming))
    _give_back(work, [billed for m in whole for billed in _billed(work.contract, m, m)])


def _whole_months(args: Mapping[str, Any]) -> Iterator[date]:
    start, end = args["from"], args["to"]
    for month in months(japan_day(start), japan_day(end)):
        midnight = at_japan(month_end(month) + ONE_DAY, _MIDNIGHT)
        if start <= at_japan(month, _MIDNIGHT) and midnight <= end:
            yield month


def give_back_interrupted(work: Work) -> None:
    """What was billed for months that an interruption touched, once it is a long one (LRH-INT-4)."""
    if not work.contract.billed:
        return
    for span in free_spans(work.terms):
        if span.settled_at <= work.at:
            _give_back(work, list(_billed(work.contract, span.first, span.last)))


def next_credit_day(contract: Contract, terms: Terms) -> date | None:
    """The day on which an interruption gives back what was billed, as things stand."""
    if not contract.billed:
        return None
    spans = free_spans(terms)
    if not spans:
        return None
    return min((japan_day(s.settled_at) for s in spans if any(_billed(contract, s.first, s.last))), default=None)


def _billed(contract: Contract, first: date, last: date | None) -> Iterator[tuple[date, int, str]]:
    """The billed months of a span, with yen and figures, oldest first."""
    for start, end, amount, figures in contract.billed:
        for month in months(max(first, start), end if last is None else min(last, end)):
            yield month, amount, figures


def _give_back(work: Work, billed: Sequence[tuple[date, int, str]]) -> None:
    cites = tuple(work.terms.section("outage")["cites"])
    for month, amount, figures in billed:
        runs = tuple(part for run in work.contract.billed for part in _without(run, month))
        work.set(billed=runs)
        work.owe(
            Charge(
                "outage_credit", work.day, -amount, "included", None, month, month_end(month), with_fee=True, cites=cites,
                figures=figures,
            )
        )  # fmt: skip
        work.event("month_given_back", *cites, month=month, amount=amount)


def _without(run: Run, month: date) -> Iterator[Run]:
    first, last, amount, figures = run
    if not first <= month <= last:
        yield run
        return
    if first < month:
        yield first, add_months(month, -1), amount, figures
    if month < last:
        yield add_months(month, 1), last, amount, figures


def within(charges: Sequence[Charge], fees: Sequence[Line]) -> tuple[list[Charge], list[Charge]]:
    """Charges with their credits cut to the fees of the bill, oldest month first; and what is left of the credits."""
    waiting = [c for c in charges if c.with_fee and c.amount < 0]
    if not waiting:
        return list(charges), []
    room = sum(line.amount for line in fees)
    taken, rest = [c for c in charges if not (c.with_fee and c.amount < 0)], []
    for credit in sorted(waiting, key=lambda c: c.first or c.day):
        used = min(room, -credit.amount)
        room -= used
        left = -credit.amount - used
        if used:
            taken.append(replace(credit, amount=-used, figures=_less(credit, left)))
        if left:
            rest.append(replace(credit, amount=-left, figures=_less(credit, used)))
    return taken, rest


def carried(charges: Sequence[Charge], over: int) -> list[Charge]:
    """What is left of outage credits that are larger than all the rest of a bill, by `over` yen: the newest of them."""
    rest: list[Charge] = []
    for credit in reversed([c for c in charges if c.item == "outage_credit"]):
        left = min(over, -credit.amount)
        over -= left
        if left:
            rest.append(replace(credit, amount=-left, figures=_less(credit, -credit.amount - left)))
    return rest


def _less(credit: Charge, part: int) -> str:
    return credit.figures if not part else f"{credit.figures}-{part}"
