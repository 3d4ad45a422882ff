"""A request beside a contract that may come twice: its answer is kept with its key, in the transaction that carried it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import NotFound, Refused
from chalicelib.store import contracts as rows
from chalicelib.store import idempotency
from chalicelib.store.transact import Row, Store, Write

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One POST: on which contract, by whom, under which key, and the fingerprint of what was sent."""

    contract: str
    subject: str
    key: str
    fingerprint: str

    @property
    def row_key(self) -> Row:
        return rows.item_key(self.contract, idempotency.item_of(self.subject, self.key))

    def answered(self, store: Store) -> Json | None:
        """What was answered before. Raises Conflict when the key came with another request."""
        row = store.get(store.contracts, self.row_key)
        return idempotency.answer_in(row, self.fingerprint) if row else None

    def first(self, store: Store, decide: Callable[[], Json]) -> Json:
        """What was answered before, else what `decide` carries out and answers.

        The same request may have come twice at once: what it finds done already is then its own work, and no refusal.
        """
        answered = self.answered(store)
        if answered is not None:
            return answered
        try:
            return decide()
        except (Refused, NotFound):
            answered = self.answered(store)
            if answered is None:
                raise
            return answered

    def remember(self, store: Store, answer: Mapping[str, Any], now: datetime) -> Write:
        """The transaction's entry that keeps the answer."""
        return idempotency.write(store.contracts, self.row_key, self.fingerprint, answer, now)
