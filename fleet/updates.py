"""New firmware on a device: AWS IoT Jobs over the device's own connection, one at a time, safe against a loss of power.

The version that runs stands in a small file beside the buffer and changes in one step, after the new file was fetched whole
and its SHA-256 is the one that was promised. A failed update leaves what runs. A job that comes again after a crash finds its
version running, and only says so.

`Updater` knows no connection: it is handed what arrives and answers what to publish.
"""

import hashlib
import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fleet.errors import FleetError

Message = tuple[str, dict[str, Any]]
FIRST_VERSION = "1.0.0"
_FETCH_SECONDS = 30
_CHUNK = 64 * 1024
_LOOPBACK = ("127.0.0.1", "localhost")


class UpdateFailed(FleetError):
    """The new firmware could not be put on; what ran before still runs. `what` is reported as the job's reason."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a job asks for."""

    version: str
    url: str
    sha256: str
    size: int


class Shelf:
    """The device's firmware on its disk: which version runs, and its file."""

    def __init__(self, folder: Path, device: str) -> None:
        self._facts = folder / f"{device}.firmware.json"
        self._file = folder / f"{device}.firmware.bin"

    def running(self) -> str:
        try:
            return str(json.loads(self._facts.read_text(encoding="utf-8"))["version"])
        except (FileNotFoundError, ValueError, KeyError):
            return FIRST_VERSION

    def put_on(self, offer: Offer) -> None:
        """Fetches, checks, then switches over. Raises UpdateFailed and changes nothing."""
        fresh = self._file.with_suffix(".new")
        try:
            _fetch(offer, fresh)
            os.replace(fresh, self._file)
            facts = self._facts.with_suffix(".new")
            facts.write_text(json.dumps({"version": offer.version, "sha256": offer.sha256}) + "\n", encoding="utf-8")
            os.replace(facts, self._facts)
        except OSError as wrong:
            raise UpdateFailed(f"the disk said {wrong.strerror}", "Make room.") from wrong
        finally:
            fresh.unlink(missing_ok=True)


class Updater:
    """One device's side of the jobs. Subscribe to `topics`, publish `begin()`, then hand over what arrives."""

    def __init__(self, device: str, shelf: Shelf, tell: Callable[[str], None] = lambda _: None) -> None:
        self._base = f"$aws/things/{device}/jobs"
        self._shelf = shelf
        self._tell = tell
        self.idle = False  # nothing more is asked of us

    @property
    def topics(self) -> tuple[str, ...]:
        return (f"{self._base}/notify-next", f"{self._base}/start-next/accepted", f"{self._base}/+/update/accepted")

    def begin(self) -> Message:
        """Asks for the next job, if there is one."""
        return f"{self._base}/start-next", {}

    def arrived(self, topic: str, body: dict[str, Any]) -> list[Message]:
        """What to publish after a message of one of our topics; empty for those that need no answer."""
        if topic.endswith("/start-next/accepted"):
            return self._started(body.get("execution") or {})
        if topic.endswith("/notify-next"):
            return [self.begin()] if body.get("execution") else []
        return [self.begin()]  # an answer of ours was taken: perhaps more waits

    def _started(self, execution: dict[str, Any]) -> list[Message]:
        job = execution.get("jobId")
        self.idle = not job
        if not job:
            return []
        outcome, why = self._do(execution.get("jobDocument"))
        said: dict[str, Any] = {"status": outcome, "statusDetails": {"version": self._shelf.running(), **why}}
        return [(f"{self._base}/{job}/update", said)]

    def _do(self, document: Any) -> tuple[str, dict[str, str]]:
        offer = _offer(document)
        if offer is None:
            return "REJECTED", {"reason": "this device does not know how to do that"}
        if self._shelf.running() == offer.version:
            return "SUCCEEDED", {}
        self._tell(f"Putting on firmware {offer.version} ...")
        try:
            self._shelf.put_on(offer)
        except UpdateFailed as wrong:
            self._tell(f"{wrong} Version {self._shelf.running()} still runs.")
            return "FAILED", {"reason": wrong.what}
        self._tell(f"Firmware {offer.version} runs now.")
        return "SUCCEEDED", {}


def _offer(document: Any) -> Offer | None:
    if not isinstance(document, dict) or document.get("do") != "update_firmware":
        return None
    version, url, sha256, size = (document.get(name) for name in ("version", "url", "sha256", "size"))
    texts = all(isinstance(text, str) and text for text in (version, url, sha256))
    return Offer(str(version), str(url), str(sha256), size) if texts and type(size) is int and size > 0 else None


def _fetch(offer: Offer, into: Path) -> None:
    """The whole file, no longer than promised and with the promised sum. Raises UpdateFailed or OSError of the disk."""
    where = urlsplit(offer.url)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
        raise UpdateFailed("the address is not https", "Publish the release with an https address.")
    digest, length = hashlib.sha256(), 0
    with into.open("wb") as file:
        try:
            with urllib.request.urlopen(offer.url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 - https or loopback, see above
                while part := answer.read(_CHUNK):
                    length += len(part)
                    if length > offer.size:
                        raise UpdateFailed("the file is longer than promised", "Publish the release with the right size.")
                    digest.update(part)
                    file.write(part)
        except (OSError, ValueError) as wrong:
            raise UpdateFailed(f"the file did not come ({type(wrong).__name__})", "Look at the address.") from wrong
        os.fsync(file.fileno())
    if length != offer.size or digest.hexdigest() != offer.sha256:
        raise UpdateFailed("the file is not the one that was promised", "Publish the release with the right file and sum.")
