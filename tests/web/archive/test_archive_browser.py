"""The archive in a real browser: readable for everybody, and looking like the message."""

from dataclasses import replace

import pytest

from digest.config.load import load_config
from digest.core.message import encoded_edition
from digest.store.message import encoded_editions
from tests.publications import write_config
from tests.web.archive.test_edition_lists import PATH, send
from tests.web.readers.test_browser import address, faults, served, visit

__all__ = ["address", "visit"]

pytestmark = pytest.mark.browser

PATHS = ["/archive", PATH, "/authors/mara-lind", "/search?q=tide", "/search?q=fog"]
LOOK = """() => [...document.querySelectorAll('[role=article] *')].map(one => {
    const look = getComputedStyle(one);
    return [one.tagName, look.color, look.backgroundColor, look.font, look.padding, look.margin,
            look.display, look.borderTop, look.textDecorationLine, look.textAlign].join('|');
})"""


@pytest.fixture(autouse=True)
def edition(app):
    return send(app)


@pytest.mark.parametrize("path", PATHS, ids=["archive", "edition", "author", "found", "nothing"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_archive_is_readable_on_every_screen_and_for_everybody(visit, path, width, dark):
    page = visit(path, width, dark=dark)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 800])
def test_an_edition_looks_as_the_message_did(visit, tab, app, edition, width, dark):
    page = visit(PATH, width, dark=dark)
    mail = tab(width, 700, dark=dark)
    mail.set_content(
        encoded_edition.public(app.db.read(encoded_editions.encoded_edition, edition.id))
    )

    looks = page.evaluate(LOOK)

    assert len(looks) > 20
    assert looks == mail.evaluate(LOOK)


def test_one_gets_from_the_front_door_to_an_edition_and_back(visit, app):
    page = visit("/archive")

    assert page.get_by_role("link", name="The tide gauge").get_attribute("href").endswith(PATH)
    page = visit(PATH)
    assert page.get_by_role("link", name="All editions").is_visible()


def test_one_searches_with_the_keyboard_alone(visit):
    page = visit("/archive")
    page.get_by_role("searchbox", name="Words of a title, or a name").focus()
    page.keyboard.type("gauge MARA")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="The tide gauge").wait_for()
    assert page.get_by_role("searchbox").input_value() == "gauge MARA"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_titles_of_an_edition_are_for_everybody(app, tab, dark):
    config = write_config(app.settings.path.parent, newsletter='archive = "readers"')
    with served(replace(app, settings=load_config(config))) as address:
        page = tab(320, 700, dark=dark)
        page.goto(address + PATH)
        assert page.get_by_role("link", name="Subscribe").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert faults(page) == []
