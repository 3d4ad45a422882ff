"""Contracts from spreadsheets: the engine's own lives, whatever the old system owed, and a report for every line.

Sotto-net, applied for on 3 April 2025, installed on the 10th: 76,626 yen are billed with April, 1,980 a month afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api import bulk
from chalicelib.flows import contract_imports, exports, imports, nights, usage_imports
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store
from tests.flows.world import OPERATOR, World, at

NOW = "2025-09-10T12:00"
HEADER = "key,account,service,plan,payment_method,applied_at,steps,open_balance"


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(store)
    monkeypatch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
    yield made


def typed(line: Any) -> dict[str, Any]:
    return contract_imports.typed(line, bulk._checked)


def file_of(*lines: str, header: str = HEADER) -> imports.File:
    return imports.File("contracts", "", "\n".join([header, *lines]), typed)


def sent(world: World, file: imports.File, key: str) -> dict[str, Any]:
    made = imports.start(world.store, at(NOW), OPERATOR, file, key)
    for message in world.queue.taken():
        nights.work(world.store, message, at(NOW))
    return imports.view(world.store, "contracts", "", made["id"], limit=100)


def told(report: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    return [(item["line"], item["outcome"], item.get("reason", "")) for item in report["items"]]


def line(key: str, steps: str = "2025-04-10 install", balance: str = "", **cells: str) -> str:
    given = {
        "key": key, "account": "hana", "service": "sottonet", "plan": "standard", "payment_method": "card",
        "applied_at": "2025-04-03T10:00", "steps": steps, "open_balance": balance, **cells,
    }  # fmt: skip
    return ",".join(given[name] for name in HEADER.split(","))


def test_a_contract_that_was_paid_stands_as_if_it_had_been_lived_here(world: World) -> None:
    lived = world.running()
    for month in (5, 6, 7, 8, 9):
        world.night(f"2025-{month:02d}-01")
        for bill in [b for b in world.invoices(lived) if b["status"] == "open" and b["due_on"] < "2025-09-10"]:
            world.do(f"{bill['due_on']}T12:00", lived, "pay")
    report = sent(world, file_of(line("a1")), "paid")
    assert told(report) == [(2, "done", "")]
    moved = report["items"][0]["contract"]
    wanted = [(b["key"], b["issued_on"], b["due_on"], b["total"], b["status"]) for b in world.invoices(lived)]
    assert [(b["key"], b["issued_on"], b["due_on"], b["total"], b["status"]) for b in world.invoices(moved)] == wanted
    assert [total for _, _, _, total, _ in wanted][:2] == [76626, 1980]
    one, other = world.contract(moved), world.contract(lived)
    for name in ("state", "service_starts_on", "billing_starts_on", "ends_on", "unpaid", "payment_method", "devices"):
        assert one[name] == other[name], name
    assert rows.journals(world.store, moved)[0].notices == ()  # nobody is told of what is long past
    assert "moved_in" in [event["kind"] for event in rows.journals(world.store, moved)[0].events]


def test_the_newest_bills_stay_open_for_what_was_owed(world: World) -> None:
    report = sent(world, file_of(line("b1", balance="1980"), line("b2", balance="2500"), line("b3", balance="900000")), "owed")
    assert told(report) == [(2, "done", ""), (3, "done", ""), (4, "refused", "more_than_billed")]
    whole, part = (item["contract"] for item in report["items"][:2])
    open_bills = [
        (b["total"], b["paid"]) for b in world.invoices(whole) if b["due_on"] < "2025-09-10" and b["paid"] < b["total"]
    ]
    assert open_bills == [(1980, 0)]
    open_bills = [
        (b["total"], b["paid"]) for b in world.invoices(part) if b["due_on"] < "2025-09-10" and b["paid"] < b["total"]
    ]
    assert open_bills == [(1980, 1460), (1980, 0)]  # 1,980 and 520 of the month before


def test_what_the_rules_refuse_is_refused_and_loses_no_other_line(world: World) -> None:
    report = sent(
        world,
        file_of(
            line("c1"),
            line("c2", payment_method="none"),
            line("c3", steps="2025-04-10 install; 2025-04-11 record_usage megabytes=1"),
            line("c4", steps="2025-04-10 dance"),
            line("c5", steps="2025-04-10 install colour=red"),
            line("c6", steps="2025-04-10 install; 2025-04-09 ship"),
            line("c7", steps="2026-04-10 install"),
            line("c8", service="nothing"),
            line("c9", applied_at="yesterday"),
            line("c10", account="a b"),
            line("c11", balance="-5"),
            line("c1"),
            line("c1", balance="1980"),
        ),
        "refused",
    )
    assert [(number, what) for number, what, _ in told(report)] == [
        (2, "done"), (3, "refused"), (4, "refused"), (5, "faulty"), (6, "faulty"), (7, "faulty"), (8, "faulty"), (9, "faulty"),
        (10, "faulty"), (11, "faulty"), (12, "faulty"), (13, "known"), (14, "faulty"),
    ]  # fmt: skip
    reasons = {number: reason for number, _, reason in told(report)}
    assert (reasons[5], reasons[6], reasons[7], reasons[8]) == ("not_offered", "unknown_field", "order", "not_past")
    assert reasons[14] == "row_reused"
    for item in report["items"]:
        if item["outcome"] in ("refused", "faulty") and "contract" in item and item["key"] != "c1":
            assert rows.load(world.store, item["contract"]) is None


def test_the_same_line_again_meets_its_own_contract(world: World) -> None:
    first = sent(world, file_of(line("d1")), "first")
    again = sent(world, file_of(line("d2"), line("d1")), "again")
    assert told(again) == [(2, "done", ""), (3, "known", "")]
    assert again["items"][1]["contract"] == first["items"][0]["contract"]
    before = world.everything(first["items"][0]["contract"])
    sent(world, file_of(line("d1")), "first")
    assert world.everything(first["items"][0]["contract"]) == before


def test_a_trial_says_what_the_import_then_does_and_stores_nothing(world: World) -> None:
    lines = [line("e1"), line("e2", payment_method="none"), line("e1"), line("e3", balance="2000000"), line("e4", steps="x")]
    tried = imports.trial(world.store, at(NOW), file_of(*lines))
    assert all(rows.load(world.store, item["contract"]) is None for item in tried["items"] if "contract" in item)
    really = sent(world, file_of(*lines), "after the trial")
    assert tried["items"] == really["items"]
    assert [what for _, what, _ in told(really)] == ["done", "refused", "known", "refused", "faulty"]


def test_the_nights_go_on_from_there(world: World) -> None:
    moved = sent(world, file_of(line("f1")), "on")["items"][0]["contract"]
    before = len(world.invoices(moved))
    world.nights("2025-10-01")
    assert len(world.invoices(moved)) == before + 1
    assert world.invoices(moved)[-1]["month"] == "2025-09"


def test_every_service_can_be_moved_in(world: World) -> None:
    """Each by the steps of its own terms; days and sums are those of the published scenarios of the same lives."""
    prices = {"monthly_fee": 1078, "registration_fee": 3300, "device": {"tracker": 30800}}
    world.say("2025-01-01T09:00", "allwatch", "set_price_list", key="alw", prices=prices)
    header = "key,account,service,plan,payment_method,applied_at,email,devices,steps"
    file = file_of(
        "g1,ken,liferhythm-home,standard,account_transfer,2025-06-02T10:00,,,"
        "2025-06-10T10:00 sign; 2025-06-10T11:00 install; 2025-06-18 complete_processing",
        "g2,ken,allwatch,half_year,bank_transfer,2025-06-04T11:00,,tracker*1,2025-06-06 deliver",
        "g3,ken,omron-remote,standard,none,2025-04-05T10:00,ken@example.jp,,2025-04-19 install sku=gateway outcome=done",
        "g4,ume,omron-remote,standard,none,2025-04-06T10:00,ken@example.jp,,",  # the address is another account's
        header=header,
    )
    tried = imports.trial(world.store, at(NOW), file)
    report = sent(world, file, "every")
    assert tried["items"] == report["items"]  # also of two lines in one file that exclude each other
    assert [what for _, what, _ in told(report)] == ["done", "done", "done", "refused"]
    rhythm, watch, omron = (item["contract"] for item in report["items"][:3])
    assert [(b["month"], b["total"], b["status"]) for b in world.invoices(rhythm)] == [
        ("2025-07", 15980, "paid"), ("2025-08", 5980, "open"),
    ]  # fmt: skip
    assert [(b["month"], b["total"], b["status"]) for b in world.invoices(watch)] == [
        ("2025-06", 34100, "paid"), ("2025-07", 6468, "paid"),
    ]  # fmt: skip
    assert (world.contract(omron)["state"], world.invoices(omron)) == ("active", [])


def test_the_guide_names_every_column_outcome_and_limit() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    use, contracts = guide.split("## Contracts")[0], guide.split("## Contracts")[1]
    assert [name for name in usage_imports.COLUMNS if f"`{name}`" not in use] == []
    assert [name for name in contract_imports.COLUMNS if f"`{name}`" not in contracts] == []
    assert [name for name in imports.OUTCOMES if f"| `{name}` |" not in use] == []
    for kind, part in (("usage", use), ("contracts", contracts)):
        assert f"{imports.KINDS[kind].most:,} lines" in part
    assert [name for name in exports.KINDS if f"`{name}`" not in guide] == []
