"""Fetching an identity, against a broker that is played: what it is asked, and what stays on the disk when something stops."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fleet import identity, provisioning
from fleet.__main__ import main
from fleet.errors import Refused
from fleet.identity import Identity
from fleet.updates import Message

CREATE = "$aws/certificates/create/json"
REGISTER = "$aws/provisioning-templates/mimamori-prod/provision/json"


class Broker:
    """Makes certificates 1, 2, … and registers whoever asks, each answer twice, as QoS 1 may bring it."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.names: list[str] = []
        self.rejects = ""
        self.made = 0

    def line(self, claim: Identity, topics: tuple[str, ...], name: str) -> "Broker":
        assert set(topics) == {f"{topic}/{end}" for topic in (CREATE, REGISTER) for end in ("accepted", "rejected")}
        self.names.append(name)
        self.waiting: list[Message] = []
        return self

    def open(self) -> None: ...
    def close(self) -> None: ...

    def say(self, message: Message) -> None:
        self.asked.append(message)
        topic, question = message
        if topic == self.rejects:
            answer: Message = (f"{topic}/rejected", {"statusCode": 403, "errorCode": "AccessDenied", "errorMessage": ""})
        elif topic == CREATE:
            self.made += 1
            texts = {"certificatePem": f"CERT-{self.made}", "privateKey": f"CANARY-KEY-{self.made}"}
            answer = (f"{topic}/accepted", {"certificateOwnershipToken": f"token-{self.made}", **texts})
        else:
            answer = (f"{topic}/accepted", {"thingName": f"sn-{question['parameters']['SerialNumber']}"})
        self.waiting += [answer, answer]

    def hear(self) -> Message:
        return self.waiting.pop(0)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(provisioning, "Line", broker.line)
    return broker


@pytest.fixture
def claim(tmp_path: Path) -> Callable[..., Path]:
    def write(ca_pem: str = "CA") -> Path:
        facts: dict[str, Any] = {"stage": "prod", "endpoint": "broker.example.com", "port": 8883, "ca_pem": ca_pem}
        return identity.write(tmp_path / "claim", device="claim", certificate_pem="CLAIM", key_pem="CLAIM-KEY", **facts)

    return write


def fetch(claim: Path, into: Path, *more: str) -> int:
    return main(["provision", "--claim", str(claim), "--serial", "room-1", "--into", str(into), *more])


def kept(file: Path) -> tuple[str, str]:
    who = identity.load(file)
    return who.certificate.read_text(), who.key.read_text()


def test_it_asks_for_a_certificate_and_registers_it_under_its_serial_number(
    broker: Broker, claim: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(claim(), tmp_path) == 0
    question = {"certificateOwnershipToken": "token-1", "parameters": {"SerialNumber": "ROOM-1"}}
    assert broker.asked == [(CREATE, {}), (REGISTER, question)]
    assert broker.names == ["claim-ROOM-1"]
    file = tmp_path / "sn-ROOM-1.json"
    told = capsys.readouterr()
    assert told.out == f"{file}\n"
    assert "CANARY" not in told.out + told.err
    who = identity.load(file)
    assert (who.device, who.stage, who.endpoint, who.port) == ("sn-ROOM-1", "prod", "broker.example.com", 8883)
    assert who.ca is not None
    assert (who.ca.read_text(), *kept(file)) == ("CA", "CERT-1", "CANARY-KEY-1")
    assert fetch(claim(), tmp_path) == 0
    assert broker.made == 1, "it has one"
    assert fetch(claim(), tmp_path, "--anew") == 0
    assert kept(file) == ("CERT-2", "CANARY-KEY-2")


def test_without_a_ca_of_the_claim_the_system_is_trusted(broker: Broker, claim: Callable[..., Path], tmp_path: Path) -> None:
    assert fetch(claim(ca_pem=""), tmp_path) == 0
    assert "ca" not in json.loads((tmp_path / "sn-ROOM-1.json").read_text())
    assert identity.load(tmp_path / "sn-ROOM-1.json").ca is None


@pytest.mark.parametrize("topic", [CREATE, REGISTER])
def test_who_is_turned_away_keeps_what_it_has(broker: Broker, claim: Callable[..., Path], tmp_path: Path, topic: str) -> None:
    assert fetch(claim(), tmp_path) == 0
    broker.rejects = topic
    with pytest.raises(Refused, match=r"ROOM-1 \(AccessDenied\)"):
        provisioning.provision(identity.load(claim()), "ROOM-1", tmp_path, lambda _: None, anew=True)
    assert fetch(claim(), tmp_path, "--anew") == 4
    assert kept(tmp_path / "sn-ROOM-1.json") == ("CERT-1", "CANARY-KEY-1")


@pytest.mark.parametrize("number", range(4))
def test_a_plug_pulled_at_any_file_leaves_no_certificate_beside_another_ones_key(
    broker: Broker, claim: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Certificate, key, CA, the provisioning file: before each of them."""
    asked = claim()
    assert fetch(asked, tmp_path) == 0
    written: list[Path] = []
    write = identity._write_closed

    def unplugged(path: Path, text: str) -> None:
        if len(written) == number:
            raise KeyboardInterrupt
        written.append(path)
        write(path, text)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(identity, "_write_closed", unplugged)
        fetch(asked, tmp_path, "--anew")
    assert not (tmp_path / "sn-ROOM-1.json").exists()
    assert fetch(asked, tmp_path) == 0
    assert kept(tmp_path / "sn-ROOM-1.json") == ("CERT-3", "CANARY-KEY-3")


@pytest.mark.parametrize("serial", ["", "abc", "-room1", "room 1", "room/+/#", "r" * 49])
def test_what_cannot_be_a_serial_number_is_not_asked_for(
    broker: Broker, claim: Callable[..., Path], tmp_path: Path, serial: str
) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(["provision", "--claim", str(claim()), f"--serial={serial}", "--into", str(tmp_path)])
    assert wrong.value.code == 2
    assert broker.asked == []
