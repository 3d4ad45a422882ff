"""What the app shows of a contract comes in words, in both languages: its parts, what was told, why a step is refused."""

from __future__ import annotations

import pytest

from .test_life import APPLICATION, apply


@pytest.fixture(scope="module")
def contract(browser) -> str:
    browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    consents = [*APPLICATION["consents"], "option_terms"]
    return str(apply(browser, options=[{"option": "wifi-3gb", "quantity": 1}], consents=consents)["id"])


def test_a_contract_names_its_parts(browser, contract) -> None:
    labels = browser.get(f"/v1/contracts/{contract}").json_body["labels"]
    assert labels["service"] == {"ja": "そっとねっと", "en": "Sottonet"}
    assert labels["payment_method"]["ja"] == "クレジットカード"
    assert labels["options"] == {"wifi-3gb": {"ja": "Wi-Fi設置オプション(3GB)", "en": "Wi-Fi option, 3 GB"}}
    assert labels["plan"]["ja"] and labels["plan"]["ja"] != "standard"


def test_a_refused_application_says_why(browser, contract) -> None:
    refused = apply(browser, site={"country": "US"})
    (why,) = browser.get(f"/v1/contracts/{refused['id']}").json_body["labels"]["refusal_reasons"]
    assert refused["state"] == "refused"
    assert why["ja"] and why["en"] and why["en"] not in refused["refusal_reasons"]


def test_what_was_told_can_be_read_again(browser, contract) -> None:
    first = browser.get(f"/v1/contracts/{contract}/notices").json_body["items"][0]
    assert first["kind"] == "application_received"
    assert first["subject"] == {"ja": "お申し込みを受け付けました", "en": "We received your application"}
    assert first["text"]["ja"].startswith("お申し込みを受け付けました(受付日:2025年4月3日)")
    assert first["text"]["en"] == "We received your application on 3 April 2025."


def test_a_quote_that_the_terms_refuse_says_why(browser, contract) -> None:
    asked = {"command": "add_option", "option": "wifi-10gb"}
    said = browser.post(f"/v1/contracts/{contract}/quotes", asked).json_body
    assert said["refused"] == said["refusal"]["reason"]
    assert said["refusal"]["ja"] and said["refusal"]["en"]
    allowed = browser.post(f"/v1/contracts/{contract}/quotes", {"command": "request_cancellation"}).json_body
    assert allowed["refusal"] is None
