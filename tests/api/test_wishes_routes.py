"""Wishes through the public door: made once, seen, taken back, and not there for anybody else."""

from __future__ import annotations

import pytest

from .test_life import APPLICATION, CONSENTS


@pytest.fixture(scope="module")
def path(browser) -> str:
    browser.post("/v1/local/clock", {"at": "2025-04-01T10:00", "frozen": True}, who="operator")
    contract = browser.post("/v1/contracts", {**APPLICATION, "consents": CONSENTS}).json_body["id"]
    browser.post(f"/v1/contracts/{contract}/commands/install", {}, who="operator")
    made = browser.post(f"/v1/contracts/{contract}/devices", {"device": "wish-room", "model": "climate-sensor"})
    assert made.status_code == 201, made.body
    return f"/v1/contracts/{contract}/devices/wish-room/wishes"


def test_a_wish_is_made_once_seen_and_taken_back(browser, path) -> None:
    body = {"settings": {"reporting_minutes": 10}}
    made = browser.post(path, body, idempotency_key="wish-once")
    again = browser.post(path, body, idempotency_key="wish-once")
    assert (made.status_code, made.json_body) == (201, again.json_body)
    wish = made.json_body["wish"]
    assert made.headers["Location"] == f"{path}/{wish}"
    assert [one["wish"] for one in browser.get(path).json_body["items"]] == [wish]
    assert browser.get(f"{path}/{wish}").json_body["state"] == "pending"
    assert browser.send("DELETE", f"{path}/{wish}").json_body["state"] == "withdrawn"
    assert browser.get(f"{path}?by=others").json_body["items"] == []


def test_for_anybody_else_there_is_nothing(browser, path) -> None:
    made = browser.post(path, {"settings": {"reporting_minutes": 12}}).json_body
    for method, where, body in (
        ("POST", path, {"settings": {"reporting_minutes": 5}}),
        ("GET", path, None),
        ("GET", f"{path}/{made['wish']}", None),
        ("DELETE", f"{path}/{made['wish']}", None),
    ):
        assert browser.send(method, where, body, who="ume").status_code == 404, (method, where)
    assert browser.get(f"{path}/{made['wish']}").json_body["state"] == "pending"


@pytest.mark.parametrize(
    ("settings", "field"),
    [({}, "settings"), ({"reporting_minutes": 61}, "settings.reporting_minutes"), ({"volume": 3}, "settings")],
)
def test_what_cannot_be_wished_for_is_told_by_its_field(browser, path, settings, field) -> None:
    answer = browser.post(path, {"settings": settings})
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


def test_the_home_as_it_is_now_is_there_for_its_people_only(browser, path) -> None:
    contract = path.split("/")[3]
    seen = browser.get(f"/v1/contracts/{contract}/now")
    assert seen.status_code == 200
    assert [one["device"] for one in seen.json_body["devices"]] == ["wish-room"]
    assert browser.get(f"/v1/contracts/{contract}/now", who="ume").status_code == 404
