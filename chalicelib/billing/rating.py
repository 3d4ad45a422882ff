"""Use becomes charges: calls by started units, free destinations, free credit, messages by amount, data by day.

What is used is rated when it is recorded and waits as a charge of its month, to be billed as late as the terms say.
A record may tell of a day that is over (`used_on`), as long as the bill of that day's month has not been closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from chalicelib.contracts.contract import Charge, Contract
from chalicelib.contracts.ending import is_suspended
from chalicelib.contracts.plain_options import is_on
from chalicelib.contracts.work import Work
from chalicelib.dates import ONE_DAY, add_months, at_japan, month_end, month_of
from chalicelib.errors import Invalid, Refused

ABROAD = "abroad"
HISTORY_MONTHS = -13  # months whose use is remembered: six before the one of an outage, reported half a year later at most


@dataclass(frozen=True, slots=True)
class _Rated:
    """One call: its units, what they cost, and whether it went abroad."""

    units: int
    amount: int
    abroad: bool


def record_usage(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Use of the day of the step, or of the day `used_on` before it. One impossible call refuses the whole record.

    Rules: AMM-FEE-7 to 10, IPS-FEE-1 to 6. Raises Refused("month_closed") once the month's use was billed (AMM-INV-2).
    """
    rules = work.terms.section("usage")
    day = _day_of_use(work, args.get("used_on"), spec["rule"])
    found = [kind for kind in ("calls", "megabytes", "sms_yen") if kind in args]
    if not found:
        raise Invalid("calls", "missing", "give_calls_megabytes_or_sms_yen")
    for kind in found:
        rule = rules.get(kind)
        if rule is None or ("plans" in rule and work.contract.plan not in rule["plans"]):
            raise Refused(rules["not_on_plan"].get(kind, "not_provided"), spec["rule"])
    if "calls" in args:
        rated = [one for call in args["calls"] if (one := _rate(work, call, rules["calls"], day)) is not None]
        _owe_calls(work, rated, rules["calls"], day)
    if "sms_yen" in args:
        _owe_use(work, day, rules["sms_yen"]["item"], args["sms_yen"], None, "", tuple(rules["sms_yen"]["cites"]))
    if "megabytes" in args:
        _count_data(work, day, args["megabytes"], rules["megabytes"])
    work.event("usage_recorded", spec["rule"], kinds=found, **({"used_on": day} if day < work.day else {}))


def _day_of_use(work: Work, used_on: date | None, rule: str) -> date:
    """The day that a record tells of, when the line could be used on it and its month can still be billed.

    A line that is over since could be used until its last day; one that was suspended only later, until then.
    """
    contract, day = work.contract, used_on or work.day
    if day > work.day:
        raise Invalid("used_on", "day_has_not_come", "give_a_day_that_is_over")
    past = day < work.day
    if contract.state in ("refused", "applied"):
        raise Refused("no_contract", rule)
    if contract.state == "ended" and not (past and contract.ends_on and day <= contract.ends_on and not contract.nothing_owed):
        raise Refused("ended", rule)
    if _withheld(contract, day) if past else is_suspended(contract):
        raise Refused("suspended", rule)
    if contract.service_starts_on is None or contract.service_starts_on > day:
        raise Refused("not_started", rule)
    if past and work.day >= add_months(month_of(day), _lag(work, day) + 1):
        raise Refused("month_closed", rule)
    return day


def _withheld(contract: Contract, day: date) -> bool:
    """Whether the line was suspended all through that day; on a day of which a part was free, it could be used."""
    begins, ends = at_japan(day, time()), at_japan(day + ONE_DAY, time())
    return any(since <= begins and (until is None or until >= ends) for since, until in contract.suspensions)


def _lag(work: Work, day: date) -> int:
    """How many months later than its own month a day's use is billed."""
    lag: int = work.terms.value(work.terms.section("usage")["lag_months"], day)
    return lag


def _rate(work: Work, call: Mapping[str, Any], rules: Mapping[str, Any], day: date) -> _Rated | None:
    """A call's units and price; None for one that costs nothing. Raises Refused for one that cannot have been."""
    kind, to = call.get("kind", "outgoing"), str(call["to"])
    if kind == "incoming":
        return None
    abroad = to.startswith(f"{ABROAD}:")
    if "reachable" in rules:
        _possible(work, kind, to, abroad, rules, day)
    if to in rules.get("free", ()):
        return None
    seconds, unit = call["seconds"], work.terms.value(rules["unit_seconds"], day)
    cut_off = kind == "dropped" and rules.get("dropped") == "whole_units"
    units = seconds // unit if cut_off else -(-seconds // unit)
    key = rules["value_abroad"] if abroad and "value_abroad" in rules else rules["value"]
    return _Rated(units, units * work.terms.price(key, _priced_on(work, day)), abroad and "value_abroad" in rules)


