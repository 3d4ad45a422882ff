"""The list of arrears: found by an index that holds nobody else."""

from __future__ import annotations

import pytest

from chalicelib.flows import arrears
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store
from tests.flows.world import HANA, KEN, World, at


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def listed(world: World, when: str, **how) -> list[tuple[str, str, int]]:
    found, cursor = [], ""
    while True:
        page = arrears.listed(world.store, at(when), limit=1, cursor=cursor, **how)
        found += [(item["contract"], item["rung"], item["overdue"]) for item in page["items"]]
        cursor = page.get("next", "")
        if not cursor:
            return found


@pytest.mark.rule("STN-SUS-3", "STN-INV-1")
def test_who_has_not_paid_is_listed_from_the_day_after_until_they_do(world: World) -> None:
    late, later = world.running(who=HANA), world.running(who=KEN)
    world.night("2025-05-01")
    assert listed(world, "2025-05-27T12:00") == []
    world.night("2025-05-28")
    assert sorted(listed(world, "2025-05-28T12:00")) == sorted([(late, "overdue", 76626), (later, "overdue", 76626)])
    world.do("2025-05-29T10:00", later, "pay")
    assert listed(world, "2025-05-29T12:00") == [(late, "overdue", 76626)]
    assert listed(world, "2025-05-29T12:00", service="sottonet", rung="overdue") == [(late, "overdue", 76626)]
    assert listed(world, "2025-05-29T12:00", service="allwatch") == []
    assert listed(world, "2025-05-29T12:00", rung="suspended") == []
    (item,) = arrears.listed(world.store, at("2025-05-29T12:00"))["items"]
    assert (item["since"], [bill["due_on"] for bill in item["bills"]]) == ("2025-05-28", ["2025-05-27"])
    assert [(step["command"], step["now"], step["rule"]["id"]) for step in item["steps"]] == [
        ("demand", True, "STN-SUS-3"),
        ("suspend", True, "STN-SUS-3"),
        ("terminate", True, "STN-TER-1"),
    ]


def test_the_index_holds_those_in_arrears_only(world: World) -> None:
    contract = world.running()
    world.night("2025-05-01")
    assert "arrears" not in world.everything(contract)["contract"]
    world.night("2025-05-28")
    assert world.everything(contract)["contract"]["late_since"] == {"S": "2025-05-28"}
    assert contract in [row["contract"]["S"] for row in rows.in_arrears(world.store, "sottonet", limit=100).rows]
