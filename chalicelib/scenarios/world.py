"""An empty AWS (moto) with the application in it, and everything that AWS itself would do: schedules, queues, streams, tokens.

The world knows doors only: HTTP requests with signed tokens, and the Lambda functions with the events that AWS sends them.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from chalicelib.dates import japan, sweep_instant
from chalicelib.scenarios import tokens

ROOT = Path(__file__).resolve().parents[2]
REGION = "ap-northeast-1"
QUEUES = {
    "night": "NIGHT_QUEUE_URL",
    "readings": "READINGS_QUEUE_URL",
    "ticks": "TICKS_QUEUE_URL",
}
TRIES_MAX = 5  # as the queues' redrive policy
ROUNDS_MAX = 10_000
POLICY = "mimamori-local-device"
SENDER = "mimamori@example.com"


class Trouble(Exception):
    """Something broke that no scenario can mean: a door is missing, a worker keeps failing, a token is not taken."""


@dataclass(frozen=True)
class Reply:
    """What a door answered."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status < 300


class World:
    """`with World() as world:` starts empty and leaves nothing behind. One at a time in a process."""

    def __init__(self, terms_dir: str = "") -> None:
        """`terms_dir`: a directory of terms files that come before the project's own."""
        self._terms_dir = terms_dir
        self._exits = ExitStack()
        self._sent = 0
        self._shards: list[str] = []

    def __enter__(self) -> World:
        from moto import mock_aws

        self._exits.callback(_restore, dict(os.environ))
        log = logging.getLogger("mimamori")  # `app` sets its level when it is imported: once in a process, maybe in here
        self._exits.callback(log.setLevel, log.level)
        directory = Path(self._exits.enter_context(tempfile.TemporaryDirectory(prefix="scenario-")))
        os.environ.update(_environment(tokens.write_keys(directory)))
        log.setLevel(os.environ["POWERTOOLS_LOG_LEVEL"])
        if self._terms_dir:
            os.environ["TERMS_DIR"] = self._terms_dir
        os.environ.pop("AWS_ENDPOINT_URL", None)
        os.environ.pop("AWS_PROFILE", None)
        self._exits.enter_context(mock_aws())
        self._make_queues()
        self._open_house()
        return self

    def __exit__(self, *error: object) -> None:
        self._exits.close()

    def _make_queues(self) -> None:
        self.sqs = _client("sqs")
        self.queue_urls = {}
        for name, variable in QUEUES.items():
            url = self.sqs.create_queue(QueueName=f"mimamori-local-{name}", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
            self.queue_urls[name] = os.environ[variable] = url
        _client("ses").verify_email_identity(EmailAddress=SENDER)
        _client("iot").create_policy(policyName=POLICY, policyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))

    def _open_house(self) -> None:
        """The application, as a fresh container would find it: nothing kept from an earlier world."""
        from chalice.test import Client

        from chalicelib import settings
        from chalicelib.api import house
        from chalicelib.store import tables

        house.forget()
        tables.create_all(settings.current())
        self.app = importlib.import_module("app").app
        self._client = Client(self.app, stage_name="local", project_dir=str(ROOT))
        self._exits.callback(house.forget)
        self._open_stream(settings.current().table_prefix)

    # the doors

    def http(
        self, method: str, path: str, body: Any = None, *, by: str = "operator", query: Mapping[str, Any] | None = None
    ) -> Reply:
        """One request with the token of `by`: `operator`, or the account of a household."""
        self._sent += 1
        headers = {"Authorization": f"Bearer {tokens.token(by)}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = f"step-{self._sent}"
        text = b"" if body is None else json.dumps(body).encode()
        where = f"{path}?{urlencode(query)}" if query else path
        answer = self._client.http.request(method, where, headers=headers, body=text)
        if answer.status_code in (401, 403, 405, 413, 415, 428, 429) or answer.status_code >= 500:
            raise Trouble(f"{method} {path} answered {answer.status_code}: {answer.body.decode(errors='replace')[:400]}")
        return Reply(answer.status_code, answer.json_body)

    def get_all(self, path: str, **query: Any) -> list[Any]:
        """All entries of a listing, page after page."""
        found: list[Any] = []
        cursor: dict[str, Any] = {}
        while True:
            reply = self.http("GET", path, query={"limit": 100, **query, **cursor})
            if not reply.ok:
                raise Trouble(f"GET {path} answered {reply.status}: {reply.body}")
            found += reply.body["items"]
            if not reply.body.get("next"):
                return found
            cursor = {"cursor": reply.body["next"]}

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """One call of a Lambda function. An exception of the function is the caller's to see."""
        return self._client.lambda_.invoke(function, dict(event)).payload

    # time

    def move_clock(self, at: datetime) -> None:
        """Stops the application's clock at an instant."""
        reply = self.http("POST", "/v1/local/clock", {"at": at.astimezone(UTC).isoformat(), "frozen": True})
        if not reply.ok:
            raise Trouble(f"the clock did not move: {reply.status} {reply.body}")

    def night(self, day: date) -> None:
        """The scheduler's event for the night of a day."""
        self.invoke("night", {"day": sweep_instant(day).strftime("%Y-%m-%dT%H:%M:%SZ")})
        self.settle()

    def tick(self) -> None:
        """The scheduler's five-minute event."""
        self.invoke("tick", {})
        self.settle()

    def arrive(self, device: str, message: Mapping[str, Any], at: datetime) -> None:
        """What the IoT rule and its queue hand over: the message, with the device from its topic and our time."""
        self._sent += 1
        payload = b64encode(json.dumps(message).encode()).decode()
        sent = {"payload": payload, "device": device, "received_at": int(at.timestamp() * 1000)}
        record = {"MessageId": f"reading-{self._sent}", "ReceiptHandle": "kept-by-aws", "Body": json.dumps(sent)}
        event = {"Records": [_sqs_record(record, _arn("readings"))]}
        for _ in range(TRIES_MAX):
            if not (self.invoke("readings_worker", event) or {}).get("batchItemFailures"):
                return self._run_dry(self._stream)
        raise Trouble(f"readings_worker keeps failing on {record['Body'][:200]}")

    # what AWS carries between the doors

    def settle(self) -> None:
        """Lets queues and streams run dry, as their event source mappings would."""
        self._run_dry(lambda: self._queue("night", "night_worker") + self._queue("ticks", "tick_worker") + self._stream())

    def _run_dry(self, source: Callable[[], int]) -> None:
        for _ in range(ROUNDS_MAX):
            if not source():
                return
        raise Trouble("the queues do not run dry")

    def _queue(self, name: str, worker: str) -> int:
        url = self.queue_urls[name]
        messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
        if not messages:
            return 0
        event = {"Records": [_sqs_record(message, _arn(name)) for message in messages]}
        answer = self.invoke(worker, event) or {}
        failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", ())}
        for message in messages:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            elif int(message["Attributes"]["ApproximateReceiveCount"]) >= TRIES_MAX:
                raise Trouble(f"{worker} keeps failing on {message['Body'][:200]}")
        return len(messages)

    def _open_stream(self, prefix: str) -> None:
        self._streams = _client("dynamodbstreams")
        table = _client("dynamodb").describe_table(TableName=f"{prefix}outbox")["Table"]
        arn = table["LatestStreamArn"]
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._shards = [
            self._streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
            for shard in shards
        ]

    def _stream(self) -> int:
        moved = 0
        for place, iterator in enumerate(self._shards):
            answer = self._streams.get_records(ShardIterator=iterator)
            self._shards[place] = answer["NextShardIterator"]
            records = [_stream_record(record) for record in answer["Records"] if record["eventName"] == "INSERT"]
            moved += len(records)
            for start in range(0, len(records), 25):
                self._hand_over(records[start : start + 25])
        return moved

    def _hand_over(self, records: list[dict[str, Any]]) -> None:
        for _ in range(TRIES_MAX):
            answer = self.invoke("outbox_worker", {"Records": records}) or {}
            failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", ())}
            records = [record for record in records if record["dynamodb"]["SequenceNumber"] in failed]
            if not records:
                return
        raise Trouble(f"outbox_worker keeps failing on {records[0]['dynamodb'].get('Keys')}")

    # what waits, as the due indexes say

    def next_contract_due(self, contracts: Iterable[str]) -> datetime | None:
        """When the night next has something to do; only the shards that these contracts can be in are asked."""
        from chalicelib.store import contracts as rows
        from chalicelib.store import transact

        store = transact.connect()
        return _first(store, store.contracts, "due", {rows.due_shard(contract) for contract in contracts})

    def next_device_due(self, devices: Iterable[str]) -> datetime | None:
        """When a tick next may have something to notice: the index's attribute, read from the devices themselves."""
        from chalicelib.store import devices as rows
        from chalicelib.store import transact

        store = transact.connect()
        found = (store.get(store.devices, rows.key(device)) for device in devices)
        return min((datetime.fromisoformat(row["due_at"]["S"]) for row in found if row and "due_at" in row), default=None)


def _first(store: Any, table: str, index: str, shards: set[str]) -> datetime | None:
    found = (store.query(table, ("due_shard", shard), index=index, limit=1).rows for shard in shards)
    return min((datetime.fromisoformat(rows[0]["due_at"]["S"]) for rows in found if rows), default=None)


@lru_cache(maxsize=8)
def _client(service: str) -> Any:
    """A client of the world's own, kept from world to world: making one costs more than a whole night."""
    import boto3
    from botocore.config import Config

    # moto knows a stream's plain address only, not the one with the account in it
    return boto3.client(service, region_name=REGION, config=Config(account_id_endpoint_mode="disabled"))


def _environment(keys: tokens.Keys) -> dict[str, str]:
    return {
        "STAGE": "local",
        "TABLE_PREFIX": "mimamori-local-",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "scenario",
        "AWS_SECRET_ACCESS_KEY": "scenario",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TOKEN_ISSUER": keys.issuer,
        "TOKEN_CLIENT_ID": keys.client_id,
        "JWKS_URL": keys.url,
        "MAIL_FROM": SENDER,
        "DEVICE_POLICY": POLICY,
        "POWERTOOLS_SERVICE_NAME": "mimamori",
        "POWERTOOLS_METRICS_NAMESPACE": "mimamori",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "CRITICAL"),
    }


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def _arn(queue: str) -> str:
    return f"arn:aws:sqs:{REGION}:123456789012:mimamori-local-{queue}"


def _sqs_record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def _stream_record(record: Mapping[str, Any]) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    made = change.get("ApproximateCreationDateTime")
    if isinstance(made, datetime):
        change["ApproximateCreationDateTime"] = made.timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": f"arn:aws:dynamodb:{REGION}:123456789012:table/outbox/stream/now"}


def japan_minute(text: Any) -> Any:
    """An instant of the API as the acceptance language writes it: `2025-08-01T14:05`, Japan time. None stays None."""
    if not isinstance(text, str):
        return text
    moment = datetime.fromisoformat(text)
    return japan(moment).strftime("%Y-%m-%dT%H:%M") if moment.tzinfo else text[:16]
