"""The parts of an article's page told apart: title, byline, body, photo credit, related articles.

Every block gets one role, and what has no other is body, so that nothing of an article is lost.
Formats only differ in how they make blocks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import Enum, auto

from digest.core.articles.article import Related
from digest.core.articles.identity import clean_authors
from digest.core.text import prose
from digest.feeds.article.byline import ParsedByline, byline
from digest.feeds.article.headline import Head, Title, find_byline, find_title, folded
from digest.feeds.article.languages.english import ENGLISH
from digest.feeds.article.languages.language import Language
from digest.feeds.article.photo_credit import credit
from digest.feeds.article.phrases import any_of, spoken
from digest.feeds.article.related_links import related
from digest.feeds.article.subscription_pitch import is_whole_pitch, pitches
from digest.feeds.html import sanitise
from digest.feeds.html.blocks import ArticleBlock

_SHORT = 250  # characters; longer blocks are body without a closer look
_LINES = 8  # of one block
_SAMPLE = 60  # blocks by which the language is known
_TEXT = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_FURNITURE = re.compile(rf"{any_of('furniture')}|{any_of('reading_time')}", re.IGNORECASE)
_COUNT = re.compile(r"\s*\(\d{1,6}\)\Z")
_DIGIT = re.compile(r"\d")
_BAR = re.compile(r"\s*[|·•]\s*")


class Role(Enum):
    """What a block is of a page."""

    BODY = auto()
    TITLE = auto()
    KICKER = auto()
    BYLINE = auto()
    CREDIT = auto()
    RELATED = auto()
    FURNITURE = auto()
    PITCH = auto()


@dataclass(frozen=True, slots=True)
class PageParts:
    """What a page says. `roles` are those of its blocks, one each."""

    head: Head
    photo_credit: str
    related: tuple[Related, ...]
    kickers: tuple[str, ...]
    body: tuple[ArticleBlock, ...]
    roles: tuple[Role, ...]


def find_parts(
    blocks: Sequence[ArticleBlock], zone: tzinfo, known: Head, *, headings: bool = False
) -> PageParts:
    """Tell the blocks of a page apart. What is `known` of the article is not looked for.

    `headings` says that the format has headings, so that one of them is the title.
    """
    language = spoken(" ".join(block.text for block in blocks[:_SAMPLE]), ENGLISH)
    blocks = [part for block in blocks for part in _split(block, zone)]
    lines = [byline_of(block, zone, language) for block in blocks]
    said = [None if line and line.loose else line for line in lines]
    credited = {n: name for n, block in enumerate(blocks) if (name := credit(block.text))}
    roles = dict.fromkeys(credited, Role.CREDIT)
    fixed = roles.keys() | {n for n, line in enumerate(said) if line and line.explicit}
    links, listed = related(_without(blocks, fixed))
    roles |= dict.fromkeys(listed, Role.RELATED)

    open_ = _without(blocks, fixed | listed)
    asked = pitches(open_, max(listed, default=len(blocks)), language)
    first = next((n for n, block in enumerate(open_) if block and not said[n]), 0)
    if not known.title and is_whole_pitch(open_, asked, first):
        asked.discard(first)  # a headline about subscribing
    roles |= dict.fromkeys(asked, Role.PITCH)
    roles |= {n: Role.FURNITURE for n, one in enumerate(open_) if one and is_furniture(one)}

    free = {n for n in range(len(blocks)) if n not in roles and not lines[n] and blocks[n].text}
    page = {Role.PITCH, Role.FURNITURE}
    around = " ".join(folded(blocks[n].text) for n, role in roles.items() if role in page)
    around = f" {around} "
    title = find_title(blocks, free, known.title, around, headings=headings)
    head, roles = _headed(blocks, lines, known, roles, title)
    return PageParts(
        head=head,
        photo_credit="; ".join(clean_authors(credited.values())),
        related=tuple(links),
        kickers=tuple(_sections(blocks, roles, around)),
        body=tuple(_loose_rules_out(list(_mended(blocks, roles)))),
        roles=tuple(roles.get(n, Role.BODY) for n in range(len(blocks))),
    )


def _headed(
    blocks: Sequence[ArticleBlock],
    lines: Sequence[ParsedByline | None],
    known: Head,
    roles: dict[int, Role],
    title: Title,
) -> tuple[Head, dict[int, Role]]:
    """Read title and byline; say of their blocks, and of those that repeat them, what they are."""
    number, kickers = title
    head = known
    if number is not None:
        roles |= {number: Role.TITLE} | dict.fromkeys(kickers, Role.KICKER)
        head = _titled(blocks[number], known)
    said = [None if line and line.loose else line for line in lines]
    free = {n for n in range(len(blocks)) if n not in roles and not said[n] and blocks[n].text}
    repeated = {n for n in free if len(head.title) > 20 and blocks[n].text.strip() == head.title}
    lines = [line if roles.get(n, Role.BODY) is Role.BODY else None for n, line in enumerate(lines)]
    head, used = find_byline(blocks, lines, free, head, -1 if number is None else number)
    roles |= dict.fromkeys(repeated, Role.TITLE) | dict.fromkeys(used, Role.BYLINE)
    return head, roles


def _titled(block: ArticleBlock, known: Head) -> Head:
    url = block.links[0].url if block.linked and len(block.links) == 1 else ""
    title = known.title or prose.one_line(block.text)
    return replace(known, title=title, url=known.url or url)


def byline_of(
    block: ArticleBlock, zone: tzinfo, language: Language = ENGLISH
) -> ParsedByline | None:
    """Read a block of which every line is a byline or a date."""
    if len(block.text) > _SHORT or block.tag not in _TEXT:
        return None
    day_first = language.day_first
    written = [line for line in block.text.splitlines() if line.strip()]
    lines = [byline(line, zone, day_first=day_first) for line in written]
    found = [line for line in lines if line]
    if not found or len(found) < len(lines):
        return None
    return ParsedByline(
        clean_authors(name for line in found for name in line.authors),
        next((line.published for line in found if line.published), None),
        any(line.explicit for line in found),
        all(line.loose for line in found),
    )


def _split(block: ArticleBlock, zone: tzinfo) -> list[ArticleBlock]:
    """Return a block of lines as a block each, if one of them is a byline or a photo credit."""
    lines = block.text.splitlines()
    if block.tag != "p" or not 1 < len(lines) <= _LINES or len(block.text) > 4 * _SHORT:
        return [block]
    if not any(credit(line) or _explicit(line, zone) for line in lines):
        return [block]
    return sanitise.clean_blocks(block.html.replace("<br>", "</p><p>"))


def _explicit(line: str, zone: tzinfo) -> bool:
    said = byline(line, zone)
    return bool(said and said.explicit)


def is_furniture(block: ArticleBlock) -> bool:
    """Whether every line of a block belongs to the page and to no article."""
    lines = block.text.splitlines()
    if len(block.text) > _SHORT or not lines:
        return False
    return all(is_furniture_line(line) for line in lines)


def is_furniture_line(line: str) -> bool:
    """Whether a line belongs to the page: a known label, or a menu of such."""
    return bool(_FURNITURE.fullmatch(_COUNT.sub("", line.strip()))) or _is_menu(line)


def _is_menu(line: str) -> bool:
    """Whether a line is a row of labels: all known as furniture, or short and one of them known."""
    labels = [label for label in _BAR.split(line.strip()) if label]
    known = sum(bool(_FURNITURE.fullmatch(_COUNT.sub("", label))) for label in labels)
    if len(labels) > 1 and known == len(labels):
        return True
    short = all(len(label.split()) <= 3 for label in labels)
    return bool(known and short and len(labels) > 2 and not _DIGIT.search(line))


def _without(blocks: Sequence[ArticleBlock], known: set[int]) -> list[ArticleBlock | None]:
    return [None if number in known else block for number, block in enumerate(blocks)]


def _sections(blocks: Sequence[ArticleBlock], roles: dict[int, Role], around: str) -> Iterator[str]:
    """Yield the names above the title that are of a section, not of the site."""
    for number in sorted(number for number, role in roles.items() if role is Role.KICKER):
        if f" {folded(blocks[number].text)} " not in around:
            yield prose.one_line(blocks[number].text)


def _mended(blocks: Sequence[ArticleBlock], roles: dict[int, Role]) -> Iterator[ArticleBlock]:
    """Yield the body, with a paragraph whole again that a page break had cut within a sentence."""
    pending: ArticleBlock | None = None
    cut = False
    for number, block in enumerate(blocks):
        if number in roles:
            cut = cut or roles[number] is Role.BYLINE
            continue
        if pending and cut and _goes_on(pending, block):
            pending = replace(
                pending,
                html=f"{pending.html.removesuffix('</p>')} {block.html.removeprefix('<p>')}",
                text=f"{pending.text} {block.text}",
                links=pending.links + block.links,
                linked=pending.linked and block.linked,
            )
        else:
            yield from [pending] if pending else []
            pending = block
        cut = False
    yield from [pending] if pending else []


def _goes_on(above: ArticleBlock, below: ArticleBlock) -> bool:
    """Whether a paragraph ends within a sentence and the next one goes on with it."""
    if above.tag != "p" or below.tag != "p" or prose.is_sentence(above.text):
        return False
    return below.text[:1].islower() and above.text[-1:] not in {":", ";"}


def _loose_rules_out(body: list[ArticleBlock]) -> list[ArticleBlock]:
    """Return the body without rules at its ends, and of several in a row only the first."""
    kept: list[ArticleBlock] = []
    for block in body:
        if block.tag != "hr" or (kept and kept[-1].tag != "hr"):
            kept.append(block)
    return kept[:-1] if kept and kept[-1].tag == "hr" else kept
