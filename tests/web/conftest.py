"""The app in a real browser, on the whole embedded stack. One world and one browser for all files of a worker.

    def test_…(town: Town, visit: Visit) -> None:
        home = town.household("sottonet")
        page = visit("/", by=home.person)          # signed in, on a phone, in Japanese
        page.get_by_role("button", name="…").click()
        shot(page, "today"); axe(page)             # from tests.web.looking

A fault of a script, a refused load, an answer of 400 and above: each fails the test in which it happens, unless it said
`allow(page, …)`. Whoever needs a clock of their own asks for `own_town` instead: a world for that file alone (10 s).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from local import chromium, web
from tests.stack.conftest import House
from tests.web.looking import LOOKS, PATIENCE_S, PHONE_JA, SHOTS, Guard, Look, guards, letters, looks
from tests.web.town import BEGAN, Person, Town

# A new Chromium opens hidden pages of its own beside each window (the list under its address bar, 1 s of processor time
# each). Of several switches of this name the last one counts: Playwright's own are said again.
_WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AimEnabled,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,"
    "LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,"
    "AvoidCorsURLLoaderRestartOnRedirect,ThirdPartyStoragePartitioning"
)
# The machine's network is no business of a test's browser.
FLAGS = (
    f"--disable-features={_WITHOUT}",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-sandbox",  # root in a container has no other choice, and only our own pages are opened
)
expect.set_options(timeout=1000 * PATIENCE_S)
NEAR_SECONDS = 120  # a browser whose clock is that near to the world's keeps its own
# Leaves word that there is a session, once in a window: who signs out is not brought back.
_BEEN_HERE = "if (origin !== 'null' && !window.name) { localStorage.setItem('been-here', 'yes'); window.name = 'visited' }"


class Visit(Protocol):
    """Opens a page. `by` is signed in already; `worker` lets the service worker in."""

    def __call__(self, path: str = "/", *, by: Person | None = None, look: Look = PHONE_JA, worker: bool = False) -> Page: ...


def begun_town(folder: Path, began: datetime = BEGAN) -> Iterator[Town]:
    web.build()
    house = House(folder)
    try:
        yield Town(house, began)
    finally:
        house.stop()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The shared world. Its clock only goes forward; others live in it too."""
    yield from begun_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A world for one file."""
    yield from begun_town(tmp_path_factory.mktemp("own-town"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium, the machine's own. Raises Trouble with the line that says how to install it."""
    path = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """On the phone in Japanese and at a desk in English; pictures are taken in the other size too."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens pages; in the end nothing may have gone wrong in any of them."""
    opened: list[BrowserContext] = []

    def visit(path: str = "/", *, by: Person | None = None, look: Look = PHONE_JA, worker: bool = False) -> Page:
        town: Town = request.getfixturevalue("own_town" if "own_town" in request.fixturenames else "town")
        how: dict[str, Any] = {"base_url": town.web, "service_workers": "allow" if worker else "block", **look.options}
        context = browser.new_context(**how)
        opened.append(context)
        context.set_default_timeout(1000 * PATIENCE_S)
        guards[context] = Guard()
        guards[context].watch(context)
        page = context.new_page()
        looks[page] = look
        now = town.now()
        if abs((now - datetime.now(UTC)).total_seconds()) > NEAR_SECONDS:
            page.clock.set_system_time(now)
        letters(page, look)
        if by is not None:
            answer = context.request.post("/v1/session", data={"email": by.email, "password": by.password})
            assert answer.ok, f"signing in was answered {answer.status}"
            page.add_init_script(_BEEN_HERE)
        page.goto(path)
        return page

    yield visit
    wrong = [fault for context in opened for fault in guards[context].wrong()]
    if request.node.stash.get(_FAILED, False):
        for number, page in enumerate(page for context in opened for page in context.pages):
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"failed-{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}-{number}.png")
    for context in opened:
        context.close()
    assert wrong == []


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report
