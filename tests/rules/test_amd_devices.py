"""AND market mobile, device sales: price, instalments, title, default, guarantee. Tax 8 %, interest 6 % (from 2020-04-01 3 %)."""

from __future__ import annotations

import pytest

from tests.rules.market import Market

TEN = [{"option": "device_installments", "quantity": 10}]
PHONE = [{"sku": "phone", "quantity": 1}]


@pytest.fixture
def market() -> Market:
    """9,805 yen in ten instalments: 985 and nine times 980, delivered on 31 March 2017; the line costs 900 a month."""
    market = Market()
    market.line("c1", "data", "2017-03-31", devices=PHONE, options=TEN)
    assert market.does("2017-03-31T13:00", "deliver", "c1", sku="phone") == ""
    return market


def pays(market: Market, day: str, *months: str, kind: str = "separate") -> None:
    for month in months:
        assert market.does(day, "pay", "c1", invoice={"month": month, "kind": kind}) == ""


def in_time(market: Market, *months: str) -> None:
    """The device's invoices of these months of 2017, each paid on its due day."""
    for month in months:
        pays(market, f"2017-{int(month[5:]) + 1:02}-27", month)


def of_device(market: Market) -> list[tuple[str, str, int]]:
    """Month, item, amount of every line of the device's invoices."""
    return [(i.month.isoformat()[:7], x.item, x.amount) for i in market.invoices("c1", "separate") for x in i.lines]


@pytest.mark.rule("AMD-SAL-1", "AMD-PAY-1")
def test_a_device_in_one_sum_is_billed_for_the_month_of_its_delivery() -> None:
    market = Market()
    market.line("c1", "data", "2017-05-31", devices=[{"sku": "phone", "quantity": 1}, {"sku": "case", "quantity": 2}])
    assert ("2017-05-31", "accepted") in market.told("c1")
    assert market.does("2017-05-31T23:59", "deliver", "c1", sku="phone") == ""
    assert market.does("2017-06-01", "deliver", "c1", sku="case") == ""
    market.until("2017-12-01")
    may, june = market.invoices("c1", "separate")
    assert [(x.item, x.quantity, x.amount) for x in may.lines] == [("device", 1, 9805)]
    assert (may.total, may.tax, may.issued_on.isoformat(), may.due_on.isoformat()) == (10589, 784, "2017-06-01", "2017-06-27")
    assert [(x.item, x.quantity, x.amount) for x in june.lines] == [("device", 2, 2400)]
    assert (june.month.isoformat(), june.total) == ("2017-06-01", 2592)


@pytest.mark.rule("AMD-SAL-2")
def test_a_declined_application_carries_no_device() -> None:
    market = Market()
    assert market.applies("2017-05-01", "c1", "data", devices=PHONE, payment_method="none").state == "refused"
    assert market.does("2017-05-02", "deliver", "c1", sku="phone") != ""
    assert market.until("2017-08-01").invoices("c1") == []


@pytest.mark.rule("AMD-SAL-3")
def test_no_limit_of_quantity_is_applied() -> None:
    assert Market().applies("2017-05-01", "c1", "data", devices=[{"sku": "case", "quantity": 40}]).state == "accepted"


@pytest.mark.rule("AMD-PAY-2")
def test_instalments_are_equal_but_for_the_odd_yen_of_the_first(market: Market) -> None:
    market.until("2018-06-01")
    assert [(i.month.isoformat()[:7], i.total) for i in market.invoices("c1", "separate")] == [
        ("2017-03", 1063), *((f"2017-{month:02}", 1058) for month in range(4, 13)),
    ]  # fmt: skip
    assert sum(amount for _, _, amount in of_device(market)) == 9805
    assert {x.quantity for i in market.invoices("c1", "separate") for x in i.lines} == {1}
    assert {(i.issued_on.day, i.due_on.day) for i in market.invoices("c1", "separate")} == {(1, 27)}


@pytest.mark.rule("AMD-PAY-2")
@pytest.mark.parametrize(("price", "number", "first", "other"), [(12000, 12, 1000, 1000), (10007, 24, 439, 416), (5, 3, 3, 1)])
def test_what_does_not_divide_stands_on_the_first(price: int, number: int, first: int, other: int) -> None:
    market = Market(device={"phone": price})
    market.line("c1", "data", "2016-01-15", devices=PHONE, options=[{"option": "device_installments", "quantity": number}])
    assert market.does("2016-01-31T23:00", "deliver", "c1", sku="phone") == ""
    market.until("2018-03-01")
    assert [amount for _, _, amount in of_device(market)] == [first] + [other] * (number - 1)


