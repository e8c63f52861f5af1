"""Articles in Markdown, with or without front matter."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from digest.core.articles.article import ImageLink, Item
from digest.core.articles.picture import likely
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article.page_parts import find_parts
from digest.feeds.article.reject_non_articles import non_article_reason
from digest.feeds.article.split_articles import items
from digest.feeds.article.to_item import parts_to_item
from digest.feeds.file import front_matter
from digest.feeds.html import sanitise
from digest.feeds.html.blocks import ArticleBlock
from digest.feeds.html.html_images import images_of
from digest.feeds.html.markdown_to_html import from_markdown

_CODE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


def read_markdown(text: str, source: str, zone: tzinfo) -> Item:
    """Make an item of a Markdown file; dates without a time of day are midnight in `zone`.

    Without a title in the front matter the first heading is the title. Byline, photo credit,
    related articles and a subscription pitch are recognised as in a page dump. Raises ArticleError
    if it is no article.
    """
    fence, within, source_text = front_matter.split(prose.visible(text))
    above = front_matter.read_front_matter(fence, within, zone)
    try:
        page = find_parts(_blocks(source_text), zone, above.head, headings=True)
        made = parts_to_item(page, source)
    except ArticleError:
        if above.withheld:  # that is why it is left out, however little of it there is
            raise ArticleError(above.withheld) from None
        raise
    return replace(
        made,
        summary=above.summary,
        photo_credit=above.photo_credit or made.photo_credit,
        related=above.related + made.related,
        categories=above.categories + made.categories,
        images=likely((*above.images, *_images(source_text))),
        audio_url=above.audio_url,
        access=above.access,
        withheld=above.withheld,
    )


def read_markdowns(text: str, source: str, zone: tzinfo) -> list[Item]:
    """Make an item of each article of a file that may hold several; raises as `read` does.

    One with front matter holds one.
    """
    fence, _, body = front_matter.split(prose.visible(text))
    if fence:
        return [read_markdown(text, source, zone)]
    found = items(_blocks(body), source, zone, headings=True)
    if len(found) > 1:  # nothing says which picture belongs to which
        return found
    return [replace(found[0], images=likely(_images(body)))]


def _images(text: str) -> Iterator[ImageLink]:
    """The pictures in the text, with their paths as they are written."""
    if "![" in text or "<img" in text.lower():
        yield from images_of(from_markdown(text))


def _blocks(text: str) -> list[ArticleBlock]:
    if reason := non_article_reason(_CODE.sub("", text)):
        raise ArticleError(reason)
    return sanitise.clean_blocks(from_markdown(text))
