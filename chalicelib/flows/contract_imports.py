"""Companies that come from spreadsheets: each line is one contract, its life played by the engine, and stored in one step.

There is no back door: what the terms refuse is refused in the report. A line is known by its key, from which the contract's
id is made, so the same line again meets its own contract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from chalicelib.billing import moving_in
from chalicelib.contracts import terms as files
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.dates import at_japan
from chalicelib.errors import Conflict, Invalid, StoreError
from chalicelib.flows import accounts, consents, contracts, rules, together
from chalicelib.flows.attempts import settled
from chalicelib.flows.csv_lines import Line, day_or_instant, fault, needed, outcome, text, whole
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store import finding, idempotency, imports
from chalicelib.store.imports import Import, Mark
from chalicelib.store.transact import Row, Store

Json = dict[str, Any]
Check = Callable[[str, Mapping[str, str]], Json]  # a command and its arguments as written → as they are typed
COLUMNS = (
    "key", "account", "service", "plan", "payment_method", "applied_at", "email", "options", "devices", "consents", "documents",
    "steps", "open_balance",
)  # fmt: skip
REQUIRED = ("key", "account", "service", "payment_method", "applied_at")
_KEY, _ACCOUNT, _NAME, _NAMES = r"[!-~]{1,64}", r"[A-Za-z0-9_-]{1,64}", r"[A-Za-z0-9_.-]{1,64}", r"[A-Za-z0-9_.;* -]{1,400}"
_EMAIL = r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,60}"
_STEP = re.compile(r"(\S+)\s+([a-z_]{1,40})((?:\s+[a-z_]{1,40}=\S{1,80})*)")
_STEPS_MAX, _QUANTITY_MAX, _YEN_MAX = 40, 1000, 100_000_000
_OPERATOR = "operator"


def typed(line: Line, check: Check) -> Json:
    """A line as an application and the steps after it. Raises Invalid."""
    at = _instant(line.cells["applied_at"], "applied_at", time())
    body: Json = {"service": text(line, "service", r"[a-z0-9-]{1,40}"), "payment_method": text(line, "payment_method", _NAME)}
    if body["service"] not in files.services():
        raise Invalid("service", "not_offered", "one_of", choices=", ".join(files.services()))
    if "plan" in line.cells:
        body["plan"] = text(line, "plan", _NAME)
    if "email" in line.cells:
        body["contact"] = {"email": text(line, "email", _EMAIL)}
    for name in ("consents", "documents"):
        if name in line.cells:
            body[name] = [word.strip() for word in text(line, name, _NAMES).split(";")]
    for name, inner in (("options", "option"), ("devices", "sku")):
        if name in line.cells:
            body[name] = [_counted(word, name, inner) for word in text(line, name, _NAMES).split(";")]
    body = check("apply", body)
    return {
        "line": line.number, "key": needed(line, "key", _KEY), "account": needed(line, "account", _ACCOUNT), "at": at,
        "body": body, "steps": _steps(line, at, check),
        "open": whole(line, "open_balance", _YEN_MAX) if "open_balance" in line.cells else 0,
    }  # fmt: skip


def _counted(word: str, field: str, name: str) -> Json:
    what, _, count = word.strip().partition("*")
    if count and not (count.isascii() and count.isdigit() and 0 < int(count) <= _QUANTITY_MAX):
        raise Invalid(field, "format", "see_columns")
    return {name: what, "quantity": int(count or 1)}


def _steps(line: Line, applied_at: datetime, check: Check) -> list[Json]:
    """`2025-04-10 install; 2025-04-12 notify_start starts_on=2025-04-15`: a step on a day is done at noon."""
    written = [word.strip() for word in line.cells.get("steps", "").split(";") if word.strip()]
    if len(written) > _STEPS_MAX:
        raise Invalid("steps", "too_large", "at_most", limit=_STEPS_MAX)
    steps = []
    before = applied_at
    for word in written:
        found = _STEP.fullmatch(word)
        if found is None:
            raise Invalid("steps", "format", "write_steps")
        args = dict(part.split("=", 1) for part in found[3].split())
        at = _instant(found[1], "steps", time(12))
        if at < before:
            raise Invalid("steps", "order", "write_steps")
        steps.append({"at": at, "name": found[2], "args": check(found[2], args)})
        before = at
    return steps


def _instant(written: str, field: str, clock: time) -> datetime:
    found = day_or_instant(written, field)
    return found if isinstance(found, datetime) else at_japan(found, clock)


def order(row: Mapping[str, Any]) -> int:
    line: int = row["line"]
    return line


def carry_out(store: Store, source: Import, found: Sequence[Mapping[str, Any]], now: datetime, *, trial: bool) -> list[Json]:
    """Takes contracts in; in a trial stores nothing. Gives what became of each line. Raises StoreError."""
    run = _Run(store, source, now, trial)
    return [settled(_one, run, row) for row in found]


@dataclass
class _Run:
    """One pass over lines. A trial stores nothing, so what its lines would have made is remembered here for the next ones."""

    store: Store
    source: Import
    now: datetime
    trial: bool
    seen: dict[str, str] = field(default_factory=dict)  # prints of lines by contract
    made: list[Contract] = field(default_factory=list)


def _one(run: _Run, row: Mapping[str, Any]) -> Json:
    store, source, now = run.store, run.source, run.now
    service = row["body"]["service"]
    contract_id = contracts.id_of("import", f"{service} {row['key']}")
    print_ = _print_of(row)
    about = {"key": row["key"], "contract": contract_id}
    mark_key = rows.item_key(contract_id, "moved_in")
    stored = rows.rows_of(store, [rows.snapshot_key(contract_id), mark_key])
    mark_row = stored.get((contract_id, "moved_in"))
    try:
        if known := _known(source, row, mark_row, print_, run.seen.get(contract_id)):
            return outcome(row["line"], known, **about)
        if stored:  # taken in so long ago that its mark has expired
            return outcome(row["line"], "known", **about)
        decision, extra = _decided(run, row, contract_id)
        if run.trial:
            run.made.append(decision.contract)
        else:
            terms = rules.of(store, service)
            mark = imports.mark_write(store, mark_key, Mark(print_, source.id, row["line"]), now)
            beside = [*extra, *together.beside(store, terms, None, decision, now), mark]
            rows.commit(store, None, decision, at=now, due=rules.due(decision.contract, terms), beside=beside)
        run.seen[contract_id] = print_
        return outcome(row["line"], "done", **about)
    except (Conflict, StoreError):
        raise
    except Exception as error:  # a line that nobody thought of must not hold up the others
        return fault(row["line"], error, **about)


def _print_of(row: Mapping[str, Any]) -> str:
    said = {name: value for name, value in row.items() if name != "line"}
    return idempotency.fingerprint("moved_in", row["key"], said)


def _known(source: Import, row: Mapping[str, Any], stored: Row | None, print_: str, seen: str | None) -> str:
    mark = imports.mark_of(stored) if stored else None
    before = mark.fingerprint if mark else seen
    if before is None:
        return ""
    if before != print_:
        raise Invalid("key", "row_reused", "give_a_new_row_id")
    return "done" if mark and (mark.source, mark.line) == (source.id, row["line"]) else "known"


def _decided(run: _Run, row: Mapping[str, Any], contract_id: str) -> tuple[Decision, list[Row]]:
    store, now, body, account = run.store, run.now, row["body"], row["account"]
    terms = rules.of(store, body["service"])
    caller = Caller(account, operator=True, role="operator")
    address = accounts.address_of(terms, caller, account, body)
    asked = contracts.for_engine(body) | ({"address": address} if address else {})
    others, noted = contracts.others_of(store, terms, account, contract_id)
    taken, claimed = accounts.claim(store, terms, address, contract_id, now)
    made = [contract for contract in run.made if contract.service == terms.service]
    taken = taken or any(address == other.address != "" and other.state not in accounts.GONE for other in made)
    others += tuple(other for other in made if noted and other.account == account)
    old = moving_in.OldContract(
        contract_id,
        account,
        Command("apply", row["at"], asked, _OPERATOR),
        tuple(Command(step["name"], step["at"], step["args"], _OPERATOR) for step in row["steps"]),
        row["open"],
    )
    decision = moving_in.moved_in(terms, old, now, others=others, address_taken=taken)
    profile = {"contact": body["contact"]} if "contact" in body else {}
    extra = [rows.profile_write(store, contract_id, 1, profile), *noted]
    extra += [] if run.trial else finding.writes(store, None, contract_id, {}, profile)
    extra += claimed if decision.contract.state != "ended" else []
    return decision, extra + consents.of_application(store, terms, decision.contract, body, caller, row["at"])


__all__ = ["COLUMNS", "REQUIRED", "carry_out", "order", "typed"]
