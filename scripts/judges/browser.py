"""What Chromium and axe say of a page of mail."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

VIEWS: dict[str, dict[str, Any]] = {
    "800 light": {"width": 800},
    "375": {"width": 375},
    "320": {"width": 320},
    "800 dark": {"width": 800, "dark": True},
    "print": {"width": 800, "paper": True},
}
SEEN = ("desktop", "mobile", "dark")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# A number for each element: the styles of thousands would be hundreds of megabytes.
LOOKS = """() => [document.body, ...document.body.querySelectorAll('*')].map(e => {
    const style = getComputedStyle(e);
    let hash = 5381;
    for (const name of style) {
        const text = name + style.getPropertyValue(name);
        for (let i = 0; i < text.length; i++) hash = (hash * 33 + text.charCodeAt(i)) | 0;
    }
    return e.tagName + hash;
})"""
COLLAPSED = """() => [...document.images].filter(
    i => getComputedStyle(i).display !== 'none' && (!i.width || (i.alt && i.height < 14))).length"""


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A browser; None where there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def shown(
    browser: Browser, html: str, width: int = 800, *, dark: bool = False, paper: bool = False
) -> Iterator[Page]:
    """A page of this HTML, cut off from the network: images are blocked."""
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    page.route("**/*", lambda route: route.abort())
    page.emulate_media(media="print" if paper else "screen")
    page.set_content(html)
    yield page
    page.close()


def changed_by_inlining(browser: Browser, draft: str, inlined: str) -> tuple[int, list[int]]:
    """How many elements there are, and how many look different after inlining, in each view."""
    changed, total = [], 0
    for view in VIEWS.values():
        looks = []
        for html in (draft, inlined):
            with shown(browser, html, **view) as page:
                looks.append(page.evaluate(LOOKS))
        before, after = looks
        total = len(after)
        differing = sum(one != other for one, other in zip(before, after, strict=False))
        changed.append(differing + abs(len(before) - len(after)))
    return total, changed


def faults_by_axe(browser: Browser, html: str) -> list[list[str]]:
    """What breaks WCAG 2.2 A and AA, on a desktop, on a phone and in the dark."""
    only = {"type": "tag", "values": WCAG}
    found = []
    for view in ("800 light", "375", "800 dark"):
        with shown(browser, html, **VIEWS[view]) as page:
            options = {"runOnly": only, "resultTypes": ["violations"]}
            violations = Axe().run(page, options=options).response["violations"]
        found.append([f"{v['id']}: {n['target']}" for v in violations for n in v["nodes"]])
    return found


def without_styles(html: str) -> str:
    """As a client shows it that drops every style sheet."""
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def sideways(browser: Browser, html: str) -> int:
    """Pixels by which a phone of 320 has to scroll sideways, with and without style sheets."""
    most = 0
    for one in (html, without_styles(html)):
        with shown(browser, one, 320) as page:
            most = max(most, page.evaluate("document.documentElement.scrollWidth") - 320)
    return most


def collapsed_images(browser: Browser, html: str) -> int:
    """Images that take no room, or no line of their alt, where images are blocked."""
    with shown(browser, html) as page:
        return int(page.evaluate(COLLAPSED))
