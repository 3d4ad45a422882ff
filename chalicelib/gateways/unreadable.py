"""The queue of messages that nobody could read: written by the worker and by the IoT rule, looked at by operators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .. import settings
from ..errors import StoreError
from . import queue

LOOK_SECONDS = 5  # how long a message stays hidden from the next look
ROUNDS_MAX = 20


class Bin:
    """`send` sets messages aside, `look` shows some of them and leaves them there."""

    def __init__(self, where: queue.Queue) -> None:
        self.queue = where

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        self.queue.send(messages)

    def look(self, limit: int) -> list[dict[str, Any]]:
        """At most `limit` messages, in no order. Raises StoreError when the queue does not answer."""
        found: dict[str, dict[str, Any]] = {}
        for _ in range(ROUNDS_MAX):
            if len(found) >= limit:
                break
            try:
                answer = self.queue.client.receive_message(
                    QueueUrl=self.queue.url,
                    MaxNumberOfMessages=min(10, limit - len(found)),
                    VisibilityTimeout=LOOK_SECONDS,
                    WaitTimeSeconds=0,
                )
            except (ClientError, BotoCoreError) as error:
                raise StoreError(f"the queue did not answer: {type(error).__name__}") from error
            messages = answer.get("Messages", [])
            if not messages:
                break
            found |= {message["MessageId"]: _shown(message["Body"]) for message in messages}
        return list(found.values())


def _shown(body: str) -> dict[str, Any]:
    """A message of ours as it is; one that the IoT rule left here by what the rule says of it."""
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if isinstance(message, dict) and isinstance(message.get("reason"), str):
        return message
    topic = message.get("topic") if isinstance(message, dict) else None
    return {"reason": "rule_failed", "topic": topic, "begins": body[:200]}


def connect() -> Bin:
    """The bin of this process."""
    return Bin(queue.connect(settings.current().need("unreadable_queue_url")))
