"""moto as it is, only quicker: most of a test's time is moto's, and most of that in a few places that do too much.

* A transaction keeps whole tables to go back to, one copy for each of its items: here only what it may change is copied.
* A query looks at all rows of a table: without an index its partition is enough.
* An answer is made attribute by attribute, each looked for under several names: texts and numbers are handed on as they are.
* Rows are compared and sorted by way of a general conversion: what is a string is compared as a string.
* A question passes a whole web server twice, by way of its document: what the application asks of DynamoDB goes straight to
  the table. A refusal takes moto's own way again, for its words; so does what holds bytes. Nobody checks signatures.
* Every session reads the descriptions of all services from disk again: read once, they are every session's.

`tests/store/test_quick_moto.py` holds that the answers stay the same.
"""

from __future__ import annotations

import copy
import json
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from inspect import isfunction
from typing import Any

from botocore import session
from botocore.loaders import Loader
from botocore.signers import RequestSigner
from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import ServiceException
from moto.core.models import botocore_stubber
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

_TEXT = "S"
_BYTES = re.compile(rb'"BS?": ?["\[]')
_TARGET = "DynamoDB_20120810."
_DIRECT = {
    f"{_TARGET}{name}": method
    for name, method in {
        "GetItem": "get_item",
        "PutItem": "put_item",
        "UpdateItem": "update_item",
        "DeleteItem": "delete_item",
        "Query": "query",
        "BatchGetItem": "batch_get_item",
        "BatchWriteItem": "batch_write_item",
        "TransactGetItems": "transact_get_items",
        "TransactWriteItems": "transact_write_items",
    }.items()
}
_transact, _query, _all_items = DynamoDBBackend.transact_write_items, Table.query, Table.all_items
_structure = BaseJSONSerializer._serialize_type_structure
_cast = DynamoType.cast_value.fget
_create_loader = session.create_loader
_process, _sign = BotocoreStubber.process_request, RequestSigner.sign
_underscored = lru_cache(maxsize=None)(responses.camelcase_to_underscores)


def hurry() -> None:
    """From now on, in this process. May be called again."""
    _put(_quick())


@contextmanager
def plain() -> Iterator[None]:
    """moto's own ways for a while, to be compared with."""
    _put(_PLAIN)
    try:
        yield
    finally:
        hurry()


def _quick() -> Mapping[tuple[Any, str], Any]:
    return {
        (DynamoDBBackend, "transact_write_items"): _transact_write_items,
        (Table, "__deepcopy__"): _deepcopy,
        (Table, "query"): _query_partition,
        (Table, "all_items"): _sorted_items,
        (DynamoType, "cast_value"): property(_cast_value),
        (DynamoType, "__hash__"): _hash,
        (DynamoType, "__eq__"): _equal,
        (DynamoType, "__lt__"): _less,
        (BaseJSONSerializer, "_serialize_type_structure"): _serialize_structure,
        (BotocoreStubber, "process_request"): _process_directly,
        (RequestSigner, "sign"): _sign_for_others,
        (session, "create_loader"): _loader,
        (responses, "camelcase_to_underscores"): _underscored,
        (responses, "method_names_from_class"): _Methods,
    }


def _put(these: Mapping[tuple[Any, str], Any]) -> None:
    for (owner, name), what in these.items():
        if what is None:
            delattr(owner, name)
        else:
            setattr(owner, name, what)


class _Before:
    """The tables of one transaction as they were, each copied once."""

    def __init__(self, transact_items: Iterable[Mapping[str, Any]]) -> None:
        self._keys: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for item in transact_items:
            for action in item.values():
                self._keys[action.get("TableName", "")].append(action.get("Key") or action.get("Item") or {})
        self._copies: dict[str, Table] = {}

    def of(self, table: Table) -> Table:
        if table.name not in self._copies:
            self._copies[table.name] = self._copy(table)
        return self._copies[table.name]

    def _copy(self, table: Table) -> Table:
        """Rows that the transaction names are copied, as updates change them in place; all others are shared."""
        found = _same(table)
        found.items = table.items.copy()
        for key in self._keys[table.name]:
            if (partition := DynamoType(key[table.hash_key_attr])) not in table.items:
                continue
            if table.range_key_attr is None:
                found.items[partition] = copy.deepcopy(table.items[partition])
                continue
            if found.items[partition] is table.items[partition]:
                found.items[partition] = table.items[partition].copy()
            place = DynamoType(key[table.range_key_attr])
            if place in table.items[partition]:
                found.items[partition][place] = copy.deepcopy(table.items[partition][place])
        if table.stream_shard is not None:
            found.stream_shard = _same(table.stream_shard)
            found.stream_shard.table, found.stream_shard.items = found, list(table.stream_shard.items)
        return found


