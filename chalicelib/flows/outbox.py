"""Sends what waits: called for every new entry by the outbox's stream, and on a schedule for what was left over.

An entry is taken away when it has left. A crash between the two sends again, with the same key. An entry that keeps
failing stays, is counted, and stops nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import observe, toml
from chalicelib.billing.number import invoice_number
from chalicelib.contracts import sheet
from chalicelib.contracts.sheet import Sheet
from chalicelib.errors import StoreError
from chalicelib.flows import called, names, nights, recipients
from chalicelib.flows import texts as rule_texts
from chalicelib.gateways import mail, queue
from chalicelib.store import contracts, outbox
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, WriteRefused

Json = dict[str, Any]
Send = Callable[[Store, Entry, datetime], None]
LEFT_OVER = timedelta(minutes=10)  # so old, the stream is not about to take it
TRIES_MAX = 50
LANGUAGES = ("ja", "en")
TEXTS = Path(__file__).parent.parent / "texts" / "notices.toml"


def deliver(store: Store, event: Mapping[str, Any], now: datetime) -> Json:
    """A stream's batch (answers which records must come again), or `{}` for the schedule (answers how many left)."""
    if "Records" not in event:
        return sweep(store, now)
    failed = []
    for record in event["Records"]:
        if record["eventName"] != "INSERT":
            continue
        entry = outbox.waiting(store, record["dynamodb"]["Keys"])
        if entry is None or (entry.later and entry.at > now):  # a tick's sweep sends it when its time has come
            continue
        if not _leaves(store, entry, now):
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failed}


def sweep(store: Store, now: datetime) -> Json:
    """Tries again what is older than ten minutes, and what was left for a time that has come."""
    left = stuck = 0
    for entry in outbox.leftovers(store, now):
        if entry.at > now - LEFT_OVER and not entry.later:
            continue  # the stream is about to take it
        if entry.tries < TRIES_MAX and _leaves(store, entry, now):
            left += 1
        else:
            stuck += 1
    if stuck:
        observe.warn("entries do not leave the outbox", count=stuck)
    observe.count(outbox_left_over=left, outbox_stuck=stuck)
    return {"left": left, "stuck": stuck}


def _leaves(store: Store, entry: Entry, now: datetime) -> bool:
    """Sends one entry and takes it away. False when it could not be sent."""
    try:
        SENDERS[entry.kind](store, entry, now)
        outbox.left(store, entry)
        return True
    except Exception as error:  # whatever it is, it stops nobody else: the entry stays, is counted and tried again
        observe.warn("an entry did not leave", kind=entry.kind, reason=type(error).__name__, tries=entry.tries + 1)
        _note_failure(store, entry)
        return False


def _note_failure(store: Store, entry: Entry) -> None:
    try:
        outbox.failed(store, entry)
    except (StoreError, WriteRefused):
        observe.say("an entry's failure was not counted", kind=entry.kind)


# what is sent how


def _send_notices(store: Store, entry: Entry, now: datetime) -> None:
    """A contract's notices, each as one e-mail to whom it concerns. Somebody without an address gets none."""
    letters = recipients.letters(store, entry.body["contract"], entry.body["notices"])
    for done in range(entry.done, len(letters)):
        place, who, to = letters[done]
        kind, day, figures = entry.body["notices"][place]
        beside = rule_texts.in_notice(store, entry.body["contract"], kind, date.fromisoformat(day))
        told = {"day": day, "contract": entry.body["contract"], **figures}
        subject, text = notice_text(kind, told, to.get("language", ""), beside, written=_written(store, entry.body["contract"]))
        key = f"{entry.body['contract']}#{entry.body['version']}#{place}{who}"
        mail.connect().send(mail.Mail(key, to["email"], subject, text))
        if done + 1 < len(letters):
            outbox.part_left(store, entry, done + 1)


def _send_invitation(store: Store, entry: Entry, now: datetime) -> None:
    """The mail of an invitation, with the only copy of its token."""
    from chalicelib.flows import inviting

    found = inviting.letter(store, entry)
    if found is None:  # taken back, accepted, or sent again since
        return
    address, language, figures = found
    subject, text = notice_text("invitation", figures, language)
    key = f"{entry.body['contract']}#{entry.body['invitation']}#{entry.body['invited_at']}#{entry.body['sent']}"
    mail.connect().send(mail.Mail(key, address, subject, text))


def _send_letter(store: Store, entry: Entry, now: datetime) -> None:
    """A mail about an account itself."""
    from chalicelib.flows import letters

    letters.send(entry)


def _send_address_moved(store: Store, entry: Entry, now: datetime) -> None:
    """What stands under the address that an account had before."""
    from chalicelib.flows import address_change

    address_change.move(store, entry, now)


def _send_account_gone(store: Store, entry: Entry, now: datetime) -> None:
    """Everything that is an account's, and the account."""
    from chalicelib.flows import goodbye
    from chalicelib.gateways import pool

    goodbye.send(store, entry, now, pool.connect())


def _send_fan_out(store: Store, entry: Entry, now: datetime) -> None:
    """A service's command, to the queue of the workers that carry it to every contract."""
    count = nights.fan_out(store, queue.night_queue(), entry.body["service"], entry.body["command"])
    observe.say("service command handed out", service=entry.body["service"], count=count)


def _send_told(store: Store, entry: Entry, now: datetime) -> None:
    """What people are told of an alert."""
    from chalicelib.flows import reaching

    reaching.send(store, entry, now)


