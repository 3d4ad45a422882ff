"""The agent as a process against a real MQTT broker over mutual TLS: killed, cut off, refused."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.buffer import look
from tests.fleet.broker import Broker, CuttableLine, fleet, running, wait_until

pytestmark = pytest.mark.stack
RECORDING = Path(__file__).parents[2] / "fleet" / "recordings" / "household_power_1min.csv"
START = "2025-07-30T00:00:00+09:00"
ROWS = 2000


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(autouse=True)
def nothing_left_over(broker: Broker) -> None:
    """What an earlier test left in the queue is not this one's."""
    broker.arrived()


@pytest.fixture
def line(broker: Broker) -> Iterator[CuttableLine]:
    line = CuttableLine(broker.port)
    yield line
    line.close()


def replay(device: Path, seconds: float, **more: str) -> "subprocess.Popen[str]":
    """Plays the first two thousand minutes of a real home within `seconds` (0: at once)."""
    speed = str(ROWS * 60 / seconds) if seconds else "max"
    options = {"speed": speed, "rows": f"1:{ROWS}", "back-off": "0.3", "starts-at": START, "every": "0.2"} | more
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return fleet("replay", "--device", device, "--recording", RECORDING, "--metric", "power_kw=active_kw", *arguments)


def expected() -> list[tuple[float, str]]:
    """The recording read by other means than the agent's: value and time of each row, moved to START."""
    rows = [line.split(",") for line in RECORDING.read_text().splitlines()[1 : ROWS + 1]]
    return [(float(power), f"2025{at[4:10]}T{at[11:]}:00+09:00") for at, power, *_ in rows]


def moves(buffer: Path, by: int) -> None:
    """Waits until so many more readings were delivered."""
    start = look(buffer)["delivered"]
    wait_until(lambda: look(buffer)["delivered"] >= start + by, 20, "the replay does not move")


def exactly(messages: list[dict[str, Any]], device: str) -> bool:
    """Every reading of the recording, each under one number, each batch the same whenever it came."""
    batches: dict[str, Any] = {}
    readings: dict[int, tuple[float, str]] = {}
    for message in messages:
        assert message["device"] == device, "the topic says who sent it"
        assert batches.setdefault(message["batch"], message["readings"]) == message["readings"]
        for reading in message["readings"]:
            told = (reading["value"], reading["measured_at"])
            assert readings.setdefault(reading["seq"], told) == told
    assert [readings[seq] for seq in sorted(readings)] == expected()
    return True


def finished(process: "subprocess.Popen[str]", code: int = 0) -> str:
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code, errors
    return errors


