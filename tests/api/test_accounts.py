"""Signing up and forgotten passwords: no answer says whether an address is known, and nobody gets in by half."""

from __future__ import annotations

import pytest

from . import cognito
from .cognito import CODE, PASSWORD, RESET, made
from .letters import delivered
from .test_session import cookie_of, refreshed, signing_in

NEW = "Himawari-no-tane-8"


def ask(browser, path: str, /, reader: str = "ja", **body):
    return browser.post(f"/v1/accounts{path}", body, who=None, idempotency_key="", accept_language=reader)


@pytest.fixture(autouse=True)
def no_mail_yet() -> None:
    cognito.sent.clear()


def test_from_the_address_to_the_first_sign_in(browser, store) -> None:
    begun = ask(browser, "", email="Mei@Example.com", password=PASSWORD, language="en")
    assert (begun.status_code, begun.json_body) == (202, {"sent_to": "M•••@Example.com"})
    assert cognito.sent == [("sign up", "mei@example.com")]
    early = signing_in(browser, "mei@example.com")
    assert (early.status_code, early.json_body["reason"]) == (403, "not_confirmed")
    wrong = ask(browser, "/confirm", email="mei@example.com", code="000000")
    assert (wrong.status_code, wrong.json_body["field"], wrong.json_body["reason"]) == (400, "code", "wrong_code")
    assert ask(browser, "/confirm", email="mei@example.com", code=CODE).status_code == 204
    told = signing_in(browser, "mei@example.com", accept_language="ja").json_body
    assert (told["email"], told["language"]) == ("mei@example.com", "en")  # the language of the sign-up stays hers


def test_the_code_is_sent_again(browser) -> None:
    ask(browser, "", email="again@example.com", password=PASSWORD)
    assert ask(browser, "/code", email="again@example.com").json_body == {"sent_to": "a•••@example.com"}
    assert cognito.sent == [("sign up", "again@example.com")] * 2


def test_an_address_that_is_somebodys_gets_a_mail_and_the_answer_is_the_same(browser, store) -> None:
    account = made("known@example.com")
    unknown = ask(browser, "", email="kfree@example.com", password=PASSWORD)
    known = ask(browser, "", email="known@example.com", password=NEW)
    assert (known.status_code, known.body) == (unknown.status_code, unknown.body.replace(b"kfree", b"known"))
    assert cognito.sent == [("sign up", "kfree@example.com")]
    ((to, subject, text),) = delivered(store)
    assert (to, subject) == ("known@example.com", "アカウントはすでにあります")
    assert NEW not in text
    assert signing_in(browser, "known@example.com", NEW).status_code == 401  # nothing changed
    assert signing_in(browser, "known@example.com").json_body["account"] == account


def test_an_address_gets_few_mails_a_day(browser, store) -> None:
    made("often@example.com")
    answers = [ask(browser, "", email="often@example.com", password=NEW) for _ in range(7)]
    assert {(answer.status_code, answer.body) for answer in answers} == {(202, answers[0].body)}
    assert len(delivered(store)) == 5  # account_mails_a_day


def test_of_two_sign_ups_that_nobody_confirmed_the_last_one_holds(browser, store) -> None:
    """Somebody else began an account with Sumi's address: whoever reads the mail confirms their own password."""
    ask(browser, "", email="sumi@example.com", password="Stranger-got-1st")
    ask(browser, "", email="sumi@example.com", password=PASSWORD, language="en")
    assert cognito.sent == [("sign up", "sumi@example.com")] * 2
    assert ask(browser, "/confirm", email="sumi@example.com", code=CODE).status_code == 204
    assert signing_in(browser, "sumi@example.com", "Stranger-got-1st").status_code == 401
    assert signing_in(browser, "sumi@example.com").json_body["language"] == "en"
    assert delivered(store) == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Short-pass7", "password_weak"),  # 11 characters
        ("ohne-grosse-buchstaben-7", "password_weak"),
        ("OHNE-KLEINE-BUCHSTABEN-7", "password_weak"),
        ("Ohne-Ziffer-im-Wort", "password_weak"),
        ("ひらがなとカタカナの長い合言葉", "password_weak"),
        (" Asagao-no-hana-7", "password_blank"),
    ],
)
def test_a_weak_password_is_told_beside_its_field_whether_the_address_is_known_or_not(browser, password, reason) -> None:
    if cognito.user("weak@example.com") is None:
        made("weak@example.com")
    answers = [ask(browser, "", "en", email=f"{who}@example.com", password=password) for who in ("weak", "unknown")]
    answers.append(ask(browser, "/password", "en", email="weak@example.com", code=RESET, password=password))
    for answer in answers:
        problem = answer.json_body
        assert (answer.status_code, problem["field"], problem["reason"]) == (400, "password", reason)
        assert reason == "password_blank" or "12 characters" in problem["cure"]
    assert cognito.user("unknown@example.com") is None


