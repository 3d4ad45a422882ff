"""LifeRhythm Navi + HOME: fees, added remotes, bills, due days, interest, prices, tax."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}


@pytest.mark.rule("LRH-CHG-1", "LRH-CHG-2", "LRH-CHG-5", "LRH-INV-1")
def test_whole_months_from_the_billing_start_and_the_initial_fee_with_the_first(signed) -> None:
    life = signed("2025-12-31", processed="2025-12-31T23:59").until("2026-03-01")
    assert life.bills() == [("initial", "2026-01", "2026-02-01", 15980), ("regular", "2026-02", "2026-03-01", 5980)]
    assert life.lines("2026-01") == [("initial_fee", 10000), ("monthly_fee", 5980)]
    assert life.span("2026-02", "monthly_fee") == ("2026-02-01", "2026-02-28")
    assert [line.first for line in life.bill("2026-01").lines if line.item == "initial_fee"] == [None]


@pytest.mark.rule("LRH-CHG-2", "LRH-CAN-2")
@pytest.mark.parametrize("ends", ["2025-09-01", "2025-09-15", "2025-09-30"])
def test_the_month_of_the_end_is_billed_in_full(signed, ends) -> None:
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote", "quantity": 2}])
    assert life.does("2025-08-20", "request_cancellation", effective=ends) == ""
    life.until("2026-01-01")
    assert life.lines("2025-09") == [("monthly_fee", 5980), ("option:ir-remote", 1000)]
    assert life.span("2025-09", "monthly_fee") == ("2025-09-01", "2025-09-30")  # past the end
    assert life.bills()[-1] == ("final", "2025-09", "2025-10-01", 6980)


def remotes(life, month: str) -> tuple[int | None, int]:
    """Quantity and amount of the line of added remotes; (None, 0) without one."""
    found = [(line.quantity, line.amount) for line in life.bill(month).lines if line.item == "option:ir-remote"]
    return found[0] if found else (None, 0)


@pytest.mark.rule("LRH-CHG-3", "LRH-CHG-4")
@pytest.mark.parametrize(
    ("steps", "july", "august"),
    [
        # one is held since the application
        ([], (1, 500), (1, 500)),
        ([("2025-07-31T23:59", "add_option", 2)], (3, 1500), (3, 1500)),
        ([("2025-07-01T00:00", "remove_option", 1)], (1, 500), (None, 0)),  # brought over from June
        ([("2025-06-30T23:59", "remove_option", 1)], (None, 0), (None, 0)),
        ([("2025-07-10T10:00", "remove_option", 1), ("2025-07-10T10:01", "add_option", 1)], (1, 500), (1, 500)),
        ([("2025-07-10T10:00", "add_option", 1), ("2025-07-10T10:01", "remove_option", 1)], (2, 1000), (1, 500)),
        (
            [("2025-07-02", "add_option", 3), ("2025-07-03", "remove_option", 4), ("2025-07-04", "add_option", 2)],
            (4, 2000),
            (2, 1000),
        ),
        ([("2025-07-31", "add_option", 1), ("2025-08-01T00:00", "remove_option", 2)], (2, 1000), (2, 1000)),
    ],
)
def test_remotes_cost_by_the_most_that_were_held_at_one_moment(signed, steps, july, august) -> None:
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote"}])
    for at, step, number in steps:
        assert life.does(at, step, option="ir-remote", quantity=number) == ""
    life.until("2025-09-01")
    assert (remotes(life, "2025-07"), remotes(life, "2025-08")) == (july, august)


@pytest.mark.rule("LRH-CHG-4")
def test_no_more_is_given_back_than_is_held(signed) -> None:
    life = signed(
        "2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote"}, {"option": "ir-remote", "quantity": 2}]
    )
    assert life.does("2025-07-02", "remove_option", option="ir-remote", quantity=4) == "not_held"
    assert life.does("2025-07-02", "remove_option", option="wifi") == "not_held"
    assert life.does("2025-07-02", "add_option", option="wifi") == "option_not_offered"
    assert life.does("2025-07-02", "remove_option", option="ir-remote") == ""  # left out: one
    assert life.does("2025-07-02", "add_option", option="ir-remote") == ""
    assert life.does("2025-07-03", "remove_option", option="ir-remote", quantity=3) == ""
    assert life.does("2025-07-04", "remove_option", option="ir-remote") == "not_held"
    life.until("2025-09-01")
    assert remotes(life, "2025-07") == (3, 1500)
    assert life.lines("2025-08") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-CHG-3")
def test_remotes_may_come_from_the_application_to_the_last_day(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    assert life.does("2025-06-03", "add_option", option="ir-remote", quantity=2) == ""
    assert life.does("2025-06-04", "remove_option", option="ir-remote") == ""
    life.does("2025-06-10", "sign")
    life.does("2025-06-11", "complete_processing")
    life.does("2025-08-01", "request_cancellation", effective="2025-08-20")
    assert life.does("2025-08-20T23:59", "add_option", option="ir-remote", quantity=2) == ""
    assert life.does("2025-08-21T00:00", "add_option", option="ir-remote") == "ended"
    assert life.does("2025-08-21T00:00", "remove_option", option="ir-remote") == "ended"
    life.until("2025-10-01")
    assert (remotes(life, "2025-07"), remotes(life, "2025-08")) == ((1, 500), (3, 1500))
    (held,) = life.contract.options
    assert held.ends_on is not None
    assert held.ends_on.isoformat() == "2025-08-20"


@pytest.mark.rule("LRH-CHG-4")
def test_an_option_of_another_name_is_refused_with_the_application(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", options=[{"option": "wifi"}], **CARD)
    assert life.contract.refusal_reasons == ("option_not_offered",)


@pytest.mark.rule("LRH-CHG-6")
def test_tax_is_in_the_prices_and_none_in_damages(signed) -> None:
    """June: 10,000 + 5,980 = 15,980 × 10 ÷ 110 = 1,452.7; the lost sensor's 33,000 hold none."""
    life = signed("2025-05-10", processed="2025-05-11")
    life.does("2025-06-18", "report_lost_device", sku="mat-sensor")
    bill = life.until("2025-07-01").bill("2025-06")
    assert (bill.total, bill.tax) == (48980, 1452)


