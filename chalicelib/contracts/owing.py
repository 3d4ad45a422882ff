"""Occasions: what happens in a contract's life that costs something, and the one-off charges the terms attach to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from chalicelib.contracts.contract import Charge, Contract, Option, Tax
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, add_years_forward, japan_day, month_of

AT_ONCE = "at_once"  # the row of charges that no closing waits for

Condition = Callable[[Contract, Terms, date], bool]


def occasion(
    work: Work,
    on: str,
    *,
    day: date | None = None,
    sku: str = "",
    quantity: int = 1,
    option: Option | None = None,
    ref: str = "",
) -> None:
    """Something happened (today, when no day is given): owe what the terms charge for it, one charge each."""
    day = day or work.day
    for spec in work.terms.data.get("occasion", ()):
        if spec["on"] == on and all(holds(name, work.contract, work.terms, day) for name in spec.get("when", ())):
            key = spec["value"].format(sku=sku)
            amount = work.terms.price(key, _priced_on(spec.get("priced_on", "day"), work.contract, day, option)) * quantity
            shown = quantity if spec.get("quantity") else None
            tax = tax_of(work.terms, key)
            work.owe(
                Charge(
                    spec["item"],
                    day,
                    amount,
                    tax,
                    shown,
                    with_end=spec.get("with_end", False),
                    row=AT_ONCE if spec.get("at_once") else "",
                    cites=tuple(spec["cites"]),
                    ref=ref,
                    ready_on=add_months(month_of(day), 1) if spec.get("ready") == "next_month" else None,
                    with_fee=spec.get("with_fee", False),
                    price=key if spec.get("repriced") else "",
                )
            )


def holds(name: str, contract: Contract, terms: Terms, day: date) -> bool:
    """Whether a condition that the terms name is true of the contract on that day."""
    return _CONDITIONS[name](contract, terms, day)


def tax_of(terms: Terms, key: str) -> Tax:
    """Whether the figure under `key` contains consumption tax: included, excluded or none."""
    entries = terms.data["values"].get(key)
    tax: Tax = entries[0]["tax"] if entries else terms.section("price_list")["tax"]
    return tax


def _priced_on(how: str, contract: Contract, day: date, option: Option | None) -> date:
    if how == "formed" and contract.formed_on is not None:
        return contract.formed_on
    if how == "applied":
        return japan_day(contract.applied_at)
    if how == "option_added" and option is not None:
        return option.added_on
    return day


def out_of_warranty(contract: Contract, terms: Terms, day: date) -> bool:
    """A re-contract has no warranty; else it lasts until the same day of the year after, the first day not counted."""
    if contract.recontract_of or contract.installed_on is None:
        return True
    return day > add_years_forward(
        contract.installed_on, terms.value(terms.section("installation")["warranty"], contract.installed_on)
    )


def costs_again(contract: Contract, terms: Terms, day: date) -> bool:
    """Whether setting up again is charged: after a loss, or later than the days for bad work (LRH-INS-3, LRH-EQP-3)."""
    if contract.loss_open or contract.installed_on is None:
        return True
    return day > contract.installed_on + timedelta(days=terms.value(terms.section("lent")["free_redo"], day))


def _with_option(contract: Contract, terms: Terms, day: date) -> bool:
    return any(o.with_application and not o.dropped for o in contract.options)


def _owns_option_device(contract: Contract, terms: Terms, day: date) -> bool:
    return terms.section("options")["device"] in contract.owned


_CONDITIONS: dict[str, Condition] = {
    "new": lambda contract, terms, day: not contract.recontract_of,
    "recontract": lambda contract, terms, day: bool(contract.recontract_of),
    "in_place": lambda contract, terms, day: contract.in_place,
    "without_devices": lambda contract, terms, day: not contract.devices,
    "with_option_at_application": _with_option,
    "without_option_at_application": lambda contract, terms, day: not _with_option(contract, terms, day),
    "option_device_owned": _owns_option_device,
    "option_device_not_owned": lambda contract, terms, day: not _owns_option_device(contract, terms, day),
    "out_of_warranty": out_of_warranty,
    "costs_again": costs_again,
    "own_contract": lambda contract, terms, day: not contract.parent,
    "further_number": lambda contract, terms, day: contract.earlier_numbers > 0,
}
