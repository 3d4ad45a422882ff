"""New firmware end to end on the embedded stack: an operator publishes, the tick makes the job, the device puts it on and says so."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from fleet import identity
from local import world
from local.client import Api
from tests.stack.conftest import House
from tests.stack.test_trip import APPLICATION, soon

pytestmark = pytest.mark.stack
FILE = b"the new firmware " * 1000


@pytest.fixture
def address() -> Iterator[str]:
    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(FILE)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()


def test_a_release_reaches_a_device(house: House, tmp_path: Path, address: str) -> None:
    operator = Api(house.world.api, house.world.token("operator"))
    contract = operator.post("/v1/contracts", {**APPLICATION, "account": "firmware-account"}, "firmware-application")["id"]
    path = f"/v1/contracts/{contract}/devices"
    claim = operator.post(path, {"device": "gateway-fw", "model": "pv-gateway"}, "firmware-claim")
    device = identity.write(
        tmp_path,
        device="gateway-fw",
        stage=world.STAGE,
        endpoint="localhost",
        port=house.places.mqtt_port,
        certificate_pem=claim["certificate"],
        key_pem=claim["private_key"],
        ca_pem=(house.places.folder / "iot-ca.pem").read_text(),
    )
    said = {"sha256": hashlib.sha256(FILE).hexdigest(), "size": len(FILE), "waves": [100]}
    release = {"model": "pv-gateway", "version": "2.0.0", "url": address, **said}
    operator.post("/v1/operator/firmware", release, "firmware-release")

    def tick() -> None:
        answer = house.world.stack.client("lambda").invoke(FunctionName="mimamori-local-tick", Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    tick()
    ask = "/v1/operator/firmware/pv-gateway/2.0.0"
    assert operator.get(ask)["devices"] == {"pending": 1, "succeeded": 0, "failed": 0}
    done = subprocess.run(
        [sys.executable, "-m", "fleet", "update", "--device", str(device)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert soon(lambda: operator.get(ask)["devices"]["succeeded"]) == 1
    clock = operator.get("/v1/local/clock")["at"]
    later = (world_clock(clock)).isoformat()
    operator.post("/v1/local/clock", {"at": later}, "firmware-clock")
    tick()
    (update,) = soon(lambda: operator.get(f"{path}/gateway-fw/firmware")["items"])
    assert (update["version"], update["outcome"]) == ("2.0.0", "done")
    assert json.loads((tmp_path / "gateway-fw.firmware.json").read_text())["version"] == "2.0.0"


def world_clock(text: str) -> Any:
    from datetime import datetime, timedelta

    return datetime.fromisoformat(text) + timedelta(minutes=6)
