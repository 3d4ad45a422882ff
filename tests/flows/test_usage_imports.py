"""Files of use: every line once, whatever comes with it, before it or after it; a line that cannot be loses no other.

Prices: a voice plan at 20 yen per started 30 seconds, without tax.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import imports, nights, rules, usage_imports
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store
from tests.flows.world import OPERATOR, World, at
from tests.rules.market import PRICES

NOW = "2017-05-20T12:00"
HEADER = "row,contract,at,kind,to,seconds,call,yen,megabytes"
LATER = "2017-05-21T09:00"


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(store)
    monkeypatch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
    made.say("2017-05-01T09:00", "and-market-mobile", "set_price_list", key="prices", prices=PRICES)
    yield made


def line_of(world: World, who: Caller = OPERATOR, plan: str = "voice") -> str:
    """A line that runs since 10 May."""
    made = world.apply("2017-05-10T10:00", service="and-market-mobile", plan=plan)
    world.do("2017-05-10T10:01", made["id"], "pay")
    world.do("2017-05-10T11:00", made["id"], "notify_start", starts_on=at("2017-05-10T00:00").date().replace(day=10))
    return str(made["id"])


def file_of(*lines: str, header: str = HEADER) -> imports.File:
    return imports.File("usage", "and-market-mobile", "\n".join([header, *lines]), usage_imports.typed)


def sent(world: World, file: imports.File, key: str, now: str = NOW) -> dict[str, Any]:
    """A file taken in and worked on to its end."""
    made = imports.start(world.store, at(now), OPERATOR, file, key)
    for message in world.queue.taken():
        nights.work(world.store, message, at(now))
    return imports.view(world.store, "usage", "and-market-mobile", made["id"], limit=100)


def told(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(item["line"], item["outcome"], item.get("reason", "")) for item in report["items"]]


def owed(world: World, contract: str) -> dict[str, int]:
    found = rows.load(world.store, contract)
    assert found is not None
    return {charge.item: charge.amount for charge in found.owed if charge.item.endswith("_charges")}


@pytest.mark.rule("AMM-FEE-9", "AMM-FEE-10", "AMM-DAT-1")
def test_calls_messages_and_data_of_several_contracts(world: World) -> None:
    one, two = line_of(world), line_of(world)
    file = file_of(
        f"a1,{one},2017-05-12T10:00:00,call,mobile,61,,,",  # three units
        f"a2,{two},2017-05-12,sms,,,,35,",
        f"a3,{one},2017-05-13,call,fixed,30,outgoing,,",  # one unit
        f"a4,{one},2017-05-13,data,,,,,120",
    )
    report = sent(world, file, "several")
    assert told(report) == [(2, "done", ""), (3, "done", ""), (4, "done", ""), (5, "done", "")]
    assert (report["lines"], report["done"], report["waiting"], report["complete"]) == (4, 4, 0, True)
    assert owed(world, one) == {"call_charges": 80}
    assert owed(world, two) == {"sms_charges": 35}


def test_a_broken_line_loses_no_other_and_says_why(world: World) -> None:
    voice, data = line_of(world), line_of(world, plan="data")
    file = file_of(
        f"b1,{voice},2017-05-12,sms,,,,10,",
        f"b2,{voice},2017-05-12,sms,,,,ten,",
        "b3,c-nobody,2017-05-12,sms,,,,10,",
        f"b4,{data},2017-05-12,sms,,,,10,",
        f'b5,{voice},2017-05-12,sms,,,,"10,',
        f"b6,{voice},2017-05-12,sms,,,,10",
        f"b7,{voice},2017-05-09,sms,,,,10,",
        f"b8,{voice},2017-05-21,sms,,,,10,",
        f"b9,{voice},2017-02-30,sms,,,,10,",
        f",{voice},2017-05-12,sms,,,,10,",
        f"b10,{voice},2017-05-12,fax,,,,10,",
        f"b11,{voice},2017-05-12,sms,,,,20,",
        "",
    )
    report = sent(world, file, "broken")
    assert told(report) == [
        (2, "done", ""), (3, "faulty", "format"), (4, "faulty", "contract_unknown"), (5, "refused", "no_sms_service"),
        (6, "faulty", "broken_quotes"), (7, "faulty", "cells"), (8, "refused", "not_started"), (9, "faulty", "day_has_not_come"),
        (10, "faulty", "not_a_day"), (11, "faulty", "missing"), (12, "faulty", "not_offered"), (13, "done", ""),
    ]  # fmt: skip
    assert (report["done"], report["refused"], report["faulty"], report["lines"]) == (2, 2, 8, 12)
    assert owed(world, voice) == {"sms_charges": 30}
    assert {item["field"] for item in report["items"] if item["line"] in (3, 11)} == {"yen", "row"}
    assert all(item["cure"] for item in report["items"] if item["outcome"] != "done")
    only = imports.view(world.store, "usage", "and-market-mobile", report["id"], outcome="refused", limit=1)
    assert ([item["line"] for item in only["items"]], "next" in only) == ([5], True)


def test_the_same_file_or_the_same_row_again_records_nothing_twice(world: World) -> None:
    one = line_of(world)
    with_id = f"d1,{one},2017-05-12,sms,,,,10,"
    by_content = f",{one},2017-05-12T10:00:00,call,mobile,30,,,"
    sent(world, file_of(with_id, by_content), "first")
    assert owed(world, one) == {"sms_charges": 10, "call_charges": 20}
    again = sent(world, file_of(with_id, by_content), "first", LATER)  # the same request: the same report
    assert told(again) == [(2, "done", ""), (3, "done", "")]
    other = sent(world, file_of(by_content, with_id, with_id, f"d1,{one},2017-05-12,sms,,,,11,"), "second", LATER)
    assert told(other) == [(2, "known", ""), (3, "known", ""), (4, "known", ""), (5, "faulty", "row_reused")]
    twice = sent(world, file_of(f"d2,{one},2017-05-13,sms,,,,1,", f"d2,{one},2017-05-13,sms,,,,1,"), "third", LATER)
    assert told(twice) == [(2, "done", ""), (3, "known", "")]
    assert owed(world, one) == {"sms_charges": 11, "call_charges": 20}


def test_a_file_with_a_mended_line_can_be_sent_again(world: World) -> None:
    one = line_of(world)
    good = f"e1,{one},2017-05-12,sms,,,,10,"
    assert told(sent(world, file_of(good, f"e2,{one},2017-05-12,sms,,,,x,"), "bad")) == [
        (2, "done", ""),
        (3, "faulty", "format"),
    ]
    assert told(sent(world, file_of(good, f"e2,{one},2017-05-12,sms,,,,5,"), "good")) == [(2, "known", ""), (3, "done", "")]
    assert owed(world, one) == {"sms_charges": 15}


def test_a_trial_says_what_the_import_then_does_and_stores_nothing(world: World) -> None:
    one, data = line_of(world), line_of(world, plan="data")
    lines = [
        f"f1,{one},2017-05-12,sms,,,,10,", f"f1,{one},2017-05-12,sms,,,,10,", f"f2,{data},2017-05-12,sms,,,,10,",
        f"f1,{data},2017-05-12,data,,,,,5", f"f3,{one},2017-05-12,call,mobile,-1,,,",
    ]  # fmt: skip
    before = world.everything(one), world.everything(data)
    tried = imports.trial(world.store, at(NOW), file_of(*lines))
    assert (world.everything(one), world.everything(data)) == before
    assert world.queue.waiting == []
    really = sent(world, file_of(*lines), "after the trial")
    assert told(tried) == told(really)
    assert {name: tried[name] for name in imports.OUTCOMES} == {name: really[name] for name in imports.OUTCOMES}
    assert really["done"] == 1


def test_many_rows_of_one_contract_take_several_transactions(world: World) -> None:
    one = line_of(world)
    report = sent(world, file_of(*(f"g{n},{one},2017-05-12,sms,,,,1," for n in range(60))), "many")
    assert report["done"] == 60
    assert owed(world, one) == {"sms_charges": 60}


def test_a_file_that_is_none_of_ours_is_refused_whole(world: World) -> None:
    for text, field, reason in (
        ("", "csv.contract", "missing"),
        ("contract,at\n", "csv.kind", "missing"),
        (f"{HEADER},name\n", "csv", "unknown_field"),
        ("contract,at,kind,kind\n", "csv", "twice"),
        ('contract,at,"kind\n', "csv", "broken_quotes"),
        ("\n".join([HEADER, *(["x"] * 5001)]), "csv", "too_large"),
    ):
        with pytest.raises(Invalid) as raised:
            imports.start(
                world.store, at(NOW), OPERATOR, imports.File("usage", "and-market-mobile", text, usage_imports.typed), text
            )
        assert (raised.value.field, raised.value.reason) == (field, reason)
    with pytest.raises(Refused, match="not_provided"):
        usage_imports.provided(rules.of(world.store, "sottonet"))


def test_one_key_is_one_file(world: World) -> None:
    one = line_of(world)
    made = sent(world, file_of(f"h1,{one},2017-05-12,sms,,,,10,"), "key")
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        sent(world, file_of(f"h2,{one},2017-05-12,sms,,,,10,"), "key")
    for kind, service, name in (("usage", "sottonet", made["id"]), ("usage", "and-market-mobile", "i0")):
        with pytest.raises(NotFound):
            imports.view(world.store, kind, service, name)


def test_a_file_from_excel_reads_the_same(world: World) -> None:
    one = line_of(world)
    text = "\ufeff" + "\r\n".join(['"row","contract","at","kind","yen"', f'"j1","{one}","2017-05-12","sms","10"', ""])
    report = sent(world, imports.File("usage", "and-market-mobile", text, usage_imports.typed), "excel")
    assert told(report) == [(2, "done", "")]


def test_a_row_that_nobody_thought_of_holds_up_no_other_and_can_be_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = line_of(world)
    file = file_of(f"k1,{one},2017-05-12,sms,,,,10,", f"k2,{one},2017-05-12,sms,,,,77,")
    real = usage_imports.engine.handle

    def fails(contract: Any, terms: Any, command: Any) -> Any:
        if command.args.get("sms_yen") == 77:
            raise ZeroDivisionError(f"{contract.account} {command.args}")
        return real(contract, terms, command)

    with monkeypatch.context() as patch:
        patch.setattr(usage_imports.engine, "handle", fails)
        assert told(sent(world, file, "a fault of ours")) == [(2, "done", ""), (3, "failed", "internal")]
    assert "hana" not in caplog.text
    assert told(sent(world, file, "sent again")) == [(2, "known", ""), (3, "done", "")]
    assert owed(world, one) == {"sms_charges": 87}
