"""Nights: what is due is done once, whatever fails, repeats, comes late or comes twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.billing import engine
from chalicelib.dates import sweep_instant
from chalicelib.errors import Invalid, NotFound, StoreError
from chalicelib.flows import nights, views
from chalicelib.store import codec
from chalicelib.store import contracts as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import S, Store
from tests.flows.world import World, at, stored


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def test_a_night_bills_and_the_same_night_again_does_nothing(world: World) -> None:
    contract = world.running()
    world.night("2025-05-01")
    (invoice,) = world.invoices(contract)
    assert (invoice["kind"], invoice["total"], invoice["issued_on"]) == ("initial", 76626, "2025-05-01")
    before = world.everything(contract)
    assert all(answer["done"] == 0 for answer in world.night("2025-05-01"))
    message = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    assert nights.work(world.store, message, at("2025-05-03T00:00")) == {"done": 0, "already": 1, "parked": 0}
    assert world.everything(contract) == before


def test_one_late_night_ends_like_all_the_nights_it_replaces(world: World) -> None:
    punctual, late = world.running(), world.running()
    world.nights("2025-05-01", "2025-05-28", "2025-06-01", "2025-06-28")
    again = World(world.store)
    third = again.running()
    again.night("2025-06-28")
    bills = [[{**i, "contract": "", "number": ""} for i in world.invoices(c)] for c in (punctual, late, third)]
    assert bills[0] == bills[1] == bills[2]
    assert len(bills[0]) == 2


def test_a_night_works_for_the_day_of_its_event_and_not_for_the_clocks(world: World) -> None:
    contract = world.running()
    message = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    nights.work(world.store, message, at("2025-08-20T00:00"))
    assert [i["month"] for i in world.invoices(contract)] == ["2025-04"]


def test_a_night_that_comes_before_its_day_does_nothing(world: World) -> None:
    contract = world.running()
    message = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    answer = nights.work(world.store, message, at("2025-04-30T23:00"))
    assert answer["early"] == 1
    assert world.invoices(contract) == []


def test_a_contract_leaves_the_due_index_when_nothing_is_to_come(world: World) -> None:
    contract = world.apply("2025-04-03T10:00")["id"]
    assert stored(world.store, contract).due_at == ""
    world.do("2025-04-10T12:00", contract, "install", outcome="done")
    assert stored(world.store, contract).due_at == codec.instant_text(sweep_instant(date(2025, 4, 20)))
    assert contract not in rows.due_in_shard(world.store, _shard(contract), sweep_instant(date(2025, 4, 19)))
    assert contract in rows.due_in_shard(world.store, _shard(contract), sweep_instant(date(2025, 4, 20)))


def _shard(contract: str) -> int:
    return int(rows.due_shard(contract)[-2:])


def test_a_contract_that_fails_is_parked_and_the_others_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sound, broken = world.running(), world.running()
    real = engine.advance

    def advance(contract: Any, *rest: Any) -> Any:
        if contract.id == broken:
            raise ZeroDivisionError("CanaryValue")
        return real(contract, *rest)

    with monkeypatch.context() as failing:
        failing.setattr(engine, "advance", advance)
        world.night("2025-05-01")
        assert world.invoices(sound)
        assert not world.invoices(broken)
        (entry,) = [p for p in world.parked() if p["contract"] == broken]
        assert entry["reason"] == "ZeroDivisionError"
        assert entry["since"] == "2025-05-01"
        assert "Canary" not in str(entry)
        told = views.night(world.store, date(2025, 5, 1))
        assert told["due"] == told["done"] + told["parked"] + told["left"]
        assert told["parked"] == 1
        retried = nights.retry(world.store, at("2025-05-01T09:00"), broken)
        assert (retried["passed"], retried["reason"]) == (False, "ZeroDivisionError")

    assert nights.retry(world.store, at("2025-05-01T10:00"), broken)["passed"] is True
    assert world.invoices(broken)
    assert broken not in str(world.parked())
    assert nights.retry(world.store, at("2025-05-01T10:00"), broken)["passed"] is True
    with pytest.raises(NotFound):
        nights.retry(world.store, at("2025-05-01T10:00"), "c-none")


def test_the_next_night_tries_a_parked_contract_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = world.running()
    with monkeypatch.context() as failing:
        failing.setattr(engine, "advance", lambda *_: 1 / 0)
        world.night("2025-05-01")
    assert contract in str(world.parked())
    world.night("2025-05-02")
    assert contract not in str(world.parked())
    assert [i["issued_on"] for i in world.invoices(contract)] == ["2025-05-01"]


def test_a_contract_whose_days_were_passed_otherwise_is_no_longer_shown_after_the_next_night(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = world.running()
    with monkeypatch.context() as failing:
        failing.setattr(engine, "advance", lambda *_: 1 / 0)
        world.night("2025-05-01")
    world.do("2025-05-01T09:00", contract, "pay")  # a command lets all days before it pass first
    assert contract in str(world.parked())
    world.night("2025-05-02")
    assert contract not in str(world.parked())


def test_a_services_command_that_fails_is_parked_for_itself_and_can_be_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = world.running()
    said = {"prices": {"monthly_fee": 2200}, "effective_on": date(2025, 9, 1)}
    world.say("2025-05-10T12:00", "sottonet", "announce_price", key="parks", **said)
    fan_out = next(e for e in waiting.leftovers(world.store, at("2099-01-01T00:00")) if e.kind == "fan_out")
    message = {"kind": "service_command", **fan_out.body, "contracts": [contract]}
    with monkeypatch.context() as failing:
        failing.setattr(engine, "handle", lambda *_: 1 / 0)
        assert nights.work(world.store, message, at("2025-05-10T12:01"))["parked"] == 1
    (entry,) = [p for p in world.parked() if p["contract"] == contract]
    world.night("2025-05-11")
    assert entry["id"] in str(world.parked())
    assert nights.retry(world.store, at("2025-05-11T12:00"), entry["id"])["passed"] is True
    assert entry["id"] not in str(world.parked())
    assert [n["kind"] for n in views.notices(world.store, contract)["items"]].count("price_revision") == 1


def test_sixteen_years_in_one_night_take_several_transactions_and_end_the_same(world: World) -> None:
    contract = world.running()
    message = {"kind": "night", "day": "2041-04-01", "contracts": [contract]}  # this one alone: the others wait for theirs
    assert nights.work(world.store, message, at("2041-04-01T00:10")) == {"done": 1, "already": 0, "parked": 0}
    months = [i["month"] for i in world.invoices(contract)]
    assert len(months) == len(set(months)) == 16 * 12
    assert (months[0], months[-1]) == ("2025-04", "2041-03")
    assert len(months) > nights.ROWS_AT_ONCE


def test_a_row_that_nobody_can_read_is_parked_too(world: World) -> None:
    contract = world.running()
    row = world.everything(contract)["contract"]
    world.store.write({"Put": {"TableName": world.store.contracts, "Item": {**row, "body": S('{"from_the_future":1}')}}})
    world.night("2025-05-01")
    (entry,) = [p for p in world.parked() if p["contract"] == contract]
    assert entry["reason"] == "Unreadable"
    world.store.write({"Put": {"TableName": world.store.contracts, "Item": row}})
    world.night("2025-05-02")


def test_a_store_that_does_not_answer_parks_nobody_and_sends_the_message_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.running(), world.running()
    real = Store.commit

    def commit(store: Store, writes: Any) -> None:
        if first in str(writes):
            raise StoreError("throttled")
        real(store, writes)

    message = {"kind": "night", "day": "2025-05-01", "contracts": [first, second]}
    with monkeypatch.context() as failing:
        failing.setattr(Store, "commit", commit)
        with pytest.raises(StoreError):
            nights.work(world.store, message, at("2025-05-01T00:10"))
    assert world.invoices(second)
    assert not world.invoices(first)
    assert first not in str(world.parked())
    assert nights.work(world.store, message, at("2025-05-01T00:20")) == {"done": 1, "already": 1, "parked": 0}


def test_the_figures_of_a_night_add_up(world: World) -> None:
    for _ in range(3):
        world.running("2026-04-03T10:00")
    nights.dispatch(world.store, world.queue, date(2026, 5, 1))
    told = views.night(world.store, date(2026, 5, 1))
    assert told["due"] == told["left"] >= 0
    world.night("2026-05-01")
    told = views.night(world.store, date(2026, 5, 1))
    assert told["left"] == 0
    assert told["due"] == told["done"] + told["parked"] > 0
    assert told["runs"] == 2


def test_messages_carry_twenty_five_contracts_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"c{n}" for n in range(60)]
    monkeypatch.setattr(rows, "due_in_shard", lambda store, shard, until: ids if shard == 3 else [])
    answer = nights.dispatch(world.store, world.queue, date(2030, 1, 1))
    sent = [m["contracts"] for m in world.queue.taken()]
    assert [len(share) for share in sent] == [25, 25, 10]
    assert (answer["due"], answer["messages"]) == (60, 3)


def test_an_index_that_lags_behind_disturbs_nothing(world: World) -> None:
    message = {"kind": "night", "day": "2025-05-01", "contracts": ["c-gone"]}
    assert nights.work(world.store, message, at("2025-05-01T00:10")) == {"done": 0, "already": 1, "parked": 0}


@pytest.mark.parametrize(
    ("text", "day"), [("2025-04-05", date(2025, 4, 5)), ("2025-04-04T15:10:00Z", date(2025, 4, 5)), ("soon", None), ("", None)]
)
def test_the_day_of_an_event(text: str, day: date | None) -> None:
    if day is None:
        with pytest.raises(Invalid):
            nights.day_of(text)
    else:
        assert nights.day_of(text) == day


def test_two_minutes_around_midnight_in_japan(world: World) -> None:
    before, after = world.apply("2025-04-30T23:59")["id"], world.apply("2025-05-01T00:01")["id"]
    assert world.contract(before)["formed_on"] == "2025-04-30"
    assert world.contract(after)["formed_on"] == "2025-05-01"
