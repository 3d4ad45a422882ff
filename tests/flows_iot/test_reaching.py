"""News on its way to people: by whom it is taken, what is tried next, what waits for others; seen from the other ends."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.flows import outbox as sender
from chalicelib.flows import people
from chalicelib.store import outbox
from chalicelib.store import people as people_rows
from tests.flows.world import at
from tests.flows_iot.far_ends import FarEnds, browser, reach
from tests.flows_iot.home import Home, heat, later

NOON = "2025-08-01T12:00"


@pytest.fixture
def room(home: Home, ends: FarEnds) -> str:
    """A sensor of whom 30 degrees are a warning, 35 an emergency."""
    device = f"room-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.watch("2025-08-01T09:00", device, "too-hot", kind="threshold", metric="temperature", above=35, level="critical")
    return device


def post(home: Home, now: str) -> int:
    """The outbox's stream, and what a tick finds left over. Gives how many entries did not leave."""
    for entry in list(outbox.leftovers(home.store, at("2099-01-01T00:00"))):
        record = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
        sender.deliver(home.store, {"Records": [record]}, at(now))
    return int(sender.sweep(home.store, at(now))["stuck"])


def breach(home: Home, room: str, when: str = NOON, degrees: int = 31) -> None:
    home.hear(when, room, heat(degrees))


def log(home: Home) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(told["person"], [(one["channel"], one["outcome"]) for one in told["reached"]]) for told in home.told()]


def test_the_first_channel_that_takes_it_is_enough(home: Home, room: str, ends: FarEnds) -> None:
    home.add(NOON, "mai", "line", "mail", email="mai@example.com")
    reach(home, "mai", line="U1")
    breach(home, room)
    assert post(home, NOON) == 0
    assert ends.count() == {"line": 1}
    assert log(home) == [("mai", [("line", "sent")])]
    assert home.told()[0]["reached"][0]["at"] == "2025-08-01T03:00:00Z"


def test_an_address_that_was_never_given_lets_the_next_channel_have_it(home: Home, room: str, ends: FarEnds) -> None:
    home.add(NOON, "mai", "push", "sms", "mail", email="mai@example.com")
    breach(home, room)
    post(home, NOON)
    assert ends.count() == {"mail": 1}
    assert sorted(log(home)[0][1]) == [("mail", "sent"), ("push", "no_address"), ("sms", "no_address")]


def test_what_is_critical_goes_out_on_all_channels(home: Home, room: str, ends: FarEnds) -> None:
    home.add(NOON, "mai", "mail", "push", "line", "sms", email="mai@example.com")
    reach(home, "mai", line="U1", phone="+819012345678", push=[browser(ends), browser(ends, "b2")])
    breach(home, room, degrees=36)
    post(home, NOON)
    critical = next(told["alert"] for told in home.told() if told["watch"] == "too-hot")
    assert {one["alert"] for one in ends.phones.messages if one["way"] == "push"} == {critical}, "what it opens is in it"
    assert ends.count() == {"mail": 2, "push": 2, "line": 1, "sms": 1}  # two browsers; the mail also has the warning
    outcomes = dict(zip([told["watch"] for told in home.told()], [dict(ways) for _, ways in log(home)], strict=True))
    assert outcomes["too-hot"] == {"mail": "sent", "push": "sent", "line": "sent", "sms": "sent"}
    assert outcomes["hot"] == {"mail": "sent"}


def test_the_months_messages_of_line_are_used_up(home: Home, room: str, ends: FarEnds) -> None:
    home.add(NOON, "mai", "line", "mail", email="mai@example.com")
    reach(home, "mai", line="U1")
    ends.phones.quota = 0
    breach(home, room)
    post(home, NOON)
    assert ends.count() == {"mail": 1}
    assert sorted(log(home)[0][1]) == [("line", "no_quota"), ("mail", "sent")]


def test_a_browser_that_is_no_more_is_forgotten_and_the_others_are_told(home: Home, room: str, ends: FarEnds) -> None:
    gone, there = browser(ends, "gone"), browser(ends, "there")
    home.add(NOON, "mai", "push")
    reach(home, "mai", push=[gone, there])
    ends.phones.close_browser(gone["endpoint"].rsplit("/", 1)[1])
    breach(home, room)
    post(home, NOON)
    assert log(home) == [("mai", [("push", "sent")])]
    known = people_rows.load(home.store, home.contract).reach["mai"]["push"]
    assert [one["id"] for one in known] == ["there"]


def test_nobody_left_to_reach_by_push_falls_to_the_next(home: Home, room: str, ends: FarEnds) -> None:
    gone = browser(ends)
    home.add(NOON, "mai", "push", "sms")
    reach(home, "mai", push=[gone], phone="+819012345678")
    ends.phones.close_browser(gone["endpoint"].rsplit("/", 1)[1])
    breach(home, room)
    post(home, NOON)
    assert sorted(log(home)[0][1]) == [("push", "gone"), ("sms", "sent")]
    ((number, text),) = ends.sms()
    assert number == "+819012345678"
    assert text.startswith("【みまもり・注意】")


