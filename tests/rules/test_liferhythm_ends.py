"""LifeRhythm Navi + HOME: equipment lost and returned, cancellation, arrears, suspension, abolition."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.billing.quote import quote_application
from chalicelib.contracts.contract import Command
from chalicelib.flows.outbox import notice_text
from tests.rules.conftest import Company, instant

CARD = {"plan": "standard", "payment_method": "card"}


# equipment


@pytest.mark.rule("LRH-EQP-2")
def test_a_lost_piece_is_paid_with_the_month_of_the_report(signed) -> None:
    life = signed("2025-05-10", processed="2025-06-11", options=[{"option": "ir-remote"}])
    assert life.does("2025-06-30T23:59", "report_lost_device", sku="ir-remote") == ""
    assert life.does("2025-07-01T00:00", "report_lost_device", sku="mat-sensor", quantity=1) == ""
    life.until("2025-09-01")
    assert life.lines("2025-06") == [("equipment_compensation", 6000)]  # a free month: a bill of its own
    assert (life.bill("2025-06").kind, life.bill("2025-06").tax) == ("separate", 0)
    assert ("equipment_compensation", 33000) in life.lines("2025-07")
    assert life.lines("2025-08") == [("monthly_fee", 5980), ("option:ir-remote", 500)]  # the loss stops no fee


@pytest.mark.rule("LRH-EQP-2")
def test_without_a_price_nothing_is_asked(liferhythm, signed) -> None:
    unpriced = signed("2025-06-10", company=Company("liferhythm-home"))
    assert unpriced.does("2025-06-20", "report_lost_device", sku="mat-sensor") == "no_price"
    assert unpriced.contract.owed == signed("2025-06-10").contract.owed
    life = signed("2025-06-10")
    assert life.does("2025-06-20", "report_lost_device", sku="kettle") == "not_held"


@pytest.mark.rule("LRH-EQP-3", "LRH-INS-3")
def test_setting_up_a_replacement_costs_even_within_the_fourteen_days(signed) -> None:
    """Two losses, one visit for both: charged once; the next visit of the same fortnight mends bad work and is free."""
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-10T13:00", "install")
    life.does("2025-06-12", "report_lost_device", sku="mat-sensor")
    life.does("2025-06-13", "report_lost_device", sku="ir-remote")
    assert life.does("2025-06-15", "reinstall", sku="mat-sensor") == ""
    assert life.does("2025-06-16", "reinstall") == ""
    life.does("2025-06-20", "report_lost_device", sku="mat-sensor")
    assert life.does("2025-06-21", "reinstall") == ""
    life.until("2025-08-01")
    assert [line for line in life.lines("2025-07") if line[0] == "reinstall_fee"] == [("reinstall_fee", 10000)] * 2


@pytest.mark.rule("LRH-EQP-4", "LRH-EQP-6")
def test_what_does_not_come_back_is_paid_for(signed) -> None:
    """Ends on 12 September with two added remotes, three in all: one comes back, one is reported, two more are too many."""
    life = signed("2025-06-10", processed="2025-06-11", options=[{"option": "ir-remote", "quantity": 2}])
    assert life.does("2025-09-01", "return_device", sku="home-gateway") == "contract_runs"
    life.does("2025-09-05", "request_cancellation", effective="2025-09-12")
    assert life.does("2025-09-12", "return_device", sku="home-gateway") == "contract_runs"  # the last day is inclusive
    assert life.does("2025-09-13", "return_device", sku="home-gateway") == ""
    assert "return_equipment" in life.told
    assert life.does("2025-09-14", "return_device", sku="ir-remote") == ""
    assert life.does("2025-09-20", "report_lost_device", sku="home-gateway") == "not_held"
    assert life.does("2025-09-21", "report_lost_device", sku="thermo-hygrometer") == ""  # the month of the end is still open
    assert life.does("2025-10-05", "report_lost_device", sku="ir-remote", quantity=3) == "not_held"
    assert life.does("2025-10-05", "report_lost_device", sku="ir-remote", quantity=2) == ""
    life.until("2026-01-01")
    assert life.lines("2025-09") == [("monthly_fee", 5980), ("option:ir-remote", 1000), ("equipment_compensation", 4000)]
    assert life.bills()[-2:] == [("final", "2025-09", "2025-10-01", 10980), ("separate", "2025-10", "2025-11-01", 12000)]


@pytest.mark.rule("LRH-EQP-6")
def test_everything_may_come_back_at_once_and_nothing_twice(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-09-05", "request_cancellation")
    assert life.does("2025-09-07", "return_device") == ""
    assert life.does("2025-09-08", "return_device") == "not_held"
    assert life.does("2025-09-08", "return_device", sku="mat-sensor") == "not_held"
    assert life.does("2025-09-09", "report_lost_device", sku="mat-sensor") == "not_held"
    assert life.until("2025-10-01").lines("2025-09") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-EQP-4")
def test_a_loss_reported_later_on_the_day_of_a_termination_is_on_the_final_bill(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-09-05T10:00", "terminate", reason="breach")
    assert life.does("2025-09-05T11:00", "report_lost_device", sku="mat-sensor") == ""
    life.until("2025-12-01")
    assert life.bills()[-1] == ("final", "2025-09", "2025-10-01", 38980)


# cancellation


@pytest.mark.rule("LRH-CAN-1")
@pytest.mark.parametrize(
    ("effective", "answer", "ends"),
    [
        ({}, "", "2025-09-10"),
        ({"effective": "2025-09-10"}, "", "2025-09-10"),
        ({"effective": "2025-09-09"}, "day_passed", None),
        ({"effective": "2027-02-28"}, "", "2027-02-28"),
    ],
)
def test_the_customer_chooses_the_last_day(signed, effective, answer, ends) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-09-10T23:59", "request_cancellation", **effective) == answer
    assert life.day("ends_on") == ends
    if ends:
        assert life.contract.state == "cancelling"
        assert life.until(ends).contract.state == "cancelling"
        assert life.does("2027-03-01", "request_cancellation") == "ended"


@pytest.mark.rule("LRH-CAN-1")
def test_it_may_be_cancelled_while_suspended_and_while_the_service_stands_still(signed, liferhythm) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-07-01", "suspend", reason="unpaid")
    liferhythm.says("2025-07-02", "interrupt_service")
    assert life.does("2025-07-03", "request_cancellation", effective="2025-07-20") == ""
    assert life.until("2025-07-21").contract.state == "ended"


@pytest.mark.rule("LRH-CAN-3")
@pytest.mark.parametrize(
    ("processed", "ends", "expected"),
    [
        ("2025-06-11", "2025-06-30", [("separate", "2025-06", "2025-07-01", 10000)]),  # the month of formation
        ("", "2025-06-10", [("separate", "2025-06", "2025-07-01", 10000)]),
        ("2025-08-20", "2025-08-31", [("separate", "2025-08", "2025-09-01", 10000)]),  # still a free month
        ("", "2025-09-04", [("separate", "2025-09", "2025-10-01", 10000)]),
        ("2025-08-20", "2025-09-01", [("final", "2025-09", "2025-10-01", 15980)]),
    ],
)
def test_without_a_monthly_fee_the_initial_fee_comes_alone(signed, processed, ends, expected) -> None:
    life = signed("2025-06-10")
    if processed:
        life.does(processed, "complete_processing")
    assert life.does(ends, "request_cancellation") == ""
    assert life.until("2026-01-01").bills() == expected


@pytest.mark.rule("LRH-CAN-4")
def test_a_second_notice_counts_when_it_names_an_earlier_day(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-09-01", "request_cancellation", effective="2025-12-05") == ""
    assert life.does("2025-09-10", "request_cancellation", effective="2025-12-05") == "already_cancelling"
    assert life.does("2025-09-10", "request_cancellation", effective="2025-12-06") == "already_cancelling"
    assert life.does("2025-09-10", "request_cancellation", effective="2025-09-09") == "day_passed"
    assert life.day("ends_on") == "2025-12-05"
    assert life.does("2025-09-10", "request_cancellation", effective="2025-11-30") == ""
    assert life.day("ends_on") == "2025-11-30"
    assert life.does("2025-09-11", "move_site", site={"prefecture": "Chiba"}) == ""  # today
    assert (life.day("ends_on"), life.contract.ended_because) == ("2025-09-11", "moved")
    assert life.does("2025-09-11", "request_cancellation") == "already_cancelling"
    assert life.until("2025-12-01").bills()[-1] == ("final", "2025-09", "2025-10-01", 5980)


@pytest.mark.rule("LRH-CAN-5")
@pytest.mark.parametrize(
    ("processed", "expected"),
    [
        ("2025-07-31T23:59", [("final", "2025-08", "2025-09-01", 15980)]),
        ("2025-08-01T00:00", [("separate", "2025-08", "2025-09-01", 10000)]),  # billed from September, which never comes
    ],
)
def test_paperwork_between_notice_and_end_still_starts_the_billing(signed, processed, expected) -> None:
    life = signed("2025-06-10")
    life.does("2025-07-10", "request_cancellation", effective="2025-08-20")
    assert life.does(processed, "complete_processing") == ""
    assert life.does("2025-08-21", "complete_processing") == "ended"
    assert life.until("2025-12-01").bills() == expected


@pytest.mark.rule("LRH-MOV-1")
def test_another_site_is_the_end_and_a_new_contract_from_the_beginning(signed, liferhythm) -> None:
    """The old one was drawn on the 27th; the new one, formed after the switch, on the 16th business day, and pays anew."""
    life = signed("2023-02-15", processed="2023-02-16", method="account_transfer").until("2025-09-01")
    for invoice in sorted(life.invoices.values(), key=lambda invoice: invoice.issued_on):
        life.does("2025-09-01", "pay", invoice={"month": invoice.month})
    assert life.does("2025-09-10", "move_site", site={"prefecture": "Chiba"}) == ""
    assert (life.day("ends_on"), life.contract.ended_because) == ("2025-09-10", "moved")
    outside = liferhythm.applies("2025-09-10T13:00", life, site={"prefecture": "Osaka"}, **CARD)
    assert outside.contract.refusal_reasons == ("outside_coverage",)
    new = liferhythm.applies("2025-09-10T14:00", life, plan="standard", payment_method="account_transfer")
    new.does("2025-09-12", "sign")
    new.does("2025-09-12T13:00", "complete_processing")
    new.until("2025-11-01")
    assert new.lines("2025-10") == [("initial_fee", 10000), ("monthly_fee", 5980)]
    assert new.bill("2025-10").due_on.isoformat() == "2025-11-26"  # 4-7, 10-14, 17-21, 25, 26 (the 3rd and 24th are holidays)


@pytest.mark.rule("LRH-MOV-2")
def test_payment_data_are_reported_and_kept_without_touching_the_contract(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-06-20", "register_payment_method", payment_method="account_transfer") == ""
    assert (life.contract.state, life.told[-1]) == ("active", "payment_method_usable")


# arrears


@pytest.mark.rule("LRH-TER-2", "LRH-FRM-5")
def test_unpaid_fees_end_a_contract_only_after_a_demand_has_run_out(signed) -> None:
    """July's bill is due on 27 August, a demand of the 28th gives until 4 September at least."""
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-27")
    assert life.does("2025-08-27", "demand", deadline="2025-09-30") == "nothing_overdue"
    assert life.does("2025-08-28", "terminate", reason="unpaid") == "no_demand"
    assert life.does("2025-08-28", "demand", deadline="2025-09-03") == "grace_too_short"
    assert life.does("2025-08-28", "demand", deadline="2025-09-04") == ""
    assert life.told[-1] == "payment_demand"
    assert life.does("2025-09-04T23:59", "terminate", reason="unpaid") == "deadline_not_passed"
    assert life.does("2025-09-05T00:00", "terminate", reason="unpaid") == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-09-05", "terminated")