def _send_gathered(store: Store, entry: Entry, now: datetime) -> None:
    """What one person is told together."""
    from chalicelib.flows import reaching

    reaching.send_gathered(store, entry, now)


def _send_fine(store: Store, entry: Entry, now: datetime) -> None:
    """The button of somebody who was asked."""
    from chalicelib.flows import answering

    answering.send(store, entry, now)


def _send_phone_code(store: Store, entry: Entry, now: datetime) -> None:
    """The text message that confirms a telephone."""
    from chalicelib.flows import addresses

    addresses.send_code(store, entry, now)


def _send_erase(store: Store, entry: Entry, now: datetime) -> None:
    """What goes with an account, once its last letter has left."""
    from chalicelib.flows import erasing

    erasing.send(store, entry)


def _send_release(store: Store, entry: Entry, now: datetime) -> None:
    """Devices whose gateway was unlinked."""
    from chalicelib.flows import erasing

    erasing.release(store, entry)


def _send_wish(store: Store, entry: Entry, now: datetime) -> None:
    """A wish, to the device's shadow."""
    from chalicelib.flows import wish_trips

    wish_trips.send(store, entry, now)


def _send_replay(store: Store, entry: Entry, now: datetime) -> None:
    """A message that was set aside, back to where it came from."""
    from chalicelib.flows import set_aside

    set_aside.send(store, entry)


def _send_cut_off(store: Store, entry: Entry, now: datetime) -> None:
    """Devices that have left a contract, or whose contract is over."""
    from chalicelib.flows import leaving

    leaving.cut_off(store, entry)


SENDERS: dict[str, Send] = {
    "replay": _send_replay,
    "notices": _send_notices,
    "fan_out": _send_fan_out,
    "told": _send_told,
    "gathered": _send_gathered,
    "fine": _send_fine,
    "phone_code": _send_phone_code,
    "erase": _send_erase,
    "release": _send_release,
    "cut_off": _send_cut_off,
    "invitation": _send_invitation,
    "letter": _send_letter,
    "account_gone": _send_account_gone,
    "address_moved": _send_address_moved,
    "wish": _send_wish,
}


# words


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """`{kind: {ja = {subject, text}, en = {subject, text}}}`, and `house` for what surrounds every mail."""
    return toml.read(TEXTS)


def _written(store: Store, contract: str) -> Sheet | None:
    """The terms that have words for what a notice names, and for the service itself."""
    held = contracts.load(store, contract)
    return sheet.load(held.service, held.plan) if held else None


def notice_text(
    kind: str,
    figures: Mapping[str, Any],
    language: str = "",
    beside: Mapping[str, Sequence[str]] | None = None,
    *,
    written: Sheet | None = None,
) -> tuple[str, str]:
    """Subject and text of a notice in the reader's language; in both, Japanese first, when nobody said which.

    `beside` are lines that follow the words, by language: what the terms want to be said with it, whom to ask.
    `written` are the terms, which have words for the options and plans that the notice names, and for the service, which is
    named before the closing: who has three contracts sees which one is meant.
    Raises KeyError for a kind without words.
    """
    languages = (language,) if language in LANGUAGES else LANGUAGES
    words, house = texts()[kind], texts()["house"]
    parts = [
        "\n".join(
            (
                house[language]["greeting"],
                "",
                words[language]["text"].format_map(_Figures(figures, written, language)),
                *(f"\n{line}" for line in (beside or {}).get(language, ())),
                "",
                *_about(house[language], figures, written, language),
                house[language]["closing"],
            )
        )
        for language in languages
    ]
    subject = " / ".join(words[language]["subject"].format_map(_Figures(figures, written, language)) for language in languages)
    return subject, f"\n\n{house['ja']['rule']}\n\n".join(parts)


def _about(house: Mapping[str, Any], figures: Mapping[str, Any], written: Sheet | None, language: str) -> list[str]:
    if written is None or "contract" not in figures:
        return []
    return [house["about"].format_map(_Figures({**figures, "service": written.data["title"][language]}, None, language)), ""]


def words_of(kind: str, figures: Mapping[str, Any], written: Sheet | None = None) -> dict[str, dict[str, str]]:
    """A notice's `subject` and `text` by language, as the mail said them; empty for a kind without words."""
    return {
        part: {
            language: words[part].format_map(_Figures(figures, written, language))
            for language, words in texts().get(kind, {}).items()
        }
        for part in ("subject", "text")
    }


def subjects(kind: str, figures: Mapping[str, Any]) -> dict[str, str]:
    """The subject of a notice by language; empty for a kind without words."""
    return words_of(kind, figures)["subject"]


class _Figures(dict[str, str]):
    """A notice's figures in words. One that an older entry does not have is shown as a dash: better than no mail."""

    def __init__(self, figures: Mapping[str, Any], written: Sheet | None, language: str) -> None:
        super().__init__({name: names.figure(name, value, written, language) for name, value in figures.items()})
        authors = texts()["house"][language]["author"]
        if "author" in self:
            self["author"] = authors.get(self["author"], self["author"])  # a role without words stays as it is
        if "person" in self:
            self["person"] = called.called(self["person"], language)
        if "invoice" in self and "contract" in self:
            self["invoice"] = invoice_number(self["contract"], self["invoice"])
        if "contract" in self:
            self["contract"] = " ".join(re.findall(".{1,4}", self["contract"]))  # in fours, as bills show it

    def __missing__(self, key: str) -> str:
        return "-"
