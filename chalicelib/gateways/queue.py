"""SQS: messages out, in batches of ten, and what it did not take is sent again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import settings
from chalicelib.errors import StoreError
from chalicelib.gateways import clients

_BATCH = 10  # messages of one SendMessageBatch
_PATIENCE = (0.05, 0.2, 0.8)


class Queue:
    """One queue. `send` may send a message twice after a lost reply: whoever reads must not care."""

    def __init__(self, client: Any, url: str) -> None:
        self.client, self.url = client, url

    def send(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Sends all, each as JSON, and says how many. Raises StoreError when the queue keeps refusing some."""
        batch: list[str] = []
        sent = 0
        for message in messages:
            batch.append(json.dumps(message, separators=(",", ":")))
            if len(batch) == _BATCH:
                sent += self._send(batch)
                batch = []
        return sent + (self._send(batch) if batch else 0)

    def _send(self, bodies: list[str]) -> int:
        waiting = {str(place): body for place, body in enumerate(bodies)}
        for pause in (*_PATIENCE, None):
            entries = [{"Id": place, "MessageBody": body} for place, body in waiting.items()]
            try:
                answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            except clients.Failures as error:
                raise StoreError(f"the queue did not answer: {type(error).__name__}") from error
            waiting = {failed["Id"]: waiting[failed["Id"]] for failed in answer.get("Failed", ())}
            if not waiting:
                return len(bodies)
            if pause is not None:
                time.sleep(pause)
        raise StoreError("the queue keeps refusing messages")


def night_queue() -> Queue:
    """The queue of nights and of services' commands."""
    return connect(settings.current().need("night_queue_url"))


def readings_queue() -> Queue:
    """The queue of what devices say."""
    return connect(settings.current().need("readings_queue_url"))


def ticks_queue() -> Queue:
    """The queue of what a tick hands out."""
    return connect(settings.current().need("ticks_queue_url"))


def connect(url: str) -> Queue:
    return Queue(clients.of("sqs", connect_seconds=2, read_seconds=6), url)
