"""Who owes something that is overdue, on which rung of the ladder they stand, and what the terms allow next.

Found by a sparse index that holds only contracts in arrears: what it costs follows from them, not from how many contracts
there are, and a night that finds nothing overdue writes nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.billing import ladder
from chalicelib.contracts import terms as files
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.ending import is_suspended
from chalicelib.contracts.late import late, late_since
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.flows import bills, rules, views
from chalicelib.flows.contract_lists import name_in
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Row, S, Store

Json = dict[str, Any]


def listed(store: Store, now: datetime, *, service: str = "", rung: str = "", limit: int = 50, cursor: str = "") -> Json:
    """A page of contracts in arrears of one service or of all, the longest overdue of each first.

    With a `rung` a page may hold fewer than asked for, though later ones are not empty.
    """
    ids, following = _ids(store, service, limit, views.opened(cursor))
    stored = rows.rows_of(store, [key(name) for name in ids for key in (rows.snapshot_key, rows.profile_key)])
    known: dict[str, Terms] = {}
    items = []
    for name, held in rows.readable(stored, ids).items():
        contract = held.contract
        if late_since(contract) is None:  # the index lags behind: it was paid just now
            continue
        terms = known[contract.service] = known.get(contract.service) or rules.of(store, contract.service)
        shown = _json(contract, terms, now) | {"name": name_in(rows.profile_in(stored.get((name, "profile"))))}
        if rung in ("", shown["rung"]):
            items.append(shown)
    return {"items": items, "looked_at": len(ids), **({"next": views.closed(following)} if following else {})}


def _ids(store: Store, service: str, limit: int, place: Sequence[str]) -> tuple[list[str], list[str]]:
    """Ids from one service after the other; a cursor says in which, and after which contract."""
    names = [service] if service else list(files.services())
    start = views.whole(place[0]) if place else 0
    after: Row | None = None
    if len(place) == 3 and start < len(names):
        after = {**rows.snapshot_key(place[2]), "arrears": S(names[start]), "late_since": S(place[1])}
    ids: list[str] = []
    for number in range(start, len(names)):
        page = rows.in_arrears(store, names[number], after=after, limit=limit - len(ids))
        ids += [row["contract"]["S"] for row in page.rows]
        if page.after:
            return ids, [str(number), page.after["late_since"]["S"], page.after["contract"]["S"]]
        after = None
        if len(ids) >= limit and number + 1 < len(names):
            return ids, [str(number + 1)]
    return ids, []


def _json(contract: Contract, terms: Terms, now: datetime) -> Json:
    today, demands = japan_day(now), ladder.open_demands(contract)
    declined = [entry.failed_on for entry in late(contract) if entry.failed_on is not None]
    return {
        "contract": contract.id,
        "service": contract.service,
        "plan": contract.plan,
        "state": contract.state,
        "rung": ladder.rung(contract, today),
        "since": _day(late_since(contract)),
        "overdue": ladder.owed_late(contract),
        "bills": [
            {"key": entry.key, "due_on": entry.due_on.isoformat(), "unpaid": entry.unpaid, "paid_by": entry.paid_by}
            for entry in late(contract)
        ],
        "declined_on": _day(max(declined, default=None)),
        "demand": {"on": _day(demands[-1].on), "deadline": _day(demands[-1].deadline)} if demands else None,
        "suspended_on": _day(japan_day(contract.suspensions[-1][0])) if is_suspended(contract) else None,
        "ends_on": _day(contract.ends_on),
        "steps": [_step(step, terms, today) for step in ladder.steps(contract, terms, now)],
    }


def _step(step: ladder.Step, terms: Terms, today: date) -> Json:
    return {
        "command": step.command,
        "body": {
            **({"reason": step.reason} if step.reason else {}),
            **({"deadline": _day(step.deadline)} if step.deadline else {}),
        },
        "on": step.on.isoformat(),
        "now": step.on <= today,
        "rule": bills.rule_json(terms, step.rule, today) if step.rule else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
