"""What an application costs at first, in words: sums of its quote's bills, what they assume, and the way out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chalicelib.billing import first_year as adding
from chalicelib.billing.first_year import Sum
from chalicelib.billing.quote import Quote
from chalicelib.contracts.contract import Invoice
from chalicelib.contracts.terms import Terms
from chalicelib.flows import bills, names

Json = dict[str, Any]


def sums(quote: Quote, terms: Terms, plan: str, day: date) -> Json:
    """The sums of an application's quote that was asked for on `day`; `terms` are those of the plan."""
    found = adding.summed(quote, terms)
    first = quote.invoices[0] if quote.invoices else None
    return {
        "from": day.isoformat(),
        "until": found.until.isoformat(),
        "total": found.total,
        "first_bill": _bill(first) if first else None,
        "once": [_sum(one, terms) for one in found.once],
        "repeated": [_sum(one, terms) for one in found.repeated],
        "then": None if found.then is None else {"total": found.then, "every_months": found.every},
        "leaving": list(_leaving(terms, plan, day)),
    }


def assumed(quote: Quote, terms: Terms) -> list[Json]:
    """The steps of others that a quote takes for granted, each with a sentence that says so."""
    return [
        {"command": name, "on": on.isoformat(), **_on_condition(names.name(terms.service, "step", name), on)}
        for on, name in quote.assumed
    ]


def _on_condition(step: Json, on: date) -> Json:
    said = names.texts()["assumed"]
    words = {lang: said[lang].format(step=step[lang], on=bills.day_words(on, lang)) for lang in names.LANGUAGES}
    return {"label": step, **words}


def _bill(invoice: Invoice) -> Json:
    return {
        "key": invoice.key,
        "total": invoice.total,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
    }


def _sum(one: Sum, terms: Terms) -> Json:
    label = bills.label(one.item, terms, one.ref)
    return {"item": one.item, "label": label, "amount": one.amount, "tax": one.tax, "times": one.times}


def _leaving(terms: Terms, plan: str, day: date) -> Iterator[Json]:
    """What somebody should know of the way out: a shortest term, cooling-off, when a notice takes effect, what comes back."""
    for fee in terms.data.get("fee", ()):
        if "term_months" in fee and plan in fee.get("plans", (plan,)):
            key = fee["term_months"]
            said = _said(terms, (terms.rule(key), *fee["cites"]), day)
            yield {"kind": "shortest_term", "months": terms.value(key, day), "texts": said}
    for kind in ("cooling_off", "ending", "refund"):
        section = terms.section(kind)
        said = _said(terms, (*([section["rule"]] if "rule" in section else ()), *section.get("cites", ())), day)
        if said:
            yield {"kind": kind, "texts": said}


def _said(terms: Terms, ids: Iterable[str], day: date) -> list[Json]:
    return [said for rule in dict.fromkeys(ids) if (said := bills.rule_json(terms, rule, day))]
