"""A wish's whole way through the packaged system: API → outbox → shadow → a real device over MQTT → rule → queue → API."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fleet import identity
from local import world
from local.client import Api
from local.supervisor import Supervisor
from tests.stack.conftest import House
from tests.stack.test_trip import APPLICATION, refused, soon

pytestmark = pytest.mark.stack
DEVICE = "wish-meter"


class Trip:
    """A family with an energy sensor; its files are in `folder`."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        here = house.world
        self.family, self.operator, self.stranger = (Api(here.api, here.token(who)) for who in ("haruka", "operator", "kenji"))
        self.operator.post("/v1/local/clock", {"at": "2025-06-02T10:00+09:00"}, "wishes-clock")
        self.contract = self.family.post("/v1/contracts", APPLICATION, "wishes-application")["id"]
        path = f"/v1/contracts/{self.contract}"
        self.operator.post(f"{path}/commands/install", {"outcome": "done"}, "wishes-install")
        claim = self.family.post(f"{path}/devices", {"device": DEVICE, "model": "energy-sensor"}, "wishes-claim")
        self.identity = identity.write(
            folder,
            device=DEVICE,
            stage=world.STAGE,
            endpoint="localhost",
            port=house.places.mqtt_port,
            certificate_pem=claim["certificate"],
            key_pem=claim["private_key"],
            ca_pem=(house.places.folder / "iot-ca.pem").read_text(),
        )
        self.path = f"{path}/devices/{DEVICE}/wishes"

    def ask(self, key: str, minutes: int) -> dict[str, Any]:
        wish: dict[str, Any] = self.family.post(self.path, {"settings": {"reporting_minutes": minutes}}, key)
        return wish

    def see(self, wish: str) -> dict[str, Any]:
        seen: dict[str, Any] = self.family.get(f"{self.path}/{wish}")
        return seen

    def state(self, wish: str, state: str) -> bool:
        return bool(self.see(wish)["state"] == state)

    def set_to(self) -> dict[str, Any]:
        file = self.folder / f"{DEVICE}.wishes.json"
        return dict(json.loads(file.read_text())["settings"]) if file.is_file() else {}

    @contextmanager
    def device(self, *how: str) -> Iterator[None]:
        command = [sys.executable, "-m", "fleet", "run", "--device", str(self.identity), "--back-off", "0.3", "--obey", *how]
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            running.terminate()
            running.wait(10)


@pytest.fixture(scope="module")
def trip(house: House, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    return Trip(house, tmp_path_factory.mktemp("wishes"))


def test_a_wish_is_done_by_the_device_and_only_then_shown_as_done(trip: Trip) -> None:
    wish = trip.ask("w1", 5)
    assert (wish["state"], wish["before"]) == ("pending", {"reporting_minutes": None})
    soon(lambda: trip.state(wish["wish"], "sent"))
    assert refused(lambda: trip.stranger.get(f"{trip.path}/{wish['wish']}")) == 404
    with trip.device():  # it was off when the wish came
        soon(lambda: trip.state(wish["wish"], "done"))
        assert trip.set_to() == {"reporting_minutes": 5}
        second = trip.ask("w2", 10)  # it is on when this one comes
        soon(lambda: trip.state(second["wish"], "done"))
        assert second["before"] == {"reporting_minutes": 5}
    assert trip.set_to() == {"reporting_minutes": 10}


def test_an_unwilling_device_is_believed(trip: Trip) -> None:
    with trip.device("--refuse", "reporting_minutes"):
        wish = trip.ask("w3", 20)
        soon(lambda: trip.state(wish["wish"], "refused"))
    assert trip.see(wish["wish"])["reason"] == "not_possible"
    assert trip.set_to() == {"reporting_minutes": 10}


def test_a_device_that_was_offline_does_not_act_hours_later(trip: Trip) -> None:
    wish = trip.ask("w4", 30)
    soon(lambda: trip.state(wish["wish"], "sent"))
    now = datetime.fromisoformat(trip.operator.get("/v1/local/clock")["at"])
    trip.operator.post("/v1/local/clock", {"at": (now + timedelta(minutes=66)).isoformat()}, "wishes-later")
    assert trip.state(wish["wish"], "timed_out")
    Supervisor(trip.house.world).beat()
    shadow = trip.house.world.stack.client("iot-data")

    def taken_away() -> bool:
        found = json.loads(shadow.get_thing_shadow(thingName=DEVICE, shadowName="wishes")["payload"].read())
        return not found["state"].get("desired", {}).get("wishes")

    soon(taken_away)
    with trip.device():
        last = trip.ask("w5", 15)
        soon(lambda: trip.state(last["wish"], "done"))
    assert trip.set_to() == {"reporting_minutes": 15}
    assert trip.see(wish["wish"])["state"] == "timed_out"


def test_no_door_failed_on_the_way(trip: Trip) -> None:
    trip.house.logs.gather()
    lines = trip.house.logs.file.read_text().splitlines()
    assert [line for line in lines if "ERROR" in line or "Traceback" in line or "AccessDenied" in line] == []
