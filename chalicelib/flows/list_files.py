"""Operators' lists as files for a spreadsheet: the same rows by the same filters, page by page; the pages are one file.

Days stand as 2026-11-22, amounts as bare numbers, headings and sentences in the language that was asked for. They hold the
names that the lists show, so they are personal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import terms
from chalicelib.flows import arrears, contract_lists, exports, tasks
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "lists.toml"
CONTRACTS = (
    "name", "contract", "service", "plan", "state", "tasks", "owed", "overdue", "parked", "applied_on", "starts_on", "next_on",
    "ends_on",
)  # fmt: skip
ARREARS = (
    "name", "contract", "service", "plan", "state", "rung", "overdue", "since", "deadline", "bills", "next_step",
    "next_step_on", "rule",
)  # fmt: skip
TASKS = ("what", "contract", "service", "since", "due", "about", "kind", "rule")


def contracts(store: Store, now: datetime, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """One page of contracts as CSV, and the cursor of the next ('' at the end)."""
    return _written(CONTRACTS, contract_lists.listed(store, now, **how), _whole, language, bom, how)


def in_arrears(store: Store, now: datetime, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """The same of contracts in arrears, with the nearest step that the terms allow."""
    return _written(ARREARS, arrears.listed(store, now, **how), _late, language, bom, how)


def waiting(store: Store, now: datetime, needs: tasks.Needs, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """The same of what waits for a person."""

    def cells(task: Json) -> Json:
        return {**task, "what": task["text"][language]}

    return _written(TASKS, tasks.listed(store, now, needs, **how), cells, language, bom, how)


def _whole(item: Json) -> Json:
    return {**item, "contract": item["id"]}


def _late(item: Json) -> Json:
    step: Json = next(iter(item["steps"]), {})
    return {
        **item,
        "deadline": (item["demand"] or {}).get("deadline"),
        "bills": " ".join(f"{bill['key']}:{bill['unpaid']}" for bill in item["bills"]),
        "next_step": step.get("command"),
        "next_step_on": step.get("on"),
        "rule": (step.get("rule") or {}).get("id"),
    }


def _written(
    columns: Sequence[str], page: Json, cells: Callable[[Json], Json], language: str, bom: bool, how: Mapping[str, Any]
) -> tuple[str, str]:
    first = not how.get("cursor")
    titles = {name: str(terms.load(name).data["title"][language]) for name in {item["service"] for item in page["items"]}}

    def line(item: Json) -> list[Any]:
        found = {**cells(item), "service": titles[item["service"]]}
        return [_cell(found.get(name)) for name in columns]

    header = [texts()[name][language] for name in columns] if first else []
    return exports.written(header, map(line, page["items"]), bom and first), page.get("next", "")


def _cell(value: Any) -> Any:
    return ("yes" if value else "") if isinstance(value, bool) else value


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, str]]:
    """The headings, by column and language."""
    found: dict[str, dict[str, str]] = toml.read(TEXTS)
    return found
