"""The rules of the services and who holds them: scenarios by `cites`, tests by `@pytest.mark.rule("STN-CAN-1", …)`.

A rule is held when it stands in one of four columns: computed and named, workflow and named, shown (text in both
languages, with its places), legal text (with the reason why nothing is computed). What stands in none is a hole.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chalicelib.contracts import wording
from chalicelib.contracts.wording import KINDS, Rule
from chalicelib.playground import language

SERVICES = Path(__file__).parent.parent / "services"


def rules(directory: Path = SERVICES) -> tuple[Rule, ...]:
    """All rules of all registers, in the order of the terms. Raises ValueError for an entry that cannot be trusted."""
    found: dict[str, Rule] = {}
    for file in sorted(directory.glob("*.rules.toml")):
        for rule in wording.read(file):
            if rule.id in found:
                raise ValueError(f"{file.name}: {rule.id} stands in {found[rule.id].service} too: give each rule one entry")
            found[rule.id] = rule
    return tuple(found.values())


def named_by_scenarios(files: Iterable[Path]) -> Mapping[str, list[str]]:
    """Rule id → names of the scenarios that cite it."""
    named: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for scenario in language.read(file):
            for rule in scenario.cites:
                named[rule].append(scenario.name)
    return named


def named_by_tests(directory: Path) -> Mapping[str, list[str]]:
    """Rule id → tests (`file::function`) that carry the marker. Read from the source: nothing is imported or run."""
    named: dict[str, list[str]] = defaultdict(list)
    for file in sorted(directory.rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        for function, rule in _marks(ast.parse(text)) if "mark.rule" in text else ():
            named[rule].append(f"{file.relative_to(directory).as_posix()}::{function}")
    return named


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Marks on functions and classes, and those of single parameters (`pytest.param(…, marks=pytest.mark.rule(…))`)."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for call in (inner for decorator in node.decorator_list for inner in ast.walk(decorator)):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.rule":
                    for argument in call.args:
                        if isinstance(argument, ast.Constant):
                            yield node.name, str(argument.value)


@dataclass(frozen=True)
class Held:
    """One rule and what names it."""

    rule: Rule
    scenarios: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def column(self) -> str:
        """The kind whose column it stands in; empty for a hole: a computed or workflow rule that nothing names."""
        return self.rule.kind if self.rule.kind in ("D", "L") or self.scenarios or self.tests else ""


def held(scenario_files: Iterable[Path], tests: Path, directory: Path = SERVICES) -> tuple[Held, ...]:
    """All rules with what names them."""
    by_scenario, by_test = named_by_scenarios(scenario_files), named_by_tests(tests)
    return tuple(Held(r, tuple(by_scenario.get(r.id, ())), tuple(by_test.get(r.id, ()))) for r in rules(directory))


def listing(scenario_files: Iterable[Path], tests: Path) -> str:
    """Every rule in its column, the table of columns by service, then the holes, then names that are no rule."""
    files = list(scenario_files)
    found = held(files, tests)
    lines = [line for one in found for line in _entry(one)]
    lines += ["", *_table(found), ""]
    lines += [f"Hole: {one.rule.id}  {one.rule.kind}  {one.rule.en}" for one in found if not one.column]
    named = {**named_by_scenarios(files), **named_by_tests(tests)}
    if strangers := sorted(named.keys() - {one.rule.id for one in found}):
        lines.append(f"Named, but in no register: {', '.join(strangers)}")
    return "\n".join(lines)


def _entry(one: Held) -> Iterator[str]:
    rule = one.rule
    yield f"{rule.id}  {rule.kind}  {rule.en}"
    if rule.where:
        yield f"    shown     {', '.join(rule.where)}"
    if rule.reason:
        yield f"    because   {rule.reason}"
    yield from (f"    scenario  {name}" for name in one.scenarios)
    yield from (f"    test      {name}" for name in one.tests)


_HEADINGS = ("computed & named", "workflow & named", "shown", "legal, reason", "holes", "rules")


def _table(found: Iterable[Held]) -> Iterator[str]:
    """How many rules of each service stand in which column."""
    counts: dict[str, list[int]] = {}
    for one in found:
        for service in (one.rule.service, "all"):
            row = counts.setdefault(service, [0] * len(_HEADINGS))
            row[[*KINDS, ""].index(one.column)] += 1
            row[-1] += 1
    yield f"{'':18}" + "".join(f"{heading:>18}" for heading in _HEADINGS)
    for service, row in sorted(counts.items(), key=lambda pair: (pair[0] == "all", pair[0])):
        yield f"{service:18}" + "".join(f"{count:18}" for count in row)
