"""A line and the phone that hangs on it, demands and instalments: whatever fails, and in whatever order, they end alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from chalicelib.errors import Refused
from chalicelib.flows import nights, views
from chalicelib.store import contracts as rows
from tests.faults.harness import Baton, Snapshot, all_rows, every_order, under
from tests.faults.test_contract_faults import desk, enumerate_faults, few_shards, no_waiting, start, world  # noqa: F401
from tests.flows.world import World, at

SERVICE = "and-market-mobile"
PRICES = {"monthly_fee": {"data": 900, "voice": 1500}, "initial_fee": 3000, "device": {"phone": 9805}}
TEN = {"devices": [{"sku": "phone", "quantity": 1}], "options": [{"option": "device_installments", "quantity": 10}]}


@pytest.fixture
def line(world: World) -> Callable[..., str]:  # noqa: F811
    """A mobile line that started on 1 May 2017, its initial fee paid."""

    def begin(**body: Any) -> str:
        if not getattr(world, "priced", False):
            world.say("2017-04-01T10:00", SERVICE, "set_price_list", prices=PRICES)
            world.priced = True  # type: ignore[attr-defined]
        name = str(world.apply("2017-05-01T10:00", service=SERVICE, **{"plan": "data", **body})["id"])
        world.do("2017-05-01T10:01", name, "pay")
        world.do("2017-05-01T11:00", name, "notify_start", starts_on=date(2017, 5, 1))
        return name

    return begin


def bundled(world: World, parent: str, key: str = "") -> str:  # noqa: F811
    applied = world.apply("2017-05-01T12:00", service=SERVICE, plan="ip_phone", parent=parent, key=key)
    return str(applied["id"])


def standing(world: World, *contracts: str) -> list[tuple[str, date | None, str]]:  # noqa: F811
    found = [rows.load(world.store, contract) for contract in contracts]
    return [(one.state, one.ends_on, one.ended_because) for one in found if one is not None]


def test_a_phone_is_taken_in_by_its_line_or_not_at_all(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    parent = line()
    enumerate_faults(lambda: bundled(world, parent, key="phone"), all_rows)
    held = rows.load(world.store, parent)
    assert held is not None
    assert len(held.children) == 1


@pytest.mark.rule("AMM-DTH-1", "IPS-CAN-2")
def test_death_ends_line_and_phone_in_one_transaction(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    parent = line()
    phone = bundled(world, parent)
    enumerate_faults(lambda: world.do("2017-05-20T10:00", parent, "customer_died", key="died"), all_rows)
    assert standing(world, parent, phone) == [
        ("ended", date(2017, 5, 20), "died"),
        ("ended", date(2017, 5, 20), "parent_ended"),
    ]
    told = [n["kind"] for n in views.notices(world.store, phone)["items"]]
    assert told.count("contract_ended") == 1


def test_a_notice_gives_both_their_last_day_once(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    parent = line()
    phone = bundled(world, parent)
    enumerate_faults(lambda: world.do("2017-05-10T10:00", parent, "request_cancellation", key="bye"), all_rows)
    assert standing(world, parent, phone) == [
        ("cancelling", date(2017, 5, 31), "cancelled"),
        ("active", date(2017, 5, 31), "parent_ended"),
    ]


@pytest.mark.rule("AMM-SUS-2")
def test_a_demand(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    contract = line()
    for day in ("2017-06-01", "2017-06-28"):
        world.night(day)
    deadline = date(2017, 7, 18)
    enumerate_faults(lambda: world.do("2017-06-28T10:00", contract, "demand", key="please", deadline=deadline), all_rows)
    held = rows.load(world.store, contract)
    assert held is not None
    assert [demand.deadline for demand in held.demands] == [deadline]


def defaulted(world: World, contract: str) -> dict[str, Any]:  # noqa: F811
    """Instalments in default: the demand of 28 June runs out on 18 July. The message of the night after it."""
    world.do("2017-05-02T10:00", contract, "deliver", sku="phone")
    for day in ("2017-06-01", "2017-06-28"):
        world.night(day)
    world.do("2017-06-28T10:00", contract, "demand", deadline=date(2017, 7, 18))
    world.night("2017-07-01")
    return {"kind": "night", "day": "2017-07-19", "contracts": [contract]}


@pytest.mark.rule("AMD-ACC-1")
def test_the_rest_falls_due_once(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    contract = line(**TEN)
    message = defaulted(world, contract)
    enumerate_faults(lambda: nights.work(world.store, message, at("2017-07-19T00:10")), lambda: all_rows(leave_out=("night#",)))
    rest = [bill for bill in world.invoices(contract) if bill["issued_on"] == "2017-07-19"]
    assert [(bill["kind"], bill["total"], bill["due_on"]) for bill in rest] == [("separate", 8467, "2017-07-19")]  # 8 x 980


@pytest.mark.rule("AMD-ACC-1")
def test_two_workers_let_the_rest_fall_due_once_in_every_order(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    contract = line(**TEN)
    message = defaulted(world, contract)
    before = Snapshot()
    nights.work(world.store, message, at("2017-07-19T00:10"))
    wanted = all_rows()

    def run(baton: Baton) -> None:
        before.restore()
        work = lambda: nights.work(world.store, message, at("2017-07-19T00:10"))  # noqa: E731
        baton.run(work, work)
        assert all_rows() == wanted

    assert every_order(run) >= 6


@pytest.mark.rule("IPS-CAN-2")
def test_calls_and_the_death_of_the_line_in_every_order(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    """The calls came before the end and are billed, or after it and are refused; both contracts end in any case."""
    parent = line()
    phone = bundled(world, parent)
    before = Snapshot()
    outcomes = set()

    def calls() -> str:
        try:
            world.do("2017-05-20T10:00", phone, "record_usage", key="calls", calls=[{"to": "mobile", "seconds": 3000}])
        except Refused as refused:
            return refused.reason
        return ""

    def run(baton: Baton) -> None:
        before.restore()
        answer, _ = baton.run(calls, lambda: world.do("2017-05-20T10:00", parent, "customer_died", key="died"))
        held = rows.load(world.store, phone)
        assert held is not None
        assert [state for state, _, _ in standing(world, parent, phone)] == ["ended", "ended"]
        outcomes.add((answer, sum(charge.amount for charge in held.owed)))

    assert every_order(run) >= 10
    assert outcomes == {("", 700), ("ended", 0)}  # 100 half minutes, 800 yen, 100 of them free


@pytest.mark.rule("IPS-APP-5", "IPS-CAN-2")
def test_a_phone_taken_while_the_line_gives_notice_ends_with_it_in_every_order(
    world: World,  # noqa: F811
    line: Callable[..., str],
) -> None:
    parent = line()
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        phone, _ = baton.run(
            lambda: bundled(world, parent, key="phone"),
            lambda: world.do("2017-05-01T12:00", parent, "request_cancellation", key="bye"),
        )
        held = rows.load(world.store, parent)
        assert held is not None
        assert (held.children, held.ends_on) == ((phone,), date(2017, 5, 31))
        assert standing(world, phone) == [("active", date(2017, 5, 31), "parent_ended")]

    assert every_order(run) >= 10


class Meanwhile:
    """Before the n-th AWS call of one piece of work, another one is done from its beginning to its end."""

    def __init__(self, number: int, other: Callable[[], None]) -> None:
        self.number, self.other, self.calls, self.inside = number, other, 0, False

    def __call__(self, carry_out: Callable[[], Any], event: str) -> Any:
        if not self.inside:
            self.calls += 1
            if self.calls == self.number:
                self.inside = True
                self.other()
                self.inside = False
        return carry_out()


@pytest.mark.rule("IPS-APP-5")
def test_a_second_phone_for_one_line_is_refused_whenever_it_comes(world: World, line: Callable[..., str]) -> None:  # noqa: F811
    """In every order the two applications are too many to play: here one comes whole, at every call of the other."""
    parent = line()
    before = Snapshot()
    for number in range(1, 40):
        before.restore()
        phones: list[str] = []
        luck = Meanwhile(number, lambda: phones.append(bundled(world, parent, key="two")))  # noqa: B023
        with under(luck):
            phones.append(bundled(world, parent, key="one"))
        if len(phones) == 1:  # it was done before its n-th call
            break
        states = [state for state, _, _ in standing(world, *phones)]
        assert sorted(states) == ["active", "refused"]
    assert 5 < number < 39
