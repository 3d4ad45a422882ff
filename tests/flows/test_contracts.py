"""Applications, commands and changes: carried out once, answered the same again, nothing stored when refused."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from chalicelib.flows import contracts, views
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store
from tests.flows.world import HANA, KEN, OPERATOR, World, at

NOW = "2025-04-03T10:00"


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def test_an_application_becomes_a_contract_with_its_next_day(world: World) -> None:
    made = world.apply(NOW)
    first_bill, assumed = made.pop("first_bill"), made.pop("assumed")
    assert "STN-CHG-10" in made.pop("texts")  # what an applicant must be shown; tests/api/test_texts.py has the rest
    assert made == world.contract(made["id"])
    assert (first_bill["contract"], first_bill["kind"]) == (made["id"], "initial")
    assert [step["command"] for step in assumed] == ["install"]
    assert (made["version"], made["state"], made["formed_on"]) == (1, "accepted", "2025-04-03")


def test_the_same_application_again_gets_the_first_answer_and_makes_no_second_contract(world: World) -> None:
    first = world.apply(NOW, key="again")
    later = world.apply("2025-04-04T10:00", key="again")
    assert later == first
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        world.apply(NOW, key="again", payment_method="bank_transfer")
    assert world.apply(NOW, who=KEN, key="again")["id"] != first["id"]


def test_an_application_that_the_terms_refuse_is_kept_as_refused(world: World) -> None:
    made = world.apply(NOW, payment_method="none")
    assert made["state"] == "refused"
    assert made["refusal_reasons"]
    assert made["next_on"] is None


def test_personal_data_stands_in_the_profile_row_alone(world: World) -> None:
    canary = "CanaryName"
    made = world.apply(
        NOW,
        applicant={"name": canary, "kind": "person", "payer": canary},
        contact={"name": canary, "email": "canary@example.jp"},
        site={"prefecture": "Aomori", "island": False, "address": "CanaryStreet 1"},
    )
    everything = world.everything(made["id"])
    assert canary in str(everything.pop("profile"))
    assert "anary" not in str(everything)
    outbox = [list(world.store.query_all(world.store.outbox, ("shard", f"waiting#{n:02d}"))) for n in range(16)]
    assert "anary" not in str(outbox)


def test_only_an_operator_applies_in_somebodys_place(world: World) -> None:
    with pytest.raises(Forbidden):
        world.apply(NOW, account="ken")
    made = world.apply(NOW, who=OPERATOR, account="ken")
    assert rows.load(world.store, made["id"]).account == "ken"


@pytest.mark.parametrize("field", ["parent", "recontract_of"])
def test_an_application_names_no_contract_of_somebody_else(world: World, field: str) -> None:
    theirs = world.apply(NOW, who=KEN)["id"]
    for name in (theirs, "c-does-not-exist"):
        with pytest.raises(Invalid) as refused:
            world.apply(NOW, **{field: name})
        assert refused.value.field == field


def test_an_unknown_service_is_not_found_and_nothing_is_stored(world: World) -> None:
    with pytest.raises(NotFound):
        world.apply(NOW, key="unknown", service="no-such-service")
    assert rows.load(world.store, contracts.id_of("hana", "unknown")) is None


def test_a_command_is_carried_out_once_and_answered_the_same_again(world: World) -> None:
    contract = world.apply(NOW)["id"]
    first = world.do("2025-04-10T12:00", contract, "install", key="install", outcome="done")
    assert first["service_starts_on"] == "2025-04-20"
    before = world.everything(contract)
    assert world.do("2025-04-11T12:00", contract, "install", key="install", outcome="done") == first
    assert world.everything(contract) == before
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        world.do("2025-04-11T12:00", contract, "install", key="install", outcome="absent")


def test_a_refused_command_stores_nothing(world: World) -> None:
    contract = world.apply(NOW)["id"]
    before = world.everything(contract)
    with pytest.raises(Refused):
        world.do(NOW, contract, "add_option", option="no-such-option")
    with pytest.raises(Refused):
        world.do(NOW, contract, "find_evasion", amount=1)
    assert world.everything(contract) == before


def test_a_command_for_another_version_is_a_conflict(world: World) -> None:
    contract = world.apply(NOW)["id"]
    with pytest.raises(Conflict, match="version"):
        contracts.command(world.store, at(NOW), OPERATOR, contract, "log_in", {}, "k", if_match=7)
    with pytest.raises(NotFound):
        contracts.command(world.store, at(NOW), OPERATOR, "c-none", "log_in", {}, "k")


def test_details_change_with_the_version_that_was_read_and_the_log_keeps_only_their_names(world: World) -> None:
    contract = world.apply(NOW, contact={"email": "old@example.jp", "phone": "1"})["id"]
    body: dict[str, Any] = {"contact": {"email": "new@example.jp"}, "payer": "CanaryPayer"}
    changed = contracts.change_details(world.store, at(NOW), HANA, contract, body, if_match=1)
    assert changed["version"] == 2
    profile = rows.load_profile(world.store, contract)
    assert profile["contact"] == {"email": "new@example.jp", "phone": "1"}
    assert profile["applicant"]["payer"] == "CanaryPayer"
    with pytest.raises(Conflict, match="version"):
        contracts.change_details(world.store, at(NOW), HANA, contract, body, if_match=1)
    log = views.events(world.store, contract)["items"]
    assert log[-1]["kind"] == "details_changed"
    assert log[-1]["facts"] == {"fields": ["contact", "payer"]}
    assert "Canary" not in str(log)


def test_a_payment_method_changes_through_the_engine(world: World) -> None:
    contract = world.apply(NOW)["id"]
    body = {"payment_method": "bank_transfer"}
    try:
        changed = contracts.change_details(world.store, at(NOW), HANA, contract, body, if_match=1)
    except Refused as refusal:
        assert refusal.rule  # the terms name why
        assert rows.load(world.store, contract).version == 1
    else:
        assert changed["payment_method"] == "bank_transfer"


def test_a_quote_equals_the_bills_that_follow_and_stores_nothing(world: World) -> None:
    contract = world.running()
    before = world.everything(contract)
    asked = contracts.quote(
        world.store, at("2025-04-25T12:00"), HANA, contract, "log_in", {}, until=at("2025-06-02T00:00").date()
    )
    assert world.everything(contract) == before
    world.nights("2025-05-01", "2025-06-01")
    real = world.invoices(contract)
    assert [i["total"] for i in asked["invoices"]] == [i["total"] for i in real]
    quoted, billed = ([line for i in bills for line in i["lines"]] for bills in (asked["invoices"], real))
    assert [{name: line[name] for name in made} for line, made in zip(quoted, billed, strict=True)] == billed
    assert all(line["formula"] for line in quoted)


def test_a_quote_is_for_today_or_later_and_not_for_ever(world: World) -> None:
    contract = world.apply(NOW)["id"]
    for days, field in (({"on": at("2025-04-02T00:00").date()}, "on"), ({"until": at("2055-01-01T00:00").date()}, "until")):
        with pytest.raises(Invalid) as refused:
            contracts.quote(world.store, at(NOW), HANA, contract, "log_in", {}, **days)
        assert refused.value.field == field


def test_lists_go_page_by_page_and_show_each_contract_once(world: World) -> None:
    lister = KEN
    made = [world.apply(f"2025-05-0{n}T10:00", who=lister)["id"] for n in range(1, 6)]
    own = [c for c in _all(world, lister) if c in made]
    assert own == made
    assert set(made) <= set(_all(world, OPERATOR, service="sottonet"))
    assert set(made) <= set(_all(world, OPERATOR, service="sottonet", state="accepted"))
    assert not set(made) & set(_all(world, OPERATOR, service="allwatch"))


def _all(world: World, who: Any, **query: Any) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = views.contracts(world.store, at(NOW), who, limit=2, cursor=cursor, **query)
        found += [c["id"] for c in page["items"]]
        cursor = page.get("next", "")
        if not cursor:
            assert len(found) == len(set(found))
            return found


@pytest.mark.parametrize("cursor", ["abc", "====", "LTE=", "OTk5OTk5OTk5OTk5", "w6k="])
def test_a_made_up_cursor_is_the_callers_mistake(world: World, cursor: str) -> None:
    contract = world.apply(NOW)["id"]
    with pytest.raises(Invalid) as refused:
        views.events(world.store, contract, cursor=cursor)
    assert refused.value.field == "cursor"


def test_the_log_merges_commits_with_and_without_invoices(world: World) -> None:
    contract = world.running()
    world.nights("2025-05-01", "2025-06-01")
    log = views.events(world.store, contract, limit=100)["items"]
    versions = [event["version"] for event in log]
    assert versions == sorted(versions)
    assert set(versions) == set(range(1, rows.load(world.store, contract).version + 1))
    told = [notice["kind"] for notice in views.notices(world.store, contract)["items"]]
    assert told.count("invoice_issued") == 2
    pages = views.events(world.store, contract, limit=2)
    assert pages["items"] == log[:2]
    assert views.events(world.store, contract, limit=2, cursor=pages["next"])["items"] == log[2:4]
