"""Everything that we hold of a person, for themselves: section by section, in pages that are one document put together.

Their account; of each contract of theirs what they told, the people, consents, devices, bills, refunds, the log, what they
were told, alerts; of each home that they were let in to what is there about them. Readings are many, so they are named by the
addresses of their CSV files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.flows import alert_log, consents, devices, inviting, numbers, people, profile, profiles, views
from chalicelib.flows import members as insiders
from chalicelib.members import permissions
from chalicelib.members.roles import Caller, Role
from chalicelib.store import address_changes, members
from chalicelib.store import contracts as rows
from chalicelib.store import people as rows_of_people
from chalicelib.store.transact import Store

Json = dict[str, Any]
PAGE = 100  # items
MANY = 50  # of what only a page limits


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose data, of which contract, and in which roles they stand to it."""

    store: Store
    now: datetime
    caller: Caller
    contract: str = ""
    roles: tuple[Role, ...] = ()


Section = Callable[[_Asked, str], tuple[list[Any], str]]  # from a place on: what is there, and the next place ("": the end)


def page(store: Store, now: datetime, caller: Caller, language: str, cursor: str) -> Json:
    """A page: `{items: [{kind, contract?, data}], next?}`. Raises Invalid for a cursor that is none."""
    sections = list(_sections(store, now, caller, language))
    kind, contract, place = (*views.opened(cursor), "", "", "")[:3]
    start = next((n for n, (name, asked, _) in enumerate(sections) if (name, asked.contract) == (kind, contract)), 0)
    if cursor and (sections[start][0], sections[start][1].contract) != (kind, contract):
        raise views.no_cursor()
    items: list[Json] = []
    for name, asked, section in sections[start:]:
        if len(items) >= PAGE:
            return {"items": items, "next": views.closed([name, asked.contract, ""])}
        found, following = section(asked, place)
        place = ""
        items += [{"kind": name, **({"contract": asked.contract} if asked.contract else {}), "data": data} for data in found]
        if following:
            return {"items": items, "next": views.closed([name, asked.contract, following])}
    return {"items": items}


def _sections(store: Store, now: datetime, caller: Caller, language: str) -> Iterator[tuple[str, _Asked, Section]]:
    yield "account", _Asked(store, now, caller), lambda asked, place: ([_account(asked, language)], "")
    own = sorted(profile.contracts_of(store, caller.subject))
    for contract in own:
        for kind, section in OF_A_CONTRACT.items():
            yield kind, _Asked(store, now, caller.acting_as("contractor"), contract), section
    followed = members.followed(store, caller.email, caller.subject) if caller.email else {}
    for contract, roles in sorted(followed.items()):
        for kind, section in OF_A_MEMBERSHIP.items():
            yield kind, _Asked(store, now, caller.acting_as(roles[0]), contract, tuple(roles)), section


def _account(asked: _Asked, language: str) -> Json:
    ended = members.sessions_ended_at(asked.store, asked.caller.subject)
    moving = address_changes.load(asked.store, asked.caller.subject)
    return {
        **profile.of(asked.store, asked.caller, language),
        "sessions_ended_at": datetime.fromtimestamp(ended, UTC).isoformat() if ended else None,
        "address_asked_for": moving.after if moving and not moving.done else None,
    }


# a contract of one's own


def _contract(asked: _Asked, place: str) -> tuple[list[Json], str]:
    """The contract, and what was told with it."""
    shown = views.contract(asked.store, asked.now, asked.caller, asked.contract)
    return [{**shown, **profiles.shown(asked.store, asked.contract)}], ""


def _people(asked: _Asked, place: str) -> tuple[list[Json], str]:
    """Whom the home tells, with the addresses that were given for them; keys of browsers are nobody's data."""
    known = rows_of_people.load(asked.store, asked.contract)
    return [_person(known, one.name) for one in known.household.people], ""


def _person(known: rows_of_people.People, name: str) -> Json:
    reach = known.reach.get(name, {})
    return {**people.person_json(known, name), **{way: reach[way] for way in ("email", "phone", "line") if reach.get(way)}}


