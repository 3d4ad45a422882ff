"""One's own account: language, password, and an address that changes without shutting anybody out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from chalicelib.api import house
from chalicelib.flows import profile
from chalicelib.gateways import clock
from chalicelib.store import members, people

from .cognito import PASSWORD, POOL, made, user
from .letters import delivered
from .test_life import APPLICATION, CONSENTS
from .test_session import cookie_of, refreshed, signing_in

NEW = "Himawari-no-tane-8"


class Person:
    """Somebody who is signed in with a token of the pool."""

    def __init__(self, browser, email: str) -> None:
        self.browser, self.account = browser, made(email)
        self.sign_in(email)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        answer = signing_in(self.browser, email, password)
        assert answer.status_code == 200, answer.body
        self.cookie, self.token = cookie_of(answer), answer.json_body["token"]

    def send(self, method: str, path: str, body=None, **how):
        return self.browser.send(method, path, body, who=None, authorization=f"Bearer {self.token}", **how)

    def get(self, path: str):
        return self.send("GET", path)

    def post(self, path: str, body, **how):
        return self.send("POST", path, body, **how)


@pytest.fixture(scope="module", autouse=True)
def start(browser) -> None:
    browser.post("/v1/local/clock", {"at": "2025-04-01T10:00", "frozen": True}, who="operator")


def code_in(store, to: str) -> str:
    (text,) = [text for address, _, text in delivered(store) if address == to]
    (code,) = re.findall(r"^\d{6}$", text, re.MULTILINE)
    return code


def test_the_language_stays_on_every_machine(browser) -> None:
    rin = Person(browser, "rin@example.com")
    assert rin.get("/v1/me").json_body["language"] == "ja"
    changed = rin.send("PATCH", "/v1/me", {"language": "en"})
    assert (changed.status_code, changed.json_body["language"]) == (200, "en")
    assert signing_in(browser, "rin@example.com").json_body["language"] == "en"
    assert rin.send("PATCH", "/v1/me", {"language": "fr"}).status_code == 400


def test_contracts_of_ones_own_are_counted(browser) -> None:
    sora = Person(browser, "sora@example.com")
    for number in range(2):
        body = {**APPLICATION, "consents": CONSENTS}
        assert sora.post("/v1/contracts", body, idempotency_key=f"sora-{number}").status_code == 201
    assert sora.get("/v1/me").json_body["contracts"] == 2


def test_many_contracts_are_counted_page_by_page(browser, store, monkeypatch) -> None:
    whole = profile.rows.of_account
    monkeypatch.setattr(profile.rows, "of_account", lambda *args, **how: whole(*args, **{**how, "limit": 1}))
    sora = boto3.client("cognito-idp").admin_get_user(UserPoolId=POOL, Username="sora@example.com")["Username"]
    assert len(profile.contracts_of(store, sora)) == 2


def test_a_new_password_keeps_this_machine_signed_in_and_no_other(browser, monkeypatch) -> None:
    yui = Person(browser, "yui@example.com")
    other = cookie_of(signing_in(browser, "yui@example.com"))
    wrong = yui.post("/v1/me/password", {"password": NEW, "new_password": NEW})
    assert (wrong.status_code, wrong.json_body["field"], wrong.json_body["reason"]) == (400, "password", "password_wrong")
    weak = yui.post("/v1/me/password", {"password": PASSWORD, "new_password": "short"})
    assert (weak.status_code, weak.json_body["field"], weak.json_body["reason"]) == (400, "new_password", "password_weak")
    assert refreshed(browser, other).status_code == 200
    slow = lambda: datetime.now(UTC) + timedelta(seconds=5)  # noqa: E731  seconds lie between the new session and the end of the others
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", slow)
        done = yui.post("/v1/me/password", {"password": PASSWORD, "new_password": NEW})
    assert (done.status_code, done.json_body["account"]) == (200, yui.account)
    assert refreshed(browser, other).status_code == refreshed(browser, yui.cookie).status_code == 401
    assert refreshed(browser, cookie_of(done)).status_code == 200
    assert browser.get("/v1/me", who=None, authorization=f"Bearer {done.json_body['token']}").status_code == 200
    assert signing_in(browser, "yui@example.com").status_code == 401


def test_an_address_changes_when_its_own_code_comes_back(browser, store) -> None:
    aoi = Person(browser, "aoi@example.com")
    body = {"email": "aoi.new@example.com", "password": PASSWORD}
    asked = aoi.post("/v1/me/email", body)
    assert (asked.status_code, asked.json_body) == (202, {"sent_to": "a•••@example.com"})
    code = code_in(store, "aoi.new@example.com")
    assert user("aoi@example.com").id == aoi.account  # the old address stays
    wrong = aoi.post("/v1/me/email/confirm", {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert (wrong.status_code, wrong.json_body["field"], wrong.json_body["reason"]) == (400, "code", "wrong_code")
    for _ in range(2):  # a reply that was lost
        assert aoi.post("/v1/me/email/confirm", {"code": code}).status_code == 204
    assert user("aoi.new@example.com").id == aoi.account
    assert signing_in(browser, "aoi@example.com").status_code == 401
    assert signing_in(browser, "aoi.new@example.com").json_body["account"] == aoi.account
    told = delivered(store)
    assert [(to, subject) for to, subject, _ in told] == [("aoi@example.com", "メールアドレスが変わりました")]


def test_what_stands_under_an_address_moves_with_it(browser, store) -> None:
    """Riku was let in to Hana's home and is told there; he has a contract of his own, whose letters he gets."""
    riku = Person(browser, "riku@example.com")
    home = browser.post("/v1/contracts", {**APPLICATION, "consents": CONSENTS}).json_body["id"]
    hashed = members.email_hash("riku@example.com")
    store.write(
        members.let_in(store, "hana", members.Member(home, hashed, "riku", "2025-04-01T00:00:00Z", "family", riku.account))
    )
    told = {"person": "riku", "role": "family", "channels": ["mail"], "email": "riku@example.com"}
    assert browser.post(f"/v1/contracts/{home}/people", told).status_code in (200, 201)
    own = {**APPLICATION, "consents": CONSENTS, "contact": {"email": "Riku@example.com"}}
    mine = riku.post("/v1/contracts", own).json_body["id"]
    delivered(store)
    assert riku.get(f"/v1/contracts/{home}").status_code == 200
    riku.post("/v1/me/email", {"email": "riku.new@example.com", "password": PASSWORD})
    assert riku.post("/v1/me/email/confirm", {"code": code_in(store, "riku.new@example.com")}).status_code == 204
    delivered(store)  # the outbox moves it all
    riku.sign_in("riku.new@example.com")
    assert riku.get(f"/v1/contracts/{home}").status_code == 200
    assert {one["id"] for one in riku.get("/v1/contracts").json_body["items"]} == {home, mine}
    assert people.load(store, home).reach["riku"]["email"] == "riku.new@example.com"
    assert riku.get(f"/v1/contracts/{mine}").json_body["contact"]["email"] == "riku.new@example.com"
    log = browser.get(f"/v1/contracts/{home}/events").json_body["items"]
    (moved,) = [event for event in log if event["kind"] == "member_moved"]
    assert moved["facts"]["now"] == f"family-{members.email_hash('riku.new@example.com')[:24]}"
    assert browser.send("DELETE", f"/v1/contracts/{home}/members/{moved['facts']['now']}").status_code == 204
    assert riku.get(f"/v1/contracts/{home}").status_code == 404
    assert people.load(store, home).reach == {}


