"""Text as people read it: cleaning, sentences, words, and a summary when a source has none."""

import re
import unicodedata
from collections.abc import Iterator

# Controls, soft hyphens, zero-width spaces, bidi overrides and isolates, interlinear marks, lone
# surrogates, private use, noncharacters and invisible tags. Joiners (ZWJ, ZWNJ) and the direction
# marks LRM and RLM stay: Persian, Hebrew and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Han, kana and bopomofo: no spaces between words, about two characters to a word.
CJK = "\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CJK += "\U00020000-\U0003ffff"
# Thai, Lao, Burmese and Khmer: no spaces either, about five characters to a word.
BRAHMIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_CJK = re.compile(f"[{CJK}]")
_BRAHMIC = re.compile(f"[{BRAHMIC}]")
UNSPACED = re.compile(f"[{CJK}{BRAHMIC}]")
"""A character of a script without spaces between words."""
_ASCII_WORD = re.compile(r"[A-Za-z0-9]++(?:['.\-_][A-Za-z0-9]++)*+")
_WORD = re.compile(rf"(?:(?![{CJK}{BRAHMIC}])[^\W_])+(?:[’'.\-_](?:(?![{CJK}{BRAHMIC}])[^\W_])+)*")

_CLOSERS = "\"'”’»)\\]“‘«"  # the last three close in German: „so.“ and »so.«
_STOP = re.compile(
    rf"(?<![.!?…؟।])[.!?…؟।]+(?:\s?»|[{_CLOSERS}])*(?=\s|\Z)|[。！？｡]+[」』”’）》]*"
)
_PERIOD = re.compile(rf"\.[{_CLOSERS}]*")
_ENDING = re.compile(rf"[.!?…。！？｡؟।](?:\s?»|[{_CLOSERS}」』）》])*\Z")
_LAST_WORD = re.compile(r"\S+\Z")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[¿¡]*([^\W_]+|\S)")

TEXT_WIDTH = 72
"""Width of plain text (RFC 3676, 4.2, asks for less than 79)."""

# Always followed by a name: never the end of a sentence.
_TITLES = re.compile(
    "adm|capt|cmdr|col|dr|fr|gen|gov|hon|lt|maj|messrs|mlle|mme|mr|mrs|ms|msgr|mt|pres|prof|rep|reps"
    "|rev|sen|sens|sgt|st|ste|supt|[A-Z]",
    re.IGNORECASE,
)
# Followed by more of the sentence, unless a word comes next that mostly begins one.
_SHORTENED = re.compile(
    "approx|ave|bros|ca|cf|co|corp|dept|eds?|est|etc|figs?|inc|jr|ltd|nos|op|pp?|sr|univ|vol|vs"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thur?s?|fri|sat|sun"
    "|ala|ariz|ark|calif|colo|conn|del|fla|ga|ill|ind|kan|ky|mass|md|mich|minn|miss|mo|mont|neb|nev"
    "|okla|ore|pa|tenn|tex|va|vt|wash|wis|wyo"
    r"|(?:[^\W\d_]\.)+[^\W\d_]"  # U.S, a.m, e.g
    "|[A-Z]-[A-Z][a-z]*",  # R-Fla
    re.IGNORECASE,
)
_STARTERS = re.compile(
    "a|after|an|and|as|at|but|for|he|her|his|however|i|if|in|it|its|many|now|on|one|our|she|so|some"
    "|that|the|their|then|there|these|they|this|those|we|when|while|yet|you",
    re.IGNORECASE,
)
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’\-]+"
_DATELINE = re.compile(
    rf"\A{_CAPITALS}(?:[ ,/]+{_CAPITALS})*"  # NEW YORK
    r"(?:, [A-Z][\w.]+){0,2}(?: \d{1,2})?(?:, \d{4})?"  # , Germany, March 3
    r"(?: ?\([^()]{1,40}\))?"  # (Wire)
    r"(?: ?[—–] ?| ?-- ?| - )(?=[\"'“‘«]?[A-ZÀ-ÖØ-Þ])"
)


