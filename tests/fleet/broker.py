"""A broker for the agent's tests: an embedded stack of our own on free loopback ports, and a line that can be cut."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from fleet import identity

STAGE = "fleet"
_ROOT = Path(__file__).parents[2]
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iot:Connect",
            "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}",
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}},
        },
        {
            "Effect": "Allow",
            "Action": "iot:Publish",
            "Resource": f"arn:aws:iot:*:*:topic/mimamori/{STAGE}/${{iot:Connection.Thing.ThingName}}/readings",
        },
    ],
}


class Broker:
    """Starts, stops and asks one embedded stack; its state outlives a stop."""

    def __init__(self, home: Path, python: Path) -> None:
        self.home = home
        self._python = python
        self.gateway_port, self.port = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.gateway_port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = {
            "PATH": os.environ["PATH"],
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.gateway_port),
            "IOT_MTLS_PORT": str(self.port),
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.home / "state"),
            "AUTH": "true",
            "MINISTACK_REGION": "ap-northeast-1",
        }
        with open(self.home / "broker.log", "ab") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "ministack"], env=settings, cwd=self.home, stdout=log, stderr=log
            )
        wait_until(self._listens, 30, "the embedded stack did not come up")
        (self.home / "ca.pem").write_bytes(urllib.request.urlopen(f"{self.url}/_ministack/iot/ca.pem").read())

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="ap-northeast-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def prepare(self) -> None:
        """What the deployment makes: the policy of devices, the rule, the queue behind it."""
        self.client("iot").create_policy(policyName="device", policyDocument=json.dumps(_POLICY))
        self.queue = self.client("sqs").create_queue(QueueName="readings")["QueueUrl"]
        role = self.client("iam").create_role(
            RoleName="rule",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    ],
                }
            ),
        )["Role"]["Arn"]
        allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
        self.client("iam").put_role_policy(RoleName="rule", PolicyName="leave", PolicyDocument=json.dumps(allowed))
        self.client("iot").create_topic_rule(
            ruleName="readings",
            topicRulePayload={
                "sql": "SELECT encode(*, 'base64') AS payload, topic(3) AS device, timestamp() AS received_at "
                f"FROM 'mimamori/{STAGE}/+/readings'",
                "actions": [{"sqs": {"queueUrl": self.queue, "roleArn": role}}],
            },
        )

    def claim(self, device: str, port: int | None = None) -> Path:
        """What claiming a device does; returns the provisioning file."""
        iot = self.client("iot")
        iot.create_thing(thingName=device)
        made = iot.create_keys_and_certificate(setAsActive=True)
        iot.attach_policy(policyName="device", target=made["certificateArn"])
        iot.attach_thing_principal(thingName=device, principal=made["certificateArn"])
        return identity.write(
            self.home / device,
            device=device,
            stage=STAGE,
            endpoint="127.0.0.1",
            port=port or self.port,
            certificate_pem=made["certificatePem"],
            key_pem=made["keyPair"]["PrivateKey"],
            ca_pem=(self.home / "ca.pem").read_text(),
        )

    def arrived(self) -> list[dict[str, Any]]:
        """Every message that reached the queue since the last call, in no order."""
        sqs = self.client("sqs")
        messages: list[dict[str, Any]] = []
        while found := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                handed = json.loads(message["Body"])
                messages.append({**json.loads(b64decode(handed["payload"])), "device": handed["device"]})
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def _listens(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the embedded stack ended: {(self.home / 'broker.log').read_text()[-2000:]}")
        return all(_open(port) for port in (self.gateway_port, self.port))


class CuttableLine:
    """A TCP relay in front of the broker that loses what we tell it to lose."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.answers_lost = False
        self.down = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends every connection as a pulled plug does."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        self.down = True
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
                if self.down:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._pairs.append((near, far))
            threading.Thread(target=self._relay, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._relay, args=(far, near, True), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not (answers and self.answers_lost):
                    sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def fleet(*arguments: str | Path, **options: Any) -> "subprocess.Popen[str]":
    """`python -m fleet …` as a process of its own."""
    command = [sys.executable, "-m", "fleet", *map(str, arguments)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def wait_until(holds: Any, seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


def local_python() -> Path:
    """The embedded stack's own environment; it pins other versions than ours."""
    python = _ROOT / ".venv-local" / "bin" / "python"
    if not python.exists():
        pytest.fail("the embedded stack is not installed: run `make setup`")
    return python


@contextlib.contextmanager
def running(home: Path) -> Iterator[Broker]:
    broker = Broker(home, local_python())
    broker.start()
    try:
        broker.prepare()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(home / "state", ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
