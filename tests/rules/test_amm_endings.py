"""AND market mobile, the mobile line: notices, minimum term, abolition, death."""

from __future__ import annotations

import pytest

from tests.rules.market import Market


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.rule("AMM-CAN-1")
@pytest.mark.parametrize("plan", ["data", "sms"])
@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        ("2017-03-31T23:59", "2017-04-30"),
        ("2017-03-01T00:30", "2017-04-30"),
        ("2016-12-31T12:00", "2017-01-31"),
        ("2016-01-31T12:00", "2016-02-29"),
        ("2016-01-15T12:00", "2016-02-29"),
    ],
)
def test_old_notices_end_the_line_at_the_end_of_the_next_month(market: Market, plan: str, notice: str, ends: str) -> None:
    market.line("c1", plan, "2016-01-01")
    assert market.does(notice, "request_cancellation", "c1") == ""
    assert market.ends("c1")[0] == ends


@pytest.mark.rule("AMM-CAN-2")
@pytest.mark.parametrize("plan", ["data", "sms"])
@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        ("2017-04-01T00:00", "2017-04-30"),
        ("2017-04-15T23:59", "2017-04-30"),
        ("2017-04-16T00:00", "2017-05-31"),
        ("2017-12-15T23:59", "2017-12-31"),
        ("2017-12-16T00:15", "2018-01-31"),
        ("2018-01-31T12:00", "2018-02-28"),
    ],
)
def test_the_fifteenth_divides_this_month_from_the_next(market: Market, plan: str, notice: str, ends: str) -> None:
    market.line("c1", plan, "2017-02-01")
    assert market.does(notice, "request_cancellation", "c1") == ""
    assert market.ends("c1")[0] == ends


@pytest.mark.rule("AMM-CAN-2", "AMM-CAN-1")
def test_the_day_is_that_of_japan(market: Market) -> None:
    for name in ("c1", "c2"):
        market.line(name, "data", "2017-02-01")
    world = market.world
    assert market.until("2017-03-30")["c1"].state == "active"
    world.act({"at": "2017-03-31T23:59", "do": "request_cancellation", "contract": "c1"})
    market.until("2017-04-15")
    world.act({"at": "2017-04-16T00:00", "do": "request_cancellation", "contract": "c2"})
    assert (market.ends("c1")[0], market.ends("c2")[0]) == ("2017-04-30", "2017-05-31")


@pytest.mark.rule("AMM-CAN-3")
@pytest.mark.parametrize(
    ("notice", "ends"),
    [("2016-02-29T23:59", "2016-02-29"), ("2016-03-01T00:15", "2016-03-31"), ("2017-03-20T12:00", "2017-03-31"), ("2017-06-16T12:00", "2017-06-30")],
)  # fmt: skip
def test_voice_ends_with_the_month_of_the_notice(market: Market, notice: str, ends: str) -> None:
    market.line("c1", "voice", "2016-01-01")
    assert market.does(notice, "request_cancellation", "c1") == ""
    assert market.ends("c1")[0] == ends


@pytest.mark.rule("AMM-CAN-6")
def test_the_line_works_to_its_last_day(market: Market) -> None:
    market.line("c1", "sms", "2017-05-01")
    assert market.does("2017-06-10", "request_cancellation", "c1") == ""
    assert ("2017-06-10", "cancellation_received") in market.told("c1")
    assert market.does("2017-06-30T23:50", "record_usage", "c1", sms_yen=12) == ""
    assert market["c1"].state == "cancelling"
    assert market.until("2017-07-01")["c1"].state == "ended"
    assert market.does("2017-07-01", "record_usage", "c1", sms_yen=12) == "ended"
    assert market.until("2017-09-01").bills("c1")[-1] == ("final", "2017-07", 12)  # 12, tax 0.96
    assert "contract_ended" in [kind for _, kind in market.told("c1")]


@pytest.mark.rule("AMM-CAN-7")
def test_coming_back_is_a_new_contract_with_a_new_initial_fee(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "request_cancellation", "c1") == ""
    market.line("c2", "data", "2017-06-15", recontract_of="c1")
    assert [i.total for i in market.invoices("c2", "initial")] == [3240]
    assert market["c1"].state == "ended"


