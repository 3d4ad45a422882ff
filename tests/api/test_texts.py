"""What customers must be shown, served without a token and beside the answers that it belongs to."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from chalicelib.api import services
from chalicelib.contracts import terms, wording
from chalicelib.flows import texts
from chalicelib.scenarios import register
from tests.agreed import agreed

from .test_life import APPLICATION

SHOWN = [rule for rule in register.rules() if rule.kind == "D" and rule.service in terms.services()]


def move(browser, at: str) -> None:
    """The clock of stage `local` only goes forward, so the tests stand in the order of their days."""
    moved = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert moved.status_code == 200, moved.body


@pytest.fixture(scope="module", autouse=True)
def before_the_first_day(browser) -> None:
    move(browser, "2020-12-01T10:00")


def test_before_the_first_day_of_the_terms_their_first_figures_are_shown(browser) -> None:
    assert "1,980" in browser.get("/v1/services/sottonet/rules/STN-CHG-10", who=None).json_body["en"]
    move(browser, "2025-04-03T10:00")


def test_the_places_of_the_api_are_those_of_the_registers() -> None:
    assert services.PLACES == wording.PLACES


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in SHOWN])
def test_what_must_be_shown_is_served_in_each_of_its_places_and_no_other(browser, rule) -> None:
    for place in wording.PLACES:
        items = browser.get(f"/v1/services/{rule.service}/texts?where={place}", who=None).json_body["items"]
        served = {item["id"]: item for item in items}
        assert (rule.id in served) == (place in rule.where), place
    whole = browser.get(f"/v1/services/{rule.service}/texts", who=None).json_body["items"]
    (item,) = [item for item in whole if item["id"] == rule.id]
    assert item["ja"] and item["en"] and item["where"] == list(rule.where)
    assert "{" not in item["ja"] + item["en"]


@pytest.mark.rule("STN-CHG-10")
def test_the_price_table_is_shown_as_sums_before_applying(browser) -> None:
    """1,980; with 3 GB + 1,100 = 3,080; 10 GB + 2,200 = 4,180; 25 GB + 2,750 = 4,730."""
    items = browser.get("/v1/services/sottonet/texts?where=before_applying", who=None).json_body["items"]
    (table,) = [item for item in items if item["id"] == "STN-CHG-10"]
    for language in ("ja", "en"):
        for price in ("1,980", "3,080", "4,180", "4,730", "31,900", "44,000", "63,500"):
            assert price in table[language], (language, price)


def test_one_rule_of_legal_text_comes_with_its_reason(browser) -> None:
    rule = browser.get("/v1/services/sottonet/rules/STN-TER-5", who=None).json_body
    assert (rule["kind"], rule["where"]) == ("L", [])
    assert rule["reason"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/services/sottonet/rules/STN-CHG-99", 404),
        ("/v1/services/sottonet/rules/ALW-CAN-1", 404),  # another service's rule
        ("/v1/services/sottonet/rules/..%2Fsecret", 404),
        ("/v1/services/nobody/rules/STN-CHG-1", 404),
        ("/v1/services/nobody/texts", 404),
        ("/v1/services/sottonet/texts?where=soon", 400),
        ("/v1/services/sottonet/texts?wher=on_bill", 400),
    ],
)
def test_what_is_not_there_is_told(browser, address: str, status: int) -> None:
    assert browser.get(address, who=None).status_code == status


def test_an_application_its_quote_and_a_cancellation_name_what_is_to_be_shown(browser) -> None:
    applying = texts.at("sottonet", "before_applying")
    assert "STN-CHG-10" in applying and "STN-COO-5" in applying
    quoted = browser.post("/v1/quotes", {name: value for name, value in APPLICATION.items() if name != "site"})
    assert quoted.json_body["texts"] == applying
    made = browser.post("/v1/contracts", APPLICATION).json_body
    assert made["texts"] == applying
    asked = {"command": "request_cancellation"}
    leaving = browser.post(f"/v1/contracts/{made['id']}/quotes", asked).json_body["texts"]
    assert "STN-CAN-6" in leaving and "STN-CHG-10" not in leaving
    shop = {"command": "buy", "item": "installation_work"}
    assert "STS-RET-4" in browser.post(f"/v1/contracts/{made['id']}/quotes", shop).json_body["texts"]
    paying = {"command": "pause"}
    assert browser.post(f"/v1/contracts/{made['id']}/quotes", paying).json_body["texts"] == []


@pytest.mark.rule("ALW-GEN-1")
def test_a_bill_names_the_texts_that_belong_on_it(browser) -> None:
    prices = {"effective_on": "2025-01-01", "prices": {"monthly_fee": 1000, "registration_fee": 3000, "device": {"m1": 20000}}}
    browser.post("/v1/services/allwatch/commands/set_price_list", prices, who="operator")
    order = {
        "service": "allwatch",
        "plan": "half_year",
        "payment_method": "bank_transfer",
        "devices": [{"sku": "m1"}],
        "consents": ["order_acceptance", "m2m_terms"],
    }
    made = browser.post("/v1/contracts", order).json_body
    move(browser, "2025-05-10T10:00")
    # Shipped on the 4th, so the bill of April is posted on the third business day of May; a command lets the days pass.
    browser.post(f"/v1/contracts/{made['id']}/commands/log_in", {})
    (bill,) = browser.get(f"/v1/contracts/{made['id']}/invoices").json_body["items"]
    shown = browser.get(f"/v1/contracts/{made['id']}/invoices/{quote(bill['key'], safe='')}").json_body
    assert shown["texts"] == ["ALW-PAY-7", "ALW-GEN-1"]
    assert (shown["key"], shown["total"]) == (bill["key"], bill["total"])


@pytest.mark.rule("LRH-MON-8")
def test_what_must_stand_beside_the_values_comes_with_the_readings(browser) -> None:
    order = {
        "service": "liferhythm-home",
        "plan": "standard",
        "payment_method": "account_transfer",
        "site": {"prefecture": "Tokyo", "address": "Kanaria-dori 1-2-3"},
    }
    made = browser.post("/v1/contracts", agreed(order)).json_body
    assert made["state"] == "accepted", made
    browser.post(f"/v1/contracts/{made['id']}/commands/sign", {}, who="operator")
    claimed = browser.post(f"/v1/contracts/{made['id']}/devices", {"device": "hall-mon-8", "model": "motion-sensor"})
    assert claimed.status_code == 201, claimed.body
    shown = browser.get(f"/v1/contracts/{made['id']}/devices/hall-mon-8/readings").json_body
    assert shown == {"items": [], "texts": ["LRH-MON-8"]}


def test_a_price_that_was_revised_is_the_one_shown_from_its_day_on(browser) -> None:
    said = browser.post(
        "/v1/services/sottonet/commands/announce_price",
        {"effective_on": "2025-07-01", "prices": {"monthly_fee": 2080}},
        who="operator",
    )
    assert said.status_code == 200, said.body
    address = "/v1/services/sottonet/rules/STN-CHG-10"
    assert "1,980" in browser.get(address, who=None).json_body["ja"]
    move(browser, "2025-07-01T00:00")
    shown = browser.get(address, who=None).json_body
    assert "2,080" in shown["ja"] and "3,180" in shown["en"]
