"""Statistics: a day's yield of all systems together, once it has settled; it stays when accounts go, and names nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import nights, outbox, statistics
from chalicelib.store import history
from chalicelib.store.history import Summary
from chalicelib.store.transact import Store
from tests.flows.test_outbox import inserted
from tests.flows.world import Caller, World, at
from tests.flows_iot.home import Home

FREE = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}
NINE, TEN = "2025-07-01", "2025-07-02"
FAR = 4_000_000_000_000


def system(store: Store, number: int) -> Home:
    who = Caller(f"roof-{number}", f"roof-{number}@example.jp", role="contractor")
    world = World(store)
    contract = world.apply("2025-06-01T10:00", who, **FREE, contact={"email": who.email})["id"]
    world.do("2025-06-02T10:00", contract, "install", outcome="done")
    home = Home(store, contract)
    home.claim("2025-06-02T10:05", f"roof-{number}", "pv-gateway")
    return home


def closed(home: Home, number: int, day: str, kwh: float) -> None:
    """A day as a night in between has summed it up."""
    power = {"power": {"kind": "gauge", "n": 96, "kwh": kwh}}
    history.keep(home.store, f"roof-{number}", home.contract, Summary("pv", day, power), 1, FAR)


def morning(store: Store, day: str) -> None:
    """What the schedule leaves for the night's workers."""
    nights.work(store, {"kind": "statistics", "day": f"{day}T06:00:00+09:00"}, at(f"{day}T06:00"))


def shown(store: Store, **span: Any) -> list[tuple[str, int, int]]:
    found = statistics.listing(store, at("2025-07-20T10:00"), "omron-remote", **span)
    return [(one["day"], one["systems"], one["wh"]) for one in found["items"]]


@pytest.mark.rule("ORM-STT-1")
def test_a_days_sum_is_made_once_and_outlives_the_accounts(store: Store, surroundings: str) -> None:
    homes = [system(store, number) for number in range(10)]
    for number, home in enumerate(homes):
        closed(home, number, TEN, 10 + number)
        if number:
            closed(home, number, NINE, 20)
    morning(store, "2025-07-08")
    assert shown(store) == []  # nine systems are too few
    morning(store, "2025-07-09")
    assert shown(store) == [(TEN, 10, 145_000)]  # 10 × 10 + 0 + … + 9 kWh
    for home in homes[:2]:
        World(store).do("2025-07-10T10:00", home.contract, "request_cancellation")
    for _ in range(3):
        outbox.deliver(store, inserted(World(store)), at("2025-07-10T10:05"))
    assert not list(history.load(store, "roof-0", homes[0].contract, "pv", TEN, TEN, 0))  # what one system came to is gone
    morning(store, "2025-07-09")  # the message comes again
    morning(store, "2025-07-08")
    assert shown(store) == [(TEN, 10, 145_000)]
    assert shown(store, first=date(2025, 7, 3), last=date(2025, 7, 20)) == []
    rows = list(store.query_all(store.contracts, ("contract", "statistics#omron-remote")))
    assert [set(row) for row in rows] == [{"contract", "item"}, {"contract", "item", "systems", "wh"}]


def test_only_services_that_keep_statistics_show_any(store: Store) -> None:
    for service in ("sottonet", "no-such-service"):
        with pytest.raises(NotFound):
            statistics.listing(store, at("2025-07-20T10:00"), service)
    with pytest.raises(Invalid):
        shown(store, first=date(2024, 7, 1), last=date(2025, 7, 20))
