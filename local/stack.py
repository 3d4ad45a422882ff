"""The embedded AWS: starting it, talking to it, stopping it. Everything listens on loopback only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
REGION = "ap-northeast-1"
ACCOUNT = "000000000000"  # ministack keeps its state by account
HOST = "127.0.0.1"
_START_S = 30.0
_STOP_S = 30.0  # it writes its state when it stops


@dataclass(frozen=True, slots=True)
class Places:
    """Where one stack keeps things, and its ports; `phones_port` and `web_port` are of what stands beside it (0: any)."""

    folder: Path
    port: int = 8720
    mqtt_port: int = 8883
    phones_port: int = 0  # what stands in for LINE and browsers
    web_port: int = 0  # the one address of the web app and the API

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "stack.log"


class Stack:
    """A running ministack. Make one with `running`, which also stops it."""

    def __init__(self, places: Places, process: subprocess.Popen[bytes]) -> None:
        self.places = places
        self._process = process

    @property
    def endpoint(self) -> str:
        return self.places.endpoint

    def alive(self) -> bool:
        return self._process.poll() is None

    def client(self, service: str) -> Any:
        """A boto3 client for the stack; nothing of the caller's own AWS settings is used."""
        return client(service, self.endpoint)

    def get(self, path: str) -> bytes:
        """The body of one of ministack's own pages, such as `/_ministack/iot/ca.pem`."""
        with urllib.request.urlopen(f"{self.endpoint}{path}", timeout=10) as answer:  # noqa: S310 - loopback
            return bytes(answer.read())

    def sent_mail(self) -> list[dict[str, Any]]:
        """Every e-mail that left through SES, oldest first."""
        by_account = json.loads(self.get("/_ministack/ses/messages"))["messages"]
        return sorted((mail for mails in by_account.values() for mail in mails), key=lambda mail: mail["Timestamp"])

    def stop(self) -> None:
        """Asks it to stop and waits until its state is on disk."""
        if self.alive():
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise Trouble("The embedded AWS did not stop in time and was ended.", "What was not yet saved is lost.") from None


def client(service: str, endpoint: str) -> Any:
    """A boto3 client for an embedded AWS at that endpoint, with made-up credentials."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="test",  # noqa: S106 - the emulator's root
        config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60, ignore_configured_endpoint_urls=True),
    )


@contextmanager
def running(places: Places) -> Iterator[Stack]:
    """Starts the stack, hands it out when it answers, stops it in the end. Raises Trouble: port, environment, log."""
    stack = start(places)
    try:
        yield stack
    finally:
        stack.stop()


def start(places: Places) -> Stack:
    """As `running`, for those who stop it themselves."""
    python = ROOT / ".venv-local" / "bin" / "python"
    if not python.exists():
        raise Trouble("The embedded AWS is not installed.", "Run `make setup`, then again.")
    for port, option in ((places.port, "PORT"), (places.mqtt_port, "MQTT_PORT")):
        _must_be_free(port, option)
    places.folder.mkdir(parents=True, exist_ok=True)
    with places.log.open("wb") as log:
        process = subprocess.Popen(
            [str(python), "-P", str(ROOT / "local" / "emulator.py")],
            env=_environment(places),
            cwd=places.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the supervisor, which then stops this in order
        )
    stack = Stack(places, process)
    try:
        _wait_until_ready(stack)
    except BaseException:
        stack.stop()
        raise
    return stack


def _must_be_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Trouble(
                f"Port {port} is not for everybody.", f"Choose one above 1024: make run {option}={port + 10000}."
            ) from None
        except OSError:
            raise Trouble(
                f"Port {port} is taken, perhaps by another `make run`.",
                f"Stop what uses it, or choose another: make run {option}={port + 1}.",
            ) from None


def _environment(places: Places) -> dict[str, str]:
    """What ministack sees. The caller's AWS and Python settings stay out of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "VIRTUAL_ENV"))}
    return kept | {
        "BIND_HOST": HOST,
        "MINISTACK_HOST": "localhost",
        "GATEWAY_PORT": str(places.port),
        "IOT_MTLS_PORT": str(places.mqtt_port),
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(places.folder / "state"),
        "S3_DATA_DIR": str(places.folder / "s3"),
        "TMPDIR": str(_own(places.folder / "tmp")),
        "AUTH": "true",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def _own(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait_until_ready(stack: Stack) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if not stack.alive():
            last = (stack.places.log.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]
            raise Trouble(f"The embedded AWS stopped at once, saying: {last}", f"See {stack.places.log}.")
        try:
            if json.loads(stack.get("/_ministack/health")).get("iot_mtls") == "listening":
                return
        except (urllib.error.URLError, ConnectionError, ValueError, TimeoutError):
            pass
        time.sleep(0.1)
    raise Trouble("The embedded AWS did not answer in 30 seconds.", f"See {stack.places.log}.")
