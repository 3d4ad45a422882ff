"""What a model offers to watch, how far it may be turned, and what a service's terms promise of it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.iot import models, offers, setting, watching
from chalicelib.iot.reading import HOUR, MINUTE, Message, Reading

HOT = {"kind": "threshold", "metric": "temperature"}


@pytest.mark.parametrize("name", models.names())
def test_everything_that_is_offered_lies_within_its_own_limits_and_what_can_be_measured(name: str) -> None:
    for offer in offers.of_model(name, {"silence_minutes": 1440}):
        for figure, (low, high) in offer.limits.items():
            assert low <= offer.settings[figure] <= high, (offer.name, figure)
            offers.check(name, {**offer.settings, figure: low})
            offers.check(name, {**offer.settings, figure: high})
        assert setting.settings_of(setting.watch_of(offer.name, offer.settings)) == offer.settings


@pytest.mark.parametrize(
    ("given", "field", "low", "high"),
    [
        ({**HOT, "above": 85.1}, "above", -40, 85),
        ({**HOT, "below": -40.1}, "below", -40, 85),
        ({**HOT, "above": 30, "clear": -41}, "clear", -40, 85),
        ({"kind": "rate", "metric": "temperature", "rises": 126, "minutes": 5}, "rises", 0, 125),
        ({"kind": "rate", "metric": "humidity", "falls": 101, "minutes": 5}, "falls", 0, 100),
        ({"kind": "no_activity", "metric": "light", "active_above": -1, "for_hours": 5}, "active_above", 0, 200000),
    ],
)
def test_a_figure_that_can_never_be_measured_is_named_with_what_can(given: Any, field: str, low: float, high: float) -> None:
    with pytest.raises(Invalid) as no:
        offers.check("climate-sensor", given)
    assert (no.value.field, no.value.figures) == (field, {"low": low, "high": high})


@pytest.mark.parametrize(
    "given",
    [
        {**HOT, "above": 85, "clear": -40},
        {**HOT, "above": 45, "clear": 40},  # beyond the app's slider, and the family's own affair
        {"kind": "rate", "metric": "temperature", "rises": 125, "minutes": 5},
        {"kind": "threshold", "metric": "of-its-own", "above": 1e9},
        {"kind": "silence", "after_minutes": 1},
    ],
)
def test_what_can_be_measured_or_is_not_known_is_free(given: Any) -> None:
    offers.check("climate-sensor", given)


def test_a_model_that_nobody_knows_offers_nothing_and_limits_nothing() -> None:
    assert offers.of_model("nobody-knows-it", {}) == ()
    offers.check("nobody-knows-it", {**HOT, "above": 1e9})


@pytest.mark.rule("ORM-MON-3")
@pytest.mark.parametrize(("hours", "least"), [(24, 60), (48, 60), (0.5, 30)])
def test_the_terms_promise_when_a_gateway_is_called_silent_and_its_people_may_only_ask_for_less(
    hours: float, least: int
) -> None:
    found = offers.of_model("pv-gateway", {"silence_minutes": hours * 60})
    (silent,) = [offer for offer in found if offer.name == "silent"]
    assert silent.settings["after_minutes"] == hours * 60
    assert silent.limits["after_minutes"] == (least, hours * 60)


FAULT = setting.watch_of("fault", next(o.settings for o in offers.of_model("power-conditioner", {}) if o.name == "fault"))


def told(*codes: Any) -> list[tuple[str, Any]]:
    """What happens to the fault watch as one report follows the other."""
    device = watching.set_watch(watching.Device("d", "c", "power-conditioner", 0), FAULT, 0).device
    found: list[tuple[str, Any]] = []
    for number, code in enumerate(codes):
        at = HOUR + number * MINUTE
        change = watching.receive(device, Message("d", "", at, (Reading("fault_code", code, at),)))
        device = change.device
        values = {alert.id: alert.value for alert in device.alerts}
        found += [(kind, values[id]) for kind, id in change.happened]
    return found


@pytest.mark.rule("ORM-MON-2")
def test_a_fault_is_told_once_when_its_code_appears_and_once_when_it_is_gone() -> None:
    assert told("", "E1-0", "E1-0", None, "E1-0", "") == [("opened", "E1-0"), ("closed", "E1-0")]
    assert told("OK", "none", "0", "") == []


@pytest.mark.rule("ORM-MON-2")
def test_another_code_is_another_fault() -> None:
    assert told("E1-0", "E4-2", "E4-2", "OK") == [
        ("opened", "E1-0"),
        ("closed", "E1-0"),
        ("opened", "E4-2"),
        ("closed", "E4-2"),
    ]


def test_an_event_needs_one_of_equals_and_other_than() -> None:
    for given in ({}, {"equals": "E1", "other_than": ["OK"]}):
        with pytest.raises(Invalid):
            setting.watch_of("fault", {"kind": "event", "metric": "fault_code", **given})
