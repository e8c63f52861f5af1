"""Signatures that others can check: two verifiers that share nothing with us, and real SMTP."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail import keys
from digest.mail.dkim import Signer
from tests.builders import MONDAY, a_recipient, a_rendering, a_sender, an_envelope
from tests.core.message.test_compose import a_message
from tests.dkim_verifier import by_dkimpy, signatures, tags, valid

RSA = keys.generate("harbour.example", "s1", "rsa", 1024)  # short, so that the tests are quick
ED25519 = keys.generate("harbour.example", "s2", "ed25519")
DNS = {key.record.name: key.record.value for key in (RSA, ED25519)}
sign = Signer([RSA])

THE_SAME = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def signed(**changes) -> bytes:
    return sign(a_message(**changes)).message


# ---------------------------------------------------------------- what a signature is


def test_two_verifiers_accept_what_we_send():
    assert valid(signed(), DNS)


def test_two_keys_make_two_signatures_that_are_both_valid():
    message = Signer([RSA, ED25519])(a_message()).message
    assert [tags(field)["a"] for field in signatures(message)] == ["rsa-sha256", "ed25519-sha256"]
    assert valid(message, DNS)


def test_a_key_that_the_dns_does_not_have_proves_nothing():
    other = keys.generate("harbour.example", "s1", "rsa", 1024)
    assert not valid(signed(), {RSA.record.name: other.record.value})


def test_the_header_that_providers_ask_for_is_covered_and_can_not_be_added_to():
    (field,) = signatures(signed())
    said = tags(field)
    names = said["h"].split(":")
    for twice in ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post"):
        assert names.count(twice) == 2
    for once in ("To", "Date", "Message-ID", "Reply-To", "List-Id", "Feedback-ID"):
        assert names.count(once) == 1
    assert {"MIME-Version", "Content-Type"} <= set(names)
    assert (said["d"], said["s"], said["c"]) == ("harbour.example", "s1", "relaxed/simple")
    assert "l" not in said  # a signature over a part of the body lets others add to it


def test_what_is_not_there_is_not_named():
    (field,) = signatures(signed(sender=a_sender(reply_to="")))
    assert "Reply-To" not in tags(field)["h"]


def test_the_signature_is_on_top_of_the_message_as_it_was():
    message = a_message().message
    made = sign(a_message()).message
    assert made.startswith(b"DKIM-Signature: v=1;")
    assert made.endswith(message)


def test_no_line_of_it_is_too_long():
    long = replace(RSA, domain=f"{'a' * 60}.{'b' * 60}.harbour.example", selector="c" * 63)
    head = Signer([long])(a_message()).message.partition(b"\r\nDate:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 160  # one tag can't be broken
    assert max(map(len, signed().partition(b"\r\nDate:")[0].split(b"\r\n"))) <= 78


def test_the_same_message_is_signed_the_same_so_that_a_second_copy_is_no_other_mail():
    assert Signer([RSA])(a_message()) == sign(a_message())


# ---------------------------------------------------------------- what breaks it


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Subject: The tide", "Subject: The  \t tide"),
        ("Subject: The tide", "SUBJECT:The\r\n tide"),
        ("Precedence: bulk\r\n", ""),
        ("Date: ", "Received: from here by there\r\nDate: "),
    ],
)
def test_what_relays_do_leaves_it_valid(old, new):
    assert valid(signed().replace(old.encode(), new.encode(), 1), DNS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Subject: The tide", "Subject: A tide"),
        ("\r\nSubject:", "\r\nSubject: Win a boat\r\nSubject:"),
        ("\r\nFrom:", "\r\nFrom: you@bank.example\r\nFrom:"),
        ("\r\nList-Unsub", "\r\nList-Unsubscribe: <https://else.example>\r\nList-Unsub"),
        (THE_SAME, ""),
        (THE_SAME, THE_SAME * 2),
        ("To: ada", "To: bob"),
        ("sleeps\r\n\r\n", "wakes\r\n\r\n"),
        ("sleeps\r\n\r\n", "sleeps \r\n\r\n"),
    ],
)
def test_what_would_change_the_message_breaks_it(old, new):
    message = signed()
    assert old.encode() in message
    assert not valid(message.replace(old.encode(), new.encode(), 1), DNS)


# ---------------------------------------------------------------- whatever the message

lines = st.lists(
    st.binary(max_size=90).map(lambda octets: octets.replace(b"\r", b"").replace(b"\n", b"")),
    max_size=8,
)


@given(lines, st.text("ab \t", max_size=40), st.integers(0, 3))
def test_any_message_is_signed_so_that_both_accept_it(body, text, empty):
    subject = f"Subject: {text}x\r\n y{text}z"
    head = f"From: a@b.example\r\n{subject}\r\nDate: now".encode()
    message = head + b"\r\n\r\n" + b"\r\n".join(body) + b"\r\n" * empty
    assert valid(Signer([ED25519]).signed(message, MONDAY), DNS)


bodies = st.tuples(
    st.sampled_from([b"--=_one", b"--=_two"]), st.sampled_from([0, 10, 5000]), st.binary(max_size=9)
).map(lambda made: b"%b\r\n%b%b.\r\n" % (made[0], b"text\r\n" * made[1], made[2].hex().encode()))


@given(st.lists(bodies, max_size=12))
def test_what_is_remembered_of_one_message_is_never_wrong_for_another(several):
    signer = Signer([])
    for body in several:
        assert signer._hash(body) == hashlib.sha256(body).digest()


def test_several_threads_sign_several_editions_at_once():
    editions = ["The tide gauge", "The pilots", "The ferry"]
    texts = [a_rendering(html=f"<html>{title * 900} {a_rendering().html}") for title in editions]
    made = [
        a_message(a_recipient(f"r{n}@reader.example"), rendering=texts[n % 3]) for n in range(60)
    ]
    with ThreadPoolExecutor(8) as pool:
        out = list(pool.map(Signer([ED25519]), made))
    assert all(by_dkimpy(one.message, DNS) == [True] for one in out)


# ---------------------------------------------------------------- over the wire


@pytest.mark.parametrize(
    "body",
    [
        b"one\r\n.\r\n..two\r\n.three\r\n",
        b"x" * 998 + b"\r\n" + b"." * 997 + b"\r\n",
        b"the end has empty lines\r\n\r\n\r\n",
        b"no end of line",
        b"",
    ],
    ids=["dots", "long lines", "empty lines", "no end", "empty"],
)
async def test_what_arrives_is_what_was_signed(server, mailer, body):
    head = a_message().message.partition(b"\r\n\r\n")[0]
    envelope = Signer([RSA, ED25519])(an_envelope(message=head + b"\r\n\r\n" + body))
    assert await mailer.offer(envelope) or await mailer.complete()
    (received,) = server.messages
    assert valid(received.message, DNS)


async def test_a_composed_message_arrives_as_it_was_signed(server, mailer):
    assert await mailer.offer(sign(a_message())) or await mailer.complete()
    (received,) = server.messages
    assert received.message == signed()
    assert valid(received.message, DNS)
