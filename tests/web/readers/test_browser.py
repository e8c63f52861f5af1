"""Joining and leaving, as a person does it, in a real browser against the real server."""

import asyncio
import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe

from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.transactional import signup
from digest.actions.transactional.signup import SignupForm
from digest.core.editions.edition import EditionState
from digest.core.readers.double_opt_in import Quota
from digest.store.editions import editions
from digest.store.readers import subscribers
from digest.web.app import site
from digest.web.http.server import open_listener, server
from tests.builders import MONDAY
from tests.locale_words import long_day
from tests.publications import SECRET
from tests.stock import keep_article
from tests.web.conftest import token

pytestmark = pytest.mark.browser

WEEK = timedelta(days=7)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@contextmanager
def served(app):
    """The site on a free port; gives its address."""
    door = open_listener("127.0.0.1:0")
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
def visit(tab, address):
    """Open a page of the site: visit(path, width=…, dark=…). What the browser minds fails."""
    visited, minded = [], []

    def minds(said):
        minded.append(str(getattr(said, "text", said)))

    def visit(path, width=800, *, dark=False):
        page = tab(width, 700, dark=dark)
        visited.append(page)
        page.on("console", minds)
        page.on("pageerror", minds)
        page.goto(address + path)
        return page

    yield visit
    for page in visited:
        page.remove_listener("console", minds)
        page.remove_listener("pageerror", minds)
    assert minded == []


def standing(app):
    return str(app.db.read(subscribers.subscription_by_id, 1)[2])


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


def faults(page):
    """What axe minds."""
    only = {"type": "tag", "values": WCAG}
    found = Axe().run(page, options={"runOnly": only}).response
    assert len(found["passes"]) > 5
    return [fault["id"] for fault in found["violations"]]


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
    assert faults(page) == []


def test_the_style_is_allowed_by_the_policy(visit):
    page = visit("/")

    assert "Georgia" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")


def letter(page, app):
    """The path of the confirmation link in the letter, which is written after the answer."""
    for _ in range(500):
        if found := list(app.settings.outbox_path().glob("*.eml")):
            break
        page.wait_for_timeout(20)
    said = message_from_bytes(found[0].read_bytes(), policy=policy.default)
    part = said.get_body(("plain",))
    assert part
    return re.findall(r"http://127\.0\.0\.1:8000(/confirm/\S+)", part.get_content())[0]


def joins(page, clock):
    """Fill in the form with the keyboard alone."""
    clock.now += timedelta(seconds=10)
    page.keyboard.press("Tab")  # the publication's name
    page.keyboard.press("Tab")
    page.keyboard.type("cy@reader.example")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Please look into your inbox").wait_for()


@pytest.fixture
def app(app, clock):
    return replace(app, clock=clock)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_reader_joins_with_the_keyboard_alone(visit, app, clock, width):
    page = visit("/", width)
    joins(page, clock)
    page.goto(urljoin(page.url, letter(page, app)))
    assert page.get_by_role("heading").inner_text() == "Subscribe to The Harbour Weekly?"

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="You are subscribed").wait_for()
    assert app.db.read(subscribers.find_subscriber, "cy@reader.example").subscriptions


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_joining_are_for_everybody(visit, app, clock, dark):
    page = visit("/subscribe", 320, dark=dark)
    page.get_by_label("Your email address").fill("cy@reader.example")
    page.get_by_role("button").click()  # too soon for a person
    page.get_by_role("alert").wait_for()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page = visit("/", 320, dark=dark)
    joins(page, clock)
    page.goto(urljoin(page.url, letter(page, app)))
    assert faults(page) == []


# ---------------------------------------------------------------- choosing


@pytest.fixture
def edition(app):
    """An edition that went out, with a story; Ada had it."""
    publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY)
    app.db.write(editions.move, 1, [EditionState.FROZEN], EditionState.SENDING, "", MONDAY)


