"""AND market mobile, the mobile line: late payment, demands, suspension, termination, pauses. 14.6 % a year is 0.0004 a day."""

from __future__ import annotations

import pytest

from tests.rules.market import Market


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.rule("AMM-INV-1")
@pytest.mark.parametrize(
    ("month", "issued", "due"), [("2017-07", "2017-08-01", "2017-08-27"), ("2017-12", "2018-01-01", "2018-01-27")]
)
def test_bills_are_of_the_first_and_due_on_the_27th_holiday_or_not(market: Market, month: str, issued: str, due: str) -> None:
    market.line("c1", "data", "2017-05-01")  # 2017-08-27 is a Sunday, 2018-01-01 a holiday, 2018-01-27 a Saturday
    bill = market.until("2018-01-28").bill("c1", month)
    assert (bill.issued_on.isoformat(), bill.due_on.isoformat(), bill.paid_by, bill.kind) == (issued, due, "card", "regular")
    assert (issued, "invoice_issued") in market.told("c1")


@pytest.mark.rule("AMM-INV-3", "AMM-INV-5", "AMM-INT-1")
def test_interest_after_the_end_comes_on_a_final_invoice_of_its_own(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "request_cancellation", "c1") == ""
    assert market.does("2017-09-27", "pay", "c1") == ""
    market.until("2017-12-01")
    # 974 from 28 June to 27 September: 3 + 31 + 31 + 27 = 92 days, 35.84
    assert market.bills("c1") == [("regular", "2017-05", 974), ("final", "2017-09", 35)]
    assert (market.bill("c1", "2017-09").tax, market.bill("c1", "2017-09").issued_on.isoformat()) == (0, "2017-10-01")


@pytest.mark.rule("AMM-INT-1")
@pytest.mark.parametrize(
    ("paid", "interest"),
    [
        ("2016-01-27T23:59", 0),
        ("2016-01-28T00:15", 0),  # one day: 0.39
        ("2016-01-30", 1),  # three days: 1.17
        ("2016-03-01", 13),  # 4 + 29 + 1 = 34 days, 29 February among them: 13.25
        ("2017-01-27", 142),  # 366 days over 365: 142.59
    ],
)
def test_interest_counts_from_the_day_after_due_to_the_day_of_payment(market: Market, paid: str, interest: int) -> None:
    market.line("c1", "data", "2015-12-01")
    assert market.does(paid, "pay", "c1", invoice={"month": "2015-12", "kind": "regular"}) == ""
    assert market.bill("c1", "2015-12").status == "paid"
    market.until("2017-03-01")
    assert market.amount("c1", paid[:7], "late_interest") == interest
    assert market.amount("c1", "2015-12", "monthly_fee") == 900


