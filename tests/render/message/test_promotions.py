"""Sponsors, pitches, pictures and the order of the parts, as one reader gets them."""

import re
from dataclasses import replace
from datetime import date

import html5lib
import pytest

from digest.core.message.story_choice import mask_of
from digest.core.message.theme import ORDER, Logo, Theme
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.promotion import Appeal, Pitch, Sponsor
from digest.render.message.edition import Renderer
from tests.builders import (
    MARK,
    a_newsletter,
    a_publication,
    an_article,
    an_edition,
    an_image,
    related,
)
from tests.render.samples import RENDERER, TEMPLATES, WEB_URL, a_full_edition

ROPES = Sponsor(
    "Tarred & Twisted", "Ropes that hold, since 1911.", "https://ropes.example", "See the knots"
)
PITCH = Pitch(
    Appeal("You read this for free.\n\nOthers pay.", "https://harbour.example/subscribe"),
    Appeal("Thank you: you pay for the ink."),
)


def message(newsletter: Newsletter, tier: str = "", theme: Theme | None = None):
    """What a reader of a tier gets of an edition with a few sections."""
    edition = replace(a_full_edition(), newsletter=newsletter)
    renderer = Renderer([TEMPLATES], theme) if theme else RENDERER
    setting = renderer.render(edition, a_publication(), MARK, WEB_URL)
    choice = setting.chosen(mask_of(range(len(edition.articles))), tier)
    return setting.rendered.proof(choice, setting.words(choice))


def places(text: str, *words: str) -> list[int]:
    assert [word for word in words if text.count(word) != 1] == []
    return [text.index(word) for word in words]


def test_a_sponsor_is_said_to_be_one_in_both_parts():
    shown = message(a_newsletter(sponsors=(ROPES,)))

    for part in (shown.html.replace("&amp;", "&"), shown.text):
        assert "Sponsored by Tarred & Twisted" in part
        assert "Ropes that hold, since 1911." in part
        assert part.count("https://ropes.example") == 1
    assert re.search(r'<a href="https://ropes\.example" rel="sponsored"', shown.html)


@pytest.mark.parametrize(
    ("place", "after", "before"),
    [
        ("top", "10 stories", "The ferry that kept"),
        ("after_lead", "The choir that rehearses", "A border post learns"),
        ("after_section", "Fishing rights", "Moss that remembers"),
        ("end", "Letters: on rats", "You are reading this because"),
    ],
)
def test_a_sponsor_stands_where_the_config_says(place, after, before):
    shown = message(a_newsletter(sponsors=(replace(ROPES, place=place),), subject="News"))

    for part in (shown.html.partition("<h1")[2], shown.text):
        where = part.index("Ropes that hold")
        assert part.index(after) < where < part.index(before)


def test_a_sponsor_whose_time_is_over_is_gone():
    gone = replace(ROPES, until=date(2026, 3, 8))
    today = replace(ROPES, since=date(2026, 3, 9), until=date(2026, 3, 9))

    assert "Ropes" not in message(a_newsletter(sponsors=(gone,))).html
    assert "Ropes" in message(a_newsletter(sponsors=(today,))).html


def test_readers_of_an_ad_free_tier_see_no_sponsors():
    shown = message(a_newsletter(sponsors=(ROPES,)), "subscriber")

    assert "Ropes" not in shown.html + shown.text


def test_free_readers_are_asked_and_subscribers_are_thanked():
    free, paying = (message(a_newsletter(pitch=PITCH), tier) for tier in ("free", "subscriber"))

    for part in (free.html, free.text):
        assert "You read this for free." in part
        assert "https://harbour.example/subscribe" in part
        assert "Become a subscriber" in part
        assert "Thank you" not in part
    for part in (paying.html, paying.text):
        assert "Thank you: you pay for the ink." in part
        assert "for free" not in part
        assert "/subscribe" not in part


def test_without_a_word_for_subscribers_they_read_nothing_in_its_place():
    quiet = message(a_newsletter(pitch=replace(PITCH, thanks=None)), "subscriber")
    plain = message(a_newsletter(), "subscriber")

    assert (quiet.html, quiet.text) == (plain.html, plain.text)


