"""Wishes: what the device says stands, a wish waits beside it until the device has answered, and never counts before."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.looking import Look, axe, settled, shot
from tests.web.town import Household, Town, soon

WORDS = {
    "ja": {
        "change": "設定を変える",
        "reserve": "残しておく量",
        "send": "この内容で送る",
        "way": "送信中",
        "withdraw": "取りやめる",
        "withdrawn": "に取りやめました",
        "done": "に機器が設定しました",
        "refused": "機器ではできない設定でした",
        "history": "これまでの操作",
        "others": "ほかの方の変更",
        "none": "ほかの方が変えた設定はありません。",
        "elsewhere": "スマートフォンのアプリから操作できます",
        "terms": "LRH-MON-5",
        "nothing": "離れて設定できる機器はまだありません",
    },
    "en": {
        "change": "Change",
        "reserve": "Reserve",
        "send": "Send",
        "way": "On its way",
        "withdraw": "Take back",
        "withdrawn": "Taken back at",
        "done": "Done by the device at",
        "refused": "The device cannot do that",
        "history": "Past changes",
        "others": "Made by others",
        "none": "Nobody else has changed anything.",
        "elsewhere": "You can do this with the app on your phone",
        "terms": "LRH-MON-5",
        "nothing": "There is no device yet that can be set from afar",
    },
}


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    return town.household("omron-remote")


def answer(home: Household, device: str, outcome: str, reason: str = "") -> None:
    """The device's own word on the wish that waits in its shadow, as `python -m fleet run --obey` gives it."""
    shadow = home.town.house.world.stack.client("iot-data")

    def waits() -> list[str]:
        found = json.loads(shadow.get_thing_shadow(thingName=device, shadowName="wishes")["payload"].read())
        return list(found["state"].get("desired", {}).get("wishes", {}))

    said: dict[str, Any] = {"outcome": outcome, **({"reason": reason} if reason else {})}
    reported = {"state": {"reported": {"wishes": dict.fromkeys(soon(waits), said)}}, "clientToken": "answer"}
    shadow.update_thing_shadow(thingName=device, shadowName="wishes", payload=json.dumps(reported))


def test_a_wish_is_shown_as_done_only_when_the_device_has_said_so(
    town: Town, home: Household, visit: Visit, look: Look
) -> None:
    say = WORDS[look.language]
    battery = home.device("battery", "蓄電池")
    home.say(battery, ("reserve", 30))
    page = visit(f"/homes/{home.id}/wishes", by=home.person, look=look)
    card = page.locator("section.card").filter(has=page.get_by_role("heading", name="蓄電池")).last
    stands = card.locator(".facts > div").first
    expect(stands).to_contain_text("30%")
    shot(page, "wishes-begin")
    card.get_by_text(say["change"], exact=True).click()
    shot(page, "wishes")
    axe(page)
    card.get_by_role("textbox", name=say["reserve"]).fill("40")
    card.get_by_role("button", name=say["send"]).click()
    expect(card.get_by_text(say["way"])).to_be_visible()
    expect(stands).to_contain_text("30%")  # what stands is what the device said
    shot(page, "wishes-waiting")
    axe(page)
    answer(home, battery, "done")
    expect(card.get_by_text(say["done"])).to_be_visible()
    expect(stands).to_contain_text("40%")

    card.get_by_text(say["change"], exact=True).click()
    card.get_by_role("textbox", name=say["reserve"]).fill("99")
    card.get_by_role("button", name=say["send"]).click()
    expect(card.get_by_text(say["way"])).to_be_visible()
    answer(home, battery, "refused", "not_possible")
    expect(card.get_by_text(say["refused"])).to_be_visible()
    expect(stands).to_contain_text("40%")

    card.get_by_text(say["change"], exact=True).click()
    card.get_by_role("textbox", name=say["reserve"]).fill("50")
    card.get_by_role("button", name=say["send"]).click()
    card.get_by_role("button", name=say["withdraw"]).click()
    expect(card.get_by_text(say["withdrawn"])).to_be_visible()
    expect(stands).to_contain_text("40%")
    shot(page, "wishes-after")

    card.get_by_role("link", name=say["history"]).click()
    expect(page.locator(".wish")).to_have_count(3)
    shot(page, "wishes-history")
    axe(page)
    page.get_by_role("button", name=say["others"]).click()
    expect(page.get_by_text(say["none"])).to_be_visible()


def test_where_the_terms_give_it_to_phone_apps_only_it_is_said_so(town: Town, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    home = town.household("liferhythm-home")
    page = visit(f"/homes/{home.id}/wishes", by=home.person, look=look)
    expect(page.get_by_role("heading", name=say["nothing"])).to_be_visible()
    shot(page, "wishes-none")
    home.device("ir-remote", "居間のエアコン")
    page.reload()
    expect(page.get_by_text(say["elsewhere"])).to_be_visible()
    expect(page.get_by_text(say["terms"])).to_be_visible()
    expect(settled(page).get_by_role("button", name=say["send"])).to_have_count(0)
    shot(page, "wishes-elsewhere")
    axe(page)
