"""A contract's whole life on one line: what comes, then what happened, from everywhere that knows of it."""

from __future__ import annotations

import ast
import re
from datetime import date, time
from pathlib import Path

import pytest

import chalicelib
from chalicelib.contracts import terms as files
from chalicelib.dates import at_japan
from chalicelib.flows.calendar import texts
from chalicelib.iot.alerts import Alert
from chalicelib.iot.reading import to_millis
from chalicelib.iot.watching import Device
from chalicelib.store import alerts, devices, people
from tests.api.test_life import apply

PACKAGE = Path(chalicelib.__file__).parent


def clock(browser, at: str) -> None:
    answer = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def running(browser, store) -> str:
    """Applied on 3 April, installed on the 10th, first billed on 1 May, an alert on the 2nd."""
    clock(browser, "2025-04-03T10:00")
    made = str(apply(browser, "sumi")["id"])
    clock(browser, "2025-04-10T10:00")
    assert browser.post(f"/v1/contracts/{made}/commands/install", {}, who="operator").status_code == 200
    clock(browser, "2025-05-02T10:00")
    assert browser.post(f"/v1/contracts/{made}/commands/log_in", {}, who="sumi").status_code == 200
    return made


def page(browser, contract: str, **query) -> dict:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = browser.get(f"/v1/operator/contracts/{contract}/timeline?{asked}", who="operator")
    assert answer.status_code == 200, answer.body
    return answer.json_body


def whole(browser, contract: str, **query) -> list[dict]:
    found, cursor = [], {}
    while True:
        part = page(browser, contract, **query, **cursor)
        found += part["items"]
        if "next" not in part:
            return found
        cursor = {"cursor": part["next"]}


def test_what_comes_stands_above_what_happened_and_both_are_newest_first(browser, running) -> None:
    found = whole(browser, running)
    happened = [(entry["at"][:10], entry["group"], entry["kind"]) for entry in found if entry["happened"]]
    assert happened == [
        ("2025-05-02", "contract", "noted"),
        ("2025-04-30", "notice", "invoice_issued"),
        ("2025-04-30", "bill", "invoice_issued"),
        ("2025-04-19", "notice", "service_start"),
        ("2025-04-19", "contract", "service_started"),
        ("2025-04-10", "equipment", "installed"),
        ("2025-04-03", "notice", "account_issued"),
        ("2025-04-03", "notice", "accepted"),
        ("2025-04-03", "notice", "application_received"),
        ("2025-04-03", "contract", "accepted"),
        ("2025-04-03", "contract", "applied"),
    ]
    flags = [entry["happened"] for entry in found]
    assert flags == sorted(flags)
    coming = [entry["at"] for entry in found if not entry["happened"]]
    assert coming and coming == sorted(coming, reverse=True)
    assert all(entry["text"]["ja"] and entry["text"]["en"] for entry in found)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_leave_nothing_out_and_repeat_nothing(browser, running, limit) -> None:
    assert whole(browser, running, limit=limit) == whole(browser, running, limit=100)


def test_a_bill_has_its_amount_and_its_rules(browser, running) -> None:
    (bill,) = [entry for entry in whole(browser, running, group="bill") if entry["happened"]]
    assert (bill["about"]["total"], bill["about"]["due_on"], bill["by"]) == (76626, "2025-05-27", "system")
    assert all(rule.startswith("STN-") for rule in bill["rules"])


def test_alerts_devices_and_tasks_stand_among_the_rest_and_no_value_is_told(browser, running, store) -> None:
    opened = to_millis(at_japan(date(2025, 5, 1), time(9)))
    device = Device("d-9", running, "climate-sensor", opened - 1000)
    store.write(devices.new(store, device))
    store.write(people.write(store, running, people.People(), people.People(devices=("d-9",))))
    for number in range(3):
        alert = Alert(f"{opened + number:014d}-1-heat", "heat", "warning", opened + number, opened, 31.7, condition="threshold")
        store.write(alerts.write(store, running, "d-9", alert))
    found = whole(browser, running, limit=2)
    mine = [(entry["group"], entry["about"].get("alert")) for entry in found if entry["group"] in ("alert", "device")]
    assert mine == [*(("alert", f"{opened + number:014d}-1-heat") for number in (2, 1, 0)), ("device", None)]
    assert "31.7" not in str(found)


def test_the_log_says_in_words_what_was_written(browser, running) -> None:
    log = browser.get(f"/v1/contracts/{running}/events", who="operator").json_body["items"]
    said = {entry["kind"]: entry["text"]["ja"] for entry in log}
    assert said["accepted"] == "お申し込みを承りました。"
    assert said["noted"] == "お申し出を記録しました。契約は変わりません。"
    assert "76,626" in said["invoice_issued"]
    second = browser.get(f"/v1/contracts/{running}/events?limit=2", who="operator").json_body
    assert second["items"] == log[:2] and second["next"]


def kinds_written() -> set[str]:
    """Every kind of event that the code or a file of terms writes into a contract's log."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if name in ("event", "Event"):
                    found.add(call.args[0].value)
    for service in files.services():
        text = (PACKAGE / "services" / f"{service}.toml").read_text(encoding="utf-8")
        found |= set(re.findall(r'\bevent = "([a-z_]+)"', text))
    return found


def test_whatever_is_written_into_a_log_has_words_in_both_languages() -> None:
    kinds = kinds_written()
    assert {"accepted", "noted", "sim_failed", "member_joined"} - kinds == {"noted"}  # that one is a default
    words = {kind: texts()["silent"].get(kind) or texts().get(kind, {}).get("done", {}) for kind in kinds | {"noted"}}
    assert [kind for kind, said in words.items() if not (said.get("ja") and said.get("en"))] == []


def test_it_is_for_operators_only(browser, running) -> None:
    assert browser.get(f"/v1/operator/contracts/{running}/timeline", who="sumi").status_code == 403
    assert browser.get("/v1/operator/contracts/nobody/timeline", who="operator").status_code == 404
    wrong = browser.get(f"/v1/operator/contracts/{running}/timeline?cursor=AAAA", who="operator")
    assert (wrong.status_code, wrong.json_body["field"]) == (400, "cursor")
