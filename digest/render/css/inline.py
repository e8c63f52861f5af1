"""CSS into style attributes, with nothing lost on the way.

What is inlined is every <style> but those with data-premailer="ignore", which stay as they are
(media queries, dark mode). The result must look as the source did: whatever would be lost or
changed without a word is a TemplateError here.
"""

import re
from collections import Counter
from functools import lru_cache
from html import unescape
from typing import Any

from lxml import etree

from digest.errors import TemplateError
from digest.render.css import css_subset, minify
from digest.render.css.inline_by_class import ElementKind, inlined_styles, sort_by_kind
from digest.render.words.plain_text import sound

MAX_DEPTH = 60
"""Nested elements; libxml2 and some clients cut a document off far below this."""

_TAKEN = "taken"


def inline(html: str) -> str:
    """The document with its base styles in style attributes, slimmed.

    Raises TemplateError if a style can't be inlined or something got lost on the way.
    """
    html = sound(html)
    root = _parse(html)
    sheets = _take_base_styles(root)
    places, kinds = sort_by_kind(root)
    looks = _looks(kinds, sheets, _slim_kept_styles(root))
    etree.strip_attributes(root, "class", "style")
    for element, kind in places.items():
        for name, value in looks[kind]:
            element.set(name, value)
    minify.close_gaps(root)
    document: str = etree.tostring(root, method="html", encoding="unicode")
    _nothing_lost(html, document)
    return f"<!DOCTYPE html>\n{document}"


def _parse(html: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(html.encode("utf-8"), parser)
    if root is None or root.find("body") is None:
        raise TemplateError("the page has no body")
    return root


def _take_base_styles(root: Any) -> tuple[str, ...]:
    """Remove the style sheets to inline from the document and give their text."""
    sheets = []
    for style in root.xpath("//style"):
        if style.attrib.pop("data-premailer", "") == "ignore":
            continue
        encoded = style.text or ""
        for line, fault in css_subset.faults(encoded):
            raise TemplateError(f"base styles, line {line}: {fault}")
        sheets.append(encoded)
        style.tag = _TAKEN
    etree.strip_elements(root, _TAKEN, with_tail=False)
    return tuple(sheets)


def _slim_kept_styles(root: Any) -> frozenset[str]:
    """Shorten the style sheets that stay, and give the classes they name."""
    for style in root.xpath("//style"):
        style.text = minify.minify(style.text or "")
    return minify.classes("".join(root.xpath("//style/text()")))


@lru_cache(maxsize=64)
def _looks(
    kinds: tuple[ElementKind, ...], sheets: tuple[str, ...], kept: frozenset[str]
) -> tuple[list[tuple[str, str]], ...]:
    """The attributes that each kind gets: its inlined style, and the classes that are kept."""
    looks, depths = [], [0]
    for kind, style in zip(kinds, inlined_styles(kinds, sheets), strict=True):
        depths.append(depths[kind.parent + 1] + 1)
        if depths[-1] > MAX_DEPTH:
            raise TemplateError(
                f"more than {MAX_DEPTH} elements inside each other: clients cut that"
            )
        for short, long in css_subset.clashes(
            one.partition(":")[0].strip() for one in style.split(";")
        ):
            raise TemplateError(f"{short} and {long} meet on {_named(kind)}: use one of them")
        look = (
            ("class", minify.prune_classes(kind.classes or "", kept)),
            ("style", minify.compact(style)),
        )
        looks.append([attribute for attribute in look if attribute[1]])
    return tuple(looks)


def _named(kind: ElementKind) -> str:
    return f'<{kind.tag} class="{kind.classes}">' if kind.classes else f"<{kind.tag}>"


_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_COUNTED = re.compile(r"(?i)<(a|img|table|h[1-6])\b")
_EMPTY_LINK = re.compile(r'href="([^"]*)"[^<>]*>\s*</a>')
_TAGS = re.compile(r"(?is)<(style|script|title)\b.*?</\1>|<[^>]*>")
_END = 6000
_LAST_WORDS = 40


def _nothing_lost(source: str, document: str) -> None:
    """Compare the two: parsers cut off and move what they don't like without a word."""
    source, document = (_COMMENTS.sub("", one) for one in (source, document))
    before, after = _counted(source), _counted(document)
    for tag in before | after:
        if before[tag] != after[tag]:
            raise TemplateError(f"{before[tag]} <{tag}> became {after[tag]}: is a tag not closed?")
    if empty := _EMPTY_LINK.search(document):
        raise TemplateError(f"the link to {empty[1]} came out empty: is it around a table?")
    if _last_words(source) != _last_words(document):
        raise TemplateError("the end of the page got lost: is a tag not closed?")


def _counted(html: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for tag, count in Counter(_COUNTED.findall(html)).items():
        counts[tag.lower()] += count
    return counts


def _last_words(html: str) -> str:
    return "".join(unescape(_TAGS.sub("", html[-_END:])).split())[-_LAST_WORDS:]
