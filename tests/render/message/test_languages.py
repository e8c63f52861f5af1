"""Whole editions in other languages: byte for byte, and as a browser shows them."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tests.locale_words import long_day
from tests.render.agreed import GOLDEN, check_agreed
from tests.render.foreign import in_arabic, in_german
from tests.render.samples import RENDERER, printed

EDITIONS = {"de": in_german, "ar": in_arabic}


@pytest.mark.parametrize("language", EDITIONS)
@pytest.mark.parametrize("part", ["html", "text"])
def test_an_edition_is_printed_byte_for_byte_as_agreed(language, part, request):
    edition, publication = EDITIONS[language]()
    file = GOLDEN / f"edition.{language}.{'html' if part == 'html' else 'txt'}"
    message = getattr(printed(edition, publication), part)
    update = request.config.getoption("--update-golden")
    check_agreed(file, message, publication.language, update=update)


@pytest.mark.parametrize("language", EDITIONS)
def test_no_english_word_is_left(language):
    message = printed(*EDITIONS[language]())

    for word in ("stor", "min read", "By ", "Unsubscribe", "Related", "More", "issue", "Also"):
        assert word not in message.text + message.preheader
        assert not re.search(rf">[^<]*{word}", message.html.partition("</head>")[2]), word


def styled(message):
    """The body as clients other than Outlook see it."""
    return re.sub(r"<!--.*?-->", "", message.html.partition("<body")[2], flags=re.DOTALL)


def test_joined_letters_are_not_torn_apart():
    spaces = re.findall(r"letter-spacing:([^;\"]+)", styled(printed(*in_arabic())))

    assert spaces
    assert set(spaces) == {"0"}


def test_what_leans_to_one_side_leans_to_the_other_from_right_to_left():
    edition, publication = in_german()
    left, right = (
        styled(printed(edition, replace(publication, language=language)))
        for language in ("de", "ar")
    )
    mirror = {"left": "right", "right": "left"}

    def paddings(html):
        size = r"(-?[\d.]+(?:px)?)"
        return Counter(re.findall(f'padding:{size} {size} {size} {size}[;"]', html))

    def sides(html):
        return Counter(
            re.findall(r"(?:text-align:|border-|padding-|margin-|float:)(left|right)", html)
        )

    assert set(sides(left)) == {"left", "right"}
    assert {mirror[side]: n for side, n in sides(left).items()} == sides(right)
    mirrored = Counter({(a, d, c, b): n for (a, b, c, d), n in paddings(left).items()})
    assert mirrored == paddings(right)


@pytest.mark.browser
class TestShown:
    """Where things stand in Chromium."""

    PLACE = """(wanted) => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const at = walk.currentNode.data.indexOf(wanted);
            if (at < 0 || !walk.currentNode.parentElement.offsetParent) continue;
            const range = document.createRange();
            range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + wanted.length);
            const box = range.getBoundingClientRect();
            if (box.width) return [box.left, box.right];
        }
        return null;
    }"""

    def place(self, page, text):
        found = page.evaluate(self.PLACE, text)
        assert found, text
        return found

    def test_a_line_with_a_latin_name_reads_from_right_to_left(self, show):
        page = show(printed(*in_arabic()).html)

        by, name, day = (
            self.place(page, text)
            for text in ("بقلم \u200f", "Priya", f"{long_day(date(2026, 3, 7), 'ar')} · دقيقة")
        )
        assert by[0] >= name[1] > name[0] >= day[1]

    def test_the_monogram_stands_before_its_name_where_reading_begins(self, show):
        right = show(printed(*in_arabic()).html)
        assert self.place(right, "ML")[0] > self.place(right, "Mara Lind")[1]
        left = show(printed(*in_german()).html)
        assert self.place(left, "ML")[1] < self.place(left, "Mara Lind")[0]

    @pytest.mark.parametrize("language", EDITIONS)
    @pytest.mark.parametrize("width", [280, 375])
    def test_no_phone_has_to_scroll_sideways(self, show, language, width):
        page = show(printed(*EDITIONS[language]()).html, width, wide=True)

        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_a_page_of_the_site_in_arabic_keeps_its_letters_joined(self, show):
        say = RENDERER.phrases("ar")
        page = show(
            RENDERER.page(
                "message.html",
                publication=in_arabic()[1],
                title=say.left,
                text=(say.left_means("a•••@reader.example", "The Harbour Weekly"),),
            )
        )

        spacing = "e => getComputedStyle(e).letterSpacing"
        assert {page.locator(one).evaluate(spacing) for one in (".house", "h1")} == {"normal"}
        assert page.locator("p").last.evaluate("e => getComputedStyle(e).direction") == "rtl"
