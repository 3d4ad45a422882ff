"""What an alert says to people: one sentence in Japanese or English, from the model's words and what its watch said.

Everything that is said was true when the alert opened, and stays true after it: "not heard from since 08:12" becomes
"between 08:12 and 14:05" once it is over. Times are Japan's. Devices go by the name that their people gave them, else by
their model's; an id only where nothing else is known.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.dates import japan
from chalicelib.flows import called
from chalicelib.iot import models
from chalicelib.iot.alerts import NO_FACTS, Facts
from chalicelib.iot.reading import HOUR, MINUTE, Millis, Value, from_millis

TEXTS = Path(__file__).parent.parent / "texts" / "alerts.toml"
LANGUAGES = ("ja", "en")
_CLOSE_UP = ("%", "°C")  # units that stand at their figure


@dataclass(frozen=True, slots=True)
class Said:
    """An alert as far as words need it. `condition` is the kind of its watch, "" in a row from before that was kept."""

    device: str
    watch: str
    level: str
    condition: str
    opened_at: Millis
    value: Value = None
    label: str = ""
    model: str = ""
    facts: Facts = NO_FACTS
    closed_at: Millis | None = None
    home: str = ""  # named only where somebody may have several

    @property
    def metric(self) -> Mapping[str, Any]:
        return models.metrics(self.model).get(self.facts.metric, {})


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    return toml.read(TEXTS)


def sentence(said: Said, language: str) -> str:
    """「居間のセンサー: 室温が 31.2°C になりました(31°C を超えました)」"""
    what = texts()["sentence"][_key(said)][language].format_map(_figures(said, language))
    named: str = texts()["sentence"]["with_name"][language].format(where=where(said, language), what=what)
    return named


def both(said: Said) -> dict[str, str]:
    """The sentence in every language."""
    return {language: sentence(said, language) for language in LANGUAGES}


def where(said: Said, language: str) -> str:
    """What its people call the device, else what the model is called; after the home's name where that is told."""
    name: str = said.label or models.find(said.model).get("name", {}).get(language, "") or said.device
    at_home: str = texts()["figure"]["at_home"][language]
    return at_home.format(home=said.home, where=name) if said.home else name


def named(person: str, name: str, language: str) -> str:
    """Somebody as a sentence names them: by the name that was chosen to be shown, else by the one they were added under."""
    return called.called(name or person, language)


def watch_name(said: Said, language: str) -> str:
    """What the watch is called: the model's words for one that it offers, else what its kind and metric say."""
    for offered in models.find(said.model).get("watches", ()):
        if offered["name"] == said.watch and offered["settings"].get("kind") == said.condition:
            label: str = offered["label"][language]
            return label
    words: str = texts()["watch"][said.condition or "unknown"][language]
    return words.format(metric=_metric(said, language))


def _key(said: Said) -> str:
    """Which of the sentences it is."""
    sign, limit, lasting = said.facts.sign, said.facts.limit, said.facts.lasting
    over = "" if said.closed_at is None else "_over"
    if not said.condition or said.facts == NO_FACTS:
        return "unknown"
    if said.condition == "threshold":
        return f"threshold_{sign}_lasting" if lasting and said.facts.since is not None else f"threshold_{sign}"
    if said.condition == "rate":
        return f"rate_{sign}"
    if said.condition == "silence":
        return f"silence{over}"
    if sign != "above":
        sign = "true" if limit is True else "is"
    return f"event_{sign}" if said.condition == "event" else f"no_activity_{sign}{over}"


def _figures(said: Said, language: str) -> dict[str, str]:
    known = said.facts
    since = said.opened_at if known.since is None else known.since
    return {
        "metric": _metric(said, language),
        "value": amount(said.value, said.metric, language),
        "limit": amount(known.limit, said.metric, language),
        "lasting": span(known.lasting, language),
        "since": moment(since, said.opened_at, language),
        "until": moment(said.closed_at or said.opened_at, said.opened_at, language),
    }


def _metric(said: Said, language: str) -> str:
    label: str = said.metric.get("label", {}).get(language, "") or said.facts.metric or texts()["figure"]["some"][language]
    return inside(label, language) if said.condition in ("no_activity", "rate") else label


def inside(label: str, language: str) -> str:
    """A label as it stands inside a sentence: in English without its capital, unless it is an abbreviation."""
    return label[:1].lower() + label[1:] if language == "en" and label[1:2].islower() else label


def amount(value: Value, metric: Mapping[str, Any], language: str) -> str:
    """A value with its unit, as people write it: 31.2°C, 0.6 kW, あり, 眠っています."""
    if isinstance(value, bool):
        shown: str = texts()["figure"]["yes" if value else "no"][language]
        return shown
    if value is None:
        return "-"
    if isinstance(value, str):
        word: str = metric.get("values", {}).get(value, {}).get(language, value)
        return word
    unit: str = metric.get("unit", "")
    spoken: str = texts()["unit"].get(unit, {}).get(language, unit)
    at_it = not unit or unit in _CLOSE_UP or (language == "ja" and spoken != unit)
    return _number(value) + (spoken if at_it else f" {spoken}")


def _number(value: float) -> str:
    """Two decimals, and more only where two would say another number than was measured."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return short if abs(value) < 1e9 and abs(float(short) - value) < 1e-9 else f"{value:.10g}"


def span(length: Millis, language: str) -> str:
    """How long something lasts: 10時間, 30 minutes, 1 hour."""
    kind, unit = ("hours", HOUR) if length and length % HOUR == 0 else ("minutes", MINUTE)
    words: str = texts()["figure"][f"one_{kind}" if length == unit else kind][language]
    return words.format(count=_number(length / unit))


def moment(at: Millis, beside: Millis, language: str) -> str:
    """An instant on Japan's clocks; with its day where that is another one than `beside`'s."""
    day, other = japan(from_millis(at)), japan(from_millis(beside))
    kind = "today" if day.date() == other.date() else "other_day" if day.year == other.year else "other_year"
    book = texts()["figure"]
    clock = book["clock" if day.minute else "full_hour"][language].format(hour=day.hour, minute=day.minute)
    words: str = book[kind][language]
    return words.format(clock=clock, day=day.day, month=day.month, month_name=month_name[day.month], year=day.year)
