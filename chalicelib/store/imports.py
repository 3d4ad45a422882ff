"""The rows of imports: what an operator sent, in shares, what became of every line, and which use was heard already.

All lie in the contracts table, in partitions of their own:

| partition               | item          | attributes                                                              |
| ----------------------- | ------------- | ----------------------------------------------------------------------- |
| `import#<id>`           | `import`      | fingerprint, body: kind, service, lines, shares, by, at                 |
| `import#<id>`           | `share#<n>`   | body: the lines of a share, read and typed                              |
| `import#<id>`           | `report#<n>`  | body: what became of the lines of a share; `report#unread` of the others |
| `used#<service>#<hash>` | `use`         | fingerprint, import, line: a row of use, stored with what it changed    |

All expire: shares early, since they hold what customers did; reports and marks after a year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.store import codec
from chalicelib.store.transact import N, Row, S, Store, Write, absent, put

SHARE_KEPT = timedelta(days=60)
KEPT = timedelta(days=400)
_IMPORT = S("import")


@dataclass(frozen=True, slots=True)
class Import:
    """One file: `kind` says of what, `lines` how many it has, `shares` in how many shares they are worked on."""

    id: str
    kind: str
    service: str
    lines: int
    shares: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A row of use that was recorded: by which line of which import, and a print of what it said."""

    fingerprint: str
    source: str
    line: int


def id_of(subject: str, kind: str, key: str) -> str:
    """An import's id follows from who sent it under which key, so a repeated request meets itself."""
    return "i" + hashlib.sha256(f"import {kind} {subject} {key}".encode()).hexdigest()[:23]


def _key(import_id: str, item: str) -> Row:
    return {"contract": S(f"import#{import_id}"), "item": S(item)}


def _until(now: datetime, kept: timedelta) -> Row:
    return N(int((now + kept).timestamp()))


def head(store: Store, import_id: str) -> tuple[Import, str] | None:
    """An import and the fingerprint of the request that sent it; None when there is none."""
    row = store.get(store.contracts, _key(import_id, "import"))
    if row is None:
        return None
    return Import(import_id, **codec.loads(row["body"]["S"])), row["fingerprint"]["S"]


def add(store: Store, made: Import, fingerprint: str, now: datetime) -> None:
    """The head, after its shares. Raises WriteRefused when it is there already."""
    names = ("kind", "service", "lines", "shares", "by", "at")
    body = codec.dumps({name: getattr(made, name) for name in names})
    row = {"contract": S(f"import#{made.id}"), "item": _IMPORT, "fingerprint": S(fingerprint), "body": S(body)}
    store.write(put(store.contracts, {**row, "expires_at": _until(now, KEPT)}, absent("item")))


def add_share(store: Store, import_id: str, number: int, lines: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """One share. Writing it twice writes the same."""
    body = S(codec.dumps(codec.tagged(list(lines))))
    row = {**_key(import_id, f"share#{number:04d}"), "body": body, "expires_at": _until(now, SHARE_KEPT)}
    store.write(put(store.contracts, row))


def share(store: Store, import_id: str, number: int) -> list[dict[str, Any]]:
    """The lines of a share; none when it has expired."""
    row = store.get(store.contracts, _key(import_id, f"share#{number:04d}"))
    found: list[dict[str, Any]] = codec.untagged(codec.loads(row["body"]["S"])) if row else []
    return found


def report(store: Store, import_id: str, name: str, outcomes: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """What became of the lines of a share (`0000`), or of those that could not be read (`unread`)."""
    row = {**_key(import_id, f"report#{name}"), "body": S(codec.dumps(list(outcomes))), "expires_at": _until(now, KEPT)}
    store.write(put(store.contracts, row))


def reports(store: Store, import_id: str) -> dict[str, list[dict[str, Any]]]:
    """All reports of an import so far, by name."""
    found = store.query_all(store.contracts, ("contract", f"import#{import_id}"), starts=("item", "report#"))
    return {row["item"]["S"].partition("#")[2]: codec.loads(row["body"]["S"]) for row in found}


def reported(store: Store, import_id: str, number: int) -> list[dict[str, Any]] | None:
    """The report of one share; None while it is not done."""
    row = store.get(store.contracts, _key(import_id, f"report#{number:04d}"))
    return codec.loads(row["body"]["S"]) if row else None


# rows of use


def mark_key(service: str, row_id: str) -> Row:
    digest = hashlib.sha256(row_id.encode()).hexdigest()[:32]
    return {"contract": S(f"used#{service}#{digest}"), "item": S("use")}


def mark_write(store: Store, key: Row, mark: Mark, now: datetime) -> Write:
    """The transaction's entry that says a row was recorded; refused when it was meanwhile."""
    row = {**key, "fingerprint": S(mark.fingerprint), "import": S(mark.source), "line": N(mark.line)}
    return put(store.contracts, {**row, "expires_at": _until(now, KEPT)}, absent("item"))


def mark_of(row: Row) -> Mark:
    return Mark(row["fingerprint"]["S"], row["import"]["S"], int(row["line"]["N"]))
