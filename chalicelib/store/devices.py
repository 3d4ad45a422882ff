"""The devices table: a device's row ↔ its value, its history, and the index of what can happen without a reading.

| item                   | attributes                                                                                       |
| ---------------------- | ------------------------------------------------------------------------------------------------ |
| `device`               | version, contract, model, claimed_at, order, watches, body, due_shard, due_at; certificate,      |
|                        | serial, label, released (unlinked, returned or cut off), since (another contract's before),      |
|                        | replaced_by, renewing (a certificate is being made);                                             |
|                        | fleet, place (where operators find it, `store/fleet.py`)                                         |
| `past#<contract>`      | until: the contract had the device, and its gateway was handed on                                |
| `closing`, `day#…`     | what is summed up of the history, `month#…` too: `store/history.py`                              |
| `reading#<ms>#<batch>` | codes: readings of one message within an hour from `ms`, each `[metric, ms after, value, seq]`    |
|                        | with a fifth element, 1, when its value is kept apart; received (ms); expires_at                 |

`body` is what a message changes and `watches` what a customer changes, so that watches are parsed once and stay parsed.
The index may hold a device too early, never too late: a tick that finds nothing to do puts it right. So a home that
speaks every five minutes does not move its place in the index every five minutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import StoreError
from ..iot.alerts import NO_FACTS, UNTOUCHED, Alert, Ending, Facts, Step
from ..iot.conditions import Watch
from ..iot.floods import NO_PACE, Pace
from ..iot.maintenance import Maintenance
from ..iot.reading import HOUR, Millis, Newest, Reading, from_millis
from ..iot.watching import Apart, Device
from . import codec, fleet
from .fleet import Seated
from .transact import SHARDS, N, Row, S, Store, Write, absent, chunks, delete, equals, put, update

HISTORY_SPAN = HOUR  # a history row holds no reading later than this after its first
HISTORY_KEPT = 92 * 24 * HOUR
_ITEM = S("device")
NOWHERE = Seated()
LATEST = 253_402_300_799_000  # the last second of the year 9999


class Held(NamedTuple):
    """A device as it is stored, the instant under which the index holds it (None when it does not), and its certificate."""

    device: Device
    due_at: Millis | None
    certificate: str = ""
    serial_number: str = ""
    released: Millis | None = None  # since when its gateway is unlinked: what it says is stored for nobody until it is claimed
    since: Millis = 0  # what it told before was another contract's
    label: str = ""  # what its people call it
    seated: Seated = NOWHERE  # its place in the fleet
    replaced_by: str = ""
    renewing: str = ""  # a certificate is being made: since when (ms), and by which call


# keys


def key(device: str) -> Row:
    return {"device": S(device), "item": _ITEM}


def due_shard(device: str) -> str:
    return f"due#{crc32(device.encode()) % SHARDS:02d}"


def _due_text(at: Millis) -> str:
    return codec.instant_text(from_millis(at))


# values ↔ text: lists in a fixed order, for a worker reads and writes thousands of them a second


def body_text(device: Device) -> str:
    """What messages and ticks change. Under a kilobyte for a device with a handful of metrics and watches."""
    newest = {metric: _newest_code(value) for metric, value in device.newest.items()}
    alerts = [_alert_code(alert) for alert in device.alerts]
    parts = [device.memory, newest, device.last_received, alerts, device.settings, device.openings]
    later = [device.pace, device.apart] if device.apart else [device.pace] if device.pace.minute else []
    return codec.dumps([*parts, *later])


def _newest_code(newest: Newest) -> list[Any]:
    code: list[Any] = [newest.at, newest.value, newest.seqs]
    return [*code, newest.nulls] if newest.nulls else code


def _newest(code: Sequence[Any]) -> Newest:
    nulls = tuple((at, seq) for at, seq in code[3]) if len(code) > 3 else ()
    return Newest(code[0], code[1], tuple(code[2]), nulls)


def _alert_code(alert: Alert) -> list[Any]:
    """A list in a fixed order. What came later stands at the end, cut off where there is nothing of it."""
    code = [
        alert.id,
        alert.watch,
        alert.level,
        alert.opened_at,
        alert.measured_at,
        alert.value,
        alert.closed_at,
        alert.acknowledged_by,
        alert.condition,
        [[step.due, step.to, True] if step.ask else [step.due, step.to] for step in alert.steps],
        alert.told,
        alert.waiting,
        alert.snoozed,
    ]
    later = [
        None if alert.facts == NO_FACTS else alert.facts,
        alert.cause,
        alert.acknowledged_at,
        None if alert.ending == UNTOUCHED else alert.ending,
        alert.asked,
        alert.asking,
        alert.answered,
        alert.in_maintenance,
        alert.own_snooze,
    ]
    while later and not later[-1]:
        later.pop()
    return [*code, *later]


def alert_of(code: Sequence[Any]) -> Alert:
    """An alert from its list, as `_alert_code` wrote it."""
    steps, told, waiting, snoozed, *later = code[9:]
    return replace(
        Alert(*code[:9]),
        steps=tuple([Step(due, tuple(to), *ask) for due, to, *ask in steps]),
        told=tuple(told),
        waiting=tuple([(name, until) for name, until in waiting]),
        snoozed=(snoozed[0], snoozed[1]) if snoozed else None,
        **_later(later),
    )


def _later(code: Sequence[Any]) -> dict[str, Any]:
    """What an alert's list holds since it grew; nothing in a row from before."""
    if not code:
        return {}
    known, cause, acknowledged_at, ending, asked, asking, answered, kept, own_snooze = (*code, *_LATER[len(code) :])
    return {
        "facts": Facts(*known) if known else NO_FACTS,
        "cause": cause or "",
        "acknowledged_at": acknowledged_at,
        "ending": Ending(*ending) if ending else UNTOUCHED,
        "asked": tuple([(name, at) for name, at in asked]),
        "asking": tuple([(name, until) for name, until in asking]),
        "answered": answered,
        "in_maintenance": kept,
        "own_snooze": own_snooze,
    }