# due days


@pytest.mark.rule("LRH-INV-2")
@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2025-08", "2025-09-29"),  # the 27th is a Saturday
        ("2025-11", "2025-12-29"),  # a Saturday again, and the Monday after is no holiday yet
        ("2024-03", "2024-04-30"),  # Saturday, Sunday, and the 29th is a holiday
        ("2025-09", "2025-10-27"),  # a Monday, though the company is closed
    ],
)
def test_older_contracts_are_drawn_on_the_27th_or_the_next_day_of_the_banks(signed, liferhythm, month, due) -> None:
    liferhythm.says("2023-01-01", "set_calendar", closed=["2025-10-27", "2025-09-29"])
    life = signed("2023-02-19", processed="2023-02-20", method="account_transfer").until("2026-01-10")
    assert life.bill(month).due_on.isoformat() == due


@pytest.mark.rule("LRH-INV-3")
@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2025-04", "2025-05-27"),  # from the 1st: 1, 2, 7, 8, 9, 12-16, 19-23, 26, 27 less the closed 12th
        ("2025-12", "2026-01-27"),  # from the 5th, without the 12th: 5-9, 13-16, 19-23, 26, 27
    ],
)
def test_contracts_from_the_switch_on_are_drawn_on_the_16th_business_day(signed, liferhythm, month, due) -> None:
    liferhythm.says("2023-01-01", "set_calendar", closed=["2025-05-12"])
    life = signed("2023-02-20", processed="2023-02-21", method="account_transfer").until("2026-02-01")
    assert life.bill(month).due_on.isoformat() == due


