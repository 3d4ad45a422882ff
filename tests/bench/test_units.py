"""The unit counter against sums done by hand."""

from __future__ import annotations

import pytest

from bench import units
from bench.units import Index, Table

PLAIN = Table(("id",), ())
INDEXED = Table(("id",), (Index("by_day", ("day",), ("id",)),))


def item(octets: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of exactly so many bytes: `id` with 8, the rest in `t`."""
    rest = octets - 8 - 1 - sum(len(name) + len(value) for name, value in more.items())
    return {"id": {"S": "123456"}, "t": {"S": "x" * rest}, **{name: {"S": value} for name, value in more.items()}}


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        ({"S": "abc"}, 3),
        ({"S": "見守り"}, 9),
        ({"S": ""}, 0),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "1234"}, 3),
        ({"N": "-1234"}, 4),
        ({"N": "12000"}, 2),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"N": "7"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"a": {"S": "b"}}}, 3 + 1 + 1 + 1),
    ],
)
def test_the_size_of_a_value(value: dict[str, object], octets: int) -> None:
    assert units.value_size(value) == octets


def test_an_unknown_kind_of_value_is_no_guess() -> None:
    with pytest.raises(NotImplementedError):
        units.value_size({"NS": ["a"]})


@pytest.mark.parametrize(("octets", "alone", "in_transaction"), [(100, 1, 2), (1024, 1, 2), (1025, 2, 4), (2049, 3, 6)])
def test_a_write_costs_a_unit_for_each_begun_kilobyte_and_twice_in_a_transaction(
    octets: int, alone: int, in_transaction: int
) -> None:
    new = item(octets)
    assert units.size(new) == octets
    assert units.write_units(PLAIN, None, new, transaction=False) == alone
    assert units.write_units(PLAIN, None, new, transaction=True) == in_transaction


def test_the_larger_of_old_and_new_is_paid() -> None:
    assert units.write_units(PLAIN, item(3000), item(100), transaction=False) == 3
    assert units.write_units(PLAIN, item(3000), None, transaction=False) == 3


@pytest.mark.parametrize(
    ("old", "new", "beside"),
    [
        (item(100), item(100), 0),
        (item(100, day="1"), item(200, day="1"), 0),
        (None, item(100, day="1"), 1),
        (item(100, day="1"), item(100), 1),
        (item(100, day="1"), None, 1),
        (item(100, day="1"), item(100, day="2"), 2),
    ],
)
def test_an_index_costs_only_when_its_entry_changes(old: object, new: object, beside: int) -> None:
    assert units.write_units(INDEXED, old, new, transaction=True) == 2 + beside


def test_reads_are_rounded_up_per_item_and_once_per_query() -> None:
    assert units.item_read_units(item(4096), consistent=True) == 1
    assert units.item_read_units(item(4097), consistent=True) == 2
    assert units.item_read_units(None, consistent=False) == 0.5
    assert units.query_read_units([item(2000)] * 4, consistent=True) == 2
    assert units.query_read_units([item(2000)] * 4, consistent=False) == 1
    assert units.query_read_units([], consistent=True) == 1


def test_our_tables_are_known_with_their_keys_and_indexes() -> None:
    known = units.tables("p-")
    assert known["p-contracts"].keys == ("contract", "item")
    assert {index.name: index.keys for index in known["p-contracts"].indexes} == {
        "by_account": ("account", "applied_at"),
        "by_service_state": ("service_state", "contract"),
        "due": ("due_shard", "due_at"),
        "in_arrears": ("arrears", "late_since"),
    }
    assert set(known) == {"p-contracts", "p-devices", "p-alerts", "p-accounts", "p-outbox"}
