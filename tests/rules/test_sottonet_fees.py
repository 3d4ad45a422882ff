"""Sottonet: when service and billing start, and what is charged."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}
WIFI = {"options": [{"option": "wifi-3gb", "quantity": 1}]}


@pytest.mark.rule("STN-STA-1", "STN-BST-1")
@pytest.mark.parametrize(
    ("installed", "starts"),
    [
        ("2025-04-10", "2025-04-20"),
        ("2024-02-20", "2024-03-01"),  # a leap year
        ("2025-02-20", "2025-03-02"),
        ("2025-12-25", "2026-01-04"),
    ],
)
def test_service_and_billing_start_ten_days_after_installation(sottonet, installed, starts) -> None:
    life = sottonet.applies("2024-02-01" if installed < "2025" else "2025-02-01", **CARD)
    assert life.does(installed, "install") == ""
    assert (life.day("service_starts_on"), life.day("billing_starts_on")) == (starts, starts)
    before = f"{starts[:8]}{int(starts[8:]) - 1:02}" if starts[8:] != "01" else "2024-02-29"
    assert life.until(before).contract.state == "accepted"
    assert life.until(starts).contract.state == "active"


@pytest.mark.rule("STN-STA-1")
def test_a_visit_in_vain_starts_nothing(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-08", "install", outcome="absent")
    assert life.day("service_starts_on") is None


@pytest.mark.rule("STN-STA-2", "STN-REC-1", "STN-REC-2")
def test_a_recontract_with_the_sensor_in_place_starts_ten_days_after_the_wish(sottonet, started) -> None:
    earlier = started("2025-04-20")
    earlier.does("2025-05-10", "pay")
    earlier.does("2025-05-10T13:00", "request_cancellation")
    earlier.until("2025-06-01").does("2025-06-01", "pay")
    again = sottonet.applies("2025-06-11T23:30", earlier, **CARD)
    assert again.day("service_starts_on") == "2025-06-21"
    again.does("2025-06-18", "install")  # a check visit does not move it
    assert again.day("service_starts_on") == "2025-06-21"
    # 4,400 + 3,850; the visit 27,500; 1,980 × 10 ÷ 30
    assert again.until("2025-07-01").lines("2025-06") == [
        ("reregistration_fee", 4400),
        ("data_erasure_fee", 3850),
        ("installation_work", 27500),
        ("monthly_fee", 660),
    ]


@pytest.mark.rule("STN-STA-2")
@pytest.mark.parametrize("gone", ["removed", "returned"])
def test_a_recontract_without_the_sensor_waits_for_the_installation(sottonet, started, gone) -> None:
    earlier = started("2025-04-20")
    earlier.does("2025-05-10", "pay")
    earlier.does("2025-05-10T13:00", "request_cancellation", with_removal=gone == "removed")
    earlier.until("2025-06-01").does("2025-06-01", "pay")
    if gone == "returned":
        earlier.does("2025-06-05", "return_device", sku="sensor")
    again = sottonet.applies("2025-06-11", earlier, **CARD)
    assert again.day("service_starts_on") is None
    again.does("2025-06-18", "install")
    assert again.day("service_starts_on") == "2025-06-28"


@pytest.mark.rule("STN-CHG-2")
@pytest.mark.parametrize(
    ("starts", "fee"),
    [
        ("2025-04-01", 1980),  # a full month
        ("2025-04-02", 1914),  # 1,980 × 29 ÷ 30
        ("2025-04-30", 66),  # 1,980 ÷ 30
        ("2025-05-31", 63),  # 63.87
        ("2025-02-15", 990),  # 14 of 28 days
        ("2024-02-15", 1024),  # 15 of 29 days: 1,024.1
        ("2024-12-31", 63),
    ],
)
def test_the_first_month_is_charged_by_the_day(started, starts, fee) -> None:
    life = started(starts)
    month = starts[:7]
    first_of_next = {"2025-04": "2025-05-01", "2025-05": "2025-06-01", "2025-02": "2025-03-01"}.get(month)
    first_of_next = first_of_next or {"2024-02": "2024-03-01", "2024-12": "2025-01-01"}[month]
    assert life.until(first_of_next).lines(month)[-1] == ("monthly_fee", fee)
    assert life.span(month, "monthly_fee")[0] == starts


@pytest.mark.rule("STN-CHG-1", "STN-CAN-4")
def test_no_monthly_fee_when_the_end_comes_before_the_start(sottonet) -> None:
    """Notice on the 20th, installed on the 21st: service would start on 1 May, the contract ends on 30 April."""
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-20T23:59", "request_cancellation")
    assert life.does("2025-04-21", "install") == ""
    life.until("2025-07-01")
    assert life.bills() == [("final", "2025-04", "2025-05-01", 75900)]
    assert life.lines("2025-04") == [("device", 44000), ("initial_fee", 31900)]


@pytest.mark.rule("STN-CHG-1")
def test_one_fee_a_month_to_the_month_of_the_end(started) -> None:
    life = started("2025-04-20")
    life.does("2025-07-21T00:00", "request_cancellation")  # too late for July
    life.until("2025-12-01")
    fees = {month: life.lines(month)[-1] for _, month, _, _ in life.bills()}
    assert fees == {
        "2025-04": ("monthly_fee", 726),
        "2025-05": ("monthly_fee", 1980),
        "2025-06": ("monthly_fee", 1980),
        "2025-07": ("monthly_fee", 1980),
        "2025-08": ("monthly_fee", 1980),
    }


@pytest.mark.rule("STN-CHG-3", "STN-TER-2")
def test_a_first_month_that_is_also_the_last_is_prorated_by_its_start_only(started) -> None:
    life = started("2025-08-17")
    life.does("2025-08-20", "terminate", reason="false_declaration")
    assert life.day("ends_on") == "2025-08-20"
    assert life.bills() == [("final", "2025-08", "2025-08-20", 44000 + 31900 + 958)]  # 1,980 × 15 ÷ 31 = 958.06
    assert life.span("2025-08", "monthly_fee") == ("2025-08-17", "2025-08-31")


@pytest.mark.rule("STN-CHG-3", "STN-NOT-3", "STN-CAN-2")
def test_the_last_month_is_charged_in_full_when_the_service_is_abolished(sottonet, started) -> None:
    life = started("2025-04-20")
    assert sottonet.says("2025-05-15", "announce_termination", effective_on="2025-08-15") == ""
    assert (life.contract.state, life.day("ends_on")) == ("active", "2025-08-15")
    life.until("2025-08-16")
    assert life.contract.state == "ended"
    assert life.bills()[-1] == ("final", "2025-08", "2025-08-15", 1980)
    assert life.span("2025-08", "monthly_fee") == ("2025-08-01", "2025-08-31")
    assert life.bill("2025-08").due_on.isoformat() == "2025-08-15"


@pytest.mark.rule("STN-CHG-4", "STN-CHG-5")
def test_the_initial_fee_is_the_same_with_the_option_and_the_device_price_is_not(started) -> None:
    assert started("2025-05-01").until("2025-06-01").lines("2025-05") == [
        ("device", 44000),
        ("initial_fee", 31900),
        ("monthly_fee", 1980),
    ]
    assert started("2025-05-01", **WIFI).until("2025-06-01").lines("2025-05") == [
        ("device", 63500),
        ("initial_fee", 31900),
        ("monthly_fee", 1980),
        ("option:wifi-3gb", 1100),
    ]


@pytest.mark.rule("STN-CHG-6", "STN-EQP-2", "STN-CAN-2")
def test_an_end_before_the_installation_owes_the_contract_fee_and_absences(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-08", "install", outcome="absent")
    life.does("2025-04-10", "request_cancellation")
    life.until("2025-05-01")
    assert life.bills() == [("final", "2025-04", "2025-05-01", 31900)]
    assert life.lines("2025-04") == [("contract_fee", 4400), ("installation_work", 27500)]
    assert life.bill("2025-04").tax == 2900
    assert life.bill("2025-04").due_on.isoformat() == "2025-05-01"


@pytest.mark.rule("STN-CHG-7", "STN-INV-2")
def test_a_visit_asked_for_is_charged_in_its_month_or_waits_for_the_first_invoice(started) -> None:
    life = started("2025-05-05")
    life.does("2025-04-28", "buy", item="installation_work", quantity=1)  # installed, not yet started
    life.does("2025-06-30T23:59", "buy", item="installation_work", quantity=1)
    life.until("2025-08-01")
    assert ("installation_work", 27500) in life.lines("2025-05")
    assert life.lines("2025-06") == [("installation_work", 27500), ("monthly_fee", 1980)]
    assert life.lines("2025-07") == [("monthly_fee", 1980)]


@pytest.mark.rule("STN-CHG-8")
def test_travel_is_charged_for_islands_only(started) -> None:
    island = started("2025-05-05", site={"prefecture": "Okinawa", "island": True})
    mainland = started("2025-05-05", site={"prefecture": "Chiba", "island": False})
    unsaid = started("2025-05-05")
    assert island.does("2025-05-06", "buy", item="travel_cost", quantity=1, amount=18400) == ""
    assert mainland.does("2025-05-06", "buy", item="travel_cost", quantity=1, amount=18400) != ""
    assert unsaid.does("2025-05-06", "buy", item="travel_cost", quantity=1, amount=18400) != ""
    assert ("travel_cost", 18400) in island.until("2025-06-01").lines("2025-05")


@pytest.mark.rule("STN-CHG-9")
def test_the_tax_rate_is_that_of_the_month_billed(sottonet, started) -> None:
    life = started("2025-11-01")
    assert sottonet.says("2025-11-10", "announce_tax", rate=12, effective_on="2026-01-01") == ""
    life.until("2026-02-01")
    # December leaves on 1 January and still bears 10 %: 1,980 × 10 ÷ 110. January: 1,980 × 12 ÷ 112 = 212.1
    assert (life.bill("2025-12").issued_on.isoformat(), life.bill("2025-12").tax) == ("2026-01-01", 180)
    assert (life.bill("2026-01").total, life.bill("2026-01").tax) == (1980, 212)


@pytest.mark.rule("STN-CHG-9", "STS-PRC-1")
def test_tax_is_contained_in_fees_and_added_to_goods(started) -> None:
    life = started("2025-04-01")
    life.does("2025-05-02", "buy", item="shop_item", quantity=3, amount=335, delivered_on="2025-05-02")
    life.until("2025-06-01")
    # goods 1,005, tax 100.5 → 100; the fee contains 180
    assert life.lines("2025-05") == [("monthly_fee", 1980), ("shop_item", 1005)]
    assert (life.bill("2025-05").total, life.bill("2025-05").tax) == (1980 + 1005 + 100, 280)
