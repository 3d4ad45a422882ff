"""Fees that were evaded, and use that could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from chalicelib.billing.rating import used_between
from chalicelib.contracts.contract import Charge
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, days_in_month, japan_day, month_end, month_of
from chalicelib.errors import Invalid, Refused


def find_evasion(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A surcharge of so many times the evaded amount, with the amount itself or instead of it (AMM-EVA-1, IPS-EVA-1)."""
    rules, amount = work.terms.section("evasion"), args["amount"]
    if work.contract.state in ("applied", "refused"):
        raise Refused("no_contract", spec["rule"])
    if amount <= 0:
        raise Invalid("amount", "not_positive", "give_a_positive_amount")
    factor, cites = work.terms.value(rules["factor"], work.day), tuple(rules["cites"])
    if "with" in rules:
        work.owe(Charge(rules["with"], work.day, amount, rules["tax"], cites=cites, ref="evaded"))
    figures = f"{amount}*{factor}"
    work.owe(Charge("evasion_surcharge", work.day, factor * amount, rules["tax"], cites=cites, figures=figures))
    work.event("evasion_found", spec["rule"], amount=amount)


def metering_failure(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Days without measurement are charged at the lowest daily mean of up to six months before (IPS-FEE-10).

    `from` and `to` are instants, or days of which both are without; a day that `to` only reaches at 00:00 is not.
    """
    first, last = _first_day(args["from"]), _last_day(args["to"])
    if last < first:
        raise Invalid("to", "not_after_from", "give_an_end_after_the_start")
    contract, rules = work.contract, work.terms.section("usage")
    if contract.state in ("applied", "refused") or contract.service_starts_on is None:
        raise Refused("no_contract", spec["rule"])
    began = contract.service_starts_on
    looked_at = [add_months(month_of(first), -n) for n in range(1, work.terms.value(rules["mean_months"], first) + 1)]
    whole = [month for month in looked_at if began <= month]
    if len(whole) < work.terms.value(rules["least_months"], first):  # an operator looks up the days and enters the figure
        raise Refused("too_few_months", spec["rule"])
    means = [(Fraction(used_between(contract, m, month_end(m)), days_in_month(m)), m) for m in whole]
    lowest, month = min(means)
    days = (last - first).days + 1
    used = used_between(contract, month, month_end(month))
    work.event("metering_failed", spec["rule"], days=days)
    if int(lowest * days):
        figures = f"{used}*{days}/{days_in_month(month)}"
        work.owe(
            Charge(rules["calls"]["item"], work.day, int(lowest * days), "excluded", cites=(spec["rule"],), figures=figures)
        )


def _first_day(moment: date) -> date:
    return japan_day(moment) if isinstance(moment, datetime) else moment


def _last_day(moment: date) -> date:
    return japan_day(moment - timedelta.resolution) if isinstance(moment, datetime) else moment
