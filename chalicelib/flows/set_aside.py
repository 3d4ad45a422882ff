"""Messages that nobody could read: kept as rows, shown to operators, played again once what was wrong is mended.

A repeat finds its own row; of one device and day so many are kept, and the others counted. Playing one again leaves through
the outbox in the transaction that says so, and its readings are recognised like those of any message that comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib import observe
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import places, unread
from chalicelib.flows.attempts import until_settled
from chalicelib.flows.devices import time_text
from chalicelib.iot.reading import Millis, from_millis, to_millis
from chalicelib.iot.ticks import DAY
from chalicelib.store import devices, outbox
from chalicelib.store import set_aside as rows
from chalicelib.store.devices import Held
from chalicelib.store.outbox import Entry
from chalicelib.store.set_aside import Aside, Count
from chalicelib.store.transact import Row, S, Store, Write

Json = dict[str, Any]
LOOKED_AT_MAX = 200  # messages that one page of a list looks at, whatever it shows: a row may be 32 KB
AT_ONCE = 25  # rows of one query, for the same reason
REPLAYED_AT_ONCE = 100  # of one request: each is a transaction of its own


# setting aside


def keep(store: Store, found: Iterable[Aside], now: datetime) -> None:
    """Keeps these messages. Keeping one again changes nothing. Raises StoreError or Conflict: then the batch comes again."""
    by_place: dict[tuple[str, date], list[Aside]] = {}
    for one in found:
        by_place.setdefault((one.device, one.day), []).append(one)
    for (device, day), own in by_place.items():
        until_settled(_keeping(store, device, day, own, to_millis(now)))


def _keeping(store: Store, device: str, day: date, found: Sequence[Aside], now: Millis) -> Any:
    def attempt(again: bool) -> None:
        before, there = rows.known(store, device, day, found)
        count = before or Count()
        new = list({one.item: one for one in found if one.item not in there}.values())
        room = new[: max(0, rows.KEPT_MAX - count.kept)]
        writes = [rows.new(store, one) for one in room]
        writes += _waiting_again(store, found, there)
        if new:
            after = Count(count.kept + len(room), count.more + len(new) - len(room))
            writes.append(rows.count(store, device, day, before, after, now))
        if len(writes) > 1:
            store.commit(writes)
        elif writes:
            store.write(writes[0])

    return attempt


def _waiting_again(store: Store, found: Sequence[Aside], there: Mapping[str, Aside]) -> list[Write]:
    """What was played again and still cannot be read waits again, with the reason that it has now."""
    failed = {one.item: one for one in found if one.tries and one.item in there}
    return [
        rows.waits_again(store, there[item], one.reason)
        for item, one in failed.items()
        if there[item].state == "replayed" and there[item].tries == one.tries
    ]


# looking


def listing(
    store: Store,
    now: datetime,
    *,
    device: str = "",
    reason: str = "",
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """A page of messages, the latest first, without what is in them. Raises Invalid for a foreign cursor.

    A page may hold fewer than asked, or none, and still have a next one: it looks at a bounded number of rows.
    """
    first, last = _span(now, since, until)
    walk = _of_device(store, device, first, last, cursor) if device else _of_days(store, first, last, cursor)
    items: list[Json] = []
    for looked_at, (place, one) in enumerate(walk, start=1):
        if reason in ("", one.reason) and state in ("", one.state):
            items.append(aside_json(one))
        if len(items) == limit or looked_at == LOOKED_AT_MAX:
            return {"items": items, "next": places.closed(place)}
    return {"items": items}


def _span(now: datetime, since: datetime | None, until: datetime | None) -> tuple[Millis, Millis]:
    """Nothing is older than what is kept, nor from tomorrow."""
    newest = to_millis(now) + DAY
    oldest = newest - rows.KEPT - 2 * DAY
    return max(oldest, to_millis(since) if since else oldest), min(newest, to_millis(until) if until else newest)


def _of_device(store: Store, device: str, first: Millis, last: Millis, cursor: str) -> Iterator[tuple[list[str], Aside]]:
    (after,) = places.opened(cursor, 1) or ("",)
    if after and not after[:14].isdigit():
        raise places.no_cursor()
    while True:
        page = rows.of_device(store, device, first, last, after=after, limit=AT_ONCE)
        for row in page.rows:
            yield [row["item"]["S"]], rows.of_row(row)
        if page.after is None:
            return
        after = page.after["item"]["S"]


def _of_days(store: Store, first: Millis, last: Millis, cursor: str) -> Iterator[tuple[list[str], Aside]]:
    place = places.opened(cursor, 3)
    day, oldest = japan_day(from_millis(last)), japan_day(from_millis(first))
    after: Row | None = None
    if place:
        day, after = _place_in_day(*place)
    while day >= oldest:
        page = rows.of_day(store, day, first, last, after=after, limit=AT_ONCE)
        for one in rows.whole_rows(store, page.rows):
            yield [day.isoformat(), one.device, one.item], one
        after = page.after
        if after is None:
            day -= timedelta(days=1)


def _place_in_day(day: str, device: str, item: str) -> tuple[date, Row]:
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise places.no_cursor() from error
    indexed = {"fleet": S(rows.day_place(found)), "place": S(f"{item}#{device}")}
    return found, {**rows.key(device, item), **indexed}


def view(store: Store, who: str, id: str) -> Json:
    """One message with what is in it. Who looked is written to the log: it may hold what was measured in somebody's home."""
    one = _find(store, id)
    told = sha256(who.encode()).hexdigest()[:16]
    observe.say("somebody looked into a message set aside", action="set_aside.view", account_hash=told, device=one.device)
    return aside_json(one) | {"payload": one.body.decode(errors="replace")}


