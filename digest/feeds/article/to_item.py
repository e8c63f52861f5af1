"""The article that the parts of a page make, or why they make none."""

from collections.abc import Sequence
from typing import NoReturn

from digest.core.articles.article import Item
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article.page_parts import PageParts, Role
from digest.feeds.html.blocks import LISTS, ArticleBlock
from digest.feeds.html.sanitise import html_to_text

_SHORTEST = 4  # words of a sentence that counts
_PROSE_SHARE = 0.3  # of the text that has to stand in paragraphs of sentences


def parts_to_item(page: PageParts, source: str) -> Item:
    """Make an item of the parts of a page; raises ArticleError if it is no article."""
    body_html = "\n".join(block.html for block in page.body)
    made = Item(
        title=page.head.title,
        body_html=body_html,
        body_text=html_to_text(body_html),
        source=source,
        authors=page.head.authors,
        published=page.head.published,
        url=page.head.url,
        photo_credit=page.photo_credit,
        related=page.related,
        categories=page.kickers,
    )
    if not made.title or not _reads(page.body):
        _refuse(page, made)
    return made


def _reads(body: Sequence[ArticleBlock]) -> bool:
    """Whether a body is written in sentences, as an article is and a table or program is not."""
    total = told = 0
    for block in (block for block in body if block.tag != "pre"):
        lines = block.text.splitlines() if block.tag in LISTS else [block.text]
        for line in lines:
            total += len(line)
            if prose.is_sentence(line) and prose.count_words(line) >= _SHORTEST:
                told += len(line)
    return told > _PROSE_SHARE * total


def _refuse(page: PageParts, made: Item) -> NoReturn:
    roles = set(page.roles)
    if Role.PITCH in roles and roles <= {Role.PITCH, Role.FURNITURE, Role.TITLE, Role.BYLINE}:
        raise ArticleError("no text beyond the subscription pitch")
    if roles == {Role.BYLINE}:
        raise ArticleError("no title and no text, only a byline")
    if not roles - {Role.FURNITURE}:
        raise ArticleError("no text")
    if not page.body:
        raise ArticleError("no text beyond the title" if made.title else "no title and no text")
    if not made.title:
        raise ArticleError("no title: the first line should be the headline")
    if prose.count_words(made.body_text) < 2 * _SHORTEST:
        raise ArticleError("no text beyond the title: a sentence or two are needed")
    raise ArticleError("no sentences in it: a list, a table, a log or code, but no article")
