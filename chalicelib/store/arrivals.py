"""Messages as they arrived, read back from the history's rows: which batch, when, how many readings; not what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..iot.reading import MINUTE, Millis
from . import codec
from .devices import HISTORY_SPAN
from .transact import Store

AHEAD = 5 * MINUTE  # a reading dated further ahead than this is in no row


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message, or the part of it that one row holds. `apart`: values that its model cannot mean."""

    batch: str
    received: Millis
    first: Millis  # measured
    last: Millis
    count: int
    apart: int

    def joined(self, other: Arrived) -> Arrived:
        """Two parts of one message."""
        first, last = min(self.first, other.first), max(self.last, other.last)
        received = max(self.received, other.received)
        return Arrived(self.batch, received, first, last, self.count + other.count, self.apart + other.apart)


def of_device(store: Store, device: str, first: Millis, last: Millis) -> Iterator[Arrived]:
    """The rows with readings measured from `first` to `last`, in the order of measuring."""
    between = ("item", f"reading#{max(first - HISTORY_SPAN, 0):014d}", f"reading#{last + AHEAD:014d}#~")
    for row in store.query_all(store.devices, ("device", device), between=between):
        _, began, batch = row["item"]["S"].split("#", 2)
        codes = codec.loads(row["codes"]["S"])
        received = int(row["received"]["N"]) if "received" in row else int(began)  # a row of before it was kept
        last_measured = int(began) + max(code[1] for code in codes)
        yield Arrived(batch, received, int(began), last_measured, len(codes), sum(len(code) > 4 for code in codes))
