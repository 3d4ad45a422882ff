"""What operators look at and do is written down: who, when, what, on which contract; and nobody looks unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.api.base import ROUTES
from chalicelib.errors import StoreError
from chalicelib.flows import audit, places
from chalicelib.members import audited, permissions
from chalicelib.members.roles import Caller
from tests.api.test_life import apply


def clock(browser, at: str) -> None:
    answer = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contract(browser) -> str:
    clock(browser, "2025-04-03T10:00")
    return str(apply(browser, "sumi")["id"])


def listed(browser, query: str = "") -> list[dict]:
    answer = browser.get(f"/v1/operator/audit?{query}", who="operator")
    assert answer.status_code == 200, answer.body
    return list(answer.json_body["items"])


def test_looks_and_changes_of_a_contract_are_found_by_it_newest_first(browser, contract) -> None:
    browser.get(f"/v1/contracts/{contract}", who="operator")
    clock(browser, "2025-04-04T10:00")
    browser.post(f"/v1/contracts/{contract}/commands/arrange_visit", {"on": "2025-04-10"}, who="operator")
    browser.get(f"/v1/contracts/{contract}", who="sumi")  # the customer's own look is theirs
    found = listed(browser, f"contract={contract}")
    assert [(one["action"], one["changed"], one["at"][:10]) for one in found] == [
        ("contracts.command", True, "2025-04-04"),
        ("contracts.view", False, "2025-04-03"),
    ]
    assert found[0]["about"] == {"command": "arrange_visit"}
    assert found[1]["text"] == {"ja": "契約を見ました。", "en": "Looked at a contract."}
    assert found[0]["operator"] and found[0]["contract"] == contract


def test_a_day_is_read_page_by_page_and_narrowed(browser, contract) -> None:
    clock(browser, "2025-04-05T10:00")
    for _ in range(3):
        browser.get("/v1/operator/arrears", who="operator")  # a list's first page is the desk's daily bread
        browser.get(f"/v1/contracts/{contract}", who="operator")
    browser.post("/v1/operator/contract-searches", {"q": "見守 花子"}, who="operator")
    whole = listed(browser, "day=2025-04-05&limit=100")
    actions = [one["action"] for one in whole]
    assert sorted(actions) == ["contracts.view"] * 3 + ["operator.search"]
    assert "花子" not in json.dumps(whole, ensure_ascii=False)  # what was searched for is nobody's to read here
    clock(browser, "2025-04-06T10:00")
    whole, pages, cursor = listed(browser, "day=2025-04-05&limit=100"), [], ""
    while True:
        page = browser.get(f"/v1/operator/audit?day=2025-04-05&limit=2{cursor}", who="operator").json_body
        pages += page["items"]
        if "next" not in page:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole and [one["action"] for one in whole].count("audit.list") == 1  # this page is looked at, too
    assert listed(browser, "day=2025-04-05&changed=yes") == []
    assert listed(browser, "day=2025-04-05&operator=nobody") == []
    assert listed(browser, f"day=2025-04-04&operator={whole[0]['operator']}&changed=yes")[0]["contract"] == contract


def test_who_reads_on_in_a_list_is_written_and_every_list_is_one(browser, contract) -> None:
    clock(browser, "2025-04-07T10:00")
    apply(browser, "sumi")
    first = browser.get("/v1/operator/contracts?limit=1", who="operator").json_body
    assert listed(browser, "day=2025-04-07") == []
    assert browser.get(f"/v1/operator/contracts?limit=1&cursor={first['next']}", who="operator").status_code == 200
    assert "operator.contracts" in [one["action"] for one in listed(browser, "day=2025-04-07")]
    gets = {route.action for route in ROUTES if route.method == "GET" and "cursor" in route.query}
    assert audited.lists() <= gets and not audited.lists() & audited.unwritten()


def test_a_bulk_command_is_written_for_each_contract_and_a_trial_is_a_look(browser, contract) -> None:
    other = str(apply(browser, "sumi")["id"])
    body = {"command": "arrange_visit", "contracts": [contract, other], "body": {"on": "2025-04-20"}}
    assert browser.post("/v1/operator/bulk", {**body, "dry_run": True}, who="operator").status_code == 200
    assert browser.post("/v1/operator/bulk", body, who="operator").status_code == 200
    for name in (contract, other):
        found = [one for one in listed(browser, f"contract={name}") if one["action"] == "operator.bulk"]
        assert sorted(one["changed"] for one in found) == [False, True]
        assert {one["about"]["command"] for one in found} == {"arrange_visit"}


def test_what_a_message_set_aside_came_from_is_said_by_its_device(store) -> None:
    known, nobodys = (places.closed([device, "00001744074000000#0a"]) for device in ("d-77", ""))
    now, caller = datetime(2025, 5, 1, 1, tzinfo=UTC), Caller("op", operator=True, role="operator", email="op@example.com")
    for minute, id in enumerate((known, nobodys)):
        audit.write_down(store, now + timedelta(minutes=minute), caller, "set_aside.view", "GET", {"aside": id}, {})
    assert [one["about"] for one in audit.listed(store, now)["items"]] == [
        {"aside": nobodys},
        {"device": "d-77", "aside": known},
    ]


def test_where_it_cannot_be_written_down_nothing_is_shown(browser, contract, monkeypatch) -> None:
    def broken(*_) -> None:
        raise StoreError("no")

    monkeypatch.setattr(audit, "write_down", broken)
    answer = browser.get(f"/v1/contracts/{contract}", who="operator")
    assert answer.status_code >= 500 and contract not in answer.body.decode()
    assert browser.get(f"/v1/contracts/{contract}", who="sumi").status_code == 200


def test_every_route_of_operators_is_written_in_words_or_named_as_not() -> None:
    theirs = {
        route.action: route.method for route in ROUTES if not route.public and "operator" in permissions.ROUTES[route.action]
    }
    assert audited.unwritten() <= set(theirs)
    for action, method in theirs.items():
        if audited.is_written(action):
            said = audit.said(action, changed=audited.changes(action, method))
            assert said["ja"] and said["en"] and "{" not in said["ja"] + said["en"], action
            assert said["ja"] != action
        else:
            assert (
                method == "GET"
                or action.startswith(("me.", "sessions.", "members.leave", "invitations.", "quotes."))
                or (action in ("operator.playground", "services.dry_run", "clock.move"))
            ), action


def test_it_is_kept_for_its_time_and_for_operators_only(browser, contract, store) -> None:
    assert browser.get("/v1/operator/audit", who="sumi").status_code == 403
    page = store.query(store.contracts, ("contract", "audit#2025-04-03"), limit=1)
    # 10:00 in Japan on 3 April 2025, and 400 days.
    assert int(page.rows[0]["expires_at"]["N"]) == 1743642000 + int(timedelta(days=400).total_seconds())
