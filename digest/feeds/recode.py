"""Feeds in whatever encoding, made UTF-8. What they say of themselves is often wrong."""

import codecs
import re

from digest.feeds.files import damaged

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_SAID = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,20})", re.IGNORECASE)
_DECLARED = re.compile(
    r"(\A\s*<\?xml\b[^>]{0,100}?)\s+encoding\s*=\s*[\"']([\w.:-]{2,20})[\"']", re.IGNORECASE
)


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return a feed in UTF-8, without a declaration that says something else."""
    return _DECLARED.sub(r"\1", _text(body, content_type), count=1).encode("utf-8", "replace")


def _text(body: bytes, content_type: str) -> str:
    """Decode by byte order mark; as UTF-8 if it is; by what the server or the feed says."""
    for mark, encoding in _BOMS:
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
    return damaged(body)
