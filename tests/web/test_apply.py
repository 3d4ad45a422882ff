"""Applying for each of the five services from the phone: step by step, the first year's cost, the contract that comes of it.

Amounts are added up by hand from the terms: what is owed once, and what is owed again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_EN, PHONE_JA, Look, allow, axe, shot
from tests.web.town import Person, Town

WORDS = {
    "ja": {
        "next": "次へ",
        "all": "すべてに同意する",
        "agree": "利用規約",
        "go": "この内容で申し込む",
        "done": "お申し込みを受け付けました",
        "free": "決まってかかる料金はありません。",
        "needed": "入れてください。",
        "consent": "同意が必要です。",
    },
    "en": {
        "next": "Next",
        "all": "Agree to all",
        "agree": "The terms of use",
        "go": "Apply",
        "done": "We received your application",
    },
}


@dataclass(frozen=True)
class Case:
    """A service, what is chosen of it, and the amounts that must stand on the last screen."""

    service: str
    choose: tuple[str, ...] = ()
    amounts: tuple[str, ...] = field(default=())


CASES = (
    # STN-CHG-4, -5, -1: sensor 44,000 and initial fee 31,900 once, then 1,980 a month
    Case("sottonet", amounts=("44,000円", "31,900円", "1,980円")),
    # STN-CHG-5, STW-CHG-1: with the option sensor and router cost 63,500, a month 1,980 + 1,100
    Case("sottonet", ("Wi-Fi設置オプション(3GB)",), ("63,500円", "31,900円", "3,080円")),
    # ALW: a sensor 22,000, registration 3,300, half a year in advance 6 x 1,100
    Case("allwatch", ("人感センサー",), ("22,000円", "3,300円", "6,600円")),
    # LRH-CHG: initial fee 10,000, then 5,980 a month
    Case("liferhythm-home", amounts=("10,000円", "5,980円")),
    Case("omron-remote"),  # ORM-CHG-1: free
    Case("and-market-mobile"),  # its IP phone: only what is called costs
)


def fill(page: Page, email: str) -> None:
    """Fills in what is asked on this step, whatever it is called."""
    for box in page.locator("main input.input:visible, main textarea.input:visible").all():
        if box.input_value():
            continue
        kind = box.get_attribute("type")
        text = {"date": "1960-05-05", "email": email, "tel": "03-1234-5678"}.get(kind or "", "")
        box.fill(text or ("100-0001" if box.get_attribute("inputmode") == "numeric" else "山田花子"))
    for choice in page.locator("main select.input:visible").all():
        if not choice.input_value():
            choice.select_option("東京都")


def walk(page: Page, say: dict[str, str], case: Case, person: Person) -> None:
    """Through all steps to the cost."""
    for _ in range(8):
        page.locator("ol.steps").wait_for()
        if page.get_by_role("button", name=say["next"]).count() == 0:
            return
        title = page.get_by_role("heading", level=1).inner_text()
        for name in case.choose:
            wanted = page.get_by_label(name, exact=False)
            if wanted.count():
                wanted.first.check()
        fill(page, person.email)
        page.get_by_role("button", name=say["next"]).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(title)


def agree(page: Page, say: dict[str, str]) -> None:
    """To all that is asked for, on the last screen."""
    expect(page.get_by_role("button", name=say["go"])).to_be_visible()
    if page.get_by_role("button", name=say["all"]).count():
        page.get_by_role("button", name=say["all"]).click()
    else:
        page.get_by_label(say["agree"]).check()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.service}{'-with' if case.choose else ''}")
def test_each_service_from_the_phone(town: Town, visit: Visit, case: Case) -> None:
    say, person = WORDS["ja"], town.person("applicant")
    page = visit(f"/apply/{case.service}", by=person)
    walk(page, say, case, person)
    cost = page.locator("main")
    for amount in case.amounts:
        expect(cost).to_contain_text(amount)
    if not case.amounts:
        expect(cost).to_contain_text(say["free"])
    shot(page, f"apply-{case.service}-cost", whole=True)
    axe(page)
    agree(page, say)
    page.get_by_role("button", name=say["go"]).click()
    expect(page.get_by_text(say["done"])).to_be_visible()
    (made,) = person.api.get("/v1/contracts")["items"]
    assert (made["service"], made["state"] in ("applied", "accepted", "active")) == (case.service, True)


def test_at_a_desk_in_english_step_by_step_with_pictures(town: Town, visit: Visit) -> None:
    say, person = WORDS["en"], town.person("desk")
    page = visit("/apply", by=person, look=DESKTOP_EN)
    sottonet = page.get_by_role("link", name="Sottonet")
    for cost in ("¥1,980", "¥44,000", "¥31,900"):  # a card hides nothing that is sure to be charged
        expect(sottonet).to_contain_text(cost)
    shot(page, "apply-services")
    axe(page)
    sottonet.click()
    for step in range(7):
        page.locator("ol.steps").wait_for()
        shot(page, f"apply-step-{step}")
        axe(page)
        if page.get_by_role("button", name=say["next"]).count() == 0:
            break
        title = page.get_by_role("heading", level=1).inner_text()
        fill(page, person.email)
        page.get_by_role("button", name=say["next"]).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
    expect(page.get_by_text("¥1,980")).to_be_visible()


def test_nobody_signed_in_fills_in_first_and_loses_nothing(town: Town, visit: Visit) -> None:
    say, person = WORDS["ja"], town.person("later")
    page = visit("/apply/omron-remote")
    walk(page, say, Case("omron-remote"), person)
    page.get_by_role("link", name="ログイン").first.click()
    page.get_by_label("メールアドレス").fill(person.email)
    page.get_by_label("パスワード", exact=True).fill(person.password)
    page.locator("form").get_by_role("button", name="ログイン").click()
    page.get_by_role("button", name=say["go"]).click()  # nothing was agreed to yet: that is said beside it
    expect(page.get_by_label(say["agree"])).to_be_focused()
    expect(page.get_by_text(say["consent"])).to_be_visible()
    agree(page, say)
    page.get_by_role("button", name=say["go"]).click()
    expect(page.get_by_text(say["done"])).to_be_visible()


def test_what_is_missing_is_said_beside_it(town: Town, visit: Visit) -> None:
    page = visit("/apply/sottonet/who", by=town.person("gaps"))
    page.get_by_role("button", name=WORDS["ja"]["next"]).click()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    expect(page.get_by_text(WORDS["ja"]["needed"]).first).to_be_visible()
    shot(page, "apply-missing")
    axe(page)


def test_an_error_of_ours_loses_nothing(town: Town, visit: Visit) -> None:
    say, person = WORDS["ja"], town.person("unlucky")
    page = visit("/apply/omron-remote", by=person)
    walk(page, say, Case("omron-remote"), person)
    allow(page, r"^500 POST /v1/contracts$")
    page.route("**/v1/contracts", lambda route: route.fulfill(status=500, json={}), times=1)
    agree(page, say)
    page.get_by_role("button", name=say["go"]).click()
    expect(page.get_by_role("alert")).to_be_visible()
    shot(page, "apply-error")
    page.get_by_role("button", name=say["go"]).click()
    expect(page.get_by_text(say["done"])).to_be_visible()
    assert len(person.api.get("/v1/contracts")["items"]) == 1


@pytest.mark.parametrize("dress", [PHONE_JA.with_(text=200), PHONE_JA.with_(dark=True)], ids=str)
def test_in_large_text_and_in_the_dark(town: Town, visit: Visit, dress: Look) -> None:
    page = visit("/apply/sottonet/choose", look=dress)
    page.locator("ol.steps").wait_for()
    shot(page, "apply-choose")
    axe(page)
