"""ALLwatch: applications, the shipping calendar, and the start of the service."""

from __future__ import annotations

import pytest

HALF = {"plan": "half_year", "payment_method": "bank_transfer"}
TRACKER = {"devices": [{"sku": "tracker", "quantity": 1}]}


@pytest.mark.rule("ALW-APP-2")
@pytest.mark.parametrize("documents", [["device_order", "service_application"], ["device_order"], ["service_application"]])
@pytest.mark.parametrize("consents", [[], ["order_acceptance"], ["m2m_terms"]])
def test_both_texts_must_be_agreed_to_whatever_is_handed_in(allwatch, documents, consents) -> None:
    life = allwatch.applies("2025-06-04", **HALF, **TRACKER, documents=documents, consents=consents)
    assert (life.contract.state, life.contract.refusal_reasons) == ("refused", ("missing_consent",))
    life.until("2026-02-28")
    assert (life.bills(), life.day("ships_on"), life.day("service_starts_on")) == ([], None, None)


@pytest.mark.rule("ALW-APP-2")
def test_with_both_texts_it_is_accepted(allwatch) -> None:
    assert allwatch.applies("2025-06-04", **HALF, consents=["order_acceptance", "m2m_terms"]).contract.state == "accepted"


@pytest.mark.rule("ALW-APP-3")
@pytest.mark.parametrize(
    ("plan", "state"), [("half_year", "accepted"), ("annual", "accepted"), ("monthly", "refused"), ("", "refused")]
)
def test_the_plan_is_a_payment_cycle_and_is_not_changed_later(allwatch, plan, state) -> None:
    life = allwatch.applies("2025-06-04", plan=plan, payment_method="bank_transfer", **TRACKER)
    assert life.contract.state == state
    if state == "refused":
        assert life.contract.refusal_reasons == ("plan_not_offered",)
    else:
        assert life.does("2025-06-05", "change_plan", plan="annual") == "not_provided"


@pytest.mark.rule("ALW-APP-4", "ALW-BIL-2", "ALW-INV-2")
def test_a_device_order_alone_is_a_sale(allwatch) -> None:
    life = allwatch.applies("2025-06-04", plan="monthly", payment_method="bank_transfer", documents=["device_order"], **TRACKER)
    assert life.contract.state == "accepted"  # the plan is ignored
    life.until("2025-06-05").does("2025-06-06", "deliver")
    life.until("2026-02-28")
    assert life.bills() == [("separate", "2025-06", "2025-07-03", 30800)]
    assert (life.contract.state, life.day("service_starts_on")) == ("accepted", None)


@pytest.mark.rule("ALW-APP-5")
@pytest.mark.parametrize("at", ["2025-06-04T00:01", "2025-06-04T08:59", "2025-06-04T23:59"])
def test_formed_on_the_calendar_day_of_receipt_at_any_hour(allwatch, at) -> None:
    life = allwatch.applies(at, **HALF, **TRACKER)
    assert (life.contract.state, life.day("formed_on")) == ("accepted", "2025-06-04")


@pytest.mark.rule("ALW-SHP-1", "ALW-SHP-2", "ALW-SHP-3")
@pytest.mark.parametrize(
    ("received", "ships"),
    [
        ("2025-06-04T15:00:00", "2025-06-05"),
        ("2025-06-04T15:00:01", "2025-06-06"),
        ("2025-06-04T00:00:00", "2025-06-05"),
        ("2025-06-06T15:00:00", "2025-06-09"),  # a Friday: Monday
        ("2025-06-06T15:00:01", "2025-06-10"),  # counts as Monday
        ("2025-06-07T09:00:00", "2025-06-10"),  # a Saturday counts as Monday
        ("2025-06-08T23:59:59", "2025-06-10"),
        ("2025-05-02T10:00:00", "2025-05-07"),  # Golden Week
        ("2025-05-06T10:00:00", "2025-05-08"),  # a holiday counts as the 7th
        ("2025-12-26T10:00:00", "2025-12-29"),
        ("2025-12-29T10:00:00", "2026-01-05"),  # not on the 30th, the year's last business day
        ("2025-12-30T10:00:00", "2026-01-05"),
        ("2025-12-31T10:00:00", "2026-01-06"),  # counts as 5 January
        ("2025-08-27T15:00:01", "2025-09-01"),  # would ship on Friday 29 August
        ("2025-08-29T15:00:01", "2025-09-02"),  # counts as 1 September
    ],
)
def test_the_shipping_day(allwatch, received, ships) -> None:
    assert allwatch.applies(received, **HALF, **TRACKER).day("ships_on") == ships


