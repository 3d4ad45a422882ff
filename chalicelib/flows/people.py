"""Whom to tell: people of a contract, their channels and quiet hours, and the steps of the escalation.

Somebody of the family who was added with an e-mail address may also follow the contract when signed in with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import NotFound, Refused
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.iot import setting
from chalicelib.iot.reading import MINUTE
from chalicelib.iot.telling import Person
from chalicelib.store import contracts as rows
from chalicelib.store import members, people
from chalicelib.store.people import People
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
FOLLOWS = "family"  # the role whose e-mail address lets somebody in


def listing(store: Store, contract: str) -> Json:
    """The people in the order of adding, and the steps."""
    found = people.load(store, contract)
    return {"items": [_person_json(found, person) for person in found.household.people], "steps": _steps_json(found)}


def add(store: Store, now: datetime, asked: Asked, body: Mapping[str, Any]) -> Json:
    """Adds somebody; the same name again replaces them, in their place. Raises Refused for too many people."""
    quiet = setting.span_of(body["quiet"], "quiet") if body.get("quiet") else None
    person = Person(body["person"], body["role"], tuple(dict.fromkeys(body["channels"])), quiet)

    def attempt(again: bool) -> Json:
        answered = asked.answered(store)
        if answered is not None:
            return answered
        before = people.load(store, asked.contract)
        after = _with_person(before, person, _reach_of(body))
        answer = _person_json(after, person)
        writes = [people.write(store, asked.contract, before, after), *_doors(store, asked.contract, before, after, now)]
        store.commit([*writes, asked.remember(store, answer, now)])
        return answer

    return until_settled(attempt)


def remove(store: Store, now: datetime, contract: str, name: str) -> None:
    """Takes somebody away, out of the steps too. Raises NotFound when there is nobody of that name."""

    def attempt(again: bool) -> None:
        before = people.load(store, contract)
        if before.household.find(name) is None:
            if again:
                return
            raise NotFound("person")
        left = tuple(person for person in before.household.people if person.name != name)
        steps = tuple((after, tuple(who for who in to if who != name)) for after, to in before.household.steps)
        household = replace(before.household, people=left, steps=tuple(step for step in steps if step[1]))
        reach = {who: how for who, how in before.reach.items() if who != name}
        after = replace(before, household=household, reach=reach)
        store.commit([people.write(store, contract, before, after), *_doors(store, contract, before, after, now)])

    until_settled(attempt)


def set_escalation(store: Store, contract: str, steps: Sequence[Mapping[str, Any]]) -> Json:
    """Who is told when, while nobody has acknowledged; no steps: everybody at once. Alerts that are open keep their steps."""

    def attempt(again: bool) -> Json:
        before = people.load(store, contract)
        names = [person.name for person in before.household.people]
        after = replace(before, household=replace(before.household, steps=setting.steps_of(steps, names)))
        store.write(people.write(store, contract, before, after))
        return {"steps": _steps_json(after)}

    return until_settled(attempt)


def _with_person(before: People, person: Person, reach: Mapping[str, str]) -> People:
    known = before.household.people
    if any(one.name == person.name for one in known):
        everyone = tuple(person if one.name == person.name else one for one in known)
    elif len(known) >= setting.PEOPLE_MAX:
        raise Refused("too_many_people")
    else:
        everyone = (*known, person)
    household = replace(before.household, people=everyone)
    return replace(before, household=household, reach={**before.reach, person.name: dict(reach)})


def _reach_of(body: Mapping[str, Any]) -> dict[str, str]:
    return {name: body[name] for name in ("email", "language") if body.get(name)}


def _doors(store: Store, contract: str, before: People, after: People, now: datetime) -> list[Write]:
    """Who may follow the contract from now on, and who no longer."""
    old, new = _followers(before), _followers(after)
    if old == new:
        return []
    found = rows.load(store, contract)
    if found is None:
        raise NotFound("contract")
    gone = [members.let_out(store, found.account, contract, members.email_hash(email)) for email in old if email not in new]
    come = [members.let_in(store, found.account, contract, email, new[email], now) for email in new if email not in old]
    return [*gone, *come]


def _followers(found: People) -> dict[str, str]:
    """Address → the name chosen for it. Two people may share an address: it stays open while one of them is there."""
    return {
        found.reach[person.name]["email"].strip().casefold(): person.name
        for person in found.household.people
        if person.role == FOLLOWS and found.reach.get(person.name, {}).get("email")
    }


def _person_json(found: People, person: Person) -> Json:
    """A person as the family sees them; whether there is an address, not which."""
    reach = found.reach.get(person.name, {})
    return {
        "person": person.name,
        "role": person.role,
        "channels": list(person.channels),
        "quiet": setting.span_text(person.quiet) if person.quiet else None,
        "language": reach.get("language", "ja"),
        "has_email": bool(reach.get("email")),
    }


def _steps_json(found: People) -> list[Json]:
    return [
        {"after_minutes": after / MINUTE if after % MINUTE else after // MINUTE, "to": list(to)}
        for after, to in found.household.steps
    ]
