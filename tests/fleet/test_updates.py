"""Firmware on the device: fetched whole, checked, switched over in one step; whatever goes wrong, the old one runs on."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from fleet.updates import FIRST_VERSION, Shelf, Updater
from fleet.updating import Ears, Updating
from fleet.wishing import Publish

FILE = b"firmware " * 5000
JOBS = "$aws/things/d1/jobs"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/file" else 404)
            self.end_headers()
            self.wfile.write(FILE if self.path == "/file" else b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def job(address: str, **changes: Any) -> dict[str, Any]:
    document = {
        "do": "update_firmware",
        "version": "2.0.0",
        "url": f"{address}/file",
        "sha256": hashlib.sha256(FILE).hexdigest(),
        "size": len(FILE),
        **changes,
    }
    return {"execution": {"jobId": "job-1", "jobDocument": document}}


def test_a_good_file_runs_and_its_job_is_done(address: str, tmp_path: Path) -> None:
    updater = Updater("d1", Shelf(tmp_path, "d1"))
    assert updater.begin() == (f"{JOBS}/start-next", {})
    ((topic, said),) = updater.arrived(f"{JOBS}/start-next/accepted", job(address))
    assert (topic, said["status"]) == (f"{JOBS}/job-1/update", "SUCCEEDED")
    assert said["statusDetails"] == {"version": "2.0.0"}
    assert Shelf(tmp_path, "d1").running() == "2.0.0"
    assert (tmp_path / "d1.firmware.bin").read_bytes() == FILE
    assert updater.arrived(f"{JOBS}/job-1/update/accepted", {}) == [updater.begin()]
    assert updater.arrived(f"{JOBS}/start-next/accepted", {}) == []
    assert updater.idle


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "0" * 64}, "not the one that was promised"),
        ({"size": len(FILE) - 1}, "longer than promised"),
        ({"size": len(FILE) + 1}, "not the one that was promised"),
        ({"url": "http://example.com/file"}, "not https"),
    ],
)
def test_a_file_that_is_not_the_promised_one_leaves_what_runs(
    address: str, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    updater = Updater("d1", Shelf(tmp_path, "d1"))
    ((_, said),) = updater.arrived(f"{JOBS}/start-next/accepted", job(address, **changes))
    assert said["status"] == "FAILED"
    assert reason in said["statusDetails"]["reason"]
    assert said["statusDetails"]["version"] == FIRST_VERSION == Shelf(tmp_path, "d1").running()
    assert list(tmp_path.glob("*.new")) == []


def test_a_server_without_the_file_is_a_failure_with_its_reason(address: str, tmp_path: Path) -> None:
    updater = Updater("d1", Shelf(tmp_path, "d1"))
    ((_, said),) = updater.arrived(f"{JOBS}/start-next/accepted", job(address, url=f"{address}/nowhere"))
    assert (said["status"], said["statusDetails"]["reason"]) == ("FAILED", "the file did not come (HTTPError)")


def test_a_job_that_comes_again_after_a_loss_of_power_fetches_nothing(address: str, tmp_path: Path) -> None:
    Updater("d1", Shelf(tmp_path, "d1")).arrived(f"{JOBS}/start-next/accepted", job(address))
    again = Updater("d1", Shelf(tmp_path, "d1")).arrived(f"{JOBS}/start-next/accepted", job("http://127.0.0.1:9"))
    assert again[0][1]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("document", [None, "text", {"do": "dance"}, {"do": "update_firmware", "version": "2", "size": "3"}])
def test_a_job_that_it_does_not_know_is_rejected(tmp_path: Path, document: Any) -> None:
    updater = Updater("d1", Shelf(tmp_path, "d1"))
    said = updater.arrived(f"{JOBS}/start-next/accepted", {"execution": {"jobId": "j", "jobDocument": document}})
    assert said[0][1]["status"] == "REJECTED"


def test_it_asks_for_the_next_job_only_when_one_is_announced(tmp_path: Path) -> None:
    updater = Updater("d1", Shelf(tmp_path, "d1"))
    assert updater.arrived(f"{JOBS}/notify-next", {}) == []
    assert updater.arrived(f"{JOBS}/notify-next", {"execution": {"jobId": "j"}}) == [updater.begin()]


def test_several_ears_hear_each_their_own_topics() -> None:
    heard: list[tuple[str, str]] = []

    class Ear:
        def __init__(self, name: str, *topics: str) -> None:
            self.name, self.topics = name, topics

        def connected(self, publish: Publish) -> None:
            heard.append((self.name, "connected"))

        def heard(self, topic: str, payload: bytes, publish: Publish) -> None:
            heard.append((self.name, topic))

    ears = Ears(Ear("jobs", "a/jobs/+/accepted"), Ear("wishes", "a/shadow/delta"))
    assert ears.topics == ("a/jobs/+/accepted", "a/shadow/delta")
    ears.connected(lambda topic, payload: None)
    for topic in ("a/jobs/7/accepted", "a/shadow/delta", "a/jobs/accepted", "a/jobs/7/8/accepted"):
        ears.heard(topic, b"{}", lambda topic, payload: None)
    assert heard == [
        ("jobs", "connected"),
        ("wishes", "connected"),
        ("jobs", "a/jobs/7/accepted"),
        ("wishes", "a/shadow/delta"),
    ]


def test_a_device_that_obeys_puts_on_firmware_while_it_reports(address: str, tmp_path: Path) -> None:
    said: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    updating = Updating(Updater("d1", Shelf(tmp_path, "d1")))

    def publish(topic: str, payload: bytes) -> None:
        said.put((topic, json.loads(payload)))

    updating.connected(publish)
    assert said.get(timeout=5) == (f"{JOBS}/start-next", {})
    updating.heard(f"{JOBS}/start-next/accepted", b"no json", publish)
    updating.heard(f"{JOBS}/start-next/accepted", json.dumps(job(address)).encode(), publish)
    topic, body = said.get(timeout=5)
    assert (topic, body["status"]) == (f"{JOBS}/job-1/update", "SUCCEEDED")
