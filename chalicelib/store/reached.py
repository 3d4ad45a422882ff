"""What reached whom, when, by which channel, and what failed why: the delivery log, in the alerts table beside what was told.

| item                                         | attributes                                                    |
| -------------------------------------------- | ------------------------------------------------------------- |
| `reached#<ms>#<alert>#<kind>#<person>`       | one attribute per channel tried, `[at, outcome]`; `digest`    |
| `reached#<ms>#digest#gathered#<person>`      | the same, of a message that gathers others                    |
| `gathered#<ms>#<person>#<ms>#<alert>#<kind>` | body: one piece of news that waits for the first instant      |
| `day#<person>#<day>`                         | count: messages of a Japan day, for who wants at most so many |

`digest` is the instant of the message that gathers this one; once that has its own row, nothing joins it any more.
No row holds an address. `<ms>` has 14 digits. What waits and what is counted fades by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..iot.reach import Try
from ..iot.reading import Millis
from ..iot.telling import CONTACT
from ..iot.ticks import DAY
from ..iot.vocabulary import CHANNELS
from . import codec
from .alerts import Told
from .transact import N, Row, S, Store, Write, absent, check, present, put, update

Json = dict[str, Any]
DIGEST, GATHERED = "digest", "gathered"
_KEPT = 14 * DAY  # what was gathered or counted, after its instant


@dataclass(frozen=True, slots=True)
class Reached:
    """One message to one person. `digest`: it went out with others, in the message of that instant."""

    at: Millis
    alert: str
    kind: str
    person: str
    digest: Millis | None = None
    tries: tuple[Try, ...] = ()

    def key(self, contract: str) -> Row:
        return {"contract": S(contract), "item": S(f"reached#{self.at:014d}#{self.alert}#{self.kind}#{self.person}")}


def of_digest(at: Millis, person: str) -> Reached:
    """The message that gathers what a person is told at that instant."""
    return Reached(at, DIGEST, GATHERED, person)


def load(store: Store, contract: str, which: Reached) -> Reached | None:
    """The message as it stands; None before anything was decided about it."""
    row = store.get(store.alerts, which.key(contract))
    return _reached(row) if row else None


def begin(store: Store, contract: str, which: Reached) -> Write:
    """The entry that fixes how a message goes. Refused when that was fixed before."""
    row: Row = {**which.key(contract), **({"digest": N(which.digest)} if which.digest is not None else {})}
    return put(store.alerts, row, absent("item"))


def note(store: Store, contract: str, which: Reached, tried: Try) -> None:
    """Keeps how one channel's attempt ended. Others' attempts stay."""
    attempt = S(codec.dumps([tried.at, tried.outcome]))
    store.write(update(store.alerts, which.key(contract), set_={tried.channel: attempt}, condition=present("item")))


def gather(store: Store, contract: str, which: Reached, body: Mapping[str, Any]) -> list[Write]:
    """The entries that add news to the message of `which.digest`; refused when that message is on its way already."""
    assert which.digest is not None
    place = f"gathered#{which.digest:014d}#{which.person}#{which.at:014d}#{which.alert}#{which.kind}"
    row = {"contract": S(contract), "item": S(place), "body": S(codec.dumps(dict(body))), **_fades(which.digest)}
    open_still = check(store.alerts, of_digest(which.digest, which.person).key(contract), absent("item"))
    return [begin(store, contract, which), put(store.alerts, row), open_still]


def gathered(store: Store, contract: str, at: Millis, person: str) -> list[Json]:
    """The news that one message gathers, in the order of time, then of alerts."""
    prefix = f"gathered#{at:014d}#{person}#"
    rows = store.query_all(store.alerts, ("contract", contract), starts=("item", prefix))
    return [codec.loads(row["body"]["S"]) for row in rows]


def counted(store: Store, contract: str, person: str, day: int, most: int) -> Write:
    """The entry that counts one message of a day. Refused when there were `most` already."""
    key = {"contract": S(contract), "item": S(f"day#{person}#{day}")}
    entry = update(store.alerts, key, set_={"expires_at": _fades(day * DAY)["expires_at"]})
    request = entry["Update"]
    request["UpdateExpression"] += " ADD #n :one"
    request["ConditionExpression"] = "attribute_not_exists(#n) OR #n < :most"
    request["ExpressionAttributeNames"] |= {"#n": "count"}
    request["ExpressionAttributeValues"] |= {":one": N(1), ":most": N(most)}
    return entry


def is_full(store: Store, contract: str, person: str, day: int, most: int) -> bool:
    """Whether there were as many messages on that day as the person wants at most."""
    row = store.get(store.alerts, {"contract": S(contract), "item": S(f"day#{person}#{day}")})
    return row is not None and int(row["count"]["N"]) >= most


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a message: the channels tried, in the order of trying, or until when it waits to go out with others."""

    tries: tuple[Try, ...] = ()
    waits_until: Millis | None = None


def of_told(store: Store, contract: str, told: Sequence[Told]) -> dict[Told, Became]:
    """What became of each. News that was gathered shows what became of its message."""
    if not told:
        return {}
    first, last = min(one.at for one in told), max(one.at for one in told)
    rows = store.query_all(
        store.alerts, ("contract", contract), between=("item", f"reached#{first:014d}", f"reached#{last:014d}#~")
    )
    found = {(one.at, one.alert, one.kind, one.person): one for one in map(_reached, rows)}
    mine = {one: found.get((one.at, one.alert, one.kind, one.person)) for one in told}
    gathered_in = {of_digest(one.digest, one.person) for one in mine.values() if one and one.digest is not None}
    keys = [message.key(contract) for message in gathered_in]
    digests = {(one.at, one.person): one for one in map(_reached, store.get_many(store.alerts, keys))}
    return {one: _became(message, digests) for one, message in mine.items()}


def _became(message: Reached | None, digests: Mapping[tuple[Millis, str], Reached]) -> Became:
    if message is None:
        return Became()
    if message.digest is None:
        return Became(message.tries)
    gathered_in = digests.get((message.digest, message.person))
    return Became(gathered_in.tries) if gathered_in else Became(waits_until=message.digest)


def to_contact(store: Store, contract: str, since: Millis, until: Millis) -> list[Reached]:
    """What whoever holds the contract was told in a span of time, because nobody was added."""
    span = ("item", f"reached#{since:014d}", f"reached#{until:014d}#~")
    found = map(_reached, store.query_all(store.alerts, ("contract", contract), between=span))
    return [one for one in found if one.person == CONTACT and one.kind != GATHERED]


def latest(store: Store, contract: str, kind: str, since: Millis, until: Millis) -> list[Reached]:
    """The messages of one kind in a span of time."""
    span = ("item", f"reached#{since:014d}", f"reached#{until:014d}#~")
    return [
        one for one in map(_reached, store.query_all(store.alerts, ("contract", contract), between=span)) if one.kind == kind
    ]


def _reached(row: Row) -> Reached:
    _, at, alert, kind, person = row["item"]["S"].split("#", 4)
    tries = [Try(name, *codec.loads(row[name]["S"])) for name in CHANNELS if name in row]
    digest = int(row["digest"]["N"]) if "digest" in row else None
    return Reached(int(at), alert, kind, person, digest, tuple(sorted(tries, key=lambda one: one.at)))


def _fades(at: Millis) -> Row:
    return {"expires_at": N((at + _KEPT) // 1000)}
