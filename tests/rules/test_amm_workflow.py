"""AND market mobile's rules of workflow: what waits for a person, what is asked of the customer, guarantees, rescission."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.contracts import tasks
from chalicelib.flows.tasks import texts
from tests.rules.market import Market

PHONE = [{"sku": "phone", "quantity": 1}]
TEN = [{"option": "device_installments", "quantity": 10}]


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def sold(market: Market) -> Market:
    """A phone in ten instalments, delivered on 31 March 2017."""
    market.line("c1", "data", "2017-03-31", devices=PHONE, options=TEN)
    assert market.does("2017-03-31T13:00", "deliver", "c1", sku="phone") == ""
    return market


def waiting(market: Market, day: str, name: str = "c1") -> dict[str, tuple[str, str | None]]:
    """Since when and until when each task waits on a day; every kind has its words."""
    found = tasks.tasks(market[name], market.world.terms, date.fromisoformat(day))
    assert {task.kind for task in found} <= texts().keys()
    return {task.kind: (task.since.isoformat(), task.due.isoformat() if task.due else None) for task in found}


@pytest.mark.rule("AMM-APP-8")
def test_outstanding_documents_keep_an_application_open(market: Market) -> None:
    for name in ("c1", "c2"):
        market.applies("2017-05-10", name, "voice", documents_outstanding=True)
        assert (market[name].state, market[name].formed_on) == ("applied", None)
        assert market.invoices(name) == [], "the initial fee is owed on acceptance, not before"
        assert waiting(market, "2017-05-12", name) == {"decide_application": ("2017-05-10", None)}
    assert market.does("2017-05-20", "notify_start", "c1", starts_on="2017-05-25") != ""
    assert market.does("2017-05-20T13:00", "accept", "c1") == ""
    assert (market["c1"].state, str(market["c1"].formed_on)) == ("accepted", "2017-05-20")
    assert [(i.kind, i.issued_on.isoformat(), i.total) for i in market.invoices("c1")] == [("initial", "2017-05-20", 3240)]
    assert market.does("2017-05-21", "refuse", "c2", reason="documents_missing") == ""
    assert (market["c2"].state, market["c2"].refusal_reasons) == ("refused", ("documents_missing",))
    assert waiting(market, "2017-05-22", "c2") == {}


@pytest.mark.rule("AMM-APP-8", "AMM-APP-10")
def test_what_a_rule_refuses_waits_for_no_documents(market: Market) -> None:
    refused = market.applies("2017-05-10", "c1", "voice", documents_outstanding=True, payment_method="none")
    assert (refused.state, refused.refusal_reasons) == ("refused", ("payment_method_not_offered",))


@pytest.mark.rule("AMM-SUS-5")
def test_a_time_to_put_things_right_in_place_of_a_suspension(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    late = market.does("2017-05-10", "ask_customer", "c1", about="illegal_use", deadline="2017-05-10")
    assert late == "not_after_today", "a time that is over already is none"
    assert market.does("2017-05-10T13:00", "ask_customer", "c1", about="illegal_use", deadline="2017-05-31") == ""
    assert ("2017-05-10", "asked_to_put_right") in market.told("c1")
    assert market["c1"].state == "active"
    assert waiting(market, "2017-05-11") == {"await_answer": ("2017-05-10", None)}
    assert market.does("2017-06-01", "suspend", "c1", reason="illegal_use") == ""
    assert "await_answer" not in waiting(market, "2017-06-01")


@pytest.mark.rule("AMM-SIM-5", "AMM-PAU-3")
def test_a_new_card_is_sent_within_five_days_and_the_old_line_stops_a_week_after_it_came(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    market.until("2017-05-10")
    assert market.does("2017-05-10", "buy", "c1", item="sim_exchange") == ""
    assert waiting(market, "2017-05-10") == {"send_sim": ("2017-05-10", "2017-05-15")}
    assert market.does("2017-05-13", "finish_task", "c1", kind="send_sim") == ""
    assert waiting(market, "2017-05-13") == {"stop_old_line": ("2017-05-13", "2017-05-20")}
    assert market.does("2017-05-20", "finish_task", "c1", kind="stop_old_line") == ""
    assert waiting(market, "2017-05-20") == {}
    assert market["c1"].state == "active"


@pytest.mark.rule("AMM-SIM-6")
def test_a_card_that_failed_is_replaced_free_of_charge(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "reinstall", "c1", sku="sim", reason="defective") == ""
    assert waiting(market, "2017-05-10") == {"replace_sim": ("2017-05-10", None)}
    assert market.until("2017-06-01").items("c1", "2017-05") == [("monthly_fee", 900), ("universal_service_fee", 2)]
    assert market.does("2017-06-02", "finish_task", "c1", kind="replace_sim") == ""
    assert "replace_sim" not in waiting(market, "2017-06-02")


@pytest.mark.rule("AMD-DEF-1")
@pytest.mark.parametrize("reason", ["wrong", "damaged", "defective", "misdescribed"])
def test_a_faulty_or_wrong_device_is_put_before_support_and_moves_no_money(sold: Market, reason: str) -> None:
    assert sold.does("2017-04-02", "return_device", "c1", sku="phone", reason=reason) == ""
    assert waiting(sold, "2017-04-02")["settle_faulty_device"] == ("2017-04-02", None)
    assert sold.until("2017-05-01").amount("c1", "2017-04", "device_installment") == 980


@pytest.mark.rule("AMM-SIM-7", "AMD-DEF-1")
def test_a_card_sent_back_without_complaint_waits_for_nobody(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "request_cancellation", "c1") == ""
    assert market.does("2017-06-05", "return_device", "c1", sku="sim") == ""
    assert waiting(market, "2017-06-05") == {}
    assert market.until("2017-09-01").bills("c1") == [("regular", "2017-05", 974)]


@pytest.mark.rule("AMD-GUA-1")
def test_the_guarantee_waits_for_the_guarantors_answer(sold: Market) -> None:
    assert waiting(sold, "2017-04-01") == {"await_guarantor": ("2017-03-31", None)}
    assert sold.does("2017-04-02", "answer_guarantee", "c1", approved=True) == ""
    assert sold["c1"].guarantee == "approved"
    assert waiting(sold, "2017-04-03") == {}
    assert sold.does("2017-04-03", "answer_guarantee", "c1", approved=False) == "already_guaranteed"
    sold.line("c2", "data", "2017-04-05", devices=PHONE)
    assert sold.does("2017-04-06", "answer_guarantee", "c2", approved=True) == "no_instalments", "one sum needs no guarantee"
    assert waiting(sold, "2017-04-06", "c2") == {}


@pytest.mark.rule("AMD-GUA-1", "AMD-GUA-2")
def test_without_a_guarantee_nobody_pays_in_the_buyers_place(sold: Market) -> None:
    assert sold.does("2017-04-02", "answer_guarantee", "c1", approved=False) == ""
    sold.until("2017-05-01")
    assert sold.does("2017-05-02", "subrogate", "c1", paid_on="2017-05-01") == "no_guarantee"
    assert sold.bill("c1", "2017-03", "separate").status == "overdue", "the sale itself stands"
    assert sold.does("2017-05-03", "answer_guarantee", "c1", approved=True) == "", "asked again, it may still approve"
    assert sold.does("2017-05-04", "subrogate", "c1", paid_on="2017-05-04") == ""
    assert sold.bill("c1", "2017-03", "separate").status == "paid"


@pytest.mark.rule("AMD-GUA-2")
def test_only_what_is_late_passes_to_the_guarantor(sold: Market) -> None:
    assert sold.does("2017-04-27", "subrogate", "c1", paid_on="2017-04-27") == "nothing_overdue", "due today is not late"
    assert sold.does("2017-05-02", "subrogate", "c1", paid_on="2017-05-02") == ""
    states = {i.month.isoformat()[:7]: i.status for i in sold.invoices("c1", "separate")}
    assert states == {"2017-03": "paid", "2017-04": "open"}


@pytest.mark.rule("AMD-GUA-6")
def test_the_guarantee_ends_with_the_last_payment(sold: Market) -> None:
    assert sold.does("2017-04-02", "answer_guarantee", "c1", approved=True) == ""
    for month in range(3, 12):
        paid = {"month": f"2017-{month:02}", "kind": "separate"}
        assert sold.does(f"2017-{month + 1:02}-27", "pay", "c1", invoice=paid) == ""
        assert sold["c1"].guarantee == "approved"
    last = {"month": "2017-12", "kind": "separate"}
    assert sold.does("2018-01-27", "pay", "c1", invoice=last, amount=1057) == ""
    assert sold["c1"].guarantee == "approved", "one yen is left"
    assert sold.does("2018-01-27T13:00", "pay", "c1", invoice=last) == ""
    assert sold["c1"].guarantee == "ended"


@pytest.mark.rule("AMD-GUA-6")
def test_a_guarantee_that_was_called_is_no_longer_the_sellers_to_end(sold: Market) -> None:
    assert sold.does("2017-04-02", "answer_guarantee", "c1", approved=True) == ""
    assert sold.does("2017-05-02", "subrogate", "c1", paid_on="2017-05-02") == ""
    assert sold["c1"].guarantee == "called"


@pytest.mark.rule("AMD-RES-1", "AMD-RES-2")
def test_after_default_the_sale_can_be_rescinded_and_the_device_asked_back(sold: Market) -> None:
    assert sold.does("2017-04-27", "rescind_sale", "c1", reason="default") == "nothing_overdue"
    assert sold.does("2017-04-28", "rescind_sale", "c1", reason="default") == ""
    assert ("2017-04-28", "sale_rescinded") in sold.told("c1")
    assert sold.bill("c1", "2017-03", "separate").status == "void"
    assert waiting(sold, "2017-04-28")["collect_device"] == ("2017-04-28", None)
    sold.until("2018-03-01")
    assert len(sold.invoices("c1", "separate")) == 1, "nothing more is billed for it"
    assert sold["c1"].state == "active", "the line goes on"
    assert sold.does("2018-03-02", "return_device", "c1", sku="phone") == ""
    assert "collect_device" not in waiting(sold, "2018-03-02")


@pytest.mark.rule("AMD-RES-1")
def test_a_parcel_that_cannot_be_handed_over(market: Market) -> None:
    market.line("c1", "data", "2017-05-01", devices=PHONE)
    assert market.does("2017-05-20", "rescind_sale", "c1", reason="undeliverable") == ""
    assert waiting(market, "2017-05-20") == {}, "it is with the seller"
    assert market.does("2017-05-21", "deliver", "c1", sku="phone") == "not_ordered"
    assert market.does("2017-05-22", "rescind_sale", "c1", reason="undeliverable") == "no_device"
    assert market.until("2017-08-01").invoices("c1", "separate") == []


@pytest.mark.rule("AMD-RES-1")
def test_what_was_delivered_is_not_undeliverable(sold: Market) -> None:
    assert sold.does("2017-04-02", "rescind_sale", "c1", reason="undeliverable") == "already_delivered"


@pytest.mark.rule("AMD-SAL-4")
@pytest.mark.parametrize("delivered", [False, True])
def test_an_impostors_order_is_cancelled_before_and_after_delivery(market: Market, delivered: bool) -> None:
    market.line("c1", "data", "2017-05-01", devices=PHONE, options=TEN)
    if delivered:
        assert market.does("2017-05-02", "deliver", "c1", sku="phone") == ""
        market.until("2017-06-01")
    assert market.does("2017-06-02", "rescind_sale", "c1", reason="impostor") == ""
    market.until("2017-12-01")
    assert {i.status for i in market.invoices("c1", "separate")} == ({"void"} if delivered else set())
    assert len(market.invoices("c1", "separate")) == int(delivered)


@pytest.mark.rule("AMM-SUS-2", "AMM-SUS-3", "AMM-SUS-8")
def test_arrears_wait_for_the_next_rung(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert waiting(market.until("2017-06-27"), "2017-06-27") == {}
    assert waiting(market.until("2017-06-28"), "2017-06-28") == {"step_against_arrears": ("2017-06-28", None)}
    assert market.does("2017-06-29", "demand", "c1", deadline="2017-07-19") == ""
    assert waiting(market.until("2017-07-19"), "2017-07-19") == {}
    assert waiting(market.until("2017-07-20"), "2017-07-20") == {"decide_after_demand": ("2017-07-20", None)}
    assert market.does("2017-07-20", "suspend", "c1", reason="payment_default") == ""
    assert "review_suspension" in waiting(market, "2017-07-20")
