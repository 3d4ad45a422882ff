"""The contract in the browser: at a glance, what comes, a cancellation with its quote, details that two change. A world of its own.

Sottonet, installed on 2 March 2026, starts on 12 March. Cancelled on 12 March, before the 20th, it ends on 31 March (STN-CAN-1);
the first month is also the last: floor(1,980 × 20 ÷ 31) = 1,277 (STN-CHG-2), with sensor 44,000 and initial fee 31,900, which
no bill asked for yet (STN-CAN-4): 77,177. With removal, 27,500 more (STN-CAN-3): 104,677.
"""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_EN, PHONE_JA, Look, allow, axe, settled, shot
from tests.web.town import Household, Town, soon

WORDS = {
    "ja": {
        "contract": "契約",
        "back": "戻る",
        "active": "ご利用中です",
        "cancelling": "解約のお手続き中です",
        "steps": "お手続き",
        "cancel": "解約する",
        "removal": "機器の取り外しを頼む",
        "ends": "2026年3月31日",
        "without": "77,177円",
        "with": "104,677円",
        "go_on": "内容を確かめる",
        "done": "承りました",
        "to_contract": "契約の画面へ",
        "calendar": "予定とこれまで",
        "notices": "お知らせの控え",
        "accepted": "ご契約が成立しました",
        "not_now": "いまはできないこと",
        "equipment": "機器と返却",
        "details": "お名前・ご連絡先",
    },
    "en": {
        "contract": "Contract",
        "back": "Back",
        "active": "In use",
        "cancelling": "Being cancelled",
        "steps": "Change something",
        "cancel": "Cancel the contract",
        "removal": "Have the equipment taken down",
        "ends": "31 March 2026",
        "without": "¥77,177",
        "with": "¥104,677",
        "go_on": "Check and go on",
        "done": "Done",
        "to_contract": "To the contract",
        "calendar": "What comes, what was",
        "notices": "What we told you",
        "accepted": "Your contract",
        "not_now": "Not possible now",
        "equipment": "Equipment and returns",
        "details": "Name and contact details",
    },
}


@pytest.fixture(scope="module")
def homes(own_town: Town) -> list[Household]:
    """Three of one age, all running."""
    homes = [own_town.household() for _ in range(3)]
    own_town.until("2026-03-12")
    soon(lambda: all(home.get()["state"] == "active" for home in homes))
    return homes


def test_the_contract_at_a_glance_and_everything_behind_it(homes: list[Household], visit: Visit, look: Look) -> None:
    say, home = WORDS[look.language], homes[0]
    page = visit(f"/homes/{home.id}/contract", by=home.person, look=look)
    expect(page.get_by_role("heading", level=1)).to_have_text(say["contract"])
    expect(page.get_by_text(say["active"])).to_be_visible()
    shot(page, "contract", whole=True)
    axe(page)
    for place in ("steps", "details", "equipment", "notices", "calendar"):
        page.get_by_role("main").get_by_role("link", name=re.compile(say[place])).last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(say[place])
        shot(page, f"contract-{place}", whole=True)
        axe(page)
        page.get_by_role("link", name=say["back"]).click()


