"""Reads scenario files. A wrong file is refused before anything runs, with file, scenario, step and cure.

scenarios = read(Path("tests/scenarios/sottonet.scenarios.yaml"))
scenarios[0].steps[0].at       # 2025-04-03T10:00+09:00
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from chalicelib.dates import JST
from chalicelib.playground.mistakes import Said, cure, problem
from chalicelib.playground.vocabulary import EXPECT_MAY, SCENARIO_MAY, SCENARIO_NEEDS, STEPS, StepKind

NOON = time(12, 0)
MAY_BE_NULL = frozenset({"value"})  # a reading without a value is one; any other null is a key left out
DEPTH_MAX = 20  # lists in mappings in lists; a scenario's lines of a bill are at 6


class ScenarioError(Exception):
    """A scenario file that cannot be run: where, what is wrong, and the way out. `line` counts from 1; 0: of no line."""

    def __init__(self, place: str, problem: Said, cure: Said, line: int = 0) -> None:
        super().__init__(f"{place}: {problem['en']} {cure['en']}")
        self.place, self.problem, self.cure, self.line = place, problem, cure, line


@dataclass(frozen=True)
class Step:
    """One line of a timeline. `args` are as written; `at` is an aware instant; `place` and `line` say where it stands."""

    do: str
    at: datetime
    args: Mapping[str, Any]
    place: str
    line: int = 0

    @property
    def kind(self) -> StepKind:
        return STEPS[self.do]

    @property
    def contract(self) -> str:
        return str(self.args.get("contract", ""))


@dataclass(frozen=True)
class Scenario:
    """A scenario as read, checked but not yet run."""

    name: str
    file: Path
    service: str
    steps: tuple[Step, ...]
    until: date
    title: str = ""
    cites: tuple[str, ...] = ()
    prices: Mapping[str, Any] = field(default_factory=dict)
    closed_days: tuple[date, ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)


class Marked(dict[Any, Any]):
    """A mapping that knows the line on which it begins."""

    line = 0


class _Twice(yaml.YAMLError):
    """A key that stands a second time, and on which line."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without its surprises: dates and `22:00` stay text, `on` and `no` are words, a key stands once."""

    def construct_yaml_map(self, node: yaml.MappingNode) -> Iterator[Marked]:
        data = Marked()
        data.line = node.start_mark.line + 1
        yield data
        data.update(self.construct_mapping(node))

    def construct_document(self, node: yaml.Node) -> Any:
        """Keys are counted as they are written: what a merge (`<<`) brings in may be overridden beside it."""
        waiting, met = [node], set()
        while waiting:
            part = waiting.pop()
            if id(part) in met or not isinstance(part, yaml.CollectionNode):
                continue
            met.add(id(part))
            if isinstance(part, yaml.MappingNode):
                _no_key_twice(part)
                waiting += [child for pair in part.value for child in pair]
            else:
                waiting += part.value
        return super().construct_document(node)


def _no_key_twice(node: yaml.MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if (key.tag, key.value) in seen:
                raise _Twice(key.value, key.start_mark.line + 1)
            seen.add((key.tag, key.value))


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:[0-9]+\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
)


def read(file: Path) -> list[Scenario]:
    """All scenarios of a file. Raises ScenarioError."""
    found = []
    for _, one in each(file):
        if isinstance(one, ScenarioError):
            raise one
        found.append(one)
    return found


