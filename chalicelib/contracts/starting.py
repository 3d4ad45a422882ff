"""When a service starts, and what starts with it: the billing, and options that waited for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts.contract import Option
from chalicelib.contracts.dormancy import access
from chalicelib.contracts.owing import holds, occasion
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, japan_day, month_of


def start_shape(work: Work) -> Mapping[str, Any]:
    """The first way to start whose conditions hold for this contract."""
    for spec in work.terms.section("start")["shapes"]:
        if all(holds(name, work.contract, work.terms, work.day) for name in spec.get("when", ())):
            found: Mapping[str, Any] = spec
            return found
    raise LookupError(f"{work.terms.file}: no start shape fits")  # a terms file without a last, unconditional shape


def accepted(work: Work) -> None:
    """The contract is formed today; a start that needs nothing else gets its day."""
    contract = work.contract
    by_signature = work.terms.section("formation").get("shape") == "on_signature"  # else the acceptance forms it
    work.set(state="accepted", formed_on=None if by_signature else work.day)
    work.event("accepted", str(work.terms.section("application").get("rule", "")))
    work.notice(work.terms.section("application").get("welcome", "accepted"))
    access(work)
    for kind in work.terms.section("application").get("after_acceptance", ()):
        work.notice(kind)
    occasion(work, "accepted")
    for option in contract.options:
        if not option.dropped:
            occasion(work, "option_ordered", option=option, ref=option_ref(option))
    shape = start_shape(work)
    if shape["shape"] == "days_after_application" and not contract.sale_only:
        applied = japan_day(contract.applied_at)
        fix_start(work, max(work.day, applied + timedelta(days=work.terms.value(shape["days"], applied))))
    if shape["shape"] == "on_acceptance":
        fix_start(work, work.day)
    if contract.parent:
        work.order(contract.parent, "take_child", child=contract.id)
    abolished = work.terms.announced_end(work.day)
    if abolished is not None:
        work.set(ends_on=abolished, ended_because="abolished")


def fix_start(work: Work, day: date) -> None:
    """The service starts on `day`: known from now on. What is due today begins at once."""
    before, shape = work.contract.service_starts_on, work.terms.section("billing_start").get("shape")
    known = shape not in (None, "month_after_paperwork")
    billing = None if not known else day if shape == "on_start" else add_months(month_of(day), 1)
    work.set(service_starts_on=day, billing_starts_on=billing)
    for option in work.contract.options:
        waits = option.is_pending() or (not option.begun and not option.dropped and option.starts_on == before)
        if waits and (option.fitted_on or (option.with_application and not work.contract.recontract_of)):
            _fix_option_start(work, option)
    if work.terms.section("start").get("told") == "when_fixed":
        work.notice("service_start", starts_on=day)
    if day <= work.day:
        begin_service(work)
    begin_options(work)


def begin_service(work: Work) -> None:
    """The first day of the service."""
    work.set(begun=True, state="active" if work.contract.state == "accepted" else work.contract.state)
    work.event("service_started", work.terms.section("start")["rule"])
    if work.terms.section("start").get("told") != "when_fixed":
        work.notice("service_start", starts_on=work.contract.service_starts_on)


def option_fitted(work: Work, option: Option) -> None:
    """The option's equipment is in place today; it starts now, or with the main service when that is later."""
    fitted = replace(option, fitted_on=work.day)
    put_option(work, option, fitted)
    if work.contract.service_starts_on is not None:
        _fix_option_start(work, fitted)
        begin_options(work)


def _fix_option_start(work: Work, option: Option) -> None:
    contract = work.contract
    assert contract.service_starts_on is not None
    starts = max(contract.service_starts_on, option.fitted_on or contract.service_starts_on)
    if contract.ends_on is None or starts <= contract.ends_on:
        put_option(work, option, replace(option, starts_on=starts, ends_on=option_ends_on(work, option)))


def option_ends_on(work: Work, option: Option) -> date | None:
    """The last day that is already known of an option: that of its contract, or of the option itself if that is abolished."""
    ends = [work.contract.ends_on, work.terms.option_abolished_on(work.day, option.plan_on(date.max))]
    return min((day for day in ends if day is not None), default=None)


def begin_options(work: Work) -> None:
    """Options whose first day has come: what they cost once is owed, their equipment becomes the customer's own."""
    for option in work.contract.options:
        if option.starts_on is not None and option.starts_on <= work.day and not option.begun and not option.dropped:
            put_option(work, option, replace(option, begun=True))
            occasion(work, "option_started", option=option, ref=option_ref(option))
            own(work, work.terms.section("options").get("device", ""))
            work.event("option_started", work.terms.section("options")["rule"], option=option.option)
            work.notice("option_started", option=option.option)


def put_option(work: Work, old: Option, new: Option) -> None:
    work.set(options=tuple(new if o is old else o for o in work.contract.options))


def own(work: Work, *skus: str) -> None:
    more = tuple(s for s in skus if s and s not in work.contract.owned)
    if more:
        work.set(owned=work.contract.owned + more)


def option_ref(option: Option) -> str:
    """Ties the charges of one option line to it."""
    return f"option:{option.added_on.isoformat()}"
