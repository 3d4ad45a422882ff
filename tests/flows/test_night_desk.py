"""How the nights went, and what was put aside, with the way to mend it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.billing import engine
from chalicelib.errors import Invalid, NoTermsForDay, Refused
from chalicelib.flows import contract_lists, night_desk, nights, tasks, views
from chalicelib.members.roles import Caller
from chalicelib.store.transact import Store
from tests.flows.world import World, at


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def put_aside(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception) -> str:
    """A contract that the night of 1 May could not pass."""
    broken = world.running()
    real = engine.advance

    def advance(contract: Any, *args: Any) -> Any:
        if contract.id == broken:
            raise error
        return real(contract, *args)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "advance", advance)
        world.night("2025-05-01")
    return broken


def test_nights_are_listed_newest_first_with_what_became_of_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = world.running()
    broken = put_aside(world, monkeypatch, ValueError("no"))
    listed = night_desk.between(world.store, at("2025-05-02T09:00"), date(2025, 4, 30), date(2025, 5, 2))["items"]
    assert [night["day"] for night in listed] == ["2025-05-02", "2025-05-01", "2025-04-30"]
    first = listed[1]
    assert (first["due"], first["done"], first["parked"], first["left"]) == (2, 1, 1, 0)
    assert (listed[0]["runs"], listed[2]["runs"]) == (0, 0)  # nobody handed them out
    assert len(night_desk.between(world.store, at("2025-05-02T09:00"))["items"]) == 14
    nights.retry(world.store, at("2025-05-02T10:00"), broken)
    again = night_desk.between(world.store, at("2025-05-02T11:00"), date(2025, 5, 1), date(2025, 5, 1))["items"]
    assert (again[0]["done"], again[0]["parked"]) == (2, 0) and fine


@pytest.mark.parametrize(("first", "last"), [(date(2025, 5, 3), date(2025, 5, 2)), (date(2025, 1, 1), date(2025, 5, 2))])
def test_a_span_that_cannot_be_is_refused(world: World, first: date, last: date) -> None:
    with pytest.raises(Invalid):
        night_desk.between(world.store, at("2025-05-02T09:00"), first, last)


@pytest.mark.parametrize(
    ("error", "words", "commands", "rule"),
    [
        (NoTermsForDay("sottonet.toml", "delivery_fee", date(2025, 5, 1)), "NoTermsForDay", 1, None),
        (NoTermsForDay("sottonet.toml", "monthly_fee", date(2025, 5, 1)), "TermsError", 0, None),  # no list can hold it
        (Refused("contract_cancelling", "STN-CAN-1"), "Refused", 0, "STN-CAN-1"),
        (KeyError("x"), "other", 0, None),
    ],
)
def test_what_was_put_aside_says_why_in_words_and_how_to_mend_it(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str, commands: int, rule: str | None
) -> None:
    broken = put_aside(world, monkeypatch, error)
    (entry,) = [one for one in night_desk.parked(world.store, at("2025-05-02T09:00"))["items"] if one["contract"] == broken]
    assert entry["cure"] == night_desk.texts()[words]["cure"]
    assert entry["told"]["ja"] == night_desk.texts()[words]["reason"]["ja"].format(what="配送料", day="2025年5月1日")
    assert entry["commands"] == ["/v1/services/sottonet/commands/set_price_list"][:commands]
    assert (entry["rule"] or {"id": None})["id"] == rule
    assert (entry["service"], entry["work"]["kind"]) == ("sottonet", "night")
    nights.retry(world.store, at("2025-05-02T10:00"), broken)
    assert broken not in str(night_desk.parked(world.store, at("2025-05-02T11:00")))


def test_a_row_from_before_the_figure_was_kept_says_how_to_come_by_its_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = NoTermsForDay("sottonet.toml", "delivery_fee", date(2025, 5, 1))
    broken = put_aside(world, monkeypatch, missing)
    row = world.store.get(world.store.contracts, {"contract": {"S": "parked"}, "item": {"S": broken}})
    assert row is not None
    world.store.write({"Put": {"TableName": world.store.contracts, "Item": {k: v for k, v in row.items() if k != "about"}}})
    (entry,) = night_desk.parked(world.store, at("2025-05-02T09:00"))["items"]
    assert (entry["missing"], entry["told"]) == (None, night_desk.texts()["unnamed_figure"]["reason"])
    assert "delivery_fee" in entry["detail"]


@pytest.mark.rule("AMM-FEE-3", "AMM-FEE-11")
def test_an_option_without_a_price_is_put_aside_until_the_price_list_has_it(world: World) -> None:
    """A line of 10 May 2017; the help by telephone was added on the 11th, and the company had not said what it costs."""
    line = {"service": "and-market-mobile", "plan": "data"}
    world.say("2017-05-10T10:00", line["service"], "set_price_list", prices={"monthly_fee": {"data": 900}, "initial_fee": 3000})
    contract = world.apply("2017-05-10T10:30", **line)["id"]
    world.do("2017-05-10T11:00", contract, "pay")
    world.do("2017-05-10T11:00", contract, "notify_start", starts_on=date(2017, 5, 10))
    world.do("2017-05-11T11:00", contract, "add_option", option="anshin_support")
    world.night("2017-06-01")
    now = at("2017-06-01T09:00")
    (entry,) = [one for one in night_desk.parked(world.store, now)["items"] if one["contract"] == contract]
    assert entry["missing"]["key"] == "option:anshin_support" and entry["missing"]["day"] == "2017-05-11"
    assert entry["told"]["ja"] == "「安心サポート」の2017年5月11日の価格が、会社の価格表にありません。"
    assert entry["commands"] == ["/v1/services/and-market-mobile/commands/set_price_list"]
    assert not nights.retry(world.store, now, contract)["passed"]  # nothing was mended yet
    world.say("2017-06-01T09:10", line["service"], "set_price_list", prices={"option:anshin_support": 500})
    assert nights.retry(world.store, at("2017-06-01T09:20"), contract)["passed"]
    assert contract not in str(night_desk.parked(world.store, at("2017-06-01T09:30")))
    lines = {line["item"]: line["amount"] for bill in world.invoices(contract) for line in bill["lines"]}
    # May by its days: the line from the 10th, 900 x 22 / 31 = 638.7; the option from the 11th, 500 x 21 / 31 = 338.7.
    assert (lines["monthly_fee"], lines["option:anshin_support"]) == (638, 338)


def test_a_row_that_nobody_can_read_is_still_shown_with_its_way_to_be_mended(world: World) -> None:
    contract = world.running()
    row = world.everything(contract)["contract"]
    broken = {**row, "body": {"S": '{"from_the_future":1}'}}
    world.store.write({"Put": {"TableName": world.store.contracts, "Item": broken}})
    world.night("2025-05-01")
    (entry,) = night_desk.parked(world.store, at("2025-05-02T09:00"))["items"]
    assert (entry["contract"], entry["service"], entry["reason"]) == (contract, "sottonet", "Unreadable")
    assert entry["told"] == night_desk.texts()["Unreadable"]["reason"]


def test_a_row_that_nobody_can_read_hides_no_other_from_any_list(world: World) -> None:
    other, broken = world.running(), world.running("2025-04-03T11:00")
    row = world.everything(broken)["contract"]
    world.store.write({"Put": {"TableName": world.store.contracts, "Item": {**row, "body": {"S": '{"from_the_future":1}'}}}})
    now, operator = at("2025-05-02T09:00"), Caller("op", operator=True)
    for page in (views.contracts(world.store, now, operator), contract_lists.listed(world.store, now)):
        ids = [one["id"] for one in page["items"]]
        assert other in ids and broken not in ids
    assert tasks.listed(world.store, now, {})["looked_at"] == len(ids)
