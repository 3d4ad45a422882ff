"""The operators' console: by keyboard alone, work carried on, many at once with a trial and the way back; nobody else's."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, PHONE_EN, PHONE_JA, WIDE, Look, allow, axe, overflow, settled, shot
from tests.web.town import Answered, Household, Town, soon

WORDS: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "start": "はじめに",
        "work": "工事・回収・対応",
        "contracts": "契約",
        "keys": "キーボードの使い方",
        "find": "契約をさがす",
        "visit": "訪問日を決める",
        "try": "試算する",
        "do": "実行する",
        "would": "こうなります(まだ何も変わっていません)",
        "arranged": "「訪問日を決める」を実行しました",
        "state": "状態",
        "together": "まとめて手続きする",
        "what": "何をしますか",
        "suspend": "利用を停止する",
        "first": "先に試す",
        "trial": "試した結果(何も変わっていません)",
        "did": "実行した結果",
        "back": "元に戻す(2件: 利用停止を解く)",
    },
    "en": {
        "start": "Start",
        "work": "Visits, returns, work",
        "contracts": "Contracts",
        "keys": "The keyboard",
        "find": "Find a contract",
        "visit": "Agree on the day of a visit",
        "try": "Try it",
        "do": "Carry out",
        "would": "This is what would follow (nothing has changed yet)",
        "arranged": "Done: Agree on the day of a visit",
        "state": "State",
        "together": "Do something to all",
        "what": "What to do",
        "suspend": "Suspend the service",
        "first": "Try first",
        "trial": "What it would do (nothing has changed)",
        "did": "What was done",
        "back": "Take back (2: Lift the suspension)",
    },
}
PAGES = (
    "",
    "/applications",
    "/work",
    "/contracts",
    "/nights",
    "/arrears",
    "/announcements?service=sottonet&command=announce_price",
    "/imports",
    "/fleet",
    "/audit",
    "/stock",
    "/stock/in",
    "/set-aside",
    "/firmware?model=energy-sensor",
    "/terms?service=sottonet",
    "/playground",
    "/bulk",
)
PARTS = ("", "/act?command=request_cancellation", "/bills", "/devices", "/people", "/terms", "/log")


@pytest.fixture(params=WIDE, ids=str)
def wide(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


def test_for_a_family_there_is_no_console_neither_as_a_page_nor_in_the_api(town: Town, visit: Visit) -> None:
    home = town.household()
    page = visit("/console", by=home.person)
    heading(page, "このページは見つかりません")
    expect(page.get_by_role("link", name="事務")).to_have_count(0)
    page.goto(f"/console/contracts/{home.id}")
    heading(page, "このページは見つかりません")
    for door in ("tasks", "contracts", "arrears", "parked", f"contracts/{home.id}/timeline"):
        with pytest.raises(Answered) as refused:
            home.person.api.get(f"/v1/operator/{door}")
        assert refused.value.status == 403, door


def test_an_operator_works_with_the_keyboard_alone(town: Town, visit: Visit, wide: Look) -> None:
    home, _, say = town.household(until="applied"), town.household(until="applied"), WORDS[wide.language]
    page = visit("/console", by=town.operator, look=wide)
    heading(page, say["start"])
    settled(page)
    page.keyboard.press("g")
    page.keyboard.press("w")
    heading(page, say["work"])
    settled(page)
    page.keyboard.press("j")
    first = page.locator("tbody .open").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("tbody .open").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tbody input").first).to_be_checked()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name=say["keys"])).to_be_visible()
    axe(page)
    page.keyboard.press("g")  # while a dialog is open, keys are for the dialog
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    heading(page, say["work"])
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name=say["find"])
    expect(box).to_be_focused()
    page.keyboard.type(home.person.email)
    found = page.get_by_role("option").filter(has_text=home.id)
    expect(found).to_be_visible()
    axe(page)
    shot(page, "console-find")
    page.keyboard.press("Enter")
    heading(page, "見守 花子")
    expect(page).to_have_url(re.compile(rf"/console/contracts/{home.id}$"))
    assert home.person.email not in page.url
    shot(page, "console-contract")


def test_work_that_waits_is_carried_on_with_a_trial_first(town: Town, visit: Visit, wide: Look) -> None:
    home, say = town.household(until="applied"), WORDS[wide.language]
    page = visit(f"/console/contracts/{home.id}", by=town.operator, look=wide)
    page.get_by_role("link", name=say["visit"]).first.click()
    day = page.locator("input[type=date]")
    day.fill("2020-01-01")
    allow(page, r"40\d POST /v1/contracts/.*/(quotes|commands)")
    page.get_by_role("button", name=say["do"]).click()
    expect(page.locator(".wrong, .banner.care[role=alert]").first).to_be_visible()
    expect(day).to_have_value("2020-01-01")  # nothing typed is lost
    wanted = (town.now().date().replace(day=28)).isoformat()
    day.fill(wanted)
    page.get_by_role("button", name=say["try"]).click()
    expect(page.get_by_role("heading", name=say["would"])).to_be_visible()
    assert home.get()["visit_on"] is None  # a trial changes nothing
    shot(page, "console-trial", whole=True)
    axe(page)
    page.get_by_role("button", name=say["do"]).click()
    expect(page.get_by_text(say["arranged"])).to_be_visible()
    assert home.get()["visit_on"] == wanted


def two_active(town: Town) -> list[Household]:
    homes = [town.household("sottonet"), town.household("sottonet")]
    town.until(max(home.get()["service_starts_on"] for home in homes))
    soon(lambda: all(home.get()["state"] == "active" for home in homes))
    return homes


def test_many_contracts_are_suspended_together_after_a_trial_and_taken_back(town: Town, visit: Visit, wide: Look) -> None:
    homes, say = two_active(town), WORDS[wide.language]
    page = visit("/console/contracts?service=sottonet&state=active", by=town.operator, look=wide)
    for home in homes:
        page.locator(f'tr[data-key="{home.id}"] input').check()
    page.get_by_role("button", name=say["together"]).click()
    page.get_by_label(say["what"]).select_option("suspend")
    page.get_by_role("button", name=say["first"]).click()
    expect(page.get_by_role("heading", name=say["trial"])).to_be_visible()
    assert [home.get()["state"] for home in homes] == ["active", "active"]
    shot(page, "console-bulk", whole=True)
    axe(page)
    page.get_by_role("button", name=say["do"]).click()
    page.get_by_role("dialog").get_by_role("button", name=say["do"]).click()
    expect(page.get_by_role("heading", name=say["did"])).to_be_visible()
    assert [home.get()["state"] for home in homes] == ["suspended", "suspended"]
    page.get_by_role("button", name=say["back"]).click()
    expect(page.get_by_role("heading", name=say["did"])).to_have_count(0)
    assert [home.get()["state"] for home in homes] == ["active", "active"]


@pytest.mark.parametrize("look", [DESKTOP_JA, PHONE_EN], ids=str)
def test_every_page_opens_fits_and_can_be_read_by_all(town: Town, visit: Visit, look: Look) -> None:
    home = town.household()
    home.device()
    page = visit("/console", by=town.operator, look=look)
    for path in (*(f"/console{path}" for path in PAGES), *(f"/console/contracts/{home.id}{part}" for part in PARTS)):
        page.evaluate("path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path)
        settled(page)
        axe(page)
        assert overflow(page) == [], path
        name = path.replace(home.id, "one").strip("/").split("?")[0].replace("/", "-")
        shot(page, name)


def test_a_scenario_is_played_and_a_mistake_says_its_line(town: Town, visit: Visit) -> None:
    page = visit("/console/playground", by=town.operator, look=DESKTOP_JA)
    page.keyboard.press("Tab")
    box = page.get_by_role("textbox", name="シナリオ (YAML)")
    box.press("Control+Enter")
    expect(page.get_by_text("期待どおりです")).to_be_visible()
    # From 20 to 30 April 11 of 30 days: 1,980 × 11 ÷ 30 = 726; with 44,000 and 31,900 the first bill is 76,626.
    expect(page.get_by_role("cell", name="76,626円", exact=True)).to_be_visible()
    shot(page, "console-played", whole=True)
    box.fill("scenario: x\nservice: [")
    page.get_by_role("button", name="動かす").click()
    expect(page.get_by_text("読めないところがあります")).to_be_visible()
    expect(box).to_have_value("scenario: x\nservice: [")


def test_an_announcement_is_tried_before_it_is_made(town: Town, visit: Visit) -> None:
    home = two_active(town)[0]
    page = visit("/console/announcements?service=sottonet&command=announce_price", by=town.operator, look=DESKTOP_JA)
    page.get_by_role("combobox", name="項目").select_option("monthly_fee")
    page.get_by_label("円").fill("2480")
    effective = town.now().date().replace(day=1)
    page.get_by_label("効力の日").fill(effective.replace(year=effective.year + 1).isoformat())
    page.get_by_role("button", name="影響を確かめる").click()
    expect(page.get_by_role("link", name=home.id)).to_be_visible()
    # 500 yen more in each of the twelve months that a trial looks at.
    expect(page.locator(f'tr[data-key="{home.id}"]')).to_contain_text("+6,000円")
    assert not town.operator.api.get("/v1/services/sottonet")["announcements"]
    axe(page)


def test_a_file_of_use_is_tried_line_by_line(town: Town, visit: Visit) -> None:
    page = visit("/console/imports?service=and-market-mobile", by=town.operator, look=PHONE_JA)
    page.get_by_role("button", name="試す(保存しません)").click()
    expect(page.get_by_text("ファイルを選ぶか、中身を貼ってください。")).to_be_visible()
    page.get_by_label("中身").fill("row,contract,at,kind,to,seconds\nr1,nobody,2026-03-01,call,0312345678,60\n")
    page.get_by_role("button", name="試す(保存しません)").click()
    expect(page.get_by_role("heading", name="試しの結果(何も保存していません)")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)  # the head and the one line
    shot(page, "console-import", whole=True)
    axe(page)
