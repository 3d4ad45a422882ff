"""Equipment that is lent: fitted, set up again, lost, brought back. How many of each kind are lent stands in the terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts.owing import occasion
from chalicelib.contracts.signing import needs_formed
from chalicelib.contracts.starting import own
from chalicelib.contracts.visits import feeds_no_grid, visited
from chalicelib.contracts.work import Work
from chalicelib.errors import Invalid, NoTermsForDay, Refused


def install_lent(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A visit: the first installation, or that of an added or exchanged piece. It costs nothing (LRH-INS-1, LRH-INS-5)."""
    feeds_no_grid(args)
    needs_formed(work, spec["rule"])
    sku, outcome = args.get("sku"), args.get("outcome", "done")
    if sku is None and work.contract.installed_on is not None:
        raise Refused("already_installed", spec["rule"])
    rules = work.terms.section("lent")
    if sku is not None and sku not in (*rules["skus"], *rules.get("meters", ())):
        raise Refused("not_held", spec["rule"])
    visited(work)
    if outcome != "done":
        work.event(outcome, spec["rule"])
        work.notice("visit_arranged")
        return
    if sku is None:
        work.set(installed_on=work.day)
    if sku is not None and sku in rules.get("meters", ()):
        own(work, sku)  # bought elsewhere: set up, and not ours to bill (LRH-INS-6)
    work.event("installed", spec["rule"], sku=sku or "all")


def reinstall_lent(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Set up again: free soon after the first installation, else charged; the first time after a loss always (LRH-EQP-3)."""
    needs_formed(work, spec["rule"])
    if work.contract.installed_on is None:
        raise Refused("not_installed", spec["rule"])
    visited(work)
    work.event("reinstalled", spec["rule"])
    occasion(work, "reinstalled")
    work.set(loss_open=False)


def report_lost(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Pieces lost, broken by the user, or not given back: owed at their value on the day (LRH-EQP-2, LRH-EQP-4)."""
    sku, number = args.get("sku"), args.get("quantity", 1)
    if work.contract.state == "refused" or work.contract.formed_on is None:
        raise Refused("not_signed", spec["rule"])
    if sku is None:
        raise Invalid("sku", "missing", "name_the_piece")
    if sku not in work.terms.section("lent")["skus"]:
        raise Refused("not_held", spec["rule"])
    back = work.contract.returned.count(sku)
    if back and number > lent(work, sku) - back:
        raise Refused("not_held", spec["rule"])
    try:
        occasion(work, "lost", sku=sku, quantity=number)
    except NoTermsForDay as unpriced:
        raise Refused("no_price", spec["rule"]) from unpriced
    work.set(loss_open=True)
    work.event("lost", spec["rule"], sku=sku, quantity=number)


def return_lent(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Pieces that came back after the end; all of them when none is named. It moves no money (LRH-EQP-6)."""
    contract, skus = work.contract, work.terms.section("lent")["skus"]
    if contract.formed_on is None:
        raise Refused("not_signed", spec["rule"])
    if contract.state != "ended":
        raise Refused("contract_runs", spec["rule"])
    wanted, number = args.get("sku"), args.get("quantity", 1)
    back: list[str] = []
    for sku in skus:
        out = lent(work, sku) - contract.returned.count(sku)
        if sku == wanted and number > out:
            raise Refused("not_held", spec["rule"])
        back += [sku] * (number if sku == wanted else out if wanted is None else 0)
    if not back:
        raise Refused("not_held", spec["rule"])
    work.set(returned=tuple(sorted((*contract.returned, *back))))
    work.event("returned", spec["rule"], sku=wanted or "all")


def lent(work: Work, sku: str) -> int:
    """How many pieces of a sku the customer has: those of every contract, and the added ones."""
    rules = work.terms.section("lent")
    number: int = work.terms.value(rules["number"].format(sku=sku), work.day)
    added = rules.get("added", {}).get(sku)
    return number + sum(o.quantity for o in work.contract.options if o.option == added and not o.dropped)