CHOICES = f"/preferences/{token(1, 'preferences')}"


def test_the_sample_changes_as_the_reader_clicks_and_nothing_is_saved_by_it(visit, app, edition):
    page = visit(CHOICES)
    shown = page.locator("#sample")
    assert "The tide gauge" in shown.inner_text()

    page.get_by_role("group", name="Mara Lind").get_by_label("Mute").check()
    shown.get_by_text("would have had nothing for you").wait_for()
    assert app.db.read(subscribers.find_subscriber, "ada@reader.example").authors == ()

    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").wait_for()
    assert app.db.read(subscribers.find_subscriber, "ada@reader.example").authors == ("-Mara Lind",)


def test_without_javascript_a_button_shows_the_same(browser, address, app, edition):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + CHOICES)

    page.get_by_role("group", name="Mara Lind").get_by_label("Mute").check()
    page.get_by_role("button", name="Show me").click()

    page.get_by_text("would have had nothing for you").wait_for()
    assert page.get_by_role("group", name="Mara Lind").get_by_label("Mute").is_checked()
    assert app.db.read(subscribers.find_subscriber, "ada@reader.example").authors == ()
    context.close()


def test_the_keyboard_alone_chooses(visit, app, edition):
    page = visit(CHOICES, 320)
    page.keyboard.press("Tab")  # the publication's name
    page.keyboard.press("Tab")  # Mara Lind: neither
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_role("status").wait_for()
    assert app.db.read(subscribers.find_subscriber, "ada@reader.example").authors == ("Mara Lind",)


def ada(app):
    return app.db.read(subscribers.find_subscriber, "ada@reader.example")


def reach(page, name):
    """Go on with the Tab key until something of this name has the focus."""
    says = (
        "(({id, labels, innerText}) => labels?.[0]?.innerText ?? innerText)(document.activeElement)"
    )
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(says).strip().startswith(name):
            return
    raise AssertionError(f"the Tab key does not come to {name}")


def test_how_often_changes_the_sample_at_once(visit, app, edition):
    for number, title in enumerate(("The tram", "The mayor"), 1):
        at = MONDAY + number * WEEK
        keep_article(app.db, title, body_text=f"{title} is late.", published=at)
        made = publish(app.db, app.factory, app.newsletter("weekly"), at, at).edition.id
        app.db.write(editions.move, made, [EditionState.FROZEN], EditionState.SENDING, "", at)
    page = visit(CHOICES)
    shown = page.locator("#sample")
    assert "The tram" not in shown.inner_text()

    page.get_by_label("Every second edition").check()

    shown.get_by_text("would have had 2 stories for you").wait_for()
    assert "The mayor\nThe tram" in shown.inner_text()
    assert str(ada(app).subscriptions[0].cadence) == "every"


def test_with_the_keyboard_alone_a_reader_chooses_a_rhythm_and_takes_a_break(visit, app, edition):
    page = visit(CHOICES, 320)
    reach(page, "Every edition")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    reach(page, "In full")
    page.keyboard.press("ArrowRight")
    reach(page, "Save")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert (ada(app).subscriptions[0].cadence, ada(app).format) == ("monthly", "short")

    reach(page, "Afterwards")
    page.keyboard.press("Space")
    reach(page, "Pause for a month")
    page.keyboard.press("Enter")
    page.get_by_text(f"You get nothing before {long_day(date(2026, 4, 9))}").wait_for()
    assert (ada(app).paused_until is not None, ada(app).catch_up) == (True, False)

    reach(page, "End the break now")
    page.keyboard.press("Enter")
    page.get_by_text("Your break is over").wait_for()
    assert ada(app).paused_until == MONDAY


def test_a_break_until_a_day_works_without_javascript(browser, address, app, edition):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + CHOICES)

    page.get_by_label("Or until which day?").fill("2026-09-01")
    page.get_by_role("button", name="Pause until then").click()

    page.get_by_text(f"You get nothing before {long_day(date(2026, 9, 1))}").wait_for()
    assert ada(app).catch_up
    context.close()


