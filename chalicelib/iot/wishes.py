"""Settings that somebody wishes for, until the device has answered or their time is over. Pure; a wish is never sent twice.

    sent(wish, now)              → the wish as sent, or None: it was sent already, or is over
    confirmed(wish, now)         → the wish as done, or None: it is over, or nobody sent it
    answered(wish, answer, now)  → the wish with what the device said, or None: nothing new
    state_of(wish, now)          → pending, sent, done, refused, timed_out, withdrawn

One wish may hold several settings of one device: they are done together or not at all. Only what the device has confirmed
counts as done. An answer counts as of the instant at which it reached us, however late it is read; one that came too late, or
after a withdrawal, is kept beside (`late`) and changes no state. The newest firmware is put on by itself, and never while a
wish waits (`may_update`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from chalicelib.errors import Invalid
from chalicelib.iot.reading import HOUR, MINUTE, Millis, Value

State = Literal["pending", "sent", "done", "refused", "timed_out", "withdrawn"]
Outcome = Literal["", "done", "refused", "timed_out", "withdrawn"]
SAID = ("done", "refused")  # what a device may answer
_REASON = re.compile(r"[a-z][a-z_]{0,39}")  # a device's reason is a word of ours, or none: it is shown to people


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device said of a wish."""

    outcome: Literal["done", "refused"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wished for what, when, and what stood there before. `expires` is the instant from which it no longer counts."""

    id: str
    settings: Mapping[str, Value]
    old: Mapping[str, Value]  # of the same settings; None where nothing is known
    by: str  # contractor, provider, dealer, maintainer, family, …
    asked_at: Millis
    expires: Millis
    sent_at: Millis | None = None
    done_at: Millis | None = None
    outcome: Outcome = ""
    settled_at: Millis | None = None
    reason: str = ""  # why it was refused or withdrawn
    late: Literal["", "done", "refused"] = ""  # what the device said when it no longer counted
    late_at: Millis | None = None
    instead_of: tuple[str, ...] = field(default=())  # wishes that it replaced

    @property
    def is_open(self) -> bool:
        """Whether nothing has settled it yet: its time may still be over."""
        return not self.outcome


def wish(id: str, settings: Mapping[str, Value], old: Mapping[str, Value], by: str, now: Millis, minutes: int) -> Wish:
    """A new wish, good for that many minutes."""
    return Wish(id, dict(settings), dict(old), by, now, now + minutes * MINUTE)


def state_of(one: Wish, now: Millis) -> State:
    """What the app shows: only what the device has confirmed counts."""
    if one.outcome:
        return one.outcome
    if now >= one.expires:
        return "timed_out"
    return "pending" if one.sent_at is None else "sent"


def sent(one: Wish, now: Millis) -> Wish | None:
    """The wish as it leaves, or None when it must not: it left before, or its time is over."""
    return replace(one, sent_at=now) if state_of(one, now) == "pending" else None


def confirmed(one: Wish, now: Millis) -> Wish | None:
    """The wish as the device has confirmed it, or None when that comes too late or again."""
    return replace(one, done_at=now, outcome="done", settled_at=now) if state_of(one, now) == "sent" else None


def answered(one: Wish, answer: Answer, now: Millis) -> Wish | None:
    """The wish with the device's answer, which reached us at `now`; None when that changes nothing.

    An answer proves that the wish was sent. One that came in time counts, also when the wish was taken for timed out before
    it was read: the order in which we work changes nothing.
    """
    if one.outcome in SAID or one.late:
        return None
    if one.outcome == "withdrawn" or now >= one.expires:
        return replace(one, late=answer.outcome, late_at=now, reason=one.reason or answer.reason)
    start = replace(one, outcome="", settled_at=None, sent_at=now if one.sent_at is None else one.sent_at)
    if answer.outcome == "done":
        return confirmed(start, now)
    return replace(start, outcome="refused", settled_at=now, reason=answer.reason)


def timed_out(one: Wish, now: Millis) -> Wish | None:
    """The wish whose time is over; None while it is not, or when something else settled it."""
    return replace(one, outcome="timed_out", settled_at=one.expires) if one.is_open and now >= one.expires else None


def withdrawn(one: Wish, now: Millis, reason: str = "") -> Wish | None:
    """The wish taken back (or `replaced` by a newer one); None when it is over already."""
    if state_of(one, now) not in ("pending", "sent"):
        return None
    return replace(one, outcome="withdrawn", settled_at=now, reason=reason)


def changed(one: Wish) -> Millis | None:
    """When the device took the settings on, as far as it has said, in time or not; None when it has not."""
    return one.late_at if one.late == "done" else one.done_at


def answer_of(given: Any) -> Answer | None:
    """A device's answer out of its JSON; None for what is none."""
    if not isinstance(given, dict) or given.get("outcome") not in SAID:
        return None
    reason = given.get("reason")
    return Answer(given["outcome"], reason if isinstance(reason, str) and _REASON.fullmatch(reason) else "")


def wanted(known: Mapping[str, Mapping[str, Any]], given: Mapping[str, Value]) -> dict[str, Value]:
    """Wished settings, held against what the model knows of them (`[settings]`). Raises Invalid naming the setting."""
    if not given:
        raise Invalid("settings", "missing", "one_of", choices=", ".join(known))
    for name, value in given.items():
        if name not in known:
            raise Invalid("settings", "not_offered", "one_of", choices=", ".join(known))
        _check(f"settings.{name}", value, known[name])
    return dict(given)


def _check(field_: str, value: Value, about: Mapping[str, Any]) -> None:
    if about["type"] == "boolean":
        if not isinstance(value, bool):
            raise Invalid(field_, "type", "send_true_or_false")
    elif about["type"] == "text":
        if value not in about["choices"]:
            raise Invalid(field_, "not_offered", "one_of", choices=", ".join(about["choices"]))
    else:
        low, high = about["range"]
        if isinstance(value, bool) or not isinstance(value, int | float) or (about.get("whole") and value != int(value)):
            raise Invalid(field_, "type", "send_a_number", low=low, high=high)
        if not low <= value <= high:
            raise Invalid(field_, "too_small" if value < low else "too_large", "send_a_number", low=low, high=high)


def may_update(wishes: Iterable[Wish], now: Millis) -> bool:
    """Whether new firmware may be put on now: no wish waits for the device."""
    return not any(state_of(one, now) in ("pending", "sent") for one in wishes)


def by_others(wishes: Iterable[Wish]) -> list[Wish]:
    """What others than the customer changed, oldest first: shown to the customer with its author."""
    return sorted((one for one in wishes if changed(one) is not None and one.by != "contractor"), key=lambda one: one.asked_at)


def is_stale(measured_at: Millis | None, now: Millis, hours: int) -> bool:
    """Whether a value is too old to be called the current one, or was never measured."""
    return measured_at is None or now - measured_at > hours * HOUR
