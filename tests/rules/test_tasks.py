"""What waits for a person: begins when it should, says by when and by which rule, and is over once it was done."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.contracts import tasks, terms
from chalicelib.contracts.contract import Contract
from chalicelib.flows import tasks as flow

from .conftest import Company

D = date.fromisoformat


def waiting(life, day: str) -> list[tuple[str, str, str | None, str]]:
    """Kind, since, due and about of every task on a day."""
    found = tasks.tasks(life.contract, life.company.terms, D(day))
    for task in found:  # a list of one kind looks at no other state
        states = tasks.states_of(life.company.terms, task.kind)
        assert states is None or life.contract.state in states
    return [(t.kind, t.since.isoformat(), t.due.isoformat() if t.due else None, t.about) for t in found]


def applied(company, **args):
    return company.applies("2025-04-03", plan="standard", payment_method="card", **args)


@pytest.mark.rule("STN-APP-6")
def test_an_application_that_needs_a_decision_waits_until_it_is_made(sottonet) -> None:
    life = applied(sottonet, applicant={"name": "A", "card_holder": "B"})
    assert waiting(life, "2025-04-03") == [("decide_application", "2025-04-03", None, "")]
    assert life.does("2025-04-04", "accept") == ""
    assert "decide_application" not in [kind for kind, *_ in waiting(life, "2025-04-04")]


@pytest.mark.rule("STN-EQP-1", "STN-TER-4")
def test_the_installation_waits_and_gets_a_last_day_when_nobody_can_be_reached(sottonet) -> None:
    """First attempt on the 5th: no visit by the 5th + 14 = 19th, and the sweep of the 20th ends the contract."""
    life = applied(sottonet)
    assert waiting(life, "2025-04-04") == [("arrange_visit", "2025-04-03", None, "")]
    life.does("2025-04-05", "install", outcome="unreachable")
    assert waiting(life, "2025-04-05") == [("arrange_visit", "2025-04-03", "2025-04-19", "")]
    life.does("2025-04-10", "install")
    assert waiting(life, "2025-04-10") == []


def test_a_recontract_with_the_sensor_in_place_needs_no_visit(sottonet, started) -> None:
    first = started("2025-05-01")
    first.does("2025-06-10", "request_cancellation")
    first.until("2025-07-02")
    again = sottonet.applies("2025-07-10", earlier=first, plan="standard", payment_method="card")
    assert waiting(again, "2025-07-10") == []


@pytest.mark.rule("STN-COO-4")
def test_after_cooling_off_what_was_delivered_is_collected_until_it_is_back(sottonet) -> None:
    life = applied(sottonet, disclosure_received_on="2025-04-03")
    life.does("2025-04-05", "install")
    life.does("2025-04-08", "cool_off")
    assert waiting(life, "2025-04-09") == [("collect_equipment", "2025-04-08", None, "sensor")]
    life.does("2025-04-20", "return_device", sku="sensor")
    assert waiting(life, "2025-04-20") == []


def test_an_ordinary_end_leaves_the_bought_sensor_where_it_is(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-10", "request_cancellation", with_removal=True)
    assert [kind for kind, *_ in waiting(life, "2025-06-10")] == ["arrange_removal"]
    assert life.does("2025-06-20", "finish_task", kind="arrange_removal") == ""
    life.does("2025-06-27", "pay")
    life.does("2025-07-01", "pay")
    life.until("2025-07-02")
    assert waiting(life, "2025-07-02") == []


@pytest.mark.rule("STN-EQP-4")
def test_an_exchanged_unit_is_waited_for_until_it_comes_back(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-10", "reinstall", sku="sensor")
    assert waiting(life, "2025-06-11") == [("collect_faulty_unit", "2025-06-10", None, "")]
    assert life.does("2025-06-20", "return_device", sku="sensor") == ""
    assert waiting(life, "2025-06-20") == []
    assert life.contract.returned == ()  # the exchanged sensor hangs on the board: a re-contract finds it in place


@pytest.mark.rule("STN-EQP-4")
def test_an_exchanged_unit_that_does_not_come_back_may_be_charged_at_cost(started) -> None:
    """Charged in June: on the June invoice beside the fee of 1,980; the repair inside the warranty cost nothing."""
    life = started("2025-05-01")
    life.does("2025-06-10", "reinstall", sku="sensor")
    assert life.does("2025-06-25", "charge", item="equipment_compensation", amount=38000) == ""
    assert waiting(life, "2025-06-25") == []
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980), ("equipment_compensation", 38000)]


def test_another_charge_does_not_end_the_wait_for_a_unit(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-10", "reinstall", sku="sensor")
    life.does("2025-06-11", "charge", item="delivery_fee", amount=800)
    assert [kind for kind, *_ in waiting(life, "2025-06-11")] == ["collect_faulty_unit"]


@pytest.mark.rule("STN-SUS-3")
def test_arrears_are_put_before_an_operator_step_by_step(started) -> None:
    """May's bill: the draw of 27 June fails, the agent's 14 days end on 11 July; late from the 12th."""
    life = started("2025-05-01")
    life.until("2025-06-01")
    life.does("2025-06-27", "fail_payment", reason="card_declined")
    assert waiting(life, "2025-07-11") == []
    life.until("2025-07-12")
    (late,) = waiting(life, "2025-07-12")
    assert late[:3] == ("step_against_arrears", "2025-07-12", None)
    life.does("2025-07-15", "demand", deadline="2025-07-31")
    life.does("2025-07-27", "pay", invoice={"month": "2025-06"})
    assert waiting(life, "2025-07-31") == []
    assert [w[:2] for w in waiting(life, "2025-08-01")] == [("decide_after_demand", "2025-08-01")]
    life.does("2025-08-02", "suspend", reason="payment_default")
    assert ("review_suspension", "2025-08-02", None, "") in waiting(life, "2025-08-02")
    life.does("2025-08-05", "pay")
    assert [kind for kind, *_ in waiting(life, "2025-08-05")] == ["review_suspension"]
    life.does("2025-08-06", "restore")
    assert waiting(life, "2025-08-06") == []


@pytest.mark.rule("STW-SIM-1")
def test_a_lost_sim_is_a_task_until_the_line_stands_still(started) -> None:
    life = started("2025-05-01", options=[{"option": "wifi-3gb"}])
    life.does("2025-05-10", "report_lost_device", sku="sim")
    assert waiting(life, "2025-05-10") == [("stop_lost_sim", "2025-05-10", None, "sim")]
    life.does("2025-05-11", "pause")
    assert waiting(life, "2025-05-11") == []


@pytest.mark.rule("STW-CAN-3")
def test_after_the_option_its_sim_is_waited_for(started) -> None:
    life = started("2025-05-01", options=[{"option": "wifi-3gb"}])
    life.does("2025-06-10", "remove_option", option="wifi-3gb")
    life.does("2025-06-27", "pay")
    assert waiting(life, "2025-06-30") == []
    assert waiting(life, "2025-07-01") == [("collect_sim", "2025-07-01", None, "sim")]
    life.does("2025-07-10", "return_device", sku="sim")
    assert waiting(life, "2025-07-10") == []


@pytest.mark.rule("STS-RET-3")
def test_a_returned_article_is_to_arrive_within_seven_days_of_the_report_and_is_checked(started) -> None:
    life = started("2025-05-01")
    life.does("2025-05-12", "buy", item="shop_item", amount=3000, delivered_on="2025-05-12")
    assert life.does("2025-05-14", "return_device", sku="shop_item", reason="misdescribed") == ""
    assert waiting(life, "2025-05-14") == [("check_returned_article", "2025-05-14", "2025-05-21", "misdescribed")]
    assert life.does("2025-05-19", "finish_task", kind="check_returned_article", about="wrong") == "no_such_task"
    assert life.does("2025-05-19", "finish_task", kind="check_returned_article") == ""
    assert waiting(life, "2025-05-19") == []
    assert life.does("2025-05-19", "finish_task", kind="check_returned_article") == "no_such_task"


@pytest.mark.rule("ALW-SHP-4")
def test_a_held_order_waits_to_be_shipped_and_then_to_arrive(allwatch) -> None:
    life = allwatch.applies(
        "2025-04-03T10:00", plan="half_year", payment_method="bank_transfer", devices=[{"sku": "tracker", "quantity": 1}]
    )
    assert waiting(life, "2025-04-03") == []  # the calendar ships it
    life.does("2025-04-03T11:00", "hold_shipping")
    assert waiting(life, "2025-04-04") == [("ship_equipment", "2025-04-03", None, "")]
    life.does("2025-04-10", "ship")
    assert waiting(life, "2025-04-11") == [("confirm_delivery", "2025-04-10", None, "tracker")]
    life.does("2025-04-12", "deliver")
    assert waiting(life, "2025-04-12") == []


@pytest.mark.rule("ALW-REF-3")
def test_a_refund_waits_for_its_form_and_then_to_be_paid_out(served) -> None:
    """Start in July: August to December are billed at once; a notice of 10 August ends it on the 31st."""
    life = served("2025-07-10")
    life.until("2025-08-05")
    life.does("2025-08-08", "pay")
    life.does("2025-08-10", "request_cancellation")
    life.until("2025-08-31")
    assert [w[:2] for w in waiting(life, "2025-08-31")] == [("await_claim_form", "2025-08-31")]
    life.does("2025-09-05", "claim_refund")
    assert [kind for kind, *_ in waiting(life, "2025-09-05")] == ["pay_refund"]
    life.does("2025-09-10", "pay_refund")
    assert waiting(life, "2025-09-10") == []


@pytest.mark.rule("LRH-INS-1", "LRH-BST-1", "LRH-EQP-6", "LRH-STP-1")
def test_a_contract_on_paper_waits_for_visit_paperwork_and_in_the_end_for_the_equipment() -> None:
    company = Company("liferhythm-home")
    life = company.applies("2025-04-03", plan="standard", payment_method="account_transfer", site={"prefecture": "Tokyo"})
    assert life.contract.state == "accepted"
    assert waiting(life, "2025-04-04") == [("arrange_visit", "2025-04-03", None, "")]
    assert life.does("2025-04-10", "sign") == ""
    assert life.does("2025-04-10", "install") == ""
    assert waiting(life, "2025-04-10") == [("finish_paperwork", "2025-04-10", None, "")]
    life.does("2025-04-20", "complete_processing")
    assert waiting(life, "2025-04-20") == []
    life.does("2025-05-01", "customer_died")
    assert waiting(life, "2025-05-01") == [("talk_to_family", "2025-05-01", None, "")]
    assert life.does("2025-05-02", "finish_task", kind="talk_to_family") == ""
    assert life.does("2025-05-02", "request_cancellation") == ""  # ends that day (LRH-CAN-1)
    life.until("2025-05-03")
    assert waiting(life, "2025-05-03") == [("collect_lent", "2025-05-02", None, "")]
    assert life.does("2025-05-10", "return_device") == ""
    assert waiting(life, "2025-05-10") == []


def test_a_time_in_business_days_is_counted_in_them(sottonet) -> None:
    """7 days from Friday 2 May: with 3 to 6 May closed, seven business days reach 15 May."""
    rules = terms.load("sottonet")
    entry = [{**rules.data["values"]["send_back_days"][0], "unit": "business days"}]
    changed = terms.Terms({**rules.data, "values": {**rules.data["values"], "send_back_days": entry}}, terms.statutory())
    assert tasks._last_day(changed, {"within": "send_back_days"}, D("2025-05-02")) == D("2025-05-15")
    assert tasks._last_day(rules, {"within": "send_back_days"}, D("2025-05-02")) == D("2025-05-09")


@pytest.mark.parametrize("service", terms.services())
def test_every_task_has_words_and_a_way_to_begin(service: str) -> None:
    for kind, spec in terms.load(service).section("tasks").items():
        words = flow.texts()[kind]
        assert words["ja"] and words["en"]
        assert ("when" in spec) != ("after" in spec), kind


def test_a_contract_at_rest_has_no_tasks(started) -> None:
    life = started("2025-05-01")
    assert waiting(life, "2025-05-20") == []
    assert isinstance(life.contract, Contract) and life.contract.errands == ()
