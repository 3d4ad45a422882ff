"""A person's own ways to be reached: browsers, a confirmed telephone, what they want at most. LINE is in `line_links.py`.

The holder may set them for anybody; everybody else for themselves, which is whose verified e-mail address stands there.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.dates import japan_day
from chalicelib.errors import Forbidden, Invalid, NotFound, Refused
from chalicelib.flows import people as flow
from chalicelib.flows import reaching
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import push, sms
from chalicelib.gateways.delivery import NotDelivered
from chalicelib.members import permissions
from chalicelib.members.roles import Caller
from chalicelib.store import line_links, outbox, people
from chalicelib.store.codec import instant_text
from chalicelib.store.outbox import Entry
from chalicelib.store.people import People
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
Change = Callable[[People], tuple[People, Json, list[Write]]]
BROWSERS_MAX = 5  # of one person: the people's row is read whenever somebody is told
CODE_VALID = timedelta(minutes=10)
CODES_A_DAY = 5  # text messages cost money, and a wrong number is somebody else's telephone
WRONG_MAX = 5
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
_MOBILE = re.compile(r"0[6789]0\d{8}")  # Japanese mobile numbers as people write them


def own_reach(before: People, caller: Caller, name: str) -> Mapping[str, Any]:
    """How that person is reached. Raises NotFound for nobody of the name, Forbidden for somebody else."""
    if before.household.find(name) is None:
        raise NotFound("person")
    reach = before.reach.get(name, {})
    if not permissions.may(caller.role, "people.add") and not flow.is_theirs(caller.email, before, name):
        raise Forbidden("people.add")
    return reach


def _change(
    store: Store, contract: str, caller: Caller, name: str, how: Change, remember: Callable[[Json], list[Write]]
) -> Json:
    def attempt(again: bool) -> Json:
        before = people.load(store, contract)
        own_reach(before, caller, name)
        after, answer, more = how(before)
        writes = [*more, *remember(answer)]
        if after is not before:
            writes.insert(0, people.write(store, contract, before, after))
        if len(writes) == 1:
            store.write(writes[0])
        elif writes:
            store.commit(writes)
        return answer

    return until_settled(attempt)


def post(store: Store, now: datetime, asked: Asked, caller: Caller, name: str, how: Change) -> Json:
    """A change that a POST asks for, which may come twice."""

    def decide() -> Json:
        return _change(store, asked.contract, caller, name, how, lambda answer: [asked.remember(store, answer, now)])

    return asked.first(store, decide)


def put(store: Store, contract: str, caller: Caller, name: str, how: Change) -> Json:
    """A change whose repeat changes nothing."""
    return _change(store, contract, caller, name, how, lambda answer: [])


# what they want


def prefer(store: Store, contract: str, caller: Caller, name: str, body: Mapping[str, Any]) -> Json:
    """Sets digest and daily number, where what is left out is none.

    Name, language, the channels in their order and the quiet hours (None: none) stay when left out: who sees no address can
    change how somebody is told without writing the person anew.
    """
    wishes = {field: body.get(field) for field in ("digest", "daily_max")}
    wishes |= {field: body[field] for field in ("language", "name") if field in body}

    def how(before: People) -> tuple[People, Json, list[Write]]:
        after = people.reached(flow.with_ways(before, name, body), name, **wishes)
        return after, flow.person_json(after, name), []

    return put(store, contract, caller, name, how)


# browsers


def browsers(store: Store, contract: str, caller: Caller, name: str) -> Json:
    """The browsers that are told, without their addresses."""
    reach = own_reach(people.load(store, contract), caller, name)
    return {"items": [_browser_json(one) for one in reach.get("push") or ()]}


def subscribe(store: Store, now: datetime, asked: Asked, caller: Caller, name: str, body: Mapping[str, Any]) -> Json:
    """This browser is told from now on; the same again replaces its keys. Raises Invalid for no push service's address."""
    endpoint, keys = body["endpoint"], body["keys"]
    push.check(endpoint, keys["p256dh"], keys["auth"])
    id = hashlib.sha256(endpoint.encode()).hexdigest()[:24]
    made = {"id": id, "endpoint": endpoint, "p256dh": keys["p256dh"], "auth": keys["auth"], "since": instant_text(now)}

    def how(before: People) -> tuple[People, Json, list[Write]]:
        reach = own_reach(before, caller, name)
        flow.users_only(store, now, asked.contract, reach)
        others = [one for one in reach.get("push") or () if one["id"] != id]
        if len(others) >= BROWSERS_MAX:
            raise Refused("too_many_browsers")
        return people.reached(before, name, push=[*others, made]), _browser_json(made), []

    return post(store, now, asked, caller, name, how)


def unsubscribe(store: Store, contract: str, caller: Caller, name: str, id: str) -> None:
    """This browser is not told any more. Doing it twice changes nothing."""

    def how(before: People) -> tuple[People, Json, list[Write]]:
        known = own_reach(before, caller, name).get("push") or ()
        left = [one for one in known if one["id"] != id]
        return (before if len(left) == len(known) else people.reached(before, name, push=left or None)), {}, []

    put(store, contract, caller, name, how)


