"""ALLwatch: prepaid fees, invoices, payment. The price list of these tests: 1,100 a month, 3,300 registration."""

from __future__ import annotations

import pytest

HALF = {"plan": "half_year", "payment_method": "bank_transfer"}
TRACKER = {"devices": [{"sku": "tracker", "quantity": 1}]}


@pytest.mark.rule("ALW-BIL-4", "ALW-BIL-5", "ALW-BIL-6", "ALW-BIL-7", "ALW-BIL-8")
@pytest.mark.parametrize(
    ("plan", "starts", "months"),
    [
        ("half_year", "2025-01-01", 5),  # February to June; the free month may be a whole one
        ("half_year", "2025-01-31", 5),  # or a single day
        ("half_year", "2025-02-10", 4),
        ("half_year", "2025-05-31", 1),
        ("half_year", "2025-06-01", 0),  # nothing to bridge
        ("half_year", "2025-07-01", 5),  # August to December
        ("half_year", "2025-11-30", 1),
        ("half_year", "2025-12-31", 0),
        ("annual", "2025-01-15", 11),
        ("annual", "2025-02-01", 10),
        ("annual", "2025-06-30", 6),  # June and July are months like others
        ("annual", "2025-07-01", 5),
        ("annual", "2025-12-01", 0),
    ],
)
def test_the_first_invoice_bridges_to_the_next_regular_month(served, plan, starts, months) -> None:
    life = served(starts, plan=plan).until("2026-01-31")
    fee = [("monthly_fee", 1100 * months)] if months else []
    assert life.lines(starts[:7]) == [("registration_fee", 3300), *fee]
    assert life.bill(starts[:7]).kind == "initial"


@pytest.mark.rule("ALW-BIL-3", "ALW-BIL-6", "ALW-INV-2")
@pytest.mark.parametrize(
    ("plan", "starts", "regular"),
    [
        ("half_year", "2025-01-15", [("2025-07", 6600), ("2026-01", 6600)]),  # none for the period it started in
        ("half_year", "2025-06-15", [("2025-07", 6600), ("2026-01", 6600)]),
        ("half_year", "2025-12-15", [("2026-01", 6600)]),
        ("annual", "2025-01-15", [("2026-01", 13200)]),
        ("annual", "2025-06-15", [("2026-01", 13200)]),
        ("annual", "2025-12-15", [("2026-01", 13200)]),
    ],
)
def test_whole_periods_are_billed_with_their_first_month_and_no_other_month_has_an_invoice(
    served, plan, starts, regular
) -> None:
    life = served(starts, plan=plan).until("2026-03-01")
    assert [(month, total) for kind, month, _, total in life.bills() if kind == "regular"] == regular
    assert len(life.bills()) == 1 + len(regular)


@pytest.mark.rule("ALW-BIL-3", "ALW-INV-3")
def test_the_fee_is_one_line_from_its_first_to_its_last_day(served) -> None:
    life = served("2025-05-10").until("2026-03-01")
    assert life.span("2025-05", "monthly_fee") == ("2025-06-01", "2025-06-30")
    assert life.span("2025-07", "monthly_fee") == ("2025-07-01", "2025-12-31")
    assert life.span("2026-01", "monthly_fee") == ("2026-01-01", "2026-06-30")


@pytest.mark.rule("ALW-BIL-1")
@pytest.mark.parametrize(("effective", "fee"), [("2025-07-31", 1210), ("2025-08-01", 1100)])
def test_a_fee_has_the_price_of_the_closing_day(allwatch, served, effective, fee) -> None:
    life = served("2025-05-10")
    assert allwatch.says("2025-07-20", "announce_price", prices={"monthly_fee": 1210}, effective_on=effective) == ""
    life.until("2025-08-05")
    assert life.lines("2025-07") == [("monthly_fee", 6 * fee)]


