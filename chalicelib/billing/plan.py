"""Owed minus invoiced: what the closing of a month puts on an invoice, and when the next closing has anything to do.

A month closes at its end, 24:00: what is known then counts, whatever happens before the invoice is sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from chalicelib.billing import credits, refunds
from chalicelib.billing.fees import fee_lines, fee_span, next_fee_month
from chalicelib.billing.instalments import billed_to, instalment_lines, next_instalment_month
from chalicelib.billing.invoice import added_tax_share, draft, due_day, issue_day, own_percent
from chalicelib.contracts.contract import Charge, Contract, Entry, Invoice, InvoiceKind, Line
from chalicelib.contracts.owing import AT_ONCE, occasion
from chalicelib.contracts.paying import method_on
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, month_end, month_of

NO_INVOICE = "none"  # in `final_invoice`: the end was closed and left nothing to bill


def next_closing_month(contract: Contract, terms: Terms) -> date | None:
    """The next month whose end has something to bill; None when nothing is to come as things stand."""
    if contract.nothing_owed or contract.closed_to is None or (contract.formed_on is None and not contract.owed):
        return None
    earliest = month_of(contract.closed_to)
    found: list[date] = []
    if contract.state != "refused" and not contract.final_invoice:
        month = next_fee_month(contract, terms, earliest)
        if month is not None:
            found.append(month)
        if contract.ends_on is not None and terms.invoice.get("final"):
            found.append(max(earliest, month_of(contract.ends_on)))
    for charge in contract.owed:
        month = _billable_in(contract, terms, charge)
        if month is not None:
            found.append(max(month, earliest))
    if contract.instalments and (month := next_instalment_month(contract)) is not None:
        found.append(max(month, earliest))
    return min(found) if found else None


def _billable_in(contract: Contract, terms: Terms, charge: Charge) -> date | None:
    """The month whose closing bills a one-off charge; None while it waits for the service to start or the contract to end."""
    if charge.with_end and not contract.final_invoice:
        return None
    ready = month_of(charge.ready_on or charge.day)
    if charge.with_fee and not contract.final_invoice:
        return None if contract.ends_on is None else max(ready, month_of(contract.ends_on))
    if terms.invoice["one_offs"] == "at_once" or contract.state == "refused" or contract.final_invoice:
        return ready
    span = fee_span(contract)
    return None if span is None else max(ready, month_of(span[0]))


def ends_inside_month(contract: Contract, terms: Terms) -> bool:
    """Whether the closing of the end is still to come, and on the last day itself, since that is no month end (STN-CAN-2)."""
    ends = contract.ends_on
    waits = not contract.final_invoice and not contract.nothing_owed and contract.state != "refused"
    rules = terms.invoice
    if rules.get("end_closes") == "with_month":
        return False
    return bool(rules.get("final")) and waits and ends is not None and ends != month_end(ends)


def close_month(work: Work, month: date) -> None:
    """At the end of a month: freeze what it bills, to be sent on the issue day. A late night knows no more."""
    now, work.terms = work.terms, work.terms.known_at(add_months(month, 1))
    _close_main(work, month)
    work.terms = now


def _close_main(work: Work, month: date) -> None:
    closes_end = _closes_end(work.contract, work.terms, month)
    invoice = _close(work, month, month_end(month), closes_end, issue_day(work.terms, month))
    drafts = work.contract.drafts if invoice is None else (*work.contract.drafts, invoice)
    work.set(drafts=drafts, closed_to=add_months(month, 1))
    if work.contract.instalments or (work.contract.owed and any(c.row for c in work.contract.owed)):
        _close_rows(work, month)


def _close_rows(work: Work, month: date) -> None:
    """The other rows of invoices, after the main one: what was sold, with interest of its own (AMM-INV-6)."""
    contract, terms = work.contract, work.terms
    sold = terms.section("sale").get("row", "")
    for row in dict.fromkeys([*(c.row for c in contract.owed if c.row), *([sold] if contract.instalments else [])]):
        charges = [c for c in contract.owed if c.row == row and (c.ready_on or c.day) <= month_end(month)]
        taxed = [(_line(terms, c), c.ready_on or c.day, c.tax_on) for c in charges]
        taxed += [(line, on, on) for line, on in instalment_lines(contract, terms, month)] if row == sold else []
        lines = [(day, own_percent(contract, terms, line, day, month, on)) for line, day, on in taxed]
        if lines:
            invoice = draft(contract, terms, "separate", month, lines, issue_day(terms, month), row)
            work.set(
                owed=tuple(c for c in work.contract.owed if c not in charges),
                instalments=billed_to(contract, month) if row == sold else work.contract.instalments,
                drafts=(*work.contract.drafts, invoice),
            )


def close_end(work: Work) -> None:
    """On the last day of a contract that ends inside a month: the final invoice, sent and due that day."""
    contract = work.contract
    assert contract.ends_on is not None
    invoice = _close(work, month_of(contract.ends_on), contract.ends_on, True, work.day)
    if invoice is not None:
        issue(work, invoice)


def _closes_end(contract: Contract, terms: Terms, month: date) -> bool:
    ends = contract.ends_on
    due = ends is not None and month_of(ends) <= month and contract.state != "refused"
    return bool(terms.invoice.get("final")) and due and not contract.final_invoice


def _close(work: Work, month: date, until: date, closes_end: bool, issued_on: date) -> Invoice | None:
    if closes_end and work.contract.installed_on is None and work.terms.section("installation"):
        occasion(work, "ended_uninstalled", day=work.contract.ends_on)
    contract, terms = work.contract, work.terms
    fees = [] if contract.final_invoice or contract.state == "refused" else fee_lines(contract, terms, month)
    taken = [c for c in contract.owed if _takes(contract, terms, c, month, until, closes_end, bool(fees))]
    charges, rest = credits.within(taken, fees) if taken else (taken, [])
    if terms.own_tax_months:
        lines = [(line.first or until, own_percent(contract, terms, line, line.first or month, month)) for line in fees]
        lines += [
            (c.ready_on or c.day, own_percent(contract, terms, _line(terms, c), c.first or c.day, month, c.tax_on))
            for c in charges
        ]
    else:
        lines = [(line.first or until, line) for line in fees]
        lines += [(c.ready_on or c.day, _line(terms, c)) for c in charges]
    if terms.invoice.get("zero") == "dropped":
        lines = _worth_sending(work, lines, charges)
    if not lines:
        if closes_end:
            work.set(final_invoice=NO_INVOICE)
        return None
    kind = _kind(contract, terms, month, bool(fees), closes_end)
    invoice = draft(contract, terms, kind, month, lines, issued_on)
    work.set(
        owed=(*rest, *(c for c in contract.owed if c not in taken)) if taken else contract.owed,
        first_invoice=invoice.key if fees and not contract.first_invoice else contract.first_invoice,
        final_invoice=invoice.key if closes_end else contract.final_invoice,
    )
    if contract.purchases:
        _note_purchases(work, invoice)
    if terms.gives_back_months:
        credits.note_billed(work, month, fees)
    return invoice


def _worth_sending(work: Work, lines: list[tuple[date, Line]], charges: list[Charge]) -> list[tuple[date, Line]]:
    """Lines of 0 yen are left out, and no invoice is sent over nothing (AMM-INV-6).

    What a credit is larger than the rest waits for a later invoice, as long as there can be one.
    """
    total = sum(line.amount for _, line in lines)
    if total <= 0:
        rest = credits.carried(charges, -total) if work.contract.state != "ended" else []
        work.set(owed=(*rest, *(c for c in work.contract.owed if c not in charges)))
        return []
    return [(day, line) for day, line in lines if line.amount]


def _takes(
    contract: Contract, terms: Terms, charge: Charge, month: date, until: date, closes_end: bool, has_fees: bool
) -> bool:
    if charge.row or (charge.ready_on or charge.day) > until:
        return False
    if charge.with_fee and not contract.final_invoice:
        return has_fees or closes_end
    billable = _billable_in(contract, terms, charge)
    return closes_end or (billable is not None and billable <= month)


def _line(terms: Terms, charge: Charge) -> Line:
    amount = terms.price(charge.price, charge.day) * (charge.quantity or 1) if charge.price else charge.amount
    return Line(
        charge.item, amount, charge.tax, charge.quantity, charge.first, charge.last, charge.cites, charge.ref,
        figures=charge.figures, untaxed=charge.untaxed,
    )  # fmt: skip


def _kind(contract: Contract, terms: Terms, month: date, has_fees: bool, closes_end: bool) -> InvoiceKind:
    """`final` closes an ended contract, `separate` has no fee, `initial` is the first with one (STN-INV-2, ALW-INV-2)."""
    if closes_end and (has_fees or not terms.invoice.get("final_needs_fee")):
        return "final"
    if terms.invoice["first_kind"] == "at_once":  # what comes after the month of the end is final (AMM-INV-3)
        return "final" if contract.ends_on is not None and month > contract.ends_on else "regular"
    if not has_fees:
        return "separate"
    if terms.invoice["first_kind"] == "start_month":
        started = contract.service_starts_on
        return "initial" if started is not None and month_of(started) == month else "regular"
    return "regular" if contract.first_invoice else "initial"


def _note_purchases(work: Work, invoice: Invoice) -> None:
    """Remember what an article's lines cost with their tax, as long as it may be sent back."""
    percent = Fraction(invoice.tax_percent)
    refs = {line.ref for line in invoice.lines if line.ref}
    work.set(
        purchases=tuple(
            replace(p, invoice=invoice.key, billed=p.billed + added_tax_share(invoice.lines, p.ref, percent))
            if p.ref in refs
            else p
            for p in work.contract.purchases
        )
    )


