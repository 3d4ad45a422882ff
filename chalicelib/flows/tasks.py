"""What waits for a person, over all contracts: looked for when somebody asks, a page of contracts at a time.

Nothing is written for it: a task follows from its contract, and an index of tasks would cost every night's bill a write.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib import toml
from chalicelib.billing import engine
from chalicelib.contracts import tasks
from chalicelib.contracts import terms as files
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NoTermsForDay, Refused
from chalicelib.flows import rules, views
from chalicelib.flows.contract_lists import name_in
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]


class Fields(NamedTuple):
    """The arguments of a command: those that it always needs, and all that it knows."""

    required: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


Needs = Mapping[str, Fields]  # by command: whoever checks bodies knows
NOTHING_KNOWN: Needs = {}
TEXTS = Path(__file__).parent.parent / "texts" / "tasks.toml"


def of_contract(store: Store, now: datetime, contract_id: str, needs: Needs = NOTHING_KNOWN) -> list[Json]:
    """What waits for a person on one contract; nothing when there is no such contract."""
    contract = rows.load(store, contract_id)
    return [] if contract is None else _of(rules.of(store, contract.service), contract, now, needs)


def listed(
    store: Store,
    now: datetime,
    needs: Needs,
    *,
    service: str = "",
    state: str = "",
    kind: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """The tasks of the next `limit` contracts, and how to go on. A page may be empty though later ones are not.

    Of one kind, only contracts in a state are looked at that can have it. The tasks of a page stand oldest first.
    """
    contracts, following = views.page_of_all(store, service, state, limit, cursor, _among(store, service, kind))
    known = {name: rules.of(store, name) for name in {contract.service for contract in contracts}}
    found = [task for contract in contracts for task in _of(known[contract.service], contract, now, needs)]
    wanted = sorted((task for task in found if kind in ("", task["kind"])), key=lambda task: (task["since"], task["contract"]))
    held_by = _names(store, {task["contract"] for task in wanted})
    wanted = [{**task, "name": held_by[task["contract"]]} for task in wanted]
    return {"items": wanted, "looked_at": len(contracts), **({"next": following} if following else {})}


def _names(store: Store, contracts: set[str]) -> dict[str, str]:
    """Who holds each: somebody has to be called, or met."""
    profiles = rows.rows_of(store, [rows.profile_key(contract) for contract in contracts])
    return {name: name_in(rows.profile_in(profiles.get((name, "profile")))) for name in contracts}


def _among(store: Store, service: str, kind: str) -> list[tuple[str, str]] | None:
    """The services and states in which contracts can have tasks of a kind; None: all of them, when no kind is asked for."""
    if not kind:
        return None
    names = [service] if service else files.services()
    among = []
    for name in (name for name in names if name in files.services()):
        states = tasks.states_of(files.load(name), kind)
        among += [(name, state) for state in (views.STATES if states is None else states)]
    return among


def _of(terms: Terms, contract: Contract, now: datetime, needs: Needs) -> list[Json]:
    day, own = japan_day(now), terms.part(contract.plan)
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
            "commands": [
                _command(own, contract, now, name, _filled(task, field), needs)
                for name, field in _carried_on_by(task.kind)
                if name in own.commands
            ],
        }
        for task in tasks.tasks(contract, terms, day)
    ]


# how a task is carried on


def _carried_on_by(kind: str) -> list[tuple[str, str]]:
    """Commands, each with the argument that is what the task is about ('' for none)."""
    return [(name, field) for name, _, field in (word.partition(":") for word in _book()[kind]["commands"])]


def _filled(task: tasks.Task, field: str) -> Json:
    if field:
        return {field: task.about} if task.about else {}
    return {"kind": task.kind, **({"about": task.about} if task.about else {})}


def _command(own: Terms, contract: Contract, now: datetime, name: str, about: Json, needs: Needs) -> Json:
    """A command with what is known of its body; where that is all it needs, whether the terms allow it now."""
    known = needs.get(name)
    body = {field: value for field, value in about.items() if known is None or field in known.known}
    missing = [field for field in known.required if field not in body] if known else []
    shown: Json = {"command": name, "body": body, "missing": missing, "refused": None, "rule": None}
    if known and not missing:
        try:
            engine.handle(contract, own, Command(name, now, body, "operator"))
        except Refused as no:
            shown |= {"refused": no.reason, "rule": no.rule or None}
        except (Invalid, NoTermsForDay):
            pass  # it needs more than every body of it does: the operator will see
    return shown


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, str]]:
    """`{kind: {ja, en}}`: what operators read of every kind of task."""
    return {kind: {language: said[language] for language in ("ja", "en")} for kind, said in _book().items()}


@lru_cache(maxsize=1)
def _book() -> dict[str, Any]:
    return toml.read(TEXTS)
