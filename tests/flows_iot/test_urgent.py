"""Urgent messages: alone and at once, the same as through the queue, and none lost when something fails."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import boto3
import pytest

from chalicelib import settings
from chalicelib.errors import StoreError
from chalicelib.flows import readings
from chalicelib.gateways import clients, queue
from chalicelib.store import devices as rows
from tests.flows.world import at
from tests.flows_iot.home import Home, record

NOW = "2025-08-01T10:00"
SOS = {"metric": "sos", "value": True, "measured_at": at(NOW).isoformat(), "seq": 1}


@pytest.fixture
def waiting(surroundings: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The readings queue, empty."""
    url: str = boto3.client("sqs", region_name="ap-northeast-1").create_queue(QueueName="readings-behind-urgent")["QueueUrl"]
    monkeypatch.setenv("READINGS_QUEUE_URL", url)
    settings.current.cache_clear()
    clients.forget()
    yield url
    monkeypatch.undo()
    settings.current.cache_clear()


def button(home: Home, name: str) -> str:
    device = f"{name}-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device, "call-button")
    home.watch("2025-08-01T09:01", device, "sos", kind="event", metric="sos", equals=True)
    return device


def pressed(device: str) -> Any:
    """What the rule of urgent messages gives its function."""
    return json.loads(record(NOW, device, SOS, batch="press-1")["body"])


def held_back(url: str) -> list[dict[str, Any]]:
    client = boto3.client("sqs", region_name="ap-northeast-1")
    found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
    return [{"messageId": one["MessageId"], "body": one["Body"], "attributes": one["Attributes"]} for one in found]


def test_a_call_for_help_opens_its_alert_without_a_queue(home: Home, waiting: str) -> None:
    device = button(home, "u")
    assert readings.urgent(home.store, pressed(device), at(NOW)) == {"queued": False}
    (alert,) = home.alerts()
    assert (alert["watch"], alert["opened_at"], alert["value"]) == ("sos", "2025-08-01T01:00:00Z", True)
    assert held_back(waiting) == []


def test_the_same_reading_through_both_doors_counts_once(home: Home, waiting: str) -> None:
    device = button(home, "both")
    readings.urgent(home.store, pressed(device), at(NOW))
    home.hear("2025-08-01T10:01", device, SOS, batch="press-1")
    home.hear(
        "2025-08-01T10:02", device, SOS, {**SOS, "value": False, "seq": 0, "measured_at": at("2025-08-01T09:50").isoformat()}
    )
    readings.urgent(home.store, pressed(device), at(NOW))
    assert [alert["closed_at"] for alert in home.alerts()] == [None]
    assert home.held(device).device.openings == 1


@pytest.mark.parametrize("where", ["load_many", "write_history", "change"])
def test_what_fails_waits_in_the_readings_queue_and_is_taken_in_from_there(
    home: Home, waiting: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = button(home, where.replace("_", "-"))

    def broken(*_: Any, **__: Any) -> Any:
        raise StoreError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(rows, where, broken)
        assert readings.urgent(home.store, pressed(device), at(NOW)) == {"queued": True}
    assert readings.work(home.store, {"Records": held_back(waiting)}, at("2025-08-01T10:03")) == {"batchItemFailures": []}
    (alert,) = home.alerts()
    assert alert["opened_at"] == "2025-08-01T01:00:00Z"  # when it came, not when it was taken in at last


def test_when_not_even_the_queue_answers_lambda_is_told(home: Home, waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    device = button(home, "dark")

    def broken(*_: Any, **__: Any) -> Any:
        raise StoreError("no answer")

    monkeypatch.setattr(rows, "load_many", broken)
    monkeypatch.setattr(queue.Queue, "send", broken)
    with pytest.raises(StoreError):
        readings.urgent(home.store, pressed(device), at(NOW))


@pytest.mark.parametrize("left_by", ["lambda", "rule"])
def test_what_lambda_or_the_rule_left_in_the_queue_is_read(home: Home, left_by: str) -> None:
    device = button(home, f"left-{left_by}")
    event = pressed(device)
    if left_by == "lambda":
        body = {"version": "1.0", "requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
    else:
        failures = [{"failedAction": "LambdaAction", "failedResource": "urgent"}]
        body = {"ruleName": "urgent", "topic": f"mimamori/test/{device}/urgent", "failures": failures}
        body["base64OriginalPayload"] = event["payload"]
    sent = {"SentTimestamp": str(int(at(NOW).timestamp() * 1000))}
    left = {"messageId": "m", "body": json.dumps(body), "attributes": sent}
    assert readings.work(home.store, {"Records": [left]}, at("2025-08-01T10:05")) == {"batchItemFailures": []}
    assert [(alert["device"], alert["opened_at"]) for alert in home.alerts()] == [(device, "2025-08-01T01:00:00Z")]


def test_an_urgent_message_that_nobody_can_read_goes_to_the_operators(home: Home, waiting: str) -> None:
    event = {**pressed("button-nobody"), "payload": b64encode(b"help!").decode()}
    assert readings.urgent(home.store, event, at(NOW)) == {"queued": False}
    (shown,) = home.aside(NOW, device="button-nobody")
    assert shown["reason"] == "not_json"
    assert held_back(waiting) == []
