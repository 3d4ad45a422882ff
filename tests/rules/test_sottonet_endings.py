"""Sottonet: cancellation, termination, outages, announcements, cooling-off."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}
WIFI = {"options": [{"option": "wifi-3gb", "quantity": 1}]}


@pytest.mark.rule("STN-CAN-1")
@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        ("2025-09-20T23:59", "2025-09-30"),
        ("2025-09-21T00:00", "2025-10-31"),
        ("2025-12-20T23:59", "2025-12-31"),
        ("2025-12-21T00:00", "2026-01-31"),
        ("2026-01-31T23:59", "2026-02-28"),
        ("2028-01-21T00:00", "2028-02-29"),
        ("2025-09-01T00:00", "2025-09-30"),
    ],
)
def test_notice_by_the_20th_ends_this_month_later_the_next(started, notice, ends) -> None:
    life = started("2025-04-01")
    assert life.does(notice, "request_cancellation") == ""
    assert (life.contract.state, life.day("ends_on")) == ("cancelling", ends)
    assert life.does(notice, "request_cancellation") != ""  # a second one is refused
    assert life.until(ends).contract.state == "cancelling"


@pytest.mark.rule("STN-CAN-2", "STN-INV-1")
def test_at_the_end_open_debts_fall_due(started) -> None:
    """August, drawn on 27 September, is open when the contract is terminated on the 10th."""
    life = started("2025-04-01").until("2025-09-01")
    assert life.bill("2025-08").due_on.isoformat() == "2025-09-27"
    life.does("2025-09-10", "terminate", reason="breach")
    assert life.bill("2025-08").due_on.isoformat() == "2025-09-10"
    assert life.bill("2025-09").due_on.isoformat() == "2025-09-10"
    life.until("2025-09-11")
    assert {life.bill("2025-08").status, life.bill("2025-09").status} == {"overdue"}


@pytest.mark.rule("STN-CAN-3", "STN-CAN-4")
@pytest.mark.parametrize("removal", [True, False])
def test_removal_is_charged_when_it_is_ordered(started, removal) -> None:
    life = started("2025-04-01").until("2025-05-01")
    life.does("2025-05-10", "request_cancellation", with_removal=removal)
    life.until("2025-06-01")
    # the initial fee is on the first invoice already: nothing remains of it
    assert life.lines("2025-05") == ([("removal_work", 27500)] if removal else []) + [("monthly_fee", 1980)]


@pytest.mark.rule("STN-CAN-5")
@pytest.mark.parametrize(("moved", "ends"), [("2025-07-20T23:59", "2025-07-31"), ("2025-07-21T00:00", "2025-08-31")])
def test_a_move_is_a_notice(started, moved, ends) -> None:
    life = started("2025-04-01")
    assert life.does(moved, "move_site", site={"prefecture": "Chiba"}) == ""
    assert life.day("ends_on") == ends
    assert life.until("2025-09-01").contract.ended_because == "moved"


@pytest.mark.rule("STN-TER-2")
def test_a_termination_before_the_start_owes_no_monthly_fee(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-10", "install")
    life.does("2025-04-19T23:59", "terminate", reason="false_declaration")
    assert life.bills() == [("final", "2025-04", "2025-04-19", 75900)]
    assert life.bill("2025-04").due_on.isoformat() == "2025-04-19"
    assert life.until("2025-12-01").bills() == [("final", "2025-04", "2025-04-19", 75900)]


@pytest.mark.rule("STN-TER-3", "STN-EQP-2")
def test_the_second_absence_ends_the_contract_that_day(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD)
    life.does("2025-04-08", "install", outcome="absent")
    assert life.contract.state == "accepted"
    life.does("2025-04-15", "install", outcome="absent")
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-04-15", "no_show")
    assert life.lines("2025-04") == [("contract_fee", 4400), ("installation_work", 27500), ("installation_work", 27500)]


@pytest.mark.rule("STN-TER-4")
@pytest.mark.parametrize("contact", ["absent", "done"])
def test_a_contact_ends_or_restarts_the_count_of_fifteen_days(sottonet, contact) -> None:
    life = sottonet.applies("2025-10-01", **CARD)
    life.does("2025-10-06", "install", outcome="unreachable")
    life.does("2025-10-13", "install", outcome="unreachable")  # the first one counts
    assert life.until("2025-10-20").contract.state == "accepted"
    life.does("2025-10-20T23:59", "install", outcome=contact)  # the fourteenth day after it
    assert life.until("2025-10-21").contract.state == "accepted"
    if contact == "absent":
        life.does("2025-10-25", "install", outcome="unreachable")
        assert life.until("2025-11-08").contract.state == "accepted"
        assert life.until("2025-11-09").contract.state == "ended"
        assert (life.day("ends_on"), life.contract.ended_because) == ("2025-11-09", "unreachable")


@pytest.mark.rule("STN-SUS-2")
def test_an_interruption_changes_no_invoice(sottonet, started) -> None:
    life = started("2025-04-01")
    assert sottonet.says("2025-05-10", "interrupt_service") == ""
    assert sottonet.says("2025-05-20", "resume_service") == ""
    assert life.until("2025-06-01").lines("2025-05") == [("monthly_fee", 1980)]


@pytest.mark.rule("STN-OUT-1", "STN-OUT-2")
@pytest.mark.parametrize(
    ("began", "ended", "credit"),
    [
        ("2025-05-10T09:00", "2025-05-12T08:59", None),  # a minute short of 48 hours
        ("2025-05-10T09:00", "2025-05-12T09:00", -128),  # 2 × 1,980 ÷ 31 = 127.7
        ("2025-05-10T09:00", "2025-05-13T08:59", -128),
        ("2025-05-10T09:00", "2025-05-13T09:00", -192),  # 3 days: 191.6
    ],
)
def test_an_outage_counts_from_48_hours_in_steps_of_24(started, began, ended, credit) -> None:
    life = started("2025-04-01")
    life.does("2025-05-20", "report_outage", **{"from": began, "to": ended})
    credits = [amount for item, amount in life.until("2025-06-01").lines("2025-05") if item == "outage_credit"]
    assert credits == ([credit] if credit else [])


@pytest.mark.rule("STN-OUT-1")
@pytest.mark.parametrize(("ended", "credit"), [("2025-04-21T23:59", None), ("2025-04-22T00:00", -132)])
def test_an_outage_counts_from_the_start_of_the_service(started, ended, credit) -> None:
    """Service starts on the 20th: of an outage since the 18th, 48 hours remain on the 22nd. 2 × 1,980 ÷ 30 = 132."""
    life = started("2025-04-20")
    life.does("2025-04-25", "report_outage", **{"from": "2025-04-18T12:00", "to": ended})
    credits = [amount for item, amount in life.until("2025-05-01").lines("2025-04") if item == "outage_credit"]
    assert credits == ([credit] if credit else [])


@pytest.mark.rule("STN-OUT-1")
@pytest.mark.parametrize(("began", "credited"), [("2025-06-29T00:00", True), ("2025-06-29T00:01", False)])
def test_an_outage_counts_to_the_end_of_the_last_day(started, began, credited) -> None:
    life = started("2025-04-01")
    life.does("2025-06-10", "request_cancellation")
    life.does("2025-06-30T23:00", "report_outage", **{"from": began, "to": "2025-07-03T00:00"})
    life.until("2025-07-01")
    assert (("outage_credit", -132) in life.lines("2025-06")) is credited


@pytest.mark.rule("STN-OUT-2", "STN-OUT-3")
def test_an_outage_over_a_month_end_gives_a_line_for_each_month_on_the_next_invoice(started) -> None:
    """Blocks begin on 29 and 30 June and on 1 July: 132 and 1,980 ÷ 31 = 63.9. June had closed when it was reported."""
    life = started("2025-04-01")
    life.does("2025-07-02", "report_outage", **{"from": "2025-06-29T00:00", "to": "2025-07-02T00:00"})
    life.until("2025-08-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980)]
    assert life.lines("2025-07") == [("monthly_fee", 1980), ("outage_credit", -132), ("outage_credit", -64)]


@pytest.mark.rule("STN-OUT-2")
def test_a_block_belongs_to_the_day_on_which_it_begins(started) -> None:
    """From 23:00 on the 29th to 23:00 on 1 July both blocks begin in June."""
    life = started("2025-04-01")
    life.does("2025-07-02", "report_outage", **{"from": "2025-06-29T23:00", "to": "2025-07-01T23:00"})
    assert life.until("2025-08-01").lines("2025-07") == [("monthly_fee", 1980), ("outage_credit", -132)]


@pytest.mark.rule("STN-OUT-2")
@pytest.mark.parametrize(("suspended", "credited"), [("2025-05-09T12:00", False), ("2025-05-10T10:00", True)])
def test_no_credit_for_a_contract_that_was_suspended_when_it_began(started, suspended, credited) -> None:
    life = started("2025-04-01")
    life.does(suspended, "suspend", reason="unpaid")
    life.does("2025-05-20", "report_outage", **{"from": "2025-05-10T09:00", "to": "2025-05-12T09:00"})
    life.does("2025-05-21", "restore")
    assert (("outage_credit", -128) in life.until("2025-06-01").lines("2025-05")) is credited


@pytest.mark.rule("STN-NOT-1")
@pytest.mark.parametrize(
    ("announced", "effective", "accepted"),
    [
        ("2025-09-01T23:59", "2025-10-01", True),
        ("2025-09-02T00:00", "2025-10-01", False),
        ("2026-02-28T23:59", "2026-03-31", True),  # a month before, cut to the month's end
        ("2026-03-01T00:00", "2026-03-31", False),
    ],
)
def test_a_price_revision_needs_a_months_notice(sottonet, announced, effective, accepted) -> None:
    reason = sottonet.says(announced, "announce_price", prices={"monthly_fee": 2200}, effective_on=effective)
    assert (reason == "") is accepted


@pytest.mark.rule("STN-NOT-1")
def test_a_month_bears_the_price_of_its_first_billed_day_and_a_visit_that_of_its_own(sottonet, started) -> None:
    life = started("2025-04-01")
    late = started("2025-10-20")
    prices = {"monthly_fee": 2200, "installation_work": 30000}
    assert sottonet.says("2025-09-01", "announce_price", prices=prices, effective_on="2025-10-15") == ""
    life.does("2025-10-14T23:59", "buy", item="installation_work", quantity=1)
    life.does("2025-10-15T00:00", "buy", item="installation_work", quantity=1)
    life.until("2025-12-01")
    assert life.lines("2025-10") == [("installation_work", 27500), ("installation_work", 30000), ("monthly_fee", 1980)]
    assert life.lines("2025-11") == [("monthly_fee", 2200)]
    assert late.until("2025-11-01").lines("2025-10")[-1] == ("monthly_fee", 851)  # 2,200 × 12 ÷ 31 = 851.6


@pytest.mark.rule("STN-NOT-3")
@pytest.mark.parametrize(
    ("announced", "effective", "accepted"),
    [
        ("2026-01-30T23:59", "2026-04-30", True),
        ("2026-01-31T00:00", "2026-04-30", False),
        ("2026-02-28T23:59", "2026-05-31", True),  # 31 May less three months is the end of February
        ("2026-03-01T00:00", "2026-05-31", False),
    ],
)
def test_the_end_of_the_service_needs_three_months_notice(sottonet, announced, effective, accepted) -> None:
    assert (sottonet.says(announced, "announce_termination", effective_on=effective) == "") is accepted


@pytest.mark.rule("STN-NOT-3")
def test_an_earlier_end_beats_the_end_of_the_service(sottonet, started) -> None:
    gone_before, goes_after, stays = started("2025-04-01"), started("2025-04-01"), started("2025-04-01")
    gone_before.does("2025-08-15", "request_cancellation")
    assert sottonet.says("2025-08-16", "announce_termination", effective_on="2025-12-31") == ""
    assert goes_after.does("2025-09-10", "request_cancellation") == ""
    ends = [life.until("2026-01-01").day("ends_on") for life in (gone_before, goes_after, stays)]
    assert ends == ["2025-08-31", "2025-09-30", "2025-12-31"]
    assert [life.contract.ended_because for life in (goes_after, stays)] == ["cancelled", "abolished"]
    assert stays.bills()[-1] == ("final", "2025-12", "2026-01-01", 1980)


@pytest.mark.rule("STN-COO-1")
@pytest.mark.parametrize(
    ("arrives", "dispatched", "accepted"),
    [
        ("2025-04-14T23:59", None, True),  # day 8
        ("2025-04-15T00:00", None, False),  # day 9
        ("2025-05-02", "2025-04-14", True),  # posted on day 8, however late it arrives
        ("2025-05-02", "2025-04-15", False),
    ],
)
def test_eight_days_counted_from_the_disclosure(sottonet, arrives, dispatched, accepted) -> None:
    life = sottonet.applies("2025-04-07T10:00", **CARD, disclosure_received_on="2025-04-07")
    args = {"dispatched_on": dispatched} if dispatched else {}
    assert (life.does(arrives, "cool_off", **args) == "") is accepted


@pytest.mark.rule("STN-COO-2", "STN-CHG-3")
def test_after_cooling_off_nothing_is_owed_and_everything_comes_back(sottonet) -> None:
    life = sottonet.applies("2025-04-25", **CARD, disclosure_received_on="2025-04-25", **WIFI)
    life.does("2025-04-26", "install", outcome="absent")
    life.does("2025-04-27", "install")
    life.does("2025-04-28", "buy", item="shop_item", quantity=1, amount=1000, delivered_on="2025-04-29")
    life.does("2025-05-10", "cool_off", dispatched_on="2025-05-02")
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-05-02", "cooling_off")
    life.until("2025-12-01")
    assert (life.bills(), life.refunds()) == ([], [])


@pytest.mark.rule("STN-COO-2")
def test_part_payments_come_back_in_one_refund(sottonet) -> None:
    life = sottonet.applies("2025-03-20", **CARD, disclosure_received_on="2025-03-26")
    life.does("2025-03-21", "install")  # starts on the 31st: 44,000 + 31,900 + 63
    life.does("2025-04-01T10:00", "pay", amount=50000)
    life.does("2025-04-01T11:00", "pay", amount=10000)
    life.does("2025-04-02", "cool_off")
    assert [amount for _, amount, _ in life.refunds()] == [60000]
    assert [event.facts["amount"] for event in life.log if event.kind == "refund_opened"] == [60000]
    assert life.bill("2025-03").status == "void"
