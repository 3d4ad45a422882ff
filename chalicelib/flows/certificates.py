"""Certificates of devices: a first one, a new one for a lost key, a new one beside the old, and none for who has left.

What IoT Core does is in no transaction of ours. So an intention is stored first, then the certificate is made, then it is
noted; who is interrupted leaves something that the next call, or the tick at the end of the overlap, puts right. A key is
answered by the call that made it, and kept nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.dates import japan_day
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.flows.asked import Asked
from chalicelib.flows.devices import ENDED
from chalicelib.gateways import device as registry
from chalicelib.gateways.device import Identity, Registry
from chalicelib.iot import house, models, proof
from chalicelib.iot.reading import Millis, from_millis, to_millis
from chalicelib.store import certificates, codec, devices
from chalicelib.store import contracts as rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, WriteRefused

Json = dict[str, Any]


def identity_json(identity: Identity) -> Json:
    """What a device is given, once."""
    return {
        "certificate_id": identity.certificate,
        "certificate": identity.certificate_pem,
        "private_key": identity.private_key,
        "endpoint": identity.endpoint,
    }


def own(store: Store, now: datetime, held: Held, *, renew: bool = False) -> Json:
    """The identity of a claimed device that has none, or that lost its key (`renew`); whatever it had is switched off.

    Nothing where devices get theirs elsewhere, or for a device that has one. Raises Refused once its contract is over.
    """
    gate = registry.connect()
    device = held.device
    if gate is None or held.released is not None:
        return {}
    if held.certificate and not renew:
        known = gate.certificates(device.id)
        if held.certificate in known:
            if proof.serial_of(device.id):  # it may have asked for its own more than once before it was claimed
                switch_off(gate, device.id, {one: address for one, address in known.items() if one != held.certificate})
            return {}
    _must_live(store, device.contract)
    made = _make(store, gate, now, device.contract, device.id, keep="")
    store.write(certificates.end_overlap(store, device.id))
    return identity_json(made)


def rotate(store: Store, now: datetime, asked: Asked, held: Held) -> Json:
    """A new certificate beside the one in use, which holds until the overlap is over. Raises Refused while one runs.

    The same request again makes the key anew, for the first answer may be lost; the one in use stays the same.
    """
    gate = registry.connect()
    if gate is None:
        raise Refused("no_certificates_here")
    device = held.device
    if held.released is not None:
        raise Refused("not_linked")
    _must_live(store, device.contract)
    mark = asked.row_key["item"]["S"]
    days = models.find(device.model).get("overlap_days") or house.value("overlap_days", japan_day(now))
    until = to_millis(now + timedelta(days=int(days)))
    running = certificates.overlap(store, device.id)
    if running is None:
        try:
            store.write(certificates.begin_overlap(store, device.id, held.certificate, mark, until))
        except WriteRefused:
            running = certificates.overlap(store, device.id)
    if running is not None and running.mark != mark:
        raise Refused("rotation_running")
    keep, until = (running.old, running.until) if running else (held.certificate, until)
    made = _make(store, gate, now, device.contract, device.id, keep=keep)
    old = {"old_certificate_id": keep or None, "old_until": codec.instant_text(from_millis(until))}
    return {"device": device.id, **identity_json(made), **old}


def finish(store: Store, now: datetime, held: Held) -> Json:
    """Ends an overlap at once: the device is known to use the new certificate. Nothing to end is no error."""
    if not _ended(store, held.device.id, to_millis(now)):
        raise Conflict("in_progress")
    return listing(store, held)


def listing(store: Store, held: Held) -> Json:
    """The certificates that a device has in the registry, the one that counts first."""
    gate, device = registry.connect(), held.device.id
    running = certificates.overlap(store, device)
    items = []
    for certificate in gate.certificates(device) if gate else ():
        assert gate is not None
        status, made = gate.status(certificate)
        use = "current" if certificate == held.certificate else "old" if running and running.old == certificate else "unknown"
        made_at = None if made is None else codec.instant_text(made)
        items.append({"certificate_id": certificate, "status": status.lower(), "use": use, "made_at": made_at})
    return {"items": sorted(items, key=lambda item: (item["use"] != "current", str(item["made_at"])))}


def due(store: Store, keys: Sequence[tuple[str, str]], at: Millis) -> tuple[int, int]:
    """A tick: overlaps that are over."""
    from chalicelib.flows.ticks import one_by_one

    return one_by_one("a certificate", lambda device, _: _ended(store, device, at), keys)


def _ended(store: Store, device: str, now: Millis) -> bool:
    """Switches off all certificates but the one that counts. False while one is being made: then later.

    The registry is asked before the row: what is made after that is not among what is switched off.
    """
    running = certificates.overlap(store, device)
    gate = registry.connect()
    listed = gate.certificates(device) if gate else {}
    held = devices.load(store, device)
    if held is not None and certificates.is_being_made(held.renewing, now):
        return False
    kept = held.certificate if held else ""
    switch_off(gate, device, {one: address for one, address in listed.items() if one != kept})
    if running is not None:
        try:
            store.write(certificates.end_overlap(store, device, running.mark))
        except WriteRefused:
            return True  # somebody else has ended it
    return True


def switch_off(gate: Registry | None, device: str, listed: Mapping[str, str]) -> None:
    """Switches off what was listed."""
    for certificate, address in listed.items():
        if gate is not None:
            gate.switch_off(device, certificate, address)


def _make(store: Store, gate: Registry, now: datetime, contract: str, device: str, *, keep: str) -> Identity:
    """Makes a certificate and notes it as the device's own; all others but `keep` are switched off."""
    mark = f"{to_millis(now)}-{secrets.token_hex(4)}"
    try:
        store.write(certificates.renewing(store, device, contract, mark))
    except WriteRefused:
        raise NotFound("device") from None
    before = gate.certificates(device)
    made = gate.add(device)
    switch_off(gate, device, {one: address for one, address in before.items() if one != keep})
    try:
        store.write(certificates.certified(store, device, made.certificate, mark))
    except WriteRefused:
        gate.switch_off(device, made.certificate, gate.certificates(device).get(made.certificate, ""))
        raise Conflict("in_progress") from None
    return made


def _must_live(store: Store, contract: str) -> None:
    found = rows.load(store, contract)
    if found is None or found.state in ENDED:
        raise Refused("ended")
