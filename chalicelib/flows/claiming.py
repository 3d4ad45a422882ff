"""How a device comes to a contract: claimed by its name, claimed by serial number and proof, or put in another one's place.

A device belongs to the contract that claimed it first, until that lets go of it or is over. One transaction holds that the
contract still lives, that nobody else was faster, and that nobody tried another proof meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import certificates, leaving, telling, watches
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import ENDED, device_json, model_json, of_contract
from chalicelib.iot import models, proof, setting, watching
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import contracts as rows
from chalicelib.store import devices, outbox, people, stock
from chalicelib.store.devices import Held
from chalicelib.store.people import People
from chalicelib.store.stock import Item, Tries
from chalicelib.store.transact import Row, S, Store, Write, check, equals

Json = dict[str, Any]
DEVICES_MAX = 100  # of one contract


@dataclass(frozen=True, slots=True)
class _Wish:
    """A device that somebody wants: by name, or out of the stock."""

    id: str
    model: str
    serial: str = ""
    item: Item | None = None
    tries: Tries | None = None


@dataclass(frozen=True, slots=True)
class _Home:
    """The contract as it was read: its row, and its people's row with the devices it ever had."""

    snapshot: Row
    people: People

    @property
    def is_over(self) -> bool:
        return rows.held(self.snapshot).contract.state in ENDED


def claim(store: Store, now: datetime, asked: Asked, body: Mapping[str, Any], *, operator: bool = False) -> Json:
    """Claims a device. Claiming it again for the same contract answers the same; another living contract's gives Conflict.

    Raises Refused for a contract that has ended or has too many devices, for a wrong proof (or a serial number that we do
    not have: the same answer), and once there were too many of them; Invalid; NotFound.
    """
    id = _name(asked, body)

    def attempt(again: bool) -> None:
        if asked.answered(store) is None:
            wish = _wish(store, now, asked, id, body, operator)
            _claim_once(store, now, asked, wish)

    until_settled(attempt)
    return _answer(store, now, id, body)


def replacement(
    store: Store, now: datetime, asked: Asked, old: str, body: Mapping[str, Any], *, operator: bool = False
) -> Json:
    """Puts another device in the place of one that is broken or lost: it takes its watches and its label.

    The old one's open alerts close, its history stays with the contract, and it is cut off. Raises as `claim` does, and
    Refused for a device that has left already.
    """
    id = _name(asked, body)
    if id == old:
        raise Invalid("device", "same_device", "give_another_device")

    def attempt(again: bool) -> None:
        if asked.answered(store) is None:
            held = of_contract(store, asked.contract, old)
            if held.released is not None:
                raise Refused("not_linked")
            wish = _wish(store, now, asked, id, body, operator)
            _replace_once(store, now, asked, held, wish)

    until_settled(attempt)
    return {**_answer(store, now, id, body), "replaces": old}


def _answer(store: Store, now: datetime, id: str, body: Mapping[str, Any]) -> Json:
    held = devices.load(store, id)
    if held is None:
        raise NotFound("device")
    shown = device_json(held, to_millis(now))
    about = model_json(held.device.model)
    shown |= {name: about[name] for name in ("sees", "records_not") if name in about}
    return shown | certificates.own(store, now, held, renew=body.get("new_certificate", False))


# what is wanted


def _name(asked: Asked, body: Mapping[str, Any]) -> str:
    """The device's name: as given, after its serial number, or the same for a repeat of the request."""
    serial = proof.normal(body.get("serial_number", ""))
    if "proof" in body or ("device" not in body and "model" not in body):
        if "serial_number" not in body:
            raise Invalid("serial_number" if "proof" in body else "model", "missing", "send_field")
        return proof.device_of(serial)
    if "device" in body:
        return str(body["device"])
    return "d" + hashlib.sha256(f"device {asked.contract} {asked.subject} {asked.key}".encode()).hexdigest()[:20]


def _wish(store: Store, now: datetime, asked: Asked, id: str, body: Mapping[str, Any], operator: bool) -> _Wish:
    """Raises Refused for a wrong proof, or none where one is needed."""
    serial = proof.serial_of(id)
    if "proof" in body:
        return _proved(store, to_millis(now), asked, proof.normal(body["serial_number"]), body["proof"])
    if not id.startswith(proof.PREFIX):
        if "model" not in body:
            raise Invalid("model", "missing", "send_field")
        return _Wish(id, body["model"], body.get("serial_number", ""))
    if not operator:
        raise Refused("proof_needed")
    item = stock.load(store, serial) if serial else None
    if item is None:
        raise NotFound("serial")
    return _Wish(id, item.model, item.serial, item)


def _proved(store: Store, now: Millis, asked: Asked, serial: str, code: str) -> _Wish:
    """The device whose label somebody has read. A wrong code is counted before it is answered."""
    if not serial:
        raise Refused("proof_wrong")
    tries = stock.tries(store, serial)
    if tries.locked_until > now:
        raise Refused("too_many_tries")
    item = stock.load(store, serial)
    if not proof.matches(serial, code, item.proof if item else "") or item is None:
        after = stock.tried(tries, now, asked.row_key["item"]["S"])
        if after != tries:
            store.write(stock.write_tries(store, serial, after, now))
        raise Refused("proof_wrong")
    if item.state not in (*stock.FREE, "claimed"):
        raise Refused("device_retired")
    return _Wish(proof.device_of(serial), item.model, serial, item, tries)