_LATER: tuple[Any, ...] = (None, "", None, None, (), (), False, False, 0)


_WATCH = tuple((field.name, field.default) for field in fields(Watch))


def _watches_text(watches: Iterable[Watch]) -> str:
    return codec.dumps([{name: getattr(w, name) for name, unset in _WATCH if getattr(w, name) != unset} for w in watches])


@lru_cache(maxsize=2048)
def _watches(text: str) -> tuple[Watch, ...]:
    found = codec.loads(text)
    for settings in found:
        for name in ("between", "other_than"):
            if settings.get(name):
                settings[name] = tuple(settings[name])
    return tuple(Watch(**settings) for settings in found)


def held(row: Row) -> Held:
    """A device row as a value."""
    memory, newest, last_received, alerts, settings, openings, *more = codec.loads(row["body"]["S"])
    device = Device(
        id=row["device"]["S"],
        contract=row["contract"]["S"],
        model=row["model"]["S"],
        claimed_at=int(row["claimed_at"]["N"]),
        order=int(row["order"]["N"]),
        version=int(row["version"]["N"]),
        watches=_watches(row["watches"]["S"]),
        memory=memory,
        newest={metric: _newest(code) for metric, code in newest.items()},
        last_received=last_received,
        alerts=tuple([alert_of(code) for code in alerts]),
        settings=settings,
        openings=openings,
        pace=Pace(*more[0]) if more else NO_PACE,
        apart=Apart(*more[1]) if len(more) > 1 else None,
        maintenance=Maintenance(*codec.loads(row["maintenance"]["S"])) if "maintenance" in row else None,
    )
    due_at = _millis(row["due_at"]["S"]) if "due_at" in row else None
    return Held(
        device,
        due_at,
        row.get("certificate", _NONE)["S"],
        row.get("serial", _NONE)["S"],
        _number(row, "released"),
        _number(row, "since") or 0,
        row.get("label", _NONE)["S"],
        fleet.of_row(row),
        row.get("replaced_by", _NONE)["S"],
        row.get("renewing", _NONE)["S"],
    )


def _number(row: Row, name: str) -> Millis | None:
    return int(row[name]["N"]) if name in row else None


_NONE = S("")


@lru_cache(maxsize=4096)
def _millis(text: str) -> Millis:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


# writing


def new(store: Store, device: Device, serial_number: str = "", *, due: Millis | None = None, **more: str) -> Write:
    """The transaction's entry for a device that nobody has claimed. `more`: certificate, label; empty ones are left out."""
    row = {
        **key(device.id),
        "version": N(1),
        "contract": S(device.contract),
        "model": S(device.model),
        "claimed_at": N(device.claimed_at),
        "order": N(device.order),
        "watches": S(_watches_text(device.watches)),
        "body": S(body_text(device)),
        **fleet.seated(device, NOWHERE).row,
        **{name: S(text) for name, text in {"serial": serial_number, **more}.items() if text},
    }
    if due is not None:
        row |= due_place(device.id, due)
    return put(store.devices, row, absent("device"))


