"""The pictures and recordings of a web page."""

from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

from digest.core.articles.article import ImageLink
from digest.feeds.html.html_images import image_link, images_of, place

_NAMED = ("og:image:secure_url", "og:image", "twitter:image", "twitter:image:src")
_DESCRIBED = ("og:image:alt", "twitter:image:alt")
_RECORDINGS = (
    "//meta[@property='og:audio']/@content",
    "//audio/@src",
    "//audio/source/@src",
)


def pictures_named(tree: HtmlElement, base: str) -> list[ImageLink]:
    """The pictures that the page names for whoever links to it."""
    alt = next((said for name in _DESCRIBED for said in _meta(tree, name)), "")
    named = [said for name in _NAMED for said in _meta(tree, name)]
    named += [str(href) for href in tree.xpath("//link[@rel='image_src']/@href")]
    return [found for said in named if (found := image_link(said, base, alt))]


def pictures_in(within: HtmlElement, base: str) -> Iterator[ImageLink]:
    """The pictures in an article, and those above its text."""
    around = next((one for one in within.iterancestors("article", "main")), within)
    return images_of(lxml.html.tostring(around, encoding="unicode"), base)


def page_recording(tree: HtmlElement, base: str) -> str:
    """Where one can listen to the page, or ""."""
    if not base:
        return ""
    said = (str(value) for path in _RECORDINGS for value in tree.xpath(path))
    return next((url for one in said if (url := place(one, base))), "")


def _meta(tree: HtmlElement, name: str) -> list[str]:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return [str(value) for value in found]
