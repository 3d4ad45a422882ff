"""The stock of devices: taken in from a file, looked at, moved on; and how a device of it comes by an identity of its own.

A code that nobody printed yet is made here, answered once, and kept as a print. Whoever sends a file again under the same
key gets new codes for what that file brought in and nobody has touched since: the answer that came last is the one that holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib import observe
from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import views
from chalicelib.flows.attempts import settled, until_settled
from chalicelib.flows.csv_lines import Line, fault, needed, outcome, read, text
from chalicelib.iot import models, proof
from chalicelib.iot.reading import from_millis, to_millis
from chalicelib.store import codec, idempotency, imports, stock
from chalicelib.store.stock import Item
from chalicelib.store.transact import Store, Write, WriteRefused, chunks

Json = dict[str, Any]
COLUMNS = ("serial_number", "model", "hardware", "firmware", "proof")
REQUIRED = ("serial_number", "model")
LINES_MAX = 1000  # of one file: it is done while the operator waits
AT_ONCE = 40  # devices in one transaction
OUTCOMES = ("done", "known", "refused", "faulty", "failed")
_PART = r"[A-Za-z0-9 ._/+-]{1,40}"
_CODE = r"[A-Za-z0-9 -]{8,64}"
# What an operator may do with a device that is nobody's.
MOVES = {"in_stock": ("shipped", "retired"), "shipped": ("in_stock", "retired"), "returned": ("in_stock", "retired")}


# taking in


def typed(line: Line) -> Json:
    """A line as a device. Raises Invalid."""
    serial = proof.normal(needed(line, "serial_number", proof.SERIAL))
    model = needed(line, "model", r"[a-z0-9-]{1,64}")
    if not models.find(model):
        raise Invalid("model", "not_offered", "one_of", choices=", ".join(models.names()))
    code = proof.bare(text(line, "proof", _CODE))
    if code and len(code) < proof.SHORTEST:
        raise Invalid("proof", "too_small", "at_least", limit=proof.SHORTEST)
    return {
        "line": line.number, "serial": serial, "model": model, "code": code,
        "hardware": text(line, "hardware", _PART), "firmware": text(line, "firmware", _PART),
    }  # fmt: skip


@dataclass
class _Run:
    """One attempt at a file. `codes` are the codes that were made, by serial number; `seen` the lines of this attempt."""

    store: Store
    now: datetime
    id: str
    attempt: str
    trial: bool
    codes: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Json] = field(default_factory=dict)


def take_in(store: Store, now: datetime, subject: str, csv: str, key: str, *, trial: bool = False) -> Json:
    """Takes a file of devices in, line by line, and answers the codes that were made. A trial stores nothing.

    Raises Invalid for a file that cannot be read at all, Conflict when the key came with another file or another attempt at
    this one has begun, StoreError.
    """
    good, told = read(csv, COLUMNS, REQUIRED, typed, LINES_MAX)
    import_id = imports.id_of(subject, "stock", key)
    run = _Run(store, now, import_id, secrets.token_hex(8), trial)
    if not trial:
        print_ = idempotency.fingerprint("import stock", "", {"csv": csv})
        if stock.fingerprint(store, import_id) not in ("", print_):
            raise Conflict("idempotency_key_reused")
        stock.begin(store, import_id, run.attempt, print_, now)
    for some in chunks(good, AT_ONCE):
        told += settled(_some, run, some)
    told.sort(key=lambda entry: int(entry["line"]))
    counts = {name: sum(entry["outcome"] == name for entry in told) for name in OUTCOMES}
    observe.say("stock taken in", due=len(told), done=counts["done"], failed=counts["faulty"])
    return {"lines": len(told), **counts, "items": told, "proofs": _proofs(run.codes)}


def _proofs(codes: Mapping[str, str]) -> str:
    """The codes that were made, as CSV."""
    lines = [f"{serial},{proof.shown(code)}" for serial, code in codes.items()]
    return "\r\n".join(["serial_number,proof", *lines, ""])


def _some(run: _Run, wanted: Sequence[Json]) -> list[Json]:
    """Some lines in one transaction."""
    found = stock.load_many(run.store, [line["serial"] for line in wanted])
    told: list[Json] = []
    writes: list[Write] = []
    codes: dict[str, str] = {}
    seen: dict[str, Json] = {}
    for line in wanted:
        serial = line["serial"]
        try:
            twin = run.seen.get(serial) or seen.get(serial)
            what, write = _twin(line, twin) if twin else _line(run, line, found.get(serial), codes)
            writes += write
            seen.setdefault(serial, line)
            told.append(outcome(line["line"], what, key=serial))
        except Invalid as error:
            told.append(fault(line["line"], error, key=serial))
    if writes and not run.trial:
        _commit(run, writes)
    run.codes |= codes if not run.trial else {}
    run.seen |= seen
    return told


def _commit(run: _Run, writes: list[Write]) -> None:
    try:
        run.store.commit([*writes, stock.ours(run.store, run.id, run.attempt)])
    except WriteRefused as refused:
        if len(writes) in refused.failed:
            raise Conflict("in_progress") from refused  # whoever began later answers the codes that hold
        raise


def _twin(line: Json, before: Json) -> tuple[str, list[Write]]:
    """A serial number that stands in the file twice."""
    if {**line, "line": 0} != {**before, "line": 0}:
        raise Invalid("serial_number", "serial_reused", "check_serial")
    return "known", []


def _line(run: _Run, line: Json, known: Item | None, codes: dict[str, str]) -> tuple[str, list[Write]]:
    """What becomes of a line, and what is written of it. Raises Invalid for a serial number that another device has."""
    serial, code = line["serial"], line["code"]
    if known is not None and not _is_same(line, known):
        raise Invalid("serial_number", "serial_reused", "check_serial")
    untouched = known is not None and known.source == run.id and known.state == "in_stock"
    if known is not None and not untouched:
        return "known", []
    if known is not None and code:
        return "done", []
    if not code:
        code = codes[serial] = _new_code()
    item = Item(serial, line["model"], hardware=line["hardware"], firmware=line["firmware"], since=to_millis(run.now))
    made = replace(known or item, proof=proof.digest(serial, code), source=run.id)
    return "done", [stock.write(run.store, known, made)]


def _is_same(line: Json, known: Item) -> bool:
    facts = all(line[name] in ("", getattr(known, name)) for name in ("model", "hardware", "firmware"))
    return facts and (not line["code"] or proof.matches(known.serial, line["code"], known.proof))


def _new_code() -> str:
    return "".join(secrets.choice(proof.LETTERS) for _ in range(proof.LENGTH))


# looking and moving


def listing(store: Store, *, state: str, model: str = "", serial: str = "", limit: int = 50, cursor: str = "") -> Json:
    """Devices of one state, model by model, in the order of their serial numbers; `serial` is how these begin."""
    shelves = [model] if model else list(models.names())
    place = views.opened(cursor)
    first = views.whole(place[0]) if place else 0
    after = place[1] if len(place) > 1 else ""
    found: list[str] = []
    following: list[str] = []
    for number in range(first, len(shelves)):
        some, more = stock.on_shelf(store, state, shelves[number], starts=serial.upper(), after=after, limit=limit - len(found))
        found += some
        after = ""
        if len(found) >= limit:
            following = [str(number), found[-1]] if more else [str(number + 1)]
            break
    items = stock.load_many(store, found)
    shown = [item_json(items[one]) for one in found if one in items and items[one].state == state]
    go_on = bool(following) and int(following[0]) < len(shelves)
    return {"items": shown, **({"next": views.closed(following)} if go_on else {})}


def view(store: Store, serial: str) -> Json:
    return item_json(_known(store, serial))


def move(store: Store, now: datetime, serial: str, body: Mapping[str, Any]) -> Json:
    """Moves a device that is nobody's on, or gives it a new code (answered once, the old one opens nothing any more).

    Back into stock from a customer it always gets a new one: the old code was theirs. Raises Refused for another move.
    """
    state, wants_code = body["state"], body.get("new_proof", False)
    code = _new_code()

    def attempt(again: bool) -> Json:
        item = _known(store, serial)
        if state != item.state and state not in MOVES.get(item.state, ()):
            raise Refused("no_such_move")
        if wants_code and item.state not in MOVES:
            raise Refused("no_such_move")
        fresh = wants_code or (item.state == "returned" and state == "in_stock")
        if state == item.state and not fresh:
            return item_json(item)
        since = item.since if state == item.state else to_millis(now)
        print_ = proof.digest(item.serial, code) if fresh else item.proof
        after = replace(item, state=state, since=since, proof=print_)
        store.write(stock.write(store, item, after))
        return item_json(after) | ({"proof": proof.shown(code)} if fresh else {})

    return until_settled(attempt)


def _known(store: Store, serial: str) -> Item:
    item = stock.load(store, proof.normal(serial)) if proof.normal(serial) else None
    if item is None:
        raise NotFound("serial")
    return item


def item_json(item: Item) -> Json:
    """A device of the stock, as operators see it; nothing of its code."""
    return {
        "serial_number": item.serial,
        "device": proof.device_of(item.serial),
        "model": item.model,
        "state": item.state,
        "since": codec.instant_text(from_millis(item.since)),
        "hardware": item.hardware or None,
        "firmware": item.firmware or None,
        "contract": item.contract or None,
        "certificate_id": item.certificate or None,
        "moves": list(MOVES.get(item.state, ())),
    }


# an identity of its own


def may_have_identity(store: Store, serial: str, certificate: str) -> str:
    """Notes that a device asks for its certificate, over its claim certificate, and gives the name it will have.

    Empty for a serial number that we do not have, or that is somebody's, came back or was retired: a claim certificate is
    the same in many devices, and must open no door to a device that is in use.
    """

    def attempt(again: bool) -> str:
        item = stock.load(store, proof.normal(serial)) if proof.normal(serial) else None
        if item is None or item.state not in stock.FREE:
            return ""
        if item.certificate != certificate:
            store.write(stock.write(store, item, replace(item, certificate=certificate)))
        return proof.device_of(item.serial)

    return until_settled(attempt)


def provisioning(store: Store, event: Mapping[str, Any]) -> Json:
    """The answer to IoT Core's question before it registers a device; its name is ours to say, not the device's."""
    parameters = event.get("parameters") or {}
    name = may_have_identity(store, str(parameters.get("SerialNumber", "")), str(event.get("certificateId", "")))
    observe.count(**({"devices_provisioned": 1} if name else {"devices_turned_away": 1}))
    return {"allowProvisioning": True, "parameterOverrides": {"ThingName": name}} if name else {"allowProvisioning": False}
