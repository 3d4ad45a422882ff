"""Accounts under an address of their own: registering, handing a gateway over, ending with everything erased, under bad luck.

Every AWS call is spoiled in every way, one at a time; two workers take turns in every order.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.flows import nights, profiles
from chalicelib.store import addresses, members
from chalicelib.store import contracts as rows
from tests.faults.harness import Baton, Snapshot, all_rows, every_order
from tests.faults.test_contract_faults import (  # noqa: F401 - fixtures
    Desk,
    desk,
    enumerate_faults,
    few_shards,
    no_waiting,
    start,
)
from tests.flows.world import HANA, KEN, World, at

FREE = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}


@pytest.fixture
def world(store: Any, start: Snapshot) -> World:  # noqa: F811
    start.restore()
    return World(store)


def register(world: World, email: str = "one@example.jp", who: Any = HANA, key: str = "one") -> dict[str, Any]:
    return world.apply("2025-04-05T10:00", who, key, **FREE, contact={"email": email})


def holder(world: World, email: str) -> str:
    return addresses.holder(world.store, "omron-remote", members.email_hash(email))


@pytest.mark.rule("ORM-ACC-2")
def test_a_registration_under_bad_luck(world: World) -> None:
    assert enumerate_faults(lambda: register(world), all_rows) >= 3
    assert rows.load(world.store, holder(world, "one@example.jp")).state == "accepted"


@pytest.mark.rule("ORM-GWT-3")
def test_a_hand_over_under_bad_luck(world: World) -> None:
    old, new = register(world)["id"], register(world, "two@example.jp", KEN, "two")["id"]
    world.do("2025-04-19T12:00", old, "install", sku="gateway", outcome="done")
    enumerate_faults(lambda: world.do("2025-12-06T15:00", old, "transfer_device", key="moved", to=new), all_rows)
    held = [rows.load(world.store, name) for name in (old, new)]
    assert [one.linked_at is None for one in held] == [True, False]
    assert [one.state for one in held] == ["active", "active"]


@pytest.mark.rule("ORM-END-2", "ORM-ACC-2")
def test_an_end_with_its_letter_and_its_erasure_under_bad_luck(world: World, desk: Desk) -> None:  # noqa: F811
    contract = register(world)["id"]
    desk.drain(at("2025-04-05T10:01"))
    desk.letters.clear()

    def leave() -> None:
        world.do("2025-05-01T10:00", contract, "request_cancellation", key="bye")
        for _ in range(2):
            desk.drain(at("2025-05-01T10:01"))

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(), letters

    enumerate_faults(leave, seen)
    assert (holder(world, "one@example.jp"), profiles.shown(world.store, contract)) == ("", {})


@pytest.mark.rule("ORM-DOR-3", "ORM-ACC-2")
def test_the_night_that_ends_an_unused_account_under_bad_luck(world: World, desk: Desk) -> None:  # noqa: F811
    contract = register(world)["id"]
    world.night("2026-03-06")  # the reminder
    desk.drain(at("2026-03-06T00:11"))
    desk.letters.clear()

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(leave_out=("night#",)), letters

    enumerate_faults(lambda: desk.night("2026-04-05"), seen)
    assert rows.load(world.store, contract).ended_because == "dormant"
    assert holder(world, "one@example.jp") == ""


@pytest.mark.rule("ORM-ACC-2")
def test_two_registrations_of_one_address_leave_one_account_in_every_order(world: World) -> None:
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        answers = baton.run(lambda: register(world), lambda: register(world, "ONE@example.jp", KEN, "two"))
        assert sorted(answer["state"] for answer in answers) == ["accepted", "refused"]
        (living,) = [answer["id"] for answer in answers if answer["state"] == "accepted"]
        assert holder(world, "one@example.jp") == living

    assert every_order(run) >= 10


@pytest.mark.rule("ORM-GWT-3", "ORM-CAN-1")
def test_a_hand_over_and_the_new_owners_goodbye_in_every_order(world: World) -> None:
    """Either the gateway moved before the goodbye, or the goodbye came first and nothing moved: never half."""
    old, new = register(world)["id"], register(world, "two@example.jp", KEN, "two")["id"]
    world.do("2025-04-19T12:00", old, "install", sku="gateway", outcome="done")
    before = Snapshot()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        baton.run(
            lambda: world.do("2025-12-06T15:00", old, "transfer_device", key="moved", to=new),
            lambda: world.do("2025-12-06T15:00", new, "request_cancellation", key="bye"),
        )
        one, two = rows.load(world.store, old), rows.load(world.store, new)
        assert (two.state, two.linked_at) == ("ended", None)
        outcomes.add((one.linked_at is None, two.service_starts_on is not None))

    assert every_order(run) >= 10
    assert outcomes == {(True, True), (False, False)}


@pytest.mark.rule("ORM-DOR-2", "ORM-DOR-3")
def test_a_log_in_and_the_night_of_the_dormancy_day_in_every_order(world: World) -> None:
    contract = register(world)["id"]
    world.night("2026-03-06")
    message = {"kind": "night", "day": "2026-04-05", "contracts": [contract]}
    before = Snapshot()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        _, answer = baton.run(
            lambda: nights.work(world.store, message, at("2026-04-05T00:10")),
            lambda: world.do("2026-04-05T00:10", contract, "log_in", HANA, key="late"),
        )
        held = rows.load(world.store, contract)
        outcomes.add(json.dumps([held.state, str(held.ends_on), held.ended_because, getattr(answer, "reason", "allowed")]))

    assert every_order(run) >= 6
    assert outcomes == {'["ended", "2026-04-05", "dormant", "ended"]'}
