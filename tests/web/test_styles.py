"""The page of all parts in all states: in both languages, light and dark, with large text."""

import pytest

from tests.web.conftest import Visit
from tests.web.looking import DESKTOP_JA, PHONE_EN, PHONE_JA, Look, axe, shot

DRESSES = [
    PHONE_JA,
    PHONE_EN.with_(dark=True),
    DESKTOP_JA.with_(dark=True, contrast=True),
    PHONE_JA.with_(text=200),
]


@pytest.mark.parametrize("dress", DRESSES, ids=str)
def test_every_part_in_every_state(town: object, visit: Visit, dress: Look) -> None:
    page = visit("/styles", look=dress)
    page.get_by_role("heading", level=1).wait_for()
    shot(page, "styles")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
