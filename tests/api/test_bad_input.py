"""Every field of every route, wrong in every way: a clear 4xx that names the field, nothing written, nothing repeated."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

import pytest

from chalicelib.api import base, resources
from chalicelib.contracts.contract import Contract, Decision
from chalicelib.store import contracts

from .shapes import CANARY, Miss, fitting, misses

assert resources.RESOURCES  # all routes are registered
NOW = datetime(2025, 4, 3, 1, 0, tzinfo=UTC)
EXAMPLES = {
    "contract": "c1",
    "service": "sottonet",
    "device": "d1",
    "watch": "w1",
    "person": "p1",
    "invoice": "2025-04-initial",
}
EXAMPLES |= {"member": "family-0123456789abcdef01234567", "invitation": "family-0123456789abcdef01234567", "account": "hana"}
EXAMPLES |= {"subscription": "0123456789abcdef01234567"}
EXAMPLES |= {"wish": "1751335200000-0123456789abcdef"}
EXAMPLES |= {"aside": "aGFsbC0xCjAwMDE3NTQwMTAwMDAjMDEyMw=="}
EXAMPLES |= {"handout": "installer", "rule": "STN-CHG-1", "command": "announce_price"}
EXAMPLES |= {"serial": "ROOM-0001", "model": "bed-mat", "rollout": "1.2.0"}
EXAMPLES |= {
    "alert": "a1",
    "parked": "c1",
    "number": "neighbour",
    "day": "2025-04-03",
    "import": "i" + 23 * "0",
    "export": "invoices",
}


def path_of(route: base.Route, **names: str) -> str:
    return route.path.format(**{**EXAMPLES, **names})


def cases() -> list[tuple[str, str, dict]]:
    found = []
    for route in base.ROUTES:
        if route.body is not None:
            found.append((route.method, path_of(route), route.body))
        for name, body in route.variants.items():
            found.append((route.method, path_of(route, command=name), body))
    return found


CASES = cases()


@pytest.fixture(scope="module", autouse=True)
def contract(store) -> Contract:
    made = Contract(id="c1", service="sottonet", account="hana", applied_at=NOW, state="active")
    return contracts.commit(store, None, Decision(made), at=NOW, due=None)


@pytest.fixture
def writes(store, request):
    """The names of all writing calls that the test makes."""
    made: list[str] = []

    def note(model, **_) -> None:
        if model.name not in ("GetItem", "BatchGetItem", "Query"):
            made.append(model.name)

    store.client.meta.events.register("before-call.dynamodb", note, unique_id="writes")
    yield made
    store.client.meta.events.unregister("before-call.dynamodb", unique_id="writes")


@pytest.mark.parametrize(
    ("method", "path", "schema"), CASES, ids=[f"{method} {path} {i}" for i, (method, path, _) in enumerate(CASES)]
)
def test_every_field_wrong_in_every_way(browser, writes, caplog, capfd, method, path, schema) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "mimamori")
    for miss in misses(schema):
        _check(browser, method, path, miss)
    assert writes == []
    assert "anaria" not in caplog.text + "".join(capfd.readouterr())


def _check(browser, method: str, path: str, miss: Miss) -> None:
    if miss.field == "command":
        return  # decides which schema is looked at: tested on its own
    answer = browser.send(
        method, path, raw=json.dumps(miss.body).encode(), who="operator", if_match='"1"', accept_language="en"
    )
    assert answer.status_code == 400, (path, miss, answer.body)
    told = answer.json_body
    assert "anaria" not in json.dumps(told).replace("kanaria_field", ""), (path, miss.why)
    assert told["type"] == "/problems/invalid"
    assert told["field"].startswith(miss.field) or miss.field.startswith(told["field"]), (path, miss.why, told)
    assert all(told[key] for key in ("title", "detail", "cure", "reason"))
    assert told["cure"] != "Please check the request and try again.", (path, miss.why, told)


FOREIGN = [case for case in CASES if "/contracts/" in case[1]]


@pytest.mark.parametrize(
    ("method", "path", "schema"), FOREIGN, ids=[f"{case[0]} {case[1]} {i}" for i, case in enumerate(FOREIGN)]
)
def test_somebody_elses_contract_is_a_contract_that_does_not_exist(browser, writes, method, path, schema) -> None:
    foreign = browser.send(method, path, fitting(schema), who="mallory", if_match='"1"')
    absent = browser.send(method, path.replace("/c1/", "/c9/").removesuffix("/c1"), fitting(schema), who="hana", if_match='"1"')
    if path.endswith("/c1"):
        absent = browser.send(method, path[:-1] + "9", fitting(schema), who="hana", if_match='"1"')
    assert foreign.status_code == absent.status_code == 404
    assert foreign.body == absent.body
    assert writes == []


BARE = [route for route in base.ROUTES if not route.public]


@pytest.mark.parametrize("route", BARE, ids=lambda route: f"{route.method} {route.path}")
def test_without_a_token_there_is_nothing(browser, writes, route) -> None:
    path = path_of(route, command="pay")
    for header in ("", "Bearer", "Bearer x.y.z", "Basic aGFuYTpoYW5h", f"Bearer {browser.pool.token('hana', exp=1)}"):
        answer = browser.send(route.method, path, {}, who=None, authorization=header)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert writes == []


OF_CONTRACT = [route for route in BARE if "{contract}" in route.path]


@pytest.mark.parametrize("route", OF_CONTRACT, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("contract", ["c9", "c1%23x", "service%23sottonet", "parked", "clock", "x" * 65, "..", "%00", "c1%20"])
def test_an_id_that_names_nothing_is_not_found(browser, writes, route, contract) -> None:
    path = path_of(route, contract=contract, command="pay")
    answer = browser.send(route.method, path, {}, if_match='"1"')
    assert answer.status_code == 404, answer.body
    assert answer.json_body["type"] == "/problems/not-found"
    assert writes == []


PAGED = [route for route in BARE if route.query]


@pytest.mark.parametrize("route", PAGED, ids=lambda route: f"{route.method} {route.path}")
def test_queries_are_checked_like_bodies(browser, writes, route) -> None:
    wrong = {
        f"kanaria_field={1}": "kanaria_field",
        "limit=0": "limit",
        "limit=101": "limit",
        "limit=x": "limit",
        "limit=": "limit",
    }
    wrong |= {"limit=1&limit=2": "limit", "limit=1e2": "limit"}
    if "cursor" in route.query:
        wrong |= {"cursor=%00": "cursor", f"cursor={'x' * 2000}": "cursor", "cursor=": "cursor"}
    for query, field in wrong.items():
        answer = browser.send(route.method, f"{path_of(route)}?{query}", who="operator")
        assert answer.status_code == 400, (query, answer.body)
        assert answer.json_body["field"] == field
    assert writes == []


KEYLESS = {path_of(route) for route in base.ROUTES if route.keyless and route.body is not None}
POSTS = [(method, path, schema) for method, path, schema in CASES if method == "POST" and path not in KEYLESS]


@pytest.mark.parametrize(("method", "path", "schema"), POSTS[:3] + POSTS[-3:], ids=str)
def test_a_post_needs_an_idempotency_key(browser, writes, method, path, schema) -> None:
    for key in ("", "x" * 129, "a b", "かぎ", "a\tb"):
        answer = browser.send(method, path, fitting(schema), who="operator", idempotency_key=key)
        assert answer.status_code == 400
        assert answer.json_body["field"] == "Idempotency-Key"
    assert writes == []


def test_a_change_needs_the_version_that_was_read(browser, writes) -> None:
    answer = browser.send("PATCH", "/v1/contracts/c1", {"payer": "abc"})
    assert (answer.status_code, answer.json_body["field"]) == (428, "If-Match")
    for given in ("*", "abc", '"1', '"-1"', '"99999999999999"', '"1", "2"'):
        answer = browser.send("PATCH", "/v1/contracts/c1", {"payer": "abc"}, if_match=given)
        assert (answer.status_code, answer.json_body["field"]) == (400, "If-Match"), given
    assert writes == []


def test_bodies_that_are_no_json(browser, writes) -> None:
    path = "/v1/contracts/c1/commands/request_cancellation"
    for raw in (
        b"{",
        b'{"a":1,}',
        b"\xff\xfe",
        b'{"effective": NaN}',
        b"[" * 50_000,
        b'{"a":' * 9000,
        b"1" * 5000,
        b"nul",
        b" ",
    ):
        answer = browser.send("POST", path, raw=raw)
        assert answer.status_code == 400, raw[:20]
        assert answer.json_body["field"] == "body"
    twice = browser.send("POST", path, raw=b'{"effective":"2025-05-31","effective":"2025-06-30"}')
    assert (twice.status_code, twice.json_body["reason"]) == (400, "twice")
    assert writes == []


def test_bodies_that_are_too_large_or_of_another_type(browser, writes) -> None:
    path = "/v1/contracts/c1/commands/request_cancellation"
    large = browser.send("POST", path, raw=b'{"effective":"' + b"x" * 65_536 + b'"}')
    assert (large.status_code, large.json_body["type"]) == (413, "/problems/too-large")
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"):
        answer = browser.send("POST", path, {}, content_type=media)
        assert (answer.status_code, answer.json_body["type"]) == (415, "/problems/media-type")
    assert writes == []


def test_a_quote_names_a_command_that_exists(browser, writes) -> None:
    path = "/v1/contracts/c1/quotes"
    for body, reason in (({}, "missing"), ({"command": CANARY}, "not_offered"), ({"command": 1}, "type"), ([], "type")):
        answer = browser.send("POST", path, body)
        assert (answer.status_code, answer.json_body["reason"]) == (400, reason)
        assert CANARY not in answer.body.decode()
    assert browser.send("POST", "/v1/contracts/c1/commands/fly", {}).status_code == 404
    assert writes == []
