"""News on its way to people under bad luck: every call spoiled in every way, also those of LINE and of the push services.

Nobody is told twice where the other end knows repeats, and nobody is left out. Text messages leave at most once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.errors import MimamoriError
from chalicelib.flows import outbox as sender
from chalicelib.flows import readings
from chalicelib.gateways import delivery
from chalicelib.gateways.delivery import NotDelivered
from chalicelib.store import outbox
from chalicelib.store.transact import Store
from tests.faults.harness import KINDS, Crash, Luck, Snapshot, under
from tests.flows.world import at
from tests.flows_iot.far_ends import FarEnds, browser, far_ends, reach
from tests.flows_iot.home import Home, heat, record
from tests.flows_iot.test_holders import Owner

pytestmark = pytest.mark.usefixtures("surroundings")
NOON = "2025-08-01T12:00"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(outbox, "SHARDS", 1)


@pytest.fixture(scope="module")
def outside(surroundings: str) -> Iterator[FarEnds]:
    with far_ends() as ends:
        yield ends


@pytest.fixture
def home(store: Store, outside: FarEnds) -> Home:
    """A home where something has just happened, and two people to tell; nothing has left yet."""
    home = Home(store)
    device = f"room-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.add(NOON, "mai", "line", "mail", email="mai@example.com")
    home.add(NOON, "ken", "sms", "push")
    reach(home, "mai", line="U1")
    reach(home, "ken", phone="+819012345678", push=[browser(outside)])
    for entry in list(outbox.leftovers(store, at("2099-01-01T00:00"))):
        outbox.left(store, entry)
    return home


def post(home: Home, now: str) -> None:
    for entry in list(outbox.leftovers(home.store, at(now))):
        if entry.kind in ("told", "gathered"):
            record = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
            sender.deliver(home.store, {"Records": [record]}, at(now))


def settled(home: Home, now: str) -> None:
    """As often as the schedule would come back, until nothing is left."""
    for _ in range(4):
        post(home, now)
    left = [one.kind for one in outbox.leftovers(home.store, at(now))]
    assert left == [], left


def outcomes(home: Home) -> dict[str, dict[str, str]]:
    return {told["person"]: {one["channel"]: one["outcome"] for one in told["reached"]} for told in home.told()}


def try_everything(home: Home, ends: FarEnds, now: str, check: Callable[[str], None]) -> int:
    """Every AWS call of the sending spoiled in every way, then the schedule again."""
    before = Snapshot()
    luck = Luck()
    ends.begin()
    with under(luck):
        post(home, now)
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            ends.begin()
            ends.phones.retry_keys.clear()
            try:
                with under(Luck(kind, number)):
                    post(home, now)
            except (Crash, MimamoriError):
                pass
            settled(home, now)
            check(f"{kind} at call {number} ({luck.calls[number]})")
    return len(luck.calls)


def test_everybody_is_told_and_nobody_twice(home: Home, outside: FarEnds) -> None:
    home.hear(NOON, f"room-{home.contract[:6]}", heat(31))

    def check(where: str) -> None:
        count = outside.count()
        # LINE knows a repeat by its key. Where LINE's key or token could not be read, the mail went instead.
        assert count.get("line", 0) + count.get("mail", 0) == 1, (where, count)
        assert count.get("sms", 0) <= 1, (where, count)
        assert count.get("sms", 0) + count.get("push", 0) >= 1, (where, count)
        found = outcomes(home)
        assert "sent" in found["mai"].values(), (where, found)
        assert "sent" in found["ken"].values() or count.get("sms"), (where, found)
        assert not {"trying", "failed"} & {one for way in found["ken"].items() for one in way[1:]}, (where, found)

    assert try_everything(home, outside, NOON, check) >= 10


def test_what_was_gathered_is_one_message(home: Home, outside: FarEnds) -> None:
    reach(home, "mai", digest="18:00")
    reach(home, "ken", digest="18:00")
    for when, degrees in ((NOON, 31), ("2025-08-01T12:05", 29)):
        home.hear(when, f"room-{home.contract[:6]}", heat(degrees))

    def check(where: str) -> None:
        assert outside.count() == {}, where
        post(home, "2025-08-01T18:00")
        count = outside.count()
        assert (count.get("line"), count.get("sms")) == (1, 1), (where, count)
        assert "2件" in outside.line()[0], where

    assert try_everything(home, outside, "2025-08-01T12:06", check) >= 12


@pytest.mark.parametrize("lost", range(3))
def test_an_answer_of_line_that_is_lost_tells_nobody_twice(
    home: Home, outside: FarEnds, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """LINE took it, and we never heard: once, twice, or until the schedule comes again."""
    home.hear(NOON, f"room-{home.contract[:6]}", heat(31))
    outside.begin()
    real, calls = delivery.post, []

    def post_and_lose(url: str, headers: Any, body: bytes) -> delivery.Answered:
        answer = real(url, headers, body)
        if "/v2/bot/" in url:
            calls.append(url)
            if len(calls) <= lost:
                raise NotDelivered("unsure")
        return answer

    monkeypatch.setattr(delivery, "post", post_and_lose)
    settled(home, NOON)
    assert len(outside.line()) == 1
    assert outcomes(home)["mai"]["line"] == ("sent" if lost < 2 else "failed")


def sent_once(outside: FarEnds, address: str, where: str) -> bool:
    """One mail. SES knows no repeats: only where its own answer was lost, or nobody noted it, it leaves again with its key."""
    unheard = "throttled at" not in where and ("ses.SendRawEmail" in where or "dynamodb.UpdateItem" in where)
    keys, to = [key for key, _ in outside.mail()], outside.addresses()
    return len(set(keys)) == 1 and set(to) == {address} and (len(to) == 1 or unheard)


@pytest.mark.rule("ORM-MON-2")
def test_a_customer_who_added_nobody_is_told_of_a_fault_once(store: Store, outside: FarEnds) -> None:
    owner = Owner(store, "unlucky")
    owner.says(NOON, "E1-0")

    def check(where: str) -> None:
        assert sent_once(outside, owner.address, where)
        assert owner.log() == [[("opened", "@contact", [("mail", "sent")])]], (where, owner.log())

    assert try_everything(owner.home, outside, NOON, check) >= 8


@pytest.mark.rule("ORM-MON-2")
def test_a_fault_that_is_noticed_under_bad_luck_is_one_mail(store: Store, outside: FarEnds) -> None:
    """The message comes again, as the queue brings it, until it was taken in."""
    owner = Owner(store, "unluckier")
    event = {"Records": [record(NOON, owner.gateway, {"metric": "fault_code", "value": "E1-0"}, batch="b1")]}
    before, luck = Snapshot(), Luck()
    with under(luck):
        readings.work(store, event, at(NOON))
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            outside.begin()
            try:
                with under(Luck(kind, number)):
                    readings.work(store, event, at(NOON))
            except (Crash, MimamoriError):
                pass
            readings.work(store, event, at(NOON))
            settled(owner.home, NOON)
            where = f"{kind} at call {number} ({luck.calls[number]})"
            assert sent_once(outside, owner.address, where)
            assert len(owner.home.alerts()) == 1, where
            assert owner.home.told() == [], where
    assert len(luck.calls) >= 5
