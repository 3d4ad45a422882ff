"""How many mails of ours an address got on a day: rows of the accounts table, `letters#<hash>` / `day#<day>`; they expire."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from chalicelib.store.transact import N, Row, S, Store, Write, absent, equals, put

KEPT = timedelta(days=3)


def _key(hashed: str, day: date) -> Row:
    return {"account": S(f"letters#{hashed}"), "item": S(f"day#{day.isoformat()}")}


def sent_on(store: Store, hashed: str, day: date) -> int:
    """So many went to the address on that day."""
    row = store.get(store.accounts, _key(hashed, day))
    return int(row["sent"]["N"]) if row else 0


def one_more(store: Store, hashed: str, day: date, before: int, now: datetime) -> Write:
    """A transaction's entry: one more than there were when it was looked at."""
    row = {**_key(hashed, day), "sent": N(before + 1), "expires_at": N(int((now + KEPT).timestamp()))}
    return put(store.accounts, row, equals("sent", N(before)) if before else absent("item"))
