"""A gateway whose customer added nobody: the terms promise that they are told all the same, at their user id."""

from __future__ import annotations

import pytest

from chalicelib.flows import alert_log, people, trace
from chalicelib.store import outbox
from chalicelib.store.transact import Store
from tests.flows.world import World, at
from tests.flows_iot.far_ends import FarEnds
from tests.flows_iot.home import Home
from tests.flows_iot.test_reaching import post

FREE = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}
NOON = "2025-08-01T12:00"


class Owner:
    """A customer with a gateway that is watched for faults and silence, and whose welcome has been read."""

    def __init__(self, store: Store, name: str, **application: object) -> None:
        self.address = f"{name}@example.com"
        self.world = World(store)
        given = {**FREE, "contact": {"email": self.address}, **application}
        contract = self.world.apply("2025-07-01T10:00", key=f"holder-{name}", **given)["id"]
        self.home, self.gateway = Home(store, contract), f"gateway-{contract[:8]}"
        self.world.do("2025-07-02T10:00", contract, "install", outcome="done")
        self.home.claim("2025-08-01T09:00", self.gateway, "pv-gateway")
        fault = {"kind": "event", "metric": "fault_code", "other_than": ["", "OK"], "level": "critical"}
        self.home.watch("2025-08-01T09:00", self.gateway, "fault", **fault)
        self.home.watch("2025-08-01T09:00", self.gateway, "silent", kind="silence", after_minutes=1440)
        for entry in list(outbox.leftovers(store, at("2099-01-01T00:00"))):
            outbox.left(store, entry)

    def says(self, when: str, code: str) -> None:
        self.home.hear(when, self.gateway, {"metric": "fault_code", "value": code})

    def log(self) -> list[list[tuple[str, str, list[tuple[str, str]]]]]:
        """Of each alert, in the app: who was told what, and by which way."""
        seen = [
            alert_log.view(self.home.store, at("2025-08-05T12:00"), self.home.contract, one["alert"])["told"]
            for one in self.home.alerts()
        ]
        return [
            [(one["kind"], one["person"], [(way["channel"], way["outcome"]) for way in one["reached"]]) for one in told]
            for told in seen
        ]


@pytest.fixture
def owner(store: Store, ends: FarEnds, request: pytest.FixtureRequest) -> Owner:
    return Owner(store, f"n{abs(hash(request.node.name)) % 10**8}")


MAILED = [("mail", "sent")]


@pytest.mark.rule("ORM-MON-2", "ORM-PRV-3")
def test_a_fault_and_its_end_reach_the_user_id_once_each(owner: Owner, ends: FarEnds) -> None:
    for when, code in ((NOON, "E1-0"), ("2025-08-01T12:10", "E1-0"), ("2025-08-01T12:20", "OK"), ("2025-08-01T12:30", "OK")):
        owner.says(when, code)
        post(owner.home, when)
    assert [key.split("#")[2:] for key, _ in ends.mail()] == [["opened", "@contact"], ["closed", "@contact"]]
    assert ends.addresses() == [owner.address, owner.address]
    assert owner.log() == [[("opened", "@contact", MAILED), ("closed", "@contact", MAILED)]]
    assert owner.home.told() == []  # the family's list has only people that the family added


@pytest.mark.rule("ORM-MON-3")
def test_a_silent_gateway_and_its_return_reach_the_user_id(owner: Owner, ends: FarEnds) -> None:
    owner.says(NOON, "OK")
    for when in ("2025-08-02T11:55", "2025-08-02T12:00", "2025-08-02T12:05"):
        owner.home.tick(when)
        post(owner.home, when)
    assert [key.split("#")[2] for key, _ in ends.mail()] == ["opened"]
    owner.says("2025-08-02T13:00", "OK")
    post(owner.home, "2025-08-02T13:00")
    assert [key.split("#")[2] for key, _ in ends.mail()] == ["opened", "closed"]


def test_operators_follow_it_to_the_mail(owner: Owner, ends: FarEnds) -> None:
    owner.says(NOON, "E1-0")
    post(owner.home, NOON)
    seen = trace.of_device(owner.home.store, at("2025-08-01T12:05"), owner.gateway)
    assert [one["person"] for one in seen["items"] if one["kind"] in ("told", "reached")] == ["@contact", "@contact"]
    assert seen["alerts"][0]["first_reached_at"] == "2025-08-01T03:00:00Z"


