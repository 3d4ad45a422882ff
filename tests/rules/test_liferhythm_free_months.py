"""LifeRhythm Navi + HOME: long interruptions and reported faults, and how what was billed for them comes back."""

from __future__ import annotations

import pytest

from chalicelib.billing import engine

REMOTE = {"options": [{"option": "ir-remote", "quantity": 1}]}


def months(life) -> list[str]:
    """The months that were billed a fee."""
    return [month for kind, month, _, _ in life.bills() if kind != "separate"]


@pytest.mark.rule("LRH-INT-1", "LRH-NOT-1")
def test_an_interruption_is_told_and_neither_begins_nor_ends_twice(signed, liferhythm) -> None:
    life = signed("2025-06-10")
    assert liferhythm.says("2025-07-01", "resume_service") == "no_interruption"
    assert liferhythm.says("2025-07-02", "interrupt_service", announced_on="2025-07-01") == ""
    assert life.told[-1] == "interruption"
    assert liferhythm.says("2025-07-03", "interrupt_service") == "already_interrupted"
    assert life.contract.state == "active"
    assert liferhythm.says("2025-07-04", "resume_service") == ""
    assert life.told[-1] == "resumption"
    assert liferhythm.says("2025-07-05", "resume_service") == "no_interruption"


@pytest.mark.rule("LRH-INT-2", "LRH-INT-5")
@pytest.mark.parametrize(
    ("begins", "ends", "free"),
    [
        ("2025-09-10T23:59", "2025-10-10T00:00", ["2025-09", "2025-10"]),  # a month by days, whatever the hour
        ("2025-09-10T00:00", "2025-10-09T23:59", []),
        ("2025-08-31", "2025-09-30", ["2025-08", "2025-09"]),  # no 31 September: its last day
        ("2025-08-31", "2025-09-29", []),
        ("2025-09-30", "2025-10-30", ["2025-09", "2025-10"]),
        ("2025-09-30", "2025-10-29", []),
        ("2026-01-29", "2026-02-28", ["2026-01", "2026-02"]),
        ("2025-09-01", "2025-10-01T00:00", ["2025-09", "2025-10"]),  # resumed in October: October is touched
        ("2025-09-15", "2025-12-01", ["2025-09", "2025-10", "2025-11", "2025-12"]),
    ],
)
def test_a_month_or_longer_makes_every_month_it_touches_free(signed, liferhythm, begins, ends, free) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says(begins, "interrupt_service")
    life.until(ends[:10])
    liferhythm.says(ends, "resume_service")
    life.until("2026-06-01")
    given_back = [
        line.first.isoformat()[:7] for i in life.invoices.values() for line in i.lines if line.item == "outage_credit"
    ]
    every = [f"2025-{number:02}" for number in range(7, 13)] + [f"2026-{number:02}" for number in range(1, 6)]
    assert sorted(set(every) - set(months(life)) | set(given_back)) == free
    paid = sum(total for _, _, _, total in life.bills())
    assert paid == 10000 + 5980 * (len(every) - len(free))


@pytest.mark.rule("LRH-INT-2", "LRH-INT-4")
def test_reached_at_the_very_closing_it_is_long_already(signed, liferhythm) -> None:
    """1 October to 1 November at noon: at the midnight that closes October a month is over, so October is never billed."""
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says("2025-10-01", "interrupt_service")
    assert months(life.until("2025-11-01")) == ["2025-07", "2025-08", "2025-09"]
    liferhythm.says("2025-11-01", "resume_service")
    life.until("2026-01-01")
    assert months(life) == ["2025-07", "2025-08", "2025-09", "2025-12"]
    assert life.lines("2025-12") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-INT-4", "LRH-INT-3")
