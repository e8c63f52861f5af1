"""Articles from saved web pages.

trafilatura says what the page is called and roughly where its article is. The words themselves are
taken from the page, between the first and the last paragraph that it found: on its own it leaves
out short paragraphs and those with many links.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

import lxml.html
import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from digest.core.articles.article import Item
from digest.core.articles.identity import canonical, clean_authors, is_same_site
from digest.core.articles.picture import likely
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article import dates
from digest.feeds.article.byline import author_names_in, byline
from digest.feeds.article.headline import Head, folded, is_prose
from digest.feeds.article.page_parts import find_parts
from digest.feeds.article.to_item import parts_to_item
from digest.feeds.html import sanitise
from digest.feeds.html.blocks import ArticleBlock
from digest.feeds.html.charset import decoded
from digest.feeds.html.html_images import place
from digest.feeds.page.page_media import page_recording, pictures_in, pictures_named
from digest.feeds.page.page_tree import (
    container,
    credits_of,
    make_links_absolute,
    parse_page_tree,
    related_of,
    remove_page_furniture,
)

MAX_PAGE_CHARS = 1_000_000
"""Characters of a page without scripts and styles; trafilatura takes seconds for one this long."""

_STAMP = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{8,40})\"")
_STAMPED = (
    "//meta[@property='article:published_time' or @name='article:published_time'"
    " or @itemprop='datePublished' or @name='date' or @name='pubdate']/@content",
    "//time[@pubdate or @itemprop='datePublished']/@datetime",
    "//article//time/@datetime",
)
_ROBOTS = "//meta[translate(@name, 'ROBTS', 'robts')='robots']/@content"
_DATES = {"extensive_search": False, "original_date": True}


def fetched(body: bytes, source: str, url: str, content_type: str, zone: tzinfo) -> Item:
    """Make an item of a page that was found at `url`. Raises ArticleError as `read` does."""
    return read_html_page(decoded(body, content_type), source, zone, url)


def read_html_page(text: str, source: str, zone: tzinfo, url: str = "") -> Item:
    """Make an item of an HTML page; dates without a time of day are midnight in `zone`.

    `url` is where it was found, empty for a file. Raises ArticleError if it holds no article.
    """
    tree = parse_page_tree(text)
    written = lxml.html.tostring(tree, encoding="unicode")
    if len(written) > MAX_PAGE_CHARS:
        raise ArticleError(
            f"too long a page: over {MAX_PAGE_CHARS:,} characters without its scripts"
        )
    told = trafilatura.bare_extraction(
        written,
        include_comments=False,
        include_links=True,
        with_metadata=True,
        date_extraction_params=_DATES,
    )
    told = told if isinstance(told, Document) else Document()
    own = _address(tree, told, url)
    base = url or own
    links, credited, withheld = related_of(tree, base), credits_of(tree), _withheld(tree)
    categories = tuple(_categories(told, tree))
    shown, audio_url = pictures_named(tree, base), page_recording(tree, base)
    remove_page_furniture(tree)
    make_links_absolute(tree, base)
    within, said = _within(tree, told)
    blocks, above = _article(within, said)
    head = _completed(_head(told, tree, zone, own), above, zone)
    made = parts_to_item(find_parts(blocks, zone, head), source)
    return replace(
        made,
        images=likely((*shown, *pictures_in(within, base))),
        audio_url=audio_url,
        summary=prose.one_line(told.description or ""),
        photo_credit=made.photo_credit or "; ".join(clean_authors(credited)),
        related=made.related or tuple(links),
        categories=made.categories + categories,
        withheld=withheld,
    )


def _withheld(tree: HtmlElement) -> str:
    """Why the page says that it is not for everybody; empty where it doesn't."""
    for said in tree.xpath(_ROBOTS):
        if {"noindex", "none"} & set(re.split(r"[\s,]+", said.casefold())):
            return "unlisted (its page asks search engines to leave it out: noindex)"
    return ""


def _within(tree: HtmlElement, told: Document) -> tuple[HtmlElement, list[str]]:
    """Return the element that the article is in, and the paragraphs that say so, folded."""
    said = [folded("".join(part.itertext())) for part in _paragraphs(told)]
    return container(tree, said), said


def _article(within: HtmlElement, said: list[str]) -> tuple[list[ArticleBlock], list[ArticleBlock]]:
    """Return the blocks of the article, and those above it."""
    blocks = sanitise.clean_blocks(lxml.html.tostring(within, encoding="unicode"))
    words = f" {' '.join(said)} "
    known = [n for n, block in enumerate(blocks) if _is_said(block, words)]
    if not known:
        return blocks, []
    first, last = known[0], known[-1] + 1
    while last < len(blocks) and is_prose(blocks[last]):
        last += 1
    return blocks[first:last], blocks[:first]


def _paragraphs(told: Document) -> Iterator[HtmlElement]:
    if told.body is not None:
        for part in told.body.iter("p", "head", "item", "quote", "cell", "code"):
            if not any(True for _ in part.iter("p", "item")) or part.tag == "p":
                yield part


def _is_said(block: ArticleBlock, words: str) -> bool:
    text = folded(block.text)
    return bool(text) and f" {text} " in words


def _head(told: Document, tree: HtmlElement, zone: tzinfo, url: str) -> Head:
    return Head(
        title=prose.one_line(told.title or ""),
        url=url,
        authors=clean_authors(
            name for part in (told.author or "").split(";") for name in author_names_in(part)
        ),
        published=_published(tree, zone) or dates.parse_date(told.date or "", zone),
    )


def _address(tree: HtmlElement, told: Document, url: str) -> str:
    """Return the address that a page gives itself, if it is of the site where it was found."""
    named = [str(href) for href in tree.xpath("//link[@rel='canonical']/@href")] if url else []
    for said in (*named, told.url or ""):
        address = place(said, url)
        if not canonical(address):
            continue
        if not url:
            return address
        # Many pages call themselves the front page, and would all be one article.
        if urlsplit(address).path.strip("/") and is_same_site(address, url):
            return address
    return url


def _completed(head: Head, above: Sequence[ArticleBlock], zone: tzinfo) -> Head:
    """Complete what the page's metadata say by the lines above the article."""
    for block in above:
        for line in block.text.splitlines():
            said = byline(line, zone)
            if said and (said.explicit or not said.authors):
                head = replace(
                    head,
                    authors=head.authors or said.authors,
                    published=head.published or said.published,
                )
    return head


def _published(tree: HtmlElement, zone: tzinfo) -> datetime | None:
    """Return the time of publication that the page states for machines."""
    stamps = [
        stamp for script in tree.iter("script") for stamp in _STAMP.findall(script.text_content())
    ]
    for path in _STAMPED:
        stamps += [str(value) for value in tree.xpath(path)]
    return next((when for stamp in stamps if (when := dates.parse_date(stamp, zone))), None)


def _categories(told: Document, tree: HtmlElement) -> Iterator[str]:
    for part in (*(told.categories or ()), *(told.tags or ())):
        yield from (name.strip() for name in part.split(",") if name.strip())
    for link in tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]"):
        yield prose.one_line(link.text_content())
