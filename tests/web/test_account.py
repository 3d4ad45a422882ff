"""The account: signing up, a forgotten password, another address and password, language and look, one's data, and going."""

import json
import re
import urllib.request
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, allow, axe, shot
from tests.web.town import Answered, Household, Person, Town, soon

PASSWORD, LATER = "Asagao-no-hana-7", "Himawari-no-tane-8"
WORDS = {
    "ja": {
        "email": "メールアドレス",
        "new_email": "新しいメールアドレス",
        "password": "パスワード",
        "now_password": "いまのパスワード",
        "new_password": "新しいパスワード",
        "code": "確認コード",
        "characters": "12文字以上",
        "join": "見守りへの招待",
        "account": "設定",
        "sure": "元に戻せないことがわかりました",
        "bound": "まだ削除できません",
        "running": "ご契約が続いています。",
        "sign_in": "ログイン",
        "export": "ファイルを受け取る",
        "ready": "ファイルができました",
    },
    "en": {
        "email": "E-mail address",
        "new_email": "New e-mail address",
        "password": "Password",
        "now_password": "Your present password",
        "new_password": "New password",
        "code": "Code",
        "characters": "12 characters or more",
        "join": "invit",
        "account": "Account",
        "sure": "I know that there is no way back",
        "bound": "It cannot be deleted yet",
        "running": "The contract is running.",
        "sign_in": "Sign in",
        "export": "Get the file",
        "ready": "Your file is ready",
    },
}
_numbers = count(1)


def fresh(name: str = "mei") -> str:
    return f"{name}-account-{next(_numbers)}@example.com"


def code_for(town: Town, email: str, but: str = "") -> str:
    """The newest code that was mailed there, as the page of what arrived shows it."""

    def newest() -> str:
        with urllib.request.urlopen(f"{town.house.world.phones.address}/messages", timeout=10) as answer:
            came = json.loads(answer.read())["messages"]
        texts = [one["text"] for one in came if one["way"] == "mail" and email in one["to"]]
        codes = [found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))]
        return next((code for code in codes if code != but), "")

    return soon(newest)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def go(page: Page) -> None:
    page.locator("main form button[type=submit]").click()


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


@pytest.fixture
def someone(town: Town) -> Person:
    return town.person("own")


def test_who_signs_up_goes_on_to_where_they_wanted(town: Town, visit: Visit, look: Look) -> None:
    say, email = WORDS[look.language], fresh()
    page = visit("/sign-up?to=/invitation", look=look)
    allow(page, r"^400 POST /v1/accounts")
    expect(page.get_by_text(say["characters"])).to_be_visible()
    shot(page, "sign-up")
    axe(page)
    go(page)
    expect(field(page, say["email"])).to_be_focused()
    field(page, say["email"]).fill(email)
    field(page, say["password"]).fill("short")
    go(page)
    expect(field(page, say["password"])).to_have_attribute("aria-invalid", "true")
    expect(field(page, say["email"])).to_have_value(email)
    field(page, say["password"]).fill(PASSWORD)
    go(page)
    expect(field(page, say["code"])).to_be_visible()
    shot(page, "sign-up-code")
    axe(page)
    field(page, say["code"]).fill("000000")
    go(page)
    expect(field(page, say["code"])).to_have_attribute("aria-invalid", "true")
    field(page, say["code"]).fill(f" {code_for(town, email)[:3]} {code_for(town, email)[3:]} ")
    go(page)
    expect(page).to_have_url(f"{town.web}/invitation")
    expect(title(page)).to_contain_text(re.compile(say["join"], re.IGNORECASE))


def test_a_sign_up_that_was_left_goes_on_with_the_sign_in(town: Town, visit: Visit) -> None:
    say, email = WORDS["ja"], fresh()
    page = visit("/sign-up")
    field(page, say["email"]).fill(email)
    field(page, say["password"]).fill(PASSWORD)
    go(page)
    expect(field(page, say["code"])).to_be_visible()
    page.goto("/sign-in")
    allow(page, r"^403 POST /v1/session$")
    field(page, say["email"]).fill(email)
    field(page, say["password"]).fill(PASSWORD)
    go(page)
    field(page, say["code"]).fill(code_for(town, email))
    go(page)
    expect(page).to_have_url(f"{town.web}/")
    expect(title(page)).not_to_have_text(say["sign_in"])


