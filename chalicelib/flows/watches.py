"""Watches of a device: what its people want to hear of. Setting one again closes its open alert and starts afresh."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.contracts import terms
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import conditions_in_words, households, telling
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import of_contract, time_text
from chalicelib.iot import offers, setting, watching
from chalicelib.iot.conditions import Watch
from chalicelib.iot.offers import Offer
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.store import contracts as rows
from chalicelib.store import devices, people
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]


def listing(store: Store, contract: str, device: str) -> Json:
    """A device's watches in the order of their setting."""
    held = of_contract(store, contract, device)
    return {"items": [_watch_json(watch, held.device.model) for watch in held.device.watches]}


def offered(store: Store, now: datetime, contract: str, device: str) -> Json:
    """What the device's model offers to watch, and what of it is set."""
    held = of_contract(store, contract, device)
    return {"items": [_offer_json(held, offer) for offer in _offers(store, now, held)]}


def take_up(store: Store, now: datetime, asked: Asked, device: str, wanted: Collection[str]) -> Json:
    """Sets the offered watches that are not set yet, those of `wanted` or all, in one transaction. Raises Invalid for one that
    is not offered, Refused for too many.
    """

    def attempt(again: bool) -> None:
        if asked.answered(store) is not None:
            return
        held = of_contract(store, asked.contract, device)
        offers_ = [offer for offer in _offers(store, now, held) if not wanted or offer.name in wanted]
        if {offer.name for offer in offers_}.issuperset(wanted):
            commit(store, held, _taken_up(held, offers_, to_millis(now)), asked.remember(store, {"device": device}, now))
            return
        names = [offer.name for offer in _offers(store, now, held)]
        raise Invalid("watches", "not_offered", "one_of", choices=", ".join(names))

    until_settled(attempt)
    return listing(store, asked.contract, device)


def _taken_up(held: Held, wanted: Sequence[Offer], now: Millis) -> watching.Change:
    change = watching.Change(held.device, now)
    for offer in wanted:
        if change.device.watch(offer.name) is not None:
            continue
        if len(change.device.watches) >= watching.WATCHES_MAX:
            raise Refused("too_many_watches")
        change = watching.set_watch(change.device, setting.watch_of(offer.name, offer.settings), now)
    return change


def _offers(store: Store, now: datetime, held: Held) -> tuple[Offer, ...]:
    return of_model(store, now, held.device.contract, held.device.model)


def of_model(store: Store, now: datetime, contract: str, model: str) -> tuple[Offer, ...]:
    """What a model offers. Where a figure is the terms' to say, the contract's service is asked (ORM-MON-3)."""
    return offers.of_model(model, _promised(store, contract, now) if offers.needs_promises(model) else {})


def _promised(store: Store, contract: str, now: datetime) -> dict[str, float]:
    found = rows.load(store, contract)
    figures = terms.load(found.service) if found else None
    key = figures.section("link").get("silent_after") if figures else None
    return {"silence_minutes": float(figures.value(key, japan_day(now)) * 60)} if figures and key else {}


def _offer_json(held: Held, offer: Offer) -> Json:
    return {
        "watch": offer.name,
        "label": dict(offer.label),
        "settings": dict(offer.settings),
        "sentence": conditions_in_words.both(setting.watch_of(offer.name, offer.settings), held.device.model),
        "level_label": conditions_in_words.level(offer.settings["level"]),
        "limits": {figure: {"least": low, "most": high} for figure, (low, high) in offer.limits.items()},
        "set": held.device.watch(offer.name) is not None,
    }


def put(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    name: str,
    body: Mapping[str, Any],
) -> Json:
    """Sets a watch. Raises Invalid for settings that make no sense together or that the device can never measure, Refused for
    too many watches.
    """
    wanted = setting.watch_of(name, body)

    def attempt(again: bool) -> Json:
        held = of_contract(store, contract, device)
        offers.check(held.device.model, body)
        known = held.device.watch(name)
        if again and known is not None and _is_ours(known, wanted, now):
            return _watch_json(known, held.device.model)  # the reply was lost, the setting was not
        if known is None and len(held.device.watches) >= watching.WATCHES_MAX:
            raise Refused("too_many_watches")
        change = watching.set_watch(held.device, wanted, to_millis(now))
        commit(store, held, change)
        return _watch_json(change.device.watches[-1], held.device.model)

    return until_settled(attempt)


def remove(store: Store, now: datetime, contract: str, device: str, name: str) -> None:
    """Takes a watch away. Raises NotFound when there is none of that name."""

    def attempt(again: bool) -> None:
        held = of_contract(store, contract, device)
        if held.device.watch(name) is None:
            if again:
                return
            raise NotFound("watch")
        commit(store, held, watching.remove_watch(held.device, name, to_millis(now)))

    until_settled(attempt)


def commit(store: Store, held: Held, change: watching.Change, *beside: Any) -> None:
    """Stores a change that somebody asked for, and tells whom it concerns, with `beside` in the same transaction."""
    household = households.of(store, held) if change.happened else people.NOBODY
    settled = watching.settle(change, household)
    write, _ = devices.change(store, held, settled.device, watching.next_due(settled.device, change.now))
    store.commit([write, *telling.writes(store, held, settled), *beside])


def _is_ours(known: Watch, wanted: Watch, now: datetime) -> bool:
    return replace(known, order=0) == replace(wanted, set_at=to_millis(now))


def _watch_json(watch: Watch, model: str) -> Json:
    return {
        "watch": watch.name,
        **setting.settings_of(watch),
        "set_at": time_text(watch.set_at),
        "label": conditions_in_words.name(watch, model),
        "sentence": conditions_in_words.both(watch, model),
        "level_label": conditions_in_words.level(watch.level),
    }
