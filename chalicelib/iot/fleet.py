"""A device's place in the fleet as operators look through it: its state, what is the matter with it, model and firmware.

A pure function of the device's value, so that its place is written when it changes and not with every message:

| state         | when                                                                                   |
| ------------- | -------------------------------------------------------------------------------------- |
| `never_heard` | claimed, and nothing has come from it yet                                              |
| `silent`      | an alert of silence is open                                                            |
| `unwatched`   | it has spoken, and no watch would notice that it stops                                 |
| `online`      | it speaks, within the time that its own watch of silence gives it                      |
| `cut_off`     | returned, unlinked, or its contract is over                                            |

Battery and signal are low by the figures of the model's own watches (`low-battery`, `weak-signal`), whatever a family made of
theirs, and stay so until the figure at which these close: a value that trembles at the limit moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.iot import models
from chalicelib.iot.alerts import Alert
from chalicelib.iot.reading import Newest
from chalicelib.iot.watching import Device

STATES = ("online", "silent", "unwatched", "never_heard", "cut_off")
LEVELS = {"critical": "1", "warning": "2", "info": "3"}  # the worst first
NO_LEVEL = "9"
FIRMWARE = "firmware"  # the metric by which a device says what runs on it
_BATTERY, _SIGNAL, _FINE = "b", "s", "-"
_UNFIT = re.compile(r"[^A-Za-z0-9._+-]")
_VERSION_MAX = 32


class Limit(NamedTuple):
    """Below which value of a metric a model is in trouble, and from which on no longer."""

    metric: str
    below: float
    clear: float


class Seat(NamedTuple):
    """A place as read back: `level` is the worst of the open alerts, "" without one."""

    device: str
    model: str
    firmware: str
    level: str
    low_battery: bool
    weak_signal: bool


def state(device: Device, *, cut_off: bool = False) -> str:
    """One of STATES."""
    if cut_off:
        return "cut_off"
    if device.last_received is None:
        return "never_heard"
    if any(alert.condition == "silence" and alert.is_open for alert in device.alerts):
        return "silent"
    return "online" if any(watch.kind == "silence" for watch in device.watches) else "unwatched"


def place(device: Device, before: str = "") -> str:
    """What the device is sorted by: `2b-#climate-sensor#1.4.0#d1`. `before` is its last one."""
    battery, signal = _limits(device.model)
    newest = device.newest
    low = _flag(_BATTERY, battery, newest, before[1:2])
    weak = _flag(_SIGNAL, signal, newest, before[2:3])
    level = _level(device.alerts) if device.alerts else NO_LEVEL
    version = _version(newest[FIRMWARE].value) if FIRMWARE in newest else ""
    return f"{level}{low}{weak}#{device.model}#{version}#{device.id}"


def seat(place: str) -> Seat:
    """A place read back."""
    flags, model, firmware, device = place.split("#", 3)
    level = next((name for name, digit in LEVELS.items() if digit == flags[0]), "")
    return Seat(device, model, firmware, level, flags[1] == _BATTERY, flags[2] == _SIGNAL)


def _level(alerts: tuple[Alert, ...]) -> str:
    return min((LEVELS.get(alert.level, NO_LEVEL) for alert in alerts if alert.is_open), default=NO_LEVEL)


def _flag(letter: str, limit: Limit | None, newest: Mapping[str, Newest], was: str) -> str:
    if limit is None or limit.metric not in newest:
        return _FINE
    value = newest[limit.metric].value
    if isinstance(value, (bool, str)) or value is None:
        return _FINE
    if value < limit.below:
        return letter
    return letter if was == letter and value < limit.clear else _FINE


@lru_cache(maxsize=256)
def _limits(model: str) -> tuple[Limit | None, Limit | None]:
    offered = {watch["name"]: watch["settings"] for watch in models.find(model).get("watches", ())}
    return _limit(offered.get("low-battery")), _limit(offered.get("weak-signal"))


def _limit(settings: Mapping[str, float | str] | None) -> Limit | None:
    if not settings or "below" not in settings:
        return None
    below = float(settings["below"])
    return Limit(str(settings["metric"]), below, float(settings.get("clear", below)))


@lru_cache(maxsize=256)
def _version(value: object) -> str:
    """A version as a device says it: short, and without what would break a place apart."""
    return _UNFIT.sub("_", value)[:_VERSION_MAX] if isinstance(value, str) else ""
