"""What changed terms, or an announced price, do to the lives in scenario files: played twice, the difference shown.

Expectations are not looked at: what came out under the terms as they are is held against what comes out under the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from chalicelib.dates import JST
from chalicelib.playground.compare import MISSING, Difference, differences
from chalicelib.playground.language import Scenario, Step
from chalicelib.scenarios.report import Result

PARTS = ("contracts", "refunds", "notices", "refusals", "alerts", "told")


Key = tuple[str, str, str]  # contract, month, kind


@dataclass(frozen=True)
class Changed:
    """One scenario under both terms. `lines` say what differs, in words and figures; empty: nothing does."""

    name: str
    title: str
    lines: tuple[str, ...]
    before: int  # yen on all bills
    after: int
    error: str = ""


def with_announcement(scenario: Scenario, prices: Mapping[str, int], announced_on: date, effective_on: date) -> Scenario:
    """The scenario with one more step: a price revision, announced at noon of a day."""
    at = datetime.combine(announced_on, time(12), JST)
    args = {"prices": dict(prices), "effective_on": effective_on.isoformat()}
    step = Step("announce_price", at, args, f"{scenario.file.name}: {scenario.name}: the announcement")
    return replace(scenario, steps=tuple(sorted((*scenario.steps, step), key=lambda one: one.at)))


def compared(present: Sequence[Result], other: Sequence[Result]) -> list[Changed]:
    """The two runs of the same scenarios, side by side."""
    return [_compared(before, after) for before, after in zip(present, other, strict=True)]


def _compared(before: Result, after: Result) -> Changed:
    error = "; ".join(
        f"{which}: {result.error.strip()}" for which, result in (("as it is", before), ("changed", after)) if result.error
    )
    if error:
        return Changed(before.name, before.title, (), 0, 0, error)
    bills, others = _bills(before.outcome), _bills(after.outcome)
    lines = [line for key in _keys(bills, others) for line in _bill(key, bills.get(key), others.get(key))]
    contracts = {key[0] for key in (*bills, *others)}
    if len(contracts) > 1:
        lines += [line for name in sorted(contracts) for line in _together(name, bills, others)]
    for part in PARTS:
        lines += [_shown(difference) for difference in _differences(part, before.outcome, after.outcome)]
    return Changed(before.name, before.title, tuple(lines), _sum(bills), _sum(others))


def _sum(bills: Mapping[Key, Mapping[str, Any]], contract: str = "") -> int:
    """Yen on the bills of a contract, or of all."""
    return sum(bill["total"] for key, bill in bills.items() if bill["status"] != "void" and contract in ("", key[0]))


def _together(contract: str, bills: Mapping[Key, Any], others: Mapping[Key, Any]) -> list[str]:
    before, after = _sum(bills, contract), _sum(others, contract)
    return [] if before == after else [f"{contract}  all bills: {before:,} → {after:,} yen ({after - before:+,})"]


def _bills(outcome: Mapping[str, Any]) -> dict[Key, Mapping[str, Any]]:
    found: dict[Key, Mapping[str, Any]] = {}
    for bill in outcome.get("invoices", ()):
        found[bill["contract"], str(bill["month"]), bill["kind"]] = bill
    return found


def _keys(*found: Mapping[Key, Any]) -> list[Key]:
    return sorted({key for bills in found for key in bills})


def _bill(key: Key, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """What became of one bill: gone, new, or other figures in it."""
    contract, month, kind = key
    head = f"{contract}  bill {month} {kind}"
    if before is None or after is None:
        bill, word = (after, "new") if before is None else (before, "gone")
        return [f"{head}: {word}, {bill['total']:,} yen", *(f"    {_line(line)}" for line in bill["lines"])] if bill else []
    found = _lines_changed(before["lines"], after["lines"])
    for name in ("issued_on", "due_on", "status", "tax", "paid_by"):
        if before.get(name) != after.get(name):
            found.append(f"    {name}: {before.get(name)} → {after.get(name)}")
    if not found and before["total"] == after["total"]:
        return []
    more = after["total"] - before["total"]
    return [f"{head}: {before['total']:,} → {after['total']:,} yen ({more:+,})", *found]


def _lines_changed(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    left, right = [_line(line) for line in before], [_line(line) for line in after]
    gone, new = _without(left, right), _without(right, left)
    return [f"    - {line}" for line in gone] + [f"    + {line}" for line in new]


def _without(lines: Iterable[str], others: Iterable[str]) -> list[str]:
    rest = list(others)
    found = []
    for line in lines:
        if line in rest:
            rest.remove(line)
        else:
            found.append(line)
    return found


def _line(line: Mapping[str, Any]) -> str:
    days = f" {line['from']}–{line['to']}" if line.get("from") else ""
    times = f" × {line['quantity']}" if line.get("quantity") else ""
    rules = f"  [{', '.join(line['cites'])}]" if line.get("cites") else ""
    return f"{line['item']}{times}{days} {line['amount']:,}{rules}"


def _differences(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Both ways, since a comparison asks only for what is expected; lists of what happened as what is gone and new."""
    one, other = before.get(part), after.get(part)
    if isinstance(one, list) and isinstance(other, list):
        left, right = [_plain(entry) for entry in one], [_plain(entry) for entry in other]
        return [Difference(part, text, MISSING) for text in _without(left, right)] + [
            Difference(part, MISSING, text) for text in _without(right, left)
        ]
    found = differences({part: one or {}}, {part: other or {}})
    paths = {difference.path for difference in found}
    back = differences({part: other or {}}, {part: one or {}})
    return found + [Difference(d.path, d.got, d.expected) for d in back if d.path not in paths]


def _plain(entry: Any) -> str:
    if isinstance(entry, Mapping):
        return ", ".join(f"{key} {value}" for key, value in entry.items() if value not in (None, [], {}))
    return str(entry)


def _shown(difference: Difference) -> str:
    if difference.got == MISSING:
        return f"{difference.path}: gone: {difference.expected}"
    if difference.expected == MISSING:
        return f"{difference.path}: new: {difference.got}"
    was, now = ("–" if value is None else value for value in (difference.expected, difference.got))
    return f"{difference.path}: {was} → {now}"


def text_of(changes: Sequence[Changed]) -> str:
    """The report: what differs, scenario by scenario, and the sums."""
    lines: list[str] = []
    for change in changes:
        if change.error:
            lines += [f"?       {change.name}: {change.title}", f"        {change.error}"]
        elif change.lines:
            lines += [f"differs {change.name}: {change.title}", *(f"        {line}" for line in change.lines)]
            lines.append(f"        together {change.before:,} → {change.after:,} yen ({change.after - change.before:+,})")
        else:
            lines.append(f"same    {change.name}")
    differing, failing = sum(bool(c.lines) for c in changes), sum(bool(c.error) for c in changes)
    more = sum(change.after - change.before for change in changes)
    lines.append(f"{differing} of {len(changes)} scenarios differ; bills together {more:+,} yen." + _failing(failing))
    return "\n".join(lines)


def _failing(count: int) -> str:
    return f" {count} could not be compared." if count else ""
