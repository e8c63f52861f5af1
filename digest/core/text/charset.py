"""Which encoding a text is in."""

import codecs
import re
from collections.abc import Callable, Iterable

_BEYOND = re.compile(rb"[\x80-\xff]+")
_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def encoding(chunks: Callable[[], Iterable[bytes]]) -> str:
    """The name of an encoding for these bytes: UTF-16 by its mark, else UTF-8, else Windows-1252.

    All of it decides, since the first letter beyond ASCII may come late. A text in UTF-8 with a few
    stray bytes is still in UTF-8. `chunks` is called once or twice.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    start = True
    try:
        for chunk in chunks():
            if start and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            start = False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        beyond = sequences = 0
        for chunk in chunks():
            beyond += len(_BEYOND.findall(chunk))
            sequences += len(_SEQUENCE.findall(chunk))
        return "utf-8-sig" if 2 * sequences >= beyond else "cp1252"
    return "utf-8-sig"
