"""Files from operators under bad luck: whatever one AWS call does, and then again, every line is there once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.flows import contract_imports, csv_lines, imports, nights, usage_imports
from chalicelib.store.imports import Import
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Snapshot, all_rows, every_order, spared
from tests.faults.test_contract_faults import enumerate_faults, few_shards, no_waiting, start  # noqa: F401
from tests.flows import test_contract_imports as moving
from tests.flows import test_usage_imports as usage
from tests.flows.world import OPERATOR, World, at
from tests.rules.market import PRICES


@pytest.fixture
def world(store: Store, start: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:  # noqa: F811
    start.restore()
    made = World(store)
    monkeypatch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
    made.say("2017-05-01T09:00", "and-market-mobile", "set_price_list", key="prices", prices=PRICES)
    yield made


def test_a_file_of_use(world: World) -> None:
    """Also the answer is kept: the report after bad luck is that of a lucky day."""
    one, two = usage.line_of(world), usage.line_of(world)
    file = usage.file_of(
        f"a1,{one},2017-05-12T10:00:00,call,mobile,61,,,",
        f"a2,{two},2017-05-12,sms,,,,35,",
        f"a2,{two},2017-05-12,sms,,,,35,",
        f"a3,{one},2017-05-09,sms,,,,1,",
        f"a4,{one},2017-05-12,sms,,,,x,",
    )

    def work() -> None:
        world.queue.taken()
        made = imports.start(world.store, at(usage.NOW), OPERATOR, file, "file")
        for message in world.queue.taken():
            nights.work(world.store, message, at(usage.NOW))
        assert made["lines"] == 5

    assert enumerate_faults(work, all_rows) >= 8
    assert usage.owed(world, one) == {"call_charges": 60}
    assert usage.owed(world, two) == {"sms_charges": 35}


def _carry_out(world: World, found: list[dict[str, Any]], import_id: str) -> Callable[[], Any]:
    """The part of a share's work that changes contracts; the rest reads, and writes what it would write again."""
    source = Import(import_id, "usage", "and-market-mobile", len(found), 1, "", "")
    return lambda: usage_imports.carry_out(world.store, source, found, at(usage.NOW), trial=False)


@pytest.mark.parametrize("imports_of", [("i1", "i1"), ("i1", "i2")], ids=["one share twice", "two files with the same row"])
def test_two_at_once(world: World, imports_of: tuple[str, str]) -> None:
    one = usage.line_of(world)
    row = csv_lines.Line(2, {"row": "a1", "contract": one, "at": "2017-05-12", "kind": "sms", "yen": "35"})
    found = [usage_imports.typed(row)]
    before = Snapshot()

    def run(baton: Baton) -> None:
        with spared():
            before.restore()
        told = baton.run(*[_carry_out(world, found, name) for name in imports_of])
        with spared():
            assert usage.owed(world, one) == {"sms_charges": 35}
            outcomes = sorted(report[0]["outcome"] for report in told)
            assert outcomes == (["done", "done"] if len(set(imports_of)) == 1 else ["done", "known"])

    assert every_order(run) > 5


def test_a_file_of_contracts(world: World) -> None:
    file = moving.file_of(moving.line("a1", balance="1980"), moving.line("a2", payment_method="none"))

    def work() -> None:
        world.queue.taken()
        imports.start(world.store, at(moving.NOW), OPERATOR, file, "file")
        for message in world.queue.taken():
            nights.work(world.store, message, at(moving.NOW))

    assert enumerate_faults(work, all_rows) >= 6


def test_the_same_contract_from_two_files_at_once(world: World) -> None:
    cells = dict(zip(moving.HEADER.split(","), moving.line("a1", balance="1980").split(","), strict=True))
    found = [moving.typed(csv_lines.Line(2, cells))]
    before = Snapshot()

    def moved(import_id: str) -> list[dict[str, Any]]:
        source = Import(import_id, "contracts", "", 1, 1, "", "")
        return contract_imports.carry_out(world.store, source, found, at(moving.NOW), trial=False)

    def run(baton: Baton) -> None:
        with spared():
            before.restore()
        told = baton.run(lambda: moved("i1"), lambda: moved("i2"))
        with spared():
            assert sorted(report[0]["outcome"] for report in told) == ["done", "known"]
            (contract,) = {report[0]["contract"] for report in told}
            assert (
                sum(bill["total"] - bill["paid"] for bill in world.invoices(contract) if bill["due_on"] < "2025-09-10") == 1980
            )

    assert every_order(run) > 5
