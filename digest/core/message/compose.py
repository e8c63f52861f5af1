"""From a rendered edition to one reader's message: encoded once, joined per reader."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape

from digest.core.message import mime
from digest.core.message.fragments import Rendering
from digest.core.text import email_address


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the message is from. Addresses are checked when the config is read.

    `bounce_address` is the envelope sender. `domain` is what Message-ID and List-Id end in.
    """

    name: str
    address: str
    reply_to: str
    bounce_address: str
    domain: str


@dataclass(frozen=True, slots=True)
class Wire:
    """A frozen edition in bytes, equal for every reader but for the slots.

    `head` is the shared header lines, each with its CRLF. `text` and `html` are the two parts,
    quoted-printable, CRLF, lines of at most 76 octets, no line beginning with a dot; each slot
    stands on a line of its own between soft line breaks. Without `html` the message is the text
    alone, and the head says so.
    """

    head: bytes
    text: bytes
    html: bytes
    boundary: str
    mark: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader of one edition. `unsubscribe`, `preferences` and `read` are signed tokens."""

    delivery: int
    edition: int
    email: str
    name: str
    unsubscribe: str
    preferences: str
    read: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message ready for the wire, with its addresses as SMTP wants them (A-labels).

    `wire_ready` says that every line surely ends in CRLF and none begins with a dot, so that SMTP
    takes the bytes as they are: looking for that costs more than composing the message.
    """

    delivery: int
    mail_from: str
    rcpt_to: str
    message: bytes
    message_id: str
    date: datetime
    wire_ready: bool = False


_TOKEN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,74}")
_LINK = re.compile(r"https?://[!-;=?-~]+/")
_LIST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_CAMPAIGN = re.compile(r"[A-Za-z0-9._-]+:[A-Za-z0-9._-]+")
_USUAL = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+@-]{2,74}")
_LINE = 75
_TYPE = b"Content-Type:"
_PLAIN = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
)
UNSUBSCRIBE, PREFERENCES, READ = b"UNSUBSCRIBE", b"PREFERENCES", b"READ"
EMAIL, ADDRESS = b"EMAIL", b"ADDRESS"
"""The slots of a reader: the tokens of their links, and their address in plain text and in HTML."""
_NAME = 120
"""A reader's name is cut here: one absurd name must not make a message that no server takes."""


@dataclass(frozen=True, slots=True)
class ListHeaders:
    """What the mail world may know a newsletter and an edition by.

    `list_id` is the newsletter's slug; List-Id (RFC 2919) adds our domain. `feedback_id` names
    what Gmail shall count complaints by, `edition:newsletter`, never a reader.
    """

    list_id: str
    list_name: str
    feedback_id: str


def encode(rendering: Rendering, sender: Sender, list_headers: ListHeaders) -> Wire:
    """Turn a rendering into the bytes that all its readers share. Same input, same bytes.

    Raises ValueError for a value that can't stand in its header, and for a mark that stands outside
    of the bodies.
    """
    text = mime.quoted_printable(rendering.text, rendering.mark)
    html = mime.quoted_printable(rendering.html, rendering.mark)
    boundary = boundary_of((text, html), rendering.mark)
    line = mime.unstructured("Subject", rendering.subject)
    head = line + shared_lines(sender, list_headers, boundary)
    if rendering.mark.encode() in head:
        raise ValueError("a slot can't stand in a header")
    return Wire(head=head, text=text, html=html, boundary=boundary, mark=rendering.mark)


def shared_lines(sender: Sender, list_headers: ListHeaders, boundary: str) -> bytes:
    """The header lines that all messages of an edition have in common.

    Raises ValueError for a value that can't stand in its header.
    """
    if email_address.needs_smtputf8(sender.address) or email_address.needs_smtputf8(
        sender.reply_to
    ):
        raise ValueError("a sender's address must be in ASCII before the @")
    if not _LIST.fullmatch(list_headers.list_id):
        raise ValueError(f"no name for a list: {list_headers.list_id!r}")
    if not _CAMPAIGN.fullmatch(list_headers.feedback_id):
        raise ValueError(f"not like edition:newsletter: {list_headers.feedback_id!r}")
    domain = email_address.a_label(sender.domain)
    listed = f"{mime.phrase(list_headers.list_name)} <{list_headers.list_id}.{domain}>".lstrip()
    lines = (
        mime.mailbox_header("From", sender.name, sender.address),
        mime.mailbox_header("Reply-To", "", sender.reply_to) if sender.reply_to else b"",
        mime.verbatim("List-Id", listed),
        mime.verbatim("Feedback-ID", f"{list_headers.feedback_id}::{_sender_id(domain)}"),
        mime.verbatim("Precedence", "bulk"),
        mime.verbatim("Auto-Submitted", "auto-generated"),
        mime.verbatim("MIME-Version", "1.0"),
        b'%b multipart/alternative;\r\n boundary="%b"\r\n' % (_TYPE, boundary.encode()),
    )
    return b"".join(lines)


def without_html(head: bytes) -> bytes:
    """Shared header lines for a message that is plain text and nothing else."""
    before, _, _ = head.rpartition(_TYPE)
    return before + _PLAIN


