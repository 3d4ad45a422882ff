"""What SQS does not take is sent again; what it keeps refusing is an error, never a loss."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.errors import StoreError
from chalicelib.gateways.queue import Queue


class Picky:
    """A queue that refuses the entries whose places it is told, call by call."""

    def __init__(self, *refusals: set[int] | Exception) -> None:
        self.refusals, self.taken, self.calls = list(refusals), [], 0

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls += 1
        refused = self.refusals.pop(0) if self.refusals else set()
        if isinstance(refused, Exception):
            raise refused
        failed = [e for place, e in enumerate(Entries) if place in refused]
        self.taken += [json.loads(e["MessageBody"])["n"] for e in Entries if e not in failed]
        return {"Failed": [{"Id": e["Id"]} for e in failed]}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def numbered(count: int) -> list[dict[str, int]]:
    return [{"n": n} for n in range(count)]


def test_messages_go_in_tens(aws: None) -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="tens")["QueueUrl"]
    assert Queue(client, url).send(numbered(23)) == 23
    found: set[int] = set()
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found |= {json.loads(m["Body"])["n"] for m in messages}
    assert found == set(range(23))


def test_what_was_refused_is_sent_again_and_only_that() -> None:
    client = Picky({1, 3}, {0})
    assert Queue(client, "q").send(numbered(5)) == 5
    assert sorted(client.taken) == [0, 1, 2, 3, 4]
    assert client.calls == 3


def test_what_is_refused_for_ever_is_an_error() -> None:
    with pytest.raises(StoreError):
        Queue(Picky(*[{0}] * 20), "q").send(numbered(2))


@pytest.mark.parametrize(
    "failure", [ClientError({"Error": {"Code": "AccessDenied"}}, "x"), EndpointConnectionError(endpoint_url="https://q")]
)
def test_a_queue_that_does_not_answer_is_an_error(failure: Exception) -> None:
    with pytest.raises(StoreError):
        Queue(Picky(failure), "q").send(numbered(1))


def test_nothing_to_send_asks_nobody() -> None:
    client = Picky()
    assert Queue(client, "q").send([]) == 0
    assert client.calls == 0