def _browser_json(one: Mapping[str, Any]) -> Json:
    return {"subscription": one["id"], "since": one["since"]}


# a telephone


def number_of(text: str) -> str:
    """E.164; Japanese mobile numbers as they are written. Raises Invalid.

    >>> number_of("090-1234-5678"), number_of("+81 90 1234 5678")
    ('+819012345678', '+819012345678')
    """
    plain = re.sub(r"[\s()\-‐‑–—ー−.]", "", unicodedata.normalize("NFKC", text))
    if _MOBILE.fullmatch(plain):
        return f"+81{plain[1:]}"
    if not _NUMBER.fullmatch(plain):
        raise Invalid("phone", "not_a_number", "write_number")
    return plain


def ask_phone(store: Store, now: datetime, asked: Asked, caller: Caller, name: str, body: Mapping[str, Any]) -> Json:
    """Sends a code to the telephone; it counts when the code comes back. Raises Refused after several on one day."""
    number = number_of(body["phone"])

    def how(before: People) -> tuple[People, Json, list[Write]]:
        reach = own_reach(before, caller, name)
        flow.users_only(store, now, asked.contract, reach)
        today = japan_day(now).isoformat()
        earlier = reach.get("phone_asked") or {}
        count = earlier.get("asked", 0) if earlier.get("day") == today else 0
        if count >= CODES_A_DAY:
            raise Refused("too_many_codes")
        code = f"{secrets.randbelow(1_000_000):06d}"
        until = now + CODE_VALID
        open_ = {"number": number, "code": _print(number, code), "until": instant_text(until), "wrong": 0}
        after = people.reached(before, name, phone_asked={**open_, "day": today, "asked": count + 1})
        entry = {"contract": asked.contract, "person": name, "code": code}
        cause = f"{asked.contract}#phone#{name}#{before.version}"
        answer = {"ends_with": number[-2:], "until": instant_text(until)}
        return after, answer, [outbox.entry(store, "phone_code", cause, now, entry)]

    return post(store, now, asked, caller, name, how)


def send_code(store: Store, entry: Entry, now: datetime) -> None:
    """The text message with the code. One that was asked for again, or is too late, never leaves."""
    known = people.load(store, entry.body["contract"]).reach.get(entry.body["person"], {})
    open_, code = known.get("phone_asked") or {}, entry.body["code"]
    if _print(open_.get("number", ""), code) != open_.get("code") or datetime.fromisoformat(open_["until"]) <= now:
        return
    words = reaching.texts()["phone"]["code"][reaching.language_of(known)]
    try:
        sms.connect().send(open_["number"], words.format(code=code, minutes=CODE_VALID.seconds // 60))
    except NotDelivered as error:
        if error.outcome == "failed":
            raise  # it surely did not leave: the entry comes again


def confirm_phone(store: Store, now: datetime, asked: Asked, caller: Caller, name: str, body: Mapping[str, Any]) -> Json:
    """The code came back: text messages go there. Raises Refused without an open code, Invalid for another code."""
    wrong: list[str] = []

    def how(before: People) -> tuple[People, Json, list[Write]]:
        wrong.clear()
        open_ = own_reach(before, caller, name).get("phone_asked") or {}
        if "code" not in open_ or datetime.fromisoformat(open_["until"]) <= now or open_["wrong"] >= WRONG_MAX:
            raise Refused("no_open_code")
        if not secrets.compare_digest(_print(open_["number"], body["code"]), open_["code"]):
            wrong.append("code")
            return people.reached(before, name, phone_asked={**open_, "wrong": open_["wrong"] + 1}), {}, []
        counted = {"day": open_["day"], "asked": open_["asked"]}
        after = people.reached(before, name, phone=open_["number"], phone_asked=counted)
        return after, flow.person_json(after, name), []

    def decide() -> Json:
        def remember(answer: Json) -> list[Write]:
            return [] if wrong else [asked.remember(store, answer, now)]

        answer = _change(store, asked.contract, caller, name, how, remember)
        if wrong:
            raise Invalid("code", "wrong_code", "look_at_the_code")
        return answer

    return asked.first(store, decide)


def drop(store: Store, contract: str, caller: Caller, name: str, way: str) -> None:
    """Forgets a telephone or a LINE user. Doing it twice changes nothing."""

    def how(before: People) -> tuple[People, Json, list[Write]]:
        if not own_reach(before, caller, name).get(way):
            return before, {}, []
        writes = line_links.dropped(store, contract, before, [name]) if way == "line" else []
        return people.reached(before, name, **{way: None}), {}, writes

    put(store, contract, caller, name, how)


def _print(number: str, code: str) -> str:
    return hashlib.sha256(f"{number}#{code}".encode()).hexdigest()
