"""What a model offers to watch, how far it may be turned, and what a service's terms promise of it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.iot import models, offers, setting, watching
from chalicelib.iot.reading import HOUR, MINUTE, Message, Reading

ROOM = offers.of_model("climate-sensor", {})
HOT = {"kind": "threshold", "metric": "temperature"}


@pytest.mark.parametrize("name", models.names())
def test_everything_that_is_offered_lies_within_its_own_limits(name: str) -> None:
    found = offers.of_model(name, {"silence_minutes": 1440})
    for offer in found:
        offers.check(found, offer.name, offer.settings)
        assert setting.settings_of(setting.watch_of(offer.name, offer.settings)) == offer.settings


@pytest.mark.parametrize(
    ("name", "given", "field", "low", "high"),
    [
        ("too-hot", {**HOT, "above": 24.9}, "above", 25, 40),
        ("too-hot", {**HOT, "above": 40.1}, "above", 25, 40),
        ("mine", {**HOT, "above": 41}, "above", 25, 40),
        ("too-hot", {**HOT, "above": 30, "clear": 19}, "clear", 20, 40),
        ("mine", {**HOT, "above": 30, "for_minutes": 241}, "for_minutes", 0, 240),
        ("too-cold", {**HOT, "below": 21}, "below", 0, 20),
        ("mine", {**HOT, "below": 10, "clear": 41}, "clear", 0, 40),  # its metric's widest span, of both offers
        ("quiet", {"kind": "silence", "after_minutes": 29}, "after_minutes", 30, 1440),
    ],
)
def test_a_figure_outside_is_named_with_its_limits(name: str, given: Any, field: str, low: float, high: float) -> None:
    with pytest.raises(Invalid) as no:
        offers.check(ROOM, name, given)
    assert (no.value.field, no.value.figures) == (field, {"low": low, "high": high})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("too-hot", {**HOT, "above": 25, "clear": 20}),
        ("too-hot", {**HOT, "above": 40, "for_minutes": 240}),
        ("mine", {"kind": "threshold", "metric": "co2", "above": 99999}),
        ("mine", {"kind": "rate", "metric": "temperature", "rises": 99, "minutes": 5}),
    ],
)
def test_limits_belong_to_what_is_offered_and_what_the_model_says_nothing_about_is_free(name: str, given: Any) -> None:
    offers.check(ROOM, name, given)


def test_a_model_that_nobody_knows_offers_nothing_and_limits_nothing() -> None:
    assert offers.of_model("nobody-knows-it", {}) == ()
    offers.check((), "hot", {**HOT, "above": 1e9})


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
