"""The kinds of watch, as a table: what each remembers, when it opens and when it closes. All on measured time.

A kind is a row of `KINDS`. Each reading asks `on_reading(watch, memory, measured_at, value) -> (memory, verdict)`; each tick
asks `due`. A verdict is True (it holds: open), False (it does not: close), "anew" (it holds of something else: close and
open) or None (says nothing). Memory is plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from chalicelib.iot.alerts import Facts
from chalicelib.iot.reading import Millis, Value
from chalicelib.iot.ticks import Span

Memory = Any  # None, a number or a list: what JSON keeps exactly
Verdict = bool | Literal["anew"] | None
WINDOW_MAX = 720  # entries of a rate's window: a steady climb of more readings than that is judged by its newest


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition to watch. `order` is the number of its setting on this device. Only the parameters of its kind are set."""

    name: str
    kind: str
    level: str
    order: int
    set_at: Millis
    metric: str = ""
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    lasting: Millis = 0  # for_minutes, within minutes, after_minutes or for_hours
    rises: float | None = None
    falls: float | None = None
    equals: Value = None
    between: Span | None = None
    other_than: tuple[Value, ...] = ()


def is_number(value: Value) -> bool:
    """A number, and not a truth value, which Python counts among them."""
    kind = type(value)
    return kind is float or kind is int


def is_same(value: Value, wanted: Value) -> bool:
    """Equal, and both of one sort: 1 is 1.0, but true is not 1."""
    return value == wanted and (type(value) is bool) is (type(wanted) is bool)


def _threshold(watch: Watch, memory: Memory, at: Millis, value: Any) -> tuple[Memory, Verdict]:
    """Remembers when the breach began. It lasts until a reading at or inside `clear`."""
    if not is_number(value):
        return memory, None
    if watch.above is not None:
        limit = watch.above
        beyond, inside = value > limit, value <= (limit if watch.clear is None else watch.clear)
    else:
        limit = watch.below if watch.below is not None else 0.0
        beyond, inside = value < limit, value >= (limit if watch.clear is None else watch.clear)
    if memory is None:
        if not beyond:
            return None, None
        return at, (True if not watch.lasting else None)
    if inside:
        return None, False
    return memory, (True if at - memory >= watch.lasting else None)


def _rate(watch: Watch, memory: Memory, at: Millis, value: Any) -> tuple[Memory, Verdict]:
    """Remembers the readings of the window that could still be its lowest (for a rise) or highest (for a fall)."""
    if not is_number(value):
        return memory, None
    window = [entry for entry in memory or () if at - entry[0] <= watch.lasting]
    if watch.rises is not None:
        holds = bool(window) and _reaches(value, window[0][1], watch.rises)
        while window and window[-1][1] >= value:
            window.pop()
    else:
        holds = bool(window) and _reaches(window[0][1], value, watch.falls)
        while window and window[-1][1] <= value:
            window.pop()
    window.append([at, value])
    return window[-WINDOW_MAX:], holds


def _reaches(high: float, low: float, wanted: float | None) -> bool:
    """Whether `high - low >= wanted` as the decimals that were sent: 0.3 - 0.1 is 0.2, whatever binary says."""
    wanted = wanted or 0.0
    difference = high - low - wanted
    if abs(difference) > 1e-6 * (abs(high) + abs(low) + wanted):
        return difference > 0
    return Decimal(repr(high)) - Decimal(repr(low)) >= Decimal(repr(wanted))


def _event(watch: Watch, memory: Memory, at: Millis, value: Any) -> tuple[Memory, Verdict]:
    """With `other_than` it remembers what it opened with: another fault is another alert, a repeated report is none."""
    if value is None:
        return memory, None
    if not watch.other_than:
        return None, is_same(value, watch.equals)
    if any(is_same(value, usual) for usual in watch.other_than):
        return None, False
    return value, True if memory is None or is_same(value, memory) else "anew"


def _silence(watch: Watch, memory: Memory, at: Millis, value: Any) -> tuple[Memory, Verdict]:
    """Any reading that counts, null too, is a sign of life."""
    return memory, False


def _no_activity(watch: Watch, memory: Memory, at: Millis, value: Any) -> tuple[Memory, Verdict]:
    """Remembers when the last active reading was measured."""
    if watch.above is not None:
        active = is_number(value) and value > watch.above
    else:
        active = value is not None and is_same(value, watch.equals)
    return (at, False) if active else (memory, None)


def _silence_due(watch: Watch, memory: Memory, claimed_at: Millis, last_received: Millis | None) -> Millis | None:
    """Counts from receipt, or from the claim; from a closing by hand (the only thing it remembers) when that is later."""
    return max(claimed_at if last_received is None else last_received, memory or 0) + watch.lasting


def _no_activity_due(watch: Watch, memory: Memory, claimed_at: Millis, last_received: Millis | None) -> Millis | None:
    return (claimed_at if memory is None else int(memory)) + watch.lasting


def _never_due(watch: Watch, memory: Memory, claimed_at: Millis, last_received: Millis | None) -> Millis | None:
    return None


def facts(watch: Watch, memory: Memory, claimed_at: Millis, last_received: Millis | None) -> Facts:
    """What the words for its alert need. `since` is None where only one moment counts (rate, event)."""
    signs = (("above", watch.above), ("below", watch.below), ("rises", watch.rises), ("falls", watch.falls))
    sign, limit = next(((sign, limit) for sign, limit in signs if limit is not None), ("equals", watch.equals))
    since: Millis | None = None
    if watch.kind == "silence":
        sign, since = "", claimed_at if last_received is None else last_received
    elif watch.kind == "no_activity":
        since = claimed_at if memory is None else int(memory)
    elif watch.kind == "threshold":
        since = memory
    return Facts(watch.metric, sign, limit, watch.lasting, since)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of watch behaves. `due` is the instant from which a tick opens it, None when only readings do."""

    on_reading: Callable[[Watch, Memory, Millis, Any], tuple[Memory, Verdict]]
    due: Callable[[Watch, Memory, Millis, Millis | None], Millis | None] = _never_due
    remembers_closing: bool = False  # closed by hand, it counts from then on; the others begin with an empty memory
    any_metric: bool = False  # closed by every reading that counts, nulls too
    needs_sound: bool = False  # does not open while the device is silent


KINDS: dict[str, Kind] = {
    "threshold": Kind(_threshold),
    "rate": Kind(_rate),
    "event": Kind(_event),
    "silence": Kind(_silence, _silence_due, remembers_closing=True, any_metric=True),
    "no_activity": Kind(_no_activity, _no_activity_due, remembers_closing=True, needs_sound=True),
}
