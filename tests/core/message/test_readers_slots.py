"""The reader's own address in the two parts, whatever it is made of."""

from email import message_from_bytes, policy
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.message.compose import EncodedVariant, ListHeaders, compose, encode
from digest.core.text import email_address
from tests.builders import MARK, MONDAY, a_recipient, a_rendering, a_sender

LINK = "https://read.harbour.example/unsubscribe/"
MOULD = EncodedVariant(
    encode(
        a_rendering(
            html=f"<p>Sent to {MARK}ADDRESSZ.</p><a href='{LINK}{MARK}UNSUBSCRIBEZ'>out</a>",
            text=f"Sent to {MARK}EMAILZ.\n{LINK}{MARK}UNSUBSCRIBEZ\n",
        ),
        a_sender(),
        ListHeaders("weekly", "Weekly", "1:weekly"),
    )
)


def parts(email: str) -> tuple[bytes, str, str]:
    """The message to an address, and both of its parts as another parser reads them."""
    octets = compose(MOULD, a_recipient(email), a_sender(), LINK, MONDAY).message
    read = message_from_bytes(octets, policy=policy.default)
    text, html = (part.get_content() for part in read.iter_parts())
    return octets, text, html


@pytest.mark.parametrize(
    "email",
    [
        "ada@reader.example",
        "ada.lovelace+harbour_weekly@mail.reader.example",
        "o'brien@reader.example",
        "a&b@reader.example",
        "a=b@reader.example",
        "größe@reader.example",
        "ada@bücher.example",
    ],
)
def test_an_address_stands_in_both_parts_as_it_is(email):
    _, text, html = parts(email)

    assert f"Sent to {email}." in text
    assert f"Sent to {email}." in unescape(html)


def test_a_long_address_is_cut_where_a_line_ends():
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example"

    octets, text, html = parts(email)

    assert f"Sent to {'a' * 24}…." in text
    assert f"Sent to {'a' * 24}…." in html
    assert max(map(len, octets.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def _is_good(email: str) -> bool:
    try:
        email_address.parse_address(email)
    except ValueError:
        return False
    return True


@settings(deadline=None)
@given(st.text("abz.+-_'&=<>\"ß漢🌊 ", min_size=1, max_size=64).map("{}@reader.example".format))
def test_no_address_breaks_a_line_or_a_tag(email):
    if not _is_good(email):
        return
    octets, _, html = parts(email)

    assert max(map(len, octets.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert html.count("<") == 4
    assert not any(line.startswith(b".") for line in octets.split(b"\r\n"))
