"""Two contracts that belong together: a line of AND market mobile of 2017, and the IP phone applied for with it on the same day.

The phone hangs on the line (IPS-APP-4), cannot be cancelled by itself (IPS-CAN-2), and ends with it: a data line cancelled on
10 May 2017 ends on the 31st (AMM-CAN-2), and so does the phone.
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
from tests.web.looking import axe, shot
from tests.web.test_apply import WORDS, Case, agree, walk
from tests.web.town import Town

SERVICE = "and-market-mobile"


@pytest.fixture(scope="module")
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """When lines were still sold."""
    yield from begun_town(tmp_path_factory.mktemp("lines"), datetime(2017, 5, 10, 10, tzinfo=JAPAN))


@pytest.mark.rule("IPS-APP-4", "IPS-CAN-2")
def test_a_phone_goes_with_its_line_and_ends_with_it(own_town: Town, visit: Visit) -> None:
    api, person = own_town.operator.api, own_town.person("line")
    api.post(f"/v1/services/{SERVICE}/commands/set_price_list", {"prices": PRICES}, own_town.key())
    contact = {"name": "見守 花子", "email": person.email, "language": "ja"}
    wish = agreed({"service": SERVICE, "plan": "data", "payment_method": "card", "contact": contact})
    line = person.api.post("/v1/contracts", wish, own_town.key())["id"]
    for command, body in (("pay", {}), ("notify_start", {"starts_on": "2017-05-10"})):
        api.post(f"/v1/contracts/{line}/commands/{command}", body, own_town.key())

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
