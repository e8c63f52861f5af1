"""From a rendered edition to one reader's message: encoded once, joined per reader."""

from dataclasses import dataclass
from datetime import datetime


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
