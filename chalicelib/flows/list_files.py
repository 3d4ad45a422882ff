"""Operators' lists as files for a spreadsheet: the same rows by the same filters, page by page; the pages are one file.

Days stand as 2026-11-22, amounts as bare numbers, headings, states and sentences in the language that was asked for; the codes
for whoever reckons with the file stand in the last columns. They hold the names that the lists show, so they are personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import terms
from chalicelib.dates import japan
from chalicelib.flows import arrears, contract_lists, exports, fleet, names, tasks
from chalicelib.iot import models
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "lists.toml"
DESK = TEXTS.with_name("desk.json")
CONTRACTS = (
    "name", "contract", "service", "plan", "state", "tasks", "owed", "overdue", "parked", "applied_on", "starts_on", "next_on",
    "ends_on", "plan_code", "state_code",
)  # fmt: skip
ARREARS = (
    "name", "contract", "service", "plan", "state", "rung", "overdue", "since", "deadline", "bills", "next_step",
    "next_step_on", "rule", "plan_code", "state_code", "rung_code", "next_step_code",
)  # fmt: skip
FLEET = (
    "device", "contract", "model", "serial_number", "state", "low_battery", "weak_signal", "battery_percent", "signal_dbm",
    "firmware", "worst_open_alert", "open_alerts", "claimed_at", "last_received_at", "cut_off_at", "model_code", "state_code",
    "worst_open_alert_code",
)  # fmt: skip
TASKS = ("what", "name", "contract", "service", "since", "due", "about", "rule", "kind")


def contracts(store: Store, now: datetime, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """One page of contracts as CSV, and the cursor of the next ('' at the end)."""

    def cells(item: Json) -> Json:
        return {**_coded(item, language), "contract": item["id"]}

    return _written(CONTRACTS, contract_lists.listed(store, now, **how), cells, language, bom, how)


def in_arrears(store: Store, now: datetime, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """The same of contracts in arrears, with the nearest step that the terms allow."""

    def cells(item: Json) -> Json:
        return {**_coded(item, language), **_late(item, language)}

    return _written(ARREARS, arrears.listed(store, now, **how), cells, language, bom, how)


def waiting(store: Store, now: datetime, needs: tasks.Needs, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """The same of what waits for a person."""

    def cells(task: Json) -> Json:
        return {**task, "what": task["text"][language]}

    return _written(TASKS, tasks.listed(store, now, needs, **how), cells, language, bom, how)


def devices(store: Store, language: str, bom: bool, **how: Any) -> tuple[str, str]:
    """The same of the fleet's devices; instants in Japan's time."""

    def cells(item: Json) -> Json:
        model, level = item["model"], item["worst_open_alert"]
        return {
            **item,
            **{name: _wall(item[name]) for name in ("claimed_at", "last_received_at", "cut_off_at")},
            "model": models.find(model).get("name", {}).get(language, model),
            "model_code": model,
            "state": desk("device", item["state"], language),
            "state_code": item["state"],
            "worst_open_alert": desk("level", level, language) if level else None,
            "worst_open_alert_code": level,
        }

    return _written(FLEET, fleet.listing(store, **how), cells, language, bom, how)


def _wall(text: str | None) -> str | None:
    return japan(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S") if text else None


def _coded(item: Json, language: str) -> Json:
    """A row with its state and plan in words, and their codes beside."""
    plan = item["plan"] or "none"
    return {
        **item,
        "state": desk("state", item["state"], language),
        "state_code": item["state"],
        "plan": names.name(item["service"], "plan", plan)[language],
        "plan_code": plan,
    }


def _late(item: Json, language: str) -> Json:
    step: Json = next(iter(item["steps"]), {})
    return {
        "rung": desk("rung", item["rung"], language),
        "rung_code": item["rung"],
        "deadline": (item["demand"] or {}).get("deadline"),
        "bills": " ".join(f"{bill['key']}:{bill['unpaid']}" for bill in item["bills"]),
        "next_step": desk("command", step["command"], language) if step else None,
        "next_step_code": step.get("command"),
        "next_step_on": step.get("on"),
        "rule": (step.get("rule") or {}).get("id"),
    }


def _written(
    columns: Sequence[str], page: Json, cells: Callable[[Json], Json], language: str, bom: bool, how: Mapping[str, Any]
) -> tuple[str, str]:
    first = not how.get("cursor")
    named = {item["service"] for item in page["items"] if "service" in item}
    titles = {name: str(terms.load(name).data["title"][language]) for name in named}

    def line(item: Json) -> list[Any]:
        found = {**cells(item), "service": titles.get(item.get("service", ""))}
        return [_cell(found.get(name), language) for name in columns]

    header = [texts()[name][language] for name in columns] if first else []
    return exports.written(header, map(line, page["items"]), bom and first), page.get("next", "")


def _cell(value: Any, language: str) -> Any:
    return (texts()["yes"][language] if value else "") if isinstance(value, bool) else value


def desk(part: str, key: str, language: str) -> str:
    """The word of a state, a rung or a command as the desk's screens say it; the key itself where nobody wrote one."""
    known = _desk()[part].get(key)
    return str(known[language]) if known else key


@lru_cache(maxsize=1)
def _desk() -> dict[str, dict[str, dict[str, str]]]:
    """Also the console's: one file for both."""
    return json.loads(DESK.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, str]]:
    """The headings, by column and language."""
    found: dict[str, dict[str, str]] = toml.read(TEXTS)
    return found
