"""Wishes of people for a device: ask, look, take back. How they travel is in `wish_trips.py`.

Of wishes for the same setting only the newest counts: it takes the place of one that still waits, which is then withdrawn
(`replaced`). Wishes for other settings wait side by side. Who may ask is the service's terms': of a linked system its customer
and those with a consent; of a function of the terms, who uses it with an app that has it; the rest (how often a sensor
reports) the contract's holder and operators.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.contracts import data_rights, functions
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.data_rights import Asking, Party
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound, Refused
from chalicelib.flows import rules
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import ENDED, of_contract, seen_from, time_text
from chalicelib.flows.members import check_look, contract_of, limits_of
from chalicelib.iot import house, models, watching, wishes
from chalicelib.iot.reading import Millis, Value, to_millis
from chalicelib.iot.wishes import Wish
from chalicelib.members.roles import Caller
from chalicelib.store import outbox
from chalicelib.store import wishes as rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, Write
from chalicelib.store.wishes import HeldWish

Json = dict[str, Any]
HOLDERS = ("operator", "contractor", "applicant")
PARTIES: dict[str, Party] = {
    "contractor": "customer",
    "applicant": "customer",
    "operator": "provider",
    "dealer": "dealer",
    "maintainer": "maintainer",
}


def ask(store: Store, now: datetime, asked: Asked, caller: Caller, device: str, body: Mapping[str, Any]) -> Json:
    """A new wish, on its way. Raises NotFound for a device that is not theirs to set, Refused by the terms, Invalid."""

    def attempt(again: bool) -> Json:
        answered = asked.answered(store)
        if answered is not None:
            return answered
        held = _linked(store, asked.contract, device, caller)
        contract = contract_of(store, asked.contract)
        terms = rules.of(store, contract.service)
        known = models.find(held.device.model).get("settings", {})
        _may_set(contract, terms, caller, device)
        settings = wishes.wanted(known, body["settings"])
        _may_use(contract, terms, caller, held, [known[name] for name in settings], now)
        one, replaced, turn = _decided(store, now, asked, caller, held, settings, _minutes(terms, held, now))
        answer = wish_json(one, to_millis(now))
        writes = [turn, rows.new(store, one), *replaced, leaving(store, one, now), asked.remember(store, answer, now)]
        store.commit(writes)
        return answer

    return until_settled(attempt)


def _decided(
    store: Store, now: datetime, asked: Asked, caller: Caller, held: Held, settings: Mapping[str, Value], minutes: int
) -> tuple[HeldWish, list[Write], Write]:
    """The wish, the entries of those that it replaces, and the turn that it takes among the device's wishes."""
    at, device = to_millis(now), held.device
    _, turn = rows.turn(store, device.id)
    before = list(rows.latest(store, device.id, at - rows.GOOD_FOR_MAX))
    at = max([at, *(one.wish.asked_at + 1 for one in before[:1])])  # no two at one instant: devices go by the order
    replaced: list[Write] = []
    names: list[str] = []
    for other in before:
        gone = wishes.withdrawn(other.wish, at, "replaced") if settings.keys() & other.wish.settings.keys() else None
        if gone is not None:
            replaced.append(rows.change(store, other, gone))
            names.append(gone.id)
    name = hashlib.sha256(f"wish {asked.contract} {asked.subject} {asked.key}".encode()).hexdigest()[:16]
    old = {setting: _stands(held, before, setting) for setting in settings}
    one = wishes.wish(f"{at}-{name}", settings, old, caller.role, at, minutes)
    one = replace(one, instead_of=tuple(names))
    return HeldWish(one, device.id, asked.contract, caller.subject, 1), replaced, turn


def _stands(held: Held, before: Collection[HeldWish], setting: str) -> Value:
    """What stands there now, as far as we know: the later of what the device reports and took on last; None when we do not."""
    known = watching.last_values(held.device).get(setting)
    taken = ((wishes.changed(one.wish), one.wish.settings[setting]) for one in before if setting in one.wish.settings)
    done = next(((at, value) for at, value in taken if at is not None), None)
    newest = max((one for one in (known, done) if one is not None), key=lambda one: one[0], default=None)
    return newest[1] if newest else None


def _minutes(terms: Terms, held: Held, now: datetime) -> int:
    """How long a wish is good for: the terms' figure, else the model's (one that sleeps hears of it later)."""
    key = terms.section("link").get("wish_expiry")
    if key:
        return int(terms.value(key, japan_day(now)))
    return int(models.find(held.device.model).get("wish_minutes") or house.value("wish_minutes", japan_day(now)))


def leaving(store: Store, one: HeldWish, now: datetime, *, gone: bool = False) -> Write:
    """The outbox's entry by which a wish goes to its device, or is taken away from it."""
    cause = f"wish#{one.device}#{one.wish.id}{'#gone' if gone else ''}"
    return outbox.entry(store, "wish", cause, now, {"device": one.device, "wish": one.wish.id})


# who may