def issue(work: Work, invoice: Invoice, due_as: date | None = None) -> None:
    """Send an invoice today: its payer and due day are those of this day, and the contract remembers what it must.

    `due_as` is the month whose bills fall due with it, where it was held back; its own otherwise.
    """
    paid_by = method_on(work.contract, invoice.issued_on)
    falls_due = invoice if due_as is None else replace(invoice, month=due_as)
    _send(work, invoice, paid_by, _due(work.contract, work.terms, falls_due, paid_by))


def issue_now(
    work: Work, kind: InvoiceKind, row: str, name: str, lines: list[tuple[Line, date]], interest_from: date | None = None
) -> None:
    """An invoice outside the months' closings: sent today and due today. Each line comes with the day of its tax rate."""
    contract, terms, month = work.contract, work.terms, month_of(work.day)
    taxed = [(work.day, own_percent(contract, terms, line, on, month, on)) for line, on in lines if line.amount]
    if taxed:
        invoice = draft(contract, terms, kind, month, taxed, work.day, row, name)
        _send(work, invoice, method_on(contract, work.day), work.day, interest_from)


def issue_at_once(work: Work) -> None:
    """What is asked for on the spot (AMM-FEE-1): the charges that the terms put on no closing."""
    terms = work.terms
    charges = [c for c in work.contract.owed if c.row == AT_ONCE]
    work.set(owed=tuple(c for c in work.contract.owed if c.row != AT_ONCE))
    issue_now(work, "initial", "", "initial", [(_line(terms, c), month_end(c.day)) for c in charges])