@pytest.mark.rule("AMD-PAY-3", "AMM-INV-3")
def test_instalments_keep_their_dates_when_the_line_has_ended(market: Market) -> None:
    assert market.does("2017-04-10", "request_cancellation", "c1") == ""
    market.until("2018-06-01")
    assert market["c1"].state == "ended"
    assert [month for month, _, _ in of_device(market)] == [f"2017-{month:02}" for month in range(3, 13)]
    assert market.bills("c1")[-1] == ("separate", "2017-12", 1058)


@pytest.mark.rule("AMD-PAY-1", "AMD-PAY-3", "AMD-OWN-1")
def test_what_is_handed_over_after_the_line_has_ended_is_paid_all_the_same() -> None:
    """Two phones of 5,000: delivered two days after the line's last day, paid five days late at 6 %: 10800 x 0.06 x 5/365 = 8.9."""
    market = Market(device={"phone": 5000})
    market.line("c1", "data", "2017-06-01", devices=[{"sku": "phone", "quantity": 2}])
    assert market.does("2017-06-10", "request_cancellation", "c1") == ""
    assert market.does("2017-07-02", "deliver", "c1", sku="phone") == ""
    assert market["c1"].state == "ended"
    assert market.does("2017-07-03", "deliver", "c1", sku="phone") == "already_delivered"
    assert market.does("2017-07-03T13:00", "transfer_device", "c1") == "ownership_reserved"
    pays(market, "2017-09-01", "2017-07")
    assert market.does("2017-09-01T13:00", "transfer_device", "c1") == ""
    market.until("2017-10-01")
    assert of_device(market) == [("2017-07", "device", 10000), ("2017-09", "late_interest", 8)]


@pytest.mark.rule("AMD-PAY-6", "AMD-INT-1")
def test_tax_of_the_day_of_delivery_and_the_rate_of_the_first_day_of_arrears() -> None:
    market = Market(device={"phone": 240000})
    instalments = [{"option": "device_installments", "quantity": 24}]
    market.line("c1", "data", "2018-05-01", devices=PHONE, options=instalments)
    assert market.does("2018-05-10", "deliver", "c1", sku="phone") == ""
    pays(market, "2020-04-30", "2020-02")  # due 27 March: 34 days at 6 %: 10800 x 0.06 x 34/365 = 60.36
    pays(market, "2020-05-31", "2020-03")  # due 27 April: 34 days at 3 %: 30.18
    market.until("2020-07-01")
    taxes = [(i.lines[0].amount, i.tax) for i in market.invoices("c1", "separate") if i.lines[0].item == "device_installment"]
    assert taxes == [(10000, 800)] * 24, "8 % to the last, also after October 2019"
    assert [entry for entry in of_device(market) if entry[1] == "late_interest"] == [
        ("2020-04", "late_interest", 60), ("2020-05", "late_interest", 30),
    ]  # fmt: skip


@pytest.mark.rule("AMD-PAY-6")
def test_a_device_delivered_in_the_last_days_keeps_its_tax_line_by_line(market: Market) -> None:
    march = market.until("2017-04-01").bill("c1", "2017-03", "separate")
    assert (march.total, march.tax) == (1063, 78)  # 985 x 8 % = 78.8
    assert market.until("2017-05-01").bill("c1", "2017-04", "separate").tax == 78  # 980 x 8 % = 78.4


@pytest.mark.rule("AMD-OWN-1")
def test_title_is_held_back_until_the_whole_price_is_paid(market: Market) -> None:
    for month in range(3, 12):
        day = f"2017-{month + 1:02}-27"
        pays(market, day, f"2017-{month:02}")
    assert market.does("2017-12-28", "transfer_device", "c1", to="another person") == "ownership_reserved"
    assert market.does("2018-01-02", "transfer_device", "c1", to="another person") == "ownership_reserved"
    pays(market, "2018-02-15", "2017-12")  # 19 days late: its interest of 3 yen is not billed yet and holds nothing back
    assert market.does("2018-02-15T13:00", "transfer_device", "c1", to="another person") == ""


