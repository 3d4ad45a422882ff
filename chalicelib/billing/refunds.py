"""Money that goes back: months paid ahead, credits that no invoice can take any more; claimed, then paid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts.contract import Contract, Entry, Invoice, Refund
from chalicelib.contracts.work import Work
from chalicelib.dates import spans
from chalicelib.errors import Refused
from chalicelib.money import share_ceil


def refund_day(work: Work) -> date | None:
    """The day on which months paid ahead are refunded: the last day of the contract, plus the terms' offset (ALW-REF-2)."""
    rules, ends = work.terms.section("refund"), work.contract.ends_on
    if ends is None or rules.get("shape") != "prepaid_months":
        return None
    return ends + timedelta(days=work.terms.value(rules["offset"], ends))


def refund_all_paid_ahead(work: Work) -> None:
    """On the refund day: every paid invoice that covers months after the end."""
    for entry in work.contract.ledger:
        refund_paid_ahead(work, entry)


def refund_paid_ahead(work: Work, entry: Entry) -> None:
    """What was billed for months after the end, once it is paid and its day has come (ALW-REF-1, ALW-REF-2)."""
    day, ends = refund_day(work), work.contract.ends_on
    if day is None or ends is None or work.day < day or entry.status != "paid":
        return
    amount, back = 0, []
    for first, last, billed in entry.covers:
        begun = list(spans(first, last))
        after = [month for month in begun if month > ends]
        amount += share_ceil(billed, len(after), len(begun))  # a credit: rounded up
        back += after
    settled = replace(entry, covers=())
    work.set(ledger=tuple(settled if e.key == entry.key else e for e in work.contract.ledger))
    if back:
        work.open_refund(amount, tuple(back), tuple(work.terms.section("refund")["cites"]))
        work.event("refund_opened", *work.terms.section("refund")["cites"], invoice=entry.key, amount=amount)


def refund_late_credits(work: Work) -> None:
    """A credit that arises after the final invoice is paid out instead (STN-INV-6, STN-OUT-3)."""
    contract = work.contract
    if not has_late_credits(contract):
        return
    credits = [c for c in contract.owed if c.amount < 0]
    work.set(owed=tuple(c for c in contract.owed if c.amount >= 0))
    work.open_refund(-sum(c.amount for c in credits), tuple(c.first for c in credits if c.first), credits[0].cites)
    work.event("refund_opened", *credits[0].cites, amount=-sum(c.amount for c in credits))


def refund_surplus(work: Work, invoice: Invoice) -> None:
    """Credits that are larger than all the rest of their invoice: nobody draws less than nothing, so it is paid out."""
    credits = [line for line in invoice.lines if line.amount < 0]
    if invoice.total < 0:
        work.open_refund(-invoice.total, tuple(line.first for line in credits if line.first), credits[0].cites)
        work.event("refund_opened", *credits[0].cites, invoice=invoice.key, amount=-invoice.total)


def has_late_credits(contract: Contract) -> bool:
    """Whether the contract's end is billed and a credit is left over."""
    return bool(contract.final_invoice) and not contract.nothing_owed and any(c.amount < 0 for c in contract.owed)


def claim_refund(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The signed claim form came back."""
    _advance(work, "claim_sent", "claimed", "no_claim_sent", spec)


def pay_refund(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An operator paid the refund out."""
    _advance(work, "claimed", "paid", "nothing_claimed", spec)
    work.notice("refund_paid")


def _advance(work: Work, before: str, after: Any, reason: str, spec: Mapping[str, Any]) -> None:
    waiting: list[Refund] = [r for r in work.contract.refunds if r.status == before]
    if not waiting:
        raise Refused(reason, spec["rule"])
    oldest = min(waiting, key=lambda r: r.key)
    work.set_refund(replace(oldest, status=after))
    work.event(f"refund_{after}", spec["rule"], refund=oldest.key, amount=oldest.amount)
