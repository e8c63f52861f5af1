"""A single email in bytes."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.message import mime
from digest.core.message.single_email import Letter, WayOut, enclose
from tests.builders import MONDAY, a_sender
from tests.core.message.test_compose import fields
from tests.core.message.test_mime import text

LETTER = Letter("Please confirm: The Harbour Weekly", "<p>One click.</p>\n", "One click.\n")
LINK = "https://harbour.example/unsubscribe/7.c2lnbmVk"


def sent(
    letter=LETTER,
    to="ada@reader.example",
    about="confirm 7",
    date=MONDAY,
    way_out: WayOut | None = None,
):
    return enclose(letter, a_sender(), to, about=about, date=date, way_out=way_out)


def read(envelope):
    return message_from_bytes(envelope.message, policy=policy.default)


def test_a_letter_has_both_parts_and_goes_to_one_address():
    envelope = sent()
    message = read(envelope)

    assert (envelope.rcpt_to, envelope.mail_from) == (
        "ada@reader.example",
        "bounces@harbour.example",
    )
    parts = [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]
    assert parts == [LETTER.text, LETTER.html]
    assert message["Subject"] == LETTER.subject
    assert message["Reply-To"] == "editors@harbour.example"
    assert not mime.flaws(envelope.message)


def test_it_goes_to_an_address_beyond_ascii_and_only_that_line_is():
    """Or who joins with such an address would wait for a letter that nobody can write."""
    message = sent(to="ünal@bücher.example").message

    to, *others = sorted(message.splitlines(), key=bytes.isascii)
    assert to == "To: ünal@xn--bcher-kva.example".encode()
    assert all(map(bytes.isascii, others))


def test_a_letter_that_nobody_subscribed_to_has_no_headers_of_a_list():
    assert fields(sent().message) == [
        "Date",
        "To",
        "Message-ID",
        "From",
        "Reply-To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ]
    assert read(sent())["Auto-Submitted"] == "auto-generated"


def test_a_letter_of_a_newsletter_can_be_left_with_one_click():
    message = read(sent(way_out=WayOut(LINK, "weekly", "The Harbour Weekly")))

    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "The Harbour Weekly <weekly.harbour.example>"


def test_a_second_copy_has_the_same_id_and_anything_else_another():
    first = sent().message_id

    assert sent(date=MONDAY.replace(year=2027)).message_id == first
    others = {sent(about="confirm 8").message_id, sent(to="bo@reader.example").message_id}
    assert len(others | {first}) == 3


@given(text, text, text)
def test_whatever_it_says_it_is_a_sound_message_with_the_same_header(subject, html, plain):
    envelope = sent(Letter(subject, html, plain))

    assert not mime.flaws(envelope.message)
    assert fields(envelope.message) == fields(sent().message)


@pytest.mark.parametrize("to", ["ada", "ada@reader.example\r\nBcc: all@reader.example", ""])
def test_it_goes_to_no_address_that_is_none(to):
    with pytest.raises(ValueError, match=r"\w"):
        sent(to=to)


@given(st.text(max_size=200))
def test_a_title_becomes_no_header(title):
    way_out = WayOut(LINK, "weekly", title)

    assert fields(sent(way_out=way_out).message).count("List-Id") == 1
