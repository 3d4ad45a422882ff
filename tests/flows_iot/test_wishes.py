"""A wish's trip: asked, left in the device's shadow, answered, or over. moto keeps the shadows; the device is played here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.errors import Invalid, NotFound, Refused
from chalicelib.flows import outbox as sender
from chalicelib.flows import views, wish_trips, wishes
from chalicelib.gateways import clients, shadow
from chalicelib.members.roles import Caller
from chalicelib.store import outbox
from chalicelib.store.transact import Store
from tests.flows.world import HANA, OPERATOR, World, at
from tests.flows_iot.home import Home, Json, later

SOLD = Caller("solar", "solar@example.com", role="dealer", devices=("g1",))
MAINTAINER = Caller("fixers", "fixers@example.com", role="maintainer")
NOW = "2025-07-10T10:00"


@pytest.fixture(autouse=True)
def shadows(store: Store) -> Iterator[None]:
    clients.forget()
    yield
    clients.forget()


class Gateway:
    """A battery of an OMRON customer, with the device played: it looks at its shadow and reports."""

    def __init__(self, store: Store, device: str, model: str = "battery", **applied: Any) -> None:
        self.store, self.device = store, device
        world = World(store)
        body = {"service": "omron-remote", "payment_method": "none", "consents": ["terms"], **applied}
        made = world.apply("2025-07-01T10:00", key=f"gateway-{device}", **body)
        self.home = Home(store, made["id"])
        self.do = lambda when, name, **args: world.do(when, made["id"], name, **args)
        self.do("2025-07-02T10:00", "install", sku="gateway", outcome="done")
        self.home.claim("2025-07-02T11:00", device, model)
        self.iot = boto3.client("iot-data", region_name="ap-northeast-1")
        boto3.client("iot", region_name="ap-northeast-1").create_thing(thingName=device)

    @property
    def contract(self) -> str:
        return self.home.contract

    def ask(self, when: str, caller: Caller = HANA, key: str = "", **settings: Any) -> Json:
        asked = replace(self.home.asked(key), subject=caller.subject)
        return wishes.ask(self.store, at(when), asked, caller, self.device, {"settings": settings})

    def leaves(self, when: str) -> None:
        """The outbox's stream."""
        for entry in list(outbox.leftovers(self.store, at(when))):
            if entry.kind in ("wish", "notices"):
                event = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}
                assert sender.deliver(self.store, event, at(when)) == {"batchItemFailures": []}

    def waiting(self) -> Json:
        try:
            found = self.iot.get_thing_shadow(thingName=self.device, shadowName="wishes")
        except self.iot.exceptions.ResourceNotFoundException:
            return {}
        waiting: Json = json.loads(found["payload"].read())["state"].get("desired", {}).get("wishes", {})
        return waiting

    def answers(self, when: str, wish: str, outcome: str = "done", device: str = "", **more: Any) -> Json:
        body = {"answers": {wish: {"outcome": outcome, **more}}, "device": device or self.device}
        body["received_at"] = round(at(when).timestamp() * 1000)
        return wish_trips.work(self.store, {"Records": [{"messageId": "m", "body": json.dumps(body)}]}, at(when))

    def see(self, when: str, wish: str) -> Json:
        return wishes.view(self.store, at(when), self.contract, HANA, self.device, wish)

    def state(self, when: str, wish: str) -> str:
        return str(self.see(when, wish)["state"])

    def all(self, when: str, caller: Caller = HANA, **how: Any) -> list[Json]:
        return list(wishes.listing(self.store, at(when), self.contract, caller, self.device, **how)["items"])


@pytest.fixture
def gateway(store: Store, surroundings: str, request: pytest.FixtureRequest) -> Gateway:
    name = request.node.name.replace("[", "-").replace("]", "")[-50:]
    return Gateway(store, name, contact={"email": f"{abs(hash(name))}@example.com"})


@pytest.mark.rule("ORM-SET-2")
def test_a_wish_goes_out_comes_back_and_only_then_counts(gateway: Gateway) -> None:
    asked = gateway.ask(NOW, reserve=40, mode="backup")
    assert (asked["state"], asked["before"], asked["by"]) == ("pending", {"reserve": None, "mode": None}, "contractor")
    assert asked["expires_at"] == "2025-07-10T01:10:00Z"  # 10:10 in Japan
    gateway.leaves(NOW)
    assert gateway.state(NOW, asked["wish"]) == "sent"
    assert gateway.waiting() == {asked["wish"]: {"settings": {"reserve": 40, "mode": "backup"}, "seconds": 600}}
    gateway.answers(later(NOW, 1), asked["wish"])
    seen = gateway.see(later(NOW, 1), asked["wish"])
    assert (seen["state"], seen["settled_at"]) == ("done", "2025-07-10T01:01:00Z")
    again = gateway.ask(later(NOW, 2), reserve=50)
    assert again["before"] == {"reserve": 40}  # the device reports no figure of its own: what it took on last stands


