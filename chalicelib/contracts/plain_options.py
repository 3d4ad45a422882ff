"""Options that need no equipment: on from the day they are asked for, off at once or at the month's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.contracts.contract import Contract, Option
from chalicelib.contracts.equipment import needs_open
from chalicelib.contracts.starting import option_fitted, put_option
from chalicelib.contracts.work import Work
from chalicelib.dates import month_end
from chalicelib.errors import Refused


def is_on(contract: Contract, name: str) -> bool:
    """Whether an option is switched on now."""
    return any(o.option == name and not o.dropped and o.starts_on is not None for o in contract.options)


def held_option(contract: Contract, name: str) -> Option | None:
    """The newest of that name: one that ended with an earlier month may have been taken again since."""
    return next((o for o in reversed(contract.options) if o.option == name and not o.dropped), None)


def switch_on(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An option from today on. One that ends at the month's end goes on instead; one may switch another off (IPS-FUN-3)."""
    needs_open(work, spec["rule"])
    rules, name, quantity = work.terms.section("options"), args["option"], args.get("quantity", 1)
    if name not in rules["ids"]:
        raise Refused("not_provided", spec["rule"])
    held = held_option(work.contract, name)
    if held is not None and held.ends_on is not None and held.ends_on < work.day:
        held = None
    if name in rules.get("limits", {}):
        _count_on(work, held, name, quantity, spec)
        return
    if quantity != 1 or (held is not None and held.ends_on in (None, work.contract.ends_on)):
        raise Refused("already_held", spec["rule"])
    if held is not None:  # it was to end with the month, and goes on
        put_option(work, held, replace(held, ends_on=work.contract.ends_on))
    else:
        add_now(work, name)
    for group in rules.get("exclusive", ()):
        for other in (o for o in group if name in group and o != name):
            _switch_off(work, other)
    work.event("option_added", spec["rule"], option=name)


def add_now(work: Work, name: str, quantity: int = 1) -> None:
    """Put an option on the contract; it runs from today, or from the service's first day when that is later."""
    option = Option(name, work.day, quantity)
    work.set(options=(*work.contract.options, option))
    option_fitted(work, option)


def _count_on(work: Work, held: Option | None, name: str, quantity: int, spec: Mapping[str, Any]) -> None:
    """An option of which there may be so many in all; each step adds to them (IPS-FUN-2)."""
    limit = work.terms.value(work.terms.section("options")["limits"][name]["most"], work.day)
    if (held.quantity if held else 0) + quantity > limit:
        raise Refused(work.terms.section("options")["limits"][name]["reason"], spec["rule"])
    if held is None:
        add_now(work, name, quantity)
    else:
        put_option(work, held, replace(held, quantity=held.quantity + quantity))
    work.event("option_added", spec["rule"], option=name, quantity=quantity)


def switch_off(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An option ends, at once or with the month, as the terms say (AMM-FEE-11)."""
    needs_open(work, spec["rule"])
    rules, name, quantity = work.terms.section("options"), args["option"], args.get("quantity", 1)
    option = held_option(work.contract, name)
    if option is None or (option.ends_on is not None and option.ends_on < work.day):
        raise Refused("not_held", spec["rule"])
    if name in rules.get("limits", {}) and quantity < option.quantity and "quantity" in args:
        put_option(work, option, replace(option, quantity=option.quantity - quantity))
    elif rules.get("removal") == "month_end" and option.starts_on is not None and option.starts_on <= work.day:
        ends = month_end(work.day)
        if option.ends_on is not None and option.ends_on <= ends:
            raise Refused("already_cancelling", spec["rule"])
        put_option(work, option, replace(option, ends_on=ends))
    else:
        _switch_off(work, name)
    work.event("option_removed", spec["rule"], option=name)
    work.notice("option_ended", option=name)


def _switch_off(work: Work, name: str) -> None:
    option = held_option(work.contract, name)
    if option is not None:
        put_option(work, option, replace(option, dropped=True, ends_on=work.day))