def test_what_nobody_takes_now_comes_again_until_somebody_does(
    home: Home, room: str, ends: FarEnds, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.add(NOON, "mai", "line")
    reach(home, "mai", line="U1")
    breach(home, room)
    with monkeypatch.context() as broken:
        broken.setattr(ends.phones, "take_line", lambda headers, body: (503, {}))
        post(home, NOON)
    assert log(home) == [("mai", [("line", "failed")])]
    assert len([one for one in outbox.leftovers(home.store, at("2099-01-01T00:00")) if one.kind == "told"]) == 1
    post(home, later(NOON, 15))
    assert ends.count() == {"line": 1}
    assert log(home) == [("mai", [("line", "sent")])]


def test_a_message_in_each_persons_language(home: Home, room: str, ends: FarEnds) -> None:
    home.add(NOON, "mai", "mail", email="mai@example.com", language="en")
    home.add(NOON, "ken", "mail", email="ken@example.com")
    breach(home, room)
    post(home, NOON)
    starts = sorted((key.rsplit("#", 1)[1], subject.split("】")[0].split("]")[0]) for key, subject in ends.mail())
    assert starts == [("ken", "【みまもり・注意"), ("mai", "[Mimamori, warning")]


# gathered


def prefer(home: Home, person: str, **wishes: Any) -> None:
    reach(home, person, **wishes)


def test_one_message_a_day_for_whoever_wants_that_and_what_is_critical_at_once(home: Home, room: str, ends: FarEnds) -> None:
    home.add("2025-08-01T09:00", "mai", "line")
    prefer(home, "mai", line="U1", digest="18:00")
    breach(home, room, "2025-08-01T12:00", 31)
    breach(home, room, "2025-08-01T12:10", 29)
    breach(home, room, "2025-08-01T17:59", 36)  # opens both again
    post(home, "2025-08-01T17:59")
    (urgent,) = ends.line()
    assert urgent.startswith("【みまもり・至急】")
    waits = {told["watch"]: told["waits_until"] for told in home.told()}
    assert waits == {"hot": "2025-08-01T09:00:00Z", "too-hot": None}  # 18:00 in Japan
    home.tick("2025-08-01T18:00")
    assert {told["waits_until"] for told in home.told()} == {None}
    assert len(ends.line()) == 2
    assert "3" in ends.line()[1].split("\n")[0]  # opened, closed, opened
    assert [line[:12] for line in ends.line()[1].split("\n")[1:4]] == ["・08/01 12:00", "・08/01 12:10", "・08/01 17:59"]
    assert all(ways == [("line", "sent")] for _, ways in log(home))
    home.tick("2025-08-01T18:05")
    assert len(ends.line()) == 2


def test_beyond_the_number_of_a_day_the_rest_is_told_in_the_morning(home: Home, room: str, ends: FarEnds) -> None:
    home.add("2025-08-01T09:00", "mai", "line", quiet=["23:00", "08:30"])
    prefer(home, "mai", line="U1", daily_max=2)
    for minute in (0, 10, 20):
        breach(home, room, later(NOON, minute), 31)
        breach(home, room, later(NOON, minute + 5), 29)
    post(home, later(NOON, 30))
    assert len(ends.line()) == 2
    home.tick("2025-08-02T08:25")
    assert len(ends.line()) == 2
    home.tick("2025-08-02T08:30")  # their quiet hours end then
    assert len(ends.line()) == 3
    assert "4" in ends.line()[2].split("\n")[0]
    breach(home, room, "2025-08-02T09:00", 31)  # a new day, a new number
    post(home, "2025-08-02T09:00")
    assert len(ends.line()) == 4


def test_what_comes_late_because_of_us_is_one_message_for_each_person(home: Home, room: str, ends: FarEnds) -> None:
    home.add("2025-08-01T09:00", "mai", "line")
    home.add("2025-08-01T09:00", "ken", "line")
    reach(home, "mai", line="U1")
    reach(home, "ken", line="U2")
    for minute in range(3):
        breach(home, room, later(NOON, 10 * minute), 31)
        breach(home, room, later(NOON, 10 * minute + 5), 29)
    for entry in [one for one in outbox.leftovers(home.store, at("2099-01-01T00:00")) if one.kind == "told"]:
        outbox.left(home.store, entry)
        body = {**entry.body, "gather": "2025-08-01T03:40:00Z"}
        home.store.write(outbox.entry(home.store, "told", entry.id.split("#", 1)[1], entry.at, body))
    post(home, later(NOON, 30))
    assert ends.count() == {}
    home.tick("2025-08-01T12:40")
    assert [text.split("\n")[0] for text in ends.line()] == ["【みまもり】お知らせが6件あります"] * 2
    assert sorted(one["to"] for one in ends.phones.messages) == ["U1", "U2"]


def test_somebody_who_was_taken_away_meanwhile_hears_nothing(home: Home, room: str, ends: FarEnds) -> None:
    home.add("2025-08-01T09:00", "mai", "line")
    prefer(home, "mai", line="U1", digest="18:00")
    breach(home, room)
    post(home, NOON)
    people.remove(home.store, at(NOON), home.contract, "mai")
    home.tick("2025-08-01T18:00")
    assert ends.count() == {}
    assert not [one for one in outbox.leftovers(home.store, at("2099-01-01T00:00")) if one.kind == "gathered"]
