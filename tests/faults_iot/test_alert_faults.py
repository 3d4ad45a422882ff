"""What people do about alerts, under bad luck: close, answer, maintenance, questions. Then two answers in every order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.flows import alerts, answering, maintenance, outbox, people, telling
from chalicelib.store import devices as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import Baton, Snapshot, every_order
from tests.faults_iot.test_watching_faults import enumerate_faults, without_versions
from tests.flows.world import at
from tests.flows_iot.home import Home, heat

ROOM = "room-of-faults"


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No waiting, the same secret every time, and a public address."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(telling.secrets, "token_urlsafe", lambda size: "s" * size)
    monkeypatch.setenv("PUBLIC_URL", "https://api.example.com")
    for module in (rows, waiting):
        monkeypatch.setattr(module, "SHARDS", 2)
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


@pytest.fixture(scope="module")
def start(store: Store, surroundings: str) -> tuple[Home, Snapshot]:
    """A hot room; the father was asked at 10:00, the daughter is told at 10:15."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rows, waiting):
            patch.setattr(module, "SHARDS", 2)
        home = Home(store)
        home.claim("2025-08-01T09:00", ROOM)
        home.add("2025-08-01T09:00", "father", email="taro@example.com")
        home.add("2025-08-01T09:00", "daughter", email="hanako@example.com")
        steps = [{"after_minutes": 0, "to": ["father"], "ask": True}, {"after_minutes": 15, "to": ["daughter"]}]
        people.set_escalation(home.store, home.contract, steps)
        home.watch("2025-08-01T09:00", ROOM, "hot", kind="threshold", metric="temperature", above=30)
        for row in list(waiting.leftovers(store, at("2030-01-01T00:00"))):
            waiting.left(store, row)
        patch.setattr(telling.secrets, "token_urlsafe", lambda size: "s" * size)
        home.hear("2025-08-01T10:00", ROOM, heat(31), batch="hot")
    return home, Snapshot()


@pytest.fixture
def home(start: tuple[Home, Snapshot]) -> Home:
    start[1].restore()
    return start[0]


def alert(home: Home) -> str:
    (one,) = home.alerts()
    return str(one["alert"])


def told(home: Home) -> list[tuple[str, str]]:
    return [(one["person"], one["kind"]) for one in home.told()]


def token(home: Home) -> str:
    entries = [entry for entry in waiting.leftovers(home.store, at("2030-01-01T00:00")) if entry.kind == "told"]
    link: str = answering.with_link(home.store, entries[0].body, "father")["link"]
    return link.rsplit("/", 1)[1]


def test_closing_with_a_reason(home: Home) -> None:
    id = alert(home)
    body = {"reason": "visited", "note": "確かめた"}
    enumerate_faults(lambda: alerts.close(home.store, at("2025-08-01T10:05"), home.asked("c"), "family", id, body))
    (one,) = home.alerts()
    assert (one["closed_by"], one["close_reason"], told(home)) == ("family", "visited", [("father", "asked")])


def test_answering_in_the_app(home: Home) -> None:
    id = alert(home)
    enumerate_faults(lambda: alerts.answer(home.store, at("2025-08-01T10:05"), home.asked("a"), "watched", id, {}))
    home.tick("2025-08-01T10:15")
    assert told(home) == [("father", "asked")]


def test_answering_by_the_link(home: Home) -> None:
    link = token(home)
    enumerate_faults(lambda: answering.by_link(home.store, at("2025-08-01T10:05"), link))
    assert (home.alerts()[0]["acknowledged_by"], home.alerts()[0]["answered"]) == ("father", True)


def test_a_question_that_leaves(home: Home) -> None:
    """However often it is tried, the link is one and the same, and the question leaves."""
    (entry,) = [one for one in waiting.leftovers(home.store, at("2030-01-01T00:00")) if one.kind == "told"]
    event = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}

    def without_tries(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """How often an outbox entry failed, and how a channel's attempt ended when the reply was lost, may differ."""
        return {name: {key for key in table if not key.startswith("reached#")} for name, table in found.items()}

    enumerate_faults(lambda: outbox.deliver(home.store, event, at("2025-08-01T10:01")), without_tries)
    assert answering.asked_by(home.store, at("2025-08-01T10:02"), _link(home, entry))["wanted"]


def _link(home: Home, entry: waiting.Entry) -> str:
    link: str = answering.with_link(home.store, entry.body, "father")["link"]
    return link.rsplit("/", 1)[1]


def test_nobody_answers(home: Home) -> None:
    enumerate_faults(lambda: home.tick("2025-08-01T10:15"), without_versions)
    assert told(home) == [("father", "asked"), ("daughter", "opened")]


def test_maintenance_begins_and_ends(home: Home) -> None:
    def both() -> None:
        body = {"until": at("2025-08-01T11:00")}
        maintenance.begin(home.store, at("2025-08-01T10:05"), home.contract, ROOM, "family", body)

    enumerate_faults(both, without_versions)
    home.tick("2025-08-01T10:15")
    assert told(home) == [("father", "asked")]
    enumerate_faults(lambda: maintenance.end(home.store, at("2025-08-01T10:31"), home.contract, ROOM), without_versions)
    home.tick("2025-08-01T10:35")
    assert told(home) == [("father", "asked"), ("daughter", "opened")]


def test_an_answer_and_the_tick_that_would_wake_the_family_in_every_order(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either the answer was first, and nobody is woken, or the tick was. Never half of each, and the answer is never lost."""
    monkeypatch.setattr("chalicelib.flows.outbox.sweep", lambda store, now: {})
    link = token(home)
    before = Snapshot()
    endings = set()

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(
            lambda: answering.by_link(home.store, at("2025-08-01T10:15"), link),
            lambda: home.tick("2025-08-01T10:15") and None,
        )
        assert results == [None, None]
        (one,) = home.alerts()
        assert one["acknowledged_by"] == "father"
        endings.add(tuple(told(home)))

    assert every_order(run) > 5
    asked = ("father", "asked")
    assert endings <= {(asked,), (asked, ("daughter", "opened"))} and endings
