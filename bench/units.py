"""DynamoDB's request units, reckoned by hand from items and the published rules. moto reports none worth the name.

Sizes: names and text in UTF-8 bytes, a number about one byte per two digits plus one, lists and maps three bytes and one
per element. Writes: one unit per begun KB, twice that in a transaction, the larger of old and new item; an index costs
one per begun KB for each entry that is put or deleted, nothing when its entry stays the same. Reads: one per begun 4 KB,
half of it when eventually consistent; a query adds up its items first; what reads nothing costs the smallest unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.store.tables import MODELS

Item = Mapping[str, Any]  # wire form
KB = 1024


@dataclass(frozen=True)
class Index:
    """A secondary index that holds keys only. A row is in it when it has all key attributes."""

    name: str
    keys: tuple[str, ...]
    table_keys: tuple[str, ...]

    def entry(self, item: Item | None) -> dict[str, Any] | None:
        if item is None or not all(key in item for key in self.keys):
            return None
        return {key: item[key] for key in dict.fromkeys((*self.keys, *self.table_keys))}


@dataclass(frozen=True)
class Table:
    keys: tuple[str, ...]
    indexes: tuple[Index, ...]


def tables(prefix: str) -> dict[str, Table]:
    """Keys and indexes of our tables, read from where they are declared, by full name."""
    found = {}
    for model in MODELS:
        schema: Any = model._get_schema()
        keys = _keys(schema["key_schema"])
        indexes = tuple(
            Index(index["index_name"], _keys(index["key_schema"]), keys) for index in schema["global_secondary_indexes"]
        )
        name = str(model.Meta.table_name).rpartition("-")[2]
        found[f"{prefix}{name}"] = Table(keys, indexes)
    return found


def _keys(schema: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"]))


def size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(wire: Mapping[str, Any]) -> int:
    ((kind, value),) = wire.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        digits = len(value.lstrip("-").replace(".", "").strip("0"))
        return int((digits + 1) // 2 + 1 + value.startswith("-"))
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "B":
        return len(value)
    if kind == "SS":
        return sum(len(part.encode()) for part in value)
    if kind == "L":
        return 3 + sum(1 + value_size(part) for part in value)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(part) for name, part in value.items())
    raise NotImplementedError(f"the size of a {kind} value")


def _begun(octets: int, unit: int) -> int:
    return max(1, -(-octets // unit))


def write_units(table: Table, old: Item | None, new: Item | None, *, transaction: bool) -> int:
    """Units of one write that turns `old` into `new` (None: not there)."""
    larger = max(size(item) if item else 0 for item in (old, new))
    units = _begun(larger, KB) * (2 if transaction else 1)
    for index in table.indexes:
        before, after = index.entry(old), index.entry(new)
        if before != after:
            units += sum(_begun(size(entry), KB) for entry in (before, after) if entry)
    return units


def item_read_units(item: Item | None, *, consistent: bool) -> float:
    return _begun(size(item) if item else 0, 4 * KB) * (1.0 if consistent else 0.5)


def query_read_units(items: Sequence[Item], *, consistent: bool) -> float:
    return _begun(sum(map(size, items)), 4 * KB) * (1.0 if consistent else 0.5)
