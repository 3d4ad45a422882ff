"""docs/states.md is what the code draws, and no life leaves the drawn ways."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from chalicelib.contracts import terms
from chalicelib.contracts.contract import Decision
from chalicelib.scenarios import states
from tests.oracle import driver
from tests.oracle.test_explained import LIFE, WRITTEN, some_lives

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_page_is_what_the_code_draws() -> None:
    assert PAGE.read_text(encoding="utf-8") == states.document(), "python -m chalicelib.scenarios states > docs/states.md"


@cache
def ways(service: str, part: str) -> dict[str, frozenset[str]]:
    """From each state, every state that the page leads to, over however many arrows."""
    chapter = (
        PAGE.read_text(encoding="utf-8").split(f"## {terms.load(service).data['title']['en']}{part}\n")[1].split("\n## ")[0]
    )
    arrows = defaultdict(set)
    for line in chapter.splitlines():
        if "-->" in line:
            before, _, rest = line.strip().partition(" --> ")
            arrows[before].add(rest.partition(":")[0])
    found = {}
    for start in [*arrows]:
        reached, waiting = set(), [start]
        while waiting:
            fresh = arrows.get(waiting.pop(), set()) - reached
            reached |= fresh
            waiting += fresh
        found[start] = frozenset(reached)
    return found


class Watched(driver.World):
    """A world that holds each change of state against the page."""

    def keep(self, decision: Decision) -> None:
        contract, before = decision.contract, self.contracts.get(decision.contract.id)
        part = f": plan {contract.plan}" if contract.plan in self.terms.data.get("parts", {}) else ""
        came_from, now = before.state if before else "[*]", contract.state
        if came_from != now:
            assert now in ways(self.state.service, part).get(came_from, ()), f"{came_from} to {now} is not drawn"
        super().keep(decision)


@pytest.mark.parametrize("service", LIFE)
def test_random_lives_keep_to_the_drawn_ways(service: str) -> None:
    for _, scenario in some_lives(service, 10):
        try:
            driver.run(scenario, kind=Watched)
        except AssertionError as strayed:
            raise AssertionError(f"{strayed}: {json.dumps(scenario)}") from strayed


@pytest.mark.parametrize("scenario", WRITTEN, ids=lambda s: s["scenario"])
def test_written_lives_keep_to_the_drawn_ways(scenario: driver.Mapping) -> None:
    driver.run(scenario, kind=Watched)