def test_a_forgotten_password_is_set_anew(town: Town, someone: Person, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    page = visit("/forgotten?to=/account", look=look)
    shot(page, "forgotten")
    axe(page)
    field(page, say["email"]).fill(someone.email)
    go(page)
    expect(field(page, say["code"])).to_be_visible()
    shot(page, "forgotten-code")
    axe(page)
    field(page, say["code"]).fill(code_for(town, someone.email))
    field(page, say["new_password"]).fill(LATER)
    go(page)
    expect(page).to_have_url(f"{town.web}/account")
    expect(title(page)).to_have_text(say["account"])


def test_another_address_counts_once_its_code_came_back(town: Town, someone: Person, visit: Visit, look: Look) -> None:
    say, new = WORDS[look.language], fresh("newer")
    page = visit("/account/email", by=someone, look=look)
    allow(page, r"^400 POST /v1/me/email")
    shot(page, "account-email")
    axe(page)
    field(page, say["new_email"]).fill(new)
    field(page, say["now_password"]).fill("not-the-password-1A")
    go(page)
    expect(field(page, say["now_password"])).to_have_attribute("aria-invalid", "true")
    expect(field(page, say["new_email"])).to_have_value(new)
    field(page, say["now_password"]).fill(someone.password)
    go(page)
    field(page, say["code"]).fill(code_for(town, new))
    go(page)
    expect(page).to_have_url(f"{town.web}/account")
    expect(page.get_by_text(new)).to_be_visible()
    shot(page, "account")
    axe(page)


def test_another_password_keeps_this_session(town: Town, someone: Person, visit: Visit) -> None:
    say = WORDS["ja"]
    page = visit("/account/password", by=someone)
    field(page, say["now_password"]).fill(someone.password)
    field(page, say["new_password"]).fill(LATER)
    shot(page, "account-password")
    axe(page)
    go(page)
    expect(page).to_have_url(f"{town.web}/account")
    page.reload()
    expect(page.get_by_text(someone.email)).to_be_visible()


def test_language_and_look_change_at_once_and_stay(someone: Person, visit: Visit) -> None:
    page = visit("/account", by=someone)
    with page.expect_response("**/v1/me"):
        page.get_by_label("言葉").select_option("en")
    expect(title(page)).to_have_text("Account")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_label("Colours").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(title(page)).to_have_text("Account")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    shot(page, "account-dark")
    axe(page)
    assert someone.api.get("/v1/me")["language"] == "en"


def test_one_gets_everything_about_oneself_as_a_file(town: Town, visit: Visit, look: Look) -> None:
    say, home = WORDS[look.language], town.household()
    page = visit("/account/data", by=home.person, look=look)
    with page.expect_download() as download:
        page.get_by_role("button", name=say["export"]).click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(say["ready"])
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))["items"]
    assert {"account", "contract", "consent", "event"} <= {one["kind"] for one in kept}
    assert re.fullmatch(r"mimamori-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    shot(page, "account-data")
    axe(page)


def test_what_stands_in_the_way_of_going_is_said_in_words(town: Town, visit: Visit, look: Look) -> None:
    say, home = WORDS[look.language], town.household()
    page = visit("/account/delete", by=home.person, look=look)
    trouble = page.get_by_role("alert")  # before anything was pressed
    expect(trouble).to_contain_text(say["bound"])
    expect(trouble).to_contain_text(say["running"])
    expect(trouble.get_by_role("link")).to_have_attribute("href", f"/homes/{home.id}/contract")
    expect(page.get_by_label(say["sure"])).to_have_count(0)
    shot(page, "account-delete-bound", whole=True)
    axe(page)


def test_who_is_free_to_go_is_gone(town: Town, someone: Person, visit: Visit) -> None:
    say = WORDS["ja"]
    page = visit("/account/delete", by=someone)
    go(page)
    expect(page.get_by_label(say["sure"])).to_have_attribute("aria-invalid", "true")
    page.get_by_label(say["sure"]).check()
    field(page, say["now_password"]).fill(someone.password)
    go(page)
    expect(page).to_have_url(f"{town.web}/sign-in")
    expect(page.locator(".toast")).to_contain_text("アカウントを削除しました")
    shot(page, "account-gone")
    with pytest.raises(Answered) as refused:
        someone.api.get("/v1/me")
    assert refused.value.status == 401


def test_who_signs_out_is_out_and_leaves_nothing_behind(someone: Person, visit: Visit) -> None:
    page = visit("/account", by=someone)
    page.get_by_role("button", name="ログアウト", exact=True).click()
    expect(title(page)).to_have_text("ログイン")
    page.goto("/account")
    expect(title(page)).to_have_text("ログイン")
    assert page.context.cookies(f"{page.url.split('/account')[0]}/v1/session") == []


def test_signing_out_everywhere_ends_the_other_device_too(someone: Person, visit: Visit) -> None:
    other = visit("/account", by=someone)
    expect(title(other)).to_have_text("設定")
    page = visit("/account", by=someone)
    page.get_by_role("button", name="すべての端末からログアウト").click()
    shot(page, "account-everywhere")
    page.get_by_role("dialog").get_by_role("button", name="ログアウトする").click()
    expect(title(page)).to_have_text("ログイン")
    other.reload()
    expect(title(other)).to_have_text("ログイン")


# what may go wrong on the way


def test_a_session_that_ran_out_keeps_what_was_typed(town: Town, someone: Person, visit: Visit) -> None:
    say, new = WORDS["ja"], fresh("later")
    page = visit("/account/email", by=someone)
    allow(page, r"^401 ")
    field(page, say["new_email"]).fill(new)
    field(page, say["now_password"]).fill(someone.password)
    town.house.world.stack.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=town.house.world.outputs["UserPoolId"], Username=someone.email
    )
    someone.api.post("/v1/sessions/end", {}, f"ended-{new}")
    go(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(say["password"], exact=True)).to_be_focused()
    shot(page, "session-expired")
    axe(page)
    page.wait_for_timeout(1100)  # whoever signs in within the very second in which sessions ended is not believed either
    dialog.get_by_label(say["password"], exact=True).fill(someone.password)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(field(page, say["code"])).to_be_visible()
    field(page, say["code"]).fill(code_for(town, new))
    go(page)
    expect(page.get_by_text(new)).to_be_visible()


