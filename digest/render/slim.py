"""Bytes that show nothing, taken out of an inlined document: mail is cut off at a size."""

import re
from functools import lru_cache
from typing import Any

# fmt: off
_BLOCKS = {
    "address", "blockquote", "body", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "hr", "html", "link", "meta", "ol", "p", "style", "table", "tbody", "td",
    "tfoot", "th", "thead", "title", "tr", "ul",
}
# fmt: on
_AS_WRITTEN = "//pre|//textarea|//script|//style|//title|//*[contains(@style,'white-space:pre')]"
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_SPACE = " \t\n\f\r"  # no-break spaces are shown
_STRING = re.compile(r"(\"[^\"]*\"|'[^']*')")


def close_gaps(root: Any) -> None:
    """Drop white space between blocks of a document (an lxml tree), where it isn't shown."""
    as_written = {one for element in root.xpath(_AS_WRITTEN) for one in element.iter()}
    for element in root.iter():
        if element.text and element not in as_written:
            _close_inside(element)
        if element.tail and element.getparent() not in as_written:
            _close_after(element)


def classes(css: str) -> frozenset[str]:
    """The classes that a stylesheet names."""
    return frozenset(_CLASS.findall(css))


@lru_cache(maxsize=1024)
def prune(names: str, kept: frozenset[str]) -> str:
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


@lru_cache(maxsize=4096)
def compact(style: str) -> str:
    """A style attribute without optional white space."""
    parts = _STRING.split(style)
    parts[::2] = (re.sub(r"\s*([;:,])\s+", r"\1", part) for part in parts[::2])
    return "".join(parts).strip().rstrip(";")


def _close_inside(element: Any) -> None:
    """Nothing at a block's edge; elsewhere one space stays."""
    if not element.text.strip(_SPACE):
        at_edge = _is_block(element) or (len(element) and _is_block(element[0]))
        element.text = "" if at_edge else " "


def _close_after(element: Any) -> None:
    if not element.tail.strip(_SPACE):
        beside = element.getnext()
        beside = element.getparent() if beside is None else beside
        element.tail = "" if _is_block(element) or _is_block(beside) else " "


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS and "display:inline" not in (element.get("style") or "")
