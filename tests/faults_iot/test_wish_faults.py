"""Wishes under bad luck: every call to DynamoDB and to the shadows spoiled in every way, then again; and in every order.

Held each time: the same rows, and the same wishes in the device's shadow, as on a day without faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.errors import MimamoriError, Refused
from chalicelib.flows import outbox as sender
from chalicelib.flows import views, wish_trips, wishes
from chalicelib.gateways import clients, shadow
from chalicelib.members.roles import Caller
from chalicelib.store import devices as device_rows
from chalicelib.store import outbox
from chalicelib.store import wishes as rows
from chalicelib.store.transact import Store
from tests.faults.harness import KINDS, Baton, Crash, Luck, Snapshot, all_rows, every_order, spared, under
from tests.flows.world import HANA, OPERATOR, World, at
from tests.flows_iot.home import Home, later

NOW = "2025-07-10T10:00"
ID = "wish-me"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


class Battery:
    """An OMRON customer's battery, whose provider may set it; and its shadow, in moto."""

    def __init__(self, store: Store) -> None:
        self.store = store
        world = World(store)
        body = {"service": "omron-remote", "payment_method": "none", "consents": ["terms"]}
        self.contract = world.apply("2025-07-01T10:00", key="faulty", **body)["id"]
        world.do("2025-07-02T10:00", self.contract, "install", sku="gateway", outcome="done")
        world.do("2025-07-02T10:30", self.contract, "consent", to="provider", purpose="settings")
        Home(store, self.contract).claim("2025-07-02T11:00", ID, "battery")
        boto3.client("iot", region_name="ap-northeast-1").create_thing(thingName=ID)
        self.iot = boto3.client("iot-data", region_name="ap-northeast-1")
        for entry in list(outbox.leftovers(store, at("2030-01-01T00:00"))):
            outbox.left(store, entry)

    def ask(self, key: str, caller: Caller = HANA, when: str = NOW, **settings: Any) -> str:
        asked = replace(Home(self.store, self.contract).asked(key), subject=caller.subject)
        return str(wishes.ask(self.store, at(when), asked, caller, ID, {"settings": settings})["wish"])

    def leave(self, when: str = NOW) -> None:
        """The outbox's stream, until nothing about wishes waits; what it does not know of stays."""
        for _ in range(4):
            with spared():
                waiting = [one for one in outbox.leftovers(self.store, at(when)) if one.kind == "wish"]
            if not waiting:
                return
            keys = [{"eventName": "INSERT", "dynamodb": {"Keys": one.key, "SequenceNumber": "1"}} for one in waiting]
            sender.deliver(self.store, {"Records": keys}, at(when))
        raise MimamoriError("a wish does not leave")

    def answer(self, wish: str, when: str, outcome: str = "done") -> None:
        body = {"answers": {wish: {"outcome": outcome}}, "device": ID, "received_at": round(at(when).timestamp() * 1000)}
        for _ in range(4):
            if not wish_trips.work(self.store, {"Records": [{"messageId": "m", "body": json.dumps(body)}]}, at(when))[
                "batchItemFailures"
            ]:
                return
        raise MimamoriError("the answer keeps failing")

    def time_passes(self, wish: str, when: str) -> None:
        """The tick's share of this one wish."""
        item = rows.item_of(wish)
        assert item is not None
        for _ in range(4):
            try:
                if wish_trips.due(self.store, [(ID, item)], round(at(when).timestamp() * 1000))[1] == 0:
                    return
            except MimamoriError:
                continue
        raise MimamoriError("the tick keeps failing")

    def see(self, wish: str, when: str = NOW) -> dict[str, Any]:
        return wishes.view(self.store, at(when), self.contract, HANA, ID, wish)

    def waiting(self) -> list[str]:
        """The wishes in the shadow."""
        with spared():
            try:
                found = self.iot.get_thing_shadow(thingName=ID, shadowName="wishes")["payload"].read()
            except self.iot.exceptions.ResourceNotFoundException:
                return []
        return sorted(json.loads(found)["state"].get("desired", {}).get("wishes", {}))

    def empty(self) -> None:
        with spared():
            shadow.connect().take_away(ID, self.waiting())


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> Iterator[tuple[Battery, Snapshot]]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (device_rows, outbox):
            patch.setattr(module, "SHARDS", 2)
        clients.forget()
        battery = Battery(store)
        yield battery, Snapshot()
    clients.forget()