def test_with_people_the_people_are_told_and_nobody_else(owner: Owner, ends: FarEnds) -> None:
    owner.home.add("2025-08-01T11:00", "mai", email=owner.address)
    owner.says(NOON, "E1-0")
    post(owner.home, NOON)
    assert [told["person"] for told in owner.home.told()] == ["mai"]
    assert ends.count() == {"mail": 1}
    people.remove(owner.home.store, at("2025-08-01T12:05"), owner.home.contract, "mai")
    owner.says("2025-08-01T12:10", "OK")  # who knew of it is gone; who did not is not told of an end
    post(owner.home, "2025-08-01T12:10")
    assert ends.count() == {"mail": 1}


def test_who_was_told_of_the_beginning_is_told_of_the_end_whoever_was_added_since(owner: Owner, ends: FarEnds) -> None:
    owner.says(NOON, "E1-0")
    owner.home.add("2025-08-01T12:05", "mai", email=owner.address)
    owner.says("2025-08-01T12:10", "OK")
    post(owner.home, "2025-08-01T12:10")
    assert owner.log() == [[("opened", "@contact", MAILED), ("closed", "@contact", MAILED)]]
    owner.says("2025-08-01T12:20", "E2-0")
    post(owner.home, "2025-08-01T12:20")
    assert owner.log()[1] == [("opened", "mai", MAILED)]


def test_without_an_address_it_is_noted_and_nothing_waits(store: Store, ends: FarEnds) -> None:
    owner = Owner(store, "later")
    profile = owner.world.store.get(store.contracts, {"contract": {"S": owner.home.contract}, "item": {"S": "profile"}})
    assert profile is not None
    owner.world.store.write({"Delete": {"TableName": store.contracts, "Key": {k: profile[k] for k in ("contract", "item")}}})
    owner.says(NOON, "E1-0")
    assert post(owner.home, NOON) == 0
    assert owner.log() == [[("opened", "@contact", [("mail", "no_address")])]]


@pytest.mark.rule("ORM-MON-4")
def test_it_goes_on_while_suspended_and_not_after_the_end(owner: Owner, ends: FarEnds) -> None:
    owner.world.do("2025-08-01T11:00", owner.home.contract, "suspend")
    owner.says(NOON, "E1-0")
    for entry in list(outbox.leftovers(owner.home.store, at("2099-01-01T00:00"))):
        if entry.kind == "notices":
            outbox.left(owner.home.store, entry)
    post(owner.home, NOON)
    assert ends.count() == {"mail": 1}
    owner.says("2025-08-01T12:10", "OK")
    owner.world.do("2025-08-01T12:11", owner.home.contract, "terminate", reason="other")
    post(owner.home, "2025-08-01T12:12")
    assert [key for key, _ in ends.mail() if "@contact" in key and "closed" in key] == []


def test_where_the_terms_do_not_say_so_only_people_are_told(home: Home, ends: FarEnds) -> None:
    home.claim("2025-08-01T09:00", "plain-room")
    home.watch("2025-08-01T09:00", "plain-room", "hot", kind="threshold", metric="temperature", above=30)
    home.hear(NOON, "plain-room", {"metric": "temperature", "value": 31})
    assert len(home.alerts()) == 1
    assert [one.kind for one in outbox.leftovers(home.store, at("2099-01-01T00:00"))] == []


def test_maintenance_holds_it_like_other_news(owner: Owner, ends: FarEnds) -> None:
    from chalicelib.flows import maintenance

    begin = {"minutes": 60, "include_critical": True}
    maintenance.begin(owner.home.store, at("2025-08-01T11:30"), owner.home.contract, owner.gateway, "contractor", begin)
    owner.says(NOON, "E1-0")
    assert post(owner.home, NOON) == 0
    assert ends.count() == {}
    owner.home.tick("2025-08-01T12:30")
    post(owner.home, "2025-08-01T12:30")
    assert ends.count() == {"mail": 1}
