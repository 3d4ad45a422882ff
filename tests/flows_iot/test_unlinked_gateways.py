"""A gateway that is unlinked or handed on: nothing more for the old account, nothing old for the new one."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Conflict, NotFound
from chalicelib.flows import devices, outbox
from chalicelib.store import devices as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.test_outbox import inserted
from tests.flows.world import HANA, KEN, OPERATOR, World, at
from tests.flows_iot.home import Home

FREE = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}


class Owners:
    """Two accounts and one gateway."""

    def __init__(self, store: Store, number: int) -> None:
        self.world = World(store)
        for entry in list(waiting.leftovers(store, at("2099-01-01T00:00"))):
            waiting.left(store, entry)
        self.gateway = f"gateway-{number}"
        self.homes = []
        for who in (HANA, KEN):
            contact = {"contact": {"email": f"{who.subject}-{number}@example.jp"}}
            contract = self.world.apply("2025-06-01T10:00", who, **FREE, **contact)["id"]
            self.homes.append(Home(store, contract))
        self.old, self.new = self.homes
        self.world.do("2025-06-10T12:00", self.old.contract, "install", sku="gateway", outcome="done")
        self.old.claim("2025-06-10T12:05", self.gateway, "pv-gateway")

    def tell(self, when: str, power: int) -> None:
        self.old.hear(when, self.gateway, {"metric": "power", "value": power, "measured_at": f"{when}:00+09:00"})

    def leave(self, now: str) -> None:
        """Everything that waits leaves."""
        for _ in range(3):
            outbox.deliver(self.world.store, inserted(self.world), at(now))

    def powers(self, home: Home, now: str) -> list[Any]:
        found = devices.readings(home.store, at(now), home.contract, self.gateway)
        return [reading["value"] for reading in found["items"]]


@pytest.fixture
def owners(store: Store, surroundings: str, request: pytest.FixtureRequest) -> Owners:
    return Owners(store, abs(hash(request.node.name)) % 10**8)


@pytest.mark.rule("ORM-DAT-6", "ORM-GWT-2")
def test_after_the_unlinking_nothing_is_stored_and_the_earlier_stays_readable(owners: Owners) -> None:
    owners.tell("2025-07-01T10:00", 900)
    owners.world.do("2025-07-02T10:00", owners.old.contract, "transfer_device")
    owners.leave("2025-07-02T10:01")
    owners.tell("2025-07-02T11:00", 1100)
    assert owners.powers(owners.old, "2025-07-03T00:00") == [900]
    held = rows.load(owners.world.store, owners.gateway)
    assert held is not None
    assert (held.device.newest["power"].value, held.due_at) == (900, None)


@pytest.mark.rule("ORM-GWT-2", "ORM-GWT-4", "ORM-PRO-1")
def test_the_new_owner_sees_none_of_the_old_and_the_old_none_of_the_new(owners: Owners) -> None:
    owners.tell("2025-07-01T10:00", 900)
    with pytest.raises(Conflict):
        owners.new.claim("2025-07-01T12:00", owners.gateway, "pv-gateway")  # still linked elsewhere
    owners.world.do("2025-07-02T10:00", owners.old.contract, "transfer_device", OPERATOR, to=owners.new.contract)
    owners.leave("2025-07-02T10:01")
    owners.new.claim("2025-07-02T10:30", owners.gateway, "pv-gateway")
    owners.tell("2025-07-02T11:00", 1100)
    assert (owners.powers(owners.old, "2025-07-03T00:00"), owners.powers(owners.new, "2025-07-03T00:00")) == ([900], [1100])
    shown = devices.listing(owners.world.store, at("2025-07-03T00:00"), owners.new.contract)["items"]
    assert [one["values"]["power"]["value"] for one in shown] == [1100]
    assert devices.listing(owners.world.store, at("2025-07-03T00:00"), owners.old.contract) == {"items": []}


@pytest.mark.rule("ORM-GWT-1", "ORM-STA-1")
def test_a_gateway_that_comes_back_is_heard_again(owners: Owners) -> None:
    owners.world.do("2025-07-02T10:00", owners.old.contract, "transfer_device")
    owners.leave("2025-07-02T10:01")
    owners.world.do("2025-07-05T10:00", owners.old.contract, "install", sku="gateway", outcome="done")
    owners.old.claim("2025-07-05T10:05", owners.gateway, "pv-gateway")
    owners.tell("2025-07-05T11:00", 700)
    assert owners.powers(owners.old, "2025-07-06T00:00") == [700]


@pytest.mark.rule("ORM-END-2", "ORM-DAT-6", "ORM-HIS-1")
def test_with_the_account_everything_that_it_stored_is_gone(owners: Owners) -> None:
    store, contract = owners.world.store, owners.old.contract
    owners.old.add("2025-06-11T10:00", "haru", email="haru@example.jp")
    owners.old.watch("2025-06-11T10:00", owners.gateway, "much", kind="threshold", metric="power", above=1000)
    owners.tell("2025-07-01T10:00", 1900)
    assert owners.old.alerts()
    owners.world.do("2025-07-02T09:00", contract, "log_in", HANA)
    owners.world.do("2025-07-02T10:00", contract, "request_cancellation", HANA)
    owners.leave("2025-07-02T10:01")
    assert set(owners.world.everything(contract)) == {
        item for item in owners.world.everything(contract) if item.startswith(("contract", "event#", "key#"))
    }
    told = [
        event
        for item, row in owners.world.everything(contract).items()
        if item.startswith("event#")
        for event in [row["journal"]["S"]]
    ]
    assert not any("account_used" in text for text in told)
    assert rows.load(store, owners.gateway) is None
    assert (list(rows.history(store, owners.gateway, 0, rows.LATEST)), owners.old.alerts()) == ([], [])
    with pytest.raises(NotFound):
        owners.powers(owners.old, "2025-07-03T00:00")
    owners.tell("2025-07-02T11:00", 1100)
    assert list(rows.history(store, owners.gateway, 0, rows.LATEST)) == []


@pytest.mark.rule("ORM-END-2")
def test_the_end_of_the_old_account_takes_nothing_from_the_new_owner(owners: Owners) -> None:
    owners.tell("2025-07-01T10:00", 900)
    owners.world.do("2025-07-02T10:00", owners.old.contract, "transfer_device", OPERATOR, to=owners.new.contract)
    owners.leave("2025-07-02T10:01")
    owners.new.claim("2025-07-02T10:30", owners.gateway, "pv-gateway")
    owners.tell("2025-07-02T11:00", 1100)
    owners.world.do("2025-07-03T10:00", owners.old.contract, "request_cancellation", HANA)
    owners.leave("2025-07-03T10:01")
    assert owners.powers(owners.new, "2025-07-04T00:00") == [1100]
    assert len(list(rows.history(owners.world.store, owners.gateway, 0, rows.LATEST))) == 1


@pytest.mark.rule("ORM-SET-1")
def test_a_value_older_than_a_day_is_shown_as_old(owners: Owners) -> None:
    owners.tell("2025-07-01T10:00", 900)
    for now, stale in (("2025-07-02T10:00", False), ("2025-07-02T10:01", True)):
        shown = devices.view(owners.world.store, at(now), owners.old.contract, owners.gateway)
        value = shown["values"]["power"]
        assert (value["value"], value["measured_at"], value["stale"]) == (900, "2025-07-01T01:00:00Z", stale)
        (listed,) = devices.listing(owners.world.store, at(now), owners.old.contract)["items"]
        assert listed["values"] == shown["values"]
