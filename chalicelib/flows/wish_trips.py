"""A wish's way to its device and the answer's way back: outbox → shadow → device → rule → queue → here.

Each step is one conditional write on the wish's version, and leaving it in the shadow twice is leaving it once. So a crash, a
lost reply, a repeat or another order leaves the same wish: done when the device said so in time, else timed out, refused or
withdrawn. What is over is taken out of the shadow, so that a device that comes back does not act hours later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib import observe, settings
from chalicelib.contracts.contract import Event, Notice
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, MimamoriError
from chalicelib.flows import rules, ticks
from chalicelib.flows.attempts import settled, until_settled
from chalicelib.flows.wishes import leaving
from chalicelib.gateways import shadow
from chalicelib.iot import wishes
from chalicelib.iot.reading import SECOND, Millis, from_millis, to_millis
from chalicelib.iot.wishes import Answer
from chalicelib.store import contracts, devices, outbox
from chalicelib.store import wishes as rows
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, Write
from chalicelib.store.wishes import HeldWish

Json = dict[str, Any]
ANSWERS_MAX = 50  # wishes of one report that are looked at: a device has a handful


# out


def send(store: Store, entry: Entry, now: datetime) -> None:
    """Leaves a wish for its device, once; takes away one that is over. Raises StoreError: then the entry comes again."""
    held = rows.load(store, entry.body["device"], entry.body["wish"])
    if held is None:
        return
    state = wishes.state_of(held.wish, to_millis(now))
    if state != "pending":
        if state in ("withdrawn", "timed_out"):
            shadow.connect().take_away(held.device, [held.wish.id])
        return  # it left before, and is never sent again (ORM-SET-2)
    device = devices.load(store, held.device)
    if device is None or device.device.contract != held.contract or device.released is not None:
        return  # given away since: a tick lets its time run out
    seconds = -((to_millis(now) - held.wish.expires) // SECOND)
    shadow.connect().leave(held.device, held.wish.id, held.wish.settings, seconds, held.wish.instead_of)
    until_settled(lambda again: _note_sent(store, held if not again else _again(store, held), now))


def _again(store: Store, held: HeldWish) -> HeldWish | None:
    return rows.load(store, held.device, held.wish.id)


def _note_sent(store: Store, held: HeldWish | None, now: datetime) -> None:
    """Notes that it left, or takes it away again when somebody withdrew it meanwhile."""
    after = wishes.sent(held.wish, to_millis(now)) if held else None
    if held is None:
        return
    if after is not None:
        store.write(rows.change(store, held, after))
    elif held.wish.outcome == "withdrawn":
        shadow.connect().take_away(held.device, [held.wish.id])


# back


def work(store: Store, event: Mapping[str, Any], now: datetime) -> Json:
    """One batch of the answers queue. Says which records must come again; what is no answer is counted and dropped."""
    arrived = to_millis(now) if settings.current().is_local else None
    failed: list[Json] = []
    counts = {"answers_taken": 0, "answers_repeated": 0, "answers_foreign": 0, "answers_unreadable": 0}
    for record in event["Records"]:
        try:
            for device, wish, answer, at in _answers(record["body"], arrived):
                counts[f"answers_{_take(store, device, wish, answer, at)}"] += 1
        except (Invalid, ValueError, RecursionError):
            counts["answers_unreadable"] += 1
        except MimamoriError as error:
            observe.warn("an answer was not taken in", reason=type(error).__name__)
            failed.append({"itemIdentifier": record["messageId"]})
    observe.count(**counts, answers_failed=len(failed))
    return {"batchItemFailures": failed}


def _answers(body: str, arrived: Millis | None) -> Iterator[tuple[str, str, Answer, Millis]]:
    """`(device, wish, answer, received at)` of everything that a device reports: the rule's `{answers, device, received_at}`.

    Who and when are the rule's. On the local stage, whose clock moves, it is our clock that says when.
    """
    given = json.loads(body)
    if not isinstance(given, dict):
        raise Invalid("answers", "not_an_object", "see_rule")
    device, at, found = given.get("device"), arrived or given.get("received_at"), given.get("answers")
    if not isinstance(device, str) or type(at) is not int:
        raise Invalid("device", "missing", "see_rule")
    for wish, said in list(found.items() if isinstance(found, dict) else ())[:ANSWERS_MAX]:
        answer = wishes.answer_of(said)
        if answer is not None:
            yield device, wish, answer, at


def _take(store: Store, device: str, wish: str, answer: Answer, at: Millis) -> str:
    """What became of one answer: taken, repeated (nothing new), foreign (this device has no such wish)."""

    def attempt(again: bool) -> str:
        held = rows.load(store, device, wish)
        if held is None:
            return "foreign"
        after = wishes.answered(held.wish, answer, at)
        if after is None:
            return "repeated"
        writes = [rows.change(store, held, after)]
        if wishes.changed(after) is not None:
            writes += _tells(store, held._replace(wish=after))
        store.commit(writes)
        return "taken"

    return until_settled(attempt)


def _tells(store: Store, held: HeldWish) -> list[Write]:
    """The settings are changed: the contract's log has it, and the customer hears of it when it was another (ORM-MNT-4)."""
    contract = contracts.load(store, held.contract)
    changed = wishes.changed(held.wish)
    if contract is None or changed is None:
        return []
    terms, at = rules.of(store, contract.service), from_millis(changed)
    facts = {"device": held.device, "wish": held.wish.id, "settings": ", ".join(sorted(held.wish.settings))}
    rule = str(terms.section("grants").get("rule", ""))
    event = Event("settings_changed", at, held.wish.by, facts, (rule,) if rule else ())
    if not rule or held.wish.by == "contractor":
        return [contracts.note(store, contract, held.wish.id, [event])]
    day = japan_day(at)
    notice = Notice(contract.id, "settings_changed", day, {"author": held.wish.by})
    body = {
        "contract": contract.id,
        "version": f"wish-{held.wish.id}",
        "notices": [[notice.kind, day.isoformat(), dict(notice.figures)]],
    }
    return [
        contracts.note(store, contract, held.wish.id, [event], [notice]),
        outbox.entry(store, "notices", f"{contract.id}#wish#{held.wish.id}", at, body),
    ]


# over


def due(store: Store, keys: Sequence[tuple[str, str]], at: Millis) -> tuple[int, int]:
    """A tick: wishes whose time is over, settled and taken out of the shadow."""
    return ticks.one_by_one("a wish", lambda device, item: settled(_one_due, store, device, item, at), keys)


def _one_due(store: Store, device: str, item: str, at: Millis) -> bool:
    held = rows.of_item(store, device, item)
    after = wishes.timed_out(held.wish, at) if held else None
    if held is None or after is None:
        return False
    store.commit([rows.change(store, held, after), leaving(store, held, from_millis(at), gone=True)])
    return True
