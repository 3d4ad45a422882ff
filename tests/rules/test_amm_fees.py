"""AND market mobile, the mobile line: monthly fees, usage, options, outages, SIM cards. 8 % tax is added to the sums."""

from __future__ import annotations

import pytest

from tests.rules.market import Market


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.rule("AMM-FEE-2", "AMM-FEE-3")
@pytest.mark.parametrize(
    ("starts", "fee", "amount"),
    [
        ("2017-05-01", 880, 880),
        ("2017-05-17", 880, 425),  # x 15/31 = 425.81
        ("2017-05-31", 930, 30),  # x 1/31 = 30.00
        ("2016-02-29", 900, 31),  # x 1/29 = 31.03
        ("2017-02-28", 900, 32),  # x 1/28 = 32.14
        ("2017-04-02", 900, 870),  # x 29/30
    ],
)
def test_the_first_month_of_a_data_line_goes_by_day(starts: str, fee: int, amount: int) -> None:
    market = Market(monthly_fee={"data": fee})
    market.line("c1", "data", starts)
    month = starts[:7]
    market.until(f"2017-{int(month[5:]) + 2:02}-01" if month[:4] == "2017" else "2016-04-01")
    assert market.items("c1", month) == [("monthly_fee", amount), ("universal_service_fee", 2)]
    assert market.span("c1", month, "monthly_fee")[0] == starts
    assert market.amount("c1", f"{month[:5]}{int(month[5:]) + 1:02}", "monthly_fee") == fee, "then whole months"


@pytest.mark.rule("AMM-FEE-3", "AMM-STA-1", "AMM-FEE-1")
def test_the_month_of_the_start_goes_by_day_also_when_the_application_was_earlier(market: Market) -> None:
    market.line("c1", "data", "2017-06-16", applied="2017-05-20")
    market.until("2017-07-01")
    assert market.bills("c1") == [("regular", "2017-06", 488)]  # 900 x 15/30 + 2 = 452, x 1.08 = 488.16
    assert market.invoices("c1", "initial")[0].issued_on.isoformat() == "2017-05-20"


@pytest.mark.rule("AMM-FEE-3", "AMM-FEE-5", "AMM-CAN-2")
def test_a_line_that_starts_and_ends_in_one_month_pays_to_the_end_of_it(market: Market) -> None:
    market.line("c1", "data", "2017-07-10")
    assert market.does("2017-07-12", "customer_died", "c1") == ""
    market.until("2017-10-01")
    assert market.bills("c1") == [("regular", "2017-07", 691)]  # 900 x 22/31 = 638.71; 640 x 1.08 = 691.2
    assert market.span("c1", "2017-07", "monthly_fee") == ("2017-07-10", "2017-07-12")


@pytest.mark.rule("AMM-FEE-4")
@pytest.mark.parametrize(("plan", "fee"), [("sms", 1000), ("voice", 1500)])
def test_sms_and_voice_pay_a_whole_month_for_its_last_day(market: Market, plan: str, fee: int) -> None:
    market.line("c1", plan, "2016-02-29")
    market.until("2016-03-01")
    assert market.items("c1", "2016-02") == [("monthly_fee", fee), ("universal_service_fee", 2)]
    assert market.span("c1", "2016-02", "monthly_fee") == ("2016-02-29", "2016-02-29")


@pytest.mark.rule("AMM-FEE-5", "AMM-TER-5", "AMM-DTH-1")
@pytest.mark.parametrize("how", ["terminate", "customer_died"])
def test_the_last_month_is_due_in_full_whatever_ends_the_line(market: Market, how: str) -> None:
    market.line("c1", "sms", "2017-05-01")
    assert market.does("2017-06-01", how, "c1", **({"reason": "serious_disturbance"} if how == "terminate" else {})) == ""
    assert market["c1"].state == "ended"
    market.until("2017-09-01")
    assert market.bills("c1") == [("regular", "2017-05", 1082), ("regular", "2017-06", 1082)]  # 1002 x 1.08 = 1082.16
    assert market.span("c1", "2017-06", "monthly_fee") == ("2017-06-01", "2017-06-01")


