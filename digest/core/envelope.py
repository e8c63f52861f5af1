"""From a rendered edition to one reader's message: encoded once, joined per reader."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.core import address, mime


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
class Rendering:
    """An edition as text, before encoding; `mark` begins every slot in it.

    A slot is `mark` + NAME in upper case + "Z", all of it [A-Za-z0-9], and stands where a
    reader's own value goes: so far only the UNSUBSCRIBE token at the end of a link. The mark is
    unguessable, so an article can't forge a slot.
    """

    subject: str
    preheader: str
    html: str
    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Wire:
    """A frozen edition in bytes, equal for every reader but for the slots.

    `head` is the shared header lines, each with its CRLF. `text` and `html` are the two parts,
    quoted-printable, CRLF, lines of at most 76 octets, no line beginning with a dot; each slot
    stands on a line of its own between soft line breaks.
    """

    head: bytes
    text: bytes
    html: bytes
    boundary: str
    mark: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader of one edition. `unsubscribe` is the signed token."""

    delivery: int
    edition: int
    email: str
    name: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready for the wire, with its addresses as SMTP wants them (A-labels)."""

    delivery: int
    mail_from: str
    rcpt_to: str
    message: bytes
    message_id: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Mould:
    """A Wire cut at its slots, so that a reader's message is one join. Made by `cut`.

    `pieces` is all that stands below the reader's own header lines; every second piece is a slot.
    `link` is what the token follows in List-Unsubscribe. `seed` differs with the content, so that
    a Message-ID isn't met again in another database.
    """

    pieces: tuple[bytes, ...]
    mail_from: str
    domain: str
    link: str
    seed: str


_TOKEN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,74}")
_LINK = re.compile(r"https?://[!-;=?-~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_NAME = 120
"""A reader's name is cut here: one absurd name must not make a message that no server takes."""


def encode(
    rendering: Rendering, sender: Sender, list_id: str, list_name: str, feedback_id: str
) -> Wire:
    """Turn a rendering into the bytes that all its readers share. Same input, same bytes.

    `list_id` is like `weekly.harbour.example` (RFC 2919), `feedback_id` made by `feedback_id`.
    Raises ValueError for a value that can't stand in its header, e.g. a From address beyond ASCII,
    and for a mark that stands anywhere but in a slot of a body.
    """
    text, html = (
        mime.quoted_printable(p, rendering.mark) for p in (rendering.text, rendering.html)
    )
    boundary = _boundary(text, html, rendering.mark)
    if address.needs_smtputf8(sender.address + sender.reply_to):
        raise ValueError("a sender's address must be in ASCII before the @")
    if not _LIST_ID.fullmatch(list_id):
        raise ValueError(f"no name for a list: {list_id!r}")
    head = b"".join(
        (
            mime.mailbox("From", sender.name, sender.address),
            mime.mailbox("Reply-To", "", sender.reply_to) if sender.reply_to else b"",
            mime.unstructured("Subject", rendering.subject),
            mime.verbatim("List-Id", f"{mime.phrase(list_name)} <{list_id}>".lstrip()),
            mime.verbatim("Feedback-ID", feedback_id),
            b"Precedence: bulk\r\n"
            b"Auto-Submitted: auto-generated\r\n"
            b"MIME-Version: 1.0\r\n"
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % boundary.encode(),
        )
    )
    if rendering.mark.encode() in head:
        raise ValueError("a slot can't stand in a header")
    return Wire(head=head, text=text, html=html, boundary=boundary, mark=rendering.mark)


def feedback_id(edition: int, newsletter: str, domain: str) -> str:
    """What Gmail counts complaints by: `edition:newsletter::sender`, nothing about the reader.

    The sender's part is 5 to 15 characters and always the same for a domain.
    """
    sender = re.sub(r"[^a-z0-9]", "", domain.lower())
    if not 5 <= len(sender) <= 15:
        sender = sender[:7] + hashlib.sha256(domain.lower().encode()).hexdigest()[:8]
    return f"{edition}:{newsletter}::{sender}"


def cut(wire: Wire, sender: Sender, web_url: str) -> Mould:
    """Cut a wire at its slots, once per edition. `web_url` is the public base of our links.

    Raises ValueError for a slot that is not known, for a base that can't stand in
    List-Unsubscribe, and if the message would have any of `mime.flaws`.
    """
    link = f"{web_url.rstrip('/')}/unsubscribe/"
    if not _LINK.fullmatch(link):
        raise ValueError(f"no address of a web page: {web_url!r}")
    # Every odd piece is the name of a slot, where the token goes.
    pieces = mime.slots(wire.mark).split(_below_the_readers_lines(wire))
    unknown = set(pieces[1::2]) - {b"UNSUBSCRIBE"}
    if unknown or any(wire.mark.encode() in piece for piece in pieces):
        raise ValueError(f"a slot that nobody fills: {sorted(unknown)}")
    mould = Mould(
        pieces=tuple(pieces),
        mail_from=address.wire(sender.bounce_address or sender.address),
        domain=address.a_label(sender.domain),
        link=link,
        seed=wire.boundary,
    )
    widest = Recipient(0, 0, "reader@reader.example", "", "x" * 75)
    flaws = mime.flaws(compose(mould, widest, datetime(2000, 1, 1, tzinfo=UTC)).message)
    if flaws:
        raise ValueError(f"the message can't be sent: {'; '.join(flaws)}")
    return mould


def compose(mould: Mould, recipient: Recipient, date: datetime) -> Envelope:
    """Make one reader's message. Preview and real send both come from here.

    The Message-ID follows from the delivery, so that a second copy can be recognised. Raises
    ValueError for a token that isn't 1 to 75 of [A-Za-z0-9._-], and for an address that
    `address.parse` refuses.
    """
    token = recipient.unsubscribe
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"no token that can stand in a message: {token!r}")
    rcpt_to = address.wire(recipient.email)
    name = f"{recipient.edition}.{recipient.delivery}"
    tag = hashlib.sha256(f"{mould.seed} {name} {rcpt_to}".encode()).hexdigest()[:12]
    message_id = f"<{name}.{tag}@{mould.domain}>"
    pieces = list(mould.pieces)
    pieces[1::2] = [token.encode()] * (len(pieces) // 2)
    own_lines = (
        f"Date: {mime.date(date)}\r\n".encode(),
        mime.mailbox("To", recipient.name[:_NAME], rcpt_to),
        f"Message-ID: {message_id}\r\n"
        f"List-Unsubscribe: <{mould.link}{token}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode(),
    )
    return Envelope(
        delivery=recipient.delivery,
        mail_from=mould.mail_from,
        rcpt_to=rcpt_to,
        message=b"".join((*own_lines, *pieces)),
        message_id=message_id,
        date=date,
    )


def _boundary(text: bytes, html: bytes, mark: str) -> str:
    """The same for the same content, whatever its mark; "=_" never occurs in quoted-printable."""
    content = b"\0".join((text, html)).replace(mark.encode(), b"")
    return f"=_{hashlib.sha256(content).hexdigest()[:32]}"


def _below_the_readers_lines(wire: Wire) -> bytes:
    """The shared header lines and the two parts, plain text first (RFC 2046, 5.1.4)."""
    parts = b"".join(
        b"--%b\r\n"
        b"Content-Type: text/%b; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"%b\r\n" % (wire.boundary.encode(), kind, body)
        for kind, body in ((b"plain", wire.text), (b"html", wire.html))
    )
    return b"%b\r\n%b--%b--\r\n" % (wire.head, parts, wire.boundary.encode())
