"""What holds for a contract, or for a service, on a day, and why: `contracts/terms_view.py` in words."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import terms_view, wording
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.terms_view import Figure, Pin, Span
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import bills, rules
from chalicelib.store import codec
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "terms.toml"


def of_contract(store: Store, now: datetime, contract_id: str, on: date | None = None) -> Json:
    """Every figure that holds for a contract on a day (today when none is named). Raises NotFound."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    found, day = rules.of(store, contract.service).part(contract.plan), on or japan_day(now)
    made_on = terms_view.made_on(contract)
    items = [_json(found, figure, day, made_on) for figure in terms_view.figures(found, day, contract)]
    about = {"contract": contract.id, "made_on": made_on.isoformat(), "made_under": found.edition_on(made_on)}
    return {**_head(found, day), **about, "items": items}


def of_service(store: Store, now: datetime, service: str, on: date | None = None) -> Json:
    """Every figure of a service that is in force on a day. Raises NotFound."""
    found, day = rules.of(store, service), on or japan_day(now)
    return {**_head(found, day), "items": [_json(found, figure, day, None) for figure in terms_view.figures(found, day)]}


def _head(found: Terms, day: date) -> Json:
    return {"service": found.service, "on": day.isoformat(), "edition": found.edition_on(day)}


def _json(found: Terms, figure: Figure, day: date, made_on: date | None) -> Json:
    why = "in_force" if made_on is None else "signed" if figure.span.first <= made_on else "revised"
    shown: Json = {
        "key": figure.key,
        "value": codec.plain(figure.span.value),
        "unit": figure.unit,
        "per": figure.per,
        "tax": figure.tax or None,
        "from": figure.span.first.isoformat(),
        "edition": figure.edition,
        "why": why,
        "source": figure.span.source,
        "text": _text("why", why, figure.span, beside=figure.span.source),
        "rule": _rule(found, figure.rule, day),
        "next": _next(figure.following),
        "pinned": [_pin(pin) for pin in figure.pins],
    }
    if why == "revised" and made_on is not None:
        before = [span.value for span in terms_view.spans_of(found, figure.key) if span.first <= made_on]
        shown["when_made"] = codec.plain(before[-1]) if before else None
    return shown


def _next(span: Span | None) -> Json | None:
    if span is None:
        return None
    return {
        "from": span.first.isoformat(),
        "value": codec.plain(span.value),
        "announced_on": span.announced_on.isoformat() if span.announced_on else None,
        "text": _text("source", span.source, span),
    }


def _pin(pin: Pin) -> Json:
    text = {
        language: words.format(day=bills.day_words(pin.on, language))
        for language, words in texts()["pinned"][pin.event].items()
    }
    return {"item": pin.item, "on": pin.on.isoformat(), "value": codec.plain(pin.value), "text": text}


def _text(part: str, name: str, span: Span, beside: str = "") -> dict[str, str]:
    said = [texts()[part][name], *([texts()["source"][beside]] if beside else [])]
    day = span.announced_on or span.first
    return {
        language: " ".join(words[language].format(day=bills.day_words(day, language)) for words in said)
        for language in wording.LANGUAGES
    }


def _rule(found: Terms, rule_id: str, day: date) -> Json | None:
    """The rule's sentence in our own words; only its name where it is the law's."""
    if not rule_id:
        return None
    told = bills.rule_json(found, rule_id, max(day, found.data["from"]))
    return told or {"id": rule_id, **dict.fromkeys(wording.LANGUAGES, rule_id)}


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words, read when somebody looks."""
    return toml.read(TEXTS)
