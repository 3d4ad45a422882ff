"""The functions that schedules, queues and streams call: the events of AWS in, partial failures out."""

from __future__ import annotations

import json
from urllib.parse import quote

import boto3
import pytest

from chalicelib.api import batches, house

from .test_life import APPLICATION, CONSENTS


def record(body, number: int = 1) -> dict:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": f"m{number}", "receiptHandle": "r", "body": text, "attributes": {}, "eventSource": "aws:sqs"}


@pytest.fixture(scope="module")
def call(browser):
    def invoke(name: str, event: dict):
        return browser.client.lambda_.invoke(name, event).payload

    return invoke


@pytest.fixture(scope="module")
def contract(browser) -> str:
    browser.post("/v1/local/clock", {"at": "2025-04-01T10:00", "frozen": True}, who="operator")
    made = browser.post("/v1/contracts", {**APPLICATION, "consents": CONSENTS}).json_body
    browser.post(f"/v1/contracts/{made['id']}/commands/install", {}, who="operator")
    return made["id"]


def waiting(variable: str) -> list[dict]:
    """Takes all messages out of a queue."""
    client, url = boto3.client("sqs"), getattr(house.settings(), variable)
    found = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
    return found


def test_a_night_bills_and_the_bill_can_be_read_by_its_key(browser, call, contract) -> None:
    browser.post("/v1/local/clock", {"at": "2025-05-01T00:10", "frozen": True}, who="operator")
    answer = call("night", {"day": "2025-04-30T15:10:00Z"})
    assert answer["day"] == "2025-05-01"
    shares = waiting("night_queue_url")
    assert [name for share in shares for name in share["contracts"]] == [contract]
    event = {"Records": [record(share, number) for number, share in enumerate(shares)]}
    assert call("night_worker", event) == {"batchItemFailures": []}
    assert call("night_worker", event) == {"batchItemFailures": []}
    bills = browser.get(f"/v1/contracts/{contract}/invoices").json_body["items"]
    assert [(bill["month"], bill["kind"]) for bill in bills] == [("2025-04", "initial")]
    address = f"/v1/contracts/{contract}/invoices/{quote(bills[0]['key'], safe='')}"
    bill = browser.get(address).json_body
    assert {name: bill[name] for name in bills[0] if name != "lines"} == {n: v for n, v in bills[0].items() if n != "lines"}
    assert [line["item"] for line in bill["lines"]] == [line["item"] for line in bills[0]["lines"]]
    assert bill["texts"] == []  # Sottonet has no text that belongs on a bill
    night = browser.get("/v1/operator/nights/2025-05-01", who="operator").json_body
    assert night["due"] == night["done"] + night["parked"]


def test_one_bad_message_does_not_hold_up_the_others(call, contract) -> None:
    good = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    event = {"Records": [record("no json", 1), record(good, 2), record({"kind": "unheard of"}, 3)]}
    failed = [failure["itemIdentifier"] for failure in call("night_worker", event)["batchItemFailures"]]
    assert failed == ["m1", "m3"]


def test_a_batch_in_which_everything_fails_comes_back_whole(call) -> None:
    event = {"Records": [record("no json", 1), record("{", 2)]}
    assert [failure["itemIdentifier"] for failure in call("night_worker", event)["batchItemFailures"]] == ["m1", "m2"]


def test_what_fails_is_logged_by_its_kind_only(caplog) -> None:
    def fail(message):
        raise ValueError("Kanaria Tarou")

    answer = batches.each_message({"Records": [record({"name": "Kanaria Tarou"})]}, None, fail)
    assert len(answer["batchItemFailures"]) == 1
    assert "ValueError" in caplog.text
    assert "Kanaria" not in caplog.text


def test_the_other_doors_open(call) -> None:
    assert isinstance(call("outbox_worker", {}), dict)
    assert isinstance(call("tick", {}), dict)
    share = {"at": 1735689600000, "keys": [["nobody", "device"]]}
    assert call("tick_worker", {"Records": [record(share, 1), record("no json", 2)]}) == {
        "batchItemFailures": [{"itemIdentifier": "m2"}]
    }
    assert call("provisioning_hook", {"parameters": {"SerialNumber": "NOT-OURS"}}) == {"allowProvisioning": False}
    told = call("readings_worker", {"Records": [record("no json", 7)]})
    assert told["batchItemFailures"] == []  # nobody will ever read it: set aside for operators


def test_what_nobody_can_read_is_shown_to_operators(browser, call) -> None:
    call("readings_worker", {"Records": [record("still no json", 8)]})
    listed = browser.get("/v1/operator/set-aside?reason=not_json", who="operator")
    assert listed.status_code == 200, listed.body
    (*_, shown) = [item["id"] for item in listed.json_body["items"]]
    assert len(listed.json_body["items"]) == 2  # with the one of the test before
    address = f"/v1/operator/set-aside/{shown}"
    assert browser.get(address, who="operator").json_body["payload"] in ("no json", "still no json")
    refused = browser.post(f"{address}/replay", who="operator")
    assert (refused.status_code, refused.json_body["reason"]) == (409, "not_kept_whole")
    many = browser.post("/v1/operator/set-aside-replays", {"device": "hall-9"}, who="operator")
    assert (many.status_code, many.json_body) == (202, {"replayed": 0, "refused": {}, "more": False})
    assert browser.send("DELETE", address, who="operator").status_code == 204
    assert browser.get(address, who="operator").status_code == 404
    for method, path in (("GET", "/v1/operator/set-aside"), ("GET", address), ("DELETE", address)):
        assert browser.send(method, path).status_code == 403
    assert browser.get("/v1/operator/set-aside?cursor=bm8=", who="operator").status_code == 400


def test_a_device_of_another_household_does_not_exist(browser, contract) -> None:
    answer = browser.post(f"/v1/contracts/{contract}/devices", {"device": "hall-1", "model": "motion-sensor"})
    assert answer.status_code == 201, answer.body
    other = browser.post("/v1/contracts", APPLICATION, who="ume").json_body["id"]
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/readings", None),
        ("GET", "/watches", None),
        ("PUT", "/watches/w1", {"kind": "silence", "after_minutes": 60, "level": "info"}),
        ("DELETE", "/watches/w1", None),
    ):
        foreign = browser.send(method, f"/v1/contracts/{other}/devices/hall-1{path}", body, who="ume")
        absent = browser.send(method, f"/v1/contracts/{other}/devices/hall-2{path}", body, who="ume")
        assert (foreign.status_code, foreign.body) == (404, absent.body), (method, path)
    taken = browser.post(f"/v1/contracts/{other}/devices", {"device": "hall-1", "model": "motion-sensor"}, who="ume")
    assert taken.status_code in (404, 409)
