"""Every task of every service names at least one command of that service that carries it on."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api import command_schemas
from chalicelib.contracts import terms
from chalicelib.flows import tasks


def _kinds() -> list[Any]:
    found = []
    for service in terms.services():
        whole = terms.load(service)
        for plan in ("", *whole.data.get("parts", {})):
            found += [
                pytest.param(whole.part(plan), kind, id=f"{service}-{plan}-{kind}")
                for kind in whole.part(plan).section("tasks")
            ]
    return found


@pytest.mark.parametrize(("own", "kind"), _kinds())
def test_something_carries_it_on(own: terms.Terms, kind: str) -> None:
    offered = [name for name, _ in tasks._carried_on_by(kind) if name in own.commands]
    assert offered


def test_what_is_filled_in_is_an_argument_of_the_command() -> None:
    for kind in tasks.texts():
        for name, field in tasks._carried_on_by(kind):
            assert name in command_schemas.COMMANDS, (kind, name)
            assert not field or field in command_schemas.COMMANDS[name]["properties"], (kind, name)
