"""What a run came to: one line for a scenario that holds; for one that fails, expected and got side by side, with the rules."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.playground.compare import MISSING, Difference


@dataclass(frozen=True)
class Result:
    """What became of one scenario: its outcome, or the error that stopped it. `unread`: it cannot be run as it is written."""

    name: str
    title: str
    cites: tuple[str, ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    error: str = ""
    seconds: float = 0
    file: str = ""
    unread: bool = False

    @property
    def holds(self) -> bool:
        return not self.error and not self.differences


def text_of(results: Iterable[Result], says: Mapping[str, str], width: int = 0) -> str:
    """The whole report. `says` is what each rule says, for the rules that a failure names."""
    width = max(80, width or shutil.get_terminal_size((128, 40)).columns)
    results = list(results)
    blocks = [_one(result, says, width) for result in results]
    failed = sum(not result.holds for result in results)
    blocks.append(f"{len(results) - failed} of {len(results)} scenarios hold." + (f" {failed} do not." if failed else ""))
    return "\n".join(blocks)


def _one(result: Result, says: Mapping[str, str], width: int) -> str:
    if result.holds:
        return f"ok    {result.name}  ({result.seconds:.1f} s)"
    lines = [f"FAILS {result.name}: {result.title}"]
    if result.error:
        return "\n".join([*lines, textwrap.indent(result.error, "      ")])
    for difference in result.differences:
        lines += _side_by_side(difference, width)
        lines += _rules(difference.cites or result.cites, bool(difference.cites), says, width)
    return "\n".join(lines)


def _side_by_side(difference: Difference, width: int) -> list[str]:
    half = (width - 11) // 2
    left, right = _column("expected", difference.expected, half), _column("got", difference.got, half)
    height = max(len(left), len(right))
    left += [""] * (height - len(left))
    right += [""] * (height - len(right))
    return [f"      {difference.path}"] + [f"        {a:<{half}} | {b}".rstrip() for a, b in zip(left, right, strict=True)]


def _column(head: str, value: Any, width: int) -> list[str]:
    return [
        line for row in _rows(value) for line in textwrap.wrap(f"{head}: {row}" if head else row, width, subsequent_indent="  ")
    ]


def _rows(value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"{len(value)} entries"] + [_plain(entry) for entry in value]
    if isinstance(value, Mapping) and "lines" in value:
        rest = {key: entry for key, entry in value.items() if key != "lines"}
        return [_plain(rest)] + [f"  {_plain(line)}" for line in value["lines"]]
    return [_plain(value)]


def _plain(value: Any) -> str:
    if value == MISSING:
        return MISSING
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(entry)}" for key, entry in value.items() if key != "cites")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _rules(cites: tuple[str, ...], of_the_line: bool, says: Mapping[str, str], width: int) -> list[str]:
    if not of_the_line:
        return [f"        rules of the scenario: {line}" for line in textwrap.wrap(", ".join(cites), width - 31)]
    found = []
    for rule in cites:
        text = f"{rule}: {says[rule]}" if rule in says else rule
        found += textwrap.wrap(text, width - 8, initial_indent="        ", subsequent_indent="          ")
    return found
