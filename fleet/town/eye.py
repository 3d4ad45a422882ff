"""What an operator would see of the town through the API while it lives: what arrived, and which alerts are there."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fleet.town.expected import Expected
from fleet.town.moving_in import Moved, pages
from fleet.visitor import NotAsExpected, Place, Visitor

Json = dict[str, Any]
_LOOK_SECONDS = 0.05  # between two looks, so that looking is no load
_AWAITED_LOOK_SECONDS = 0.02
_AWAY_SECONDS = 1.0


@dataclass(slots=True)
class Awaited:
    """An alert that should be seen soon: its message left at `sent_at` (monotonic)."""

    contract: str
    expected: Expected
    letter: Any

    @property
    def sent_at(self) -> float:
        return float(self.letter.sent_at)


@dataclass
class Seen:
    """What was seen so far. `newest` is by device, `alerts` by contract and id; `seconds` from publish to visible."""

    newest: dict[str, datetime] = field(default_factory=dict)
    looked_at: dict[str, float] = field(default_factory=dict)
    alerts: dict[str, dict[str, Json]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    away: int = 0


class Eye:
    """Looks at one home after the other on a thread of its own; at awaited alerts first."""

    def __init__(self, place: Place, homes: Sequence[Moved]) -> None:
        self._place = place
        self._operator: Visitor = place.sign_in("operator")
        self._homes = homes
        self._awaited: list[Awaited] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="eye", daemon=True)
        self.seen = Seen()

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(10)

    def await_(self, awaited: Awaited) -> None:
        with self._lock:
            self._awaited.append(awaited)

    @property
    def awaits(self) -> int:
        return len(self._awaited)

    def look(self, home: Moved) -> None:
        """One home: its devices' newest values and its alerts."""
        items = self._operator.items(f"/v1/contracts/{home.contract}/devices")
        for item in items:
            times = [datetime.fromisoformat(value["measured_at"]) for value in item["values"].values()]
            if times:
                self.seen.newest[item["device"]] = max(times)
            self.seen.looked_at[item["device"]] = time.monotonic()
        if any(device.watches for device in home.home.devices):
            self.look_at_alerts(home.contract)

    def look_at_alerts(self, contract: str) -> None:
        found = pages(self._operator, f"/v1/contracts/{contract}/alerts")
        self.seen.alerts[contract] = {alert["alert"]: alert for alert in found}

    def _watch(self) -> None:
        place = 0
        while not self._stopping.is_set():
            try:
                if self._look_for_awaited():
                    self._stopping.wait(_AWAITED_LOOK_SECONDS)
                    continue
                self.look(self._homes[place % len(self._homes)])
                place += 1
                self._stopping.wait(_LOOK_SECONDS)
            except NotAsExpected:  # the stack is being started again, or our token is too old
                self.seen.away += 1
                self._stopping.wait(_AWAY_SECONDS)
                self._come_back()

    def _come_back(self) -> None:
        try:
            self._operator = self._place.sign_in("operator")
        except NotAsExpected:
            return

    def _look_for_awaited(self) -> bool:
        """Looks once at each alert that is awaited and has left; False when there was none."""
        with self._lock:
            now = [each for each in self._awaited if each.sent_at]
        for each in now:
            self.look_at_alerts(each.contract)
            if any(is_it(alert, each.expected) for alert in self.seen.alerts[each.contract].values()):
                self.seen.seconds.append(time.monotonic() - each.sent_at)
                with self._lock:
                    self._awaited.remove(each)
            elif time.monotonic() - each.sent_at > 30:
                with self._lock:
                    self._awaited.remove(each)
        return bool(now)


def is_it(alert: Json, expected: Expected) -> bool:
    """Whether that alert is the expected one."""
    if (alert["device"], alert["watch"]) != (expected.device, expected.watch):
        return False
    if expected.reading_at is None:
        return datetime.fromisoformat(alert["opened_at"]) >= expected.from_
    return datetime.fromisoformat(alert.get("measured_at") or "1970-01-01T00:00+00:00") >= expected.reading_at
