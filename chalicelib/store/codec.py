"""Values ↔ compact JSON text, derived from the dataclasses' own types. Fast: a night does it twice per contract.

A contract becomes an object of its fields that differ from their defaults; values inside it become lists in field
order with trailing defaults cut off, so **new fields go to the end of a nested value** (a golden text in the tests holds
it). `show` and `plain` are for showing (days become text and stay it); what `tagged` wrote comes back as it was.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from chalicelib.contracts.contract import Contract
from chalicelib.errors import MimamoriError

Coder = Callable[[Any], Any] | None  # None: the value is its own code

dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
loads = json.JSONDecoder().decode


@lru_cache(maxsize=1024)  # a night writes the same few instants into every contract
def instant_text(instant: datetime) -> str:
    """`2025-04-05T15:10:00Z`, sortable as text; microseconds only when there are some."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat()[:-6] + "Z"


_instant = datetime.fromisoformat


@lru_cache(maxsize=8192)  # the days of one night's contracts are mostly the same
def _day_code(day: date) -> int:
    """`20250405`: as readable as text and a third shorter, which keeps a snapshot inside one write unit."""
    return day.year * 10000 + day.month * 100 + day.day


@lru_cache(maxsize=8192)
def _day(code: int) -> date:
    return date(code // 10000, code // 100 % 100, code % 100)


class Unreadable(MimamoriError):
    """A row that this edition cannot read. Trying again does not help: somebody has to look."""


def _coders(hint: Any) -> tuple[Coder, Coder]:
    """How values of a type are written and read."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in (str, int, bool) or origin is Literal:
        return None, None
    if hint is date:
        return _day_code, _day
    if hint is datetime:
        return instant_text, _instant
    if (inner := _but_none(hint)) is not hint:
        return tuple(_optional(coder) for coder in _coders(inner))  # type: ignore[return-value]
    if origin is tuple:
        return _sequence(args)
    if hint is Any or origin is Mapping:
        return tagged, untagged
    if is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"no way to store a {hint}")


def _but_none(hint: Any) -> Any:
    """The type without its None, where it has one. Who writes and reads fields looks for None itself."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
    return inner


def _optional(coder: Coder) -> Coder:
    return None if coder is None else lambda value: None if value is None else coder(value)


def _sequence(args: tuple[Any, ...]) -> tuple[Coder, Coder]:
    if args[-1] is Ellipsis:
        write, read = _coders(args[0])
        return (
            list if write is None else lambda values: [write(value) for value in values],
            tuple if read is None else lambda codes: tuple([read(code) for code in codes]),
        )
    writes, reads = zip(*(_coders(arg) for arg in args), strict=True)
    return (
        lambda values: [value if code is None else code(value) for code, value in zip(writes, values, strict=True)],
        lambda codes: tuple([value if code is None else code(value) for code, value in zip(reads, codes, strict=True)]),
    )


def _record(kind: Any) -> tuple[Coder, Coder]:
    """Nested values: a list in field order."""
    hints = get_type_hints(kind)
    names = tuple(f.name for f in fields(kind))
    defaults = tuple(map(_default, fields(kind)))
    writers, readers = zip(*(_coders(_but_none(hints[name])) for name in names), strict=True)

    def write_record(value: Any) -> list[Any]:
        parts = [getattr(value, name) for name in names]
        while parts and parts[-1] == defaults[len(parts) - 1]:
            parts.pop()
        return [part if write is None or part is None else write(part) for part, write in zip(parts, writers, strict=False)]

    def read_record(codes: list[Any]) -> Any:
        return kind(*[c if read is None or c is None else read(c) for c, read in zip(codes, readers, strict=False)])

    return write_record, read_record


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


@lru_cache(maxsize=16)
def coder_of(kind: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Writer and reader of a dataclass that is stored as a list: `coder_of(Invoice)`."""
    write, read = _record(kind)
    assert write is not None and read is not None
    return write, read


# a contract: an object, without what stands in attributes of its row

_OUTSIDE = frozenset({"id", "version", "account", "service", "state", "applied_at"})
_HINTS = get_type_hints(Contract)
_PLAN = tuple((f.name, *_coders(_but_none(_HINTS[f.name])), _default(f)) for f in fields(Contract) if f.name not in _OUTSIDE)
_WRITE = tuple((name, write, default) for name, write, _, default in _PLAN)
_READ = {name: read for name, _, read, _ in _PLAN}


def contract_text(contract: Contract) -> str:
    """The body of a snapshot row."""
    have = contract.__dict__
    body = {}
    for name, write, default in _WRITE:
        if name in have and (value := have[name]) != default:
            body[name] = value if write is None or value is None else write(value)
    return dumps(body)


def contract_of(body: str, **outside: Any) -> Contract:
    """A contract from its body and from what its row's attributes say. Raises Unreadable for a field of another edition."""
    values = outside
    try:
        for name, code in loads(body).items():
            read = _READ[name]
            values[name] = code if read is None or code is None else read(code)
    except KeyError as error:
        raise Unreadable(f"a snapshot holds the field {error.args[0]}, which this edition does not know") from error
    contract = object.__new__(Contract)
    contract.__dict__.update(values)
    return contract


# free values


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no way to show a {type(value).__name__}")


# For showing: days, instants and fractions become text and stay it.
show = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_shown).encode


def plain(value: Any) -> Any:
    """The value as others read it from JSON: days, instants and fractions are text."""
    return loads(show(value))


def tagged(value: Any) -> Any:
    """JSON that `untagged` turns back into the same value: days as `{"day": …}`, instants as `{"instant": …}`."""
    if isinstance(value, datetime):
        return {"instant": instant_text(value)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in _TAGS:
            return {"object": {key: tagged(part) for key, part in value.items()}}
        return {key: tagged(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [tagged(part) for part in value]
    if isinstance(value, str | int | bool) or value is None:
        return value
    raise TypeError(f"no way to store a {type(value).__name__}")


def untagged(code: Any) -> Any:
    """The value that `tagged` wrote."""
    if isinstance(code, list):
        return [untagged(part) for part in code]
    if isinstance(code, dict):
        if len(code) == 1:
            ((tag, inner),) = code.items()
            if tag in _TAGS:
                return _TAGS[tag](inner)
        return {key: untagged(part) for key, part in code.items()}
    return code


_TAGS: dict[str, Callable[[Any], Any]] = {
    "day": date.fromisoformat,
    "instant": _instant,
    "object": lambda inner: {key: untagged(part) for key, part in inner.items()},
}
