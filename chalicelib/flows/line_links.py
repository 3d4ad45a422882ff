"""LINE: a person sends a code from the app to the company's account, and is told there from then on.

LINE repeats what it could not deliver: a code that the same user sent before is linked already, and stays it.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib import observe
from chalicelib.errors import Invalid, Refused, StoreError, Unauthenticated
from chalicelib.flows import addresses, reaching
from chalicelib.flows import people as flow
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import line
from chalicelib.gateways.delivery import NotDelivered
from chalicelib.members.roles import Caller
from chalicelib.store import line_links, people
from chalicelib.store.codec import instant_text
from chalicelib.store.line_links import Code
from chalicelib.store.people import People
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
VALID = timedelta(minutes=30)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike
LENGTH = 8
_CODE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")
EVENTS_MAX = 100  # of one webhook


def code(store: Store, now: datetime, asked: Asked, caller: Caller, name: str) -> Json:
    """A code that this person sends to our account in LINE, once, within half an hour."""

    def how(before: People) -> tuple[People, Json, list[Write]]:
        flow.users_only(store, now, asked.contract, addresses.own_reach(before, caller, name))
        made, until = "".join(secrets.choice(LETTERS) for _ in range(LENGTH)), now + VALID
        writes = [people.unchanged(store, asked.contract, before)]
        writes.append(line_links.write_code(store, made, Code(asked.contract, name, until)))
        return before, {"code": made, "until": instant_text(until)}, writes

    return addresses.post(store, now, asked, caller, name, how)


def hear(store: Store, now: datetime, body: bytes, signature: str) -> None:
    """A webhook of LINE. Raises Unauthenticated unless LINE signed it, Refused where the company has no account there."""
    try:
        if not line.is_from_line(body, signature):
            raise Unauthenticated("not signed by LINE")
    except NotDelivered as error:
        raise Refused("not_set_up") from error
    try:
        events = json.loads(body)["events"][:EVENTS_MAX]
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("body", "not_json", "send_json") from error
    for event in events:
        user = event.get("source", {}).get("userId")
        if user:
            _event(store, now, event, str(user))


def _event(store: Store, now: datetime, event: Mapping[str, Any], user: str) -> None:
    kind = event.get("type")
    if kind == "unfollow":
        _forget(store, user)
    elif kind == "follow":
        _say(event, "welcome")
    elif kind == "message" and event.get("message", {}).get("type") == "text":
        said = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", event["message"]["text"])).upper()
        if not _CODE.fullmatch(said):
            _say(event, "welcome")
        else:
            _say(event, "linked" if _link(store, now, said, user) else "unknown")


def _link(store: Store, now: datetime, said: str, user: str) -> bool:
    def attempt(again: bool) -> bool:
        about = line_links.load_code(store, said)
        if about is None or about.until <= now or about.used_by:
            return about is not None and about.used_by == line_links.hashed(user)
        before = people.load(store, about.contract)
        if before.household.find(about.person) is None:
            return False
        known = before.reach.get(about.person, {}).get("line")
        dropped = line_links.dropped(store, about.contract, before, [about.person]) if known != user else []
        store.commit(
            [
                people.write(store, about.contract, before, people.reached(before, about.person, line=user)),
                line_links.link(store, user, about.contract, about.person),
                line_links.use_code(store, said, user),
                *dropped,
            ]
        )
        return True

    return until_settled(attempt)


def _forget(store: Store, user: str) -> None:
    """They took our account off their list: nothing is sent there any more."""
    for contract, name in line_links.links(store, user):

        def attempt(again: bool, contract: str = contract, name: str = name) -> None:
            before = people.load(store, contract)
            gone = [line_links.unlink(store, user, contract, name)]
            if before.reach.get(name, {}).get("line") == user:
                gone.append(people.write(store, contract, before, people.reached(before, name, line=None)))
            store.commit(gone)

        until_settled(attempt)


def _say(event: Mapping[str, Any], what: str) -> None:
    """Answers in the chat. A repeat's answer may come too late for LINE: that changes nothing."""
    words = reaching.texts()["line"][what]
    try:
        line.reply(str(event.get("replyToken", "")), f"{words['ja']}\n\n{words['en']}")
    except (NotDelivered, StoreError) as error:
        observe.say("an answer in LINE did not leave", reason=type(error).__name__)
