"""From a device's publish until its alert is stored, with the outbox entry of the same transaction, and until the mail left.

The whole stack, embedded, in a folder and on ports of its own: MQTT over mutual TLS, the IoT rule, the queue, the worker's
function, DynamoDB, the outbox's stream, SES. Times are of the wall clock, so a busy machine shows in them: they mean
something on an idle one. What is looked at, and how often, is small beside what is measured (a query every 2 ms).
"""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from fleet import identity
from fleet.buffer import Batch
from fleet.happenings import Connected, Delivered, Happening
from local import world
from local.client import Api
from local.stack import Places, running

Json = dict[str, Any]
SAMPLES = 100
WARM = 10
DEVICE = "latency-gateway"
_CYCLE_SECONDS = 1.1  # two messages: a device that says more than 120 a minute is taken for one that floods
_PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.002
_CONTRACT: Json = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "site": {"prefecture": "Tokyo", "country": "JP"},
    "contact": {"email": "latency-holder@example.com", "language": "en"},
    "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
}
_DAUGHTER = {"person": "daughter", "role": "family", "channels": ["mail"], "email": "latency@example.com", "language": "en"}
# An ordinary reading goes through the queue, an urgent one straight to its function. What opens an alert, and what closes it:
_VALUES: dict[str, tuple[float | bool, float | bool]] = {"temperature": (35.0, 20.0), "sos": (True, False)}
_WATCHES: dict[str, Json] = {
    "too-hot": {"kind": "threshold", "metric": "temperature", "above": 31, "level": "critical"},
    "sos": {"kind": "event", "metric": "sos", "equals": True, "level": "critical"},
}