def test_a_month_billed_before_is_credited_in_full_with_the_next_fee(signed, liferhythm) -> None:
    """2 October goes on for long: on 1 November October was not yet a month over. Credited on 2 November, used in January."""
    life = signed("2025-06-10", processed="2025-06-11", **REMOTE)
    life.does("2025-06-12", "install")
    liferhythm.says("2025-10-02", "interrupt_service")
    life.until("2025-11-01")
    assert life.lines("2025-10") == [("monthly_fee", 5980), ("option:ir-remote", 500)]
    assert [charge.amount for charge in life.contract.owed] == []
    life.until("2025-11-02")
    assert [(charge.item, charge.amount) for charge in life.contract.owed] == [("outage_credit", -6480)]
    life.does("2025-11-10", "report_lost_device", sku="ir-remote")
    life.does("2025-11-11", "reinstall")
    liferhythm.says("2025-12-05", "resume_service")
    life.until("2026-03-01")
    # a bill without a fee takes no credit, and the work of November waits for a month that costs
    assert life.lines("2025-11") == [("equipment_compensation", 6000)]
    assert life.bill("2025-11").kind == "separate"
    assert life.lines("2026-01") == [
        ("reinstall_fee", 10000), ("monthly_fee", 5980), ("option:ir-remote", 500), ("outage_credit", -6480),
    ]  # fmt: skip
    assert life.bill("2026-01").total == 10000
    assert life.lines("2026-02") == [("monthly_fee", 5980), ("option:ir-remote", 500)]


@pytest.mark.rule("LRH-INT-4")
def test_a_credit_larger_than_the_fee_goes_on_to_the_next_bill(signed, liferhythm) -> None:
    """October with three remotes was 7,480; in December none is held: 5,980, and 1,500 with January."""
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote", "quantity": 3}])
    liferhythm.says("2025-10-20", "interrupt_service")
    life.does("2025-11-05", "remove_option", option="ir-remote", quantity=3)
    liferhythm.says("2025-11-25", "resume_service")
    life.until("2026-03-01")
    assert life.lines("2025-12") == [("monthly_fee", 5980), ("outage_credit", -5980)]
    assert (life.bill("2025-12").total, life.bill("2025-12").status) == (0, "paid")
    assert life.lines("2026-01") == [("monthly_fee", 5980), ("outage_credit", -1500)]
    assert life.bill("2026-01").tax == 407  # 4,480 × 10 ÷ 110 = 407.2
    assert life.lines("2026-02") == [("monthly_fee", 5980)]
    assert life.refunds() == []


@pytest.mark.rule("LRH-INV-6", "LRH-INV-7")
def test_a_bill_of_nothing_is_paid_when_it_is_sent(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-09-20", "report_outage", **{"from": "2025-07-31T23:00", "to": "2025-09-01T00:00"})
    life.until("2025-10-01")
    assert (life.bill("2025-09").total, life.bill("2025-09").status) == (0, "paid")
    life.until("2025-12-01")
    assert life.bill("2025-09").status == "paid"


@pytest.mark.rule("LRH-INT-3", "LRH-CHG-5", "LRH-CAN-3")
def test_a_contract_whose_every_month_was_free_owes_the_initial_fee_alone(signed, liferhythm) -> None:
    life = signed("2025-09-10", processed="2025-09-11")
    liferhythm.says("2025-10-01", "interrupt_service")
    life.does("2025-11-20", "request_cancellation", effective="2025-12-10")
    liferhythm.says("2025-12-20", "resume_service")
    life.until("2026-03-01")
    assert life.bills() == [("separate", "2025-12", "2026-01-01", 10000)]


@pytest.mark.rule("LRH-INT-2", "LRH-INT-5")
def test_two_short_interruptions_are_not_one_long_one(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    for begins, ends in (("2025-08-05", "2025-09-04"), ("2025-09-05", "2025-10-04")):
        liferhythm.says(begins, "interrupt_service")
        liferhythm.says(ends, "resume_service")
    assert months(life.until("2025-11-01")) == ["2025-07", "2025-08", "2025-09", "2025-10"]
    assert life.contract.owed == ()


@pytest.mark.rule("LRH-INT-2", "LRH-INT-3")
def test_an_interruption_counts_from_its_own_beginning_for_a_contract_formed_meanwhile(signed, liferhythm) -> None:
    """Interrupted from 20 September; formed on 10 October, would cost from November: resumed on 3 November, so December."""
    liferhythm.says("2025-09-20", "interrupt_service")
    life = signed("2025-10-10", processed="2025-10-11")
    liferhythm.says("2025-11-03", "resume_service")
    life.until("2026-01-01")
    assert life.bills() == [("initial", "2025-12", "2026-01-01", 15980)]


@pytest.mark.rule("LRH-INT-4")
def test_what_no_bill_takes_any_more_is_one_refund_paid_at_once(signed, liferhythm) -> None:
    """September and October go back to a contract that ends in November, of which only November's fee can take some."""
    life = signed("2025-06-10", processed="2025-06-11", **REMOTE)
    life.does("2025-11-03", "report_outage", **{"from": "2025-08-20T09:00", "to": "2025-11-02T09:00"})
    life.does("2025-11-04", "remove_option", option="ir-remote")
    life.does("2025-11-05", "request_cancellation", effective="2025-11-20")
    life.until("2025-11-30")
    assert life.refunds() == []
    life.until("2026-02-01")
    assert life.lines("2025-11") == [("monthly_fee", 5980), ("option:ir-remote", 500), ("outage_credit", -6480)]
    assert life.refunds() == [("2025-12-01", 6480, "paid")]
    (refund,) = life.contract.refunds
    assert [month.isoformat() for month in refund.months] == ["2025-10-01"]
    assert life.does("2025-12-02", "claim_refund") == "not_provided"


@pytest.mark.rule("LRH-INT-4")
def test_credits_of_two_months_left_at_the_end_are_one_refund(signed, liferhythm) -> None:
    """The month of the end is free as well: nothing is left that could take them."""
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-11-03", "report_outage", **{"from": "2025-08-20T09:00", "to": "2025-12-01T00:00"})
    life.does("2025-11-05", "request_cancellation", effective="2025-11-20")
    life.until("2026-02-01")
    assert months(life) == ["2025-07", "2025-08", "2025-09", "2025-10"]
    assert life.refunds() == [("2025-12-01", 11960, "paid")]
    assert [month.month for month in life.contract.refunds[0].months] == [9, 10]


@pytest.mark.rule("LRH-INT-4")
@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        ("2025-10-25", [("2025-11-20", 5980, "paid")]),  # October was billed on 1 November, and is long on the 20th
        ("2025-09-25", []),  # before the interruption
    ],
)
def test_an_interruption_reaches_contracts_that_ended_meanwhile(signed, liferhythm, ended, expected) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-09-01", "request_cancellation", effective=ended)
    life.until("2025-10-20")
    liferhythm.says("2025-10-20", "interrupt_service")
    life.until("2025-12-01")
    assert life.refunds() == expected
    assert life.until("2027-01-01").refunds() == expected


