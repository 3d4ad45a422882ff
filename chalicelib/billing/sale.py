"""Devices that are sold: the price in one sum or in parts, title kept until all is paid, parts that fall due at once.

They have a row of invoices of their own, with payments and interest of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.billing import plan
from chalicelib.billing.arrears import overdue_entries
from chalicelib.billing.instalments import part_line
from chalicelib.contracts.contract import Charge, Device, Entry, Instalments
from chalicelib.contracts.owing import tax_of
from chalicelib.contracts.work import Work
from chalicelib.dates import ONE_DAY, month_of
from chalicelib.errors import Refused


def deliver_sold(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Sold devices were handed over, all or those of one sku: from now on their price is owed (AMD-PAY-1, AMD-PAY-2).

    Also when the line has ended meanwhile: the sale is a contract of its own, and what was handed over is paid (AMD-PAY-3).
    """
    sku = args.get("sku")
    if work.contract.state in ("applied", "refused"):
        raise Refused("no_contract", spec["rule"])
    waiting = [d for d in work.contract.devices if d.delivered_on is None and sku in (None, d.sku)]
    if not waiting:
        raise Refused("already_delivered" if work.contract.devices else "not_ordered", spec["rule"])
    if args.get("outcome", "done") != "done":
        work.event("delivery_failed", spec["rule"], outcome=args["outcome"])
        return
    for device in waiting:
        _owe(work, device)
    work.set(
        devices=tuple(replace(d, delivered_on=work.day) if d in waiting else d for d in work.contract.devices),
    )
    work.event("delivered", spec["rule"], sku=sku or "all")


def _owe(work: Work, device: Device) -> None:
    rules, contract = work.terms.section("sale"), work.contract
    price = device.unit_price * device.quantity
    if contract.instalment_count > 1:
        parts = Instalments(device.sku, month_of(work.day), contract.instalment_count, price, work.day)
        work.set(instalments=(*contract.instalments, parts))
        return
    item, quantity = (rules["item"], device.quantity) if contract.instalment_count == 0 else (rules["part_item"], 1)
    tax = tax_of(work.terms, rules["value"].format(sku=device.sku))
    work.owe(
        Charge(
            item, work.day, price, tax, quantity, cites=tuple(rules["cites"]), ref=device.sku, tax_on=work.day, row=rules["row"]
        )
    )


def loss_day(work: Work) -> date | None:
    """The day on which all that is not due falls due, as things stand: the one after a demand's deadline (AMD-ACC-1)."""
    days = [d.deadline + ONE_DAY for d in work.contract.demands if _unpaid_parts(work, d.covers)]
    return min((d for d in days if work.contract.instalments or _due_after(work, d)), default=None)


def _unpaid_parts(work: Work, keys: tuple[str, ...]) -> list[Entry]:
    row = work.terms.section("sale").get("row")
    return [e for e in work.contract.ledger if e.key in keys and e.row == row and e.unpaid > 0]


def _due_after(work: Work, day: date) -> list[Entry]:
    """Parts of a price that are billed and due after a day; a bill of interest alone is none."""
    row = work.terms.section("sale")["row"]
    later = [e for e in work.contract.ledger if e.row == row and e.unpaid > 0 and e.due_on > day]
    return [e for e in later if e.total > e.untaxed_interest]


