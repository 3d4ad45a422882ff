"""The calendar of one contract, and its audit log, in words: load, ask `billing/calendar.py`, say it in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.billing import calendar as reckoning
from chalicelib.billing.calendar import Moment
from chalicelib.contracts.contract import Event
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, japan_day
from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import bills, names, rules, views
from chalicelib.store import codec
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "calendar.toml"
LANGUAGES = ("ja", "en")
MONTHS, MONTHS_MAX = 12, 60  # how far it looks when nobody says, and at most


def shown(store: Store, now: datetime, contract_id: str, until: date | None = None) -> Json:
    """What happened with a contract, and what comes until a day. Raises NotFound, Invalid for a day out of range."""
    today = japan_day(now)
    last = until or add_months(today, MONTHS)
    if not today <= last <= add_months(today, MONTHS_MAX):
        raise Invalid("until", "out_of_range", "give_a_day_within_five_years")
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    terms = rules.of(store, contract.service).part(contract.plan)
    events = [event_of(event) for journal in rows.journals(store, contract_id) for event in journal.events]
    found = reckoning.calendar(contract, terms, now, last, events, rows.invoices(store, contract_id))
    items = [said for moment in found.moments if (said := moment_json(moment, terms))]
    return {"contract": contract_id, "today": today.isoformat(), "until": last.isoformat(), "items": items,
            "complete": found.complete}  # fmt: skip


def moment_json(moment: Moment, terms: Terms) -> Json | None:
    """One entry with its words; None for what is no customer's matter."""
    words = texts().get(moment.kind, {}) if moment.kind not in texts()["silent"] else {}
    said = words.get("done" if moment.happened else "ahead")
    if said is None:
        return None
    figures = codec.plain({name: value for name, value in moment.figures.items() if name != "items"})
    shown: Json = {
        "on": moment.on.isoformat(),
        "kind": moment.kind,
        "happened": moment.happened,
        "rule": moment.rule,
        **{language: _sentence(moment, terms, language, said, words.get("costs")) for language in LANGUAGES},
        "figures": figures,
    }
    if "items" in moment.figures:
        lines = moment.figures["items"]
        shown["lines"] = [{"item": item, "label": bills.label(item, terms), "amount": amount} for item, amount in lines]
    return shown


def words(moment: Moment, terms: Terms) -> dict[str, str]:
    """What a moment is called where operators read it, by language: the calendar's words, or those of what is silent there."""
    told = moment_json(moment, terms) or texts()["silent"].get(moment.kind, {})
    return {language: told[language] for language in LANGUAGES if language in told}


def log(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """A page of the audit log, the oldest first: each entry as it was written, with the words for it."""
    page = views.events(store, contract_id, limit, cursor)
    contract = rows.load(store, contract_id) if page["items"] else None
    if contract is None:
        return page
    terms = rules.of(store, contract.service).part(contract.plan)
    invoices = {invoice.key: invoice for invoice in rows.invoices(store, contract_id)}
    moments = reckoning.happened([event_of(event) for event in page["items"]], invoices)
    pairs = zip(page["items"], moments, strict=True)
    return {**page, "items": [{**event, "text": words(moment, terms) or None} for event, moment in pairs]}


def _sentence(moment: Moment, terms: Terms, language: str, said: Json, costs: Json | None) -> str:
    text: str = said[language].format_map(_Figures(moment, terms, language))
    return f"{text} {costs[language]}" if costs and "items" in moment.figures else text


class _Figures(dict[str, str]):
    """A moment's figures in words; one that an older entry does not have is a dash."""

    def __init__(self, moment: Moment, terms: Terms, language: str) -> None:
        super().__init__({name: names.figure(name, value, terms, language) for name, value in moment.figures.items()})
        month = moment.figures.get("month")
        if isinstance(month, date):
            known = bills.texts()["days"]["names"]
            words = bills.texts()["page"]["month"][language]
            self["month_words"] = words.format(year=month.year, month=month.month, name=known[month.month - 1])

    def __missing__(self, name: str) -> str:
        return "—"


def event_of(stored: Mapping[str, Any]) -> Event:
    """An entry of the audit log as a value again; its facts stay the texts that were stored."""
    at = datetime.fromisoformat(stored["at"])
    return Event(stored["kind"], at, stored["by"], dict(stored["facts"]), tuple(stored["cites"]))


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words of calendars, read when the first one is asked for."""
    return toml.read(TEXTS)
