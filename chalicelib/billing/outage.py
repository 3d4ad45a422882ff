"""Credits for outages by the provider's fault: whole blocks of hours, split by month, rounded up (STN-OUT-1 to 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.billing import credits as credits_of_months
from chalicelib.billing.fees import fee_span
from chalicelib.contracts import dormancy
from chalicelib.contracts.contract import Charge, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work
from chalicelib.dates import ONE_DAY, at_japan, days_in_month, japan_day, month_of
from chalicelib.errors import Invalid
from chalicelib.money import share_ceil


def report_outage(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An outage that was reported today: what it gives back is owed as negative charges, one per calendar month."""
    if credits_of_months.gives_back(work.terms):
        credits_of_months.report_fault(work, args, spec)
        return
    if args["to"] <= args["from"]:
        raise Invalid("to", "not_after_from", "give_an_end_after_the_start")
    contract = work.contract
    if contract.ends_on is not None and japan_day(args["from"]) > contract.ends_on:
        return  # it ended before
    work.event("outage_reported", spec["rule"])
    dormancy.outage_known(work, args["from"], args["to"])
    if not work.terms.section("outage"):
        return  # the terms give no credit (ORM-CHG-3)
    if contract.state == "refused" or contract.nothing_owed or _was_suspended(contract, args["from"]):
        return
    cites = tuple(work.terms.section("outage")["cites"])
    for month, amount, figures, first, last in credits(contract, work.terms, args["from"], args["to"]):
        if amount > 0:
            work.owe(
                Charge(
                    "outage_credit", work.day, -amount, "included", None, first, last, cites=cites, ref=month.isoformat(),
                    figures=figures,
                )
            )  # fmt: skip


def credits(contract: Contract, terms: Terms, start: datetime, end: datetime) -> list[tuple[date, int, str, date, date]]:
    """Month, yen and how they were reckoned, first and last credited day for each calendar month of an outage.

    The outage is cut to the contract's running time.
    """
    span, rules = fee_span(contract), terms.section("outage")
    if span is None or contract.service_starts_on is None:
        return []
    start = max(start, at_japan(contract.service_starts_on, time()))
    if contract.ends_on is not None:
        end = min(end, at_japan(contract.ends_on + ONE_DAY, time()))
    day = japan_day(start)
    if end - start < timedelta(hours=terms.value(rules["threshold_hours"], day)):
        return []
    unit = timedelta(hours=terms.value(rules["unit_hours"], day))
    blocks = [japan_day(start + unit * n) for n in range((end - start) // unit)]
    found = []
    for month in dict.fromkeys(month_of(block) for block in blocks):
        days = [block for block in blocks if month_of(block) == month]
        fees = [_fees_on(contract, terms, block) for block in days]
        whole = days_in_month(month)
        found.append((month, share_ceil(sum(fees), 1, whole), f"{_added(fees)}/{whole}", days[0], days[-1]))
    return found


def _added(fees: list[int]) -> str:
    """`3080*2`, or `(3080*2+3300*1)` where the fee changed in between."""
    parts = [f"{fee}*{fees.count(fee)}" for fee in dict.fromkeys(fees)]
    return parts[0] if len(parts) == 1 else f"({'+'.join(parts)})"


def _fees_on(contract: Contract, terms: Terms, day: date) -> int:
    """The full monthly fees in force on a day: the main service's and a running option's."""
    total = 0
    for key in terms.section("outage")["fees"]:
        if not key.endswith(":*"):
            total += terms.price(key, day)
            continue
        for option in contract.options:
            if not option.dropped and option.runs_on(day):
                total += terms.price(f"{key[:-1]}{option.plan_on(day)}", day)
    return total


def _was_suspended(contract: Contract, at: datetime) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in contract.suspensions)