def test_what_a_password_must_be_is_told_before_one_is_thought_of(browser) -> None:
    answer = browser.get("/v1/accounts/rules", who=None)
    said = answer.json_body["password"]
    assert (answer.status_code, set(said)) == (200, {"ja", "en"})
    assert "12文字以上" in said["ja"] and "12 characters or more" in said["en"]


def test_twelve_characters_of_three_kinds_are_enough(browser) -> None:
    assert ask(browser, "", email="enough@example.com", password="Short-pass78").status_code == 202
    assert cognito.user("enough@example.com") is not None


def test_confirming_tells_nobody_who_is_known(browser) -> None:
    made("there@example.com")
    told = [ask(browser, "/confirm", email=f"{who}@example.com", code="111111").body for who in ("there", "nobody-there")]
    assert told[0] == told[1]
    told = [ask(browser, "/code", email=f"{who}@example.com") for who in ("there", "thing")]
    assert {answer.status_code for answer in told} == {202}
    assert cognito.sent == []


def test_a_forgotten_password_is_set_anew_and_old_sessions_end(browser, store) -> None:
    made("forgot@example.com")
    before = signing_in(browser, "forgot@example.com")
    asked = [ask(browser, "/forgotten", email=f"{who}@example.com") for who in ("forgot", "flower")]
    assert [(one.status_code, one.json_body) for one in asked] == [(202, {"sent_to": "f•••@example.com"})] * 2
    assert cognito.sent == [("forgotten", "forgot@example.com")]
    given = {"email": "forgot@example.com", "password": NEW}
    wrong = ask(browser, "/password", code="000000", **given)
    assert (wrong.status_code, wrong.json_body["field"], wrong.json_body["reason"]) == (400, "code", "wrong_code")
    assert refreshed(browser, cookie_of(before)).status_code == 200
    assert ask(browser, "/password", code=RESET, **given).status_code == 204
    assert signing_in(browser, "forgot@example.com").status_code == 401
    assert signing_in(browser, "forgot@example.com", NEW).status_code == 200
    assert refreshed(browser, cookie_of(before)).status_code == 401
    late = ask(browser, "/password", code=RESET, **given)
    assert (late.status_code, late.json_body["reason"]) == (400, "code_expired")


def test_nobodys_new_password_is_refused_like_a_wrong_code(browser) -> None:
    answer = ask(browser, "/password", email="nobody@example.com", code=RESET, password=NEW)
    assert (answer.status_code, answer.json_body["reason"]) == (400, "wrong_code")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"email": "no-address", "password": PASSWORD}),
        ("", {"email": "a@example.com"}),
        ("", {"email": "a@example.com", "password": PASSWORD, "language": "fr"}),
        ("/confirm", {"email": "a@example.com", "code": "12345"}),
        ("/confirm", {"email": "a@example.com", "code": "１２３４５６"}),
        ("/password", {"email": "a@example.com", "code": RESET}),
    ],
)
def test_what_is_not_well_formed_never_reaches_the_pool(browser, path, body) -> None:
    answer = ask(browser, path, **body)
    assert answer.status_code == 400 and answer.json_body["cure"]
    assert cognito.sent == []


def test_too_many_codes_are_told_as_a_pause(browser, monkeypatch) -> None:
    from botocore.exceptions import ClientError

    from chalicelib.gateways import pool

    def fail(**how):
        raise ClientError({"Error": {"Code": "LimitExceededException", "Message": "Attempt limit exceeded"}}, "x")

    for name, path in (("forgot_password", "/forgotten"), ("resend_confirmation_code", "/code"), ("sign_up", "")):
        monkeypatch.setattr(pool.connect().client, name, fail)
        body = {"email": "busy@example.com"} | ({"password": PASSWORD} if not path else {})
        answer = ask(browser, path, **body)
        assert (answer.status_code, answer.json_body["reason"], answer.headers["Retry-After"]) == (429, "try_later", "60")
