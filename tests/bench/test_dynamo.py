"""The dictionary that stands for DynamoDB, through the store and the real client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import wire
from bench.dynamo import Dynamo
from chalicelib.store import transact
from chalicelib.store.transact import N, S, Store, WriteRefused, absent, delete, equals, put, update


@pytest.fixture
def dynamo() -> Dynamo:
    return Dynamo(wire.PREFIX)


@pytest.fixture
def store(dynamo: Dynamo) -> Iterator[Store]:
    store = transact.connect()
    with wire.answered_by(store.client, wire.live(dynamo)):
        yield store


def row(item: str, contract: str = "c", **more: str) -> dict[str, dict[str, str]]:
    return {"contract": S(contract), "item": S(item), "version": N(1), **{name: S(value) for name, value in more.items()}}


def key(item: str, contract: str = "c") -> dict[str, dict[str, str]]:
    return {"contract": S(contract), "item": S(item)}


def test_a_transaction_is_written_whole_or_not_at_all(store: Store, dynamo: Dynamo) -> None:
    store.commit([put(store.contracts, row("a"), absent("item"))])
    before = dynamo.writes
    with pytest.raises(WriteRefused) as refused:
        store.commit([put(store.contracts, row("b")), put(store.contracts, row("a"), absent("item"))])
    assert refused.value.failed == (1,)
    assert store.get(store.contracts, key("b")) is None
    assert dynamo.writes == before


def test_an_update_sets_removes_and_holds_its_condition(store: Store) -> None:
    store.commit([put(store.contracts, row("a", colour="red", due_at="x"))])
    store.write(
        update(store.contracts, key("a"), set_={"colour": S("blue")}, remove=("due_at",), condition=equals("version", N(1)))
    )
    assert store.get(store.contracts, key("a")) == row("a", colour="blue")
    with pytest.raises(WriteRefused):
        store.write(update(store.contracts, key("a"), set_={"colour": S("green")}, condition=equals("version", N(2))))
    assert store.get(store.contracts, key("a")) == row("a", colour="blue")


def test_queries_keep_to_their_partition_prefix_span_order_and_limit(store: Store) -> None:
    for item in ("event#2", "event#1", "invoice#1", "event#3"):
        store.write(put(store.contracts, row(item)))
    store.write(put(store.contracts, row("event#9", contract="other")))

    def items(**how: object) -> list[str]:
        return [found["item"]["S"] for found in store.query_all(store.contracts, ("contract", "c"), **how)]

    assert items() == ["event#1", "event#2", "event#3", "invoice#1"]
    assert items(starts=("item", "event#")) == ["event#1", "event#2", "event#3"]
    assert items(between=("item", "event#2", "event#3")) == ["event#2", "event#3"]
    assert items(starts=("item", "event#"), newest_first=True) == ["event#3", "event#2", "event#1"]
    assert items(limit=1) == items(limit=3, newest_first=True)[::-1] == items()


def test_an_index_holds_a_row_only_while_it_has_the_attributes(store: Store) -> None:
    due = {"due_shard": S("due#00"), "due_at": S("2025")}

    def waiting() -> list[str]:
        return [found["contract"]["S"] for found in store.query_all(store.contracts, ("due_shard", "due#00"), index="due")]

    store.commit([put(store.contracts, {**row("contract"), **due}), put(store.contracts, {**row("contract", "d"), **due})])
    assert waiting() == ["c", "d"]
    store.write(update(store.contracts, key("contract"), remove=("due_shard", "due_at")))
    assert waiting() == ["d"]
    store.write(delete(store.contracts, key("contract", "d")))
    assert waiting() == []


def test_calls_and_units_are_counted(store: Store, dynamo: Dynamo) -> None:
    due = {"due_shard": S("due#00"), "due_at": S("2025")}
    store.commit([put(store.contracts, {**row("contract"), **due}), put(store.outbox, {"shard": S("s"), "id": S("1")})])
    assert dynamo.writes == 2 + 1 + 2  # a row and its index entry, and a row without an index
    store.write(update(store.contracts, key("contract"), set_={"due_at": S("2026")}))
    assert dynamo.writes == 5 + 1 + 2  # outside a transaction: the row, one index entry out and one in
    store.get_many(store.contracts, [key("contract"), key("nothing")])
    store.query(store.contracts, ("due_shard", "due#00"), index="due")
    assert dynamo.reads == 1 + 1 + 0.5
    assert dynamo.calls == {"TransactWriteItems": 1, "UpdateItem": 1, "BatchGetItem": 1, "Query": 1}


def test_an_expression_that_nobody_knows_is_an_error(dynamo: Dynamo) -> None:
    with pytest.raises(NotImplementedError):
        dynamo.answer(
            "PutItem",
            {
                "TableName": f"{wire.PREFIX}outbox",
                "Item": {"shard": S("s"), "id": S("1")},
                "ConditionExpression": "size(id) > :n",
            },
        )