@pytest.mark.rule("ALW-BIL-1", "ALW-BIL-2")
def test_a_device_has_the_price_of_the_order_and_the_month_of_its_shipping(allwatch) -> None:
    """Ordered on 29 August, the last business day: ships on 1 September. The new price of the 30th does not reach it."""
    life = allwatch.applies("2025-08-29T10:00", **HALF, **TRACKER)
    prices = {"device": {"tracker": 40000}, "registration_fee": 4400}
    assert allwatch.says("2025-08-29T12:00", "announce_price", prices=prices, effective_on="2025-08-30") == ""
    later = allwatch.applies("2025-08-30T10:00", **HALF, **TRACKER)
    assert life.does("2025-09-02", "deliver") == ""
    assert life.until("2025-10-03").bills() == [("initial", "2025-09", "2025-10-03", 30800 + 4400 + 3300)]
    assert life.lines("2025-09") == [("device", 30800), ("registration_fee", 4400), ("monthly_fee", 3300)]
    assert later.until("2025-10-03").lines("2025-09") == [("device", 40000)]


@pytest.mark.rule("ALW-BIL-2", "ALW-BIL-8", "ALW-INV-3")
def test_a_line_for_each_sku_as_ordered_and_one_fee_however_many_devices(allwatch) -> None:
    devices = [{"sku": "beacon", "quantity": 3}, {"sku": "tracker", "quantity": 2}]
    life = allwatch.applies("2025-04-07T10:00", **HALF, devices=devices)
    life.until("2025-04-08").does("2025-04-09", "deliver")
    assert life.until("2025-05-07").lines("2025-04") == [
        ("device", 14850),
        ("device", 61600),
        ("registration_fee", 3300),
        ("monthly_fee", 2200),
    ]


@pytest.mark.rule("ALW-INV-2")
def test_devices_of_another_month_than_the_start_are_billed_apart(allwatch) -> None:
    life = allwatch.applies("2025-05-28T10:00", **HALF, **TRACKER)  # ships on the 29th
    life.until("2025-05-29").does("2025-06-01", "deliver")
    assert life.until("2025-07-31").bills() == [
        ("separate", "2025-05", "2025-06-04", 30800),
        ("initial", "2025-06", "2025-07-03", 3300),
    ]


@pytest.mark.rule("ALW-INV-1", "ALW-SHP-5")
@pytest.mark.parametrize(
    ("starts", "issued"),
    [
        ("2025-04-10", "2025-05-07"),  # 1, 2 and 7 May
        ("2025-12-10", "2026-01-07"),  # 5, 6 and 7 January
        ("2025-08-10", "2025-09-03"),
        ("2025-10-10", "2025-11-06"),  # the 3rd is a holiday: 4, 5 and 6 November
    ],
)
def test_posted_on_the_third_business_day(served, starts, issued) -> None:
    life = served(starts).until("2026-01-07")
    assert life.bill(starts[:7]).issued_on.isoformat() == issued


@pytest.mark.rule("ALW-INV-4")
@pytest.mark.parametrize(("price", "tax"), [(1000, 90), (1001, 91), (999, 90), (10, 0), (11, 1)])
def test_tax_is_contained_and_rounded_down(allwatch, served, price, tax) -> None:
    allwatch.says("2025-05-01", "set_price_list", prices={"registration_fee": price}, effective_on="2025-05-01")
    bill = served("2025-06-10").until("2025-07-03").bill("2025-06")
    assert (bill.total, bill.tax) == (price, tax)


@pytest.mark.rule("ALW-PAY-1")
def test_transfer_and_card_are_the_ways_to_pay(allwatch, served) -> None:
    for method in ("account_transfer", "none"):
        life = allwatch.applies("2025-06-04", plan="annual", payment_method=method, **TRACKER)
        assert life.contract.refusal_reasons == ("payment_method_not_offered",)
        assert (
            served("2025-06-10").does("2025-06-11", "register_payment_method", payment_method=method)
            == "payment_method_not_offered"
        )
    assert allwatch.applies("2025-06-04", plan="annual", payment_method="card", **TRACKER).contract.state == "accepted"


