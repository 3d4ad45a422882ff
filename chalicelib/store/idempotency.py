"""Requests that were already carried out: a row beside what they changed, written in the same transaction.

The row says which request it was (a fingerprint, never its content) and what was answered. It expires after 30 days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import Conflict
from chalicelib.store import codec
from chalicelib.store.transact import N, Row, S, Write, absent, put

KEPT = timedelta(days=30)


def item_of(account: str, key: str) -> str:
    """The row's sort key: of one caller's key, so that two callers with the same key do not meet."""
    return "key#" + hashlib.sha256(f"{account} {key}".encode()).hexdigest()[:32]


def fingerprint(name: str, subject: str, args: Mapping[str, Any]) -> str:
    """Tells one request from another under the same key, and tells nothing else."""
    text = codec.dumps([name, subject, sorted(codec.tagged(args).items())])
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def write(table: str, key: Row, fingerprint: str, answer: Mapping[str, Any], now: datetime) -> Write:
    """The transaction's entry that remembers an answer. Refused when the key was used meanwhile."""
    row = {
        **key,
        "fingerprint": S(fingerprint),
        "answer": S(codec.show(answer)),
        "expires_at": N(int((now + KEPT).timestamp())),
    }
    return put(table, row, absent("item"))


def answer_in(row: Row, fingerprint: str) -> dict[str, Any]:
    """What was answered then. Raises Conflict when the same key came with another request."""
    if row["fingerprint"]["S"] != fingerprint:
        raise Conflict("idempotency_key_reused")
    answer: dict[str, Any] = codec.loads(row["answer"]["S"])
    return answer
