"""An announcement tried out: the figures are those of really announcing and sweeping, and nothing is stored."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from chalicelib.dates import japan_day, sweep_instant
from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import dry_runs, nights, outbox
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import SHARDS, Store
from tests.flows.world import OPERATOR, World, at

NOW = "2025-05-10T12:00"
RISE = {"prices": {"monthly_fee": 2200}, "effective_on": date(2025, 7, 1)}
END = {"effective_on": date(2025, 8, 31)}


@pytest.fixture(scope="module")
def world(store: Store) -> Iterator[World]:
    """Two lines that run, one that was given notice, one not installed yet; one ended and one refused, who hear nothing."""
    made = World(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
        made.first, made.second = made.running(), made.running("2025-04-03T11:00")
        made.leaving, made.gone = made.running("2025-04-03T12:00"), made.running("2025-04-03T13:00")
        made.waiting_for_visit = made.apply("2025-05-02T10:00")["id"]
        made.apply("2025-05-02T10:00", payment_method="none")
        made.night("2025-05-01")
        made.do("2025-05-05T10:00", made.leaving, "request_cancellation")  # by the 20th: ends on 31 May
        made.do("2025-05-06T10:00", made.gone, "terminate", reason="x")
        yield made


def tried(world: World, name: str = "announce_price", args: dict[str, Any] = RISE, **how: Any) -> dict[str, Any]:
    return dry_runs.dry_run(world.store, at(NOW), OPERATOR, "sottonet", name, args, **how)


def all_rows(world: World) -> list[Any]:
    client = world.store
    return [world.everything(c) for c in (world.first, world.second, world.leaving, world.gone, world.waiting_for_visit)] + [
        sorted(str(row) for row in client.query_all(client.contracts, ("contract", "service#sottonet")))
    ]


@pytest.mark.rule("STN-NOT-1")
def test_who_pays_what_more_by_hand(world: World) -> None:
    before = all_rows(world)
    found = tried(world)
    items = {item["contract"]: item for item in found["items"]}
    assert set(items) == {world.first, world.second, world.leaving, world.waiting_for_visit}
    for running in (world.first, world.second):  # July 2025 to June 2026: 12 × 1,980 and 12 × 2,200
        assert (items[running]["bills_before"], items[running]["bills_after"]) == (23760, 26400)
        assert items[running]["difference"] == 2640
    for nothing_to_pay in (world.leaving, world.waiting_for_visit):
        assert (items[nothing_to_pay]["bills_before"], items[nothing_to_pay]["difference"]) == (0, 0)
    assert found["months"] == ["2025-07", "2026-06"]
    assert (found["notice"], found["rule"], found["complete"]) == ("price_revision", "STN-NOT-1", True)
    totals = found["totals"]
    assert totals == found["page"]
    assert (totals["contracts"], totals["told"], totals["pay_more"], totals["pay_same"]) == (4, 4, 2, 2)
    assert (totals["bills_before"], totals["bills_after"], totals["difference"]) == (47520, 52800, 5280)
    assert totals["notices"] == {"price_revision": 4}
    assert all_rows(world) == before


@pytest.mark.rule("STN-NOT-3")
def test_an_abolition_ends_earlier_and_costs_less(world: World) -> None:
    found = tried(world, "announce_termination", END)
    items = {item["contract"]: item for item in found["items"]}
    assert items[world.first]["ends_on"] == "2025-08-31"
    # August 2025 to July 2026 would be 23,760; August alone is left
    assert (items[world.first]["bills_before"], items[world.first]["bills_after"]) == (23760, 1980)
    assert items[world.leaving]["ends_on"] == "2025-05-31"
    assert not items[world.leaving]["ends_earlier"]
    totals = found["totals"]
    # who waits for the installation owes the contract fee of 4,400 at an end without it (STN-CHG-6)
    assert (items[world.waiting_for_visit]["difference"], totals["pay_more"]) == (4400, 1)
    assert (totals["end_earlier"], totals["pay_less"], totals["difference"]) == (3, 2, 4400 - 2 * 21780)
    assert totals["notices"] == {"service_abolition": 4}


def test_new_terms_change_no_bill_and_are_told(world: World) -> None:
    found = tried(world, "announce_terms", {"version": "2025-07", "effective_on": date(2025, 7, 1)})
    assert (found["totals"]["difference"], found["totals"]["notices"]) == (0, {"terms_change": 4})


@pytest.mark.rule("STN-NOT-1")
def test_too_late_is_refused_by_the_same_rule(world: World) -> None:
    with pytest.raises(Refused) as refused:
        tried(world, args={**RISE, "effective_on": date(2025, 6, 9)})
    assert (refused.value.reason, refused.value.rule) == ("too_late", "STN-NOT-1")
    with pytest.raises(Invalid, match="unknown_price"):
        tried(world, args={**RISE, "prices": {"cats": 1}})
    with pytest.raises(Invalid, match="effective_on"):
        tried(world, args={**RISE, "effective_on": date(2030, 5, 11)})
    with pytest.raises(NotFound):
        dry_runs.dry_run(world.store, at(NOW), OPERATOR, "nobody", "announce_price", RISE)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_last_page_has_the_sums_of_all(world: World, limit: int) -> None:
    whole, seen, cursor = tried(world), [], ""
    while True:
        page = tried(world, limit=limit, cursor=cursor)
        seen += page["items"]
        assert len(page["items"]) <= limit
        assert page["page"]["contracts"] == len(page["items"])
        if page["complete"]:
            break
        cursor = page["next"]
        assert len(cursor) <= 1024
    assert page["totals"] == whole["totals"]
    assert sorted(item["contract"] for item in seen) == sorted(item["contract"] for item in whole["items"])


def test_a_cursor_is_of_one_announcement_only(world: World) -> None:
    cursor = tried(world, limit=1)["next"]
    with pytest.raises(Invalid, match="not_a_cursor"):
        tried(world, args={**RISE, "prices": {"monthly_fee": 2300}}, cursor=cursor)
    said, *rest, sums = json.loads(base64.b64decode(cursor, altchars=b"-_"))
    shorter = base64.urlsafe_b64encode(json.dumps([said, *rest, sums[1:]]).encode()).decode()
    for forged in ("abc", "e30=", shorter, base64.urlsafe_b64encode(json.dumps([1, 2, 3, [4]]).encode()).decode()):
        with pytest.raises(Invalid, match="not_a_cursor"):
            tried(world, cursor=forged)


@pytest.mark.rule("STN-CHG-9")
def test_a_new_tax_rate_is_reckoned_where_prices_are_without_tax(world: World) -> None:
    found = tried(world, "announce_tax", {"rate": 12, "effective_on": date(2025, 7, 1)})
    # the monthly fee of 1,980 contains its tax, so nobody pays more (STN-CHG-9)
    assert (found["totals"]["difference"], found["totals"]["notices"]) == (0, {"tax_change": 4})


def _next_night(world: World) -> datetime | None:
    """The earliest instant at which any contract has something to do."""
    shards = (("due_shard", f"due#{shard:02d}") for shard in range(SHARDS))
    pages = [world.store.query(world.store.contracts, shard, index="due", limit=1) for shard in shards]
    return min((datetime.fromisoformat(page.rows[0]["due_at"]["S"]) for page in pages if page.rows), default=None)


def _pass_time(world: World, until: date) -> None:
    """Nights as the due index asks for them; every bill is paid at noon of its due day."""
    names = (world.first, world.second, world.leaving, world.waiting_for_visit)
    while True:
        night = _next_night(world)
        bills = [(bill["due_on"], name) for name in names for bill in world.invoices(name) if bill["status"] == "open"]
        due = min(bills, default=None)
        if due is not None and (night is None or date.fromisoformat(due[0]) < japan_day(night)):
            world.do(f"{due[0]}T12:00", due[1], "pay")
        elif night is not None and night <= sweep_instant(until):
            world.night(japan_day(night).isoformat())
        else:
            return


@pytest.mark.rule("STN-NOT-1")
def test_really_announcing_and_sweeping_comes_to_the_same_figures(world: World) -> None:
    cursor = tried(world, limit=1)["next"]
    foretold = {item["contract"]: item for item in tried(world)["items"]}
    world.say(NOW, "sottonet", "announce_price", **RISE)
    with pytest.raises(Conflict, match="version"):
        tried(world, limit=1, cursor=cursor)  # something was announced since the first page
    for entry in list(waiting.leftovers(world.store, at("2099-01-01T00:00"))):
        if entry.kind == "fan_out":
            assert outbox._leaves(world.store, entry, entry.at)
    for message in world.queue.taken():
        nights.work(world.store, message, at(NOW))
    _pass_time(world, date(2026, 7, 31))
    for name, item in foretold.items():
        bills = [bill for bill in world.invoices(name) if "2025-07" <= bill["month"] <= "2026-06"]
        assert sum(bill["total"] for bill in bills) == item["bills_after"]
    assert sum(item["bills_after"] for item in foretold.values()) == 52800
