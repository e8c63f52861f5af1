"""Where one file holds several articles: between them, and never at a page break within one.

A page break repeats the byline of the article that it stands in. So a new article needs a headline
beside its byline, and a byline that is another than the last, or a rule across the page above it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from itertools import pairwise

from digest.core.articles.article import Item
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article.byline import ParsedByline
from digest.feeds.article.headline import Head, folded, is_prose
from digest.feeds.article.page_parts import byline_of, find_parts, is_furniture
from digest.feeds.article.photo_credit import credit
from digest.feeds.article.related_links import heads_list
from digest.feeds.article.subscription_pitch import begins_pitch
from digest.feeds.article.to_item import parts_to_item
from digest.feeds.html.blocks import LISTS, ArticleBlock

_HEAD = 4  # blocks at most between the byline and the text, and between a rule and the headline
_LONGEST = 160  # characters of a headline
_WORDS = 15  # an article has at least so many in sentences
_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class _Start:
    """Where an article begins, and what is known of it."""

    number: int
    title: str
    line: ParsedByline
    ruled: bool
    linked: bool
    title_first: bool


def items(
    blocks: Sequence[ArticleBlock], source: str, zone: tzinfo, *, headings: bool = False
) -> list[Item]:
    """Make an item of each article in the blocks of a file; `headings` is as for `parts`.

    Where one of them alone would be none, they are read as one article, so that nothing is lost.
    Raises ArticleError if that is none either.
    """
    apart = split_articles(blocks, zone)
    if len(apart) > 1:
        with suppress(ArticleError):
            return [
                parts_to_item(find_parts(one, zone, Head(), headings=headings), source)
                for one in apart
            ]
    return [parts_to_item(find_parts(blocks, zone, Head(), headings=headings), source)]


def split_articles(blocks: Sequence[ArticleBlock], zone: tzinfo) -> list[Sequence[ArticleBlock]]:
    """Return the blocks of each article in a file: mostly of one, which has all of them."""
    said = [byline_of(block, zone) for block in blocks]
    if sum(bool(line and line.authors) for line in said) < 2:
        return [blocks]
    begun = list(_starts(blocks, said))
    if not begun:
        return [blocks]
    bounds = [0]
    last = begun[0]
    for start in begun[1:]:
        if _is_new(start, last) and _is_told(blocks[bounds[-1] : start.number]):
            bounds.append(start.number)
            last = start
    if len(bounds) > 1 and not _is_told(blocks[bounds[-1] :]):
        bounds.pop()
    return [blocks[one:other] for one, other in pairwise([*bounds, len(blocks)])]


def _starts(
    blocks: Sequence[ArticleBlock], said: Sequence[ParsedByline | None]
) -> Iterator[_Start]:
    """Yield every place where a headline and a byline stand together above text."""
    for number, line in enumerate(said):
        if not line or not line.authors or not _is_above_text(blocks, said, number):
            continue
        above = _beside(blocks, said, number, -1)
        below = _beside(blocks, said, number, 1)
        title = below if above is None else above
        if title is None:
            continue
        first = min(title, number)
        ruled = _rule_above(blocks, said, first)
        yield _Start(
            number=first if ruled is None else ruled + 1,
            title=folded(blocks[title].text),
            line=line,
            ruled=ruled is not None,
            linked=blocks[title].linked,
            title_first=title < number,
        )


def _beside(
    blocks: Sequence[ArticleBlock], said: Sequence[ParsedByline | None], number: int, step: int
) -> int | None:
    """Return the headline right above or below a byline, or beyond a date that stands there."""
    for other in (number + step, number + 2 * step):
        if not 0 <= other < len(blocks):
            return None
        if not said[other]:
            return other if _is_headline(blocks[other]) else None
    return None


def _is_headline(block: ArticleBlock) -> bool:
    text = block.text.strip()
    if not text or len(text) > _LONGEST or block.tag in LISTS | {"hr", "pre", "blockquote"}:
        return False
    if is_prose(block) or text.endswith((":", ",")) or credit(text) or heads_list(text):
        return False
    return not is_furniture(block) and not begins_pitch(block)


def _is_above_text(
    blocks: Sequence[ArticleBlock], said: Sequence[ParsedByline | None], number: int
) -> bool:
    for other in range(number + 1, min(number + 1 + _HEAD, len(blocks))):
        if blocks[other].tag == "hr" or (said[other] and said[other] != said[number]):
            continue
        if is_prose(blocks[other]):
            return True
    return False


def _rule_above(
    blocks: Sequence[ArticleBlock], said: Sequence[ParsedByline | None], number: int
) -> int | None:
    for other in range(number - 1, max(-1, number - 1 - _HEAD), -1):
        if blocks[other].tag == "hr":
            return other
        if is_prose(blocks[other]) or said[other] or blocks[other].tag in LISTS:
            return None
    return None


def _is_new(start: _Start, last: _Start) -> bool:
    """Whether another article begins here than the one that began last."""
    if start.title == last.title or (start.linked and not last.linked):
        return False  # repeated at a page break; or a link to another article, with its byline
    if _is_same(start.line, last.line):
        return start.ruled and start.title_first
    return start.ruled or start.title_first == last.title_first


def _is_same(one: ParsedByline, other: ParsedByline) -> bool:
    people = [{folded(name) for name in line.authors} for line in (one, other)]
    dates = {one.published, other.published} - {None}
    return people[0] == people[1] and len(dates) < 2


def _is_told(blocks: Sequence[ArticleBlock]) -> bool:
    """Whether there are sentences enough for an article."""
    told = [block.text for block in blocks if is_prose(block)]
    sentences = sum(1 for text in told for _ in prose.sentences(text))
    return sentences >= _SENTENCES and sum(map(prose.count_words, told)) >= _WORDS
