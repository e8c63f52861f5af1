import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.message import mime, signed_token
from digest.core.message.compose import (
    EncodedVariant,
    ListHeaders,
    OutgoingMessage,
    compose,
    encode,
)
from tests.builders import MARK, MONDAY, a_recipient, a_rendering, a_sender
from tests.core.message.test_mime import text

LINK = "https://harbour.example/unsubscribe/"
FIELDS = [
    "Date",
    "To",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Subject",
    "From",
    "Reply-To",
    "List-Id",
    "Feedback-ID",
    "Precedence",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
SLOT = f"{MARK}UNSUBSCRIBEZ"


def encoded(rendering=None, sender=None, list_id="weekly", name="The Harbour Weekly", **rest):
    list_headers = ListHeaders(list_id, name, rest.get("feedback_id", "12:weekly"))
    return encode(rendering or a_rendering(), sender or a_sender(), list_headers)


def a_message(recipient=None, sender=None, link=LINK, date=MONDAY, **changes) -> OutgoingMessage:
    variant = EncodedVariant(encoded(sender=sender, **changes))
    return compose(variant, recipient or a_recipient(), sender or a_sender(), link, date)


def fields(message: bytes) -> list[str]:
    """The header fields as any server sees them: what stands at the left of a line's colon."""
    head = message.partition(b"\r\n\r\n")[0]
    return [
        line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"
    ]


def read(envelope: OutgoingMessage):
    """The message as the standard library reads it."""
    return message_from_bytes(envelope.message, policy=policy.default)


# ---------------------------------------------------------------- what a message is


def test_a_message_reads_back_as_it_was_meant():
    message = read(a_message(a_recipient("ada@reader.example", name="Ada Quill")))
    assert message["From"] == "The Harbour Review <weekly@harbour.example>"
    assert message["Reply-To"] == "editors@harbour.example"
    assert message["To"] == "Ada Quill <ada@reader.example>"
    assert message["Subject"] == "The tide gauge that never sleeps"
    assert message["Date"].datetime == MONDAY
    assert message["List-Id"] == "The Harbour Weekly <weekly.harbour.example>"
    assert message["Feedback-ID"] == "12:weekly::harbourexample"
    assert message["Precedence"] == "bulk"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert not message.defects


def test_the_plain_text_comes_first_and_the_html_last():
    rendering = a_rendering(text=f"Grüße\n{SLOT}\n", html=f"<p>Grüße</p>\n<a href='{SLOT}'>x</a>")
    reader = a_recipient(unsubscribe="tok.en-1")
    plain, html = read(a_message(reader, rendering=rendering)).iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert plain.get_content() == "Grüße\r\ntok.en-1\r\n"
    assert html.get_content_type() == "text/html"
    assert html.get_content() == "<p>Grüße</p>\r\n<a href='tok.en-1'>x</a>"


def test_one_click_unsubscribing_is_offered_in_the_header():
    message = a_message(a_recipient(unsubscribe="tok.en")).message
    assert b"\r\nList-Unsubscribe: <https://harbour.example/unsubscribe/tok.en>\r\n" in message
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in message


def test_a_long_unsubscribe_link_is_neither_folded_nor_encoded():
    link = "https://harbour.example/" + "y" * 200 + "/unsubscribe/"
    message = a_message(a_recipient(unsubscribe="x" * 75), link=link).message
    [line] = [part for part in message.split(b"\r\n") if part.startswith(b"List-Unsubscribe: ")]
    assert line == f"List-Unsubscribe: <{link}{'x' * 75}>".encode()


def test_the_envelope_has_the_addresses_that_smtp_wants():
    sender = a_sender(bounce_address="Bounces@häfen.example")
    envelope = a_message(a_recipient("Ada@lesen-häufig.example"), sender=sender)
    assert envelope.mail_from == "Bounces@xn--hfen-loa.example"
    assert envelope.rcpt_to == "Ada@xn--lesen-hufig-r8a.example"
    assert b"\r\nTo: Ada@xn--lesen-hufig-r8a.example\r\n" in envelope.message


def test_without_a_bounce_address_the_envelope_is_from_the_sender():
    assert a_message(sender=a_sender(bounce_address="")).mail_from == "weekly@harbour.example"


def test_without_a_reply_address_there_is_no_such_line():
    assert "Reply-To" not in fields(a_message(sender=a_sender(reply_to="")).message)


def test_a_list_name_that_ascii_can_not_hold_leaves_the_id_alone():
    assert b"\r\nList-Id: <weekly.harbour.example>\r\n" in a_message(name="Häfen").message


def test_an_address_beyond_ascii_stands_in_the_header_as_it_is():
    envelope = a_message(a_recipient("用户@reader.example"))
    assert "\r\nTo: 用户@reader.example\r\n".encode() in envelope.message


# ---------------------------------------------------------------- sameness


def test_the_same_rendering_gives_the_same_bytes():
    assert encoded() == encoded()
    assert a_message() == a_message()


def test_another_mark_changes_nothing_that_is_sent():
    other = "another0mark"
    again = a_rendering(
        html=a_rendering().html.replace(MARK, other),
        text=a_rendering().text.replace(MARK, other),
        mark=other,
    )
    assert a_message(rendering=again) == a_message()


def test_readers_differ_only_in_their_own_lines_and_tokens():
    one = a_recipient("ada@reader.example", delivery=1, unsubscribe="one")
    two = a_recipient("bob@reader.example", delivery=2, unsubscribe="two")
    first, second = (a_message(reader).message.split(b"\r\n") for reader in (one, two))
    different = [a for a, b in zip(first, second, strict=True) if a != b]
    assert [line for line in different if line.rstrip(b"=") != b"one"] == first[1:4]


def test_the_message_id_follows_from_the_delivery():
    first, again = a_message(a_recipient(delivery=7)), a_message(a_recipient(delivery=7))
    assert first.message_id == again.message_id
    assert re.fullmatch(r"<1\.7\.[0-9a-f]{12}@harbour\.example>", first.message_id)
    assert first.message_id == read(first)["Message-ID"]


@pytest.mark.parametrize(
    "other",
    [
        a_message(a_recipient(delivery=8)),
        a_message(a_recipient(delivery=7, edition=2)),
        a_message(a_recipient("bob@reader.example", delivery=7)),
        a_message(a_recipient(delivery=7), rendering=a_rendering(text="another")),
    ],
)
def test_no_two_messages_share_a_message_id(other):
    assert other.message_id != a_message(a_recipient(delivery=7)).message_id


def test_a_message_from_a_domain_beyond_ascii_has_an_ascii_message_id():
    assert a_message(sender=a_sender(domain="häfen.example")).message_id.endswith(
        "@xn--hfen-loa.example>"
    )


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "value", ["", "a b", "a=b", "x" * 76, ".dot", "a\r\nBcc: x", "ä", "a\n", "<a>", "a/b"]
)
def test_a_token_that_would_need_encoding_is_refused(value):
    with pytest.raises(ValueError, match="no token"):
        a_message(a_recipient(unsubscribe=value))