def test_a_fault_of_ours_loses_nothing_that_was_typed(someone: Person, visit: Visit) -> None:
    say = WORDS["ja"]
    page = visit("/account/password", by=someone)
    allow(page, r"^500 POST /v1/me/password$")
    page.route("**/v1/me/password", lambda route: route.fulfill(status=500, json={}), times=1)
    field(page, say["now_password"]).fill(someone.password)
    field(page, say["new_password"]).fill(LATER)
    go(page)
    expect(page.get_by_role("alert")).to_contain_text("こちらの不具合です")
    shot(page, "account-fault")
    expect(field(page, say["new_password"])).to_have_value(LATER)
    go(page)
    expect(title(page)).to_have_text("設定")


def test_without_a_line_it_is_said_and_the_next_try_goes_on(someone: Person, visit: Visit) -> None:
    say = WORDS["ja"]
    page = visit("/account/password", by=someone)
    allow(page, r"^failed: POST /v1/me/password")
    field(page, say["now_password"]).fill(someone.password)
    field(page, say["new_password"]).fill(LATER)
    page.context.set_offline(True)
    go(page)
    expect(page.get_by_role("alert")).to_contain_text("つながりません")
    shot(page, "account-offline")
    page.context.set_offline(False)
    expect(field(page, say["new_password"])).to_have_value(LATER)
    go(page)
    expect(title(page)).to_have_text("設定")


def test_with_the_keyboard_alone(someone: Person, visit: Visit) -> None:
    page = visit("/account", by=someone)
    expect(title(page)).to_have_text("設定")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/account/password":
            break
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("パスワードを変える")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(field(page, "いまのパスワード")).to_be_focused()
    page.keyboard.type(someone.password)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(LATER)
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("設定")


@pytest.mark.parametrize("dress", [PHONE_JA.with_(text=200), PHONE_JA.with_(dark=True, contrast=True)], ids=str)
def test_in_large_text_and_in_the_dark(home: Household, visit: Visit, dress: Look) -> None:
    page = visit("/account", by=home.person, look=dress)
    shot(page, "account", whole=dress.text == 100)  # the whole of a page is taken in the browser's own text size
    axe(page)
    page.goto("/account/delete")
    shot(page, "account-delete", whole=dress.text == 100)
    axe(page)


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    return town.household()
