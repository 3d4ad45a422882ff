"""Whom to tell about a home: one row beside the contract.

Addresses are here and nowhere else; alerts and what was told hold the names that the customer chose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..iot.telling import Household, Person, Plan, usable
from . import codec
from .transact import N, Row, S, Store, Write, absent, check, equals, put

NOBODY = Household()


class Number(NamedTuple):
    """A telephone to call about the home, as the family wrote it, and whose it is."""

    id: str
    who: str
    phone: str
    keeps_key: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """The people of one contract and their steps, how to reach them, and how many devices were ever claimed for it.

    `home` is what they call the home; empty where nobody named it. `numbers` are called by hand, never told anything.
    """

    version: int = 0
    household: Household = NOBODY
    reach: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by person, see `reached`
    devices: tuple[str, ...] = ()
    home: str = ""
    numbers: tuple[Number, ...] = ()

    def called(self, person: str) -> str:
        """The name that was chosen for somebody to be shown by; empty where none was."""
        return str(self.reach.get(person, {}).get("name", ""))


def key(contract: str) -> Row:
    return {"contract": S(contract), "item": S("people")}


def load(store: Store, contract: str) -> People:
    """Nobody, where nothing was ever set."""
    row = store.get(store.contracts, key(contract))
    return of_row(row) if row else People()


def of_row(row: Row) -> People:
    """The people as their row has them; a row from before there were numbers has none."""
    body: dict[str, Any] = codec.loads(row["body"]["S"])
    people = tuple(
        Person(name, role, tuple(channels), tuple(quiet) if quiet else None) for name, role, channels, quiet in body["people"]
    )
    steps = tuple(Plan(after, tuple(to), *ask) for after, to, *ask in body["steps"])
    household = Household(people, steps)
    numbers = tuple(Number(*one) for one in body.get("numbers", ()))
    return People(int(row["version"]["N"]), household, body["reach"], tuple(body["devices"]), body.get("home", ""), numbers)


def without(before: People, names: Collection[str]) -> People:
    """Without some of them: out of the steps too, and of these only what is still of use."""
    left = tuple(person for person in before.household.people if person.name not in names)
    steps = usable(step._replace(to=tuple(who for who in step.to if who not in names)) for step in before.household.steps)
    household = replace(before.household, people=left, steps=steps)
    return replace(before, household=household, reach={who: how for who, how in before.reach.items() if who not in names})


def reached(before: People, person: str, **how: Any) -> People:
    """With something changed in how one of them is reached; None takes it away.

    email · name · language · digest ("HH:MM") · daily_max · phone (E.164, confirmed) · phone_asked (`{number, code, until,
    wrong, day, asked}`) · line (LINE's user id) · push (`[{id, endpoint, p256dh, auth, since}]`)
    """
    own = {name: value for name, value in {**before.reach.get(person, {}), **how}.items() if value is not None}
    return replace(before, reach={**before.reach, person: own})


def unchanged(store: Store, contract: str, before: People) -> Write:
    """A transaction's entry that writes nothing, and holds that nobody changed them meanwhile."""
    held = equals("version", N(before.version)) if before.version else absent("item")
    return check(store.contracts, key(contract), held)


def write(store: Store, contract: str, before: People, after: People) -> Write:
    """The entry that stores them, held by the version that was read."""
    body = {
        "people": [[person.name, person.role, person.channels, person.quiet] for person in after.household.people],
        "steps": [[due, to, True] if ask else [due, to] for due, to, ask in after.household.steps],
        "reach": after.reach,
        "devices": after.devices,
        **({"home": after.home} if after.home else {}),
        **({"numbers": after.numbers} if after.numbers else {}),
    }
    row = {**key(contract), "version": N(before.version + 1), "body": S(codec.dumps(body))}
    return put(store.contracts, row, equals("version", N(before.version)) if before.version else absent("item"))
