"""Devices of a contract: look at them, name them, read their history; and what is to be known of a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.contracts import terms
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NotFound
from chalicelib.iot import models, watching
from chalicelib.iot.maintenance import Maintenance
from chalicelib.iot.reading import AHEAD_MAX, Millis, Reading, from_millis, to_millis
from chalicelib.iot.wishes import is_stale
from chalicelib.store import codec, devices, people
from chalicelib.store import contracts as rows
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, WriteRefused

Json = dict[str, Any]
ENDED = ("refused", "ended")  # states of a contract that is over


def of_contract(store: Store, contract: str, device: str) -> Held:
    """The device, if it is this contract's. Another's looks like none."""
    held = devices.load(store, device)
    if held is None or held.device.contract != contract:
        raise NotFound("device")
    return held


def name_it(store: Store, now: datetime, contract: str, device: str, label: str) -> Json:
    """What its people call a device from now on: its room, say. Raises NotFound."""
    of_contract(store, contract, device)
    try:
        store.write(devices.labelled(store, device, contract, " ".join(label.split())))
    except WriteRefused:
        raise NotFound("device") from None
    return device_json(of_contract(store, contract, device), to_millis(now))


def listing(store: Store, now: datetime, contract: str, only: Collection[str] = (), since: datetime | None = None) -> Json:
    """A contract's devices in the order of claiming; for a dealer `only` those that it sold, `since` the link (ORM-PRO-1)."""
    held = devices.load_many(store, people.load(store, contract).devices)
    own = [one for id, one in held.items() if one.device.contract == contract and (not only or id in only)]
    shown = sorted(own, key=lambda one: one.device.order)
    hours = _stale_after(store, contract, now) if shown else None
    return {"items": [device_json(seen_from(one, since), to_millis(now), hours) for one in shown]}


def view(
    store: Store, now: datetime, contract: str, device: str, only: Collection[str] = (), since: datetime | None = None
) -> Json:
    if only and device not in only:
        raise NotFound("device")
    found = of_contract(store, contract, device)
    return device_json(seen_from(found, since), to_millis(now), _stale_after(store, contract, now))


def seen_from(held: Held, since: datetime | None) -> Held:
    """The device without what it measured, and what was asked of it, before an instant; None: as it is."""
    if since is None:
        return held
    at = to_millis(since)
    return held._replace(device=watching.without_before(held.device, at), since=max(held.since, at))


def _stale_after(store: Store, contract: str, now: datetime) -> int | None:
    """After how many hours the service shows a value as old; None where its terms say nothing of it (ORM-SET-1)."""
    found = rows.load(store, contract)
    figures = terms.load(found.service) if found else None
    key = figures.section("link").get("stale_after") if figures else None
    return int(figures.value(key, japan_day(now))) if figures and key else None


def device_json(held: Held, now: Millis, stale_after: int | None = None) -> Json:
    """A device as its people see it, each value with whether it is old where the service says when. Names are the family's."""
    device = held.device

    def value_json(metric: str, at: Millis, value: Any) -> Json:
        shown: Json = {"value": value, "measured_at": time_text(at), "unit": metrics.get(metric, {}).get("unit", "")}
        return shown | ({} if stale_after is None else {"stale": is_stale(at, now, stale_after)})

    metrics = models.metrics(device.model)
    return {
        "device": device.id,
        "contract": device.contract,
        "model": device.model,
        "label": held.label or None,
        "serial_number": held.serial_number or None,
        "claimed_at": time_text(device.claimed_at),
        "released_at": time_text(held.released),
        "replaced_by": held.replaced_by or None,
        "certificate_id": held.certificate or None,
        "topic": f"mimamori/{settings.current().stage}/{device.id}/readings",
        "urgent_topic": f"mimamori/{settings.current().stage}/{device.id}/urgent",
        "last_received_at": time_text(device.last_received),
        "values": {metric: value_json(metric, at, value) for metric, (at, value) in watching.last_values(device).items()},
        **({} if device.apart is None else {"last_apart": _apart_json(device.apart)}),
        "watches": [watch.name for watch in device.watches],
        "open_alerts": [alert.id for alert in device.alerts if alert.is_open],
        "maintenance": maintenance_json(device.maintenance, now),
    }


def maintenance_json(known: Maintenance | None, now: Millis) -> Json | None:
    """As people see it; nothing once it is over."""
    if known is None or known.until <= now:
        return None
    return {
        "since": time_text(known.since),
        "until": time_text(known.until),
        "by": known.by,
        "reason": known.reason or None,
        "include_critical": known.include_critical,
    }