@pytest.fixture
def battery(start: tuple[Battery, Snapshot]) -> Battery:
    start[1].restore()
    start[0].empty()
    return start[0]


def spoil(battery: Battery, work: Callable[[], Any]) -> int:
    """Every call spoiled in every way, and worked again: the same rows and the same shadow as undisturbed."""
    before, left = Snapshot(), battery.waiting()
    luck = Luck()
    with under(luck):
        work()
    wanted = all_rows(), battery.waiting()
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            if not left:
                battery.empty()
            try:
                with under(Luck(kind, number)):
                    work()
            except (Crash, MimamoriError):
                pass
            work()
            assert (without_tries(all_rows()), battery.waiting()) == wanted, f"{kind} at call {number} ({luck.calls[number]})"
    return len(luck.calls)


class Between:
    """Does something else, whole, before the n-th call of a piece of work."""

    def __init__(self, number: int, other: Callable[[], str]) -> None:
        self.number, self.other = number, other
        self.result = ""

    def __call__(self, carry_out: Callable[[], Any], event: str) -> Any:
        if self.number == 0:
            with spared():
                self.result = self.other()
        self.number -= 1
        return carry_out()


def without_tries(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """How often an entry failed to leave is no part of what it says."""
    for table in found.values():
        for row in table.values():
            row.pop("tries", None)
    return found


def test_asking_and_leaving(battery: Battery) -> None:
    def work() -> None:
        battery.ask("k", reserve=40)
        battery.leave()

    assert spoil(battery, work) >= 8
    (wish,) = battery.waiting()
    assert battery.see(wish)["state"] == "sent"


def test_a_newer_wish_in_the_place_of_one_that_left(battery: Battery) -> None:
    battery.ask("first", reserve=40)
    battery.leave()

    def work() -> None:
        battery.ask("second", when=later(NOW, 1), reserve=60)
        battery.leave(later(NOW, 1))

    spoil(battery, work)
    (wish,) = battery.waiting()
    assert battery.see(wish, later(NOW, 1))["settings"] == {"reserve": 60}


def test_an_answer_to_anothers_wish_is_noted_and_told_once(battery: Battery) -> None:
    wish = battery.ask("k", OPERATOR, reserve=40)
    battery.leave()
    battery.empty()  # the device took it
    assert spoil(battery, lambda: battery.answer(wish, later(NOW, 1))) >= 4
    assert battery.see(wish)["state"] == "done"
    told = [one for one in views.notices(battery.store, battery.contract)["items"] if one["kind"] == "settings_changed"]
    assert len(told) == 1
    assert [one.kind for one in outbox.leftovers(battery.store, at(later(NOW, 9)))] == ["notices"]


def test_a_wish_whose_time_is_over(battery: Battery) -> None:
    wish = battery.ask("k", reserve=40)
    battery.leave()

    def work() -> None:
        battery.time_passes(wish, later(NOW, 10))
        battery.leave(later(NOW, 10))

    spoil(battery, work)
    assert (battery.waiting(), battery.see(wish)["state"]) == ([], "timed_out")


def test_a_wish_taken_back(battery: Battery) -> None:
    wish = battery.ask("k", reserve=40)
    battery.leave()

    def work() -> None:
        wishes.withdraw(battery.store, at(later(NOW, 1)), battery.contract, HANA, ID, wish)
        battery.leave(later(NOW, 1))

    spoil(battery, work)
    assert (battery.waiting(), battery.see(wish)["state"]) == ([], "withdrawn")


@pytest.mark.parametrize(("answered", "state"), [(9, "done"), (10, "timed_out")])
def test_an_answer_and_the_tick_in_every_order(battery: Battery, answered: int, state: str) -> None:
    """When the answer reached us decides, not who works first."""
    wish = battery.ask("k", reserve=40)
    battery.leave()
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(
            lambda: battery.answer(wish, later(NOW, answered)), lambda: battery.time_passes(wish, later(NOW, 10))
        )
        assert results == [None, None]
        seen = battery.see(wish, later(NOW, 20))
        assert (seen["state"], "late" in seen) == (state, state == "timed_out")

    assert every_order(run) > 3


def test_two_wishes_for_one_setting_whenever_the_other_comes_in_between(battery: Battery) -> None:
    """One of them stands at the end; the shadow holds that one, whoever sends first."""
    before, luck = Snapshot(), Luck()
    with under(luck):
        battery.ask("one", reserve=40)
    for number in range(len(luck.calls)):
        before.restore()
        battery.empty()
        between = Between(number, lambda: battery.ask("two", OPERATOR, reserve=60))
        with under(between):
            found = [battery.ask("one", reserve=40), between.result]
        states = {wish: battery.see(wish)["state"] for wish in found}
        assert sorted(states.values()) == ["pending", "withdrawn"]
        assert states[max(states)] == "pending"  # the order of ids is that of asking
        battery.leave()
        assert battery.waiting() == [max(states)]
    assert len(luck.calls) >= 7


def test_a_wish_that_leaves_while_it_is_taken_back_in_every_order(battery: Battery) -> None:
    wish = battery.ask("k", reserve=40)
    before = Snapshot()
    (entry,) = outbox.leftovers(battery.store, at(NOW))

    def run(baton: Baton) -> None:
        before.restore()
        battery.empty()
        withdraw = lambda: wishes.withdraw(battery.store, at(NOW), battery.contract, HANA, ID, wish)["state"]  # noqa: E731
        assert baton.run(lambda: wish_trips.send(battery.store, entry, at(NOW)), withdraw) == [None, "withdrawn"]
        battery.leave()  # the withdrawal's own entry, before or after
        assert (battery.waiting(), battery.see(wish)["state"]) == ([], "withdrawn")

    assert every_order(run) > 5


def test_an_answer_that_is_faster_than_our_note_in_every_order(battery: Battery) -> None:
    """The device answers before we have noted that the wish left: that proves that it did."""
    wish = battery.ask("k", reserve=40)
    before = Snapshot()
    (entry,) = outbox.leftovers(battery.store, at(NOW))

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(lambda: wish_trips.send(battery.store, entry, at(NOW)), lambda: battery.answer(wish, later(NOW, 1)))
        assert results == [None, None]
        seen = battery.see(wish, later(NOW, 1))
        assert (seen["state"], seen["settled_at"]) == ("done", "2025-07-10T01:01:00Z")

    assert every_order(run) > 3


def test_what_is_over_cannot_be_taken_back_whoever_is_first(battery: Battery) -> None:
    wish = battery.ask("k", reserve=40)
    battery.leave()
    before = Snapshot()
    endings = set()

    def run(baton: Baton) -> None:
        before.restore()
        first, second = baton.run(
            lambda: battery.answer(wish, later(NOW, 1)),
            lambda: wishes.withdraw(battery.store, at(later(NOW, 1)), battery.contract, HANA, ID, wish)["state"],
        )
        seen = battery.see(wish, later(NOW, 1))
        assert first is None
        if isinstance(second, Refused):
            assert seen["state"] == "done"
        else:
            assert (second, seen["state"], seen["late"]["outcome"]) == ("withdrawn", "withdrawn", "done")
        endings.add(seen["state"])

    every_order(run)
    assert endings == {"done", "withdrawn"}
