"""The same edition in full, short, or as plain text; each of them is a message without fault."""

from email import message_from_bytes, policy

import pytest

from digest.actions.editions.preview import preview
from digest.core.message.story_choice import Choice, Format, StoryForm
from digest.store.readers import subscriber_settings
from tests.builders import MONDAY, a_newsletter
from tests.sending import send
from tests.stock import enrol, keep_article

WEEKLY = a_newsletter(topics=())
ADA, BO = "ada@reader.example", "bo@reader.example"
TITLES = ["The lighthouse", "The mayor", "The tide gauge", "The tram"]
"""As long as their places say, so that the first is the lead."""


@pytest.fixture(autouse=True)
def edition(db):
    enrol(db, ADA, BO)
    for n, title in enumerate(TITLES):
        words = f"{title} is a story. " + f"{title} goes on. " * (40 - 10 * n)
        keep_article(db, title, authors=(f"Writer {n}",), body_text=words, summary=f"{title} is.")


def shown(db, factory, form):
    db.write(subscriber_settings.set_format, ADA, form)
    found = preview(db, factory, WEEKLY, MONDAY, MONDAY, reader=ADA)
    return message_from_bytes(found.envelope.message, policy=policy.default), found.findings


def test_plain_text_is_a_message_of_one_part_with_all_that_makes_a_list(db, factory):
    message, findings = shown(db, factory, Format.TEXT)

    assert message.get_content_type() == "text/plain"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://harbour.example/unsubscribe/")
    assert message["List-Id"]
    assert len(message.get_all("Content-Type")) == len(message.get_all("MIME-Version")) == 1
    assert all(title in message.get_content() for title in TITLES)
    assert findings == ()


def test_its_text_is_that_of_the_full_message(db, factory):
    text, _ = shown(db, factory, Format.TEXT)
    full, _ = shown(db, factory, Format.FULL)

    plain = full.get_body(("plain",))
    assert plain is not None
    assert text.get_content() == plain.get_content()
    assert text["Subject"] == full["Subject"]


def test_short_is_the_lead_and_titles(db, factory):
    short, findings = shown(db, factory, Format.SHORT)
    full, _ = shown(db, factory, Format.FULL)

    html, whole = (one.get_body(("html",)) for one in (short, full))
    assert html is not None
    assert whole is not None
    assert [t for t in TITLES if f"{t} is." in html.get_content()] == ["The lighthouse"]
    assert [t for t in TITLES if f"{t} is." in whole.get_content()] == TITLES
    assert all(title in html.get_content() for title in TITLES)
    assert not [one for one in findings if one.hard]


@pytest.mark.parametrize("form", list(Format))
def test_everybody_gets_the_same_stories_in_their_own_form(db, factory, form):
    db.write(subscriber_settings.set_format, ADA, form)

    got = send(db, factory, WEEKLY)

    assert got == {ADA: TITLES, BO: TITLES}


def test_the_preview_is_the_send_in_each_form(db, factory):
    before, _ = shown(db, factory, Format.TEXT)
    send(db, factory, WEEKLY)
    after, _ = shown(db, factory, Format.FULL)  # frozen as it was

    assert before.get_content() == after.get_content()


def test_a_code_has_the_form():
    for text_only in (False, True):
        choice = Choice((StoryForm.LEAD, None, StoryForm.TITLE), ("pitch",), text_only)
        assert Choice.read(choice.code) == choice
