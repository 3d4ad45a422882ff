"""Makes bodies from schemas: one that fits, and many that miss it by one thing each."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

CANARY = "Kanaria Tarou"  # a name that must never come back, nor reach a log
CANDIDATES = (
    "abc",
    "a",
    "JP",
    "2025-04",
    "100-0001",
    "03-1234",
    "operator@example.jp",
    "22:00",
    "T1234567890123",
    "https://example.jp/",
    "123456",
    64 * "0",
)


class Miss(NamedTuple):
    """A body that is wrong in one place, and the field that the answer must name."""

    why: str
    body: Any
    field: str


def fitting(schema: dict[str, Any], *, whole: bool = True) -> Any:
    """A value that fits; with every optional field when `whole`."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return fitting(schema[choice][0], whole=whole)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        needed = schema.get("required", [])
        known = schema.get("properties", {})
        return {name: fitting(inner, whole=whole) for name, inner in known.items() if whole or name in needed}
    if kind == "array":
        return [fitting(schema["items"], whole=whole) for _ in range(max(1 if whole else 0, schema.get("minItems", 0)))]
    if kind == "string":
        return _string(schema)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1)
    return {"boolean": True, "null": None}.get(str(kind), "abc")


def _string(schema: dict[str, Any]) -> str:
    by_format = {
        "date": "2025-04-03",
        "date-time": "2025-04-03T10:00:00+09:00",
        "month": "2025-04",
        "email": "somebody@example.jp",
    }
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    for candidate in CANDIDATES:
        fits = schema.get("minLength", 0) <= len(candidate) <= schema.get("maxLength", 99)
        if fits and re.search(schema.get("pattern", ""), candidate):
            return candidate
    raise ValueError(f"no example for {schema}: add one to CANDIDATES")


def misses(schema: dict[str, Any]) -> Iterator[Miss]:
    """Every field wrong in every way: wrong type, too long, too large, not a choice, missing, unknown."""
    good = fitting(schema)
    yield Miss("a list instead", [CANARY], "body")
    yield Miss("a text instead", CANARY, "body")
    yield Miss("null instead", None, "body")
    yield from _misses(schema, good, ())


def _misses(schema: dict[str, Any], good: Any, path: tuple[Any, ...]) -> Iterator[Miss]:
    here = _at(good, path)
    field = ".".join(map(str, path))
    for why, value in _wrong_values(schema):
        yield Miss(f"{field}: {why}", _with(good, path, value), field or "body")
    if schema.get("type") == "object" and "properties" in schema:
        for name in schema.get("required", ()):
            rest = {key: value for key, value in here.items() if key != name}
            yield Miss(f"{field}: without {name}", _with(good, path, rest), _join(field, name))
        if schema.get("additionalProperties") is False:
            yield Miss(f"{field}: unknown", _with(good, path, {**here, "kanaria_field": CANARY}), _join(field, "kanaria_field"))
            yield Miss(f"{field}: unknown name", _with(good, path, {**here, CANARY: 1}), _join(field, "?"))
        for name, inner in schema["properties"].items():
            yield from _misses(inner, good, (*path, name))
    if schema.get("type") == "array" and here:
        yield from _misses(schema["items"], good, (*path, 0))


def _wrong_values(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    kind = schema.get("type")
    if kind is None:
        return
    if kind == "string":
        yield from (("a number", 17), ("true", True), ("null", None), ("a list", [CANARY]), ("an object", {"a": CANARY}))
        yield "too long", CANARY + "x" * max(5000, schema.get("maxLength", 0))
        allowed = "pattern" in schema and re.search(schema["pattern"], CANARY + "<>") and "format" not in schema
        if ("enum" in schema or "format" in schema or "pattern" in schema) and not allowed:
            yield "another text", CANARY + "<>"
        if schema.get("minLength"):
            yield "empty", ""
        if not {"enum", "format", "pattern", "const", "contentMediaType"} & set(
            schema
        ):  # a file's lines are looked at one by one
            yield "control characters", "a\x00b"
            yield "half a character", "a\ud800"
        if schema.get("format") == "date":
            yield from (("no day", "2025-02-30"), ("far away", "9999-12-31"), ("a time", "2025-04-03T10:00"))
        if schema.get("format") == "date-time":
            yield from (("no hour", "2025-04-03T25:00"), ("far away", "9999-12-31T23:59:59+00:00"), ("a day", "2025-04-03"))
    if kind == "integer":
        yield from (("a text", CANARY), ("a digit text", "1"), ("half", 1.5), ("true", True), ("null", None), ("a list", [1]))
        yield from (("too large", 10**15), ("too small", -(10**15)), ("enormous", 1e300))
    if kind == "number":
        yield from (("a text", CANARY), ("true", True), ("a list", [1]))
    if kind == "boolean":
        yield from (("a text", CANARY), ("a number", 1), ("null", None))
    if kind == "array":
        yield from (("a text", CANARY), ("an object", {"0": CANARY}), ("null", None))
        yield "too many", [fitting(schema["items"])] * (schema["maxItems"] + 1)
    if kind == "object":
        yield from (("a text", CANARY), ("a list", [CANARY]), ("null", None)) if "properties" in schema else ()


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(good: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(good)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