@pytest.mark.rule("AMD-OWN-1")
def test_title_to_a_device_in_one_sum() -> None:
    market = Market()
    market.line("c1", "data", "2017-05-01", devices=PHONE)
    assert market.does("2017-05-02", "deliver", "c1", sku="phone") == ""
    assert market.does("2017-05-03", "transfer_device", "c1", to="another person") == "ownership_reserved"
    assert market.does("2017-06-03", "transfer_device", "c1", to="another person") == "ownership_reserved"
    pays(market, "2017-06-04", "2017-05")
    assert market.does("2017-06-05", "transfer_device", "c1", to="another person") == ""


@pytest.mark.rule("AMD-INT-1", "AMM-INV-5")
def test_late_instalments_bear_six_percent_on_the_devices_invoice(market: Market) -> None:
    pays(market, "2017-06-26", "2017-03")  # due 27 April, 60 days: 1063 x 0.06 x 60/365 = 10.48
    market.until("2017-07-01")
    assert of_device(market)[-2:] == [("2017-06", "device_installment", 980), ("2017-06", "late_interest", 10)]
    june = market.bill("c1", "2017-06", "separate")
    assert (june.total, june.tax) == (1068, 78)
    assert market.amount("c1", "2017-06", "late_interest", "regular") == 0


@pytest.mark.rule("AMD-INT-1")
def test_parts_of_a_late_instalment_and_interest_on_an_invoice_of_its_own() -> None:
    market = Market()
    market.line("c1", "data", "2017-05-01", devices=PHONE)
    assert market.does("2017-05-02", "deliver", "c1", sku="phone") == ""
    month = {"month": "2017-05", "kind": "separate"}
    assert market.does("2017-07-27", "pay", "c1", invoice=month, amount=5000) == ""  # 10589 for 30 days: 52.2197
    assert market.does("2017-08-11", "pay", "c1", invoice=month) == ""  # 5589 for 15 days: 13.7811; 66.0008 in all
    market.until("2017-10-01")
    assert of_device(market) == [("2017-05", "device", 9805), ("2017-08", "late_interest", 66)]
    assert market.bill("c1", "2017-08", "separate").total == 66


@pytest.mark.rule("AMD-ACC-1", "AMD-INT-2", "AMM-SUS-2")
def test_the_day_after_a_vain_demand_everything_is_due(market: Market) -> None:
    in_time(market, "2017-03", "2017-04")
    assert market.does("2017-07-08", "demand", "c1", deadline="2017-08-05") == ""  # May's, due 27 June, is late
    assert market.until("2017-08-05").bill("c1", "2017-07", "separate").due_on.isoformat() == "2017-08-27"
    market.until("2017-08-06")
    assert market.bill("c1", "2017-07", "separate").due_on.isoformat() == "2017-08-06", "issued, not yet due: due now"
    rest = market.bill("c1", "2017-08", "separate")
    assert (rest.issued_on.isoformat(), rest.due_on.isoformat()) == ("2017-08-06", "2017-08-06")
    assert [(x.item, x.quantity, x.amount) for x in rest.lines] == [("device_installment", 5, 4900)]  # August to December
    assert (rest.total, rest.tax) == (5292, 392)
    market.until("2018-03-01")
    assert sum(amount for _, _, amount in of_device(market)) == 9805, "and nothing comes after it"


@pytest.mark.rule("AMD-INT-2", "AMD-ACC-1")
def test_the_rest_bears_interest_from_the_day_of_loss_itself(market: Market) -> None:
    in_time(market, "2017-03", "2017-04", "2017-05")
    assert market.does("2017-07-29", "demand", "c1", deadline="2017-08-18") == ""  # June's, due 27 July
    pays(market, "2017-08-21", "2017-08")  # L = 19 August: 5292 for 3 days: 2.6097
    pays(market, "2017-08-22", "2017-06")  # 1058 from 28 July to 22 August, 26 days: 4.52
    market.until("2017-10-01")
    assert [amount for _, item, amount in of_device(market) if item == "late_interest"] == [2, 4]


@pytest.mark.rule("AMD-INT-2")
def test_the_rest_paid_in_parts(market: Market) -> None:
    in_time(market, "2017-03", "2017-04", "2017-05")
    assert market.does("2017-07-29", "demand", "c1", deadline="2017-08-18") == ""
    rest = {"month": "2017-08", "kind": "separate"}
    assert market.does("2017-08-28", "pay", "c1", invoice=rest, amount=3000) == ""  # 5292 for 10 days: 8.6992
    assert market.does("2017-09-07", "pay", "c1", invoice=rest) == ""  # 2292 for 10 days: 3.7677; 12.4669 in all
    market.until("2017-10-01")
    assert [amount for _, item, amount in of_device(market) if item == "late_interest"] == [12]