def measure(samples: int = SAMPLES, warm: int = WARM) -> dict[str, float]:
    """Of so many alerts that opened; those of the first functions' starts are not counted."""
    with tempfile.TemporaryDirectory(prefix="mimamori-latency-") as folder, _house(Path(folder)) as house:
        ordinary = house.sampled(samples, warm, "temperature")
        urgent = house.sampled(max(samples // 4, 1), warm, "sos")
    return {
        "alert_latency_p50_ms": _percentile(ordinary.stored, 0.50),
        "alert_latency_p99_ms": _percentile(ordinary.stored, 0.99),
        "alert_to_mail_p50_ms": _percentile(ordinary.mailed, 0.50),
        "alert_to_mail_p99_ms": _percentile(ordinary.mailed, 0.99),
        "alert_latency_samples": len(ordinary.stored),
        "urgent_alert_latency_p50_ms": _percentile(urgent.stored, 0.50),
        "urgent_alert_latency_p99_ms": _percentile(urgent.stored, 0.99),
        "urgent_alert_to_mail_p50_ms": _percentile(urgent.mailed, 0.50),
        "urgent_alert_to_mail_p99_ms": _percentile(urgent.mailed, 0.99),
    }


class _Samples(NamedTuple):
    """Milliseconds from publish to stored, and from publish to mailed, of alerts that opened."""

    stored: list[float]
    mailed: list[float]


class _House:
    """A stage with one contract, one daughter and one device that is connected."""

    def __init__(self, here: world.World, folder: Path) -> None:
        from fleet.uplink import Uplink

        self._dynamo = here.stack.client("dynamodb")
        self._mails = f"{here.stack.endpoint}/_ministack/ses/messages"
        operator = Api(here.api, here.token("operator"))
        self._contract = operator.post("/v1/contracts", _CONTRACT, "latency-contract")["id"]
        path = f"/v1/contracts/{self._contract}"
        operator.post(f"{path}/people", _DAUGHTER, "latency-daughter")
        claim = operator.post(f"{path}/devices", {"device": DEVICE, "model": "gateway"}, "latency-device")
        for watch, settings in _WATCHES.items():
            operator.put(f"{path}/devices/{DEVICE}/watches/{watch}", settings)
        file = identity.write(
            folder,
            device=DEVICE,
            stage=world.STAGE,
            endpoint="localhost",
            port=here.stack.places.mqtt_port,
            certificate_pem=claim["certificate"],
            key_pem=claim["private_key"],
            ca_pem=(here.stack.places.folder / "iot-ca.pem").read_text(),
        )
        self._told: SimpleQueue[Happening] = SimpleQueue()
        self._uplink = Uplink(identity.load(file), self._told, (0.1, 1.0))
        self._uplink.start()
        self._wait_for(Connected)
        self._seq = 0

    def stop(self) -> None:
        self._uplink.stop()

    def sampled(self, samples: int, warm: int, metric: str) -> _Samples:
        """So many alerts one after the other, each closed again; the `warm` ones before them are not counted."""
        found = _Samples([], [])
        for number in range(samples + warm):
            next_at = time.perf_counter() + _CYCLE_SECONDS
            stored, mailed = self._open_and_close(metric)
            time.sleep(max(0.0, next_at - time.perf_counter()))
            if number >= warm:
                found.stored.append(stored * 1000)
                found.mailed.append(mailed * 1000)
        return found

    def _open_and_close(self, metric: str) -> tuple[float, float]:
        alerts, mails = self._alerts(), self._left()
        began = self._publish(metric, _VALUES[metric][0])
        stored = self._until(lambda: self._alerts() > alerts) - began
        mailed = self._until(lambda: self._left() > mails) - began
        self._publish(metric, _VALUES[metric][1])
        self._until(lambda: self._left() > mails + 1)
        return stored, mailed

    def _publish(self, metric: str, value: float | bool) -> float:
        """Sends one reading and waits for the broker; answers when it left."""
        self._seq += 1
        reading = {"metric": metric, "value": value, "measured_at": int(time.time() * 1000), "seq": self._seq}
        body = json.dumps({"v": 1, "batch": f"latency-{self._seq}", "readings": [reading]}).encode()
        began = time.perf_counter()
        self._uplink.publish(Batch(f"latency-{self._seq}", body, 1, urgent=metric == "sos"))
        self._wait_for(Delivered)
        return began

    def _wait_for(self, kind: type[Happening]) -> None:
        while not isinstance(happening := self._told.get(timeout=_PATIENCE_SECONDS), kind):
            print(f"latency: {happening}", flush=True)

    def _alerts(self) -> int:
        """How many alerts the contract has in the table."""
        found = self._dynamo.query(
            TableName="mimamori-local-alerts",
            KeyConditionExpression="#contract = :contract AND begins_with(#item, :alert)",
            ExpressionAttributeNames={"#contract": "contract", "#item": "item"},
            ExpressionAttributeValues={":contract": {"S": self._contract}, ":alert": {"S": "alert#"}},
            ConsistentRead=True,
            Select="COUNT",
        )
        return int(found["Count"])

    def _left(self) -> int:
        """How many mails left for the daughter."""
        with urllib.request.urlopen(self._mails, timeout=10) as answer:
            accounts = json.loads(answer.read())["messages"]
        return sum("latency@example.com" in mail["To"] for mails in accounts.values() for mail in mails)

    def _until(self, look: Callable[[], bool]) -> float:
        """When `look` first found it."""
        latest = time.perf_counter() + _PATIENCE_SECONDS
        while not look():
            if time.perf_counter() > latest:
                raise AssertionError("an alert or its mail did not come: the bench measures something else")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter()


@contextlib.contextmanager
def _house(folder: Path) -> Iterator[_House]:
    with running(Places(folder / "local", *_free_ports())) as stack:
        house = _House(world.build(stack, where=folder / "build"), folder / "device")
        try:
            yield house
        finally:
            house.stop()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _percentile(values: list[float], share: float) -> float:
    """By the nearest rank: of 200 samples the 99th percentile is the second largest."""
    if share == 0.5:
        return round(statistics.median(values), 1)
    ordered = sorted(values)
    return round(ordered[min(-(-len(ordered) * round(share * 100) // 100), len(ordered)) - 1], 1)
