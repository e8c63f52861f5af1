"""What readers see who may not read a piece whole, and of what was wrong, in each language."""

from dataclasses import replace

import pytest

from digest.core.articles.article import Access
from digest.core.articles.correction import Correction
from digest.core.message.story_choice import StoryForm, mask_of
from digest.core.message.theme import Theme
from digest.render.message.edition import Renderer
from tests.builders import (
    MARK,
    MONDAY,
    a_newsletter,
    a_publication,
    an_article,
    an_edition,
    related,
)
from tests.render.samples import RENDERER, TEMPLATES, WEB_URL

JOIN = "https://harbour.example/join"
BODY = " ".join(f"Sentence {n} is for those who pay for it." for n in range(20))
SAID = {
    "en": ("For subscribers", "Become a subscriber", "Corrected since"),
    "de": ("Für Abonnenten", "Jetzt abonnieren", "Seither berichtigt"),
    "es": ("Para suscriptores", "Suscríbase", "Corregido desde entonces"),
    "fr": ("Réservé aux abonnés", "Abonnez-vous", "Corrigé depuis"),
    "ar": ("للمشتركين", "اشترك الآن", "صُحّح منذ ذلك الحين"),
}
WRONG = (
    Correction(3, 1, "The embassy", "https://harbour.example/e", "It has <four> floors.", MONDAY),
    Correction(4, 2, "The pilots", "", "A name was wrong.", MONDAY),
)


def printed(language="en", flags=(), form=None, theme=None, url=JOIN):
    """Two stories for subscribers and one for everyone, as a reader with these flags gets them."""
    pieces = [
        an_article(
            title,
            access=access,
            body_text=BODY,
            summary="",
            related=related("Read on here", url="https://harbour.example/on"),
            audio_url="https://harbour.example/aloud.mp3",
        )
        for title, access in (
            ("Salt is dear", Access.SUBSCRIBERS),
            ("The opera", Access.SUBSCRIBERS),
            ("A quiet week", Access.EVERYONE),
        )
    ]
    edition = replace(an_edition(*pieces, newsletter=a_newsletter()), corrections=WRONG)
    publication = a_publication(language=language, subscribe_url=url)
    renderer = Renderer([TEMPLATES], theme) if theme else RENDERER
    setting = renderer.render(edition, publication, MARK, WEB_URL)
    choice = setting.chosen(mask_of(range(3)))
    forms = tuple(form if form and one is not StoryForm.LEAD else one for one in choice.forms)
    choice = replace(choice, forms=forms, flags=tuple(sorted(flags)))
    return setting.rendered.proof(choice, setting.words(choice))


@pytest.mark.parametrize("language", SAID)
def test_both_parts_say_it_in_the_language_of_the_publication(language):
    whose, how, heading = SAID[language]

    shown = printed(language, ("fix3", "fixes"))

    for part in (shown.html, shown.text):
        assert part.count(whose) == 2
        assert part.count(how) == 2
        assert part.count(JOIN) == 2
    assert heading in shown.html
    assert heading.upper() in shown.text


def test_only_those_corrections_are_in_it_that_its_reader_is_told_of():
    for flags, told in (
        ((), set()),
        (("fix4", "fixes"), {"The pilots"}),
        (("fix3", "fix4", "fixes"), {"The pilots", "The embassy"}),
    ):
        shown = printed(flags=flags)
        for part in (shown.html, shown.text):
            assert {one.title for one in WRONG if one.title in part} == told
            assert ("corrected since" in part.lower()) == bool(told)
    assert "It has &lt;four&gt; floors." in shown.html
    assert "It has <four> floors." in shown.text


@pytest.mark.parametrize("form", [StoryForm.CARD, StoryForm.TEXT, StoryForm.TITLE, StoryForm.LINE])
def test_in_no_form_there_is_more_than_the_teaser(form):
    shown = printed(form=form)
    whole = printed(form=form, flags=("open",))

    for part in (shown.html, shown.text):
        text = " ".join(part.split())
        assert text.count("Sentence 19") == 0
        assert text.count("https://harbour.example/aloud.mp3") <= 1  # that of the open piece
        assert text.count("For subscribers") == 2
    assert "For subscribers" not in whole.html + whole.text
    assert whole.text.count("https://harbour.example/aloud.mp3") == 3


@pytest.mark.parametrize("density", ["full", "compact", "titles"])
def test_every_density_says_for_whom_a_piece_is(density):
    shown = printed(theme=Theme(density=density))
    assert shown.html.count("For subscribers") == 2


def test_without_a_way_to_subscribe_there_is_no_link_to_it():
    shown = printed(url="")
    assert "Become a subscriber" in shown.html  # the publication's own site
    assert 'href="https://harbour.example"' in shown.html
