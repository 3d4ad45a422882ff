"""AND market mobile, the IP phone: applications, rating, credit, tax, late payment, outages, suspensions, ends.

Half a minute costs 8 yen; the first 100 yen of a contract are free. `used` takes a contract past its credit.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.market import Market


@pytest.fixture
def market() -> Market:
    return Market()


def call(seconds: int, to: str = "mobile", **more: Any) -> dict[str, Any]:
    return {"to": to, "seconds": seconds, **more}


def calls(market: Market, at: str, name: str, *made: dict[str, Any]) -> str:
    return market.does(at, "record_usage", name, calls=list(made))


def used(market: Market, name: str, begins: str, **args: Any) -> None:
    """A phone whose credit is gone: 13 half minutes on its first day cost 104 yen, 4 of them beyond the credit."""
    market.phone(name, begins, **args)
    assert calls(market, f"{begins}T10:30", name, call(390)) == ""


def rated(market: Market, *made: dict[str, Any]) -> tuple[int, int]:
    """Units and charge of the calls, on a phone whose credit is gone."""
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-02-10", "ip", *made) == ""
    market.until("2017-04-01")
    found = [i for i in market.invoices("ip") if i.month.isoformat() == "2017-03-01"]
    lines = [line for i in found for line in i.lines if line.item == "call_charges"]
    return sum(line.quantity for line in lines), sum(line.amount for line in lines)


# application


@pytest.mark.rule("IPS-APP-1")
def test_by_card_in_the_applicants_own_name(market: Market) -> None:
    refused = market.applies("2017-01-10", "ip1", "ip_phone", payment_method="account_transfer")
    assert (refused.state, refused.refusal_reasons) == ("refused", ("payment_method_not_offered",))
    person = {"name": "Hara Ken", "kind": "person", "card_holder": "Hara Yumi"}
    assert market.applies("2017-01-10T13:00", "ip2", "ip_phone", applicant=person).refusal_reasons == ("card_holder_mismatch",)
    assert market.does("2017-01-11", "request_cancellation", "ip1") != ""


@pytest.mark.rule("IPS-APP-1", "IPS-INV-5")
@pytest.mark.parametrize("missing", ["terms", "receivable_assignment"])
def test_needed_consents(market: Market, missing: str) -> None:
    given = [c for c in ("terms", "receivable_assignment") if c != missing]
    assert market.applies("2017-01-10", "ip1", "ip_phone", consents=given).refusal_reasons == ("missing_consent",)
    both = ["terms", "receivable_assignment"]
    assert market.applies("2017-01-11", "ip2", "ip_phone", consents=both).state == "active"


@pytest.mark.rule("IPS-APP-2", "IPS-FEE-8")
def test_five_numbers_on_one_card_ended_ones_counted_refused_and_bundled_ones_not(market: Market) -> None:
    market.line("c1", "data", "2017-01-05")
    market.phone("b1", "2017-01-05", parent="c1")
    assert market.applies("2017-01-06", "no", "ip_phone", payment_method="none").state == "refused"
    for number in range(1, 6):
        market.phone(f"ip{number}", f"2017-01-{10 + number}")
        if number < 4:
            assert market.does(f"2017-01-{10 + number}T20:00", "request_cancellation", f"ip{number}") == ""
    market.line("c2", "data", "2017-01-20")
    market.phone("b2", "2017-01-20", parent="c2")
    sixth = market.applies("2017-01-21", "ip6", "ip_phone")
    assert (sixth.state, sixth.refusal_reasons) == ("refused", ("number_limit",))
    assert ("2017-01-21", "refused") in market.told("ip6")
    fees = {
        name: [(i.kind, i.total, i.tax) for i in market.invoices(name)] for name in market.world.contracts if name[0] in "bi"
    }
    paid = [("initial", 540, 40)]
    assert fees == {"b1": [], "ip1": [], "ip2": paid, "ip3": paid, "ip4": paid, "ip5": paid, "b2": [], "ip6": []}
    initial = market.invoices("ip2")[0]
    assert (initial.issued_on, initial.due_on) == (initial.due_on, initial.issued_on)
    assert [line.item for line in initial.lines] == ["number_issuance_fee"]


@pytest.mark.rule("IPS-APP-3")
def test_voicemail_must_be_applied_for(market: Market) -> None:
    without = [{"option": "call_forwarding", "quantity": 1}]
    assert market.applies("2017-01-10", "ip1", "ip_phone", options=without).refusal_reasons == ("voicemail_not_requested",)
    with_it = [{"option": "voicemail", "quantity": 1}]
    assert market.applies("2017-01-11", "ip2", "ip_phone", options=with_it).state == "active"
    assert market.applies("2017-01-12", "ip3", "ip_phone").state == "active"
    assert "voicemail" in {option.option for option in market["ip3"].options if option.ends_on is None}


@pytest.mark.rule("IPS-APP-4", "IPS-APP-5", "IPS-APP-7", "IPS-STA-1")
def test_a_bundled_phone_comes_with_its_line_once(market: Market) -> None:
    market.line("c1", "data", "2017-05-20", applied="2017-05-01")
    assert market.applies("2017-05-01T23:59", "b1", "ip_phone", parent="c1").state == "active"
    assert str(market["b1"].service_starts_on) == "2017-05-01", "usable on acceptance, before the line's own start"
    assert market.applies("2017-05-01T23:59", "b2", "ip_phone", parent="c1").refusal_reasons == ("one_number_per_line",)
    market.line("c2", "data", "2017-05-02")
    late = market.applies("2017-05-03T00:15", "b3", "ip_phone", parent="c2")
    assert late.refusal_reasons == ("only_with_line_application",)
    assert market.does("2017-05-04", "terminate", "c2", reason="serious_disturbance") == ""
    assert market.applies("2017-05-04T13:00", "b4", "ip_phone", parent="c2").refusal_reasons[0] == "no_line"
    assert ("2017-05-04", "refused") in market.told("b4")


# rating


@pytest.mark.rule("IPS-FEE-1", "IPS-FEE-9")
@pytest.mark.parametrize(
    ("seconds", "units"), [(0, 0), (1, 1), (29, 1), (30, 1), (31, 2), (60, 2), (61, 3), (3600, 120), (3601, 121)]
)
@pytest.mark.parametrize("to", ["fixed", "mobile", "phs", "ip_paid"])
def test_started_half_minutes(market: Market, seconds: int, units: int, to: str) -> None:
    assert rated(market, call(seconds, to)) == (units, units * 8)


@pytest.mark.rule("IPS-FEE-1")
def test_each_call_by_itself_and_incoming_ones_for_nothing(market: Market) -> None:
    assert rated(market, call(1), call(1), call(29, "fixed"), call(900, kind="incoming")) == (3, 24)


@pytest.mark.rule("IPS-FEE-2")
@pytest.mark.parametrize("to", ["ip_free", "ip_same_provider", "ip_same_service"])
def test_free_destinations_cost_nothing_and_leave_the_credit(market: Market, to: str) -> None:
    market.phone("ip", "2017-01-10")
    assert calls(market, "2017-01-11", "ip", call(6000, to)) == ""
    assert calls(market, "2017-02-11", "ip", call(375)) == ""  # 13 units, 104 yen: the whole credit is still there
    market.until("2017-05-01")
    assert [(i.month.isoformat(), i.total) for i in market.invoices("ip")] == [("2017-03-01", 4)]


@pytest.mark.rule("IPS-FEE-3", "IPS-FEE-7", "IPS-INV-1")
def test_the_credit_lasts_until_it_is_used_and_a_covered_month_gives_no_invoice(market: Market) -> None:
    market.phone("ip", "2016-01-10")
    assert calls(market, "2016-01-11", "ip", call(300)) == ""  # 80 of 100
    assert calls(market, "2017-01-11", "ip", call(61)) == ""  # 24: 20 of the credit, a year later
    market.until("2017-06-01")
    (bill,) = market.invoices("ip")
    assert market.items("ip", "2017-02") == [("call_charges", 24), ("free_call_credit", -20)]
    assert (bill.total, bill.tax, bill.kind) == (4, 0, "regular")
    assert (bill.issued_on.isoformat(), bill.due_on.isoformat()) == ("2017-03-01", "2017-03-27")


@pytest.mark.rule("IPS-FEE-3", "IPS-FEE-4", "IPS-INV-2")
@pytest.mark.parametrize(
    ("order", "tax"),
    [
        (("abroad", "home"), 6),  # abroad takes 24 of the credit, home 76 of 160: 84 taxed, 6.72
        (("home", "abroad"), 4),  # home takes all 100: 60 taxed, 4.8
    ],
)
def test_the_credit_goes_to_the_calls_in_their_order(market: Market, order: tuple[str, str], tax: int) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-01-11", "add_option", "ip", option="international") == ""
    made = {"abroad": call(65, "abroad:US"), "home": call(600, "fixed")}
    for at, which in zip(("2017-01-12T10:00", "2017-01-12T11:00"), order, strict=True):
        assert calls(market, at, "ip", made[which]) == ""
    market.until("2017-03-01")
    bill = market.bill("ip", "2017-02")
    assert market.items("ip", "2017-02") == [("call_charges", 160), ("call_charges", 24), ("free_call_credit", -100)]
    assert (bill.tax, bill.total) == (tax, 84 + tax)


@pytest.mark.rule("IPS-FEE-3")
def test_a_call_may_be_covered_in_part_within_one_step(market: Market) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-01-11", "add_option", "ip", option="international") == ""
    # 80 at home, then 24 abroad of which 20 are covered, then 8 at home at full charge.
    assert calls(market, "2017-01-12", "ip", call(300), call(65, "abroad:KR"), call(5)) == ""
    bill = market.until("2017-03-01").bill("ip", "2017-02")
    assert [(line.item, line.quantity, line.amount) for line in bill.lines][:2] == [
        ("call_charges", 11, 88),
        ("call_charges", 3, 24),
    ]
    assert (bill.lines[2].amount, bill.tax, bill.total) == (-100, 0, 12)  # taxed 88 - 80 = 8: 0.64


@pytest.mark.rule("IPS-FEE-4", "IPS-FEE-13")
def test_calls_abroad_only_to_the_listed_countries_and_once_switched_on(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-01-11", "ip", call(30, "abroad:US")) == "international_calls_off"
    assert calls(market, "2017-01-11T13:00", "ip", call(30, "abroad:ZW")) == "destination_not_available"
    assert calls(market, "2017-01-11T14:00", "ip", call(30, "special")) == "destination_not_available"
    assert market.does("2017-01-12", "add_option", "ip", option="international") == ""
    assert calls(market, "2017-01-12T13:00", "ip", call(30, "abroad:ZW")) == "destination_not_available"
    assert calls(market, "2017-01-12T14:00", "ip", call(31), call(30, "abroad:ZW")) == "destination_not_available"
    codes = "USGUITIDAUNLCAGRGBMPSGESCHTHKRCNHKMOTWDENZPHVABNFRBRVNBEMYRU"
    listed = [codes[at : at + 2] for at in range(0, 60, 2)]
    assert calls(market, "2017-02-12", "ip", *(call(31, f"abroad:{country}") for country in listed)) == ""
    market.until("2017-04-01")
    bill = market.bill("ip", "2017-03")
    assert [(line.item, line.quantity, line.amount) for line in bill.lines] == [("call_charges", 60, 480)]
    assert (bill.tax, bill.total) == (0, 480)
    assert market.items("ip", "2017-02") == [("call_charges", 104), ("free_call_credit", -100)], "refused steps leave no call"
    assert market.does("2017-04-02", "remove_option", "ip", option="international") == ""
    assert calls(market, "2017-04-03", "ip", call(30, "abroad:US")) == "international_calls_off"


@pytest.mark.rule("IPS-FEE-5", "IPS-FUN-3")
def test_a_forwarded_call_is_paid_to_its_target(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-01-11", "ip", call(30, kind="forwarded")) == "forwarding_off"
    assert calls(market, "2017-01-11T13:00", "ip", call(30, "abroad:US", kind="forwarded")) == "forwarding_off"
    assert market.does("2017-02-01", "add_option", "ip", option="call_forwarding") == ""
    assert calls(market, "2017-02-02", "ip", call(30, "abroad:US", kind="forwarded")) == "forwarding_abroad"
    assert calls(market, "2017-02-03", "ip", call(31, kind="forwarded"), call(900, "ip_free", kind="forwarded")) == ""
    assert market.does("2017-02-04", "add_option", "ip", option="voicemail") == ""
    assert calls(market, "2017-02-05", "ip", call(30, kind="forwarded")) == "forwarding_off", "voicemail switched it off"
    market.until("2017-04-01")
    assert market.items("ip", "2017-03") == [("call_charges", 16)]


@pytest.mark.rule("IPS-FEE-6")
@pytest.mark.parametrize(("seconds", "units"), [(29, 0), (30, 1), (59, 1), (60, 2), (61, 2)])
def test_a_call_that_the_provider_cut_off_counts_whole_half_minutes(market: Market, seconds: int, units: int) -> None:
    assert rated(market, call(seconds, kind="dropped"), call(30)) == (units + 1, units * 8 + 8)


@pytest.mark.rule("IPS-FEE-7", "IPS-FEE-3")
def test_a_phone_that_is_not_used_costs_nothing_ever(market: Market) -> None:
    market.phone("ip", "2014-01-10")
    assert market.until("2020-01-01").invoices("ip") == []
    assert market["ip"].state == "active"


# invoices, tax


@pytest.mark.rule("IPS-INV-1", "IPS-CAN-3")
def test_calls_come_two_bills_later_and_after_the_end_as_final_ones(market: Market) -> None:
    used(market, "ip", "2017-03-10")
    assert calls(market, "2017-04-20", "ip", call(60)) == ""
    assert calls(market, "2017-05-10T09:00", "ip", call(30)) == ""
    assert market.does("2017-05-10T10:00", "request_cancellation", "ip") == ""
    assert (market["ip"].state, *market.ends("ip")) == ("ended", "2017-05-10", "cancelled")
    assert calls(market, "2017-05-10T11:00", "ip", call(30)) == "ended"
    market.until("2017-12-01")
    assert market.bills("ip") == [("regular", "2017-04", 4), ("regular", "2017-05", 17), ("final", "2017-06", 8)]
    assert market.span("ip", "2017-05", "call_charges") == ("2017-04-01", "2017-04-30")
    assert [i.issued_on.isoformat() for i in market.invoices("ip")] == ["2017-05-01", "2017-06-01", "2017-07-01"]


@pytest.mark.rule("IPS-INV-2", "IPS-EVA-1")
def test_calls_have_the_tax_of_their_month_and_evaded_fees_that_of_theirs(market: Market) -> None:
    used(market, "ip", "2019-07-10")
    assert calls(market, "2019-09-30", "ip", call(1000)) == ""  # 34 units, 272 yen at 8 %
    assert market.does("2019-10-05", "find_evasion", "ip", amount=1003) == ""  # 1003 + 2006 at 10 %
    assert calls(market, "2019-10-06", "ip", call(1000)) == ""
    market.until("2019-12-01")
    bill = market.bill("ip", "2019-10")
    assert market.items("ip", "2019-10") == [("call_charges", 272), ("call_charges", 1003), ("evasion_surcharge", 2006)]
    assert (bill.tax, bill.total) == (21 + 300, 3602)  # 21.76 and 300.9, each rounded down
    assert market.bills("ip")[-1] == ("regular", "2019-11", 299)  # 272 at 10 %: 27.2


@pytest.mark.rule("IPS-INV-3", "IPS-INV-2")
@pytest.mark.parametrize(("begins", "april"), [("2014-03-31", 5), ("2014-04-01", 8)])
def test_the_change_of_tax_in_april_2014(market: Market, begins: str, april: int) -> None:
    used(market, "ip", begins)
    assert calls(market, "2014-04-20", "ip", call(7500)) == ""  # 250 units, 2000 yen
    assert calls(market, "2014-05-20", "ip", call(7500)) == ""
    market.until("2014-08-01")
    first = 2000 if begins < "2014-04-01" else 2004  # 104 - 100 of the first day fall into April for the later one
    assert market.bill("ip", "2014-05").tax == first * april // 100
    assert market.bill("ip", "2014-06").tax == 160


@pytest.mark.rule("IPS-INV-4")
def test_a_failed_card_turns_a_direct_bill_into_an_invoice_a_bundled_one_stays(market: Market) -> None:
    market.line("c1", "data", "2017-01-10")
    used(market, "b1", "2017-01-10", parent="c1")
    used(market, "ip", "2017-01-10")
    for name in ("b1", "ip"):
        assert market.until("2017-03-01").bill(name, "2017-02").paid_by == "card"
        assert market.does("2017-03-27", "fail_payment", name, reason="declined") == ""
    direct, bundled = market.bill("ip", "2017-02"), market.bill("b1", "2017-02")
    assert (direct.paid_by, direct.due_on.isoformat(), direct.status) == ("invoice", "2017-03-27", "open")
    assert (bundled.paid_by, bundled.due_on.isoformat()) == ("card", "2017-03-27")


@pytest.mark.rule("IPS-INT-1")
@pytest.mark.parametrize(
    ("paid", "interest"),
    [
        ("2017-04-27", 0),
        ("2017-05-07", 0),  # the 10th day after the due day
        ("2017-05-08", 41),  # 10 days: 10368 x 14.5 % x 10/365 = 41.19
        ("2017-05-27", 119),  # 29 days: 119.44
    ],
)
def test_ten_days_of_grace_then_interest_to_the_day_before_payment(market: Market, paid: str, interest: int) -> None:
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-02-10", "ip", call(36000)) == ""  # 1200 units, 9600 yen, 10368 with tax, due 27 April
    assert market.does("2017-03-27", "pay", "ip") == ""
    assert market.does(paid, "pay", "ip") == ""
    market.until("2017-07-01")
    assert market.amount("ip", paid[:7], "late_interest") == interest


@pytest.mark.rule("IPS-INT-1")
def test_interest_over_a_leap_day_divides_by_365(market: Market) -> None:
    used(market, "ip", "2019-11-10")
    assert calls(market, "2019-12-10", "ip", call(36000)) == ""  # 9600 at 10 %: 10560, due 27 February 2020
    assert market.does("2020-01-27", "pay", "ip") == ""
    assert market.does("2020-03-30", "pay", "ip") == ""  # 2 + 30 = 32 days late: 31 days, 130.05 (over 366: 129.69)
    market.until("2020-06-01")
    assert market.amount("ip", "2020-03", "late_interest") == 130
    assert market.bill("ip", "2020-03").tax == 0


@pytest.mark.rule("IPS-INT-1")
def test_parts_bear_interest_to_the_day_before_each_and_the_settling_one_decides_on_grace(market: Market) -> None:
    for name in ("ip1", "ip2"):
        used(market, name, "2017-01-10")
        if name == "ip2":
            assert market.does("2017-01-10T12:00", "pay", name) == "", "the issuance fee of a second number"
        assert calls(market, "2017-02-10", name, call(36000)) == ""
        assert market.does("2017-03-27", "pay", name) == ""
    assert market.does("2017-05-02", "pay", "ip1", amount=6000) == ""  # 5 days late: 4 days
    assert market.does("2017-05-17", "pay", "ip1") == ""  # 20 days late: 19 days
    assert market.does("2017-05-02", "pay", "ip2", amount=6000) == ""
    assert market.does("2017-05-07", "pay", "ip2") == ""
    market.until("2017-07-01")
    # 6000 x 14.5 % x 4/365 = 9.5342 and 4368 x 14.5 % x 19/365 = 32.9694: 42.5036
    assert market.amount("ip1", "2017-05", "late_interest") == 42
    assert market.amount("ip2", "2017-05", "late_interest") == 0


@pytest.mark.rule("IPS-EVA-1", "IPS-INV-2")
def test_evaded_charges_and_twice_as_much_both_with_tax(market: Market) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-01-31", "find_evasion", "ip", amount=55) == ""
    market.until("2017-02-01")
    assert market.items("ip", "2017-01") == [("call_charges", 55), ("evasion_surcharge", 110)]
    assert (market.bill("ip", "2017-01").tax, market.bill("ip", "2017-01").total) == (13, 178)  # 13.2
    assert calls(market, "2017-02-11", "ip", call(375)) == ""
    assert market.until("2017-04-01").amount("ip", "2017-03", "free_call_credit") == -100, "the credit is for calls"


@pytest.mark.rule("IPS-FEE-10")
def test_an_operator_enters_what_could_not_be_measured(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    assert market.does("2017-02-10", "charge", "ip", item="call_charges", amount=100) == ""
    market.until("2017-05-01")
    charged = [line.amount for i in market.invoices("ip") for line in i.lines if line.item == "call_charges"]
    assert sorted(charged) == [100, 104]


# outages


@pytest.mark.rule("IPS-OUT-1", "IPS-OUT-2")
@pytest.mark.parametrize(
    ("start", "end", "credit"),
    [
        ("2017-08-10T10:00", "2017-08-11T09:59", 0),
        ("2017-08-10T10:00", "2017-08-11T10:00", 9),  # 1704/181 = 9.41
        ("2017-08-10T10:00", "2017-08-14T09:59", 28),  # three units: 28.24
    ],
)
def test_units_of_24_hours_at_the_mean_of_the_six_months_before(market: Market, start: str, end: str, credit: int) -> None:
    """February to July 2017 have 181 days and 1,704 yen of charges, those abroad counted."""
    market.phone("ip", "2016-06-01")
    assert market.does("2017-01-01", "add_option", "ip", option="international") == ""
    assert calls(market, "2017-01-31", "ip", call(30 * 1000)) == ""  # before the window: 8000, and the credit
    assert calls(market, "2017-02-01", "ip", call(30 * 100)) == ""  # 800
    assert calls(market, "2017-07-31", "ip", call(30 * 100), call(30 * 12 + 1, "abroad:US")) == ""  # 800 + 104
    assert calls(market, "2017-08-01", "ip", call(30 * 1000)) == ""  # the month of the outage itself
    assert market.does("2017-08-20", "report_outage", "ip", **{"from": start, "to": end}) == ""
    market.until("2017-09-01")
    assert market.amount("ip", "2017-08", "outage_credit") == -credit


@pytest.mark.rule("IPS-OUT-2", "IPS-INV-2")
def test_a_young_contract_counts_from_its_start_to_the_day_before_the_outage(market: Market) -> None:
    market.phone("ip", "2017-02-10")
    assert calls(market, "2017-02-20", "ip", call(1500)) == ""  # 400 - 100
    assert calls(market, "2017-03-10", "ip", call(600)) == ""  # 160
    assert market.does("2017-03-25", "report_outage", "ip", **{"from": "2017-03-20T00:00", "to": "2017-03-22T00:00"}) == ""
    market.until("2017-04-01")
    # 460 yen from 10 February to 19 March, 38 days: 12.1053 x 2 = 24.21
    assert market.items("ip", "2017-03") == [("call_charges", 400), ("free_call_credit", -100), ("outage_credit", -24)]
    assert (market.bill("ip", "2017-03").tax, market.bill("ip", "2017-03").total) == (22, 298)  # 276: 22.08


# suspension, ends


@pytest.mark.rule("IPS-SUS-1")
def test_unpaid_after_the_due_day_and_back_with_the_payment_that_clears_everything(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-02-10", "ip", call(300)) == ""
    assert market.does("2017-03-27T23:00", "suspend", "ip", reason="payment_default") == "nothing_overdue"
    assert market.does("2017-04-28T09:00", "suspend", "ip", reason="payment_default") == ""
    assert market["ip"].state == "suspended"
    assert market.does("2017-04-29", "pay", "ip") == ""
    assert market["ip"].state == "suspended", "one of two is still overdue"
    assert market.until("2018-01-05")["ip"].state == "suspended", "no six months for debts"
    assert market.does("2018-01-06", "pay", "ip") == ""
    assert market["ip"].state == "active"
    assert ("2018-01-06", "restored") in market.told("ip")


@pytest.mark.rule("IPS-SUS-2", "IPS-SUS-4")
@pytest.mark.parametrize(
    ("suspended", "back"),
    [
        ("2017-05-15", "2017-11-15"),
        ("2017-08-31", "2018-03-01"),
        ("2017-08-30", "2018-03-01"),
        ("2017-08-29", "2018-03-01"),
        ("2017-08-28", "2018-02-28"),
        ("2019-08-29", "2020-02-29"),
        ("2017-03-31", "2017-10-01"),
    ],
)
def test_other_suspensions_end_by_themselves_after_six_months(market: Market, suspended: str, back: str) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does(suspended, "suspend", "ip", reason="obligation_breach") == ""
    assert (suspended, "suspended") in market.told("ip")
    year, month, day = (int(part) for part in back.split("-"))
    before = f"{year}-{month:02}-{day - 1:02}" if day > 1 else {3: "2018-02-28", 10: "2017-09-30"}[month]
    assert market.until(before)["ip"].state == "suspended"
    assert market.until(back)["ip"].state == "active"
    assert (back, "restored") in market.told("ip")


@pytest.mark.rule("IPS-SUS-2")
def test_restored_earlier_and_suspended_again_counts_anew(market: Market) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-02-01", "suspend", "ip", reason="illegal_use") == ""
    assert market.does("2017-03-01", "restore", "ip", reason="cured") == ""
    assert market.does("2017-04-01", "suspend", "ip", reason="illegal_use") == ""
    assert market.until("2017-08-02")["ip"].state == "suspended"
    assert market.until("2017-10-01")["ip"].state == "active"


@pytest.mark.rule("IPS-SUS-3")
def test_one_step_for_each_of_the_customers_phones(market: Market) -> None:
    for name in ("ip1", "ip2"):
        market.phone(name, "2017-01-10")
        assert market.does("2017-02-01", "suspend", name, reason="obligation_breach") == ""
    assert (market["ip1"].state, market["ip2"].state) == ("suspended", "suspended")


@pytest.mark.rule("IPS-CON-1")
@pytest.mark.parametrize(
    ("day", "ends"), [("2017-01-15", "2018-01-15"), ("2016-02-29", "2017-03-01"), ("2015-02-28", "2016-02-28")]
)
def test_a_year_without_interconnection_ends_the_contract(market: Market, day: str, ends: str) -> None:
    market.phone("ip", "2015-01-10")
    assert market.does(day, "suspend", "ip", reason="interconnection_suspended") == ""
    assert (day, "suspended") in market.told("ip")
    assert str(market["ip"].ends_on) == ends
    year, month, number = (int(part) for part in ends.split("-"))
    before = f"{year}-{month:02}-{number - 1:02}" if number > 1 else f"{year}-02-28"
    assert market.until(before)["ip"].state == "suspended", "no six months for this one"
    assert market.until(ends)["ip"].state == "ended"
    assert market.ends("ip") == (ends, "connection_suspension_expired")
    assert (ends, "contract_ended") in market.told("ip")


@pytest.mark.rule("IPS-CON-1", "IPS-CAN-3")
def test_a_customer_who_cancels_or_is_reconnected_before_is_not_ended_by_it(market: Market) -> None:
    for name in ("ip1", "ip2"):
        market.phone(name, "2017-01-10")
        assert market.does("2017-02-01", "suspend", name, reason="interconnection_suspended") == ""
    assert market.does("2017-06-01", "request_cancellation", "ip1") == ""
    assert market.does("2017-06-01", "restore", "ip2", reason="reconnected") == ""
    market.until("2018-06-01")
    assert market.ends("ip1") == ("2017-06-01", "cancelled")
    assert (market["ip2"].state, market["ip2"].ends_on) == ("active", None)


@pytest.mark.rule("IPS-TER-1", "IPS-TER-3")
def test_termination_needs_a_suspension_or_a_serious_disturbance(market: Market) -> None:
    for name in ("ip1", "ip2"):
        market.phone(name, "2017-01-10")
    assert market.does("2017-02-01", "terminate", "ip1", reason="obligation_breach") == "not_suspended"
    assert market.does("2017-02-02", "suspend", "ip1", reason="obligation_breach") == ""
    assert market.does("2017-02-03", "terminate", "ip1", reason="obligation_breach") == ""
    assert market.does("2017-02-03", "terminate", "ip2", reason="serious_disturbance") == ""
    for name in ("ip1", "ip2"):
        assert (market[name].state, *market.ends(name)) == ("ended", "2017-02-03", "terminated")
        assert ("2017-02-03", "contract_ended") in market.told(name)


@pytest.mark.rule("IPS-TER-2")
def test_twelve_months_without_a_bill_for_use(market: Market) -> None:
    market.phone("ip1", "2017-01-10")
    market.phone("ip2", "2017-01-10")  # its issuance fee is no bill for use
    assert calls(market, "2017-02-10", "ip1", call(600)) == ""  # billed on 1 April 2017
    assert market.does("2018-01-09", "terminate", "ip2", reason="no_billing_12_months") == "twelve_months_not_over"
    assert market.does("2018-01-10", "terminate", "ip2", reason="no_billing_12_months") == ""
    assert market.does("2018-03-31", "terminate", "ip1", reason="no_billing_12_months") == "twelve_months_not_over"
    assert market.does("2018-04-01", "terminate", "ip1", reason="no_billing_12_months") == ""


@pytest.mark.rule("IPS-TER-2", "IPS-CAN-1", "IPS-FUN-4")
def test_a_bundled_phone_lives_as_long_as_its_line(market: Market) -> None:
    market.line("c1", "data", "2016-01-10")
    market.phone("b1", "2016-01-10", parent="c1")
    assert market.does("2017-02-01", "terminate", "b1", reason="no_billing_12_months") == "kept_while_line_lives"
    assert market.does("2017-02-02", "request_cancellation", "b1") == "ends_only_with_line"
    assert market.does("2017-02-03", "pause", "b1") == "not_provided"
    assert market["b1"].state == "active"


@pytest.mark.rule("IPS-CAN-2", "IPS-INV-1")
def test_a_bundled_phone_works_to_the_end_of_its_line_and_its_calls_come_after(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    used(market, "b1", "2017-05-01", parent="c1")
    assert market.does("2017-06-10", "request_cancellation", "c1") == ""
    assert calls(market, "2017-06-30T23:00", "b1", call(30)) == ""
    market.until("2017-07-01")
    assert (market["b1"].state, *market.ends("b1")) == ("ended", "2017-06-30", "parent_ended")
    assert calls(market, "2017-07-01", "b1", call(30)) == "ended"
    market.until("2017-12-01")
    assert market.bills("b1") == [("regular", "2017-06", 4), ("final", "2017-07", 8)]
    assert market.bills("c1") == [("regular", "2017-05", 974), ("regular", "2017-06", 974)]


@pytest.mark.rule("IPS-CAN-2")
def test_a_terminated_line_takes_its_phone_along_at_once(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.phone("b1", "2017-05-01", parent="c1")
    assert market.does("2017-05-20", "terminate", "c1", reason="serious_disturbance") == ""
    assert (market["b1"].state, *market.ends("b1")) == ("ended", "2017-05-20", "parent_ended")


@pytest.mark.rule("IPS-DTH-1")
def test_heirs_keep_a_direct_phone(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    market.does("2017-02-01", "customer_died", "ip")
    assert (market["ip"].state, market["ip"].ends_on) == ("active", None)
    assert calls(market, "2017-02-10", "ip", call(30)) == ""
    assert market.until("2017-05-01").bills("ip")[-1] == ("regular", "2017-03", 8)


@pytest.mark.rule("IPS-FUN-2")
def test_fifty_numbers_can_be_rejected_in_all(market: Market) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-01-11", "add_option", "ip", option="call_rejection", quantity=30) == ""
    assert market.does("2017-01-12", "add_option", "ip", option="call_rejection", quantity=21) == "too_many_rejected_numbers"
    assert market.does("2017-01-13", "add_option", "ip", option="call_rejection", quantity=20) == ""
    assert market.does("2017-01-14", "add_option", "ip", option="call_rejection", quantity=1) == "too_many_rejected_numbers"


@pytest.mark.rule("IPS-FUN-3")
def test_forwarding_and_voicemail_switch_each_other_off(market: Market) -> None:
    market.phone("ip", "2017-01-10")

    def on() -> set[str]:
        return {option.option for option in market["ip"].options if option.ends_on is None}

    assert on() == {"voicemail"}
    assert market.does("2017-01-11", "add_option", "ip", option="call_forwarding") == ""
    assert on() == {"call_forwarding"}
    assert market.does("2017-01-12", "add_option", "ip", option="voicemail") == ""
    assert on() == {"voicemail"}


@pytest.mark.rule("IPS-APP-8")
def test_a_direct_phone_passes_to_another_person_with_rights_and_debts(market: Market) -> None:
    used(market, "ip", "2017-01-10")
    assert calls(market, "2017-02-10", "ip", call(300)) == ""
    assert market.does("2017-03-28", "transfer_contract", "ip", to="another person") == "debts", "while something is overdue"
    assert market.does("2017-03-29", "pay", "ip") == ""
    assert market.does("2017-03-30", "transfer_contract", "ip", to="another person") == ""
    assert market.until("2017-04-01").bills("ip")[-1] == ("regular", "2017-03", 86)  # 80 + 6.4: the debt went along
    assert market["ip"].state == "active"


@pytest.mark.rule("IPS-APP-8", "IPS-CAN-1")
def test_a_bundled_phone_passes_to_nobody(market: Market) -> None:
    market.line("c1", "data", "2017-01-10")
    market.phone("b1", "2017-01-10", parent="c1")
    assert market.does("2017-02-10", "transfer_contract", "b1", to="another person") == "ends_only_with_line"


@pytest.mark.rule("IPS-OUT-2")
def test_an_outage_that_is_reported_months_later_counts_the_same_six_months(market: Market) -> None:
    market.phone("ip", "2016-06-01")
    for month in ("2016-10", "2016-11", "2016-12", "2017-01", "2017-02", "2017-03", "2017-04", "2017-05", "2017-06"):
        assert calls(market, f"{month}-15", "ip", call(3000)) == ""  # 800 yen, the first 100 free
    times = {"from": "2017-04-10T00:00", "to": "2017-04-12T00:00"}
    assert market.does("2017-06-20", "report_outage", "ip", **times) == ""
    market.until("2017-07-01")
    assert market.amount("ip", "2017-06", "outage_credit") == -51  # 4700 in 182 days, two days: 51.65


@pytest.mark.rule("IPS-FEE-10")
@pytest.mark.parametrize(
    ("begins", "estimate"),
    [
        ("2016-09-01", 40),  # October to March: November is the lowest, 240 yen in 30 days, five days
        ("2016-12-01", 72),  # three months on record: January is the lowest, 448 in 31 days: 72.26
    ],
)
def test_days_without_metering_cost_the_lowest_daily_mean(market: Market, begins: str, estimate: int) -> None:
    used(market, "ip", begins)
    units = {"2016-10": 62, "2016-11": 30, "2016-12": 62, "2017-01": 56, "2017-02": 56, "2017-03": 62}
    for month, count in units.items():
        if month >= begins[:7]:
            assert calls(market, f"{month}-20", "ip", call(30 * count)) == ""
    assert market.does("2017-04-20", "metering_failure", "ip", **{"from": "2017-04-10", "to": "2017-04-14"}) == ""
    market.until("2017-07-01")
    found = [line.amount for i in market.invoices("ip") for line in i.lines if "IPS-FEE-10" in line.cites]
    assert found == [estimate]


@pytest.mark.rule("IPS-FEE-10")
def test_with_less_on_record_an_operator_enters_the_figure(market: Market) -> None:
    used(market, "ip", "2017-02-10")
    assert calls(market, "2017-03-20", "ip", call(3000)) == ""
    failed = {"from": "2017-04-10", "to": "2017-04-14"}
    assert market.does("2017-04-20", "metering_failure", "ip", **failed) == "too_few_months", "March alone is a whole month"
    assert market.does("2017-04-21", "charge", "ip", item="call_charges", amount=55) == ""
    assert 55 in [line.amount for i in market.until("2017-07-01").invoices("ip") for line in i.lines]


@pytest.mark.rule("IPS-CON-1", "IPS-CAN-2")
def test_a_bundled_phone_on_hold_ends_with_whatever_comes_first(market: Market) -> None:
    for name in ("c1", "c2", "c3"):
        market.line(name, "data", "2016-06-01")
        market.phone(f"b{name}", "2016-06-01", parent=name)
        assert market.does("2016-07-01", "suspend", f"b{name}", reason="interconnection_suspended") == ""
    assert market.does("2016-08-01", "customer_died", "c1") == ""
    assert (market["bc1"].state, *market.ends("bc1")) == ("ended", "2016-08-01", "parent_ended")
    assert market.does("2016-08-01", "request_cancellation", "c2") == ""
    assert market.does("2016-08-02", "restore", "bc2", reason="reconnected") == ""
    assert market["bc2"].state == "active", "connected again, it still ends with its line"
    assert market.does("2017-06-05", "request_cancellation", "c3") == ""
    market.until("2017-08-01")
    assert market.ends("bc2") == ("2016-09-30", "parent_ended")
    assert market.ends("bc3") == ("2017-06-30", "parent_ended"), "a day before its year is over"
    assert market["c3"].state == "ended"


@pytest.mark.rule("IPS-CON-1", "IPS-CAN-2")
def test_the_year_may_be_over_before_the_line_is(market: Market) -> None:
    market.line("c1", "data", "2016-06-01")
    market.phone("b1", "2016-06-01", parent="c1")
    assert market.does("2016-07-01", "suspend", "b1", reason="interconnection_suspended") == ""
    assert market.does("2017-06-20", "request_cancellation", "c1") == ""
    assert market.until("2017-06-30")["b1"].state == "suspended"
    assert market.until("2017-07-01")["b1"].state == "ended"
    assert market.ends("b1") == ("2017-07-01", "connection_suspension_expired")
    assert market.until("2017-09-01").ends("c1") == ("2017-07-31", "cancelled")


@pytest.mark.rule("IPS-SUS-1", "IPS-SUS-2")
def test_a_suspended_phone_can_be_cancelled_and_stays_ended(market: Market) -> None:
    market.phone("ip", "2017-01-10")
    assert market.does("2017-02-01", "suspend", "ip", reason="obligation_breach") == ""
    assert market.does("2017-03-01", "request_cancellation", "ip") == ""
    market.until("2017-09-01")
    assert (market["ip"].state, *market.ends("ip")) == ("ended", "2017-03-01", "cancelled")
    assert market.does("2017-09-02", "restore", "ip", reason="x") == "ended"
