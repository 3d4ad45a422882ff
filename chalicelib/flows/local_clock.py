"""The local stage's clock: it moves forward, and the night that was passed last happens.

One night is enough for many days: a contract is brought up to the day of the night, whatever was missed before.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chalicelib.dates import ONE_DAY, japan, japan_day, sweep_instant
from chalicelib.flows import nights
from chalicelib.gateways import clock, queue
from chalicelib.store.transact import Store


def view(store: Store) -> dict[str, Any]:
    """What the clock shows, in Japan time, and whether it stands still."""
    return {"at": japan(clock.now(store)).isoformat(), "frozen": clock.is_frozen(store)}


def move(store: Store, to: datetime, *, frozen: bool) -> dict[str, Any]:
    """Moves it and starts the night of the last day passed. Raises Invalid when it would go back.

    Who freezes the clock plays the scheduler too, as tests and scenarios do: then no night is started here.
    """
    before = clock.move(store, to, frozen=frozen)
    day = None if frozen else last_night(before, to)
    if day is not None:
        nights.dispatch(store, queue.night_queue(), day)
    return {"at": japan(to).isoformat(), "frozen": frozen, "night": day}


def last_night(before: datetime, to: datetime) -> date | None:
    """The last day whose night lies after `before` and not after `to`.

    >>> from datetime import UTC
    >>> last_night(datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 4, 3, 15, 10, tzinfo=UTC))
    datetime.date(2025, 4, 4)
    """
    day = japan_day(to)
    if sweep_instant(day) > to:
        day -= ONE_DAY
    return day if sweep_instant(day) > before else None
