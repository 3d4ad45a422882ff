"""The page behind a question's link: for anybody who holds the link, in their language, harmless to look at."""

from __future__ import annotations

import base64
import hashlib

import pytest

from chalicelib.api import answers
from chalicelib.errors import NotFound
from chalicelib.flows import answering

TOKEN = "T" * 32
PATH = f"/v1/answers/{TOKEN}"


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    given: list[str] = []
    asked = {"sentence": {"ja": "居間: <静か>です", "en": "Living room: <quiet>"}, "wanted": True}
    monkeypatch.setattr(answering, "asked_by", lambda store, now, token: asked)
    monkeypatch.setattr(answering, "by_link", lambda store, now, token: given.append(token))
    return given


def test_looking_needs_no_sign_in_and_does_nothing(browser, pressed: list[str]) -> None:
    page = browser.get(PATH, who=None, accept_language="ja")
    text = page.body.decode()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post"><button type="submit">大丈夫です</button></form>' in text
    assert "居間: &lt;静か&gt;です" in text and "<script" not in text
    digest = base64.b64encode(hashlib.sha256(answers.STYLE.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"] and answers.STYLE in text
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    assert pressed == []


def test_the_button_sends_a_plain_form(browser, pressed: list[str]) -> None:
    form = {"content_type": "application/x-www-form-urlencoded", "idempotency_key": ""}
    page = browser.send("POST", PATH, who=None, accept_language="en", **form)
    assert (page.status_code, pressed) == (200, [TOKEN])
    assert "Thank you for your answer." in page.body.decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_over_says_so_kindly(browser, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def gone(store, now, token) -> None:
        raise NotFound("answer")

    monkeypatch.setattr(answering, "asked_by", gone)
    monkeypatch.setattr(answering, "by_link", gone)
    page = browser.send(method, PATH, who=None, accept_language="ja")
    assert page.status_code == 404
    assert "このページは使えなくなりました。" in page.body.decode() and "<form" not in page.body.decode()


def test_an_address_that_is_cut_short_is_not_found(browser) -> None:
    assert browser.get("/v1/answers/short", who=None).status_code == 404