@pytest.mark.rule("LRH-CHG-7")
@pytest.mark.parametrize(
    ("since", "until", "free"),
    [
        ("2025-08-01T00:00", "2025-09-01T00:00", ["2025-08"]),
        ("2025-08-01T00:01", "2025-09-30T23:59", []),
        ("2025-07-31T12:00", "2025-09-30T23:59", ["2025-08"]),
        ("2025-07-31T12:00", "2025-10-01T00:00", ["2025-08", "2025-09"]),
    ],
)
def test_only_months_that_lie_wholly_in_a_reported_fault_are_free(signed, since, until, free) -> None:
    """Reported on 1 October at one: July, August and September are billed by then."""
    life = signed("2025-06-10", processed="2025-06-11").until("2025-10-01")
    assert life.does("2025-10-01T13:00", "report_outage", **{"from": since, "to": until}) == ""
    life.until("2026-02-01")
    credited = [line.first.isoformat()[:7] for i in life.invoices.values() for line in i.lines if line.item == "outage_credit"]
    assert credited == free


@pytest.mark.rule("LRH-CHG-7", "LRH-INT-4")
def test_a_fault_told_before_its_month_closes_leaves_the_month_out(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-08-31T20:00", "report_outage", **{"from": "2025-07-20T09:00", "to": "2025-10-15T12:00"})
    life.does("2025-08-31T21:00", "report_outage", **{"from": "2025-07-20T09:00", "to": "2025-09-02T12:00"})  # told twice
    life.until("2025-12-01")
    assert months(life) == ["2025-07", "2025-10", "2025-11"]
    assert life.lines("2025-10") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-CHG-7", "LRH-INT-4")
def test_no_month_comes_back_twice(signed, liferhythm) -> None:
    """August by its own fault, then by an outage of everybody from 20 July to 25 September, told on the 26th."""
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-09-05", "report_outage", **{"from": "2025-07-25T00:00", "to": "2025-09-03T00:00"})
    life.does("2025-09-06", "report_outage", **{"from": "2025-07-25T00:00", "to": "2025-09-03T00:00"})
    liferhythm.says("2025-09-26", "report_outage", **{"from": "2025-07-20T00:00", "to": "2025-09-25T00:00"})
    assert sorted((c.first.month, c.amount) for c in life.contract.owed if c.first) == [(7, -5980), (8, -5980)]
    life.until("2026-01-01")
    assert months(life) == ["2025-07", "2025-08", "2025-10", "2025-11", "2025-12"]
    assert [life.bill(month).total for month in ("2025-10", "2025-11", "2025-12")] == [0, 0, 5980]


@pytest.mark.rule("LRH-INT-2", "LRH-INT-4")
def test_an_outage_of_everybody_is_an_interruption_known_when_it_is_told(signed, liferhythm) -> None:
    """12 August to 12 September, told on 3 October: August and September are out by then and come back."""
    life = signed("2025-06-10", processed="2025-06-11")
    ended = signed("2025-06-10", processed="2025-06-11")
    ended.does("2025-08-20", "request_cancellation")
    for one in (life, ended):
        one.until("2025-10-03")
    assert liferhythm.says("2025-10-03", "report_outage", **{"from": "2025-08-12T18:00", "to": "2025-09-12T00:00"}) == ""
    assert sorted(c.first.month for c in life.contract.owed if c.first) == [8, 9]
    assert ended.refunds() == [("2025-10-03", 5980, "paid")]
    life.until("2025-12-01")
    assert [life.bill(month).total for month in ("2025-08", "2025-09", "2025-10", "2025-11")] == [5980, 5980, 0, 0]


@pytest.mark.rule("LRH-INT-5")
def test_a_shorter_outage_of_everybody_changes_nothing(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11").until("2025-10-03")
    liferhythm.says("2025-10-03", "report_outage", **{"from": "2025-08-12T00:00", "to": "2025-09-11T23:59"})
    assert (life.contract.owed, life.contract.refunds) == ((), ())


@pytest.mark.rule("LRH-INT-1", "LRH-INT-2")
def test_an_outage_told_during_an_interruption_does_not_end_it(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says("2025-09-20", "interrupt_service")
    liferhythm.says("2025-09-25", "report_outage", **{"from": "2025-09-01T00:00", "to": "2025-09-10T00:00"})
    assert liferhythm.says("2025-09-26", "interrupt_service") == "already_interrupted"
    assert liferhythm.says("2025-10-05", "resume_service") == ""
    assert months(life.until("2025-11-01")) == ["2025-07", "2025-08", "2025-09", "2025-10"]


@pytest.mark.rule("LRH-CHG-6", "LRH-INT-4")
def test_a_credit_has_the_tax_rate_of_the_month_it_is_for(signed, liferhythm) -> None:
    """July's 5,980 at 10 % (543) comes back on October's bill of 6,088 at 12 % (652): 108 to pay, 109 of them tax.

    Only 5,980 of October's fee is used up, so nothing is left of the credit.
    """
    life = signed("2025-06-10", processed="2025-06-11")
    liferhythm.says("2025-08-10", "announce_tax", rate=12, effective_on="2025-10-01")
    life.until("2025-10-02")
    life.does("2025-10-02", "report_outage", **{"from": "2025-06-20T00:00", "to": "2025-08-01T00:00"})
    bill = life.until("2025-11-01").bill("2025-10")
    assert [(line.item, line.amount) for line in bill.lines] == [("monthly_fee", 6088), ("outage_credit", -5980)]
    assert (bill.total, bill.tax) == (108, 652 - 543)


@pytest.mark.rule("LRH-EQP-5", "LRH-CHG-7")
def test_a_fault_is_recorded_and_its_exchange_is_free(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-12", "install")
    assert life.does("2025-08-03", "report_outage", **{"from": "2025-08-02T09:00", "to": "2025-08-03T11:00"}) == ""
    assert life.does("2025-08-03T13:00", "install", sku="mat-sensor") == ""
    assert life.until("2025-09-01").lines("2025-08") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-INT-3")
def test_a_contract_waits_for_nothing_while_the_service_stands_still(signed, liferhythm) -> None:
    """No night has anything to do until it is known when the service runs again."""
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-01")
    life.does("2025-08-01", "pay")
    liferhythm.says("2025-08-01T13:00", "interrupt_service")
    assert engine.next_day(life.contract, liferhythm.terms) is None
    liferhythm.says("2025-10-10", "resume_service")
    found = engine.next_day(life.contract, liferhythm.terms)
    assert found is not None
    assert found.isoformat() == "2025-12-01"
