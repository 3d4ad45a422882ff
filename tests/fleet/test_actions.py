"""A device and its wishes: once, in order, in time; killed before and after acting; the same shadow again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.actions import Memory, Obedience, Unwilling
from fleet.wishing import Wishing


class Killed(BaseException):
    """kill -9."""


class Shadow:
    """AWS's shadow, as far as a device sees it: merges, and `null` takes away."""

    def __init__(self) -> None:
        self.desired: dict[str, Any] = {}
        self.reported: dict[str, Any] = {}
        self.left_at: dict[str, int] = {}

    def leave(self, wish: str, at: int = 1000, seconds: int = 600, **settings: Any) -> None:
        self.desired[wish] = {"settings": settings, "seconds": seconds}
        self.left_at[wish] = at

    def document(self, now: int = 1010) -> dict[str, Any]:
        stamps = {wish: {"seconds": {"timestamp": at}} for wish, at in self.left_at.items()}
        state = {"desired": {"wishes": dict(self.desired)}, "reported": {"wishes": dict(self.reported)}}
        return {"state": state, "metadata": {"desired": {"wishes": stamps}}, "timestamp": now}

    def take(self, update: dict[str, Any] | None) -> None:
        assert update is not None
        assert update["clientToken"] == "answer"
        for half, kept in (("desired", self.desired), ("reported", self.reported)):
            for wish, value in update["state"][half]["wishes"].items():
                kept.pop(wish, None)
                if value is not None:
                    kept[wish] = value


class Device:
    """A device with a disk; a new life for each `obedience`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "d1.wishes.json"
        self.done: list[dict[str, Any]] = []

    def act(self, settings: Mapping[str, Any]) -> None:
        self.done.append(dict(settings))

    def obedience(self, act: Callable[[Mapping[str, Any]], None] | None = None) -> Obedience:
        return Obedience(Memory(self.file), act or self.act)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_a_wish_is_done_reported_and_gone_from_what_is_desired(device: Device) -> None:
    shadow = Shadow()
    shadow.leave("1-a", reserve=40)
    shadow.take(device.obedience().report(shadow.document()))
    assert (shadow.desired, shadow.reported) == ({}, {"1-a": {"outcome": "done"}})
    assert device.done == [{"reserve": 40}]
    assert device.obedience().report(shadow.document()) is None
    assert Memory(device.file).settings == {"reserve": 40}


def test_what_comes_again_is_reported_again_and_not_done_again(device: Device) -> None:
    shadow = Shadow()
    shadow.leave("1-a", reserve=40)
    first = device.obedience().report(shadow.document())
    second = device.obedience().report(shadow.document(now=99_999))  # started again, hours later, its report was lost
    assert first == second
    assert device.done == [{"reserve": 40}]


def test_wishes_are_done_in_the_order_of_asking_and_an_older_one_never_after_a_newer(device: Device) -> None:
    shadow = Shadow()
    shadow.leave("10-b", mode="green")
    shadow.leave("9-a", mode="backup")
    shadow.take(device.obedience().report(shadow.document()))
    assert device.done == [{"mode": "backup"}, {"mode": "green"}]
    shadow.leave("8-z", mode="economy")
    shadow.leave("8-y", reserve=30)
    shadow.take(device.obedience().report(shadow.document()))
    assert shadow.reported == {"8-z": {"outcome": "refused", "reason": "replaced"}, "8-y": {"outcome": "done"}}
    assert Memory(device.file).settings == {"mode": "green", "reserve": 30}


@pytest.mark.parametrize(("now", "answer"), [(1599, {"outcome": "done"}), (1600, {"outcome": "refused", "reason": "expired"})])
def test_what_is_too_old_by_the_shadows_own_clock_is_not_done(device: Device, now: int, answer: dict[str, str]) -> None:
    shadow = Shadow()
    shadow.leave("1-a", at=1000, seconds=600, reserve=40)
    shadow.take(device.obedience().report(shadow.document(now)))
    assert shadow.reported == {"1-a": answer}


def test_a_device_may_be_unwilling(device: Device) -> None:
    def act(settings: Mapping[str, Any]) -> None:
        raise Unwilling("grid_fault")

    shadow = Shadow()
    shadow.leave("1-a", reserve=40)
    shadow.take(device.obedience(act).report(shadow.document()))
    assert shadow.reported == {"1-a": {"outcome": "refused", "reason": "grid_fault"}}
    assert Memory(device.file).settings == {}


@pytest.mark.parametrize("acted", [False, True])
def test_killed_while_acting_it_does_it_when_it_is_back(device: Device, acted: bool) -> None:
    def act(settings: Mapping[str, Any]) -> None:
        if acted:
            device.act(settings)
        raise Killed

    shadow = Shadow()
    shadow.leave("1-a", reserve=40)
    with pytest.raises(Killed):
        device.obedience(act).report(shadow.document())
    shadow.take(device.obedience().report(shadow.document()))
    assert shadow.reported == {"1-a": {"outcome": "done"}}
    assert device.done[-1] == {"reserve": 40}


def test_it_looks_after_every_connection_and_trusts_no_answer_to_an_earlier_look(device: Device) -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    wishing = Wishing("d1", device.obedience(), lambda text: None)
    publish = lambda topic, payload: said.append((topic.rsplit("/", 1)[1], json.loads(payload)))  # noqa: E731
    wishing.connected(publish)
    old = said[-1][1]["clientToken"]
    wishing.heard(wishing.topics[1], b"{}", publish)  # a change: it looks again
    shadow = Shadow()
    shadow.leave("1-a", reserve=40)
    wishing.heard(wishing.topics[0], json.dumps({**shadow.document(), "clientToken": old}).encode(), publish)
    assert [verb for verb, _ in said] == ["get", "get"]
    assert device.done == []
