"""The home as it is now: what each device said last, how old that is, when somebody was last active, what was set from afar.

What the service's terms list as a function is shown where this app and this contract have it (LRH-MON-1 to 7); what they do
not name is shown. An old value is shown as old: never a stale figure as the present one (ORM-SET-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.contracts import functions
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.flows import rules, texts
from chalicelib.flows.devices import maintenance_json, seen_from, time_text
from chalicelib.flows.members import contract_of
from chalicelib.flows.wishes import why_not, wish_json
from chalicelib.iot import keeping, models, watching
from chalicelib.iot.reading import HOUR, MINUTE, Millis, to_millis
from chalicelib.iot.watching import Device
from chalicelib.members.roles import Caller
from chalicelib.store import devices, people
from chalicelib.store import wishes as wish_rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]
MISSED_MAX = 3  # so many reports of a device may be missing before its last value is old
OLD_AFTER_MIN = HOUR  # nothing is called old sooner: reports may be spread out by a setting
WISHES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks at which home, when, and what of it is not for their app or contract."""

    store: Store
    now: datetime
    contract: Contract
    terms: Terms
    caller: Caller
    hidden: frozenset[str]  # functions

    @property
    def at(self) -> Millis:
        return to_millis(self.now)


def view(store: Store, now: datetime, contract_id: str, caller: Caller) -> Json:
    """Everything that a first page shows of a home, in the order in which the devices were claimed."""
    contract = contract_of(store, contract_id)
    terms = rules.of(store, contract.service)
    offered = functions.offered(contract, terms, caller.client)
    hidden = frozenset(str(one["name"]) for one in terms.data.get("function", ())) - frozenset(offered)
    household = people.load(store, contract_id)
    found = devices.load_many(store, household.devices)
    own = [
        seen_from(one, caller.since) for id, one in found.items() if one.device.contract == contract_id and one.released is None
    ]
    shown = sorted((one for one in own if not caller.devices or one.device.id in caller.devices), key=lambda o: o.device.order)
    look = _Look(store, now, contract, terms, caller, hidden)
    old = _old_after(terms, now)
    return {
        "at": time_text(look.at),
        "label": household.home or None,
        "watches": not terms.section("watching").get("none", False),
        "functions": list(offered),
        "last_activity": _last_activity(shown),
        "open_alerts": sum(alert.is_open for one in shown for alert in one.device.alerts),
        "devices": [_device(look, one, old) for one in shown],
        "texts": texts.of_contract(store, contract_id, "with_values"),
    }


def _old_after(terms: Terms, now: datetime) -> Millis | None:
    """After how long the service itself calls a value old; None where its terms do not say."""
    key = terms.section("link").get("stale_after")
    return int(terms.value(key, japan_day(now))) * HOUR if key else None


def _last_activity(shown: Iterable[Held]) -> Json | None:
    """When somebody was last seen to be up and about, by motion or by the use of electricity; None when nobody knows."""
    known = [(at, one) for one in shown for at in _active(one.device)]
    if not known:
        return None
    at, one = max(known, key=lambda pair: pair[0])
    return {"at": time_text(at), "device": one.device.id, "label": one.label or None}


def _active(device: Device) -> Iterable[Millis]:
    for watch in device.watches:
        if watch.kind == "no_activity" and isinstance(device.memory.get(watch.name), int):
            yield device.memory[watch.name]
    for metric, (at, value) in watching.last_values(device).items():
        about = models.metrics(device.model).get(metric, {})
        if value is True and about.get("kind") == "presence" and about.get("data") == "activity":
            yield at


def _device(look: _Look, held: Held, old: Millis | None) -> Json:
    device = held.device
    model = models.find(device.model)
    function = str(model.get("function", ""))
    silent = any(alert.is_open and device_watch == "silence" for alert, device_watch in _watched(device))
    shown: Json = {
        "device": device.id,
        "label": held.label or None,
        "model": device.model,
        "name": model.get("name"),
        "function": function or None,
        "last_heard_at": time_text(device.last_received),
        "last_active_at": time_text(max(_active(device), default=None)),
        "silent": silent,
        "open_alerts": [alert.id for alert in device.alerts if alert.is_open],
        "maintenance": maintenance_json(device.maintenance, look.at),
        "values": [] if function in look.hidden else _values(device, look.at, old),
    }
    if any(not about.get("upkeep") for about in model.get("settings", {}).values()):
        shown |= _settable(look, held, function)
    return shown


def _settable(look: _Look, held: Held, function: str) -> Json:
    """Whether they may set what the device does, else why not and which apps may; and what was wished for last."""
    no = why_not(look.now, look.contract, look.terms, look.caller, held)
    page = wish_rows.page(look.store, held.device.id, since=held.since, limit=WISHES_SHOWN)
    shown: Json = {"may_be_set": no is None}
    if no is not None:
        shown["why_not"] = {"reason": no.reason, "rule": no.rule, "apps": list(functions.apps_of(look.terms, function))}
    wishes = [one for one in map(wish_rows.held, page.rows) if one.contract == look.contract.id]
    return shown | {"wishes": [wish_json(one, look.at) for one in wishes]}


def _watched(device: Device) -> Iterable[tuple[Any, str]]:
    """Each alert with the kind of its watch."""
    for alert in device.alerts:
        watch = device.watch(alert.watch)
        yield alert, watch.kind if watch else ""


def _values(device: Device, at: Millis, old: Millis | None) -> list[Json]:
    """The newest values in the order of the model's file, those of an unknown model by name."""
    metrics, known = models.metrics(device.model), watching.last_values(device)
    every = models.find(device.model).get("every_minutes")
    if old is None and every is not None:
        old = max(MISSED_MAX * int(every) * MINUTE, OLD_AFTER_MIN)
    order = [*(name for name in metrics if name in known), *sorted(known.keys() - metrics.keys())]
    return [_value(name, metrics.get(name, {}), *known[name], at, old) for name in order]


def _value(metric: str, about: Mapping[str, Any], measured: Millis, value: Any, at: Millis, old: Millis | None) -> Json:
    shown: Json = {
        "metric": metric,
        "label": about.get("label"),
        "unit": about.get("unit", ""),
        "kind": about.get("kind", ""),
        "data": about.get("data", keeping.OTHER),
        "value": value,
        "measured_at": time_text(measured),
        "age_seconds": max(0, at - measured) // 1000,
    }
    words = about.get("values", {}).get(value) if isinstance(value, str) else None
    if words:
        shown["words"] = words
    if old is not None and about.get("kind") != "spot":  # what is measured by hand is dated, not old
        shown["stale"] = at - measured > old
    return shown