def visible(text: str) -> str:
    """Return `text` without characters that nobody sees, with lines that end in LF."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return _UNSEEN.sub("", _LINE_END.sub("\n", text))


def tidy(text: str) -> str:
    """Return plain `text` without characters that nobody sees, in NFC, with LF line ends.

    Not for markup: NFC makes one character of `>` and a combining stroke.
    """
    return unicodedata.normalize("NFC", visible(text))


def one_line(text: str) -> str:
    """Return tidy `text` as one line with single spaces."""
    return " ".join(tidy(text).split())


def plain_paragraphs(body_text: str) -> list[str]:
    """Return the paragraphs of plain text (a blank line between them), each as one line."""
    return list(_paragraphs(body_text))


def _paragraphs(body_text: str) -> Iterator[str]:
    parts = re.split(r"\n[^\S\n]*\n", body_text)
    return (" ".join(part.split()) for part in parts if not part.isspace() and part)


def fill(text: str, width: int = TEXT_WIDTH) -> str:
    """Return one paragraph in lines of `width` columns; a word that is longer stays whole."""
    lines = []
    while len(text) > width:
        space = text.rfind(" ", 0, width + 1)
        if space < 0:
            space = text.find(" ", width)
        if space < 0:
            break
        lines.append(text[:space])
        text = text[space + 1 :]
    return "\n".join((*lines, text))


def count_words(text: str) -> int:
    """Count words; scripts without spaces by their characters, so that reading times stay fair."""
    if text.isascii():
        return len(_ASCII_WORD.findall(text))
    cjk, brahmic = len(_CJK.findall(text)), len(_BRAHMIC.findall(text))
    return len(_WORD.findall(text)) + (cjk + 1) // 2 + (brahmic + 4) // 5


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of one paragraph; joined as they are, they give the paragraph again."""
    start = 0
    for stop in _STOP.finditer(paragraph):
        if _ends(paragraph, start, stop):
            end = stop.end()
            while end < len(paragraph) and paragraph[end].isspace():
                end += 1
            yield paragraph[start:end]
            start = end
    if start < len(paragraph):
        yield paragraph[start:]


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    follows = _NEXT_WORD.match(text, stop.end())
    if stop[0][0] in "。！？｡" or follows is None:
        return True
    if follows[1][0].islower():
        return False
    if not _PERIOD.fullmatch(stop[0]):
        return True
    found = _LAST_WORD.search(text, max(start, stop.start() - 40), stop.start())
    last = found[0].lstrip("\"'“‘«([") if found else ""
    if last.lower() == "no":  # No. 5, but also: the answer is no.
        return not follows[1][0].isdigit()
    if _SHORTENED.fullmatch(last):
        return bool(_STARTERS.fullmatch(follows[1]))
    return not (stop[0] == "." and _TITLES.fullmatch(last))


def is_sentence(text: str) -> bool:
    """Whether `text` ends as a sentence does."""
    return bool(_ENDING.search(text.rstrip()[-12:]))


def summary(body_text: str, limit: int = 240) -> str:
    """Return the first whole sentences that fit in `limit` characters, else a cut that says so.

    Headings and list items are passed over where there is prose, and a dateline
    ("LONDON (Wire) — ") is left out.
    """
    taken = ""
    for paragraph in _prose(tidy(body_text[: 20 * limit])):
        told = paragraph if taken else _DATELINE.sub("", paragraph)
        for sentence in sentences(told):
            longer = taken + sentence
            if len(longer.rstrip()) > limit:
                return taken.rstrip() or shorten(sentence.rstrip(), limit)
            taken = longer
        if len(taken) >= limit / 3:
            break
        taken = taken.rstrip() + " "
    return taken.rstrip()


def _prose(body_text: str) -> Iterator[str]:
    """Yield the paragraphs that are prose, or else all of them. Few are looked at, mostly."""
    none = True
    for one in _paragraphs(body_text):
        if is_sentence(one) and count_words(one) > 3:
            none = False
            yield one
    if none:
        yield from _paragraphs(body_text)


def shorten(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, cut after a whole word and marked with "…"."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        space = max(head.rfind(" "), head.rfind("\n"))
        if space >= limit // 2:
            head = head[:space]
    while head and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head.rstrip(" \n,;:–—-([{“‘«") + "…"
