"""Homes move in, through the API, as an operator would let them: contract, daughter, devices, watches. What is there is reused.

Each home is a contract of its own with its own daughter, as in life. What a home got is kept in `.local/fleet/<town>/`: its
contract's id, and each device's certificate and key, closed to others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet import identity
from fleet.errors import FleetError
from fleet.identity import Identity
from fleet.town.homes import Device, Home
from fleet.visitor import Place, Visitor

_AT_ONCE = 3  # more would only wait for each other: the keys of a certificate take the broker 70 ms
_APPLICATION: Mapping[str, Any] = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "site": {"prefecture": "Aomori", "island": False, "country": "JP"},
    "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
}


@dataclass(frozen=True)
class Moved:
    """A home that is there: its contract, and by device who it is to the broker."""

    home: Home
    contract: str
    identities: Mapping[str, Identity]

    @property
    def daughter(self) -> str:
        return address_of(self.home)


def address_of(home: Home) -> str:
    return f"{home.name}@example.com"


class Office:
    """Lets homes move in, a few at a time."""

    def __init__(self, place: Place, folder: Path, tell: Callable[[int, int], None]) -> None:
        self._place = place
        self._folder = folder
        self._tell = tell
        self._operator = place.sign_in("operator")
        self._ca = place.ca_pem()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def move_in(self, homes: Sequence[Home]) -> list[Moved]:
        """All homes, in their order. Raises NotAsExpected when the API says no."""
        moved = []
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            for done in workers.map(self._one, homes):
                moved.append(done)
                self._tell(len(moved), len(homes))
        return moved

    def _one(self, home: Home) -> Moved:
        folder = self._folder / home.name
        note = _Note(folder / "home.json", str(self._place.facts["cognito"]["user_pool_id"]))
        contract = note.get("contract") or note.keep("contract", self._contract(home))
        if not note.get("daughter"):
            person = {"person": "daughter", "role": "family", "channels": ["mail"], "email": address_of(home), "language": "en"}
            self._operator.post(f"/v1/contracts/{contract}/people", person)
            note.keep("daughter", "told")
        known = {device.id: self._device(folder, note, contract, device) for device in home.devices}
        return Moved(home, contract, known)

    def _contract(self, home: Home) -> str:
        contact = {"name": home.name, "email": f"{home.name}-holder@example.com", "language": "en"}
        return str(self._operator.post("/v1/contracts", {**_APPLICATION, "contact": contact})["id"])

    def _device(self, folder: Path, note: _Note, contract: str, device: Device) -> Identity:
        file = folder / f"{device.id}.json"
        mqtt = self._place.facts["mqtt"]
        if note.get(device.id) == "claimed":
            try:
                return _here(identity.load(file), mqtt)
            except FleetError:
                pass  # cut short while it was written, or taken away: a new certificate is made
        body = {"device": device.id, "model": device.model, "new_certificate": True}
        claim = self._operator.post(f"/v1/contracts/{contract}/devices", body)
        for watch, settings in device.watches.items():
            self._operator.put(f"/v1/contracts/{contract}/devices/{device.id}/watches/{watch}", dict(settings))
        identity.write(
            folder,
            device=device.id,
            stage=self._place.stage,
            endpoint=mqtt["host"],
            port=mqtt["port"],
            certificate_pem=claim["certificate"],
            key_pem=claim["private_key"],
            ca_pem=self._ca,
        )
        note.keep(device.id, "claimed")
        return identity.load(file)


def _here(known: Identity, mqtt: Mapping[str, Any]) -> Identity:
    """The same device where the broker is today: the stack may have been started on other ports."""
    return Identity(
        known.device,
        known.stage,
        mqtt["host"],
        mqtt["port"],
        known.certificate,
        known.key,
        Path(mqtt["ca"]),
        known.buffer,
    )


class _Note:
    """What is known of a home, step by step on disk; of another world's home nothing is."""

    def __init__(self, file: Path, world: str) -> None:
        self._file = file
        self._facts: dict[str, str] = {"world": world}
        try:
            before = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        if before.get("world") == world:
            self._facts = before

    def get(self, name: str) -> str:
        return self._facts.get(name, "")

    def keep(self, name: str, value: str) -> str:
        self._facts[name] = value
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._file.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(self._facts, out)
        half.replace(self._file)
        return value


def pages(visitor: Visitor, path: str) -> list[dict[str, Any]]:
    """All items of a listing, page by page."""
    mark = "&" if "?" in path else "?"
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = visitor.get(f"{path}{mark}limit=100{cursor}")
        found += page["items"]
        if not page.get("next"):
            return found
        cursor = f"&cursor={page['next']}"
