"""One bill, explained to who pays it: every line in words with its formula and rules, the tax by rate, issuer and recipient.

The reckoning is `billing/explain.py`; here are the words (`texts/bill.toml`), the rules' wording, and the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.billing import explain as reckoning
from chalicelib.billing.explain import Reckoned
from chalicelib.contracts import wording
from chalicelib.contracts.contract import Invoice, Refund
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day, month_end
from chalicelib.errors import NoTermsForDay, NotFound
from chalicelib.flows import names, rules, services, views
from chalicelib.store import codec
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
LANGUAGES = names.LANGUAGES
_STEPS = {"refund_claimed": "claimed", "refund_paid": "paid"}  # what the log says of a refund on its way
# What others ask for here stands with the other names, which need no reckoning.
texts, label, known_label, day_words = names.bill, names.label, names.known_label, names.day_words


def explained(store: Store, contract_id: str, key: str) -> Json:
    """The bill as the list of invoices shows it, and with every line its words, formula and rules. Raises NotFound.

    Holds the recipient's name: for the holder and operators only, never for a log.
    """
    invoice_key = rows.item_key(contract_id, f"invoice#{key}")
    found = rows.rows_of(store, [invoice_key, rows.snapshot_key(contract_id), rows.profile_key(contract_id)])
    invoice_row, contract_row = found.get((contract_id, f"invoice#{key}")), found.get((contract_id, "contract"))
    if invoice_row is None or contract_row is None:
        raise NotFound("invoice")
    contract = rows.held(contract_row).contract
    profile_row = found.get((contract_id, "profile"))
    profile = codec.loads(profile_row["body"]["S"]) if profile_row else {}
    terms = rules.of(store, contract.service).part(contract.plan)
    return {**invoice_json(rows.invoice_of(invoice_row), terms), "recipient": recipient(profile)}


def listed(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """A page of the contract's bills, oldest first, with the words of their kind, state and way to pay."""
    found = [{**views.invoice_json(invoice), "labels": labels(invoice)} for invoice in rows.invoices(store, contract_id)]
    return views.page_of(found, limit, cursor)


