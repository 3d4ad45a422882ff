"""Bills, money and contracts as CSV. Sotto-net: 76,626 yen with the first bill (1 May), 1,980 a month afterwards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chalicelib.errors import NotFound
from chalicelib.flows import exports
from chalicelib.store.transact import Store
from tests.flows.world import World

MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)


@pytest.fixture(scope="module")
def world(store: Store) -> Iterator[World]:
    """Two lines; the first paid its first bill. A third was refused, a fourth ended in May."""
    made = World(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
        made.one, made.two = made.running(), made.running("2025-04-03T11:00")
        made.apply("2025-05-02T10:00", payment_method="none")
        made.gone = made.running("2025-04-03T12:00")
        made.night("2025-05-01")
        made.do("2025-05-06T10:00", made.gone, "terminate", reason="x")
        made.do("2025-05-27T10:00", made.one, "pay")
        made.night("2025-06-01")
        yield made


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def page(world: World, kind: str, **how: Any) -> tuple[str, str]:
    given = {"service": "sottonet", "month": None, "limit": 50, "cursor": "", "bom": False, **how}
    return exports.page(world.store, kind, **given)


def test_the_lines_of_the_bills_of_a_month(world: World) -> None:
    found = read(page(world, "invoices", month=MAY)[0])
    mine = [row for row in found if row["contract"] == world.one]
    assert {(row["kind"], row["month"], row["issued_on"], row["total"], row["paid"]) for row in mine} == {
        ("initial", "2025-04", "2025-05-01", "76626", "76626")
    }
    shown = world.invoices(world.one)[0]["lines"]
    assert [(row["item"], int(row["amount"])) for row in mine] == [(line["item"], line["amount"]) for line in shown]
    assert [row["line"] for row in mine] == [str(number) for number in range(1, len(shown) + 1)]
    june = [row for row in read(page(world, "invoices", month=JUNE)[0]) if row["contract"] == world.two]
    assert [(row["item"], row["amount"], row["percent"], row["status"]) for row in june] == [
        ("monthly_fee", "1980", "10", "open")
    ]


def test_money_that_came_in(world: World) -> None:
    found = read(page(world, "payments", month=MAY)[0])
    assert [(row["contract"], row["day"], row["kind"], row["amount"]) for row in found if row["kind"] == "payment"] == [
        (world.one, "2025-05-27", "payment", "76626")
    ]
    assert [row for row in read(page(world, "payments", month=JUNE)[0]) if row["kind"] == "payment"] == []


def test_contracts_that_lived_in_a_month(world: World) -> None:
    april = {row["contract"]: row for row in read(page(world, "contracts", month=date(2025, 4, 1))[0])}
    assert set(april) == {world.one, world.two, world.gone}  # the refused one was applied for in May
    assert (april[world.two]["state"], april[world.two]["unpaid"]) == ("active", "78606")  # 76,626 and 1,980
    assert world.gone in page(world, "contracts", month=MAY)[0]
    assert world.gone not in page(world, "contracts", month=JUNE)[0]


def test_pages_one_after_the_other_are_one_file(world: World) -> None:
    whole, end = page(world, "contracts", bom=True)
    assert (whole[0], end) == ("\ufeff", "")
    text, cursor = page(world, "contracts", limit=1, bom=True)
    while cursor:
        more, cursor = page(world, "contracts", limit=1, cursor=cursor, bom=True)
        text += more
    assert text == whole
    assert text.count("applied_on") == 1


def test_nothing_that_a_spreadsheet_takes_for_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\tx"):
        assert exports.safe(text) == f"'{text}"
    assert (exports.safe(-500), exports.safe(0), exports.safe(date(2025, 4, 3)), exports.safe(None)) == (
        -500,
        0,
        "2025-04-03",
        "",
    )


def test_a_contracts_own_bills(world: World) -> None:
    found = read(exports.bills(world.store, world.one, None, False))
    assert {row["contract"] for row in found} == {world.one}
    assert sorted({row["issued_on"] for row in found}) == ["2025-05-01", "2025-06-01"]
    assert read(exports.bills(world.store, world.one, date(2025, 4, 1), False)) == []
    with pytest.raises(NotFound):
        exports.bills(world.store, "nobody", None, False)
    with pytest.raises(NotFound):
        page(world, "people")
