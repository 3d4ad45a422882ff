"""Sottonet's Wi-Fi option: its start, its plans, its fees, its end."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.billing import usage

CARD = {"plan": "standard", "payment_method": "card"}
WIFI = {"options": [{"option": "wifi-3gb", "quantity": 1}]}


def _option_lines(life, *months) -> dict[str, list[tuple[str, int]]]:
    return {month: [line for line in life.lines(month) if line[0].startswith("option:")] for month in months}


@pytest.mark.rule("STW-PLN-1", "STW-PLN-2")
@pytest.mark.parametrize(
    ("reported", "first_month"),
    [
        ("2025-05-20T23:59", "2025-06"),
        ("2025-05-21T00:00", "2025-07"),
        ("2025-05-31T23:59", "2025-07"),
        ("2025-12-20T23:59", "2026-01"),
        ("2025-12-21T00:00", "2026-02"),  # over the turn of the year
    ],
)
def test_a_new_plan_applies_from_a_first_of_the_month(started, reported, first_month) -> None:
    life = started("2025-05-01", **WIFI)
    assert life.does(reported, "change_plan", plan="wifi-10gb") == ""
    year, month = map(int, first_month.split("-"))
    before = f"{year - (month == 1)}-{(month - 2) % 12 + 1:02}"
    closed = f"{year}-{month + 1:02}-01"
    life.until(closed)
    assert _option_lines(life, before, first_month) == {
        before: [("option:wifi-3gb", 1100)],
        first_month: [("option:wifi-10gb", 2200)],
    }


@pytest.mark.rule("STW-PLN-1")
def test_of_two_changes_for_one_day_the_later_report_wins(started) -> None:
    life = started("2025-05-01", **WIFI)
    life.does("2025-06-25", "change_plan", plan="wifi-25gb")  # for 1 August
    life.does("2025-07-20T23:59", "change_plan", plan="wifi-10gb")  # for 1 August too
    life.until("2025-09-01")
    assert _option_lines(life, "2025-07", "2025-08") == {
        "2025-07": [("option:wifi-3gb", 1100)],
        "2025-08": [("option:wifi-10gb", 2200)],
    }


@pytest.mark.rule("STW-PLN-1", "STW-CAN-1", "STW-CHG-2")
def test_a_change_after_the_end_of_the_option_has_no_effect(started) -> None:
    life = started("2025-05-01", **WIFI)
    life.does("2025-06-10", "remove_option", option="wifi-3gb")  # ends on 30 June
    life.does("2025-06-15", "change_plan", plan="wifi-25gb")  # would be for 1 July
    life.until("2025-08-01")
    assert _option_lines(life, "2025-06", "2025-07") == {"2025-06": [("option:wifi-3gb", 1100)], "2025-07": []}


@pytest.mark.rule("STW-PLN-1", "STW-DAT-1", "STW-SUS-2")
@pytest.mark.parametrize("option", [{}, WIFI])
def test_without_a_running_option_there_is_no_plan_no_data_and_no_pause(started, option) -> None:
    life = started("2025-05-10", **option)
    day = "2025-05-09T23:59"  # the option, where there is one, starts a minute later
    assert life.does(day, "change_plan", plan="wifi-10gb") != ""
    assert life.does(day, "buy", item="data_charge", quantity=1) != ""
    if not option:
        assert life.does("2025-05-20", "pause") != ""
        assert life.does("2025-05-20", "unpause") != ""


@pytest.mark.rule("STW-DAT-1", "STW-DAT-2")
def test_data_is_charged_by_the_gigabyte_with_the_month_of_the_purchase(started) -> None:
    life = started("2025-05-01", **WIFI)
    assert life.does("2025-05-31T23:59", "buy", item="data_charge", quantity=3) == ""
    assert life.does("2025-06-01T00:00", "buy", item="data_charge", quantity=1) == ""
    life.until("2025-08-01")
    assert life.lines("2025-05")[-1] == ("data_charge", 4950)
    assert life.lines("2025-06")[-1] == ("data_charge", 1650)
    assert [item for item, _ in life.lines("2025-07")] == ["monthly_fee", "option:wifi-3gb"]


@pytest.mark.rule("STW-DAT-2")
def test_a_month_allows_what_the_plan_has_and_what_was_bought_in_it_and_nothing_carries_over(started) -> None:
    life = started("2025-05-01", **WIFI)
    allowed = []
    for at, bought in (("2025-05-10", 0), ("2025-05-31T23:58", 2), ("2025-06-01T00:11", 0), ("2025-06-20", 1)):
        if bought:
            assert life.does(at, "buy", item="data_charge", quantity=bought) == ""
        life.until(at[:10])
        allowed.append(usage.data_allowance(life.contract, life.company.terms, date.fromisoformat(at[:10])))
    assert allowed == [3, 3 + 2, 3, 3 + 1]


@pytest.mark.rule("STW-STA-1", "STW-BST-1", "STW-INV-1")
def test_an_option_of_the_application_starts_with_the_service_and_is_rounded_on_its_own_line(started) -> None:
    life = started("2025-05-14", options=[{"option": "wifi-25gb", "quantity": 1}])
    life.until("2025-06-01")
    # 18 of 31 days: 1,980 → 1,149.7, 2,750 → 1,596.8
    assert life.lines("2025-05")[-2:] == [("monthly_fee", 1149), ("option:wifi-25gb", 1596)]
    assert life.span("2025-05", "option:wifi-25gb") == ("2025-05-14", "2025-05-31")


@pytest.mark.rule("STW-STA-2", "STW-CHG-5", "STN-EQP-2", "STN-TER-3")
def test_the_installer_starts_an_added_option_and_empty_visits_are_charged_but_end_nothing(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-02", "add_option", option="wifi-3gb", quantity=1)
    for day in ("2025-06-10", "2025-06-11"):
        assert life.does(day, "install", sku="router", outcome="absent") == ""
    assert life.does("2025-06-16", "install", sku="router", outcome="done") == ""
    life.until("2025-07-01")
    assert life.contract.state == "active"
    assert life.lines("2025-06") == [
        ("device", 19500),
        ("installation_work", 27500),
        ("installation_work", 27500),
        ("sim_setup", 27500),
        ("monthly_fee", 1980),
        ("option:wifi-3gb", 550),  # 15 of 30 days
    ]


@pytest.mark.rule("STW-STA-3", "STW-CHG-3", "STW-CHG-4")
def test_the_customer_needs_router_and_sim_unless_the_router_is_there(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-25", "add_option", option="wifi-3gb", quantity=1)
    life.does("2025-06-28", "deliver", sku="sim")  # alone it starts nothing
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980)]
    life.does("2025-07-02", "deliver", sku="router")
    life.until("2025-08-01")
    # the router with the option's first month, the first SIM free, 30 of 31 days: 1,064.5
    assert life.lines("2025-07") == [("device", 19500), ("monthly_fee", 1980), ("option:wifi-3gb", 1064)]


@pytest.mark.rule("STW-STA-4")
@pytest.mark.parametrize("how", [{"command": "deliver"}, {"command": "install", "outcome": "done"}])
def test_the_option_never_starts_before_the_service(sottonet, how) -> None:
    life = sottonet.applies("2025-05-01", **CARD)
    life.does("2025-05-02", "add_option", option="wifi-3gb", quantity=1)
    life.does("2025-05-08", sku="router", **how)
    life.does("2025-05-12", "install")
    life.until("2025-06-01")
    assert life.span("2025-05", "option:wifi-3gb") == ("2025-05-22", "2025-05-31")


@pytest.mark.rule("STW-CHG-4", "STW-CHG-5")
def test_a_replacement_sim_and_a_setting_up_that_are_ordered_cost(started) -> None:
    life = started("2025-05-01", **WIFI)
    life.does("2025-06-03", "buy", item="sim_setup", quantity=1)
    life.does("2025-06-04", "buy", item="sim_reissue", quantity=1)
    life.until("2025-07-01")
    assert life.lines("2025-06")[:2] == [("sim_reissue", 1320), ("sim_setup", 27500)]


@pytest.mark.rule("STW-CAN-1", "STW-CHG-1", "STW-CHG-2")
@pytest.mark.parametrize(("notice", "last"), [("2025-06-20T23:59", "2025-06"), ("2025-06-21T00:00", "2025-07")])
def test_the_option_alone_ends_at_a_month_end(started, notice, last) -> None:
    life = started("2025-05-01", **WIFI)
    assert life.does(notice, "remove_option", option="wifi-3gb") == ""
    life.until("2025-09-01")
    fees = [month for month in ("2025-05", "2025-06", "2025-07", "2025-08") if _option_lines(life, month)[month]]
    assert fees[-1] == last
    assert {kind for kind, *_ in life.bills()} == {"initial", "regular"}
    assert life.contract.state == "active"


@pytest.mark.rule("STW-CAN-1", "STW-APP-1")
def test_an_option_that_does_not_run_yet_is_dropped_and_may_be_asked_for_again(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-02", "add_option", option="wifi-3gb", quantity=1)
    assert life.does("2025-06-03", "add_option", option="wifi-10gb", quantity=1) != ""  # one is pending
    assert life.does("2025-06-04", "remove_option", option="wifi-3gb") == ""
    life.until("2025-07-01")
    assert life.lines("2025-06") == [("monthly_fee", 1980)]
    assert life.does("2025-07-02", "add_option", option="wifi-10gb", quantity=1) == ""


@pytest.mark.rule("STW-APP-1")
def test_no_option_for_a_contract_that_is_cancelling_or_over(started) -> None:
    life = started("2025-05-01")
    life.does("2025-06-02", "request_cancellation")
    assert life.does("2025-06-03", "add_option", option="wifi-3gb", quantity=1) != ""
    life.until("2025-07-01")
    assert life.contract.state == "ended"
    assert life.does("2025-07-02", "add_option", option="wifi-3gb", quantity=1) != ""


@pytest.mark.rule("STW-CAN-2", "STW-CHG-2")
def test_the_option_ends_with_the_main_contract_at_the_latest(started) -> None:
    """The option's own end would be 31 July; the contract is terminated on 10 June."""
    life = started("2025-05-01", **WIFI)
    life.does("2025-06-21", "remove_option", option="wifi-3gb")
    life.does("2025-06-25", "terminate", reason="false_declaration")
    life.until("2025-08-01")
    assert life.bills()[-1] == ("final", "2025-06", "2025-06-25", 3080)
    assert [option.ends_on.isoformat() for option in life.contract.options] == ["2025-06-25"]


