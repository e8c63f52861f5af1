"""The bytes of a message: header lines, quoted-printable bodies, and what is wrong with them.

Everything is serialised here and never again: the bytes that are checked and signed are the bytes
that are sent. Header text is cleaned here too, so that nothing written in a feed becomes a header,
whatever Python's own email package would make of it.
"""

import binascii
import codecs
import functools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from digest.core.text import email_address

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("", "Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}")
_VISIBLE = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_UNWANTED = re.compile(  # controls, marks that turn the direction of text, half characters
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_WORD = 60
"""An ASCII word up to this length stays readable: it fits beside the name of any header field."""

_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
_Q = {byte: chr(byte) if byte in _SAFE else f"={byte:02X}" for byte in range(256)} | {32: "_"}
"""The Q encoding in its narrowest form, which is right in a phrase too (RFC 2047, 5 (3))."""


# ---------------------------------------------------------------- header lines


def clean_header(text: str) -> str:
    """Text as it may stand in a header: one line, visible, and no encoded-word in disguise."""
    text = " ".join(_UNWANTED.sub("", " ".join(text.split())).split())
    return text.replace("=?", "= ?")


def unstructured(field: str, text: str) -> bytes:
    """A header line of free text, folded (RFC 5322, 2.2.3) and encoded (RFC 2047) where needed."""
    words = clean_header(text).split(" ")
    hard = [n for n, word in enumerate(words) if not word.isascii() or len(word) > _WORD]
    if not hard:
        return _fold(field, words)
    first, last = hard[0], hard[-1] + 1
    run = encoded_words(" ".join(words[first:last]), 75 if first else _room(field))
    return _fold(field, [*words[:first], *run, *words[last:]])


def mailbox_header(field: str, name: str, address: str) -> bytes:
    """A header line with one mailbox: `From: The Harbour Review <weekly@harbour.example>`.

    The domain is written in ASCII. A local part beyond ASCII stays as it is, in UTF-8, which needs
    SMTPUTF8 (RFC 6532). Raises ValueError for an address that `address.parse` refuses.
    """
    address = email_address.wire(address)
    if not name or not (name := clean_header(name)):
        return _fold(field, [address])
    quoted = phrase(name)
    fits = quoted and len(quoted) <= _room(field)
    words = [quoted] if fits else encoded_words(name, _room(field))
    return _fold(field, [*words, f"<{address}>"])


def verbatim(field: str, value: str) -> bytes:
    """A header line that is neither folded nor encoded, as machines want to read it.

    Raises ValueError unless the value is visible ASCII with single spaces and the line fits.
    """
    if not _VISIBLE.fullmatch(value):
        raise ValueError(f"{field} can hold only visible ASCII: {value!r}")
    line = f"{_checked(field)}: {value}\r\n".encode("ascii")
    if len(line) > 1000:
        raise ValueError(f"{field} is longer than a line of mail can be ({len(line) - 2} octets)")
    return line


def phrase(name: str) -> str:
    """A name in front of <...> (RFC 5322, 3.2.5), or "" where it can't be written in ASCII."""
    name = clean_header(name)
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if name and name.isascii() else ""


def date(moment: datetime) -> str:
    """A date as headers have it (RFC 5322, 3.3), in any locale. `moment` is aware."""
    return _date(moment.replace(microsecond=0))


@functools.lru_cache(maxsize=64)
def _date(moment: datetime) -> str:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a date in a header needs its time zone")
    minutes = abs(offset) // timedelta(minutes=1)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month]} {moment.year:04}"
        f" {moment.hour:02}:{moment.minute:02}:{moment.second:02}"
        f" {'-' if offset < timedelta(0) else '+'}{minutes // 60:02}{minutes % 60:02}"
    )


def encoded_words(text: str, first: int = 75) -> list[str]:
    """Text in RFC 2047's Q or B encoding, whichever is shorter, in words of 75 characters or less.

    `first` is the room for the first word. No character is cut in two.
    """
    units = ["".join(map(_Q.__getitem__, char.encode())) for char in text]
    q = [
        f"=?utf-8?q?{''.join(units[run])}?="
        for run in _runs([len(unit) for unit in units], first - 12, 63)
    ]
    b = [
        f"=?utf-8?b?{binascii.b2a_base64(text[run].encode(), newline=False).decode('ascii')}?="
        for run in _runs([len(char.encode()) for char in text], (first - 12) // 4 * 3, 45)
    ]
    return min(q, b, key=lambda words: len(" ".join(words)))


def _runs(sizes: list[int], first: int, rest: int) -> Iterator[slice]:
    """Cut a row of sizes into runs whose sums stay within the room for the first and the rest."""
    start, filled, room = 0, 0, first
    for n, size in enumerate(sizes):
        if filled + size > room and n > start:
            yield slice(start, n)
            start, filled, room = n, 0, rest
        filled += size
    yield slice(start, len(sizes))


def _room(field: str) -> int:
    """What fits beside the field's name on a line of 76."""
    return 74 - len(field)


def _fold(field: str, tokens: list[str]) -> bytes:
    """Join tokens by spaces, breaking before the one that would make a line too long."""
    most = 76 if any(token.startswith("=?") for token in tokens) else 78
    lines = [f"{_checked(field)}:"]
    for n, token in enumerate(tokens):
        if n and len(lines[-1]) + 1 + len(token) > most:
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines).encode() + b"\r\n"


def _checked(field: str) -> str:
    if not _FIELD.fullmatch(field):
        raise ValueError(f"no header field can be called {field!r}")
    return field


# ---------------------------------------------------------------- bodies