@pytest.mark.rule("AMD-ACC-1")
def test_payment_on_the_deadline_keeps_the_instalments_a_part_does_not(market: Market) -> None:
    assert market.does("2017-05-01", "demand", "c1", deadline="2017-05-22") == ""
    assert market.does("2017-05-22T23:59", "pay", "c1", invoice={"month": "2017-03", "kind": "separate"}, amount=1063) == ""
    market.until("2017-06-02")
    assert [month for month, item, _ in of_device(market) if item == "device_installment"] == ["2017-03", "2017-04", "2017-05"]
    assert market.does("2017-06-02", "demand", "c1", deadline="2017-06-22") == ""
    assert market.does("2017-06-22", "pay", "c1", invoice={"month": "2017-04", "kind": "separate"}, amount=1057) == ""
    assert market.until("2017-06-23").bill("c1", "2017-06", "separate").total == 7408  # seven times 980 = 6860, tax 548.8


@pytest.mark.rule("AMD-ACC-1")
def test_no_loss_for_the_lines_arrears_alone_nor_for_a_price_in_one_sum(market: Market) -> None:
    pays(market, "2017-04-27", "2017-03")
    assert market.does("2017-04-28", "demand", "c1", deadline="2017-05-18") == "", "March's line is overdue, the device is not"
    market.until("2017-06-15")
    assert [month for month, _, _ in of_device(market)] == ["2017-03", "2017-04", "2017-05"]
    other = Market()
    other.line("c1", "data", "2017-05-01", devices=PHONE)
    assert other.does("2017-05-02", "deliver", "c1", sku="phone") == ""
    assert other.does("2017-07-01", "demand", "c1", deadline="2017-07-21") == ""
    other.until("2017-12-01")
    assert of_device(other) == [("2017-05", "device", 9805)]


@pytest.mark.rule("AMD-ACC-2", "AMD-ACC-3")
def test_insolvency_and_the_like_need_no_demand(market: Market) -> None:
    assert market.does("2017-06-15", "lose_benefit", "c1", reason="insolvency") == ""
    market.until("2017-06-16")
    (rest,) = [i for i in market.invoices("c1", "separate") if i.lines[0].quantity != 1]
    assert (rest.issued_on.isoformat(), rest.due_on.isoformat()) == ("2017-06-15", "2017-06-15")
    assert [(x.quantity, x.amount) for x in rest.lines] == [(7, 6860)]  # June to December
    market.until("2018-03-01")
    assert sum(amount for _, item, amount in of_device(market) if item == "device_installment") == 9805


@pytest.mark.rule("AMD-GUA-2")
def test_what_the_guarantor_paid_is_settled(market: Market) -> None:
    market.until("2017-06-01")
    assert market.does("2017-06-02", "subrogate", "c1", paid_on="2017-06-01") == ""
    assert market.bill("c1", "2017-03", "separate").status == "paid"
    assert market.bill("c1", "2017-04", "separate").status == "paid"
    assert market.bill("c1", "2017-04", "regular").status == "overdue", "the line's bills are not guaranteed"


@pytest.mark.rule("AMD-PRV-1")
@pytest.mark.parametrize("missing", ["credit_data", "guarantee_entrustment"])
def test_instalments_need_the_consents_to_credit_check_and_guarantee(missing: str) -> None:
    market = Market()
    consents = [c for c in ("terms", "electronic_documents", "credit_data", "guarantee_entrustment") if c != missing]
    refused = market.applies("2017-05-01", "c1", "data", devices=PHONE, options=TEN, consents=consents)
    assert (refused.state, refused.refusal_reasons) == ("refused", ("missing_consent",))
    assert market.applies("2017-05-02", "c2", "data", devices=PHONE, consents=consents).state == "accepted", (
        "one sum needs none"
    )


@pytest.mark.rule("AMD-PRV-2", "AMD-PRV-3")
def test_marketing_consents_are_never_needed_and_can_be_withdrawn(market: Market) -> None:
    needed = ["terms", "electronic_documents", "credit_data", "guarantee_entrustment"]
    assert market.applies("2017-05-01", "c2", "data", devices=PHONE, options=TEN, consents=needed).state == "accepted"
    for purpose in ("direct_marketing", "third_party_provision"):
        assert market.does("2017-05-02", "consent", "c1", purpose=purpose) == ""
        assert market.does("2017-05-03", "withdraw_consent", "c1", purpose=purpose) == ""
