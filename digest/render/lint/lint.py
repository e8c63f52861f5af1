"""Static checks of a finished message: what mail clients, readers and spam filters ask of it.

The ids are those of docs/reference/lint.md, which is written from here.
"""

from email import message_from_bytes, policy
from email.message import Message
from typing import NamedTuple

from digest.render.lint import content_checks, document_checks, mime_checks, style_checks
from digest.render.lint.findings import Check, Document, Finding

_MODULES = (document_checks, style_checks, content_checks, mime_checks)
_LETTERS = "DASCILPMTH"
CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (check for module in _MODULES for check in module.CHECKS),
        key=lambda check: (_LETTERS.index(check.id[0]), int(check.id[1:])),
    )
)
"""In the order of docs/reference/lint.md."""


class Elsewhere(NamedTuple):
    """A check that the message's bytes can't answer, and what does."""

    id: str
    what: str
    by: str


ELSEWHERE = (
    Elsewhere("D1", "browsers read it in standards mode, too", "Chromium"),
    Elsewhere("A13", "text stands out from its ground, in light and dark", "axe"),
    Elsewhere("A14", "links are told from text without colour", "axe"),
    Elsewhere("A15", "targets are large enough for a thumb", "axe, Chromium"),
    Elsewhere("C14", "inlining changes the look of no element, in 5 views", "Chromium"),
    Elsewhere("C15", "it looks the same and scrolls one way without style sheets", "Chromium"),
    Elsewhere("X1", "no fault by WCAG 2.2 A and AA on desktop, phone and in the dark", "axe"),
    Elsewhere("X2", "no fault in the markup", "html-validate"),
    Elsewhere("X3", "89 of 100 points by Mailpit's formula or more", "caniemail's data"),
    Elsewhere("X4", "-0.5 points or fewer by local rules", "SpamAssassin"),
    Elsewhere("X5", "nothing collapses where images are blocked", "Chromium"),
)
"""What scripts/quality looks at, in a browser or with another program."""


def lint_message(message: bytes) -> list[Finding]:
    """Everything wrong with a message as it is sent (RFC 5322), hard findings first.

    Its slots are filled: a finished message of one reader. Bytes that are no message are findings.
    Of a message that is plain text alone, only what is around an HTML part is looked at.
    """
    document = parse_message(message)
    known = mime_checks.CHECKS if document.text_only else CHECKS
    found = [finding for check in known for finding in check.findings(document)]
    return sorted(found, key=lambda finding: not finding.hard)


def parse_message(message: bytes) -> Document:
    """Take a message apart. What isn't there is empty."""
    parsed = message_from_bytes(message)
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    headers: dict[str, list[str]] = {}
    for name, value in parsed.items():
        headers.setdefault(name.lower(), []).append(str(value))
    return Document(
        html=_first(parts, "text/html"),
        text=_first(parts, "text/plain"),
        subject=_decoded("Subject", (headers.get("subject") or [""])[0]),
        headers=headers,
        kinds=(parsed.get_content_type(), *(part.get_content_type() for part in parts)),
        source=message,
    )


def _first(parts: list[Message], kind: str) -> str:
    for part in parts:
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return _text(content, part.get_content_charset("utf-8")).replace("\r\n", "\n")
    return ""


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _decoded(name: str, value: str) -> str:
    return str(policy.default.header_factory(name, " ".join(value.split())))