@pytest.mark.rule("AMM-FEE-6", "AMM-PAU-1", "AMM-FEE-8")
def test_fees_run_on_while_a_line_is_suspended_or_paused(market: Market) -> None:
    market.line("c1", "data", "2017-04-01")
    market.line("c2", "data", "2017-04-01")
    assert market.does("2017-04-03", "suspend", "c1", reason="illegal_use") == ""
    assert market.does("2017-04-03T12:30", "pause", "c2") == ""
    market.until("2017-07-01")
    for name in ("c1", "c2"):
        assert market.bills(name) == [("regular", f"2017-0{m}", 974) for m in (4, 5, 6)]  # 902 x 1.08 = 974.16
    assert (market["c1"].state, market["c2"].state) == ("suspended", "paused")
    assert market.does("2017-07-03", "unpause", "c2") == ""
    assert market["c2"].state == "active"


@pytest.mark.rule("AMM-FEE-7")
def test_data_cost_nothing_however_much(market: Market) -> None:
    market.line("c1", "data", "2017-04-01")
    for day in ("2017-04-02", "2017-04-03", "2017-04-30"):
        assert market.does(day, "record_usage", "c1", megabytes=5000) == ""
    market.until("2017-07-01")
    assert {total for _, _, total in market.bills("c1")} == {974}


@pytest.mark.rule("AMM-FEE-8", "AMM-INV-3")
def test_the_universal_service_fee_goes_with_the_monthly_fee_alone(market: Market) -> None:
    market.line("c1", "sms", "2017-05-31")
    assert market.does("2017-05-31T13:00", "request_cancellation", "c1") == ""
    assert market.does("2017-06-30", "record_usage", "c1", sms_yen=50) == ""
    market.until("2017-09-01")
    assert market.ends("c1") == ("2017-06-30", "cancelled")
    assert (
        market.amount("c1", "2017-05", "universal_service_fee") == market.amount("c1", "2017-06", "universal_service_fee") == 2
    )
    assert market.items("c1", "2017-07") == [("sms_charges", 50)]
    assert market.bills("c1")[-1] == ("final", "2017-07", 54)


@pytest.mark.rule("AMM-FEE-9", "AMM-INV-2")
def test_sms_of_a_calendar_month_come_together_one_month_later(market: Market) -> None:
    market.line("c1", "voice", "2017-05-01")
    for at, yen in (("2017-05-01T12:00", 3), ("2017-05-31T23:59", 6), ("2017-06-01T00:15", 9)):
        assert market.does(at, "record_usage", "c1", sms_yen=yen) == ""
    market.until("2017-08-01")
    assert market.amount("c1", "2017-05", "sms_charges") == 0
    assert market.amount("c1", "2017-06", "sms_charges") == 9
    assert market.span("c1", "2017-06", "sms_charges") == ("2017-05-01", "2017-05-31")
    assert market.amount("c1", "2017-07", "sms_charges") == 9


@pytest.mark.rule("AMM-FEE-9", "AMM-FEE-10")
def test_plans_without_sms_or_voice_refuse_such_use(market: Market) -> None:
    for plan in ("data", "sms"):
        market.line(plan, plan, "2017-05-01")
    assert market.does("2017-05-02", "record_usage", "data", sms_yen=3) == "no_sms_service"
    for plan in ("data", "sms"):
        calls = [{"to": "mobile", "seconds": 30}]
        assert market.does("2017-05-02T13:00", "record_usage", plan, calls=calls) == "no_voice_service"
    assert [i for i in market.until("2017-07-01").items("data", "2017-06") if i[0] == "sms_charges"] == []


@pytest.mark.rule("AMM-FEE-10", "AMM-INV-2")
def test_voice_calls_count_by_started_half_minutes_each_for_itself(market: Market) -> None:
    market.line("c1", "voice", "2017-05-01")
    calls = [
        {"to": "mobile", "seconds": 1}, {"to": "fixed", "seconds": 30}, {"to": "mobile", "seconds": 31},
        {"to": "fixed", "seconds": 0}, {"to": "mobile", "seconds": 500, "kind": "incoming"},
    ]  # fmt: skip
    assert market.does("2017-05-20", "record_usage", "c1", calls=calls) == ""
    assert market.does("2017-05-21", "record_usage", "c1", calls=[{"to": "fixed", "seconds": 60}]) == ""
    market.until("2017-07-01")
    (line,) = [line for line in market.bill("c1", "2017-06").lines if line.item == "call_charges"]
    assert (line.quantity, line.amount) == (6, 120)  # 1 + 1 + 2 + 0, then 2
    assert market.bill("c1", "2017-06").total == 1751  # 1500 + 2 + 120 = 1622, tax 129.76