@pytest.mark.rule("STN-CAN-1", "STN-CAN-3", "STN-CAN-4")
@pytest.mark.parametrize(("number", "look"), [(1, PHONE_JA), (2, DESKTOP_EN)], ids=str)
def test_a_cancellation_shows_what_it_costs_before_the_button(
    homes: list[Household], visit: Visit, number: int, look: Look
) -> None:
    say, home = WORDS[look.language], homes[number]
    page = visit(f"/homes/{home.id}/contract/do", by=home.person, look=look)
    page.get_by_role("link", name=re.compile(f"^{say['cancel']}")).click()
    quote = page.locator("section.card", has=page.locator(".facts"))
    expect(quote).to_contain_text(say["ends"])
    expect(quote).to_contain_text(say["without"])
    page.get_by_label(say["removal"]).check()
    expect(quote).to_contain_text(say["with"])
    shot(page, "contract-cancel", whole=True)
    axe(page)
    page.get_by_role("button", name=say["go_on"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(say["with"])
    shot(page, "contract-cancel-sure")
    assert home.get()["state"] == "active"  # nothing happened yet
    dialog.get_by_role("button", name=say["cancel"]).click()
    expect(page.get_by_text(say["done"], exact=True)).to_be_visible()
    shot(page, "contract-cancel-done", whole=True)
    assert home.get()["ends_on"] == "2026-03-31"
    page.get_by_role("link", name=say["to_contract"]).click()
    expect(page.get_by_text(say["cancelling"])).to_be_visible()
    assert len([one for one in home.get("/events")["items"] if one["kind"] == "cancellation_received"]) == 1


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_happens_twice(own_town: Town, visit: Visit) -> None:
    home, say = own_town.household(), WORDS["ja"]
    page = visit(f"/homes/{home.id}/contract/do/request_cancellation", by=home.person)
    allow(page, r"503 POST .*/commands/request_cancellation$")
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # it arrives and is done, and the answer does not come back
        route.fulfill(status=503, json={"title": "いま使えません", "detail": "少し待ってください。", "reason": "unavailable"})

    page.route("**/commands/request_cancellation", lose)
    expect(page.locator(".facts")).to_be_visible()
    page.get_by_role("button", name=say["go_on"]).click()
    press = page.get_by_role("dialog").get_by_role("button", name=say["cancel"])
    press.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    press.click()
    expect(page.get_by_text(say["done"], exact=True)).to_be_visible()
    assert lost == [200]
    assert len([one for one in home.get("/events")["items"] if one["kind"] == "cancellation_received"]) == 1


def test_what_two_change_at_once_is_not_lost(homes: list[Household], visit: Visit) -> None:
    home = homes[0]
    page = settled(visit(f"/homes/{home.id}/contract/details", by=home.person))
    allow(page, r"412 PATCH ")
    phone, address = page.get_by_label("電話番号"), page.get_by_label("ご連絡先の住所")
    expect(phone).to_have_value("")
    _elsewhere(home, phone="03-0000-0001")
    address.fill("東京都千代田区千代田1-1")
    page.get_by_role("button", name="保存する").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("ほかの画面で先に変更されました")
    expect(said).to_contain_text("電話番号")
    expect(phone).to_have_value("03-0000-0001")
    expect(address).to_have_value("東京都千代田区千代田1-1")
    shot(page, "contract-details-conflict", whole=True)
    axe(page)
    page.get_by_role("button", name="保存する").click()
    expect(said).to_be_hidden()
    told = home.get()["contact"]
    assert (told["phone"], told["address"]) == ("03-0000-0001", "東京都千代田区千代田1-1")


def test_a_device_is_registered_with_what_stands_on_it_named_and_given_back(
    own_town: Town, homes: list[Household], visit: Visit
) -> None:
    home = homes[0]
    stock = "serial_number,model,proof\nCS-WEB-1,climate-sensor,ABCD EFGH 2345\nCS-WEB-2,climate-sensor,ABCD EFGH 2346"
    own_town.operator.api.post("/v1/operator/stock", {"csv": stock}, own_town.key())
    page = visit(f"/homes/{home.id}/contract/equipment", by=home.person)
    page.get_by_role("button", name="機器を登録する").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="機器を登録する").click()
    expect(form.get_by_label("製造番号")).to_be_focused()  # nothing was typed: the first field is led to
    form.get_by_label("製造番号").fill("CS-WEB-1")
    form.get_by_label("登録コード").fill("abcd-efgh-2345")
    axe(page)
    form.get_by_role("button", name="機器を登録する").click()
    expect(page.get_by_text("機器を登録しました")).to_be_visible()
    page.get_by_role("button", name="呼び名を変える").click()
    page.get_by_role("dialog").get_by_label("呼び名").fill("居間のセンサー")
    page.get_by_role("dialog").get_by_role("button", name="保存する").click()
    expect(page.get_by_role("heading", name="居間のセンサー")).to_be_visible()
    shot(page, "contract-equipment-one", whole=True)
    page.get_by_role("button", name="交換する").click()  # it broke: another one takes its place, its name and its watches
    page.get_by_role("dialog").get_by_label("製造番号").fill("CS-WEB-2")
    page.get_by_role("dialog").get_by_label("登録コード").fill("ABCD EFGH 2346")
    page.get_by_role("dialog").get_by_role("button", name="交換する").click()
    expect(page.get_by_text("返却・交換済み")).to_have_count(1)
    shot(page, "contract-equipment-replaced", whole=True)
    page.get_by_role("button", name="返却する").click()
    page.get_by_role("dialog").get_by_role("button", name="返却する").click()
    expect(page.get_by_text("返却・交換済み")).to_have_count(2)
    devices = {one["serial_number"]: one for one in home.get("/devices")["items"]}
    assert {one["label"] for one in devices.values()} == {"居間のセンサー"}
    assert devices["CS-WEB-1"]["replaced_by"] == devices["CS-WEB-2"]["device"]
    assert devices["CS-WEB-2"]["released_at"]


def test_a_home_is_called_what_the_family_calls_it(homes: list[Household], visit: Visit) -> None:
    home = homes[0]
    look = PHONE_JA.with_(dark=True, text=200)
    page = visit(f"/homes/{home.id}/contract", by=home.person, look=look)
    page.get_by_role("button", name="呼び名を付ける").click()
    page.get_by_role("dialog").get_by_label("このお住まいの呼び名").fill("母の家(二階の奥の、日当たりのよいほう)")
    page.get_by_role("dialog").get_by_role("button", name="保存する").click()
    expect(page.get_by_role("heading", name="母の家(二階の奥の、日当たりのよいほう)")).to_be_visible()
    shot(page, "contract-named", whole=True)
    axe(page)
    assert home.get()["label"] == "母の家(二階の奥の、日当たりのよいほう)"


def test_what_is_wrong_stands_beside_its_field(homes: list[Household], visit: Visit) -> None:
    home = homes[0]
    page = settled(visit(f"/homes/{home.id}/contract/details", by=home.person))
    allow(page, r"400 PATCH ")
    phone = page.get_by_label("電話番号")
    phone.fill("電話はありません")
    page.get_by_role("button", name="保存する").click()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_value("電話はありません")
    expect(phone).to_be_focused()
    axe(page)


def _elsewhere(home: Household, **contact: str) -> None:
    """Somebody changes it on another screen."""
    home.person.api.patch(home.path, {"contact": contact}, home.get()["version"])