@pytest.mark.rule("AMM-INT-1", "AMM-INV-4")
def test_interest_bears_no_interest_and_no_tax(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-07-27T10:00", "pay", "c1") == ""  # May, 30 days late: 974 x 0.012 = 11.69
    assert market.does("2017-07-27T11:00", "pay", "c1") == ""  # June, in time
    assert market.does("2017-09-26", "pay", "c1") == ""  # July with the 11, 30 days late
    market.until("2017-10-01")
    assert (market.bill("c1", "2017-07").total, market.bill("c1", "2017-07").tax) == (985, 72)
    assert market.amount("c1", "2017-09", "late_interest") == 11  # on 974, not on 985: 11.688


@pytest.mark.rule("AMM-INT-1", "AMM-FEE-1")
def test_a_late_initial_fee_bears_interest_too(market: Market) -> None:
    market.applies("2017-05-10", "c1", "data")
    assert market.does("2017-05-10T13:00", "notify_start", "c1", starts_on="2017-05-11") == ""
    assert market.until("2017-05-11").invoices("c1")[0].status == "overdue"
    assert market.does("2017-05-15", "pay", "c1") == ""
    assert market.until("2017-06-01").amount("c1", "2017-05", "late_interest") == 6  # 3240 x 0.0004 x 5 = 6.48


@pytest.mark.rule("AMM-INT-1", "AMM-INV-6")
def test_each_late_invoice_has_its_line_in_the_order_of_settling(market: Market) -> None:
    market.line("c1", "sms", "2017-05-01")
    assert market.does("2017-08-01", "pay", "c1", invoice={"month": "2017-06", "kind": "regular"}) == ""  # 1082, 5 days: 2.16
    assert market.does("2017-08-02", "pay", "c1", invoice={"month": "2017-05", "kind": "regular"}) == ""  # 36 days: 15.58
    market.until("2017-09-01")
    assert [amount for item, amount in market.items("c1", "2017-08") if item == "late_interest"] == [2, 15]


@pytest.mark.rule("AMM-INT-2", "AMM-INV-7")
def test_parts_are_summed_exactly_and_rounded_once_when_the_invoice_is_settled(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-07-04", "pay", "c1", amount=300) == ""  # 974 for 7 days: 2.7272
    assert market.bill("c1", "2017-05").status == "overdue"
    assert market.until("2017-08-01").amount("c1", "2017-07", "late_interest") == 0, "nothing while it is unpaid"
    assert market.does("2017-08-03", "pay", "c1", amount=674) == ""  # 674 for 30 days: 8.088
    assert market.bill("c1", "2017-05").status == "paid"
    assert market.until("2017-09-01").amount("c1", "2017-08", "late_interest") == 10  # 10.8152


@pytest.mark.rule("AMM-INT-2")
def test_fractions_of_parts_add_up(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-07-04", "pay", "c1", amount=300) == ""  # 2.7272
    assert market.does("2017-07-09", "pay", "c1") == ""  # 674 for 5 days: 1.348; 4.0752 in all
    assert market.until("2017-08-01").amount("c1", "2017-07", "late_interest") == 4


@pytest.mark.rule("AMM-INT-2")
def test_a_part_that_was_in_time_bears_nothing(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-06-27", "pay", "c1", amount=500) == ""
    assert market.does("2017-07-27", "pay", "c1") == ""
    assert market.until("2017-08-01").amount("c1", "2017-07", "late_interest") == 5  # 474 for 30 days: 5.688


@pytest.mark.rule("AMM-INV-7")
def test_pay_takes_the_oldest_open_invoice_and_a_failed_draw_changes_no_day(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.until("2017-07-02")
    assert market.does("2017-07-27", "fail_payment", "c1", reason="declined") == ""
    assert ("2017-07-27", "payment_failed") in market.told("c1")
    june = market.bill("c1", "2017-06")
    assert (june.status, june.due_on.isoformat(), june.paid_by) == ("open", "2017-07-27", "card")
    assert market.does("2017-07-27T13:00", "pay", "c1") == ""
    assert (market.bill("c1", "2017-05").status, market.bill("c1", "2017-06").status) == ("paid", "open")
    assert market.until("2017-07-28").bill("c1", "2017-06").status == "overdue"
    assert market.does("2017-07-28", "pay", "c1") == ""
    assert market.does("2017-07-29", "pay", "c1") == "nothing_open"


@pytest.mark.rule("AMM-INV-7", "AMD-PAY-1")
def test_of_one_day_the_lines_invoice_is_paid_before_the_devices(market: Market) -> None:
    market.line("c1", "data", "2017-05-01", devices=[{"sku": "case", "quantity": 1}])
    assert market.does("2017-05-02", "deliver", "c1", sku="case") == ""
    assert market.does("2017-06-27", "pay", "c1") == ""
    assert (market.bill("c1", "2017-05", "regular").status, market.bill("c1", "2017-05", "separate").status) == ("paid", "open")
    assert market.does("2017-06-27T13:00", "pay", "c1") == ""
    assert market.bill("c1", "2017-05", "separate").status == "paid"


@pytest.mark.rule("AMM-SUS-2")
def test_a_demand_leaves_twenty_days_and_needs_something_overdue(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-06-27T23:00", "demand", "c1", deadline="2017-08-01") == "nothing_overdue"
    assert market.does("2017-06-28", "demand", "c1", deadline="2017-07-17") == "grace_too_short"
    assert market.does("2017-06-28T13:00", "demand", "c1", deadline="2017-07-18") == ""
    assert [told for told in market.told("c1") if told[1] == "payment_demand"] == [("2017-06-28", "payment_demand")]
    assert market.does("2017-07-01", "pay", "c1") == ""
    assert market.does("2017-07-02", "demand", "c1", deadline="2017-08-30") == "nothing_overdue"


@pytest.mark.rule("AMM-SUS-3", "AMM-SUS-6")
def test_suspension_for_default_only_after_the_deadline(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-06-27", "suspend", "c1", reason="payment_default") == "nothing_overdue"
    assert market.does("2017-06-28", "suspend", "c1", reason="payment_default") == "no_demand"
    assert market.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""
    assert market.does("2017-07-21T23:59", "suspend", "c1", reason="payment_default") == "deadline_not_passed"
    assert market.does("2017-07-22T00:15", "suspend", "c1", reason="payment_default") == ""
    assert market["c1"].state == "suspended"
    assert ("2017-07-22", "suspended") in market.told("c1")


@pytest.mark.rule("AMM-SUS-3")
def test_payment_on_the_deadline_is_in_time_and_a_part_is_not_enough(market: Market) -> None:
    for name in ("c1", "c2"):
        market.line(name, "data", "2017-05-01")
        assert market.does("2017-07-01", "demand", name, deadline="2017-07-21") == ""
    assert market.does("2017-07-21T23:00", "pay", "c1") == ""
    assert market.does("2017-07-21T23:00", "pay", "c2", amount=973) == ""
    assert market.does("2017-07-22", "suspend", "c1", reason="payment_default") == "nothing_overdue"
    assert market.does("2017-07-22", "suspend", "c2", reason="payment_default") == ""


@pytest.mark.rule("AMM-SUS-2", "AMM-SUS-3")
def test_later_debts_need_a_demand_of_their_own(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""
    assert market.does("2017-07-20", "pay", "c1") == ""  # May, which the demand covered
    assert market.does("2017-07-28", "suspend", "c1", reason="payment_default") == "no_demand"  # June
    assert market.does("2017-07-28T13:00", "demand", "c1", deadline="2017-08-17") == ""
    assert market.does("2017-08-17", "suspend", "c1", reason="payment_default") == "deadline_not_passed"
    assert market.does("2017-08-18", "suspend", "c1", reason="payment_default") == ""


@pytest.mark.rule("AMM-SUS-2", "AMM-SUS-3")
def test_a_demand_covers_line_and_device(market: Market) -> None:
    market.line("c1", "data", "2017-05-01", devices=[{"sku": "case", "quantity": 1}])
    assert market.does("2017-05-02", "deliver", "c1", sku="case") == ""
    assert market.does("2017-06-27", "pay", "c1") == ""
    assert market.does("2017-06-28", "demand", "c1", deadline="2017-07-18") == "", "the device alone is overdue"
    assert market.does("2017-07-19", "suspend", "c1", reason="payment_default") == ""


@pytest.mark.rule("AMM-SUS-1", "AMM-SUS-4")
def test_a_declined_card_allows_suspension_at_once(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.line("c2", "data", "2017-05-01")
    assert market.does("2017-06-27", "suspend", "c1", reason="card_declined") == "card_not_declined"
    assert market.does("2017-06-27T13:00", "fail_payment", "c1", reason="declined") == ""
    assert market.does("2017-06-27T14:00", "suspend", "c1", reason="card_declined") == ""
    assert market["c1"].state == "suspended"
    assert market.does("2017-06-27", "fail_payment", "c2", reason="declined") == ""
    assert market.does("2017-06-28", "pay", "c2") == ""
    assert market.does("2017-06-28T13:00", "suspend", "c2", reason="card_declined") == "card_not_declined"
    assert market.does("2017-06-28T14:00", "suspend", "c2", reason="card_unusable") == ""


GROUNDS = (
    "obligation_breach", "payment_risk", "illegal_use", "service_disturbance", "reputation", "refusal_ground",
    "card_unusable", "improper_use",
)  # fmt: skip


@pytest.mark.rule("AMM-SUS-1", "AMM-GEN-4")
@pytest.mark.parametrize("reason", GROUNDS)
def test_grounds_that_need_nothing_before(market: Market, reason: str) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "suspend", "c1", reason=reason) == ""
    assert market["c1"].state == "suspended"


@pytest.mark.rule("AMM-SUS-1", "AMM-SUS-7")
def test_grounds_of_others_are_no_grounds_here(market: Market) -> None:
    for plan in ("data", "sms", "voice"):
        market.line(plan, plan, "2017-05-01")
    assert market.does("2017-05-10", "suspend", "data", reason="identity_check_refused") != ""
    assert market.does("2017-05-10", "suspend", "sms", reason="identity_check_refused") != ""
    assert market.does("2017-05-10", "suspend", "voice", reason="identity_check_refused") == ""
    assert market.does("2017-05-11", "suspend", "data", reason="interconnection_suspended") != ""
    assert market.does("2017-05-11", "suspend", "data", reason="serious_disturbance") != "", "terminate only"
    assert (market["data"].state, market["voice"].state) == ("active", "suspended")


@pytest.mark.rule("AMM-SUS-8", "AMM-TER-1")
def test_paying_lifts_nothing_and_a_later_suspension_has_its_own_month(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-06-27", "fail_payment", "c1", reason="declined") == ""
    assert market.does("2017-06-28", "suspend", "c1", reason="card_declined") == ""
    assert market.does("2017-06-29", "pay", "c1") == ""
    assert market["c1"].state == "suspended"
    assert market.does("2017-06-30", "restore", "c1", reason="paid") == ""
    assert market["c1"].state == "active"
    assert ("2017-06-30", "restored") in market.told("c1")
    assert market.does("2017-06-30T13:00", "restore", "c1", reason="paid") == "not_suspended"
    assert market.does("2017-07-10", "suspend", "c1", reason="obligation_breach") == ""
    assert market.does("2017-08-10", "terminate", "c1", reason="obligation_breach") == "cure_period_running"
    assert market.does("2017-08-11", "terminate", "c1", reason="obligation_breach") == ""


@pytest.mark.rule("AMM-TER-1")
@pytest.mark.parametrize(
    ("suspended", "last", "first"),
    [
        ("2017-01-31", "2017-02-28", "2017-03-01"),
        ("2016-01-31", "2016-02-29", "2016-03-01"),
        ("2017-05-31", "2017-06-30", "2017-07-01"),
        ("2017-02-28", "2017-03-28", "2017-03-29"),
        ("2017-12-15", "2018-01-15", "2018-01-16"),
    ],
)
def test_one_month_to_cure(market: Market, suspended: str, last: str, first: str) -> None:
    market.line("c1", "sms", "2016-01-01")
    assert market.does(suspended, "terminate", "c1", reason="obligation_breach") == "not_suspended"
    assert market.does(f"{suspended}T13:00", "suspend", "c1", reason="obligation_breach") == ""
    assert market.does(f"{last}T23:59", "terminate", "c1", reason="obligation_breach") == "cure_period_running"
    assert market.does(f"{first}T00:15", "terminate", "c1", reason="obligation_breach") == ""
    assert market.ends("c1") == (first, "terminated")


@pytest.mark.rule("AMM-TER-2", "AMM-TER-4")
def test_payment_and_card_grounds_end_at_once(market: Market) -> None:
    for name in ("c1", "c2", "c3"):
        market.line(name, "data", "2017-05-01")
    market.until("2017-06-28")
    assert market.does("2017-06-28", "demand", "c1", deadline="2017-07-18") == ""
    assert market.does("2017-06-28", "fail_payment", "c2", reason="declined") == ""
    for name, day, reason in (("c2", "28", "card_declined"), ("c3", "28", "card_unusable")):
        assert market.does(f"2017-06-{day}T13:00", "suspend", name, reason=reason) == ""
        assert market.does(f"2017-06-{day}T14:00", "terminate", name, reason=reason) == ""
        assert ("2017-06-28", "contract_ended") in market.told(name)
    assert market.does("2017-07-19", "suspend", "c1", reason="payment_default") == ""
    assert market.does("2017-07-19T13:00", "terminate", "c1", reason="payment_default") == ""
    assert [market.ends(name) for name in ("c1", "c2")] == [("2017-07-19", "terminated"), ("2017-06-28", "terminated")]


@pytest.mark.rule("AMM-TER-3")
def test_a_serious_disturbance_needs_no_suspension(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-02", "terminate", "c1", reason="service_disturbance") == "not_suspended"
    assert market.does("2017-05-02T13:00", "terminate", "c1", reason="serious_disturbance") == ""
    assert market.does("2017-05-03", "terminate", "c1", reason="serious_disturbance") == "ended"


@pytest.mark.rule("AMM-PAU-2", "AMM-PAU-1")
@pytest.mark.parametrize(
    ("asked", "paused_on"),
    [
        ("2017-07-03T18:59", "2017-07-03"),  # a Monday
        ("2017-07-03T19:00", "2017-07-04"),
        ("2017-07-03T09:00", "2017-07-03"),
        ("2017-07-01T12:00", "2017-07-03"),  # a Saturday
        ("2017-07-07T19:00", "2017-07-10"),  # a Friday evening
        ("2017-05-02T19:30", "2017-05-08"),  # Golden Week, then a weekend
        ("2017-12-29T19:00", "2018-01-04"),  # New Year
        ("2017-08-14T12:00", "2017-08-16"),  # two days of company holidays
    ],
)
def test_pauses_wait_for_the_next_business_day_outside_hours(asked: str, paused_on: str) -> None:
    market = Market(closed=("2017-08-14", "2017-08-15"))
    market.line("c1", "data", "2017-04-01")
    assert market.does(asked, "pause", "c1") == ""
    if paused_on != asked[:10]:
        assert market["c1"].state == "active"
        year, month, day = (int(part) for part in paused_on.split("-"))
        assert market.until(f"{year}-{month:02}-{day - 1:02}")["c1"].state == "active"
        market.until(paused_on)
    assert market["c1"].state == "paused"


@pytest.mark.rule("AMM-PAU-3")
@pytest.mark.parametrize(("asked", "paused_on"), [("2017-07-03T12:00", "2017-07-03"), ("2017-07-08T12:00", "2017-07-10")])
def test_a_lost_card_pauses_the_line_likewise(market: Market, asked: str, paused_on: str) -> None:
    market.line("c1", "sms", "2017-05-01")
    assert market.does(asked, "report_lost_device", "c1", sku="sim") == ""
    assert (market["c1"].state == "paused") == (paused_on == asked[:10])
    assert market.until(paused_on)["c1"].state == "paused"
    assert market.until("2017-08-01").items("c1", "2017-07") == [("monthly_fee", 1000), ("universal_service_fee", 2)]


@pytest.mark.rule("AMM-PAU-1")
def test_a_paused_line_is_reopened_and_can_be_cancelled(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.line("c2", "data", "2017-05-01")
    for name in ("c1", "c2"):
        assert market.does("2017-05-10", "pause", name) == ""
    assert market.does("2017-05-11", "unpause", "c1") == ""
    assert market["c1"].state == "active"
    assert market.does("2017-05-12", "request_cancellation", "c2") == ""
    assert market.until("2017-06-01")["c2"].state == "ended"
