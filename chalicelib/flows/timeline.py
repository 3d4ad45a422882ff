"""One contract's whole life as operators read it: what happened and what comes, from every place that knows of it.

Newest first; what is still to come stands above what happened. Nothing is written for it: the audit log, the notices, the
alerts, the devices and their wishes are read where they lie, and what comes is the calendar's. It says that something was
noticed or wished for, never what was measured, and its words are those that the calendar, the mails and the tasks have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from chalicelib.billing import calendar as reckoning
from chalicelib.contracts import tasks
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, at_japan, japan_day
from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import calendar, outbox, rules, sentences, views
from chalicelib.flows.alert_log import Names, said
from chalicelib.flows.devices import time_text
from chalicelib.flows.tasks import texts as task_texts
from chalicelib.iot.reading import Millis, from_millis, to_millis
from chalicelib.iot.wishes import state_of
from chalicelib.store import alerts, codec, devices, people, wishes
from chalicelib.store import contracts as rows
from chalicelib.store.contracts import Journal
from chalicelib.store.transact import Store

Json = dict[str, Any]
COMING_MONTHS = 12
_OF_KIND = {
    **dict.fromkeys(("invoice_issued", "overdue", "charged", "bought", "billing_held", "billing_released"), "bill"),
    **dict.fromkeys(("paid", "payment_failed", "payment_due", "payment_drawn", "payment_late", "demanded"), "payment"),
    **dict.fromkeys(("payment_method_registered", "payment_method_usable", "demand_deadline"), "payment"),
    **dict.fromkeys(("may_be_suspended", "may_be_terminated"), "payment"),
    **dict.fromkeys(("refund_opened", "refund_claimed", "refund_paid"), "refund"),
    **dict.fromkeys(("shipped", "delivered", "delivery_failed", "installed", "reinstalled", "returned"), "equipment"),
    **dict.fromkeys(("return_reported", "lost", "absent", "visit", "visit_fixed", "shipping_held"), "equipment"),
    **dict.fromkeys(("gateway_linked", "gateway_unlinked", "device_passed_on", "device_returned"), "equipment"),
}
SECOND = 1000


def _key(happened: bool, at: Millis, place: str) -> tuple[bool, str, str]:
    return not happened, f"{at:014d}", place


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `place` tells entries of one instant apart, and sorts them."""

    at: datetime
    place: str
    group: str
    kind: str
    happened: bool = True
    words: Mapping[str, str] = field(default_factory=dict)  # by language; none where no text exists
    rules: tuple[str, ...] = ()
    by: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[bool, str, str]:
        return _key(self.happened, to_millis(self.at), self.place)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of which contract, at which instant, and what a page needs: so many entries below a key."""

    store: Store
    now: datetime
    contract: Contract
    terms: Terms
    below: tuple[bool, str, str] | None
    count: int


def shown(store: Store, now: datetime, contract_id: str, *, group: str = "", limit: int = 50, cursor: str = "") -> Json:
    """A page of the timeline, of one group or of all. Raises NotFound, Invalid for a wrong cursor."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    terms = rules.of(store, contract.service).part(contract.plan)
    asked = _Asked(store, now, contract, terms, _below(cursor), limit + 1)
    found = [
        entry
        for source in _SOURCES
        for entry in source(asked)
        if group in ("", entry.group) and (asked.below is None or entry.key < asked.below)
    ]
    found.sort(key=lambda entry: entry.key, reverse=True)
    page = found[:limit]
    following = {"next": views.closed([str(int(page[-1].key[0])), *page[-1].key[1:]])} if len(found) > limit else {}
    return {"contract": contract_id, "items": [_json(entry) for entry in page], **following}


def _below(cursor: str) -> tuple[bool, str, str] | None:
    place = views.opened(cursor)
    if not place:
        return None
    if len(place) != 3 or not (place[1].isascii() and place[1].isdigit()):
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    return place[0] == "1", place[1], place[2]


def _json(entry: Entry) -> Json:
    return {
        "at": codec.instant_text(entry.at),
        "group": entry.group,
        "kind": entry.kind,
        "happened": entry.happened,
        "text": dict(entry.words) or None,
        "rules": list(entry.rules),
        "by": entry.by or None,
        "about": codec.plain(dict(entry.about)),
    }


# what the contract itself knows


def _log(asked: _Asked) -> Iterator[Entry]:
    """The audit log and the notices, commit by commit."""
    invoices = {invoice.key: invoice for invoice in rows.invoices(asked.store, asked.contract.id)}
    for number, journal in enumerate(rows.journals(asked.store, asked.contract.id)):
        events = [calendar.event_of(event) for event in journal.events]
        moments = list(reckoning.happened(events, invoices))
        for place, (event, moment) in enumerate(zip(events, moments, strict=True)):
            about = {name: value for name, value in moment.figures.items() if name != "items"}
            name = f"{number:06d}.{place:03d}"
            group = _OF_KIND.get(event.kind, "contract")
            words = calendar.words(moment, asked.terms)
            yield Entry(event.at, name, group, event.kind, True, words, event.cites, event.by, about)
        yield from _notices(number, journal, [event.at for event in events])


