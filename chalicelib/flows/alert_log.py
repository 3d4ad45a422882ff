"""The log of a contract's alerts: search it, look at one of them, and who was told what (LRH-MON-4).

A page is found by the time of opening, which is the key; everything else is looked for among what lies there, up to
`LOOKED_MAX` rows a request: a page may then hold fewer than asked for, and its cursor goes on.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import sentences
from chalicelib.flows.devices import time_text
from chalicelib.flows.households import HOLDER
from chalicelib.flows.sentences import LANGUAGES, Said
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.iot.ticks import DAY
from chalicelib.iot.vocabulary import LEFT
from chalicelib.store import alerts, devices, people, reached
from chalicelib.store.alerts import Listed, Told
from chalicelib.store.devices import Held
from chalicelib.store.people import People
from chalicelib.store.reached import Became
from chalicelib.store.transact import Row, S, Store

Json = dict[str, Any]
Called = Callable[[str], str]  # a person's id → the name that was chosen for them, or nothing
LOOKED_MAX = 1000  # rows of one request: a second of reading at most, whatever nobody has
PAGE = 100
SPOKEN_OF = 2 * DAY  # who was asleep hears of an end within so long
_LATEST = 253_402_300_799_000


def listing(
    store: Store,
    contract: str,
    *,
    device: str = "",
    watch: str = "",
    level: str = "",
    open: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    newest_first: bool = False,
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """Alerts in the order of opening that fit what is looked for; `text` is looked for in the sentences."""
    plain = {"device": device, "watch": watch, "level": level}
    wanted = {name: value for name, value in plain.items() if value}
    names = Names(store, contract)

    def fits(alert: Listed) -> bool:
        if any(getattr(alert, name) != value for name, value in wanted.items()):
            return False
        if open is not None and (alert.closed_at is None) is not open:
            return False
        return not text or text.casefold() in _searched(alert, names.of(alert.device))

    how: dict[str, Any] = {"only_open": open is True, "newest_first": newest_first}
    how |= {"first": to_millis(since) if since else 0, "last": to_millis(until) if until else _LATEST}
    after = _opened(cursor, "alert#").removeprefix("alert#")
    size = PAGE if wanted or text or open is False else limit
    found, last = _some(alerts.pages(store, contract, after=after, size=size, **how), fits, limit)
    names.load(one.device for one in found)
    answer: Json = {"items": [alert_json(contract, one, names.of(one.device), names.called) for one in found]}
    return answer | ({"next": _cursor(f"alert#{last}")} if last else {})


def _some(pages: Iterable[list[Listed]], fits: Callable[[Listed], bool], limit: int) -> tuple[list[Listed], str]:
    """As many as wanted, and after which alert to go on ("" at the end)."""
    found: list[Listed] = []
    looked, last = 0, ""
    for page in pages:
        for alert in page:
            if len(found) == limit or looked == LOOKED_MAX:
                return found, last
            looked, last = looked + 1, alert.id
            if fits(alert):
                found.append(alert)
    return found, ""


def view(store: Store, now: datetime, contract: str, id: str) -> Json:
    """One alert, who was told of it when, and who is told next while nobody has it in hand. Raises NotFound."""
    alert = alerts.load(store, contract, id)
    if alert is None:
        raise NotFound("alert")
    names = Names(store, contract)
    spoken_of = _LATEST if alert.closed_at is None else alert.closed_at + SPOKEN_OF
    spoken = [*alerts.told_between(store, contract, alert.opened_at, spoken_of)]
    spoken += told_to_contact(store, contract, [alert], alert.opened_at, spoken_of)
    told = [one for one in spoken if one.alert == id]
    shown = alert_json(contract, alert, names.of(alert.device), names.called)
    return shown | {"told": _told_jsons(names, told), "next": _next(store, now, names.known.get(alert.device), id)}


def _next(store: Store, now: datetime, held: Held | None, id: str) -> list[Json]:
    if held is None or held.device.alert(id) is None:
        return []
    from chalicelib.flows import told_next  # brings every channel along: the log itself needs none of them

    return told_next.of_alert(store, now, held, id)


def told(store: Store, contract: str, *, limit: int = 50, cursor: str = "") -> Json:
    """A page of who was told what, in the order of time, then of alerts."""
    item = _opened(cursor, "told#")
    after: Row | None = {"contract": S(contract), "item": S(item)} if item else None
    found, last = alerts.told_of(store, contract, after=after, limit=limit)
    answer: Json = {"items": _told_jsons(Names(store, contract), found)}
    return answer | ({"next": _cursor(last["item"]["S"])} if last else {})


def told_to_contact(store: Store, contract: str, about: Iterable[Listed], first: Millis, last: Millis) -> list[Told]:
    """What whoever holds the contract was told of some alerts, where nobody was added: it stands in the delivery log only."""
    known = {alert.id: alert for alert in about}
    return [
        Told(one.alert, known[one.alert].device, known[one.alert].watch, one.kind, one.person, HOLDER.channels, one.at)
        for one in reached.to_contact(store, contract, first, last)
        if one.alert in known
    ]


class Names:
    """What devices and people of a contract are called, read when somebody asks, devices at once where it is known who will."""

    def __init__(self, store: Store, contract: str, *known: Held) -> None:
        self.store, self.contract = store, contract
        self.known: dict[str, Held | None] = {held.device.id: held for held in known}
        self.people: People | None = None

    def called(self, person: str) -> str:
        """The name by which somebody is shown; empty where none was chosen."""
        if self.people is None:
            self.people = people.load(self.store, self.contract)
        return self.people.called(person)

    def load(self, ids: Iterable[str]) -> None:
        missing = sorted({id for id in ids if id not in self.known})
        if missing:
            self.known |= dict.fromkeys(missing)
            self.known |= devices.load_many(self.store, missing)

    def of(self, id: str) -> tuple[str, str]:
        """Label and model. A device that has gone on to another contract has a label of other people's."""
        self.load([id])
        held = self.known[id]
        if held is None:
            return "", ""
        return (held.label if held.device.contract == self.contract else ""), held.device.model


