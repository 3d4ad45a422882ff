"""The main job end to end, through the public doors only: the package of `make run`, with rights and policies enforced.

The tests follow one life in order. Its figures are those of the scenario sottonet-first-months.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fleet import identity
from fleet.demo import code_in
from local import world
from local.client import Answered, Api
from local.supervisor import Supervisor
from tests.stack.conftest import House

pytestmark = pytest.mark.stack
T = TypeVar("T")
APPLICATION: dict[str, Any] = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
    "site": {"prefecture": "Aomori", "island": False, "country": "JP"},
    "contact": {"email": "household@mimamori.example", "language": "en"},
}


def soon(look: Callable[[], T], seconds: float = 20) -> T:
    """The first thing that `look` finds; what runs behind a queue takes a moment."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
    return found


class Life:
    """One household's life, as far as the tests have come."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.sign_in()
        self.contract = ""

    def sign_in(self) -> None:
        here = self.house.world
        self.family, self.operator, self.stranger = (Api(here.api, here.token(who)) for who in ("family", "operator", "kenji"))

    def clock(self, at: str) -> None:
        self.operator.post("/v1/local/clock", {"at": f"{at}+09:00"}, f"clock-{at}")

    def command(self, name: str, arguments: dict[str, Any], key: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.operator.post(f"/v1/contracts/{self.contract}/commands/{name}", arguments, key)
        return answer

    def bills(self) -> list[dict[str, Any]]:
        return list(self.family.get(f"/v1/contracts/{self.contract}/invoices")["items"])

    def mails(self, to: str) -> list[dict[str, Any]]:
        return [mail for mail in self.house.world.stack.sent_mail() if to in json.dumps(mail)]


@pytest.fixture(scope="module")
def life(house: House) -> Life:
    return Life(house)


def refused(call: Callable[[], Any]) -> int:
    with pytest.raises(Answered) as no:
        call()
    return no.value.status


def test_nobody_comes_in_without_a_good_token(house: House, life: Life) -> None:
    api = house.world.api
    assert Api(api).get("/v1/health")["status"] == "ok"
    assert refused(lambda: Api(api).get("/v1/contracts")) == 401
    head, claims, signature = life.family.token.split(".")
    assert refused(lambda: Api(api, f"{head}.{claims}.{signature[:-6]}AAAAAA").get("/v1/contracts")) == 401


def test_a_family_applies_once_however_often_it_asks(life: Life) -> None:
    life.clock("2025-04-03T10:00")
    made = life.family.post("/v1/contracts", APPLICATION, "application")
    again = life.family.post("/v1/contracts", APPLICATION, "application")
    assert made == again
    assert made["formed_on"] == "2025-04-03"
    life.contract = made["id"]
    path = f"/v1/contracts/{life.contract}"
    assert refused(lambda: life.stranger.get(path)) == 404
    assert refused(lambda: life.family.post(f"{path}/commands/install", {"outcome": "done"}, "by-family")) == 403


def test_nights_pass_and_the_first_bill_is_right_to_the_yen(life: Life) -> None:
    life.clock("2025-04-10T12:00")
    life.command("install", {"outcome": "done"}, "install")
    life.clock("2025-05-01T00:09")
    assert life.bills() == [], "the night has not begun"
    life.clock("2025-05-01T00:10")
    (bill,) = soon(life.bills)
    assert (bill["kind"], bill["month"], bill["issued_on"], bill["due_on"]) == (
        "initial",
        "2025-04",
        "2025-05-01",
        "2025-05-27",
    )
    assert [(line["item"], line["amount"]) for line in bill["lines"]] == [
        ("device", 44000),
        ("initial_fee", 31900),
        ("monthly_fee", 726),
    ]
    assert (bill["total"], bill["tax"]) == (76626, 6966)


def test_a_night_that_comes_twice_bills_once(house: House, life: Life) -> None:
    before = life.bills()
    aws = house.world.stack.client("lambda")
    for day in ("2025-05-01", "2025-04-30T15:10:00Z"):  # as a day, and as the scheduler writes the instant
        answer = aws.invoke(FunctionName="mimamori-local-night", Payload=json.dumps({"day": day}))
        assert "FunctionError" not in answer, answer["Payload"].read()
        assert json.loads(answer["Payload"].read())["day"] == "2025-05-01"
    time.sleep(1.5)
    assert life.bills() == before


def test_the_bill_is_announced_by_mail(life: Life) -> None:
    assert soon(lambda: life.mails("household@mimamori.example"))


def run_agent(device: Path, lines: str, *more: str) -> subprocess.CompletedProcess[str]:
    """The device's own agent, over mutual TLS."""
    command = [sys.executable, "-m", "fleet", "run", "--device", str(device), "--every", "0.1", "--back-off", "0.3", *more]
    return subprocess.run(command, input=lines, text=True, capture_output=True, timeout=30, check=False)


