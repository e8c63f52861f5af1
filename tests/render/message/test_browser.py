"""What a reader sees, in a real browser."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.builders import (
    MARK,
    a_newsletter,
    a_publication,
    an_article,
    an_edition,
    related,
)
from tests.render.samples import RENDERER, WEB_URL, a_full_edition, printed

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
STYLES = """() => [document.body, ...document.body.querySelectorAll('*')].map(e => {
    const style = getComputedStyle(e);
    return e.tagName + ' ' + [...style].map(p => p + ':' + style.getPropertyValue(p)).join(';');
})"""
VIEWS = [
    pytest.param({"width": 800}, id="desktop"),
    pytest.param({"width": 375}, id="phone"),
    pytest.param({"width": 800, "dark": True}, id="dark"),
    pytest.param({"width": 800, "paper": True}, id="print"),
    pytest.param({"width": 320}, id="small phone"),
]


def in_arabic():
    lead = an_article("العبّارة التي جمعت بين مدينتين", topic="world", related=related("المعاهدة"))
    other = an_article("A title from the other side", topic="science")
    return an_edition(lead, other, newsletter=a_newsletter(title="الميناء"))


@pytest.mark.parametrize("view", VIEWS)
def test_inlining_changes_the_look_of_no_element(show, view):
    assert_same_look(show, a_full_edition(), a_publication(), view)


def test_inlining_changes_the_look_of_no_element_from_right_to_left(show):
    assert_same_look(show, in_arabic(), a_publication(language="ar"), {"width": 375})


def assert_same_look(show, edition, publication, view):
    draft = RENDERER.draft(edition, publication, MARK, WEB_URL).rendered.proof()

    before = show(draft.html, **view).evaluate(STYLES)
    after = show(printed(edition, publication).html, **view).evaluate(STYLES)

    assert len(after) > 60
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == []


def test_the_text_is_the_same_before_and_after_inlining(show):
    draft = RENDERER.draft(a_full_edition(), a_publication(), MARK, WEB_URL).rendered.proof()

    before, after = (show(m.html).inner_text("body") for m in (draft, printed(a_full_edition())))

    assert after == before


@pytest.mark.parametrize("width", [280, 320, 375])
@pytest.mark.parametrize("styles", ["with", "without"])
def test_no_phone_has_to_scroll_sideways(show, width, styles):
    long = an_article("W" * 300, topic="world", authors=("Ä" * 100,), related=related("x" * 200))
    edition = an_edition(*a_full_edition().articles, long, replace(long, title="Y" * 90, id=1))
    html = printed(edition).html
    if styles == "without":
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)

    page = show(html, width, wide=True)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_looks_the_same_where_a_client_drops_every_style_sheet(show):
    html = printed(a_full_edition()).html
    bare = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)

    full, without = (show(one).evaluate(STYLES) for one in (html, bare))

    # lines of headings are balanced by the kept styles: no loss where they aren't
    extra = re.compile(r"(?:text-wrap|color-scheme)[a-z-]*:[^;]*;")
    assert [extra.sub("", s) for s in without] == [extra.sub("", s) for s in full]


def test_browsers_read_it_in_standards_mode(show):
    assert show(printed(an_edition()).html).evaluate("document.compatMode") == "CSS1Compat"


@pytest.mark.parametrize(
    "view", [*VIEWS[:3], pytest.param({"width": 375, "dark": True}, id="both")]
)
def test_nothing_stands_in_the_way_of_a_reader_with_a_disability(show, view):
    assert faults(show(printed(a_full_edition()).html, **view)) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("unsubscribe.html", {"newsletter": "The Harbour Weekly", "email": "a•••@reader.example"}),
        ("message.html", {"title": "Done", "text": ("You are out.", "All is well.")}),
        (
            "home.html",
            {
                "newsletters": [("weekly", "The Harbour Weekly", "every Monday at 07:30", True)],
                "home": "https://harbour.example",
                **{"open": True, "email": "", "form": "home", "fault": "", "where": "", "at": "1"},
            },
        ),
    ],
)
def test_the_web_pages_are_as_accessible(show, name, values):
    page = show(RENDERER.page(name, publication=a_publication(), **values), 320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []


def test_the_button_is_large_enough_for_a_thumb(show):
    box = (
        show(printed(a_full_edition()).html, 375).get_by_text("Read the lead story").bounding_box()
    )

    assert box["height"] >= 44


def faults(page) -> list[str]:
    """What axe finds against WCAG A and AA."""
    only = {"type": "tag", "values": WCAG}
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response
    assert found["violations"] or len(found["passes"]) > 5
    return [f"{v['id']}: {n['target']}" for v in found["violations"] for n in v["nodes"]]
