"""Who is told of a home: its people; where the terms promise it and nobody was added, whoever holds the contract.

Such a home has no list of its own, so nothing of this stands in what people were told; the delivery log has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.contracts import terms
from chalicelib.iot.alerts import Alert
from chalicelib.iot.telling import CONTACT, Household, Person, with_contact
from chalicelib.store import contracts as rows
from chalicelib.store import people
from chalicelib.store.devices import Held
from chalicelib.store.people import People
from chalicelib.store.transact import Store

HOLDER = Person(CONTACT, "contractor", ("mail",))  # never asleep: told by e-mail as it happens (ORM-MON-2, ORM-PRV-3)


def of(store: Store, held: Held, known: People | None = None) -> Household:
    """The household of a device's contract. `known`: its people, when they were read already.

    Who holds the contract goes on being told of what they were told of, also when somebody was added meanwhile.
    """
    household = (known or people.load(store, held.device.contract)).household
    if _knows(held.device.alerts) or (not household.people and _is_promised(store, held.device.contract)):
        return with_contact(household, HOLDER)
    return household


def _knows(alerts: Iterable[Alert]) -> bool:
    return any(CONTACT in alert.told or any(CONTACT in step.to for step in alert.steps) for alert in alerts)


def _is_promised(store: Store, contract: str) -> bool:
    found = rows.load(store, contract)
    return found is not None and "contact_told" in terms.load(found.service).section("link")
