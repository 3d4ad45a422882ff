"""The scenario playground: paste a scenario, see the bills. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.api import checking, command_schemas, money_schemas, problems, schemas
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.schemas import Schema, answer, obj
from chalicelib.errors import Invalid

resource = Resource("playground")

SCENARIO_LENGTH_MAX = 32 * 1024
STRING: Schema = {"type": "string"}
SAID_OR_NONE: Schema = {"anyOf": [schemas.SAID, {"type": "null"}]}
ANYTHING: Schema = {"description": "As the scenario has it."}
RULES: Schema = {"type": "array", "items": STRING}
MISTAKE = answer("line problem cure", line={"type": ["integer", "null"]}, problem=schemas.SAID, cure=schemas.SAID)
REFUSAL = answer(
    "at do contract reason told rules",
    at=STRING,
    do=STRING,
    contract=schemas.STRING_OR_NONE,
    reason=STRING,
    told=schemas.SAID,
    rules={"type": "array", "items": schemas.SAID_RULE},
)
LOGGED = answer(
    "at on contract kind by rules text",
    at=schemas.TIME,
    on=schemas.DATE,
    contract=STRING,
    kind=STRING,
    by=STRING,
    rules=RULES,
    text=SAID_OR_NONE,
    state={**STRING, "description": "The contract's state from here on, where it became another one."},
)
FAILED = answer("path wanted got rules", path=STRING, wanted=ANYTHING, got=ANYTHING, rules=RULES)
NOTICE = answer("contract kind on text", contract=STRING, kind=STRING, on=schemas.DATE, text={"type": "object"})
PLAYED = answer(
    "ok mistakes",
    ok={"type": "boolean", "description": "It could be read, was played to its end, and every expectation holds."},
    mistakes={"type": "array", "items": MISTAKE, "description": "Why the text cannot be played; then there is no more."},
    stopped={**SAID_OR_NONE, "description": "Why it was not played to its end."},
    service=STRING,
    until=schemas.DATE,
    contracts={"type": "object", "description": "By the scenario's name: state, days, options at the end."},
    invoices={"type": "array", "items": money_schemas.QUOTED},
    refunds={"type": "array", "items": money_schemas.REFUND},
    notices={"type": "array", "items": NOTICE},
    refusals={"type": "array", "items": REFUSAL},
    log={"type": "array", "items": LOGGED},
    expected={"type": "integer", "description": "How many entries the scenario expects."},
    failed={"type": "array", "items": FAILED, "description": "Where what came is not what was expected."},
)
schemas.ANSWERS["played"] = PLAYED
# A scenario is lines of text; control characters that no text has are refused with it.
PASTED: Schema = {"type": "string", "minLength": 1, "maxLength": SCENARIO_LENGTH_MAX, "contentMediaType": "application/yaml"}


@resource.route(
    "POST",
    "/v1/operator/playground",
    action="operator.playground",
    body=obj("scenario", scenario=PASTED),
    answer=PLAYED,
    keyless=True,
    bytes_max=4 * SCENARIO_LENGTH_MAX,
)
def play(request: Request) -> Answer:
    """Plays a scenario (docs/scenarios.md) on today's terms files: states, bills with explained lines, refunds, refusals."""
    from chalicelib.flows import playground

    found = playground.played(request.body["scenario"], _checked)
    if "refusals" in found:
        found["refusals"] = [{**entry, "told": _told(entry["reason"])} for entry in found["refusals"]]
    return Answer(found)


def _checked(door: str, name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """A step's arguments, checked like those of a request. Raises Invalid."""
    schema = {"apply": command_schemas.APPLY} if door == "apply" else _COMMANDS[door]
    if name not in schema:
        raise Invalid("do", "not_offered", "one_of", choices=", ".join(schema))
    checking.check(schema[name], dict(written), "")
    typed: dict[str, Any] = checking.typed(schema[name], dict(written), "")
    return typed


_COMMANDS = {"contract": command_schemas.COMMANDS, "service": command_schemas.SERVICE_COMMANDS}


def _told(reason: str) -> dict[str, str]:
    return problems.said("reason", reason, fallback="refused")
