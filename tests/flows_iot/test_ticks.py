"""What time alone brings about: silence, inactivity, escalation, quiet hours; and an index that holds only who waits."""

from __future__ import annotations

import pytest

from chalicelib.flows import alerts, outbox, people, watches
from chalicelib.store import devices as rows
from tests.flows.world import at
from tests.flows_iot.home import Home, heat


def silent_home(home: Home, name: str) -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "offline", kind="silence", after_minutes=60)
    return device


def due(home: Home, until: str) -> list[str]:
    from chalicelib.iot.reading import to_millis

    return [device for device, item in rows.due(home.store, to_millis(at(until))) if item == "device"]


@pytest.mark.rule("STN-EQP-5")
def test_silence_opens_at_the_tick_and_closes_with_the_next_reading(home: Home) -> None:
    device = silent_home(home, "s")
    home.tick("2025-08-01T09:55")
    assert home.alerts() == []
    home.tick("2025-08-01T10:00")
    assert [alert["opened_at"] for alert in home.alerts()] == ["2025-08-01T01:00:00Z"]
    home.tick("2025-08-01T10:00")
    home.tick("2025-08-01T10:05")
    assert len(home.alerts()) == 1
    home.hear("2025-08-01T10:07", device, heat(None))
    assert [alert["closed_at"] for alert in home.alerts()] == ["2025-08-01T01:07:00Z"]


def test_the_index_holds_only_devices_that_wait_for_something(home: Home) -> None:
    device = f"plain-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T09:10", device, heat(20))
    assert device not in due(home, "2030-01-01T00:00")
    home.watch("2025-08-01T09:20", device, "offline", kind="silence", after_minutes=60)
    assert device in due(home, "2025-08-01T10:10")
    watches.remove(home.store, at("2025-08-01T09:30"), home.contract, device, "offline")
    assert device not in due(home, "2030-01-01T00:00")


def test_a_home_that_speaks_keeps_its_place_until_a_tick_moves_it(home: Home) -> None:
    device = silent_home(home, "talks")
    place = home.held(device).due_at
    for minute in (10, 20, 30):
        home.hear(f"2025-08-01T09:{minute}", device, heat(20))
    assert home.held(device).due_at == place
    home.tick("2025-08-01T10:00")
    assert home.alerts() == []
    assert device not in due(home, "2025-08-01T10:25")
    assert device in due(home, "2025-08-01T10:30")


def test_an_acknowledgement_stops_the_escalation_and_a_snooze_holds_it(home: Home) -> None:
    device = f"steps-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    for name in ("daughter", "son"):
        home.add("2025-08-01T09:00", name)
    steps = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 15, "to": ["son"]}]
    people.set_escalation(home.store, home.contract, steps)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:00", device, heat(31))
    (alert,) = home.alerts()
    alerts.snooze(home.store, at("2025-08-01T10:05"), home.asked(), alert["alert"], {"minutes": 20, "person": "daughter"})
    home.tick("2025-08-01T10:15")
    home.tick("2025-08-01T10:20")
    assert [told["person"] for told in home.told()] == ["daughter"]
    home.tick("2025-08-01T10:25")
    assert [told["person"] for told in home.told()] == ["daughter", "son"]
    home.hear("2025-08-01T11:00", device, heat(20))
    home.hear("2025-08-01T12:00", device, heat(31))
    alert = home.alerts()[-1]
    alerts.acknowledge(home.store, at("2025-08-01T12:01"), home.asked(), "contractor", alert["alert"], {"person": "daughter"})
    home.tick("2025-08-01T12:15")
    assert [told["person"] for told in home.told()][-1] == "daughter"
    assert home.alerts()[-1]["acknowledged_by"] == "daughter"


def test_an_alert_reaches_the_familys_mailbox_once(home: Home) -> None:
    silent_home(home, "mail")
    home.add("2025-08-01T09:00", "daughter", "mail", "line", email="hanako@example.jp", language="en")
    home.add("2025-08-01T09:00", "son", "mail")  # nobody knows his address
    home.tick("2025-08-01T10:00")
    entries = [row for row in _outbox(home) if row.kind == "told" and row.body["contract"] == home.contract]
    assert [entry.body["people"] for entry in entries] == [["daughter", "son"]]
    before = _sent()
    for _ in range(2):  # the stream delivers twice
        outbox.deliver(home.store, _event(entries[0]), at("2025-08-01T10:01"))
    assert _sent() == before + 1
    assert [row for row in _outbox(home) if row.body.get("contract") == home.contract and row.kind == "told"] == []


def test_closing_by_hand_starts_the_count_anew(home: Home) -> None:
    device = silent_home(home, "hand")
    home.tick("2025-08-01T10:00")
    (alert,) = home.alerts()
    closed = alerts.close(home.store, at("2025-08-01T10:02"), home.asked(), "contractor", alert["alert"], {"reason": "visited"})
    assert closed["closed_at"] == "2025-08-01T01:02:00Z"
    home.tick("2025-08-01T10:05")
    assert len(home.alerts()) == 1
    home.tick("2025-08-01T11:05")
    assert len(home.alerts()) == 2
    assert home.held(device).device.alerts[0].is_open


def _outbox(home: Home) -> list[outbox.Entry]:
    from chalicelib.store import outbox as waiting

    return list(waiting.leftovers(home.store, at("2030-01-01T00:00")))


def _event(entry: outbox.Entry) -> dict[str, object]:
    record = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
    return {"Records": [record]}


def _sent() -> int:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.ses.models import ses_backends

    return len(ses_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].sent_messages)


def test_a_tick_that_opens_more_than_one_transaction_holds_opens_all_of_them(home: Home) -> None:
    device = f"many-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    for person in ("daughter", "son", "neighbour"):
        home.add("2025-08-01T09:00", person, "mail")
    for number in range(20):
        home.watch("2025-08-01T09:00", device, f"quiet-{number:02d}", kind="silence", after_minutes=60)
    home.tick("2025-08-01T10:00")
    opened = [alert for alert in home.alerts() if alert["device"] == device]
    assert [alert["watch"] for alert in opened] == [f"quiet-{number:02d}" for number in range(20)]
    assert {alert["opened_at"] for alert in opened} == {"2025-08-01T01:00:00Z"}
    assert len([told for told in home.told() if told["device"] == device]) == 60
