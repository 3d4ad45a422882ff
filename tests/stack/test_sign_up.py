"""From an address to a session and out again: through the packaged system, with the code where a person finds it."""

import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest

from local.client import Api
from tests.stack.conftest import House
from tests.stack.test_trip import APPLICATION, soon

pytestmark = pytest.mark.stack
EMAIL = "mei@mimamori.example"
PASSWORD, LATER = "Asagao-no-hana-7", "Himawari-no-tane-8"


class Browser:
    """Talks to the API as a page does: JSON, and the cookies that it was given."""

    def __init__(self, api: str) -> None:
        self.api, self.cookie, self.token = api, "", ""

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Cookie": self.cookie, "Accept-Language": "en"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.cookie = (answer.headers["Set-Cookie"] or self.cookie).split(";")[0]
                raw = answer.read()
                return answer.status, json.loads(raw) if raw else None
        except urllib.error.HTTPError as refused:
            raw = refused.read()
            return refused.code, json.loads(raw) if raw else None

    def sign_in(self, password: str, email: str = EMAIL) -> tuple[int, Any]:
        self.token = ""
        status, told = self.send("POST", "/v1/session", {"email": email, "password": password})
        self.token = told.get("token", "")
        return status, told


@pytest.fixture(scope="module")
def browser(house: House) -> Browser:
    return Browser(house.world.api)


def code_for(house: House, email: str) -> str:
    """The code as the page of what arrived shows it: the newest mail's."""
    with urllib.request.urlopen(f"{house.world.phones.address}/messages", timeout=10) as answer:
        came = json.loads(answer.read())["messages"]
    texts = [one["text"] for one in came if one["way"] == "mail" and email in one["to"]]
    codes = [found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))]
    return codes[0] if codes else ""


def test_from_the_address_to_a_session_and_out(house: House, browser: Browser) -> None:
    begun = browser.send("POST", "/v1/accounts", {"email": EMAIL, "password": PASSWORD, "language": "en"})
    assert begun == (202, {"sent_to": "m•••@mimamori.example"})
    assert browser.sign_in(PASSWORD)[1]["reason"] == "not_confirmed"
    assert browser.send("POST", "/v1/accounts/code", {"email": EMAIL})[0] == 202
    assert browser.send("POST", "/v1/accounts/confirm", {"email": EMAIL, "code": "000000"})[1]["reason"] == "wrong_code"
    assert browser.send("POST", "/v1/accounts/confirm", {"email": EMAIL, "code": code_for(house, EMAIL)}) == (204, None)
    status, told = browser.sign_in(PASSWORD)
    assert (status, told["email"], told["language"], told["roles"]) == (200, EMAIL, "en", [])
    browser.token = ""
    status, told = browser.send("POST", "/v1/session/refresh")
    assert (status, told["email"]) == (200, EMAIL)
    browser.token = told["token"]
    me = browser.send("GET", "/v1/me")
    assert me == (200, {"account": told["account"], "email": EMAIL, "language": "en", "roles": [], "contracts": 0})
    kept, browser.token = browser.cookie, ""
    assert browser.send("DELETE", "/v1/session") == (204, None)
    assert browser.cookie == "mimamori_session="
    browser.cookie = kept
    assert browser.send("POST", "/v1/session/refresh")[0] == 401


def test_a_sign_up_that_nobody_confirmed_gives_way_to_the_next(house: House, browser: Browser) -> None:
    body = {"email": "twice@mimamori.example", "password": PASSWORD}
    assert browser.send("POST", "/v1/accounts", body)[0] == 202
    assert browser.send("POST", "/v1/accounts", {**body, "password": LATER})[0] == 202
    code = code_for(house, body["email"])
    assert browser.send("POST", "/v1/accounts/confirm", {"email": body["email"], "code": code})[0] == 204
    assert browser.sign_in(PASSWORD, body["email"])[0] == 401
    assert browser.sign_in(LATER, body["email"])[0] == 200


def test_a_forgotten_password(house: House, browser: Browser) -> None:
    assert browser.sign_in(PASSWORD)[0] == 200
    kept = browser.cookie
    assert browser.send("POST", "/v1/accounts/forgotten", {"email": EMAIL})[0] == 202
    body = {"email": EMAIL, "code": code_for(house, EMAIL), "password": LATER}
    assert browser.send("POST", "/v1/accounts/password", body) == (204, None)
    assert browser.sign_in(PASSWORD)[0] == 401
    browser.cookie = kept
    assert browser.send("POST", "/v1/session/refresh")[0] == 401
    assert browser.sign_in(LATER)[0] == 200


