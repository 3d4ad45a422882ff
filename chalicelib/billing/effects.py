"""What an announcement would mean for one contract: the year after it, played ahead with it and without it. Nothing is stored.

Both plays take every bill that is not overdue yet as paid on its due day, so the difference is the announcement's alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.billing import engine
from chalicelib.billing.quote import Quote, play
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, japan_day, month_end, month_of
from chalicelib.errors import Refused

MONTHS = 12  # closings that are compared, that of the effective day's month first


@dataclass(frozen=True, slots=True)
class Effect:
    """One contract's year under the terms as they are, and as they would be. Whole yen; `notices` are text keys."""

    contract: Contract  # as it stands when the announcement is made
    bills_before: int
    bills_after: int
    refunds_before: int
    refunds_after: int
    ends_before: date | None
    ends_after: date | None
    notices: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """What the customer pays more (less, when negative), money that goes back taken off."""
        return self.bills_after - self.refunds_after - (self.bills_before - self.refunds_before)


def effect(
    contract: Contract, present: Terms, changed: Terms, at: datetime, told: Command | None, effective_on: date
) -> Effect:
    """What it means for `contract` that `changed` are its terms from `at` on, and that `told` reaches it.

    `told` None: nobody is told. Compared are the bills of the twelve months from `first_month`, and all refunds until
    these bills are out. Raises NoTermsForDay where a price is missing.
    """
    first = first_month(at, effective_on)
    until = month_end(add_months(first, MONTHS))  # bills of the last month leave in the one after it
    without = engine.advance(contract, present, at)
    with_it = _heard(contract, changed, told) if told is not None else engine.advance(contract, changed, at)
    before, after = play(without, present, until), play(with_it, changed, until)
    kinds = Counter(n.kind for n in with_it.notices) - Counter(n.kind for n in without.notices)
    return Effect(
        contract,
        _billed(before, first), _billed(after, first),
        _paid_back(before), _paid_back(after),
        before.ends_on, after.ends_on,
        tuple(sorted(kinds.elements())),
    )  # fmt: skip


def first_month(at: datetime, effective_on: date) -> date:
    """The first month that is compared: that of the effective day, or the running one where the day is past already."""
    return max(month_of(effective_on), month_of(japan_day(at)))


def _heard(contract: Contract, changed: Terms, told: Command) -> Decision:
    """The contract hears what is announced; one whom it does not concern lets only its days pass."""
    try:
        return engine.handle(contract, changed, told)
    except Refused:
        return engine.advance(contract, changed, told.at)


def _billed(played: Quote, first: date) -> int:
    return sum(bill.total for bill in played.invoices if first <= bill.month < add_months(first, MONTHS))


def _paid_back(played: Quote) -> int:
    return sum(refund.amount for refund in played.refunds)