@pytest.mark.rule("ORM-SET-2")
def test_what_stood_before_is_the_later_of_report_and_answer(gateway: Gateway) -> None:
    gateway.home.hear(NOW, gateway.device, {"metric": "reserve", "value": 30, "seq": 1})
    first = gateway.ask(NOW, reserve=40)
    gateway.leaves(NOW)
    gateway.answers(later(NOW, 1), first["wish"])
    second = gateway.ask(later(NOW, 2), reserve=99)
    assert (first["before"], second["before"]) == ({"reserve": 30}, {"reserve": 40})  # its report is older than its answer
    gateway.home.hear(later(NOW, 3), gateway.device, {"metric": "reserve", "value": 35, "seq": 2})
    assert gateway.ask(later(NOW, 4), reserve=50)["before"] == {"reserve": 35}


@pytest.mark.rule("ORM-SET-2")
def test_a_wish_is_asked_once_however_often_it_is_sent_to_us(gateway: Gateway) -> None:
    first = gateway.ask(NOW, key="k", reserve=40)
    gateway.leaves(NOW)
    assert gateway.ask(later(NOW, 1), key="k", reserve=40) == first
    assert len(gateway.all(NOW)) == 1


@pytest.mark.rule("ORM-SET-2")
def test_what_left_is_never_sent_again(gateway: Gateway) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    (entry,) = [one for one in outbox.leftovers(gateway.store, at(NOW)) if one.kind == "wish" and one.body["wish"] == wish]
    wish_trips.send(gateway.store, entry, at(NOW))
    shadow.connect().take_away(gateway.device, [wish])  # as the device does when it has heard of it
    wish_trips.send(gateway.store, entry, at(later(NOW, 1)))
    assert gateway.waiting() == {}


@pytest.mark.rule("ORM-SET-2")
def test_an_offline_device_lets_the_wish_time_out_and_does_not_act_when_it_is_back(gateway: Gateway) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    gateway.home.tick(later(NOW, 5))
    assert gateway.state(later(NOW, 9), wish) == "sent"
    assert gateway.state(later(NOW, 10), wish) == "timed_out"  # at once, whether a tick has come or not
    gateway.home.tick(later(NOW, 10))
    gateway.leaves(later(NOW, 10))
    assert gateway.waiting() == {}
    gateway.answers(later(NOW, 30), wish)
    seen = gateway.see(later(NOW, 31), wish)
    assert (seen["state"], seen["late"]) == ("timed_out", {"outcome": "done", "at": "2025-07-10T01:30:00Z"})


def test_an_answer_that_came_in_time_counts_though_it_was_read_after_the_tick(gateway: Gateway) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    gateway.home.tick(later(NOW, 10))
    gateway.answers(later(NOW, 9), wish)
    assert gateway.state(later(NOW, 11), wish) == "done"


def test_a_device_may_refuse_and_says_why_in_a_word(gateway: Gateway) -> None:
    first, second = gateway.ask(NOW, reserve=40)["wish"], gateway.ask(NOW, mode="green")["wish"]
    gateway.leaves(NOW)
    gateway.answers(NOW, first, "refused", reason="grid_fault")
    gateway.answers(NOW, second, "refused", reason="<b>anything</b>")
    seen = [gateway.see(NOW, wish) for wish in (first, second)]
    assert [(one["state"], one.get("reason", "")) for one in seen] == [("refused", "grid_fault"), ("refused", "")]
    gateway.answers(NOW, first, "done")
    assert gateway.state(NOW, first) == "refused"


@pytest.mark.parametrize("body", [
    "no json", "[]", '{"answers": {}}', '{"device": "x", "received_at": true}', '{"device": "x", "received_at": 1, "answers": 3}',
    '{"device": "x", "received_at": 1, "answers": {"1-a": {"outcome": "withdrawn"}, "rubbish": 7, "1-ab/c": {"outcome": "done"}}}',
])  # fmt: skip
def test_what_is_no_answer_changes_nothing_and_stops_nobody(gateway: Gateway, body: str) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    event = {"Records": [{"messageId": "bad", "body": body}]}
    assert wish_trips.work(gateway.store, event, at(NOW)) == {"batchItemFailures": []}
    assert gateway.state(NOW, wish) == "sent"


def test_another_devices_answer_is_none(gateway: Gateway) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    gateway.answers(NOW, wish, device="somebody-else")
    assert gateway.state(NOW, wish) == "sent"


