"""Bills explained: formulas and the tax by rate, worked out by hand from the sheets."""

from __future__ import annotations

import pytest

from chalicelib.billing.explain import Explained, explain
from chalicelib.contracts.contract import Invoice, Line
from chalicelib.flows import bills

from .conftest import Company, Life

CARD = {"plan": "standard", "payment_method": "card"}


def told(life: Life, month: str, kind: str = "") -> Explained:
    return explain(life.bill(month, kind), life.company.terms.part(life.contract.plan))


def formulas(found: Explained) -> list[tuple[str, str, str]]:
    return [(line.line.item, line.formula, line.rounded) for line in found.lines]


def rates(found: Explained) -> list[tuple[str, int, int]]:
    return [(rate.percent, rate.total, rate.tax) for rate in found.rates]


@pytest.mark.rule("STN-CHG-2", "STN-CHG-4", "STN-CHG-5", "STN-CHG-9")
def test_a_first_bill_by_day(started) -> None:
    found = told(started("2025-05-20").until("2025-06-01"), "2025-05")
    assert formulas(found) == [
        ("device", "44,000 × 1 = 44,000", "exactly"),
        ("initial_fee", "4,400 + 27,500 = 31,900", "exactly"),
        ("monthly_fee", "1,980 × 12 ÷ 31 = 766", "down"),  # 766.45
    ]
    assert (found.lines[2].how, found.lines[2].days) == ("by_day", 12)
    assert rates(found) == [("10", 76666, 6969)]  # floor(76,666 × 10 ÷ 110)
    assert found.untaxed == 0


@pytest.mark.rule("STN-OUT-2", "STN-CHG-3")
def test_a_credit_is_rounded_up_and_shown_with_its_sign(started) -> None:
    life = started("2025-04-01", options=[{"option": "wifi-3gb", "quantity": 1}])
    life.does("2025-06-14", "report_outage", **{"from": "2025-06-10T00:00", "to": "2025-06-12T00:00"})
    found = told(life.until("2025-07-01"), "2025-06")
    assert formulas(found) == [
        ("monthly_fee", "1,980 × 1 = 1,980", "exactly"),
        ("option:wifi-3gb", "1,100 × 1 = 1,100", "exactly"),
        ("outage_credit", "− 3,080 × 2 ÷ 30 = −206", "up"),  # 205.33
    ]
    assert [line.how for line in found.lines] == ["whole_month", "whole_month", "credit"]
    assert rates(found) == [("10", 2874, 261)]  # 1,980 + 1,100 − 206


@pytest.mark.rule("STN-INV-5", "STN-CHG-9")
def test_late_interest_stands_apart_without_tax(started) -> None:
    life = started("2025-04-01").until("2025-05-01")  # the first bill: 44,000 + 31,900 + 1,980 = 77,880, due on 27 May
    assert life.does("2025-05-28", "fail_payment") == ""  # the agent's invoice, due 14 days later: 11 June
    assert life.does("2025-06-26", "pay", invoice={"month": "2025-04"}) == ""
    found = told(life.until("2025-07-01"), "2025-06")
    # 77,880 × 3 % × 15 ÷ 365 = 96.01
    assert formulas(found)[-1] == ("late_interest", "77,880 × 3% × 15 ÷ 365 = 96", "down")
    assert (rates(found), found.untaxed) == ([("10", 1980, 180)], 96)
    assert found.invoice.total == 2076


@pytest.mark.rule("STS-PRC-1", "STN-CHG-9", "STW-DAT-1")
def test_prices_with_and_without_tax_meet_in_one_rate(started) -> None:
    life = started("2025-04-01").until("2025-05-02")
    assert life.does("2025-05-03", "buy", item="shop_item", quantity=3, amount=1111, delivered_on="2025-05-05") == ""
    found = told(life.until("2025-06-01"), "2025-05")
    assert formulas(found) == [
        ("monthly_fee", "1,980 × 1 = 1,980", "exactly"),
        ("shop_item", "1,111 × 3 = 3,333", "exactly"),
    ]
    # contained in 1,980: 180; on top of 3,333: 333
    assert rates(found) == [("10", 1980 + 3333 + 333, 513)]