def _notices(number: int, journal: Journal, instants: list[datetime]) -> Iterator[Entry]:
    """A notice knows its day; it left with what happened on it."""
    for place, notice in enumerate(journal.notices):
        day = date.fromisoformat(notice["on"])
        at = next((instant for instant in instants if japan_day(instant) == day), at_japan(day, time()))
        words = outbox.subjects(notice["kind"], {**notice["figures"], "day": notice["on"]})
        yield Entry(at, f"{number:06d}.n{place:02d}", "notice", notice["kind"], True, words, about=notice["figures"])


def _coming(asked: _Asked) -> Iterator[Entry]:
    if asked.below is not None and not asked.below[0]:
        return  # the page lies in the past
    until = add_months(japan_day(asked.now), COMING_MONTHS)
    found = reckoning.calendar(asked.contract, asked.terms, asked.now, until, (), ())
    for place, moment in enumerate(found.moments):
        if not moment.happened:
            about = {name: value for name, value in moment.figures.items() if name != "items"}
            cites = (moment.rule,) if moment.rule else ()
            group = _OF_KIND.get(moment.kind, "contract")
            words = calendar.words(moment, asked.terms)
            yield Entry(at_japan(moment.on, time()), f"c{place:04d}", group, moment.kind, False, words, cites, "", about)


def _tasks(asked: _Asked) -> Iterator[Entry]:
    """What waits for a person, on the day since when it does."""
    for place, task in enumerate(tasks.tasks(asked.contract, asked.terms, japan_day(asked.now))):
        about = {"about": task.about, "due": task.due}
        yield Entry(
            at_japan(task.since, time()),
            f"t{place:03d}",
            "task",
            task.kind,
            True,
            task_texts()[task.kind],
            (task.rule,),
            "",
            about,
        )


# what its home knows


def _alerts(asked: _Asked) -> Iterator[Entry]:
    """As many as a page can need: a home has more alerts in a year than anybody reads."""
    names = Names(asked.store, asked.contract.id)
    pages = alerts.pages(asked.store, asked.contract.id, last=_last_instant(asked), newest_first=True, size=asked.count)
    below = (alert for page in pages for alert in page if _is_below(asked, alert.opened_at, alert.id))
    for alert in islice(below, asked.count):
        news = said(alert, names.of(alert.device))
        words = {language: sentences.watch_name(news, language) for language in sentences.LANGUAGES}
        about = {
            "alert": alert.id,
            "device": alert.device,
            "level": alert.level,
            "acknowledged_at": time_text(alert.acknowledged_at),
            "acknowledged_by": alert.acknowledged_by or None,
            "closed_at": time_text(alert.closed_at),
        }
        yield Entry(from_millis(alert.opened_at), alert.id, "alert", "alert_opened", True, words, about=about)


def _devices(asked: _Asked) -> Iterator[Entry]:
    held = devices.load_many(asked.store, people.load(asked.store, asked.contract.id).devices)
    for id, one in held.items():
        owner = next((o for o in devices.owners(asked.store, id, one) if o.contract == asked.contract.id), None)
        words = calendar.texts()["silent"]
        about = {"device": id, "model": one.device.model, "serial_number": one.serial_number or None}
        if one.device.contract == asked.contract.id:
            claimed = from_millis(one.device.claimed_at)
            yield Entry(claimed, f"d{id}", "device", "device_claimed", True, words["device_claimed"], about=about)
        if owner is not None and owner.until != devices.LATEST:
            gone = from_millis(owner.until)
            yield Entry(gone, f"d{id}", "device", "device_gone", True, words["device_gone"], about=about)


def _wishes(asked: _Asked) -> Iterator[Entry]:
    for device in people.load(asked.store, asked.contract.id).devices:
        own = (one for one in wishes.latest(asked.store, device, 0) if one.contract == asked.contract.id)
        below = (one for one in own if _is_below(asked, one.wish.asked_at, one.wish.id))
        for one in islice(below, asked.count):
            wish = one.wish
            about = {
                "wish": wish.id,
                "device": device,
                "settings": sorted(wish.settings),
                "state": state_of(wish, to_millis(asked.now)),
                "settled_at": time_text(wish.settled_at),
            }
            asked_for = calendar.texts()["silent"]["wish_asked"]
            yield Entry(from_millis(wish.asked_at), wish.id, "wish", "wish_asked", True, asked_for, by=wish.by, about=about)


def _last_instant(asked: _Asked) -> Millis:
    happened = asked.below is not None and not asked.below[0]
    return int(asked.below[1]) if happened and asked.below else to_millis(asked.now) + SECOND


def _is_below(asked: _Asked, at: Millis, place: str) -> bool:
    return asked.below is None or _key(True, at, place) < asked.below


_SOURCES = (_log, _coming, _tasks, _alerts, _devices, _wishes)
