"""Days and months: turning the page, the picture in words and numbers, the file, a fault of ours."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from local.supervisor import JAPAN
from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, allow, axe, settled, shot
from tests.web.town import Household, Town

WORDS = {
    "ja": {"numbers": "数字で見る", "before": "前の日", "month": "1か月", "range": r"最高 .*°C.*最低 .*°C", "power": "電気"},
    "en": {"numbers": "See the numbers", "before": "Day before", "month": "Month", "range": r"Highest .*°C.*lowest .*°C"}
    | {"power": "Electricity"},
}


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    """A home with a room and electricity, of two days."""
    home = town.household("sottonet")
    for model, label in (("climate-sensor", "居間"), ("energy-sensor", "分電盤")):
        home.live(home.device(model, label), model, days=2)
    return home


def today(town: Town) -> str:
    return f"{town.now().astimezone(JAPAN):%Y-%m-%d}"


def yesterday(town: Town) -> str:
    return f"{town.now().astimezone(JAPAN) - timedelta(days=1):%Y-%m-%d}"


def drawn(page: Page) -> None:
    """The pictures are there, and not white."""
    settled(page)
    expect(page.locator(".canvas canvas").first).to_be_visible()
    page.wait_for_function(
        "() => { const c = document.querySelector('.canvas canvas');"
        " return c && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((one) => one > 0) }"
    )


def test_a_day_as_picture_sentence_and_table_and_its_month(town: Town, home: Household, visit: Visit, look: Look) -> None:
    say, day = WORDS[look.language], yesterday(town)
    page = visit(f"/homes/{home.id}/days/{day}?show=room", by=home.person, look=look)
    drawn(page)
    expect(page.get_by_text(re.compile(say["range"])).first).to_be_visible()
    page.get_by_text(say["numbers"]).first.click()
    expect(page.get_by_role("row")).to_have_count(25)  # 24 hours and their heading
    shot(page, "days-room", whole=True)
    axe(page)
    page.get_by_role("button", name=say["month"], exact=True).click()
    expect(page).to_have_url(f"{town.web}/homes/{home.id}/months/{day[:7]}?show=room")
    drawn(page)
    page.get_by_text(say["numbers"]).first.click()
    shot(page, "days-month")
    axe(page)
    page.locator(f'a[href*="/days/{day}"]').first.click()
    expect(page).to_have_url(f"{town.web}/homes/{home.id}/days/{day}?show=room")
    page.get_by_role("button", name=say["power"]).click()
    expect(page).to_have_url(f"{town.web}/homes/{home.id}/days/{day}?show=energy")
    drawn(page)
    shot(page, "days-energy", whole=True)
    axe(page)


def test_the_page_is_turned_with_keys_buttons_and_a_swipe_and_ends_today(town: Town, home: Household, visit: Visit) -> None:
    now, before = today(town), yesterday(town)
    page = settled(visit(f"/homes/{home.id}/days?show=room", by=home.person))
    at = re.compile
    expect(page.get_by_role("link", name="次の日")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(at(before))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(at(now))
    page.keyboard.press("ArrowRight")  # there is no tomorrow yet
    expect(page).to_have_url(at(now))
    swipe(page, 200)
    expect(page).to_have_url(at(before))
    swipe(page, -200)
    expect(page).to_have_url(at(now))
    page.get_by_role("link", name="前の日").click()
    expect(page).to_have_url(at(before))
    drawn(page)  # fetched ahead
    page.get_by_label("日付を選ぶ").fill(now)
    expect(page).to_have_url(at(now))


def swipe(page: Page, by: int) -> None:
    """A finger to the side, beside the pictures."""
    box = page.locator(".place").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x - by / 2, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + by / 2, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_what_is_seen_is_a_file_too_and_a_fault_of_ours_can_be_tried_again(town: Town, home: Household, visit: Visit) -> None:
    page = visit(f"/homes/{home.id}/days/{yesterday(town)}?show=energy", by=home.person, look=PHONE_JA.with_(text=200))
    drawn(page)
    shot(page, "days-large")
    with page.expect_download() as coming:
        page.get_by_role("button", name="表をダウンロード").click()
    lines = coming.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 96, "96 quarters of an hour and a heading"
    allow(page, r"503 GET ", r"console: ")
    page.route("**/history?*", lambda route: route.fulfill(status=503, json={"reason": "busy", "status": 503}))
    page.get_by_role("link", name="前の日").click()
    page.get_by_role("link", name="前の日").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/history?*")
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_text("この期間の記録はありません")).to_be_visible()


def test_a_home_without_devices_says_what_to_expect(town: Town, visit: Visit) -> None:
    empty = town.household("sottonet")
    page = settled(visit(f"/homes/{empty.id}/days", by=empty.person))
    expect(page.get_by_role("heading", name="記録する機器がまだありません")).to_be_visible()
    axe(page)


def test_a_night_from_noon_to_noon(town: Town, visit: Visit) -> None:
    home = town.household("liferhythm-home")
    bed = home.device("bed-mat", "寝室")
    noon = town.now().astimezone(JAPAN).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    night = [(10, "asleep"), (14, "moving"), (14.25, "asleep"), (18, "away")]  # hours after noon: from 22:00 to 6:00
    said = []
    for quarter in range(4 * 9, 4 * 20):
        state = "away"
        for begins, name in night:
            state = name if quarter / 4 >= begins else state
        said.append(("bed_state", state, noon + timedelta(minutes=15 * quarter)))
    home.say(bed, *said)
    page = settled(visit(f"/homes/{home.id}/days/{noon + timedelta(days=1):%Y-%m-%d}?show=sleep", by=home.person))
    expect(page.get_by_text("7時間45分 眠りました(22:00 から 6:00)")).to_be_visible()
    drawn(page)
    shot(page, "days-night", whole=True)
    axe(page)
