"""Signing in through the API: a token for the page's memory, a cookie for the browser, and nothing for anybody else's page."""

from __future__ import annotations

import boto3
import pytest

from chalicelib.api import house
from chalicelib.store import members

from . import cognito
from .cognito import CLIENT, PASSWORD, POOL, made
from .conftest import ORIGIN

JSON = {"content_type": "application/json"}


def signing_in(browser, email: str, password: str = PASSWORD, **how):
    return browser.post("/v1/session", {"email": email, "password": password}, who=None, idempotency_key="", **how)


def cookie_of(answer) -> str:
    return answer.headers["Set-Cookie"].split(";")[0]


def refreshed(browser, cookie: str = "", **how):
    return browser.send("POST", "/v1/session/refresh", who=None, cookie=cookie, **{**JSON, **how})


@pytest.fixture(scope="module")
def hana(browser) -> str:
    return made("hana@example.com")


def test_who_signs_in_gets_a_token_to_hold_and_a_cookie_that_no_script_can_read(browser, hana) -> None:
    answer = signing_in(browser, "Hana@example.com ".strip(), accept_language="en")
    assert answer.status_code == 200, answer.body
    told = answer.json_body
    assert {name: told[name] for name in ("account", "email", "language", "roles")} == {
        "account": hana,
        "email": "hana@example.com",
        "language": "en",
        "roles": [],
    }
    assert set(told) == {"account", "email", "language", "roles", "token", "expires_at"}
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("mimamori_session=") and len(name) > 30
    assert set(attributes) == {"Path=/v1/session", "HttpOnly", "Secure", "SameSite=Strict", "Max-Age=2592000"}
    assert name.partition("=")[2] not in answer.body.decode()


def test_the_token_opens_the_api(browser, hana) -> None:
    token = signing_in(browser, "hana@example.com").json_body["token"]
    me = browser.get("/v1/me", who=None, authorization=f"Bearer {token}")
    assert me.json_body == {"account": hana, "email": "hana@example.com", "language": "ja", "roles": [], "contracts": 0}
    assert browser.get("/v1/me", who=None).status_code == 401


