"""Today: a home in one sentence, what needs attention first, figures with their age; empty, silent, several, without a line."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, PHONE_EN, PHONE_JA, Look, allow, axe, settled, shot
from tests.web.town import Household, Town

WORDS = {
    "ja": {"active": "活動しています — ", "care": "内容を見て対応する", "nobody": "まだだれも対応していません", "room": "居間"},
    "en": {"active": "Active — ", "care": "See and take care", "nobody": "Nobody is taking care yet", "room": "居間"},
}


@pytest.fixture
def home(town: Town) -> Household:
    return town.household("sottonet")


def test_a_home_is_told_in_one_sentence_and_what_needs_attention_stands_first(
    town: Town, home: Household, visit: Visit, look: Look
) -> None:
    say = WORDS[look.language]
    motion, room = home.device("motion-sensor", "玄関"), home.device("climate-sensor", "居間")
    home.watch(motion, "still", kind="no_activity", metric="motion", active_equals=True, for_hours=10, level="warning")
    home.say(motion, ("motion", True))
    home.say(room, ("temperature", 21.46), ("humidity", 44))
    home.alert(room, value=33.2)
    page = settled(visit("/", by=home.person, look=look))
    expect(page.locator(".sentence")).to_contain_text(say["active"])
    tile = page.get_by_role("link", name=say["room"])
    expect(tile).to_contain_text("33.2°C")
    expect(tile).to_contain_text("44%")
    attention = page.get_by_role("link", name=say["care"])
    expect(page.get_by_text(say["nobody"])).to_be_visible()
    assert attention.bounding_box()["y"] < tile.bounding_box()["y"]  # type: ignore[index]
    shot(page, "today", whole=True)
    axe(page)
    tile.click()
    expect(page).to_have_url(f"{town.web}/homes/{home.id}/days/{town.now().astimezone():%Y-%m-%d}?show=room")


def test_old_figures_are_said_to_be_old(town: Town, home: Household, visit: Visit) -> None:
    room = home.device("climate-sensor", "居間")
    home.say(room, ("temperature", 19.5, town.now() - timedelta(hours=3, minutes=5)))
    page = settled(visit("/", by=home.person, look=PHONE_JA.with_(dark=True)))
    expect(page.locator(".sentence")).to_contain_text("から様子が届いていません")
    expect(page.get_by_role("link", name="居間")).to_contain_text("古い値です(3 時間前)")
    shot(page, "today-quiet")
    axe(page)


def test_before_anything_is_there_it_says_what_comes_next(town: Town, visit: Visit) -> None:
    waiting = town.household("sottonet", until="applied")
    page = settled(visit("/", by=waiting.person))
    expect(page.locator(".sentence")).to_have_text("始まりの準備をしています")
    page.get_by_role("link", name="契約を見る").click()
    expect(page).to_have_url(f"{town.web}/homes/{waiting.id}/contract")
    nobody = settled(visit("/", by=town.person("nobody"), look=PHONE_EN))
    expect(nobody.get_by_role("heading", name="There is no home to look after yet")).to_be_visible()
    shot(nobody, "today-empty")
    axe(nobody)


def test_of_several_homes_each_has_its_sentence(town: Town, home: Household, visit: Visit) -> None:
    roof = town.household("omron-remote", by=home.person)
    home.say(home.device("climate-sensor", "居間"), ("temperature", 20.0))
    home.say(roof.device("pv-gateway"), ("power", 3210))
    home.say(roof.device("pv-gateway"), ("power", 0))
    roof.alert(roof.device("pv-gateway"), "power", above=3000, value=3210)
    daughter = home.family()
    page = settled(visit("/", by=home.person, look=DESKTOP_JA))
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.get_by_text("発電しています — いま 3,210 W")).to_be_visible()
    expect(page.locator("section.home").first).to_contain_text("オムロン")  # added last, but something is open there
    shot(page, "today-several", whole=True)
    axe(page)
    page.get_by_role("link", name="オムロン").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{town.web}/homes/{roof.id}")
    theirs = settled(visit("/", by=daughter))  # the daughter sees the one home that she was let into
    expect(theirs.locator(".sentence")).to_have_text("室温は 20°C です")


def test_without_a_line_the_last_look_stays_and_says_when_it_was(home: Household, visit: Visit) -> None:
    home.say(home.device("climate-sensor", "居間"), ("temperature", 20.0))
    page = settled(visit("/", by=home.person, worker=True))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    settled(page.reload() and page)  # the worker has it from now on
    expect(page.locator(".sentence")).to_have_text("室温は 20°C です")
    allow(page, r"failed: ", r"console: ")
    page.context.set_offline(True)
    expect(page.get_by_text("の様子です")).to_be_visible()
    expect(page.locator(".sentence")).to_have_text("室温は 20°C です")
    page.reload()  # opened anew without a line: the look is kept, and no sign-in is asked for
    expect(page.locator(".sentence")).to_have_text("室温は 20°C です")
    expect(page.get_by_text("の様子です")).to_be_visible()
    shot(page, "today-offline")
    page.context.set_offline(False)
    expect(page.get_by_text("の様子です")).to_have_count(0)
