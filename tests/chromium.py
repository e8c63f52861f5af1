"""A real Chromium, started when a test first asks for it; its tabs are used again by the next one.

A new tab costs a second of the processors' time, most of what a test with a browser needs.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

QUIET = (
    "--no-sandbox",
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # How letters are smoothed and colours shown is a setting of the machine otherwise.
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


class Chromium:
    """The browser of this process.

    While it runs, Playwright's event loop stands in the way of async tests; `stop` it before those.
    """

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._free: list[Page] = []

    def start(self) -> Browser:
        """Start it unless it runs. Where there is none the test is skipped, but fails on CI."""
        if self._browser is None:
            names = (os.environ.get("CHROMIUM", ""), *NAMES)
            program = next(filter(None, map(shutil.which, names)), None)
            if program is None:
                reason = (
                    "chromium isn't installed (scripts/system chromium), nor is CHROMIUM its path"
                )
                (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
            self._playwright = sync_playwright().start()
            launch = self._playwright.chromium.launch
            self._browser = launch(executable_path=program, args=list(QUIET))
        return self._browser

    def tab(self, width: int, height: int, *, dark: bool = False, paper: bool = False) -> Page:
        """An empty page of this size, which nobody else has."""
        page = self._free.pop() if self._free else self.start().new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(
            media="print" if paper else "screen", color_scheme="dark" if dark else "light"
        )
        return page

    def put_back(self, page: Page) -> None:
        """Take what was in a tab out of it, so that the next test finds it empty."""
        if page.is_closed():
            return
        page.unroute_all(behavior="ignoreErrors")
        page.goto("about:blank")
        page.context.clear_cookies()
        self._free.append(page)

    def stop(self) -> None:
        """End it if it runs."""
        if self._browser is not None and self._playwright is not None:
            self._browser.close()
            self._playwright.stop()
        self.__init__()  # type: ignore[misc]


CHROMIUM = Chromium()


@pytest.fixture
def browser() -> Browser:
    """Chromium, for a test that needs more than tabs."""
    return CHROMIUM.start()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give an empty page: tab(width, height=900, dark=…, paper=…)."""
    used = []

    def tab(
        width: int = 800, height: int = 900, *, dark: bool = False, paper: bool = False
    ) -> Page:
        page = CHROMIUM.tab(width, height, dark=dark, paper=paper)
        used.append(page)
        return page

    yield tab
    for page in used:
        CHROMIUM.put_back(page)
