"""What operators find waiting: in the list of all contracts and on one; what others get to know of a customer."""

from __future__ import annotations

import pytest

from chalicelib.store import members

from .test_life import APPLICATION, STREET


@pytest.fixture(scope="module", autouse=True)
def start(browser):
    answer = browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contracts(browser) -> list[str]:
    """Three applications: two accepted at once, one with somebody else's card."""
    other_card = {**APPLICATION["applicant"], "card_holder": "Somebody Else"}
    wishes = [APPLICATION, APPLICATION, {**APPLICATION, "applicant": other_card}]
    return [browser.post("/v1/contracts", wish).json_body["id"] for wish in wishes]


def listed(browser, **query: str) -> list[dict]:
    """All pages of two contracts each."""
    found, cursor, looked = [], "", 0
    while True:
        asked = {**query, "limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = browser.get("/v1/operator/tasks?" + "&".join(f"{k}={v}" for k, v in asked.items()), who="operator")
        assert answer.status_code == 200, answer.body
        page = answer.json_body
        found += page["items"]
        looked += page["looked_at"]
        cursor = page.get("next", "")
        if not cursor:
            return found


@pytest.mark.rule("STN-APP-6", "STN-EQP-1")
def test_the_list_has_every_task_once_with_its_rule_and_words(browser, contracts) -> None:
    found = [task for task in listed(browser, service="sottonet") if task["contract"] in contracts]
    assert sorted((task["contract"], task["kind"], task["rule"]) for task in found) == sorted(
        [
            (contracts[0], "arrange_visit", "STN-EQP-1"),
            (contracts[1], "arrange_visit", "STN-EQP-1"),
            (contracts[2], "decide_application", "STN-APP-6"),
        ]
    )
    assert all(task["since"] == "2025-04-03" and task["due"] is None and task["text"]["ja"] for task in found)


def test_the_list_can_be_narrowed_to_a_kind_and_a_state(browser, contracts) -> None:
    kinds = {task["kind"] for task in listed(browser, kind="decide_application")}
    assert kinds == {"decide_application"}
    assert {task["contract"] for task in listed(browser, service="sottonet", state="applied")} == {contracts[2]}
    assert listed(browser, service="allwatch") == []


@pytest.mark.rule("STN-APP-6")
def test_a_task_names_the_commands_that_carry_it_on_with_what_is_known_of_their_bodies(browser, contracts) -> None:
    found = {task["contract"]: task for task in listed(browser, service="sottonet")}
    decide = [(c["command"], c["body"], c["missing"], c["refused"]) for c in found[contracts[2]]["commands"]]
    assert decide == [("accept", {}, [], None), ("refuse", {}, [], None)]
    visit = [(c["command"], c["missing"], c["refused"]) for c in found[contracts[0]]["commands"]]
    assert visit == [("arrange_visit", ["on"], None), ("install", [], None)]


def test_one_kind_looks_only_at_contracts_that_can_have_it(browser, contracts) -> None:
    page = browser.get("/v1/operator/tasks?kind=decide_application", who="operator").json_body
    assert (page["looked_at"], [task["contract"] for task in page["items"]]) == (1, [contracts[2]])
    assert browser.get("/v1/operator/tasks?kind=nothing_of_that_kind", who="operator").json_body["looked_at"] == 0


def test_a_task_that_is_done_is_gone(browser, contracts) -> None:
    seen = browser.get(f"/v1/contracts/{contracts[0]}", who="operator").json_body["tasks"]
    assert [task["kind"] for task in seen] == ["arrange_visit"]
    browser.post(f"/v1/contracts/{contracts[0]}/commands/install", {}, who="operator")
    assert browser.get(f"/v1/contracts/{contracts[0]}", who="operator").json_body["tasks"] == []


def test_customers_see_no_tasks(browser, contracts) -> None:
    assert "tasks" not in browser.get(f"/v1/contracts/{contracts[1]}").json_body
    assert browser.get("/v1/operator/tasks").status_code == 403
    assert browser.get("/v1/operator/tasks", who=None).status_code == 401


@pytest.mark.parametrize("query", ["kind=%20", "state=busy", "limit=0", "cursor=%%", "service=UPPER"])
def test_a_list_that_cannot_be_is_refused(browser, query: str) -> None:
    assert browser.get(f"/v1/operator/tasks?{query}", who="operator").status_code == 400


def test_an_unknown_service_has_no_tasks(browser) -> None:
    assert browser.get("/v1/operator/tasks?service=nobody", who="operator").json_body["items"] == []


@pytest.mark.rule("STN-DAT-3")
def test_the_installer_gets_name_phone_and_site_and_the_agent_what_it_bills_with(browser, contracts) -> None:
    installer = browser.get(f"/v1/contracts/{contracts[1]}/handouts/installer", who="operator").json_body
    assert installer == {
        "to": "installer",
        "rule": "STN-DAT-3",
        "data": {
            "applicant": {"name": APPLICATION["applicant"]["name"]},
            "contact": {"phone": APPLICATION["contact"]["phone"]},
            "site": {"prefecture": "Tokyo", "address": STREET},
        },
    }
    agent = browser.get(f"/v1/contracts/{contracts[1]}/handouts/payment_agent", who="operator").json_body["data"]
    assert agent == {
        "applicant": {"name": APPLICATION["applicant"]["name"]},
        "contact": {"email": APPLICATION["contact"]["email"]},
    }


@pytest.mark.rule("STN-DAT-3")
def test_nobody_else_gets_anything(browser, contracts) -> None:
    address = f"/v1/contracts/{contracts[1]}/handouts"
    assert browser.get(f"{address}/advertiser", who="operator").status_code == 404
    assert browser.get(f"{address}/installer").status_code == 403
    assert browser.get("/v1/contracts/nobody/handouts/installer", who="operator").status_code == 404


@pytest.mark.rule("STS-ORD-1")
def test_holder_and_users_may_order_in_the_shop_and_strangers_may_not(browser, contracts, store) -> None:
    """A user of the contract: somebody whom its holder lets in."""
    hashed = members.email_hash("yuki@example.jp")
    store.write(
        members.let_in(store, "hana", members.Member(contracts[1], hashed, "y", "2025-04-01T00:00:00Z", "family", "yuki"))
    )
    address = f"/v1/contracts/{contracts[1]}/commands/order_article"
    for who, status in (("hana", 200), ("yuki", 200), ("stranger", 404)):
        assert browser.post(address, {"item": "shop_item", "sku": "lamp"}, who=who).status_code == status, who
    waiting = browser.get(f"/v1/contracts/{contracts[1]}", who="operator").json_body["tasks"]
    assert [(task["kind"], task["about"]) for task in waiting if task["kind"] == "decide_order"] == [
        ("decide_order", "lamp")
    ] * 2
    assert (
        browser.post(f"/v1/contracts/{contracts[1]}/commands/buy", {"item": "installation_work"}, who="yuki").status_code == 403
    )
    cancel = browser.post(f"/v1/contracts/{contracts[1]}/commands/cancel_order", {"reason": "customer"}, who="yuki")
    assert cancel.status_code == 403


@pytest.mark.rule("STN-ACC-2")
def test_changed_contact_data_are_reported_and_the_log_says_which_never_what(browser, contracts) -> None:
    seen = browser.get(f"/v1/contracts/{contracts[1]}")
    changed = browser.send(
        "PATCH", f"/v1/contracts/{contracts[1]}", {"contact": {"phone": "03-1111-1111"}}, If_Match=seen.headers["ETag"]
    )
    assert changed.json_body["contact"]["phone"] == "03-1111-1111"
    log = browser.get(f"/v1/contracts/{contracts[1]}/events", who="operator").json_body["items"]
    (entry,) = [event for event in log if event["kind"] == "details_changed"]
    assert "03-1111-1111" not in str(entry)


@pytest.mark.rule("STN-NOT-4")
def test_a_revision_is_on_the_public_page_and_in_the_notices_of_those_it_concerns(browser, contracts, store) -> None:
    said = browser.post(
        "/v1/services/sottonet/commands/announce_price",
        {"effective_on": "2025-07-01", "prices": {"monthly_fee": 2080}},
        who="operator",
    )
    assert said.status_code == 200, said.body
    page = browser.get("/v1/services/sottonet", who=None).json_body
    assert [(a["kind"], a["effective_on"]) for a in page["announcements"]] == [("price", "2025-07-01")]
    tell_everybody(browser, store)
    told = browser.get(f"/v1/contracts/{contracts[1]}/notices").json_body["items"]
    assert "price_revision" in [notice["kind"] for notice in told]


def tell_everybody(browser, store) -> None:
    """The outbox hands the announcement out to the queue, whose worker tells each contract."""
    import json
    from datetime import UTC, datetime

    from chalicelib.flows import nights
    from chalicelib.gateways import queue
    from chalicelib.store import outbox

    from .test_doors import record, waiting

    (entry,) = [entry for entry in outbox.leftovers(store, datetime(2030, 1, 1, tzinfo=UTC)) if entry.kind == "fan_out"]
    nights.fan_out(store, queue.night_queue(), entry.body["service"], entry.body["command"])
    event = {"Records": [record(json.dumps(share), number) for number, share in enumerate(waiting("night_queue_url"))]}
    assert browser.client.lambda_.invoke("night_worker", event).payload == {"batchItemFailures": []}
