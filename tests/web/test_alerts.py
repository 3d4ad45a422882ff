"""Alerts: what is open and what one does about it, the log, watches in words, who is told, notifications of this browser."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, allow, axe, settled, shot
from tests.web.town import Household, Town, soon

WORDS: dict[str, dict[str, Any]] = {
    "ja": {
        "take": "私が対応します",
        "taken": "花子さんが引き受けました",
        "later": "あとで",
        "half_hour": "30分",
        "waits": "ほかの方への連絡を待っています",
        "call": "電話",
        "resolved": "解決した",
        "visited": "訪ねて確かめた",
        "note": "メモ",
        "cancel": "戻る",
        "nothing": "いま気になることはありません",
        "search": "さがす",
        "text": "言葉でさがす",
        "room": "室温",
        "watches": "見守りの条件",
        "hot": "室温が高い",
        "turn_hot": "「室温が高い」を変える",
        "above": "これを超えたら",
        "save": "保存する",
        "sentence": "28.5°C を15分超えたら",
        "off": "オフにする",
        "pause": "止める時間を選ぶ",
        "begin": "止める",
        "paused": "お知らせを止めています",
        "resting": "停止中・",
        "resume": "お知らせを再開する",
        "add": "人を追加する",
        "name": "お名前",
        "email": "メールアドレス",
        "needed": "メールアドレスを入力してください。",
        "quiet": "おやすみ時間をつくる",
        "night": "22:00〜07:00",
        "order": "順番を変える",
        "first": "順番を決める",
        "at_once": "すぐに",
        "test": "ためしに送る",
        "arrived": "届きました",
        "phone": "電話番号",
        "send_code": "確認コードを送る",
        "code": "確認コード",
        "confirm": "確認する",
        "confirmed": "電話番号を確認しました",
        "unchosen": "まだ選ばれていません",
        "start": "通知を受け取る",
        "here": "この端末で通知を受け取っています",
        "stop": "この端末では受け取らない",
    },
    "en": {
        "take": "I will take care",
        "taken": "花子 took care of it",
        "later": "Later",
        "half_hour": "30 minutes",
        "waits": "Nobody else is told until",
        "call": "Call",
        "resolved": "Resolved",
        "visited": "I went there and all is well",
        "note": "Note",
        "cancel": "Not now",
        "nothing": "Nothing needs your attention",
        "search": "Search",
        "text": "Search by words",
        "room": "temperature",
        "watches": "What is watched",
        "hot": "Too hot",
        "turn_hot": "Change “Too hot”",
        "above": "When above",
        "save": "Save",
        "sentence": "above 28.5°C for 15 minutes",
        "off": "Switch off",
        "pause": "Choose how long",
        "begin": "Pause",
        "paused": "Nobody is told until",
        "resting": "Paused until",
        "resume": "Tell us again",
        "add": "Add somebody",
        "name": "Name",
        "email": "E-mail address",
        "needed": "Please enter an e-mail address.",
        "quiet": "Keep quiet hours",
        "night": "quiet from 22:00 to 07:00",
        "order": "Change the order",
        "first": "Set an order",
        "at_once": "At once",
        "test": "Send a test",
        "arrived": "arrived",
        "phone": "Telephone number",
        "send_code": "Send a code",
        "code": "Code",
        "confirm": "Confirm",
        "confirmed": "The number is confirmed",
        "unchosen": "not chosen yet",
        "start": "Receive notifications",
        "here": "This device shows notifications",
        "stop": "Not on this device",
    },
}


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    """A warm living room, 花子, who holds the contract and is told, and a neighbour to call."""
    home = town.household("sottonet")
    home.post("/numbers", number="n1", who="となりの田中さん", phone="03-0000-0000", keeps_key=True)
    home.post("/people", person="hanako", name="花子", role="family", channels=["mail", "push"], email=home.person.email)
    return home


@pytest.fixture(scope="module")
def room(home: Household) -> str:
    room = home.device("climate-sensor", "居間")
    home.post(f"/devices/{room}/watches/offered")
    return room


def dialog(page: Page) -> Any:
    return page.get_by_role("dialog").filter(visible=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_an_alert_is_seen_taken_held_and_resolved_and_found_again(home: Household, room: str, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    alert = home.alert(room)
    page = visit(f"/homes/{home.id}/alerts", by=home.person, look=look)
    expect(page.get_by_role("heading", name=alert["sentence"][look.language])).to_be_visible()
    expect(page.get_by_role("article").get_by_text("花子").first).to_be_visible()  # who was told
    shot(page, "alerts-open")
    axe(page)
    press(page, say["later"])
    dialog(page).get_by_role("button", name=say["half_hour"]).click()
    expect(page.get_by_text(say["waits"])).to_be_visible()
    press(page, say["take"])
    expect(page.get_by_text(say["taken"])).to_be_visible()
    expect(page.get_by_text(say["waits"])).to_have_count(0)  # nobody else is told: there is nothing to wait for
    press(page, say["call"])
    expect(dialog(page).get_by_role("link", name="となりの田中さん")).to_have_attribute("href", "tel:0300000000")
    shot(page, "alerts-call")
    axe(page)
    dialog(page).get_by_role("button", name=say["cancel"]).click()

    press(page, say["resolved"])
    dialog(page).get_by_role("radio", name=say["visited"]).check()
    dialog(page).get_by_label(say["note"]).fill("窓を開けました")
    shot(page, "alerts-resolve")
    dialog(page).get_by_role("button", name=say["resolved"]).click()
    expect(page.get_by_role("heading", name=say["nothing"])).to_be_visible()
    shot(page, "alerts-none")
    axe(page)

    page.goto(f"/homes/{home.id}/alerts/log")
    page.get_by_label(say["text"]).fill(say["room"])
    press(page, say["search"])
    settled(page)
    shot(page, "alerts-log")
    axe(page)
    page.locator(f"a[href$='{alert['alert']}']").click()
    expect(page.get_by_text("窓を開けました")).to_be_visible()
    expect(page.get_by_text(say["taken"])).to_be_visible()
    shot(page, "alerts-story")
    axe(page)


def test_without_a_line_nobody_has_taken_it_and_what_was_typed_outlives_an_error_of_ours(
    home: Household, room: str, visit: Visit
) -> None:
    say = WORDS["ja"]
    alert = home.alert(room)
    page = visit(f"/homes/{home.id}/alerts", by=home.person)
    allow(page, r"^503 POST .*/close$", r"^failed: ")
    settled(page)
    page.context.set_offline(True)  # without a line nobody is said to have taken it
    press(page, say["take"])
    expect(page.get_by_role("alert")).to_contain_text("まだ伝わっていません")
    expect(page.get_by_text("まだだれも対応していません")).to_be_visible()
    shot(page, "alerts-offline")
    page.context.set_offline(False)
    press(page, say["take"])
    expect(page.get_by_text(say["taken"])).to_be_visible()
    assert home.get(f"/alerts/{alert['alert']}")["acknowledged_by"] == "hanako"
    press(page, say["resolved"])
    dialog(page).get_by_label(say["note"]).fill("母と話しました")
    page.route(
        "**/close", lambda route: route.fulfill(status=503, json={"title": "いまつながりません", "reason": "unavailable"})
    )
    dialog(page).get_by_role("button", name=say["resolved"]).click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    expect(dialog(page).get_by_label(say["note"])).to_have_value("母と話しました")
    page.unroute("**/close")
    dialog(page).get_by_role("button", name=say["resolved"]).click()
    expect(page.get_by_role("heading", name=say["nothing"])).to_be_visible()


def test_the_person_is_asked_first_and_the_answer_stops_everything(town: Town, visit: Visit) -> None:
    home, father = town.household("sottonet"), town.person("father")
    for person, name, email in (("taro", "太郎", father.email), ("hanako", "花子", home.person.email)):
        home.post("/people", person=person, name=name, role="family", channels=["mail"], email=email)
    steps = [{"after_minutes": 0, "to": ["taro"], "ask": True}, {"after_minutes": 20, "to": ["hanako"]}]
    home.put("/escalation", steps=steps)
    room = home.device("climate-sensor", "居間")
    home.watch(room, "hot", kind="threshold", metric="temperature", above=28)
    home.say(room, ("temperature", 33.0))

    page = visit(f"/homes/{home.id}/alerts", by=home.person)
    told = page.get_by_role("article").locator(".told")
    expect(told.get_by_text("花子さんにメールで知らせます")).to_be_visible()
    shot(page, "alerts-asked")

    link = soon(lambda: answer_link(town, father.email))
    theirs = visit(link)  # nobody is signed in there
    expect(theirs.get_by_role("heading")).to_contain_text("お変わりありませんか")
    shot(theirs, "answer")
    axe(theirs)
    button = theirs.get_by_role("button", name="大丈夫です")
    assert (button.bounding_box() or {})["height"] >= 96  # for a thumb that trembles
    button.click()
    expect(theirs.get_by_role("heading")).to_contain_text("ありがとう")
    shot(theirs, "answered")

    page.reload()
    expect(page.get_by_text("太郎さんが「大丈夫」と答えました")).to_be_visible()
    expect(page.get_by_text("ほかの方への連絡は止めています")).to_be_visible()
    shot(page, "alerts-answered")


def answer_link(town: Town, email: str) -> str:
    """The path of the link in the newest question to an address."""
    found = [re.search(r"/v1/answers/[\w-]+", str(mail)) for mail in town.mails(email)]
    return next((link.group() for link in reversed(found) if link), "")


def test_numbers_to_call_are_kept_and_called_from_the_alert(town: Town, visit: Visit) -> None:
    home = town.household("sottonet")
    home.alert(home.device("climate-sensor", "居間"))
    page = visit(f"/homes/{home.id}/alerts", by=home.person)
    press(page, "電話")
    dialog(page).get_by_role("link", name="電話番号を登録する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("電話する相手")
    press(page, "番号を追加する")
    dialog(page).get_by_label("どなたですか").fill("お母さん（自宅）")
    dialog(page).get_by_label("電話番号").fill("お母さんの番号")
    allow(page, r"^400 POST .*/numbers$")
    press(page, "保存する")
    expect(dialog(page).get_by_label("電話番号")).to_have_attribute("aria-invalid", "true")
    expect(dialog(page).get_by_label("どなたですか")).to_have_value("お母さん（自宅）")
    dialog(page).get_by_label("電話番号").fill("03-1234-5678")
    dialog(page).get_by_role("checkbox").check()
    shot(page, "numbers-add")
    axe(page)
    press(page, "保存する")
    expect(page.get_by_role("link", name="お母さん（自宅）に電話する")).to_have_attribute("href", "tel:0312345678")
    shot(page, "numbers")
    axe(page)


def test_watches_are_switched_turned_and_paused(home: Household, room: str, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    home.post(f"/devices/{room}/watches/offered")
    home.watch(room, "too-hot", kind="threshold", metric="temperature", above=31, clear=28, for_minutes=15)
    page = visit(f"/homes/{home.id}/alerts/watches", by=home.person, look=look)
    expect(page.get_by_role("switch", name=say["hot"])).to_be_checked()
    shot(page, "watches")
    axe(page)
    press(page, say["turn_hot"])
    field = dialog(page).get_by_label(say["above"])
    expect(field).to_have_value("31")
    shot(page, "watches-turn")
    axe(page)
    field.fill("28.5")
    dialog(page).get_by_role("button", name=say["save"]).click()
    expect(page.get_by_text(say["sentence"])).to_be_visible()
    assert next(one for one in home.get(f"/devices/{room}/watches")["items"] if one["watch"] == "too-hot")["above"] == 28.5

    page.get_by_role("switch", name=say["hot"]).click()
    dialog(page).get_by_role("button", name=say["off"]).click()
    expect(page.get_by_role("switch", name=say["hot"])).not_to_be_checked()
    assert "too-hot" not in [one["watch"] for one in home.get(f"/devices/{room}/watches")["items"]]
    page.get_by_role("switch", name=say["hot"]).click()
    expect(page.get_by_role("switch", name=say["hot"])).to_be_checked()

    press(page, say["pause"])
    dialog(page).get_by_role("button", name=say["begin"], exact=True).click()
    expect(page.get_by_text(say["paused"]).first).to_be_visible()
    expect(page.get_by_role("switch", name=say["hot"])).to_be_checked()  # on, and resting: not off
    expect(page.get_by_role("switch", name=say["hot"])).to_have_accessible_description(re.compile(say["resting"]))
    shot(page, "watches-paused")
    press(page, say["resume"])
    expect(page.get_by_role("button", name=say["pause"])).to_be_visible()


def test_one_device_is_paused_until_a_time_and_today_says_so(town: Town, visit: Visit) -> None:
    home = town.household("sottonet")
    for label in ("居間", "寝室"):
        home.device("climate-sensor", label)
    page = visit(f"/homes/{home.id}/alerts/watches", by=home.person)
    card = page.locator("section").filter(has=page.get_by_role("heading", name="居間"))
    card.get_by_role("button", name="この機器をしばらく止める").click()
    press(page, "止める")
    expect(card.get_by_text("お知らせを止めています")).to_be_visible()
    shot(page, "watches-one-paused")
    page.goto(f"/homes/{home.id}")
    expect(page.get_by_text("居間のお知らせを、")).to_be_visible()
    shot(page, "today-paused")
    axe(page)
    page.get_by_role("link", name="再開する・変える").click()
    card.get_by_role("button", name="この機器のお知らせを再開する").click()
    expect(card.get_by_role("button", name="この機器をしばらく止める")).to_be_visible()


def test_who_is_told_when_and_by_what(town: Town, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    home = town.household("sottonet")
    page = visit(f"/homes/{home.id}/alerts/telling", by=home.person, look=look)
    shot(page, "telling-nobody")
    axe(page)
    page.get_by_role("link", name=say["add"]).click()
    page.get_by_label(say["name"]).fill("花子")
    press(page, say["add"])
    expect(page.get_by_text(say["needed"])).to_be_visible()
    expect(page.get_by_label(say["name"])).to_have_value("花子")
    page.get_by_role("checkbox").check()  # one's own address
    shot(page, "telling-add")
    press(page, say["add"])

    page.get_by_role("link", name="花子").click()
    page.get_by_role("checkbox", name=say["quiet"]).check()
    shot(page, "telling-person", whole=True)
    axe(page)
    press(page, say["save"])
    press(page, say["test"])
    expect(page.get_by_text(say["arrived"], exact=True)).to_be_visible()
    page.get_by_role("textbox", name=say["phone"]).fill("090-0000-0000")
    press(page, say["send_code"])
    page.get_by_role("textbox", name=say["code"]).fill(code_to(town, "+819000000000"))
    press(page, say["confirm"])
    expect(page.get_by_text(say["confirmed"])).to_be_visible()
    expect(page.get_by_text(say["unchosen"])).to_be_visible()  # a number alone brings no message yet

    page.goto(f"/homes/{home.id}/alerts/telling")
    expect(page.get_by_text(say["night"])).to_be_visible()
    page.get_by_role("link", name=say["order"]).click()
    press(page, say["first"])
    shot(page, "telling-steps")
    axe(page)
    press(page, say["save"])
    expect(page.locator(".timeline").get_by_text(say["at_once"])).to_be_visible()
    shot(page, "telling")
    (one,) = home.get("/people")["items"]
    assert (one["name"], one["quiet"], one["has_phone"]) == ("花子", ["22:00", "07:00"], True)
    assert home.get("/people")["steps"] == [{"after_minutes": 0, "to": [one["person"]]}]


def code_to(town: Town, number: str) -> str:
    """The code in the newest text message to a number."""

    def newest() -> str:
        sent = json.loads(town.house.world.stack.get("/_ministack/sns/sms-messages"))["sms_messages"].get(number, [])
        words = [word.strip("。.、:") for one in sent for word in one["Message"].replace(":", " ").split()]
        return next((word for word in reversed(words) if len(word) == 6 and word.isdigit()), "")

    before, found = _codes.get(number, ""), soon(newest)
    if found == before:
        found = soon(lambda: code if (code := newest()) != before else "")
    _codes[number] = found
    return found


_codes: dict[str, str] = {}

# A headless Chromium has no push service: its subscription is the local phones' (at this boundary only).
_SUBSCRIBES = """
({endpoint, keys}) => {
  const made = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => { window.subscribed = null; return true } };
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (!applicationServerKey || !userVisibleOnly) throw new Error("asked without the key");
    return (window.subscribed = made);
  };
  PushManager.prototype.getSubscription = async () => window.subscribed ?? null;
}
"""


def test_this_browser_is_told_from_a_tap_on_and_no_more_after_another(
    town: Town, home: Household, room: str, visit: Visit
) -> None:
    say, phones = WORDS["ja"], town.house.world.phones.address
    opened = urllib.request.Request(f"{phones}/browsers", data=b"{}", method="POST")
    with urllib.request.urlopen(opened) as answer:
        subscription = json.load(answer)
    page = visit(f"/homes/{home.id}/alerts/telling", by=home.person, look=PHONE_JA, worker=True)
    page.context.grant_permissions(["notifications"])
    settled(page)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(_SUBSCRIBES, subscription)
    press(page, say["start"])
    expect(page.get_by_text(say["here"])).to_be_visible()
    shot(page, "telling-here")
    axe(page)
    alert = home.alert(room)

    def arrived() -> list[str]:
        with urllib.request.urlopen(f"{phones}/messages") as answer:
            pushed = [one["alert"] for one in json.load(answer)["messages"] if one["way"] == "push"]
        return [one for one in pushed if one == alert["alert"]]  # what else is open in the home is pushed, too

    assert soon(arrived) == [alert["alert"]]
    press(page, say["stop"])
    expect(page.get_by_role("button", name=say["start"])).to_be_visible()
    assert home.get("/people")["items"][0]["browsers"] == 0
