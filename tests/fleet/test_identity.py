"""The provisioning file: what is wrong with it is said with the key and the cure, never with a secret."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from fleet import identity
from fleet.errors import BadIdentity


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return identity.write(
        tmp_path,
        device="meter-1",
        stage="local",
        endpoint="localhost",
        port=8884,
        certificate_pem="CERT",
        key_pem="CANARY-KEY",
        ca_pem="CA",
    )


def test_what_was_written_is_read_again_and_closed_to_others(file: Path) -> None:
    who = identity.load(file)
    assert (who.device, who.stage, who.endpoint, who.port) == ("meter-1", "local", "localhost", 8884)
    assert who.key.read_text() == "CANARY-KEY"
    assert who.buffer == file.parent / "meter-1.sqlite3"
    assert who.readings_topic == "mimamori/local/meter-1/readings"
    for path in (file, who.key, who.certificate):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_writing_over_an_open_file_closes_it(file: Path) -> None:
    file.chmod(0o644)
    identity.write(
        file.parent, device="meter-1", stage="local", endpoint="h", port=1, certificate_pem="", key_pem="", ca_pem=""
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"device": "../other"}, "device has a character it may not have"),
        ({"device": "a/+/#"}, "device has a character it may not have"),
        ({"stage": ""}, "'stage' must be a text"),
        ({"port": "8883"}, "'port' must be a number"),
        ({"port": True}, "'port' must be a number"),
        ({"port": 70000}, "'port' must be a number"),
        ({"endpoint": None}, "'endpoint' must be a text"),
        ({"certificate": "gone.pem"}, "certificate names a file that is not there"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_wrong_value_is_named(file: Path, change: dict[str, Any], message: str) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(BadIdentity) as wrong:
        identity.load(file)
    assert message in str(wrong.value)
    assert "CANARY" not in str(wrong.value)


@pytest.mark.parametrize("key", ["device", "stage", "endpoint", "certificate", "key"])
def test_a_missing_key_is_named(file: Path, key: str) -> None:
    facts = json.loads(file.read_text())
    del facts[key]
    file.write_text(json.dumps(facts))
    with pytest.raises(BadIdentity, match=f"'{key}' is missing"):
        identity.load(file)


@pytest.mark.parametrize("text", ["", "not json", "[]"])
def test_what_is_no_json_object_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(BadIdentity, match="JSON"):
        identity.load(file)


def test_a_file_open_to_others_is_refused_with_the_command_that_closes_it(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(BadIdentity, match=f"chmod 600 {file}"):
        identity.load(file)


def test_a_key_open_to_others_is_refused(file: Path) -> None:
    key = file.parent / "meter-1.key.pem"
    key.chmod(0o604)
    with pytest.raises(BadIdentity, match=f"chmod 600 {key}"):
        identity.load(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadIdentity, match="cannot be read"):
        identity.load(tmp_path / "nobody.json")
