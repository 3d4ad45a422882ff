"""The agent: readings go to the disk first, then out, oldest first, and leave the disk when the broker has them.

An urgent one (a call for help, a fault) does not wait for a batch to fill: it leaves alone and before all others.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from fleet.buffer import Batch, Buffer, Measured, Progress
from fleet.errors import BufferFull, Refused
from fleet.happenings import Asked, Connected, Delivered, Disconnected, Happening, Undelivered

# A broker that restarts hangs up now and then; one that hangs up this often in a row without ever letting us in means us.
_TURNED_AWAY_MAX = 5
_RETRY_SECONDS = 5.0
_LONGEST_SLEEP_SECONDS = 1.0


class Source(Protocol):
    """Where readings come from: a recording or live sensors."""

    @property
    def finished(self) -> bool: ...
    @property
    def due_at(self) -> float: ...
    def take(self, now: float) -> tuple[list[Measured], Progress | None]: ...
    def taken(self, progress: Progress | None) -> None: ...


class Line(Protocol):
    """What the agent needs of an uplink."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def publish(self, batch: Batch) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """A message leaves with `readings` readings or after `seconds`; at most `in_flight` wait for their acknowledgement.

    One in flight keeps the order that conditions are watched in; more is faster over a long line.
    """

    readings: int = 25
    seconds: float = 60.0
    in_flight: int = 1


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Agent:
    """One device. `run` returns when the source is finished and everything is delivered, or when `stop` was called."""

    def __init__(
        self,
        buffer: Buffer,
        uplink: Line,
        happenings: "SimpleQueue[Happening]",
        pace: Pace,
        tell: Callable[[str], None] = say,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._buffer = buffer
        self._uplink = uplink
        self._happenings = happenings
        self._pace = pace
        self._tell = tell
        self._clock = clock
        self._connected = self._ever_connected = self._full = self._stopping = False
        self._turned_away = 0
        self._last_failure = ""
        self._waiting = {batch.id: batch for batch in buffer.sealed()}  # sealed, oldest first
        self._unsealed = buffer.unsealed()
        self._hurry = bool(buffer.urgent)  # what a crash left unsealed may hold something urgent
        self._sent: set[str] = set()
        self._retry_at = 0.0
        self._oldest_unsealed_at: float | None = None
        self.delivered_readings = 0

    def stop(self) -> None:
        """Ends `run` soon; what was not delivered stays on the disk. Safe to call from a signal handler."""
        self._stopping = True
        # A wait whose time runs out while a signal is handled would never end (CPython takes a negative rest for "forever").
        self._happenings.put(Asked())

    def run(self, source: Source) -> bool:
        """True when nothing is left to deliver. Raises Refused, BufferFailed."""
        self._uplink.start()
        try:
            while not self._stopping:
                self._take(source)
                self._send(draining=source.finished)
                if source.finished and not self._waiting and not self._unsealed:
                    return True
                self._listen(self._patience(source))
        finally:
            self._uplink.stop()
        self._settle()
        return False

    def _take(self, source: Source) -> None:
        """Stores what is due before anything else happens to it."""
        now = self._clock()
        if source.finished or source.due_at > now:
            return
        readings, progress = source.take(now)
        try:
            self._buffer.keep(readings, progress)
        except BufferFull as full:
            if not self._waiting and not self._unsealed:
                raise
            if not self._full:
                self._tell(f"{full} No new readings are taken until then; none is lost.")
            self._full = True
            return
        self._full = False
        source.taken(progress)
        self._unsealed += len(readings)
        self._hurry = self._hurry or any(reading.metric in self._buffer.urgent for reading in readings)
        if readings and self._oldest_unsealed_at is None:
            self._oldest_unsealed_at = now

    def _send(self, draining: bool) -> None:
        """Seals batches that are ripe and sends the oldest while the window has room."""
        if not self._connected or self._clock() < self._retry_at:
            return
        while self._hurry:
            self._hurry = self._seal(True) is not None
        self._send_urgent()
        while sum(not self._waiting[id].urgent for id in self._sent) < self._pace.in_flight:
            batch = next((one for one in self._waiting.values() if not one.urgent and one.id not in self._sent), None)
            if batch is None:
                batch = self._seal(draining)
            if batch is None:
                return
            self._sent.add(batch.id)
            self._uplink.publish(batch)

    def _send_urgent(self) -> None:
        """The oldest urgent one, beside all else; the next when the broker has it, for a press comes before its release."""
        batch = next((one for one in self._waiting.values() if one.urgent), None)
        if batch is not None and batch.id not in self._sent:
            self._sent.add(batch.id)
            self._uplink.publish(batch)

    def _seal(self, draining: bool) -> Batch | None:
        old = self._oldest_unsealed_at is None or self._clock() - self._oldest_unsealed_at >= self._pace.seconds
        if not self._unsealed or not (self._unsealed >= self._pace.readings or old or draining or self._full):
            return None
        batch = self._buffer.seal(self._pace.readings)
        if batch is not None:
            self._waiting[batch.id] = batch
            self._unsealed -= batch.readings
            self._oldest_unsealed_at = self._clock() if self._unsealed else None
        return batch

    def _patience(self, source: Source) -> float:
        """How long to sleep when nothing happens: until the next row, the next ripe batch or the next retry."""
        now = self._clock()
        moments = [now + _LONGEST_SLEEP_SECONDS]
        if not source.finished and not self._full:
            moments.append(source.due_at)
        if self._oldest_unsealed_at is not None and self._connected and not self._sent:
            moments.append(self._oldest_unsealed_at + self._pace.seconds)
        if self._retry_at > now:
            moments.append(self._retry_at)
        return max(0.0, min(moments) - now)

    def _listen(self, seconds: float) -> None:
        """Waits for one happening, then takes all that are there."""
        try:
            self._heed(self._happenings.get(timeout=seconds) if seconds > 0 else self._happenings.get_nowait())
            while True:
                self._heed(self._happenings.get_nowait())
        except Empty:
            return

    def _heed(self, happening: Happening) -> None:
        match happening:
            case Connected(session_present):
                self._tell(f"Connected{' (session resumed)' if session_present else ''}.")
                self._connected = self._ever_connected = True
                self._turned_away = 0
            case Disconnected(reason, turned_away):
                if self._connected:
                    self._tell(f"Connection lost ({reason}); readings are kept on disk, trying again.")
                elif not self._ever_connected:
                    self._note_failure(reason, turned_away)
                self._connected = False
            case Delivered(batch_id):
                self._forget(batch_id)
                self._turned_away = 0
            case Undelivered(batch_id, reason, turned_away):
                self._sent.discard(batch_id)
                if turned_away:
                    self._count_turned_away(reason)
                self._retry_at = self._clock() + _RETRY_SECONDS
                self._tell(f"Batch {batch_id} was not acknowledged ({reason}); it is sent again in {_RETRY_SECONDS:.0f} s.")

    def _forget(self, batch_id: str) -> None:
        batch = self._waiting.get(batch_id)
        self._buffer.delivered(batch_id)
        if batch is not None:
            del self._waiting[batch_id]
            self.delivered_readings += batch.readings
        self._sent.discard(batch_id)
        self._full = False

    def _note_failure(self, reason: str, turned_away: bool) -> None:
        if turned_away:
            self._count_turned_away(reason)
        else:
            self._turned_away = 0
        if reason != self._last_failure:
            hint = ": is it our certificate, its policy, or the CA file?" if turned_away else ";"
            self._tell(f"No connection yet ({reason}){hint} Readings are kept on disk, trying again.")
        self._last_failure = reason

    def _count_turned_away(self, reason: str) -> None:
        self._turned_away += 1
        if self._turned_away >= _TURNED_AWAY_MAX:
            raise Refused(
                f"The broker turns this device away ({reason}).",
                "Check that its certificate is registered and active, that its policy allows this device's name and topic, and "
                "that the CA file is the broker's. What was measured stays on disk.",
            )

    def _settle(self) -> None:
        """Acknowledgements that came while we were stopping still count."""
        while not self._happenings.empty():
            happening = self._happenings.get_nowait()
            if isinstance(happening, Delivered):
                self._forget(happening.batch)