def test_somebody_elses_address_is_not_taken(browser, store) -> None:
    emi = Person(browser, "emi@example.com")
    made("taken@example.com")
    emi.post("/v1/me/email", {"email": "taken@example.com", "password": PASSWORD})
    refused = emi.post("/v1/me/email/confirm", {"code": code_in(store, "taken@example.com")})
    assert (refused.status_code, refused.json_body["reason"]) == (409, "address_in_use")
    assert user("emi@example.com").id == emi.account


def test_a_sign_up_that_nobody_confirmed_gives_way_to_who_proved_the_address(browser, store) -> None:
    mio = Person(browser, "mio@example.com")
    body = {"email": "wanted@example.com", "password": PASSWORD}
    assert browser.post("/v1/accounts", body, who=None).status_code == 202
    mio.post("/v1/me/email", body)
    assert mio.post("/v1/me/email/confirm", {"code": code_in(store, "wanted@example.com")}).status_code == 204
    assert user("wanted@example.com").id == mio.account


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"email": "x@example.com", "password": "Wrong-guess-123"}, "password", "password_wrong"),
        ({"email": "Nao@Example.com", "password": PASSWORD}, "email", "address_same"),
    ],
)
def test_what_is_wrong_with_a_change_stands_beside_its_field(browser, body, field, reason) -> None:
    if user("nao@example.com") is None:
        made("nao@example.com")
    token = signing_in(browser, "nao@example.com").json_body["token"]
    answer = browser.post("/v1/me/email", body, who=None, authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json_body["field"], answer.json_body["reason"]) == (400, field, reason)


