"""Leaving, as a person does it, in a real browser against the real server."""

import asyncio
import threading
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from digest.store import subscribers
from digest.web.app import site
from digest.web.server import listen, server
from tests.web.conftest import token

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@contextmanager
def served(app):
    """The site on a free port; gives its address."""
    door = listen("127.0.0.1:0")
    pages = server(site(lambda: app))
    thread = threading.Thread(target=asyncio.run, args=(pages.serve([door]),))
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        pages.should_exit = True
        thread.join(20)


@pytest.fixture
def address(app):
    with served(app) as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """Open a page of the site: visit(path, width=…, dark=…). What the browser minds fails."""
    opened, minded = [], []

    def visit(path, width=800, *, dark=False):
        page = browser.new_page(
            viewport={"width": width, "height": 700}, color_scheme="dark" if dark else "light"
        )
        opened.append(page)
        page.on("console", lambda said: minded.append(said.text))
        page.on("pageerror", lambda error: minded.append(str(error)))
        page.goto(address + path)
        return page

    yield visit
    for page in opened:
        page.close()
    assert minded == []


def standing(app):
    return str(app.db.read(subscribers.subscription, 1)[2])


def test_a_reader_opens_the_link_clicks_and_is_told_that_it_is_done(visit, app):
    page = visit(f"/unsubscribe/{token()}")
    assert page.get_by_role("heading").inner_text() == "Unsubscribe from The Harbour Weekly?"
    assert standing(app) == "active"

    page.get_by_role("button", name="Unsubscribe").click()

    assert page.get_by_role("heading").inner_text() == "You are unsubscribed"
    assert standing(app) == "unsubscribed"


def test_the_keyboard_alone_is_enough(visit, app):
    page = visit(f"/unsubscribe/{token()}")

    page.keyboard.press("Tab")  # the publication's name
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("gets no more mail").wait_for()
    assert standing(app) == "unsubscribed"


def test_reloading_the_answer_is_harmless(visit):
    page = visit(f"/unsubscribe/{token()}")
    page.get_by_role("button").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()

    page.reload()

    assert page.get_by_role("heading").inner_text() == "You are unsubscribed"


@pytest.mark.parametrize("path", ["/", f"/unsubscribe/{token()}"], ids=["home", "unsubscribe"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_readable_on_every_screen_and_for_everybody(visit, path, width, dark):
    page = visit(path, width, dark=dark)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1 ~ *')).fontSize)")
        >= 16
    )
    only = {"type": "tag", "values": WCAG}
    found = Axe().run(page, options={"runOnly": only}).response
    assert len(found["passes"]) > 5
    assert [fault["id"] for fault in found["violations"]] == []


def test_the_style_is_allowed_by_the_policy(visit):
    page = visit("/")

    assert "Georgia" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
