"""The API function's cold start beside the floor: fresh processes, one request each, CPU time as the kernel counts it.

Three requests: one that reads nothing, one that reads the store, and one with a token to verify that views a contract
(JWT and cryptography are imported for it). The floor reads one item. DynamoDB is the dictionary, behind HTTP on the loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench import sweep, wire
from bench.dynamo import Dynamo
from chalicelib.store import transact

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
CHILD = Path(__file__).with_name("cold_child.py")
PAIRS = 11
ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_BENCH"
CONTRACT = "cold-contract"


def event(resource: str, params: Mapping[str, str] | None = None, token: str = "") -> Json:
    """A GET as API Gateway hands it over."""
    headers = {"accept": "application/json", "accept-language": "ja", **({"authorization": f"Bearer {token}"} if token else {})}
    return {
        "resource": resource,
        "path": resource.format(**(params or {})),
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(params) if params else None,
        "stageVariables": None,
        "requestContext": {"httpMethod": "GET", "resourcePath": resource, "identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }


def requests(directory: Path) -> dict[str, Json]:
    """The three requests; sets the environment so that their token holds."""
    token = _token(directory, f"account-{CONTRACT}")
    return {
        "health": event("/v1/health"),
        "service": event("/v1/services/{service}", {"service": "sottonet"}),
        "contract": event("/v1/contracts/{contract}", {"contract": CONTRACT}, token),
    }


def _token(directory: Path, who: str) -> str:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    keys = directory / "keys.json"
    keys.write_text(json.dumps({"keys": [{**public, "kid": "bench", "alg": "RS256", "use": "sig"}]}), encoding="utf-8")
    os.environ.update(TOKEN_ISSUER=ISSUER, TOKEN_CLIENT_ID="bench", JWKS_URL=keys.as_uri())
    claims = {"sub": who, "iss": ISSUER, "client_id": "bench", "token_use": "access", "iat": 946_684_800, "exp": 4_102_444_800}
    return str(jwt.encode(claims, key, algorithm="RS256", headers={"kid": "bench"}))


@contextlib.contextmanager
def served() -> Iterator[Dynamo]:
    """The dictionary behind a real HTTP server on the loopback, with a contract to view; children are pointed to it."""
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    with wire.answered_by(store.client, wire.live(dynamo)):
        sweep.say_states(store)
        sweep.settle_in(store, sweep.eves()[0], CONTRACT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door(dynamo))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
        yield dynamo
    finally:
        os.environ.pop("AWS_ENDPOINT_URL")
        server.shutdown()
        server.server_close()


def _door(dynamo: Dynamo) -> type[BaseHTTPRequestHandler]:
    live = wire.live(dynamo)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = live.reply(self.headers["X-Amz-Target"].rpartition(".")[2], body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Door


def start(what: str, asked: Json, home: Path = ROOT) -> float:
    """CPU seconds (user and system) of one fresh process that answers one request with the code of `home`."""
    command = [sys.executable, str(CHILD), what, json.dumps(asked)]
    environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "" if home == ROOT else "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as child:
        out, trouble = child.stdout, child.stderr
        assert out is not None and trouble is not None
        said, complaint = out.read().decode().strip(), trouble.read().decode()
        _, _, used = os.wait4(child.pid, 0)
        child.returncode = 0
    if said.splitlines()[-1:] != ["200"]:
        raise AssertionError(f"the {what} answered {said!r}: {complaint[-500:]}")
    return used.ru_utime + used.ru_stime


def measure() -> Json:
    wire.settle()
    figures: Json = {}
    with tempfile.TemporaryDirectory() as made, served():
        for name, asked in requests(Path(made)).items():
            floor, ours = pairs(asked)
            figures[f"cold_start_ratio_{name}"] = round(statistics.median(b / a for a, b in zip(floor, ours, strict=True)), 3)
            figures[f"cold_start_cpu_ms_{name}"] = round(statistics.median(ours) * 1000)
        figures["cold_start_floor_cpu_ms"] = round(statistics.median(floor) * 1000)
    return {"cold_start_ratio": figures["cold_start_ratio_contract"], **figures}


def pairs(asked: Json, home: Path = ROOT) -> tuple[list[float], list[float]]:
    """CPU seconds of the floor and of ours, turn and turn about."""
    for what in ("floor", "app"):
        start(what, asked, home)  # compiles what nobody compiled yet
    floor: list[float] = []
    ours: list[float] = []
    for number in range(PAIRS):
        for what, seconds in (("floor", floor), ("app", ours))[:: 1 if number % 2 == 0 else -1]:
            seconds.append(start(what, asked, home))
    return floor, ours
