"""Emails that are no edition: what they say, and how they look."""

import re
from datetime import date, timedelta

import pytest

from digest.core.editions.edition import EditionReason
from digest.core.message.single_email import WayOut, enclose
from digest.core.newsletters.newsletter import Approval
from digest.core.transactional.admin_notice import FAULTY, NoticeKind
from digest.errors import TemplateError
from digest.render.lint.lint import lint_message
from digest.render.message import admin_notices
from digest.render.message.edition import Renderer
from tests.builders import MONDAY, a_newsletter, a_publication, a_sender
from tests.locale_words import full_day
from tests.render.agreed import GOLDEN, check_agreed
from tests.render.letters import (
    TO_READERS,
    a_confirmation,
    a_letter_about,
    a_notice,
    a_progress,
    a_welcome,
    printed,
)
from tests.render.message.test_browser import faults
from tests.render.samples import RENDERER, TEMPLATES

LANGUAGES = RENDERER.languages()
SAID = [pytest.param(name, language) for name in TO_READERS for language in LANGUAGES]


def to_reader(name, language="en"):
    return printed(TO_READERS[name](RENDERER.phrases(language)), language)


def agreed(name: str, letter, language, request) -> None:
    """Compare both parts with those in a file, or write them there."""
    html = letter.html.partition("<body")[2]
    whole = f"Subject: {letter.subject}\n\n{letter.text}\n{'-' * 72}\n<body{html}"
    update = request.config.getoption("--update-golden")
    check_agreed(GOLDEN / name, whole, language, update=update)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("name", TO_READERS)
def test_a_letter_to_a_reader_is_printed_as_agreed(name, language, request):
    agreed(f"{name}.{language}.txt", to_reader(name, language), language, request)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_letter_to_the_admin_is_printed_as_agreed(kind, request):
    agreed(f"notice.{kind}.txt", a_letter_about(kind), "", request)


@pytest.mark.parametrize(("name", "language"), SAID)
def test_each_part_has_the_link_that_it_is_about(name, language):
    letter = to_reader(name, language)
    links = re.findall(r"https://read\S+/(?:confirm|archive|pref)\S+", letter.text)

    assert links
    for link in links:
        assert f'href="{link}"' in letter.html
        assert f"\n{link}\n" in letter.text
    assert not re.search(r"[{}]", letter.subject + letter.text)


@pytest.mark.parametrize("name", TO_READERS)
def test_no_letter_leaves_an_english_word(name):
    german = to_reader(name, "de")

    assert not re.search(r"\b(you|your|the|this|and|for)\b", german.subject)
    ours = re.sub(
        r"The (Harbour|ferry|newest).*|What a harbour.*|years\.|Review.*", "", german.text
    )
    assert not re.search(r"\b(you|your|this|and|it|click)\b", ours)


NOT_OF_A_LIST = {"H1", "H2", "L4", "L5", "L6", "T4"}
"""Checks that ask for a way to unsubscribe or to choose, or for the page of an edition."""


def ids(letter, way_out=None):
    sent = enclose(
        letter, a_sender(), "ada@reader.example", about="a test", date=MONDAY, way_out=way_out
    )
    return {finding.id for finding in lint_message(sent.message)}


@pytest.mark.parametrize(("name", "language"), SAID)
def test_a_letter_to_a_reader_passes_every_check(name, language):
    way_out = WayOut("https://read.harbour.example/unsubscribe/7.c2lnbmVk", "weekly", "Weekly")
    if name == "welcome":
        assert ids(to_reader(name, language), way_out) == set()
    else:
        assert ids(to_reader(name, language)) <= NOT_OF_A_LIST


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_letter_to_the_admin_passes_every_check(kind):
    assert ids(a_letter_about(kind)) <= NOT_OF_A_LIST


def test_an_edition_that_was_held_for_a_fault_is_not_said_to_have_too_little():
    letter = a_letter_about(
        NoticeKind.HELD,
        why=f"{FAULTY}no form is in it [S5]; found: one",
        reason=EditionReason.FAULTY,
    )

    assert letter.subject == "The Harbour Weekly: an edition could not go out"
    assert "no form is in it [S5]; found: one." in " ".join(letter.text.split())
    assert "digest lint weekly --at 2026-03-09T07:30" in letter.text
    assert "too little" not in letter.text
    assert ids(letter) <= NOT_OF_A_LIST


