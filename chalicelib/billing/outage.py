"""Credits for outages by the provider's fault: whole blocks of hours, split by month, rounded up (STN-OUT-1 to 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from chalicelib.billing import credits as credits_of_months
from chalicelib.billing.fees import fee_span
from chalicelib.billing.rating import used_between
from chalicelib.contracts import dormancy
from chalicelib.contracts.contract import Charge, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work, needs_open
from chalicelib.dates import ONE_DAY, add_months, at_japan, days_in_month, japan_day, month_end, month_of
from chalicelib.errors import Invalid
from chalicelib.money import share_ceil


def report_outage(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An outage that was reported today: what it gives back is owed as negative charges."""
    if credits_of_months.gives_back(work.terms):
        credits_of_months.report_fault(work, args, spec)
        return
    if args["to"] <= args["from"]:
        raise Invalid("to", "not_after_from", "give_an_end_after_the_start")
    contract, rules = work.contract, work.terms.section("outage")
    if not rules:
        needs_open(work, spec["rule"])
    if contract.ends_on is not None and japan_day(args["from"]) > contract.ends_on:
        return  # it ended before
    if args.get("everywhere") and rules.get("named_only"):
        return  # only a report that names the contract counts (IPS-OUT-1)
    work.event("outage_reported", spec["rule"])
    dormancy.outage_known(work, args["from"], args["to"])
    if not rules:
        return  # the terms give no credit (ORM-CHG-3)
    if contract.state == "refused" or contract.nothing_owed:
        return
    if _was_suspended(contract, args["from"]) and not rules.get("while_suspended"):
        return
    for charge in _SHAPES[rules.get("shape", "blocks_of_hours")](work, args["from"], args["to"]):
        if charge.amount:
            work.owe(charge)


def _blocks_of_hours(work: Work, start: datetime, end: datetime) -> list[Charge]:
    """One credit for each calendar month, rounded up (STN-OUT-2, STN-OUT-3)."""
    cites = tuple(work.terms.section("outage")["cites"])
    return [
        Charge(
            "outage_credit", work.day, -amount, "included", None, first, last, cites=cites, ref=month.isoformat(),
            figures=figures,
        )
        for month, amount, figures, first, last in credits(work.contract, work.terms, start, end)
        if amount > 0
    ]  # fmt: skip


def _one_sum(work: Work, start: datetime, end: datetime) -> list[Charge]:
    """One credit, for the month in which the outage ended: each unit at its own month's fee, rounded once (AMM-OUT-2, 3)."""
    rules, contract, terms = work.terms.section("outage"), work.contract, work.terms
    days = _unit_days(contract, terms, start, end)
    if not days or contract.billing_starts_on is None:
        return []
    keys = [key.format(plan=contract.plan) for key in rules["fees"]]
    fees = [sum(terms.price(key, max(month_of(day), contract.billing_starts_on)) for key in keys) for day in days]
    exact = sum((Fraction(fee, days_in_month(day)) for fee, day in zip(fees, days, strict=True)), Fraction(0))
    up_from = Fraction(terms.value(rules["round_up_from"], days[0]))
    amount = int(exact) + (1 if exact - int(exact) >= up_from else 0)
    parts = [f"{fee}*{n}/{whole}" for (fee, whole), n in Counter(zip(fees, map(days_in_month, days), strict=True)).items()]
    return [_credit(work, amount, days[0], days[-1], japan_day(end), "+".join(parts))]


def _daily_mean(work: Work, start: datetime, end: datetime) -> list[Charge]:
    """Each unit at the daily mean of what was used in the months before, rounded down (IPS-OUT-2)."""
    contract, terms = work.contract, work.terms
    days = _unit_days(contract, terms, start, end)
    began = contract.service_starts_on
    if not days or began is None:
        return []
    month = month_of(japan_day(start))
    first, last = add_months(month, -terms.value(terms.section("usage")["mean_months"], month)), month - ONE_DAY
    if began > first:
        first, last = began, japan_day(start) - ONE_DAY
    whole = (last - first).days + 1
    if whole <= 0:
        return []
    used = used_between(contract, first, last)
    figures = f"{used}*{len(days)}/{whole}"
    return [_credit(work, used * len(days) // whole, days[0], days[-1], japan_day(end), figures)]


def _credit(work: Work, amount: int, first: date, last: date, day: date, figures: str) -> Charge:
    """A credit that lowers the taxed sum of the month in which the outage ended."""
    cites = tuple(work.terms.section("outage")["cites"])
    return Charge(
        "outage_credit", day, -amount, "excluded", None, first, last, cites=cites, tax_on=month_end(day), figures=figures
    )


def _unit_days(contract: Contract, terms: Terms, start: datetime, end: datetime) -> list[date]:
    """The days on which the whole units of an outage begin, cut to the contract's running time; none below the threshold."""
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
    return [japan_day(start + unit * n) for n in range((end - start) // unit)]


def credits(contract: Contract, terms: Terms, start: datetime, end: datetime) -> list[tuple[date, int, str, date, date]]:
    """Month, yen and how they were reckoned, first and last credited day for each calendar month of an outage.

    The outage is cut to the contract's running time.
    """
    blocks = _unit_days(contract, terms, start, end)
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


_SHAPES: dict[str, Callable[[Work, datetime, datetime], list[Charge]]] = {
    "blocks_of_hours": _blocks_of_hours,
    "one_sum": _one_sum,
    "daily_mean": _daily_mean,
}
