"""The history through its doors: what people get, as whom, and how it looks on the wire."""

from __future__ import annotations

import csv
import io
import json
from base64 import b64encode

import pytest

from chalicelib.api import house
from chalicelib.flows import readings
from chalicelib.iot.reading import to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import devices, people

from .test_life import APPLICATION


@pytest.fixture(scope="module")
def home(browser) -> str:
    """A contract with a climate sensor that measured once; answers the path of the sensor."""
    answer = browser.post("/v1/local/clock", {"at": "2025-08-01T10:00", "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body
    contract = browser.post("/v1/contracts", APPLICATION, who="hana").json_body["id"]
    store, now = house.store(), house.now()
    store.commit([devices.new(store, Device("room", contract, "climate-sensor", to_millis(now), order=1, version=1))])
    store.commit([people.write(store, contract, people.People(), people.People(devices=("room",)))])
    message = {"v": 1, "batch": "b", "readings": [{"metric": "temperature", "value": 21.5}]}
    sealed = b64encode(json.dumps(message).encode()).decode()
    body = json.dumps({"payload": sealed, "device": "room", "received_at": to_millis(now)})
    assert readings.work(store, {"Records": [{"messageId": "m", "body": body}]}, now) == {"batchItemFailures": []}
    return f"/v1/contracts/{contract}/devices/room"


def test_the_history_of_a_day(browser, home: str) -> None:
    seen = browser.get(f"{home}/history?by=quarter&metric=temperature", who="hana").json_body
    (item,) = seen["items"]
    assert (item["day"], seen["metrics"]["temperature"]["unit"]) == ("2025-08-01", "°C")
    assert item["metrics"]["temperature"]["quarters"][0]["mean"] == 21.5
    assert browser.get(f"{home}/history", who="mei").status_code == 404
    wrong = browser.get(f"{home}/history?from=2020-01-01", who="hana", accept_language="en")
    assert (wrong.status_code, wrong.json_body["field"]) == (400, "from")


def test_the_history_as_a_file(browser, home: str) -> None:
    answer = browser.get(f"{home}/history.csv?by=reading", who="hana")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="room-reading.csv"'
    body = answer.body.decode() if isinstance(answer.body, bytes) else answer.body
    (line,) = csv.DictReader(io.StringIO(body))
    assert (line["measured_at"], line["value"]) == ("2025-08-01 10:00:00", "21.5")


def test_a_diary_that_the_device_does_not_keep(browser, home: str) -> None:
    for diary in ("sleep", "vitals", "energy"):
        assert browser.get(f"{home}/{diary}", who="hana").status_code == 404


def test_erasing_is_said_once_and_repeatable(browser, home: str) -> None:
    first = browser.post(f"{home}/history/erase", {"kinds": ["room"]}, who="hana", idempotency_key="gone")
    assert (first.status_code, first.json_body["kinds"]) == (200, ["room"])
    again = browser.post(f"{home}/history/erase", {"kinds": ["room"]}, who="hana", idempotency_key="gone")
    assert (again.status_code, again.body) == (200, first.body)
    assert browser.get(f"{home}/history", who="hana").json_body["items"] == []
