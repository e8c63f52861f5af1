"""Page dumps: what is left of an article's page when it is saved or copied as text.

lines → separated lines → Markdown → blocks → parts → item
"""

import re
from collections.abc import Iterator
from datetime import tzinfo
from itertools import groupby

from digest.core.articles.article import Item
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article.byline import byline
from digest.feeds.article.headline import Head
from digest.feeds.article.page_parts import find_parts, is_furniture_line
from digest.feeds.article.photo_credit import credit
from digest.feeds.article.reject_non_articles import non_article_reason
from digest.feeds.article.related_links import heads_list
from digest.feeds.article.split_articles import items
from digest.feeds.article.to_item import parts_to_item
from digest.feeds.html import sanitise
from digest.feeds.html.blocks import ArticleBlock
from digest.feeds.html.markdown_to_html import from_text

_WRAPPED = 120  # a longer line is a whole paragraph, and so is then every other
_TOP = 15  # lines among which a date alone belongs to the head
_SHORT = 250
_LABEL = 30  # characters of a line in a menu
_MENU = 30  # lines of one menu
_HEADLINE = 50  # a first line as short as this is one, whatever follows
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_MARKS = re.compile(r"[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}|\A\s*#+\s+")
_BLOCK = re.compile(r"\s*(?:[-+*•◦▪‣●∙]\s|>|\||\d{1,3}[.)]\s|#+\s)")


def read_text_page(text: str, source: str, zone: tzinfo) -> Item:
    """Make an item of a dumped page; dates without a time of day are midnight in `zone`.

    Raises ArticleError if it is none.
    """
    return parts_to_item(find_parts(_blocks(text, zone), zone, Head()), source)


def read_text_pages(text: str, source: str, zone: tzinfo) -> list[Item]:
    """Make an item of each article of a dump that may hold several; raises as `read` does."""
    return items(_blocks(text, zone), source, zone)


def _blocks(text: str, zone: tzinfo) -> list[ArticleBlock]:
    text = prose.tidy(text)
    if reason := non_article_reason(text):
        raise ArticleError(reason)
    lines = text.expandtabs(4).split("\n")
    return sanitise.clean_blocks(from_text(list(_separated(lines, zone))))


def _separated(lines: list[str], zone: tzinfo) -> Iterator[str]:
    """Yield the lines, with a blank one around each that is no part of a paragraph."""
    lines = list(_menus_joined(lines))
    bare = [_bare(line) for line in lines]
    wrapped = all(len(line) <= _WRAPPED for line in bare)
    listing = in_list = titled = False
    for number, line in enumerate(lines):
        if not bare[number]:
            listing = in_list = False
            yield line
            continue
        above = lines[number - 1] if number and bare[number - 1] else ""
        in_list = bool(_BLOCK.match(line)) or (in_list and bool(above))
        listing = listing or heads_list(bare[number])
        if _BLOCK.match(line):
            yield line
        elif listing or not wrapped or _stands_alone(line, bare[number], above, number, zone):
            yield from ("", line, "")
        else:
            yield from [""] * (_is_indented(line, above) and not in_list)
            yield line
            yield from [""] * (not titled and _is_headline(bare[number : number + 2]))
            titled = True


def _menus_joined(lines: list[str]) -> Iterator[str]:
    """Yield the lines, with those of a menu ("Home", "News", "Sport" below each other) as one."""
    for is_label, group in groupby(lines, key=_is_label):
        row = list(group)
        menu = " | ".join(line.strip() for line in row[:_MENU])
        if is_label and 2 < len(row) <= _MENU and is_furniture_line(menu):
            yield menu
            yield from [""] * (len(row) - 1)
        else:
            yield from row


def _is_label(line: str) -> bool:
    return (
        0 < len(line.strip()) <= _LABEL and len(line.split()) <= 3 and line.strip()[-1] not in ".:,"
    )


def _stands_alone(line: str, bare: str, above: str, number: int, zone: tzinfo) -> bool:
    """Whether a line is a part of the page by itself, whatever stands above and below it."""
    if len(bare) > _SHORT:
        return False
    if _LINK.fullmatch(line.strip()) or heads_list(bare) or credit(bare):
        return True
    if len(above) < _HEADLINE and is_furniture_line(bare):
        return True
    said = byline(bare, zone)
    if bare[0].islower():  # of the line above, unless it is "viernes, 7 de enero de 2022"
        return bool(said and not said.authors and number < _TOP)
    return bool(said and (said.explicit or number < _TOP))


def _is_headline(lines: list[str]) -> bool:
    """Whether the first line of the text is complete although another follows at once."""
    line, below = lines[0], lines[-1] if len(lines) > 1 else ""
    return len(line) < _HEADLINE and bool(below) and not below[0].islower()


def _is_indented(line: str, above: str) -> bool:
    return line.startswith("  ") and bool(above) and not above.startswith(" ")


def _bare(line: str) -> str:
    """Return the words of a line: links without their addresses, no emphasis, no "#"."""
    if "](" in line:
        line = _LINK.sub(r"\1", line)
    return _MARKS.sub("", line).strip()
