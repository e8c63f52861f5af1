"""A single email that is no edition: from its text to the bytes of a message."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.core.message import mime
from digest.core.message.compose import OutgoingMessage, Sender
from digest.core.text import email_address

_MARK = "NDGnoslotsinhere"
"""Letters have no slots."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person gets, as text, before encoding."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class WayOut:
    """The link that a letter of a newsletter is left by, and the newsletter's slug and title."""

    unsubscribe: str
    list_id: str
    list_name: str


def enclose(
    letter: Letter,
    sender: Sender,
    to: str,
    *,
    about: str,
    date: datetime,
    way_out: WayOut | None = None,
) -> OutgoingMessage:
    """Make the message that carries a letter to one address. Same input, same bytes.

    `about` says what occasioned it, such as "finished 12": the Message-ID follows from it and from
    the address, so that a second copy can be recognised. Only a letter that comes of a subscription
    has a `way_out`, and so the headers of a list (RFC 2919, RFC 8058); nobody shall be able to
    unsubscribe from being asked. Raises ValueError for what can't stand in a header, and for an
    address that `address.parse` refuses.
    """
    rcpt_to = email_address.wire(to)
    domain = email_address.a_label(sender.domain)
    message_id = _message_id(about, rcpt_to, domain)
    # An address beyond ASCII stands in it as it is (RFC 6532), and nothing else does.
    whom = mime.verbatim("Date", mime.date(date)) + mime.mailbox_header("To", "", rcpt_to)
    head = (
        mime.verbatim("Message-ID", message_id),
        *(_list_lines(way_out, domain) if way_out else ()),
        mime.mailbox_header("From", sender.name, sender.address),
        mime.mailbox_header("Reply-To", "", sender.reply_to) if sender.reply_to else b"",
        mime.unstructured("Subject", letter.subject),
        # Nobody's holiday notice shall answer it (RFC 3834, 5).
        mime.verbatim("Auto-Submitted", "auto-generated"),
        mime.verbatim("MIME-Version", "1.0"),
    )
    message = b"".join((*head, *_parts(letter)))
    if flaws := mime.flaws(message):
        raise ValueError(f"this can't be sent: {'; '.join(flaws)}")
    return OutgoingMessage(
        delivery=0,
        mail_from=email_address.wire(sender.bounce_address or sender.address),
        rcpt_to=rcpt_to,
        message=whom + message,
        message_id=message_id,
        date=date,
    )


def _list_lines(way_out: WayOut, domain: str) -> tuple[bytes, ...]:
    listed = f"{mime.phrase(way_out.list_name)} <{way_out.list_id}.{domain}>".lstrip()
    return (
        mime.verbatim("List-Unsubscribe", f"<{way_out.unsubscribe}>"),
        mime.verbatim("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        mime.verbatim("List-Id", listed),
    )


def _message_id(about: str, rcpt_to: str, domain: str) -> str:
    occasion = hashlib.sha256(f"{about} {rcpt_to} {domain}".encode()).hexdigest()[:24]
    return f"<letter.{occasion}@{domain}>"


def _parts(letter: Letter) -> Iterator[bytes]:
    """The last line of the header and the two parts, plain text first (RFC 2046, 5.1.4)."""
    bodies = [mime.quoted_printable(part, _MARK) for part in (letter.text, letter.html)]
    boundary = b"=_" + hashlib.sha256(b"\0".join(bodies)).hexdigest()[:32].encode()
    yield b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % boundary
    for kind, body in zip((b"plain", b"html"), bodies, strict=True):
        yield b"--%b\r\nContent-Type: text/%b; charset=utf-8\r\n" % (boundary, kind)
        yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n" % body
    yield b"--%b--\r\n" % boundary
