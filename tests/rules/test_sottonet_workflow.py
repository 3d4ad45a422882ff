"""Sottonet's rules of workflow: orders, options that an operator refuses or ends, bills held back, what is not provided."""

from __future__ import annotations

import pytest

from chalicelib.contracts.contract import Command
from chalicelib.errors import Invalid, Refused

WIFI = {"options": [{"option": "wifi-3gb"}]}


def refused_by(life, at: str, command: str, **args) -> tuple[str, str]:
    """Reason and rule of a step that is refused."""
    from chalicelib.billing import engine

    from .conftest import instant, parsed

    with pytest.raises(Refused) as refused:
        engine.handle(life.contract, life.company.terms, Command(command, instant(at), parsed(args), "operator"))
    return refused.value.reason, refused.value.rule


# bills held back


@pytest.mark.rule("STN-INV-7")
def test_bills_held_back_go_out_together_with_time_to_pay(started) -> None:
    """Held from 20 May to 10 July: the bills of May and June leave that day, drawn on 27 July as June's would be."""
    life = started("2025-05-01")
    assert life.does("2025-05-20", "hold_billing", reason="special_case") == ""
    life.until("2025-07-09")
    assert life.bills() == []
    assert life.does("2025-07-10", "release_billing") == ""
    assert [(kind, month, issued) for kind, month, issued, _ in life.bills()] == [
        ("initial", "2025-05", "2025-07-10"),
        ("regular", "2025-06", "2025-07-10"),
    ]
    assert {life.bill(month).due_on.isoformat() for month in ("2025-05", "2025-06")} == {"2025-07-27"}
    assert [bill[3] for bill in life.bills()] == [1980 + 31900 + 44000, 1980]
    life.until("2025-08-01")
    assert life.bill("2025-07").issued_on.isoformat() == "2025-08-01"  # from now on as always


@pytest.mark.rule("STN-INV-7")
def test_bills_released_after_the_draw_of_the_month_are_drawn_in_the_next(started) -> None:
    life = started("2025-05-01")
    life.does("2025-05-20", "hold_billing")
    life.until("2025-06-27")
    life.does("2025-06-28", "release_billing")
    bill = life.bill("2025-05")
    assert (bill.issued_on.isoformat(), bill.due_on.isoformat(), bill.status) == ("2025-06-28", "2025-07-27", "open")
    life.until("2025-07-27")
    assert life.bill("2025-05").status == "open"


@pytest.mark.rule("STN-INV-7")
def test_holding_twice_and_releasing_nothing_are_refused(sottonet, started) -> None:
    life = started("2025-05-01")
    assert refused_by(life, "2025-05-20", "release_billing") == ("bills_not_held", "STN-INV-7")
    life.does("2025-05-20", "hold_billing")
    assert refused_by(life, "2025-05-21", "hold_billing") == ("bills_already_held", "STN-INV-7")
    turned_down = sottonet.applies("2025-05-01", plan="standard", payment_method="bank_transfer")
    assert refused_by(turned_down, "2025-05-21", "hold_billing") == ("no_contract", "STN-INV-7")


def test_the_final_bill_of_an_end_inside_a_month_is_not_held(started) -> None:
    """With the end all debts fall due (STN-CAN-2); what waited before it goes out when the operator says so."""
    life = started("2025-05-01")
    life.does("2025-05-20", "hold_billing")
    life.does("2025-06-10", "terminate", reason="breach")
    assert [(kind, month) for kind, month, *_ in life.bills()] == [("final", "2025-06")]
    life.does("2025-06-12", "release_billing")
    assert life.bill("2025-05").due_on.isoformat() == "2025-06-27"


# the option


@pytest.mark.rule("STW-APP-2", "STW-APP-3")
def test_an_option_is_formed_on_acceptance_and_may_still_be_refused_before_it_runs(started) -> None:
    """Formed when it is added: it waits, and the day of adding starts nothing (its usage start day is used nowhere)."""
    life = started("2025-05-01")
    life.does("2025-05-10", "add_option", option="wifi-3gb")
    (option,) = life.contract.options
    assert (option.state_on(life.contract.options[0].added_on), option.starts_on) == ("accepted", None)
    assert life.does("2025-05-12", "refuse_option", reason="no_capacity") == ""
    assert life.told[-1] == "option_refused"
    life.until("2025-06-01")
    assert [item for item, _ in life.lines("2025-05")] == ["device", "initial_fee", "monthly_fee"]
    assert life.does("2025-06-02", "add_option", option="wifi-3gb") == ""  # asked for again


