"""The alerts table: what was noticed about a home, and who was told.

| item                     | attributes                                                        |
| ------------------------ | ----------------------------------------------------------------- |
| `alert#<id>`             | device, body; `open` = the contract while it is open (sparse index) |
| `answer` under `answer#<hash>` | body: the question that a one-time link answers; expires   |
| `told#<ms>#<id>#<0, 1, 2>`| body: who was told of one opening or closing at one instant        |

An id sorts as alerts are listed, so both kinds of row come out of the table in the order of the acceptance language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..iot.alerts import NO_FACTS, UNTOUCHED, Alert, Ending, Facts, Tell
from ..iot.reading import Millis, Value
from . import codec
from .transact import N, Row, S, Store, Write, delete, put

_PLACE = {"asked": "0", "opened": "1", "closed": "2"}  # an alert that opens and closes in one instant is told in that order
_LATEST = 253_402_300_799_000  # the last second of the year 9999
_KIND = {place: kind for kind, place in _PLACE.items()}


class Listed(NamedTuple):
    """An alert as people see it."""

    id: str
    device: str
    watch: str
    level: str
    opened_at: Millis
    measured_at: Millis | None
    value: Value
    closed_at: Millis | None
    acknowledged_by: str
    snoozed_until: Millis | None
    condition: str = ""  # none in a row from before these were kept
    facts: Facts = NO_FACTS
    cause: str = ""
    acknowledged_at: Millis | None = None
    ending: Ending = UNTOUCHED
    answered: bool = False
    in_maintenance: bool = False


class Told(NamedTuple):
    """One person told one thing."""

    alert: str
    device: str
    watch: str
    kind: str  # asked, opened, closed
    person: str
    channels: tuple[str, ...]
    at: Millis


def as_listed(device: str, alert: Alert) -> Listed:
    """The alert as its row tells it: without whom it is still to be told."""
    return Listed(
        alert.id,
        device,
        alert.watch,
        alert.level,
        alert.opened_at,
        alert.measured_at,
        alert.value,
        alert.closed_at,
        alert.acknowledged_by,
        alert.snoozed[1] if alert.snoozed and alert.is_open else None,
        alert.condition,
        alert.facts,
        alert.cause,
        alert.acknowledged_at,
        alert.ending,
        alert.answered,
        alert.in_maintenance,
    )


class Question(NamedTuple):
    """What the token of a one-time link answers, and until when."""

    contract: str
    alert: str
    person: str
    until: Millis


def keep_question(store: Store, token_hash: str, asked: Question) -> None:
    """Doing it again puts the same row."""
    row = {**_question_key(token_hash), "body": S(codec.dumps(asked)), "expires_at": N(asked.until // 1000)}
    store.write(put(store.alerts, row))


def question(store: Store, token_hash: str) -> Question | None:
    row = store.get(store.alerts, _question_key(token_hash))
    return Question(*codec.loads(row["body"]["S"])) if row else None


def _question_key(token_hash: str) -> Row:
    return {"contract": S(f"answer#{token_hash}"), "item": S("answer")}


def write(store: Store, contract: str, device: str, alert: Alert) -> Write:
    """The transaction's entry for an alert as it is now."""
    row = {
        "contract": S(contract),
        "item": S(f"alert#{alert.id}"),
        "device": S(device),
        "body": S(codec.dumps(as_listed(device, alert)[2:])),
    }
    if alert.is_open:
        row["open"] = S(contract)
    return put(store.alerts, row)


def write_told(store: Store, contract: str, device: str, tells: Sequence[Tell]) -> Write:
    """The entry for what was told of one alert, of one kind, at one instant."""
    first = tells[0]
    row = {
        "contract": S(contract),
        "item": S(f"told#{first.at:014d}#{first.alert}#{_PLACE[first.kind]}"),
        "device": S(device),
        "body": S(codec.dumps([first.watch, [[tell.person, tell.channels] for tell in tells]])),
    }
    return put(store.alerts, row)


def erase(store: Store, contract: str) -> None:
    """Takes away all alerts of a contract, and who was told of them."""
    for row in list(store.query_all(store.alerts, ("contract", contract))):
        store.write(delete(store.alerts, {"contract": row["contract"], "item": row["item"]}))


def listed(row: Row) -> Listed:
    found = Listed(row["item"]["S"].split("#", 1)[1], row["device"]["S"], *codec.loads(row["body"]["S"]))
    return found._replace(facts=Facts(*found.facts), ending=Ending(*found.ending))


def _told(row: Mapping[str, Any]) -> list[Told]:
    _, at, alert, place = row["item"]["S"].split("#")
    kind = _KIND[place]
    watch, people = codec.loads(row["body"]["S"])
    return [Told(alert, row["device"]["S"], watch, kind, person, tuple(channels), int(at)) for person, channels in people]


def load(store: Store, contract: str, alert: str) -> Listed | None:
    row = store.get(store.alerts, {"contract": S(contract), "item": S(f"alert#{alert}")})
    return listed(row) if row else None


def pages(
    store: Store,
    contract: str,
    *,
    only_open: bool = False,
    first: Millis = 0,
    last: Millis = _LATEST,
    after: str = "",
    newest_first: bool = False,
    size: int = 100,
) -> Iterator[list[Listed]]:
    """A contract's alerts that opened from `first` to `last`, page by page in the order of opening, after one of them.

    The index of those that are open may be a moment behind; what closed meanwhile is left out.
    """
    between = ("item", f"alert#{first:014d}", f"alert#{last:014d}~")
    partition, index = (("open", contract), "open") if only_open else (("contract", contract), "")
    key: Row | None = {"contract": S(contract), "item": S(f"alert#{after}")} if after else None
    if key and only_open:
        key["open"] = S(contract)
    while True:
        how: dict[str, Any] = {"between": between, "newest_first": newest_first, "after": key, "limit": size}
        page = store.query(store.alerts, partition, index=index, **how)
        rows = page.rows
        if only_open:
            rows = store.get_many(store.alerts, [{"contract": row["contract"], "item": row["item"]} for row in rows])
        found = sorted([listed(row) for row in rows], key=_id, reverse=newest_first)
        yield [alert for alert in found if alert.closed_at is None or not only_open]
        key = page.after
        if key is None:
            return


def told_of(store: Store, contract: str, *, after: Row | None = None, limit: int = 50) -> tuple[list[Told], Row | None]:
    """One page of what was told, in the order of time, then of alerts."""
    page = store.query(store.alerts, ("contract", contract), starts=("item", "told#"), after=after, limit=limit)
    return [told for row in page.rows for told in _told(row)], page.after


def told_between(store: Store, contract: str, first: Millis, last: Millis) -> Iterator[Told]:
    """What was told from one instant to another, in order."""
    between = ("item", f"told#{first:014d}", f"told#{last:014d}~")
    for row in store.query_all(store.alerts, ("contract", contract), between=between):
        yield from _told(row)


def _id(alert: Listed) -> str:
    return alert.id