def _numbers(asked: _Asked, place: str) -> tuple[list[Json], str]:
    return numbers.listing(asked.store, asked.contract)["items"], ""


def _members(asked: _Asked, place: str) -> tuple[list[Json], str]:
    return insiders.listing(asked.store, asked.now, asked.contract)["items"], ""


def _invitations(asked: _Asked, place: str) -> tuple[list[Json], str]:
    return inviting.listing(asked.store, asked.now, asked.caller, asked.contract)["items"], ""


def _consents(asked: _Asked, place: str) -> tuple[list[Json], str]:
    return consents.listing(asked.store, asked.now, asked.caller, asked.contract)["items"], ""


def _devices(asked: _Asked, place: str) -> tuple[list[Json], str]:
    """The devices with their latest values, and where their readings are."""
    shown = devices.listing(asked.store, asked.now, asked.contract, asked.caller.devices)["items"]
    return [{**one, "readings": _files(asked.contract, one["device"])} for one in shown], ""


def _files(contract: str, device: str) -> list[str]:
    path = f"/v1/contracts/{contract}/devices/{device}/history.csv"
    return [f"{path}?by={by}" for by in ("day", "quarter", "reading")]


def _paged(listing: Callable[..., Mapping[str, Any]]) -> Section:
    def section(asked: _Asked, place: str) -> tuple[list[Json], str]:
        found = listing(asked.store, asked.contract, limit=MANY, cursor=place)
        return list(found["items"]), str(found.get("next", ""))

    return section


OF_A_CONTRACT: Mapping[str, Section] = {
    "contract": _contract,
    "person": _people,
    "number": _numbers,
    "member": _members,
    "invitation": _invitations,
    "consent": _consents,
    "device": _devices,
    "invoice": _paged(views.invoices),
    "refund": _paged(views.refunds),
    "event": _paged(views.events),  # payments are among these
    "notice": _paged(views.notices),
    "alert": _paged(alert_log.listing),
    "told": _paged(alert_log.told),
}


# a home that one was let in to


def _membership(asked: _Asked, place: str) -> tuple[list[Json], str]:
    """In which roles, since when, under which name; and how they are told."""
    contract = rows.load(asked.store, asked.contract)
    if contract is None:
        return [], ""
    inside = members.members(asked.store, contract.account, contract.id)
    mine = [one for one in inside if one.subject == asked.caller.subject]
    return [insiders.member_json(one) for one in mine], ""


def _told_as(asked: _Asked, place: str) -> tuple[list[Json], str]:
    known = rows_of_people.load(asked.store, asked.contract)
    return [_person(known, name) for name in _own_names(asked, known)], ""


def _own_names(asked: _Asked, known: rows_of_people.People) -> list[str]:
    own = members.email_hash(asked.caller.email)
    named = [one.name for one in known.household.people]
    return [name for name in named if members.email_hash(known.reach.get(name, {}).get("email", "")) == own]


def _told_to_me(asked: _Asked, place: str) -> tuple[list[Json], str]:
    names = _own_names(asked, rows_of_people.load(asked.store, asked.contract))
    found = alert_log.told(asked.store, asked.contract, limit=MANY, cursor=place)
    return [one for one in found["items"] if one["person"] in names], str(found.get("next", ""))


def _devices_seen(asked: _Asked, place: str) -> tuple[list[Json], str]:
    """Where the readings are, for whoever lives with them."""
    if "watched" not in asked.roles or not permissions.may("watched", "history.export"):
        return [], ""
    shown = devices.listing(asked.store, asked.now, asked.contract)["items"]
    return [{"device": one["device"], "readings": _files(asked.contract, one["device"])} for one in shown], ""


OF_A_MEMBERSHIP: Mapping[str, Section] = {
    "membership": _membership,
    "told_as": _told_as,
    "invitation_sent": _invitations,
    "consent_given": _consents,
    "device_seen": _devices_seen,
    "told_to_me": _told_to_me,
}
