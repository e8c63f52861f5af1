"""Posts of a WordPress export (WXR): streamed, and only what its readers could see.

What isn't published, or is no post, is told with its reason and never taken for an article.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from digest.core.articles.article import ImageLink, Item
from digest.core.text.prose import one_line
from digest.errors import ArticleError
from digest.feeds.feed.entry import FeedEntry, entry_to_item

WXR_MARK = b"http://wordpress.org/export/"
"""The name space of such a file, without its version."""
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_STATUSES = {
    "draft": "a draft", "auto-draft": "a draft", "pending": "waits for review",
    "private": "private", "trash": "in the trash", "future": "scheduled, and not published yet",
    "inherit": "part of another",
}  # fmt: skip
_UNSHOWN = {"attachment", "nav_menu_item", "revision", "wp_block", "wp_template",
            "wp_template_part", "wp_global_styles", "wp_navigation", "custom_css", "oembed_cache",
            "customize_changeset", "user_request", "wp_font_family", "wp_font_face"}  # fmt: skip
"""What WordPress keeps beside posts and pages; of these only the numbers are told."""
_MORE = re.compile(r"<!--\s*(?:wp:)?more\b.*?-->", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|audio|video|playlist|wp_caption|contact-form[\w-]*|vc_\w+"
    r"|et_pb_\w+|youtube|tweet|instagram|googlemaps|sc|button|columns?|row|toc)\b[^\]]*\]"
    r"|\[/?[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\]]+))+\s*/?\]",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|blockquote|pre|table|figure|section|hr|iframe|form|dl|address)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class WxrCounts:
    """What an export holds beside posts, by kind; and whether it breaks off."""

    beside: dict[str, int] = field(default_factory=dict)
    cut: bool = False


def is_wxr(start: bytes) -> bool:
    """Whether a file that begins like this is such an export."""
    return WXR_MARK in start[:5000]


def read_wxr(
    path: Path,
    source: str,
    zone: tzinfo = UTC,
    counts: WxrCounts | None = None,
    *,
    pages: bool = False,
) -> Iterator[Item]:
    """Yield the posts, one after the other; those that aren't published have `withheld` set.

    Pages are withheld, too, unless `pages`. Of a file that breaks off, what was whole is yielded.
    Raises ArticleError for what can't be read.
    """
    counts = counts if counts is not None else WxrCounts()
    try:
        with path.open("rb") as file:
            names, pictures = _first_look(file)
            file.seek(0)
            for item in _elements(file, counts):
                made = _item(item, source, zone, names, pictures, pages=pages)
                if isinstance(made, str):
                    counts.beside[made] = counts.beside.get(made, 0) + 1
                else:
                    yield made
    except OSError as error:
        raise ArticleError((error.strerror or "it can't be read").lower()) from None


def _elements(file: BinaryIO, counts: WxrCounts | None = None) -> Iterator[etree._Element]:
    """Every `<item>`, which is let go of afterwards."""
    parse = etree.iterparse(
        file, events=("end",), tag="item", resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, element in parse:
            yield element
            element.clear()
            while element.getprevious() is not None:
                parent = element.getparent()
                if parent is None:
                    break
                del parent[0]
    except etree.XMLSyntaxError:
        if counts:
            counts.cut = True


def _first_look(file: BinaryIO) -> tuple[dict[str, str], dict[str, str]]:
    """The display names of authors by login, and the addresses of attachments by number."""
    names: dict[str, str] = {}
    pictures: dict[str, str] = {}
    wanted = ("{*}author", "item")
    parse = etree.iterparse(
        file, events=("end",), tag=wanted, resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, element in parse:
            if element.tag == "item":
                if address := _wp(element, "attachment_url"):
                    pictures[_wp(element, "post_id")] = address
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
            elif login := _wp(element, "author_login"):
                names[login] = _wp(element, "author_display_name") or login
    except etree.XMLSyntaxError:
        pass  # the second look says so
    return names, pictures


def _wp(element: etree._Element, name: str) -> str:
    """The text of an element of WordPress, whichever version wrote it."""
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _item(
    one: etree._Element,
    source: str,
    zone: tzinfo,
    names: dict[str, str],
    pictures: dict[str, str],
    *,
    pages: bool,
) -> Item | str:
    """An article, or the kind of what is none."""
    kind, status = _wp(one, "post_type") or "post", _wp(one, "status") or "publish"
    if kind in _UNSHOWN:
        return kind
    body, teaser = _body(one.findtext(_CONTENT) or "")
    excerpt = next((part.text or "" for part in one.findall("{*}encoded")
                    if "excerpt" in str(part.tag)), "")  # fmt: skip
    login = (one.findtext(_CREATOR) or "").strip()
    picture = pictures.get(_meta(one, "_thumbnail_id"), "")
    entry = FeedEntry(
        title=one.findtext("title") or "",
        body=body,
        summary=excerpt or teaser,
        published=_moment(_wp(one, "post_date_gmt"), UTC) or _moment(_wp(one, "post_date"), zone),
        url=(one.findtext("link") or "").strip(),
        guid=(one.findtext("guid") or "").strip(),
        categories=_categories(one),
        images=(ImageLink(picture),) if picture else (),
    )
    made = entry_to_item(entry, source)
    if made is None:
        return "empty"
    author = one_line(names.get(login, login))
    made = replace(made, authors=(author,) if author else ())
    return replace(made, withheld=_withheld(one, kind, status, made.title, pages=pages))


def _categories(one: etree._Element) -> tuple[str, ...]:
    """Categories and tags, but for what stands where nobody chose one."""
    return tuple(
        part.text.strip()
        for part in one.findall("category")
        if part.text
        and part.get("domain") in {"category", "post_tag"}
        and part.get("nicename") != "uncategorized"
    )


def _withheld(one: etree._Element, kind: str, status: str, title: str, *, pages: bool) -> str:
    why = ""
    if status != "publish":
        why = _STATUSES.get(status, f'its status is "{one_line(status)[:40]}"')
    elif _wp(one, "post_password"):
        why = "protected by a password"
    elif kind == "page" and not pages:
        why = "a page, and no post"
    elif kind not in {"post", "page"}:
        why = f'of the type "{one_line(kind)[:40]}", and no post'
    return f"“{title[:100]}” is left out: {why}" if why else ""


def _meta(one: etree._Element, key: str) -> str:
    for part in one.iterfind("{*}postmeta"):
        if _wp(part, "meta_key") == key:
            return _wp(part, "meta_value")
    return ""


def _body(text: str) -> tuple[str, str]:
    """HTML without what WordPress puts into it, in paragraphs; and what stands before "more"."""
    before = _MORE.split(text, maxsplit=1)
    teaser = _paragraphs(before[0]) if len(before) > 1 else ""
    return _paragraphs(_MORE.sub("\n\n", text)), teaser


def _paragraphs(text: str) -> str:
    """As WordPress shows it: a blank line ends a paragraph, where there are no blocks."""
    blocks = "<!-- wp:" in text
    text = _SHORTCODE.sub("", _COMMENT.sub("", text))
    if blocks or re.search(r"<p[\s>]", text, re.IGNORECASE):
        return text
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return "\n".join(
        part if _BLOCK.match(part) else f"<p>{part.replace(chr(10), '<br>')}</p>"
        for part in parts
        if part
    )


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):  # "0000-00-00 00:00:00" of a draft
        return None
