"""From what a customer writes to watches, people and steps. Raises Invalid with field, reason and cure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.iot.conditions import KINDS, Watch
from chalicelib.iot.reading import HOUR, MINUTE, Millis
from chalicelib.iot.telling import Plan
from chalicelib.iot.ticks import Span

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

# What each kind may be given; the first group is needed whole, of each further group exactly one (or none, marked by "").
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "threshold": (("metric",), ("above", "below"), ("clear", ""), ("for_minutes", "")),
    "rate": (("metric", "minutes"), ("rises", "falls")),
    "event": (("metric",), ("equals", "other_than")),
    "silence": (("after_minutes",),),
    "no_activity": (("metric", "for_hours"), ("active_above", "active_equals"), ("between", "")),
}
COMMON = frozenset({"kind", "level"})
PARAMETERS = frozenset(name for groups in _NEEDS.values() for group in groups for name in group if name)


def watch_of(name: str, given: Mapping[str, Any]) -> Watch:
    """A watch from its settings, not yet numbered. Values have been checked for type and size; here for sense."""
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise Invalid("kind", "not_offered", "one_of", choices=", ".join(KINDS))
    _check_names(kind, {field for field, value in given.items() if value is not None} - COMMON)
    above, below, clear = given.get("above"), given.get("below"), given.get("clear")
    if clear is not None and ((above is not None and clear > above) or (below is not None and clear < below)):
        raise Invalid("clear", "beyond_limit", "inside_limit")
    between = given.get("between")
    return Watch(
        name=name,
        kind=kind,
        level=given.get("level", "warning"),
        order=0,
        set_at=0,
        metric=given.get("metric", ""),
        above=given.get("active_above", above),
        below=below,
        clear=clear,
        lasting=_lasting(given),
        rises=given.get("rises"),
        falls=given.get("falls"),
        equals=given.get("active_equals", given.get("equals")),
        between=span_of(between, "between") if between is not None else None,
        other_than=tuple(given.get("other_than") or ()),
    )


def _check_names(kind: str, names: set[str]) -> None:
    groups = _NEEDS[kind]
    known = {name for group in groups for name in group}
    for name in sorted(names - known):
        raise Invalid(name, "unknown_field", "leave_out")
    for name in groups[0]:
        if name not in names:
            raise Invalid(name, "missing", "send_field")
    for group in groups[1:]:
        chosen = [name for name in group if name in names]
        if len(chosen) > 1:
            raise Invalid(chosen[1], "one_too_many", "leave_out")
        if not chosen and "" not in group:
            raise Invalid(group[0], "missing", "send_field")


def _lasting(given: Mapping[str, Any]) -> Millis:
    for name, unit in (("for_minutes", MINUTE), ("minutes", MINUTE), ("after_minutes", MINUTE), ("for_hours", HOUR)):
        if given.get(name) is not None:
            lasting: Millis = round(given[name] * unit)
            return lasting
    return 0


def settings_of(watch: Watch) -> dict[str, Any]:
    """The settings as a customer wrote them: `watch_of` backwards."""
    kept: dict[str, Any] = {"kind": watch.kind, "level": watch.level}
    active = watch.kind == "no_activity"
    unit_of = {"threshold": "for_minutes", "rate": "minutes", "silence": "after_minutes", "no_activity": "for_hours"}
    values = {
        "metric": watch.metric or None,
        ("active_above" if active else "above"): watch.above,
        "below": watch.below,
        "clear": watch.clear,
        "rises": watch.rises,
        "falls": watch.falls,
        ("active_equals" if active else "equals"): watch.equals,
        "between": list(map(_time_text, watch.between)) if watch.between else None,
        "other_than": list(watch.other_than) or None,
    }
    kept.update({name: value for name, value in values.items() if value is not None})
    if watch.lasting and watch.kind in unit_of:
        lasting = watch.lasting / (HOUR if active else MINUTE)
        kept[unit_of[watch.kind]] = int(lasting) if lasting == int(lasting) else lasting
    return kept


def span_of(pair: Sequence[str], field: str) -> Span:
    """`["22:00", "07:00"]` as minutes of the day."""
    if len(pair) != 2:
        raise Invalid(field, "format", "two_times")
    start, end = (minutes_of(text, field) for text in pair)
    if start == end:
        raise Invalid(field, "empty_span", "two_times")
    return start, end


def span_text(span: Span) -> list[str]:
    return [_time_text(minute) for minute in span]


def minutes_of(text: str, field: str) -> int:
    """`"22:00"` as a minute of the day."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Invalid(field, "format", "two_times")
    return int(found.group(1)) * 60 + int(found.group(2))


def _time_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def steps_of(given: Sequence[Mapping[str, Any]], people: Iterable[str]) -> tuple[Plan, ...]:
    """The escalation, earliest step first. Raises Invalid for somebody who was never added.

    And for a question with nobody after it: should no answer come, somebody must hear of it.
    """
    known = set(people)
    steps: list[Plan] = []
    last = max((step["after_minutes"] for step in given if not step.get("ask")), default=-1)
    for index, step in enumerate(given):
        if not known.issuperset(step["to"]):
            raise Invalid(f"steps.{index}.to", "unknown_person", "add_person_first")
        if step.get("ask") and step["after_minutes"] > last:
            raise Invalid(f"steps.{index}.ask", "nobody_after_asking", "add_a_step_after_asking")
        steps.append(Plan(round(step["after_minutes"] * MINUTE), tuple(dict.fromkeys(step["to"])), bool(step.get("ask"))))
    return tuple(sorted(steps, key=lambda step: step.after))