@pytest.mark.rule("ALW-SHP-3", "ALW-SHP-5", "ALW-INV-1")
def test_company_holidays_count_for_shipping_and_invoicing(allwatch) -> None:
    """29 August and 2 September closed: the 28th is the last business day of August, the third of September the 4th."""
    allwatch.says("2025-06-01", "set_calendar", closed=["2025-08-29", "2025-09-02"])
    life = allwatch.applies("2025-08-27T10:00", **HALF, **TRACKER)
    assert life.day("ships_on") == "2025-09-01"
    billed = allwatch.applies("2025-08-05T10:00", **HALF, documents=["service_application"])
    assert billed.until("2025-09-30").bill("2025-08").issued_on.isoformat() == "2025-09-04"


@pytest.mark.rule("ALW-SHP-4")
def test_a_held_order_ships_when_the_operator_says_but_never_on_the_months_last_business_day(allwatch) -> None:
    life = allwatch.applies("2025-06-04T10:00", **HALF, **TRACKER)
    assert life.does("2025-06-04T16:00", "hold_shipping") == ""
    assert life.until("2025-06-29").day("shipped_on") is None
    assert life.does("2025-06-30", "ship") != ""  # a Monday, the last business day of June
    assert life.does("2025-07-01", "ship") == ""
    assert life.day("ships_on") == "2025-07-01"


@pytest.mark.rule("ALW-STA-1", "ALW-BIL-5")
@pytest.mark.parametrize("delivered", ["2025-06-06", "2025-06-08", "2025-06-30T23:59"])
def test_the_service_starts_on_the_day_of_delivery_weekends_too(allwatch, delivered) -> None:
    life = allwatch.applies("2025-06-04T10:00", **HALF, **TRACKER)
    assert life.does(delivered, "deliver") == ""
    assert (life.day("service_starts_on"), life.day("billing_starts_on")) == (delivered[:10], "2025-07-01")


@pytest.mark.rule("ALW-STA-2", "ALW-BIL-5")
@pytest.mark.parametrize(
    ("received", "starts", "billing"),
    [
        ("2025-08-29T00:00", "2025-08-31", "2025-09-01"),
        ("2025-08-29T23:59", "2025-08-31", "2025-09-01"),
        ("2025-08-30T00:00", "2025-09-01", "2025-10-01"),
        ("2024-02-27T12:00", "2024-02-29", "2024-03-01"),
        ("2025-12-30T12:00", "2026-01-01", "2026-02-01"),
    ],
)
def test_the_application_alone_starts_two_days_after_receipt(allwatch, received, starts, billing) -> None:
    life = allwatch.applies(received, **HALF, documents=["service_application"])
    assert (life.day("service_starts_on"), life.day("billing_starts_on")) == (starts, billing)
    assert life.until(starts).contract.state == "active"


@pytest.mark.rule("ALW-APP-1", "ALW-STA-2")
def test_a_device_order_without_devices_and_devices_without_an_order_count_for_nothing(allwatch) -> None:
    empty_order = allwatch.applies("2025-06-04", **HALF)
    no_order = allwatch.applies("2025-06-04", **HALF, **TRACKER, documents=["service_application"])
    for life in (empty_order, no_order):
        assert (life.day("service_starts_on"), life.day("ships_on")) == ("2025-06-06", None)
        assert life.until("2025-07-31").lines("2025-06") == [("registration_fee", 3300)]


@pytest.mark.rule("ALW-STA-3")
def test_of_several_parts_the_last_counts_and_a_delivery_in_vain_is_none(allwatch) -> None:
    devices = [{"sku": "tracker", "quantity": 2}, {"sku": "beacon", "quantity": 1}]
    life = allwatch.applies("2025-06-04T10:00", **HALF, devices=devices)
    assert life.does("2025-06-04T11:00", "deliver") != ""  # ships on the 5th only
    assert life.does("2025-06-06", "deliver", sku="tracker") == ""
    assert life.does("2025-06-07", "deliver", sku="beacon", outcome="absent") == ""
    assert life.does("2025-06-08", "deliver", sku="beacon", outcome="unreachable") == ""
    assert life.day("service_starts_on") is None
    assert life.does("2025-07-01", "deliver", sku="beacon", outcome="done") == ""
    assert life.day("service_starts_on") == "2025-07-01"
    assert life.does("2025-07-02", "deliver") != ""  # after the start


@pytest.mark.rule("ALW-STA-4", "ALW-CAN-6")
def test_one_that_is_cancelling_still_starts_and_one_that_has_ended_does_not(allwatch) -> None:
    in_time = allwatch.applies("2025-06-04T10:00", **HALF, **TRACKER)
    never = allwatch.applies("2025-06-04T10:00", **HALF, **TRACKER)
    for life in (in_time, never):
        assert life.does("2025-06-10", "request_cancellation") == ""
    assert in_time.does("2025-06-30T23:00", "deliver") == ""
    assert never.until("2025-07-01").does("2025-07-01", "deliver") != ""
    # devices and registration; the month of the start is free and the contract ends with it
    assert in_time.until("2025-12-31").bills() == [("initial", "2025-06", "2025-07-03", 34100)]
    assert never.until("2025-12-31").bills() == [("separate", "2025-06", "2025-07-03", 30800)]
    assert never.contract.state == "ended"