def _apart_json(apart: watching.Apart) -> Json:
    """The last value that cannot be: shown as what it is, among no others."""
    times = {"measured_at": time_text(apart.measured_at), "received_at": time_text(apart.received_at)}
    return {"metric": apart.metric, "value": apart.value, **times}


def known_models() -> Json:
    """All models that we know, by name."""
    return {"items": [model_json(name) for name in models.names()]}


def model_json(name: str) -> Json:
    """A model as its people see it: what it measures, what the watched person sees, what may be watched and wished for."""
    about = models.find(name)
    if not about:
        return {}
    plain = {key: about[key] for key in ("name", "every_minutes", "function", "sees", "records_not") if key in about}
    return {
        "model": name,
        **plain,
        "metrics": [{"metric": metric, **_shown(facts)} for metric, facts in models.metrics(name).items()],
        "watches": [_shown(offered) for offered in about.get("watches", ())],
        "settings": [{"setting": setting, **_shown(facts)} for setting, facts in about.get("settings", {}).items()],
    }


def model_view(name: str) -> Json:
    """Raises NotFound for a model that we do not know."""
    found = model_json(name)
    if not found:
        raise NotFound("model")
    return found


_OF_ALL = ("label", "unit", "type", "kind", "usual", "possible", "values", "name", "settings", "adjust")
_SHOWN = (*_OF_ALL, "range", "choices", "whole", "upkeep")


def _shown(facts: Mapping[str, Any]) -> Json:
    """What concerns people, without how the house reckons with it."""
    return {key: facts[key] for key in _SHOWN if key in facts}


def time_text(at: Millis | None) -> str | None:
    return None if at is None else codec.instant_text(from_millis(at))


def readings(
    store: Store,
    now: datetime,
    contract: str,
    device: str,
    *,
    metric: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """Readings by the time they were measured, the latest first; each once, however often it arrived."""
    own_first, own_last = _own_span(store, contract, device)
    last = to_millis(until) if until else to_millis(now) + AHEAD_MAX
    skip = 0
    if cursor:
        last, skip = _place(cursor)
    first = max(to_millis(since) if since else 0, own_first)
    found = _latest(store, device, metric, first, min(last, own_last), skip + limit + 1)
    page = found[skip : skip + limit]
    answer: Json = {"items": [_reading_json(reading) for reading in page]}
    if len(found) > skip + limit:
        at = page[-1].measured_at
        answer["next"] = f"{at}-{sum(reading.measured_at == at for reading in found[: skip + limit])}"
    return answer


def _own_span(store: Store, contract: str, device: str) -> tuple[Millis, Millis]:
    """From when to when what a device told is this contract's to read: a new owner sees none of the old one's (ORM-GWT-4)."""
    held = devices.load(store, device)
    if held is not None and held.device.contract == contract:
        return held.since, held.released or devices.LATEST
    past = [owner for owner in devices.owners(store, device, held) if owner.contract == contract]
    if not past:
        raise NotFound("device")
    return past[-1].since, past[-1].until


def _latest(store: Store, device: str, metric: str, first: Millis, last: Millis, wanted: int) -> list[Reading]:
    """The latest `wanted` readings in order. Rows overlap by an hour at most: what lies later is final."""
    found: dict[tuple[str, Millis, int | None], Reading] = {}
    for begins, kept in devices.history(store, device, first, last):
        if len(found) >= wanted:
            final = sum(reading.measured_at > begins + devices.HISTORY_SPAN for reading in found.values())
            if final >= wanted:
                break
        for reading in kept:
            if first <= reading.measured_at <= last and metric in ("", reading.metric):
                found[reading.metric, reading.measured_at, reading.seq] = reading
    ordered = sorted(found.values(), key=lambda r: (-r.measured_at, r.metric, -1 if r.seq is None else r.seq))
    return ordered[:wanted]


def _place(cursor: str) -> tuple[Millis, int]:
    at, _, skip = cursor.partition("-")
    if not (at.isdigit() and skip.isdigit() and len(at) <= 15 and len(skip) <= 6):
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    return int(at), int(skip)


def _reading_json(reading: Reading) -> Json:
    shown: Json = {"metric": reading.metric, "value": reading.value, "measured_at": time_text(reading.measured_at)}
    if reading.seq is not None:
        shown["seq"] = reading.seq
    return shown | ({"apart": "impossible"} if reading.apart else {})
