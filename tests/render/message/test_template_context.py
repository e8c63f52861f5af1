"""Words and addresses before they are printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.message.build_context import build_context
from digest.render.message.template_context import StoryPicture
from digest.render.words.language import Phrases
from digest.render.words.links import followable_url
from digest.render.words.plain_text import display_width, reading_direction, underline, wrap
from tests.builders import a_publication, an_article, an_edition, an_image
from tests.locale_words import in_a_row


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://x.example/a?b=c&d=e#f", "https://x.example/a?b=c&d=e#f"),
        (" https://x.example/a b\n", "https://x.example/a%20b"),
        ("https://x.example/é?q=ü#ß", "https://x.example/%C3%A9?q=%C3%BC#%C3%9F"),
        ("https://x.example/%C3%A9?a[]=1", "https://x.example/%C3%A9?a[]=1"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("", ""),
        ("/about", ""),
        ("//x.example/a", ""),
        ("http:///x", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("http://[bad", ""),
    ],
)
def test_only_addresses_that_a_reader_can_follow_are_links(url, address):
    assert followable_url(url) == address


@given(st.text(max_size=60).map("https://x.example/".__add__))
def test_an_address_is_printable_ascii_and_stays_as_it_is_the_second_time(url):
    address = followable_url(url)

    assert address.isascii()
    assert " " not in address
    assert address.isprintable()
    assert followable_url(address) == address


@pytest.mark.parametrize(
    ("authors", "name", "initials"),
    [
        ((), "", ""),
        (("Ada Ferrer",), "Ada Ferrer", "AF"),
        (("Ada M. van Ferrer",), "Ada M. van Ferrer", "AF"),
        (("Plato",), "Plato", "P"),
        (("Ada Ferrer", "Bo Lin"), in_a_row(("Ada Ferrer", "Bo Lin")), "AB"),
        (("Ada F.", "Bo L.", "Cy O."), in_a_row(("Ada F.", "Bo L.", "Cy O.")), "AB"),
        (("🚀 42",), "🚀 42", ""),
        (("\x00", " "), "", ""),
    ],
)
def test_names_stand_in_a_row_and_have_initials(authors, name, initials):
    pieces = [an_article(t, authors=authors, topic="world") for t in ("Lead", "One", "Two")]

    layout = build_context(an_edition(*pieces), a_publication(), Phrases())

    byline = layout.blocks[0].bylines[0]
    assert (byline.name, byline.initials) == (name, initials)
    assert byline.headed == bool(name)


def test_titles_that_run_the_other_way_say_so():
    pieces = [an_article(t, summary="In English.") for t in ("Lead", "שלום", "42", "Two")]

    stories = build_context(an_edition(*pieces), a_publication(), Phrases()).stories

    assert {s.title: (s.dir, s.summary_dir) for s in stories} == {
        "Lead": ("", ""),
        "שלום": ("rtl", ""),
        "42": ("", ""),
        "Two": ("", ""),
    }


def test_reading_takes_a_minute_or_more_if_there_is_anything_to_read():
    stories = [an_article(f"{n}", words=n) for n in (0, 1, 230, 231)]

    minutes = {
        s.title: s.minutes
        for s in build_context(an_edition(*stories), a_publication(), Phrases()).stories
    }

    assert minutes == {"0": 0, "1": 1, "230": 1, "231": 2}


@given(st.text())
def test_wrapped_lines_have_72_columns_unless_a_word_is_longer(text):
    for line in wrap(text, "- ").splitlines():
        assert len(line) <= 72 or len(line.split()) <= 2


def test_a_headline_is_underlined_as_wide_as_it_is():
    assert underline("Low water") == "Low water\n========="
    assert underline("引き潮", "-") == "引き潮\n------"
    assert underline("x " * 80).splitlines()[-1] == "=" * 71


def test_combining_marks_take_no_column():
    assert display_width("e\u0301") == 1


@pytest.mark.parametrize(
    ("text", "way"), [("42: abc", "ltr"), ("42 שלום abc", "rtl"), ("العبارة", "rtl"), ("42!", "")]
)
def test_a_text_runs_as_its_first_letter_does(text, way):
    assert reading_direction(text) == way


def test_a_picture_is_shown_where_it_is_large_enough():
    pieces = [
        an_article("Lead", image=an_image()),
        an_article(
            "Small",
            image=an_image(width=599, height=299, alt=" The\u202e gauge\n", credit=""),
            photo_credit="Jonas Amsel",
        ),
        an_article("None"),
    ]
    at = "https://weekly.example/images/3f2a91c07be24d685a10"

    layout = build_context(
        an_edition(*pieces), a_publication(), Phrases(), "https://weekly.example/"
    )

    shown = {story.title: story.picture for story in layout.stories}
    assert shown["Lead"] == StoryPicture(
        lead=f"{at}-wide.jpg",
        thumb=f"{at}-small.jpg",
        alt="The gauge on its pier",
        credit="Photo: Ines Rowe",
        lead_width=600,
        lead_height=300,
        thumb_width=120,
        thumb_height=80,
    )
    assert shown["Small"]
    assert (shown["Small"].lead, shown["Small"].thumb) == ("", f"{at}-small.jpg")
    assert (shown["Small"].alt, shown["Small"].credit) == ("The gauge", "Photo: Jonas Amsel")
    assert shown["None"] is None


def test_without_an_address_of_our_own_there_are_no_pictures():
    layout = build_context(an_edition(an_article(image=an_image())), a_publication(), Phrases())
    assert layout.lead.picture is None


def test_what_can_be_heard_has_an_address():
    pieces = [
        an_article("Heard", audio_url="https://harbour.example/a b.mp3"),
        an_article("Read", audio_url="javascript:alert(1)"),
    ]
    stories = build_context(an_edition(*pieces), a_publication(), Phrases()).stories
    assert {story.title: story.listen_url for story in stories} == {
        "Heard": "https://harbour.example/a%20b.mp3",
        "Read": "",
    }
