"""How tests look at the app: in which size, language and dress, what must not happen meanwhile, pictures, and axe."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from local.stack import ROOT

PATIENCE_S = 30.0  # a machine that does much else is no fault of the app
SHOTS = ROOT / "build" / "shots"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
# Known to be answered with an error though nothing is wrong: whether somebody is signed in is asked at each start.
_USUAL = (r"401 POST /v1/session/refresh$",)
# The browser says this of every answer of 400 and above, which is looked at by itself.
_SAID_TWICE = "Failed to load resource"


@dataclass(frozen=True, slots=True)
class Look:
    """One way to hold the app: `PHONE_JA.with_(dark=True)`."""

    size: Literal["phone", "desktop"] = "phone"
    language: Literal["ja", "en"] = "ja"
    dark: bool = False
    still: bool = True  # reduced motion: nothing moves while it is looked at
    text: int = 100  # percent, as a person sets it in the browser
    contrast: bool = False
    both: bool = False  # every picture is taken in the other size too

    def __str__(self) -> str:
        more = [name for name in ("dark", "contrast") if getattr(self, name)]
        more += [f"text{self.text}"] if self.text != 100 else []
        return "-".join([self.size, self.language, *more])

    def with_(self, **changes: Any) -> Look:
        return replace(self, **changes)

    @property
    def other(self) -> Look:
        """The same in the other size."""
        return self.with_(size="desktop" if self.size == "phone" else "phone")

    @property
    def options(self) -> dict[str, Any]:
        """For Playwright's `new_context`."""
        return {
            **SIZES[self.size],
            "locale": LOCALES[self.language],
            "timezone_id": "Asia/Tokyo",
            "color_scheme": "dark" if self.dark else "light",
            "reduced_motion": "reduce" if self.still else "no-preference",
            "contrast": "more" if self.contrast else "no-preference",
        }


PHONE_JA, PHONE_EN = Look("phone", "ja"), Look("phone", "en")
DESKTOP_JA, DESKTOP_EN = Look("desktop", "ja"), Look("desktop", "en")
# A journey is made twice; its pictures are of both sizes in both languages all the same.
LOOKS = (PHONE_JA.with_(both=True), DESKTOP_EN.with_(both=True))
WIDE = (DESKTOP_JA, DESKTOP_EN)  # the operators' console

looks: WeakKeyDictionary[Page, Look] = WeakKeyDictionary()
guards: WeakKeyDictionary[BrowserContext, Guard] = WeakKeyDictionary()


@dataclass
class Guard:
    """What went wrong in a browser without showing: errors on the console, refused loads, answers that nobody expected."""

    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=lambda: list(_USUAL))
    under_way: set[Request] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda one: self.under_way.add(one))
        context.on("requestfinished", lambda one: self.under_way.discard(one))
        context.on("requestfailed", lambda one: self.under_way.discard(one))
        context.on("console", self._console)
        context.on("weberror", lambda fault: self.found.append(f"script: {fault.error}"))
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    def wrong(self) -> list[str]:
        return [what for what in self.found if not any(re.search(pattern, what) for pattern in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and _SAID_TWICE not in message.text:
            self.found.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status} {response.request.method} {_path(response.url)}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left asks no further
            self.found.append(f"failed: {request.method} {_path(request.url)} {request.failure}")


def _path(url: str) -> str:
    return re.sub(r"^\w+://[^/]+", "", url).split("?")[0]


def allow(page: Page, *patterns: str) -> None:
    """What this test provokes: patterns such as `r"503 GET /v1/contracts"`, `r"failed: "` (offline), `r"console: …"`."""
    guards[page.context].allowed += patterns


# Whatever an answer sets off has happened a few frames later: the next request is on its way, or the screen is drawn.
_A_MOMENT = """
async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
"""


def settled(page: Page) -> Page:
    """Waits until the screen shows what it has to show: nothing is loading any more, nothing was asked that is unanswered."""
    expect(page.locator("main")).to_be_visible()
    guard, until = guards[page.context], time.monotonic() + PATIENCE_S
    while True:
        expect(page.locator(".skeleton:not([data-sample] *)")).to_have_count(0)
        page.evaluate(_A_MOMENT)
        if not guard.under_way:
            return page
        waiting = sorted({f"{one.method} {_path(one.url)}" for one in guard.under_way})
        assert time.monotonic() < until, f"still unanswered: {', '.join(waiting)}"


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    """A picture for people: `build/shots/<name>-<look>.png`. Nothing may stick out sideways on it."""
    settled(page)
    SHOTS.mkdir(parents=True, exist_ok=True)
    look = looks[page]
    _picture(page, name, look, whole)
    if look.both:
        page.set_viewport_size(SIZES[look.other.size]["viewport"])
        _picture(page, name, look.other, whole)
        page.set_viewport_size(SIZES[look.size]["viewport"])


def _picture(page: Page, name: str, look: Look, whole: bool) -> None:
    page.evaluate(_A_MOMENT)  # charts follow the width of their place
    path = SHOTS / f"{name}-{look}.png"
    # A desk has one dot for a pixel, also where the page is a phone's: a quarter of the dots to draw and to write.
    scale: Literal["css", "device"] = "css" if look.size == "desktop" else "device"
    if whole and look.text != 100:
        size = SIZES[look.size]["viewport"]
        _resized(page, look, {**size, "height": min(page.evaluate("document.documentElement.scrollHeight"), _TALLEST)})
        page.screenshot(path=path, scale=scale)
        _resized(page, look, size)
    else:
        page.screenshot(path=path, full_page=whole, scale=scale)
    assert overflow(page) == [], f"{name}-{look}: wider than the screen"


_TALLEST = 8_000  # px of a picture that the browser can draw


def _resized(page: Page, look: Look, size: dict[str, int]) -> None:
    """Whoever changes a page's size (as a picture of all of it does) has to say again how large its reader's letters are."""
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    letters(page, look)
    page.evaluate(_A_MOMENT)


def letters(page: Page, look: Look) -> None:
    """Text as large as its reader set it in the browser."""
    if look.text != 100:
        sizes = {"standard": 16 * look.text // 100, "fixed": 13 * look.text // 100}
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})


_OVERFLOW = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const clipped = (one) => one && one !== document.documentElement &&
    (getComputedStyle(one).overflowX !== "visible" || clipped(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > width + 1 && !clipped(one))
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} "${(one.textContent || "").trim().slice(0, 40)}"`)
    .concat([`the page is ${document.documentElement.scrollWidth} wide, the screen ${width}`]);
}
"""


def overflow(page: Page) -> list[str]:
    """What sticks out of the screen to the right; wide parts that scroll by themselves do not."""
    return list(page.evaluate(_OVERFLOW))


def axe(page: Page, *, without: Sequence[str] = ()) -> None:
    """axe-core's look at the page as it is: no serious and no critical finding. `without`: rules by name, with a reason beside."""
    settled(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {rule: {"enabled": False} for rule in without}
    found = page.evaluate("(rules) => axe.run(document, {resultTypes: ['violations'], rules})", rules)
    grave = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert not grave, "\n".join(
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(f"{node['target'][0]}  {node['html'][:120]}" for node in one["nodes"][:5])
        for one in grave
    )
