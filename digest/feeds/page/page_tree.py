"""A web page as a tree: what on it belongs to no article, and where its article is."""

import re
from collections.abc import Sequence
from urllib.parse import urljoin

import lxml.html
from lxml.html import HtmlElement

from digest.core.articles.article import Related
from digest.core.articles.identity import canonical
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.article.headline import folded
from digest.feeds.article.photo_credit import credit, credit_in
from digest.feeds.article.related_links import MAX_RELATED_LINKS, heads_list

_NEVER = ("style", "svg", "math", "template", "noscript", "iframe", "object", "canvas")
_FURNITURE = ("nav", "aside", "footer", "form", "button", "dialog", "menu", "select", "textarea")
_JUNK = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|newsletter|subscri\w+|sign-?up|promo\w*|advert\w*|ads?"
    r"|sponsored|social|shar(?:e|ing)|comments?|cookies?|consent|breadcrumbs?|nav\w*|menu|sidebar"
    r"|footer|paywall|popup|modal|tags|toolbar|outbrain|taboola|sr-only|screen-reader\w*"
    r"|visually-hidden|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|more-stories|more-on|read-next|see-also)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:^|[\s_-])credits?(?:$|[\s_-])", re.IGNORECASE)
_TEXT = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "dd")


def parse_page_tree(text: str) -> HtmlElement:
    """Return the tree of a page without what nobody reads (its JSON-LD stays)."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    data = prose.visible(text).encode()
    try:
        tree = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.ParserError, ValueError):
        raise ArticleError("no text: an empty page") from None
    for element in list(tree.iter(*_NEVER, "script")):
        if element.tag != "script" or "ld+json" not in (element.get("type") or ""):
            element.drop_tree()
    return tree


def remove_page_furniture(tree: HtmlElement) -> None:
    """Take out navigation, forms, boxes and captions, by their elements and class names."""
    body = tree.find("body")
    whole = len(tree.text_content())
    for element in list(tree.iter(*_FURNITURE)):
        _drop_unless_article(element, whole)
    for element in [] if body is None else list(body.iterdescendants("*")):
        if _JUNK.search(_names(element)) or element.get("hidden") is not None:
            _drop_unless_article(element, whole)
    for caption in list(tree.iter("figcaption")):
        figure = next(caption.iterancestors("figure"), None)
        if figure is None or figure.find(".//blockquote") is None:
            _drop(caption)


def make_links_absolute(tree: HtmlElement, base: str) -> None:
    """Make links absolute, as far as the page says where it came from."""
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if href.startswith("#"):
            link.attrib.pop("href")
        elif base and href:
            link.set("href", _joined(base, href))


def related_of(tree: HtmlElement, base: str) -> list[Related]:
    """Return the related articles, and take their boxes out of the tree."""
    boxes = [
        one
        for one in tree.iter("aside", "section", "div", "ul", "ol", "nav")
        if _RELATED.search(_names(one)) and not _is_article(one)
    ]
    for head in list(tree.iter("h2", "h3", "h4", "h5", "h6", "p", "strong", "span", "div")):
        if len(head.text_content()) < 100 and heads_list(prose.one_line(head.text_content())):
            boxes += _lists_below(head)
    found: dict[str, Related] = {}
    for box in boxes:
        for link in box.iter("a"):
            title = prose.one_line(link.text_content())
            if len(title.split()) > 2 or len(title) > 15:
                url = _joined(base, link.get("href") or "")
                found.setdefault(title, Related(title, url if canonical(url) else ""))
    for box in boxes:
        _drop(box)
    return list(found.values())[:MAX_RELATED_LINKS]


def credits_of(tree: HtmlElement) -> list[str]:
    """Return whom the captions of the pictures credit."""
    found = []
    for caption in tree.iter("figcaption", "span", "p", "div", "small", "cite"):
        is_credit = bool(_CREDIT.search(_names(caption)))
        if caption.tag == "figcaption" or is_credit:
            text = prose.one_line(caption.text_content())
            name = (
                credit(text) or credit_in(text) or (text if is_credit and len(text) < 120 else "")
            )
            found.append(name)
    return [name for name in found if name][:3]


def container(tree: HtmlElement, said: Sequence[str]) -> HtmlElement:
    """Return the smallest element around the paragraphs that were `said` (folded) to be it."""
    body = tree.find("body")
    within = tree if body is None else body
    wanted = {text for text in said if len(text) > 20}
    shared: list[HtmlElement] | None = None
    for element in within.iter(*_TEXT):
        if folded(element.text_content()) in wanted:
            path = [*reversed(list(element.iterancestors())), element]
            shared = path if shared is None else _common(shared, path)
    while shared and shared[-1].tag in _TEXT:
        shared.pop()
    return shared[-1] if shared and within in shared else within


def _common(one: list[HtmlElement], other: list[HtmlElement]) -> list[HtmlElement]:
    length = 0
    while length < min(len(one), len(other)) and one[length] is other[length]:
        length += 1
    return one[:length]


def _lists_below(head: HtmlElement) -> list[HtmlElement]:
    """Return a heading and the lists of links right below it, or nothing."""
    found = []
    below = head.getnext()
    while below is not None and _is_links(below):
        found.append(below)
        below = below.getnext()
    return [head, *found] if found else []


def _is_links(element: HtmlElement) -> bool:
    """Whether links are all that is in an element."""
    rest = element.text_content()
    links = [link.text_content() for link in element.iter("a")]
    for words in links:
        rest = rest.replace(words, "", 1)
    return bool(links) and not any(char.isalnum() for char in rest)


def _is_article(element: HtmlElement) -> bool:
    return any(True for _ in element.iter("h1", "article", "main"))


def _drop_unless_article(element: HtmlElement, whole: int) -> None:
    if not _is_article(element) and len(element.text_content()) < whole / 3:
        _drop(element)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
