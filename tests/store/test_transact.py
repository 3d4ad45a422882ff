"""The way to DynamoDB: conditions, refusals, pages, and what an unclear answer turns into."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.errors import Invalid, StoreError
from chalicelib.store import devices
from chalicelib.store.transact import N, S, Store, Unsure, WriteRefused, absent, check, delete, equals, put, update


def key(name: str, item: str = "row") -> dict[str, Any]:
    return {"contract": S(name), "item": S(item)}


def row(name: str, item: str = "row", version: int = 1) -> dict[str, Any]:
    return {**key(name, item), "version": N(version)}


def test_a_transaction_writes_all_or_nothing(store: Store) -> None:
    store.commit([put(store.contracts, row("a"), absent("contract")), put(store.contracts, row("a", "other"))])
    with pytest.raises(WriteRefused) as refused:
        store.commit([put(store.contracts, row("b")), put(store.contracts, row("a"), absent("contract"))])
    assert refused.value.failed == (1,)
    assert refused.value.reason == "version"
    assert store.get(store.contracts, key("b")) is None


def test_an_update_sets_removes_and_holds_its_condition(store: Store) -> None:
    store.write(put(store.contracts, {**row("u"), "state": S("active"), "due_shard": S("due#00"), "due_at": S("2025")}))
    step = update(
        store.contracts,
        key("u"),
        set_={"version": N(2), "state": S("ended")},
        remove=("due_shard", "due_at"),
        condition=equals("version", N(1)),
    )
    store.commit([step])
    assert store.get(store.contracts, key("u")) == {**row("u", version=2), "state": S("ended")}
    for again in (lambda: store.commit([step]), lambda: store.write(step)):
        with pytest.raises(WriteRefused):
            again()


def test_a_check_and_a_delete_take_part_in_a_transaction(store: Store) -> None:
    store.write(put(store.contracts, row("d")))
    with pytest.raises(WriteRefused):
        store.commit([check(store.contracts, key("none"), equals("version", N(1))), delete(store.contracts, key("d"))])
    store.commit([check(store.contracts, key("a"), equals("version", N(1))), delete(store.contracts, key("d"))])
    assert store.get(store.contracts, key("d")) is None


def test_pages_go_on_where_they_stopped_and_run_both_ways(store: Store) -> None:
    for number in range(5):
        store.write(put(store.contracts, row("p", f"event#{number}")))
    store.write(put(store.contracts, row("p", "zzz")))
    first = store.query(store.contracts, ("contract", "p"), starts=("item", "event#"), limit=3)
    rest = store.query(store.contracts, ("contract", "p"), starts=("item", "event#"), limit=3, after=first.after)
    assert [r["item"]["S"] for r in first.rows + rest.rows] == [f"event#{n}" for n in range(5)]
    assert rest.after is None
    newest = store.query(store.contracts, ("contract", "p"), starts=("item", "event#"), newest_first=True, limit=1)
    assert newest.rows[0]["item"]["S"] == "event#4"
    span = store.query(store.contracts, ("contract", "p"), between=("item", "event#1", "event#2"))
    assert len(span.rows) == 2


def test_many_rows_come_in_batches_of_a_hundred(store: Store) -> None:
    names = [f"many{n}" for n in range(130)]
    for name in names:
        store.write(put(store.contracts, row(name)))
    found = store.get_many(store.contracts, [key(name) for name in [*names, "missing"]])
    assert sorted(r["contract"]["S"] for r in found) == sorted(names)


class Scripted:
    """A client that answers from a list: what DynamoDB does only on a bad day."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked = list(answers), []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append(request)
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def client_error(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret-canary"}, **more}, "Any")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.store.transact._wait", lambda seconds: None)


def test_unprocessed_keys_are_asked_for_again(quick: None) -> None:
    left = {"contracts": {"Keys": [key("b")]}}
    client = Scripted(
        {"Responses": {"contracts": [row("a")]}, "UnprocessedKeys": left}, {"Responses": {"contracts": [row("b")]}}
    )
    found = Store(client, "").get_many("contracts", [key("a"), key("b")])
    assert [r["contract"]["S"] for r in found] == ["a", "b"]
    assert client.asked[1]["RequestItems"] == left


def test_keys_that_stay_unprocessed_are_an_error_and_not_an_absence(quick: None) -> None:
    answer = {"Responses": {}, "UnprocessedKeys": {"contracts": {"Keys": [key("a")]}}}
    with pytest.raises(StoreError):
        Store(Scripted(*[answer] * 9), "").get_many("contracts", [key("a")])


def test_a_throttled_transaction_is_sent_again_with_the_same_token(quick: None) -> None:
    throttled = client_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError"}]
    )
    client = Scripted(throttled, {})
    Store(client, "").commit([put("contracts", row("a"))])
    assert client.asked[0]["ClientRequestToken"] == client.asked[1]["ClientRequestToken"]


def test_another_transaction_in_the_way_is_a_refusal_to_read_again_after(quick: None) -> None:
    busy = client_error("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])
    with pytest.raises(WriteRefused):
        Store(Scripted(busy), "").commit([put("contracts", row("a"))])


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ReadTimeoutError(endpoint_url="https://x"), Unsure),
        (client_error("InternalServerError"), Unsure),
        (client_error("TransactionInProgressException"), Unsure),
        (client_error("ThrottlingException"), StoreError),
        (client_error("ResourceNotFoundException"), StoreError),
    ],
)
def test_an_unclear_answer_says_whether_the_write_may_have_happened(failure: Exception, expected: type, quick: None) -> None:
    for attempt in ("commit", "write"):
        entry = put("contracts", row("a"))
        with pytest.raises(StoreError) as raised:
            getattr(Store(Scripted(failure), ""), attempt)([entry] if attempt == "commit" else entry)
        assert type(raised.value) is expected
        assert "canary" not in str(raised.value)


def test_a_wrong_cursor_is_the_callers_mistake(quick: None) -> None:
    with pytest.raises(Invalid) as raised:
        Store(Scripted(client_error("ValidationException")), "").query("contracts", ("contract", "a"), after=key("b"))
    assert raised.value.field == "cursor"


def test_no_request_is_searched_for_arns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore does so by jmespath, with every transaction and batch of a client that nobody told otherwise."""

    def searched(path: str, found_in: object) -> object:
        raise AssertionError(f"searched for {path}")

    monkeypatch.setattr("botocore.regions.jmespath.search", searched)
    store.commit([put(store.contracts, row("named"))])
    assert store.get_many(store.contracts, [key("named")]) == [row("named")]
    kept = {"device": S("named"), "item": S("reading#1")}
    devices.write_history(store, [kept])
    assert store.get(store.devices, kept) == kept
