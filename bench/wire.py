"""Real clients with nobody behind them: what botocore would send over HTTPS is answered here, in this process.

Everything of the client is real: serialization, endpoint rules, signing, checksums, parsing, retries. Only the socket is
gone.
"""

from __future__ import annotations

import json
import os
from binascii import crc32
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse

from bench.dynamo import Dynamo, Refused

PREFIX = "mimamori-bench-"
ENVIRONMENT = {
    "STAGE": "bench",
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIDNOBODY",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "POWERTOOLS_SERVICE_NAME": "mimamori",
    "POWERTOOLS_METRICS_NAMESPACE": "mimamori",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}


def settle() -> None:
    """The environment of a bench: a stage of its own, no credentials of anybody, no endpoint to reach."""
    os.environ.update(ENVIRONMENT)
    for name in ("TABLE_PREFIX", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)


class _Body:
    """The raw part of a response that was read already."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> Iterator[bytes]:
        yield self.content


class Reply:
    """A prepared answer: sending it costs next to nothing."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self.content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        self.status = status
        self.headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Length": str(len(self.content)),
            "x-amzn-RequestId": "0" * 52,
            "x-amz-crc32": str(crc32(self.content)),
            "Date": "Sun, 22 Nov 2026 00:00:00 GMT",
        }

    def sent(self, url: str) -> AWSResponse:
        return AWSResponse(url, self.status, self.headers, _Body(self.content))


class Canned:
    """Takes the place of botocore's HTTP session. `answer(operation, body)` gives the reply for a request."""

    def __init__(self, answer: Callable[[str, bytes], Reply]) -> None:
        self.reply = answer

    def send(self, request: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        if isinstance(target, bytes):
            target = target.decode()
        return self.reply(target.rpartition(".")[2], request.body).sent(request.url)

    def close(self) -> None:
        """botocore closes what it opened."""


def live(dynamo: Dynamo) -> Canned:
    """Answers from the dictionary."""

    def answer(operation: str, body: bytes) -> Reply:
        try:
            return Reply(dynamo.answer(operation, json.loads(body)))
        except Refused as refused:
            return Reply(refused.body, 400)

    return Canned(answer)


@contextmanager
def answered_by(client: Any, canned: Canned) -> Iterator[None]:
    """The client's requests are answered by `canned` inside the block."""
    endpoint = client._endpoint
    kept, endpoint.http_session = endpoint.http_session, canned
    try:
        yield
    finally:
        endpoint.http_session = kept
