"""The operators' desk with real things on it: a delivery taken into stock, what came back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, axe, shot
from tests.web.town import Town

DELIVERY = (
    "serial_number,model,firmware,proof\nDESK-0001,motion-sensor,1.4.0,\nDESK-0002,motion-sensor,1.4.0,\nDESK-0003,no-such,,\n"
)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


def test_a_delivery_goes_into_stock_and_leaves_it_by_keyboard_alone(town: Town, visit: Visit) -> None:
    page = visit("/console/stock", by=town.operator, look=DESKTOP_JA)
    heading(page, "在庫")
    page.get_by_role("link", name="新しい機器を入れる").press("Enter")
    heading(page, "新しい機器を入れる")
    page.get_by_label("中身").fill(DELIVERY)
    page.get_by_role("button", name="試す(保存しません)").press("Enter")
    expect(page.get_by_text("全3行: 取り込み 2、既知 0、直すもの 1")).to_be_visible()
    expect(page.get_by_role("row", name="4 書き方の誤り")).to_contain_text(
        "motion-sensor"
    )  # the cure names the models that exist
    assert not town.operator.api.get("/v1/operator/stock?serial=DESK")["items"]  # a trial stores nothing
    page.get_by_role("button", name="実行する").press("Enter")
    expect(page.get_by_text("新しいコードが2件できました")).to_be_visible()
    expect(page.locator("pre").filter(has_text="DESK-0001")).to_be_visible()
    shot(page, "console-stock-in", whole=True)
    page.get_by_role("link", name="在庫へ").press("Enter")
    heading(page, "在庫")
    expect(page.get_by_text("新しいコードが2件できました")).to_be_visible()  # until somebody has them
    page.get_by_role("button", name="控えたので消す").press("Enter")
    page.get_by_label("製造番号のはじめ").fill("desk")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("main").press("j")
    expect(page.get_by_role("button", name="DESK-0001")).to_be_focused()
    page.keyboard.press("x")
    shot(page, "console-stock")
    axe(page)
    page.get_by_role("button", name="発送済みにする").press("Enter")
    expect(page.get_by_text("1台を変更しました")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert town.operator.api.get("/v1/operator/stock/DESK-0001")["state"] == "shipped"
