"""What holds for a contract on a day, and why."""

from __future__ import annotations

import pytest

from tests.api.test_life import apply


def clock(browser, at: str) -> None:
    answer = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contracts(browser) -> list[str]:
    """One made before a price revision of 1 July 2025 (monthly fee 1,980 → 2,080), one after it."""
    clock(browser, "2025-04-03T10:00")
    before = str(apply(browser, "sumi")["id"])
    prices = {"prices": {"monthly_fee": 2080, "initial_fee": 40000}, "effective_on": "2025-07-01"}
    said = browser.post("/v1/services/sottonet/commands/announce_price", prices, who="operator")
    assert said.status_code == 200, said.body
    clock(browser, "2025-07-02T10:00")
    return [before, str(apply(browser, "taki")["id"])]


def terms(browser, contract: str, on: str) -> dict[str, dict]:
    answer = browser.get(f"/v1/operator/contracts/{contract}/terms?on={on}", who="operator")
    assert answer.status_code == 200, answer.body
    return {item["key"]: item for item in answer.json_body["items"]}


def test_until_the_day_before_the_old_price_holds_and_the_new_one_is_announced(browser, contracts) -> None:
    fee = terms(browser, contracts[0], "2025-06-30")["monthly_fee"]
    assert (fee["value"], fee["unit"], fee["per"], fee["tax"]) == (1980, "yen", "month", "included")
    assert (fee["from"], fee["why"], fee["source"]) == ("2021-01-07", "signed", "terms")
    assert (fee["next"]["from"], fee["next"]["value"], fee["next"]["announced_on"]) == ("2025-07-01", 2080, "2025-04-03")
    assert fee["rule"]["id"] == "STN-CHG-1"
    assert "when_made" not in fee


@pytest.mark.rule("STN-NOT-1")
def test_from_its_day_on_a_revision_reaches_those_who_signed_before(browser, contracts) -> None:
    fee = terms(browser, contracts[0], "2025-07-01")["monthly_fee"]
    assert (fee["value"], fee["why"], fee["source"], fee["when_made"], fee["next"]) == (
        2080,
        "revised",
        "announced",
        1980,
        None,
    )
    assert "2025年4月3日" in fee["text"]["ja"] and "3 April 2025" in fee["text"]["en"]
    later = terms(browser, contracts[1], "2025-07-02")["monthly_fee"]
    assert (later["value"], later["why"]) == (2080, "signed")


@pytest.mark.rule("STN-CHG-4")
def test_a_charge_that_keeps_the_price_of_its_day_is_pinned(browser, contracts) -> None:
    fee = terms(browser, contracts[0], "2025-07-01")["initial_fee"]
    assert fee["value"] == 40000
    assert [(pin["item"], pin["on"], pin["value"]) for pin in fee["pinned"]] == [("initial_fee", "2025-04-03", 31900)]
    assert terms(browser, contracts[1], "2025-07-02")["initial_fee"]["pinned"][0]["value"] == 40000
    assert terms(browser, contracts[0], "2025-07-01")["monthly_fee"]["pinned"] == []


def test_the_law_stands_beside_the_terms(browser, contracts) -> None:
    tax = terms(browser, contracts[0], "2025-07-01")["consumption_tax"]
    assert (tax["value"], tax["source"], tax["from"]) == (10, "statute", "2019-10-01")
    assert tax["rule"]["id"] == "Consumption Tax Act 29"
    assert terms(browser, contracts[0], "2019-09-30")["consumption_tax"]["value"] == 8


def test_a_service_without_a_contract(browser, contracts) -> None:
    answer = browser.get("/v1/operator/services/sottonet/terms?on=2025-07-01", who="operator").json_body
    (fee,) = [item for item in answer["items"] if item["key"] == "monthly_fee"]
    assert (answer["service"], answer["on"], fee["value"], fee["why"]) == ("sottonet", "2025-07-01", 2080, "in_force")
    early = browser.get("/v1/operator/services/sottonet/terms?on=2021-01-06", who="operator").json_body["items"]
    assert all(item["source"] == "statute" for item in early)  # the terms begin on 7 January 2021
    assert browser.get("/v1/operator/services/nobody/terms", who="operator").status_code == 404


@pytest.mark.parametrize("service", ["allwatch", "and-market-mobile", "liferhythm-home", "omron-remote", "sottonet"])
def test_every_figure_of_every_service_can_be_shown(browser, service) -> None:
    items = browser.get(f"/v1/operator/services/{service}/terms?on=2026-01-01", who="operator").json_body["items"]
    assert items and all(item["text"]["ja"] and item["text"]["en"] and "{" not in item["text"]["ja"] for item in items)
    assert all(item["rule"] is None or item["rule"]["ja"] for item in items)


def test_what_was_said_about_a_service_stands_in_its_log(browser, contracts) -> None:
    log = browser.get("/v1/operator/services/sottonet/log", who="operator").json_body["items"]
    (said,) = [entry for entry in log if entry["kind"] == "announce_price"]
    assert (said["by"], said["at"]) == ("operator", "2025-04-03T01:00:00Z")
    assert said["facts"]["effective_on"] == "2025-07-01"
    assert browser.get("/v1/operator/services/sottonet/log", who="sumi").status_code == 403
    assert browser.get("/v1/operator/services/nobody/log", who="operator").status_code == 404


def test_it_is_for_operators_only(browser, contracts) -> None:
    assert browser.get(f"/v1/operator/contracts/{contracts[0]}/terms", who="sumi").status_code == 403
    assert browser.get("/v1/operator/services/sottonet/terms", who="sumi").status_code == 403
    assert browser.get("/v1/operator/contracts/nobody/terms", who="operator").status_code == 404
    assert browser.get(f"/v1/operator/contracts/{contracts[0]}/terms?on=soon", who="operator").status_code == 400
