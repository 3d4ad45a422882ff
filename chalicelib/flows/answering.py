"""Ask the person first: the one-time link in the question, and the answer that all is well, however it comes.

The link needs no sign-in. Its token is made from a secret that only the outbox entry of the question holds, and only the
token's hash is stored: nobody who reads a table can answer. Looking at the page does nothing, since mail scanners look at
every link; pressing its button twice is pressing it once. An answer is an acknowledgement: nobody else is woken.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import alert_log, alerts
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.sentences import LANGUAGES, both
from chalicelib.iot import alerts as transitions
from chalicelib.iot import house
from chalicelib.iot.alerts import Alert
from chalicelib.iot.reading import AHEAD_MAX, HOUR, from_millis, to_millis
from chalicelib.store import alerts as rows
from chalicelib.store import devices, people
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store

Json = dict[str, Any]


def with_link(store: Store, body: Mapping[str, Any], person: str) -> Mapping[str, Any]:
    """The entry of a question with this person's link; without one where the deployment has no public address.

    The token's hash is stored before anything leaves. A repeat makes the same token, and stores the same row.
    """
    home = settings.current().public_url
    if body["kind"] != "asked" or not body.get("secret") or not home:
        return body
    sealed = hmac.new(body["secret"].encode(), person.encode(), hashlib.sha256).digest()[:24]
    token = urlsafe_b64encode(sealed).decode()
    kept = house.value("answer_link_hours", japan_day(from_millis(body["at"]))) * HOUR
    row = rows.Question(body["contract"], body["alert"], person, body["at"] + kept)
    rows.keep_question(store, _hash(token), row)
    return {**body, "link": f"{home}/v1/answers/{token}"}


def asked_by(store: Store, now: datetime, token: str) -> Json:
    """What the page of a link shows: the sentence in both languages, and whether an answer is still wanted. Raises NotFound."""
    question = _question(store, now, token)
    known = rows.load(store, question.contract, question.alert)
    if known is None:
        raise NotFound("answer")
    name = alert_log.Names(store, question.contract).of(known.device)
    wanted = known.closed_at is None and not known.acknowledged_by
    return {"sentence": both(alert_log.said(known, name)), "languages": LANGUAGES, "wanted": wanted}


def by_link(store: Store, now: datetime, token: str) -> None:
    """Somebody pressed the button behind their link. Raises NotFound for a token that nobody was sent, or that is too old."""
    question = _question(store, now, token)
    known = rows.load(store, question.contract, question.alert)
    if known is None:
        raise NotFound("answer")
    _answer(store, now, question.contract, known.device, lambda one: question.person if one.id == known.id else "")


def _question(store: Store, now: datetime, token: str) -> rows.Question:
    question = rows.question(store, _hash(token))
    if question is None or question.until <= to_millis(now):
        raise NotFound("answer")
    return question


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def send(store: Store, entry: Entry, now: datetime) -> None:
    """Lets a pressed button answer: the questions of all devices of the contract, and what its own device cried out."""
    contract, device, at = entry.body["contract"], entry.body["device"], entry.body["at"]

    def who(own: bool) -> Callable[[Alert], str]:
        def of(one: Alert) -> str:
            asked = [person for person, when in one.asked if when <= at + AHEAD_MAX]
            cried = own and one.condition == "event" and one.opened_at <= at + AHEAD_MAX
            return asked[0] if asked else "watched" if cried else ""

        return of

    held = devices.load_many(store, people.load(store, contract).devices)
    for id in sorted(held):
        if any(one.is_open and not one.acknowledged_by and who(id == device)(one) for one in held[id].device.alerts):
            _answer(store, now, contract, id, who(id == device))


def _answer(store: Store, now: datetime, contract: str, device: str, who: Callable[[Alert], str]) -> None:
    """Answers those open alerts of a device for which `who` names somebody. Doing it again changes nothing."""

    def attempt(again: bool) -> None:
        held = devices.load(store, device)
        if held is None or held.device.contract != contract:
            return
        changed = []
        for one in held.device.alerts:
            after = transitions.answer(one, who(one), to_millis(now)) if who(one) else one
            if after is not one:
                changed.append(after)
        if changed:
            store.commit(alerts.quiet_change(store, held, changed, now))

    until_settled(attempt)
