"""Ask the person first: the question leaves with a one-time link, and an answer, however it comes, wakes nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from chalicelib import settings
from chalicelib.errors import NotFound
from chalicelib.flows import alert_log, alerts, answering, outbox, people
from chalicelib.store import outbox as waiting
from tests.flows.world import at
from tests.flows_iot.home import Home, heat


@pytest.fixture(autouse=True)
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLIC_URL", "https://api.example.com/api/")
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


def asking_home(home: Home, name: str, level: str = "warning") -> str:
    """A room of a father who is asked first; his daughter hears of it fifteen minutes later."""
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter", email="hanako@example.com", language="en")
    home.add("2025-08-01T09:00", "father", email="taro@example.com")
    steps = [{"after_minutes": 0, "to": ["father"], "ask": True}, {"after_minutes": 15, "to": ["daughter"]}]
    shown = people.set_escalation(home.store, home.contract, steps)
    assert shown["steps"] == steps
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30, level=level)
    home.hear("2025-08-01T10:00", device, heat(31))
    return device


def question(home: Home) -> waiting.Entry:
    found = [row for row in waiting.leftovers(home.store, at("2030-01-01T00:00")) if row.kind == "told"]
    (entry,) = [row for row in found if row.body["contract"] == home.contract and row.body["kind"] == "asked"]
    return entry


def token_of(home: Home) -> str:
    body = answering.with_link(home.store, question(home).body, "father")
    found = re.fullmatch(r"https://api\.example\.com/api/v1/answers/([A-Za-z0-9_-]{32})", body["link"])
    assert found is not None
    return found.group(1)


def told(home: Home) -> list[tuple[str, str]]:
    return [(one["person"], one["kind"]) for one in home.told()]


def test_the_link_answers_once_and_the_family_sleeps_on(home: Home) -> None:
    asking_home(home, "link")
    token = token_of(home)
    assert token == token_of(home)  # a second try sends the same link
    shown = answering.asked_by(home.store, at("2025-08-01T10:01"), token)
    assert shown["wanted"] and shown["sentence"]["ja"].startswith("温湿度センサー: 室温が 31°C")
    assert home.alerts()[0]["acknowledged_by"] is None  # a scanner looked, and nothing happened
    for minute in (5, 6):
        answering.by_link(home.store, at(f"2025-08-01T10:0{minute}"), token)
    home.tick("2025-08-01T10:15")
    assert told(home) == [("father", "asked")]
    (alert,) = home.alerts()
    assert (alert["acknowledged_by"], alert["answered"]) == ("father", True)
    assert alert["followed"] == [
        {"ja": "10時5分にfatherさんが「大丈夫」と答えました", "en": "father answered “I am fine” at 10:05"}
    ]
    assert not answering.asked_by(home.store, at("2025-08-01T10:20"), token)["wanted"]


def test_nobody_answers_and_the_family_is_told(home: Home) -> None:
    asking_home(home, "no")
    home.tick("2025-08-01T10:15")
    assert told(home) == [("father", "asked"), ("daughter", "opened")]


def test_a_token_is_nobodys_and_none_lasts_for_ever(home: Home) -> None:
    asking_home(home, "late")
    token = token_of(home)
    for wrong, when in (("A" * 32, "2025-08-01T10:05"), (token, "2025-08-03T10:00")):
        with pytest.raises(NotFound):
            answering.asked_by(home.store, at(when), wrong)
        with pytest.raises(NotFound):
            answering.by_link(home.store, at(when), wrong)
    assert home.alerts()[0]["acknowledged_by"] is None
    answering.by_link(home.store, at("2025-08-03T09:59"), token)
    assert home.alerts()[0]["acknowledged_by"] == "father"


def test_no_table_holds_what_could_answer(home: Home) -> None:
    asking_home(home, "hash")
    entry = question(home)
    token = token_of(home)
    waiting.left(home.store, entry)
    rows = [
        str(row)
        for table in (home.store.alerts, home.store.devices)
        for row in home.store.client.scan(TableName=table)["Items"]
    ]
    assert rows and not any(token in row or entry.body["secret"] in row for row in rows)


def test_without_a_public_address_the_message_says_to_answer_in_the_app(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.flows import telling

    asking_home(home, "app")
    body = question(home).body
    with_link = telling.words(answering.with_link(home.store, body, "father"), "ja")[1]
    monkeypatch.setenv("PUBLIC_URL", "")
    settings.current.cache_clear()
    subject, without = telling.words(answering.with_link(home.store, body, "father"), "ja")
    assert "https://api.example.com/api/v1/answers/" in with_link
    assert "https://" not in without and "アプリ" in without
    assert subject == "【みまもり】お変わりありませんか"


def test_an_answer_in_the_app_is_by_whom_was_asked(home: Home) -> None:
    asking_home(home, "api")
    (alert,) = home.alerts()
    answer = alerts.answer(home.store, at("2025-08-01T10:05"), home.asked("a"), "contractor", alert["alert"], {})
    assert alerts.answer(home.store, at("2025-08-01T10:09"), home.asked("a"), "contractor", alert["alert"], {}) == answer
    assert (answer["acknowledged_by"], answer["answered"], answer["acknowledged_at"]) == (
        "father",
        True,
        "2025-08-01T01:05:00Z",
    )


def press(home: Home, button: str, when: str, **more: object) -> None:
    home.hear(when, button, {"metric": "fine", "value": True, **more})
    for entry in list(waiting.leftovers(home.store, at("2030-01-01T00:00"))):
        if entry.kind == "fine" and entry.body["contract"] == home.contract:
            for _ in range(2):  # the stream delivers twice
                outbox.deliver(
                    home.store,
                    {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]},
                    at(when),
                )


def test_the_button_on_the_table_answers_for_every_room(home: Home) -> None:
    asking_home(home, "button")
    button = f"b-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", button, "call-button")
    press(home, button, "2025-08-01T10:08")
    (alert,) = home.alerts()
    assert (alert["acknowledged_by"], alert["answered"], alert["acknowledged_at"]) == ("father", True, "2025-08-01T01:08:00Z")
    home.tick("2025-08-01T10:15")
    assert told(home) == [("father", "asked")]


def test_a_press_from_before_the_question_answers_nothing(home: Home) -> None:
    asking_home(home, "stale")
    button = f"s-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", button, "call-button")
    press(home, button, "2025-08-01T10:08", measured_at="2025-08-01T09:30:00+09:00")  # it waited in the button
    assert home.alerts()[0]["acknowledged_by"] is None


def test_the_button_takes_back_its_own_call_and_no_other_alert_that_asked_nobody(home: Home) -> None:
    room, button = f"r-{home.contract[:6]}", f"c-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", room)
    home.claim("2025-08-01T09:00", button, "call-button")
    home.watch("2025-08-01T09:00", room, "hot", kind="threshold", metric="temperature", above=30)
    home.watch("2025-08-01T09:00", button, "sos", kind="event", metric="sos", equals=True, level="critical")
    home.hear("2025-08-01T10:00", room, heat(31))
    home.hear("2025-08-01T10:00", button, {"metric": "sos", "value": True})
    press(home, button, "2025-08-01T10:02")
    assert [(one["watch"], one["acknowledged_by"]) for one in home.alerts()] == [("hot", None), ("sos", "watched")]
    shown = alert_log.view(home.store, at("2025-08-05T12:00"), home.contract, home.alerts()[1]["alert"])
    assert shown["followed"][0]["ja"] == "10時2分にご本人が「大丈夫」と答えました"
