"""The one way to DynamoDB: a kept connection, rows in wire form, conditional writes, and errors that say what happened.

A row is wire form throughout: `{"item": {"S": "contract"}, "version": {"N": "3"}}`; `S`, `N` and their kind make it.
Every write may be lost after it worked. What then to believe is never guessed: `Unsure` and `WriteRefused` both mean
"read again", and flows do (`flows/attempts.py`).
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection

from chalicelib import settings as environment
from chalicelib.errors import Conflict, Invalid, StoreError
from chalicelib.settings import Settings

Row = dict[str, Any]  # attribute name → wire value
Write = dict[str, Any]  # one entry of a transaction

SHARDS = 16  # of the due indexes and of the outbox: 16 × 1,000 writes a second, 16 queries a night
BATCH_LIMIT = 100  # keys of one BatchGetItem
TRANSACTION_LIMIT = 100  # entries of one TransactWriteItems
_PATIENCE = (0.05, 0.2, 0.8)  # seconds before another try at what DynamoDB throttled


class WriteRefused(Conflict):
    """A condition did not hold, or another transaction was faster. `failed` are the places of the refused writes."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__("version")
        self.failed = failed


class Unsure(StoreError):
    """The reply was lost: the write may have happened. Read again to know."""


class Condition(NamedTuple):
    """A condition with its names and values: `Condition("#v = :v", {"#v": "version"}, {":v": N(3)})`."""

    text: str
    names: Mapping[str, str]
    values: Mapping[str, Any] = {}


class Page(NamedTuple):
    """Rows of a query, and the key to go on after (None at the end)."""

    rows: list[Row]
    after: Row | None


def S(text: str) -> Row:
    return {"S": text}


def N(number: int) -> Row:
    return {"N": str(number)}


def absent(key: str) -> Condition:
    """No row with this key yet; `key` is the name of any key attribute."""
    return Condition("attribute_not_exists(#absent)", {"#absent": key})


def present(key: str) -> Condition:
    return Condition("attribute_exists(#present)", {"#present": key})


def equals(name: str, value: Row) -> Condition:
    return Condition("#equal = :equal", {"#equal": name}, {":equal": value})


def put(table: str, row: Row, condition: Condition | None = None) -> Write:
    """A transaction's entry that writes a whole row. `table` is a full name: `store.contracts`."""
    return {"Put": {"TableName": table, "Item": row, **_conditional(condition)}}


def update(
    table: str,
    key: Row,
    *,
    set_: Mapping[str, Any] | None = None,
    remove: Sequence[str] = (),
    condition: Condition | None = None,
) -> Write:
    """A transaction's entry that changes some attributes of a row."""
    names: dict[str, str] = {}
    values: Row = {}
    sets = []
    for place, (name, value) in enumerate((set_ or {}).items()):
        names[f"#s{place}"], values[f":s{place}"] = name, value
        sets.append(f"#s{place} = :s{place}")
    for place, name in enumerate(remove):
        names[f"#r{place}"] = name
    text = f"SET {', '.join(sets)}" if sets else ""
    if remove:
        text += f" REMOVE {', '.join(f'#r{place}' for place in range(len(remove)))}"
    entry: Row = {"TableName": table, "Key": key, "UpdateExpression": text.strip(), "ExpressionAttributeNames": names}
    if condition:
        entry["ConditionExpression"] = condition.text
        names.update(condition.names)
        values.update(condition.values)
    if values:
        entry["ExpressionAttributeValues"] = values
    return {"Update": entry}


def delete(table: str, key: Row, condition: Condition | None = None) -> Write:
    return {"Delete": {"TableName": table, "Key": key, **_conditional(condition)}}


def check(table: str, key: Row, condition: Condition) -> Write:
    """A transaction's entry that writes nothing and holds a condition on another row."""
    return {"ConditionCheck": {"TableName": table, "Key": key, **_conditional(condition)}}


def _conditional(condition: Condition | None) -> Row:
    if condition is None:
        return {}
    entry: Row = {"ConditionExpression": condition.text}
    if condition.names:
        entry["ExpressionAttributeNames"] = dict(condition.names)
    if condition.values:
        entry["ExpressionAttributeValues"] = dict(condition.values)
    return entry