@pytest.mark.rule("STW-APP-2")
def test_a_refused_option_of_a_former_holder_owes_no_sim(started) -> None:
    """STW-REC-1 owes 1,320 with the order; a refused order owes nothing. June's bill: the fee of May's option is over."""
    life = started("2025-05-01", **WIFI)
    life.does("2025-05-10", "remove_option", option="wifi-3gb")
    life.until("2025-06-01")
    life.does("2025-06-05", "add_option", option="wifi-3gb")
    life.does("2025-06-06", "refuse_option", reason="earlier_termination")
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980)]


@pytest.mark.rule("STW-APP-2")
def test_an_option_that_runs_is_not_refused_any_more(started) -> None:
    life = started("2025-05-01", **WIFI)
    assert refused_by(life, "2025-05-01", "refuse_option") == ("already_started", "STW-APP-2")
    plain = started("2025-05-01")
    assert refused_by(plain, "2025-05-02", "refuse_option") == ("no_option", "STW-APP-2")


@pytest.mark.rule("STW-TER-1")
def test_an_option_ended_by_the_provider_ends_that_day_with_its_month_in_full_and_no_penalty(started) -> None:
    """3 GB, ended on 10 June: June has 1,980 + 1,100 and nothing else, July 1,980."""
    life = started("2025-05-01", **WIFI)
    life.until("2025-06-01")
    assert life.does("2025-06-10", "terminate_option", reason="forbidden_use") == ""
    assert life.contract.state == "active"
    assert life.contract.options[0].ends_on.isoformat() == "2025-06-10"
    assert life.told[-1] == "option_ended"
    life.until("2025-08-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980), ("option:wifi-3gb", 1100)]
    assert life.lines("2025-07") == [("monthly_fee", 1980)]
    assert refused_by(life, "2025-08-02", "terminate_option") == ("no_option_running", "STW-TER-1")


@pytest.mark.rule("STW-NOT-1")
def test_the_option_alone_gets_another_price_after_a_months_notice(sottonet, started) -> None:
    life = started("2025-05-01", **WIFI)
    late = sottonet.says("2025-05-02", "announce_price", prices={"option:wifi-3gb": 1200}, effective_on="2025-06-01")
    assert late == "too_late"
    assert sottonet.says("2025-05-01", "announce_price", prices={"option:wifi-3gb": 1200}, effective_on="2025-06-01") == ""
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980), ("option:wifi-3gb", 1200)]


@pytest.mark.rule("STW-NOT-1")
def test_the_option_alone_may_be_abolished_after_three_months(sottonet, started) -> None:
    """30 September is announced by 30 June; the service goes on, who has no such option hears nothing."""
    holder, other, plain = (
        started("2025-05-01", **WIFI),
        started("2025-05-01", options=[{"option": "wifi-10gb"}]),
        started("2025-05-01"),
    )
    late = sottonet.says("2025-07-01", "announce_termination", option="wifi-3gb", effective_on="2025-09-30")
    assert late == "too_late"
    assert sottonet.says("2025-06-30", "announce_termination", option="wifi-3gb", effective_on="2025-09-30") == ""
    assert holder.contract.options[0].ends_on.isoformat() == "2025-09-30"
    assert (holder.contract.state, holder.contract.ends_on) == ("active", None)
    assert "option_abolition" in holder.told
    assert "option_abolition" not in other.told + plain.told
    assert other.contract.options[0].ends_on is None
    holder.until("2025-11-01")
    assert holder.lines("2025-09") == [("monthly_fee", 1980), ("option:wifi-3gb", 1100)]
    assert holder.lines("2025-10") == [("monthly_fee", 1980)]