def test_a_code_counts_for_a_while_and_for_few_tries(browser, store) -> None:
    kai = Person(browser, "kai@example.com")
    nothing = kai.post("/v1/me/email/confirm", {"code": "123456"})
    assert (nothing.status_code, nothing.json_body["reason"]) == (409, "no_open_code")
    body = {"email": "kai.new@example.com", "password": PASSWORD}
    kai.post("/v1/me/email", body)
    code = code_in(store, "kai.new@example.com")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = [kai.post("/v1/me/email/confirm", {"code": wrong}).json_body["reason"] for _ in range(6)]
    assert tries == ["wrong_code"] * 5 + ["no_open_code"]  # account_code_tries
    assert kai.post("/v1/me/email/confirm", {"code": code}).json_body["reason"] == "no_open_code"
    kai.post("/v1/me/email", body)
    late = code_in(store, "kai.new@example.com")
    browser.post("/v1/local/clock", {"at": "2025-04-01T10:31", "frozen": True}, who="operator")
    assert kai.post("/v1/me/email/confirm", {"code": late}).json_body["reason"] == "no_open_code"
    answers = [kai.post("/v1/me/email", body).status_code for _ in range(4)]
    assert answers == [202, 202, 202, 409]  # account_mails_a_day


def test_a_change_that_a_crash_cut_short_is_finished_at_the_next_sign_in(browser, store, monkeypatch) -> None:
    from chalicelib.flows import address_change
    from chalicelib.gateways import pool

    class Crash(BaseException):
        pass

    def crash(*args):
        raise Crash

    yua = Person(browser, "yua@example.com")
    yua.post("/v1/me/email", {"email": "yua.new@example.com", "password": PASSWORD})
    code = code_in(store, "yua.new@example.com")
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(address_change, "_settle", crash)
        address_change.confirm(store, house.now(), pool.connect(), yua.account, code)
    assert user("yua.new@example.com").id == yua.account
    assert delivered(store) == []
    yua.sign_in("yua.new@example.com")
    assert [to for to, _, _ in delivered(store)] == ["yua@example.com"]
    yua.sign_in("yua.new@example.com")
    assert delivered(store) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_account_with_a_contract_is_told_which_one_keeps_it(browser, language) -> None:
    email = f"stays.{language}@example.com"
    mei = Person(browser, email)
    contract = mei.post("/v1/contracts", {**APPLICATION, "consents": CONSENTS}).json_body["id"]
    (before,) = mei.get("/v1/me/delete").json_body["items"]  # known before anybody presses
    assert (before["contract"], before["service"], before["reason"]) == (contract, "sottonet", "still_running")
    wrong = mei.post("/v1/me/delete", {"password": NEW})
    assert (wrong.status_code, wrong.json_body["field"]) == (400, "password")
    refused = mei.post("/v1/me/delete", {"password": PASSWORD}, accept_language=language)
    problem = refused.json_body
    assert (refused.status_code, problem["reason"]) == (409, "account_in_use")
    (why,) = problem["contracts"]
    assert (why["contract"], why["service"], why["reason"]) == (contract, "sottonet", "still_running")
    assert why["detail"] == before[language]
    assert why["detail"].isascii() == problem["detail"].isascii() == (language == "en")
    assert mei.get("/v1/me").status_code == 200


def test_an_account_that_nothing_binds_goes_at_its_owners_word(browser, store) -> None:
    mei = Person(browser, "goes@example.com")
    another_pays = {
        "applicant": {"name": "Kanaria Mei", "card_holder": "Kanaria Ken"},
        "contact": {"email": "goes@example.com"},
    }
    contract = mei.post("/v1/contracts", {**APPLICATION, **another_pays}).json_body["id"]
    refused = browser.post(f"/v1/contracts/{contract}/commands/refuse", {}, who="operator")
    assert refused.json_body["state"] == "refused", refused.body
    assert profile.rows.load_profile(store, contract)["applicant"]["name"] == "Kanaria Mei"
    delivered(store)
    assert mei.get("/v1/me/delete").json_body["items"] == []
    done = mei.post("/v1/me/delete", {"password": PASSWORD})
    assert (done.status_code, done.body) == (204, b"")
    assert done.headers["Set-Cookie"].startswith("mimamori_session=;") and "Max-Age=0" in done.headers["Set-Cookie"]
    assert mei.get("/v1/me").status_code == 401  # at once, whatever still has to be erased
    assert refreshed(browser, mei.cookie).status_code == 401
    assert signing_in(browser, "goes@example.com").status_code == 401
    assert [(to, subject) for to, subject, _ in delivered(store)] == [("goes@example.com", "アカウントを削除しました")]
    assert user("goes@example.com") is None
    assert profile.rows.load_profile(store, contract) == {}  # no bill bears the name
    answer = browser.post("/v1/accounts", {"email": "goes@example.com", "password": PASSWORD}, who=None)
    assert answer.status_code == 202
    assert user("goes@example.com").id != mei.account  # whoever comes again is somebody new


# everything that we hold


def exported(person: Person) -> list[dict]:
    """All pages put together."""
    items, cursor = [], ""
    while True:
        answer = person.get(f"/v1/me/export{f'?cursor={cursor}' if cursor else ''}")
        assert answer.status_code == 200, answer.body
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="mimamori-2025-')
        items += answer.json_body["items"]
        cursor = answer.json_body.get("next", "")
        if not cursor:
            return items


