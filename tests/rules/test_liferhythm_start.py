"""LifeRhythm Navi + HOME: application, signature, paperwork, installation and what stands between them."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}
ALL = ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"]


@pytest.mark.rule("LRH-APP-1")
def test_an_application_that_no_rule_refuses_is_accepted_at_once_and_owes_nothing(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    assert (life.contract.state, life.day("formed_on"), life.contract.owed) == ("accepted", None, ())
    assert life.told == ["application_received", "accepted"]
    life.until("2027-01-01")
    assert (life.contract.state, life.bills()) == ("accepted", [])


@pytest.mark.rule("LRH-APP-2")
@pytest.mark.parametrize("left_out", ALL)
def test_every_consent_is_needed(liferhythm, left_out) -> None:
    life = liferhythm.applies("2025-06-02", consents=[c for c in ALL if c != left_out], **CARD)
    assert (life.contract.state, life.contract.refusal_reasons) == ("refused", ("missing_consent",))
    assert life.told == ["refused"]


@pytest.mark.rule("LRH-APP-2")
@pytest.mark.parametrize(
    ("applicant", "consents", "state"),
    [
        ({"name": "Baba Rin", "payer": "Baba Jun"}, ALL, "refused"),
        ({"name": "Baba Rin", "payer": "Baba Jun"}, [*ALL, "payer"], "accepted"),
        ({"name": "Baba Rin", "payer": "Baba Rin"}, ALL, "accepted"),  # the payer is the applicant
        ({"payer": "Baba Jun"}, ALL, "refused"),  # nobody says that they are the same
        ({"name": "Baba Rin"}, ALL, "accepted"),
    ],
)
def test_another_payer_agrees_too(liferhythm, applicant, consents, state) -> None:
    assert liferhythm.applies("2025-06-02", applicant=applicant, consents=consents, **CARD).contract.state == state


@pytest.mark.rule("LRH-APP-3")
@pytest.mark.parametrize(
    ("method", "reasons"),
    [
        ("card", ()),
        ("account_transfer", ()),
        ("bank_transfer", ("payment_method_not_offered",)),
        ("none", ("payment_method_not_offered",)),
    ],
)
def test_account_transfer_or_card(liferhythm, method, reasons) -> None:
    life = liferhythm.applies("2025-06-02", plan="standard", payment_method=method)
    assert life.contract.refusal_reasons == reasons


@pytest.mark.rule("LRH-APP-4")
@pytest.mark.parametrize(
    ("site", "covered"),
    [
        ({"prefecture": "Tokyo"}, True),
        ({"prefecture": "東京都"}, True),
        ({"prefecture": "kanagawa"}, True),
        ({"prefecture": "千葉県", "island": False, "country": "JP"}, True),
        ({"prefecture": "Saitama"}, True),
        ({}, True),
        ({"prefecture": "Ibaraki"}, False),
        ({"prefecture": "大阪府"}, False),
        ({"prefecture": "Tokyo", "island": True}, False),
        ({"prefecture": "Tokyo", "country": "KR"}, False),
    ],
)
def test_four_prefectures_without_islands(liferhythm, site, covered) -> None:
    reasons = liferhythm.applies("2025-06-02", site=site, **CARD).contract.refusal_reasons
    assert reasons == (() if covered else ("outside_coverage",))


@pytest.mark.rule("LRH-APP-5")
def test_whoever_is_overdue_or_was_terminated_is_refused(liferhythm, signed) -> None:
    """June's bill is due on 27 July: on that day it is no debt yet, on the 28th it is."""
    earlier = signed("2025-05-12", processed="2025-05-20").until("2025-07-01")
    assert liferhythm.applies("2025-07-27", earlier, **CARD).contract.state == "accepted"
    assert liferhythm.applies("2025-07-28", earlier, **CARD).contract.refusal_reasons == ("debts",)
    earlier.does("2025-07-29", "pay")
    earlier.does("2025-07-30", "request_cancellation")
    assert liferhythm.applies("2025-08-01", earlier, **CARD).contract.state == "accepted"
    ended = signed("2025-05-12")
    ended.does("2025-05-20", "terminate", reason="false_declaration")
    assert liferhythm.applies("2025-05-21", ended, **CARD).contract.refusal_reasons == ("debts",)