def report(device: Path, *readings: tuple[datetime, float]) -> subprocess.CompletedProcess[str]:
    lines = [json.dumps({"metric": "power_kw", "value": value, "measured_at": at.isoformat()}) for at, value in readings]
    return run_agent(device, "\n".join(lines))


def claimed(house: House, life: Life, folder: Path, name: str, model: str) -> Path:
    """A device of the family, with its provisioning file."""
    claim = life.family.post(f"/v1/contracts/{life.contract}/devices", {"device": name, "model": model}, f"claim-{name}")
    return identity.write(
        folder,
        device=name,
        stage=world.STAGE,
        endpoint="localhost",
        port=house.places.mqtt_port,
        certificate_pem=claim["certificate"],
        key_pem=claim["private_key"],
        ca_pem=(house.places.folder / "iot-ca.pem").read_text(),
    )


def test_a_reading_over_the_limit_becomes_a_mail_to_the_family(house: House, life: Life, tmp_path: Path) -> None:
    path = f"/v1/contracts/{life.contract}"
    device = claimed(house, life, tmp_path, "meter-1", "energy-sensor")
    watch = {"kind": "threshold", "metric": "power_kw", "above": 3, "level": "critical"}
    life.family.put(f"{path}/devices/meter-1/watches/too-much", watch)
    daughter = {"person": "daughter", "role": "family", "channels": ["mail"], "email": "daughter@mimamori.example"}
    life.family.post(f"{path}/people", daughter, "daughter")
    invitation = {"email": "daughter@mimamori.example", "role": "family", "person": "daughter"}
    life.family.post(f"{path}/invitations", invitation, "invite")
    code = soon(lambda: code_in([(m["Subject"], m["BodyText"]) for m in life.mails("daughter@mimamori.example")]))
    daughter_sees = Api(house.world.api, house.world.token("daughter"))
    daughter_sees.post("/v1/invitations/accept", {"token": code}, "join")

    now = datetime.fromisoformat(life.operator.get("/v1/local/clock")["at"])
    sent = report(device, (now - timedelta(minutes=1), 0.4), (now, 3.5))
    assert sent.returncode == 0, sent.stderr
    (alert,) = soon(lambda: life.family.get(f"{path}/alerts")["items"])
    assert (alert["device"], alert["watch"], alert["level"]) == ("meter-1", "too-much", "critical")
    told = soon(lambda: [m for m in life.mails("daughter@mimamori.example") if "3.5" in m["BodyText"]])
    assert len(told) == 1
    assert [each["value"] for each in daughter_sees.get(f"{path}/devices/meter-1/readings")["items"]] == [3.5, 0.4]


def test_a_call_for_help_waits_in_no_queue(house: House, life: Life, tmp_path: Path) -> None:
    path = f"/v1/contracts/{life.contract}"
    button = claimed(house, life, tmp_path, "button-1", "call-button")
    watch = {"kind": "event", "metric": "sos", "equals": True, "level": "critical"}
    life.family.put(f"{path}/devices/button-1/watches/sos", watch)
    now = datetime.fromisoformat(life.operator.get("/v1/local/clock")["at"])
    line = json.dumps({"metric": "sos", "value": True, "measured_at": now.isoformat()})
    sent = run_agent(button, line, "--urgent", "sos")
    assert sent.returncode == 0, sent.stderr
    alerts = soon(lambda: [one for one in life.family.get(f"{path}/alerts")["items"] if one["watch"] == "sos"])
    assert [(one["device"], one["value"]) for one in alerts] == [("button-1", True)]

    def urgent() -> bool:
        house.logs.gather()
        return "readings_urgent" in house.logs.file.read_text()

    assert soon(urgent), "it lies in the queue too, and its own function took it all the same"