def test_killed_again_and_again_in_mid_replay_the_other_end_gets_the_recording_exactly(broker: Broker) -> None:
    device = broker.claim("killed")
    buffer = device.parent / "killed.sqlite3"
    for _ in range(4):
        process = replay(device, seconds=20)
        moves(buffer, by=60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    stored = look(buffer)["replays"][0]["stored_rows"]
    assert 240 < stored < ROWS, "each kill came in the middle"
    assert "Going on with row" in finished(replay(device, seconds=0))
    assert exactly(broker.arrived(), "killed")
    assert look(buffer)["waiting"] == 0
    assert finished(replay(device, seconds=0)).endswith("Delivered 0 readings.\n"), "a finished replay has nothing left"
    assert broker.arrived() == []


def test_lost_acknowledgements_and_a_kill_double_nothing(broker: Broker, line: CuttableLine) -> None:
    device = broker.claim("unheard", port=line.port)
    buffer = device.parent / "unheard.sqlite3"
    process = replay(device, seconds=20)
    moves(buffer, by=60)
    line.answers_lost = True
    delivered = -1
    while delivered != (delivered := look(buffer)["delivered"]):
        time.sleep(0.3)
    wait_until(lambda: look(buffer)["sealed_batches"] == 1, 5, "a batch is under way")
    before = broker.arrived()
    process.kill()
    process.communicate()
    line.cut()
    line.answers_lost = False
    finished(replay(device, seconds=0))
    after = broker.arrived()
    twice = {message["batch"] for message in before} & {message["batch"] for message in after}
    assert len(twice) == 1, "what was received but not acknowledged came again, under the same id"
    assert exactly(before + after, "unheard")


def test_a_line_that_is_cut_again_and_again_loses_nothing(broker: Broker, line: CuttableLine) -> None:
    device = broker.claim("cut", port=line.port)
    process = replay(device, seconds=5)
    for _ in range(5):
        moves(device.parent / "cut.sqlite3", by=100)
        line.cut()
    errors = finished(process)
    assert "Connection lost" in errors and "Connected (session resumed)." in errors
    assert exactly(broker.arrived(), "cut")


def test_while_the_broker_is_away_readings_wait_on_disk_and_leave_when_it_is_back(broker: Broker) -> None:
    device = broker.claim("patient")
    buffer = device.parent / "patient.sqlite3"
    process = replay(device, seconds=6)
    moves(buffer, by=100)
    broker.stop()
    wait_until(lambda: look(buffer)["waiting"] > 500, 15, "readings are not kept while the broker is away")
    broker.start()
    finished(process)
    assert exactly(broker.arrived(), "patient")


def test_an_agent_that_is_asked_to_stop_leaves_the_rest_on_disk(broker: Broker) -> None:
    device = broker.claim("stopped")
    process = replay(device, seconds=20)
    moves(device.parent / "stopped.sqlite3", by=60)
    process.terminate()
    assert "waits on the disk" in finished(process, code=1)
    finished(replay(device, seconds=0))
    assert exactly(broker.arrived(), "stopped")


def test_live_readings_on_standard_input_arrive(broker: Broker) -> None:
    device = broker.claim("live")
    process = fleet("run", "--device", device, "--back-off", "0.3", stdin=subprocess.PIPE)
    lines = [json.dumps({"metric": "co2", "value": 400 + n, "measured_at": START}) for n in range(60)]
    _, errors = process.communicate("\n".join([*lines, "oops"]), timeout=20)
    assert process.returncode == 0, errors
    assert "Line 61 is not a reading" in errors
    values = sorted(reading["value"] for message in broker.arrived() for reading in message["readings"])
    assert values == [400 + n for n in range(60)]


def refused(device: Path) -> str:
    errors = finished(replay(device, seconds=0), code=4)
    assert "Traceback" not in errors
    assert look(device.parent / f"{device.stem}.sqlite3")["waiting"] == ROWS, "what was measured stays on disk"
    return errors


def test_a_certificate_the_broker_does_not_know_is_refused(broker: Broker) -> None:
    device = broker.claim("stranger")
    home = device.parent
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(
        [*made, "-subj", "/CN=stranger", "-keyout", home / "stranger.key.pem", "-out", home / "stranger.certificate.pem"],
        check=True,
        capture_output=True,
    )
    assert "turns this device away" in refused(device)
    assert broker.arrived() == []


def test_a_certificate_that_was_switched_off_is_refused(broker: Broker) -> None:
    device = broker.claim("retired")
    iot = broker.client("iot")
    arn = iot.list_thing_principals(thingName="retired")["principals"][0]
    iot.update_certificate(certificateId=arn.rsplit("/", 1)[1], newStatus="INACTIVE")
    assert "turns this device away" in refused(device)
    assert broker.arrived() == []


def test_a_device_cannot_connect_under_the_name_of_another(broker: Broker) -> None:
    broker.claim("victim")
    device = broker.claim("thief")
    facts = json.loads(device.read_text()) | {"device": "victim", "buffer": "thief.sqlite3"}
    device.write_text(json.dumps(facts))
    assert "NOT_AUTHORIZED" in refused(device)
    assert broker.arrived() == []


def test_a_damaged_buffer_stops_the_agent_with_one_clear_line(broker: Broker) -> None:
    device = broker.claim("scratched")
    (device.parent / "scratched.sqlite3").write_bytes(b"\0garbage" * 1000)
    errors = finished(replay(device, seconds=0), code=3)
    assert errors.count("\n") == 1 and "is damaged" in errors and "mv " in errors


def test_a_provisioning_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    errors = finished(replay(tmp_path / "nobody.json", seconds=0), code=2)
    assert errors.count("\n") == 1 and "--device" in errors
