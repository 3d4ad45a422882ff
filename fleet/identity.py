"""Who this device is and where it reports: the provisioning file.

A JSON object; paths are relative to the file itself:

    {"device": "meter-1", "stage": "local", "endpoint": "localhost", "port": 8883,
     "certificate": "meter-1.cert.pem", "key": "meter-1.key.pem", "ca": "ca.pem", "buffer": "meter-1.sqlite3"}

`ca` may be left out where the system already trusts the broker; `port` is 8883, `buffer` is `<device>.sqlite3` when left
out. The file and the key are the device's secrets: both must be closed to everybody else (mode 600).
"""

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.errors import BadIdentity

_REQUIRED = ("device", "stage", "endpoint", "certificate", "key")
_OPTIONAL = ("port", "ca", "buffer")
# What an MQTT topic, a client id and an IoT thing name all allow.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEFAULT_PORT = 8883


@dataclass(frozen=True, slots=True)
class Identity:
    """One device's name, its broker and its files (absolute paths)."""

    device: str
    stage: str
    endpoint: str
    port: int
    certificate: Path
    key: Path
    ca: Path | None
    buffer: Path

    @property
    def readings_topic(self) -> str:
        return f"mimamori/{self.stage}/{self.device}/readings"

    @property
    def urgent_topic(self) -> str:
        return f"mimamori/{self.stage}/{self.device}/urgent"


def load(path: Path) -> Identity:
    """Reads and checks a provisioning file. Raises BadIdentity naming the key and the cure."""
    _must_be_closed(path)
    facts = _facts(path)
    for key in ("device", "stage"):
        if not _NAME.fullmatch(facts[key]):
            raise BadIdentity(f"{path}: {key} has a character it may not have.", "Use 1 to 64 letters, digits, - and _.")
    home = path.resolve().parent
    identity = Identity(
        device=facts["device"],
        stage=facts["stage"],
        endpoint=facts["endpoint"],
        port=_port(path, facts.get("port", _DEFAULT_PORT)),
        certificate=home / facts["certificate"],
        key=home / facts["key"],
        ca=home / facts["ca"] if "ca" in facts else None,
        buffer=home / facts.get("buffer", f"{facts['device']}.sqlite3"),
    )
    for name in ("certificate", "key", "ca"):
        file = getattr(identity, name)
        if file is not None and not file.is_file():
            raise BadIdentity(f"{path}: {name} names a file that is not there.", "Claim the device again, or correct the path.")
    _must_be_closed(identity.key)
    return identity


def write(
    home: Path, *, device: str, stage: str, endpoint: str, port: int, certificate_pem: str, key_pem: str, ca_pem: str = ""
) -> Path:
    """Stores what claiming a device returned, closed to others, and returns the provisioning file's path.

    Where it stops half way there is no provisioning file: a certificate never stands beside another one's key.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{device}.json"
    path.unlink(missing_ok=True)
    parts = {"certificate": certificate_pem, "key": key_pem} | ({"ca": ca_pem} if ca_pem else {})
    facts: dict[str, Any] = {"device": device, "stage": stage, "endpoint": endpoint, "port": port}
    for name, pem in parts.items():
        facts[name] = f"{device}.{name}.pem"
        _write_closed(home / facts[name], pem)
    _write_closed(path, json.dumps(facts, indent=2) + "\n")
    return path


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise BadIdentity(f"{path} is not JSON ({wrong}).", "Claim the device again to get a new one.") from wrong
    if not isinstance(facts, dict):
        raise BadIdentity(f"{path} is not a JSON object.", "Claim the device again to get a new one.")
    for key in sorted(set(facts) - {*_REQUIRED, *_OPTIONAL}):
        raise BadIdentity(f"{path}: unknown key {key!r}.", f"Known keys: {', '.join((*_REQUIRED, *_OPTIONAL))}.")
    for key in _REQUIRED:
        if key not in facts:
            raise BadIdentity(f"{path}: {key!r} is missing.", "Add it, or claim the device again.")
    for key in set(facts) - {"port"}:
        if not isinstance(facts[key], str) or not facts[key]:
            raise BadIdentity(f"{path}: {key!r} must be a text.", "Correct it, or claim the device again.")
    return facts


def _port(path: Path, port: object) -> int:
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise BadIdentity(f"{path}: 'port' must be a number from 1 to 65535.", f"Leave it out for {_DEFAULT_PORT}.")
    return port


def _must_be_closed(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as wrong:
        raise BadIdentity(f"{path} cannot be read ({wrong.strerror}).", "Give the provisioning file with --device.") from wrong
    if mode & 0o077:
        raise BadIdentity(f"{path} is open to others (mode {mode:o}); it is this device's secret.", f"Run: chmod 600 {path}")


def _write_closed(path: Path, text: str) -> None:
    """Whole or not at all, and mode 600 from the first byte on, also where a wider file was there before."""
    half = path.with_name(f"{path.name}.half")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, 0o600)
        file.write(text)
        file.flush()
        os.fsync(handle)
    half.replace(path)