def test_a_device_under_anothers_topic_is_turned_away(house: House, life: Life, tmp_path: Path) -> None:
    path = f"/v1/contracts/{life.contract}/devices/meter-1"
    before = life.family.get(f"{path}/readings")["items"]
    liar = claimed(house, life, tmp_path, "liar-1", "energy-sensor")
    liar.write_text(json.dumps(json.loads(liar.read_text()) | {"device": "meter-1"}))
    sent = run_agent(liar, json.dumps({"metric": "power_kw", "value": 9.9}))
    assert sent.returncode == 4, sent.stderr  # turned away by the broker
    assert life.family.get(f"{path}/readings")["items"] == before


def test_what_nobody_can_read_is_shown_to_operators(house: House, life: Life) -> None:
    iot = house.world.stack.client("iot-data")
    iot.publish(topic="mimamori/local/meter-1/readings", qos=1, payload=b"no json \xff at all")
    (shown,) = soon(lambda: life.operator.get("/v1/operator/set-aside")["items"])
    assert (shown["device"], shown["reason"]) == ("meter-1", "not_json")
    assert life.operator.get(f"/v1/operator/set-aside/{shown['id']}")["payload"].startswith("no json")


def test_the_supervisor_starts_the_night_and_the_tick(house: House, life: Life) -> None:
    """A watch of silence opens at a tick, though nothing arrives."""
    path = f"/v1/contracts/{life.contract}"
    life.family.put(f"{path}/devices/meter-1/watches/quiet", {"kind": "silence", "after_minutes": 60, "level": "warning"})
    life.clock("2025-05-02T12:00")
    Supervisor(house.world).beat()
    opened = soon(lambda: [alert for alert in life.family.get(f"{path}/alerts")["items"] if alert["watch"] == "quiet"])
    assert opened[0]["closed_at"] is None
    night = soon(lambda: life.operator.get("/v1/operator/nights/2025-05-02"))
    assert night["day"] == "2025-05-02"


def test_no_door_failed_on_the_way(house: House, life: Life) -> None:
    """Whatever a role does not allow, or a door does not expect, is an error in a function's log."""
    house.logs.gather()
    wrong = [
        line
        for line in house.logs.file.read_text().splitlines()
        if "ERROR" in line or "Traceback" in line or "AccessDenied" in line
    ]
    assert wrong == []


def long_enough(life: Life) -> list[dict[str, Any]]:
    found = life.family.get(f"/v1/contracts/{life.contract}/alerts")["items"]
    return [alert for alert in found if alert["watch"] == "long"]


def say(house: House, at: str, value: float, seq: int) -> None:
    reading = {"metric": "power_kw", "value": value, "measured_at": at, "seq": seq}
    payload = json.dumps({"v": 1, "batch": f"b{seq}", "readings": [reading]})
    house.world.stack.client("iot-data").publish(topic="mimamori/local/meter-1/readings", qos=1, payload=payload.encode())


def test_a_breach_begins_before_everything_is_stopped(house: House, life: Life) -> None:
    path = f"/v1/contracts/{life.contract}/devices/meter-1"
    life.clock("2025-05-20T10:00")
    watch = {"kind": "threshold", "metric": "power_kw", "above": 2, "for_minutes": 30, "level": "info"}
    life.family.put(f"{path}/watches/long", watch)
    say(house, "2025-05-20T10:00+09:00", 2.5, 1000)
    soon(lambda: life.family.get(path)["values"]["power_kw"]["value"] == 2.5)
    assert long_enough(life) == []


def test_everything_is_still_there_after_a_stop_and_a_start(house: House, life: Life) -> None:
    before = life.family.get(f"/v1/contracts/{life.contract}"), life.bills(), house.world.users
    house.stop()
    house.start()
    life.sign_in()
    life.clock("2025-05-20T10:30")  # half an hour after the breach began; everything was stopped in between
    for _ in range(2):
        say(house, "2025-05-20T10:30+09:00", 2.6, 1001)
    (alert,) = soon(lambda: long_enough(life))
    assert (alert["value"], alert["opened_at"][:16], alert["closed_at"]) == (2.6, "2025-05-20T01:30", None)
    assert (life.family.get(f"/v1/contracts/{life.contract}"), life.bills(), house.world.users) == before
    life.clock("2025-06-01T00:10")
    assert [bill["month"] for bill in soon(lambda: life.bills() if len(life.bills()) == 2 else [])] == ["2025-04", "2025-05"]
    assert soon(lambda: life.mails("household@mimamori.example")), "what waits to leave still leaves"
    assert len(long_enough(life)) == 1
