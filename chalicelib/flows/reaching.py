"""How news reaches people: what the outbox calls for every entry of what was told, and for every message that gathers.

For each person it is decided once how the news goes, and kept before anything leaves: by itself, or gathered with others.
Then one channel after the other, in the person's order; each attempt has a key that is the same for every repeat, and its
outcome is kept. A crash anywhere goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.dates import japan
from chalicelib.errors import MimamoriError
from chalicelib.flows import answering, channels, households, telling
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.channels import Letter, Reach
from chalicelib.iot import reach as decide
from chalicelib.iot.reach import Try, Wishes
from chalicelib.iot.reading import Millis, from_millis, to_millis
from chalicelib.iot.setting import minutes_of
from chalicelib.iot.telling import CONTACT, IGNORES_QUIET, Person
from chalicelib.store import contracts as rows
from chalicelib.store import outbox, people, reached
from chalicelib.store.outbox import Entry
from chalicelib.store.people import People
from chalicelib.store.reached import Reached
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
OVER = ("ended", "refused")
TEXTS = Path(__file__).parent.parent / "texts" / "reaching.toml"
SHORT_MAX = 3  # pieces of news that a short message names; the mail has all


class StillToBeReached(MimamoriError):
    """No channel took it yet: the entry comes again."""


def send(store: Store, entry: Entry, now: datetime) -> None:
    """Tells every person of one entry. Raises StillToBeReached when somebody has to be tried again.

    Once the contract is over, nobody hears of the home any more (ORM-MON-4); while it is suspended they do, for safety.
    """
    body = entry.body
    if is_over(store, body["contract"]):
        return
    known = people.load(store, body["contract"])
    missed = 0
    for name in body["people"][entry.done :]:
        person, reach = found(store, body["contract"], known, name)
        missed += person is not None and not _tell(store, body, person, reach, known.home, now)
    if missed:
        raise StillToBeReached


def send_gathered(store: Store, entry: Entry, now: datetime) -> None:
    """Sends one message that gathers others, to one person. From its first attempt on nothing joins it."""
    contract, name, at = entry.body["contract"], entry.body["person"], entry.body["at"]
    known = people.load(store, contract)
    person, reach = found(store, contract, known, name)
    if person is None or is_over(store, contract):
        return
    message = _begun(
        store, contract, reached.of_digest(at, name), lambda which: (which, [reached.begin(store, contract, which)])
    )
    news = sorted(
        ({**body, "home": known.home} for body in reached.gathered(store, contract, at, name)),
        key=lambda body: (body["at"], body["alert"], body["kind"] != "opened"),
    )
    level = decide.most_urgent(body["level"] for body in news)
    letter = _gathered_letter(contract, message, news, level, reach)
    if not carry(store, contract, message, person.channels, level, reach, letter, now):
        raise StillToBeReached


def is_over(store: Store, contract: str) -> bool:
    """Whether the contract is over: nobody hears of the home any more."""
    held = rows.load(store, contract)
    return held is None or held.state in OVER


def found(store: Store, contract: str, known: People, name: str) -> tuple[Person | None, Reach]:
    """A person and how to reach them; whoever holds the contract, at its own e-mail address (ORM-MON-2, ORM-PRV-3)."""
    if name == CONTACT:
        return households.HOLDER, rows.load_profile(store, contract).get("contact", {})
    return known.household.find(name), known.reach.get(name, {})


def _tell(store: Store, body: Mapping[str, Any], person: Person, reach: Reach, home: str, now: datetime) -> bool:
    """True when this person needs nothing more from this entry. `home`: what its people call the home."""
    contract = body["contract"]
    which = Reached(body["at"], body["alert"], body["kind"], person.name)
    message = _begun(store, contract, which, lambda fresh: _how(store, contract, fresh, body, person, reach))
    if message.digest is not None:
        return True
    letter = _letter({**answering.with_link(store, body, person.name), "home": home}, person.name, reach)
    return carry(store, contract, message, person.channels, body["level"], reach, letter, now)


def _begun(store: Store, contract: str, which: Reached, how: Callable[[Reached], tuple[Reached, list[Write]]]) -> Reached:
    """The message as it was decided, now or before. A decision stands, whatever changes meanwhile."""

    def attempt(again: bool) -> Reached:
        known = reached.load(store, contract, which)
        if known is not None:
            return known
        fresh, writes = how(which)
        if len(writes) == 1:
            store.write(writes[0])
        else:
            store.commit(writes)
        return fresh

    return until_settled(attempt)


def _how(
    store: Store, contract: str, which: Reached, body: Mapping[str, Any], person: Person, reach: Reach
) -> tuple[Reached, list[Write]]:
    """Decides it: by itself, with others, or, beyond the day's number, in the morning. A question waits for nothing."""
    if body["kind"] == "asked":
        return which, [reached.begin(store, contract, which)]
    wishes, level = wishes_of(reach), body["level"]
    gather = body.get("gather")
    until = decide.gathered_until(level, which.at, wishes, to_millis(datetime.fromisoformat(gather)) if gather else None)
    counted: list[Write] = []
    if until is None and decide.is_counted(level, wishes):
        day, most = decide.day_of(which.at), wishes.daily_max or 0
        if reached.is_full(store, contract, person.name, day, most):
            until = decide.next_morning(which.at, person.quiet)
        else:
            counted = [reached.counted(store, contract, person.name, day, most)]
    if until is None or reached.load(store, contract, reached.of_digest(until, person.name)) is not None:
        return which, [reached.begin(store, contract, which), *counted]  # alone; also when the message it belonged to has left
    gathered = Reached(which.at, which.alert, which.kind, which.person, until)
    body = {name: value for name, value in body.items() if name != "people"}
    return gathered, [*reached.gather(store, contract, gathered, body), _later(store, contract, person.name, until)]


