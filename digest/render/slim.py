"""Bytes that show nothing, taken out of an inlined document: mail is cut off at a size."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

# fmt: off
_BLOCKS = {
    "address", "blockquote", "body", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "hr", "html", "link", "meta", "ol", "p", "style", "table", "tbody", "td",
    "tfoot", "th", "thead", "title", "tr", "ul",
}
# fmt: on
_AS_WRITTEN = frozenset({"pre", "textarea", "script", "style", "title"})
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_STRING = re.compile(r"(\"[^\"]*\"|'[^']*')")


def slim(root: Any) -> None:
    """Shorten a document (an lxml tree) in place, without changing how it looks.

    Goes: classes that no kept style names, white space between blocks and inside styles.
    """
    kept: set[str] = set()
    for style in root.iter("style"):
        style.text = minify(style.text or "")
        kept.update(_CLASS.findall(style.text))
    for element in root.iter():
        if "style" in element.attrib:
            element.attrib["style"] = _compact(element.attrib["style"])
        if "class" in element.attrib:
            _prune(element, kept)
    for element in _outside_preformatted(root):
        _close_gaps(element)


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
def _compact(style: str) -> str:
    parts = _STRING.split(style)
    parts[::2] = (re.sub(r"\s*([;:,])\s+", r"\1", part) for part in parts[::2])
    return "".join(parts).strip().rstrip(";")


def _prune(element: Any, kept: set[str]) -> None:
    names = [name for name in element.attrib["class"].split() if name in kept]
    if names:
        element.attrib["class"] = " ".join(names)
    else:
        del element.attrib["class"]


def _outside_preformatted(element: Any) -> Iterator[Any]:
    if element.tag in _AS_WRITTEN or "white-space:pre" in (element.get("style") or ""):
        return
    yield element
    for child in element:
        yield from _outside_preformatted(child)


def _close_gaps(parent: Any) -> None:
    """Drop white space beside a block's edge, where it isn't shown; elsewhere one space stays."""
    edge = _is_block(parent)
    children = list(parent)
    blocks = [edge, *(_is_block(child) for child in children), edge]
    if parent.text and parent.text.isspace():
        parent.text = "" if blocks[0] or (children and blocks[1]) else " "
    for place, child in enumerate(children, 1):
        if child.tail and child.tail.isspace():
            child.tail = "" if blocks[place] or blocks[place + 1] else " "


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS and "display:inline" not in (element.get("style") or "")
