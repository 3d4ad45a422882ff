"""Bills, money and contracts as CSV, page by page; the pages one after the other are one file. Nothing personal.

A page is so many contracts with all their rows, so it may hold none or many. Contracts are read as they stand when their
page is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.billing.number import invoice_number
from chalicelib.contracts.contract import Contract, Invoice
from chalicelib.dates import japan_day, month_end, month_of, month_text
from chalicelib.errors import NotFound
from chalicelib.flows import views
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
Cells = Iterator[list[Any]]
BOM = "\ufeff"  # by which Excel in Japanese knows that a file is UTF-8
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take the cell for a formula

_INVOICE = [
    "service", "contract", "invoice", "kind", "month", "issued_on", "due_on", "status", "total", "tax", "paid", "paid_by",
    "line", "item", "from", "to", "quantity", "amount", "line_tax", "percent", "rules",
    "invoice_number",
]  # fmt: skip
_PAYMENT = ["service", "contract", "day", "kind", "reference", "amount", "status"]
_CONTRACT = [
    "service", "contract", "account", "state", "plan", "payment_method", "applied_on", "formed_on", "service_starts_on",
    "billing_starts_on", "ends_on", "ended_because", "unpaid",
]  # fmt: skip


def page(store: Store, kind: str, *, service: str, month: date | None, limit: int, cursor: str, bom: bool) -> tuple[str, str]:
    """One page of an export and the cursor of the next ('' at the end). Only the first page has a header.

    `month`: bills issued and money moved in it, contracts that lived in it; None: all. Raises NotFound for an unknown kind.
    """
    if kind not in KINDS:
        raise NotFound("export")
    columns, cells = KINDS[kind]
    found, following = views.page_of_all(store, service, "", limit, cursor)
    lines = (line for contract in found for line in cells(store, contract, month))
    return written([] if cursor else columns, lines, bom and not cursor), following


def bills(store: Store, contract_id: str, month: date | None, bom: bool) -> str:
    """All bills of one contract, with their lines, or those issued in a month. Raises NotFound."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    return written(_INVOICE, _invoices(store, contract, month), bom)


def _invoices(store: Store, contract: Contract, month: date | None) -> Cells:
    for invoice in rows.invoices(store, contract.id):
        if month is None or month_of(invoice.issued_on) == month:
            yield from _lines(contract, invoice)


def _lines(contract: Contract, invoice: Invoice) -> Cells:
    head = [
        contract.service, contract.id, invoice.key, invoice.kind, month_text(invoice.month), invoice.issued_on, invoice.due_on,
        invoice.status, invoice.total, invoice.tax, invoice.paid, invoice.paid_by,
    ]  # fmt: skip
    for number, line in enumerate(invoice.lines, start=1):
        percent = "" if line.tax == "none" else line.percent or invoice.tax_percent
        rest = [number, line.item, line.first, line.last, line.quantity, line.amount, line.tax, percent, " ".join(line.cites)]
        yield [*head, *rest, invoice_number(contract.id, invoice.key)]


def _payments(store: Store, contract: Contract, month: date | None) -> Cells:
    """Payments by their day, then refunds by the day they were opened, as amounts that go out (negative)."""
    about = [contract.service, contract.id]
    for journal in rows.journals(store, contract.id):
        for event in journal.events:
            day = japan_day(datetime.fromisoformat(event["at"]))
            if event["kind"] == "paid" and month in (None, month_of(day)):
                yield [*about, day, "payment", event["facts"]["invoice"], event["facts"]["amount"], "paid"]
    for refund in rows.refunds(store, contract.id):
        if month in (None, month_of(refund.opened_on)):
            yield [*about, refund.opened_on, "refund", refund.key, -refund.amount, refund.status]


def _contracts(store: Store, contract: Contract, month: date | None) -> Cells:
    """A contract that lived on a day of the month: applied for until its end, not over before it began."""
    applied = japan_day(contract.applied_at)
    over = contract.ends_on if contract.state == "ended" else None
    if month is None or (applied <= month_end(month) and (over is None or over >= month)):
        method = contract.payment_methods[-1][1] if contract.payment_methods else "none"
        yield [
            contract.service, contract.id, contract.account, contract.state, contract.plan, method, applied, contract.formed_on,
            contract.service_starts_on, contract.billing_starts_on, contract.ends_on, contract.ended_because,
            sum(entry.unpaid for entry in contract.ledger),
        ]  # fmt: skip


KINDS: Mapping[str, tuple[list[str], Callable[[Store, Contract, date | None], Cells]]] = {
    "invoices": (_INVOICE, _invoices),
    "payments": (_PAYMENT, _payments),
    "contracts": (_CONTRACT, _contracts),
}


def written(header: list[str], lines: Iterable[list[Any]], bom: bool) -> str:
    """Lines of cells as CSV, with a header where one is given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows([safe(cell) for cell in line] for line in lines)
    return (BOM if bom else "") + out.getvalue()


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: such a text gets an apostrophe before it. Numbers stay numbers.

    >>> safe("=1+1"), safe(-500), safe("card"), safe(None)
    ("'=1+1", -500, 'card', '')
    """
    if isinstance(cell, (int, float)):
        return cell
    text = "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