def test_a_newer_wish_for_the_same_setting_takes_its_place_and_others_wait_beside(gateway: Gateway) -> None:
    first = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    beside = gateway.ask(later(NOW, 1), mode="green")["wish"]
    newer = gateway.ask(later(NOW, 1), reserve=60)
    assert newer["instead_of"] == [first]
    gateway.leaves(later(NOW, 1))
    assert set(gateway.waiting()) == {beside, newer["wish"]}
    seen = gateway.see(later(NOW, 1), first)
    assert (seen["state"], seen["reason"]) == ("withdrawn", "replaced")
    gateway.answers(later(NOW, 2), first)  # it had acted on it already
    assert gateway.see(later(NOW, 2), first)["late"]["outcome"] == "done"
    assert [one["wish"] for one in gateway.all(later(NOW, 2))][-1] == first


def test_a_wish_is_taken_back_out_of_the_shadow_too(gateway: Gateway) -> None:
    early, sent = gateway.ask(NOW, reserve=40)["wish"], gateway.ask(NOW, mode="green")["wish"]
    wishes.withdraw(gateway.store, at(NOW), gateway.contract, HANA, gateway.device, early)  # before it left
    gateway.leaves(NOW)
    assert set(gateway.waiting()) == {sent}
    gone = wishes.withdraw(gateway.store, at(later(NOW, 1)), gateway.contract, HANA, gateway.device, sent)
    assert gone == wishes.withdraw(gateway.store, at(later(NOW, 2)), gateway.contract, HANA, gateway.device, sent)
    gateway.leaves(later(NOW, 2))
    assert gateway.waiting() == {}
    done = gateway.ask(later(NOW, 3), mode="green")["wish"]
    gateway.leaves(later(NOW, 3))
    gateway.answers(later(NOW, 4), done)
    with pytest.raises(Refused, match="wish_is_over"):
        wishes.withdraw(gateway.store, at(later(NOW, 5)), gateway.contract, HANA, gateway.device, done)