@pytest.mark.rule("STW-NOT-1")
def test_an_option_that_ends_can_be_left_for_another_plan_and_is_not_given_any_more(sottonet, started) -> None:
    holder, late = started("2025-05-01", **WIFI), started("2025-05-01")
    sottonet.says("2025-06-01", "announce_termination", option="wifi-3gb", effective_on="2025-09-30")
    assert holder.does("2025-07-10", "change_plan", plan="wifi-10gb") == ""
    assert holder.contract.options[0].ends_on is None
    holder.does("2025-07-11", "change_plan", plan="wifi-3gb")
    assert holder.contract.options[0].ends_on.isoformat() == "2025-09-30"  # back again, and it ends
    holder.does("2025-07-12", "change_plan", plan="wifi-10gb")
    holder.until("2025-11-01")
    assert holder.lines("2025-10") == [("monthly_fee", 1980), ("option:wifi-10gb", 2200)]
    late.does("2025-09-20", "add_option", option="wifi-3gb")
    late.does("2025-09-22", "deliver", sku="router")
    assert late.contract.options[0].ends_on.isoformat() == "2025-09-30"
    late.until("2025-10-01")
    assert refused_by(late, "2025-10-02", "add_option", option="wifi-3gb") == ("option_abolished", "STW-APP-1")
    assert refused_by(holder, "2025-11-02", "change_plan", plan="wifi-3gb") == ("option_abolished", "STW-PLN-1")
    asked = sottonet.applies("2025-10-02", plan="standard", payment_method="card", **WIFI)
    assert asked.contract.refusal_reasons == ("option_not_offered",)


@pytest.mark.rule("STW-NOT-1")
def test_only_an_option_that_there_is_can_be_abolished(sottonet) -> None:
    with pytest.raises(Invalid):
        sottonet.says("2025-06-01", "announce_termination", option="wifi-99gb", effective_on="2026-01-01")


@pytest.mark.rule("STW-DEL-1")
def test_a_parcel_that_came_back_is_sent_again_or_called_off_with_its_cost(started) -> None:
    """Router back on the 20th; called off on the 22nd, postage of 900 charged: May's bill has it and no option."""
    from chalicelib.contracts import tasks

    life = started("2025-05-01")
    life.does("2025-05-15", "add_option", option="wifi-3gb")
    life.does("2025-05-20", "deliver", sku="router", outcome="absent")
    open_tasks = tasks.tasks(life.contract, life.company.terms, life.contract.options[0].added_on.replace(day=21))
    assert ("resend_parcel", "router") in [(task.kind, task.about) for task in open_tasks]
    assert life.does("2025-05-22", "refuse_option", reason="parcel_came_back") == ""
    assert life.does("2025-05-22", "charge", item="delivery_fee", amount=900) == ""
    assert life.contract.errands == ()
    life.until("2025-06-01")
    assert life.lines("2025-05") == [("device", 44000), ("initial_fee", 31900), ("monthly_fee", 1980), ("delivery_fee", 900)]


# the shop


def accepted_article(life, delivered_on: str, **more) -> None:
    assert life.does("2025-05-12", "buy", item="shop_item", amount=3000, delivered_on=delivered_on, **more) == ""


@pytest.mark.rule("STS-ORD-2")
def test_a_sale_is_formed_when_the_provider_says_so_and_costs_nothing_before(started) -> None:
    """Ordered on the 10th, never accepted: no line. Accepted on the 12th, handed over on the 15th: on May's bill, with 10 %."""
    ordered, sold = started("2025-05-01"), started("2025-05-01")
    for life in (ordered, sold):
        assert life.does("2025-05-10", "order_article", item="shop_item", sku="lamp", quantity=1) == ""
        assert life.told[-1] == "shop_order_received"
        assert [errand.kind for errand in life.contract.errands] == ["decide_order"]
    accepted_article(sold, "2025-05-15")
    assert sold.told[-1] == "shop_order_accepted"
    assert sold.contract.errands == ()
    ordered.until("2025-06-01")
    sold.until("2025-06-01")
    assert [item for item, _ in ordered.lines("2025-05")] == ["device", "initial_fee", "monthly_fee"]
    assert ("shop_item", 3000) in sold.lines("2025-05")
    assert sold.bill("2025-05").total - ordered.bill("2025-05").total == 3300


@pytest.mark.rule("STS-ORD-1")
def test_only_a_running_contract_orders_and_only_what_the_shop_has(started) -> None:
    life = started("2025-05-01")
    assert refused_by(life, "2025-05-10", "order_article", item="removal_work") == ("item_not_offered", "STS-ORD-1")
    for _ in range(10):
        assert life.does("2025-05-11", "order_article", item="shop_item") == ""
    assert refused_by(life, "2025-05-11", "order_article", item="shop_item") == ("too_many_orders", "STS-ORD-1")
    life.does("2025-05-12", "terminate", reason="breach")
    assert refused_by(life, "2025-05-13", "order_article", item="shop_item") == ("ended", "STS-ORD-1")


