"""What can happen to a home while a run lasts. `m` counts minutes from the run's beginning; before it, it is negative.

A story belongs to a model of device. It changes what the device says, or when its line and its clock work, and names the
watch that should hear of it, if one should. `Stage` is the run: how many minutes it lasts, and a shift of this home's own,
so that not everything happens at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fleet.behaviour.sensors import Values

_DAY = 24 * 60
_BEFORE = 150  # minutes that a story of missing activity needs before the run; they fit into one message


@dataclass(frozen=True, slots=True)
class Stage:
    """How long the run is, and how much later than others this home's story begins (minutes)."""

    minutes: int
    shift: int


def _same(values: Values, m: int, stage: Stage) -> Values:
    return values


def _up(m: int, stage: Stage) -> bool:
    return True


def _right(m: int, stage: Stage) -> timedelta:
    return timedelta(0)


def _never(m: int, stage: Stage) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that can happen. `needs` is the shortest run that shows it whole; `history` is what the device brings along."""

    name: str
    model: str
    watch: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs: int = 60
    history: int = 0
    says: Callable[[Values, int, Stage], Values] = _same  # nothing: the device is off
    line: Callable[[int, Stage], bool] = _up  # whether the device can reach us
    clock: Callable[[int, Stage], timedelta] = _right  # how far its clock is ahead
    turns: Callable[[int, Stage], bool] = _never  # it speaks now, whatever its schedule is
    at_once: bool = False  # what is urgent of it then travels alone
    sends_again: Callable[[int, Stage], bool] = _never  # it sends its last message once more


# a hot night: the air conditioner stops, somebody switches it on again


def _hot(values: Values, m: int, stage: Stage) -> Values:
    cool = float(values["temperature"])
    warmed = min(max((m - 10 - stage.shift) / 10, 0.0), 1.0)
    cooled = min(max((m - 0.7 * stage.minutes) / 10, 0.0), 1.0)
    return {**values, "temperature": round(cool + (33.5 - cool) * (warmed - cooled), 1)}


# flapping: one reading above the limit, the next below, never as low as the value that closes


def _flaps(values: Values, m: int, stage: Stage) -> Values:
    if not 15 + stage.shift <= m < stage.minutes - 25:
        return values
    return {**values, "temperature": 31.6 if m // 5 % 2 else 30.4}


# an absence: a last kettle, then only the refrigerator, until they come home


def _absent(values: Values, m: int, stage: Stage) -> Values:
    from fleet.behaviour import tapes

    if m < -75 or m >= stage.minutes - 10:
        return {**values, "power_kw": 2.0} if m >= stage.minutes - 10 else values
    if m < -71:
        return {**values, "power_kw": 1.8}
    kw, volts, kitchen, laundry, water = tapes.power().away(m % _DAY)
    quiet: Values = {"voltage": volts, "kitchen_wh": kitchen, "laundry_wh": laundry, "water_heater_ac_wh": water}
    return {**values, **quiet, "power_kw": min(kw, 0.9)}


# a fall of activity: somebody moves less and less, then not at all


def _fades(values: Values, m: int, stage: Stage) -> Values:
    if m < -45:
        return values
    return {**values, "motion": m < -40 or m >= stage.minutes - 15}


# a fault of the inverter, and its repair


def _fault_turns(m: int, stage: Stage) -> bool:
    return m in (20 + stage.shift, 45 + stage.shift)


def _fault(values: Values, m: int, stage: Stage) -> Values:
    broken: Values = {"fault_code": "E1-3", "running_state": "stopped", "power": 0}
    return {**values, **broken} if 20 + stage.shift <= m < 45 + stage.shift else values


# a battery that ends, and a new one


def _battery_turns(m: int, stage: Stage) -> bool:
    return m in (25 + stage.shift, stage.minutes - 20)


def _ends(values: Values, m: int, stage: Stage) -> Values:
    if _battery_turns(m, stage):
        values = {**values, "battery_percent": 100}
    low = 25 + stage.shift <= m < stage.minutes - 20
    return {**values, "battery_percent": 12} if low and "battery_percent" in values else values


# a call for help, and the button set back


def _call_turns(m: int, stage: Stage) -> bool:
    return m in (30 + stage.shift, 38 + stage.shift)


def _calls(values: Values, m: int, stage: Stage) -> Values:
    return {**values, "sos": 30 + stage.shift <= m < 38 + stage.shift}


# a line that is down for most of the run, after two days without one; everything is kept and brought along


def _line(m: int, stage: Stage) -> bool:
    return not 10 + stage.shift <= m < stage.minutes - 20


# a clock three days ahead: what it says meanwhile is set aside


def _ahead(m: int, stage: Stage) -> timedelta:
    return timedelta(days=3) if 10 + stage.shift <= m < 40 + stage.shift else timedelta(0)


# a power cut of eight minutes; after it the last message goes out again, as if nobody had acknowledged it


def _off(values: Values, m: int, stage: Stage) -> Values:
    return {} if 25 + stage.shift <= m < 33 + stage.shift else values


def _is_on(m: int, stage: Stage) -> bool:
    return not 25 + stage.shift <= m < 33 + stage.shift


def _starts_again(m: int, stage: Stage) -> bool:
    return m == 33 + stage.shift


_EVENT = {"kind": "event", "level": "critical"}
STORIES: tuple[Story, ...] = (
    Story("ordinary", ""),
    Story(
        "hot night",
        "climate-sensor",
        "too-hot",
        {"kind": "threshold", "metric": "temperature", "above": 31, "clear": 30, "for_minutes": 15, "level": "warning"},
        says=_hot,
    ),
    Story(
        "flapping",
        "climate-sensor",
        "too-hot-at-once",
        {"kind": "threshold", "metric": "temperature", "above": 31, "clear": 30, "level": "warning"},
        says=_flaps,
    ),
    Story(
        "absence",
        "energy-sensor",
        "nobody-home",
        {"kind": "no_activity", "metric": "power_kw", "active_above": 1.0, "for_hours": 2, "level": "warning"},
        needs=80,
        history=_BEFORE,
        says=_absent,
    ),
    Story(
        "fall of activity",
        "motion-sensor",
        "no-activity",
        {"kind": "no_activity", "metric": "motion", "active_equals": True, "for_hours": 2, "level": "warning"},
        needs=105,
        history=_BEFORE,
        says=_fades,
    ),
    Story(
        "fault",
        "power-conditioner",
        "fault",
        {**_EVENT, "metric": "fault_code", "equals": "E1-3"},
        says=_fault,
        turns=_fault_turns,
        at_once=True,
    ),
    Story(
        "low battery",
        "motion-sensor",
        "low-battery",
        {"kind": "threshold", "metric": "battery_percent", "below": 15, "clear": 30, "level": "info"},
        says=_ends,
        turns=_battery_turns,
    ),
    Story(
        "call for help",
        "call-button",
        "sos",
        {**_EVENT, "metric": "sos", "equals": True},
        says=_calls,
        turns=_call_turns,
        at_once=True,
    ),
    Story(
        "days offline",
        "climate-sensor",
        "silent",
        {"kind": "silence", "after_minutes": 45, "level": "warning"},
        needs=105,
        history=2 * _DAY,
        line=_line,
    ),
    Story("broken clock", "bed-mat", clock=_ahead),
    Story("reboot", "bed-mat", says=_off, line=_is_on, sends_again=_starts_again),
)
BY_NAME: Mapping[str, Story] = {story.name: story for story in STORIES}
