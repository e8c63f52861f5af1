"""A real Chromium."""

import os
import shutil

import pytest

from tests.render.squares import font_face

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
    """Open HTML as a reader would: show(html, width, dark=…, paper=…, wide=…) gives the page.

    `wide` sets it in letters that are wider than those of any font that readers have.
    """
    opened = []

    def show(html: str, width: int = 800, *, dark=False, paper=False, wide=False):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        opened.append(page)
        page.route("**/*", lambda route: route.abort())
        page.emulate_media(media="print" if paper else "screen")
        page.set_content(
            html.replace("</head>", f"{font_face(html, 250)}</head>") if wide else html
        )
        page.evaluate("document.fonts.ready.then(() => 0)")
        return page

    yield show
    for page in opened:
        page.close()