def each(file: Path) -> list[tuple[str, Scenario | ScenarioError]]:
    """The scenarios of a file by name, and instead of one that cannot be run what is wrong with it: the others can.

    Raises ScenarioError where the file cannot be taken apart.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(str(file), problem("not_readable", why=type(error).__name__), cure("check_path")) from error
    return _each(text, file, guarded=False)


def parse(text: str, file: Path, *, guarded: bool = False) -> list[Scenario]:
    """All scenarios of a text. Raises ScenarioError.

    `guarded`: somebody sent it, and what could grow or nest without end is refused; a step on a contract that nobody
    applies for is then a slip of the pen, and not a step that will be refused.
    """
    found = []
    for _, one in _each(text, file, guarded=guarded):
        if isinstance(one, ScenarioError):
            raise one
        found.append(one)
    return found


def _each(text: str, file: Path, *, guarded: bool) -> list[tuple[str, Scenario | ScenarioError]]:
    found: list[tuple[str, Scenario | ScenarioError]] = []
    for number, document in enumerate(_documents(text, file, guarded=guarded), 1):
        name = _name(document, number)
        one: Scenario | ScenarioError
        try:
            one = _scenario(file, number, document, guarded=guarded)
        except ScenarioError as error:
            one = error
        if any(other == name for other, _ in found):
            one = ScenarioError(f"{file}: {name}", problem("name_twice"), cure("own_name"), getattr(document, "line", 0))
        found.append((name, one))
    if not found and not guarded:
        raise ScenarioError(str(file), problem("no_scenario"), cure("begin"))
    return found


def _documents(text: str, file: Path, *, guarded: bool) -> list[Any]:
    try:
        if guarded:
            _guard(text, file)
        return [document for document in yaml.load_all(text, Loader=_Loader) if document is not None]
    except _Twice as error:
        raise ScenarioError(
            str(file), problem("key_twice", key=error.key, line=error.line), cure("keep_one"), error.line
        ) from error
    except yaml.YAMLError as error:
        why, mark = " ".join(str(error).split()), getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise ScenarioError(str(file), problem("not_yaml", why=why), cure("mend_line"), line) from error
    except (RecursionError, ValueError, TypeError) as error:  # nested too deep; a number that is none; a key that is a list
        raise ScenarioError(str(file), problem("not_plain"), cure("plainer")) from error


def _name(document: Any, number: int) -> str:
    return str(document.get("scenario", f"document {number}") if isinstance(document, dict) else f"document {number}")


def _guard(text: str, file: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise ScenarioError(file.name, problem("stands_for"), cure("write_out"), line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise ScenarioError(file.name, problem("too_deep"), cure("not_needed"), line)


def _scenario(file: Path, number: int, document: Any, *, guarded: bool) -> Scenario:
    with _on_line_of(document):
        return _checked(file, number, document, guarded=guarded)


@contextmanager
def _on_line_of(raw: Any) -> Iterator[None]:
    """Says of a mistake on which line its part begins, where nobody said it nearer."""
    try:
        yield
    except ScenarioError as error:
        error.line = error.line or getattr(raw, "line", 0)
        raise


def _checked(file: Path, number: int, document: Any, *, guarded: bool) -> Scenario:
    place = f"{file.name}: document {number}"
    if not isinstance(document, dict):
        raise ScenarioError(place, problem("no_mapping"), cure("begin"))
    place = f"{file.name}: {_name(document, number)}"
    _check_keys(place, document, SCENARIO_NEEDS, SCENARIO_MAY)
    expect = _mapping(place, "expect", document.get("expect"))
    _check_keys(f"{place}: expect", expect, (), EXPECT_MAY)
    for part, value in expect.items():
        if part == "contracts":
            named = _mapping(f"{place}: expect", part, value)
            expect = {**expect, part: {str(name): wanted for name, wanted in named.items()}}  # steps name them by text, too
        elif value is not None:
            _list(f"{place}: expect", part, value)
    calendar = _mapping(place, "calendar", document.get("calendar"))
    _check_keys(f"{place}: calendar", calendar, (), {"closed"})
    steps = tuple(_step(f"{place}: step {n}", raw) for n, raw in enumerate(_list(place, "timeline", document["timeline"]), 1))
    _check_named(steps, contracts=guarded)
    return Scenario(
        name=str(document["scenario"]),
        file=file,
        service=str(document["service"]),
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        until=_day(f"{place}: until", document["until"]),
        title=str(document.get("title", "")),
        cites=tuple(str(rule) for rule in _list(place, "cites", document.get("cites") or [])),
        prices=_mapping(place, "prices", document.get("prices")),
        closed_days=tuple(_day(f"{place}: calendar", day) for day in _list(place, "closed", calendar.get("closed") or [])),
        expect=expect,
    )


def _step(place: str, raw: Any) -> Step:
    with _on_line_of(raw):
        return _checked_step(place, raw)


def _checked_step(place: str, raw: Any) -> Step:
    if not isinstance(raw, dict) or "do" not in raw:
        raise ScenarioError(place, problem("says_nothing"), cure("as_step"))
    do = str(raw["do"])
    place = f"{place} ({do})"
    if do not in STEPS:
        raise ScenarioError(place, problem("no_step", word=do), _nearest(do, STEPS))
    kind, written = STEPS[do], {key: value for key, value in raw.items() if key not in ("do", "at", "day")}
    _check_keys(place, written, (), kind.known)
    args = {key: _told(value) for key, value in written.items() if _is_told(key, value)}
    _check_keys(place, args, kind.needs, kind.may)
    at = _moment(place, raw, args)
    return Step(do, at, args, place, getattr(raw, "line", 0))


def _is_told(key: Any, value: Any) -> bool:
    """A key without a value is left out; a reading's null is one."""
    return value is not None or key in MAY_BE_NULL


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told(part) for key, part in value.items() if _is_told(key, part)}
    return [_told(part) for part in value] if isinstance(value, list) else value


