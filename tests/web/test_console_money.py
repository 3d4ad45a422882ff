"""The operators' desk when somebody has not paid: the ladder, its next step, the list as a file.

A world of its own, for its days pass. Sottonet, installed on 2 March 2026, starts on 12 March (STN-STA-1); its first bill of 1 April
is 77,177 yen (test_bills.py reckons it), due on 27 April, so it is overdue from the 28th.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, axe, settled, shot
from tests.web.town import Household, Town, soon


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def late(own_town: Town) -> Household:
    """Two months in use, and not paid since the first bill."""
    home = own_town.household()
    own_town.until("2026-04-01")
    soon(lambda: len(home.bills()) == 1)
    own_town.until("2026-04-29")
    soon(lambda: own_town.operator.api.get("/v1/operator/arrears")["items"])
    return home


@pytest.mark.rule("STN-SUS-3")
def test_whoever_is_late_is_demanded_from_the_ladder_and_stands_on_the_next_rung(
    own_town: Town, visit: Visit, late: Household, tmp_path: Path
) -> None:
    page = visit("/console/arrears", by=own_town.operator, look=DESKTOP_JA)
    row = page.locator(f'tr[data-key="{late.id}"]')
    expect(row).to_contain_text("77,177円")
    expect(row).to_contain_text("期限超過")
    shot(page, "console-arrears", whole=True)
    axe(page)
    with page.expect_download() as saving:
        page.get_by_role("button", name="CSVで保存").click()
    file = tmp_path / "arrears.csv"
    saving.value.save_as(file)
    text = file.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff名義,契約番号") and f",{late.id}," in text and ",77177," in text
    row.get_by_role("link", name="催告する").click()
    heading(page, "見守 花子")
    settled(page)
    page.get_by_role("button", name="実行する").click()
    expect(page.get_by_text("「催告する」を実行しました")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("r")
    heading(page, "未払い")
    expect(page.locator(f'tr[data-key="{late.id}"]')).to_contain_text("催告中")
    shot(page, "console-arrears-demanded", whole=True)
