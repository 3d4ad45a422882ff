"""What waits for a person, over all contracts: looked for when somebody asks, a page of contracts at a time.

Nothing is written for it: a task follows from its contract, and an index of tasks would cost every night's bill a write.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib.contracts import tasks
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.flows import rules, views
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "tasks.toml"


def of_contract(store: Store, now: datetime, contract_id: str) -> list[Json]:
    """What waits for a person on one contract; nothing when there is no such contract."""
    contract = rows.load(store, contract_id)
    return [] if contract is None else _of(rules.of(store, contract.service), contract, japan_day(now))


def listed(
    store: Store,
    now: datetime,
    *,
    service: str = "",
    state: str = "",
    kind: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """The tasks of the next `limit` contracts, and how to go on. A page may be empty though later ones are not."""
    contracts, following = views.page_of_all(store, service, state, limit, cursor)
    known = {name: rules.of(store, name) for name in {contract.service for contract in contracts}}
    found = [task for contract in contracts for task in _of(known[contract.service], contract, japan_day(now))]
    wanted = [task for task in found if kind in ("", task["kind"])]
    return {"items": wanted, "looked_at": len(contracts), **({"next": following} if following else {})}


def _of(terms: Terms, contract: Contract, day: date) -> list[Json]:
    return [
        {
            "contract": contract.id,
            "service": contract.service,
            "kind": task.kind,
            "since": task.since.isoformat(),
            "due": task.due.isoformat() if task.due else None,
            "about": task.about,
            "rule": task.rule,
            "text": texts()[task.kind],
        }
        for task in tasks.tasks(contract, terms, day)
    ]


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """`{kind: {ja, en}}`: what operators read of every kind of task."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))
