"""The line between a device and its shadow `wishes`: it looks after every connection and at every change, and reports.

A change (`update/delta`) is only a reason to look: it may have waited for hours in the broker's session. What is acted on is
the answer to a look of this very connection. Acting has a thread of its own, so a slow device still sends its readings.
"""

import json
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from fleet.actions import Obedience

Publish = Callable[[str, bytes], None]


class Wishing:
    """One device's ear for wishes; an uplink calls it."""

    def __init__(self, device: str, obedience: Obedience, tell: Callable[[str], None]) -> None:
        self._base = f"$aws/things/{device}/shadow/name/wishes"
        self._obedience = obedience
        self._tell = tell
        self._token = ""
        self._work: SimpleQueue[tuple[dict[str, Any], Publish]] = SimpleQueue()
        threading.Thread(target=self._obey, daemon=True).start()

    @property
    def topics(self) -> tuple[str, ...]:
        return (f"{self._base}/get/accepted", f"{self._base}/update/delta")

    def connected(self, publish: Publish) -> None:
        """Subscribed anew: looks at what waits. Answers to earlier looks count no more."""
        self._token = uuid4().hex
        publish(f"{self._base}/get", json.dumps({"clientToken": self._token}).encode())

    def heard(self, topic: str, payload: bytes, publish: Publish) -> None:
        if topic.endswith("/update/delta"):
            self.connected(publish)
            return
        document = json.loads(payload)
        if document.get("clientToken") == self._token:
            self._work.put((document, publish))

    def _obey(self) -> None:
        while True:
            document, publish = self._work.get()
            update = self._obedience.report(document)
            if update is None:
                continue
            publish(f"{self._base}/update", json.dumps(update).encode())
            for wish, answer in update["state"]["reported"]["wishes"].items():
                if answer is not None:
                    self._tell(
                        f"Wish {wish}: {answer['outcome']}{' (' + answer['reason'] + ')' if 'reason' in answer else ''}."
                    )
