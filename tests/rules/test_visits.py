"""The appointment of a visit: agreed, moved, used up; and what the operator and the family see of it."""

from datetime import date

import pytest

from chalicelib.billing import calendar, engine
from chalicelib.contracts import tasks, terms
from chalicelib.contracts.contract import Command
from chalicelib.dates import at_japan
from chalicelib.errors import Refused
from tests.oracle import driver

APPLIED = {"do": "apply", "contract": "c1", "plan": "standard", "payment_method": "card"}


def world_of(service: str) -> driver.World:
    world = driver.World.of({"service": service})
    world.act({"at": "2025-06-02T10:00", **APPLIED})
    return world


def kinds(world: driver.World, day: date) -> set[str]:
    return {task.kind for task in tasks.tasks(world.contracts["c1"], world.terms, day)}


@pytest.mark.rule("LRH-INS-1", "STN-EQP-1")
@pytest.mark.parametrize("service", ["sottonet", "liferhythm-home"])
def test_a_visit_is_agreed_on_moved_and_used_up(service: str) -> None:
    world = world_of(service)
    assert "arrange_visit" in kinds(world, date(2025, 6, 3))
    world.act({"at": "2025-06-03T10:00", "do": "arrange_visit", "contract": "c1", "on": date(2025, 6, 10)})
    world.act({"at": "2025-06-04T10:00", "do": "arrange_visit", "contract": "c1", "on": date(2025, 6, 12)})
    assert not world.refusals
    assert world.contracts["c1"].visit_on == date(2025, 6, 12)
    assert [n.kind for n in world.notices].count("visit_fixed") == 2
    assert "arrange_visit" not in kinds(world, date(2025, 6, 12))
    assert "arrange_visit" in kinds(world, date(2025, 6, 13))  # nobody came: somebody has to look after it
    told = calendar.calendar(
        world.contracts["c1"], world.terms, at_japan(date(2025, 6, 5), driver.time(9)), date(2025, 7, 1), (), ()
    )
    assert [m.on for m in told.moments if m.kind == "visit"] == [date(2025, 6, 12)]
    if service == "liferhythm-home":
        world.act({"at": "2025-06-12T09:00", "do": "sign", "contract": "c1"})
    world.act({"at": "2025-06-12T10:00", "do": "install", "contract": "c1", "outcome": "done"})
    assert world.contracts["c1"].visit_on is None
    assert "arrange_visit" not in kinds(world, date(2025, 6, 13))


@pytest.mark.rule("LRH-INS-1")
def test_a_day_gone_by_is_no_appointment() -> None:
    contract = world_of("liferhythm-home").contracts["c1"]
    asked = Command("arrange_visit", at_japan(date(2025, 6, 3), driver.time(9)), {"on": date(2025, 6, 2)}, "operator")
    with pytest.raises(Refused, match="day_passed"):
        engine.handle(contract, terms.load("liferhythm-home"), asked)