@pytest.mark.rule("LRH-INV-4")
@pytest.mark.parametrize("formed", ["2023-02-10", "2023-03-10"])
def test_cards_are_drawn_on_the_27th_on_any_day_of_the_week(signed, formed) -> None:
    life = signed(formed, processed=formed + "T18:00").until("2025-10-01")
    assert life.bill("2025-08").due_on.isoformat() == "2025-09-27"  # a Saturday


@pytest.mark.rule("LRH-INV-8")
def test_another_way_of_payment_counts_for_bills_sent_from_its_day_on(signed) -> None:
    life = signed("2023-03-10", processed="2023-03-11", method="card")
    assert life.does("2025-06-10", "register_payment_method", payment_method="account_transfer", usable_from="2025-07-01") == ""
    assert life.does("2025-07-02", "register_payment_method", payment_method="card", usable_from="2025-08-02") == ""
    assert life.does("2025-07-03", "register_payment_method", payment_method="none") == "payment_method_not_offered"
    life.until("2025-09-01")
    found = [
        (life.bill(month).paid_by, life.bill(month).due_on.isoformat())
        for month in ("2025-05", "2025-06", "2025-07", "2025-08")
    ]
    assert found == [
        ("card", "2025-06-27"),
        ("account_transfer", "2025-07-23"),  # 16th: 1-4, 7-11, 14-18, 22 (the 21st is a holiday), 23
        ("account_transfer", "2025-08-25"),  # 16th: 1, 4-8, 12-15 (the 11th is a holiday), 18-22, 25
        ("card", "2025-09-27"),
    ]