_MARK = re.compile(r"[A-Za-z0-9]{8,40}")
_CONTROLS = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n")
_AS_OCTETS = "digest.core.message.mime"
_LINE = 75  # octets of a line before the "=" that ends it
_SIMPLE = re.compile(r"(?!\.|From )[!-<>-~](?:[ -<>-~]{0,73}[!-<>-~])?")
"""A short stretch of one line that is the same when it is encoded."""
_SHY = (b".", b"From ")
"""What begins a line and has to be encoded, or something on the way would change it."""
_TRAILING = re.compile(rb"[ \t]$", re.MULTILINE)
_STRETCH = re.compile(rb"(?:(?=\.|From ).{1,73}|.{1,75})(?<!=)(?<!=.)")


@lru_cache(maxsize=16)
def slot_pattern(mark: str) -> re.Pattern[bytes]:
    """What finds a slot in encoded bytes; its first group is the slot's NAME."""
    if not _MARK.fullmatch(mark):
        raise ValueError(f"a mark is 8 to 40 of [A-Za-z0-9], not {mark!r}")
    return re.compile(mark.encode() + rb"([A-Y]{1,30})Z")


def quoted_printable(text: str, mark: str) -> bytes:
    """Encode a body once and for all (RFC 2045, 6.7): CRLF, lines of at most 76 octets.

    No line begins with a dot or "From ", so that nothing on the way needs to change it. Each slot
    stands alone on a line, where any 75 or fewer of [A-Za-z0-9._-] can take its place, if the
    first is no dot. Controls are dropped, and half a surrogate pair becomes U+FFFD.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    slot = slot_pattern(mark)
    if mark not in text:
        plain = binascii.b2a_qp(_utf8(text).translate(None, _CONTROLS)).replace(b"\n", b"\r\n")
        if not (plain.startswith(_SHY) or b"\n." in plain or b"\nFrom " in plain):
            return plain
    encoded_mark = mark.encode()
    body = text.replace("=", "=3D").encode("ascii", _AS_OCTETS).translate(None, _CONTROLS)
    if b" \n" in body or b"\t\n" in body or body.endswith((b" ", b"\t")):
        body = _TRAILING.sub(lambda last: b"=20" if last[0] == b" " else b"=09", body)
    lines = body.split(b"\n")
    for n, line in enumerate(lines):
        if len(line) > 76 or line.startswith(_SHY) or encoded_mark in line:
            lines[n] = b"=\r\n".join(_stretches(line, slot))
    return b"\r\n".join(lines)


def inset(text: str, mark: str) -> bytes:
    """The same for a stretch of a body, to be joined with others: it ends where a line does.

    If the text itself ends no line, a soft line break does it.
    """
    if len(text) <= _LINE and _SIMPLE.fullmatch(text) and mark not in text:
        return text.encode("ascii") + b"=\r\n"
    encoded = quoted_printable(text, mark)
    if not encoded or encoded.endswith(b"\r\n"):
        return encoded
    whole, last = encoded[: (cut := encoded.rfind(b"\n") + 1)], encoded[cut:]
    if len(last) == 76:  # full, with no room for the "=" of a soft break
        at = 73 - (1 if last[72:73] == b"=" else 2 if last[71:72] == b"=" else 0)
        last = last[:at] + b"=\r\n" + _shielded(last[at:])
    return whole + last + b"=\r\n"


def _stretches(line: bytes, slot: re.Pattern[bytes]) -> Iterable[bytes]:
    """One line of text as lines of at most 75 octets, each slot on one of its own."""
    if slot.search(line):
        return _around_slots(line, slot)
    stretches = _STRETCH.findall(line)
    return [_shielded(one) if one[0] in b".F" else one for one in stretches]


def _around_slots(line: bytes, slot: re.Pattern[bytes]) -> Iterator[bytes]:
    end = 0
    for found in slot.finditer(line):
        yield from map(_shielded, _STRETCH.findall(line, end, found.start()))
        yield found[0]
        end = found.end()
    yield from map(_shielded, _STRETCH.findall(line, end))


def _shielded(stretch: bytes) -> bytes:
    if stretch.startswith(_SHY):
        return b"=%02X" % stretch[0] + stretch[1:]
    return stretch


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _octets(fault: UnicodeError) -> tuple[bytes, int]:
    """What stands for characters beyond ASCII: "=C3=A9". A codec calls this where it meets some."""
    assert isinstance(fault, UnicodeEncodeError)
    octets = _utf8(fault.object[fault.start : fault.end])
    return b"=" + octets.hex("=").upper().encode(), fault.end


codecs.register_error(_AS_OCTETS, _octets)


# ---------------------------------------------------------------- checking


def is_wire_ready(message: bytes) -> bool:
    """Whether SMTP takes these lines as they are: each ends in CRLF, and none begins with a dot."""
    ends = message.count(b"\r\n")
    whole = message.endswith(b"\r\n") and message.count(b"\r") == ends == message.count(b"\n")
    return whole and not message.startswith(b".") and b"\n." not in message


def flaws(message: bytes) -> tuple[str, ...]:
    """Everything in a message that a server or a reader's program could stumble over, as sentences.

    RFC 5321, 4.5.3.1.6 and RFC 5322, 2.1.1 and 2.3. Empty for a sound message.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    ends = {message.count(b"\r\n"), message.count(b"\r"), message.count(b"\n")}
    checks = (
        (len(ends) > 1, "a line ends in a bare CR or LF"),
        (not message.endswith(b"\r\n"), "the last line has no end"),
        (b"\0" in message, "there is a NUL in it"),
        (not message.isascii(), "it is not 7-bit"),
        (max(map(len, head.split(b"\r\n"))) > 998, "a header line is longer than 998 octets"),
        (max(map(len, body.split(b"\r\n"))) > 76, "a line of the body is longer than 76 octets"),
        (b"\n." in message, "a line begins with a dot"),
    )
    return tuple(flaw for wrong, flaw in checks if wrong)
