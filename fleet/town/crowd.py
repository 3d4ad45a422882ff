"""Hundreds of devices in one process: each with its own certificate and connection, all on the SDK's shared event loop.

A device sends one message at a time and the next when the broker has the first, as the agent does, so that a home's
readings arrive in order. What was not acknowledged is sent again.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from fleet.buffer import Batch
from fleet.happenings import Connected, Delivered, Disconnected, Happening, Undelivered

if TYPE_CHECKING:
    from fleet.identity import Identity
    from fleet.town.homes import Said

Connect = Callable[..., Any]  # identity, queue, back-off → an uplink
_READINGS_MAX = 900  # of a message: below the broker's 128 KB
_REFUSALS_MAX = 20  # of a device: then it is not about the network
_BACK_OFF_SECONDS = (0.2, 3.0)
_AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class Letter:
    """A message and what became of it; the times are `time.monotonic()`."""

    batch: Batch
    newest: datetime  # of its readings that count
    readings: int
    sent_at: float = 0.0
    acknowledged_at: float = 0.0


class _Box:
    """What an uplink thinks is its queue: puts the device's name beside everything it is told."""

    def __init__(self, device: str, queue: SimpleQueue[tuple[str, Happening]]) -> None:
        self._device = device
        self._queue = queue

    def put(self, happening: Happening) -> None:
        self._queue.put((self._device, happening))


@dataclass(slots=True)
class Line:
    """One device's connection and what waits for it. `wanted` is whether the story lets it reach us."""

    device: str
    uplink: Any
    wanted: bool = False
    connected: bool = False
    waiting: deque[Letter] = field(default_factory=deque)
    under_way: Letter | None = None
    again_at: float = 0.0
    refusals: int = 0
    letters: list[Letter] = field(default_factory=list)  # acknowledged, in order


class Crowd:
    """All devices of a town. One thread calls it; `listen` does what the connections say meanwhile."""

    def __init__(self, identities: Iterable[Identity], connect: Connect | None = None) -> None:
        if connect is None:
            from fleet.uplink import Uplink  # the SDK loads native code: only where it is used

            connect = Uplink
        self._told: SimpleQueue[tuple[str, Happening]] = SimpleQueue()
        self.lines: dict[str, Line] = {}
        for who in identities:
            box: Any = _Box(who.device, self._told)
            self.lines[who.device] = Line(who.device, connect(who, box, _BACK_OFF_SECONDS))
        self.sent = self.again = self.acknowledged = self.reconnections = 0
        self.readings = 0
        self.last_failure = ""

    @property
    def connected(self) -> int:
        return sum(line.connected for line in self.lines.values())

    @property
    def waiting(self) -> int:
        """Messages of devices that can reach us, not acknowledged yet."""
        return sum(len(line.waiting) + (line.under_way is not None) for line in self.lines.values())

    def go_up(self, device: str) -> None:
        line = self.lines[device]
        if not line.wanted:
            line.wanted = True
            line.uplink.start()

    def go_down(self, device: str) -> None:
        line = self.lines[device]
        if line.wanted:
            line.wanted = line.connected = False
            line.uplink.stop()

    def hand(self, device: str, said: Sequence[Said], urgent: bool = False) -> list[Letter]:
        """Puts readings into messages that wait for their turn."""
        made = [_letter(said[start : start + _READINGS_MAX], urgent) for start in range(0, len(said), _READINGS_MAX)]
        self.lines[device].waiting.extend(made)
        self.readings += len(said)
        self._pump(self.lines[device])
        return made

    def send_last_again(self, device: str) -> None:
        """The device forgot that its last message was acknowledged: the same bytes go out again."""
        line = self.lines[device]
        if line.letters:
            line.waiting.appendleft(line.letters[-1])
            self._pump(line)

    def listen(self, seconds: float) -> None:
        """Handles what the connections say for so long."""
        until = time.monotonic() + seconds
        while True:
            try:
                device, happening = self._told.get(timeout=max(until - time.monotonic(), 0.0))
            except Empty:
                break
            self._handle(self.lines[device], happening)
        for line in self.lines.values():
            self._pump(line)

    def stop(self) -> None:
        for line in self.lines.values():
            if line.wanted:
                line.uplink.stop()

    def _handle(self, line: Line, happening: Happening) -> None:
        match happening:
            case Connected():
                line.connected = line.wanted
                self.reconnections += bool(line.letters)
            case Disconnected(reason):
                line.connected = False
                self.last_failure = reason
            case Delivered(batch_id):
                self._delivered(line, batch_id)
            case Undelivered(_, reason, turned_away):
                self.last_failure = reason
                line.refusals += turned_away
                if line.under_way is not None:
                    line.waiting.appendleft(line.under_way)
                    line.under_way = None
                    self.again += 1
                line.again_at = time.monotonic() + _AGAIN_SECONDS
        self._pump(line)

    def _delivered(self, line: Line, batch_id: str) -> None:
        letter = line.under_way
        if letter is None or letter.batch.id != batch_id:
            return
        line.under_way = None
        if not letter.acknowledged_at:
            letter.acknowledged_at = time.monotonic()
            line.letters.append(letter)
            self.acknowledged += 1

    def _pump(self, line: Line) -> None:
        ready = line.connected and line.under_way is None and line.waiting and line.refusals < _REFUSALS_MAX
        if not ready or time.monotonic() < line.again_at:
            return
        letter = line.under_way = line.waiting.popleft()
        if not letter.sent_at:
            letter.sent_at = time.monotonic()
            self.sent += 1
        line.uplink.publish(letter.batch)


def _letter(said: Sequence[Said], urgent: bool) -> Letter:
    readings = [
        {"metric": each.metric, "value": each.value, "measured_at": each.measured_at.isoformat(), "seq": each.seq}
        for each in said
    ]
    # Named by what is in it, so that a town that is played again says the same under the same name.
    name = f"{said[0].seq}-{said[-1].seq}"
    payload = json.dumps({"v": 1, "batch": name, "readings": readings}, separators=(",", ":")).encode()
    newest = max((each.measured_at for each in said if each.kept), default=datetime.min.replace(tzinfo=said[0].true_at.tzinfo))
    return Letter(Batch(name, payload, len(readings), urgent), newest, len(readings))