@dataclass(frozen=True, slots=True)
class EncodedVariant:
    """A Wire cut at its slots, once, so that a reader's message is one join.

    `pieces` is all that stands below the reader's own header lines; every second piece is a slot.
    Raises ValueError for a slot that nobody fills, and for a wire that has any of `mime.flaws`.
    """

    wire: Wire
    pieces: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        pieces = mime.slot_pattern(self.wire.mark).split(_below_the_readers_lines(self.wire))
        unknown = set(pieces[1::2]) - {UNSUBSCRIBE, PREFERENCES, READ, EMAIL, ADDRESS}
        if unknown or any(self.wire.mark.encode() in piece for piece in pieces):
            raise ValueError(f"a slot that nobody fills: {sorted(unknown)}")
        object.__setattr__(self, "pieces", tuple(pieces))
        if flaws := mime.flaws(b"".join(_filled(self, dict.fromkeys(pieces[1::2], b"x" * 75)))):
            raise ValueError(f"this can't be sent: {'; '.join(flaws)}")


def compose(
    variant: EncodedVariant, recipient: Recipient, sender: Sender, unsubscribe: str, date: datetime
) -> OutgoingMessage:
    """Make one reader's message. Preview and real send both come from here.

    `unsubscribe` is the link up to the token: `https://harbour.example/unsubscribe/`. The
    Message-ID follows from the delivery, so that a second copy can be recognised. Raises
    ValueError for a token that isn't 1 to 75 of [A-Za-z0-9._-], a link that can't stand in a
    header, and an address that `address.parse` refuses.
    """
    token = recipient.unsubscribe
    for one in (token, recipient.preferences, recipient.read):
        if not _TOKEN.fullmatch(one):
            raise ValueError(f"no token that can stand in a message: {one!r}")
    mail_from, domain = _checked(sender, unsubscribe)
    rcpt_to = email_address.wire(recipient.email)
    message_id = _message_id(variant, recipient, rcpt_to, domain)
    tokens = {
        UNSUBSCRIBE: token.encode(),
        PREFERENCES: recipient.preferences.encode(),
        READ: recipient.read.encode(),
    }
    values = tokens | _shown(recipient.email, variant.wire.mark)
    own = b"".join(
        (
            f"Date: {mime.date(date)}\r\n".encode(),
            mime.mailbox_header("To", recipient.name[:_NAME], rcpt_to),
            f"Message-ID: {message_id}\r\n".encode(),
            mime.verbatim("List-Unsubscribe", f"<{unsubscribe}{token}>"),
            b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        )
    )
    return OutgoingMessage(
        delivery=recipient.delivery,
        mail_from=mail_from,
        rcpt_to=rcpt_to,
        message=b"".join((own, *_filled(variant, values))),
        message_id=message_id,
        date=date,
        wire_ready=mime.is_wire_ready(own),
    )


@lru_cache(maxsize=16)  # these are the same for all messages of a publication
def _checked(sender: Sender, unsubscribe: str) -> tuple[str, str]:
    """The envelope sender and the domain of message ids. Raises ValueError as `compose` does."""
    if not _LINK.fullmatch(unsubscribe):
        raise ValueError(f"no link that can stand in a header: {unsubscribe!r}")
    mail_from = email_address.wire(sender.bounce_address or sender.address)
    return mail_from, email_address.a_label(sender.domain)


def _message_id(variant: EncodedVariant, recipient: Recipient, rcpt_to: str, domain: str) -> str:
    """The content counts too, so that no id is met again in another database's mail."""
    name = f"{recipient.edition}.{recipient.delivery}"
    seed = f"{variant.wire.boundary} {name} {rcpt_to}".encode()
    return f"<{name}.{hashlib.sha256(seed).hexdigest()[:12]}@{domain}>"


def _filled(variant: EncodedVariant, values: Mapping[bytes, bytes]) -> list[bytes]:
    pieces = list(variant.pieces)
    pieces[1::2] = [values[name] for name in pieces[1::2]]
    return pieces


def _shown(email: str, mark: str) -> dict[bytes, bytes]:
    """The reader's address as it stands in the text part and in HTML, on one line of either."""
    if _USUAL.fullmatch(email):
        plain = email.encode()
        return {EMAIL: plain, ADDRESS: plain}
    return {EMAIL: _line(email, mark), ADDRESS: _line(email, mark, escape)}


def _line(email: str, mark: str, printed: Callable[[str], str] = str) -> bytes:
    """As much of it as fits into a line of 75 octets, encoded."""
    for shown in (email, f"{email[:24]}…", f"{email[:3]}…"):
        encoded = mime.quoted_printable(printed(shown), mark)
        if len(encoded) <= _LINE and b"\n" not in encoded:
            return encoded
    return b""


def _below_the_readers_lines(wire: Wire) -> bytes:
    """The shared header lines and the two parts, plain text first (RFC 2046, 5.1.4)."""
    if not wire.html:
        return b"%b\r\n%b" % (wire.head, wire.text)
    parts = b"".join(
        b"--%b\r\n"
        b"Content-Type: text/%b; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"%b\r\n" % (wire.boundary.encode(), kind, body)
        for kind, body in ((b"plain", wire.text), (b"html", wire.html))
    )
    return b"%b\r\n%b--%b--\r\n" % (wire.head, parts, wire.boundary.encode())


def boundary_of(contents: Iterable[bytes], mark: str) -> str:
    """The same for the same content, whatever its mark; "=_" never occurs in quoted-printable."""
    content = b"\0".join(contents).replace(mark.encode(), b"")
    return f"=_{hashlib.sha256(content).hexdigest()[:32]}"


def _sender_id(domain: str) -> str:
    """The part of Feedback-ID that says who sends: 5 to 15 characters, the same for a domain."""
    plain = re.sub(r"[^a-z0-9]", "", domain)
    if 5 <= len(plain) <= 15:
        return plain
    return plain[:7] + hashlib.sha256(domain.encode()).hexdigest()[:8]
