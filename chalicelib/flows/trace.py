"""One device's timeline for operators: from the message that came to the notice that reached somebody.

It says that something was measured, noticed, told and done, and when: never what was measured, nor what was wished for. Rows
that other parts keep, read by key: nothing is written for a trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import unread
from chalicelib.flows.alert_log import told_to_contact
from chalicelib.flows.devices import time_text
from chalicelib.iot.reach import SENT
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.ticks import DAY
from chalicelib.store import alerts, arrivals, devices, reached, set_aside, wishes
from chalicelib.store.alerts import Listed, Told
from chalicelib.store.arrivals import Arrived
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store

Json = dict[str, Any]
Entry = tuple[Millis, Json]
SPAN_MAX = 7 * DAY
BACK = 7 * DAY  # an alert that opened, or a reading measured, so long before is found in what happens now
ENTRIES_MAX = 2000
ORDER = ("message", "set_aside", "alert_opened", "told", "reached", "acknowledged", "alert_closed")  # of one instant


def of_device(
    store: Store, now: datetime, device: str, *, since: datetime | None = None, until: datetime | None = None
) -> Json:
    """`{device, contract, from, to, items, alerts, complete}`: the last day when nothing is said, a week at most.

    `contract` has the device now; None once it was let go.

    Raises Invalid for a longer span, NotFound for a device that nobody has heard of.
    """
    last = to_millis(until) if until else to_millis(now)
    first = to_millis(since) if since else last - DAY
    if first > last:
        raise Invalid("from", "out_of_range", "earlier_than_to")
    if last - first > SPAN_MAX:
        raise Invalid("from", "out_of_range", "a_week_at_most")
    messages = _messages(store, device, first, last)
    aside = list(_aside(store, device, first, last))
    held = devices.load(store, device)
    homes = _homes(store, device, held)
    if not homes and not aside and not messages:
        raise NotFound("device")
    entries = [*map(_message, messages), *aside, *_wishes(store, device, first, last)]
    noticed: list[tuple[str, Listed]] = []
    for contract in homes:
        own = _alerts(store, contract, device, first, last)
        noticed += [(contract, alert) for alert in own]
        told = [*_told(store, contract, device, first, last), *told_to_contact(store, contract, own, first, last)]
        entries += _reached(store, contract, told)
    entries += [entry for contract, alert in noticed for entry in _alert(contract, alert)]
    inside = sorted((entry for entry in entries if first <= entry[0] <= last), key=_place)
    shown = inside[:ENTRIES_MAX]
    received = {one.batch: one.received for one in messages}
    return {
        "device": device,
        "contract": held.device.contract if held and held.released is None else None,
        "from": time_text(first),
        "to": time_text(last),
        "items": [{"at": time_text(at), **entry} for at, entry in shown],
        "alerts": [_chain(alert, received, inside) for _, alert in noticed],
        "complete": len(shown) == len(inside),
    }


def _place(entry: Entry) -> tuple[Millis, int]:
    at, shown = entry
    return at, ORDER.index(shown["kind"]) if shown["kind"] in ORDER else len(ORDER)


def _homes(store: Store, device: str, held: Held | None) -> list[str]:
    """The contracts that have the device, or had it."""
    owners = devices.owners(store, device, held)
    return list(dict.fromkeys(owner.contract for owner in owners))


# what came


def _messages(store: Store, device: str, first: Millis, last: Millis) -> list[Arrived]:
    """Messages that were received in the span, put together from the history's rows: one of hours offline has several."""
    found: dict[str, Arrived] = {}
    for row in arrivals.of_device(store, device, first - BACK, last):
        if first <= row.received <= last:
            known = found.get(row.batch)
            found[row.batch] = row if known is None else known.joined(row)
    return list(found.values())


def _message(one: Arrived) -> Entry:
    shown = {"kind": "message", "batch": one.batch, "readings": one.count, "kept_apart": one.apart}
    return one.received, shown | {"measured_from": time_text(one.first), "measured_to": time_text(one.last)}