_before: ContextVar[_Before | None] = ContextVar("_before", default=None)


def _same(one: Any) -> Any:
    found = object.__new__(type(one))
    found.__dict__.update(one.__dict__)
    return found


def _transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    token = _before.set(_Before(transact_items))
    try:
        _transact(self, transact_items)
    finally:
        _before.reset(token)


def _deepcopy(self: Table, memo: dict[int, Any]) -> Table:
    if (before := _before.get()) is not None:
        return before.of(self)
    found = memo[id(self)] = object.__new__(type(self))
    found.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return found


def _query_partition(self: Table, hash_key: Any, *more: Any, **options: Any) -> Any:
    """`index_name` is moto's eighth argument, the sixth after `hash_key` counted from nought."""
    if options.get("index_name") or (len(more) > 6 and more[6]) or self.range_key_attr is None:
        return _query(self, hash_key, *more, **options)
    partition = _same(self)
    partition.items = {hash_key: self.items[hash_key]} if hash_key in self.items else {}
    return _query(partition, hash_key, *more, **options)


def _sorted_items(self: Table) -> Any:
    if self.range_key_attr is None:
        items = list(self.items.values())
    else:
        items = [item for partition in self.items.values() for item in partition.values()]
    if any(item.hash_key.type != _TEXT or (item.range_key and item.range_key.type != _TEXT) for item in items):
        return _all_items(self)
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value if item.range_key else ""))


def _serialize_structure(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    plain = shape.name == "AttributeValue" and type(value) is dict and len(value) == 1
    if plain and isinstance(value.get("S", value.get("N")), str):
        self._default_serialize(serialized, value, shape, key)
    else:
        _structure(self, serialized, value, shape, key)


def _cast_value(self: DynamoType) -> Any:
    return self.value if self.type == _TEXT else _cast(self)


def _hash(self: DynamoType) -> int:
    return hash((self.type, self.value if self.type == _TEXT else _cast(self)))


def _equal(self: DynamoType, other: DynamoType) -> bool:
    if self.type != other.type:
        return False
    return bool(self.value == other.value if self.type == _TEXT else _cast(self) == _cast(other))


def _less(self: DynamoType, other: DynamoType) -> bool:
    return bool(self.value < other.value if self.type == other.type == _TEXT else _cast(self) < _cast(other))


def _process_directly(self: BotocoreStubber, request: Any) -> Any:
    target = request.headers.get("X-Amz-Target", b"")
    target = target.decode() if isinstance(target, bytes) else target
    region = DynamoHandler.region_regex.search(request.url)
    if target not in _DIRECT or region is None or _BYTES.search(request.body):
        return _process(self, request)
    handler = DynamoHandler()
    handler.headers, handler.querystring = {}, {}
    handler.region, handler.current_account = region.group(1), handler.get_current_account()
    handler.body = handler.params = json.loads(request.body)
    try:
        found = getattr(handler, _DIRECT[target])().result
    except (ServiceException, HTTPException):  # nothing has changed by it
        return _process(self, request)
    return 200, {"x-amzn-requestid": "QUICK"}, json.dumps(found, default=_bytes)


_read: dict[str | None, dict[Any, Any]] = defaultdict(dict)


def _loader(search_path: str | None = None) -> Loader:
    found = _create_loader(search_path)
    found._cache = _read[search_path]
    return found


class _Methods:
    """What a class can do: only ever asked for one name, so that it need not be listed."""

    def __init__(self, owner: type) -> None:
        self._owner = owner

    def __contains__(self, name: str) -> bool:
        return isfunction(getattr(self._owner, name, None))


def _bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _sign_for_others(self: RequestSigner, operation_name: str, request: Any, *more: Any, **options: Any) -> None:
    if not (botocore_stubber.enabled and self._service_id == "DynamoDB"):
        _sign(self, operation_name, request, *more, **options)


_PLAIN = {(owner, name): vars(owner).get(name) for owner, name in _quick()}
