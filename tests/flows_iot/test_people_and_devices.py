"""Claims, certificates, people and watches through their flows: what is allowed, what a repeat does, what stays secret."""

from __future__ import annotations

import json
from types import SimpleNamespace

import boto3
import pytest

from chalicelib import settings
from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import alerts, claiming, devices, people, reaching, watches
from chalicelib.gateways import clients, mail
from chalicelib.store import members, outbox
from chalicelib.store.transact import Store
from tests.flows.world import HANA, KEN, World, at
from tests.flows_iot.home import Home, heat

NOW = "2025-08-01T10:00"


@pytest.fixture
def policy(aws: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A deployment that gives devices their identity."""
    name = "mimamori-test-device"
    client = boto3.client("iot", region_name="ap-northeast-1")
    if not any(known["policyName"] == name for known in client.list_policies()["policies"]):
        client.create_policy(policyName=name, policyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    monkeypatch.setenv("DEVICE_POLICY", name)
    settings.current.cache_clear()
    clients.forget()
    yield name
    settings.current.cache_clear()


def test_a_claim_gives_a_key_once_and_never_again(home: Home, policy: str) -> None:
    device = f"key-{home.contract[:6]}"
    first = home.claim(NOW, device, key="one")
    assert "PRIVATE KEY" in first["private_key"] and "CERTIFICATE" in first["certificate"]
    assert "private_key" not in home.claim(NOW, device, key="one")
    assert "private_key" not in home.claim(NOW, device, key="two")
    rows = list(home.store.query_all(home.store.devices, ("device", device)))
    assert "PRIVATE KEY" not in json.dumps(rows)
    client = boto3.client("iot", region_name="ap-northeast-1")
    assert len(client.list_thing_principals(thingName=device)["principals"]) == 1


def test_a_lost_key_is_replaced_and_the_old_certificate_is_switched_off(home: Home, policy: str) -> None:
    device = f"lost-{home.contract[:6]}"
    first = home.claim(NOW, device)
    second = home.claim(NOW, device, new_certificate=True)
    client = boto3.client("iot", region_name="ap-northeast-1")
    assert second["private_key"] != first["private_key"]
    (principal,) = client.list_thing_principals(thingName=device)["principals"]
    assert principal.endswith(second["certificate_id"])
    old = client.describe_certificate(certificateId=first["certificate_id"])["certificateDescription"]
    assert old["status"] == "INACTIVE"


def test_a_device_belongs_to_whom_claimed_it_first(home: Home, store: Store) -> None:
    device = f"first-{home.contract[:6]}"
    home.claim(NOW, device)
    stranger = Home(store, World(store).apply(NOW, who=KEN, key=f"ken-{device}")["id"])
    with pytest.raises(Conflict, match="exists"):
        stranger.claim(NOW, device)
    assert home.claim(NOW, device)["contract"] == home.contract


def test_a_key_that_was_used_for_another_request_is_refused(home: Home) -> None:
    asked = home.asked("same", "print-1")
    claiming.claim(home.store, at(NOW), asked, {"model": "climate-sensor"})
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        claiming.claim(home.store, at(NOW), home.asked("same", "print-2"), {"model": "motion-sensor"})
    assert len(devices.listing(home.store, at(NOW), home.contract)["items"]) == 1


def test_devices_are_listed_in_the_order_of_claiming(home: Home) -> None:
    names = [f"{name}-{home.contract[:6]}" for name in ("zebra", "apple", "mango")]
    for name in names:
        home.claim(NOW, name)
    assert [one["device"] for one in devices.listing(home.store, at(NOW), home.contract)["items"]] == names


def test_a_watch_set_again_closes_its_alert_and_starts_afresh(home: Home) -> None:
    device = f"again-{home.contract[:6]}"
    home.claim(NOW, device)
    home.watch(NOW, device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:05", device, heat(31))
    home.watch("2025-08-01T10:10", device, "hot", kind="threshold", metric="temperature", above=40)
    assert [alert["closed_at"] for alert in home.alerts()] == ["2025-08-01T01:10:00Z"]
    (watch,) = watches.listing(home.store, home.contract, device)["items"]
    assert (watch["watch"], watch["above"]) == ("hot", 40)
    watches.remove(home.store, at(NOW), home.contract, device, "hot")
    with pytest.raises(NotFound):
        watches.remove(home.store, at(NOW), home.contract, device, "hot")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "threshold", "metric": "t"}, "above"),
        ({"kind": "threshold", "metric": "t", "above": 1, "below": 0}, "below"),
        ({"kind": "threshold", "above": 1}, "metric"),
        ({"kind": "threshold", "metric": "t", "above": 30, "clear": 31}, "clear"),
        ({"kind": "threshold", "metric": "t", "below": 10, "clear": 9}, "clear"),
        ({"kind": "threshold", "metric": "t", "above": 30, "after_minutes": 5}, "after_minutes"),
        ({"kind": "rate", "metric": "t", "rises": 1}, "minutes"),
        ({"kind": "event", "metric": "t"}, "equals"),
        ({"kind": "silence"}, "after_minutes"),
        ({"kind": "no_activity", "metric": "t", "active_above": 1}, "for_hours"),
        ({"kind": "no_activity", "metric": "t", "for_hours": 1, "active_above": 1, "active_equals": 2}, "active_equals"),
        ({"kind": "no_activity", "metric": "t", "for_hours": 1, "active_above": 1, "between": ["07:00", "07:00"]}, "between"),
    ],
)
def test_settings_that_make_no_sense_name_their_field(home: Home, given: dict[str, object], field: str) -> None:
    device = f"sense-{home.contract[:6]}"
    home.claim(NOW, device)
    with pytest.raises(Invalid) as caught:
        home.watch(NOW, device, "w", **given)
    assert caught.value.field == field
    assert watches.listing(home.store, home.contract, device)["items"] == []


def test_being_told_opens_no_door_and_shows_no_address(home: Home) -> None:
    home.add(NOW, "daughter", email="Hanako@Example.jp")
    home.add(NOW, "neighbour", role="helper", email="sato@example.jp")
    assert members.members(home.store, HANA.subject, home.contract) == []
    people.remove(home.store, at(NOW), home.contract, "daughter")
    shown = people.listing(home.store, home.contract)
    assert [person["person"] for person in shown["items"]] == ["neighbour"]
    assert "sato" not in json.dumps(shown)


def test_people_find_themselves_by_their_verified_address_only(home: Home) -> None:
    home.add(NOW, "daughter", email="Hanako@Example.jp")
    home.add(NOW, "neighbour", role="helper")

    def which(email: str) -> list[str]:
        return [one["person"] for one in people.listing(home.store, home.contract, email)["items"] if one["you"]]

    assert (which("hanako@example.jp"), which("other@example.jp"), which("")) == (["daughter"], [], [])


def test_steps_name_people_who_are_there(home: Home) -> None:
    home.add(NOW, "daughter")
    with pytest.raises(Invalid, match="unknown_person"):
        people.set_escalation(home.store, home.contract, [{"after_minutes": 0, "to": ["daughter", "nobody"]}])
    people.set_escalation(home.store, home.contract, [{"after_minutes": 5, "to": ["daughter"]}])
    people.remove(home.store, at(NOW), home.contract, "daughter")
    assert people.listing(home.store, home.contract)["steps"] == []


def test_what_has_closed_cannot_be_acknowledged(home: Home) -> None:
    device = f"over-{home.contract[:6]}"
    home.claim(NOW, device)
    home.watch(NOW, device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:05", device, heat(31))
    home.hear("2025-08-01T10:10", device, heat(20))
    (alert,) = home.alerts()
    with pytest.raises(Refused, match="not_open"):
        alerts.acknowledge(home.store, at("2025-08-01T10:11"), home.asked(), "contractor", alert["alert"], {})
    with pytest.raises(NotFound):
        alerts.close(home.store, at(NOW), home.asked(), "contractor", "no-such-alert", {"reason": "visited"})


def test_an_ended_contract_claims_nothing(store: Store, surroundings: str) -> None:
    contract = World(store).apply("2025-07-01T10:00", key="abroad", site={"country": "US"})
    if contract["state"] != "refused":
        contract = World(store).do("2025-07-02T10:00", contract["id"], "refuse")
    with pytest.raises(Refused, match="ended"):
        Home(store, contract["id"]).claim(NOW, "too-late")


@pytest.mark.rule("ORM-GWT-2", "ORM-GWT-4")
def test_a_device_of_a_contract_that_is_over_goes_to_its_next_home_and_each_sees_its_own_time(home: Home, store: Store) -> None:
    device = f"next-{home.contract[:6]}"
    home.claim(NOW, device)
    home.hear("2025-08-01T10:05", device, heat(21, seq=1))
    ken = Home(store, World(store).apply(NOW, who=KEN, key=f"next-{device}")["id"])
    with pytest.raises(Conflict, match="exists"):
        ken.claim("2025-08-01T11:00", device)
    World(store).do("2025-08-02T10:00", home.contract, "terminate", reason="other")
    assert ken.claim("2025-08-03T10:00", device)["contract"] == ken.contract
    ken.hear("2025-08-03T10:05", device, heat(25, seq=2))

    def values(contract: str) -> list[object]:
        return [one["value"] for one in devices.readings(store, at("2025-08-04T10:00"), contract, device)["items"]]

    assert values(ken.contract) == [25]
    assert values(home.contract) == [21]
    assert devices.listing(store, at("2025-08-04T10:00"), home.contract)["items"] == []


@pytest.mark.rule("ORM-MON-4")
@pytest.mark.parametrize(("command", "mails"), [("suspend", 1), ("terminate", 0)])
def test_mails_about_a_home_go_on_while_suspended_and_end_with_the_contract(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, command: str, mails: int
) -> None:
    sent: list[mail.Mail] = []
    monkeypatch.setattr(mail, "connect", lambda: SimpleNamespace(send=sent.append))
    World(store).do("2025-07-02T10:00", home.contract, "install", outcome="done")
    device = f"{command}-{home.contract[:6]}"
    home.claim(NOW, device)
    home.add(NOW, "daughter", email=f"{command}@example.jp")
    home.watch(NOW, device, "hot", kind="threshold", metric="temperature", above=30)
    World(store).do("2025-08-01T10:01", home.contract, command, reason="other")
    home.hear("2025-08-01T10:05", device, heat(31, seq=1))
    for entry in [one for one in outbox.leftovers(store, at("2099-01-01T00:00")) if one.kind == "told"]:
        reaching.send(store, entry, at(NOW))
        outbox.left(store, entry)
    assert len([letter for letter in sent if letter.to == f"{command}@example.jp"]) == mails
