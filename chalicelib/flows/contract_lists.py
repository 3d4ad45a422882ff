"""Contracts as operators list and look for them: the columns of a list, and a search by whatever somebody has at hand.

A search names people, so it comes in a body, never in an address, and no row holds what was looked for in the clear
(`store/finding.py`). Nothing is written for bills: an invoice is found by the contract that stands before its key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from chalicelib.contracts import tasks
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.flows import rules, views
from chalicelib.members import known_by
from chalicelib.store import contracts as rows
from chalicelib.store import devices, finding, members, nights, stock
from chalicelib.store.transact import S, Store

Json = dict[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BILL = re.compile(r"([A-Za-z0-9_-]{1,64})[\s/#]+(?:invoice#)?([A-Za-z0-9#~._-]{1,80})")
_NAMES = (("applicant", "name"), ("contact", "name"), ("contact", "company"))

Found = tuple[list[str], str]  # contracts, and the place after which the next page begins ('' at the end)


def listed(store: Store, now: datetime, *, service: str = "", state: str = "", limit: int = 50, cursor: str = "") -> Json:
    """A page of contracts of a service and state, or of all, with what a list shows of each."""
    ids, following = views.ids_of_all(store, service, state, limit, cursor)
    shown = _rows(store, now, ids)
    kept = [
        c for c in shown if (not service or c["service"] == service) and (not state or c["state"] == state)
    ]  # an index may lag behind
    return {"items": kept, **({"next": following} if following else {})}


def found(store: Store, now: datetime, q: str, *, limit: int = 50, cursor: str = "") -> Json:
    """Contracts that a text leads to: an id, an address, a number or a name. `found_by` says as what it was understood."""
    text = q.strip()
    sources = _sources(store, text)
    place = views.opened(cursor)
    number, after = (views.whole(place[0]), place[1] if len(place) > 1 else "") if place else (0, "")
    ids: dict[str, str] = {}
    following: list[str] = []
    for at in range(number, len(sources)):
        taken, after = sources[at].page(after, limit - len(ids))
        for name in taken:
            ids.setdefault(name, sources[at].found_by)
        if after or (len(ids) >= limit and at + 1 < len(sources)):
            following = [str(at), after] if after else [str(at + 1)]
            break
    items = [{**row, "found_by": ids[row["id"]]} for row in _rows(store, now, list(ids))]
    return {"items": items, **({"next": views.closed(following)} if following else {})}


# where to look


@dataclass(frozen=True)
class _Source:
    """One way to a contract. `page(after, limit)` looks for the next ones."""

    found_by: str
    page: Callable[[str, int], Found]


def _sources(store: Store, text: str) -> list[_Source]:
    """The ways that the text's shape allows, the surest first."""
    sources = []
    if bill := _BILL.fullmatch(text):
        sources.append(_Source("invoice", lambda after, limit: (_with_bill(store, *bill.groups()), "")))
    if _ID.fullmatch(text):
        sources += [
            _Source("contract", lambda after, limit: ([text], "")),
            _Source("device", lambda after, limit: (_with_device(store, text), "")),
            _Source("account", lambda after, limit: _of_account(store, text, after, limit)),
        ]
    if "@" in text:
        sources.append(_Source("member", lambda after, limit: _followed(store, text, after, limit)))
    known = [_Source(one[0], partial(_known, store, one)) for one in known_by.asked(text)]
    return known + sources if "@" in text else sources + known


def _with_bill(store: Store, contract: str, key: str) -> list[str]:
    return [contract] if rows.invoice(store, contract, key) is not None else []


def _with_device(store: Store, text: str) -> list[str]:
    """The contract of a device, by its id or by the serial number on its label."""
    held = devices.load(store, text)
    item = stock.load(store, text)
    return [name for name in (held.device.contract if held else "", item.contract if item else "") if name]


def _of_account(store: Store, account: str, after: str, limit: int) -> Found:
    applied_at, _, contract = after.partition(" ")
    place = {**rows.snapshot_key(contract), "account": S(account), "applied_at": S(applied_at)} if after else None
    page = rows.of_account(store, account, after=place, limit=limit)
    following = f"{page.after['applied_at']['S']} {page.after['contract']['S']}" if page.after else ""
    return [row["contract"]["S"] for row in page.rows], following


def _followed(store: Store, email: str, after: str, limit: int) -> Found:
    """Whom an address may follow, or is invited to: as many as one person has, so the page is cut here."""
    start = views.whole(after) if after else 0
    all_of = sorted(members.contracts_of(store, email))
    return all_of[start : start + limit], str(start + limit) if start + limit < len(all_of) else ""


def _known(store: Store, known: known_by.Known, after: str, limit: int) -> Found:
    ids, more = finding.page(store, known, after=after, limit=limit)
    return ids, ids[-1] if more else ""


# what a list shows


def _rows(store: Store, now: datetime, ids: Sequence[str]) -> list[Json]:
    """The contracts that exist, in the order asked for."""
    stored = rows.rows_of(store, [key(name) for name in ids for key in (rows.snapshot_key, rows.profile_key)])
    parked = {entry.contract for entry in nights.all_parked(store)} if stored else set()
    known: dict[str, Terms] = {}
    shown = []
    for name, held in rows.readable(stored, ids).items():
        service = held.contract.service
        terms = known[service] = known.get(service) or rules.of(store, service)
        row = _row(held, terms, japan_day(now))
        shown.append({**row, "name": name_in(rows.profile_in(stored.get((name, "profile")))), "parked": name in parked})
    return shown


def of_desk(store: Store, contract_id: str, shown: Mapping[str, Any]) -> Json:
    """What the desk sees beside a contract that it opens: who holds it, and whether something of it was put aside.

    `shown` is the contract with what its holder told.
    """
    return {"name": name_in(shown), "parked": nights.is_parked(store, contract_id)}


def _row(held: rows.Held, terms: Terms, today: date) -> Json:
    contract = held.contract
    waiting = tasks.tasks(contract, terms, today)
    return {
        "id": contract.id,
        "service": contract.service,
        "plan": contract.plan,
        "state": contract.state,
        "account": contract.account,
        "applied_on": japan_day(contract.applied_at).isoformat(),
        "starts_on": _day(contract.service_starts_on),
        "ends_on": _day(contract.ends_on),
        "next_on": _day(japan_day(datetime.fromisoformat(held.due_at))) if held.due_at else None,
        "task": {"kind": waiting[0].kind, "since": _day(waiting[0].since), "due": _day(waiting[0].due)} if waiting else None,
        "tasks": len(waiting),
        "owed": sum(entry.unpaid for entry in contract.ledger),
        "overdue": sum(entry.unpaid for entry in contract.ledger if entry.due_on < today),
    }


def name_in(profile: Mapping[str, Any]) -> str:
    """Who holds the contract, as they called themselves; '' where nobody said."""
    return next((str(profile[part][name]) for part, name in _NAMES if profile.get(part, {}).get(name)), "")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