@pytest.mark.parametrize("email", ["a@b.example\r\nRCPT TO:<x@y.example>", "ada", "a b@c.example"])
def test_an_address_that_is_none_is_refused(email):
    with pytest.raises(ValueError, match=r"has|holds"):
        a_message(a_recipient(email))


@pytest.mark.parametrize(
    "link",
    [
        "",
        "x.example/",
        "ftp://x.example/",
        "https://x.example/a b/",
        "https://x.example/<>/",
        "//x/",
    ],
)
def test_a_link_that_is_none_is_refused(link):
    with pytest.raises(ValueError, match="no link"):
        a_message(link=link)


def test_a_slot_that_nobody_fills_is_refused():
    with pytest.raises(ValueError, match="a slot that nobody fills"):
        a_message(rendering=a_rendering(text=f"{MARK}BIRTHDAYZ"))


def test_a_mark_that_is_no_slot_is_refused():
    with pytest.raises(ValueError, match="a slot that nobody fills"):
        a_message(rendering=a_rendering(text=f"{MARK} alone"))


def test_a_slot_in_the_subject_is_refused():
    with pytest.raises(ValueError, match="can't stand in a header"):
        encoded(a_rendering(subject=f"Hello {SLOT}"))


@pytest.mark.parametrize("list_id", ["", "a b", "weekly>\r\nBcc: x", "häfen", ".weekly"])
def test_a_list_needs_a_proper_name(list_id):
    with pytest.raises(ValueError, match="no name for a list"):
        encoded(list_id=list_id)


