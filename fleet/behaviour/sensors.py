"""What a device of each model measures in a minute of somebody's life. Battery and signal are told once an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fleet.behaviour import life, tapes
from fleet.behaviour.chance import between, pick
from fleet.behaviour.life import MINUTE, minute_of

Value = float | int | bool | str
Values = dict[str, Value]
_HOUR = 60
_SUMMER_DAYS = 160  # the outdoor recording begins in January; homes live in its summer
_OK = "OK"
URGENT = frozenset({"sos", "fault_code"})  # what travels alone and at once when it changes, as the models say
_REST_BPM = 0.75  # the recorded person sat; somebody asleep beats slower


def energy_sensor(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    kw, volts, kitchen, laundry, water = tapes.power().at_home(minute, _shift(seed))
    meter: Values = {"energy_total_kwh": round(tapes.power().meter(minute, _shift(seed)), 2)}
    return {
        "power_kw": kw,
        "voltage": volts,
        "kitchen_wh": kitchen,
        "laundry_wh": laundry,
        "water_heater_ac_wh": water,
        **_hourly(minute, {**meter, **_signal(seed, minute)}, 1),
    }


def climate_sensor(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    inside = tapes.room().at(minute, minute // 1440 + _shift(seed))
    outside = tapes.outdoors().at(minute, _SUMMER_DAYS + minute // 1440 % 60)["temperature_f"]
    warmed = 0.1 * ((outside - 32) / 1.8 - 15)
    return {
        "temperature": round(inside["temperature_c"] + between(-1, 2, seed, "room") + warmed, 1),
        "humidity": round(inside["humidity_pct"] + between(5, 20, seed, "humid"), 1),
        "co2": round(inside["co2_ppm"]),
        "light": round(inside["light_lux"]),
        **_hourly(minute, {**_battery(seed, minute), **_signal(seed, minute)}),
    }


def motion_sensor(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    moved = any(life.moves(seed, at - before * MINUTE) for before in range(5))
    return {"motion": moved, **_hourly(minute, {**_battery(seed, minute), **_signal(seed, minute)})}


def bed_mat(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    signal = _hourly(minute, _signal(seed, minute), 1)
    if life.place(seed, at) != "asleep":
        return {"bed_state": "away", **signal}
    beats = round(tapes.heart().at(minute) * _REST_BPM + between(-4, 4, seed, "heart"), 1)
    state = "moving" if life.turns_over(seed, at) else "asleep"
    return {"bed_state": state, "heart_rate": beats, "breathing_rate": round(beats / 4.2, 1), **signal}


def call_button(seed: str, at: datetime) -> Values:
    return {"sos": False, **_battery(seed, minute_of(at))}


def ir_remote(seed: str, at: datetime) -> Values:
    return _signal(seed, minute_of(at))


def pv_gateway(seed: str, at: datetime) -> Values:
    row = _sun(seed, at)
    return {
        "power": round(max(row["ac_power__773"], 0.0)),
        "module_temperature": round(row["module_temp_1__781"], 1),
        "voltage": round(row["ac_volts__778"] * 1.7, 1),
        "fault_code": _OK,
    }


def power_conditioner(seed: str, at: datetime) -> Values:
    row = _sun(seed, at)
    watts = round(max(row["ac_power__773"], 0.0))
    state = "running" if watts else "standby"
    return {"running_state": state, "fault_code": _OK, "power": watts, "voltage": round(row["ac_volts__778"] * 1.7, 1)}


def battery(seed: str, at: datetime) -> Values:
    minute = minute_of(at) % 1440
    sunny = 8 * 60 <= minute < 16 * 60
    charge = 30 + (minute - 480) / 480 * 60 if sunny else max(90 - ((minute - 960) % 1440) / 960 * 60, 30)
    return {
        "running_state": "charging" if sunny else "discharging",
        "fault_code": _OK,
        "state_of_charge": round(charge),
        "power": round(between(-1500, -500, seed, minute)) if sunny else round(between(100, 700, seed, minute)),
    }


def thermometer(seed: str, at: datetime) -> Values:
    return {"body_temperature": round(between(36.1, 36.9, seed, minute_of(at), "warm"), 1), **_battery(seed, minute_of(at))}


def blood_pressure_meter(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    return {
        "systolic": round(between(118, 142, seed, minute, "high")),
        "diastolic": round(between(70, 88, seed, minute, "low")),
        "pulse": round(between(58, 78, seed, minute, "pulse")),
        **_battery(seed, minute),
    }


def pulse_oximeter(seed: str, at: datetime) -> Values:
    minute = minute_of(at)
    spo2 = round(between(95, 99, seed, minute, "spo2"))
    return {"spo2": spo2, "pulse": round(between(58, 78, seed, minute, "pulse")), **_battery(seed, minute)}


# Each model: how often it speaks (minutes), and what it says. Vitals speak when somebody measures: `speaks` says when.
READ: Mapping[str, tuple[int, Callable[[str, datetime], Values]]] = {
    "energy-sensor": (1, energy_sensor),
    "climate-sensor": (5, climate_sensor),
    "motion-sensor": (5, motion_sensor),
    "bed-mat": (1, bed_mat),
    "call-button": (60, call_button),
    "ir-remote": (10, ir_remote),
    "pv-gateway": (15, pv_gateway),
    "power-conditioner": (15, power_conditioner),
    "battery": (15, battery),
    "thermometer": (0, thermometer),
    "blood-pressure-meter": (0, blood_pressure_meter),
    "pulse-oximeter": (0, pulse_oximeter),
}
_MEASURED_AFTER_UP = {"thermometer": 10, "blood-pressure-meter": 20, "pulse-oximeter": 25}


def speaks(model: str, seed: str, at: datetime) -> bool:
    """Whether the device measures in that minute. Its phase is its own, so that not all speak at once."""
    every, _ = READ[model]
    minute = minute_of(at)
    if every:
        return (minute + pick(every, seed, model, "phase")) % every == 0
    day, of_day = divmod(minute, 1440)
    lived = life.day_of(seed, day)
    return of_day in (lived.up + _MEASURED_AFTER_UP[model], lived.to_bed - _MEASURED_AFTER_UP[model])


def measure(model: str, seed: str, at: datetime) -> Values:
    """What the device says in that minute, metric by metric."""
    return READ[model][1](seed, at)


def _shift(seed: str) -> int:
    return pick(7, seed, "shift")


def _sun(seed: str, at: datetime) -> dict[str, float]:
    minute = minute_of(at)
    return tapes.panels().at(minute, minute // 1440 + _shift(seed))


def _battery(seed: str, minute: int) -> Values:
    """From full to half in a year, each device at its own place of it."""
    gone = (minute // 1440 + pick(300, seed, "battery")) % 365 / 365
    return {"battery_percent": round(100 - 50 * gone)}


def _signal(seed: str, minute: int) -> Values:
    return {"signal_dbm": round(between(-75, -45, seed, "signal") + between(-4, 4, seed, minute, "signal"))}


def _hourly(minute: int, values: Values, every: int = 5) -> Values:
    """Only once in an hour, whatever the phase of a device is that speaks every so many minutes."""
    return values if minute % _HOUR < every else {}
