"""Coming in: the sign-in page, a wrong password, the first screen, and out again."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, allow, axe, shot
from tests.web.town import Household, Town

WORDS = {
    "ja": {"email": "メールアドレス", "password": "パスワード", "sign_in": "ログイン", "today": "今日"},
    "en": {"email": "E-mail address", "password": "Password", "sign_in": "Sign in", "today": "Today"},
}


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    return town.household()


def test_who_signs_in_sees_today(home: Household, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    page = visit("/", look=look)
    expect(page.get_by_role("heading", level=1)).to_have_text(say["sign_in"])
    shot(page, "sign-in")
    axe(page)
    page.get_by_label(say["email"]).fill(home.person.email)
    page.get_by_label(say["password"], exact=True).fill(home.person.password)
    page.locator("form").get_by_role("button", name=say["sign_in"]).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(say["sign_in"])
    shot(page, "today-first")
    axe(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(say["sign_in"])


def test_nothing_of_the_session_lies_where_a_script_finds_it(home: Household, visit: Visit) -> None:
    page = visit("/", by=home.person)
    expect(page.get_by_role("heading", level=1)).not_to_have_text(WORDS["ja"]["sign_in"])
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "ey" not in kept.replace("language", "").replace("query", "")
    (cookie,) = page.context.cookies(f"{page.url}v1/session")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Strict", "/v1/session")


def test_a_wrong_password_is_said_so_and_what_was_typed_stays(home: Household, visit: Visit) -> None:
    say = WORDS["ja"]
    page = visit("/", look=PHONE_JA)
    allow(page, r"^40[13] POST /v1/session$")
    page.get_by_label(say["email"]).fill(home.person.email)
    page.get_by_label(say["password"], exact=True).fill("not-the-password-1A")
    page.locator("form").get_by_role("button", name=say["sign_in"]).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label(say["email"])).to_have_value(home.person.email)
    shot(page, "sign-in-wrong")
