"""Sottonet: repairs, re-contracts and the online shop."""

from __future__ import annotations

import pytest

CARD = {"plan": "standard", "payment_method": "card"}


@pytest.mark.rule("STN-EQP-3")
@pytest.mark.parametrize(("day", "free"), [("2025-06-21T23:59", True), ("2025-06-22T00:00", False)])
def test_repairs_are_free_for_a_year(started, day, free) -> None:
    life = started("2024-07-01")  # installed on 21 June
    assert life.does(day, "reinstall", sku="sensor") == ""
    assert (("installation_work", 27500) in life.until("2025-07-01").lines("2025-06")) is not free


@pytest.mark.rule("STN-REC-1", "STN-APP-7")
def test_whose_earlier_contract_allows_a_new_one(sottonet, started) -> None:
    running = started("2025-04-20")
    cooled_off = sottonet.applies("2025-04-03", **CARD, disclosure_received_on="2025-04-03")
    cooled_off.does("2025-04-05", "cool_off")
    moved = started("2025-04-20")
    moved.does("2025-05-10", "pay")
    moved.does("2025-05-10T13:00", "move_site", site={"prefecture": "Chiba"})
    moved.until("2025-06-01").does("2025-06-01", "pay")
    states = [sottonet.applies("2025-07-01", life, **CARD).contract.state for life in (running, cooled_off, moved)]
    assert states == ["refused", "refused", "accepted"]


@pytest.mark.rule("STN-REC-3", "STN-REC-5", "STN-REC-2")
def test_visits_and_repairs_of_a_recontract_are_always_charged(sottonet, started) -> None:
    earlier = started("2025-04-20")
    earlier.does("2025-05-10", "pay")
    earlier.does("2025-05-10T13:00", "request_cancellation", with_removal=True)
    earlier.until("2025-06-01").does("2025-06-01", "pay")
    again = sottonet.applies("2025-06-11", earlier, **CARD)
    again.does("2025-06-12", "install", outcome="absent")
    again.does("2025-06-15", "install")
    again.does("2025-06-26", "reinstall", sku="sensor")
    assert again.until("2025-07-01").lines("2025-06") == [
        ("reregistration_fee", 4400),
        ("data_erasure_fee", 3850),
        ("installation_work", 27500),
        ("installation_work", 27500),
        ("installation_work", 27500),
        ("monthly_fee", 396),  # 6 of 30 days
    ]


@pytest.mark.rule("STN-REC-6", "STN-INV-6")
@pytest.mark.parametrize("visited", [True, False])
def test_a_refused_recontract_owes_its_visit_only(sottonet, started, visited) -> None:
    earlier = started("2025-04-20")
    earlier.does("2025-05-10", "pay")
    earlier.does("2025-05-10T13:00", "request_cancellation", with_removal=True)
    earlier.until("2025-06-01").does("2025-06-01", "pay")
    again = sottonet.applies("2025-06-11", earlier, **CARD)
    if visited:
        again.does("2025-06-30", "install")
    again.does("2025-07-02", "refuse", reason="equipment_faulty")
    again.until("2025-12-01")
    assert again.contract.state == "refused"
    bills = again.bills()
    assert [(kind, total) for kind, _, _, total in bills] == ([("separate", 27500)] if visited else [])


@pytest.mark.rule("STS-INV-1")
@pytest.mark.parametrize(("delivered", "month"), [("2025-05-31", "2025-05"), ("2025-06-01", "2025-06")])
def test_goods_are_charged_with_the_month_of_their_hand_over(started, delivered, month) -> None:
    life = started("2025-04-01")
    life.does("2025-05-20", "buy", item="shop_item", quantity=1, amount=3000, delivered_on=delivered)
    life.until("2025-07-01")
    holding = [bill[1] for bill in life.bills() if ("shop_item", 3000) in life.lines(bill[1])]
    assert holding == [month]


@pytest.mark.rule("STS-PRC-1")
@pytest.mark.parametrize(("price", "tax"), [(9, 0), (10, 1), (5705, 570), (12345, 1234)])
def test_tax_on_goods_is_rounded_down(started, price, tax) -> None:
    life = started("2025-04-01")
    life.does("2025-05-20", "buy", item="shop_item", quantity=1, amount=price, delivered_on="2025-05-20")
    bill = life.until("2025-06-01").bill("2025-05")
    assert (bill.total, bill.tax) == (1980 + price + tax, 180 + tax)


@pytest.mark.rule("STS-PRC-2")
def test_work_on_the_day_of_installation_contains_its_tax(started) -> None:
    life = started("2025-04-01")
    life.does("2025-05-20", "buy", item="same_day_work", quantity=1)
    bill = life.until("2025-06-01").bill("2025-05")
    assert (bill.total, bill.tax) == (29480, 2680)


@pytest.mark.rule("STS-RET-1")
@pytest.mark.parametrize(
    ("delivered", "last", "late"),
    [
        ("2025-06-02", "2025-06-09", "2025-06-10"),  # day 8 is a Monday
        ("2025-06-06", "2025-06-13", "2025-06-14"),  # a Friday
        ("2025-06-07", "2025-06-16", "2025-06-17"),  # a Saturday: Monday counts
        ("2025-12-24", "2026-01-05", "2026-01-06"),  # New Year's Eve: 31 to 3 closed, the 4th a Sunday
    ],
)
def test_a_bad_article_is_reported_by_day_eight_or_the_next_business_day(started, delivered, last, late) -> None:
    for day, accepted in ((f"{last}T23:59", True), (f"{late}T00:00", False)):
        life = started("2025-04-01")
        life.does(delivered, "buy", item="shop_item", quantity=1, amount=3000, delivered_on=delivered)
        assert (life.does(day, "return_device", sku="shop_item", reason="misdescribed") == "") is accepted


@pytest.mark.rule("STS-RET-2")
@pytest.mark.parametrize(("reason", "back"), [("misdescribed", 9570), ("wrong", 0), ("damaged", 0), ("defective", 0)])
def test_misdescribed_goods_are_paid_back_others_exchanged(started, reason, back) -> None:
    """8,000 and 700 for delivery, with their tax 9,570."""
    life = started("2025-04-01")
    life.does("2025-04-28", "buy", item="shop_item", quantity=1, amount=8000, delivered_on="2025-04-28")
    life.does("2025-04-28T13:00", "buy", item="delivery_fee", quantity=1, amount=700, delivered_on="2025-04-28")
    life.until("2025-05-01")
    assert life.does("2025-05-02", "return_device", sku="shop_item", reason=reason) == ""
    assert [amount for _, amount, _ in life.refunds()] == ([back] if back else [])
    assert life.until("2025-06-01").lines("2025-05") == [("monthly_fee", 1980)]


@pytest.mark.rule("STS-RET-2")
def test_what_is_not_invoiced_yet_is_never_billed_and_the_last_article_goes_first(started) -> None:
    life = started("2025-04-01")
    life.does("2025-05-02", "buy", item="shop_item", quantity=1, amount=1000, delivered_on="2025-05-02")
    life.does("2025-05-06", "buy", item="shop_item", quantity=1, amount=2000, delivered_on="2025-05-06")
    life.does("2025-05-06T13:00", "buy", item="delivery_fee", quantity=1, amount=700, delivered_on="2025-05-06")
    assert life.does("2025-05-07", "return_device", sku="shop_item", reason="misdescribed") == ""
    life.until("2025-06-01")
    assert life.lines("2025-05") == [("monthly_fee", 1980), ("shop_item", 1000)]
    assert life.refunds() == []