# claiming


def _claim_once(store: Store, now: datetime, asked: Asked, wish: _Wish) -> None:
    home = _home(store, asked.contract)
    known = devices.load(store, wish.id)
    remembered = asked.remember(store, {"device": wish.id}, now)
    if known is not None and known.device.contract == asked.contract and known.released is None:
        if known.device.model != wish.model:
            raise Conflict("exists")
        store.commit([remembered])
        return
    store.commit([*_arrives(store, now, asked.contract, home, known, wish), remembered])


def _arrives(
    store: Store, now: datetime, contract: str, home: _Home, known: Held | None, wish: _Wish, **more: Any
) -> list[Write]:
    """The entries by which a device becomes the contract's: its row, the contract's list, the stock. Raises Refused, Conflict.

    `more`: the device that it takes the place of (`instead`).
    """
    if known is not None and known.device.contract != contract and not _is_free(store, known):
        raise Conflict("exists")
    if home.is_over:
        raise Refused("ended")
    at, instead = to_millis(now), more.get("instead")
    listed = wish.id in home.people.devices
    if not listed and len(home.people.devices) >= DEVICES_MAX:
        raise Refused("too_many_devices")
    if known is not None and known.device.contract == contract and wish.item is None and instead is None:
        if known.device.model != wish.model:
            raise Conflict("exists")
        return [devices.reclaimed(store, wish.id, contract)]
    order = home.people.devices.index(wish.id) + 1 if listed else len(home.people.devices) + 1
    device = _fresh(store, now, wish, contract, order, instead.device if instead else None)
    row = {"due": watching.next_due(device, at), "certificate": _own_certificate(wish)}
    row |= {"label": instead.label} if instead else {}
    ours = replace(home.people, devices=tuple(dict.fromkeys((*home.people.devices, wish.id))))
    return [
        *_device_writes(store, known, device, wish.serial, row),
        people.write(store, contract, home.people, ours),
        check(store.contracts, rows.snapshot_key(contract), equals("service_state", home.snapshot["service_state"])),
        *_stock_writes(store, wish, contract, at),
    ]


def _own_certificate(wish: _Wish) -> str:
    """The one that a device out of the stock has fetched for itself."""
    return wish.item.certificate if wish.item and wish.item.state in stock.FREE else ""


def _device_writes(store: Store, known: Held | None, device: Device, serial: str, row: Mapping[str, Any]) -> list[Write]:
    if known is None:
        return [devices.new(store, device, serial, **row)]
    if known.device.contract != device.contract:
        return devices.handed_over(store, known, device, serial, **row)
    return [devices.taken_back(store, known, device, **row)]


def _stock_writes(store: Store, wish: _Wish, contract: str, at: Millis) -> list[Write]:
    if wish.item is None:
        return []
    after = replace(wish.item, state="claimed", contract=contract, since=at)
    tries = [stock.forget_tries(store, wish.serial, wish.tries)] if wish.tries else []
    return [stock.write(store, wish.item, after), *tries]


def _fresh(store: Store, now: datetime, wish: _Wish, contract: str, order: int, instead: Device | None) -> Device:
    """The device as it begins: with the watches of the one before it, or those that its model offers."""
    at = to_millis(now)
    device = Device(wish.id, contract, wish.model, at, order=order, version=1)
    if instead is not None:
        return watching.carry_over(device, instead, models.metrics(wish.model), at)
    for offer in watches.of_model(store, now, contract, wish.model) if wish.item else ():
        device = watching.set_watch(device, setting.watch_of(offer.name, offer.settings), at).device
    return device


def _is_free(store: Store, known: Held) -> bool:
    """Whether another contract may have the device: it was given away, or the contract that had it is over."""
    if known.released is not None:
        return True
    before = rows.load(store, known.device.contract)
    return before is None or before.state in ENDED


def _home(store: Store, contract: str) -> _Home:
    found = rows.rows_of(store, [rows.snapshot_key(contract), people.key(contract)])
    if (contract, "contract") not in found:
        raise NotFound("contract")
    row = found.get((contract, "people"))
    return _Home(found[contract, "contract"], people.of_row(row) if row else People())


# in another one's place


def _replace_once(store: Store, now: datetime, asked: Asked, old: Held, wish: _Wish) -> None:
    home = _home(store, asked.contract)
    known = devices.load(store, wish.id)
    if known is not None and known.device.contract == asked.contract and known.released is None:
        raise Conflict("exists")
    settled, gone = leaving.let_go(store, old, now, home.people, {"replaced_by": S(wish.id)})
    store.commit(
        [
            gone,
            *telling.writes(store, old, settled),
            *leaving.returned(store, old, to_millis(now)),
            outbox.entry(store, "cut_off", *leaving.cause(old, now)),
            *_arrives(store, now, asked.contract, home, known, wish, instead=old),
            asked.remember(store, {"device": wish.id}, now),
        ]
    )
