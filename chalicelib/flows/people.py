"""Whom to tell: people of a contract, their channels and quiet hours, and the steps of the escalation.

Being told opens no door: who may follow a contract is invited (`inviting.py`). Where a service lets only its users see what
the sensors say, an address that is told must be a user's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import called, rules
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.members import contract_of, limits_of
from chalicelib.iot import setting, vocabulary
from chalicelib.iot.reading import MINUTE
from chalicelib.iot.telling import Person
from chalicelib.members import permissions
from chalicelib.members.roles import INVITED
from chalicelib.store import contracts as rows
from chalicelib.store import line_links, members, people
from chalicelib.store.people import People
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
LOOKERS = tuple(role for role in INVITED if permissions.may(role, "alerts.list"))


def listing(store: Store, contract: str, email: str = "") -> Json:
    """The people in the order of adding, which of them asks (`you`, by the verified address), and the steps."""
    found = people.load(store, contract)
    items = [_person_json(found, one) | {"you": is_theirs(email, found, one.name)} for one in found.household.people]
    return {"items": items, "steps": _steps_json(found)}


def is_theirs(email: str, found: People, name: str) -> bool:
    """Whether a person of that name is who has this verified e-mail address."""
    known = str(found.reach.get(name, {}).get("email", "")).strip().casefold()
    return bool(email) and email.strip().casefold() == known


def add(store: Store, now: datetime, asked: Asked, body: Mapping[str, Any]) -> Json:
    """Adds somebody; the same name again replaces them, in their place. Raises Refused for too many people."""
    quiet = setting.span_of(body["quiet"], "quiet") if body.get("quiet") else None
    person = Person(body["person"], body["role"], tuple(dict.fromkeys(body["channels"])), quiet)

    def attempt(again: bool) -> Json:
        answered = asked.answered(store)
        if answered is not None:
            return answered
        before = people.load(store, asked.contract)
        after = _with_person(before, person, {**_kept(before, body), **_reach_of(body)})
        answer = _person_json(after, person)
        writes = [people.write(store, asked.contract, before, after), *_users_only(store, now, asked.contract, body)]
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
        gone = people.write(store, contract, before, people.without(before, {name}))
        store.commit([gone, *line_links.dropped(store, contract, before, [name])])

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


def with_ways(before: People, name: str, body: Mapping[str, Any]) -> People:
    """With other channels and quiet hours for one of them, as far as `body` names them. Raises Invalid for no span."""
    ways: Json = {}
    if "channels" in body:
        ways["channels"] = tuple(dict.fromkeys(body["channels"]))
    if "quiet" in body:
        ways["quiet"] = setting.span_of(body["quiet"], "quiet") if body["quiet"] else None
    everyone = tuple(replace(one, **ways) if one.name == name else one for one in before.household.people)
    return replace(before, household=replace(before.household, people=everyone))


def _with_person(before: People, person: Person, reach: Mapping[str, Any]) -> People:
    known = before.household.people
    if any(one.name == person.name for one in known):
        everyone = tuple(person if one.name == person.name else one for one in known)
    elif len(known) >= vocabulary.PEOPLE_MAX:
        raise Refused("too_many_people")
    else:
        everyone = (*known, person)
    household = replace(before.household, people=everyone)
    return replace(before, household=household, reach={**before.reach, person.name: dict(reach)})


def _reach_of(body: Mapping[str, Any]) -> Json:
    return {name: body[name] for name in ("email", "name", "language", "digest", "daily_max") if body.get(name)}


def _kept(before: People, body: Mapping[str, Any]) -> Json:
    """What somebody confirmed by themselves stays with them, and with nobody else: a new address may be another person's."""
    known = before.reach.get(body["person"], {})
    if known.get("email") != body.get("email"):
        return {}
    return {name: known[name] for name in ("push", "line", "phone", "phone_asked") if name in known}


def users_only(store: Store, now: datetime, contract_id: str, reach: Mapping[str, Any]) -> None:
    """Where the service tells its users only: whoever is told by another way is one, known by the e-mail address.

    Raises Refused for somebody of whom that is not known.
    """
    line = limits_of(rules.of(store, contract_of(store, contract_id).service), now).rules.get("mails")
    if line is not None and not reach.get("email"):
        raise Refused("not_a_user", str(line["rule"]))


def _users_only(store: Store, now: datetime, contract_id: str, body: Mapping[str, Any]) -> list[Write]:
    """Where the service mails its users only: holds that the address is one. Raises Refused for another address."""
    if not body.get("email"):
        return []
    contract = contract_of(store, contract_id)
    line = limits_of(rules.of(store, contract.service), now).rules.get("mails")
    if line is None or body["email"].strip().casefold() == _own_address(store, contract_id):
        return []
    hashed = members.email_hash(body["email"])
    inside = members.members(store, contract.account, contract_id)
    found = next((one for one in inside if one.email_hash == hashed and one.role in LOOKERS), None)
    if found is None:
        raise Refused("not_a_user", str(line["rule"]))
    return [members.still_in(store, contract.account, contract_id, hashed, found.role)]


def _own_address(store: Store, contract_id: str) -> str:
    return str(rows.load_profile(store, contract_id).get("contact", {}).get("email", "")).strip().casefold()


def person_json(found: People, name: str) -> Json:
    """One of them as the family sees them. Raises NotFound for nobody of that name."""
    person = found.household.find(name)
    if person is None:
        raise NotFound("person")
    return _person_json(found, person)


def _person_json(found: People, person: Person) -> Json:
    """A person as the family sees them; whether there is an address, not which."""
    reach = found.reach.get(person.name, {})
    return {
        "person": person.name,
        "name": found.called(person.name) or None,
        "called": called.both(found.called(person.name) or person.name),
        "role": person.role,
        "channels": list(person.channels),
        "quiet": setting.span_text(person.quiet) if person.quiet else None,
        "language": reach.get("language", "ja"),
        "has_email": bool(reach.get("email")),
        "has_phone": bool(reach.get("phone")),
        "has_line": bool(reach.get("line")),
        "browsers": len(reach.get("push") or ()),
        "digest": reach.get("digest"),
        "daily_max": reach.get("daily_max"),
    }


def _steps_json(found: People) -> list[Json]:
    return [
        {
            "after_minutes": after / MINUTE if after % MINUTE else after // MINUTE,
            "to": list(to),
            **({"ask": True} if ask else {}),
        }
        for after, to, ask in found.household.steps
    ]
