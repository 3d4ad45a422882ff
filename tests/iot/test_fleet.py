"""In which state a device is, and where it stands among others: by what it said, and by what its model calls low."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.iot import fleet, models, setting, watching
from chalicelib.iot.reading import MINUTE, Message, Newest, Reading
from chalicelib.iot.watching import Device

NEW = Device("d1", "c1", "climate-sensor", 0)
SILENCE = setting.watch_of("silent", {"kind": "silence", "after_minutes": 60, "level": "warning"})
HOT = setting.watch_of("hot", {"kind": "threshold", "metric": "temperature", "above": 30, "level": "critical"})


def said(device: Device, minute: int, **values: object) -> Device:
    """The device after a message."""
    readings = tuple(Reading(metric, value, minute * MINUTE) for metric, value in values.items())  # type: ignore[arg-type]
    return watching.receive(device, Message(device.id, f"b{minute}", minute * MINUTE, readings)).device


def test_a_device_is_never_heard_then_unwatched_then_online_then_silent_then_online() -> None:
    assert fleet.state(NEW) == "never_heard"
    heard = said(NEW, 1, temperature=20.0)
    assert fleet.state(heard) == "unwatched"
    watched = watching.set_watch(heard, SILENCE, 2 * MINUTE).device
    assert fleet.state(watched) == "online"
    silent = watching.tick(watched, 65 * MINUTE).device
    assert fleet.state(silent) == "silent"
    assert fleet.state(said(silent, 66, temperature=20.0)) == "online"
    assert fleet.state(silent, cut_off=True) == "cut_off"


def test_a_device_that_never_spoke_is_never_heard_also_when_its_silence_is_an_alert() -> None:
    watched = watching.set_watch(NEW, SILENCE, 0).device
    assert fleet.state(watching.tick(watched, 60 * MINUTE).device) == "never_heard"


def test_the_models_own_figures_say_what_is_low() -> None:
    """The climate sensor's: battery below 15 and fine again at 30, signal below -95 and fine again at -90."""
    offered = {watch["name"]: watch["settings"] for watch in models.find("climate-sensor")["watches"]}
    assert [offered["low-battery"][name] for name in ("below", "clear")] == [15, 30]
    assert [offered["weak-signal"][name] for name in ("below", "clear")] == [-95, -90]
    device, place, seen = NEW, "", []
    for minute, (battery, signal) in enumerate([(40, -60), (15, -95), (14, -96), (29, -91), (30, -90), (20, -94)], start=1):
        device = said(device, minute, battery_percent=battery, signal_dbm=signal)
        place = fleet.place(device, place)
        seat = fleet.seat(place)
        seen.append((seat.low_battery, seat.weak_signal))
    assert seen == [(False, False), (False, False), (True, True), (True, True), (False, False), (False, False)]


def test_a_place_is_read_back_and_sorts_the_worst_first() -> None:
    plain = said(NEW, 1, temperature=20.0, firmware="1.4.0")
    hot = said(watching.set_watch(plain, HOT, 2 * MINUTE).device, 3, temperature=31.0)
    assert fleet.place(plain) == "9--#climate-sensor#1.4.0#d1"
    assert fleet.place(hot) == "1--#climate-sensor#1.4.0#d1"
    assert fleet.seat(fleet.place(hot)) == fleet.Seat("d1", "climate-sensor", "1.4.0", "critical", False, False)
    assert sorted([fleet.place(plain), fleet.place(hot)])[0] == fleet.place(hot)


@pytest.mark.parametrize(
    ("value", "version"),
    [("2.0-beta+1", "2.0-beta+1"), ("1#2#3", "1_2_3"), ("版", "_"), ("9" * 100, "9" * 32), (2.5, ""), (True, ""), ("", "")],
)
def test_a_version_is_short_and_breaks_nothing(value: object, version: str) -> None:
    place = fleet.place(said(NEW, 1, firmware=value))
    assert fleet.seat(place)._replace(level="") == fleet.Seat("d1", "climate-sensor", version, "", False, False)


def test_a_model_without_figures_and_an_unknown_one_have_no_troubles() -> None:
    for model in ("motion-sensor-of-another-maker", "rice-cooker"):
        device = replace(NEW, model=model, newest={"battery_percent": Newest(1, 1.0, (None,))}, last_received=1)
        assert fleet.place(device) == f"9--#{model}##d1"
