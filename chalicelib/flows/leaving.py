"""How a device leaves a contract: given back, let go for another contract, replaced; or cut off when the contract is over.

What it told stays with the contract. Its watches end, what is open closes, and nobody hears it any more; its certificates
are switched off by the outbox, since IoT Core is in no transaction of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.flows import certificates, households, telling
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import device_json, of_contract
from chalicelib.gateways import device as registry
from chalicelib.iot import proof, watching
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.watching import Settled
from chalicelib.store import codec, devices, outbox, people, stock
from chalicelib.store.devices import Held
from chalicelib.store.outbox import Entry
from chalicelib.store.people import People
from chalicelib.store.transact import N, Row, Store, Write

Json = dict[str, Any]


def give_back(store: Store, now: datetime, asked: Asked, device: str) -> Json:
    """The customer returns the device. Nobody else can claim it before an operator has looked at it."""
    return _leave(store, now, asked, device, back=True)


def release(store: Store, now: datetime, asked: Asked, device: str) -> Json:
    """The contract lets go of the device, and another one may claim it."""
    return _leave(store, now, asked, device, back=False)


def _leave(store: Store, now: datetime, asked: Asked, device: str, *, back: bool) -> Json:
    def attempt(again: bool) -> None:
        if asked.answered(store) is not None:
            return
        held = of_contract(store, asked.contract, device)
        writes = returned(store, held, to_millis(now)) if back else []
        if held.released is None:
            settled, gone = let_go(store, held, now, people.load(store, asked.contract))
            told = telling.writes(store, held, settled)
            writes += [gone, *told, outbox.entry(store, "cut_off", *cause(held, now))]
        store.commit([*writes, asked.remember(store, {"device": device}, now)])

    until_settled(attempt)
    return device_json(of_contract(store, asked.contract, device), to_millis(now))


def let_go(
    store: Store, held: Held, now: datetime, ours: People, also: Mapping[str, Any] | None = None
) -> tuple[Settled, Write]:
    """What closes with a device that leaves, and the entry of its row: nobody's from now on, without watches."""
    at = to_millis(now)
    settled = watching.settle(watching.clear(held.device, at), households.of(store, held, ours))
    quiet = replace(settled.device, alerts=())  # nobody is told later of a device that has left
    set_: Row = {"released": N(at), **(also or {})}
    gone, _ = devices.change(store, held, quiet, None, also=set_, drop=("certificate", "renewing"))
    return settled, gone


def returned(store: Store, held: Held, at: Millis) -> list[Write]:
    """The entry of the stock for a device that comes back; none for one that never was of the stock."""
    serial = proof.serial_of(held.device.id)
    item = stock.load(store, serial) if serial else None
    if item is None or item.state != "claimed" or item.contract != held.device.contract:
        return []
    return [stock.write(store, item, replace(item, state="returned", since=at, certificate=""))]


def cause(held: Held, now: datetime) -> tuple[str, datetime, Json]:
    """Of the outbox's entry that switches its certificates off."""
    device, contract = held.device.id, held.device.contract
    body = {"contract": contract, "device": device, "at": codec.instant_text(now)}
    return f"{contract}#{device}#cut_off", now, body


# the outbox's part


def cut_off(store: Store, entry: Entry) -> None:
    """Cuts off one device that has left, or all of a contract that is over. Doing it again finds nothing to do."""
    contract, at = entry.body["contract"], to_millis(datetime.fromisoformat(entry.body["at"]))
    one = entry.body.get("device")
    for device in [one] if one else people.load(store, contract).devices:
        _cut_off_one(store, device, contract, at, left=bool(one))


def all_of(store: Store, contract: str, at: Millis) -> None:
    """Cuts off every device of a contract that is over."""
    for device in people.load(store, contract).devices:
        _cut_off_one(store, device, contract, at, left=False)


def _cut_off_one(store: Store, device: str, contract: str, at: Millis, *, left: bool) -> None:
    """The registry is asked before the row: whoever claims the device after that gets a certificate that is not listed."""
    gate = registry.connect()

    def attempt(again: bool) -> None:
        listed = gate.certificates(device) if gate else {}
        held = devices.load(store, device)
        if held is None or held.device.contract != contract or (left and held.released != at):
            return  # another contract's by now, or claimed again: who claimed it has switched the old ones off
        certificates.switch_off(gate, device, listed)
        if held.released is None or held.certificate or held.renewing:
            store.write(devices.released(store, held, at, drop=("certificate", "renewing")))

    until_settled(attempt)
