"""The web app on a slow telephone: what the first look brings over the line, when it can be used, how fast one moves on.

The whole stack with its seeded households, the front with its real headers, the machine's Chromium as a phone of 360 × 740
whose processor is four times slower than this one and whose line is Lighthouse's slow 4G. The first look is that of somebody
signed in, with an empty cache: page, script, session, the home. Times are of the wall clock: they mean something on an idle
machine. Bytes are those of the built files as they were sent; answers of the API and charts are not among them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.latency import _free_ports
from local import chromium, web, world
from local.seed import seed
from local.stack import Places, running

RUNS = 5
SLOWER = 4  # times
# Lighthouse's slow 4G: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up; in bytes a second.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
_ALONE = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
FLAGS = ("--disable-gpu", "--disable-quic", "--no-sandbox", *_ALONE)
_QUIET_MS = 2_500  # nothing may come after: no long task, no other picture
_REST_MS = 1_000  # between two screens, so that what the last one fetches is there
_PATIENCE_S = 30.0
# When the screen last changed into one that shows everything, and when the last long task before that or after it ended.
_WATCH = """
(() => {
  const seen = (window.__seen = {shown: 0, busy: 0});
  const whole = () => document.querySelector("main") && !document.querySelector(".skeleton");
  new MutationObserver(() => {
    if (!whole()) seen.shown = 0;
    else if (!seen.shown) seen.shown = performance.now();
  }).observe(document, {childList: true, subtree: true});
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) seen.busy = task.startTime + task.duration;
  }).observe({type: "longtask", buffered: true});
})();
"""
# From the click until the new screen is whole and painted.
_CLICK = """
(link) => new Promise((done) => {
  const from = document.querySelector("main");
  const began = performance.now();
  const look = () => {
    const main = document.querySelector("main");
    const there = main && main !== from && !document.querySelector(".skeleton");
    if (there || performance.now() - began > 10000) requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(look);
  };
  link.click();
  look();
})
"""


def measure(runs: int = RUNS) -> dict[str, float]:
    """Medians of so many first looks; of the later screens the slowest one's median, each with its data at hand."""
    dist = web.build()
    with tempfile.TemporaryDirectory(prefix="mimamori-web-") as folder, _app(Path(folder)) as (address, user, browser):
        looks = [_first_look(browser, address, user) for _ in range(runs)]
        screens = _later(browser, address, user, runs)
    figures = {
        "web_first_load_kb": round(max(look["bytes"] for look in looks) / 1000, 1),
        "web_interactive_s": round(statistics.median(look["seconds"] for look in looks), 2),
        "web_screen_ms": round(max(screens.values())),
        "web_built_kb": round(sum(file.stat().st_size for file in dist.rglob("*") if file.is_file()) / 1000),
    }
    return figures | {f"web_screen_ms_{name}": round(took) for name, took in screens.items()}


@contextmanager
def _app(folder: Path) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Address, a user with a household, and a browser."""
    from playwright.sync_api import sync_playwright

    with running(Places(folder / "local", *_free_ports())) as stack:
        here = world.build(stack, where=folder / "build")
        seed(here)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
            yield here.web, here.users["haruka"], browser
            browser.close()


def _opened(browser: Any, address: str, user: dict[str, str]) -> tuple[Any, Any]:
    """A fresh page of somebody signed in, on the slow telephone, and its line to the developer tools."""
    context = browser.new_context(base_url=address, locale="ja-JP", timezone_id="Asia/Tokyo", service_workers="block", **PHONE)
    answer = context.request.post("/v1/session", data={"email": user["email"], "password": user["password"]})
    if not answer.ok:
        raise AssertionError(f"signing in was answered {answer.status}: the bench measures something else")
    page = context.new_page()
    page.add_init_script(_WATCH + "localStorage.setItem('been-here', 'yes');")  # as the app does for whoever signed in
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, tools


def _first_look(browser: Any, address: str, user: dict[str, str]) -> dict[str, float]:
    """Bytes of the app's files, and seconds until the first screen is whole and the processor free."""
    page, tools = _opened(browser, address, user)
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    tools.on("Network.requestWillBeSent", lambda event: urls.__setitem__(event["requestId"], event["request"]["url"]))
    tools.on("Network.loadingFinished", lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]))
    page.goto("/", wait_until="commit")
    seen = _whole(page)
    page.context.close()
    ours = sum(size for request, size in sizes.items() if "/v1/" not in urls.get(request, "/v1/"))
    return {"bytes": ours, "seconds": max(seen["shown"], seen["busy"]) / 1000}


def _whole(page: Any) -> dict[str, float]:
    """Waits until a whole screen stood for a while."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        page.wait_for_timeout(_QUIET_MS)
        seen: dict[str, float] = page.evaluate("({...window.__seen, now: performance.now()})")
        if seen["shown"] and seen["now"] - max(seen["shown"], seen["busy"]) > _QUIET_MS / 2:
            return seen
    raise AssertionError("the first screen never became whole: the bench measures something else")


def _later(browser: Any, address: str, user: dict[str, str], runs: int) -> dict[str, float]:
    """Median milliseconds to each place of the menu, when it was visited before."""
    page, _ = _opened(browser, address, user)
    faults: list[Any] = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.goto("/")
    _whole(page)
    links = page.locator("nav a[href]:visible")
    if links.count() < 3:
        raise AssertionError("nobody is signed in: the bench measures something else")
    names = [(link.get_attribute("href") or "/").rstrip("/").rsplit("/", 1)[-1] or "today" for link in links.all()]
    took: dict[str, list[float]] = {name: [] for name in names}
    for visit in range(runs + 1):
        for number in [*range(1, len(names)), 0]:  # the first one is where we are
            milliseconds = links.nth(number).evaluate(_CLICK)
            page.wait_for_timeout(_REST_MS)
            if visit:  # the first time brings its script and its data
                took[names[number]].append(milliseconds)
    page.context.close()
    if faults:
        raise AssertionError(f"a screen failed: {faults[0]}")
    return {name: statistics.median(times) for name, times in took.items()}
