"""A home for flows: a contract, its devices and people, messages as the queue brings them, and ticks at five minutes."""

from __future__ import annotations

import itertools
import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import boto3

from chalicelib.flows import alert_log, claiming, people, readings, set_aside, ticks, watches
from chalicelib.flows.asked import Asked
from chalicelib.gateways import clients
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices as rows
from chalicelib.store.transact import Store
from tests.flows.world import HANA, World, at

_numbers = itertools.count(1)
Json = dict[str, Any]


def readings_queue() -> Any:
    """The queue of readings, in moto, named by the settings."""
    client = boto3.client("sqs", region_name="ap-northeast-1")
    url = client.create_queue(QueueName=f"readings-{next(_numbers)}")["QueueUrl"]
    clients.forget()
    return url


class Home:
    """What the tests of readings act on."""

    def __init__(self, store: Store, contract: str = "") -> None:
        self.store = store
        self.contract = contract or World(store).apply("2025-07-01T10:00", key=f"home-{next(_numbers)}")["id"]

    def asked(self, key: str = "", print_: str = "same") -> Asked:
        return Asked(self.contract, HANA.subject, key or f"n{next(_numbers)}", print_)

    def claim(self, when: str, device: str, model: str = "climate-sensor", **more: Any) -> Json:
        key = more.pop("key", "")
        return claiming.claim(self.store, at(when), self.asked(key), {"device": device, "model": model, **more})

    def watch(self, when: str, device: str, name: str, **settings: Any) -> Json:
        return watches.put(self.store, at(when), self.contract, device, name, {"level": "warning", **settings})

    def add(self, when: str, person: str, *channels: str, key: str = "", **more: Any) -> Json:
        body = {"person": person, "role": "family", "channels": list(channels or ("mail",)), **more}
        return people.add(self.store, at(when), self.asked(key), body)

    def tick(self, when: str) -> Json:
        return ticks.tick(self.store, at(when))

    def hear(self, when: str, device: str, *given: Json, batch: str = "") -> Json:
        return readings.work(self.store, {"Records": [record(when, device, *given, batch=batch)]}, at(when))

    def alerts(self, **how: Any) -> list[Json]:
        return alert_log.listing(self.store, self.contract, **how)["items"]

    def aside(self, when: str = "2025-08-01T12:00", **how: Any) -> list[Json]:
        """What was set aside, of all homes."""
        return set_aside.listing(self.store, at(when), limit=100, **how)["items"]

    def told(self) -> list[Json]:
        return alert_log.told(self.store, self.contract)["items"]

    def held(self, device: str) -> rows.Held:
        held = rows.load(self.store, device)
        assert held is not None
        return held


def heat(value: Any, **more: Any) -> Json:
    return {"metric": "temperature", "value": value, **more}


def record(when: str, device: str, *given: Json, batch: str = "", id: str = "") -> Json:
    """One SQS record, as the IoT rule leaves it."""
    number = next(_numbers)
    message = {"v": 1, "batch": batch or f"b{number}", "readings": list(given)}
    return {"messageId": id or f"m{number}", "body": handed_over(json.dumps(message), device, to_millis(at(when)))}


def handed_over(payload: str, device: str = "x", received_at: int = 1) -> str:
    """What the IoT rule makes of a device's payload."""
    sealed = b64encode(payload.encode()).decode()
    return json.dumps({"payload": sealed, "device": device, "received_at": received_at})


def later(when: str, minutes: float) -> str:
    return (datetime.fromisoformat(when) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")
