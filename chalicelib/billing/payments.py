"""Money that arrives, and draws that fail. Parts add up; late money bears interest where the terms ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from chalicelib.billing.arrears import restore_when_paid
from chalicelib.billing.refunds import refund_paid_ahead
from chalicelib.contracts.contract import Charge, Entry
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, month_of
from chalicelib.errors import Invalid, Refused
from chalicelib.money import decimal_text, interest_exact


def pay(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A payment for one invoice: the oldest open one, in full, unless the command names another or a part."""
    entry = _open_entry(work, args.get("invoice"), spec["rule"])
    amount = args.get("amount", entry.unpaid)
    if amount <= 0:
        raise Invalid("amount", "not_positive", "give_a_positive_amount")
    if amount > entry.unpaid:
        raise Refused("more_than_owed", spec["rule"])
    status = "paid" if amount == entry.unpaid else entry.status
    interest, late = _interest_so_far(work, entry, amount)
    if work.terms.section("interest").get("counted") == "each_payment":  # a line for every late payment (LRH-INV-7)
        _owe_interest(work, replace(entry, interest=interest, late=late))
        interest, late = None, ""
    paid = replace(entry, paid=entry.paid + amount, interest=interest, late=late, status=status)
    work.set(paid_total=work.contract.paid_total + amount)
    work.set_entry(paid)
    work.event("paid", spec["rule"], invoice=entry.key, amount=amount)
    if paid.unpaid == 0:
        _owe_interest(work, paid)
        refund_paid_ahead(work, paid)
        restore_when_paid(work)


def _open_entry(work: Work, wanted: Any, rule: str) -> Entry:
    """The invoice that a payment is for. Raises Refused when none is open."""
    entries = [e for e in work.contract.ledger if e.unpaid > 0]
    if wanted is not None:
        month, kind, key = month_of(wanted["month"]), wanted.get("kind"), wanted.get("key")
        entries = [e for e in entries if e.month == month and kind in (None, e.kind) and key in (None, e.key)]
    if not entries:
        raise Refused("nothing_open", rule)
    return min(entries, key=lambda e: e.issued_on)


def interest_rules(work: Work, row: str) -> Mapping[str, Any]:
    """What the terms say about late interest on a row of invoices; empty when they ask for none."""
    rules = work.terms.section("interest")
    found: Mapping[str, Any] = rules.get("rows", {}).get(row, rules) if row else rules
    return found


def _interest_so_far(work: Work, entry: Entry, amount: int) -> tuple[tuple[int, int] | None, str]:
    """Exact late interest with this payment, and its figures: each part bears it from the day after `due_on` to its own day.

    Late interest inside the invoice bears none; payments settle it first (STN-INV-5), or last where the terms count parts
    against the principal (AMM-INT-2). Where interest runs to the day before a payment, that day bears none (IPS-INT-1).
    """
    rules = interest_rules(work, entry.row)
    first = entry.interest_from or entry.due_on + timedelta(days=1)
    days = (work.day - first).days + (0 if rules.get("until") == "day_before" else 1)
    if not rules or entry.paid_by not in rules["paid_by"] or days <= 0:
        return entry.interest, entry.late
    if rules.get("parts") == "principal_first":
        bearing = min(amount, max(0, entry.total - entry.untaxed_interest - entry.paid))
    else:
        bearing = max(0, amount - max(0, entry.untaxed_interest - entry.paid))
    rate = work.terms.percent(rules["rate"], first)
    total = Fraction(*(entry.interest or (0, 1))) + interest_exact(bearing, rate, days)
    late = [entry.late] if entry.late else []
    late += [f"{bearing}*{decimal_text(rate)}%*{days}/365"] if bearing else []
    return (total.numerator, total.denominator), "+".join(late)


def _owe_interest(work: Work, entry: Entry) -> None:
    """Late interest of a settled invoice, rounded down once; none within days of grace, where there are some (IPS-INT-1)."""
    rules = interest_rules(work, entry.row)
    amount = int(Fraction(*entry.interest)) if entry.interest else 0
    if "grace" in rules and (work.day - entry.due_on).days <= work.terms.value(rules["grace"], entry.due_on):
        return
    if amount >= 1:
        cites = tuple(rules["cites"])
        work.owe(
            Charge("late_interest", work.day, amount, "none", cites=cites, ref=entry.key, row=entry.row, figures=entry.late)
        )


def fail_payment(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The draw of the newest open invoice failed; then the terms say who asks for the money, and until when."""
    rules = work.terms.section("payment")
    open_ = [e for e in work.contract.ledger if e.unpaid > 0]
    entries = [e for e in open_ if e.paid_by in rules["drawn"]]
    if not entries:
        raise Refused("nothing_to_draw" if open_ else "nothing_open", spec["rule"])
    entry = max(reversed(entries), key=lambda e: e.issued_on)
    if rules["failed_draw"] == "agent_invoice":
        due_on = work.day + timedelta(days=work.terms.value(rules["agent_days"], work.day))
        work.set_entry(replace(entry, paid_by="invoice", status="open", due_on=_not_after_end(work, due_on)))
    elif rules["failed_draw"] == "own_invoice" and not work.contract.parent:
        work.set_entry(replace(entry, paid_by="invoice", failed_on=work.day))
    elif rules.get("remembers_failure"):
        work.set_entry(replace(entry, failed_on=work.day))
    work.event("payment_failed", spec["rule"], invoice=entry.key, reason=args.get("reason", ""))
    work.notice("payment_failed", invoice=entry.key)


def _not_after_end(work: Work, due_on: date) -> date:
    """With the end of the contract its debts fall due (STN-CAN-2); a draw that fails after the end keeps its time to pay."""
    ends = work.contract.ends_on
    if ends is None or work.day > ends or not work.terms.section("ending").get("debts_fall_due"):
        return due_on
    return min(due_on, ends)


def register_payment_method(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Another way of payment; one may need time until it can be used (ALW-PAY-4)."""
    rules, method = work.terms.section("payment"), args["payment_method"]
    if work.contract.state in ("refused", "ended") and not work.contract.ledger and not _still_bills(work):
        raise Refused(work.contract.state, spec["rule"])
    if method not in rules["methods"]:
        raise Refused("payment_method_not_offered", spec["rule"])
    usable_from = args.get("usable_from") or work.day
    if method in rules.get("lead_months", {}) and "usable_from" not in args:
        usable_from = add_months(work.day, work.terms.value(rules["lead_months"][method], work.day))
    work.set(payment_methods=(*work.contract.payment_methods, (usable_from, method)))
    work.event("payment_method_registered", spec["rule"], payment_method=method, usable_from=usable_from)
    work.notice("payment_method_usable", payment_method=method, usable_from=usable_from)


def _still_bills(work: Work) -> bool:
    """Whether a bill of an ended contract is still to come: that of the month of its end."""
    contract = work.contract
    final = work.terms.section("invoice").get("final") and contract.formed_on is not None and contract.state == "ended"
    return bool(contract.drafts) or bool(final and not contract.final_invoice)


def mark_overdue(work: Work) -> None:
    """From the day after the due day an unpaid invoice is overdue."""
    for entry in work.contract.ledger:
        if entry.unpaid > 0 and entry.status == "open" and entry.due_on < work.day:
            work.set_entry(replace(entry, status="overdue"))
            work.event("overdue", work.terms.section("payment")["rule"], invoice=entry.key)