def lose_benefit(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Insolvency and the like, or a demand of the seller: everything falls due at once, today (AMD-ACC-2, AMD-ACC-3)."""
    if not work.contract.instalments:
        raise Refused("no_instalments", spec["rule"])
    accelerate(work, spec["rule"])


def accelerate_by_demand(work: Work) -> None:
    """The day after a deadline that was let pass has come: what is paid from midnight on comes too late."""
    loss = loss_day(work)
    if loss is not None and loss <= work.day:
        accelerate(work, work.terms.section("sale")["rule"])


def accelerate(work: Work, rule: str) -> None:
    """Today is the day of loss: one invoice over all parts that were not billed; an issued one not yet due is due today.

    All of it bears interest from today on (AMD-INT-2).
    """
    row = work.terms.section("sale")["row"]
    for entry in _due_after(work, work.day):
        work.set_entry(replace(entry, due_on=work.day, interest_from=work.day))
    lines = [(part_line(work.terms, p, p.rest, p.count - p.billed), p.delivered_on) for p in work.contract.instalments]
    work.set(instalments=())
    plan.issue_now(work, "separate", row, f"{row}-rest", lines, interest_from=work.day)
    work.event("benefit_lost", rule)
    work.notice("benefit_lost")


def answer_guarantee(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The guarantor's answer: approved, there is a guarantee; denied, there is none, and the sale stands (AMD-GUA-1)."""
    contract = work.contract
    if contract.state in ("applied", "refused") or not contract.instalment_count:
        raise Refused("no_instalments", spec["rule"])
    if contract.guarantee in ("approved", "ended"):
        raise Refused("already_guaranteed", spec["rule"])
    answer = "approved" if args["approved"] else "denied"
    work.set(guarantee=answer)
    work.event(f"guarantee_{answer}", spec["rule"])


def release_guarantor(work: Work) -> None:
    """A guarantee is over when nothing of the price is left to bill or to pay (AMD-GUA-6)."""
    contract = work.contract
    if contract.guarantee == "approved" and not _price_open(work):
        work.set(guarantee="ended")
        work.event("guarantee_ended", work.terms.section("sale")["rule"])


def rescind(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The seller takes the sale back (AMD-RES-1, AMD-SAL-4): nothing more is billed for it, and open bills of it are void.

    For default only while a bill of the device is overdue, as undeliverable only before delivery; an impostor's order at
    any time. What was paid stays paid; goods that were handed over may be asked back (AMD-RES-2).
    """
    contract, row, reason = work.contract, work.terms.section("sale")["row"], args["reason"]
    if contract.state in ("applied", "refused") or not contract.devices:
        raise Refused("no_device", spec["rule"])
    if reason == "default" and not any(e.row == row for e in overdue_entries(work)):
        raise Refused("nothing_overdue", spec["rule"])
    delivered = any(d.delivered_on is not None for d in contract.devices)
    if reason == "undeliverable" and delivered:
        raise Refused("already_delivered", spec["rule"])
    for entry in contract.ledger:
        if entry.row == row and entry.unpaid > 0:
            work.set_entry(replace(entry, status="void"))
    work.set(
        devices=(), instalments=(), guarantee="", owed=tuple(c for c in contract.owed if c.row != row),
        drafts=tuple(d for d in contract.drafts if d.row != row),
    )  # fmt: skip
    work.event("sale_rescinded", spec["rule"], reason=reason, goods="handed_over" if delivered else "with_seller")
    work.notice("sale_rescinded")


def subrogate(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A guarantor paid the seller in the buyer's place: the late invoices of the device are settled (AMD-GUA-2)."""
    row = work.terms.section("sale")["row"]
    paid_on = args.get("paid_on") or work.day
    if work.contract.guarantee == "denied":
        raise Refused("no_guarantee", spec["rule"])
    late = [e for e in overdue_entries(work) if e.row == row]
    if not late:
        raise Refused("nothing_overdue", spec["rule"])
    for entry in late:
        work.set_entry(replace(entry, paid=entry.total, status="paid", interest=None, late=""))
    if work.contract.guarantee == "approved":
        work.set(guarantee="called")  # what follows is between guarantor and buyer
    work.event("claim_passed_on", spec["rule"], paid_on=paid_on, amount=sum(e.unpaid for e in late))
    work.notice("claim_passed_on", paid_on=paid_on)


def transfer_owned(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A device may be passed on once its whole price is billed and paid; unbilled interest holds nothing back (AMD-OWN-1)."""
    if work.contract.state in ("applied", "refused") or not work.contract.devices:
        raise Refused("no_device", spec["rule"])
    if _price_open(work):
        raise Refused("ownership_reserved", spec["rule"])
    work.event("device_passed_on", spec["rule"])


def _price_open(work: Work) -> bool:
    """Whether something of the price is still to be delivered, billed or paid; interest does not count."""
    contract, row = work.contract, work.terms.section("sale")["row"]
    owed = any(c.row == row and c.item != "late_interest" for c in contract.owed)
    open_ = any(e.row == row and e.unpaid > 0 and e.total > e.untaxed_interest for e in contract.ledger)
    waits = any(d.row == row for d in contract.drafts) or any(d.delivered_on is None for d in contract.devices)
    return bool(contract.instalments or owed or open_ or waits)
