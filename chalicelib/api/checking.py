"""From bytes to checked, typed values. The JSON Schemas of the OpenAPI document are the only description of what is allowed.

Raises Invalid with the field's path, a reason and a cure; never with what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.contracts import postal
from chalicelib.dates import JST
from chalicelib.errors import Invalid, NotFound

POSTAL_CODE = "postal-code"  # a format whose pattern forms can show, and whose cure has its own words
YEARS = (1900, 2199)  # sane days only: date arithmetic of any rule stays inside `date`
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # control characters and halves of characters
PUBLIC_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

PATH_PARAMS: dict[str, str] = {
    "contract": r"[A-Za-z0-9_-]{1,64}",
    "service": r"[a-z0-9-]{1,40}",
    "command": r"[a-z_]{1,40}",
    "handout": r"[a-z_]{1,40}",
    "rule": r"[A-Z]{3}-[A-Z]{3}-\d{1,3}",
    "invoice": r"[A-Za-z0-9#~._-]{1,80}",
    "device": r"[A-Za-z0-9_-]{1,64}",
    "serial": r"[A-Za-z0-9_-]{4,48}",
    "model": r"[a-z0-9-]{1,64}",
    "watch": r"[A-Za-z0-9_.-]{1,64}",
    "person": r"[A-Za-z0-9_.-]{1,64}",
    "number": r"[A-Za-z0-9_.-]{1,64}",
    "subscription": r"[0-9a-f]{24}",
    "member": r"[a-z_]{1,12}-[0-9a-f]{24}",
    "invitation": r"[a-z_]{1,12}-[0-9a-f]{24}",
    "account": r"[A-Za-z0-9_-]{1,64}",
    "answer": r"[A-Za-z0-9_-]{1,64}",
    "alert": r"[A-Za-z0-9_.:~-]{1,128}",
    "wish": r"[0-9]{1,14}-[0-9a-f]{16}",
    "parked": r"[A-Za-z0-9_.:#~-]{1,128}",
    "day": r"\d{4}-\d{2}-\d{2}",
    "import": r"i[0-9a-f]{23}",
    "export": r"[a-z]{1,20}",
    "aside": r"[A-Za-z0-9_=-]{1,400}",
    "rollout": r"[A-Za-z0-9._-]{1,32}",
}


def path_param(name: str, value: str) -> str:
    """A path parameter in its allowed shape; another shape can name nothing, so it is simply not found."""
    from urllib.parse import unquote

    value = unquote(value)
    if not re.fullmatch(PATH_PARAMS[name], value):
        raise NotFound(name)
    return value


def parse_body(schema: dict[str, Any], text: bytes) -> dict[str, Any]:
    """The body as checked, typed values."""
    value = _json(text)
    check(schema, value, "")
    parsed: dict[str, Any] = typed(schema, value, "")
    return parsed


def choice(text: bytes, name: str, choices: Collection[str]) -> str:
    """The field of a body that decides what the rest must look like."""
    value = _json(text)
    if not isinstance(value, dict):
        raise Invalid("body", "type", "type_object")
    if name not in value:
        raise Invalid(name, "missing", "send_field")
    chosen = value[name]
    if not isinstance(chosen, str):
        raise Invalid(name, "type", "type_string")
    if chosen not in choices:
        raise Invalid(name, "not_offered", "one_of", choices=", ".join(choices))
    return chosen


def _json(text: bytes) -> Any:
    if not text:
        raise Invalid("body", "missing", "send_json")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid("body", "not_json", "send_json") from error


def parse_query(schemas: Mapping[str, dict[str, Any]], given: Any) -> dict[str, Any]:
    """The query as checked, typed values; defaults filled in. A name that is unknown or comes twice is refused."""
    found: dict[str, Any] = {}
    for name in given or ():
        values = given.getlist(name)
        if name not in schemas:
            raise Invalid(_shown(name), "unknown_field", "leave_out")
        if len(values) != 1:
            raise Invalid(name, "twice", "send_once")
        value: Any = values[0]
        if schemas[name].get("type") == "integer":
            if not re.fullmatch(r"-?\d{1,12}", value):
                raise Invalid(name, "type", "type_integer")
            value = int(value)
        check(schemas[name], value, name)
        found[name] = typed(schemas[name], value, name)
    return {**{name: schema["default"] for name, schema in schemas.items() if "default" in schema}, **found}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("body", "twice", "send_once")
    return found


def _no_constant(name: str) -> Any:
    raise Invalid("body", "not_json", "send_json")


_compiled: dict[int, tuple[dict[str, Any], Callable[[Any], Any]]] = {}


def _validator(schema: dict[str, Any]) -> Callable[[Any], Any]:
    # Keyed by identity (the schema is kept, so the identity stays its own): schemas are module constants.
    kept = _compiled.get(id(schema))
    if kept is None:
        import fastjsonschema

        made = fastjsonschema.compile(schema, formats=FORMATS, use_default=False)
        _compiled[id(schema)] = kept = (schema, made)
    return kept[1]


def check(schema: dict[str, Any], value: Any, at: str) -> None:
    """Raises Invalid for the first thing that does not fit."""
    import fastjsonschema

    try:
        _validator(schema)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _invalid(error, at) from None  # the library's message quotes the value
    except RecursionError:
        raise Invalid(at or "body", "not_json", "send_json") from None


def _invalid(error: Any, at: str) -> Invalid:
    parts = [str(part) for part in error.path[1:]]
    rule, limit = error.rule, error.rule_definition
    if rule == "required":
        missing = next(name for name in limit if name not in error.value)
        return Invalid(_path(at, [*parts, missing]), "missing", "send_field")
    if rule == "additionalProperties":
        known = error.definition.get("properties", {})
        unknown = next(name for name in error.value if name not in known)
        return Invalid(_path(at, [*parts, _shown(unknown)]), "unknown_field", "leave_out")
    field = _path(at, parts) or "body"
    if rule == "type":
        return Invalid(field, "type", f"type_{limit[0] if isinstance(limit, list) else limit}")
    if rule == "enum":
        return Invalid(field, "not_offered", "one_of", choices=", ".join(str(choice) for choice in limit))
    if rule == "pattern" and error.definition.get("format") == POSTAL_CODE:
        rule, limit = "format", POSTAL_CODE
    if rule == "format":
        return Invalid(field, "format", f"format_{limit}".replace("-", "_"))
    if rule in ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties"):
        return Invalid(field, "too_large", "at_most", limit=limit)
    if rule in ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties"):
        return Invalid(field, "too_small", "at_least", limit=limit)
    return Invalid(field, "format", "see_schema")


def _path(at: str, parts: list[str]) -> str:
    return ".".join([at, *parts] if at else parts)


def _shown(name: str) -> str:
    """A field's name as it may be repeated in an answer: what does not look like a name may be somebody's data."""
    return name if PUBLIC_NAME.fullmatch(name) else "?"


def _is_date(text: str) -> bool:
    if not DATE.fullmatch(text):
        return False
    try:
        return YEARS[0] <= date.fromisoformat(text).year <= YEARS[1]
    except ValueError:
        return False


def _is_date_time(text: str) -> bool:
    if not DATE_TIME.fullmatch(text):
        return False
    try:
        return YEARS[0] < datetime.fromisoformat(text).year < YEARS[1]
    except ValueError:
        return False


FORMATS: dict[str, Any] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "month": lambda text: _is_date(f"{text}-01"),
    "email": r"^[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,60}$",
}


def typed(schema: Mapping[str, Any], value: Any, at: str) -> Any:
    """A checked value in our types: days, months (their first day), aware instants (Japan time unless said), whole numbers."""
    if "anyOf" in schema:
        schema = next(choice for choice in schema["anyOf"] if (choice["type"] == "object") == isinstance(value, dict))
    if isinstance(value, str):
        if "contentMediaType" in schema:
            return value  # a file: its reader looks at every line
        if UNFIT.search(value):
            raise Invalid(at or "body", "characters", "plain_text")
        if schema.get("format") == POSTAL_CODE:
            return postal.plain(value)
        if schema.get("format") == "date":
            return date.fromisoformat(value)
        if schema.get("format") == "month":
            return date.fromisoformat(f"{value}-01")
        if schema.get("format") == "date-time":
            instant = datetime.fromisoformat(value)
            return (instant if instant.tzinfo else instant.replace(tzinfo=JST)).astimezone(UTC)
        return value
    if isinstance(value, list):
        return [typed(schema.get("items", {}), item, f"{at}.{index}") for index, item in enumerate(value)]
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        other = other if isinstance(other, dict) else {}
        for name in value:
            if UNFIT.search(name):
                raise Invalid(at or "body", "characters", "plain_text")
        return {name: typed(known.get(name, other), item, _path(at, [name])) for name, item in value.items()}
    if isinstance(value, float) and schema.get("type") == "integer":
        return int(value)  # 3.0 is the integer 3 in JSON
    return value
