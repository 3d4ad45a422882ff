"""What the devices of the seeded homes measured, as their messages and, of longer ago, as the summaries made of them.

The values come from the recordings (`fleet/behaviour`). Messages go straight to the function that takes readings in, as the
queue would hand them over, each with the time at which it came: so watches judge each in its own time, also weeks ago.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from fleet.behaviour import life, sensors, tapes
from fleet.behaviour.chance import between, pick
from fleet.behaviour.life import JAPAN, MINUTE, minute_of
from local.homes import ALL, Piece
from local.stack import Stack

Json = dict[str, Any]
_SUMS = ("kitchen_wh", "laundry_wh", "water_heater_ac_wh")  # of the minutes since the last message
_COLD_DAYS = (3, 9, 17)  # so many days ago the dressing room was too cold in the morning
_COLD_HOURS = (time(4), time(8, 30))
_ROWS_AT_ONCE = 25
_STEP_LONG_AGO = timedelta(minutes=15)
_FILE = "lived.json"
_DARK_W = 30  # the recorded inverter hums at night
_TABLE = "mimamori-local-devices"


@dataclass(frozen=True, slots=True)
class Story:
    """When the homes were seeded: from three hours before, one room is too cold, and stays so."""

    seeded: datetime

    def cold(self, at: datetime) -> float:
        """How cold the unheated room is at that instant: 0 not at all, 1 too cold."""
        since = self.seeded - timedelta(hours=3)
        if at >= since:
            return min((at - since) / timedelta(hours=1), 1.0)
        if (self.seeded.astimezone(JAPAN).date() - at.astimezone(JAPAN).date()).days not in _COLD_DAYS:
            return 0.0
        begins, ends = (datetime.combine(at.astimezone(JAPAN).date(), hour, JAPAN) for hour in _COLD_HOURS)
        return max(0.0, min((at - begins) / timedelta(hours=1), (ends - at) / timedelta(hours=1), 1.0))


def measured(piece: Piece, story: Story, since: datetime, until: datetime, step: int) -> Iterator[Json]:
    """Readings of every `step` minutes from `since` (included) to `until` (not), in order of measuring."""
    first = math.ceil(since.timestamp() / 60)
    hand_made = sensors.READ[piece.model][0] == 0
    for minute in range(first, math.ceil(until.timestamp() / 60)):
        at = datetime.fromtimestamp(minute * 60, JAPAN)
        if (hand_made and sensors.speaks(piece.model, piece.life, at)) or (not hand_made and minute % step == 0):
            for metric, value in _values(piece, story, at, step).items():
                yield {"metric": metric, "value": value, "measured_at": at.isoformat()}


def _values(piece: Piece, story: Story, at: datetime, step: int) -> Json:
    values: Json = dict(sensors.measure(piece.model, piece.life, at))
    if "motion" in values:
        values["motion"] = any(life.moves(piece.life, at - before * MINUTE) for before in range(step))
    if "kitchen_wh" in values:
        before = [sensors.measure(piece.model, piece.life, at - back * MINUTE) for back in range(step)]
        values |= {name: sum(float(one[name]) for one in before) for name in _SUMS}
        values["energy_total_kwh"] = round(tapes.power().meter(minute_of(at), pick(7, piece.life, "shift")), 2)
    if piece.model == "pv-gateway" and values["power"] < _DARK_W:
        values["power"] = 0
    if piece.cold:
        of_day = math.sin((minute_of(at) % 1440 - 540) / 1440 * 2 * math.pi)
        mild = 15.5 + 2 * of_day + between(-0.2, 0.2, piece.life, minute_of(at), "cold")
        values["temperature"] = round(mild - story.cold(at) * (mild - 10.4), 1)
    return values


def messages(piece: Piece, story: Story, since: datetime, until: datetime, step: int) -> Iterator[Json]:
    """What the device sent hour by hour, as the queue's records."""
    for _, group in groupby(measured(piece, story, since, until, step), lambda one: one["measured_at"][:13]):
        part = list(group)
        came = int(datetime.fromisoformat(part[-1]["measured_at"]).timestamp() * 1000)
        body = {"v": 1, "batch": f"lived-{piece.serial}-{came}", "readings": part}
        payload = b64encode(json.dumps(body).encode()).decode()
        handed = {"payload": payload, "device": piece.device, "received_at": came, "arrived": came}
        yield {"messageId": f"{piece.device}-{came}", "body": json.dumps(handed)}