@pytest.mark.rule("STS-CAN-1")
def test_the_provider_undoes_an_accepted_order_on_a_listed_ground_only(started) -> None:
    """Billed with May (handed over on 3 June is June's), undone before: nothing is left of it on any bill."""
    life = started("2025-05-01")
    accepted_article(life, "2025-06-03")
    assert refused_by(life, "2025-05-20", "cancel_order", reason="changed_our_mind") == ("reason_not_listed", "STS-CAN-1")
    assert life.does("2025-05-20", "cancel_order", reason="out_of_stock") == ""
    assert life.told[-1] == "shop_order_cancelled"
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980)]


@pytest.mark.rule("STS-CAN-2")
def test_until_hand_over_the_customer_may_cancel_and_pays_what_it_has_cost(started) -> None:
    """Hand-over on the 15th: the 14th is in time, the 15th is not. What was spent, 500, an operator charges."""
    in_time, too_late = started("2025-05-01"), started("2025-05-01")
    for life in (in_time, too_late):
        accepted_article(life, "2025-05-15")
    assert in_time.does("2025-05-14T23:59", "cancel_order", reason="customer") == ""
    assert refused_by(too_late, "2025-05-15T00:00", "cancel_order", reason="customer") == ("handed_over", "STS-CAN-2")
    assert in_time.does("2025-05-14T23:59", "charge", item="delivery_fee", amount=500) == ""
    in_time.until("2025-06-01")
    assert ("delivery_fee", 500) in in_time.lines("2025-05")
    assert "shop_item" not in [item for item, _ in in_time.lines("2025-05")]


@pytest.mark.rule("STS-CAN-2", "STS-CAN-1")
def test_what_was_made_to_order_stays_with_the_customer_but_not_with_the_provider(started) -> None:
    life = started("2025-05-01")
    accepted_article(life, "2025-06-03", made_to_order=True)
    assert refused_by(life, "2025-05-20", "cancel_order", reason="customer") == ("made_to_order", "STS-CAN-2")
    assert life.does("2025-05-20", "cancel_order", reason="out_of_stock") == ""


@pytest.mark.rule("STS-CAN-2")
def test_an_order_that_nobody_accepted_yet_is_cancelled_first(started) -> None:
    life = started("2025-05-01")
    accepted_article(life, "2025-06-03")
    life.does("2025-05-13", "order_article", item="shop_item", sku="lamp")
    assert life.does("2025-05-14", "cancel_order", reason="customer") == ""
    assert (len(life.contract.purchases), life.contract.errands) == (1, ())
    assert life.does("2025-05-14", "cancel_order", reason="customer") == ""
    assert refused_by(life, "2025-05-14", "cancel_order", reason="customer") == ("no_order", "STS-CAN-2")


# accounts


@pytest.mark.rule("STN-ACC-1")
def test_the_account_is_told_after_acceptance_and_not_before(sottonet) -> None:
    life = sottonet.applies("2025-04-03", plan="standard", payment_method="card", applicant={"name": "A", "card_holder": "B"})
    assert life.told == ["application_received"]
    life.does("2025-04-04", "accept")
    assert life.told == ["application_received", "accepted", "account_issued"]
    refused = sottonet.applies("2025-04-03", plan="standard", payment_method="bank_transfer")
    assert "account_issued" not in refused.told


@pytest.mark.rule("STN-ACC-4")
@pytest.mark.parametrize(
    ("command", "args"),
    [("transfer_contract", {"to": "x"}), ("transfer_device", {"to": "x"}), ("subrogate", {"paid_on": "2025-05-10"})],
)
def test_contract_and_account_go_to_nobody_else(started, command: str, args: dict) -> None:
    assert refused_by(started("2025-05-01"), "2025-05-10", command, **args) == ("not_provided", "STN-ACC-4")


@pytest.mark.rule("STN-TER-1", "STN-ACC-2")
def test_data_that_nobody_keeps_true_may_suspend_and_end_a_contract(started) -> None:
    """Changes are to be reported (STN-ACC-2); who does not may be suspended (STN-SUS-3), then ended at once."""
    life = started("2025-05-01")
    assert life.does("2025-06-10", "suspend", reason="stale_data") == ""
    assert life.contract.state == "suspended"
    assert life.does("2025-06-20", "terminate", reason="stale_data") == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-06-20", "terminated")
