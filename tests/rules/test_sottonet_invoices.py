"""Sottonet: invoices, their order and days, failed draws, interest, and what comes after the last one."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}
WIFI = {"options": [{"option": "wifi-3gb", "quantity": 1}]}


@pytest.mark.rule("STN-INV-1")
def test_issued_on_the_first_drawn_on_the_27th_whatever_day_that_is(started) -> None:
    """1 January is a holiday, 27 December 2025 a Saturday, 1 February 2026 a Sunday."""
    life = started("2025-10-01").until("2026-03-01")
    days = {
        month: (life.bill(month).issued_on.isoformat(), life.bill(month).due_on.isoformat()) for _, month, _, _ in life.bills()
    }
    assert days["2025-11"] == ("2025-12-01", "2025-12-27")
    assert days["2025-12"] == ("2026-01-01", "2026-01-27")
    assert days["2026-01"] == ("2026-02-01", "2026-02-27")


@pytest.mark.rule("STN-INV-2", "STN-EQP-2", "STS-INV-1")
def test_what_arose_earlier_waits_for_the_month_of_the_billing_start(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-08", "install", outcome="absent")
    life.does("2025-04-09", "buy", item="shop_item", quantity=1, amount=1000, delivered_on="2025-04-12")
    life.does("2025-04-25", "install")  # starts on 5 May
    life.until("2025-05-31")
    assert life.bills() == []
    life.until("2025-07-01")
    # 44,000 + 31,900 + 27,500 + 1,980 × 27 ÷ 31 (1,724.5) + 1,000 and its tax of 100
    assert life.bills() == [("initial", "2025-05", "2025-06-01", 106224), ("regular", "2025-06", "2025-07-01", 1980)]
    assert [item for item, _ in life.lines("2025-05")] == [
        "device",
        "initial_fee",
        "installation_work",
        "monthly_fee",
        "shop_item",
    ]


@pytest.mark.rule("STN-INV-2")
def test_an_only_invoice_is_final_and_a_month_without_charges_has_none(sottonet) -> None:
    waiting = sottonet.applies("2025-04-03", **CARD).until("2025-12-31")
    assert waiting.bills() == []
    short = sottonet.applies("2025-04-03", **CARD)
    short.does("2025-04-10", "install")
    short.does("2025-04-11", "request_cancellation")
    short.until("2025-12-31")
    assert [kind for kind, *_ in short.bills()] == ["final"]


@pytest.mark.rule("STN-INV-3")
def test_lines_stand_in_the_order_of_the_sheet_and_equal_items_by_day(started) -> None:
    life = started("2025-04-01", site={"prefecture": "Okinawa", "island": True})
    life.does("2025-05-02", "charge", item="equipment_compensation", amount=500)
    life.does("2025-05-03", "buy", item="same_day_work", quantity=1)
    life.does("2025-05-04T09:00", "buy", item="shop_item", quantity=1, amount=100, delivered_on="2025-05-04")
    life.does("2025-05-04T09:01", "buy", item="delivery_fee", quantity=1, amount=70, delivered_on="2025-05-04")
    life.does("2025-05-05", "buy", item="travel_cost", quantity=1, amount=900)
    life.does("2025-05-06T09:00", "add_option", option="wifi-3gb", quantity=1)
    life.does("2025-05-16T09:00", "install", sku="router", outcome="absent")
    life.does("2025-05-17T09:00", "install", sku="router", outcome="done")
    life.does("2025-05-18T09:00", "buy", item="data_charge", quantity=2)
    life.does("2025-05-19T09:00", "buy", item="sim_reissue", quantity=1)
    life.does("2025-05-20T09:00", "buy", item="data_charge", quantity=1)
    life.does("2025-05-21T09:00", "buy", item="installation_work", quantity=1)
    life.does("2025-05-29", "report_outage", **{"from": "2025-05-26T00:00", "to": "2025-05-28T00:00"})
    life.until("2025-06-01")
    assert life.lines("2025-05") == [
        ("device", 19500),
        ("installation_work", 27500),  # nobody in on the 16th
        ("installation_work", 27500),  # asked for on the 21st
        ("sim_reissue", 1320),
        ("sim_setup", 27500),
        ("travel_cost", 900),
        ("monthly_fee", 1980),
        ("option:wifi-3gb", 532),  # 15 of 31 days: 532.2
        ("data_charge", 3300),
        ("data_charge", 1650),
        ("shop_item", 100),
        ("delivery_fee", 70),
        ("same_day_work", 27500),
        ("equipment_compensation", 500),
        ("outage_credit", -199),  # 2 × (1,980 + 1,100) ÷ 31 = 198.7
    ]


@pytest.mark.rule("STN-INV-4")
def test_a_failed_draw_turns_into_an_agents_invoice_due_two_weeks_later(started) -> None:
    life = started("2025-04-01").until("2025-05-27")
    life.does("2025-05-27", "fail_payment", reason="declined")
    bill = life.bill("2025-04")
    assert (bill.paid_by, bill.due_on.isoformat(), bill.status) == ("invoice", "2025-06-10", "open")
    assert life.until("2025-06-10").bill("2025-04").status == "open"
    assert life.until("2025-06-11").bill("2025-04").status == "overdue"
    assert life.bill("2025-05").paid_by == "card"  # the next one tries the card again


@pytest.mark.rule("STN-INV-5")
@pytest.mark.parametrize(
    ("paid", "interest"),
    [
        ("2025-06-10T23:59", None),  # on its day
        ("2025-06-11T00:20", 6),  # a day late: 77,880 × 3 % ÷ 365 = 6.4
        ("2025-06-25", 96),  # fifteen days: 96.01
    ],
)
def test_interest_runs_from_the_day_after_the_agents_day(started, paid, interest) -> None:
    life = started("2025-04-01").until("2025-05-27")
    life.does("2025-05-27", "fail_payment", reason="declined")
    life.does(paid, "pay", invoice={"month": "2025-04"})
    life.until("2025-07-01")
    expected = [("monthly_fee", 1980)] + ([("late_interest", interest)] if interest else [])
    assert life.lines("2025-06") == expected
    assert life.bill("2025-06").tax == 180  # interest bears no tax


@pytest.mark.rule("STN-INV-5")
def test_no_interest_while_it_is_the_cards_turn(started) -> None:
    life = started("2025-04-01").until("2025-05-01")
    life.does("2025-06-20", "pay", invoice={"month": "2025-04"})
    assert life.until("2025-07-01").lines("2025-06") == [("monthly_fee", 1980)]


@pytest.mark.rule("STN-INV-5")
@pytest.mark.parametrize(("paid", "interest"), [("2025-07-17", None), ("2025-07-18", 1)])
def test_no_interest_below_one_yen(started, paid, interest) -> None:
    """1,980 × 3 % ÷ 365 is 0.163 a day: 0.98 after six days, 1.14 after seven. Due on 11 July."""
    life = started("2025-04-01").until("2025-06-27")
    life.does("2025-06-27", "pay", invoice={"month": "2025-04"})
    life.does("2025-06-27T13:00", "fail_payment", reason="declined")
    assert life.bill("2025-05").due_on.isoformat() == "2025-07-11"
    life.does(paid, "pay", invoice={"month": "2025-05"})
    life.until("2025-08-01")
    assert life.lines("2025-07")[1:] == ([("late_interest", interest)] if interest else [])


@pytest.mark.rule("STN-INV-5")
def test_interest_bears_no_interest(started) -> None:
    """June holds 96 yen of interest. Six days late, 1,980 alone bears 0.98 yen; with the 96 it would bear 1.02."""
    life = started("2025-04-01").until("2025-05-27")
    life.does("2025-05-27", "fail_payment", reason="declined")
    life.does("2025-06-25", "pay", invoice={"month": "2025-04"})
    life.does("2025-06-26", "pay", invoice={"month": "2025-05"})
    life.until("2025-07-27")
    assert life.bill("2025-06").total == 2076
    life.does("2025-07-27", "fail_payment", reason="declined")  # due on 10 August
    life.does("2025-08-16", "pay", invoice={"month": "2025-06"})
    life.until("2025-09-01")
    assert life.lines("2025-08") == [("monthly_fee", 1980)]


@pytest.mark.rule("STN-INV-6", "STN-OUT-3")
def test_what_arises_after_the_final_invoice(started) -> None:
    life = started("2025-04-01")
    life.does("2025-06-10", "request_cancellation")
    life.until("2025-07-01")
    assert life.does("2025-07-14", "charge", item="equipment_compensation", amount=10000) == ""
    assert life.does("2025-07-15", "report_outage", **{"from": "2025-06-10T00:00", "to": "2025-06-13T00:00"}) == ""
    life.until("2025-09-01")
    assert life.bills()[-2:] == [("final", "2025-06", "2025-07-01", 1980), ("separate", "2025-07", "2025-08-01", 10000)]
    assert life.bill("2025-07").due_on.isoformat() == "2025-08-27"
    assert [(amount, status) for _, amount, status in life.refunds()] in (
        [(198, "claim_sent")],
        [(198, "claimed")],
        [(198, "paid")],
    )
