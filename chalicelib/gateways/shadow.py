"""AWS IoT device shadows: the named shadow `wishes` of a device holds what is wished for and not yet answered.

    {"state": {"desired": {"wishes": {<id>: {"settings": {…}, "seconds": 600}}},
               "reported": {"wishes": {<id>: {"outcome": "done" | "refused", "reason"?}}}}}

Every wish is a key of its own, so leaving and taking away commute, and doing either again changes nothing. `seconds` count
from the shadow's own timestamp of the wish: a device needs no right clock to know that its time is over. The device takes a
wish out of `desired` in the update by which it reports it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import StoreError
from . import clients

NAME = "wishes"


class Shadows:
    """The shadows of all devices."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def leave(self, device: str, wish: str, wished: Mapping[str, Any], seconds: int, instead_of: Iterable[str] = ()) -> None:
        """Leaves a wish for the device, good for so many seconds, in the place of earlier ones. Raises StoreError."""
        about = {"settings": dict(wished), "seconds": seconds}
        self._update(device, {**dict.fromkeys(instead_of), wish: about})

    def take_away(self, device: str, wishes: Iterable[str]) -> None:
        """Takes wishes away; what is not there is none. Raises StoreError."""
        self._update(device, dict.fromkeys(wishes))

    def _update(self, device: str, wishes: Mapping[str, Any]) -> None:
        payload = json.dumps({"state": {"desired": {"wishes": wishes}}}).encode()
        try:
            self.client.update_thing_shadow(thingName=device, shadowName=NAME, payload=payload)
        except clients.Failures as error:
            raise StoreError(f"the device shadows answered {clients.code_of(error)}") from error


def connect() -> Shadows:
    """The shadows of this process."""
    return Shadows(clients.of("iot-data", read_seconds=5))