class Store:
    """One kept connection and the full names of the tables: `store.get(store.contracts, {...})`."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.client = client
        self.contracts = f"{prefix}contracts"
        self.devices = f"{prefix}devices"
        self.alerts = f"{prefix}alerts"
        self.accounts = f"{prefix}accounts"
        self.outbox = f"{prefix}outbox"

    # reading

    def get(self, table: str, key: Row, *, consistent: bool = True) -> Row | None:
        try:
            found: Row | None = self.client.get_item(TableName=table, Key=key, ConsistentRead=consistent).get("Item")
        except (ClientError, BotoCoreError) as error:
            _raise(error, writing=False)
        return found

    def get_many(self, table: str, keys: Sequence[Row], attributes: str = "") -> list[Row]:
        """The rows that exist, in no order, whole or only some attributes. Strongly consistent.

        Asks again for what DynamoDB left unprocessed.
        """
        rows: list[Row] = []
        for start in range(0, len(keys), BATCH_LIMIT):
            request: Row = {"Keys": list(keys[start : start + BATCH_LIMIT]), "ConsistentRead": True}
            if attributes:
                request["ProjectionExpression"] = attributes
            wanted = {table: request}
            for pause in (*_PATIENCE, None):
                try:
                    answer = self.client.batch_get_item(RequestItems=wanted)
                except (ClientError, BotoCoreError) as error:
                    _raise(error, writing=False)
                rows += answer["Responses"].get(table, ())
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
                if pause is None:
                    raise StoreError("DynamoDB keeps leaving keys unprocessed; send the request again later")
                _wait(pause)
        return rows

    def query(
        self,
        table: str,
        partition: tuple[str, str],
        *,
        starts: tuple[str, str] | None = None,
        between: tuple[str, str, str] | None = None,
        index: str = "",
        after: Row | None = None,
        limit: int = 0,
        newest_first: bool = False,
    ) -> Page:
        """One page of a partition (or of an index's): `starts` = (sort key, prefix), `between` = (sort key, first, last).

        The table itself is read strongly consistent; an index never is.
        """
        names = {"#p": partition[0]}
        values = {":p": S(partition[1])}
        text = "#p = :p"
        if starts:
            names["#s"], values[":s"] = starts[0], S(starts[1])
            text += " AND begins_with(#s, :s)"
        elif between:
            names["#s"], values[":a"], values[":b"] = between[0], S(between[1]), S(between[2])
            text += " AND #s BETWEEN :a AND :b"
        request: Row = {
            "TableName": table,
            "KeyConditionExpression": text,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not newest_first,
        }
        request |= {"IndexName": index} if index else {"ConsistentRead": True}
        if after:
            request["ExclusiveStartKey"] = after
        if limit:
            request["Limit"] = limit
        try:
            answer = self.client.query(**request)
        except (ClientError, BotoCoreError) as error:
            _raise(error, writing=False, cursor=bool(after))
        return Page(answer["Items"], answer.get("LastEvaluatedKey"))

    def query_all(self, table: str, partition: tuple[str, str], **how: Any) -> Iterator[Row]:
        """All rows, page after page. Only where a partition's rows are bounded, or the caller stops in time."""
        after: Row | None = None
        while True:
            page = self.query(table, partition, after=after, **how)
            yield from page.rows
            after = page.after
            if after is None:
                return

    # writing

    def commit(self, writes: Sequence[Write]) -> None:
        """All of it or nothing. Raises WriteRefused (a condition failed, or somebody is at it), Unsure, StoreError.

        The token makes botocore's own retries harmless; DynamoDB knows it for ten minutes.
        """
        token = str(uuid.uuid4())
        for pause in (*_PATIENCE, None):
            try:
                self.client.transact_write_items(TransactItems=writes, ClientRequestToken=token)
                return
            except ClientError as error:
                reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", ())]
                if not reasons:
                    _raise(error, writing=True)
                failed = tuple(place for place, code in enumerate(reasons) if code in _REFUSALS)
                if failed:
                    raise WriteRefused(failed) from error
                if pause is None or not any(code in _THROTTLES for code in reasons):
                    raise StoreError(f"the transaction was cancelled: {sorted(set(reasons) - {'None'})}") from error
                _wait(pause)
            except BotoCoreError as error:
                _raise(error, writing=True)

    def write(self, entry: Write) -> None:
        """One conditional write outside a transaction: half the price. Same errors as `commit`."""
        ((kind, request),) = entry.items()
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        try:
            getattr(self.client, call)(**request)
        except (ClientError, BotoCoreError) as error:
            _raise(error, writing=True)


_REFUSALS = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_THROTTLES = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})
_REFUSED = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_MAYBE_DONE = frozenset(
    {"InternalServerError", "ServiceUnavailable", "TransactionInProgressException", "500", "502", "503", "504"}
)


def _raise(error: Exception, *, writing: bool, cursor: bool = False) -> NoReturn:
    """Says in our words what DynamoDB or the wire said. Never quotes a message of theirs: it may hold a key."""
    if not isinstance(error, ClientError):
        raise (Unsure if writing else StoreError)(f"DynamoDB did not answer: {type(error).__name__}") from error
    code = error.response.get("Error", {}).get("Code", "unknown")
    if code in _REFUSED:
        raise WriteRefused((0,)) from error
    if cursor and code == "ValidationException":
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page") from error
    if writing and code in _MAYBE_DONE:
        raise Unsure(f"DynamoDB answered {code}") from error
    raise StoreError(f"DynamoDB answered {code}") from error


def _wait(seconds: float) -> None:
    time.sleep(seconds * (0.5 + random.random() / 2))  # noqa: S311 - spreads retries, guards nothing


def connect(settings: Settings | None = None) -> Store:
    """The store of this process; one connection per settings, kept for all later calls (a new one costs 100 ms)."""
    return _connect(settings or environment.current())


@lru_cache(maxsize=4)
def _connect(settings: Settings) -> Store:
    connection = Connection(
        region=settings.region, connect_timeout_seconds=2, read_timeout_seconds=6, max_retry_attempts=3, max_pool_connections=16
    )
    # botocore composes its own user agent anew for every request: a sixth of a transaction's CPU.
    connection.session.set_default_client_config(Config(user_agent="mimamori"))
    _name_tables(connection.client)
    return Store(connection.client, settings.table_prefix)


def _name_tables(client: Any) -> None:
    """Spares botocore the search of every request for ARNs, by which it might find another endpoint: we give names only.

    Of a transaction's CPU it takes a seventh.
    """
    model = client.meta.service_model
    for operation in ("BatchGetItem", "BatchWriteItem", "TransactWriteItems"):
        model.operation_model(operation).operation_context_parameters.clear()


def forget() -> None:
    """Drops the kept connections: for tests that replace AWS beneath them."""
    _connect.cache_clear()


def chunks(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` values, in order."""
    chunk: list[Any] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
