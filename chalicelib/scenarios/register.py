"""The rules of the services and who names them: scenarios by `cites`, tests by `@pytest.mark.rule("STN-CAN-1", …)`.

The registers are `chalicelib/services/<service>.rules.toml`, one entry per rule of the terms.
"""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chalicelib.scenarios import language

SERVICES = Path(__file__).parent.parent / "services"
KINDS = {"C": "computed", "W": "workflow", "D": "shown", "L": "legal text"}


@dataclass(frozen=True)
class Rule:
    """One rule of the terms. `kind` is C, W, D or L; `says` is what it means, in our own words."""

    id: str
    service: str
    kind: str
    clause: str
    says: str


def rules(directory: Path = SERVICES) -> tuple[Rule, ...]:
    """All rules of all registers, in the order of the terms. Raises ValueError for an entry that cannot be trusted."""
    found: dict[str, Rule] = {}
    for file in sorted(directory.glob("*.rules.toml")):
        service = file.name.removesuffix(".rules.toml")
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]:
            if set(entry) != {"id", "kind", "clause", "says"} or entry["kind"] not in KINDS:
                raise ValueError(
                    f"{file.name}: {entry.get('id')}: needs id, kind (C, W, D or L), clause and says, nothing else"
                )
            if entry["id"] in found:
                raise ValueError(f"{file.name}: {entry['id']} stands twice: give each rule one entry")
            found[entry["id"]] = Rule(service=service, **entry)
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
        for function, rule in _marks(ast.parse(file.read_text(encoding="utf-8"))):
            named[rule].append(f"{file.relative_to(directory).as_posix()}::{function}")
    return named


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
                    for argument in decorator.args:
                        if isinstance(argument, ast.Constant):
                            yield node.name, str(argument.value)


def listing(scenario_files: Iterable[Path], tests: Path) -> str:
    """Every rule with what names it, then those that nothing names, then names that are no rule."""
    by_scenario, by_test = named_by_scenarios(scenario_files), named_by_tests(tests)
    known = rules()
    lines = []
    for rule in known:
        lines.append(f"{rule.id}  {rule.kind}  {rule.says}")
        lines += [f"    scenario  {name}" for name in by_scenario.get(rule.id, ())]
        lines += [f"    test      {name}" for name in by_test.get(rule.id, ())]
    for kind, word in KINDS.items():
        bare = [rule.id for rule in known if rule.kind == kind and rule.id not in by_scenario and rule.id not in by_test]
        lines.append(f"\nNamed by nothing, {word} ({kind}): {', '.join(bare) or 'none'}")
    strangers = sorted((set(by_scenario) | set(by_test)) - {rule.id for rule in known})
    if strangers:
        lines.append(f"\nNamed, but in no register yet: {', '.join(strangers)}")
    return "\n".join(lines)
