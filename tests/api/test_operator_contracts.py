"""Operators find a contract by whatever is at hand, and see lists with what waits and what is owed."""

from __future__ import annotations

import json

import pytest

from chalicelib.iot.watching import Device
from chalicelib.store import devices, members, nights, stock
from tests.api.test_life import APPLICATION

NAME = {"name": "見守 花子", "name_kana": "ミマモリ ハナコ"}
CONTACT = {"email": "hanako@example.com", "phone": "090-1111-2222"}


@pytest.fixture(scope="module", autouse=True)
def start(browser):
    answer = browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contracts(browser) -> list[str]:
    """Two of one customer, one of somebody else with the same family name, one of a third person with nothing told."""
    hers = {**APPLICATION, "applicant": {**APPLICATION["applicant"], **NAME}, "contact": CONTACT}
    his = {**hers, "applicant": {**hers["applicant"], "name": "見守 太郎", "name_kana": "ミマモリ タロウ"}, "contact": {}}
    wishes = [(hers, "hana"), (hers, "hana"), (his, "taro"), (APPLICATION, "ken")]
    return [browser.post("/v1/contracts", wish, who=who).json_body["id"] for wish, who in wishes]


def search(browser, q: str, **more) -> list[tuple[str, str]]:
    answer = browser.post("/v1/operator/contract-searches", {"q": q, **more}, who="operator")
    assert answer.status_code == 200, answer.body
    return [(item["id"], item["found_by"]) for item in answer.json_body["items"]]


def test_by_name_telephone_and_address(browser, contracts) -> None:
    both = sorted(contracts[:2])
    for q, by in (
        ("見守花子", "name"),
        ("みまもりはなこ", "name"),
        ("０９０ー１１１１ー２２２２", "phone"),
        ("HANAKO@example.com", "email"),
    ):
        assert sorted(search(browser, q)) == [(name, by) for name in both], q
    assert {name for name, _ in search(browser, "見守")} == set(contracts[:3])
    assert search(browser, "太郎") == [(contracts[2], "name")]
    assert search(browser, "nobody@example.com") == []


def test_by_contract_account_and_bill(browser, contracts, store) -> None:
    assert search(browser, contracts[2]) == [(contracts[2], "contract")]
    assert search(browser, "taro") == [(contracts[2], "account")]
    assert {name for name, _ in search(browser, "hana")} == set(contracts[:2])
    assert search(browser, f"{contracts[2]}/2025-04") == []  # no such bill


def test_by_a_device_and_its_serial_number(browser, contracts, store) -> None:
    store.write(devices.new(store, Device("d-1", contracts[3], "thermometer", 0), "SN-0001"))
    store.write(stock.write(store, None, stock.Item("SN-0001", "thermometer", "claimed", contract=contracts[3])))
    for q in ("d-1", "SN-0001"):
        assert search(browser, q) == [(contracts[3], "device")]


def test_by_the_address_of_who_may_follow_it_or_is_invited(browser, contracts, store) -> None:
    hashed = members.email_hash("yuki@example.com")
    let_in = members.Member(contracts[0], hashed, "Yuki", "2025-04-01T00:00:00Z", "family", "yuki")
    store.write(members.let_in(store, "hana", let_in))
    wish = {"email": "jun@example.com", "role": "family", "person": "Jun", "relation": "child"}
    invited = browser.post(f"/v1/contracts/{contracts[1]}/invitations", wish)
    assert invited.status_code == 201, invited.body
    assert search(browser, "yuki@example.com") == [(contracts[0], "member")]
    assert search(browser, "jun@example.com") == [(contracts[1], "member")]
    gone = browser.send("DELETE", f"/v1/contracts/{contracts[1]}/invitations/{invited.json_body['invitation']}")
    assert gone.status_code in (200, 204), gone.body
    assert search(browser, "jun@example.com") == []


def test_pages_go_on_where_the_last_one_stopped(browser, contracts) -> None:
    seen, cursor = [], {}
    for _ in range(5):
        answer = browser.post("/v1/operator/contract-searches", {"q": "見守", "limit": 1, **cursor}, who="operator").json_body
        seen += [item["id"] for item in answer["items"]]
        if "next" not in answer:
            break
        cursor = {"cursor": answer["next"]}
    assert sorted(seen) == sorted(contracts[:3])


def test_changed_details_are_found_and_the_old_ones_no_longer(browser, contracts) -> None:
    seen = browser.get(f"/v1/contracts/{contracts[3]}", who="ken")
    changed = browser.send(
        "PATCH",
        f"/v1/contracts/{contracts[3]}",
        {"contact": {"phone": "03-9999-0000"}},
        who="ken",
        If_Match=seen.headers["ETag"],
    )
    assert changed.status_code == 200, changed.body
    assert search(browser, "03-9999-0000") == [(contracts[3], "phone")]
    assert (contracts[3], "phone") not in search(browser, APPLICATION["contact"]["phone"])


def test_nothing_that_was_looked_for_stands_in_a_row_of_the_search(browser, contracts, store) -> None:
    rows = [row for row in _all(store) if row["contract"]["S"].startswith("find#")]
    assert rows
    text = json.dumps(rows, ensure_ascii=False)
    assert not any(word in text for word in ("見守", "ミマモリ", "hanako", "0901111", "example.com"))


def _all(store) -> list[dict]:
    from tests.faults.harness import all_rows

    return [row for table, rows in all_rows().items() if table.endswith("contracts") for row in rows.values()]


def test_a_list_has_holder_task_and_what_is_owed(browser, contracts) -> None:
    page = browser.get("/v1/operator/contracts?service=sottonet&state=accepted", who="operator").json_body["items"]
    (hers,) = [item for item in page if item["id"] == contracts[0]]
    assert hers["name"] == "見守 花子"
    assert hers["task"] == {"kind": "arrange_visit", "since": "2025-04-03", "due": None}
    assert (hers["tasks"], hers["owed"], hers["overdue"], hers["parked"]) == (1, 0, 0, False)
    assert browser.get("/v1/operator/contracts?service=allwatch", who="operator").json_body["items"] == []


def test_opening_a_contract_says_who_holds_it_without_a_search(browser, contracts, store) -> None:
    opened = browser.get(f"/v1/contracts/{contracts[0]}", who="operator").json_body
    assert (opened["name"], opened["parked"], opened["unpaid"], opened["overdue"]) == ("見守 花子", False, 0, 0)
    assert opened["applied_at"] == "2025-04-03T01:00:00Z"
    nights.park(
        store, nights.Parked(contracts[0] + "#charge", contracts[0], "2025-04-03", "2025-04-03", "", "TermsError", "", {})
    )
    assert browser.get(f"/v1/contracts/{contracts[0]}", who="operator").json_body["parked"] is True
    nights.unpark(store, contracts[0] + "#charge")
    hers = browser.get(f"/v1/contracts/{contracts[0]}", who="hana").json_body
    assert "name" not in hers and "parked" not in hers


def test_only_operators_look_for_people(browser, contracts) -> None:
    assert browser.post("/v1/operator/contract-searches", {"q": "見守"}).status_code == 403
    assert browser.get("/v1/operator/contracts").status_code == 403
    assert browser.post("/v1/operator/contract-searches", {"q": ""}, who="operator").status_code == 400
