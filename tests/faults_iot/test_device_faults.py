"""A device's life under bad luck: claimed by its code, replaced, returned, given a new certificate, cut off with its contract.

Whatever call of ours or of IoT Core's is spoiled, doing it again ends alike: the same rows, and of a device's certificates
only those that count are good for anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib import settings
from chalicelib.errors import MimamoriError
from chalicelib.flows import certificates, claiming, devices, leaving, outbox, stock, ticks
from chalicelib.gateways import clients
from chalicelib.gateways import device as registry
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Crash, Luck, Snapshot, all_rows, spared, under
from tests.flows.world import KEN, World, at
from tests.flows_iot.home import Home, heat

UNLUCKY = ("crash before", "reply lost")  # a crash after a call is one before the next
CODE = "ABCD EFGH 2345"
NOW = "2025-08-01T10:00"
# What differs from run to run: who tried, what was counted, which certificate it was.
CHANCE = ("version", "certificate", "old", "renewing", "expires_at")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def client(aws: None) -> Iterator[Any]:
    """A deployment that gives devices their identity."""
    client = boto3.client("iot", region_name="ap-northeast-1")
    client.create_policy(policyName="faults-device", policyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEVICE_POLICY", "faults-device")
        settings.current.cache_clear()
        clients.forget()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # one for all: making them would take minutes
        patch.setattr("moto.iot.models.rsa.generate_private_key", lambda **_: key)
        yield client
    settings.current.cache_clear()
    clients.forget()


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str, client: Any) -> tuple[Home, Snapshot]:
    """Two homes, two devices in stock."""
    home = Home(store)
    World(store).do("2025-07-02T10:00", home.contract, "install", outcome="done")
    home.add(NOW, "daughter", "mail", email="daughter@example.com")
    file = f"serial_number,model,proof\nROOM-1,climate-sensor,{CODE}\nROOM-2,climate-sensor,{CODE}"
    stock.take_in(store, at(NOW), "operator", file, "stock")
    for row in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
        waiting.left(store, row)
    return home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot], client: Any) -> Home:
    start[1].restore()
    _forget_things(client)
    return start[0]


def _forget_things(client: Any) -> None:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.iot.models import iot_backends

    backend = iot_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"]
    backend.things.clear()
    backend.certificates.clear()
    backend.principal_things.clear()
    backend.principal_policies.clear()


def active(client: Any, device: str) -> set[str]:
    """The certificates with which somebody could speak as the device."""
    try:
        found = client.list_thing_principals(thingName=device)["principals"]
    except client.exceptions.ResourceNotFoundException:
        return set()
    names = [principal.rsplit("/", 1)[1] for principal in found]
    described = [client.describe_certificate(certificateId=name)["certificateDescription"] for name in names]
    return {one["certificateId"] for one in described if one["status"] == "ACTIVE"}


def claim(home: Home, serial: str, key: str = "claim", **more: Any) -> dict[str, Any]:
    body = {"serial_number": serial, "proof": CODE, **more}
    return claiming.claim(home.store, at(NOW), home.asked(key), body)


def told_apart(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for table in found.values():
        for name in [name for name in table if "|key#" in name]:
            del table[name]  # under which key a command came is each run's own
        for row in table.values():
            for name in CHANCE:
                row.pop(name, None)
            if "body" in row and '"certificate"' in row["body"]["S"]:
                row["body"] = {"S": json.dumps({k: v for k, v in json.loads(row["body"]["S"]).items() if k != "certificate"})}
    return found


def spoiled(client: Any, prepare: Callable[[], Any], work: Callable[[], Any], settled: Callable[[], Any]) -> int:
    """Spoils every call of `work` in every way and works again: the same rows as without, and `settled` holds."""
    before = Snapshot()

    def begin() -> None:
        before.restore()
        _forget_things(client)
        prepare()

    begin()
    luck = Luck()
    with under(luck):
        work()
    settled()
    wanted = told_apart(all_rows())
    for kind in UNLUCKY:
        for number in range(len(luck.calls)):
            begin()
            try:
                with under(Luck(kind, number)):
                    work()
            except (Crash, MimamoriError):
                pass
            work()
            assert told_apart(all_rows()) == wanted, f"{kind} at call {number} ({luck.calls[number]})"
            settled()
    return len(luck.calls)


def leave(home: Home, when: str = "2025-08-01T12:00") -> None:
    """Everything that waits leaves, as the stream and the sweep let it."""
    for entry in list(waiting.leftovers(home.store, at("2030-01-01T00:00"))):
        if entry.kind == "cut_off":
            outbox.SENDERS[entry.kind](home.store, entry, at(when))
            waiting.left(home.store, entry)


def test_a_claim_by_its_code(home: Home, client: Any) -> None:
    def settled() -> None:
        held = home.held("sn-ROOM-1")
        assert active(client, "sn-ROOM-1") == {held.certificate}
        assert held.renewing == ""
        assert stock.view(home.store, "ROOM-1")["state"] == "claimed"

    def work() -> None:
        claim(home, "ROOM-1")

    calls = spoiled(client, lambda: None, work, lambda: settled())
    assert calls >= 12


def test_a_replacement(home: Home, client: Any) -> None:
    def prepare() -> None:
        claim(home, "ROOM-1")
        devices.name_it(home.store, at(NOW), home.contract, "sn-ROOM-1", "Living room")
        home.hear("2025-08-01T10:05", "sn-ROOM-1", {"metric": "battery_percent", "value": 4}, batch="low")

    def work() -> None:
        body = {"serial_number": "ROOM-2", "proof": CODE}
        claiming.replacement(home.store, at("2025-08-01T11:00"), home.asked("replace"), "sn-ROOM-1", body)
        leave(home)

    def settled() -> None:
        old, new = home.held("sn-ROOM-1"), home.held("sn-ROOM-2")
        assert (old.replaced_by, old.device.watches, old.due_at, new.label) == ("sn-ROOM-2", (), None, "Living room")
        assert [watch.name for watch in new.device.watches] == ["too-hot", "too-cold", "silent", "low-battery", "weak-signal"]
        assert (active(client, "sn-ROOM-1"), active(client, "sn-ROOM-2")) == (set(), {new.certificate})
        assert [(alert["watch"], alert["close_reason"]) for alert in home.alerts()] == [("low-battery", "device_left")]
        assert [told["kind"] for told in home.told()] == ["opened", "closed"]
        assert stock.view(home.store, "ROOM-1")["state"] == "returned"
        found = devices.readings(home.store, at("2025-08-02T00:00"), home.contract, "sn-ROOM-1")["items"]
        assert [one["value"] for one in found] == [4]

    spoiled(client, prepare, work, settled)


def test_a_return(home: Home, client: Any) -> None:
    def work() -> None:
        leaving.give_back(home.store, at("2025-08-01T11:00"), home.asked("return"), "sn-ROOM-1")
        leave(home)

    def settled() -> None:
        held = home.held("sn-ROOM-1")
        assert (held.released is None, held.due_at, held.certificate) == (False, None, "")
        assert active(client, "sn-ROOM-1") == set()
        assert stock.view(home.store, "ROOM-1")["state"] == "returned"

    spoiled(client, lambda: claim(home, "ROOM-1"), work, settled)


def test_a_new_certificate_beside_the_old_one(home: Home, client: Any) -> None:
    first: dict[str, str] = {}

    def prepare() -> None:
        first["id"] = claim(home, "ROOM-1")["certificate_id"]

    def rotate() -> None:
        held = devices.of_contract(home.store, home.contract, "sn-ROOM-1")
        made = certificates.rotate(home.store, at("2025-08-01T11:00"), home.asked("rotate"), held)
        with spared():
            assert active(client, "sn-ROOM-1") >= {first["id"], made["certificate_id"]}

    def settled() -> None:
        snapshot = Snapshot()
        ticks.tick(home.store, at("2025-08-08T10:55"))
        assert first["id"] in active(client, "sn-ROOM-1")
        ticks.tick(home.store, at("2025-08-08T11:00"))
        assert active(client, "sn-ROOM-1") == {home.held("sn-ROOM-1").certificate}
        assert home.held("sn-ROOM-1").certificate != first["id"]
        snapshot.restore()

    spoiled(client, prepare, rotate, settled)


def test_the_end_of_an_overlap(home: Home, client: Any) -> None:
    def prepare() -> None:
        claim(home, "ROOM-1")
        held = devices.of_contract(home.store, home.contract, "sn-ROOM-1")
        certificates.rotate(home.store, at("2025-08-01T11:00"), home.asked("rotate"), held)
        assert len(active(client, "sn-ROOM-1")) == 2

    def work() -> None:
        certificates.finish(home.store, at("2025-08-01T12:00"), home.held("sn-ROOM-1"))

    def settled() -> None:
        assert active(client, "sn-ROOM-1") == {home.held("sn-ROOM-1").certificate}

    spoiled(client, prepare, work, settled)


def test_with_its_contract_a_device_is_cut_off(home: Home, client: Any) -> None:
    """Certificates off, nothing stored, nothing noticed; and the next home gets a certificate of its own."""
    world = World(home.store)

    def prepare() -> None:
        claim(home, "ROOM-1")
        world.do("2025-08-01T11:00", home.contract, "terminate", reason="other")

    def work() -> None:
        leave(home)

    def settled() -> None:
        held = home.held("sn-ROOM-1")
        assert (held.released is None, held.due_at, held.certificate) == (False, None, "")
        assert active(client, "sn-ROOM-1") == set()

    spoiled(client, prepare, work, settled)
    settled()
    home.hear("2025-08-01T12:05", "sn-ROOM-1", heat(40))
    home.tick("2025-08-02T12:00")
    assert devices.readings(home.store, at("2025-08-03T00:00"), home.contract, "sn-ROOM-1")["items"] == []
    assert home.alerts() == []
    with pytest.raises(MimamoriError, match="ended"):
        claim(home, "ROOM-1", key="again")
    with pytest.raises(MimamoriError, match="ended"):
        claim(home, "ROOM-1", key="lost", new_certificate=True)
    ken = Home(home.store, world.apply(NOW, who=KEN, key="next-home")["id"])
    made = claim(ken, "ROOM-1")
    assert active(client, "sn-ROOM-1") == {made["certificate_id"]}


def test_the_next_home_claims_between_any_two_calls_of_the_cut_off(home: Home, client: Any) -> None:
    """Whenever it comes: the next home's certificate holds, the old one does not."""
    world = World(home.store)
    claim(home, "ROOM-1")
    world.do("2025-08-01T11:00", home.contract, "terminate", reason="other")
    ken = Home(home.store, world.apply(NOW, who=KEN, key="other-home")["id"])
    before, gate = Snapshot(), registry.connect()
    assert gate is not None
    number, calls = 0, 1
    while number < calls:
        before.restore()
        _forget_things(client)
        gate.add("sn-ROOM-1")  # what the device of the old home has
        seen: list[str] = []

        def between(carry_out: Callable[[], Any], event: str, seen: list[str] = seen, number: int = number) -> Any:
            seen.append(event)
            if len(seen) == number + 1:
                with spared():
                    claim(ken, "ROOM-1")
            return carry_out()

        with under(between):
            leave(home)
        calls, number = len(seen), number + 1
        now = home.held("sn-ROOM-1")
        assert (now.device.contract, now.released) == (ken.contract, None), seen
        assert active(client, "sn-ROOM-1") == {now.certificate}, seen
    assert calls > 5
