"""How news reaches people: what the outbox calls for every entry of what was told.

Every mail has a key (alert, kind, person), so that a repeat is recognised at the other end. Channels other than mail are
recorded as told; their senders come later.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.flows.telling import words
from chalicelib.gateways import mail
from chalicelib.store import contracts, outbox, people
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store

OVER = ("ended", "refused")


def send(store: Store, entry: Entry, now: datetime) -> None:
    """Sends one entry's mails, each to one person. Somebody without an address, or removed meanwhile, gets none.

    Once the contract is over, nobody hears of the home any more (ORM-MON-4); while it is suspended they do, for safety.
    """
    body = entry.body
    contract = contracts.load(store, body["contract"])
    if contract is None or contract.state in OVER:
        return
    reach = people.load(store, body["contract"]).reach
    for place in range(entry.done, len(body["people"])):
        person = body["people"][place]
        known = reach.get(person, {})
        if known.get("email"):
            key = f"{body['contract']}#{body['alert']}#{body['kind']}#{person}"
            subject, text = words(body, known.get("language", "ja"))
            mail.connect().send(mail.Mail(key, known["email"], subject, text))
        if place + 1 < len(body["people"]):
            outbox.part_left(store, entry, place + 1)
