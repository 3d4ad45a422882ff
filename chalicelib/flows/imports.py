"""Files from operators: read at once, worked on in shares, every line accounted for, and the report kept.

The lines that can be read are stored in shares first, then the import itself, then a message per share goes to the queue of
the nights. A repeat of the request finds the import and sends again what is not done; a share that is worked on twice finds
what it did before. A trial goes the same way in one request and stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib import observe
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows import contract_imports, csv_lines, usage_imports
from chalicelib.flows.attempts import settled
from chalicelib.gateways import queue
from chalicelib.members.roles import Caller
from chalicelib.store import codec, idempotency, imports
from chalicelib.store.imports import Import
from chalicelib.store.transact import Store, chunks

Json = dict[str, Any]
PER_REPORT = 200  # faults in one stored row
OUTCOMES = ("done", "known", "refused", "faulty", "failed")
Typed = Callable[[csv_lines.Line], Json]


class _CarryOut(Protocol):
    def __call__(
        self, store: Store, source: Import, found: Sequence[Mapping[str, Any]], now: datetime, *, trial: bool
    ) -> list[Json]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of file needs: its columns, how its lines are ordered, how they are carried out, and how many at once."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    order: Callable[[Mapping[str, Any]], Any]
    carry_out: _CarryOut
    per_share: int  # lines of one queue message and of one stored row
    most: int = csv_lines.LINES_MAX


KINDS: Mapping[str, Kind] = {
    "usage": Kind(usage_imports.COLUMNS, usage_imports.REQUIRED, usage_imports.order, usage_imports.carry_out, 500),
    "contracts": Kind(
        contract_imports.COLUMNS, contract_imports.REQUIRED, contract_imports.order, contract_imports.carry_out, 25, 1000
    ),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent. `typed` makes a line into values, and raises Invalid."""

    kind: str
    service: str
    text: str
    typed: Typed


def trial(store: Store, now: datetime, file: File) -> Json:
    """What an import would do if it were made now. Stores nothing. Raises Invalid for a file that cannot be read at all."""
    kind = KINDS[file.kind]
    good, told = csv_lines.read(file.text, kind.columns, kind.required, file.typed, kind.most)
    source = Import("", file.kind, file.service, len(good) + len(told), 1, "", "")
    told += kind.carry_out(store, source, sorted(good, key=kind.order), now, trial=True)
    return {**_json(source, told, True), "items": _by_line(told)}


def start(store: Store, now: datetime, caller: Caller, file: File, key: str) -> Json:
    """Takes a file in and hands its lines out. A repeat under the same key hands out what is not done yet.

    Raises Invalid for a file that cannot be read at all, Conflict("idempotency_key_reused"), StoreError.
    """
    import_id = imports.id_of(caller.subject, file.kind, key)
    print_ = idempotency.fingerprint(f"import {file.kind}", file.service, {"csv": file.text})
    made = settled(_taken_in, store, now, caller, file, import_id, print_)
    done = imports.reports(store, import_id)
    waiting = [number for number in range(made.shares) if f"{number:04d}" not in done]
    queue.night_queue().send({"kind": "import", "import": import_id, "share": number} for number in waiting)
    return _shown(made, done)


def _taken_in(store: Store, now: datetime, caller: Caller, file: File, import_id: str, print_: str) -> Import:
    found = imports.head(store, import_id)
    if found is not None:
        if found[1] != print_:
            raise Conflict("idempotency_key_reused")
        return found[0]
    kind = KINDS[file.kind]
    good, faults = csv_lines.read(file.text, kind.columns, kind.required, file.typed, kind.most)
    shares = list(chunks(sorted(good, key=kind.order), kind.per_share))
    for number, lines in enumerate(shares):
        imports.add_share(store, import_id, number, lines, now)
    for number, some in enumerate(chunks(faults, PER_REPORT)):
        imports.report(store, import_id, f"unread{number:04d}", some, now)
    at = codec.instant_text(now)
    made = Import(import_id, file.kind, file.service, len(good) + len(faults), len(shares), caller.subject, at)
    imports.add(store, made, print_, now)
    observe.say("import taken in", kind=file.kind, service=file.service, due=made.lines, batch=made.shares)
    return made


def work(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    """Does one share. Raises StoreError when the store failed: the message comes again, and what is done stays done."""
    import_id, number = message["import"], message["share"]
    found = imports.head(store, import_id)
    if found is None:
        raise NotFound("import")
    told = imports.reported(store, import_id, number)
    if told is not None:
        return {"done": 0, "already": len(told), "parked": 0}
    source = found[0]
    told = KINDS[source.kind].carry_out(store, source, imports.share(store, import_id, number), now, trial=False)
    imports.report(store, import_id, f"{number:04d}", told, now)
    counts = _counts(told)
    observe.count(**{f"import_{name}": count for name, count in counts.items()})
    return {"done": counts["done"], "already": counts["known"], "parked": counts["failed"]}


def view(store: Store, kind: str, service: str, import_id: str, outcome: str = "", limit: int = 50, cursor: str = "") -> Json:
    """An import and what became of its lines so far, in the order of the file. Raises NotFound."""
    from chalicelib.flows import views

    found = imports.head(store, import_id)
    if found is None or found[0].kind != kind or (service and found[0].service != service):
        raise NotFound("import")
    shown = _shown(found[0], imports.reports(store, import_id))
    items = [item for item in shown["items"] if not outcome or item["outcome"] == outcome]
    return {**shown, **views.page_of(items, limit, cursor)}


def _shown(made: Import, reports: Mapping[str, list[Json]]) -> Json:
    told = [entry for report in reports.values() for entry in report]
    complete = all(f"{number:04d}" in reports for number in range(made.shares))
    return {**_json(made, told, complete), "items": _by_line(told)}


def _json(made: Import, told: Sequence[Json], complete: bool) -> Json:
    about = {"id": made.id, "at": made.at} if made.id else {}
    counts = _counts(told)
    waiting = made.lines - len(told)
    return {**about, "service": made.service, "lines": made.lines, **counts, "waiting": waiting, "complete": complete}


def _counts(told: Sequence[Json]) -> dict[str, int]:
    return {name: sum(1 for entry in told if entry["outcome"] == name) for name in OUTCOMES}


def _by_line(told: Sequence[Json]) -> list[Json]:
    return sorted(told, key=lambda entry: int(entry["line"]))


__all__ = ["KINDS", "File", "start", "trial", "view", "work"]
