"""Links to other articles, from the lists that pages put below and between their text."""

import re
from collections.abc import Iterator, Sequence

from digest.core.articles.article import Related
from digest.core.text import prose
from digest.feeds.article.phrases import any_of
from digest.feeds.article.subscription_pitch import begins_pitch
from digest.feeds.html.blocks import LISTS, ArticleBlock

MAX_RELATED_LINKS = 30
_LONGEST = 200
_HEAD = re.compile(rf"{any_of('related')}\s*[:…]?", re.IGNORECASE)
_LABEL = re.compile(rf"{any_of('related')}\s*:\s*", re.IGNORECASE)
_NO_TITLE = re.compile(rf"{any_of('button')}|{any_of('furniture')}|\W*", re.IGNORECASE)


def heads_list(text: str) -> bool:
    """Whether a line stands above related articles ("Related articles:")."""
    return len(text) <= _LONGEST and bool(_HEAD.fullmatch(text.strip()))


def related(blocks: Sequence[ArticleBlock | None]) -> tuple[list[Related], set[int]]:
    """Return the related articles of a page, and the numbers of the blocks that list them.

    None stands for a block that is known to be something else; it ends a list.
    """
    found: list[Related] = []
    numbers: set[int] = set()
    for number, block in enumerate(blocks):
        if block is None or number in numbers:
            continue
        if links := _labelled(block):
            found += links
            numbers.add(number)
        elif heads_list(block.text):
            listed = list(_listed(blocks, number + 1))
            found += [link for links in listed for link in links]
            numbers |= set(range(number, number + 1 + len(listed))) if listed else set()
    return _distinct(found), numbers


def _listed(blocks: Sequence[ArticleBlock | None], start: int) -> Iterator[list[Related]]:
    """Yield what each block lists, from `start` to the end of the list."""
    linked = False
    for number in range(start, min(start + MAX_RELATED_LINKS, len(blocks))):
        block = blocks[number]
        if block is None:
            return
        links = _linked(block)
        if not links and not linked:
            links = _titles(block)
        if not links:
            return
        linked = linked or block.linked
        yield links


def _linked(block: ArticleBlock) -> list[Related]:
    if not block.linked or len(block.text) > _LONGEST * max(len(block.links), 1):
        return []
    return [link for link in block.links if not _NO_TITLE.fullmatch(link.title)]


def _titles(block: ArticleBlock) -> list[Related]:
    """Return the lines of a block as titles, if all can be: short, and no full sentences."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    if (
        not lines
        or block.tag not in LISTS | {"p"}
        or len(block.text) > MAX_RELATED_LINKS * _LONGEST
    ):
        return []
    if begins_pitch(block):
        return []
    if any(len(line) > _LONGEST or line.rstrip().endswith((".", "。", ":")) for line in lines):
        return []
    address = {link.title: link.url for link in block.links}
    titles = [prose.one_line(line) for line in lines if not _NO_TITLE.fullmatch(line)]
    return [Related(title, address.get(title, "")) for title in titles]


def _labelled(block: ArticleBlock) -> list[Related]:
    """Return the links of a line such as "Related: [title]", where nothing else is in it."""
    label = _LABEL.match(block.text) if block.links and len(block.text) <= 3 * _LONGEST else None
    if not label:
        return []
    rest = block.text[label.end() :]
    for link in block.links:
        rest = rest.replace(link.title, "", 1)
    return [] if any(char.isalnum() for char in rest) else list(block.links)


def _distinct(links: list[Related]) -> list[Related]:
    kept: dict[tuple[str, str], Related] = {}
    for link in links:
        kept.setdefault((link.title.casefold(), link.url), link)
    return list(kept.values())[:MAX_RELATED_LINKS]