def hand_in(stack: Stack, records: Sequence[Json], *, wait: bool) -> None:
    """Lets the function that takes readings in do so."""
    if records:
        kind = "RequestResponse" if wait else "Event"
        body = json.dumps({"Records": list(records)})
        stack.client("lambda").invoke(FunctionName="mimamori-local-readings-worker", InvocationType=kind, Payload=body)


def summed_up(stack: Stack, piece: Piece, contract: str, story: Story, days: Sequence[date]) -> None:
    """Stores days of longer ago, and the months that are over, as closings would have left them: by the same code."""
    rows = [*_day_rows(piece, contract, story, days)]
    dynamo = stack.client("dynamodb")
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        puts = [{"PutRequest": {"Item": row}} for row in rows[begin : begin + _ROWS_AT_ONCE]]
        dynamo.batch_write_item(RequestItems={_TABLE: puts})


def _day_rows(piece: Piece, contract: str, story: Story, days: Sequence[date]) -> Iterator[Json]:
    from chalicelib.iot import keeping
    from chalicelib.iot.history import months
    from chalicelib.iot.history.days import end_of, start_of
    from chalicelib.iot.history.rollup import roll_up
    from chalicelib.iot.reading import Reading, from_millis, to_millis
    from chalicelib.iot.ticks import DAY
    from chalicelib.store.history import Summary, row_of

    def rows(when: str, end: int, summary: Json, kind: keeping.Summary) -> Iterator[Json]:
        for data in keeping.datas(piece.model):
            if own := {metric: one for metric, one in summary.items() if keeping.data_of(piece.model, metric) == data}:
                expires = end + keeping.kept_days(data, kind, days[0]) * DAY
                yield row_of(piece.device, contract, Summary(data, when, own), expires)

    found: dict[date, Json] = {}
    for day in days:
        since, until = (from_millis(at) for at in (start_of(day), end_of(day)))
        near = measured(piece, story, since - _STEP_LONG_AGO, until + _STEP_LONG_AGO, 15)
        readings = [Reading(r["metric"], r["value"], to_millis(datetime.fromisoformat(r["measured_at"]))) for r in near]
        found[day] = roll_up(piece.model, day, readings)
        yield from rows(day.isoformat(), end_of(day), found[day], "days")
    this_month = story.seeded.astimezone(JAPAN).date().replace(day=1)
    for month in sorted({day.replace(day=1) for day in days} - {this_month}):
        of_month = {day: summary for day, summary in found.items() if day.replace(day=1) == month}
        yield from rows(f"{month:%Y-%m}", end_of(max(of_month)), months.sum_up(piece.model, of_month), "months")


class GoingOn:
    """Life in the seeded homes goes on while the local world runs. Where nobody was seeded, nothing happens."""

    EVERY = timedelta(minutes=5)
    _AT_MOST = timedelta(days=1)  # of a longer stop the rest stays a gap, as it would

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._file: Path = stack.places.folder / _FILE

    def begin(self, seeded: datetime) -> None:
        self._write(seeded, seeded)

    def go_on(self, now: datetime) -> None:
        """Hands in what was measured since the last time, when enough time has passed."""
        try:
            facts = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return
        seeded, until = (datetime.fromisoformat(facts[name]) for name in ("seeded", "until"))
        if now - until < self.EVERY:
            return
        since = max(until, now - self._AT_MOST)
        records = [message for piece in ALL for message in messages(piece, Story(seeded), since, now, 5)]
        hand_in(self._stack, records, wait=False)
        self._write(seeded, now)

    def _write(self, seeded: datetime, until: datetime) -> None:
        self._file.write_text(json.dumps({"seeded": seeded.isoformat(), "until": until.isoformat()}), encoding="utf-8")
