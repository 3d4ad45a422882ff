"""A test message: by all channels of one person at once, and what became of it, while they wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.errors import Refused
from chalicelib.flows import addresses, channels, reaching, sentences
from chalicelib.flows.asked import Asked
from chalicelib.flows.channels import Letter
from chalicelib.iot.reach import Try
from chalicelib.iot.reading import HOUR, to_millis
from chalicelib.members.roles import Caller
from chalicelib.store import line_links, people, reached
from chalicelib.store.reached import Reached
from chalicelib.store.transact import Store, WriteRefused

Json = dict[str, Any]
KIND = "test"
AN_HOUR_MAX = 5  # text messages and LINE's quota cost money


def send(store: Store, now: datetime, asked: Asked, caller: Caller, name: str) -> Json:
    """Sends it, and answers each channel's outcome. The same request again sends nothing that left before.

    Raises Refused after several within an hour, NotFound for nobody of that name.
    """
    answered = asked.answered(store)
    if answered is not None:
        return answered
    known = people.load(store, asked.contract)
    reach = addresses.own_reach(known, caller, name)
    person = known.household.find(name)
    assert person is not None
    message = _begun(store, now, asked, name)
    words, language = reaching.texts()[KIND], reaching.language_of(reach)
    called = sentences.named(name, known.called(name), language)
    text = f"{words['text'][language].format(person=called)}\n\n{words['closing'][language]}\n"
    key = f"{asked.contract}#test#{message.alert}#{name}"
    letter = Letter(key, asked.contract, name, words["subject"][language], words["sentence"][language], text)
    tries = {one.channel: one for one in message.tries}
    for channel in person.channels:
        if channel in tries:  # an earlier try of the same request came so far
            continue
        if channel in channels.NEVER_TWICE and reach.get("phone"):
            reached.note(store, asked.contract, message, Try(channel, to_millis(now), "trying"))
        tries[channel] = Try(channel, to_millis(now), channels.deliver(store, channel, letter, reach))
        reached.note(store, asked.contract, message, tries[channel])
    outcomes = {name: "unsure" if one.outcome == "trying" else one.outcome for name, one in tries.items()}
    answer = {"reached": [{"channel": channel, "outcome": outcomes[channel]} for channel in person.channels]}
    try:
        store.write(asked.remember(store, answer, now))
    except WriteRefused:
        return asked.answered(store) or answer
    return answer


def _begun(store: Store, now: datetime, asked: Asked, name: str) -> Reached:
    """The message of this request, found again when the request comes again."""
    mark = line_links.hashed(f"{asked.subject}#{asked.key}")[:16]
    at = to_millis(now)
    lately = [one for one in reached.latest(store, asked.contract, KIND, at - HOUR, at) if one.person == name]
    before = next((one for one in lately if one.alert == mark), None)
    if before is not None:
        return before
    if len(lately) >= AN_HOUR_MAX:
        raise Refused("too_many_tests")
    fresh = Reached(at, mark, KIND, name)
    store.write(reached.begin(store, asked.contract, fresh))
    return fresh
