"""What only a phone may do, and an account that goes with its devices: through the packaged system, under its own rights."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fleet import identity
from local import world
from local.client import Api
from tests.stack.conftest import House
from tests.stack.test_trip import refused, run_agent, soon

pytestmark = pytest.mark.stack
REMOTE, GATEWAY = "trip-remote", "trip-gateway"
LIFERHYTHM: dict[str, Any] = {
    "service": "liferhythm-home",
    "plan": "standard",
    "payment_method": "card",
    "consents": ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"],
    "contact": {"email": "remote@mimamori.example"},
}
OMRON: dict[str, Any] = {
    "service": "omron-remote",
    "plan": "standard",
    "payment_method": "none",
    "consents": ["terms"],
    "contact": {"email": "daughter@mimamori.example", "language": "en"},
}


class Owners:
    """An operator, and a household of whom one has an air conditioner and one a photovoltaic system."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder, here = house, folder, house.world
        self.operator, self.web = Api(here.api, here.token("operator")), Api(here.api, here.token("daughter"))
        self.phone = Api(here.api, here.token("daughter", "android"))
        self.clock("2025-06-02T10:00")

    def clock(self, at: str) -> None:
        self.operator.post("/v1/local/clock", {"at": f"{at}+09:00"}, f"owners-{at}")

    def do(self, contract: str, command: str, **given: Any) -> None:
        self.operator.post(f"/v1/contracts/{contract}/commands/{command}", given, f"{contract}-{command}")

    def claim(self, contract: str, device: str, model: str) -> Path:
        claim = self.web.post(f"/v1/contracts/{contract}/devices", {"device": device, "model": model}, f"claim-{device}")
        return identity.write(
            self.folder,
            device=device,
            stage=world.STAGE,
            endpoint="localhost",
            port=self.house.places.mqtt_port,
            certificate_pem=claim["certificate"],
            key_pem=claim["private_key"],
            ca_pem=(self.house.places.folder / "iot-ca.pem").read_text(),
        )

    def mails(self, to: str, about: str) -> list[dict[str, Any]]:
        sent = [mail for mail in self.house.world.stack.sent_mail() if to in json.dumps(mail)]
        return [mail for mail in sent if about in json.dumps(mail)]

    def rows(self, table: str, name: str, value: str) -> list[str]:
        """The sort keys of one partition, straight from the table."""
        aws = self.house.world.stack.client("dynamodb")
        found = aws.query(
            TableName=f"mimamori-{world.STAGE}-{table}",
            KeyConditionExpression="#p = :p",
            ExpressionAttributeNames={"#p": name},
            ExpressionAttributeValues={":p": {"S": value}},
        )
        return [row["item"]["S"] for row in found["Items"]]


@pytest.fixture(scope="module")
def owners(house: House, tmp_path_factory: pytest.TempPathFactory) -> Owners:
    return Owners(house, tmp_path_factory.mktemp("owners"))


@contextmanager
def running(device: Path, *how: str) -> Iterator[None]:
    command = [sys.executable, "-m", "fleet", "run", "--device", str(device), "--back-off", "0.3", *how]
    agent = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        agent.terminate()
        agent.wait(10)


def test_the_air_conditioner_obeys_a_phone_and_no_browser(owners: Owners) -> None:
    contract = owners.web.post("/v1/contracts", LIFERHYTHM, "remote-application")["id"]
    owners.do(contract, "sign")
    device = owners.claim(contract, REMOTE, "ir-remote")
    owners.do(contract, "complete_processing")
    owners.do(contract, "install")
    path = f"/v1/contracts/{contract}/devices/{REMOTE}/wishes"
    cool = {"settings": {"running": True, "mode": "cool", "target_temperature": 27}}
    assert refused(lambda: owners.web.post(path, cool, "by-web")) == 409
    with running(device, "--obey"):
        wish = owners.phone.post(path, cool, "by-phone")
        soon(lambda: owners.web.get(f"{path}/{wish['wish']}")["state"] == "done")
    done = json.loads((owners.folder / f"{REMOTE}.wishes.json").read_text())
    assert done["settings"] == {"running": True, "mode": "cool", "target_temperature": 27}


def test_a_fault_reaches_the_user_id_and_the_end_takes_everything_along(owners: Owners) -> None:
    contract = owners.web.post("/v1/contracts", OMRON, "owner-application")["id"]
    owners.do(contract, "install", outcome="done")
    device = owners.claim(contract, GATEWAY, "pv-gateway")
    path = f"/v1/contracts/{contract}"
    fault = {"kind": "event", "metric": "fault_code", "other_than": ["", "OK"], "level": "critical"}
    owners.web.put(f"{path}/devices/{GATEWAY}/watches/fault", fault)
    now = owners.operator.get("/v1/local/clock")["at"]
    line = json.dumps({"metric": "fault_code", "value": "E1-0", "measured_at": now})
    sent = run_agent(device, line, "--urgent", "fault_code")
    assert sent.returncode == 0, sent.stderr
    soon(lambda: owners.mails("daughter@mimamori.example", "Photovoltaic gateway"))
    (alert,) = owners.web.get(f"{path}/alerts")["items"]
    (told,) = soon(lambda: owners.web.get(f"{path}/alerts/{alert['alert']}")["told"])
    assert (told["person"], [way["outcome"] for way in told["reached"]]) == ("@contact", ["sent"])
    owners.web.post(f"{path}/people", {"person": "mai", "role": "family", "channels": ["mail"]}, "owner-mai")

    iot = owners.house.world.stack.client("iot")
    (address,) = iot.list_thing_principals(thingName=GATEWAY)["principals"]
    owners.web.post(f"{path}/commands/request_cancellation", {}, "owner-cancels")
    soon(lambda: iot.list_thing_principals(thingName=GATEWAY)["principals"] == [], 40)
    off = iot.describe_certificate(certificateId=address.rsplit("/", 1)[1])["certificateDescription"]
    assert off["status"] == "INACTIVE"
    soon(lambda: "profile" not in owners.rows("contracts", "contract", contract), 40)
    assert "people" not in owners.rows("contracts", "contract", contract)
    assert owners.rows("devices", "device", GATEWAY) == []
    assert owners.rows("alerts", "contract", contract) == []


def test_no_door_failed_on_the_way(owners: Owners) -> None:
    owners.house.logs.gather()
    lines = owners.house.logs.file.read_text().splitlines()
    assert [line for line in lines if "ERROR" in line or "Traceback" in line or "AccessDenied" in line] == []