def of_kind(items: list[dict], kind: str) -> list[dict]:
    return [one["data"] for one in items if one["kind"] == kind]


@pytest.fixture(scope="module")
def hoshi(browser, store) -> Person:
    """Holds a contract with a bill, a person, a device; was let in to Hana's home, and is told there."""
    hoshi = Person(browser, "hoshi@example.com")
    details = {"applicant": {"name": "Kanaria Hoshi"}, "contact": {"email": "hoshi@example.com", "phone": "090-0000-0000"}}
    contract = hoshi.contract = hoshi.post("/v1/contracts", {**APPLICATION, **details}).json_body["id"]
    told = {"person": "mai", "role": "family", "channels": ["mail"], "email": "mai@example.com"}
    hoshi.post(f"/v1/contracts/{contract}/people", told)
    hoshi.post(f"/v1/contracts/{contract}/numbers", {"number": "n1", "who": "Next door", "phone": "03-0000-0000"})
    made = hoshi.post(f"/v1/contracts/{contract}/devices", {"device": "hoshi-1", "model": "motion-sensor"})
    assert made.status_code == 201, made.body
    hoshi.home = browser.post("/v1/contracts", {**APPLICATION, "consents": CONSENTS}).json_body["id"]
    mine = members.Member(
        hoshi.home, members.email_hash("hoshi@example.com"), "hoshi", "2025-04-01T00:00:00Z", "family", hoshi.account
    )
    store.write(members.let_in(store, "hana", mine))
    for name, email in (("hoshi", "Hoshi@example.com"), ("another", "another@example.com")):
        told = {"person": name, "role": "family", "channels": ["mail"], "email": email}
        browser.post(f"/v1/contracts/{hoshi.home}/people", told)
    return hoshi


def test_everything_that_is_held_of_a_person_is_theirs_to_have(browser, hoshi) -> None:
    items = exported(hoshi)
    (account,) = of_kind(items, "account")
    assert (account["account"], account["email"]) == (hoshi.account, "hoshi@example.com")
    (contract,) = of_kind(items, "contract")
    assert (contract["id"], contract["applicant"]["name"], contract["contact"]["phone"]) == (
        hoshi.contract,
        "Kanaria Hoshi",
        "090-0000-0000",
    )
    (mai,) = of_kind(items, "person")
    assert (mai["person"], mai["email"]) == ("mai", "mai@example.com")
    assert of_kind(items, "number") == [{"number": "n1", "who": "Next door", "phone": "03-0000-0000", "keeps_key": False}]
    assert {one["consent"] for one in of_kind(items, "consent")} == set(CONSENTS)
    (device,) = of_kind(items, "device")
    assert device["readings"][0] == f"/v1/contracts/{hoshi.contract}/devices/hoshi-1/history.csv?by=day"
    assert hoshi.get(device["readings"][0]).status_code == 200
    assert {"accepted"} <= {event["kind"] for event in of_kind(items, "event")}
    assert of_kind(items, "notice")
    assert {one["contract"] for one in items if one["kind"] == "contract"} == {hoshi.contract}


def test_of_a_home_that_somebody_was_let_in_to_only_what_is_about_them(browser, hoshi) -> None:
    items = [one for one in exported(hoshi) if one.get("contract") == hoshi.home]
    assert {one["kind"] for one in items} == {"membership", "told_as"}
    (membership,) = of_kind(items, "membership")
    assert (membership["person"], membership["role"]) == ("hoshi", "family")
    assert [one["person"] for one in of_kind(items, "told_as")] == ["hoshi"]
    assert "another" not in str(items)


def test_an_export_that_is_long_comes_in_pages_with_nothing_twice_and_nothing_left_out(browser, hoshi, monkeypatch) -> None:
    from chalicelib.flows import own_data

    whole = exported(hoshi)
    assert len(whole) > 10
    for page, many in ((1, 1), (3, 2), (4, 1)):
        monkeypatch.setattr(own_data, "PAGE", page)
        monkeypatch.setattr(own_data, "MANY", many)
        assert exported(hoshi) == whole


@pytest.mark.parametrize("cursor", ["bm8=", "aW52b2ljZQpub2JvZHkK", "eA==", "%21"])
def test_a_cursor_of_nobodys_is_refused(hoshi, cursor) -> None:
    assert hoshi.get(f"/v1/me/export?cursor={cursor}").status_code == 400


def test_nobody_exports_anything_of_somebody_else(browser, hoshi) -> None:
    stranger = Person(browser, "stranger@example.com")
    assert [one["kind"] for one in exported(stranger)] == ["account"]
    assert browser.get("/v1/me/export", who=None).status_code == 401