def test_a_sender_beyond_ascii_is_refused():
    with pytest.raises(ValueError, match="in ASCII before the @"):
        encoded(sender=a_sender(address="wöchentlich@harbour.example"))


@pytest.mark.parametrize("list_headers", ["", "12", "12:a:b", "12:we ekly", "12:\r\n", "12:ä", ":"])
def test_a_feedback_id_is_of_edition_and_newsletter(list_headers):
    with pytest.raises(ValueError, match="edition:newsletter"):
        encoded(feedback_id=list_headers)


def test_a_date_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        a_message(date=MONDAY.replace(tzinfo=None))


def test_a_wire_that_was_damaged_is_not_sent():
    with pytest.raises(ValueError, match="longer than 76"):
        EncodedVariant(replace(encoded(), html=b"x" * 77))


# ---------------------------------------------------------------- whatever the text


@given(subject=text, sender=text, reader=text, title=text, html=text, body=text)
def test_no_text_ever_becomes_a_header(subject, sender, reader, title, html, body):
    rendering = a_rendering(subject=subject, html=html + SLOT, text=body + SLOT)
    recipient = a_recipient(name=reader)
    envelope = a_message(recipient, rendering=rendering, sender=a_sender(name=sender), name=title)
    assert fields(envelope.message) == FIELDS
    assert mime.flaws(envelope.message) == ()
    message = read(envelope)
    assert message.keys() == FIELDS
    assert [str(a.addr_spec) for a in message["From"].addresses] == ["weekly@harbour.example"]
    assert [str(a.addr_spec) for a in message["To"].addresses] == ["ada@reader.example"]
    assert len(list(message.iter_parts())) == 2


@given(body=st.text(), html=st.text())
def test_the_boundary_never_occurs_in_a_part(body, html):
    wire = encoded(a_rendering(text=body, html=html))
    assert b"=_" not in wire.text + wire.html
    assert wire.boundary.startswith("=_")


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_every_signed_token_fits(delivery, subscriber):
    signed = signed_token.sign("unsubscribe", subscriber, "secret")
    envelope = a_message(a_recipient(delivery=delivery, unsubscribe=signed))
    assert mime.flaws(envelope.message) == ()
    assert envelope.message.count(signed.encode()) == 3  # header, text, HTML


@given(text)
def test_an_absurd_name_makes_no_absurd_message(name):
    assert len(a_message(a_recipient(name=name * 1000)).message) < 8000


# ---------------------------------------------------------------- Feedback-ID, Date


@pytest.mark.parametrize(
    "domain", ["harbour.example", "x.yz", "a-very-long.domain.harbour.example"]
)
def test_complaints_are_counted_by_edition_newsletter_and_sender(domain):
    sender = a_sender(domain=domain)
    one, two = (
        read(a_message(sender=sender, feedback_id=list_headers))["Feedback-ID"]
        for list_headers in ("12:weekly", "13:daily")
    )
    assert re.fullmatch(r"12:weekly::[a-z0-9]{5,15}", one)
    assert two == "13:daily::" + one.rpartition(":")[2]


def test_different_long_domains_are_different_senders():
    one, two = (
        read(a_message(sender=a_sender(domain=f"letters.of.{name}.example")))["Feedback-ID"]
        for name in ("lind", "quill")
    )
    assert one != two


def test_the_date_of_a_message_is_the_one_given():
    later = MONDAY + timedelta(hours=5)
    envelope = a_message(date=later)
    assert envelope.date == later
    assert envelope.message.startswith(b"Date: Mon, 09 Mar 2026 11:30:00 +0000\r\n")