def _send(work: Work, invoice: Invoice, paid_by: str, due_on: date, interest_from: date | None = None) -> None:
    contract, terms = work.contract, work.terms
    sent = Invoice(  # five times faster than `replace`, and a night does it for everybody
        invoice.key, contract.id, invoice.kind, invoice.month, invoice.issued_on, due_on, invoice.total, invoice.tax,
        invoice.tax_percent, paid_by, invoice.lines, row=invoice.row,
    )  # fmt: skip
    if sent.total <= 0 and terms.invoice.get("nothing_to_pay") == "paid":  # LRH-INV-6
        sent = replace(sent, status="paid")
        refunds.refund_surplus(work, sent)
    interest = sum(line.amount for line in sent.lines if line.item == "late_interest")
    entry = Entry(
        sent.key, sent.kind, sent.month, sent.issued_on, due_on, sent.total, paid_by, sent.status,
        untaxed_interest=interest, covers=_covers(terms, sent), row=sent.row, interest_from=interest_from,
    )  # fmt: skip
    work.set(ledger=(*_still_matters(contract, work.day), entry), drafts=tuple(d for d in contract.drafts if d.key != sent.key))
    if terms.invoice.get("remembers_last") and sent.kind != "initial":
        work.set(billed_on=sent.issued_on)
    work.invoices.append(sent)
    work.event("invoice_issued", terms.invoice["rule"], invoice=sent.key)
    work.notice("invoice_issued", invoice=sent.key, total=sent.total, due_on=due_on)


def _due(contract: Contract, terms: Terms, invoice: Invoice, paid_by: str) -> date:
    falls_due = terms.section("ending").get("debts_fall_due")
    if falls_due and invoice.kind == "final":
        return invoice.issued_on
    due_on = due_day(terms, paid_by, invoice.month, invoice.issued_on, contract.formed_on)
    if (
        falls_due
        and contract.ends_on is not None
        and invoice.issued_on <= contract.ends_on < due_on
        and contract.state != "refused"
    ):
        return contract.ends_on
    return due_on


def _covers(terms: Terms, invoice: Invoice) -> tuple[tuple[date, date, int], ...]:
    """Prepaid spans with what was billed for them, where the terms give back what was paid ahead (ALW-REF-1)."""
    if terms.section("refund").get("shape") != "prepaid_months":
        return ()
    spans = [line for line in invoice.lines if line.first is not None and line.last is not None]
    return tuple((line.first, line.last, line.amount) for line in spans if line.first and line.last)


def _still_matters(contract: Contract, day: date) -> tuple[Entry, ...]:
    """Settled invoices are forgotten, unless a refund can still come of them."""
    if contract.disclosure_received_on is not None:
        return contract.ledger
    return tuple(e for e in contract.ledger if e.unpaid > 0 or any(last >= day for _, last, _ in e.covers))


__all__ = [
    "NO_INVOICE",
    "close_end",
    "close_month",
    "ends_inside_month",
    "issue",
    "issue_at_once",
    "issue_now",
    "next_closing_month",
]
