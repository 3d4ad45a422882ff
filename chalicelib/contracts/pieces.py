"""Options that are counted in pieces: held from one moment to another, billed by the most that a month saw at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.contracts.contract import Option
from chalicelib.contracts.work import Work, needs_open
from chalicelib.dates import month_of
from chalicelib.errors import Refused


def asked_for(asked: Iterable[Mapping[str, Any]], day: date) -> tuple[Option, ...]:
    """The pieces of an application, one value for each option."""
    wanted: dict[str, int] = {}
    for one in asked:
        wanted[one["option"]] = wanted.get(one["option"], 0) + one.get("quantity", 1)
    return tuple(Option(name, day, number, with_application=True) for name, number in wanted.items())


def most_in(option: Option, month: date) -> int:
    """How many pieces a month is billed for, at its closing: the most that were held at any one moment (LRH-CHG-4)."""
    return option.peak if option.peak_month == month else option.quantity


def begin(work: Work) -> None:
    """The contract is formed today: what was applied for is held from now on."""
    work.set(options=tuple(_begun(o, work.day) if o.is_pending() else o for o in work.contract.options))


def add_pieces(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """More pieces, at any time from the application to the end (LRH-CHG-3)."""
    needs_open(work, spec["rule"])
    name, number = args["option"], args.get("quantity", 1)
    if name not in work.terms.section("options")["ids"]:
        raise Refused("option_not_offered", spec["rule"])
    held = _held(work, name)
    if held is None:
        held = Option(name, work.day, 0, with_application=work.contract.formed_on is None)
        work.set(options=(*work.contract.options, held))
    _change(work, held, held.quantity + number)
    work.event("option_added", spec["rule"], option=name, quantity=number)


def remove_pieces(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Pieces given back today; never more than are held (LRH-CHG-4)."""
    needs_open(work, spec["rule"])
    name, number = args["option"], args.get("quantity", 1)
    held = _held(work, name)
    if held is None or number > held.quantity:
        raise Refused("not_held", spec["rule"])
    _change(work, held, held.quantity - number)
    work.event("option_removed", spec["rule"], option=name, quantity=number)


def _change(work: Work, held: Option, number: int) -> None:
    """Another number from this moment on. What the month brought along counts for it, even if it goes at its first moment."""
    month = month_of(work.day)
    before = held.peak if held.peak_month == month else held.quantity
    new = replace(held, quantity=number, dropped=False)
    if work.contract.formed_on is not None:
        begun = _begun(new, work.day) if held.starts_on is None or not held.quantity else new
        ends = work.contract.ends_on if number else work.day
        new = replace(begun, peak=max(before, number), peak_month=month, ends_on=ends)
    elif not number:
        new = replace(new, dropped=True)
    work.set(options=tuple(new if o is held else o for o in work.contract.options))


def _begun(option: Option, day: date) -> Option:
    return replace(option, starts_on=day, begun=True)


def _held(work: Work, name: str) -> Option | None:
    return next((o for o in work.contract.options if o.option == name), None)