@pytest.mark.parametrize(("settings", "field"), [
    ({"reserve": 101}, "settings.reserve"), ({"reserve": 20.5}, "settings.reserve"), ({"reserve": True}, "settings.reserve"),
    ({"mode": "party"}, "settings.mode"), ({"volume": 3}, "settings"), ({"reserve": "40"}, "settings.reserve"),
])  # fmt: skip
def test_only_what_the_model_offers_can_be_wished_for(gateway: Gateway, settings: Json, field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        gateway.ask(NOW, **settings)
    assert wrong.value.field == field
    assert gateway.all(NOW) == []


@pytest.mark.rule("ORM-SET-3")
def test_a_system_is_set_while_it_is_linked_and_active_only(gateway: Gateway) -> None:
    stranger = replace(HANA, role="family")
    with pytest.raises(NotFound):
        gateway.ask(NOW, stranger, reserve=40)
    gateway.do(NOW, "suspend")
    with pytest.raises(NotFound):
        gateway.ask(NOW, reserve=40)
    gateway.do(later(NOW, 1), "restore")
    wish = gateway.ask(later(NOW, 2), reserve=40)["wish"]
    gateway.do(later(NOW, 3), "transfer_device")
    with pytest.raises(NotFound):
        gateway.ask(later(NOW, 4), reserve=41)
    assert gateway.see(later(NOW, 4), wish)["state"] == "pending"


@pytest.mark.rule("ORM-MNT-2", "ORM-MNT-4")
@pytest.mark.parametrize(("caller", "to"), [(OPERATOR, "provider"), (MAINTAINER, "maintainer"), (SOLD, "dealer")])
def test_others_set_with_a_consent_and_the_customer_hears_who_it_was(gateway: Gateway, caller: Caller, to: str) -> None:
    if caller.role == "dealer":
        with pytest.raises(NotFound):  # it sold another system
            gateway.ask(NOW, caller, reserve=40)
        caller = replace(caller, devices=(gateway.device,))
    with pytest.raises(Refused, match="consent_not_given"):
        gateway.ask(NOW, caller, reserve=40)
    gateway.do(NOW, "consent", to=to, purpose="settings")
    wish = gateway.ask(later(NOW, 1), caller, reserve=40)["wish"]
    gateway.leaves(later(NOW, 1))
    assert gateway.all(later(NOW, 1), by="others") == []  # nothing is changed yet
    gateway.answers(later(NOW, 2), wish)
    gateway.answers(later(NOW, 3), wish)
    (changed,) = gateway.all(later(NOW, 3), by="others")
    assert (changed["by"], changed["settings"], changed["before"]) == (caller.role, {"reserve": 40}, {"reserve": None})
    told = [one for one in views.notices(gateway.store, gateway.contract)["items"] if one["kind"] == "settings_changed"]
    assert [(one["figures"]["author"], one["on"]) for one in told] == [(caller.role, "2025-07-10")]
    letters = [one for one in outbox.leftovers(gateway.store, at(later(NOW, 5))) if f"wish-{wish}" == one.body.get("version")]
    assert [one.kind for one in letters] == ["notices"]
    noted = [one for one in views.events(gateway.store, gateway.contract)["items"] if one["kind"] == "settings_changed"]
    assert [one["by"] for one in noted] == [caller.role]


@pytest.mark.rule("ORM-MNT-4")
def test_the_customers_own_change_is_noted_and_told_to_nobody(gateway: Gateway) -> None:
    wish = gateway.ask(NOW, reserve=40)["wish"]
    gateway.leaves(NOW)
    gateway.answers(NOW, wish)
    assert [one for one in views.notices(gateway.store, gateway.contract)["items"] if one["kind"] == "settings_changed"] == []
    noted = [one for one in views.events(gateway.store, gateway.contract)["items"] if one["kind"] == "settings_changed"]
    assert [one["by"] for one in noted] == ["contractor"]


def test_what_others_wished_only_they_or_the_customer_take_back(gateway: Gateway) -> None:
    gateway.do(NOW, "consent", to="maintainer", purpose="settings")
    wish = gateway.ask(NOW, reserve=40)["wish"]
    with pytest.raises(NotFound):
        wishes.withdraw(gateway.store, at(NOW), gateway.contract, MAINTAINER, gateway.device, wish)
    other = gateway.ask(NOW, MAINTAINER, mode="green")["wish"]
    assert wishes.withdraw(gateway.store, at(NOW), gateway.contract, HANA, gateway.device, other)["state"] == "withdrawn"


class AirConditioner(Gateway):
    """The infrared remote of a LifeRhythm home, not yet installed."""

    def __init__(self, store: Store, device: str) -> None:
        self.store, self.device = store, device
        world = World(store)
        consents = ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"]
        made = world.apply(
            "2025-06-02T10:00", key=f"remote-{device}", service="liferhythm-home", payment_method="card", consents=consents
        )
        self.home = Home(store, made["id"])
        self.do = lambda when, name, **args: world.do(when, made["id"], name, **args)
        self.do("2025-06-10T10:00", "sign")
        self.home.claim("2025-06-10T11:00", device, "ir-remote")
        self.iot = boto3.client("iot-data", region_name="ap-northeast-1")
        boto3.client("iot", region_name="ap-northeast-1").create_thing(thingName=device)


@pytest.mark.rule("LRH-MON-5")
def test_the_air_conditioner_is_run_from_phones_once_its_remote_is_set_up(store: Store, surroundings: str) -> None:
    remote = AirConditioner(store, "remote-1")
    phone, web = replace(HANA, client="ios"), replace(HANA, client="web")
    with pytest.raises(Refused, match="not_set_up"):
        remote.ask("2025-06-11T10:00", phone, running=True)
    remote.do("2025-06-12T13:00", "complete_processing")
    remote.do("2025-06-12T14:00", "install")
    with pytest.raises(Refused, match="not_with_this_app"):
        remote.ask("2025-06-12T15:00", web, running=True)
    family = replace(phone, role="family", subject="mei")
    asked = remote.ask("2025-06-12T15:00", family, running=True, mode="cool", target_temperature=27)
    assert asked["expires_at"] == "2025-06-12T06:05:00Z"  # now or never: five minutes
    remote.leaves("2025-06-12T15:00")
    remote.answers("2025-06-12T15:00", asked["wish"])
    assert remote.state("2025-06-12T15:01", asked["wish"]) == "done"


def test_how_often_a_sensor_reports_is_the_holders_and_the_operators_to_say(home: Home, store: Store) -> None:
    World(store).do("2025-07-02T10:00", home.contract, "install", outcome="done")
    home.claim("2025-07-02T11:00", "room-w")

    def ask(caller: Caller, **settings: Any) -> Json:
        return wishes.ask(
            store, at(NOW), replace(home.asked(), subject=caller.subject), caller, "room-w", {"settings": settings}
        )

    with pytest.raises(Refused, match="not_yours_to_set"):
        ask(replace(HANA, role="family"), reporting_minutes=10)
    assert ask(HANA, reporting_minutes=10)["expires_at"] == "2025-07-11T01:00:00Z"  # it sleeps: a day
    assert ask(OPERATOR, reporting_minutes=15)["state"] == "pending"
    home.claim("2025-07-02T11:00", "ac-w", "ir-remote")
    with pytest.raises(Refused, match="not_provided"):
        wishes.ask(store, at(NOW), home.asked(), replace(HANA, client="ios"), "ac-w", {"settings": {"running": True}})
