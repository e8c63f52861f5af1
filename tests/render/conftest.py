"""A real Chromium."""

import os
import shutil

import pytest

QUIET = (
    "--no-sandbox",
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


# Not for the session: while Playwright runs, its event loop stands in the way of async tests.
@pytest.fixture(scope="module")
def browser():
    """Chromium, started once a module; where there is none the test is skipped, but fails on CI."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        reason = "chromium is not installed (scripts/system chromium), nor is CHROMIUM its path"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser):
    """Open HTML as a reader would: show(html, width, dark=…, paper=…) gives the page."""
    opened = []

    def show(html: str, width: int = 800, *, dark: bool = False, paper: bool = False):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        opened.append(page)
        page.route("**/*", lambda route: route.abort())
        page.emulate_media(media="print" if paper else "screen")
        page.set_content(html)
        return page

    yield show
    for page in opened:
        page.close()
