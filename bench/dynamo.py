"""A DynamoDB in a dictionary, small and quick at 100,000 items, which keeps count of calls and request units.

It speaks the wire (JSON 1.0), so that real clients stand before it, and knows exactly the expressions that
`store/transact.py` writes: anything else is an error, never a guess. No capacity limits, no throttling, no pages beyond
`Limit` and 1 MB.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench import units
from bench.units import Item, Table

Json = dict[str, Any]
PAGE_BYTES = 1024 * 1024
LAST = "\U0010ffff"  # sorts after every key


class Refused(Exception):
    """An answer with an error: its type and what stands beside it."""

    def __init__(self, kind: str, **beside: Any) -> None:
        super().__init__(kind)
        self.body = {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": kind, **beside}


class Rows:
    """Items of a table or entries of an index, by partition and in the order of their sort key."""

    def __init__(self, keys: tuple[str, ...], unique: tuple[str, ...]) -> None:
        self.keys, self.unique = keys, unique
        self.items: dict[str, dict[tuple[str, ...], Item]] = {}
        self.order: dict[str, list[tuple[str, ...]]] = {}

    def place(self, item: Item) -> tuple[str, tuple[str, ...]]:
        partition, *sort = (_plain(item[key]) for key in self.keys)
        return partition, (*sort, *(_plain(item[key]) for key in self.unique if key not in self.keys))

    def get(self, key: Item) -> Item | None:
        partition, sort = self.place(key)
        return self.items.get(partition, {}).get(sort)

    def put(self, item: Item) -> None:
        partition, sort = self.place(item)
        held = self.items.setdefault(partition, {})
        if sort not in held:
            insort(self.order.setdefault(partition, []), sort)
        held[sort] = item

    def delete(self, item: Item) -> None:
        partition, sort = self.place(item)
        if self.items.get(partition, {}).pop(sort, None) is not None:
            order = self.order[partition]
            order.pop(bisect_left(order, sort))

    def between(self, partition: str, first: str, last: str, *, backwards: bool, after: Item | None) -> Iterable[Item]:
        order, held = self.order.get(partition, []), self.items.get(partition, {})
        low, high = bisect_left(order, (first,)), bisect_right(order, (last + LAST,))
        if after is not None:
            place = self.place(after)[1]
            low, high = (low, bisect_left(order, place)) if backwards else (bisect_right(order, place), high)
        for index in range(high - 1, low - 1, -1) if backwards else range(low, high):
            if first <= order[index][0] <= last:
                yield held[order[index]]


def _plain(wire: Mapping[str, str]) -> str:
    ((_, value),) = wire.items()
    return value


class Dynamo:
    """The tables, the counts (`calls` by operation, `reads` and `writes` in units) and one method per operation."""

    def __init__(self, prefix: str) -> None:
        self.tables: dict[str, Table] = units.tables(prefix)
        self.rows = {name: Rows(table.keys, table.keys) for name, table in self.tables.items()}
        self.entries = {
            (name, index.name): Rows(index.keys, table.keys) for name, table in self.tables.items() for index in table.indexes
        }
        self.forget()

    def forget(self) -> None:
        """Starts the counts anew; the items stay."""
        self.calls: Counter[str] = Counter()
        self.reads = 0.0
        self.writes = 0

    def answer(self, operation: str, request: Json) -> Json:
        """One call. Raises Refused for an answer that is an error."""
        self.calls[operation] += 1
        answer: Callable[[Json], Json] = getattr(self, operation)
        return answer(request)

    def load(self, table: str, items: Iterable[Item]) -> None:
        """Puts items in without counting them."""
        for item in items:
            self._store(table, item, None, item)

    # reading

    def GetItem(self, request: Json) -> Json:
        item = self.rows[request["TableName"]].get(request["Key"])
        self.reads += units.item_read_units(item, consistent=request.get("ConsistentRead", False))
        return {"Item": _projected(request, item)} if item else {}

    def BatchGetItem(self, request: Json) -> Json:
        found: Json = {}
        for table, wanted in request["RequestItems"].items():
            items = [self.rows[table].get(key) for key in wanted["Keys"]]
            consistent = wanted.get("ConsistentRead", False)
            self.reads += sum(units.item_read_units(item, consistent=consistent) for item in items)  # of whole items
            found[table] = [_projected(wanted, item) for item in items if item]
        return {"Responses": found, "UnprocessedKeys": {}}

    def Query(self, request: Json) -> Json:
        rows = self._rows_of(request)
        partition, first, last = _range(request, rows.keys)
        backwards = not request.get("ScanIndexForward", True)
        found: list[Item] = []
        octets = 0
        more = False
        for item in rows.between(partition, first, last, backwards=backwards, after=request.get("ExclusiveStartKey")):
            if len(found) == request.get("Limit", -1) or octets > PAGE_BYTES:
                more = True
                break
            found.append(item)
            octets += units.size(item)
        self.reads += units.query_read_units(found, consistent=request.get("ConsistentRead", False))
        answer: Json = {"Items": [_projected(request, item) for item in found], "Count": len(found), "ScannedCount": len(found)}
        if more:
            answer["LastEvaluatedKey"] = {key: found[-1][key] for key in dict.fromkeys((*rows.keys, *rows.unique))}
        return answer

    def _rows_of(self, request: Json) -> Rows:
        index = request.get("IndexName")
        return self.entries[request["TableName"], index] if index else self.rows[request["TableName"]]

    # writing

    def PutItem(self, request: Json) -> Json:
        return self._single("Put", request)

    def UpdateItem(self, request: Json) -> Json:
        return self._single("Update", request)

    def DeleteItem(self, request: Json) -> Json:
        return self._single("Delete", request)

    def _single(self, kind: str, request: Json) -> Json:
        old = self._old(kind, request)
        if not _holds(request, old):
            raise Refused("ConditionalCheckFailedException")
        self._write(kind, request, old, transaction=False)
        return {}

    def BatchWriteItem(self, request: Json) -> Json:
        for table, entries in request["RequestItems"].items():
            for entry in entries:
                kind, part = ("Put", entry["PutRequest"]) if "PutRequest" in entry else ("Delete", entry["DeleteRequest"])
                single = {"TableName": table, **part}
                self._write(kind, single, self._old(kind, single), transaction=False)
        return {"UnprocessedItems": {}}

    def TransactWriteItems(self, request: Json) -> Json:
        parts = [(kind, part) for entry in request["TransactItems"] for kind, part in entry.items()]
        old = [self._old(kind, part) for kind, part in parts]
        codes = ["None" if _holds(part, item) else "ConditionalCheckFailed" for (_, part), item in zip(parts, old, strict=True)]
        if any(code != "None" for code in codes):
            raise Refused("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])
        for (kind, part), item in zip(parts, old, strict=True):
            self._write(kind, part, item, transaction=True)
        return {}

    def _old(self, kind: str, part: Json) -> Item | None:
        return self.rows[part["TableName"]].get(part["Item"] if kind == "Put" else part["Key"])

    def _write(self, kind: str, part: Json, old: Item | None, *, transaction: bool) -> None:
        new = {"Put": _put, "Update": _updated, "Delete": _deleted, "ConditionCheck": _checked}[kind](part, old)
        table = part["TableName"]
        self.writes += units.write_units(self.tables[table], old, new, transaction=transaction)
        if kind != "ConditionCheck":
            self._store(table, part.get("Item") or part["Key"], old, new)

    def _store(self, name: str, key: Item, old: Item | None, new: Item | None) -> None:
        if new is None:
            self.rows[name].delete(key)
        else:
            self.rows[name].put(new)
        for index in self.tables[name].indexes:
            before, after = index.entry(old), index.entry(new)
            if before == after:
                continue
            if before:
                self.entries[name, index.name].delete(before)
            if after:
                self.entries[name, index.name].put(after)


def _put(part: Json, old: Item | None) -> Item | None:
    new: Item = part["Item"]
    return new


def _deleted(part: Json, old: Item | None) -> Item | None:
    return None


def _checked(part: Json, old: Item | None) -> Item | None:
    return old


def _projected(request: Json, item: Item) -> Item:
    text = request.get("ProjectionExpression")
    if not text:
        return item
    names = [_name(name.strip(), request) for name in text.split(",")]
    return {name: item[name] for name in names if name in item}


def _name(written: str, request: Json) -> str:
    """An attribute as an expression writes it: itself, or a placeholder."""
    name: str = request["ExpressionAttributeNames"][written] if written.startswith("#") else written
    return name


_UPDATE = re.compile(r"(?:SET (?P<sets>.+?))?(?:\s*REMOVE (?P<removes>.+?))?(?:\s*ADD (?P<adds>.+))?")


def _updated(part: Json, old: Item | None) -> Item:
    """`SET #a = :a, … REMOVE #b, … ADD #c :c, …` (numbers and sets of text)"""
    values = part.get("ExpressionAttributeValues", {})
    found = _UPDATE.fullmatch(part["UpdateExpression"])
    if found is None:
        raise NotImplementedError(part["UpdateExpression"])
    new = dict(old or part["Key"])
    for assignment in (found["sets"] or "").split(", ") if found["sets"] else ():
        name, value = assignment.split(" = ")
        new[_name(name, part)] = values[value]
    for name in (found["removes"] or "").split(", ") if found["removes"] else ():
        new.pop(_name(name, part), None)
    for addition in (found["adds"] or "").split(", ") if found["adds"] else ():
        name, value = addition.split(" ")
        new[_name(name, part)] = _added(new.get(_name(name, part)), values[value])
    return new


def _added(old: Item | None, more: Item) -> Item:
    if "SS" in more:
        return {"SS": sorted({*(old["SS"] if old else ()), *more["SS"]})}
    return {"N": str(int(old["N"] if old else 0) + int(more["N"]))}


def _holds(part: Json, old: Item | None) -> bool:
    """`attribute_exists(a)`, `attribute_not_exists(a)`, `a = :a`, `a <= :a` (or `#a`), joined by AND or OR, not both."""
    text = part.get("ConditionExpression")
    if not text:
        return True
    join = any if " OR " in text else all
    return join(_term(term, part, old or {}) for term in re.split(r" (?:AND|OR) ", text))


def _term(term: str, part: Json, old: Item) -> bool:
    call = re.fullmatch(r"(attribute_exists|attribute_not_exists)\((#?\w+)\)", term)
    if call:
        return (_name(call[2], part) in old) is (call[1] == "attribute_exists")
    equal = re.fullmatch(r"(#?\w+) = (:\w+)", term)
    if equal:
        return bool(old.get(_name(equal[1], part)) == part["ExpressionAttributeValues"][equal[2]])
    most = re.fullmatch(r"(#?\w+) <= (:\w+)", term)
    if most:
        have, limit = old.get(_name(most[1], part)), part["ExpressionAttributeValues"][most[2]]
        return have is not None and _comparable(have) <= _comparable(limit)
    raise NotImplementedError(term)


def _comparable(value: Item) -> tuple[str, Any]:
    ((kind, inner),) = value.items()
    return kind, int(inner) if kind == "N" else inner


def _range(request: Json, keys: tuple[str, ...]) -> tuple[str, str, str]:
    """Partition, first and last sort key of `p = :p`, with `begins_with(s, :s)` or `s BETWEEN :a AND :b`."""
    text = request["KeyConditionExpression"]
    found = _KEYS.fullmatch(text)
    if found is None or _name(found["partition"], request) != keys[0]:
        raise NotImplementedError(text)
    values = request["ExpressionAttributeValues"]
    partition = _plain(values[found["is"]])
    sort = found["starting"] or found["lying"]
    if sort is None:
        return partition, "", LAST
    if _name(sort, request) != keys[1]:
        raise NotImplementedError(text)
    if found["starting"]:
        return partition, _plain(values[found["start"]]), _plain(values[found["start"]]) + LAST
    return partition, _plain(values[found["first"]]), _plain(values[found["last"]])


_KEYS = re.compile(
    r"(?P<partition>#?\w+) = (?P<is>:\w+)"
    r"(?: AND (?:begins_with\((?P<starting>#?\w+), (?P<start>:\w+)\)"
    r"|(?P<lying>#?\w+) BETWEEN (?P<first>:\w+) AND (?P<last>:\w+)))?"
)
