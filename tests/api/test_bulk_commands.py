"""One command on many contracts: a dry run that stores nothing, and the same carried out once."""

from __future__ import annotations

import pytest

from tests.api.test_life import apply
from tests.faults import harness


def all_rows() -> dict:
    """What is stored, but for the log of who looked."""
    return harness.all_rows(leave_out=("audit#",))


@pytest.fixture(scope="module", autouse=True)
def start(browser) -> None:
    clock(browser, "2025-04-03T10:00")


def clock(browser, at: str) -> None:
    answer = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contracts(browser) -> list[str]:
    """Two that run, one that is only accepted."""
    made = [str(apply(browser, who)["id"]) for who in ("a", "b", "c")]
    clock(browser, "2025-04-10T10:00")
    for contract in made[:2]:
        assert browser.post(f"/v1/contracts/{contract}/commands/install", {}, who="operator").status_code == 200
    clock(browser, "2025-04-21T10:00")
    for contract in made[:2]:
        browser.post(f"/v1/contracts/{contract}/commands/log_in", {}, who="operator")
    return made


def bulk(browser, command: str, contracts: list[str], body: dict | None = None, **more) -> dict:
    headers = {"Idempotency_Key": more.pop("key")} if "key" in more else {}
    asked = {"command": command, "contracts": contracts, **({"body": body} if body is not None else {}), **more}
    answer = browser.post("/v1/operator/bulk", asked, who="operator", **headers)
    assert answer.status_code == 200, answer.body
    return answer.json_body


def outcomes(found: dict) -> list[tuple[str, str | None]]:
    return [(item["outcome"], item.get("reason")) for item in found["items"]]


@pytest.mark.rule("STN-SUS-3")
def test_a_dry_run_says_what_would_change_and_stores_nothing(browser, contracts) -> None:
    before = all_rows()
    found = bulk(browser, "suspend", [*contracts, "nobody", contracts[0]], {"reason": "unpaid"}, dry_run=True)
    assert all_rows() == before
    assert outcomes(found) == [("would", None), ("would", None), ("refused", "not_active"), ("unknown", "not_found")]
    assert (found["dry_run"], found["good"], found["refused"]) == (True, 2, 2)
    first, refused = found["items"][0], found["items"][2]
    assert first["changes"]["state"] == {"from": "active", "to": "suspended"}
    assert [event["kind"] for event in first["events"]] == ["suspended"]
    assert first["notices"] == ["suspended"]
    assert first["undo"] == {"command": "restore", "body": {}}
    assert refused["told"]["ja"] and refused["rule"]["id"] == "STN-SUS-3"


@pytest.mark.rule("STN-SUS-3")
def test_carried_out_once_however_often_it_is_sent_and_taken_back(browser, contracts) -> None:
    first = bulk(browser, "suspend", contracts, {"reason": "unpaid"}, key="night-shift-1")
    assert outcomes(first) == [("done", None), ("done", None), ("refused", "not_active")]
    stored = all_rows()
    assert bulk(browser, "suspend", contracts, {"reason": "unpaid"}, key="night-shift-1") == first
    assert all_rows() == stored
    again = bulk(browser, "suspend", contracts, {"reason": "unpaid"}, key="night-shift-2")
    assert outcomes(again) == [("refused", "already_suspended")] * 2 + [("refused", "not_active")]
    other = bulk(browser, "suspend", contracts[:1], {"reason": "another"}, key="night-shift-1")
    assert outcomes(other) == [("refused", "idempotency_key_reused")]
    undo = first["items"][0]["undo"]
    back = bulk(browser, undo["command"], contracts[:2], undo["body"], key="night-shift-3")
    assert outcomes(back) == [("done", None)] * 2
    assert [browser.get(f"/v1/contracts/{name}", who="operator").json_body["state"] for name in contracts[:2]] == ["active"] * 2


def test_a_command_that_nothing_takes_back_offers_no_undo(browser, contracts) -> None:
    found = bulk(browser, "terminate", contracts[:1], {"reason": "unpaid"}, dry_run=True)
    assert found["items"][0]["undo"] is None and found["items"][0]["state"] == "ended"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"command": "dance", "contracts": ["c"]}, "command"),
        ({"command": "suspend", "contracts": []}, "contracts"),
        ({"command": "suspend", "contracts": ["c"] * 51}, "contracts"),
        ({"command": "suspend", "contracts": ["c"], "body": {"reason": 1}}, "body.reason"),
        ({"command": "notify_start", "contracts": ["c"]}, "body.starts_on"),
    ],
)
def test_bad_input_names_its_field(browser, asked, field) -> None:
    answer = browser.post("/v1/operator/bulk", asked, who="operator")
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


def test_it_is_for_operators_only(browser, contracts) -> None:
    assert browser.post("/v1/operator/bulk", {"command": "pause", "contracts": contracts}, who="a").status_code == 403
