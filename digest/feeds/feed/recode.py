"""Feeds in whatever encoding, made UTF-8. What they say of themselves is often wrong."""

import re

from digest.feeds.html.charset import MARKS, decode_damaged

_SAID = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,20})", re.IGNORECASE)
_DECLARED = re.compile(
    r"(\A\s*<\?xml\b[^>]{0,100}?)\s+encoding\s*=\s*[\"']([\w.:-]{2,20})[\"']", re.IGNORECASE
)

# What XML has no place for, raw or by number: it breaks the parser, or the entry that it is in.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:x([0-9a-f]{1,9})|([0-9]{1,10}));?", re.IGNORECASE)


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return a feed in UTF-8, without a declaration that says something else, and without
    characters that are none.
    """
    text = _NO_TEXT.sub("", _DECLARED.sub(r"\1", _text(body, content_type), count=1))
    return _NUMBER.sub(_checked, text).encode("utf-8", "replace")


def _checked(reference: re.Match[str]) -> str:
    """Return a reference to a character as it is, or "" if there is no such character."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "" if number > 0x10FFFF or _NO_TEXT.match(chr(number)) else reference[0]


def _text(body: bytes, content_type: str) -> str:
    """Decode by byte order mark; as UTF-8 if it is; by what the server or the feed says."""
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    said = _SAID.search(content_type)
    declared = _DECLARED.match(body[:300].decode("latin-1"))
    named = [found for found in (said and said[1], declared and declared[2]) if found]
    # Encodings that switch by escapes look like ASCII.
    first = named if b"\x1b" in body else ["utf-8", *named]
    for encoding in first:
        try:
            return str(body, encoding)
        except (UnicodeError, LookupError):
            continue
    return decode_damaged(body)
