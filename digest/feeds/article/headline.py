"""Title, authors and date of an article, found among the blocks of its page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from digest.core.articles.identity import clean_authors
from digest.core.text import prose
from digest.feeds.article.byline import ParsedByline, author_names_in
from digest.feeds.html.blocks import ArticleBlock

_MOST = 12  # blocks before the text, among which the title is looked for
_TAIL = 3  # blocks at the end, where a lone date may still be the article's
_LONGEST = 200
_PROSE = 100  # characters from which a line is prose even if it doesn't end as a sentence
_PROSE_WORDS = 25
_HEADING = re.compile(r"h[1-6]")
_SHORTENED = re.compile(r"(?:\b[^\W\d_]\.){2,}\Z|\.{3}\Z|…\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above an article. Fields are empty where unknown."""

    title: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None


class Title(NamedTuple):
    """Which block is the title (None if no block is), and which are section names above it."""

    number: int | None
    kickers: tuple[int, ...] = ()


def folded(text: str) -> str:
    """Return a line for comparing: its words without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def is_prose(block: ArticleBlock) -> bool:
    """Whether a block is running text rather than a headline, a label or a list."""
    text = block.text.strip()
    if block.tag not in {"p", "blockquote"}:
        return False
    long = prose.count_words(text) >= _PROSE_WORDS or len(text) >= _PROSE
    return long or (prose.is_sentence(text) and prose.count_words(text) >= 4)


def find_title(
    blocks: Sequence[ArticleBlock], free: set[int], known: str, around: str, *, headings: bool
) -> Title:
    """Find the title among the blocks that are `free`: the first headline before the text.

    With `headings` a heading there goes before a mere line, as an h1 always does. A line that is
    also `around` the article (folded: in its pitches and the like) is the name of the site.
    """
    if known:
        same = [n for n in sorted(free)[:_MOST] if folded(blocks[n].text) == folded(known)]
        return Title(same[0] if same else None)
    above = list(_headlines(blocks, free))
    marked = [n for n in above if headings and _HEADING.fullmatch(blocks[n].tag)]
    first = [n for n in above if blocks[n].tag == "h1"] or marked or above
    chosen = first[0] if first else None
    for number, following in pairwise(first):
        if chosen != number or not _is_kicker(blocks[number], blocks[following], around):
            break
        chosen = following
    if chosen is None:
        later = (n for n in sorted(free) if _HEADING.fullmatch(blocks[n].tag))
        return Title(next(later, None))
    over = [number for number in above if number < chosen]
    labels = (
        n for n in over if prose.count_words(blocks[n].text) <= 3 or _is_in(around, blocks[n])
    )
    return Title(chosen, tuple(labels))


def find_byline(
    blocks: Sequence[ArticleBlock],
    lines: Sequence[ParsedByline | None],
    free: set[int],
    head: Head,
    start: int,
) -> tuple[Head, set[int]]:
    """Complete `head` from the lines that were read as bylines; say which of them to leave out.

    Above the text (up to its first paragraph after block `start`) every one counts. Further down
    it has to repeat what is known, or be the only one.
    """
    said = [None if line and line.loose else line for line in lines]
    text = (n for n in sorted(free) if n > start and not lines[n] and is_prose(blocks[n]))
    begins = next(text, len(blocks))
    above = [n for n in range(begins) if said[n]]
    above += [n for n in _lone_names(blocks, lines, free, start, begins) if not head.authors]
    found = _merged([lines[n] or ParsedByline(author_names_in(blocks[n].text)) for n in above])
    head = _completed(head, found)
    used = set(above)
    printed = {folded(blocks[n].text) for n in above}
    for number in range(begins, len(blocks)):
        line = said[number]
        if line and folded(blocks[number].text) in printed:
            used.add(number)
        elif line and _repeats_or_completes(
            line, head, last=number >= len(blocks) - _TAIL or number - 1 in used
        ):
            head = _completed(head, line)
            used.add(number)
    if head.authors:
        same = {folded(name) for name in (*head.authors, " ".join(head.authors))}
        used |= {n for n in free if start < n < begins and folded(blocks[n].text) in same}
    return head, used


def _headlines(blocks: Sequence[ArticleBlock], free: set[int]) -> Iterator[int]:
    """Yield what may be the title: the headlines before the first paragraph of the text."""
    first = True
    for number in sorted(free)[:_MOST]:
        block = blocks[number]
        if _is_headline(block) or (first and _is_stated(number, blocks, free)):
            yield number
        elif is_prose(block):
            return
        first = False


def _is_stated(number: int, blocks: Sequence[ArticleBlock], free: set[int]) -> bool:
    """Whether a single sentence stands right above or below a byline, as a headline does."""
    text = blocks[number].text
    beside = any(0 <= n < len(blocks) and n not in free for n in (number - 1, number + 1))
    return beside and len(text) <= _PROSE and len(list(prose.sentences(text))) == 1


def _is_headline(block: ArticleBlock) -> bool:
    text = block.text.strip()
    if _HEADING.fullmatch(block.tag):
        return 0 < len(text) <= 2 * _LONGEST
    if block.tag != "p" or not 0 < len(text) <= _LONGEST or text.count("\n") > 1:
        return False
    return not text.endswith((".", "。", ":", ",", ";")) or bool(_SHORTENED.search(text))


def _is_kicker(block: ArticleBlock, following: ArticleBlock, around: str) -> bool:
    """Whether a line above a headline is the name of a section, a topic or the site."""
    words = prose.count_words(block.text)
    if words >= prose.count_words(following.text):
        return False
    label = words == 1 or block.linked or block.text.isupper()
    return (label and words <= 3) or (words <= 5 and _is_in(around, block))


def _is_in(around: str, block: ArticleBlock) -> bool:
    return f" {folded(block.text)} " in around


def _lone_names(
    blocks: Sequence[ArticleBlock],
    lines: Sequence[ParsedByline | None],
    free: set[int],
    start: int,
    begins: int,
) -> Iterator[int]:
    """Yield blocks between title and text that hold a name alone, with a date in them or below."""
    for number in range(start + 1, begins):
        here = lines[number]
        if here and here.loose and number in free:
            yield number
            continue
        below = lines[number + 1] if number + 1 < begins else None
        if number not in free or not below or below.authors or blocks[number].tag != "p":
            continue
        people = author_names_in(blocks[number].text)
        if people and all(2 <= len(name.split()) <= 3 for name in people):
            yield number


def _repeats_or_completes(line: ParsedByline, head: Head, *, last: bool) -> bool:
    if line.authors and head.authors:
        return {folded(n) for n in line.authors} == {folded(n) for n in head.authors}
    if line.authors:
        return line.explicit
    return last and head.published is None


def _merged(lines: list[ParsedByline]) -> ParsedByline:
    lines = sorted(lines, key=lambda line: not line.explicit)
    people = [line for line in lines if line.authors]
    explicit = [line for line in people if line.explicit] or people[:1]
    return ParsedByline(
        clean_authors(name for line in explicit for name in line.authors),
        next((line.published for line in lines if line.published), None),
    )


def _completed(head: Head, line: ParsedByline) -> Head:
    return replace(
        head,
        authors=head.authors or line.authors,
        published=head.published or line.published,
    )