def test_on_a_phone_from_joining_to_leaving_and_back(browser, address, app, clock, edition):
    context = browser.new_context(
        viewport={"width": 360, "height": 700}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.goto(address + "/")
    clock.now += timedelta(seconds=10)
    page.get_by_label("Your email address").fill("cy@reader.example")
    page.get_by_role("button", name="Subscribe").tap()
    page.get_by_role("heading", name="Please look into your inbox").wait_for()
    page.goto(urljoin(page.url, letter(page, app)))
    page.get_by_role("button", name="Yes, send it to me").tap()
    page.get_by_role("heading", name="You are subscribed").wait_for()

    (mine,) = app.db.read(subscribers.find_subscriber, "cy@reader.example").subscriptions
    page.goto(f"{address}/preferences/{token(mine.id, 'preferences')}")
    page.get_by_label("Every second edition").tap()
    page.get_by_role("group", name="Mara Lind").get_by_label("Mute").tap()
    page.locator("#sample").get_by_text("would have had nothing for you").wait_for()
    page.get_by_role("button", name="Save").tap()
    page.get_by_role("status").wait_for()
    page.get_by_role("button", name="Pause for two weeks").tap()
    page.get_by_text(f"You get nothing before {long_day(date(2026, 3, 23))}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("button", name="Unsubscribe from The Harbour Weekly").tap()
    page.get_by_role("button", name="Undo it").tap()
    page.get_by_role("heading", name="You are subscribed again").wait_for()
    cy = app.db.read(subscribers.find_subscriber, "cy@reader.example")
    assert (cy.authors, cy.subscriptions[0].cadence) == (("-Mara Lind",), "second")
    assert cy.paused_until
    context.close()


def test_a_reader_leaves_everything_and_takes_it_back(visit, app, edition):
    page = visit(CHOICES)
    page.get_by_role("button", name="Unsubscribe from everything").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    assert standing(app) == "unsubscribed"

    page.get_by_role("button", name="Undo it").click()

    page.get_by_role("heading", name="You are subscribed again").wait_for()
    assert standing(app) == "active"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_choosing_are_for_everybody(visit, app, edition, width, dark):
    page = visit(CHOICES, width, dark=dark)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []

    page.get_by_label("Or until which day?").fill("2026-03-20")
    page.get_by_role("button", name="Pause until then").click()
    page.get_by_text(f"You get nothing before {long_day(date(2026, 3, 20))}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []

    page.get_by_role("button", name="Unsubscribe from The Harbour Weekly").click()
    page.get_by_role("button", name="Undo it").wait_for()
    assert faults(page) == []

    page.get_by_role("button", name="Undo it").click()
    page.get_by_role("heading", name="You are subscribed again").wait_for()
    assert faults(page) == []


def test_a_browser_that_opens_every_link_of_a_message_changes_nothing(visit, app, edition, stored):
    newsletter = app.newsletter("weekly")
    message = preview(app.db, app.factory, newsletter, MONDAY, MONDAY, reader="ada@reader.example")
    said = message.envelope.message.replace(b"=\r\n", b"").decode()
    paths = set(re.findall(r"http://127\.0\.0\.1:8000(/\w+/[\w.-]+)", said))
    assert {path.split("/")[1] for path in paths} >= {"unsubscribe", "preferences"}
    asked = SignupForm(new := "cy@reader.example", new, (newsletter,), "page", "words")
    signup.ask(app.db, asked, Quota(), SECRET, MONDAY)
    paths |= {f"/confirm/{token(1, 'confirm')}", "/archive/weekly/1"}
    before = stored()

    page = visit(paths.pop())
    page.wait_for_load_state("networkidle")
    for path in paths:
        page.goto(urljoin(page.url, path), wait_until="networkidle")

    assert stored() == before
