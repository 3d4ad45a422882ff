"""The ways to one person: what each of them needs to know, and how each of them sends one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import observe
from chalicelib.errors import StoreError
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import line, mail, push, sms
from chalicelib.gateways.delivery import NotDelivered
from chalicelib.iot.reach import SENT
from chalicelib.store import people
from chalicelib.store.transact import Store

Reach = Mapping[str, Any]  # how to reach somebody, as the people's row has it
NEVER_TWICE = frozenset({"sms"})  # the other end knows no repeats: such a message is marked before it is sent
SMS_TEXT_MAX = 200  # characters: three parts of a text message


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person, in their language; short ways carry the `sentence`. `key` is the same for every repeat."""

    key: str
    contract: str
    person: str
    subject: str
    sentence: str
    text: str
    urgent: bool = False
    alert: str = ""  # which one it is about, where it is about one


def deliver(store: Store, channel: str, letter: Letter, reach: Reach) -> str:
    """Sends it by one channel, and says how that ended (`iot.reach.Outcome`). Never raises for what the other end does."""
    try:
        SENDERS[channel](store, letter, reach)
        return SENT
    except mail.MailRefused:
        return "refused"
    except NotDelivered as error:
        observe.say("a channel did not take a message", kind=channel, reason=error.outcome)
        return error.outcome
    except StoreError as error:
        observe.warn("a channel does not answer", kind=channel, reason=type(error).__name__)
        return "failed"


def _by_mail(store: Store, letter: Letter, reach: Reach) -> None:
    mail.connect().send(mail.Mail(letter.key, _address(reach, "email"), letter.subject, letter.text))


def _by_line(store: Store, letter: Letter, reach: Reach) -> None:
    try:
        line.push(letter.key, _address(reach, "line"), f"{letter.subject}\n{letter.sentence}")
    except NotDelivered as error:
        # Asked twice under one key and never answered: the same key may ask again later.
        raise NotDelivered("failed") if error.outcome == "unsure" else error from error


def _by_sms(store: Store, letter: Letter, reach: Reach) -> None:
    sms.connect().send(_address(reach, "phone"), f"{letter.subject} {letter.sentence}"[:SMS_TEXT_MAX])


def _by_push(store: Store, letter: Letter, reach: Reach) -> None:
    """To all their browsers; one that took it is enough. A browser that is no more is forgotten."""
    browsers = reach.get("push") or ()
    message = {"title": letter.subject, "body": letter.sentence[: push.TEXT_MAX // 3], "contract": letter.contract}
    message |= {"alert": letter.alert} if letter.alert else {}
    outcomes = []
    gone = set()
    for browser in browsers:
        try:
            push.send(letter.key, browser, message, urgent=letter.urgent)
            outcomes.append(SENT)
        except NotDelivered as error:
            outcomes.append("failed" if error.outcome == "unsure" else error.outcome)
            if error.outcome == "gone":
                gone.add(browser["id"])
    if gone:
        forget_browsers(store, letter.contract, letter.person, gone)
    if SENT not in outcomes:
        for outcome in ("failed", "not_set_up", "refused", "gone"):
            if outcome in outcomes:
                raise NotDelivered(outcome)
        raise NotDelivered("no_address")


SENDERS: dict[str, Callable[[Store, Letter, Reach], None]] = {
    "mail": _by_mail,
    "push": _by_push,
    "line": _by_line,
    "sms": _by_sms,
}


_ADDRESSES = {"mail": "email", "push": "push", "line": "line", "sms": "phone"}


def has_address(channel: str, reach: Reach) -> bool:
    """Whether there is somewhere to send to by that channel."""
    return bool(reach.get(_ADDRESSES[channel]))


def forget_browsers(store: Store, contract: str, person: str, ids: set[str]) -> None:
    """Takes browsers off the list, where they still are on it."""

    def attempt(again: bool) -> None:
        before = people.load(store, contract)
        known = before.reach.get(person, {}).get("push") or ()
        left = [one for one in known if one["id"] not in ids]
        if len(left) != len(known):
            store.write(people.write(store, contract, before, people.reached(before, person, push=left)))

    until_settled(attempt)


def _address(reach: Reach, name: str) -> str:
    address = reach.get(name)
    if not address:
        raise NotDelivered("no_address")
    return str(address)