@pytest.mark.rule("LRH-TER-2")
def test_a_part_is_not_enough_and_all_of_it_ends_the_demand(signed) -> None:
    part, whole = signed("2025-06-10", processed="2025-06-11"), signed("2025-06-10", processed="2025-06-11")
    for life in (part, whole):
        life.until("2025-08-28").does("2025-08-28", "demand", deadline="2025-09-10")
    part.does("2025-09-09", "pay", amount=15979)
    assert part.does("2025-09-11", "terminate", reason="unpaid") == ""
    whole.does("2025-09-11T10:00", "pay")  # after the deadline, and before anybody acts
    assert whole.does("2025-09-11", "terminate", reason="unpaid") == "nothing_overdue"
    whole.until("2025-09-28")  # August is overdue now: a later debt needs a demand of its own
    assert whole.does("2025-09-28", "terminate", reason="unpaid") == "no_demand"


@pytest.mark.rule("LRH-TER-2")
def test_of_several_demands_the_newest_counts(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-28")
    life.does("2025-08-28", "demand", deadline="2025-09-04")
    life.does("2025-09-03", "demand", deadline="2025-09-20")
    assert life.does("2025-09-05", "terminate", reason="unpaid") == "deadline_not_passed"
    assert life.does("2025-09-20", "terminate", reason="unpaid") == "deadline_not_passed"
    life.until("2025-09-28").does("2025-09-28", "pay")  # July is paid, August is overdue and was not demanded
    assert life.does("2025-09-29", "terminate", reason="unpaid") == "no_demand"


@pytest.mark.rule("LRH-TER-1", "LRH-TER-3")
def test_any_other_ground_ends_it_at_once_and_it_is_billed_like_a_cancellation(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11").until("2025-08-02")
    life.does("2025-08-02", "pay")
    assert life.does("2025-08-10", "terminate", reason="antisocial_forces") == ""
    assert (life.contract.state, life.told[-2:]) == ("ended", ["contract_ended", "return_equipment"])
    assert life.does("2025-08-11", "terminate", reason="antisocial_forces") == "ended"
    life.until("2026-01-01")
    assert life.bills()[-1] == ("final", "2025-08", "2025-09-01", 5980)  # closed with the month, not on the day
    assert life.refunds() == []
    unsigned = signed("2025-06-10").company.applies("2025-06-20", **CARD)
    assert unsigned.does("2025-06-21", "terminate", reason="breach") == "not_signed"


@pytest.mark.rule("LRH-SUS-1", "LRH-SUS-2")
def test_a_suspension_changes_the_state_and_no_bill(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-07-01", "suspend", reason="unreported_change") == ""
    assert (life.contract.state, life.told[-1]) == ("suspended", "suspended")
    assert life.does("2025-07-02", "suspend") == "already_suspended"
    life.until("2025-10-01")
    assert [life.lines(month)[-1] for month in ("2025-07", "2025-08", "2025-09")] == [("monthly_fee", 5980)] * 3
    assert life.does("2025-10-02", "restore") == ""
    assert (life.contract.state, life.told[-1]) == ("active", "restored")
    assert life.does("2025-10-03", "restore") == "not_suspended"


# abolition


@pytest.mark.rule("LRH-ABO-1")
@pytest.mark.parametrize(
    ("said", "effective", "in_time"),
    [
        ("2026-01-30T23:59", "2026-04-30", True),
        ("2026-01-31", "2026-04-30", False),
        ("2026-02-28", "2026-05-31", True),  # no 31 February: its last day
        ("2026-03-01T00:00", "2026-05-31", False),
        ("2028-02-29", "2028-05-31", True),
    ],
)
def test_the_service_ends_with_three_months_notice(liferhythm, said, effective, in_time) -> None:
    answer = liferhythm.says(said, "announce_termination", effective_on=effective)
    assert answer == ("" if in_time else "too_late")


@pytest.mark.rule("LRH-ABO-1")
def test_every_contract_ends_with_the_service_unless_it_ends_earlier(signed, liferhythm) -> None:
    stays, leaves, later = (signed("2025-06-10", processed="2025-06-11") for _ in range(3))
    leaves.does("2025-07-01", "request_cancellation", effective="2025-10-15")
    later.does("2025-07-01", "request_cancellation", effective="2026-10-15")
    assert liferhythm.says("2025-09-10", "announce_termination", effective_on="2025-12-10") == ""
    assert [life.day("ends_on") for life in (stays, leaves, later)] == ["2025-12-10", "2025-10-15", "2025-12-10"]
    assert [life.told[-1] for life in (stays, leaves)] == ["service_abolition"] * 2
    assert stays.until("2025-12-10").contract.state == "active"
    assert stays.until("2025-12-11").contract.state == "ended"
    assert stays.contract.ended_because == "abolished"
    assert stays.until("2026-02-01").bills()[-1] == ("final", "2025-12", "2026-01-01", 5980)  # the month in full
    earlier = signed("2025-09-20", processed="2025-09-21")
    assert earlier.day("ends_on") == "2025-12-10"
    assert earlier.does("2025-10-01", "request_cancellation", effective="2025-12-10") == "ends_earlier"
    assert earlier.does("2025-10-01", "request_cancellation", effective="2025-12-09") == ""
    assert (earlier.contract.state, earlier.day("ends_on")) == ("cancelling", "2025-12-09")


@pytest.mark.rule("LRH-ABO-1", "LRH-FRM-3")
def test_applications_end_with_the_service_too_and_later_ones_are_refused(liferhythm) -> None:
    before = liferhythm.applies("2025-09-01", **CARD)
    outside = liferhythm.applies("2025-09-01", site={"prefecture": "Osaka"}, **CARD)
    liferhythm.says("2025-09-10", "announce_termination", effective_on="2025-12-10")
    after = liferhythm.applies("2025-12-10T23:00", **CARD)
    assert [life.day("ends_on") for life in (before, after)] == ["2025-12-10"] * 2
    assert after.does("2025-12-10T23:30", "sign") == ""
    assert before.does("2025-12-11T00:00", "sign") == "ended"
    before.until("2025-12-11")
    assert (before.contract.state, before.contract.ended_because, before.day("formed_on")) == ("ended", "abolished", None)
    assert before.until("2026-06-01").bills() == []
    assert after.until("2026-06-01").bills() == [("separate", "2025-12", "2026-01-01", 10000)]
    late = liferhythm.applies("2025-12-11T00:00", **CARD)
    assert late.contract.refusal_reasons == ("abolished",)
    assert outside.does("2025-12-11", "accept") == "abolished"
    dropped = liferhythm.applies("2025-10-01", **CARD)
    assert dropped.does("2025-10-05", "request_cancellation") == ""
    assert (dropped.day("ends_on"), dropped.contract.ended_because) == ("2025-10-05", "withdrawn")


# quotes and words


@pytest.mark.rule("LRH-APP-8")
def test_the_first_bill_is_known_before_applying(liferhythm) -> None:
    """Applied for on 3 June: visit on the 10th, paperwork on the 13th: July is the first month that costs."""
    asked = Command("apply", instant("2025-06-03"), {**CARD, "options": [{"option": "ir-remote", "quantity": 1}]})
    found = quote_application(liferhythm.terms, asked, date(2025, 9, 1))
    assert [(i.kind, i.month.isoformat(), i.total) for i in found.invoices] == [
        ("initial", "2025-07-01", 16480),
        ("regular", "2025-08-01", 6480),
    ]
    assert found.assumed == (
        (date(2025, 6, 10), "sign"), (date(2025, 6, 10), "install"), (date(2025, 6, 13), "complete_processing"),
    )  # fmt: skip


@pytest.mark.rule("LRH-NOT-1")
@pytest.mark.parametrize(
    "kind",
    [
        "application_received", "accepted", "refused", "visit_arranged", "contract_formed", "billing_start", "invoice_issued",
        "payment_failed", "payment_demand", "cancellation_received", "contract_ended", "return_equipment", "interruption",
        "resumption", "suspended", "restored", "price_revision", "tax_change", "terms_change", "service_abolition",
        "payment_method_usable", "refund_paid",
    ],
)  # fmt: skip
def test_every_notice_has_words_in_both_languages(kind) -> None:
    for language in ("ja", "en"):
        subject, text = notice_text(kind, {"day": "2025-06-03", "contract": "c1"}, language)
        assert subject
        assert len(text) > 40
