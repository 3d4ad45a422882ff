"""Operators' files through the doors."""

from __future__ import annotations

import json

import pytest

from tests.agreed import agreed
from tests.rules.market import PRICES

from .test_doors import record, waiting

USAGE = "/v1/services/and-market-mobile/usage-imports"


@pytest.fixture(scope="module")
def line(browser) -> str:
    """A voice line that runs since 10 May 2017."""
    browser.post("/v1/local/clock", {"at": "2017-05-10T10:00", "frozen": True}, who="operator")
    browser.post("/v1/services/and-market-mobile/commands/set_price_list", {"prices": PRICES}, who="operator")
    wish = {"service": "and-market-mobile", "plan": "voice", "payment_method": "card"}
    made = browser.post("/v1/contracts", agreed(wish)).json_body
    for name, body in (("pay", {}), ("notify_start", {"starts_on": "2017-05-10"})):
        done = browser.post(f"/v1/contracts/{made['id']}/commands/{name}", body, who="operator")
        assert done.status_code == 200, done.body
    browser.post("/v1/local/clock", {"at": "2017-05-20T10:00", "frozen": True}, who="operator")
    return str(made["id"])


def work(browser) -> None:
    event = {"Records": [record(share, number) for number, share in enumerate(waiting("night_queue_url"))]}
    assert browser.client.lambda_.invoke("night_worker", event).payload == {"batchItemFailures": []}


def test_a_file_of_use_in_and_its_report_out(browser, line) -> None:
    csv = f"row,contract,at,kind,yen\r\nu1,{line},2017-05-12,sms,10\r\nu2,{line},2017-05-12,sms,eleven\r\nu3,{line},2017-05-12,fax,1\r\n"
    tried = browser.post(USAGE, {"csv": csv, "trial": True}, who="operator")
    assert (tried.status_code, tried.json_body["done"], "id" in tried.json_body) == (202, 1, False)
    sent = browser.post(USAGE, {"csv": csv}, who="operator")
    assert sent.status_code == 202, sent.body
    assert (sent.json_body["waiting"], sent.json_body["complete"]) == (1, False)
    work(browser)
    report = browser.get(sent.headers["Location"], who="operator").json_body
    assert [(item["line"], item["outcome"]) for item in report["items"]] == [(2, "done"), (3, "faulty"), (4, "faulty")]
    assert report["items"][2]["told"]["en"]["cure"] == "Please use one of: call, sms, data"
    assert report["items"][1]["told"]["ja"]["reason"]
    assert "eleven" not in json.dumps(report["items"][1]["told"])
    assert report["complete"] is True


def test_who_may_not_and_what_is_not_there(browser, line) -> None:
    csv = {"csv": f"row,contract,at,kind,yen\nu9,{line},2017-05-12,sms,10\n"}
    assert browser.post(USAGE, csv).status_code == 403
    assert browser.get(f"{USAGE}/i{23 * '0'}", who="operator").status_code == 404
    assert browser.get(f"{USAGE}/i{23 * '0'}").status_code == 403
    refused = browser.post("/v1/services/sottonet/usage-imports", csv, who="operator")
    assert (refused.status_code, refused.json_body["reason"]) == (409, "not_provided")
    assert browser.post("/v1/services/nothing/usage-imports", csv, who="operator").status_code == 404
    broken = browser.post(USAGE, {"csv": "contract,at\n"}, who="operator")
    assert (broken.status_code, broken.json_body["field"]) == (400, "csv.kind")


def test_a_large_file_is_taken_and_one_that_is_too_large_is_not(browser, line) -> None:
    lines = "".join(f"big{n},{line},2017-05-12,sms,1\n" for n in range(3000))  # more than other requests may send
    sent = browser.post(USAGE, {"csv": f"row,contract,at,kind,yen\n{lines}", "trial": True}, who="operator")
    assert (sent.status_code, sent.json_body["done"]) == (202, 3000)
    assert browser.post(USAGE, {"csv": "x" * 900_001}, who="operator").status_code == 400
    assert browser.post(USAGE, {"csv": "x" * 1_100_000}, who="operator").status_code == 413


def test_a_file_of_contracts_in_and_the_contract_there(browser, line) -> None:
    csv = "key,account,service,plan,payment_method,applied_at,steps\n"
    csv += "k1,ume,and-market-mobile,voice,card,2017-05-10T10:00,2017-05-10T10:01 pay; 2017-05-10T11:00 notify_start starts_on=2017-05-12\n"
    csv += "k2,ume,and-market-mobile,voice,card,2017-05-10T10:00,2017-05-10 notify_start starts_on=soon\n"
    tried = browser.post("/v1/operator/contract-imports", {"csv": csv, "trial": True}, who="operator").json_body
    sent = browser.post("/v1/operator/contract-imports", {"csv": csv}, who="operator")
    assert sent.status_code == 202, sent.body
    work(browser)
    report = browser.get(sent.headers["Location"], who="operator").json_body
    assert report["items"] == tried["items"]
    assert [(item["outcome"], item.get("field", "")) for item in report["items"]] == [
        ("done", ""),
        ("faulty", "steps.starts_on"),
    ]
    shown = browser.get(f"/v1/contracts/{report['items'][0]['contract']}", who="ume").json_body
    assert (shown["state"], shown["service_starts_on"]) == ("active", "2017-05-12")
    assert browser.post("/v1/operator/contract-imports", {"csv": csv}).status_code == 403


def test_exports_for_operators_and_a_customers_own_bills(browser, line) -> None:
    sent = browser.get("/v1/operator/exports/contracts?service=and-market-mobile&limit=1&bom=yes", who="operator")
    assert (sent.status_code, sent.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert sent.body.decode().startswith("\ufeffservice,contract,")
    rest = browser.get(
        f"/v1/operator/exports/contracts?service=and-market-mobile&cursor={sent.headers['X-Next-Cursor']}", who="operator"
    )
    assert line in (sent.body + rest.body).decode()
    assert browser.get("/v1/operator/exports/contracts").status_code == 403
    assert browser.get("/v1/operator/exports/people", who="operator").status_code == 404
    assert browser.get("/v1/operator/exports/contracts?month=2017-13", who="operator").status_code == 400
    own = browser.get(f"/v1/contracts/{line}/invoices.csv?month=2017-05")
    assert own.status_code == 200
    assert f"and-market-mobile,{line}," in own.body.decode()
    assert browser.get(f"/v1/contracts/{line}/invoices.csv", who="ume").status_code == 404
