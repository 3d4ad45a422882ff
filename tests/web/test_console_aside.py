"""A message that nobody could read, on the operators' desk: seen, played again, and both in the audit log."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, axe, shot
from tests.web.town import Town, soon


def test_what_nobody_could_read_is_looked_at_and_played_again(town: Town, visit: Visit) -> None:
    home = town.household()
    device = home.device("energy-sensor")
    town.house.world.stack.client("iot-data").publish(
        topic=f"mimamori/local/{device}/readings", qos=1, payload=b"no json \xff at all"
    )
    soon(lambda: town.operator.api.get("/v1/operator/set-aside")["items"])
    page = visit("/console/set-aside", by=town.operator, look=DESKTOP_JA)
    page.get_by_role("button", name=device).click()
    expect(page.get_by_role("dialog").get_by_text("no json")).to_be_visible()
    shot(page, "console-set-aside")
    axe(page)
    page.get_by_role("dialog").get_by_role("button", name="もう一度読む").click()
    expect(page.get_by_text("1件をもう一度読みました")).to_be_visible()
    found = soon(lambda: [one for one in town.operator.api.get("/v1/operator/set-aside")["items"] if one["replays"] == 1])
    assert found[0]["device"] == device  # it still cannot be read, and waits again
    page.goto("/console/audit")
    looked = page.locator("tbody tr").filter(has_text="読めなかった電文を見ました。")
    expect(looked.first).to_be_visible()
    expect(page.locator("tbody tr").filter(has_text="読めなかった電文を読み直しました。").first).to_contain_text("変えた")
    shot(page, "console-audit")
    axe(page)