@pytest.mark.rule("STW-SUS-1", "STW-SUS-2", "STN-SUS-4")
def test_fees_run_on_while_suspended_paused_or_without_sim(started) -> None:
    life = started("2025-05-01", **WIFI)
    life.does("2025-06-02", "pause")
    life.does("2025-06-05", "report_lost_device", sku="sim")
    life.does("2025-06-10", "suspend", reason="unpaid")
    life.does("2025-07-10", "restore")
    life.does("2025-07-11", "unpause")
    life.until("2025-08-01")
    for month in ("2025-06", "2025-07"):
        assert life.lines(month) == [("monthly_fee", 1980), ("option:wifi-3gb", 1100)]


@pytest.mark.rule("STW-REC-1", "STW-CHG-3")
def test_taking_the_option_again_costs_a_sim_and_no_router(started) -> None:
    life = started("2025-05-01", **WIFI)
    life.does("2025-05-15", "remove_option", option="wifi-3gb")
    life.does("2025-06-03", "add_option", option="wifi-3gb", quantity=1)
    life.does("2025-06-16", "install", sku="router", outcome="done")
    life.until("2025-07-01")
    assert life.lines("2025-06") == [
        ("sim_reissue", 1320),
        ("sim_setup", 27500),
        ("monthly_fee", 1980),
        ("option:wifi-3gb", 550),
    ]