def change(
    store: Store,
    before: Held,
    after: Device,
    due: Millis | None,
    *,
    exact: bool = True,
    also: Mapping[str, Any] | None = None,
    drop: tuple[str, ...] = (),
) -> tuple[Write, Held]:
    """The entry that stores a device's next version, held by the version it was made from, and the device as then stored.

    Not `exact`: an earlier place in the index stays, and a tick puts it right later. `also` and `drop` are attributes of the
    row that change with it. A released device has no place in the index.
    """
    version = before.device.version + 1
    sets: Row = {"version": N(version), "body": S(body_text(after)), **(also or {})}
    remove = drop
    due_at = before.due_at
    gone = "released" in sets or (before.released is not None and "released" not in drop)
    if gone:
        due, exact = None, True
    if after.watches is not before.device.watches:
        sets["watches"] = S(_watches_text(after.watches))
    if after.maintenance is not before.device.maintenance:
        if after.maintenance is None:
            remove = (*remove, "maintenance")
        else:
            sets["maintenance"] = S(codec.dumps(after.maintenance))
    if due != before.due_at and (exact or before.due_at is None or (due is not None and due < before.due_at)):
        due_at = due
        if due is None:
            remove = (*remove, "due_shard", "due_at")
        else:
            sets |= due_place(after.id, due)
    seat = fleet.seated(after, before.seated, cut_off=gone)
    if seat != before.seated:
        sets |= seat.row
    held_by = equals("version", N(before.device.version))
    stored = before._replace(device=replace(after, version=version), due_at=due_at, seated=seat)
    return update(store.devices, key(after.id), set_=sets, remove=remove, condition=held_by), stored


def labelled(store: Store, device: str, contract: str, label: str) -> Write:
    """The entry for what a contract's people call a device."""
    return update(store.devices, key(device), set_={"label": S(label)}, condition=equals("contract", S(contract)))


def write_history(store: Store, rows: Iterable[Row]) -> None:
    """Puts history rows, 25 a call. A repeat puts the same rows again."""
    for chunk in chunks(rows, 25):
        wanted: Any = {store.devices: [{"PutRequest": {"Item": row}} for row in chunk]}
        for pause in (0.05, 0.2, 0.8, None):
            try:
                wanted = store.client.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
            except (ClientError, BotoCoreError) as error:
                raise StoreError(f"the history could not be written: {type(error).__name__}") from error
            if not wanted:
                break
            if pause is None:
                raise StoreError("DynamoDB keeps leaving history rows unprocessed")
            time.sleep(pause)


def released(store: Store, before: Held, at: Millis, *, drop: tuple[str, ...] = ()) -> Write:
    """The entry that makes a device nobody's, though still to be read by the contract that had it.

    Held by its version, so that no message or tick under way gives it a place in the index again.
    """
    set_: Row = {"version": N(before.device.version + 1)}
    if before.released is None:
        set_ |= {"released": N(at), **fleet.stands(before.device.id, "cut_off")}
    held_by = equals("version", N(before.device.version))
    return update(store.devices, key(before.device.id), set_=set_, remove=("due_shard", "due_at", *drop), condition=held_by)


def reclaimed(store: Store, device: str, contract: str) -> Write:
    """The transaction's entry: the contract that had a released device has it again."""
    again = fleet.stands(device, "never_heard")
    return update(store.devices, key(device), set_=again, remove=("released",), condition=equals("contract", S(contract)))


def handed_over(
    store: Store, before: Held, device: Device, serial_number: str = "", *, due: Millis | None = None, **more: str
) -> list[Write]:
    """The transaction's entries: a released device is another contract's; what it told before stays with the old one."""
    span = {**_past_key(device.id, before.device.contract), "until": N(before.released or device.claimed_at)}
    (entry,) = new(store, device, serial_number, due=due, **more).values()
    row = entry["Item"] | {"version": N(before.device.version + 1), "since": N(device.claimed_at)}
    return [put(store.devices, span), put(store.devices, row, equals("version", N(before.device.version)))]


def taken_back(store: Store, before: Held, device: Device, *, due: Millis | None = None, **more: str) -> Write:
    """The transaction's entry: the contract that had let go of a device has it again, as new, with what it told before."""
    again = replace(device, openings=before.device.openings)
    kept = {"label": before.label, **more}
    (entry,) = new(store, again, before.serial_number, due=due, **kept).values()
    row = entry["Item"] | {"version": N(before.device.version + 1), "since": N(before.since)}
    return put(store.devices, row, equals("version", N(before.device.version)))


class Owner(NamedTuple):
    """A contract that has or had a device: what was measured from `since` until before `until` is its own."""

    contract: str
    since: Millis
    until: Millis


