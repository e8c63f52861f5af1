"""CSS into style attributes, by premailer, with its traps shut.

What is inlined is every <style> but those with data-premailer="ignore", which stay as they are
(media queries, dark mode). The result must render as the source did: what premailer would lose
or change without a word is a TemplateError here.
"""

import logging
import os
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from lxml import etree

from digest.core import prose
from digest.errors import TemplateError
from digest.render import dialect
from digest.render.slim import slim

if TYPE_CHECKING:
    from premailer import Premailer

MAX_DEPTH = 60
"""Nested elements; libxml2 and some clients cut a document off far below this."""

_OPTIONS = {
    # True would delete !important from kept media rules: phones and dark mode would be lost.
    "strip_important": False,
    # Written by hand where a client needs them; premailer would write height="auto" and floats.
    "disable_basic_attributes": ["align", "valign", "bgcolor", "width", "height"],
    "disable_validation": True,
    "align_floating_images": False,
    "remove_unset_properties": False,
    "allow_network": False,
    "allow_loading_external_files": False,
    "cssutils_logging_level": logging.CRITICAL,
}
# libxml2 ends the document at some of these, without an error.
_BREAKS_PARSING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# The caches of cssutils and premailer aren't made for threads; with the GIL waiting costs nothing.
_one_at_a_time = threading.Lock()


def inline(html: str) -> str:
    """The document with its base styles in style attributes, slimmed.

    Raises TemplateError if a style can't be inlined or something got lost on the way.
    """
    if _BREAKS_PARSING.search(html):
        html = prose.tidy(html)
    root = _parse(html)
    sheets = root.xpath("//style[not(@data-premailer='ignore')]")
    for sheet in sheets:
        for line, fault in dialect.faults(sheet.text or ""):
            raise TemplateError(f"base styles, line {line}: {fault}")
    with _one_at_a_time:
        _inliner()(root, **_OPTIONS).transform()
    if any(sheet.getparent() is not None for sheet in sheets):
        raise TemplateError("base styles: a rule is left over that can't be inlined")
    _nothing_lost(html, root)
    slim(root)
    document: str = etree.tostring(root, method="html", encoding="unicode")
    return f"<!DOCTYPE html>\n{document}"


@lru_cache(maxsize=1)
def _inliner() -> "type[Premailer]":
    """Premailer with its rules cached. Imported on first use: it brings requests and cssutils."""
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "8192")  # read once, at import
    import cssutils
    import cssutils.util
    from premailer import Premailer

    # cssutils fetches every @import on its own, from files too; allow_network doesn't reach it.
    cssutils.util._defaultFetcher = lambda url: (None, b"")
    cssutils.ser.prefs.minimizeColorHash = False  # some clients read six digits only

    class Inliner(Premailer):  # type: ignore[misc]
        def _parse_style_rules(self, css: str, index: int) -> tuple[list[Any], list[Any]]:
            rules, leftover = parsed(css, index)
            return list(rules), list(leftover)

        def _style_to_basic_html_attributes(self, *args: Any, **kwargs: Any) -> None:
            pass

    @lru_cache(maxsize=64)
    def parsed(css: str, index: int) -> tuple[Sequence[Any], Sequence[Any]]:
        plain = Premailer("<p>", **_OPTIONS)
        rules, leftover = Premailer._parse_style_rules(plain, css, index)
        return tuple(rules), tuple(leftover)

    return Inliner


def _parse(html: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(html.encode("utf-8"), parser)
    if root is None or root.find("body") is None:
        raise TemplateError("the page has no body")
    if root.xpath(f"boolean(//*[count(ancestor::*) >= {MAX_DEPTH}])"):
        raise TemplateError(f"more than {MAX_DEPTH} elements inside each other: clients cut that")
    return root


_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_COUNTED = {
    "links": (re.compile(r"(?i)<a\s[^>]*\bhref="), "//a[@href]"),
    "images": (re.compile(r"(?i)<img\b"), "//img"),
    "headings": (re.compile(r"(?i)<h[1-6]\b"), "//h1|//h2|//h3|//h4|//h5|//h6"),
    "tables": (re.compile(r"(?i)<table\b"), "//table"),
}
_TAGS = re.compile(r"(?is)<(style|script|title)\b.*?</\1>|<[^>]*>")
_LAST_WORDS = 40


def _nothing_lost(html: str, root: Any) -> None:
    """Compare with the source: parsers cut off and move what they don't like without a word."""
    source = _COMMENTS.sub("", html)
    for what, (pattern, path) in _COUNTED.items():
        before, after = len(pattern.findall(source)), len(root.xpath(path))
        if before != after:
            raise TemplateError(f"{before} {what} became {after}: is a tag not closed?")
    if empty := root.xpath("//a[@href][not(normalize-space()) and not(.//img)]/@href"):
        raise TemplateError(f"the link to {empty[0]} came out empty: is it around a table?")
    shown = root.xpath("//body//text()[not(parent::style or parent::script)]")
    if _last_words(unescape(_TAGS.sub("", source[-4000:]))) != _last_words("".join(shown)):
        raise TemplateError("the end of the page got lost: is a tag not closed?")


def _last_words(text: str) -> str:
    return "".join(text.split())[-_LAST_WORDS:]
