"""Use as carriers report it: each line of a file becomes a `record_usage` on its contract, on its own day, once.

A row of use is known by the operator's row id or, where it says the instant, by its content. Its mark is stored in the
transaction of the contract that it changes, so neither a crash nor a repeat nor another file records it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import at_japan, japan_day
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import rules, together
from chalicelib.flows.attempts import settled
from chalicelib.flows.csv_lines import Line, day_or_instant, fault, needed, outcome, text, whole
from chalicelib.store import contracts as rows
from chalicelib.store import imports
from chalicelib.store.imports import Import, Mark
from chalicelib.store.transact import Row, Store, Write, chunks

Json = dict[str, Any]
COLUMNS = ("row", "contract", "at", "kind", "to", "seconds", "call", "yen", "megabytes")
REQUIRED = ("contract", "at", "kind")
AT_ONCE = 25  # rows of one contract in one transaction, which takes 100 entries
_ID, _NAME, _ROW = r"[A-Za-z0-9_-]{1,64}", r"[A-Za-z0-9_.-]{1,64}", r"[!-~]{1,64}"
_TO = r"[A-Za-z0-9_:.-]{1,32}"
_SECONDS_MAX, _YEN_MAX = 10_000_000, 100_000_000


def provided(terms: Terms) -> None:
    """Raises Refused for a service without use to record."""
    parts = terms.data.get("parts", {}).values()
    if "usage" not in terms.data and not any("usage" in part for part in parts):
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))


def typed(line: Line) -> Json:
    """A line as a row of use: contract, day, what `record_usage` takes, and the id by which it is known. Raises Invalid."""
    cells = line.cells
    at = day_or_instant(cells["at"], "at")
    exact = isinstance(at, datetime)
    if "row" not in cells and not exact:
        raise Invalid("row", "missing", "give_row_or_instant")
    args = _args(line)
    contract = needed(line, "contract", _ID)
    said = repr((contract, cells["at"], sorted((name, str(value)) for name, value in args.items())))
    print_ = hashlib.sha256(said.encode()).hexdigest()[:32]
    moment = at if isinstance(at, datetime) else at_japan(at, time())
    row = text(line, "row", _ROW)
    return {
        "line": line.number, "row": row, "key": f"row {row}" if row else f"content {print_}", "print": print_,
        "contract": contract, "at": moment, "used_on": japan_day(moment), "args": args,
    }  # fmt: skip


def _args(line: Line) -> Json:
    kind = line.cells["kind"]
    if kind == "call":
        call: Json = {"to": needed(line, "to", _TO), "seconds": whole(line, "seconds", _SECONDS_MAX)}
        if "call" in line.cells:
            call["kind"] = needed(line, "call", _NAME)
        return {"calls": [call]}
    if kind == "sms":
        return {"sms_yen": whole(line, "yen", _YEN_MAX)}
    if kind == "data":
        return {"megabytes": whole(line, "megabytes", _YEN_MAX)}
    raise Invalid("kind", "not_offered", "one_of", choices="call, sms, data")


def order(row: Mapping[str, Any]) -> tuple[str, datetime, int]:
    """Rows of one contract stand together, in the order in which they happened."""
    return row["contract"], row["at"], row["line"]


@dataclass
class _Run:
    """One pass over the rows of a share, really or only tried. `seen` are the rows of this pass by id."""

    store: Store
    source: Import
    now: datetime
    trial: bool
    seen: dict[str, str] = field(default_factory=dict)


def carry_out(store: Store, source: Import, found: Sequence[Mapping[str, Any]], now: datetime, *, trial: bool) -> list[Json]:
    """Records rows, contract by contract; in a trial stores nothing. Gives what became of each line.

    Raises StoreError when the store fails: what is stored stays, and going through the rows again finds it.
    """
    run = _Run(store, source, now, trial)
    told: list[Json] = []
    for contract_id, mine in groupby(sorted(found, key=order), key=lambda row: str(row["contract"])):
        size = len(found) if trial else AT_ONCE
        for some in chunks(mine, size):
            told += settled(_some, run, contract_id, some)
    return told


def _some(run: _Run, contract_id: str, wanted: list[Json]) -> list[Json]:
    """Rows of one contract in one transaction, with their marks."""
    store, service = run.store, run.source.service
    keys = {row["key"]: imports.mark_key(service, row["key"]) for row in wanted}
    found = rows.rows_of(store, [rows.snapshot_key(contract_id), *keys.values()])
    held = found.get((contract_id, "contract"))
    before = rows.held(held).contract if held else None
    if before is None or before.service != service:
        unknown = Invalid("contract", "contract_unknown", "check_contract")
        return [fault(row["line"], unknown, key=row["row"], contract=contract_id) for row in wanted]
    terms = rules.of(store, service)
    decision, writes, told, seen = Decision(before), list[Write](), list[Json](), dict(run.seen)
    for row in wanted:
        about = {"key": row["row"], "contract": contract_id}
        key = keys[row["key"]]
        try:
            known = _known(run, seen, row, found.get((key["contract"]["S"], "use")))
            if not known:
                decision = _recorded(decision, terms, row, run.now)
                writes.append(imports.mark_write(store, key, Mark(row["print"], run.source.id, row["line"]), run.now))
            seen[row["key"]] = row["print"]
            told.append(outcome(row["line"], known or "done", **about))
        except Exception as error:  # a row that nobody thought of must not hold up the others
            told.append(fault(row["line"], error, **about))
    if writes and not run.trial:
        _commit(store, terms, before, decision, writes, run.now)
    run.seen = seen
    return told


def _known(run: _Run, seen: Mapping[str, str], row: Mapping[str, Any], stored: Row | None) -> str:
    """`known` for a row that was recorded, `done` when this very line did it; empty for a new one.

    Raises Invalid when the row id was used for something else.
    """
    mark = imports.mark_of(stored) if stored else None
    before = mark.fingerprint if mark else seen.get(row["key"])
    if before is None:
        return ""
    if before != row["print"]:
        raise Invalid("row", "row_reused", "give_a_new_row_id")
    return "done" if mark and (mark.source, mark.line) == (run.source.id, row["line"]) else "known"


def _recorded(decision: Decision, terms: Terms, row: Mapping[str, Any], now: datetime) -> Decision:
    used_on: date = row["used_on"]
    args = row["args"] if used_on == japan_day(now) else {**row["args"], "used_on": used_on}
    step = engine.handle(decision.contract, terms, Command("record_usage", now, args, "operator"))
    return decision.then(step)


def _commit(store: Store, terms: Terms, before: Contract, decision: Decision, writes: list[Write], now: datetime) -> None:
    due = rules.due(decision.contract, terms)
    beside = together.beside(store, terms, before, decision, now)
    rows.commit(store, before, decision, at=now, due=due, beside=[*beside, *writes])
