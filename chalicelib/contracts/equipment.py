"""Steps about equipment: shipping, delivery, installation and repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.contracts.ending import terminate_now
from chalicelib.contracts.owing import occasion
from chalicelib.contracts.shipping import is_shipping_stop
from chalicelib.contracts.starting import fix_start, option_fitted, own, start_shape
from chalicelib.contracts.visits import feeds_no_grid, visited
from chalicelib.contracts.work import Work, needs_open
from chalicelib.errors import Refused

__all__ = [
    "deliver_devices",
    "deliver_option",
    "hold_shipping",
    "install",
    "needs_open",
    "reinstall",
    "ship",
    "ship_now",
    "unreachable_until",
]


def hold_shipping(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Out of stock: the next `ship` counts instead of the computed day (ALW-SHP-4)."""
    if work.contract.ships_on is None or work.contract.shipped_on is not None:
        raise Refused("not_waiting_to_ship", spec["rule"])
    work.set(shipping_held=True, ships_on=None)
    work.event("shipping_held", spec["rule"])


def ship(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An operator sent the equipment today; never on a day without shipping."""
    contract = work.contract
    if contract.shipped_on is not None or not contract.devices or contract.state in ("applied", "refused"):
        raise Refused("not_waiting_to_ship", spec["rule"])
    if is_shipping_stop(work.terms, work.day, work.terms.calendar):
        raise Refused("no_shipping_today", spec["rule"])
    ship_now(work)


def ship_now(work: Work) -> None:
    """The ordered devices leave today; what they cost is owed."""
    work.set(ships_on=work.day, shipped_on=work.day, shipping_held=False)
    for device in work.contract.devices:
        occasion(work, "shipped", sku=device.sku, quantity=device.quantity)
    work.event("shipped", work.terms.section("shipping")["rule"])
    work.notice("device_shipped")


def deliver_devices(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Ordered devices arrived, all of them or those of one sku. With the last one the service starts (ALW-STA-1, ALW-STA-3)."""
    needs_open(work, spec["rule"])
    contract, sku = work.contract, args.get("sku")
    if contract.shipped_on is None or work.day < contract.shipped_on:
        raise Refused("not_shipped", spec["rule"])
    waiting = [d for d in contract.devices if d.delivered_on is None]
    if contract.service_starts_on is not None or not waiting:
        raise Refused("already_started" if not contract.sale_only else "already_delivered", spec["rule"])
    arrived = [d for d in waiting if sku in (None, d.sku)]
    if not arrived:
        raise Refused("not_ordered", spec["rule"])
    if args.get("outcome", "done") != "done":
        work.event("delivery_failed", spec["rule"], outcome=args["outcome"])
        return
    work.set(devices=tuple(replace(d, delivered_on=work.day) if d in arrived else d for d in contract.devices))
    work.event("delivered", spec["rule"], sku=sku or "all")
    if len(arrived) == len(waiting) and not contract.sale_only and start_shape(work)["shape"] == "on_delivery":
        fix_start(work, work.day)


def deliver_option(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Equipment arrived that the customer fits: an option that waits for it starts (STW-STA-3)."""
    needs_open(work, spec["rule"])
    rules, sku = work.terms.section("options"), args.get("sku")
    if args.get("outcome", "done") != "done" or sku not in rules["delivered_skus"]:
        work.event("delivered" if args.get("outcome", "done") == "done" else "delivery_failed", spec["rule"], sku=sku or "all")
        return
    option = waiting_option(work)
    if option is None:
        raise Refused("no_option_waiting", spec["rule"])
    work.event("delivered", spec["rule"], sku=sku)
    if sku == rules["device"] or rules["device"] in work.contract.owned:
        option_fitted(work, option)


def waiting_option(work: Work) -> Any:
    """The option that waits for its equipment, or None. One applied for with a new contract comes with the installation."""
    for option in work.contract.options:
        comes_along = option.with_application and not work.contract.recontract_of
        if option.is_pending() and option.fitted_on is None and not comes_along:
            return option
    return None


def install(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A visit of the installer, with its outcome: done, nobody in, or customer not reached."""
    feeds_no_grid(args)
    needs_open(work, spec["rule"])
    rules = work.terms.section("installation")
    sku, outcome = args.get("sku") or rules["sku"], args.get("outcome", "done")
    main = sku == rules["sku"]
    if main and work.contract.installed_on is not None:
        raise Refused("already_installed", spec["rule"])
    option = waiting_option(work)
    if not main and (sku != rules.get("option_sku") or (option is None and outcome == "done")):
        raise Refused("no_option_waiting", spec["rule"])
    if outcome != "unreachable":
        visited(work)
    if outcome == "unreachable":
        _not_reached(work, main, spec)
    elif outcome == "absent":
        _absent(work, main, spec)
    elif main:
        _installed(work, option, spec)
    else:
        work.event("option_fitted", spec["rule"])
        # A line of a re-contract's own application belongs to its check visit; one added later is set up (STW-CHG-5).
        occasion(work, "visited" if option.with_application else "option_fitted", option=option)
        option_fitted(work, option)


def _installed(work: Work, option: Any, spec: Mapping[str, Any]) -> None:
    """The sensor is fitted; an option of a re-contract's own application is fitted in the same visit."""
    rules, contract = work.terms.section("installation"), work.contract
    work.set(installed_on=work.day, unreachable_since=None)
    work.event("installed", spec["rule"])
    occasion(work, "visited")
    occasion(work, "installed")
    comes_along = any(o.with_application and not o.dropped for o in contract.options) and not contract.recontract_of
    own(work, rules["sku"], rules.get("option_sku", "") if comes_along else "")
    if contract.service_starts_on is None:
        shape = start_shape(work)
        fix_start(work, work.day + timedelta(days=work.terms.value(shape["days"], work.day)))
    if option is not None and option.with_application:
        option_fitted(work, next(o for o in work.contract.options if o.added_on == option.added_on and o.is_pending()))


def _absent(work: Work, main: bool, spec: Mapping[str, Any]) -> None:
    """Nobody in on the agreed day: the visit is owed, and too many at the first installation end the contract (STN-TER-3)."""
    rules = work.terms.section("installation")
    work.event("absent", spec["rule"])
    occasion(work, "absent")
    if main:
        work.set(absences=work.contract.absences + 1, unreachable_since=None)
        if work.contract.absences >= work.terms.value(rules["absences"], work.day):
            terminate_now(work, rules["absent_because"])


def _not_reached(work: Work, main: bool, spec: Mapping[str, Any]) -> None:
    """The first failed call starts a count that only a visit stops (STN-TER-4)."""
    work.event("unreachable", spec["rule"])
    if main and work.contract.unreachable_since is None:
        work.set(unreachable_since=work.day)


def unreachable_until(work: Work) -> Any:
    """The day whose sweep ends a contract that nobody could reach; None while nobody is counting."""
    since = work.contract.unreachable_since
    if since is None or work.contract.state in ("ended", "refused"):
        return None
    return since + timedelta(days=work.terms.value(work.terms.section("installation")["no_contact"], since))


def reinstall(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A repair visit: free within the warranty, charged after it (STN-EQP-3, STN-REC-5)."""
    needs_open(work, spec["rule"])
    if work.contract.installed_on is None and not work.contract.in_place:
        raise Refused("not_installed", spec["rule"])
    visited(work)
    work.event("reinstalled", spec["rule"])
    occasion(work, "reinstalled")