@pytest.mark.rule("LRH-INV-8")
def test_the_way_of_payment_may_change_while_the_last_bill_is_still_to_come(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-20", "request_cancellation")
    assert life.does("2025-06-25", "register_payment_method", payment_method="account_transfer") == ""
    assert life.until("2025-07-01").bill("2025-06").paid_by == "account_transfer"
    never = signed("2025-06-10")
    never.does("2025-06-10T13:00", "refuse")
    assert never.contract.state == "active"


# kinds, order, status


@pytest.mark.rule("LRH-INV-5")
def test_every_kind_of_line_in_its_order(signed) -> None:
    """July: work of June, remotes, a loss; interest of a July payment cannot be there yet, so it comes with August."""
    life = signed("2025-05-10", processed="2025-06-11", options=[{"option": "ir-remote"}])
    life.does("2025-05-11", "install")
    life.does("2025-06-20", "reinstall")
    life.does("2025-07-20", "report_lost_device", sku="ir-remote", quantity=2)
    life.does("2025-07-21", "report_lost_device", sku="ir-remote")
    bill = life.until("2025-08-01").bill("2025-07")
    assert bill.kind == "initial"
    assert [(line.item, line.quantity, line.amount) for line in bill.lines] == [
        ("initial_fee", None, 10000),
        ("reinstall_fee", None, 10000),
        ("monthly_fee", None, 5980),
        ("option:ir-remote", 1, 500),
        ("equipment_compensation", 2, 12000),
        ("equipment_compensation", 1, 6000),
    ]
    assert all(line.cites for line in bill.lines)


@pytest.mark.rule("LRH-INV-5", "LRH-CHG-5")
def test_the_bill_of_the_end_is_final_even_when_it_is_the_first(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-20", "request_cancellation", effective="2025-07-01")
    life.until("2025-12-01")
    assert life.bills() == [("final", "2025-07", "2025-08-01", 15980)]


@pytest.mark.rule("LRH-INV-6")
def test_what_is_not_paid_is_overdue_from_the_next_day_and_a_failed_draw_moves_nothing(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-27")
    assert life.does("2025-08-27T18:00", "fail_payment", reason="funds") == ""
    assert life.told[-1] == "payment_failed"
    bill = life.bill("2025-07")
    assert (bill.status, bill.due_on.isoformat(), bill.paid_by) == ("open", "2025-08-27", "card")
    assert life.until("2025-08-28").bill("2025-07").status == "overdue"


# interest


@pytest.mark.rule("LRH-INV-7")
def test_every_late_payment_bears_its_own_interest(signed) -> None:
    """15,980 due on 27 August. 10,000 on the 28th: 1 day, 0.8 yen: nothing. 5,980 on 26 September: 30 days, 14.7 yen."""
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-28")
    life.does("2025-08-28", "pay", amount=10000)
    life.does("2025-09-26", "pay", invoice={"month": "2025-07"})
    life.until("2025-10-01")
    assert life.lines("2025-08") == [("monthly_fee", 5980)]
    assert life.lines("2025-09") == [("monthly_fee", 5980), ("late_interest", 14)]
    assert life.bill("2025-09").tax == 543


@pytest.mark.rule("LRH-INV-7")
def test_interest_bears_no_interest_and_is_settled_first(signed) -> None:
    """September: 5,980 + 14. All of it on 27 October + 100 days: only 5,980 × 3 % × 100 ÷ 365 = 49.1.

    In two parts after 100 days: 14 + 2,986 → 2,986 bear 24.5; the other 2,994 bear 24.6.
    """
    for parts, expected in (((None,), [49]), ((3000, None), [24, 24])):
        life = signed("2025-06-10", processed="2025-06-11").until("2025-08-28")
        life.does("2025-08-28", "pay", amount=10000)
        life.does("2025-09-26", "pay", invoice={"month": "2025-07"})
        life.until("2025-10-01").does("2025-10-01", "pay", invoice={"month": "2025-08"})
        assert life.bill("2025-09").due_on.isoformat() == "2025-10-27"
        for part in parts:
            amount = {} if part is None else {"amount": part}
            assert life.does("2026-02-04", "pay", invoice={"month": "2025-09"}, **amount) == ""
        life.until("2026-03-01")
        assert [amount for item, amount in life.lines("2026-02") if item == "late_interest"] == expected


@pytest.mark.rule("LRH-INV-7", "LRH-CAN-3")
def test_interest_after_the_end_is_a_bill_of_its_own(signed) -> None:
    """10,000 due on 27 July, paid on 5 August: 9 days, 7.3 yen."""
    life = signed("2025-06-10")
    life.does("2025-06-20", "request_cancellation")
    life.until("2025-07-28")
    life.does("2025-08-05", "pay")
    life.until("2025-12-01")
    assert life.bills() == [("separate", "2025-06", "2025-07-01", 10000), ("separate", "2025-08", "2025-09-01", 7)]
    assert life.bill("2025-08").tax == 0


# prices and tax


@pytest.mark.rule("LRH-PRC-1")
def test_prices_are_announced_the_day_before_at_the_latest_and_reach_whole_months(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote"}])
    new = {"monthly_fee": 6480, "option": {"ir-remote": 600}}
    assert liferhythm.says("2025-08-01", "announce_price", prices=new, effective_on="2025-08-01") == "too_late"
    assert liferhythm.says("2025-08-01T23:59", "announce_price", prices=new, effective_on="2025-08-02") == ""
    assert life.told[-1] == "price_revision"
    life.until("2025-10-01")
    assert life.lines("2025-08") == [("monthly_fee", 5980), ("option:ir-remote", 500)]  # the price of the 1st
    assert life.lines("2025-09") == [("monthly_fee", 6480), ("option:ir-remote", 600)]


@pytest.mark.rule("LRH-PRC-1")
def test_one_off_fees_are_those_of_their_day(liferhythm) -> None:
    """Initial fee by the day of formation, work by its own day, a lost piece by the day of the report."""
    new = {"initial_fee": 12000, "reinstall_fee": 11000, "device": {"mat-sensor": 35000}}
    liferhythm.says("2025-06-01", "announce_price", prices=new, effective_on="2025-06-10")
    for day, expected in (("2025-06-09", (10000, 10000, 33000)), ("2025-06-10", (12000, 11000, 35000))):
        life = liferhythm.applies("2025-06-02", **CARD)
        life.does(f"{day}T09:00", "sign")
        life.does(f"{day}T10:00", "install")
        life.does(f"{day}T11:00", "report_lost_device", sku="mat-sensor")
        life.does(f"{day}T12:00", "reinstall")
        life.does("2025-06-20", "complete_processing")
        life.until("2025-08-01")
        initial, again, lost = expected
        assert life.lines("2025-07") == [("initial_fee", initial), ("reinstall_fee", again), ("monthly_fee", 5980)]
        assert life.lines("2025-06") == [("equipment_compensation", lost)]


@pytest.mark.rule("LRH-PRC-2", "LRH-CHG-6")
@pytest.mark.parametrize(
    ("said", "effective"), [("2025-06-01", "2025-09-01"), ("2025-09-29", "2025-09-30"), ("2025-09-30", "2025-09-02")]
)
def test_a_new_tax_rate_reaches_the_whole_month_whenever_it_is_told(signed, liferhythm, said, effective) -> None:
    """5,980 × 112 ÷ 110 = 6,088.7 → 6,088; 500 → 509.09 → 509 each. Tax 12 ÷ 112 of 7,106 = 761.3."""
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote", "quantity": 2}])
    assert liferhythm.says(said, "announce_tax", rate=12, effective_on=effective) == ""
    assert life.told[-1] == "tax_change"
    life.until("2025-11-01")
    assert life.lines("2025-08") == [("monthly_fee", 5980), ("option:ir-remote", 1000)]
    assert life.lines("2025-09") == [("monthly_fee", 6088), ("option:ir-remote", 1018)]
    assert (life.bill("2025-08").tax, life.bill("2025-09").tax) == (634, 761)


@pytest.mark.rule("LRH-PRC-2")
def test_a_rate_told_after_its_month_was_billed_changes_no_bill_that_is_out(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11").until("2025-10-01")
    assert liferhythm.says("2025-10-05", "announce_tax", rate=12, effective_on="2025-09-16") == ""
    life.until("2025-11-01")
    assert (life.lines("2025-09"), life.bill("2025-09").tax) == ([("monthly_fee", 5980)], 543)
    assert (life.lines("2025-10"), life.bill("2025-10").tax) == ([("monthly_fee", 6088)], 652)  # 6,088 × 12 ÷ 112 = 652.2


@pytest.mark.rule("LRH-PRC-2", "LRH-INV-1")
def test_a_night_that_comes_late_knows_no_more_than_a_punctual_one(signed, liferhythm) -> None:
    """September closes on 1 October; the rate for it is told on the 5th, and only then September's night runs."""
    life = signed("2025-06-10", processed="2025-06-11").until("2025-09-15")
    liferhythm.lives.clear()  # nobody carries the news to it either
    assert liferhythm.says("2025-10-05", "announce_tax", rate=12, effective_on="2025-09-16") == ""
    life.until("2025-12-01")
    assert [(life.lines(month)[-1][1], life.bill(month).tax) for month in ("2025-09", "2025-10")] == [(5980, 543), (6088, 652)]


@pytest.mark.rule("LRH-PRC-2")
def test_two_new_rates_are_two_steps_each_from_the_price_then_in_force(signed, liferhythm) -> None:
    """5,980 → 6,088 at 12 %; then 6,088 × 115 ÷ 112 = 6,251.07 → 6,251, not 5,980 × 115 ÷ 110 = 6,251.8 of one step."""
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote"}])
    liferhythm.says("2025-06-20", "announce_tax", rate=15, effective_on="2025-10-01")
    liferhythm.says("2025-06-21", "announce_tax", rate=12, effective_on="2025-08-31")
    life.until("2025-11-01")
    found = [life.lines(month)[-2:] for month in ("2025-07", "2025-08", "2025-10")]
    assert found[0] == [("monthly_fee", 5980), ("option:ir-remote", 500)]
    assert found[1] == [("monthly_fee", 6088), ("option:ir-remote", 509)]
    assert found[2] == [("monthly_fee", 6251), ("option:ir-remote", 522)]  # 509 × 115 ÷ 112 = 522.6


@pytest.mark.rule("LRH-PRC-2", "LRH-PRC-1")
@pytest.mark.parametrize(
    ("price_from", "expected"),
    [
        ("2025-08-31", {"2025-09": 6597, "2025-10": 6597}),  # understood at 10 %, so it moves: 6,480 × 112 ÷ 110 = 6,597.8
        ("2025-09-01", {"2025-09": 6480, "2025-10": 6480}),  # understood at 12 %: stays
        ("2025-09-10", {"2025-09": 6088, "2025-10": 6480}),  # in the month of the new rate, before its day: at 12 % too
        ("2025-10-01", {"2025-09": 6088, "2025-10": 6480}),
    ],
)
def test_a_revised_price_is_understood_at_the_rate_of_its_own_day(signed, liferhythm, price_from, expected) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says("2025-07-01", "announce_price", prices={"monthly_fee": 6480}, effective_on=price_from)
    liferhythm.says("2025-07-02", "announce_tax", rate=12, effective_on="2025-09-16")
    life.until("2025-11-01")
    assert {month: life.lines(month)[-1][1] for month in expected} == expected


@pytest.mark.rule("LRH-PRC-2", "LRH-CHG-6")
def test_one_off_items_keep_price_and_rate_of_their_month(signed, liferhythm) -> None:
    """Formed and set up again in August, billed with September: 20,000 at 10 % = 1,818; 6,088 at 12 % = 652."""
    life = signed("2025-08-05", processed="2025-08-06")
    life.does("2025-08-06", "install")
    life.does("2025-08-25", "reinstall")
    liferhythm.says("2025-08-26", "announce_tax", rate=12, effective_on="2025-09-16")
    bill = life.until("2025-10-01").bill("2025-09")
    assert [line.amount for line in bill.lines] == [10000, 10000, 6088]
    assert bill.tax == 1818 + 652


@pytest.mark.rule("LRH-PRC-2", "LRH-CHG-5")
def test_a_rate_told_later_in_the_month_reaches_its_one_off_items_too(signed, liferhythm) -> None:
    """Formed on 5 August, the rate of 16 August told on the 10th: 10,000 × 112 ÷ 110 = 10,181.8."""
    life = signed("2025-08-05", processed="2025-08-06")
    liferhythm.says("2025-08-10", "announce_tax", rate=12, effective_on="2025-08-16")
    bill = life.until("2025-10-01").bill("2025-09")
    assert [line.amount for line in bill.lines] == [10181, 6088]
    assert bill.tax == (10181 + 6088) * 12 // 112  # one rate, one sum: 1,743


@pytest.mark.rule("LRH-PRC-2")
def test_damages_do_not_move_with_the_tax(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says("2025-06-20", "announce_tax", rate=12, effective_on="2025-08-01")
    life.does("2025-08-18", "report_lost_device", sku="mat-sensor")
    assert ("equipment_compensation", 33000) in life.until("2025-09-01").lines("2025-08")


@pytest.mark.rule("LRH-PRC-3")
@pytest.mark.parametrize(("effective", "answer"), [("2025-08-10", "too_late"), ("2025-08-11", "")])
def test_new_terms_are_told_before_their_day_and_change_no_bill(signed, liferhythm, effective, answer) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert liferhythm.says("2025-08-10T23:59", "announce_terms", version="2", effective_on=effective) == answer
    assert ("terms_change" in life.told) == (answer == "")
    assert life.until("2025-10-01").lines("2025-09") == [("monthly_fee", 5980)]