@pytest.mark.rule("ALW-BIL-8", "ALW-BIL-2", "ALW-INV-4")
def test_months_paid_ahead_are_counted(allwatch, served) -> None:
    found = told(served("2025-04-18").until("2025-05-07"), "2025-04")
    assert formulas(found) == [
        ("registration_fee", "3,300 × 1 = 3,300", "exactly"),
        ("monthly_fee", "1,100 × 2 = 2,200", "exactly"),  # May and June
    ]
    assert (found.lines[1].how, found.lines[1].months) == ("months", 2)
    assert rates(found) == [("10", 5500, 500)]


@pytest.mark.rule("LRH-CHG-6", "LRH-INS-4")
def test_two_rates_on_one_bill(started) -> None:
    company = Company("liferhythm-home")
    life = company.applies("2026-01-03", **CARD)
    for day, step in (("2026-01-05", "sign"), ("2026-01-08", "install"), ("2026-01-10", "complete_processing")):
        assert life.does(day, step) == ""
    assert company.says("2026-01-20", "announce_tax", rate=12, effective_on="2026-03-16") == ""
    assert life.does("2026-02-20", "reinstall") == ""  # billed with March, taxed as work of February
    found = told(life.until("2026-04-01"), "2026-03")
    # 5,980 × 112 ÷ 110 = 6,088.7
    assert formulas(found) == [
        ("reinstall_fee", "10,000 × 1 = 10,000", "exactly"),
        ("monthly_fee", "6,088 × 1 = 6,088", "exactly"),
    ]
    assert rates(found) == [("12", 6088, 652), ("10", 10000, 909)]
    assert (found.invoice.total, found.invoice.tax) == (16088, 1561)


@pytest.mark.rule("AMM-INV-4", "AMM-FEE-3", "AMM-FEE-8")
def test_tax_comes_on_top_where_the_prices_are_without() -> None:
    company = Company("and-market-mobile")
    prices = {"initial_fee": 3000, "monthly_fee": {"data": 880}, "option": {"anshin_support": 500}}
    assert company.says("2012-01-01", "set_price_list", prices=prices) == ""
    life = company.applies("2016-05-10", plan="data", payment_method="card")
    assert life.does("2016-05-10T13:00", "notify_start", starts_on="2016-05-17") == ""
    found = told(life.until("2016-06-01"), "2016-05", "regular")
    assert formulas(found) == [
        ("monthly_fee", "880 × 15 ÷ 31 = 425", "down"),  # 425.8
        ("universal_service_fee", "2 × 1 = 2", "exactly"),
    ]
    assert rates(found) == [("8", 461, 34)]  # 427 and floor(34.16)


@pytest.mark.rule("ALW-GEN-1", "ALW-PAY-7", "AMM-INV-8", "AMD-PAY-4", "IPS-INV-6")
def test_a_bill_carries_the_texts_of_the_terms_that_its_lines_rest_on(allwatch, served) -> None:
    life = served("2025-04-18").until("2025-05-07")
    shown = bills.invoice_json(life.bill("2025-04"), life.company.terms)
    assert shown["texts"] == ["ALW-PAY-7", "ALW-GEN-1"]
    assert all(note["ja"] and note["en"] for note in shown["notes"])
    terms = Company("and-market-mobile").terms
    line = Line("monthly_fee", 880, "excluded", cites=("AMM-FEE-2",))
    part = Line("device_installment", 980, "excluded", cites=("AMD-PAY-2",))
    call = Line("call_charges", 8, "excluded", cites=("IPS-FEE-1",))
    bill = life.bill("2025-04")
    assert [bills.invoice_json(_with(bill, one), terms)["texts"] for one in (line, part, call)] == [
        ["AMM-INV-8"], ["AMD-PAY-4"], ["IPS-INV-6"],
    ]  # fmt: skip


def test_a_formula_that_does_not_give_the_amount_is_not_shown(started) -> None:
    life = started("2025-05-20").until("2025-06-01")
    bill, terms = life.bill("2025-05"), life.company.terms
    fee = bill.lines[2]
    wrong = Line(fee.item, 765, fee.tax, None, fee.first, fee.last, fee.cites, figures=fee.figures)
    strange = Line("device", 44001, "included")
    shown = explain(_with(bill, wrong, strange), terms).lines
    assert [(line.how, line.formula) for line in shown] == [("stated", ""), ("stated", "")]


def _with(bill: Invoice, *lines: Line) -> Invoice:
    return Invoice(
        bill.key, bill.contract, bill.kind, bill.month, bill.issued_on, bill.due_on, bill.total, bill.tax, bill.tax_percent,
        bill.paid_by, lines,
    )  # fmt: skip
