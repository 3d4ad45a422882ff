"""The quickened moto answers as the plain one does: the same long play of writes, transactions and questions, on both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from random import Random
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models.table import Table

from tests import quick_moto

STEPS = 250
# name: type of the keys; one table has a single key
KEYS = {"texts": ("S", "S"), "single": ("S", None), "numbers": ("N", "N")}


@pytest.fixture(autouse=True)
def hurried() -> Iterator[None]:
    quick_moto.hurry()
    yield


def made(client: Any) -> None:
    for name, (first, second) in KEYS.items():
        attributes = [{"AttributeName": "a", "AttributeType": first}, {"AttributeName": "due", "AttributeType": "S"}]
        schema = [{"AttributeName": "a", "KeyType": "HASH"}]
        if second:
            attributes.append({"AttributeName": "b", "AttributeType": second})
            schema.append({"AttributeName": "b", "KeyType": "RANGE"})
        index = {"IndexName": "due", "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}]}
        client.create_table(
            TableName=name,
            AttributeDefinitions=attributes,
            KeySchema=schema,
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[{**index, "Projection": {"ProjectionType": "ALL"}}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )


def key(dice: Random, name: str) -> dict[str, Any]:
    first, second = KEYS[name]
    found = {"a": {first: str(dice.randint(1, 3))}}
    return found | ({"b": {second: str(dice.choice([1, 2, 10, 11]))}} if second else {})


def rest(dice: Random) -> dict[str, Any]:
    deep = {"M": {"list": {"L": [{"N": str(dice.randint(0, 3))}, {"S": "x"}]}, "set": {"SS": ["p", "q"]}}}
    return (
        {"n": {"N": str(dice.randint(0, 5))}, "deep": deep, "yes": {"BOOL": True}, "none": {"NULL": True}}
        | ({"due": {"S": dice.choice("xy")}} if dice.random() < 0.6 else {})
        | ({"bytes": {"B": b"\x00\xff"}, "many": {"BS": [b"\x01", b"\x02"]}} if dice.random() < 0.2 else {})
    )


def action(dice: Random) -> dict[str, Any]:
    """One write, half of them with a condition that may fail."""
    name = dice.choice(list(KEYS))
    condition = {"ConditionExpression": dice.choice(["attribute_exists(a)", "attribute_not_exists(a)"])}
    common: dict[str, Any] = {"TableName": name} | (condition if dice.random() < 0.5 else {})
    kind = dice.choice(["Put", "Update", "Update", "Delete", "ConditionCheck"])
    if kind == "Put":
        return {kind: {**common, "Item": key(dice, name) | rest(dice)}}
    if kind == "Update":
        change = "SET n = :n, deep.#l[0] = :n REMOVE due" if dice.random() < 0.3 else "SET n = :n"
        names = {"ExpressionAttributeNames": {"#l": "list"}} if "#l" in change else {}
        return {
            kind: {**common, **names, "Key": key(dice, name), "UpdateExpression": change}
            | {"ExpressionAttributeValues": {":n": {"N": str(dice.randint(10, 99))}}}
        }
    return {kind: {**common, **(condition if kind == "ConditionCheck" else {}), "Key": key(dice, name)}}


def step(dice: Random, client: Any) -> Any:
    name = dice.choice(list(KEYS))
    first, second = KEYS[name]
    asked: dict[str, Any]
    match dice.choice(
        ["transaction", "transaction", "put", "query", "index", "get", "some", "many", "update", "delete", "scan"]
    ):
        case "transaction":
            return client.transact_write_items(TransactItems=[action(dice) for _ in range(dice.randint(1, 4))])
        case "put":
            return client.put_item(TableName=name, Item=key(dice, name) | rest(dice), ReturnValues="ALL_OLD")
        case "get":
            return client.get_item(TableName=name, Key=key(dice, name))
        case "some":
            return client.transact_get_items(TransactItems=[{"Get": {"TableName": name, "Key": key(dice, name)}} for _ in "xy"])
        case "many":
            rows = {json.dumps(one): one for one in (key(dice, name) for _ in "xyz")}
            puts = [{"PutRequest": {"Item": row | rest(dice)}} for row in rows.values()]
            if dice.random() < 0.5:
                return client.batch_write_item(RequestItems={name: puts})
            return client.batch_get_item(RequestItems={name: {"Keys": list(rows.values())}})
        case "update":
            return client.update_item(
                TableName=name,
                Key=key(dice, name),
                UpdateExpression="SET n = if_not_exists(n, :no) + :one, l = list_append(if_not_exists(l, :none), :more) ADD c :one",
                ConditionExpression="attribute_not_exists(n) OR n < :most",
                ExpressionAttributeValues={
                    ":no": {"N": "0"},
                    ":one": {"N": "1"},
                    ":most": {"N": "4"},
                    ":none": {"L": []},
                    ":more": {"L": [{"N": "1.5"}]},
                },
                ReturnValues=dice.choice(["NONE", "ALL_NEW", "UPDATED_NEW", "ALL_OLD"]),
                ReturnValuesOnConditionCheckFailure=dice.choice(["NONE", "ALL_OLD"]),
            )
        case "delete":
            return client.delete_item(TableName=name, Key=key(dice, name), ReturnValues=dice.choice(["NONE", "ALL_OLD"]))
        case "scan":
            return client.scan(TableName=name)
        case "index":
            asked = {"IndexName": "due", "KeyConditionExpression": "due = :v"}
            values = {":v": {"S": dice.choice("xy")}}
        case "query":
            asked, values = {"KeyConditionExpression": "a = :v"}, {":v": {first: str(dice.randint(1, 4))}}
            if second and dice.random() < 0.6:
                asked["KeyConditionExpression"] += " AND b BETWEEN :low AND :high"
                values |= {":low": {second: "1"}, ":high": {second: "10"}}
    asked |= {"TableName": name, "ScanIndexForward": dice.random() < 0.5, "Limit": dice.randint(1, 4)}
    page = client.query(**asked, ExpressionAttributeValues=values)
    after = page.get("LastEvaluatedKey")
    return page, client.query(**asked, ExpressionAttributeValues=values, ExclusiveStartKey=after) if after else None


def streams(client: Any) -> Iterator[Any]:
    """What changed, without what differs from run to run."""
    shards = boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))
    for name in KEYS:
        arn = client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
        (shard,) = shards.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        begin = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        for record in shards.get_records(ShardIterator=shards.get_shard_iterator(**begin)["ShardIterator"])["Records"]:
            change = {part: value for part, value in record["dynamodb"].items() if "Time" not in part and "Size" not in part}
            yield name, record["eventName"], change


def play(seed: int, way: AbstractContextManager[Any]) -> list[Any]:
    """Every answer and every refusal, in order, and in the end the streams."""
    dice, said = Random(seed), []
    with way, mock_aws():
        client = boto3.client("dynamodb")
        made(client)
        for _ in range(STEPS):
            try:
                answer = step(dice, client)
            except ClientError as refused:
                answer = {"refused": refused.response["Error"], "why": refused.response.get("CancellationReasons")}
                answer["held"] = refused.response.get("Item")
            said.append({**answer, "ResponseMetadata": 0} if isinstance(answer, dict) else bare(answer))
        return [*said, *streams(client)]


def bare(pages: Any) -> list[Any]:
    return [page and {**page, "ResponseMetadata": 0} for page in pages]


def test_every_answer_is_the_same() -> None:
    plain = play(1, quick_moto.plain())
    assert play(1, nullcontext()) == plain
    refused = [one for one in plain if isinstance(one, dict) and "refused" in one]
    assert 20 < len(refused) < STEPS - 20  # some transactions went back, and much was asked


def test_plain_is_plain() -> None:
    with quick_moto.plain():
        before = Table.query, Table.all_items
    assert before != (Table.query, Table.all_items)
    quick_moto.hurry()
    assert before != (Table.query, Table.all_items)
