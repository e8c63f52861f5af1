"""Which blocks of a page ask the reader to subscribe, and are no part of the article.

A pitch begins with a plain request or a button ("Subscribe to …", "[Sign up]") and goes on while
the blocks speak like one. Around it stands the article, so a paragraph that reports something
("said", "was") is the article's own, however often it says "subscription".
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import takewhile

from digest.core.text import prose
from digest.feeds.article.languages.english import ENGLISH
from digest.feeds.article.languages.language import Language
from digest.feeds.article.phrases import any_of, opening, spoken, whole
from digest.feeds.html.blocks import LISTS, ArticleBlock

_HEADING = re.compile(rf"{any_of('pitch_heading')}|{any_of('furniture')}", re.IGNORECASE)
_PITCH_HEADING = re.compile(any_of("pitch_heading"), re.IGNORECASE)
_BUTTON = re.compile(any_of("button"), re.IGNORECASE)
_LONGEST = 500  # characters of one block of a pitch
_HEADLINE = 80
_MOST = 60  # blocks of one pitch
_AHEAD = 3  # blocks without a clear mark that may stand between two that have one


class _Mark(IntEnum):
    REPORT = 1  # reports something: the article's own
    NONE = 2
    OFFER = 3  # speaks of something to get
    VOICE = 4  # speaks to the reader
    BOTH = 5
    CLEAR = 6  # a request with an offer, or a button: begins a pitch


def pitches(
    blocks: Sequence[ArticleBlock | None], over: int, language: Language = ENGLISH
) -> set[int]:
    """Return the numbers of the blocks that belong to pitches.

    None stands for a block that is known to be something else; it ends a pitch. `over` is the
    number from which the article is at its end (its related articles have been listed): there,
    a pitch may have parts that don't sound like one. `language` is that of the page.
    """
    marks = [_mark(block, language) if block else None for block in blocks]
    found: set[int] = set()
    for start, (block, mark) in enumerate(zip(blocks, marks, strict=True)):
        if block and mark == _Mark.CLEAR and start not in found:
            ahead = marks[start : start + _MOST]
            region = [one for one in takewhile(lambda one: one is not None, ahead) if one]
            titled = len(block.text) <= _HEADLINE and block.text[-1:] not in {".", "!"}
            length = _length(region, titled, start >= over)
            if length == 1 and len(region) > 1 and not _is_certain(block, language):
                continue  # a paragraph among others, that only sounds a little like one
            found |= set(range(start, start + length))
            found |= set(_above(blocks, marks, start, over, language))
    return found


def _above(
    blocks: Sequence[ArticleBlock | None],
    marks: Sequence[_Mark | None],
    start: int,
    over: int,
    page: Language,
) -> Iterator[int]:
    """Yield the blocks right above the beginning of a pitch that are of it, too."""
    begins = blocks[start]
    button = begins is not None and bool(_BUTTON.fullmatch(begins.text.strip()))
    for number in range(start - 1, -1, -1):
        mark = marks[number] or _Mark.REPORT
        if not (
            (button and mark == _Mark.BOTH)
            or (number > over and mark >= _Mark.OFFER)
            or (number == start - 1 and _heads(blocks[number], page))
        ):
            return
        yield number


def _heads(block: ArticleBlock | None, page: Language) -> bool:
    """Whether the block above a pitch is its headline, such as "Full access for $1 a week"."""
    text = block.text.strip() if block else ""
    if not text or len(text) > _HEADLINE or prose.is_sentence(text):
        return False
    offers = whole("offer", spoken(text, page).code).findall(text)
    return bool(_PITCH_HEADING.fullmatch(text)) or len({found.lower() for found in offers}) > 1


def _is_certain(block: ArticleBlock, page: Language) -> bool:
    """Whether a block asks for something so plainly that nothing around it has to."""
    text = block.text.strip()
    if block.links or _BUTTON.fullmatch(text):
        return True
    code = spoken(text, page).code
    offers = whole("offer", code)
    if offers.match(text) or whole("address", code).search(text):
        return True
    return len({found.lower() for found in offers.findall(text)}) > 1


def begins_pitch(block: ArticleBlock, language: Language = ENGLISH) -> bool:
    """Whether a block is a clear request to subscribe, or the button of one."""
    return _mark(block, language) == _Mark.CLEAR


def is_whole_pitch(blocks: Sequence[ArticleBlock | None], found: set[int], number: int) -> bool:
    """Whether a block is a whole pitch by itself, no button, and so could be a headline too."""
    if number not in found or {number - 1, number + 1} & found:
        return False
    block = blocks[number]
    return block is not None and not _BUTTON.fullmatch(block.text)


def _length(region: list[_Mark], titled: bool, over: bool) -> int:
    """Return how many blocks a pitch has that begins with the first of `region`."""
    if over and 2 * sum(mark <= _Mark.NONE for mark in region) <= len(region):
        return len(region)
    length = 1
    while length < len(region):
        ahead = region[length : length + _AHEAD + 1]
        step = next((n for n, mark in enumerate(ahead, 1) if mark >= _Mark.BOTH), 0)
        least = _Mark.NONE if titled else _Mark.OFFER
        if step and all(mark >= least for mark in ahead[: step - 1]):
            length += step
        elif all(mark >= _Mark.OFFER for mark in region[length:]):
            return len(region)
        else:
            break
    return length


def _mark(block: ArticleBlock, page: Language) -> _Mark:
    """Mark a block by the words of its own language, or of the page's if it is too short."""
    text = block.text.strip()
    if _BUTTON.fullmatch(text):
        return _Mark.CLEAR
    if _HEADING.fullmatch(text):
        return _Mark.BOTH
    if block.tag in LISTS:
        return _list_mark(text)
    code = spoken(text, page).code
    if len(text) > _LONGEST or whole("narrative", code).search(text):
        return _Mark.REPORT
    offer = bool(whole("offer", code).search(text))
    if offer and opening("pitch", code).match(text):
        return _Mark.CLEAR
    voice = opening("invitation", code).match(text) or whole("address", code).search(text)
    return _Mark(_Mark.NONE + offer + 2 * bool(voice))


def _list_mark(text: str) -> _Mark:
    items = text.splitlines()
    if any(len(item.split()) > 10 for item in items):
        return _Mark.REPORT
    return _Mark.BOTH if whole("offer").search(text) else _Mark.VOICE
