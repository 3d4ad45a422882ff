"""When the tick last beat: one row of the alerts table, under `heartbeat`.

| item   | attributes                                                                                        |
| ------ | ------------------------------------------------------------------------------------------------- |
| `tick` | real: when it last began, real time; resumed: the tick with which the last outage of ours ended   |
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.iot.reading import Millis
from chalicelib.store.transact import N, Row, S, Store, put

_KEY: Row = {"contract": S("heartbeat"), "item": S("tick")}


class Beat(NamedTuple):
    """`real` is the wall's clock, `resumed` the ticks' own; 0 when there never was an outage."""

    real: Millis
    resumed: Millis = 0


def load(store: Store) -> Beat | None:
    row = store.get(store.alerts, _KEY)
    return Beat(int(row["real"]["N"]), int(row["resumed"]["N"])) if row else None


def write(store: Store, beat: Beat) -> None:
    store.write(put(store.alerts, {**_KEY, "real": N(beat.real), "resumed": N(beat.resumed)}))