def _aside(store: Store, device: str, first: Millis, last: Millis) -> Iterator[Entry]:
    """Messages that were set aside in the span, and those that were played again in it."""
    after = ""
    while True:
        page = set_aside.of_device(store, device, first - BACK, last, after=after, limit=50)
        for row in page.rows:
            one = set_aside.of_row(row)
            about = {"reason": one.reason, "told": unread.words(one.reason)["told"], "rest_taken_in": one.part}
            yield one.received, {"kind": "set_aside", **about, "state": one.state}
            if one.at is not None:
                yield one.at, {"kind": "replayed", **about, "by": one.by}
        if page.after is None:
            return
        after = page.after["item"]["S"]


# what was noticed, and who heard of it


def _alerts(store: Store, contract: str, device: str, first: Millis, last: Millis) -> list[Listed]:
    found = [
        alert
        for page in alerts.pages(store, contract, first=first - BACK, last=last)
        for alert in page
        if alert.device == device
    ]
    return [alert for alert in found if alert.closed_at is None or alert.closed_at >= first]


def _alert(contract: str, alert: Listed) -> Iterator[Entry]:
    about = {"contract": contract, "alert": alert.id, "watch": alert.watch, "level": alert.level}
    opened: Json = {"kind": "alert_opened", **about, "cause": alert.cause or "tick"}
    yield alert.opened_at, opened | {"measured_at": time_text(alert.measured_at)}
    if alert.acknowledged_at is not None:
        yield alert.acknowledged_at, {"kind": "acknowledged", **about, "by": alert.acknowledged_by}
    if alert.closed_at is not None:
        yield alert.closed_at, {"kind": "alert_closed", **about, "by": alert.ending.by or None}


def _told(store: Store, contract: str, device: str, first: Millis, last: Millis) -> list[Told]:
    return [one for one in alerts.told_between(store, contract, first, last) if one.device == device]


def _reached(store: Store, contract: str, told: list[Told]) -> Iterator[Entry]:
    """What people were told, and by which channel it reached them or did not."""
    for one, became in reached.of_told(store, contract, told).items():
        about = {"contract": contract, "alert": one.alert, "news": one.kind, "person": one.person}
        yield one.at, {"kind": "told", **about, "channels": list(one.channels)}
        for tried in became.tries:
            yield tried.at, {"kind": "reached", **about, "channel": tried.channel, "outcome": tried.outcome}


def _chain(alert: Listed, received: dict[str, Millis], entries: list[Entry]) -> Json:
    """The way of one alert: measured, received, noticed, first told, first reached."""
    own = [entry for entry in entries if entry[1].get("alert") == alert.id and entry[1].get("news") == "opened"]
    tells = [at for at, shown in own if shown["kind"] == "told"]
    reaches = [at for at, shown in own if shown["kind"] == "reached" and shown["outcome"] == SENT]
    return {
        "alert": alert.id,
        "watch": alert.watch,
        "cause": alert.cause or "tick",
        "measured_at": time_text(alert.measured_at),
        "received_at": time_text(received.get(alert.cause)),
        "opened_at": time_text(alert.opened_at),
        "first_told_at": time_text(min(tells, default=None)),
        "first_reached_at": time_text(min(reaches, default=None)),
        "closed_at": time_text(alert.closed_at),
    }


# what was wished for


def _wishes(store: Store, device: str, first: Millis, last: Millis) -> Iterator[Entry]:
    for one in wishes.latest(store, device, first - BACK):
        wish = one.wish
        about = {"wish": wish.id, "by": wish.by}
        yield wish.asked_at, {"kind": "wish_asked", **about, "settings": sorted(wish.settings)}
        if wish.sent_at is not None:
            yield wish.sent_at, {"kind": "wish_sent", **about}
        if wish.settled_at is not None:
            yield wish.settled_at, {"kind": "wish_settled", **about, "outcome": wish.outcome}
