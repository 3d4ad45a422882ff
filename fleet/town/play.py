"""One run of a town: its clock, what its devices say minute by minute, and the account of it in the end.

The local stage's clock goes along with the town's, so that nothing is dated ahead of it. When the stack falls behind, the
town's clock waits: an alert of silence must be about a device, never about a slow machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.behaviour.life import MINUTE
from fleet.behaviour.sensors import URGENT
from fleet.town import expected
from fleet.town.crowd import Crowd, Letter
from fleet.town.expected import Expected
from fleet.town.eye import Awaited, Eye
from fleet.town.homes import Device, Run, Said, gathered_minutes, whole_minute
from fleet.town.moving_in import Moved
from fleet.visitor import NotAsExpected, Place, Visitor

_STEP_SECONDS = 0.25
_LEAP_SECONDS = 1.0
_BEHIND_SECONDS = 10.0  # acknowledged so long ago and not to be seen yet: the town's clock waits
_CONNECT_SECONDS = 120.0
_DRAIN_SECONDS = 240.0
_NIGHT_BETWEEN = timedelta(hours=3)  # a town that is played again leaves some hours between, which its stories need


@dataclass(slots=True)
class _Talker:
    """A device in the run: what it measured and has not put into a message yet."""

    device: Device
    contract: str
    awaited: list[Expected]
    gathered: list[Said]
    said: list[Said]
    up: bool = True


class Play:
    """Plays a run with homes that have moved in. `tell` is called every few seconds with the run."""

    def __init__(
        self, place: Place, homes: Sequence[Moved], speed: float, seconds: float, tell: Callable[[Play], None]
    ) -> None:
        self._place = place
        self._operator: Visitor = place.sign_in("operator")
        self._speed = speed
        self._tell = tell
        self.homes = homes
        self.crowd = Crowd(who for home in homes for who in home.identities.values())
        self.eye = Eye(place, homes)
        self.minutes = max(round(seconds * speed / 60), 1)
        self.run: Run
        self.held_seconds = 0.0
        self.began = time.monotonic()
        self.known_before: set[tuple[str, str]] = set()  # contract and alert: an alert's id is its contract's own
        self.mails_before = 0
        self.talkers: list[_Talker] = []
        self.sim: datetime
        self._told_at = 0.0

    def all(self, played_until: datetime | None) -> None:
        """The whole run. Raises NotAsExpected when devices cannot connect or the stack stays away."""
        now = self._operator.clock()
        begins = now if played_until is None else max(now, played_until + _NIGHT_BETWEEN)
        self.run = Run(whole_minute(begins) + 2 * MINUTE, self.minutes)
        self.sim = self.run.starts
        self._operator.move_clock(self.run.starts - MINUTE)
        try:
            self._arrive()
            self.began = time.monotonic()
            self.eye.open()
            self._live()
            self._drain()
        finally:
            self.eye.close()
            self.crowd.stop()

    def _arrive(self) -> None:
        """All devices connect and hand over what they bring along; what is open from earlier runs is noted."""
        for home in self.homes:
            for device in home.home.devices:
                since = self.run.starts - device.history * MINUTE
                before = list(device.span(since, self.run.starts, self.run))
                due = [alert for alert in expected.alerts(device, self.run) if alert.reading_at is not None]
                self.talkers.append(_Talker(device, home.contract, due, [], before))
                self.crowd.go_up(device.id)
                if before:
                    self.crowd.hand(device.id, before)
        until = time.monotonic() + _CONNECT_SECONDS
        while self.crowd.connected < len(self.crowd.lines) or self.crowd.waiting or not self._all_seen():
            self.crowd.listen(_STEP_SECONDS)
            if time.monotonic() > until:
                raise NotAsExpected(
                    f"{len(self.crowd.lines) - self.crowd.connected} of {len(self.crowd.lines)} devices are not connected and "
                    f"{self.crowd.waiting} messages wait ({self.crowd.last_failure or 'the readings worker is slow'})"
                )
        for home in self.homes:
            self.eye.look(home)
        self.mails_before = self.mails()
        self.known_before = {(contract, id) for contract, alerts in self.eye.seen.alerts.items() for id in alerts}

    def mails(self) -> int:
        """How many mails left for the daughters, as far as the emulated SES remembers."""
        return self._place.mails_among({home.daughter for home in self.homes})

    def _all_seen(self) -> bool:
        """Whether what was acknowledged can be seen; looks at the homes of which it is not known."""
        for home in self.late_homes():
            self.eye.look(home)
            if self._unseen_of(home):
                return False
        return True

    def _live(self) -> None:
        minute, last = self.run.starts, time.monotonic()
        while self.sim < self.run.ends:
            now = time.monotonic()
            if self._is_behind():
                self.held_seconds += now - last
            else:
                passed = min(now - last, _LEAP_SECONDS) * self._speed  # however long the stack was away
                self.sim = min(self.sim + timedelta(seconds=passed), self.run.ends)
                self._patiently(lambda: self._operator.move_clock(self.sim))
            last = now
            while minute < self.sim:
                self._minute(minute)
                minute += MINUTE
            self.crowd.listen(_STEP_SECONDS)
            self._tell_sometimes()

    def _patiently(self, do: Callable[[], None]) -> None:
        """The stack may be started again in the middle: then the town goes on without it for a while."""
        until = time.monotonic() + _DRAIN_SECONDS
        while True:
            try:
                return do()
            except NotAsExpected:
                if time.monotonic() > until:
                    raise
                self.crowd.listen(1.0)
                try:
                    self._operator = self._place.sign_in("operator")
                except NotAsExpected:
                    continue

    def _minute(self, at: datetime) -> None:
        gather = gathered_minutes(self._speed)
        for talker in self.talkers:
            device, m = talker.device, self.run.minute(at)
            story, stage = device.played(self.run), device.stage(self.run)
            self._line(talker, story.line(m, stage))
            said = device.says(at, self.run)
            at_once = story.at_once and story.turns(m, stage)
            urgent = [each for each in said if at_once and each.metric in URGENT]
            if urgent:
                self._leave(talker)
                self._hand(talker, urgent, urgent=True)
            talker.gathered += [each for each in said if each not in urgent]
            if talker.gathered and at - talker.gathered[0].true_at >= gather - MINUTE:
                self._leave(talker)
            if story.sends_again(m, stage):
                self.crowd.send_last_again(device.id)

    def _line(self, talker: _Talker, up: bool) -> None:
        if up is not talker.up:
            talker.up = up
            (self.crowd.go_up if up else self.crowd.go_down)(talker.device.id)

    def _leave(self, talker: _Talker) -> None:
        """What was gathered becomes messages."""
        if talker.gathered:
            self._hand(talker, talker.gathered)
            talker.gathered = []

    def _hand(self, talker: _Talker, said: list[Said], urgent: bool = False) -> None:
        """An alert that a message must open is awaited from now on."""
        letters = self.crowd.hand(talker.device.id, said, urgent)
        newest = max(each.measured_at for each in said)
        for due in [due for due in talker.awaited if due.reading_at is not None and due.reading_at <= newest]:
            talker.awaited.remove(due)
            self.eye.await_(Awaited(talker.contract, due, letters[-1]))
        talker.said += said

    def _drain(self) -> None:
        """The run is over: all lines up, everything out, everything to be seen."""
        for talker in self.talkers:
            self._line(talker, True)
            self._leave(talker)
        until = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < until and (self.crowd.waiting or self.eye.awaits or self.late_homes()):
            self.crowd.listen(_STEP_SECONDS)
            self._tell_sometimes()

    def _tell_sometimes(self) -> None:
        if time.monotonic() - self._told_at >= 5:
            self._told_at = time.monotonic()
            self._tell(self)

    def late_homes(self) -> list[Moved]:
        """Homes of which something was acknowledged and has not been seen yet."""
        return [home for home in self.homes if self._unseen_of(home)]

    def _unseen_of(self, home: Moved) -> int:
        return sum(len(self._unseen(device)) for device in home.identities)

    def _is_behind(self) -> bool:
        """Whether a message was acknowledged long before we last looked, and was not there when we looked."""
        looked = self.eye.seen.looked_at
        return any(
            letter.acknowledged_at + _BEHIND_SECONDS <= looked.get(device, 0.0)
            for device in self.crowd.lines
            for letter in self._unseen(device)
        )

    @property
    def arrived(self) -> int:
        """Messages that were there at the last look at their home: a lower bound while the run lasts."""
        return sum(len(line.letters) - len(self._unseen(line.device)) for line in self.crowd.lines.values())

    def _unseen(self, device: str) -> list[Letter]:
        """Acknowledged messages with something newer than what was seen of the device."""
        newest = self.eye.seen.newest.get(device)
        unseen = []
        for letter in reversed(self.crowd.lines[device].letters):
            if newest is not None and letter.newest <= newest:
                break
            unseen.append(letter)
        return unseen
