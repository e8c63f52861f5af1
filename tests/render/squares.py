"""A font of rectangles, so that a picture of a page is the same wherever it is taken.

Each letter is a block: a tall one for capitals, digits and the like, else a low one. Which fonts a
machine has, and how it smooths their edges, then makes no difference; sizes, spaces, colours and
line breaks still show.
"""

import base64
import html
import struct
from collections.abc import Iterable
from functools import cache

UNITS = 1000
ASCENT, DESCENT = 800, 200
LOW, TALL, BLANK = 1, 2, 3


def font_face(page: str, wider: int = 0) -> str:
    """A style sheet that sets a page of HTML in squares, `wider` by thousandths of their height.

    It knows the letters of the page, what capitals and small letters a style makes of them, and the
    signs of lists.
    """
    letters = set(html.unescape(page))
    letters |= {*"".join(letters).upper(), *"".join(letters).lower(), *"•◦▪…"}
    text = "".join(sorted(letters))
    faces = "".join(
        f"@font-face{{font-family:Squares;font-weight:{weight};"
        f"src:url(data:font/ttf;base64,{base64.b64encode(font(text, extra)).decode()})}}"
        for weight, extra in ((400, wider), (700, wider + 40))
    )
    return f"<style>{faces}*{{font-family:Squares !important;font-style:normal !important}}</style>"


@cache
def font(text: str, wider: int = 0) -> bytes:
    """A TrueType font (OpenType 1.9) with a block for every character."""
    widths = (560, 500 + wider, 580 + wider, 260)
    glyphs = [_block(widths[0], 700), _block(widths[1], 480), _block(widths[2], 700), b""]
    starts = [0]
    for glyph in glyphs:
        starts.append(starts[-1] + len(glyph))
    box = (0, 0, UNITS, ASCENT)
    tables = {
        b"OS/2": _os2(text),
        b"cmap": _cmap(sorted({ord(char) for char in text} | {32, 65})),
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 11, UNITS, 0, 0, *box, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH",
            *(0x00010000, ASCENT, -DESCENT, 0, max(widths), 0, 0, UNITS, 1, *[0] * 7, len(glyphs)),
        ),
        b"hmtx": b"".join(struct.pack(">Hh", width, 40) for width in widths),
        b"loca": b"".join(struct.pack(">I", start) for start in starts),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, len(glyphs), 4, 1, 0, 0, 2, *[0] * 8),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _block(width: int, height: int) -> bytes:
    """A rectangle from the base line up; a twelfth of the letter stays free beside it."""
    left, right = 40, width - 40
    outline = struct.pack(">hhhhh", 1, left, 0, right, height) + struct.pack(">HH", 3, 0)
    steps = ((left, 0), (0, height), (right - left, 0), (0, -height))
    flags = bytes([1] * 4)
    across, up = (b"".join(struct.pack(">h", step[n]) for step in steps) for n in (0, 1))
    glyph = outline + flags + across + up
    return glyph + bytes(-len(glyph) % 4)


def _glyph(code: int) -> int:
    char = chr(code)
    if char.isspace():
        return BLANK
    return TALL if char.isupper() or char.isdigit() or char in "bdfhklt" else LOW


def _cmap(codes: Iterable[int]) -> bytes:
    """Each character by itself (format 12), as two of them have one glyph."""
    groups = b"".join(struct.pack(">III", code, code, _glyph(code)) for code in codes)
    count = len(groups) // 12
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, count) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _os2(text: str) -> bytes:
    codes = sorted(min(ord(char), 0xFFFF) for char in f"{text} A")
    return struct.pack(
        ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHIIhhHHH",
        *(4, 520, 400, 5, 0, *[0] * 10, 0, bytes(10), 0, 0, 0, 0, b"TEST", 64, codes[0], codes[-1]),
        *(ASCENT, -DESCENT, 0, ASCENT, DESCENT, 0, 0, 480, 700, 0, 32, 0),
    )


def _name() -> bytes:
    text = "Squares".encode("utf-16-be")
    records = b"".join(
        struct.pack(">HHHHHH", 3, 1, 0x409, number, len(text), 0) for number in (1, 2, 4, 6)
    )
    return struct.pack(">HHH", 0, 4, 6 + len(records)) + records + text


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * (count - (1 << power)))
    entries, bodies, offset = b"", b"", 12 + 16 * count
    for tag, body in sorted(tables.items()):
        padded = body + bytes(-len(body) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        entries += struct.pack(">4sIII", tag, checksum, offset, len(body))
        bodies += padded
        offset += len(padded)
    return head + entries + bodies
