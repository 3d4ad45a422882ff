"""The stock: a device from the day it came to us, before and after anybody claims it. Rows of the devices table.

| device                | item      | attributes                                                                       |
| --------------------- | --------- | -------------------------------------------------------------------------------- |
| `stock#<serial>`      | `stock`   | version, body; contract: `stock#<state>#<model>`, by which the stock is listed     |
| `stock#<serial>`      | `tries`   | version, body: wrong proofs and until when it is locked; expires                   |
| `stock-import#<id>`   | `attempt` | attempt, fingerprint: who works on the file at present; expires                    |

A serial number that nobody knows has a row of tries too: nothing tells it from one that we have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from ..iot.reading import HOUR, Millis
from . import codec
from .transact import N, Page, Row, S, Store, Write, absent, check, delete, equals, put

FREE = ("in_stock", "shipped")
WRONG_MAX = 5
ATTEMPT_KEPT = timedelta(days=30)  # as long as an answer under a key (idempotency.py)


@dataclass(frozen=True, slots=True)
class Item:
    """A device of the stock. `proof` is a print, `certificate` the one that it got by itself (fleet provisioning)."""

    serial: str
    model: str
    state: str = "in_stock"
    version: int = 0
    hardware: str = ""
    firmware: str = ""
    proof: str = ""
    since: Millis = 0  # of the state
    contract: str = ""  # that has it, or had it last
    source: str = ""  # the import that gave it its code
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong proofs of a serial number: when, and by which request."""

    version: int = 0
    wrong: tuple[tuple[Millis, str], ...] = ()
    locked_until: Millis = 0


_BODY = ("model", "state", "hardware", "firmware", "proof", "since", "contract", "source", "certificate")


def key(serial: str) -> Row:
    return {"device": S(f"stock#{serial}"), "item": S("stock")}


def _tries_key(serial: str) -> Row:
    return {"device": S(f"stock#{serial}"), "item": S("tries")}


def _shelf(state: str, model: str) -> str:
    return f"stock#{state}#{model}"


def of_row(row: Row) -> Item:
    serial = row["device"]["S"].partition("#")[2]
    return Item(serial=serial, version=int(row["version"]["N"]), **codec.loads(row["body"]["S"]))


def write(store: Store, before: Item | None, after: Item) -> Write:
    """The transaction's entry, held by the version that was read; None for a new device."""
    version = before.version if before else 0
    body = {name: value for name, value in asdict(after).items() if name in _BODY and value not in ("", 0)}
    row = {
        **key(after.serial),
        "version": N(version + 1),
        "contract": S(_shelf(after.state, after.model)),
        "body": S(codec.dumps(body)),
    }
    return put(store.devices, row, equals("version", N(version)) if before else absent("device"))


def load(store: Store, serial: str) -> Item | None:
    row = store.get(store.devices, key(serial))
    return of_row(row) if row else None


def load_many(store: Store, serials: Iterable[str]) -> dict[str, Item]:
    """By serial number."""
    found = map(of_row, store.get_many(store.devices, [key(serial) for serial in dict.fromkeys(serials)]))
    return {item.serial: item for item in found}


def on_shelf(
    store: Store, state: str, model: str, *, starts: str = "", after: str = "", limit: int = 50
) -> tuple[list[str], bool]:
    """Serial numbers of one state and model in their order, and whether there are more."""
    shelf = _shelf(state, model)
    place = {"contract": S(shelf), **key(after)} if after else None
    name = ("device", f"stock#{starts}")
    page: Page = store.query(store.devices, ("contract", shelf), starts=name, index="by_contract", after=place, limit=limit)
    return [row["device"]["S"].partition("#")[2] for row in page.rows], page.after is not None


# wrong proofs


def tries(store: Store, serial: str) -> Tries:
    row = store.get(store.devices, _tries_key(serial))
    if row is None:
        return Tries()
    wrong, until = codec.loads(row["body"]["S"])
    return Tries(int(row["version"]["N"]), tuple((at, by) for at, by in wrong), until)


def tried(before: Tries, now: Millis, by: str) -> Tries:
    """One more wrong proof; the same request counts once. The fifth within an hour locks for an hour."""
    if any(who == by for _, who in before.wrong):
        return before
    wrong = (*((at, who) for at, who in before.wrong if at > now - HOUR), (now, by))
    return Tries(before.version, wrong, now + HOUR if len(wrong) >= WRONG_MAX else before.locked_until)


def write_tries(store: Store, serial: str, after: Tries, now: Millis) -> Write:
    row = {
        **_tries_key(serial),
        "version": N(after.version + 1),
        "body": S(codec.dumps([after.wrong, after.locked_until])),
        "expires_at": N((now + 2 * HOUR) // 1000),
    }
    return put(store.devices, row, equals("version", N(after.version)) if after.version else absent("device"))


def forget_tries(store: Store, serial: str, read: Tries) -> Write:
    """A transaction's entry for a right proof: holds that nobody tried meanwhile, and takes the wrong ones away."""
    if read.version:
        return delete(store.devices, _tries_key(serial), equals("version", N(read.version)))
    return check(store.devices, _tries_key(serial), absent("device"))


# imports


def _attempt_key(import_id: str) -> Row:
    return {"device": S(f"stock-import#{import_id}"), "item": S("attempt")}


def fingerprint(store: Store, import_id: str) -> str:
    """Of the file that was sent under this import's key; empty when none was."""
    row = store.get(store.devices, _attempt_key(import_id))
    return str(row["fingerprint"]["S"]) if row else ""


def begin(store: Store, import_id: str, attempt: str, print_: str, now: datetime) -> None:
    """From now on this attempt at a file is the only one that writes: the codes that it answers are those that hold."""
    row = {**_attempt_key(import_id), "attempt": S(attempt), "fingerprint": S(print_)}
    store.write(put(store.devices, {**row, "expires_at": N(int((now + ATTEMPT_KEPT).timestamp()))}))


def ours(store: Store, import_id: str, attempt: str) -> Write:
    """A transaction's entry that holds that no later attempt has begun."""
    return check(store.devices, _attempt_key(import_id), equals("attempt", S(attempt)))
