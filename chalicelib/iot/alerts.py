"""An alert as a value: opened by a reading or a tick, told in steps, acknowledged, snoozed, closed. Pure transitions only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from chalicelib.iot.reading import Millis, Value

TellKind = Literal["asked", "opened", "closed"]


class Facts(NamedTuple):
    """What the words for an alert need of its watch, as it stood when it opened: the watch may be changed or gone since."""

    metric: str = ""
    sign: str = ""  # above, below, rises, falls or equals; none for a silence
    limit: Value = None
    lasting: Millis = 0
    since: Millis | None = None  # when it began: a breach's first reading, the last word of a silent device


NO_FACTS = Facts()


class Ending(NamedTuple):
    """Who closed an alert by hand, and why: one of CLOSED_FOR, with a note of their own."""

    by: str = ""
    reason: str = ""
    note: str = ""


UNTOUCHED = Ending()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the escalation, as fixed when the alert opened: who falls due when."""

    due: Millis
    to: tuple[str, ...]
    ask: bool = False  # they are asked whether all is well, and not told


@dataclass(frozen=True, slots=True)
class Alert:
    """Opened once for a watch, until it closes. `cause` is the batch of the message that opened it, "" when a tick did.

    `steps` are those not yet acted on, `waiting` people in their quiet hours and when these end, `told` those who know of
    the opening. `asked` were asked whether all is well, and when; `asking` are to be, after their quiet hours; `answered`:
    one of them said that it is, which is the acknowledgement.
    """

    id: str
    watch: str
    level: str
    opened_at: Millis
    measured_at: Millis | None = None
    value: Value = None
    closed_at: Millis | None = None
    acknowledged_by: str = ""
    condition: str = ""  # the kind of the watch, for the words
    steps: tuple[Step, ...] = ()
    told: tuple[str, ...] = ()
    waiting: tuple[tuple[str, Millis], ...] = ()
    snoozed: tuple[Millis, Millis] | None = None  # from, until
    facts: Facts = NO_FACTS
    cause: str = ""
    acknowledged_at: Millis | None = None
    ending: Ending = UNTOUCHED
    asked: tuple[tuple[str, Millis], ...] = ()
    asking: tuple[tuple[str, Millis], ...] = ()
    answered: bool = False
    in_maintenance: bool = False  # it opened while nobody was to be told
    own_snooze: Millis = 0  # until when somebody's snooze holds, beneath a maintenance that holds longer

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_settled(self) -> bool:
        """Closed, and nobody is left to be told."""
        return self.closed_at is not None and not self.waiting


@dataclass(frozen=True, slots=True)
class Tell:
    """One person to be told one thing. `alert` and `kind` and `person` together come once."""

    alert: str
    watch: str
    level: str
    condition: str
    value: Value
    kind: TellKind
    person: str
    channels: tuple[str, ...]
    at: Millis
    facts: Facts = NO_FACTS
    ended: Millis | None = None  # when the alert closed


def alert_id(opened_at: Millis, device_order: int, watch_order: int, number: int) -> str:
    """An id that sorts as alerts are listed: by opening, then in the order of the device's and the watch's setting."""
    return f"{opened_at:014d}-{device_order:03d}-{watch_order:05d}-{number:06d}"


def close(alert: Alert, now: Millis, ending: Ending = UNTOUCHED) -> Alert:
    """Never before its opening: a message may have waited while a tick passed."""
    if not alert.is_open:
        return alert
    return replace(alert, closed_at=max(now, alert.opened_at), steps=(), asking=(), ending=ending)


def acknowledge(alert: Alert, person: str, now: Millis | None = None) -> Alert:
    """Stops the escalation, and whatever still waits for the end of quiet hours. The first acknowledgement stays."""
    if not alert.is_open or alert.acknowledged_by:
        return alert
    return replace(alert, acknowledged_by=person, acknowledged_at=now, steps=(), waiting=(), asking=())


def answer(alert: Alert, person: str, now: Millis) -> Alert:
    """Somebody who was asked says that all is well: nobody else is woken. After an acknowledgement it changes nothing."""
    answered = acknowledge(alert, person, now)
    return alert if answered is alert else replace(answered, answered=True)


def snooze(alert: Alert, now: Millis, until: Millis) -> Alert:
    """Holds the steps that fall due from now on, until then.

    A later snooze replaces an earlier one, and goes on holding what that held.
    """
    if not alert.is_open:
        return alert
    held = alert.snoozed is not None and alert.snoozed[0] <= now < alert.snoozed[1]
    since = alert.snoozed[0] if held and alert.snoozed is not None else now
    return replace(alert, snoozed=(since, until), own_snooze=0)


def step_due(alert: Alert, step: Step) -> Millis:
    """When the step acts: its own time, or the end of the snooze during which that falls."""
    if alert.snoozed is not None and alert.snoozed[0] <= step.due < alert.snoozed[1]:
        return alert.snoozed[1]
    return step.due


def next_telling(alert: Alert) -> Millis | None:
    """The next instant from which a tick has somebody to tell."""
    times = [until for _, until in (*alert.waiting, *alert.asking)]
    if alert.is_open:
        times += [step_due(alert, step) for step in alert.steps]
    return min(times, default=None)