def remove(store: Store, id: str) -> None:
    """Takes a message away. Raises NotFound when there is none."""
    rows.remove(store, _find(store, id))


def _find(store: Store, id: str) -> Aside:
    try:
        device, item = places.opened(id, 2)
    except Invalid as error:
        raise NotFound("message") from error
    one = rows.load(store, device, item) if item[:14].isdigit() else None
    if one is None:
        raise NotFound("message")
    return one


def aside_json(one: Aside) -> Json:
    """A message as operators see it in a list."""
    return {
        "id": places.closed([one.device, one.item]),
        "device": one.device or None,
        "reason": one.reason,
        **unread.words(one.reason),
        "received_at": time_text(one.received),
        "bytes": one.size,
        "whole": one.whole,
        "rest_taken_in": one.part,
        "state": one.state,
        "replays": one.tries,
        "replayed_by": one.by or None,
        "replayed_at": time_text(one.at),
    }


# playing again


def replay(store: Store, now: datetime, who: str, id: str) -> Json:
    """Plays a message again as it came. Doing it twice changes nothing. Raises Refused when it could do no good."""

    def attempt(again: bool) -> Json:
        one = _find(store, id)
        if one.state == "waiting":
            refusal = _refusal(devices.load(store, one.device) if one.device else None, one)
            if refusal:
                raise Refused(refusal)
            _play(store, one, now, who)
            one = _find(store, id)
        return aside_json(one)

    return until_settled(attempt)


def replay_many(
    store: Store,
    now: datetime,
    who: str,
    *,
    device: str,
    reason: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Json:
    """Plays a device's waiting messages again, a hundred at most: `{replayed, refused: {reason: count}, more}`.

    Asked again it goes on with those that still wait, and plays none twice.
    """
    first, last = _span(now, since, until)
    replayed, more = 0, False
    refused: dict[str, int] = {}
    held = devices.load(store, device)
    for _, one in _of_device(store, device, first, last, ""):
        if one.state != "waiting" or reason not in ("", one.reason):
            continue
        refusal = _refusal(held, one)
        if refusal:
            refused[refusal] = refused.get(refusal, 0) + 1
        elif replayed == REPLAYED_AT_ONCE:
            more = True
            break
        else:
            until_settled(_playing(store, one, now, who))
            replayed += 1
    return {"replayed": replayed, "refused": refused, "more": more}


def _playing(store: Store, one: Aside, now: datetime, who: str) -> Any:
    def attempt(again: bool) -> None:
        current = rows.load(store, one.device, one.item) if again else one
        if current is not None and current.state == "waiting":
            _play(store, current, now, who)

    return attempt


def _play(store: Store, one: Aside, now: datetime, who: str) -> None:
    body = {"device": one.device, "item": one.item, "tries": one.tries + 1}
    cause = f"replay#{one.device}#{one.item}#{one.tries + 1}"
    store.commit(
        [rows.replayed(store, one, who, to_millis(now)), outbox.entry(store, "replay", cause, now, body)],
    )


def _refusal(held: Held | None, one: Aside) -> str:
    """Why playing it again could do no good; "" when it may."""
    if one.part:
        return "rest_was_taken_in"
    if not one.whole:
        return "not_kept_whole"
    if held is None:
        return "device_not_claimed"
    if one.received < held.since or (held.released is not None and one.received >= held.released):
        return "of_another_household"
    return ""


def send(store: Store, entry: Entry) -> None:
    """The outbox's: puts a message back into the readings queue, with the receipt that it had."""
    from chalicelib.gateways import queue

    one = rows.load(store, entry.body["device"], entry.body["item"])
    if one is not None and one.tries == entry.body["tries"]:
        queue.readings_queue().send([rows.again(one)])
