"""Bytes of a file or a page to text: byte order marks, declared charsets, damaged UTF-8."""

import codecs
import re
from contextlib import suppress

from digest.errors import ArticleError

MARKS = (
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
"""What a text begins with, and the encoding that it is in then."""
_FORMATS = (
    (b"%PDF", "a PDF; save its text as .txt"),
    (b"PK\x03\x04", "an office document or zip file; save its text as .txt"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"{\\rtf", "an RTF document; save its text as .txt"),
)
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE
)
_CHARSET_SAID = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,20})", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, *, is_page: bool = False) -> str:
    """Return the text of a file: by its byte order mark, a page's own charset, UTF-8, or cp1252.

    Raises ArticleError if it is not text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for mark, what in _FORMATS:
        if data.startswith(mark):
            raise ArticleError(what)
    if b"\0" in data or len(_CONTROL.findall(data)) > len(data) / 100:
        raise ArticleError("not a text file")
    declared = _CHARSET.search(data[:4096]) if is_page else None
    named = declared[1].decode("ascii") if declared else "utf-8"
    # Whatever could be read so far is no UTF-16 or UTF-32, whatever it says.
    for encoding in ("utf-8" if named.lower().startswith(("utf-16", "utf-32")) else named, "utf-8"):
        try:
            return str(data, encoding)
        except (UnicodeError, LookupError):
            continue
    return decode_damaged(data)


def decoded(data: bytes, content_type: str) -> str:
    """Return the text of a page that a server sent: UTF-8 if it is, else as either of them says.

    Raises ArticleError if it is not text.
    """
    said = _CHARSET_SAID.search(content_type)
    with suppress(UnicodeError, LookupError):
        return str(data, "utf-8-sig")
    with suppress(UnicodeError, LookupError):
        if said and b"\0" not in data:
            return str(data, said[1])
    return decode(data, is_page=True)


def decode_damaged(data: bytes) -> str:
    """Decode what is not quite UTF-8: as UTF-8 if most of it is, else as cp1252."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    return text if good > bad else data.decode("cp1252", "replace")
