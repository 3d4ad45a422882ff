"""ALLwatch: cancellation and the refund of what was paid ahead."""

from __future__ import annotations

import pytest


@pytest.mark.rule("ALW-CAN-1", "ALW-CAN-2", "ALW-CAN-3")
@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("2025-06-15T23:59:59", "2025-06-30"),  # a Sunday
        ("2025-06-16T00:00:00", "2025-07-31"),
        ("2025-06-01T00:00:00", "2025-06-30"),
        ("2025-12-15T23:59:59", "2025-12-31"),
        ("2025-12-16T00:00:00", "2026-01-31"),
        ("2026-01-31T23:59:59", "2026-02-28"),
        ("2028-01-16T00:00:00", "2028-02-29"),
    ],
)
def test_a_form_by_the_15th_ends_this_month_later_the_next(served, received, ends) -> None:
    life = served("2025-04-10")
    assert life.does(received, "request_cancellation") == ""
    assert (life.contract.state, life.day("ends_on")) == ("cancelling", ends)
    assert life.does(received, "request_cancellation") == "already_cancelling"
    assert life.until(ends).contract.state == "cancelling"  # to the last day inclusive
    year, month = int(ends[:4]), int(ends[5:7])
    next_day = f"{year + month // 12}-{month % 12 + 1:02}-01"
    assert life.until(next_day).contract.state == "ended"
    assert life.does(f"{next_day}T13:00", "request_cancellation") == "ended"


@pytest.mark.rule("ALW-CAN-4", "ALW-CAN-5")
@pytest.mark.parametrize(
    ("notice", "bills"),
    [
        ("2025-12-15", []),  # ends with December: no regular invoice
        ("2025-12-16", [("regular", "2026-01", "2026-02-04", 1100)]),  # January only
        ("2026-01-31T23:59", [("regular", "2026-01", "2026-02-04", 2200)]),  # known at the closing: January, February
        ("2026-02-01T00:00", [("regular", "2026-01", "2026-02-04", 6600)]),  # after it, though before the posting
    ],
)
def test_a_notice_before_the_closing_limits_the_regular_invoice(served, notice, bills) -> None:
    life = served("2025-07-10")
    life.does(notice, "request_cancellation")
    assert life.until("2026-08-31").bills()[1:] == bills


@pytest.mark.rule("ALW-CAN-4", "ALW-CAN-5")
@pytest.mark.parametrize(
    ("notice", "lines"),
    [
        ("2025-02-15", [("registration_fee", 3300)]),  # ends with the free month
        ("2025-02-16", [("registration_fee", 3300), ("monthly_fee", 1100)]),  # ends with March
        ("2025-02-28T23:59", [("registration_fee", 3300), ("monthly_fee", 1100)]),
        ("2025-03-01T00:00", [("registration_fee", 3300), ("monthly_fee", 4400)]),  # March to June, as closed
    ],
)
def test_a_notice_limits_the_first_invoice_too_and_the_registration_stays_owed(served, notice, lines) -> None:
    life = served("2025-02-10")
    life.does(notice, "request_cancellation")
    life.until("2025-12-31")
    assert life.lines("2025-02") == lines
    assert len(life.bills()) == 1


@pytest.mark.rule("ALW-REF-1", "ALW-REF-2", "ALW-REF-4", "ALW-BIL-1")
def test_paid_months_after_the_end_come_back_as_billed(allwatch, served) -> None:
    """July to December at 1,100; today's price of 1,430 and the registration fee play no part."""
    life = served("2025-06-10").until("2025-08-05")
    life.does("2025-08-20T10:00", "pay", invoice={"month": "2025-06"})
    life.does("2025-08-20T11:00", "pay", invoice={"month": "2025-07"})
    allwatch.says("2025-08-21", "announce_price", prices={"monthly_fee": 1430}, effective_on="2025-09-01")
    life.does("2025-09-15", "request_cancellation")
    assert life.until("2025-09-29").refunds() == []
    assert life.until("2025-09-30").refunds() == [("2025-09-30", 3300, "claim_sent")]
    assert [month.isoformat()[:7] for month in life.contract.refunds[0].months] == ["2025-10", "2025-11", "2025-12"]


