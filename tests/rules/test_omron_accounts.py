"""OMRON remote monitoring: registration, start, what is free, and how an account ends by the customer or by fate."""

from __future__ import annotations

import pytest

from chalicelib.api import command_schemas
from chalicelib.errors import Invalid

MONEY_AND_GOODS = {
    "buy": {"item": "device"}, "pay": {}, "fail_payment": {}, "register_payment_method": {"payment_method": "card"},
    "record_usage": {}, "find_evasion": {"amount": 1}, "claim_refund": {}, "change_plan": {"plan": "standard"},
    "add_option": {"option": "wifi-3gb"}, "remove_option": {"option": "wifi-3gb"}, "pause": {}, "unpause": {}, "cool_off": {},
    "ship": {}, "deliver": {}, "sign": {}, "complete_processing": {}, "notify_start": {"starts_on": "2025-05-01"},
    "report_lost_device": {}, "return_device": {}, "reinstall": {},
}  # fmt: skip
ELSEWHERE = {
    "charge": {"item": "device", "amount": 1}, "pay_refund": {}, "hold_shipping": {}, "disclose": {"received_on": "2025-05-01"},
    "transfer_contract": {"to": "somebody"}, "subrogate": {"paid_on": "2025-05-01"}, "lose_benefit": {"reason": "insolvency"},
}  # fmt: skip


@pytest.mark.rule("ORM-TRM-1", "ORM-ACC-3")
@pytest.mark.parametrize(
    ("args", "reasons"),
    [
        ({"consents": []}, ("missing_consent",)),
        ({"consents": ["privacy"]}, ("missing_consent",)),
        ({"plan": "premium"}, ("plan_not_offered",)),
        ({"payment_method": "card"}, ("payment_method_not_offered",)),
        ({"payment_method": "bank_transfer", "consents": []}, ("missing_consent", "payment_method_not_offered")),
    ],
)
def test_what_cannot_be_registered(omron, args, reasons) -> None:
    life = omron.applies("2025-04-05", **{"plan": "standard", "payment_method": "none", **args})
    assert (life.contract.state, life.contract.refusal_reasons) == ("refused", reasons)
    assert (life.day("formed_on"), life.contract.accessed_on, life.contract.address) == (None, None, "")
    assert life.does("2025-04-06", "install", sku="gateway") == "refused"
    assert life.until("2027-01-01").contract.state == "refused"  # nothing waits: no dormancy, no bill


@pytest.mark.rule("ORM-ACC-1", "ORM-ACC-3")
@pytest.mark.parametrize(
    "about",
    [
        {"applicant": {"kind": "person", "birth_date": "2012-02-01", "country": "FR"}},
        {"applicant": {"kind": "corporation"}, "site": {"country": "US"}},
        {"consents": ["terms"]},
        {},
    ],
)
def test_anybody_else_is_accepted_on_receipt(registered, about) -> None:
    life = registered("2025-04-05T23:59", **about)
    assert (life.contract.state, life.day("formed_on"), life.day("service_starts_on")) == ("accepted", "2025-04-05", None)
    assert life.told == ["account_registered"]


@pytest.mark.rule("ORM-ACC-2")
def test_an_address_with_a_living_account_cannot_register_again(omron) -> None:
    from chalicelib.billing import engine
    from tests.rules.conftest import Command, instant

    asked = Command("apply", instant("2025-04-05"), {"plan": "standard", "payment_method": "none", "address": "p1"})
    taken = engine.apply(omron.terms, asked, contract_id="c2", account="a2", address_taken=True).contract
    free = engine.apply(omron.terms, asked, contract_id="c3", account="a2", address_taken=False).contract
    assert (taken.state, taken.refusal_reasons, taken.address) == ("refused", ("address_in_use",), "")
    assert (free.state, free.address) == ("accepted", "p1")


@pytest.mark.rule("ORM-STA-1")
@pytest.mark.parametrize("outcome", ["absent", "unreachable"])
def test_a_visit_that_fails_starts_nothing_and_may_be_repeated(registered, outcome) -> None:
    life = registered("2025-04-05")
    assert life.does("2025-04-15", "install", sku="gateway", outcome=outcome) == ""
    assert life.does("2025-04-16", "install", sku="gateway", outcome=outcome) == ""
    assert (life.contract.state, life.day("service_starts_on"), life.contract.linked_at) == ("accepted", None, None)
    assert life.does("2025-04-19T23:59", "install", outcome="done") == ""
    assert (life.contract.state, life.day("service_starts_on")) == ("active", "2025-04-19")
    assert life.day("billing_starts_on") is None
    assert life.told[-1] == "service_start"