@pytest.mark.rule("STN-REC-4", "STW-CHG-3", "STW-CHG-4")
@pytest.mark.parametrize(
    ("before", "now", "extra"),
    [
        (WIFI, WIFI, [("sim_reissue", 1320)]),  # a new SIM, the router is there
        (WIFI, {}, []),  # without the option this time
        ({}, WIFI, [("device", 19500)]),  # for the first time: a router, the SIM free
    ],
)
def test_the_option_in_a_recontract(sottonet, started, before, now, extra) -> None:
    earlier = started("2025-04-20", **before)
    earlier.does("2025-05-10", "pay")
    earlier.does("2025-05-10T13:00", "request_cancellation")
    earlier.until("2025-06-01").does("2025-06-01", "pay")
    again = sottonet.applies("2025-06-10", earlier, **CARD, **now)
    if now:
        assert again.does("2025-06-12", "deliver", sku="router" if not before else "sim") == ""
    again.until("2025-07-01")
    fixed = {"reregistration_fee", "data_erasure_fee", "monthly_fee"}
    found = [line for line in again.lines("2025-06") if line[0] not in fixed and not line[0].startswith("option:")]
    assert found == extra


@pytest.mark.rule("STW-OUT-1", "STN-OUT-2")
def test_one_outage_credits_service_and_option_together(started) -> None:
    """Three days of May: 3 × (1,980 + 2,750) ÷ 31 = 457.7, rounded up together."""
    life = started("2025-04-01", options=[{"option": "wifi-25gb", "quantity": 1}])
    assert life.does("2025-05-20", "report_outage", **{"from": "2025-05-16T06:00", "to": "2025-05-19T06:00"}) == ""
    life.until("2025-06-01")
    assert life.lines("2025-05")[-1] == ("outage_credit", -458)
