"""Offered watches on their way: looked at, taken up once, and a family's figures held to the model's limits."""

from __future__ import annotations

import pytest

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import watches
from chalicelib.store.transact import Store
from tests.flows.world import at
from tests.flows_iot.home import Home

ALL = ["too-hot", "too-cold", "silent", "low-battery", "weak-signal"]
HOT = {"kind": "threshold", "metric": "temperature", "level": "warning"}


def claimed(home: Home, name: str, model: str = "climate-sensor") -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device, model)
    return device


def take_up(home: Home, device: str, *wanted: str, key: str = "") -> list[str]:
    done = watches.take_up(home.store, at("2025-08-01T09:05"), home.asked(key), device, wanted)
    return [watch["watch"] for watch in done["items"]]


def test_what_is_offered_says_what_is_set(home: Home) -> None:
    device = claimed(home, "o")
    home.watch("2025-08-01T09:01", device, "too-hot", kind="threshold", metric="temperature", above=35)
    shown = watches.offered(home.store, at("2025-08-01T09:02"), home.contract, device)["items"]
    assert [(offer["watch"], offer["set"]) for offer in shown] == [(name, name == "too-hot") for name in ALL]
    assert shown[0]["limits"]["above"] == {"least": 25, "most": 40}
    assert shown[0]["label"]["ja"]


def test_the_named_ones_are_set_and_then_the_others_and_none_twice(home: Home) -> None:
    device = claimed(home, "t")
    home.watch("2025-08-01T09:01", device, "too-hot", kind="threshold", metric="temperature", above=35)
    assert take_up(home, device, "silent", "too-hot") == ["too-hot", "silent"]
    assert take_up(home, device) == ["too-hot", "silent", "too-cold", "low-battery", "weak-signal"]
    version = home.held(device).device.version
    assert len(take_up(home, device, key="again")) == len(take_up(home, device, key="again")) == 5
    hot = home.held(device).device.watch("too-hot")
    assert hot is not None
    assert hot.above == 35  # what the family set stays
    assert home.held(device).device.version == version + 1


def test_what_is_not_offered_sets_nothing(home: Home) -> None:
    device = claimed(home, "n")
    with pytest.raises(Invalid) as no:
        take_up(home, device, "silent", "no-such-watch")
    assert no.value.field == "watches"
    assert home.held(device).device.watches == ()


def test_a_strangers_device_offers_nothing(home: Home, store: Store) -> None:
    device = claimed(home, "mine")
    with pytest.raises(NotFound):
        watches.offered(store, at("2025-08-01T09:02"), Home(store).contract, device)


def test_a_figure_that_the_device_can_never_measure_sets_nothing(home: Home) -> None:
    device = claimed(home, "b")
    with pytest.raises(Invalid) as no:
        watches.put(home.store, at("2025-08-01T09:02"), home.contract, device, "too-hot", {**HOT, "above": 90})
    assert (no.value.field, no.value.cure, no.value.figures) == ("above", "stay_between", {"low": -40, "high": 85})
    assert home.held(device).device.watches == ()
    assert (
        watches.put(home.store, at("2025-08-01T09:02"), home.contract, device, "too-hot", {**HOT, "above": 50})["above"] == 50
    )