@pytest.mark.rule("AMM-CAN-8", "AMM-CAN-9", "AMM-SIM-4")
def test_steps_that_the_sources_do_not_grant(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-02", "cool_off", "c1") == "not_provided"
    assert market.does("2017-05-03", "change_plan", "c1", plan="sms") == "not_provided"
    assert market.does("2017-05-04", "buy", "c1", item="sim_to_standard") != ""
    assert market.until("2017-06-01").items("c1", "2017-05") == [("monthly_fee", 900), ("universal_service_fee", 2)]


@pytest.mark.rule("AMM-CAN-11")
def test_a_second_notice_changes_nothing(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-20", "request_cancellation", "c1") == ""
    assert market.does("2017-06-05", "request_cancellation", "c1") == "already_cancelling"
    assert market.ends("c1")[0] == "2017-06-30"
    market.until("2017-07-01")
    assert market.does("2017-07-02", "request_cancellation", "c1") == "ended"


@pytest.mark.rule("AMM-CAN-11", "AMM-FEE-2")
def test_a_line_that_ends_before_it_starts_owes_no_monthly_fee(market: Market) -> None:
    market.line("c1", "data", "2017-07-10", applied="2017-05-25")
    assert market.does("2017-05-26", "request_cancellation", "c1") == ""
    assert market.ends("c1") == ("2017-06-30", "cancelled")
    assert market.until("2017-07-01")["c1"].state == "ended"
    assert market.until("2017-12-01").bills("c1") == []


@pytest.mark.rule("AMM-CAN-11", "AMM-FEE-3")
def test_a_notice_before_the_start_with_an_end_after_it(market: Market) -> None:
    market.line("c1", "data", "2017-06-16", applied="2017-05-25")
    assert market.does("2017-05-26", "request_cancellation", "c1") == ""
    market.until("2017-12-01")
    assert market.ends("c1") == ("2017-06-30", "cancelled")
    assert market.bills("c1") == [("regular", "2017-06", 488)]  # 900 x 15/30 + 2 = 452, tax 36.16


@pytest.mark.rule("AMM-MIN-1", "AMM-MIN-2")
@pytest.mark.parametrize(
    ("notice", "left"),
    [("2017-08-31", 5), ("2017-09-01", 4), ("2017-10-31", 3), ("2017-12-31", 1), ("2018-01-01", 0), ("2018-02-01", 0)],
)
def test_months_left_of_six_count_from_the_month_of_the_start(market: Market, notice: str, left: int) -> None:
    """Start on 31 August 2017: August is month 1, January 2018 month 6."""
    market.line("c1", "voice", "2017-08-31")
    assert market.does(f"{notice}T13:00", "request_cancellation", "c1") == ""
    market.until("2018-05-01")
    last = market.bill("c1", notice[:7])
    fees = [(line.quantity, line.amount) for line in last.lines if line.item == "early_termination_fee"]
    assert fees == ([(left, left * 1500)] if left else [])
    assert (last.tax, last.total) == (120, 1622 + left * 1500)  # 1502 x 8 % = 120.16; nothing on the fee


@pytest.mark.rule("AMM-MIN-2", "AMM-TER-5")
def test_a_voice_line_that_is_terminated_owes_the_months_left_too(market: Market) -> None:
    market.line("c1", "voice", "2017-08-01")
    assert market.does("2017-09-15", "terminate", "c1", reason="serious_disturbance") == ""
    assert market["c1"].state == "ended"
    assert market.until("2017-12-01").amount("c1", "2017-09", "early_termination_fee") == 6000  # month 2
    assert market.ends("c1") == ("2017-09-15", "terminated")


@pytest.mark.rule("AMM-MIN-2", "AMM-FEE-12")
@pytest.mark.parametrize(("effective", "fee"), [("2017-06-30", 3 * 1600), ("2017-07-01", 3 * 1500)])
def test_the_fee_of_the_day_of_the_end_counts_for_the_months_left(market: Market, effective: str, fee: int) -> None:
    market.line("c1", "voice", "2017-04-01")
    assert market.does("2017-06-01", "announce_price", prices={"monthly_fee": {"voice": 1600}}, effective_on=effective) == ""
    assert market.does("2017-06-02", "request_cancellation", "c1") == ""
    market.until("2017-08-01")
    assert market.amount("c1", "2017-06", "monthly_fee") == 1500
    assert market.amount("c1", "2017-06", "early_termination_fee") == fee


@pytest.mark.rule("AMM-MIN-3", "AMM-DTH-1")
def test_death_costs_no_early_termination_fee_not_even_after_a_notice(market: Market) -> None:
    for name in ("c1", "c2"):
        market.line(name, "voice", "2017-08-01")
    assert market.does("2017-08-10", "request_cancellation", "c2") == ""
    for name in ("c1", "c2"):
        assert market.does("2017-08-20", "customer_died", name) == ""
        assert market["c1"].state == "ended"
    market.until("2017-12-01")
    for name in ("c1", "c2"):
        assert market.ends(name) == ("2017-08-20", "died")
        assert market.bills(name) == [("regular", "2017-08", 1622)]


@pytest.mark.rule("AMM-ABO-1", "AMM-MIN-3", "AMM-INV-3")
def test_every_line_ends_with_the_service_announced_or_not(market: Market) -> None:
    market.line("v", "voice", "2018-05-31")
    market.line("d", "data", "2018-05-31")
    market.phone("ip", "2018-05-01")
    assert market.does("2018-05-31T23:00", "record_usage", "v", sms_yen=30) == ""
    assert market["d"].state == "active"
    market.until("2018-06-01")
    for name in ("v", "d"):
        assert market.ends(name) == ("2018-05-31", "abolished")
        assert market[name].state == "ended"
    market.until("2018-12-01")
    assert market.bills("v") == [("regular", "2018-05", 1622), ("final", "2018-06", 32)]  # 30 + 2.4
    assert market.items("d", "2018-05") == [("monthly_fee", 29), ("universal_service_fee", 2)]
    assert (market["ip"].state, market["ip"].ends_on) == ("active", None), "a direct phone is not concerned"


@pytest.mark.rule("AMM-ABO-1", "AMM-ABO-4", "IPS-CAN-2")
def test_an_announcement_moves_the_day_and_is_told(market: Market) -> None:
    market.line("c1", "voice", "2018-01-01")
    market.phone("ip", "2018-01-01", parent="c1")
    assert market.does("2018-02-01", "announce_termination", effective_on="2018-04-30") == ""
    assert ("2018-02-01", "service_abolition") in market.told("c1")
    assert "service_abolition" not in [kind for _, kind in market.told("ip")], "told to every living mobile line"
    market.until("2018-08-01")
    assert market.ends("c1") == ("2018-04-30", "abolished")
    assert market.ends("ip") == ("2018-04-30", "parent_ended")
    assert market.bills("c1")[-1] == ("regular", "2018-04", 1622)  # month 4 of 6, and no fee for the rest


@pytest.mark.rule("AMM-ABO-2", "AMM-MIN-3")
@pytest.mark.parametrize(
    ("plan", "notice", "ends", "why"),
    [
        ("data", "2018-04-15T23:59", "2018-04-30", "cancelled"),
        ("data", "2018-04-16T00:15", "2018-05-31", "abolished"),  # would end on the very day
        ("sms", "2018-05-20T12:00", "2018-05-31", "abolished"),
        ("voice", "2018-05-10T12:00", "2018-05-31", "abolished"),
        ("voice", "2018-04-30T12:00", "2018-04-30", "cancelled"),
    ],
)
def test_a_notice_for_the_last_day_or_later_changes_nothing(
    market: Market, plan: str, notice: str, ends: str, why: str
) -> None:
    market.line("c1", plan, "2018-03-01")
    market.does(notice, "request_cancellation", "c1")
    market.until("2018-09-01")
    assert market.ends("c1") == (ends, why)
    months_left = 4 if (plan, why) == ("voice", "cancelled") else 0  # April is month 2
    assert market.amount("c1", ends[:7], "early_termination_fee") == months_left * 1500


@pytest.mark.rule("AMM-ABO-3")
def test_applications_after_the_day_of_abolition_are_declined(market: Market) -> None:
    assert market.applies("2018-05-31T23:59", "c1", "data").state == "accepted"
    refused = market.applies("2018-06-01T00:30", "c2", "data")
    assert (refused.state, refused.refusal_reasons) == ("refused", ("abolished",))
    assert market.applies("2018-06-02", "ip", "ip_phone").state == "active"


@pytest.mark.rule("AMM-DTH-1", "IPS-CAN-2")
def test_death_ends_line_and_bundled_phone_at_once(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.phone("ip", "2017-05-01", parent="c1")
    assert market.does("2017-05-20T15:00", "customer_died", "c1") == ""
    assert (market["c1"].state, market["ip"].state) == ("ended", "ended")
    assert market.ends("c1") == ("2017-05-20", "died")
    assert market.ends("ip") == ("2017-05-20", "parent_ended")
    assert market.does("2017-05-20T16:00", "customer_died", "c1") == "ended"


@pytest.mark.rule("AMM-GEN-1")
def test_changed_terms_are_told_and_change_no_bill(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "announce_terms", version="2017-06", effective_on="2017-06-01") == ""
    assert ("2017-05-10", "terms_change") in market.told("c1")
    assert market.until("2017-07-01").bills("c1") == [("regular", "2017-05", 974), ("regular", "2017-06", 974)]
