"""What operators say about a service: stored once, heard once by every living contract."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import nights, outbox, services, views
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.world import OPERATOR, World, at


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(store)
    monkeypatch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
    return made


def carry(world: World, when: str) -> list[dict[str, Any]]:
    """Outbox to queue to every contract."""
    for entry in list(waiting.leftovers(world.store, at("2099-01-01T00:00"))):
        if entry.kind == "fan_out":
            assert outbox._leaves(world.store, entry, entry.at)
    return [nights.work(world.store, message, at(when)) for message in world.queue.taken()]


def test_a_price_list_is_kept_with_its_key_and_prices_the_next_applications(world: World) -> None:
    prices = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"motion-sensor": 22000}}
    said = world.say("2025-01-06T10:00", "allwatch", "set_price_list", key="prices", prices=prices)
    assert said["version"] == 1
    assert world.say("2025-01-07T10:00", "allwatch", "set_price_list", key="prices", prices=prices) == said
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        world.say("2025-01-07T10:00", "allwatch", "set_price_list", key="prices", prices={})
    assert services.view(world.store, at("2025-01-08T10:00"), "allwatch")["version"] == 1
    with pytest.raises(Invalid):
        world.say("2025-01-07T10:00", "allwatch", "set_price_list", prices={"no_such_price": 1})
    with pytest.raises(NotFound):
        world.say("2025-01-07T10:00", "no-such-service", "set_price_list", prices={})


def test_an_announcement_reaches_every_living_contract_once(world: World) -> None:
    living, ended = world.running(), world.apply("2025-04-03T10:00", payment_method="none")["id"]
    said = {"prices": {"monthly_fee": 2200}, "effective_on": at("2025-07-01T00:00").date()}
    world.say("2025-05-10T12:00", "sottonet", "announce_price", key="rise", **said)
    (answer,) = carry(world, "2025-05-10T12:05")
    assert answer["parked"] == 0
    told = [n for n in views.notices(world.store, living)["items"] if n["kind"] == "price_revision"]
    assert len(told) == 1
    assert not [n for n in views.notices(world.store, ended)["items"] if n["kind"] == "price_revision"]
    before = world.everything(living)
    state = "sottonet"
    command = next(
        iter(world.store.query_all(world.store.contracts, ("contract", f"service#{state}"), starts=("item", "command#")))
    )
    message = {"kind": "service_command", "service": state, "command": command["item"]["S"][8:], "contracts": [living, ended]}
    assert nights.work(world.store, message, at("2025-05-11T12:00")) == {"done": 0, "already": 2, "parked": 0}
    assert world.everything(living) == before


def test_an_announcement_that_comes_too_late_is_refused_and_nothing_is_stored(world: World) -> None:
    before = services.view(world.store, at("2025-05-10T12:00"), "sottonet")
    with pytest.raises(Refused) as refused:
        world.say(
            "2025-05-10T12:00",
            "sottonet",
            "announce_price",
            prices={"monthly_fee": 1},
            effective_on=at("2025-05-11T00:00").date(),
        )
    assert refused.value.rule == "STN-NOT-1"
    assert services.view(world.store, at("2025-05-10T12:00"), "sottonet") == before


def test_new_closed_days_reckon_the_next_dates_anew(world: World) -> None:
    prices = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"motion-sensor": 22000}}
    world.say("2025-01-06T10:00", "allwatch", "set_price_list", prices=prices)
    contract = world.apply(
        "2025-04-03T10:00",
        service="allwatch",
        plan="half_year",
        payment_method="bank_transfer",
        devices=[{"sku": "motion-sensor", "quantity": 1}],
    )["id"]
    first = world.contract(contract)
    world.say("2025-04-03T11:00", "allwatch", "set_calendar", closed=[at(f"2025-04-0{n}T00:00").date() for n in (4, 7)])
    carry(world, "2025-04-03T11:05")
    second = world.contract(contract)
    assert first["next_on"] == "2025-04-04"
    assert second["next_on"] is not None
    assert second["ships_on"] == first["ships_on"]  # the day was fixed when they applied


def test_services_are_listed_with_what_they_offer(world: World) -> None:
    listed = services.listed(world.store, at("2025-01-06T10:00"))["items"]
    assert {"allwatch", "sottonet"} <= {s["service"] for s in listed}
    assert all(s["plans"] and s["commands"] for s in listed)
    assert OPERATOR.operator


@pytest.mark.rule("STN-OUT-3")
def test_an_outage_reaches_a_contract_that_ended_since_and_leaves_those_that_ended_before_alone(world: World) -> None:
    gone, ended = world.running(), world.running("2025-04-04T10:00")
    world.do("2025-04-16T10:00", gone, "terminate", reason="x")
    world.do("2025-06-10T10:00", ended, "request_cancellation")
    world.night("2025-07-01")
    before = world.everything(gone)
    world.say("2025-07-03T12:00", "sottonet", "report_outage", **{"from": at("2025-06-25T00:00"), "to": at("2025-06-29T00:00")})
    for _ in range(2):  # a repeat pays nothing twice
        carry(world, "2025-07-03T12:05")
    (fee,) = [line["amount"] for line in world.invoices(ended)[-1]["lines"] if line["item"] == "monthly_fee"]
    refunds = views.refunds(world.store, ended)["items"]
    assert [refund["amount"] for refund in refunds] == [-(-fee * 4 // 30)]  # 4 of 30 days, rounded up
    assert world.everything(gone) == before
