"""JSON Schemas (OpenAPI 3.1 dialect) of what goes in and out. Bodies that come in refuse unknown fields and bound everything."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
PAGE_LIMIT_MAX = 100


def obj(required: str = "", /, **properties: Schema) -> Schema:
    """An object that refuses unknown fields. `required` names fields, separated by blanks."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required.split()
    return schema


def text(longest: int, shortest: int = 1, pattern: str = "") -> Schema:
    schema: Schema = {"type": "string", "minLength": shortest, "maxLength": longest}
    return {**schema, "pattern": pattern} if pattern else schema


def one_of(*choices: str) -> Schema:
    return {"type": "string", "enum": list(choices)}


def number(smallest: int, largest: int) -> Schema:
    return {"type": "integer", "minimum": smallest, "maximum": largest}


def many(items: Schema, most: int, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "maxItems": most, "minItems": least}


def answer(required: str = "", /, **properties: Schema) -> Schema:
    """An object that we answer: readers must live with fields that come later."""
    return {**obj(required, **properties), "additionalProperties": True}


def page(items: Schema) -> Schema:
    """`{items: […], next?: cursor}`."""
    return answer("items", items={"type": "array", "items": items}, next={"type": "string"})


NAME = text(64, pattern=r"^[A-Za-z0-9_.-]+$")
ID = text(64, pattern=r"^[A-Za-z0-9_-]+$")
DATE: Schema = {"type": "string", "format": "date"}
TIME: Schema = {"type": "string", "format": "date-time"}
YEN = number(0, 100_000_000)
QUANTITY = number(1, 1000)
BOOLEAN: Schema = {"type": "boolean"}
EMAIL: Schema = {"type": "string", "format": "email", "maxLength": 254}
LIMIT: Schema = {**number(1, PAGE_LIMIT_MAX), "default": 50}
CURSOR = text(1024, pattern=r"^[A-Za-z0-9_=-]+$")
PAGE_QUERY: dict[str, Schema] = {"limit": LIMIT, "cursor": CURSOR}

HEALTH = answer("status", status=one_of("ok"))
