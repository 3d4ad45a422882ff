"""The menu: every place opens from every other, and back; what one place fetched does not disturb the next."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, PHONE_JA, Look, settled
from tests.web.town import Household, Town


@pytest.fixture(scope="module")
def home(town: Town) -> Household:
    return town.household()


@pytest.mark.parametrize("look", [PHONE_JA, DESKTOP_JA], ids=str)
def test_every_place_opens_whatever_was_open_before(home: Household, visit: Visit, look: Look) -> None:
    page = settled(visit("/", by=home.person, look=look))
    places = page.locator("nav a[href]:visible")
    count = places.count()
    assert count >= 5
    for place in [*range(count), *reversed(range(count))]:
        places.nth(place).click()
        expect(places.nth(place)).to_have_attribute("aria-current", "page")
        settled(page)
        expect(page.locator("h1")).to_have_count(1)
