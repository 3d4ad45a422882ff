"""The calendar of a contract through the doors."""

from __future__ import annotations

import pytest

from .test_life import apply


@pytest.fixture(scope="module", autouse=True)
def running(browser) -> str:
    browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    made = apply(browser, "sumi")["id"]
    browser.post("/v1/local/clock", {"at": "2025-04-10T10:00", "frozen": True}, who="operator")
    assert browser.post(f"/v1/contracts/{made}/commands/install", {}, who="operator").status_code == 200
    browser.post("/v1/local/clock", {"at": "2025-05-02T10:00", "frozen": True}, who="operator")
    assert browser.post(f"/v1/contracts/{made}/commands/log_in", {}, who="sumi").status_code == 200
    return str(made)


def test_what_happened_and_what_comes_stand_in_order_in_both_languages(browser, running) -> None:
    found = browser.get(f"/v1/contracts/{running}/calendar?until=2025-06-30", who="sumi").json_body
    assert (found["today"], found["until"], found["complete"]) == ("2025-05-02", "2025-06-30", True)
    assert [(item["on"], item["kind"], item["happened"]) for item in found["items"]] == [
        ("2025-04-03", "applied", True),
        ("2025-04-03", "accepted", True),
        ("2025-04-10", "installed", True),
        ("2025-04-20", "service_started", True),
        ("2025-04-20", "billing_starts", True),
        ("2025-05-01", "invoice_issued", True),
        ("2025-05-20", "cancel_until", False),
        ("2025-05-27", "payment_drawn", False),
        ("2025-06-01", "invoice_issued", False),
        ("2025-06-20", "cancel_until", False),
        ("2025-06-27", "payment_drawn", False),
    ]
    assert all(item["ja"] and item["en"] and "{" not in item["ja"] + item["en"] for item in found["items"])
    assert found["items"][6]["ja"] == "この日までに解約をご連絡いただくと、ご契約は 2025年5月31日 に終わります。"
    assert found["items"][6]["rule"] == "STN-CAN-1"
    assert found["items"][7]["figures"]["amount"] == 76626  # 44,000 + 31,900 + floor(1,980 × 11 ÷ 30)


@pytest.mark.parametrize("until", ["2025-05-01", "2030-05-03", "2025-02-30", "soon"])
def test_a_day_that_is_over_too_far_or_none_is_refused(browser, running, until) -> None:
    answer = browser.get(f"/v1/contracts/{running}/calendar?until={until}", who="sumi")
    assert (answer.status_code, answer.json_body["field"]) == (400, "until")


def test_a_year_is_shown_when_nobody_says_how_far(browser, running) -> None:
    assert browser.get(f"/v1/contracts/{running}/calendar", who="sumi").json_body["until"] == "2026-05-02"


def test_nobody_else_sees_it(browser, running) -> None:
    assert browser.get(f"/v1/contracts/{running}/calendar", who="stranger").status_code == 404
    assert browser.get("/v1/contracts/none/calendar", who="sumi").status_code == 404
    assert browser.get(f"/v1/contracts/{running}/calendar", who="operator").status_code == 200
