"""Bills in the browser: what is to pay, one bill in words and on paper, the file for a spreadsheet. A world of its own.

Sottonet, installed on 2 March 2026: it starts on 12 March (STN-STA-1). First bill, of 1 April: sensor 44,000, initial fee
4,400 + 27,500 = 31,900, and 20 of 31 days of 1,980: floor(1,277.4) = 1,277; in all 77,177, of it tax
floor(77,177 × 10 ÷ 110) = 7,016. Second bill, of 1 May: 1,980, due on 27 May.

ALLwatch, half-yearly, served from 3 March: the bill of 3 April covers April to June, 22,000 + 3,300 + 3 × 1,100 = 28,600.
Cancelled by 15 May it ends on the 31st (ALW-CAN-1): June comes back, 1,100 (ALW-REF-1).

LifeRhythm, formed on 2 March: billed from April on, 5,980 a month and 10,000 once; the month of the end in full (LRH-CAN-2).
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_EN, PHONE_EN, PHONE_JA, Look, axe, settled, shot
from tests.web.town import Household, Town, soon

WORDS = {
    "ja": {
        "bills": "請求",
        "owed": "1,980円",
        "due": "お支払期限 2026年5月27日",
        "first": "2026年3月分",
        "paid": "お支払い済みです。ありがとうございました。",
        "total": "77,177円",
        "tax": "7,016円",
        "fee": "月額利用料",
        "days": "2026年3月12日から2026年3月31日までの20日分です。",
        "print": "印刷・PDF",
        "csv": "CSV",
        "none": "ご請求はまだありません",
    },
    "en": {
        "bills": "Bills",
        "owed": "¥1,980",
        "due": "Due Wed, 27 May 2026",
        "first": "March 2026",
        "paid": "Paid. Thank you.",
        "total": "¥77,177",
        "tax": "¥7,016",
        "fee": "Monthly fee",
        "days": "For the 20 days from 12 March 2026 to 31 March 2026",
        "print": "Print or PDF",
        "csv": "CSV",
        "none": "There are no bills yet.",
    },
}
FORMULA = "1,980 × 20 ÷ 31 = 1,277"


@pytest.fixture(scope="module")
def homes(own_town: Town) -> dict[str, Household]:
    """One of each of three services, on 1 May; what was due is paid."""
    homes = {service: own_town.household(service) for service in ("sottonet", "liferhythm-home")}
    homes["allwatch"] = own_town.household("allwatch", until="active")
    own_town.until("2026-04-01")
    soon(lambda: len(homes["sottonet"].bills()) == 1)
    homes["sottonet"].command("pay")
    own_town.until("2026-05-01")
    soon(lambda: [len(home.bills()) for home in homes.values()] == [2, 1, 1])
    homes["allwatch"].command("pay")
    return homes


@pytest.fixture(scope="module")
def home(homes: dict[str, Household]) -> Household:
    return homes["sottonet"]


@pytest.mark.rule("STN-INV-1", "STN-CHG-2")
def test_what_is_to_pay_and_why(home: Household, visit: Visit, look: Look) -> None:
    say = WORDS[look.language]
    page = visit(f"/homes/{home.id}/bills", by=home.person, look=look)
    expect(page.get_by_role("heading", level=1)).to_have_text(say["bills"])
    card = page.locator("section.card").first
    expect(card).to_contain_text(say["owed"])
    expect(card).to_contain_text(say["due"])
    shot(page, "bills", whole=True)
    axe(page)
    page.get_by_role("link", name=re.compile(say["first"])).click()
    expect(page.get_by_text(say["paid"])).to_be_visible()
    expect(page.locator(".sum")).to_have_text(say["total"])
    expect(page.get_by_text(say["tax"])).to_be_visible()
    expect(page.get_by_text("T1234567890123")).to_be_visible()
    expect(page.get_by_text(FORMULA)).to_be_hidden()
    page.locator("summary", has_text=say["fee"]).click()
    expect(page.get_by_text(FORMULA)).to_be_visible()
    expect(page.get_by_text(say["days"])).to_be_visible()
    shot(page, "bill", whole=True)
    axe(page)


def test_a_bill_on_paper_is_whole_and_without_the_app_around_it(home: Household, visit: Visit) -> None:
    page = _bill(home, visit)
    expect(page.get_by_text(FORMULA)).to_be_hidden()
    page.evaluate("window.print = () => { dispatchEvent(new Event('beforeprint')); window.asked = true; }")
    page.get_by_role("button", name=WORDS["ja"]["print"]).click()
    assert page.evaluate("window.asked")
    page.emulate_media(media="print")
    expect(page.get_by_text(FORMULA)).to_be_visible()
    expect(page.get_by_text("ご請求書 (適格請求書)")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name=WORDS["ja"]["print"])).to_be_hidden()
    paper = page.pdf(prefer_css_page_size=True)
    (width, height) = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper).groups()  # type: ignore[union-attr]
    assert (round(float(width)), round(float(height))) == (595, 842)  # A4 in points
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.get_by_text(FORMULA)).to_be_hidden()


def test_all_items_come_as_a_file_for_a_spreadsheet(home: Household, visit: Visit) -> None:
    page = visit(f"/homes/{home.id}/bills", by=home.person)
    with page.expect_download() as coming:
        page.get_by_role("button", name=re.compile(WORDS["ja"]["csv"])).click()
    text = Path(coming.value.path()).read_text(encoding="utf-8")
    assert text.startswith("\ufeff")  # else a spreadsheet takes Japanese for something else
    assert len(text.splitlines()) == 1 + 3 + 1  # head, the first bill's items, the second's


def test_who_has_no_bill_is_told_when_there_will_be_one(own_town: Town, visit: Visit, look: Look) -> None:
    new = own_town.household(until="applied")
    page = visit(f"/homes/{new.id}/bills", by=new.person, look=look)
    expect(page.get_by_text(WORDS[look.language]["none"])).to_be_visible()
    shot(page, "bills-none")
    axe(page)


@pytest.mark.rule("LRH-CAN-1", "LRH-CAN-2")
def test_the_last_day_is_chosen_and_the_quote_follows_it(homes: dict[str, Household], visit: Visit) -> None:
    home = homes["liferhythm-home"]
    page = visit(f"/homes/{home.id}/contract/do/request_cancellation", by=home.person)
    last, quote = page.get_by_label("最後にお使いになる日"), page.locator("section.card", has=page.locator(".facts"))
    expect(page.get_by_text("2026年5月1日(金) から選べます")).to_be_visible()
    page.get_by_role("button", name="内容を確かめる").click()
    expect(last).to_be_focused()  # nothing ends today because a day was left out
    expect(page.get_by_role("dialog")).to_have_count(0)
    for day, ends, pays in (
        ("2026-05-31", "2026年5月31日", "5,980円 (1回)"),
        ("2026-06-10", "2026年6月10日", "11,960円 (2回)"),
    ):
        last.fill(day)
        expect(quote).to_contain_text(ends)
        expect(quote).to_contain_text(pays)
        expect(quote).to_contain_text("15,980円")  # April's bill, not paid yet
    shot(page, "money-last-day", whole=True)
    axe(page)
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("dialog").get_by_role("button", name="解約する").click()
    expect(page.get_by_text("承りました", exact=True)).to_be_visible()
    assert home.get()["ends_on"] == "2026-06-10"


@pytest.mark.rule("ALW-PAY-4")
def test_another_way_to_pay_counts_from_its_day(homes: dict[str, Household], visit: Visit) -> None:
    home = homes["allwatch"]
    page = visit(f"/homes/{home.id}/bills", by=home.person, look=PHONE_EN)
    page.get_by_role("link", name="See or change how you pay").click()
    page.get_by_label("Credit card").check()
    expect(page.get_by_text("Registered today, it can be used from 1 June 2026")).to_be_visible()  # a month later
    expect(page.locator("section.card")).to_contain_text("Credit card")  # the bill of August
    shot(page, "money-way-to-pay", whole=True)
    axe(page)
    page.get_by_role("button", name="Check and go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Change how you pay").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    page.get_by_role("link", name="To the contract").click()
    expect(page.get_by_text("Credit card (from Mon, 1 June 2026)")).to_be_visible()
    assert home.get()["payment"]["next"]["usable_from"] == "2026-06-01"


@pytest.mark.rule("STN-SUS-3")
def test_a_late_bill_stands_first_and_says_how_it_is_paid_and_what_may_follow(
    own_town: Town, homes: dict[str, Household], visit: Visit
) -> None:
    home = homes["sottonet"]
    payer = home.family("payer", "payer", "other")
    homes["allwatch"].post("/commands/request_cancellation")  # by the 15th: for the test after this one
    own_town.until("2026-05-28")
    soon(lambda: home.get()["overdue"] == 1980)
    page = visit("/", by=home.person)
    page.get_by_role("link", name="お支払いのしかたを見る").click()
    late = page.locator(".banner.alarm")
    expect(late).to_contain_text("2026年4月分 1,980円のお支払期限が過ぎています")
    expect(late).to_contain_text("カードの有効期限")
    expect(page.get_by_text("この日からサービスを停止することがあります")).to_be_visible()
    shot(page, "money-late", whole=True)
    axe(page)
    late.get_by_role("link").click()
    expect(page.get_by_role("link", name="desk@mimamori.example")).to_be_visible()
    _who_only_pays(visit(f"/homes/{home.id}", by=payer, look=DESKTOP_EN))


def _who_only_pays(page: Page) -> None:
    """Sees what is to pay and how, and is led nowhere else; nothing that they may not see is asked for (`visit` holds that)."""
    expect(page.locator(".sentence")).to_have_text("¥1,980 are past their due day")
    menu = page.get_by_role("navigation")
    expect(menu.get_by_role("link")).to_have_text(["Today", "People", "Contract", "Bills", "Account"])
    shot(page, "money-payer", whole=True)
    axe(page)
    menu.get_by_role("link", name="Contract").click()
    expect(page.get_by_text("Of this contract you can see the bills.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Bills and payment").click()
    page.get_by_role("link", name=re.compile("^March 2026")).click()
    expect(page.locator(".sum")).to_have_text("¥77,177")
    page.goto(page.url.split("/bills")[0] + "/days")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")


@pytest.mark.rule("ALW-REF-1", "ALW-REF-2", "ALW-REF-3")
def test_a_refund_is_followed_from_its_first_day_to_the_money(
    own_town: Town, homes: dict[str, Household], visit: Visit
) -> None:
    home = homes["allwatch"]
    own_town.until("2026-06-01")
    soon(lambda: home.get()["to_come_back"] == 1100)
    page = visit("/", by=home.person)
    expect(page.get_by_text("1,100円をお返しする手続きをしています")).to_be_visible()
    page.get_by_role("link", name="くわしく見る").click()
    refund = page.locator(".card", has_text="返金請求書")
    expect(refund).to_contain_text("手続き中")
    expect(refund).to_contain_text("2026年6月分")
    shot(page, "money-refund", whole=True)
    axe(page)
    refund.get_by_role("link").click()
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("dialog").get_by_role("button", name="返金を請求する").click()
    expect(page.get_by_text("承りました", exact=True)).to_be_visible()
    home.command("pay_refund")
    page.goto(f"/homes/{home.id}/bills")
    refund = page.locator(".card", has_text="1,100円")
    expect(refund).to_contain_text("お返し済み")
    expect(refund.get_by_role("listitem")).to_have_text(
        [
            re.compile("お返しする金額が決まりました$"),
            "2026年6月1日(月)返金請求書を受け付けました",
            "2026年6月1日(月)お返ししました",
        ]
    )


def _bill(home: Household, visit: Visit) -> Page:
    page = visit(f"/homes/{home.id}/bills/2026-03%23initial", by=home.person, look=PHONE_JA)
    return settled(page)
