"""Untrusted HTML made safe, and plain text made from it."""

import html
import re

import nh3

from digest.core.text import prose
from digest.feeds.html import html_to_blocks
from digest.feeds.html.blocks import ArticleBlock

# Neither SVG nor MathML: the two ways around the sanitiser found so far need one of them.
_WITH_CONTENT = frozenset(
    {"audio", "button", "canvas", "embed", "head", "iframe", "map", "math", "noscript", "object"}
    | {"option", "script", "select", "style", "svg", "template", "textarea", "title", "video"}
)
_CLEANER = nh3.Cleaner(
    tags=set(html_to_blocks.TAGS),
    clean_content_tags=set(_WITH_CONTENT),
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)
_ROUNDS = 4
# Elements that nest until they are closed; li, tr and the like end by themselves.
_NESTING = re.compile(
    "<(/?)(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|form"
    r"|header|main|nav|ol|section|table|ul)\b[^>]*>",
    re.IGNORECASE,
)
_DEEPEST = 200  # the HTML parser takes quadratic time beyond
_BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|pre)>|<[uo]l>|<hr>")
_TAG = re.compile(r"<[^>]*>")
# What reads as it is written: paragraphs and headings of words, in links or stressed.
_PLAIN = re.compile(
    r"(?:<(p|h[234])>"
    r'(?:[^<&\n]++|&(?:amp|lt|gt|quot);|</?(?:em|strong)>|<a href="[^"]*">|</a>)+'
    r"</\1>(?:\n|\Z))*"
)
_BLANK = re.compile(r"\n\s*\n")


def sanitise_html(untrusted: str) -> str:
    """Return HTML that is safe in an email and on a page, one block a line.

    p, h2-h4, ul, ol, li, blockquote, pre, hr, br, a, em, strong, code, sub, sup and s are left,
    without any attribute but the absolute http, https or mailto address of a link. Cleaning it
    again changes nothing.
    """
    return "\n".join(block.html for block in clean_blocks(untrusted))


def clean_blocks(untrusted: str) -> list[ArticleBlock]:
    """Return the blocks of untrusted HTML, clean; joined by line ends they are what `clean` gives.

    The sanitiser itself has the last word: what is returned has passed it unchanged.
    """
    found = html_to_blocks.html_to_blocks(_CLEANER.clean(_shallow(prose.visible(untrusted))))
    for _ in range(_ROUNDS):
        written = "\n".join(block.html for block in found)
        if written.isascii() and _PLAIN.fullmatch(written) and _CLEANER.clean(written) == written:
            return found  # most articles; to read it all again is the longest part
        again = html_to_blocks.html_to_blocks(_CLEANER.clean(written))
        if "\n".join(block.html for block in again) == written:
            return found
        found = again
    return [_bare(block) for block in found]


def html_to_text(safe: str) -> str:
    """Return the words of HTML from `clean`: paragraphs with a blank line between them."""
    text = _BLOCK_END.sub("\n\n", safe.replace("<br>", "\n"))
    text = html.unescape(_TAG.sub("", text)).replace("\xa0", " ")
    return _BLANK.sub("\n\n", text).strip()


def _shallow(untrusted: str) -> str:
    """Return HTML without its nesting elements where they are nested absurdly deep."""
    depth = 0
    for tag in _NESTING.finditer(untrusted):
        depth += -1 if tag[1] else 1
        if depth > _DEEPEST:
            return _NESTING.sub(" ", untrusted)
    return untrusted


def _bare(block: ArticleBlock) -> ArticleBlock:
    return ArticleBlock(
        "p", f"<p>{html.escape(prose.one_line(block.text), quote=False)}</p>", block.text
    )
