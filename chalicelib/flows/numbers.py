"""Whom a family calls when something is wrong: the person watched, a neighbour, whoever keeps a key. Numbers of the home.

They lie with the people to tell and are erased with them. Nothing is ever sent to them: they are for a thumb to press.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid, Refused
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.members import known_by
from chalicelib.store import people
from chalicelib.store.people import Number
from chalicelib.store.transact import Store

Json = dict[str, Any]
NUMBERS_MAX = 10  # of one home: the people's row is read whenever somebody is told


def listing(store: Store, contract: str) -> Json:
    """`{items: [{number, who, phone, keeps_key}]}` in the order of adding."""
    return {"items": [number_json(one) for one in people.load(store, contract).numbers]}


def put(store: Store, now: datetime, asked: Asked, body: Mapping[str, Any]) -> Json:
    """Adds a number; the same `number` again replaces it, in its place.

    Raises Invalid for what is no telephone number, Refused for too many.
    """
    phone = unicodedata.normalize("NFKC", body["phone"]).strip()
    if not known_by.phone(phone):
        raise Invalid("phone", "not_a_number", "write_any_number")
    wanted = Number(body["number"], body["who"].strip(), phone, bool(body.get("keeps_key")))
    if not wanted.who:
        raise Invalid("who", "missing", "send_field")

    def attempt(again: bool) -> Json:
        answered = asked.answered(store)
        if answered is not None:
            return answered
        before = people.load(store, asked.contract)
        others = [one for one in before.numbers if one.id != wanted.id]
        if len(others) >= NUMBERS_MAX:
            raise Refused("too_many_numbers")
        if len(others) < len(before.numbers):
            after = tuple(wanted if one.id == wanted.id else one for one in before.numbers)
        else:
            after = (*others, wanted)
        answer = number_json(wanted)
        changed = people.write(store, asked.contract, before, replace(before, numbers=after))
        store.commit([changed, asked.remember(store, answer, now)])
        return answer

    return until_settled(attempt)


def remove(store: Store, contract: str, id: str) -> None:
    """Takes a number away. Doing it twice changes nothing."""

    def attempt(again: bool) -> None:
        before = people.load(store, contract)
        left = tuple(one for one in before.numbers if one.id != id)
        if len(left) < len(before.numbers):
            store.write(people.write(store, contract, before, replace(before, numbers=left)))

    until_settled(attempt)


def number_json(one: Number) -> Json:
    """A number as the family sees it."""
    return {"number": one.id, "who": one.who, "phone": one.phone, "keeps_key": one.keeps_key}
