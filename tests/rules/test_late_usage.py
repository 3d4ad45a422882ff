"""Use that is reported later than it happened: of its own day, in its own month's bill, as long as that is not closed.

Prices: 20 yen per started 30 seconds (market.py's voice plan), 8 yen on the IP phone; tax by hand in each test.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.market import Market

CALL = [{"to": "mobile", "seconds": 61}]  # three started units: 60 yen


@pytest.fixture
def market() -> Market:
    made = Market()
    made.line("c1", "voice", starts="2017-05-10")
    return made


@pytest.mark.rule("AMM-INV-2", "AMM-FEE-10")
def test_a_call_reported_in_the_month_after_is_billed_with_those_of_its_own_month(market: Market) -> None:
    assert market.does("2017-05-20", "record_usage", "c1", calls=CALL) == ""
    assert market.does("2017-06-30", "record_usage", "c1", calls=CALL, used_on=date(2017, 5, 21)) == ""
    market.until("2017-07-01")
    assert market.amount("c1", "2017-05", "call_charges") == 0
    assert market.amount("c1", "2017-06", "call_charges") == 120  # May's calls stand on June's invoice
    assert market.span("c1", "2017-06", "call_charges") == ("2017-05-01", "2017-05-31")


@pytest.mark.rule("AMM-INV-2", "AMM-FEE-9")
def test_once_the_months_use_was_billed_no_more_of_it_is_taken(market: Market) -> None:
    assert market.does("2017-07-01T00:05", "record_usage", "c1", sms_yen=9, used_on=date(2017, 5, 31)) == "month_closed"
    assert market.does("2017-07-01T00:05", "record_usage", "c1", sms_yen=9, used_on=date(2017, 6, 1)) == ""
    market.until("2017-08-01")
    assert market.amount("c1", "2017-06", "sms_charges") == 0
    assert market.amount("c1", "2017-07", "sms_charges") == 9


@pytest.mark.rule("AMM-FEE-9")
def test_no_use_of_a_day_that_has_not_come_or_was_before_the_service(market: Market) -> None:
    assert market.does("2017-05-20", "record_usage", "c1", sms_yen=9, used_on=date(2017, 5, 21)) == "day_has_not_come"
    assert market.does("2017-05-20", "record_usage", "c1", sms_yen=9, used_on=date(2017, 5, 9)) == "not_started"


@pytest.mark.rule("AMM-INV-3")
def test_use_until_the_last_day_is_billed_after_the_end(market: Market) -> None:
    assert market.does("2017-11-10", "request_cancellation", "c1") == ""
    (ends, _) = market.ends("c1")
    assert ends == "2017-11-30"
    market.until("2017-12-01")
    assert market.does("2017-12-05", "record_usage", "c1", sms_yen=15) == "ended"
    assert market.does("2017-12-05", "record_usage", "c1", sms_yen=15, used_on=date(2017, 12, 1)) == "ended"
    assert market.does("2017-12-05", "record_usage", "c1", sms_yen=15, used_on=date(2017, 11, 30)) == ""
    market.until("2018-01-01")
    assert market.amount("c1", "2017-12", "sms_charges") == 15
    assert market.bill("c1", "2017-12").total == 16  # 15 + 8 % = 16.2


@pytest.mark.rule("AMM-DAT-1", "AMM-DAT-2")
def test_data_of_a_day_that_is_over_slows_nothing_down_and_tells_nobody(market: Market) -> None:
    assert market.does("2017-05-20", "record_usage", "c1", megabytes=139) == ""
    assert market.does("2017-05-20", "record_usage", "c1", megabytes=500, used_on=date(2017, 5, 19)) == ""
    assert ("2017-05-20", "speed_limited") not in market.told("c1")
    assert market["c1"].data_megabytes == 139
    assert market.does("2017-05-20", "record_usage", "c1", megabytes=2) == ""
    assert ("2017-05-20", "speed_limited") in market.told("c1")


@pytest.mark.rule("AMM-SUS-1")
def test_a_day_wholly_suspended_has_no_use_and_the_days_before_it_have(market: Market) -> None:
    assert market.does("2017-06-05", "suspend", "c1", reason="illegal_use") == ""
    assert market.does("2017-06-10", "record_usage", "c1", sms_yen=9) == "suspended"
    assert market.does("2017-06-10", "record_usage", "c1", sms_yen=9, used_on=date(2017, 6, 6)) == "suspended"
    assert market.does("2017-06-10", "record_usage", "c1", sms_yen=9, used_on=date(2017, 6, 4)) == ""
    assert market.does("2017-06-10", "record_usage", "c1", sms_yen=5, used_on=date(2017, 6, 5)) == ""  # until noon it worked


@pytest.mark.rule("IPS-FEE-1", "IPS-FEE-3", "IPS-INV-3")
def test_the_free_calls_are_used_up_by_late_calls_too() -> None:
    market = Market()
    market.phone("ip", "2017-05-10")
    call = [{"to": "mobile", "seconds": 360}]  # 12 units, 96 yen
    assert market.does("2017-06-10", "record_usage", "ip", calls=call, used_on=date(2017, 5, 20)) == ""
    assert market.does("2017-06-10", "record_usage", "ip", calls=call) == ""
    market.until("2017-08-01")
    assert ("regular", "2017-06", 0) not in market.bills("ip")  # 96 yen of calls, 96 yen of free calls: no bill of 0 yen
    assert market.amount("ip", "2017-07", "free_call_credit") == -4  # 100 − 96 that May used
