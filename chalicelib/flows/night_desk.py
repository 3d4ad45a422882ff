"""The nights as operators look after them: how they went, what was put aside, why, and the way to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, japan_day, sweep_instant
from chalicelib.errors import Invalid
from chalicelib.flows import bills, price_names, rules, views
from chalicelib.flows.contract_lists import name_in
from chalicelib.store import contracts as rows
from chalicelib.store import nights
from chalicelib.store.codec import instant_text
from chalicelib.store.nights import Parked
from chalicelib.store.transact import SHARDS, Row, S, Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "parked.toml"
NIGHTS, NIGHTS_MAX = 14, 62  # how many are shown when nobody says, and at most
_NO_FIGURE = "NoTermsForDay"


def between(store: Store, now: datetime, first: date | None = None, last: date | None = None) -> Json:
    """The reconciliation of each night from one day to another, the newest first. Raises Invalid for too many."""
    last = last or japan_day(now)
    first = first or last - timedelta(days=NIGHTS - 1)
    if first > last:
        raise Invalid("from", "out_of_range", "earlier_than_to")
    if (last - first).days >= NIGHTS_MAX:
        raise Invalid("from", "out_of_range", "two_months_at_most")
    aside = nights.all_parked(store)
    waiting = [row for shard in range(SHARDS) for row in rows.due_rows(store, shard, sweep_instant(last))]
    days = [last - ONE_DAY * back for back in range((last - first).days + 1)]
    return {"items": [_night(store, day, aside, waiting) for day in days]}


def _night(store: Store, day: date, aside: list[Parked], waiting: list[tuple[str, str]]) -> Json:
    due, runs = nights.due_counted(store, day)
    parked = {p.contract for p in aside if p.id == p.contract and p.since <= day.isoformat() <= p.day}
    until = instant_text(sweep_instant(day))
    left = {name for name, due_at in waiting if due_at <= until} - parked
    done = max(0, due - len(left) - len(parked))
    return {"day": day.isoformat(), "runs": runs, "due": due, "done": done, "parked": len(parked), "left": len(left)}


def parked(store: Store, now: datetime, limit: int = 50, cursor: str = "") -> Json:
    """A page of what was put aside: each with its reason in words, the rule where one refuses, and the way to mend it."""
    place = views.opened(cursor)
    after: Row | None = {"contract": S("parked"), "item": S(place[0])} if place else None
    page = nights.parked_page(store, after=after, limit=limit)
    entries = [nights.parked_of(row) for row in page.rows]
    services = rows.services_of(store, {entry.contract for entry in entries})
    profiles = rows.rows_of(store, [rows.profile_key(name) for name in {entry.contract for entry in entries}])
    items = [
        {
            **_parked(store, now, entry, services.get(entry.contract)),
            "name": name_in(rows.profile_in(profiles.get((entry.contract, "profile")))),
        }
        for entry in entries
    ]
    return {"items": items, **({"next": views.closed([page.after["item"]["S"]])} if page.after else {})}


def _parked(store: Store, now: datetime, entry: Parked, service: str | None) -> Json:
    found = rules.of(store, service) if service else None
    missing = _missing(found, entry)
    words = texts().get(entry.reason, texts()["other"])
    if entry.reason == _NO_FIGURE and missing is None:  # no price list can mend that: the terms have a hole
        words = texts()["TermsError" if entry.about else "unnamed_figure"]
    named = entry.about.get("rule")
    rule = bills.rule_json(found, named, japan_day(now)) if named and found else None
    return {
        **views.parked_json(entry),
        "service": service,
        "work": {"kind": entry.work.get("kind", "night"), "command": entry.work.get("command")},
        "told": _said(words["reason"], missing),
        "missing": missing,
        "cure": words["cure"],
        "rule": rule,
        "commands": [f"/v1/services/{service}/commands/{name}" for name in words["commands"]] if service else [],
    }


def _missing(found: Terms | None, entry: Parked) -> Json | None:
    """The figure that a price list has to hold: `{key, label, day}`; None where it is something else that is missing."""
    key = entry.about.get("key", "")
    if found is None or not key or not found.is_listed(key):
        return None
    return {"key": key, "label": price_names.label(found, key), "day": entry.about["day"]}


def _said(reason: Mapping[str, str], missing: Json | None) -> Json:
    if missing is None:
        return dict(reason)
    day = date.fromisoformat(missing["day"])
    return {
        language: sentence.format(what=missing["label"][language], day=bills.day_words(day, language))
        for language, sentence in reason.items()
    }


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """`{kind of failure: {reason, cure, commands}}`."""
    return toml.read(TEXTS)
