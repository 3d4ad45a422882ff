"""The calendar of a contract: what happened, what comes and when; days and sums worked out from the sheets."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.billing import calendar
from chalicelib.contracts.contract import Event
from chalicelib.flows import calendar as words

from .conftest import Company, Life, instant

CARD = {"plan": "standard", "payment_method": "card"}


def moments(life: Life, now: str, until: str, events: tuple[Event, ...] = ()) -> list[calendar.Moment]:
    life.until(now)
    at = instant(f"{now}T12:00")
    terms = life.company.terms.part(life.contract.plan)
    return list(calendar.calendar(life.contract, terms, at, date.fromisoformat(until), events, life.invoices.values()).moments)


def days(found: list[calendar.Moment], *kinds: str) -> list[tuple[str, str]]:
    return [(m.on.isoformat(), m.kind) for m in found if not kinds or m.kind in kinds]


def bills(found: list[calendar.Moment]) -> list[tuple[str, int, str]]:
    return [
        (m.on.isoformat(), m.figures["total"], m.figures["due_on"].isoformat()) for m in found if m.kind == "invoice_issued"
    ]


@pytest.mark.rule("STN-STA-1", "STN-BST-1", "STN-INV-1", "STN-CAN-1", "STN-EQP-3", "STN-COO-1")
def test_the_next_months_of_a_new_sottonet_contract(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD, disclosure_received_on="2025-04-10")
    life.does("2025-04-10", "install")
    found = moments(life, "2025-04-12", "2025-06-30")
    assert days(found) == [
        ("2025-04-17", "cooling_off_until"),  # 8 days, the 10th is the first
        ("2025-04-20", "service_started"),  # ten days after the installation
        ("2025-04-20", "billing_starts"),
        ("2025-04-20", "cancel_until"),
        ("2025-05-01", "invoice_issued"),
        ("2025-05-20", "cancel_until"),
        ("2025-05-27", "payment_drawn"),
        ("2025-06-01", "invoice_issued"),
        ("2025-06-27", "payment_drawn"),
    ]
    # 44,000 + 31,900 + floor(1,980 × 11 ÷ 30); then the whole fee
    assert bills(found) == [("2025-05-01", 76626, "2025-05-27"), ("2025-06-01", 1980, "2025-06-27")]
    ends = [m.figures["ends_on"].isoformat() for m in found if m.kind == "cancel_until"]
    assert ends == ["2025-04-30", "2025-05-31"]
    assert not any(m.happened for m in found)
    warranty = moments(life, "2025-04-12", "2026-04-30")
    assert ("2026-04-10", "warranty_until") in days(warranty)


@pytest.mark.rule("STN-CAN-1")
def test_after_the_cut_off_the_next_months_last_day_to_cancel_is_named(started) -> None:
    life = started("2025-04-20")
    found = [m for m in moments(life, "2025-05-21", "2025-12-31") if m.kind == "cancel_until"]
    assert [(m.on.isoformat(), m.figures["ends_on"].isoformat(), m.rule) for m in found] == [
        ("2025-06-20", "2025-06-30", "STN-CAN-1"),
        ("2025-07-20", "2025-07-31", "STN-CAN-1"),
    ]
    assert not [m for m in moments(life, "2025-05-20", "2025-12-31") if m.on == date(2025, 5, 19)]
    life.does("2025-05-25", "request_cancellation")
    told = moments(life, "2025-05-25", "2025-12-31")
    assert days(told, "cancel_until", "last_day") == [("2025-06-30", "last_day")]  # notice was given: no other day to cancel


@pytest.mark.rule("STN-INV-4", "STN-INV-5")
def test_what_is_unpaid_is_named_with_its_day(started) -> None:
    life = started("2025-04-01")
    found = moments(life, "2025-05-02", "2025-05-31")
    # the bill of 1 May is open: 44,000 + 31,900 + 1,980
    assert [(m.on.isoformat(), m.kind, m.figures["amount"]) for m in found if m.kind.startswith("payment")] == [
        ("2025-05-27", "payment_drawn", 77880)
    ]
    late = moments(life, "2025-05-30", "2025-05-31")
    assert [(m.on.isoformat(), m.kind, m.happened, m.figures["amount"]) for m in late if m.kind.startswith("payment")] == [
        ("2025-05-27", "payment_late", True, 77880)
    ]


def may_follow(life: Life, now: str) -> list[tuple[str, str, int]]:
    found = [m for m in moments(life, now, "2025-12-31") if m.kind.startswith("may_be_")]
    assert not any(m.happened for m in found)
    return [(m.on.isoformat(), m.kind, m.figures["amount"]) for m in found]


@pytest.mark.rule("STN-SUS-3", "STN-TER-1")
def test_what_may_follow_a_late_bill_stands_ahead_until_it_is_paid(started) -> None:
    life = started("2025-04-01")
    assert may_follow(life, "2025-05-27") == []  # due that day
    late = ("2025-05-28", "may_be_suspended", 77880)
    assert may_follow(life, "2025-05-28") == [late]  # an operator's judgement, from the first day on
    assert life.does("2025-05-29", "demand", deadline="2025-06-15") == ""
    assert may_follow(life, "2025-05-30") == [
        ("2025-05-30", "may_be_suspended", 77880),
        ("2025-06-16", "may_be_terminated", 77880),  # the day after the demand's last one
    ]
    assert life.does("2025-05-31", "pay") == ""
    assert may_follow(life, "2025-05-31") == []


@pytest.mark.rule("ALW-SHP-1", "ALW-STA-2", "ALW-BIL-3", "ALW-BIL-5", "ALW-INV-1", "ALW-PAY-2", "ALW-CAN-2", "ALW-CAN-3")
def test_the_next_months_of_an_allwatch_contract(allwatch, served) -> None:
    life = served("2025-04-18")
    found = moments(life, "2025-04-16", "2025-08-31")
    assert days(found) == [
        ("2025-04-18", "service_started"),
        ("2025-04-30", "free_until"),  # the month of the start is free
        ("2025-05-01", "billing_starts"),
        ("2025-05-07", "invoice_issued"),  # 1, 2, then the 3rd to 6th are holidays: the third working day is the 7th
        ("2025-05-15", "cancel_until"),  # the 15th of April is over
        ("2025-05-30", "payment_due"),  # the last working day of the month of issue
        ("2025-06-15", "cancel_until"),
        ("2025-08-05", "invoice_issued"),
        ("2025-08-29", "payment_due"),
    ]
    # registration 3,300 and May, June: 2 × 1,100; then July to December: 6 × 1,100
    assert bills(found) == [("2025-05-07", 5500, "2025-05-30"), ("2025-08-05", 6600, "2025-08-29")]


@pytest.mark.rule("ALW-CAN-2", "ALW-REF-1", "ALW-REF-2")
def test_an_end_shows_its_last_day_and_what_comes_back(served) -> None:
    life = served("2025-04-18").until("2025-08-06")
    for paid_on in ("2025-08-07", "2025-08-08"):  # the bills of May and August
        assert life.does(paid_on, "pay") == ""
    assert life.does("2025-09-10", "request_cancellation") == ""
    found = moments(life, "2025-09-11", "2026-03-31")
    assert days([m for m in found if not m.happened]) == [("2025-09-30", "refund_opened"), ("2025-09-30", "last_day")]
    (refund,) = [m for m in found if m.kind == "refund_opened"]
    assert refund.figures["amount"] == 3300  # October to December: 3 × 1,100


@pytest.mark.rule("ALW-SHP-1", "ALW-STA-1")
def test_shipping_comes_first_and_a_start_that_waits_for_the_delivery_is_not_guessed(allwatch) -> None:
    life = allwatch.applies(
        "2025-04-03T10:00", plan="half_year", payment_method="bank_transfer", devices=[{"sku": "tracker", "quantity": 2}]
    )
    found = moments(life, "2025-04-03", "2025-05-31")
    assert days(found, "shipped", "service_started") == [("2025-04-04", "shipped")]
    assert bills(found) == [("2025-05-07", 61600, "2025-05-30")]  # 2 × 30,800, on their own


@pytest.mark.rule("ALW-PAY-4")
def test_a_card_is_foretold_until_a_later_wish_takes_its_place(allwatch) -> None:
    life = allwatch.applies(
        "2025-04-03T10:00", plan="annual", payment_method="bank_transfer", documents=["service_application"]
    )
    life.does("2025-04-10", "register_payment_method", payment_method="card")
    assert days(moments(life, "2025-04-10", "2025-06-30"), "payment_method_usable") == [("2025-05-10", "payment_method_usable")]
    life.does("2025-04-20", "register_payment_method", payment_method="bank_transfer")
    found = days(moments(life, "2025-04-21", "2025-06-30"), "payment_method_usable")
    assert found == [("2025-04-20", "payment_method_usable")]  # the transfer is back; no card in May


@pytest.mark.rule("LRH-BST-1", "LRH-CAN-1", "LRH-INS-3", "LRH-CHG-5", "LRH-INV-1")
def test_the_next_months_of_a_liferhythm_contract() -> None:
    life = Company("liferhythm-home").applies("2025-04-03", **CARD)
    for day, step in (("2025-04-05", "sign"), ("2025-04-08", "install"), ("2025-04-20", "complete_processing")):
        assert life.does(day, step) == ""
    found = moments(life, "2025-04-21", "2025-06-30")
    assert days(found) == [
        ("2025-04-22", "free_redo_until"),  # 14 days from the 8th, the first not counted
        ("2025-04-30", "free_until"),
        ("2025-04-30", "cancel_until"),  # a notice ends it on its own day, and every month begun is whole
        ("2025-05-01", "billing_starts"),
        ("2025-05-31", "cancel_until"),
        ("2025-06-01", "invoice_issued"),
        ("2025-06-27", "payment_drawn"),
    ]
    assert bills(found) == [("2025-06-01", 15980, "2025-06-27")]  # 10,000 + 5,980


@pytest.mark.rule("ORM-DOR-2", "ORM-DOR-5", "ORM-CHG-1")
def test_an_account_that_costs_nothing_has_no_bills_and_no_day_to_cancel() -> None:
    life = Company("omron-remote").applies("2025-04-03", plan="standard", payment_method="none")
    life.does("2025-04-05", "install")
    found = moments(life, "2025-04-06", "2026-12-31")
    assert days(found, "invoice_issued", "cancel_until", "billing_starts") == []
    # an installation is no use of the account, the application of 3 April is: asleep a year later, told 30 days before
    assert days(found, "dormancy_reminded", "ended") == [("2026-03-04", "dormancy_reminded"), ("2026-04-03", "ended")]


AMM_PRICES = {
    "initial_fee": 3000, "monthly_fee": {"data": 880, "sms": 1020, "voice": 1680}, "option": {"anshin_support": 500},
    "voice_call_per_30s": 20, "device": {"phone-a": 9805},
}  # fmt: skip


@pytest.fixture
def voice() -> Life:
    """A voice line from 12 March 2016 on, with a device in ten parts."""
    company = Company("and-market-mobile")
    assert company.says("2012-01-01", "set_price_list", prices=AMM_PRICES) == ""
    life = company.applies(
        "2016-03-10", plan="voice", payment_method="card", devices=[{"sku": "phone-a", "quantity": 1}],
        options=[{"option": "device_installments", "quantity": 10}],
    )  # fmt: skip
    assert life.contract.state == "accepted", life.contract.refusal_reasons
    assert life.does("2016-03-10T13:00", "notify_start", starts_on="2016-03-12") == ""
    return life


@pytest.mark.rule("AMM-MIN-1", "AMM-CAN-1", "AMM-INV-1")
def test_a_line_has_a_shortest_term_and_a_bill_a_month(voice) -> None:
    found = moments(voice, "2016-03-13", "2017-01-31")
    assert ("2016-08-31", "minimum_term_until") in days(found)  # March is month 1, August month 6
    line = [bill for bill in bills(found) if bill[0] == "2016-05-01"]
    assert ("2016-05-01", 1816, "2016-05-27") in line  # 1,680 + 2 and 8 % of it: floor(134.56)


@pytest.mark.rule("AMM-MIN-2", "AMM-CAN-2", "STN-CHG-6")
def test_a_day_to_cancel_says_what_the_end_would_cost(voice, started) -> None:
    found = [m for m in moments(voice, "2016-05-02", "2016-12-31") if m.kind == "cancel_until"]
    # the end in May is month 3 of six, in June month 4: three and two months are left
    assert [(m.on.isoformat(), m.figures["items"]) for m in found] == [
        ("2016-05-31", (("early_termination_fee", 5040),)),
        ("2016-06-30", (("early_termination_fee", 3360),)),
    ]
    said = words.moment_json(found[0], voice.company.terms)
    assert said is not None
    assert said["en"].endswith("It then costs the following.")
    assert [(line["label"]["en"], line["amount"]) for line in said["lines"]] == [("Ending before the shortest term", 5040)]
    waiting = Company("sottonet").applies("2025-04-03", **CARD)  # nothing installed yet: the contract fee alone
    assert [m.figures.get("items") for m in moments(waiting, "2025-04-04", "2025-04-30")] == [(("contract_fee", 4400),)]
    free = moments(started("2025-04-01"), "2025-05-02", "2025-06-30")
    assert ["items" in m.figures for m in free if m.kind == "cancel_until"] == [False, False]


@pytest.mark.rule("AMD-PAY-2")
def test_instalments_have_an_end(voice) -> None:
    assert voice.does("2016-03-14", "deliver") == ""

    def left(now: str) -> list[tuple[str, int, int]]:
        found = moments(voice, now, "2017-01-31")
        return [(m.on.isoformat(), m.figures["left"], m.figures["amount"]) for m in found if m.kind == "instalments_end"]

    assert left("2016-03-15") == [("2016-12-31", 10, 9805)]  # March to December
    assert left("2016-04-02") == [("2016-12-31", 9, 8820)]  # 985 is on the bill of 1 April; 9 × 980


@pytest.mark.rule("STN-NOT-1")
def test_an_announcement_stands_on_its_day_and_changes_the_bills_after_it(sottonet, started) -> None:
    life = started("2025-04-01")
    assert sottonet.says("2025-04-20", "announce_price", prices={"monthly_fee": 2200}, effective_on="2025-06-01") == ""
    found = moments(life, "2025-04-21", "2025-07-31")
    assert ("2025-06-01", "price_changes") in days(found)
    assert [total for _, total, _ in bills(found)] == [77880, 1980, 2200]


def test_what_happened_is_the_audit_log_in_words(started) -> None:
    life = started("2025-04-01")
    issued = Event("invoice_issued", instant("2025-05-01T00:10"), "system", {"invoice": "2025-04#initial"}, ("STN-INV-2",))
    noted = Event("noted", instant("2025-04-02"), "contractor", {}, ("STN-ACC-3",))
    found = [m for m in moments(life, "2025-05-02", "2025-05-10", (issued, noted)) if m.happened]
    assert days(found, "invoice_issued") == [("2025-05-01", "invoice_issued")]
    (bill,) = [m for m in found if m.kind == "invoice_issued"]
    said = words.moment_json(bill, life.company.terms)
    assert said is not None
    assert said["ja"] == "2025年4月分のご請求書を発行しました:77,880円(お支払期限 2025年5月27日)。"
    assert said["en"] == "Your bill for April 2025: 77,880 yen, due on 27 May 2025."
    assert [line["item"] for line in said["lines"]] == ["device", "initial_fee", "monthly_fee"]
    assert [words.moment_json(m, life.company.terms) for m in found if m.kind == "noted"] == [None]


@pytest.mark.rule("STW-NOT-1")
def test_an_option_that_is_abolished_stands_in_the_calendar_of_its_holders_only(sottonet, started) -> None:
    holder, other = started("2025-04-20", options=[{"option": "wifi-3gb"}]), started("2025-04-20")
    assert sottonet.says("2025-05-10", "announce_termination", option="wifi-3gb", effective_on="2025-08-31") == ""
    seen = [moments(life, "2025-05-11", "2025-12-31") for life in (holder, other)]
    assert [days(found, "option_last_day") for found in seen] == [[("2025-08-31", "option_last_day")], []]
    for found in seen:
        assert all(words.moment_json(moment, sottonet.terms) is not None for moment in found if not moment.happened)