@pytest.mark.rule("ALW-REF-2")
@pytest.mark.parametrize(("paid", "opened"), [("2025-09-30", "2025-09-30"), ("2025-10-07", "2025-10-07"), (None, None)])
def test_only_money_received_comes_back_not_before_it_was(served, paid, opened) -> None:
    life = served("2025-06-10").until("2025-08-05")
    life.does("2025-08-10", "pay", invoice={"month": "2025-06"})
    life.does("2025-09-15", "request_cancellation")
    life.until("2025-09-30")
    if paid:
        life.does(paid, "pay")
    life.until("2025-12-31")
    assert [day for day, _, _ in life.refunds()] == ([opened] if opened else [])


@pytest.mark.rule("ALW-REF-2", "ALW-PAY-3")
def test_a_part_payment_opens_no_refund(served) -> None:
    life = served("2025-06-10").until("2025-08-05")
    life.does("2025-08-10T10:00", "pay", invoice={"month": "2025-06"})
    life.does("2025-08-10T11:00", "pay", amount=6599)
    life.does("2025-09-15", "request_cancellation")
    assert life.until("2025-10-01").refunds() == []
    life.does("2025-10-02", "pay", amount=1)
    assert life.refunds() == [("2025-10-02", 3300, "claim_sent")]


@pytest.mark.rule("ALW-REF-1")
@pytest.mark.parametrize("notice", ["2025-12-15", "2025-11-16"])
def test_no_refund_when_no_billed_month_is_left(served, notice) -> None:
    life = served("2025-06-10").until("2025-08-05")
    life.does("2025-08-10T10:00", "pay")
    life.does("2025-08-10T11:00", "pay")
    life.does(notice, "request_cancellation")
    assert life.day("ends_on") == "2025-12-31"
    assert life.until("2026-02-10").refunds() == []


@pytest.mark.rule("ALW-REF-3")
def test_a_claim_needs_its_form_and_is_paid_once(served) -> None:
    life = served("2025-06-10").until("2025-08-05")
    life.does("2025-08-10T10:00", "pay")
    life.does("2025-08-10T11:00", "pay")
    life.does("2025-09-10", "request_cancellation")
    assert life.does("2025-09-29", "claim_refund") == "no_claim_sent"
    life.until("2025-09-30")
    assert life.does("2025-09-30T12:00", "claim_refund") == ""
    assert life.does("2025-10-09", "claim_refund") == "no_claim_sent"
    assert life.does("2025-10-10", "pay_refund") == ""
    assert life.does("2025-10-11", "pay_refund") != ""
    assert life.refunds() == [("2025-09-30", 3300, "paid")]


@pytest.mark.rule("ALW-APP-8")
@pytest.mark.parametrize(
    "command", ["pause", "unpause", "suspend", "restore", "terminate", "cool_off", "install", "move_site", "sign"]
)
def test_what_the_guide_does_not_know_is_not_provided(served, command) -> None:
    life = served("2025-06-10").until("2025-06-10")
    before = life.contract
    args = {"site": {"prefecture": "Chiba"}} if command == "move_site" else {}
    assert life.does("2025-06-11", command, **args) == "not_provided"
    assert life.contract is before


@pytest.mark.rule("ALW-APP-8")
def test_logging_in_and_consenting_change_nothing(served) -> None:
    life = served("2025-06-10").until("2025-06-10")
    assert (life.does("2025-06-11", "log_in"), life.does("2025-06-12", "consent")) == ("", "")
    assert life.until("2025-12-31").bills()[-1] == ("regular", "2025-07", "2025-08-05", 6600)


@pytest.mark.rule("ALW-APP-8")
@pytest.mark.parametrize("said", ["announce_termination", "announce_tax", "announce_terms", "interrupt_service"])
def test_other_announcements_have_no_rule_here(allwatch, said) -> None:
    args = {"announce_tax": {"rate": 12}, "announce_terms": {"version": "2"}}.get(said, {})
    day = {} if said == "interrupt_service" else {"effective_on": "2026-12-01"}
    assert allwatch.says("2025-06-01", said, **args, **day) == "not_provided"