def test_another_address_and_another_password(house: House, browser: Browser) -> None:
    """With a contract whose letters go to the old address: the worker that moves them has the rights for it."""
    assert browser.sign_in(LATER)[0] == 200
    contract = Api(house.world.api, browser.token).post("/v1/contracts", {**APPLICATION, "contact": {"email": EMAIL}}, "mei")[
        "id"
    ]
    new = "mei.new@mimamori.example"
    body = {"email": new, "password": LATER}
    assert browser.send("POST", "/v1/me/email", {**body, "password": PASSWORD})[1]["reason"] == "password_wrong"
    assert browser.send("POST", "/v1/me/email", body)[0] == 202
    code = soon(lambda: code_for(house, new))
    assert browser.send("POST", "/v1/me/email/confirm", {"code": code}) == (204, None)
    assert browser.sign_in(LATER)[0] == 401
    status, told = browser.sign_in(LATER, new)
    assert (status, told["email"]) == (200, new)
    soon(lambda: browser.send("GET", f"/v1/contracts/{contract}")[1]["contact"]["email"] == new)
    status, told = browser.send("POST", "/v1/me/password", {"password": LATER, "new_password": PASSWORD})
    assert (status, told["email"]) == (200, new)
    assert browser.send("POST", "/v1/session/refresh")[0] == 200
    assert browser.sign_in(PASSWORD, new)[0] == 200


def test_who_goes_takes_everything_along(house: House, browser: Browser) -> None:
    """The worker has the rights to erase an account, and to take it out of the pool."""
    email = "goes@mimamori.example"
    assert browser.send("POST", "/v1/accounts", {"email": email, "password": PASSWORD, "language": "en"})[0] == 202
    assert browser.send("POST", "/v1/accounts/confirm", {"email": email, "code": code_for(house, email)})[0] == 204
    assert browser.sign_in(PASSWORD, email)[0] == 200
    own = Api(house.world.api, browser.token)
    another_pays = {"applicant": {"name": "Kanaria Mei", "card_holder": "Kanaria Ken"}}
    contract = own.post("/v1/contracts", {**APPLICATION, **another_pays, "contact": {"email": email}}, "goes")["id"]
    status, problem = browser.send("POST", "/v1/me/delete", {"password": PASSWORD})
    assert (status, [one["contract"] for one in problem["contracts"]]) == (409, [contract])
    operator = Api(house.world.api, house.world.token("operator"))
    operator.post(f"/v1/contracts/{contract}/commands/refuse", {}, "goes-refused")
    assert browser.send("POST", "/v1/me/delete", {"password": PASSWORD}) == (204, None)
    assert browser.send("GET", "/v1/me")[0] == 401
    soon(lambda: [mail for mail in house.world.stack.sent_mail() if "account is deleted" in json.dumps(mail)])
    cognito, people = house.world.stack.client("cognito-idp"), house.world.outputs["UserPoolId"]
    soon(lambda: email not in json.dumps(cognito.list_users(UserPoolId=people)["Users"], default=str))
    tables = house.world.stack.client("dynamodb")
    found = tables.query(
        TableName="mimamori-local-contracts",
        KeyConditionExpression="contract = :c",
        ExpressionAttributeValues={":c": {"S": contract}},
    )
    assert email not in json.dumps(found["Items"])


def test_who_lives_in_the_local_world_can_sign_in_by_password(house: House, browser: Browser) -> None:
    for who, roles in (("operator", ["operator"]), ("haruka", [])):
        user = house.world.users[who]
        status, told = browser.sign_in(user["password"], user["email"])
        assert (status, told["roles"]) == (200, roles)


def test_an_address_that_is_known_gets_a_mail(house: House, browser: Browser) -> None:
    assert browser.send("POST", "/v1/accounts", {"email": "mei.new@mimamori.example", "password": PASSWORD})[0] == 202
    soon(lambda: [mail for mail in house.world.stack.sent_mail() if "account already" in json.dumps(mail)])


def test_no_door_failed_on_the_way(house: House) -> None:
    house.logs.gather()
    lines = house.logs.file.read_text().splitlines() if house.logs.file.exists() else []  # whoever has nothing to say is silent
    assert [line for line in lines if "ERROR" in line or "Traceback" in line or "AccessDenied" in line] == []
    assert not [line for line in lines if PASSWORD in line or EMAIL in line]
