"""Lines of AND market mobile in 2017, in a world of their own: when lines were still sold.

Two contracts that belong together: an IP phone hangs on the line with which it was applied for (IPS-APP-4), cannot be cancelled
by itself (IPS-CAN-2), and ends with it: a data line cancelled on 10 May 2017 ends on the 31st (AMM-CAN-2), and so does the phone.

And a night that cannot bill an option whose price the company forgot to say, until an operator says it.
"""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import expect

from local.supervisor import JAPAN
from tests.agreed import agreed
from tests.rules.market import PRICES
from tests.web.conftest import Visit, begun_town
from tests.web.looking import DESKTOP_JA, axe, shot
from tests.web.test_apply import WORDS, Case, agree, walk
from tests.web.town import Person, Town, soon

SERVICE = "and-market-mobile"


@pytest.fixture(scope="module")
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """When lines were still sold. Of the price list, what the option costs is missing."""
    prices = {name: price for name, price in PRICES.items() if name != "option"}
    for town in begun_town(tmp_path_factory.mktemp("lines"), datetime(2017, 5, 10, 10, tzinfo=JAPAN)):
        town.operator.api.post(f"/v1/services/{SERVICE}/commands/set_price_list", {"prices": prices}, town.key())
        yield town


def data_line(town: Town, person: Person) -> str:
    """A line that somebody applied for, paid for, and uses from that day on."""
    contact = {"name": "見守 花子", "email": person.email, "language": "ja"}
    wish = agreed({"service": SERVICE, "plan": "data", "payment_method": "card", "contact": contact})
    line = str(person.api.post("/v1/contracts", wish, town.key())["id"])
    for command, body in (("pay", {}), ("notify_start", {"starts_on": "2017-05-10"})):
        town.operator.api.post(f"/v1/contracts/{line}/commands/{command}", body, town.key())
    return line


@pytest.mark.rule("IPS-APP-4", "IPS-CAN-2")
def test_a_phone_goes_with_its_line_and_ends_with_it(own_town: Town, visit: Visit) -> None:
    person = own_town.person("line")
    line = data_line(own_town, person)

    page = visit(f"/apply/{SERVICE}/choose", by=person)
    page.get_by_role("radio", name=re.compile("IP電話")).check()
    page.get_by_label(re.compile("ほかの契約に付ける")).select_option(line)
    shot(page, "bundle-choose", whole=True)
    axe(page)
    walk(page, WORDS["ja"], Case(SERVICE), person)
    expect(page.get_by_text("決まってかかる料金はありません。")).to_be_visible()
    agree(page, WORDS["ja"])
    page.get_by_role("button", name="この内容で申し込む").click()
    page.get_by_role("link", name="契約を見る").click()

    expect(page.get_by_role("heading", name="いっしょのご契約")).to_be_visible()
    shot(page, "bundle-phone", whole=True)
    page.get_by_role("main").get_by_role("link", name=re.compile("お手続き")).click()
    expect(page.get_by_role("heading", name="いまはできないこと")).to_be_visible()
    shot(page, "bundle-phone-steps", whole=True)
    page.get_by_role("link", name="戻る").click()

    page.get_by_role("link", name=re.compile("データプラン")).click()
    expect(page.get_by_role("heading", name="このご契約に付くサービス")).to_be_visible()
    shot(page, "bundle-line", whole=True)
    axe(page)
    page.get_by_role("main").get_by_role("link", name=re.compile("お手続き")).click()
    page.get_by_role("link", name=re.compile("^解約する")).click()
    quote = page.locator("section.card", has=page.locator(".facts"))
    expect(quote).to_contain_text("2017年5月31日")
    expect(quote).to_contain_text("IP電話")
    shot(page, "bundle-cancel", whole=True)
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("dialog").get_by_role("button", name="解約する").click()
    expect(page.get_by_text("承りました", exact=True)).to_be_visible()
    ends = {one["plan"]: one["ends_on"] for one in person.api.get("/v1/contracts")["items"]}
    assert ends == {"data": "2017-05-31", "ip_phone": "2017-05-31"}


@pytest.mark.rule("AMM-FEE-11")
def test_what_a_night_put_aside_is_mended_by_saying_the_price_and_passes(own_town: Town, visit: Visit) -> None:
    api, person = own_town.operator.api, own_town.person("helped")
    line = data_line(own_town, person)
    api.post(f"/v1/contracts/{line}/commands/add_option", {"option": "anshin_support"}, own_town.key())
    own_town.until("2017-06-01")
    soon(lambda: line in str(api.get("/v1/operator/parked")))

    page = visit("/console/nights", by=own_town.operator, look=DESKTOP_JA)
    row = page.locator(f'tr[data-key="{line}"]')
    expect(row).to_contain_text("見守 花子")
    expect(row).to_contain_text("「安心サポート」の2017年5月10日の価格が、会社の価格表にありません。")
    shot(page, "console-nights-aside", whole=True)
    axe(page)
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_text("1件はまだできません。理由をご覧ください。")).to_be_visible()  # nothing was mended yet

    row.get_by_role("link", name="価格表を決める").click()
    expect(page.get_by_role("heading", level=1, name="お知らせ・改定")).to_be_visible()
    expect(page.get_by_label("項目")).to_have_value("option:anshin_support")
    expect(page.locator(".hint", has_text="安心サポート")).to_be_visible()
    page.get_by_label("円").fill("500")
    shot(page, "console-price-list")
    axe(page)
    page.get_by_role("button", name="実行する").click()
    page.get_by_role("dialog").get_by_role("button", name="実行する").click()
    expect(page.get_by_text("「価格表を決める」を実行しました")).to_be_visible()

    page.get_by_role("link", name="夜間の処理").click()
    expect(page.get_by_role("heading", level=1, name="夜間の処理")).to_be_visible()
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_text("1件の処理が済みました。")).to_be_visible()
    expect(row).to_have_count(0)
    # From 10 May 22 of 31 days, without tax: 900 x 22 / 31 = 638 and 500 x 22 / 31 = 354; with the universal service fee of 2.
    bills = person.api.get(f"/v1/contracts/{line}/invoices")["items"]
    (may,) = [bill for bill in bills if bill["month"] == "2017-05" and bill["kind"] == "regular"]
    assert sorted(one["amount"] for one in may["lines"]) == [2, 354, 638]