def _possible(work: Work, kind: str, to: str, abroad: bool, rules: Mapping[str, Any], day: date) -> None:
    """Whether the option that the call needs is on, and whether its destination can be reached (IPS-FEE-4, IPS-FEE-5)."""
    cites, contract = rules["cites"], work.contract
    if kind == "forwarded":
        if not is_on(contract, rules["forwarding"]):
            raise Refused("forwarding_off", cites[0])
        if abroad:
            raise Refused("forwarding_abroad", cites[0])
    known = to.partition(":")[2] in work.terms.value(rules["countries"], day) if abroad else to in rules["reachable"]
    if not known:
        raise Refused("destination_not_available", cites[0])
    if abroad and not is_on(contract, rules["international"]):
        raise Refused("international_calls_off", cites[0])


def _priced_on(work: Work, day: date) -> date:
    """The price of a month is that of its first day, or of the day on which the service began in it (AMM-FEE-12)."""
    return max(month_of(day), work.contract.service_starts_on or day)


def _owe_calls(work: Work, rated: list[_Rated], rules: Mapping[str, Any], day: date) -> None:
    cites, item = tuple(rules["cites"]), rules["item"]
    for abroad in (False, True):
        part = [one for one in rated if one.abroad == abroad]
        units, amount = sum(one.units for one in part), sum(one.amount for one in part)
        if amount:
            _owe_use(work, day, item, amount, units, ABROAD if abroad else "", cites)
    used = _spend_credit(work, rated, rules, day) if "credit" in rules else 0
    _remember(work, day, sum(one.amount for one in rated) - used)


def _spend_credit(work: Work, rated: list[_Rated], rules: Mapping[str, Any], day: date) -> int:
    """The free calls: each call takes what is left, in the order in which they were made (IPS-FEE-3)."""
    credit, contract = rules["credit"], work.contract
    left = work.terms.price(credit["value"], contract.service_starts_on or work.day) - contract.credit_used
    used = untaxed = 0
    for one in rated:
        taken = min(left - used, one.amount)
        used, untaxed = used + taken, untaxed + (taken if one.abroad else 0)
    if used > 0:
        work.set(credit_used=contract.credit_used + used)
        _owe_use(work, day, credit["item"], -used, None, "", tuple(credit["cites"]), untaxed=-untaxed)
    return used


def _owe_use(
    work: Work, day: date, item: str, amount: int, units: int | None, ref: str, cites: tuple[str, ...], untaxed: int = 0
) -> None:
    """Adds to what the month's use costs so far: one charge per item, billed with the month after (AMM-INV-2)."""
    month, contract = month_of(day), work.contract
    before = next((c for c in contract.owed if (c.item, c.first, c.ref) == (item, month, ref)), None)
    if before is None:
        before = Charge(
            item, day, 0, "none" if ref == ABROAD else "excluded", None if units is None else 0, month, month_end(month),
            ready_on=add_months(month, _lag(work, day)), cites=cites, ref=ref,
        )  # fmt: skip
    after = replace(
        before,
        amount=before.amount + amount,
        quantity=None if units is None else (before.quantity or 0) + units,
        untaxed=before.untaxed + untaxed,
    )
    if after.quantity and after.amount % after.quantity == 0:
        after = replace(after, figures=f"{after.amount // after.quantity}*{after.quantity}")
    work.set(owed=(*(c for c in contract.owed if c is not before), after))


def _remember(work: Work, used_on: date, amount: int) -> None:
    """Use by day of this month and the last, by month before, as far back as an outage's mean looks (IPS-OUT-2)."""
    if not work.terms.section("usage").get("remembers"):
        return
    contract, oldest = work.contract, add_months(month_of(work.day), -1)
    days = dict(contract.used_days)
    days[used_on] = days.get(used_on, 0) + amount
    months = dict(contract.used_months)
    for day in [day for day in days if day < oldest]:
        months[month_of(day)] = months.get(month_of(day), 0) + days.pop(day)
    forgotten = add_months(month_of(work.day), HISTORY_MONTHS)
    work.set(
        used_days=tuple(sorted(days.items())),
        used_months=tuple(sorted((month, yen) for month, yen in months.items() if month >= forgotten)),
    )


def used_between(contract: Contract, first: date, last: date) -> int:
    """Yen of use after credit, without tax, from `first` to `last`. Months that are over long since count whole."""
    by_day = sum(yen for day, yen in contract.used_days if first <= day <= last)
    return by_day + sum(yen for month, yen in contract.used_months if first <= month_end(month) and month <= last)


def _count_data(work: Work, day: date, megabytes: int, rules: Mapping[str, Any]) -> None:
    """Data of a day: beyond the daily volume the line is slow until midnight; it never costs anything (AMM-DAT-1, 2).

    Of a day that is over nothing is counted: the line is fast again, and nobody is told of what has passed.
    """
    if day < work.day:
        return
    before = data_used(work.contract, work.day)
    work.set(data_on=work.day, data_megabytes=before + megabytes)
    limit = work.terms.value(rules["per_day"], work.day)
    if before <= limit < before + megabytes:
        work.event("speed_limited", rules["cites"][0], megabytes=before + megabytes)
        work.notice("speed_limited")


def data_used(contract: Contract, day: date) -> int:
    """Megabytes of that day; the count begins anew at midnight."""
    return contract.data_megabytes if contract.data_on == day else 0
