"""The door of the dry run: operators only, announcements only, refused as the announcement itself would be."""

from __future__ import annotations

import pytest

from tests.agreed import agreed

RISE = {"prices": {"monthly_fee": 2200}, "effective_on": "2025-07-01"}
PATH = "/v1/services/sottonet/commands"


@pytest.fixture(scope="module", autouse=True)
def running(browser) -> str:
    browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    made = browser.post(
        "/v1/contracts", agreed({"service": "sottonet", "plan": "standard", "payment_method": "card"})
    ).json_body
    browser.post("/v1/local/clock", {"at": "2025-04-10T12:00", "frozen": True}, who="operator")
    browser.post(f"/v1/contracts/{made['id']}/commands/install", {"outcome": "done"}, who="operator")
    browser.post("/v1/local/clock", {"at": "2025-05-10T12:00", "frozen": True}, who="operator")
    return made["id"]


def test_an_operator_sees_who_would_pay_what_more(browser, running) -> None:
    answer = browser.post(f"{PATH}/announce_price/dry-run?limit=10", RISE, who="operator")
    assert answer.status_code == 200
    (item,) = answer.json_body["items"]
    assert (item["contract"], item["difference"]) == (running, 12 * 220)
    assert answer.json_body["totals"]["notices"] == {"price_revision": 1}
    assert "next" not in answer.json_body
    shown = browser.get("/v1/services/sottonet").json_body
    assert (shown["version"], shown["announcements"]) == (0, [])


@pytest.mark.rule("STW-NOT-1")
def test_the_end_of_one_option_is_tried_out_too(browser, running) -> None:
    """Who has no such option pays what he paid and hears nothing."""
    end = {"option": "wifi-3gb", "effective_on": "2025-08-31"}
    answer = browser.post(f"{PATH}/announce_termination/dry-run", end, who="operator")
    assert answer.status_code == 200, answer.body
    assert (answer.json_body["rule"], answer.json_body["notice"]) == ("STN-NOT-3", "option_abolition")
    (item,) = answer.json_body["items"]
    assert (item["contract"], item["difference"], item["notices"], item["ends_on"]) == (running, 0, [], None)
    none = browser.post(f"{PATH}/announce_termination/dry-run", {**end, "option": "wifi-99gb"}, who="operator")
    assert (none.status_code, none.json_body["field"]) == (400, "option")


def test_a_customer_may_not_and_a_price_list_is_no_announcement(browser) -> None:
    assert browser.post(f"{PATH}/announce_price/dry-run", RISE).status_code == 403
    assert browser.post(f"{PATH}/set_price_list/dry-run", {"prices": {}}, who="operator").status_code == 404
    assert browser.post("/v1/services/nobody/commands/announce_price/dry-run", RISE, who="operator").status_code == 404


@pytest.mark.rule("STN-NOT-1")
def test_too_late_is_told_with_the_rule(browser) -> None:
    answer = browser.post(f"{PATH}/announce_price/dry-run", {**RISE, "effective_on": "2025-06-09"}, who="operator")
    assert (answer.status_code, answer.json_body["reason"], answer.json_body["rule"]) == (
        409,
        "too_late",
        "STN-NOT-1",
    )
    wrong = browser.post(f"{PATH}/announce_price/dry-run?cursor=abc", RISE, who="operator")
    assert (wrong.status_code, wrong.json_body["field"]) == (400, "cursor")