def owners(store: Store, device: str, held: Held | None) -> list[Owner]:
    """Everybody who has or had a device, one after the other."""
    if held is not None and not held.since:
        return [Owner(held.device.contract, 0, held.released or LATEST)]
    found: list[Owner] = []
    past = store.query_all(store.devices, ("device", device), starts=("item", "past#"))
    for until, contract in sorted((int(row["until"]["N"]), row["item"]["S"].partition("#")[2]) for row in past):
        found.append(Owner(contract, found[-1].until if found else 0, until))
    if held is not None:
        found.append(Owner(held.device.contract, held.since, held.released or LATEST))
    return found


def _past_key(device: str, contract: str) -> Row:
    return {"device": S(device), "item": S(f"past#{contract}")}


def erase_of(store: Store, device: str, contract: str) -> None:
    """Takes away a device with what it told while it was that contract's; its own row last: a broken run is found again."""
    mine = load(store, device)
    if mine is not None and mine.device.contract == contract:
        first, last, own = mine.since, LATEST, key(device)
    else:
        past = [owner for owner in owners(store, device, mine) if owner.contract == contract]
        if not past:
            return
        first, last, own = past[-1].since, past[-1].until, _past_key(device, contract)
    between = ("item", f"reading#{first:014d}", f"reading#{last:014d}#~")
    for row in list(store.query_all(store.devices, ("device", device), between=between)):
        store.write(delete(store.devices, {"device": row["device"], "item": row["item"]}))
    for kind in ("day", "month"):
        for row in list(store.query_all(store.devices, ("device", device), starts=("item", f"{kind}#{contract}#"))):
            store.write(delete(store.devices, {"device": row["device"], "item": row["item"]}))
    if own == key(device):
        store.write(delete(store.devices, {"device": S(device), "item": S("closing")}))
    store.write(delete(store.devices, own))


def history_rows(device: str, batch: str, received_at: Millis, readings: Sequence[Reading]) -> list[Row]:
    """The readings of one message (in order of measuring) as rows of at most an hour each."""
    rows: list[Row] = []
    first: Millis | None = None
    codes: list[list[Any]] = []
    expires, received = N((received_at + HISTORY_KEPT) // 1000), N(received_at)
    for reading in readings:
        at = reading.measured_at
        if first is None or at - first > HISTORY_SPAN:
            first, codes = at, []
            item = S(f"reading#{at:014d}#{batch}")
            rows.append({"device": S(device), "item": item, "expires_at": expires, "received": received, "codes": codes})
        code = [reading.metric, at - first, reading.value, reading.seq]
        codes.append([*code, 1] if reading.apart else code)
    return [{**row, "codes": S(codec.dumps(row["codes"]))} for row in rows]


# reading


def load(store: Store, device: str) -> Held | None:
    row = store.get(store.devices, key(device))
    return held(row) if row else None


def load_many(store: Store, devices: Iterable[str]) -> dict[str, Held]:
    """The devices that are claimed, by id."""
    rows = store.get_many(store.devices, [key(device) for device in devices])
    return {row["device"]["S"]: held(row) for row in rows}


def due(store: Store, until: Millis) -> Iterator[tuple[str, str]]:
    """`(device, item)` of every row for which something may happen at a tick, the longest due of each shard first."""
    last = _due_text(until)
    for shard in range(SHARDS):
        for row in store.query_all(
            store.devices, ("due_shard", f"due#{shard:02d}"), between=("due_at", "0", last), index="silent_due"
        ):
            yield row["device"]["S"], row["item"]["S"]


def due_place(device: str, at: Millis) -> Row:
    """The attributes that put a row of a device into the index, so that a tick at or after `at` finds it."""
    return {"due_shard": S(due_shard(device)), "due_at": S(_due_text(at))}


def history(store: Store, device: str, first: Millis, last: Millis) -> Iterator[tuple[Millis, list[Reading]]]:
    """Rows that may hold readings from `first` to `last`: where each begins, and all its readings. Latest row first."""
    between = ("item", f"reading#{max(first - HISTORY_SPAN, 0):014d}", f"reading#{last:014d}#~")
    for row in store.query_all(store.devices, ("device", device), between=between, limit=100, newest_first=True):
        yield _history(row)


def _history(row: Mapping[str, Any]) -> tuple[Millis, list[Reading]]:
    first = int(row["item"]["S"].split("#")[1])
    codes = codec.loads(row["codes"]["S"])
    return first, [Reading(metric, value, first + after, seq, bool(apart)) for metric, after, value, seq, *apart in codes]