def _moment(place: str, raw: Mapping[str, Any], args: Mapping[str, Any]) -> datetime:
    if ("at" in raw) == ("day" in raw):
        if "at" not in raw and "starts_at" in args:
            return instant(place, args["starts_at"])
        raise ScenarioError(place, problem("needs_time"), cure("one_time"))
    if "day" in raw:
        return datetime.combine(_day(place, raw["day"]), NOON, JST)
    return instant(place, raw["at"])


def instant(place: str, text: Any) -> datetime:
    """An instant as written: Japan time unless it has an offset."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ScenarioError(place, problem("no_time", word=text), cure("time_so")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def _day(place: str, text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ScenarioError(place, problem("no_day", word=text), cure("day_so")) from error


def _check_named(steps: Iterable[Step], *, contracts: bool) -> None:
    """A device that no step adds is a slip of the pen; so is a contract that nobody applies for, where that is asked."""
    ordered = list(steps)
    applied = {step.contract for step in ordered if step.do == "apply"}
    claimed = {str(step.args["device"]) for step in ordered if step.do == "add_device"}
    for step in ordered:
        if contracts and step.contract and step.contract not in applied:
            wrong = problem("nobody_applies", contract=step.contract)
            raise ScenarioError(step.place, wrong, _nearest(step.contract, applied), step.line)
        device = step.args.get("device")
        if device is not None and str(device) not in claimed:
            wrong = problem("no_device", device=device)
            raise ScenarioError(step.place, wrong, _nearest(str(device), claimed), step.line)


def _check_keys(place: str, given: Mapping[Any, Any], needs: Iterable[str], may: Iterable[str]) -> None:
    needed, known = set(needs), set(needs) | set(may)
    for key in given:
        if key not in known:
            raise ScenarioError(place, problem("not_known", key=key), _nearest(str(key), known))
    for key in sorted(needed):
        if key not in given:
            raise ScenarioError(place, problem("missing", key=key), cure("add"))


def _mapping(place: str, key: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ScenarioError(place, problem("key_no_mapping", key=key), cure("pairs"))
    return value


def _list(place: str, key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ScenarioError(place, problem("key_no_list", key=key), cure("as_list"))
    return value


def _nearest(word: str, known: Iterable[str]) -> Said:
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1)
    return cure("did_you_mean", word=near[0]) if near else cure("known", words=", ".join(choices) or "–")