@pytest.mark.rule("LRH-APP-6")
def test_an_operator_refuses_until_the_document_is_signed(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    assert life.does("2025-06-03", "refuse", reason="operator") == ""
    assert (life.contract.state, life.contract.refusal_reasons) == ("refused", ("operator",))
    assert life.does("2025-06-04", "sign") == "refused"
    other = liferhythm.applies("2025-06-02", **CARD)
    other.does("2025-06-05", "sign")
    assert other.does("2025-06-05T13:00", "refuse") == "already_started"


@pytest.mark.rule("LRH-APP-7")
def test_an_operator_lets_in_who_was_refused_for_the_site_alone(liferhythm) -> None:
    outside = {"site": {"prefecture": "Ibaraki"}}
    life = liferhythm.applies("2025-06-02", options=[{"option": "ir-remote", "quantity": 2}], **outside, **CARD)
    assert life.does("2025-06-03", "accept") == ""
    assert (life.contract.state, life.contract.refusal_reasons) == ("accepted", ())
    assert life.does("2025-06-04", "sign") == ""
    assert [(o.option, o.quantity) for o in life.contract.options] == [("ir-remote", 2)]  # what was asked for is kept
    two_bars = liferhythm.applies("2025-06-02", plan="standard", payment_method="none", **outside)
    assert two_bars.does("2025-06-03", "accept") == "refused"
    by_operator = liferhythm.applies("2025-06-02", **CARD)
    by_operator.does("2025-06-03", "refuse", reason="outside_coverage")  # the word alone opens no door
    assert by_operator.does("2025-06-04", "accept") == "refused"


@pytest.mark.rule("LRH-FRM-1", "LRH-STA-1")
def test_the_signed_document_forms_the_contract_and_it_may_be_used_from_that_day(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    assert life.does("2025-06-10T00:00", "sign") == ""
    assert (life.contract.state, life.day("formed_on"), life.day("service_starts_on")) == ("active", "2025-06-10", "2025-06-10")
    assert life.day("billing_starts_on") is None
    assert "contract_formed" in life.told
    assert life.does("2025-06-10", "sign") == "already_signed"
    refused = liferhythm.applies("2025-06-02", plan="standard", payment_method="none")
    assert refused.does("2025-06-10", "sign") == "refused"


@pytest.mark.rule("LRH-FRM-2")
@pytest.mark.parametrize("step", ["install", "reinstall", "report_lost_device", "complete_processing"])
def test_nothing_that_follows_the_signature_comes_before_it(liferhythm, step) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    args = {"sku": "mat-sensor"} if step == "report_lost_device" else {}
    assert life.does("2025-06-10", step, **args) == "not_signed"


@pytest.mark.rule("LRH-FRM-3")
@pytest.mark.parametrize(
    ("step", "args"),
    [
        ("request_cancellation", {}),
        ("request_cancellation", {"effective": "2025-12-31"}),
        ("request_cancellation", {"effective": "2025-01-01"}),  # not even looked at
        ("move_site", {"site": {"prefecture": "Chiba"}}),
    ],
)
def test_before_the_signature_an_application_is_dropped_at_no_cost(liferhythm, step, args) -> None:
    life = liferhythm.applies("2025-06-02", options=[{"option": "ir-remote"}], **CARD)
    assert life.does("2025-06-10", step, **args) == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-06-10", "withdrawn")
    assert life.day("formed_on") is None
    assert life.until("2025-12-01").bills() == []
    assert life.does("2025-06-10T13:00", "sign") == "ended"
    assert life.does("2025-06-11", step, **args) == "ended"


@pytest.mark.rule("LRH-BST-1")
@pytest.mark.parametrize(
    ("processed", "starts"),
    [
        ("2025-06-10T10:00", "2025-07-01"),
        ("2025-06-30T23:59", "2025-07-01"),
        ("2025-07-01T00:00", "2025-08-01"),
        ("2026-01-31", "2026-02-01"),
    ],
)
def test_free_to_the_end_of_the_month_of_the_paperwork(signed, processed, starts) -> None:
    life = signed("2025-06-10")
    life.until("2025-06-12")
    assert life.does(processed, "complete_processing") == ""
    assert life.day("billing_starts_on") == starts
    assert life.told[-1] == "billing_start"
    assert life.does(processed, "complete_processing") == "already_processed"
    assert [bill[1] for bill in life.until(starts).bills()] == []  # nothing before the first month that costs is over


@pytest.mark.rule("LRH-BST-1")
def test_without_paperwork_no_month_ever_costs(signed) -> None:
    life = signed("2025-06-10").until("2027-06-01")
    assert (life.day("billing_starts_on"), life.bills()) == (None, [])


@pytest.mark.rule("LRH-INS-1", "LRH-INS-5")
def test_visits_cost_nothing_whatever_comes_of_them(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-12")
    assert life.does("2025-06-13", "install", outcome="absent") == ""
    assert life.told[-1] == "visit_arranged"
    assert life.does("2025-06-14", "install", outcome="unreachable") == ""
    assert (life.contract.state, life.day("installed_on")) == ("active", None)
    assert life.does("2025-06-20", "install") == ""
    assert life.does("2025-07-05", "install", sku="ir-remote") == ""
    assert life.does("2025-07-06", "install", sku="mat-sensor") == ""
    assert life.does("2025-07-07", "install", sku="kettle") == "not_held"
    assert life.until("2025-08-01").lines("2025-07") == [("initial_fee", 10000), ("monthly_fee", 5980)]


@pytest.mark.rule("LRH-INS-3", "LRH-INS-4")
@pytest.mark.parametrize(
    ("done", "again", "charged"),
    [
        ("2025-06-12T23:59", "2025-06-26T23:59", False),  # X + 14, the whole day
        ("2025-06-12T00:00", "2025-06-27T00:00", True),
        ("2025-06-20", "2025-07-04", False),
        ("2025-06-20", "2025-07-05", True),
    ],
)
def test_bad_work_is_done_again_free_for_fourteen_days(signed, done, again, charged) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-11", "install", outcome="absent")  # only work that was done counts
    life.does(done, "install")
    life.does("2025-06-25", "reinstall")  # free, and as often as needed
    assert life.does(again, "reinstall") == ""
    life.until("2025-10-01")
    fees = [line for month in ("2025-07", "2025-08", "2025-09") for line in life.lines(month) if line[0] == "reinstall_fee"]
    assert fees == ([("reinstall_fee", 10000)] if charged else [])


@pytest.mark.rule("LRH-INS-4")
def test_setting_up_again_is_paid_with_the_month_after_it(signed) -> None:
    """Work of 31 August and of 1 September: with September, and with October."""
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-06-12", "reinstall") == "not_installed"
    life.does("2025-06-12", "install")
    life.does("2025-08-31T23:59", "reinstall")
    life.does("2025-09-01T00:00", "reinstall")
    life.does("2025-09-02", "reinstall", sku="mat-sensor")
    life.until("2025-12-01")
    assert life.lines("2025-08") == [("monthly_fee", 5980)]
    assert life.lines("2025-09") == [("reinstall_fee", 10000), ("monthly_fee", 5980)]
    assert life.lines("2025-10") == [("reinstall_fee", 10000), ("reinstall_fee", 10000), ("monthly_fee", 5980)]
    assert life.lines("2025-11") == [("monthly_fee", 5980)]


@pytest.mark.rule("LRH-INS-4")
@pytest.mark.parametrize(
    ("work", "ends", "expected"),
    [
        # the month after the work is the month of the end, and costs: with it
        ("2025-09-10", "2025-10-03", [("final", "2025-10", 15980)]),
        # the contract ends in the month of the work: a bill of its own for the month after
        ("2025-10-02", "2025-10-03", [("final", "2025-10", 5980), ("separate", "2025-11", 10000)]),
    ],
)
def test_a_contract_that_ends_first_pays_for_it_separately(signed, work, ends, expected) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-12", "install")
    life.does(work, "reinstall")
    life.does(ends, "request_cancellation")
    assert life.does("2025-10-04", "reinstall") == "ended"
    life.until("2026-02-01")
    assert [(kind, month, total) for kind, month, _, total in life.bills() if month >= "2025-10"] == expected


@pytest.mark.rule("LRH-INS-4", "LRH-CAN-3")
def test_setting_up_again_in_months_that_never_came_to_cost(signed) -> None:
    """Paperwork never done: the end's month bills initial fee and, since it is later than the month after the work, the work."""
    life = signed("2025-05-10")
    life.does("2025-05-11", "install")
    life.does("2025-05-26", "reinstall")
    life.does("2025-07-20", "request_cancellation")
    life.until("2025-12-01")
    assert life.bills() == [("separate", "2025-07", "2025-08-01", 20000)]
    assert life.lines("2025-07") == [("initial_fee", 10000), ("reinstall_fee", 10000)]


@pytest.mark.rule("LRH-MOV-3")
def test_another_place_in_the_same_home_is_set_up_again_and_ends_nothing(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    life.does("2025-06-12", "install")
    assert life.does("2025-08-20", "reinstall", sku="mat-sensor") == ""
    assert (life.contract.state, life.day("ends_on")) == ("active", None)


@pytest.mark.rule("LRH-STP-1", "LRH-EQP-1")
@pytest.mark.parametrize(
    ("step", "args"),
    [
        ("pause", {}), ("unpause", {}), ("change_plan", {"plan": "standard"}), ("buy", {"item": "shop_item", "amount": 100}),
        ("ship", {}), ("deliver", {}), ("notify_start", {"starts_on": "2025-07-01"}), ("record_usage", {"megabytes": 1}),
        ("cool_off", {}), ("find_evasion", {"amount": 100}), ("claim_refund", {}), ("transfer_device", {"to": "c9"}),
    ],
)  # fmt: skip
def test_steps_that_the_terms_do_not_know_are_refused(signed, step, args) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    before = life.contract
    assert life.does("2025-06-20", step, **args) == "not_provided"
    assert life.contract == before


@pytest.mark.rule("LRH-STP-1")
def test_a_death_is_put_before_an_operator_and_the_contract_goes_on(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert life.does("2025-07-03", "customer_died") == ""
    assert (life.contract.state, life.day("ends_on")) == ("active", None)
    assert [bill[1] for bill in life.until("2025-10-01").bills()] == ["2025-07", "2025-08", "2025-09"]


@pytest.mark.rule("LRH-MEM-6", "LRH-SUS-1")
def test_the_app_answers_from_the_signature_to_the_end_and_not_while_suspended(liferhythm) -> None:
    life = liferhythm.applies("2025-06-02", **CARD)
    assert life.does("2025-06-09", "log_in") == "not_signed"
    life.does("2025-06-10", "sign")
    assert life.does("2025-06-10T12:01", "log_in") == ""
    life.does("2025-06-20", "suspend", reason="harmful_use")
    assert life.does("2025-06-21", "log_in") == "suspended"
    life.does("2025-06-22", "request_cancellation", effective="2025-06-30")
    assert life.does("2025-06-23", "log_in") == "suspended"  # the notice lifts nothing
    life.does("2025-06-24", "restore")
    assert life.does("2025-06-30T23:59", "log_in") == ""
    assert life.does("2025-07-01T00:00", "log_in") == "ended"