def test_an_operator_is_told_so(browser) -> None:
    made("op@example.com")
    boto3.client("cognito-idp").admin_add_user_to_group(UserPoolId=POOL, Username="op@example.com", GroupName="operators")
    assert signing_in(browser, "op@example.com").json_body["roles"] == ["operator"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_wrong_pair_is_one_answer_whether_the_address_is_known_or_not(browser, hana, language) -> None:
    known = signing_in(browser, "hana@example.com", "Wrong-guess-123", accept_language=language)
    unknown = signing_in(browser, "nobody@example.com", "Wrong-guess-123", accept_language=language)
    assert (known.status_code, known.json_body["reason"], known.json_body["type"]) == (
        401,
        "sign_in_failed",
        "/problems/sign-in-failed",
    )
    assert "field" not in known.json_body
    assert known.body == unknown.body
    assert "Set-Cookie" not in known.headers


def test_the_first_password_is_changed_on_the_way_in(browser) -> None:
    sub = made("new@example.com", "Given-by-us-123", permanent=False)
    asked = signing_in(browser, "new@example.com", "Given-by-us-123")
    assert (asked.status_code, asked.json_body["challenge"]) == (200, "new_password")
    assert "Set-Cookie" not in asked.headers
    given = {"email": "new@example.com", "challenge_token": asked.json_body["challenge_token"]}
    path = "/v1/session/challenge"
    weak = browser.post(path, {**given, "password": "short"}, who=None, idempotency_key="")
    assert (weak.status_code, weak.json_body["field"], weak.json_body["reason"]) == (400, "password", "password_weak")
    done = browser.post(path, {**given, "password": PASSWORD}, who=None, idempotency_key="")
    assert (done.status_code, done.json_body["account"]) == (200, sub)
    assert done.headers["Set-Cookie"].startswith("mimamori_session=")
    again = browser.post(path, {**given, "password": PASSWORD}, who=None, idempotency_key="")
    assert (again.status_code, again.json_body["reason"]) == (401, "sign_in_failed")
    assert signing_in(browser, "new@example.com").status_code == 200


def test_who_has_not_confirmed_the_address_is_told_what_is_missing(browser) -> None:
    boto3.client("cognito-idp").sign_up(ClientId=CLIENT, Username="early@example.com", Password=PASSWORD)
    answer = signing_in(browser, "early@example.com")
    assert (answer.status_code, answer.json_body["reason"]) == (403, "not_confirmed")


def test_the_cookie_alone_goes_on_with_the_session(browser, hana) -> None:
    first = signing_in(browser, "hana@example.com")
    second = refreshed(browser, f"other=1; {cookie_of(first)}; more=2")
    assert second.status_code == 200, second.body
    assert set(second.json_body) == set(first.json_body)
    assert second.json_body["account"] == hana
    assert browser.get("/v1/me", who=None, authorization=f"Bearer {second.json_body['token']}").status_code == 200


@pytest.mark.parametrize("cookie", ["", "mimamori_session=", "mimamori_session=made-up", "other=1"])
def test_without_a_good_cookie_there_is_no_session_and_the_cookie_goes(browser, cookie) -> None:
    answer = refreshed(browser, cookie)
    assert (answer.status_code, answer.json_body["reason"]) == (401, "unauthenticated")
    assert answer.headers["Set-Cookie"] == "mimamori_session=; Path=/v1/session; HttpOnly; Secure; SameSite=Strict; Max-Age=0"


def test_signing_out_ends_the_session_for_good(browser, hana) -> None:
    cookie = cookie_of(signing_in(browser, "hana@example.com"))
    other = cookie_of(signing_in(browser, "hana@example.com"))
    for _ in range(2):
        gone = browser.send("DELETE", "/v1/session", who=None, cookie=cookie)
        assert (gone.status_code, gone.body) == (204, b"")
        assert "Max-Age=0" in gone.headers["Set-Cookie"]
    assert refreshed(browser, cookie).status_code == 401
    assert refreshed(browser, other).status_code == 200  # the other browser stays signed in
    assert browser.send("DELETE", "/v1/session", who=None).status_code == 204


def test_a_session_that_was_ended_everywhere_is_not_renewed(browser, store) -> None:
    sub = made("ended@example.com")
    cookie = cookie_of(signing_in(browser, "ended@example.com"))
    from datetime import timedelta

    from chalicelib.gateways import clock

    store.write(members.end_sessions(store, sub, clock.wall() + timedelta(seconds=5)))
    assert refreshed(browser, cookie).status_code == 401


def test_another_sites_page_gets_nowhere(browser, hana) -> None:
    cookie = cookie_of(signing_in(browser, "hana@example.com"))
    foreign = {"origin": "https://elsewhere.example"}
    for answer in (
        signing_in(browser, "hana@example.com", **foreign),
        refreshed(browser, cookie, **foreign),
        browser.send("DELETE", "/v1/session", who=None, cookie=cookie, **foreign),
    ):
        assert (answer.status_code, answer.json_body["reason"]) == (403, "foreign_page")
    plain = refreshed(browser, cookie, content_type="text/plain")
    assert plain.status_code == 415
    assert refreshed(browser, cookie, content_type="").status_code == 415
    assert refreshed(browser, cookie, origin=ORIGIN).status_code == 200
    # behind one address with the app the origin is not listed anywhere; the browser says that it is the same
    assert refreshed(browser, cookie, **foreign, sec_fetch_site="same-origin").status_code == 200
    assert refreshed(browser, cookie, **foreign, sec_fetch_site="cross-site").status_code == 403


def test_when_the_pool_does_not_answer_the_session_stays(browser, hana, monkeypatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    from chalicelib.gateways import pool

    cookie = cookie_of(signing_in(browser, "hana@example.com"))

    def fail(**how):
        raise EndpointConnectionError(endpoint_url="https://pool.example")

    client = pool.connect().client
    for name in ("initiate_auth", "revoke_token"):
        monkeypatch.setattr(client, name, fail)
    answers = [
        signing_in(browser, "hana@example.com"),
        refreshed(browser, cookie),
        browser.send("DELETE", "/v1/session", who=None, cookie=cookie),
    ]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert ["Set-Cookie" in answer.headers for answer in answers] == [False, False, True]  # signing out always works here
    monkeypatch.undo()
    assert refreshed(browser, cookie).status_code == 200


@pytest.mark.parametrize(
    ("code", "message", "status", "reason"),
    [
        ("NotAuthorizedException", "Password attempts exceeded", 429, "try_later"),
        ("TooManyRequestsException", "Rate exceeded", 429, "try_later"),
        ("PasswordResetRequiredException", "Password reset required for the user", 403, "reset_required"),
        ("InternalErrorException", "x", 503, "unavailable"),
    ],
)
def test_what_the_pool_says_is_told_in_our_words(browser, monkeypatch, code, message, status, reason) -> None:
    from botocore.exceptions import ClientError

    from chalicelib.gateways import pool

    def fail(**how):
        raise ClientError({"Error": {"Code": code, "Message": message}}, "InitiateAuth")

    monkeypatch.setattr(pool.connect().client, "initiate_auth", fail)
    for language in ("ja", "en"):
        answer = signing_in(browser, "hana@example.com", accept_language=language)
        assert (answer.status_code, answer.json_body["reason"]) == (status, reason)
        assert answer.json_body["cure"] and message not in answer.body.decode()
    assert (answer.headers.get("Retry-After") is not None) == (status in (429, 503))


def test_passwords_and_tokens_are_in_no_log(browser, hana, caplog) -> None:
    caplog.set_level("DEBUG", logger="mimamori")
    cookie = cookie_of(signing_in(browser, "hana@example.com"))
    signing_in(browser, "hana@example.com", "Wrong-guess-123")
    refreshed(browser, cookie)
    assert "session.begin 200" in caplog.text
    for secret in (PASSWORD, "Wrong-guess-123", cookie.partition("=")[2], "hana@"):
        assert secret not in caplog.text


def test_a_setting_that_is_no_number_of_days_is_named(monkeypatch) -> None:
    from chalicelib.settings import SettingMissing, load

    monkeypatch.setenv("SESSION_DAYS", "a month")
    with pytest.raises(SettingMissing, match="SESSION_DAYS"):
        load()
    assert house.settings().session_days == 30


def test_ending_all_sessions_ends_them_in_the_pool_too(browser) -> None:
    made("everywhere@example.com")
    cookies = [cookie_of(signing_in(browser, "everywhere@example.com")) for _ in range(2)]
    token = refreshed(browser, cookies[0]).json_body["token"]
    assert browser.post("/v1/sessions/end", who=None, authorization=f"Bearer {token}").status_code == 204
    held = cognito.refresh_tokens()
    assert [held[cookie.partition("=")[2]] for cookie in cookies] == [None, None]
