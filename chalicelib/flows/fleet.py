"""The state of the fleet for operators: how many devices are in which state, and which ones. From an index, never a scan.

What is counted and listed is as the index knows it, a moment behind at most. Nothing here says how anybody lives: states,
models, versions, levels of alerts, battery and signal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.flows import places
from chalicelib.flows.devices import time_text
from chalicelib.iot import fleet
from chalicelib.iot.fleet import Seat
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices
from chalicelib.store import fleet as rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]
TROUBLES = ("low_battery", "weak_signal")
CHOICES = (*fleet.STATES, *TROUBLES)
LOOKED_AT_MAX = 20_000  # places of one page, whatever it shows: some three megabytes of the index


def summary(store: Store, now: datetime) -> Json:
    """How many devices are in which state, by model and by firmware; those cut off are counted in `states` only."""
    states: Counter[str] = Counter()
    troubles: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    models: dict[str, Counter[str]] = {}
    versions: dict[str, Counter[str]] = {}
    for state in fleet.STATES:
        for part in range(rows.PARTS):
            for place in rows.places(store, state, part):
                states[state] += 1
                if state == "cut_off":
                    continue
                seat = fleet.seat(place)
                models.setdefault(seat.model, Counter())[state] += 1
                versions.setdefault(seat.model, Counter())[seat.firmware or "unknown"] += 1
                levels[seat.level] += 1
                for trouble in TROUBLES:
                    troubles[trouble] += getattr(seat, trouble)
    return {
        "at": time_text(to_millis(now)),
        "devices": sum(states.values()) - states["cut_off"],
        "states": {state: states[state] for state in fleet.STATES},
        **{trouble: troubles[trouble] for trouble in TROUBLES},
        "devices_with_open_alerts": {level: levels[level] for level in fleet.LEVELS},
        "models": {model: dict(found) for model, found in sorted(models.items())},
        "firmware": {model: dict(sorted(found.items())) for model, found in sorted(versions.items())},
    }


def listing(
    store: Store,
    *,
    state: str = "",
    model: str = "",
    firmware: str = "",
    level: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """A page of devices, state by state, the worst first. Raises Invalid for a foreign cursor.

    A page may hold fewer than asked, or none, and still have a next one.
    """
    chosen = _chosen(state)
    found: list[tuple[str, Seat]] = []
    following = ""
    looked_at = 0
    for looked_at, (number, place) in enumerate(_walk(store, chosen, cursor), start=1):
        seat = fleet.seat(place)
        if _is_wanted(seat, state, model, firmware, level):
            found.append((chosen[number][0], seat))
        if len(found) == limit or looked_at == LOOKED_AT_MAX:
            following = places.closed([str(number), place])
            break
    held = devices.load_many(store, [seat.device for _, seat in found])
    items = [_device_json(held[seat.device], stands, seat) for stands, seat in found if seat.device in held]
    return {"items": items, **({"next": following} if following else {})}


def _chosen(state: str) -> list[tuple[str, int]]:
    """The parts of the index that may hold them. What is cut off has no troubles any more."""
    states = [state] if state in fleet.STATES else [one for one in fleet.STATES if not (state and one == "cut_off")]
    return [(one, part) for one in states for part in range(rows.PARTS)]


def _walk(store: Store, chosen: list[tuple[str, int]], cursor: str) -> Iterator[tuple[int, str]]:
    start, after = 0, ""
    if cursor:
        begun, after = places.opened(cursor, 2)
        if not begun.isdigit() or int(begun) >= len(chosen) or after.count("#") < 3:
            raise places.no_cursor()
        start = int(begun)
    for number, (state, part) in islice(enumerate(chosen), start, None):
        for place in rows.places(store, state, part, after):
            yield number, place
        after = ""


def _is_wanted(seat: Seat, state: str, model: str, firmware: str, level: str) -> bool:
    return (
        (state not in TROUBLES or getattr(seat, state))
        and model in ("", seat.model)
        and firmware in ("", seat.firmware)
        and level in ("", seat.level)
    )


def _device_json(held: Held, state: str, seat: Seat) -> Json:
    device = held.device
    newest = {metric: device.newest[metric].value for metric in ("battery_percent", "signal_dbm") if metric in device.newest}
    return {
        "device": device.id,
        "contract": device.contract,
        "model": device.model,
        "serial_number": held.serial_number or None,
        "state": state,
        "low_battery": seat.low_battery,
        "weak_signal": seat.weak_signal,
        "battery_percent": newest.get("battery_percent"),
        "signal_dbm": newest.get("signal_dbm"),
        "firmware": seat.firmware or None,
        "worst_open_alert": seat.level or None,
        "open_alerts": sum(alert.is_open for alert in device.alerts),
        "claimed_at": time_text(device.claimed_at),
        "last_received_at": time_text(device.last_received),
        "cut_off_at": time_text(held.released),
    }