def test_nothing_of_a_visitor_stands_in_a_confirmation_but_an_ip_address():
    say = RENDERER.phrases("en")

    assert "203.0.113.7" in printed(a_confirmation(say)).text
    assert "2001:db8::1" in printed(a_confirmation(say, origin="2001:db8::1")).text
    for origin in ("", "Buy now: https://evil.example", "203.0.113.7 evil"):
        letter = printed(a_confirmation(say, origin=origin))
        assert "evil" not in letter.text + letter.html
        assert "IP address" not in letter.text


def test_a_first_reader_is_welcomed_without_an_edition():
    letter = printed(a_welcome(RENDERER.phrases("en"), first=True))

    assert "ferry" not in letter.text + letter.html
    assert "archive" not in letter.text + letter.html
    assert f"Next edition: {full_day(date(2026, 3, 16))}" in letter.text


def test_markup_in_a_name_stays_text():
    letter = printed(
        a_confirmation(RENDERER.phrases("en"), name="<b>&amp;</b>"), name="<b>&amp;</b>"
    )

    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in letter.html
    assert "<b>&amp;</b>" in letter.text


def test_a_draft_says_whether_it_goes_by_itself():
    waits = a_newsletter(approval=Approval("auto_after", timedelta(hours=2)))

    by_itself = admin_notices.content(a_notice(NoticeKind.DRAFT), waits).paragraphs[1]
    required, auto = a_newsletter(approval=Approval("required")), a_newsletter()
    never = admin_notices.content(a_notice(NoticeKind.DRAFT), required).paragraphs[1]
    ahead = admin_notices.content(a_notice(NoticeKind.DRAFT), auto).paragraphs[1]

    assert by_itself == "It goes out by itself 2 h after it was made, unless you cancel it."
    assert never == "It goes out when you approve it, not before."
    assert ahead == "It goes out at its moment, unless you cancel it."


def test_of_a_thousand_addresses_fifty_stand_in_a_letter():
    many = a_letter_about(NoticeKind.UNCERTAIN, progress=a_progress(uncertain=1000))

    assert many.text.count("- reader") == 50
    assert "- and 950 more" in many.text
    assert "nobody knows whether 1000 messages arrived" in many.subject


def test_one_uncertain_message_is_spoken_of_as_one():
    one = a_letter_about(NoticeKind.UNCERTAIN, progress=a_progress(uncertain=1))

    assert one.subject == "The Harbour Weekly: nobody knows whether one message arrived"


def test_a_publication_may_change_one_block_of_all_letters_or_of_one(tmp_path):
    folder = tmp_path / "email" / "confirmation"
    folder.mkdir(parents=True)
    (folder / "body.html").write_text(
        '{% extends "email/_letter.html" %}'
        '{% block closing %}<p class="small">Ahoy!</p>{% endblock %}'
    )
    renderer = Renderer([tmp_path, TEMPLATES])

    say = renderer.phrases("en")
    letter = renderer.letter(a_confirmation(say), a_publication(), say)

    assert "Ahoy!" in letter.html
    assert "One click, and it comes" in letter.html


def test_a_letter_that_can_not_be_printed_is_found_when_templates_are_checked(tmp_path):
    file = tmp_path / "email" / "welcome" / "body.html"
    file.parent.mkdir(parents=True)
    file.write_text('{% extends "email/_letter.html" %}{% block closing %}{{ oops }}{% endblock %}')

    with pytest.raises(TemplateError, match=r"email/welcome/body.html.*oops"):
        Renderer([tmp_path, TEMPLATES]).check()


@pytest.mark.browser
@pytest.mark.parametrize(
    "view", [{"width": 800}, {"width": 320}, {"width": 320, "dark": True}], ids=str
)
@pytest.mark.parametrize(
    "letter", ["confirmation", "welcome.ar", "goodbye", "uncertain", "finished"]
)
def test_nothing_stands_in_the_way_of_a_reader_with_a_disability(show, view, letter):
    name, _, language = letter.partition(".")
    page = show(
        (
            to_reader(name, language or "en")
            if name in TO_READERS
            else a_letter_about(NoticeKind(name))
        ).html,
        **view,
    )

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]
