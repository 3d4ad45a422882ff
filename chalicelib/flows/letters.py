"""Mails about an account itself, to one address: few a day, since an address may be mistyped, and then is somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.dates import japan_day
from chalicelib.errors import Refused
from chalicelib.flows.attempts import until_settled
from chalicelib.iot import house
from chalicelib.store import letters, members, outbox
from chalicelib.store.codec import instant_text
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, Write


def write(
    store: Store, now: datetime, kind: str, email: str, language: str, figures: Mapping[str, Any], *, of: str = ""
) -> list[Write]:
    """The entries that count a mail and let it leave. Raises Refused when the address got its mails of the day.

    `of`: the account that lets it leave, which has no more in a day to all addresses together.
    """
    hashed, day = members.email_hash(email), japan_day(now)
    writes: list[Write] = []
    for whose in (hashed, *([f"of-{of}"] if of else [])):
        before = letters.sent_on(store, whose, day)
        if before >= house.value("account_mails_a_day", day):
            raise Refused("too_many_codes")
        writes.append(letters.one_more(store, whose, day, before, now))
    return [*writes, entry(store, now, kind, email, language, figures, f"letter#{hashed}#{instant_text(now)}")]


def entry(store: Store, now: datetime, kind: str, email: str, language: str, figures: Mapping[str, Any], cause: str) -> Write:
    """The entry that lets a mail leave, uncounted: for what only happens once."""
    body = {"kind": kind, "to": email, "language": language, "figures": dict(figures), "key": cause}
    return outbox.entry(store, "letter", cause, now, body)


def post(store: Store, now: datetime, kind: str, email: str, language: str) -> None:
    """Lets a mail leave; none, where the address got its mails of the day."""

    def attempt(again: bool) -> None:
        try:
            writes = write(store, now, kind, email, language, {})
        except Refused:
            return
        store.commit(writes)

    until_settled(attempt)


def send(waiting: Entry) -> None:
    """Hands one to the mail service."""
    from chalicelib.flows.outbox import notice_text  # which sends this, among others
    from chalicelib.gateways import mail

    body = waiting.body
    subject, text = notice_text(body["kind"], body["figures"], body["language"])
    mail.connect().send(mail.Mail(body["key"], body["to"], subject, text))