@pytest.mark.rule("ORM-STA-1")
def test_a_later_installation_changes_no_date(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2025-08-01", "install", sku="gateway", outcome="done") == ""  # an exchange
    assert life.day("service_starts_on") == "2025-04-19"
    assert life.told.count("service_start") == 1
    assert life.does("2025-08-02", "install", sku="battery") == "not_offered"


@pytest.mark.rule("ORM-STA-2", "ORM-ACC-10")
def test_an_operator_declines_where_nothing_can_be_installed(registered) -> None:
    life = registered("2025-04-07")
    life.does("2025-04-10", "demand")
    assert life.does("2025-04-12", "refuse", reason="not_installable") == ""
    assert life.does("2025-04-12", "restore") == "refused"
    assert (life.contract.state, life.contract.refusal_reasons) == ("refused", ("not_installable",))
    assert life.does("2025-04-13", "refuse", reason="not_installable") == "ended"
    running = registered("2025-04-07", "2025-04-08")
    assert running.does("2025-04-12", "refuse", reason="not_installable") == "already_started"


@pytest.mark.rule("ORM-CHG-1", "ORM-CHG-2", "ORM-ACC-4")
@pytest.mark.parametrize("command", [*MONEY_AND_GOODS, *ELSEWHERE])
def test_steps_about_money_and_goods_do_not_exist(registered, command) -> None:
    life = registered("2025-04-05", "2025-04-19")
    before = life.contract
    assert life.does("2025-05-01", command, **{**MONEY_AND_GOODS, **ELSEWHERE}[command]) == "not_provided"
    assert life.contract is before


@pytest.mark.rule("ORM-CHG-2", "ORM-ACC-4", "ORM-TRM-7")
def test_the_service_knows_these_steps_and_no_others(omron) -> None:
    steps = set(omron.terms.commands) - {"be_told", "be_seen", "take_link"}
    assert steps == {
        "accept", "refuse", "install", "transfer_device", "log_in", "move_site", "consent", "withdraw_consent", "demand",
        "request_cancellation", "suspend", "restore", "terminate", "customer_died", "report_outage",
        "report_stranger", "finish_task",  # ORM-ACC-8
    }  # fmt: skip
    assert steps <= set(command_schemas.COMMANDS)


@pytest.mark.rule("ORM-CHG-1", "ORM-CHG-2")
def test_announcements_about_money(omron, registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    told = list(life.told)
    price = {"prices": {"monthly_fee": 500}, "effective_on": "2026-12-01"}
    assert omron.says("2025-07-21", "announce_price", **price) == "not_provided"
    assert omron.says("2025-07-22", "announce_tax", rate=12, effective_on="2025-08-01") == ""
    assert (life.told, life.contract.state) == (told, "active")  # nobody is bothered with a tax on nothing
    life.until("2026-04-04")
    assert (life.invoices, life.contract.refunds, life.contract.ledger) == ({}, (), ())


@pytest.mark.rule("ORM-CHG-3")
def test_an_outage_is_recorded_and_gives_nothing(omron, registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2025-07-04", "report_outage", **{"from": "2025-07-01T00:00", "to": "2025-07-04T00:00"}) == ""
    assert omron.says("2025-07-05", "report_outage", **{"from": "2025-07-04T00:00", "to": "2025-07-05T00:00"}) == ""
    assert (life.contract.owed, life.contract.outages) == ((), ())
    with pytest.raises(Invalid):
        life.does("2025-07-08", "report_outage", **{"from": "2025-07-08T00:00", "to": "2025-07-08T00:00"})
    assert life.until("2026-04-05").day("ends_on") == "2026-04-05"  # the year since the registration, not a day later


@pytest.mark.rule("ORM-CHG-3", "ORM-DOR-4")
@pytest.mark.parametrize(
    ("told", "since", "until", "ends"),
    [
        ("2026-04-04T22:00", "2026-04-04T21:00", "2026-04-05T06:00", "2026-04-06"),  # over 00:10 of the day
        ("2026-04-04T22:00", "2026-04-04T21:00", "2026-04-05T00:09", "2026-04-05"),  # over before the sweep
        ("2026-04-04T22:00", "2026-04-05T00:10", "2026-04-05T06:00", "2026-04-05"),  # begins with the sweep, which is first
        ("2026-04-02T22:00", "2026-04-01T00:00", "2026-04-09T12:00", "2026-04-10"),
    ],
)
def test_an_outage_that_is_known_in_time_keeps_an_unused_account_a_little_longer(registered, told, since, until, ends) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does(told, "report_outage", **{"from": since, "to": until}) == ""
    assert life.until("2026-05-01").day("ends_on") == ends


@pytest.mark.rule("ORM-CAN-1", "ORM-ACC-6", "ORM-END-2")
@pytest.mark.parametrize("state", ["accepted", "active", "suspended"])
def test_a_cancellation_ends_at_once(registered, state) -> None:
    life = registered("2025-04-05", "" if state == "accepted" else "2025-04-19")
    life.does("2025-05-01", "consent", to="maintainer", purpose="data")
    if state == "suspended":
        life.does("2025-05-02", "suspend")
    assert life.contract.state == state
    assert life.does("2026-02-10T21:15", "request_cancellation", with_removal=True) == ""
    assert (life.contract.state, life.day("ends_on")) == ("ended", "2026-02-10")
    assert life.contract.ended_because == "cancelled"
    assert (life.contract.grants, life.contract.linked_at) == ((), None)
    for step, args in {
        "log_in": {}, "consent": {"purpose": "data"}, "withdraw_consent": {"purpose": "data"}, "move_site": {"site": {}},
        "report_outage": {"from": "2026-02-10T00:00", "to": "2026-02-10T01:00"}, "install": {}, "transfer_device": {},
        "suspend": {}, "restore": {}, "demand": {}, "terminate": {},
        "customer_died": {}, "request_cancellation": {}, "refuse": {}, "accept": {},
    }.items():  # fmt: skip
        assert life.does("2026-02-10T21:20", step, **args) != "", step
    assert life.until("2027-12-31").day("ends_on") == "2026-02-10"


@pytest.mark.rule("ORM-CAN-2")
@pytest.mark.parametrize(
    ("wished", "answer"), [("2026-02-11", "effective_not_offered"), ("2026-02-28", "effective_not_offered"), ("2026-02-10", "")]
)
def test_no_later_day_can_be_chosen(registered, wished, answer) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2026-02-10", "request_cancellation", effective=wished) == answer
    assert life.contract.state == ("active" if answer else "ended")


@pytest.mark.rule("ORM-ACC-5")
@pytest.mark.parametrize("state", ["accepted", "active", "suspended"])
def test_a_death_ends_the_service_on_the_day_it_becomes_known(registered, state) -> None:
    life = registered("2025-04-05", "" if state == "accepted" else "2025-04-19")
    if state == "suspended":
        life.does("2025-05-02", "suspend")
    assert life.does("2025-06-03T10:00", "customer_died") == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-06-03", "died")
    assert life.does("2025-06-03T11:00", "customer_died") == "ended"


@pytest.mark.rule("ORM-ACC-5")
def test_a_company_does_not_die(registered) -> None:
    life = registered("2025-04-05", "2025-04-19", applicant={"kind": "corporation"})
    assert life.does("2025-06-03", "customer_died") == "not_a_person"
    assert life.contract.state == "active"


@pytest.mark.rule("ORM-ACC-9", "ORM-DOR-1")
def test_a_reported_change_moves_the_dormancy_day_and_nothing_else(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2025-12-01", "move_site", site={"prefecture": "Nara"}) == ""
    assert (life.contract.state, life.day("service_starts_on"), life.day("ends_on")) == ("active", "2025-04-19", None)
    assert life.until("2026-11-30").contract.state == "active"
    assert life.until("2026-12-01").day("ends_on") == "2026-12-01"


@pytest.mark.rule("ORM-ACC-10")
def test_after_an_end_a_new_registration_is_a_new_contract(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    life.does("2025-05-01", "consent", to="dealer", purpose="settings")
    life.does("2025-06-01", "terminate", reason="prohibited_act")
    again = registered("2025-06-02", earlier=life)
    assert (again.contract.state, again.contract.recontract_of) == ("accepted", life.contract.id)
    assert (again.contract.grants, again.contract.linked_at, again.day("service_starts_on")) == ((), None, None)
    assert again.does("2025-06-03", "refuse", reason="operator") == ""
