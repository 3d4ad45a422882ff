"""The line between a device and its jobs: it asks after every connection and whenever one is announced, and says how it fared.

Fetching a file has a thread of its own, so a slow one holds up neither readings nor wishes.
"""

import json
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from fleet.updates import Updater
from fleet.wishing import Publish

if TYPE_CHECKING:
    from fleet.uplink import Ear  # the SDK loads native code


class Updating:
    """One device's ear for new firmware; an uplink calls it."""

    def __init__(self, updater: Updater) -> None:
        self._updater = updater
        self._work: SimpleQueue[tuple[str, dict[str, Any], Publish]] = SimpleQueue()
        threading.Thread(target=self._do, daemon=True).start()

    @property
    def topics(self) -> tuple[str, ...]:
        return self._updater.topics

    def connected(self, publish: Publish) -> None:
        _say(publish, *self._updater.begin())

    def heard(self, topic: str, payload: bytes, publish: Publish) -> None:
        if "/jobs/" not in topic:
            return
        try:
            body = json.loads(payload)
        except ValueError:
            return
        if isinstance(body, dict):
            self._work.put((topic, body, publish))

    def _do(self) -> None:
        while True:
            topic, body, publish = self._work.get()
            for answer in self._updater.arrived(topic, body):
                _say(publish, *answer)


class Ears:
    """Several ears on one line, each for topics of its own."""

    def __init__(self, *ears: "Ear") -> None:
        self._ears = ears

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(topic for ear in self._ears for topic in ear.topics)

    def connected(self, publish: Publish) -> None:
        for ear in self._ears:
            ear.connected(publish)

    def heard(self, topic: str, payload: bytes, publish: Publish) -> None:
        for ear in self._ears:
            if any(_matches(topic, filter_) for filter_ in ear.topics):
                ear.heard(topic, payload, publish)


def _matches(topic: str, filter_: str) -> bool:
    """Whether a topic lies under a filter; `+` stands for one level."""
    levels, wanted = topic.split("/"), filter_.split("/")
    return len(levels) == len(wanted) and all(want in ("+", level) for level, want in zip(levels, wanted, strict=True))


def _say(publish: Publish, topic: str, body: dict[str, Any]) -> None:
    publish(topic, json.dumps(body).encode())
