"""Who is told what, when. People and steps come in as a `Household`; what comes out are `Tell`s, each of them once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from chalicelib.iot.alerts import Alert, Step, Tell, TellKind, next_telling, step_due
from chalicelib.iot.reading import Millis
from chalicelib.iot.ticks import Span, is_inside, next_time_of_day, tick_at_or_after

IGNORES_QUIET = "critical"
TICKS_AHEAD = 50  # steps, and the ends of quiet hours, that one alert can have before it
CONTACT = "@contact"  # whoever holds the contract, where nobody was added; no person can be called that


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to tell. `quiet` hours hold everything that is not critical."""

    name: str
    role: str
    channels: tuple[str, ...]
    quiet: Span | None = None


class Plan(NamedTuple):
    """A step of the escalation as the family sets it. `ask`: these people are asked whether all is well, and not told."""

    after: Millis
    to: tuple[str, ...]
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Household:
    """The people of one contract in the order of adding, and who is told how long after; everybody at once when unset."""

    people: tuple[Person, ...] = ()
    steps: tuple[Plan, ...] = ()
    contact: Person | None = None  # told while there are no people

    @property
    def everybody(self) -> tuple[Person, ...]:
        return self.people if self.contact is None else (*self.people, self.contact)

    def find(self, name: str) -> Person | None:
        return next((person for person in self.people if person.name == name), None)


def with_contact(household: Household, contact: Person) -> Household:
    """With whoever is told while there are no people."""
    return replace(household, contact=contact)


def opened(alert: Alert, household: Household, now: Millis) -> tuple[Alert, list[Tell]]:
    """Fixes the alert's steps as they stand today, and tells those of the first."""
    steps = household.steps or (Plan(0, tuple(person.name for person in household.people or household.everybody)),)
    if alert.level == IGNORES_QUIET:
        steps = without_delay(steps)
    planned = replace(alert, steps=tuple(Step(alert.opened_at + after, to, ask) for after, to, ask in steps if to))
    return act(planned, household, now)


def usable(steps: Iterable[Plan]) -> tuple[Plan, ...]:
    """Without steps that reach nobody, and without questions after which nobody would be told."""
    kept = [step for step in steps if step.to]
    last = max((step.after for step in kept if not step.ask), default=None)
    return tuple(step for step in kept if not step.ask or (last is not None and step.after <= last))


def without_delay(steps: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """For a call for help: whoever is asked first is still asked, but nobody else waits for the answer."""
    first = min((step.after for step in steps if not step.ask), default=0)
    asks = any(step.ask for step in steps)
    return tuple(step if step.ask else step._replace(after=step.after - first) for step in steps) if asks else steps


def act(alert: Alert, household: Household, now: Millis) -> tuple[Alert, list[Tell]]:
    """What falls due at a tick (or at the opening): ends of quiet hours, then steps of the escalation."""
    due = {name for name, until in alert.waiting if until <= now}
    asks = {name for name, until in alert.asking if until <= now}
    asking = tuple(wait for wait in alert.asking if wait[1] > now)
    waiting = tuple(wait for wait in alert.waiting if wait[1] > now)
    steps = alert.steps
    if alert.is_open:
        firing = [step for step in steps if step_due(alert, step) <= now]
        steps = tuple(step for step in steps if step_due(alert, step) > now)
        known = {*alert.told, *(name for name, _ in alert.waiting)}
        due |= {name for step in firing if not step.ask for name in step.to if name not in known}
        known = {name for name, _ in (*alert.asked, *asking)}
        asks |= {name for step in firing if step.ask for name in step.to if name not in known}
        asks -= due
    if not due and not asks and steps == alert.steps and waiting == alert.waiting and asking == alert.asking:
        return alert, []
    kind: TellKind = "opened" if alert.is_open else "closed"
    reached, held = _reach(alert, household, due, now)
    told = (*alert.told, *(person.name for person in reached)) if alert.is_open else alert.told
    asked, later = _reach(alert, household, asks, now)
    after = replace(
        alert,
        steps=steps,
        waiting=(*waiting, *held),
        told=told,
        asked=(*alert.asked, *((person.name, now) for person in asked)),
        asking=(*asking, *later),
    )
    return after, [
        *(_tell(alert, "asked", person, now) for person in asked),
        *(_tell(alert, kind, person, now) for person in reached),
    ]


def ahead(alert: Alert, household: Household, now: Millis) -> list[tuple[Tell, bool]]:
    """Who will hear of an open alert if nobody does anything, in order, each at the instant of its tick.

    True beside it: they wait for the end of their quiet hours. It is the ticks themselves, played ahead, so that what is said
    is what will be done.
    """
    found: list[tuple[Tell, bool]] = []
    for _ in range(TICKS_AHEAD):
        due = next_telling(alert) if alert.is_open else None
        if due is None:
            break
        tick = tick_at_or_after(max(due, now + 1))
        held = {(name, until) for name, until in (*alert.waiting, *alert.asking) if until <= tick}
        alert, tells = act(alert, household, tick)
        found += [(tell, _slept(household, tell, held)) for tell in tells]
        now = tick
    return found


def _slept(household: Household, tell: Tell, held: set[tuple[str, Millis]]) -> bool:
    person = household.find(tell.person)
    if person is None or person.quiet is None:
        return False
    return any(name == person.name and until == next_time_of_day(person.quiet[1], until) for name, until in held)


def closed(alert: Alert, household: Household, now: Millis) -> tuple[Alert, list[Tell]]:
    """Tells the end to those who know of the opening. Who is in quiet hours, or waited for the opening, hears it after them."""
    waits = {name for name, _ in alert.waiting}
    reached, held = _reach(alert, household, (name for name in alert.told if name not in waits), now)
    after = replace(alert, waiting=(*alert.waiting, *held))
    return after, [_tell(alert, "closed", person, now) for person in reached]


def _reach(
    alert: Alert, household: Household, names: Iterable[str], now: Millis
) -> tuple[list[Person], list[tuple[str, Millis]]]:
    """The people who can be told now, in the order of adding, and those who wait until when. Who was removed is in neither."""
    wanted = set(names)
    reached: list[Person] = []
    held: list[tuple[str, Millis]] = []
    for person in household.everybody:
        if person.name not in wanted:
            continue
        if person.quiet is not None and alert.level != IGNORES_QUIET and is_inside(person.quiet, now):
            held.append((person.name, next_time_of_day(person.quiet[1], now)))
        else:
            reached.append(person)
    return reached, held


def _tell(alert: Alert, kind: TellKind, person: Person, now: Millis) -> Tell:
    return Tell(
        alert=alert.id,
        watch=alert.watch,
        level=alert.level,
        condition=alert.condition,
        value=alert.value,
        kind=kind,
        person=person.name,
        channels=person.channels,
        at=now,
        facts=alert.facts,
        ended=alert.closed_at,
    )