def refunds_listed(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """A page of the money that goes back, oldest first, with the words of its state, and what happened with it when."""
    words, refunds = texts()["refund_status"], rows.refunds(store, contract_id)
    journals = rows.journals(store, contract_id) if refunds else []
    events = [event for journal in journals for event in journal.events]

    def listed(refund: Refund) -> Json:
        return {**views.refund_json(refund), "label": dict(words[refund.status]), "steps": _steps(refund, events)}

    found = [listed(refund) for refund in refunds]
    return views.page_of(found, limit, cursor)


def _steps(refund: Refund, events: Iterable[Mapping[str, Any]]) -> list[Json]:
    """What happened with a refund, the oldest first: opened, claimed, paid out. Some terms open it by paying it."""
    told = [event for event in events if event["facts"].get("refund") == refund.key and event["kind"] in _STEPS]
    days = [(_STEPS[event["kind"]], japan_day(datetime.fromisoformat(event["at"]))) for event in told]
    opened = "opened" if days or refund.status != "paid" else "paid"
    words = texts()["refund_step"]
    return [{"on": day.isoformat(), **words[step]} for step, day in [(opened, refund.opened_on), *days]]


def labels(invoice: Invoice) -> Json:
    """What the bill's kind, its state and its way to pay are called, in both languages; while it is unpaid, how it is paid."""
    book = texts()
    state = "nothing" if invoice.status != "void" and invoice.total <= 0 else invoice.status
    paid_by = book["paid_by"].get(invoice.paid_by, book["paid_by"][""])
    shown = {"kind": dict(book["kinds"][invoice.kind]), "status": dict(book["status"][state]), "paid_by": dict(paid_by)}
    how = book["how_to_pay"].get(state, {}).get(invoice.paid_by)
    return shown | ({"how_to_pay": dict(how)} if how else {})


def invoice_json(invoice: Invoice, terms: Terms) -> Json:
    """An explained bill, without the recipient."""
    first, last = _period(invoice)
    quoted, notes = quoted_json(invoice, terms), _notes(terms, invoice)
    for shown, line in zip(quoted["lines"], invoice.lines, strict=True):
        shown["rules"] = [said for rule in line.cites if (said := rule_json(terms, rule, invoice.issued_on))]
    return {
        **quoted,
        "period": {"from": first.isoformat(), "to": last.isoformat()},
        "service": terms.service,
        "service_title": dict(terms.data.get("title", {})),
        "issuer": services.issuer_json(terms.state, invoice.issued_on),
        "texts": [said["id"] for said in notes],
        "notes": notes,
    }


def quoted_json(invoice: Invoice, terms: Terms) -> Json:
    """A bill as a quote shows it: words, formulas and tax by rate, its rules by id only."""
    told = reckoning.explain(invoice, terms)
    return {
        **views.invoice_json(invoice),
        "lines": [_line(line, invoice, terms) for line in told.lines],
        "taxes": [{"percent": rate.percent, "total": rate.total, "tax": rate.tax} for rate in told.rates],
        "untaxed": told.untaxed,
        "labels": labels(invoice),
    }


def _line(told: Reckoned, invoice: Invoice, terms: Terms) -> Json:
    line = told.line
    return {
        **views.line_json(line),
        "tax": line.tax,
        "percent": "" if line.tax == "none" else line.percent or invoice.tax_percent,
        "label": label(line.item, terms, line.ref),
        "how": told.how,
        "explanation": {language: _words(told, language) for language in LANGUAGES},
        "formula": told.formula,
        "rounded": told.rounded,
        **({"days": told.days} if told.days is not None else {}),
    }


def _words(told: Reckoned, language: str) -> str:
    """One line's explanation as sentences."""
    book, line = texts(), told.line
    about = (book["about"].get(f"{line.item}@{line.ref}") or book["about"].get(line.item, {})).get(language)
    figures = {
        "from": day_words(line.first, language) if line.first else "",
        "to": day_words(line.last, language) if line.last else "",
        "days": told.days,
        "months": told.months,
        "quantity": line.quantity,
    }
    parts = [about] if about else []
    if told.how not in ("stated", "credit") or not about:
        parts.append(book["how"][told.how][language].format_map(figures))
    if line.first and line.last and told.how not in ("by_day", "whole_month", "not_by_day", "months"):
        parts.append(book["how"]["span"][language].format_map(figures))
    if line.quantity is not None and told.how != "quantity":
        parts.append(book["how"]["count"][language].format_map(figures))
    if told.formula:
        parts.append(book["rounded"][told.rounded][language])
    return ("" if language == "ja" else " ").join(part for part in parts if part)


def rule_json(terms: Terms, rule: str, day: date) -> Json | None:
    """A rule in our words, with the figures of a day; None for one that no register has (a statute, a rule on trial)."""
    try:
        said = wording.rule(terms.service, rule)
        return {"id": rule, **{language: wording.filled(said.said(language), terms, day) for language in LANGUAGES}}
    except (NotFound, NoTermsForDay):
        return None


def _notes(terms: Terms, invoice: Invoice) -> list[Json]:
    """What the terms want shown on a bill: of several sets of terms those of the sets that its lines rest on."""
    sets = {_set_of(rule) for line in invoice.lines for rule in line.cites}
    rules = [rule.id for rule in wording.shown(terms.service, "on_bill") if not sets or _set_of(rule.id) in sets]
    return [said for rule in rules if (said := rule_json(terms, rule, invoice.issued_on))]


def _set_of(rule: str) -> str:
    """The set of terms that a rule id belongs to: `STN` of `STN-CHG-1`."""
    return rule.split("-")[0]


def _period(invoice: Invoice) -> tuple[date, date]:
    """First and last day that the bill is about: its lines' spans; of lines without one, the month that it closes."""
    month = (invoice.month, month_end(invoice.month))
    spans = [(line.first, line.last) if line.first and line.last else month for line in invoice.lines] or [month]
    return min(first for first, _ in spans), max(last for _, last in spans)


def recipient(profile: Mapping[str, Any]) -> str | None:
    """Whose bill it is: the contractor's name, as given with the application."""
    for part in ("applicant", "contact"):
        name = profile.get(part, {}).get("name")
        if name:
            return str(name)
    return None
