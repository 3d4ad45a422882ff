"""A watch as people say it: 「室温が 28°C を30分超えたら」. The words stand beside those of its alerts, labels in the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.flows import sentences
from chalicelib.flows.sentences import LANGUAGES, Said
from chalicelib.iot import models
from chalicelib.iot.alerts import NO_FACTS
from chalicelib.iot.conditions import Watch


def sentence(watch: Watch, model: str, language: str) -> str:
    """When people want to be told, in one language."""
    book = sentences.texts()
    about = models.metrics(model).get(watch.metric, {})
    label = about.get("label", {}).get(language) or watch.metric or book["figure"]["some"][language]
    figures = {
        "metric": sentences.inside(label, language),
        "limit": sentences.amount(_limit(watch), about, language),
        "lasting": sentences.span(watch.lasting, language),
    }
    said: str = book["condition"][_key(watch)][language].format_map(figures)
    if watch.between is None:
        return said
    start, end = (_clock(minute, language) for minute in watch.between)
    within: str = book["condition"]["between"][language].format_map({"condition": said, "from": start, "to": end})
    return within


def both(watch: Watch, model: str) -> dict[str, str]:
    """The sentence in every language."""
    return {language: sentence(watch, model, language) for language in LANGUAGES}


def name(watch: Watch, model: str) -> dict[str, str]:
    """What the watch is called: as its alerts are."""
    said = Said("", watch.name, watch.level, watch.kind, 0, model=model, facts=NO_FACTS._replace(metric=watch.metric))
    return {language: sentences.watch_name(said, language) for language in LANGUAGES}


def level(key: str) -> Mapping[str, Any]:
    """How urgent news of a level is, in words."""
    found: Mapping[str, Any] = sentences.texts()["level"][key]
    return dict(found)


def _limit(watch: Watch) -> Any:
    limits = (watch.above, watch.below, watch.rises, watch.falls, watch.equals)
    return next((limit for limit in limits if limit is not None), None)


def _key(watch: Watch) -> str:
    """Which of the sentences it is."""
    if watch.kind == "silence":
        return "silence"
    sign = "above" if watch.above is not None else "below"
    if watch.kind == "threshold":
        return f"threshold_{sign}_lasting" if watch.lasting else f"threshold_{sign}"
    if watch.kind == "rate":
        return "rate_rises" if watch.rises is not None else "rate_falls"
    if watch.kind == "event" and watch.other_than:
        return "event_other"
    if watch.above is None:
        sign = "true" if watch.equals is True else "is"
    return f"{watch.kind}_{sign}"


def _clock(minute: int, language: str) -> str:
    hour, rest = divmod(minute, 60)
    words: str = sentences.texts()["figure"]["clock" if rest else "full_hour"][language]
    return words.format(hour=hour, minute=rest)