@pytest.mark.rule("ALW-PAY-2", "ALW-PAY-6")
@pytest.mark.parametrize(
    ("starts", "due", "overdue"),
    [
        ("2025-07-10", "2025-08-29", "2025-08-30"),  # 30 and 31 August are a weekend
        ("2025-11-10", "2025-12-30", "2025-12-31"),  # New Year's Eve is closed
    ],
)
def test_a_transfer_is_due_on_the_last_business_day_of_the_month_of_issue(served, starts, due, overdue) -> None:
    life = served(starts).until(due)
    assert (life.bill(starts[:7]).due_on.isoformat(), life.bill(starts[:7]).status) == (due, "open")
    assert life.until(overdue).bill(starts[:7]).status == "overdue"


@pytest.mark.rule("ALW-PAY-3")
def test_the_full_total_must_arrive_and_part_payments_add_up(served) -> None:
    life = served("2025-06-10").until("2025-07-03")  # 3,300
    life.does("2025-07-10", "pay", amount=2860)  # the bank kept 440
    assert life.bill("2025-06").status == "open"
    life.does("2025-07-11", "pay", amount=439)
    assert life.bill("2025-06").status == "open"
    life.until("2025-08-01")
    assert life.bill("2025-06").status == "overdue"
    life.does("2025-08-01T12:30", "pay", amount=1)
    assert life.bill("2025-06").status == "paid"


@pytest.mark.rule("ALW-PAY-4", "ALW-PAY-5")
@pytest.mark.parametrize(
    ("registered", "usable", "paid_by", "due"),
    [
        ("2025-06-10", "2025-07-03", "card", "2025-07-27"),  # usable on the day of issue; the 27th is a Sunday
        ("2025-06-10", "2025-07-04", "bank_transfer", "2025-07-31"),  # a day late
        ("2025-06-03", None, "card", "2025-07-27"),  # a month when no day is named
        ("2025-06-04", None, "bank_transfer", "2025-07-31"),
    ],
)
def test_the_day_of_issue_decides_between_card_and_transfer(served, registered, usable, paid_by, due) -> None:
    life = served("2025-06-03")
    args = {"usable_from": usable} if usable else {}
    assert life.does(registered, "register_payment_method", payment_method="card", **args) == ""
    bill = life.until("2025-08-05").bill("2025-06")
    assert (bill.paid_by, bill.due_on.isoformat()) == (paid_by, due)  # and the invoice keeps its method
    assert life.bill("2025-07").paid_by == "card"


@pytest.mark.rule("ALW-PAY-4")
@pytest.mark.parametrize(
    ("registered", "usable"), [("2026-01-31", "2026-02-28"), ("2028-01-31", "2028-02-29"), ("2025-12-15", "2026-01-15")]
)
def test_a_month_is_the_same_day_of_the_next_cut_to_its_end(served, registered, usable) -> None:
    life = served("2025-12-10")
    life.does(registered, "register_payment_method", payment_method="card")
    assert life.contract.payment_methods[-1][0].isoformat() == usable


@pytest.mark.rule("ALW-PAY-4")
def test_applying_with_a_card_registers_none_and_a_transfer_is_back_at_once(served) -> None:
    life = served("2025-06-10", method="card").until("2025-07-03")
    assert life.bill("2025-06").paid_by == "bank_transfer"
    life.does("2025-07-04", "register_payment_method", payment_method="card", usable_from="2025-07-10")
    life.does("2025-08-05T00:05", "register_payment_method", payment_method="bank_transfer")  # the day of issue
    assert life.until("2025-08-05").bill("2025-07").paid_by == "bank_transfer"


@pytest.mark.rule("ALW-PAY-6")
def test_a_failed_draw_leaves_the_invoice_open_and_costs_nothing(served) -> None:
    life = served("2025-06-10")
    life.does("2025-06-11", "register_payment_method", payment_method="card", usable_from="2025-06-20")
    life.until("2025-07-27")
    assert life.does("2025-07-27", "fail_payment", reason="declined") == ""
    assert (life.bill("2025-06").status, life.bill("2025-06").total) == ("open", 3300)
    assert life.until("2025-07-28").bill("2025-06").status == "overdue"
    life.does("2025-09-01", "pay")
    assert life.until("2026-02-10").bill("2026-01").total == 6600  # no interest anywhere
