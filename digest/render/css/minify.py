"""Bytes that show nothing, taken out of an inlined document: mail is cut off at a size."""

import re
from functools import lru_cache
from typing import Any

from lxml import etree

# fmt: off
_BLOCKS = {
    "address", "blockquote", "body", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "hr", "html", "link", "meta", "ol", "p", "style", "table", "tbody", "td",
    "tfoot", "th", "thead", "title", "tr", "ul",
}
# fmt: on
_AS_WRITTEN = etree.XPath(
    "//pre|//textarea|//script|//style|//title|//*[contains(@style,'white-space:pre')]"
)
_SPACE = " \t\r\n"  # no-break spaces are none
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_STRING = re.compile(r"(\"[^\"]*\"|'[^']*')")


def close_gaps(root: Any) -> None:
    """Drop white space between blocks of a document (an lxml tree), where it isn't shown.

    One walk: XPath puts what it finds in order, which takes quadratic time among siblings.
    """
    as_written = {one for element in _AS_WRITTEN(root) for one in element.iter()}
    for element in root.iter():
        if _is_gap(element.text) and isinstance(element.tag, str) and element not in as_written:
            beside = element[0] if len(element) else element
            element.text = "" if _is_block(element) or _is_block(beside) else " "
        if _is_gap(element.tail) and (inside := element.getparent()) not in as_written:
            beside = element.getnext()
            beside = inside if beside is None else beside
            # A comment shows nothing: what stands on its other side is what counts.
            sides = [one for one in (element, beside) if isinstance(one.tag, str)]
            element.tail = "" if not sides or any(map(_is_block, sides)) else " "


def _is_gap(text: str | None) -> bool:
    return bool(text and not text.strip(_SPACE))


def classes(css: str) -> frozenset[str]:
    """The classes that a stylesheet names."""
    return frozenset(_CLASS.findall(css))


def prune_classes(names: str, kept: frozenset[str]) -> str:
    """A class attribute without the names that nothing refers to."""
    return " ".join(name for name in names.split() if name in kept)


@lru_cache(maxsize=64)
def minify(css: str) -> str:
    """A stylesheet without comments and optional white space; quoted strings stay as they are."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    parts = _STRING.split(css)
    parts[::2] = (_squeeze(part) for part in parts[::2])
    return "".join(parts).strip()


def _squeeze(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r"([\w-]): ", r"\1:", css)
    return css.replace(";}", "}")


def compact(style: str) -> str:
    """A style attribute without optional white space."""
    parts = _STRING.split(style)
    parts[::2] = (re.sub(r"\s*([;:,])\s+", r"\1", part) for part in parts[::2])
    return "".join(parts).strip().rstrip(";")


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS and "display:inline" not in (element.get("style") or "")