def _linked(store: Store, contract: str, device: str, caller: Caller) -> Held:
    """The device, if it is this contract's and linked to it now; for a dealer, if it sold it."""
    held = of_contract(store, contract, device)
    if held.released is not None or (caller.devices and device not in caller.devices):
        raise NotFound("device")
    return held


def _may_set(contract: Contract, terms: Terms, caller: Caller, device: str) -> None:
    """Of a linked system: its customer, or who has the customer's consent to settings (ORM-SET-3, ORM-MNT-2)."""
    if not terms.section("link"):
        return
    party = PARTIES.get(caller.role)
    if party is None:
        raise NotFound("device")
    data_rights.may_set(contract, terms, Asking(party, caller.subject, caller.subject if party == "dealer" else ""))


def _may_use(
    contract: Contract, terms: Terms, caller: Caller, held: Held, settings: Collection[Mapping[str, Any]], now: datetime
) -> None:
    """Of any other device: what its function allows to this app, and how it works only to the contract's holder."""
    if terms.section("link"):
        return
    if contract.state in ENDED:
        raise Refused("ended")
    limits = limits_of(terms, now)
    check_look(limits, caller.role, contract, now)
    if any(about.get("upkeep") for about in settings) and caller.role not in HOLDERS:
        raise Refused("not_yours_to_set", limits.rule)
    if not all(about.get("upkeep") for about in settings):
        functions.may_use(contract, terms, models.find(held.device.model).get("function", ""), caller.client)


def why_not(now: datetime, contract: Contract, terms: Terms, caller: Caller, held: Held) -> Refused | None:
    """Why this caller may not set what the device does in the home, with this app, now; None where they may."""
    known = models.find(held.device.model).get("settings", {}).values()
    try:
        _may_set(contract, terms, caller, held.device.id)
        _may_use(contract, terms, caller, held, [about for about in known if not about.get("upkeep")], now)
    except NotFound:
        return Refused("not_linked" if PARTIES.get(caller.role) else "not_yours_to_set")
    except Refused as error:
        return error
    return None


# looking


def listing(
    store: Store, now: datetime, contract: str, caller: Caller, device: str, *, by: str = "", limit: int = 50, cursor: str = ""
) -> Json:
    """A device's wishes, the newest first. `by` = `others`: what others than the customer changed (ORM-MNT-4)."""
    held = _of_caller(store, contract, caller, device)
    page = rows.page(store, device, since=held.since, after=cursor, limit=limit)
    found = [one for one in map(rows.held, page.rows) if one.contract == contract]
    if by == "others":
        changes = {wish.id for wish in wishes.by_others(one.wish for one in found)}
        found = [one for one in found if one.wish.id in changes]
    shown: Json = {"items": [wish_json(one, to_millis(now)) for one in found]}
    return shown | ({"next": rows.cursor_of(page.rows[-1])} if page.after else {})


def view(store: Store, now: datetime, contract: str, caller: Caller, device: str, wish: str) -> Json:
    """One wish. Raises NotFound."""
    _of_caller(store, contract, caller, device)
    return wish_json(_find(store, contract, device, wish), to_millis(now))


def withdraw(store: Store, now: datetime, contract: str, caller: Caller, device: str, wish: str) -> Json:
    """Takes a wish back while the device has not answered: one's own, or, for the contract's holder, anybody's.

    Raises Refused for one that is over. The device may have acted already: what it says is then kept as `late`.
    """
    _of_caller(store, contract, caller, device)

    def attempt(again: bool) -> Json:
        held = _find(store, contract, device, wish)
        if caller.role not in ("contractor", "applicant") and held.subject != caller.subject:
            raise NotFound("wish")
        if held.wish.outcome == "withdrawn":
            return wish_json(held, to_millis(now))
        gone = wishes.withdrawn(held.wish, to_millis(now))
        if gone is None:
            raise Refused("wish_is_over")
        store.commit([rows.change(store, held, gone), leaving(store, held, now, gone=True)])
        return wish_json(held._replace(wish=gone), to_millis(now))

    return until_settled(attempt)


def _of_caller(store: Store, contract: str, caller: Caller, device: str) -> Held:
    if caller.devices and device not in caller.devices:
        raise NotFound("device")
    return seen_from(of_contract(store, contract, device), caller.since)


def _find(store: Store, contract: str, device: str, wish: str) -> HeldWish:
    held = rows.load(store, device, wish)
    if held is None or held.contract != contract:
        raise NotFound("wish")
    return held


def wish_json(held: HeldWish, now: Millis) -> Json:
    """A wish as its people see it. Who asked is told by their role."""
    one: Wish = held.wish
    shown: Json = {
        "wish": one.id,
        "device": held.device,
        "state": wishes.state_of(one, now),
        "settings": dict(one.settings),
        "before": dict(one.old),
        "by": one.by,
        "asked_at": time_text(one.asked_at),
        "expires_at": time_text(one.expires),
        "sent_at": time_text(one.sent_at),
        "settled_at": time_text(one.settled_at),
    }
    if one.late:
        shown["late"] = {"outcome": one.late, "at": time_text(one.late_at)}
    named = (("reason", one.reason), ("instead_of", list(one.instead_of)))
    return shown | {name: value for name, value in named if value}