def said(alert: Listed, name: tuple[str, str]) -> Said:
    """The alert as its sentence needs it."""
    label, model = name
    return Said(
        device=alert.device,
        watch=alert.watch,
        level=alert.level,
        condition=alert.condition,
        opened_at=alert.opened_at,
        value=alert.value,
        label=label,
        model=model,
        facts=alert.facts,
        closed_at=alert.closed_at,
    )


def alert_json(contract: str, alert: Listed, name: tuple[str, str], called: Called) -> Json:
    """An alert as people see it. `measured_at` and `value` are left out when a tick opened it. `called`: a person's name."""
    shown: Json = {
        "alert": alert.id,
        "contract": contract,
        "device": alert.device,
        "watch": alert.watch,
        "level": alert.level,
        "opened_at": time_text(alert.opened_at),
    }
    if alert.measured_at is not None:
        shown |= {"measured_at": time_text(alert.measured_at), "value": alert.value}
    return shown | {
        "closed_at": time_text(alert.closed_at),
        "closed_by": alert.ending.by or None,
        "close_reason": alert.ending.reason or None,
        "close_note": alert.ending.note or None,
        "acknowledged_by": alert.acknowledged_by or None,
        "acknowledged_at": time_text(alert.acknowledged_at),
        "answered": alert.answered,
        "in_maintenance": alert.in_maintenance,
        "snoozed_until": time_text(alert.snoozed_until),
        "sentence": sentences.both(said(alert, name)),
        "followed": [{language: line(language) for language in LANGUAGES} for line in _followed(alert, called)],
    }


def _followed(alert: Listed, called: Called) -> list[Callable[[str], str]]:
    """What became of it, as lines of the log."""
    lines: list[Callable[[str], str]] = []
    if alert.acknowledged_by:
        at = alert.acknowledged_at or alert.opened_at
        done = "answered" if alert.answered else "acknowledged"
        lines.append(lambda language: _line(done, language, alert, at, alert.acknowledged_by, called))
    if alert.closed_at is not None:
        end, kind = alert.closed_at, _ended_by(alert)
        lines.append(lambda language: _line(kind, language, alert, end, alert.ending.by, called))
    return lines


def _ended_by(alert: Listed) -> str:
    if alert.ending.by:
        return "closed"
    return "left" if alert.ending.reason == LEFT else "over"


def _line(kind: str, language: str, alert: Listed, at: Millis, person: str, called: Called) -> str:
    book = sentences.texts()
    reason = book["reason"].get(alert.ending.reason or "other", {}).get(language, "")
    words: str = book["followed"][kind][language]
    return words.format(
        at=sentences.moment(at, alert.opened_at, language),
        person=book["role"].get(person, {}).get(language) or sentences.named(person, called(person), language),
        reason=f"{reason}: {alert.ending.note}" if alert.ending.note else reason,
    )


def _searched(alert: Listed, name: tuple[str, str]) -> str:
    news = said(alert, name)
    words = [sentences.sentence(news, language) for language in LANGUAGES]
    words += [sentences.watch_name(news, language) for language in LANGUAGES]
    return " ".join((*words, alert.ending.note)).casefold()


def _told_jsons(names: Names, told: Sequence[Told]) -> list[Json]:
    became = reached.of_told(names.store, names.contract, told)
    return [_told_json(names.contract, one, became[one]) | {"name": names.called(one.person) or None} for one in told]


def _told_json(contract: str, told: Told, became: Became) -> Json:
    return {
        "contract": contract,
        "alert": told.alert,
        "device": told.device,
        "watch": told.watch,
        "person": told.person,
        "kind": told.kind,
        "at": time_text(told.at),
        "channels": list(told.channels),
        "reached": [{"channel": one.channel, "at": time_text(one.at), "outcome": one.outcome} for one in became.tries],
        "waits_until": time_text(became.waits_until),
    }


def _cursor(item: str) -> str:
    return base64.urlsafe_b64encode(item.encode()).decode()


def _opened(cursor: str, kind: str) -> str:
    try:
        item = base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii") if cursor else ""
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page") from error
    if cursor and not item.startswith(kind):
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    return item