def _later(store: Store, contract: str, person: str, until: Millis) -> Write:
    """The outbox entry of a message that gathers: the same for each piece of news in it."""
    body = {"contract": contract, "person": person, "at": until}
    return outbox.entry(store, "gathered", f"{contract}#gathered#{person}", from_millis(until), body, later=True)


def carry(
    store: Store,
    contract: str,
    message: Reached,
    own: Sequence[str],
    level: str,
    reach: Reach,
    letter: Letter,
    now: datetime,
) -> bool:
    """Sends a message by the channels that are still to try. False when it has to come again."""
    tries = {one.channel: one for one in message.tries}

    def note(channel: str, outcome: str) -> None:
        tries[channel] = Try(channel, to_millis(now), outcome)
        reached.note(store, contract, message, tries[channel])

    for channel in [name for name, one in tries.items() if one.outcome == "trying"]:
        note(channel, "unsure")  # a crash took the answer along: it may have left, and is not sent again
    for channel in decide.channels_to_try(own, level, tries.values()):
        if channel not in decide.channels_to_try(own, level, tries.values()):
            break  # one that took it is enough
        if channel in channels.NEVER_TWICE and reach.get("phone"):
            note(channel, "trying")
        note(channel, channels.deliver(store, channel, letter, reach))
    return decide.is_done(own, level, tries.values())


# words


def language_of(reach: Reach) -> str:
    return str(reach.get("language", "ja"))


def wishes_of(reach: Reach) -> Wishes:
    """What the person wants of digests and numbers, from how the people's row says it."""
    digest = reach.get("digest")
    return Wishes(minutes_of(digest, "digest") if digest else None, reach.get("daily_max"))


def _letter(body: Mapping[str, Any], person: str, reach: Reach) -> Letter:
    subject, text = telling.words(body, language_of(reach))
    key = f"{body['contract']}#{body['alert']}#{body['kind']}#{person}"
    short = telling.short(body, language_of(reach))
    return Letter(key, body["contract"], person, subject, short, text, body["level"] == IGNORES_QUIET, body["alert"])


def _gathered_letter(contract: str, message: Reached, news: Sequence[Json], level: str, reach: Reach) -> Letter:
    words, language = texts()["gathered"], language_of(reach)
    lines = [
        words["line"][language].format(at=japan(from_millis(body["at"])).strftime("%m/%d %H:%M"), sentence=_news(body, reach))
        for body in news
    ]
    subject = words["subject"][language].format(count=len(news))
    rest = len(lines) - SHORT_MAX
    short = [*lines[:SHORT_MAX], *([words["more"][language].format(count=rest)] if rest > 0 else [])]
    text = "\n".join([words["opening"][language].format(count=len(news)), "", *lines, "", words["closing"][language]]) + "\n"
    key = f"{contract}#gathered#{message.at}#{message.person}"
    return Letter(key, contract, message.person, subject, "\n".join(short), text, level == IGNORES_QUIET)


def _news(body: Mapping[str, Any], reach: Reach) -> str:
    """One of several: an end says so by its subject, since the sentence is about the alert."""
    return telling.short(body, language_of(reach)) if body["kind"] == "opened" else telling.words(body, language_of(reach))[0]


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    return toml.read(TEXTS)
