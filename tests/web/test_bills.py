"""Bills in the browser: what is to pay, one bill in words and on paper, the file for a spreadsheet. A world of its own.

Sottonet, installed on 2 March 2026: it starts on 12 March (STN-STA-1). First bill, of 1 April: sensor 44,000, initial fee
4,400 + 27,500 = 31,900, and 20 of 31 days of 1,980: floor(1,277.4) = 1,277; in all 77,177, of it tax
floor(77,177 × 10 ÷ 110) = 7,016. Second bill, of 1 May: 1,980, due on 27 May.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, axe, settled, shot
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
def home(own_town: Town) -> Household:
    home = own_town.household()
    own_town.until("2026-04-01")
    soon(lambda: len(home.bills()) == 1)
    home.command("pay")
    own_town.until("2026-05-01")
    soon(lambda: len(home.bills()) == 2)
    return home


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


def _bill(home: Household, visit: Visit) -> Page:
    page = visit(f"/homes/{home.id}/bills/2026-03%23initial", by=home.person, look=PHONE_JA)
    return settled(page)