def test_what_sponsors_say_is_text():
    nasty = Sponsor("{{ 7*7 }}", "<script>alert(1)</script>", "javascript:alert(1)")

    shown = message(a_newsletter(sponsors=(nasty,), footer="<b>{{ 1 }}</b>"))

    assert "Sponsored by {{ 7*7 }}" in shown.html
    assert "<script>" not in shown.html
    assert "javascript:" not in shown.html + shown.text
    assert "&lt;b&gt;{{ 1 }}&lt;/b&gt;" in shown.html


def test_a_note_stands_at_the_foot_of_both_parts():
    shown = message(a_newsletter(footer="Printed on no paper."))

    for part in (shown.html, shown.text):
        note, reason = places(part, "Printed on no paper.", "You are reading this because")
        assert note < reason


# ------------------------------------------------------------- the theme's order and density


def test_the_parts_stand_in_the_order_of_the_theme():
    newsletter = a_newsletter(intro="Good morning.", pitch=PITCH, subject="News", preheader="News")
    marks = {
        "intro": "Good morning.",
        "lead": "Last Thursday it",
        "sections": "A border post learns",
        "pitch": "You read this",
    }
    for order in (ORDER, ("pitch", "sections", "lead", "intro"), ("lead", "sections")):
        shown = message(newsletter, theme=Theme(order=order))
        wanted = [marks[part] for part in order if part in marks]
        for part in (shown.html, shown.text):
            body = part.partition("<h1")[2] or part
            found = [mark for mark in marks.values() if mark in body]
            assert sorted(found, key=body.index) == wanted


def test_contents_can_be_left_out():
    assert "In this issue" in message(a_newsletter()).html
    shown = message(a_newsletter(), theme=Theme(order=("intro", "lead", "sections")))
    assert "In this issue" not in shown.html


def with_pictures():
    lead = an_article(
        "The lead", topic="world", image=an_image(), audio_url="https://harbour.example/1.mp3"
    )
    card = an_article(
        "A card",
        topic="world",
        image=an_image(),
        summary="What the card says.",
        related=related("Something near"),
        audio_url="https://harbour.example/2.mp3",
    )
    return an_edition(lead, card)


def drawn(theme: Theme):
    renderer = Renderer([TEMPLATES], theme)
    rendering = renderer.render(with_pictures(), a_publication(), MARK, WEB_URL).rendered.proof()
    return html5lib.parse(rendering.html, namespaceHTMLElements=False), rendering


@pytest.mark.parametrize(
    ("density", "pictures", "summary", "near"),
    [("full", 2, True, True), ("compact", 0, True, False), ("titles", 0, False, False)],
)
def test_density_says_how_much_of_each_story_is_shown(density, pictures, summary, near):
    root, rendering = drawn(Theme(density=density))

    assert len(list(root.iter("img"))) == pictures
    assert ("What the card says." in rendering.html) == summary
    assert ("Something near" in rendering.html) == near
    assert "A card" in rendering.html


def test_pictures_have_sizes_and_words_and_are_no_second_link():
    root, _ = drawn(Theme())

    wide, thumb = root.iter("img")
    image = an_image()
    assert wide.get("src") == f"{WEB_URL}/images/{image.wide}"
    assert thumb.get("src") == f"{WEB_URL}/images/{image.small}"
    assert (wide.get("width"), wide.get("height")) == ("544", "272")
    assert (thumb.get("width"), thumb.get("height")) == ("120", "80")
    assert {one.get("alt") for one in (wide, thumb)} == {image.alt}
    assert [a for a in root.iter("a") if list(a.iter("img"))] == []


def test_a_story_that_can_be_heard_says_so_in_both_parts():
    _, rendering = drawn(Theme())

    for number in (1, 2):
        assert f'<a href="https://harbour.example/{number}.mp3"' in rendering.html
        assert f"\nhttps://harbour.example/{number}.mp3\n" in rendering.text
    assert rendering.html.count(">Listen</a>") == 2


def test_a_logo_stands_in_the_place_of_the_name_and_leads_home():
    logo = Logo("https://harbour.example/gull.png", "The Harbour Review", 180, 40)

    root, _ = drawn(Theme(logo=logo))

    link = next(a for a in root.iter("a") if a.get("href") == "https://harbour.example")
    (image,) = link.iter("img")
    assert (image.get("src"), image.get("alt")) == (logo.url, logo.alt)
    assert (image.get("width"), image.get("height")) == ("180", "40")
