"""Which alerts a device's readings should open, reckoned here in the plainest way, so that the house is held against it.

Only what the stories need: `threshold` and `event` by readings in order, `no_activity` and `silence` by the time that passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fleet.behaviour.life import MINUTE
from fleet.town.homes import Device, Run, Said


@dataclass(frozen=True, slots=True)
class Expected:
    """One alert that must be there once: `reading_at` opens it, or, where that is None, a tick at or after `from_`."""

    device: str
    watch: str
    reading_at: datetime | None
    from_: datetime


def alerts(device: Device, run: Run) -> list[Expected]:
    """The alerts of a run, in order. What a device without a story says opens nothing."""
    story = device.played(run)
    if not story.watch:
        return []
    said = [each for each in device.span(run.starts - device.history * MINUTE, run.ends, run) if each.kept]
    find = _BY_KIND[story.settings["kind"]]
    return [Expected(device.id, story.watch, *opening) for opening in find(device, run, story.settings, said)]


Opening = tuple[datetime | None, datetime]


def _event(device: Device, run: Run, settings: Mapping[str, Any], said: Iterable[Said]) -> list[Opening]:
    found: list[Opening] = []
    holds = False
    for each in said:
        if each.metric == settings["metric"]:
            if each.value == settings["equals"] and not holds:
                found.append((each.measured_at, each.measured_at))
            holds = each.value == settings["equals"]
    return found


def _threshold(device: Device, run: Run, settings: Mapping[str, Any], said: Iterable[Said]) -> list[Opening]:
    found: list[Opening] = []
    began: datetime | None = None
    is_open = False
    for each in said:
        if each.metric != settings["metric"]:
            continue
        if began is None and _beyond(each.value, settings, "above", "below"):
            began = each.measured_at
        elif began is not None and not _beyond(each.value, settings, "clear", "clear"):
            began, is_open = None, False
        if began is not None and not is_open and each.measured_at - began >= MINUTE * settings.get("for_minutes", 0):
            found.append((each.measured_at, each.measured_at))
            is_open = True
    return found


def _beyond(value: Any, settings: Mapping[str, Any], upper: str, lower: str) -> bool:
    return bool(value > settings[upper] if "above" in settings else value < settings[lower])


def _no_activity(device: Device, run: Run, settings: Mapping[str, Any], said: Iterable[Said]) -> list[Opening]:
    """One opening: the story has one long pause after an active reading."""
    lasting = timedelta(hours=settings["for_hours"])
    active = [each.measured_at for each in said if each.metric == settings["metric"] and _is_active(each.value, settings)]
    pauses = zip(active, [*active[1:], run.ends], strict=True)
    return [(None, last + lasting) for last, following in pauses if following - last > lasting + 5 * MINUTE]


def _is_active(value: Any, settings: Mapping[str, Any]) -> bool:
    if "active_above" in settings:
        return bool(value > settings["active_above"])
    return bool(value == settings["active_equals"])


def _silence(device: Device, run: Run, settings: Mapping[str, Any], said: Iterable[Said]) -> list[Opening]:
    """One opening, some time after the line went down."""
    stage, story = device.stage(run), device.played(run)
    down = [m for m in range(run.minutes) if not story.line(m, stage)]
    return [(None, run.starts + (down[0] + settings["after_minutes"] - 10) * MINUTE)] if down else []


_BY_KIND = {"event": _event, "threshold": _threshold, "no_activity": _no_activity, "silence": _silence}
