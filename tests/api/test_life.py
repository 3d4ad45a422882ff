"""A contract's life through the doors: what callers see, who may do what, and that a repeat does nothing."""

from __future__ import annotations

import logging

import pytest

from .shapes import CANARY

STREET = "Kanaria-dori 1-2-3"
CONSENTS = ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"]
APPLICATION = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "applicant": {"name": CANARY, "kind": "person", "birth_date": "1980-01-01"},
    "site": {"prefecture": "Tokyo", "address": STREET},
    "contact": {"email": "kanaria@example.jp", "phone": "03-0000-0000"},
    "consents": CONSENTS,
}


def apply(browser, who: str = "hana", **changes):
    answer = browser.post("/v1/contracts", {**APPLICATION, **changes}, who=who)
    assert answer.status_code == 201, answer.body
    return answer.json_body


@pytest.fixture(scope="module", autouse=True)
def start(browser):
    answer = browser.post("/v1/local/clock", {"at": "2025-04-01T10:00", "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contract(browser) -> str:
    return apply(browser)["id"]


def test_applying_answers_with_the_contract_its_address_and_version(browser) -> None:
    answer = browser.post("/v1/contracts", APPLICATION, who="ume")
    made = answer.json_body
    assert answer.status_code == 201
    assert (made["state"], made["formed_on"], made["service"]) == ("accepted", "2025-04-01", "sottonet")
    assert answer.headers["Location"] == f"/v1/contracts/{made['id']}"
    assert answer.headers["ETag"] == f'"{made["version"]}"'
    seen = browser.get(answer.headers["Location"], who="ume")
    assert seen.json_body["id"] == made["id"]
    assert seen.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("part", ["site", "contact"])
def test_a_postal_code_is_seven_digits_however_they_are_written_and_kept_in_one_way(browser, part: str) -> None:
    for written in ("1000001", "〒100-0001", "１００ー０００１"):
        made = apply(browser, who="mio", **{part: {**APPLICATION[part], "postal_code": written}})
        seen = browser.get(f"/v1/contracts/{made['id']}", who="mio").json_body
        assert seen[part]["postal_code"] == "100-0001", written
    for wrong in ("12", "100-00012", "10-00001", "千代田区"):
        body = {**APPLICATION, part: {**APPLICATION[part], "postal_code": wrong}}
        answer = browser.post("/v1/contracts", body, who="mio")
        said = answer.json_body
        assert (answer.status_code, said["field"], said["reason"]) == (400, f"{part}.postal_code", "format"), wrong
        assert "100-0001" in said["cure"]


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(browser) -> None:
    first = browser.post("/v1/contracts", APPLICATION, who="ran", idempotency_key="k")
    again = browser.post("/v1/contracts", APPLICATION, who="ran", idempotency_key="k")
    other = browser.post("/v1/contracts", {**APPLICATION, "plan": "other"}, who="ran", idempotency_key="k")
    assert (again.status_code, again.body, again.headers) == (first.status_code, first.body, first.headers)
    assert (other.status_code, other.json_body["reason"]) == (422, "idempotency_key_reused")
    assert len(browser.get("/v1/contracts", who="ran").json_body["items"]) == 1


def test_two_people_with_one_key_do_not_meet(browser) -> None:
    made = {
        browser.post("/v1/contracts", APPLICATION, who=who, idempotency_key="same").json_body["id"] for who in ("mei", "rio")
    }
    assert len(made) == 2


def test_an_application_that_the_terms_refuse_is_a_contract_with_reasons(browser) -> None:
    made = apply(browser, "sora", payment_method="bank_transfer", consents=[])
    assert made["state"] == "refused"
    assert made["refusal_reasons"]


def test_a_step_that_the_terms_refuse_names_reason_and_rule(browser) -> None:
    mine = apply(browser, "kei")["id"]
    path = f"/v1/contracts/{mine}/commands/request_cancellation"
    assert browser.post(path, {}, who="kei").status_code == 200
    answer = browser.post(path, {}, who="kei", accept_language="en")
    assert (answer.status_code, answer.json_body["type"]) == (409, "/problems/refused")
    assert answer.json_body["rule"].startswith("STN-")
    assert answer.json_body["detail"].isascii()


def test_a_repeated_command_is_carried_out_once(browser) -> None:
    mine = apply(browser, "aki")["id"]
    path = f"/v1/contracts/{mine}/commands/request_cancellation"
    first = browser.post(path, {}, who="aki", idempotency_key="bye")
    again = browser.post(path, {}, who="aki", idempotency_key="bye")
    other = browser.post(path, {"with_removal": True}, who="aki", idempotency_key="bye")
    assert (again.status_code, again.body) == (200, first.body)
    assert other.status_code == 422


def test_what_only_operators_may_do_is_forbidden_to_the_holder(browser, contract) -> None:
    for command, body in (
        ("install", {}),
        ("pay", {"amount": 1}),
        ("charge", {"item": "repair", "amount": 1}),
        ("buy", {"item": "shop_item", "amount": 1}),
        ("cool_off", {"dispatched_on": "2025-04-01"}),
    ):
        answer = browser.post(f"/v1/contracts/{contract}/commands/{command}", body)
        assert (answer.status_code, answer.json_body["type"]) == (403, "/problems/forbidden"), command
    assert browser.post("/v1/services/sottonet/commands/interrupt_service", {}).status_code == 403
    assert browser.post("/v1/contracts", {**APPLICATION, "account": "ume"}).status_code == 403
    assert browser.post("/v1/contracts", {**APPLICATION, "disclosure_received_on": "2025-04-01"}).status_code == 403
    assert browser.get("/v1/operator/parked").status_code == 403
    assert browser.post("/v1/local/clock", {"at": "2030-01-01T00:00"}).status_code == 403


def test_an_operator_may_apply_in_somebodys_place(browser) -> None:
    made = browser.post("/v1/contracts", {**APPLICATION, "account": "toki"}, who="operator").json_body
    assert browser.get(f"/v1/contracts/{made['id']}", who="toki").status_code == 200
    assert browser.get(f"/v1/contracts/{made['id']}", who="ume").status_code == 404


def test_the_holder_sees_what_they_told_about_themselves_and_can_change_it(browser) -> None:
    mine = apply(browser, "nao")["id"]
    path = f"/v1/contracts/{mine}"
    seen = browser.get(path, who="nao")
    assert seen.json_body["contact"]["email"] == "kanaria@example.jp"
    changed = browser.send("PATCH", path, {"contact": {"email": "new@example.jp"}}, who="nao", if_match=seen.headers["ETag"])
    assert changed.status_code == 200, changed.body
    assert changed.json_body["contact"]["email"] == "new@example.jp"
    assert changed.json_body["contact"]["phone"] == "03-0000-0000"
    late = browser.send("PATCH", path, {"payer": "abc"}, who="nao", if_match=seen.headers["ETag"])
    assert (late.status_code, late.json_body["reason"]) == (412, "version")


def test_lists_hold_nothing_personal_and_only_ones_own(browser, contract) -> None:
    answer = browser.get("/v1/contracts?limit=1")
    assert [item["id"] for item in answer.json_body["items"]] == [contract]
    assert CANARY not in answer.body.decode()
    everybody = browser.get("/v1/contracts?service=sottonet&state=accepted&limit=2", who="operator").json_body
    assert len(everybody["items"]) == 2
    more = browser.get(f"/v1/contracts?service=sottonet&state=accepted&limit=2&cursor={everybody['next']}", who="operator")
    assert more.status_code == 200
    assert not {item["id"] for item in everybody["items"]} & {item["id"] for item in more.json_body["items"]}


def test_a_family_member_sees_the_contract_and_neither_bills_nor_address(browser, store, contract) -> None:
    from chalicelib.store import members

    hashed = members.email_hash("musume@example.jp")
    daughter = members.Member(contract, hashed, "daughter", "2025-04-01T00:00:00Z", "family", "musume")
    store.write(members.let_in(store, "hana", daughter))
    seen = browser.get(f"/v1/contracts/{contract}", who="musume")
    assert seen.status_code == 200
    assert "contact" not in seen.json_body
    assert STREET not in seen.body.decode()
    assert browser.get(f"/v1/contracts/{contract}/invoices", who="musume").status_code == 403
    assert browser.post(f"/v1/contracts/{contract}/commands/request_cancellation", {}, who="musume").status_code == 403
    unverified = f"Bearer {browser.pool.token('musume', email_verified=False)}"
    assert browser.get(f"/v1/contracts/{contract}", authorization=unverified).status_code == 404


def test_quotes_change_nothing(browser, contract) -> None:
    before = browser.get(f"/v1/contracts/{contract}").body
    quote = browser.post(f"/v1/contracts/{contract}/quotes", {"command": "request_cancellation", "on": "2025-05-21"})
    assert quote.status_code == 200, quote.body
    assert quote.json_body["refused"] == ""
    assert quote.json_body["ends_on"] == "2025-06-30"
    early = browser.post("/v1/quotes", {k: v for k, v in APPLICATION.items() if k != "contact"})
    assert early.status_code == 200, early.body
    assert browser.get(f"/v1/contracts/{contract}").body == before


def test_a_day_that_is_the_commands_own_stays_its_argument_in_a_quote(browser, contract) -> None:
    asked = {"command": "arrange_visit", "on": "2025-04-10"}
    quote = browser.post(f"/v1/contracts/{contract}/quotes", asked, who="operator")
    assert quote.status_code == 200, quote.body
    assert quote.json_body["refused"] == ""
    refused = browser.post(f"/v1/contracts/{contract}/quotes", {**asked, "on": "2025-03-31"}, who="operator")
    assert refused.status_code == 200, refused.body  # yesterday is refused by the terms, not as a day to ask on
    assert refused.json_body["refused"]


def test_bills_events_and_notices_can_be_read_page_by_page(browser, contract) -> None:
    install = browser.post(f"/v1/contracts/{contract}/commands/install", {}, who="operator")
    assert install.json_body["service_starts_on"] == "2025-04-11"
    for name in ("invoices", "refunds", "events", "notices"):
        answer = browser.get(f"/v1/contracts/{contract}/{name}?limit=1")
        assert answer.status_code == 200, answer.body
    first = browser.get(f"/v1/contracts/{contract}/events?limit=1").json_body
    second = browser.get(f"/v1/contracts/{contract}/events?limit=1&cursor={first['next']}").json_body
    assert first["items"] != second["items"]
    assert browser.get(f"/v1/contracts/{contract}/events?cursor=abcd").json_body["field"] == "cursor"
    assert browser.get(f"/v1/contracts/{contract}/invoices/2099-01-regular").status_code == 404


def test_services_can_be_looked_at_by_anybody(browser) -> None:
    names = [item["service"] for item in browser.get("/v1/services", who=None).json_body["items"]]
    assert {"sottonet", "allwatch"} <= set(names)
    assert browser.get("/v1/services/sottonet", who=None).status_code == 200
    assert browser.get("/v1/services/none", who=None).status_code == 404


def test_nothing_personal_reaches_a_log(browser, caplog, capfd) -> None:
    caplog.set_level(logging.INFO)  # at DEBUG botocore itself prints every request; the functions run at INFO
    caplog.set_level(logging.DEBUG, "mimamori")
    made = apply(browser, "yui")
    path = f"/v1/contracts/{made['id']}"
    browser.get(path, who="yui")
    browser.post(f"{path}/commands/move_site", {"site": {"prefecture": "Osaka", "address": STREET}}, who="yui")
    browser.post(f"{path}/commands/transfer_contract", {"to": CANARY}, who="operator")
    browser.send("PATCH", path, {"payer": CANARY}, who="yui", if_match='"1"')
    printed = "".join(capfd.readouterr()) + caplog.text
    assert "contracts.apply 201" in printed
    for secret in (CANARY, STREET, "kanaria@example.jp", "03-0000-0000"):
        assert secret not in printed
        assert secret not in browser.get(f"{path}/events", who="yui").body.decode()


def test_browsers_of_our_origins_only_are_told_that_they_may_read(browser) -> None:
    from .conftest import ORIGIN

    ours = browser.get("/v1/health", who=None, origin=ORIGIN)
    theirs = browser.get("/v1/health", who=None, origin="https://evil.example")
    assert ours.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in theirs.headers
    asked = browser.send("OPTIONS", "/v1/contracts", who=None, origin=ORIGIN)
    assert (asked.status_code, asked.headers["Access-Control-Allow-Methods"]) == (204, "GET, POST")
    refused = browser.send("OPTIONS", "/v1/contracts", who=None, origin="https://evil.example")
    assert "Access-Control-Allow-Methods" not in refused.headers
    problem = browser.get("/v1/contracts", who=None, origin=ORIGIN)
    assert (problem.status_code, problem.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)


def test_an_address_that_takes_no_such_method_says_so_as_a_problem(browser) -> None:
    answer = browser.send("DELETE", "/v1/health", accept_language="en")
    assert (answer.status_code, answer.json_body["type"]) == (405, "/problems/method")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_clock_only_moves_forward(browser) -> None:
    answer = browser.post("/v1/local/clock", {"at": "2025-03-01T00:00"}, who="operator")
    assert (answer.status_code, answer.json_body["field"]) == (400, "at")
    assert browser.get("/v1/local/clock").json_body == {"at": "2025-04-01T10:00:00+09:00", "frozen": True}


def test_the_clock_exists_only_in_the_local_stage(browser, monkeypatch) -> None:
    from chalicelib import settings

    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("TABLE_PREFIX", "mimamori-local-")
    settings.current.cache_clear()
    try:
        assert browser.post("/v1/local/clock", {"at": "2026-01-01T00:00"}, who="operator").status_code == 404
        assert browser.get("/v1/local/clock", who="operator").status_code == 404
    finally:
        monkeypatch.undo()
        settings.current.cache_clear()


@pytest.mark.rule("STN-APP-4")
def test_what_was_agreed_to_is_said_and_never_taken_for_granted(browser) -> None:
    silent = {name: value for name, value in APPLICATION.items() if name != "consents"} | {"options": [{"option": "wifi-3gb"}]}
    told = browser.post("/v1/contracts", silent, who="yuri", accept_language="en")
    assert (told.status_code, told.json_body["field"], told.json_body["reason"]) == (400, "consents", "consent_needed")
    assert all(name in told.json_body["cure"] for name in [*CONSENTS, "option_terms"])
    assert browser.get("/v1/contracts", who="yuri").json_body["items"] == []
    assert browser.post("/v1/quotes", silent, who="yuri").status_code == 200  # who only asks for a price agrees to nothing
    made = browser.post("/v1/contracts", APPLICATION, who="yuri").json_body["id"]
    given = browser.get(f"/v1/contracts/{made}/consents", who="yuri").json_body["items"]
    assert sorted(one["consent"] for one in given) == sorted(CONSENTS)


@pytest.mark.rule("ALW-BIL-1")
def test_what_has_no_price_yet_is_closed_in_the_form_and_refused_at_the_door(browser) -> None:
    form = browser.get("/v1/services/allwatch/form").json_body
    (yearly,) = [plan for plan in form["plans"] if plan["plan"] == "annual"]
    wish = {"service": "allwatch", "plan": "annual", "payment_method": "card", "consents": ["order_acceptance", "m2m_terms"]}
    for door in ("/v1/contracts", "/v1/quotes"):
        told = browser.post(door, wish, who="yuri")
        assert (told.status_code, told.json_body["reason"]) == (409, "price_not_set")
        assert (yearly["closed"]["reason"], yearly["closed"]["rule"]) == ("price_not_set", told.json_body["rule"])