@pytest.mark.rule("AMM-FEE-11")
@pytest.mark.parametrize(
    ("added", "first"),
    [("2017-06-11", 333), ("2017-06-30", 16), ("2017-06-01", 500)],  # 500 x 20/30, x 1/30 = 16.67, whole
)
@pytest.mark.parametrize("plan", ["data", "sms", "voice"])
def test_phone_help_goes_by_day_in_its_first_month_only_on_every_plan(
    market: Market, plan: str, added: str, first: int
) -> None:
    market.line("c1", plan, "2017-05-01")
    assert market.does(added, "add_option", "c1", option="anshin_support") == ""
    assert market.does("2017-08-01", "remove_option", "c1", option="anshin_support") == ""
    market.until("2017-10-01")
    amounts = [market.amount("c1", f"2017-0{month}", "option:anshin_support") for month in (5, 6, 7, 8, 9)]
    assert amounts == [0, first, 500, 500, 0]
    assert market.span("c1", "2017-06", "option:anshin_support") == (added, "2017-06-30")


@pytest.mark.rule("AMM-FEE-11", "AMM-FEE-5")
def test_phone_help_ends_with_the_line_its_last_month_in_full(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-16", "add_option", "c1", option="anshin_support") == ""
    assert market.does("2017-06-05", "customer_died", "c1") == ""
    market.until("2017-09-01")
    assert [market.amount("c1", f"2017-0{month}", "option:anshin_support") for month in (5, 6, 7)] == [
        258,
        500,
        0,
    ]  # 500 x 16/31


@pytest.mark.rule("AMM-FEE-12")
def test_the_price_of_the_first_day_of_use_holds_for_the_month(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    prices = {"monthly_fee": {"data": 990}, "option": {"anshin_support": 600}, "universal_service_fee": 3}
    assert market.does("2017-05-10", "announce_price", prices=prices, effective_on="2017-06-02") == ""
    market.line("c2", "data", "2017-06-01", applied="2017-05-20")
    market.line("c3", "data", "2017-06-02", applied="2017-05-20")
    assert market.does("2017-06-01", "add_option", "c1", option="anshin_support") == ""
    assert market.does("2017-06-02", "add_option", "c2", option="anshin_support") == ""
    market.until("2017-08-01")
    assert market.items("c1", "2017-06") == [("monthly_fee", 900), ("option:anshin_support", 500), ("universal_service_fee", 2)]
    assert market.items("c1", "2017-07") == [("monthly_fee", 990), ("option:anshin_support", 600), ("universal_service_fee", 3)]
    assert market.amount("c2", "2017-06", "monthly_fee") == 900
    assert market.amount("c2", "2017-06", "option:anshin_support") == 580  # 600 x 29/30
    assert market.amount("c3", "2017-06", "monthly_fee") == 957  # 990 x 29/30: its billing starts under the new price
    assert ("2017-05-10", "price_revision") in market.told("c1")


@pytest.mark.rule("AMM-FEE-12", "AMM-SIM-2")
def test_what_a_revision_does_not_name_stays_and_fixed_values_may_be_revised_too(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "announce_price", prices={"sim_reissue_fee": 3500}, effective_on="2017-06-01") == ""
    assert market.does("2017-05-31T23:59", "buy", "c1", item="sim_reissue") == ""
    assert market.does("2017-06-01T00:30", "buy", "c1", item="sim_reissue") == ""
    assert market.does("2017-06-02", "buy", "c1", item="sim_exchange") == ""
    market.until("2017-07-01")
    assert market.amount("c1", "2017-05", "sim_reissue") == 3000
    assert [amount for item, amount in market.items("c1", "2017-06") if item == "sim_reissue"] == [3500, 3000]
    assert market.amount("c1", "2017-06", "monthly_fee") == 900


@pytest.mark.rule("AMM-FEE-13")
def test_nothing_is_ever_paid_back(market: Market) -> None:
    market.line("c1", "voice", "2017-05-01")
    assert market.does("2017-06-27", "pay", "c1") == ""
    assert market.does("2017-06-28", "suspend", "c1", reason="obligation_breach") == ""
    assert market.does("2017-06-29", "terminate", "c1", reason="serious_disturbance") == ""
    market.until("2017-12-01")
    assert market.world.refunds == {}
    assert market.does("2017-12-02", "claim_refund", "c1") != ""


@pytest.mark.rule("AMM-SIM-1", "AMM-SIM-2", "AMM-INV-5")
def test_cards_are_lines_of_the_month_they_were_asked_for(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-31T23:59", "buy", "c1", item="sim_exchange") == ""
    assert market.does("2017-06-01T00:30", "buy", "c1", item="sim_reissue", quantity=2) == ""
    market.until("2017-07-01")
    assert market.items("c1", "2017-05")[-1] == ("sim_reissue", 3000)
    assert market.items("c1", "2017-06")[-1] == ("sim_reissue", 6000)
    assert market.bill("c1", "2017-06").lines[-1].quantity == 2
    assert market.bill("c1", "2017-06").total == 7454  # 6902 + 552.16


@pytest.mark.rule("AMM-SIM-3")
@pytest.mark.parametrize(
    ("item", "last", "late", "reason"),
    [
        ("sim_exchange", "2018-02-28T23:59", "2018-03-01T00:15", "sim_exchange_closed"),
        ("sim_reissue", "2018-03-31T23:59", "2018-04-01T00:15", "sim_reissue_closed"),
    ],
)
def test_cards_can_be_asked_for_to_the_last_minute_of_their_last_day(item: str, last: str, late: str, reason: str) -> None:
    market = Market()
    market.line("c1", "data", "2018-01-01")
    assert market.does(last, "buy", "c1", item=item) == ""
    assert market.does(late, "buy", "c1", item=item) == reason
    assert (
        market.amount("c1", "2018-02", "sim_reissue") + market.until("2018-05-01").amount("c1", "2018-03", "sim_reissue")
        == 3000
    )


@pytest.mark.rule("AMM-SIM-7", "AMM-CAN-4")
def test_a_card_that_never_came_back_and_a_cancellation_cost_nothing(market: Market) -> None:
    for plan in ("data", "sms"):
        market.line(plan, plan, "2017-05-01")
        assert market.does("2017-05-15", "request_cancellation", plan) == ""
    market.until("2017-12-01")
    assert market.bills("data") == [("regular", "2017-05", 974)]
    assert market.bills("sms") == [("regular", "2017-05", 1082)]


@pytest.mark.rule("AMM-OUT-1")
@pytest.mark.parametrize(
    ("start", "end", "credit"),
    [
        ("2017-06-10T09:00", "2017-06-11T08:59", 0),
        ("2017-06-10T09:00", "2017-06-11T09:00", -30),  # 900/30
        ("2017-06-10T09:00", "2017-06-13T08:00", -60),  # 71 hours: 2 units
    ],
)
def test_only_whole_units_of_24_hours_count(market: Market, start: str, end: str, credit: int) -> None:
    market.line("c1", "data", "2017-06-01")
    assert market.does("2017-06-20", "report_outage", "c1", **{"from": start, "to": end}) == ""
    market.until("2017-07-01")
    assert market.amount("c1", "2017-06", "outage_credit") == credit
    assert market.bill("c1", "2017-06").total == (902 + credit) * 108 // 100


@pytest.mark.rule("AMM-OUT-1")
def test_each_outage_stands_for_itself(market: Market) -> None:
    market.line("c1", "data", "2017-06-01")
    for day in (10, 12):
        times = {"from": f"2017-06-{day}T00:00", "to": f"2017-06-{day}T23:00"}
        assert market.does(f"2017-06-{day + 1}", "report_outage", "c1", **times) == ""
    assert market.until("2017-07-01").amount("c1", "2017-06", "outage_credit") == 0


@pytest.mark.rule("AMM-OUT-2")
def test_each_unit_costs_by_the_month_in_which_it_begins_and_counts_where_the_outage_ended(market: Market) -> None:
    market.line("c1", "data", "2017-06-01")
    assert market.does("2017-07-03", "report_outage", "c1", **{"from": "2017-06-29T12:00", "to": "2017-07-02T12:00"}) == ""
    market.until("2017-08-01")
    assert market.amount("c1", "2017-06", "outage_credit") == 0
    assert market.amount("c1", "2017-07", "outage_credit") == -89  # 900/30 x 2 + 900/31 = 60 + 29.03
    assert market.bill("c1", "2017-07").total == 878  # 900 + 2 - 89 = 813, tax 65.04: tax falls with it


@pytest.mark.rule("AMM-OUT-2")
def test_a_report_without_contract_reaches_every_line_whose_fee_runs_and_no_phone(market: Market) -> None:
    for name in ("a", "b", "c", "d"):
        market.line(name, "data", "2017-06-01")
    market.phone("ip", "2017-06-01")
    market.line("e", "data", "2017-06-20", applied="2017-06-02")
    calls = [{"to": "mobile", "seconds": 3000}]
    assert market.does("2017-06-02T13:00", "record_usage", "ip", calls=calls) == ""
    assert market.does("2017-06-05", "suspend", "b", reason="illegal_use") == ""
    assert market.does("2017-06-05T13:00", "pause", "c") == ""
    assert market.does("2017-06-05T14:00", "terminate", "d", reason="serious_disturbance") == ""
    assert market.does("2017-06-13", "report_outage", **{"from": "2017-06-10T00:00", "to": "2017-06-12T00:00"}) == ""
    market.until("2017-08-01")
    assert [market.amount(name, "2017-06", "outage_credit") for name in ("a", "b", "c", "e")] == [-60, -60, -60, 0]
    assert market.amount("ip", "2017-06", "outage_credit") == market.amount("ip", "2017-07", "outage_credit") == 0


@pytest.mark.rule("AMM-OUT-3")
@pytest.mark.parametrize(
    ("fee", "month", "days", "credit"),
    [
        (879, "2017-06", 2, 59),  # 58.60
        (878, "2017-06", 2, 58),  # 58.53
        (979, "2017-07", 1, 31),  # 31.58
        (949, "2017-07", 1, 31),  # 30.61
        (1018, "2017-06", 1, 34),  # 33.93
        (1007, "2017-06", 2, 67),  # 67.13 at once; day by day it would be 33 + 33
        (996, "2017-02", 1, 35),  # 35.57 down
        (997, "2017-02", 1, 36),  # 35.61 up
        (900, "2016-02", 2, 62),  # 62.07
    ],
)
def test_from_sixty_sen_on_up_else_down_once_per_outage(fee: int, month: str, days: int, credit: int) -> None:
    market = Market(monthly_fee={"data": fee})
    market.line("c1", "data", f"{month}-01")
    times = {"from": f"{month}-10T00:00", "to": f"{month}-{10 + days}T00:00"}
    assert market.does(f"{month}-15", "report_outage", "c1", **times) == ""
    market.until(f"{month[:5]}{int(month[5:]) + 1:02}-01")
    assert market.amount("c1", month, "outage_credit") == -credit


@pytest.mark.rule("AMM-OUT-5")
def test_an_announced_interruption_gives_no_credit_and_is_told(market: Market) -> None:
    market.line("c1", "data", "2017-06-01")
    assert market.does("2017-06-10T00:30", "interrupt_service") == ""
    assert market.does("2017-06-14T00:30", "resume_service") == ""
    market.until("2017-07-01")
    assert market.items("c1", "2017-06") == [("monthly_fee", 900), ("universal_service_fee", 2)]
    assert ("2017-06-10", "interruption") in market.told("c1")


@pytest.mark.rule("AMM-EVA-1", "AMM-INV-5", "AMM-INV-4")
def test_evaded_fees_cost_twice_their_amount_without_tax_and_nothing_else(market: Market) -> None:
    market.line("c1", "data", "2017-06-01")
    assert market.does("2017-06-30", "find_evasion", "c1", amount=1501) == ""
    market.until("2017-07-01")
    assert market.items("c1", "2017-06") == [("monthly_fee", 900), ("universal_service_fee", 2), ("evasion_surcharge", 3002)]
    assert (market.bill("c1", "2017-06").total, market.bill("c1", "2017-06").tax) == (3976, 72)  # 902 + 72 + 3002


@pytest.mark.rule("AMM-INV-6")
def test_lines_stand_in_their_order_and_lines_of_nothing_are_left_out() -> None:
    market = Market()
    market.line("c1", "voice", "2017-04-01")
    assert market.does("2017-05-02", "record_usage", "c1", sms_yen=30) == ""
    assert market.does("2017-05-03", "record_usage", "c1", calls=[{"to": "mobile", "seconds": 20}]) == ""
    assert market.does("2017-06-01T13:00", "find_evasion", "c1", amount=10) == ""
    assert market.does("2017-06-02", "pay", "c1") == ""  # April, due 27 May, 6 days late: 1622 x 0.0004 x 6 = 3.89
    assert market.does("2017-06-05", "report_outage", "c1", **{"from": "2017-06-03T00:00", "to": "2017-06-04T00:00"}) == ""
    assert market.does("2017-06-06", "add_option", "c1", option="anshin_support") == ""
    assert market.does("2017-06-07", "buy", "c1", item="sim_reissue") == ""
    assert market.does("2017-06-08", "request_cancellation", "c1") == ""
    market.until("2017-07-01")
    assert market.items("c1", "2017-06") == [
        ("monthly_fee", 1500), ("option:anshin_support", 416), ("universal_service_fee", 2), ("sms_charges", 30),
        ("call_charges", 20), ("sim_reissue", 3000), ("early_termination_fee", 4500), ("outage_credit", -50),
        ("evasion_surcharge", 20), ("late_interest", 3),
    ]  # fmt: skip
    # Taxed: 1500 + 416 + 2 + 30 + 20 + 3000 - 50 = 4918, tax 393.44; untaxed 4500 + 20 + 3.
    assert (market.bill("c1", "2017-06").tax, market.bill("c1", "2017-06").total) == (393, 9834)
    cheap = Market(monthly_fee={"data": 29})
    cheap.line("c1", "data", "2017-05-31")
    assert cheap.until("2017-06-01").items("c1", "2017-05") == [("universal_service_fee", 2)]  # 29/31 = 0.94


@pytest.mark.rule("AMM-DAT-1", "AMM-DAT-2")
def test_beyond_140_megabytes_a_day_the_line_is_slow_until_midnight(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")

    def slowed() -> list[str]:
        return [day for day, kind in market.told("c1") if kind == "speed_limited"]

    assert market.does("2017-05-02T09:00", "record_usage", "c1", megabytes=139) == ""
    assert market.does("2017-05-02T10:00", "record_usage", "c1", megabytes=1) == ""
    assert slowed() == [], "up to 140 it is fast"
    assert market.does("2017-05-02T23:59", "record_usage", "c1", megabytes=1) == ""
    assert market.does("2017-05-03T00:30", "record_usage", "c1", megabytes=140) == ""
    assert slowed() == ["2017-05-02"], "told once, and the new day begins at nothing"
    assert market.does("2017-05-04", "record_usage", "c1", megabytes=500) == ""
    assert slowed() == ["2017-05-02", "2017-05-04"]


@pytest.mark.rule("AMM-OUT-2", "AMM-FEE-13", "AMM-INV-6")
def test_a_credit_larger_than_a_bill_is_taken_off_the_next_ones_and_never_paid_out(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    times = {"from": "2017-06-01T00:00", "to": "2017-07-05T00:00"}
    assert market.does("2017-07-05", "report_outage", "c1", **times) == ""
    market.until("2017-10-01")
    # 30 units of June and 4 of July: 900 + 900 x 4/31 = 1016.13; July's 902 are gone, 114 are left for August.
    assert market.bills("c1") == [
        ("regular", "2017-05", 974), ("regular", "2017-06", 974), ("regular", "2017-08", 851), ("regular", "2017-09", 974),
    ]  # fmt: skip
    assert market.amount("c1", "2017-08", "outage_credit") == -114
    assert market.world.refunds == {}


@pytest.mark.rule("AMM-INV-4", "AMD-PAY-6")
def test_a_new_tax_rate_counts_by_the_last_day_of_the_month_each_line_belongs_to(market: Market) -> None:
    instalments = {"devices": [{"sku": "phone", "quantity": 1}], "options": [{"option": "device_installments", "quantity": 4}]}
    market.line("c1", "sms", "2017-08-15", **instalments)
    assert market.does("2017-08-16", "deliver", "c1", sku="phone") == ""
    assert market.does("2017-08-20", "announce_tax", rate=10, effective_on="2017-10-15") == ""
    assert market.does("2017-09-20", "record_usage", "c1", sms_yen=100) == ""
    assert market.does("2017-10-03", "buy", "c1", item="sim_reissue") == ""
    market.until("2017-12-01")
    taxes = {month: market.bill("c1", month, "regular").tax for month in ("2017-09", "2017-10", "2017-11")}
    assert taxes == {"2017-09": 80, "2017-10": 408, "2017-11": 100}  # October: 4002 at 10 % and September's SMS at 8 %
    assert {i.tax for i in market.invoices("c1", "separate")} == {196}, "2451 and 2452 at the 8 % of the delivery"
