"""A setting that somebody wishes for, until the device has confirmed it or its time is over. Pure; a wish is never sent twice.

    sent(wish, now)       → the wish as sent, or None: it was sent already, is over, or an earlier wish is still out
    confirmed(wish, now)  → the wish as done, or None: it is over
    state_of(wish, now)   → waiting, sent, done, expired

The newest firmware is put on by itself, and never while a wish waits (`may_update`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from chalicelib.iot.reading import HOUR, MINUTE, Millis, Value

State = Literal["waiting", "sent", "done", "expired"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wished for what, when, and what stood there before. `expires` is the instant from which it no longer counts."""

    id: str
    setting: str
    old: Value
    new: Value
    by: str  # contractor, provider, dealer, maintainer
    asked_at: Millis
    expires: Millis
    sent_at: Millis | None = None
    done_at: Millis | None = None


def wish(id: str, setting: str, old: Value, new: Value, by: str, now: Millis, minutes: int) -> Wish:
    """A new wish, good for that many minutes."""
    return Wish(id, setting, old, new, by, now, now + minutes * MINUTE)


def state_of(one: Wish, now: Millis) -> State:
    """What the app shows: only what the device has confirmed counts."""
    if one.done_at is not None:
        return "done"
    if now >= one.expires:
        return "expired"
    return "waiting" if one.sent_at is None else "sent"


def sent(one: Wish, now: Millis) -> Wish | None:
    """The wish as it leaves, or None when it must not: it left before, or its time is over."""
    return replace(one, sent_at=now) if state_of(one, now) == "waiting" else None


def confirmed(one: Wish, now: Millis) -> Wish | None:
    """The wish as the device has confirmed it, or None when that comes too late or again."""
    return replace(one, done_at=now) if state_of(one, now) == "sent" else None


def may_update(wishes: Iterable[Wish], now: Millis) -> bool:
    """Whether new firmware may be put on now: no wish waits for the device."""
    return all(state_of(one, now) in ("done", "expired") for one in wishes)


def by_others(wishes: Iterable[Wish]) -> list[Wish]:
    """What others than the customer changed, oldest first: shown to the customer with its author."""
    return sorted((one for one in wishes if one.done_at is not None and one.by != "contractor"), key=lambda one: one.asked_at)


def is_stale(measured_at: Millis | None, now: Millis, hours: int) -> bool:
    """Whether a value is too old to be called the current one, or was never measured."""
    return measured_at is None or now - measured_at > hours * HOUR


__all__ = ["State", "Wish", "by_others", "confirmed", "is_stale", "may_update", "sent", "state_of", "wish"]
