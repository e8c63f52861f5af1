"""Markdown to HTML: as its authors write it, and the little of it that plain text may contain."""

import re
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt

from digest.core.text import prose

# What plain text holds without meaning it: indented paragraphs, lines of dashes under a line,
# "[1]: …", angle brackets, backticks.
_NOT_IN_TEXT = ("code", "fence", "lheading", "reference", "html_block", "html_inline", "backticks")
_ITEM = re.compile(r"([ \t]*)(?:([•◦▪‣●∙·]|[-+*])|(\d{1,9})[.)])[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*([=_~#*.\-–—•·]{1,2})(?:[ \t]*\1){2,}[ \t]*")
_MORE_THAN = re.compile(r"([ \t]*)>(?=[\d=.$€£])")
_WIDE = f"{prose.CJK}{prose.BRAHMIC}"
_BETWEEN_LETTERS = re.compile(rf"(?<=[^\W_])(?<![{_WIDE}])\*+(?=[^\W_])(?![{_WIDE}])")
_DUNDER = re.compile(r"(?<![\w\\])__(?=[a-z0-9_]+__(?!\w))|(?<=[a-z0-9])__(?!\w)")
_ITEM_LINES = 30  # lines of one list item at most


def from_markdown(source: str) -> str:
    """Render CommonMark. Raw HTML passes: the result has yet to be sanitised."""
    return str(_renderer(plain=False).render(source))


def from_text(lines: list[str]) -> str:
    """Render plain text in which links, emphasis, headings, lists and quotes may be Markdown.

    What only looks like Markdown ("1984. It was …", `snake_case`, "2*3*4") stays as it is. The
    result has yet to be sanitised.
    """
    return str(_renderer(plain=True).render("\n".join(_escaped(lines))))


@lru_cache(maxsize=2)
def _renderer(*, plain: bool) -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": not plain})
    # A link that may not be followed is still a link with words in it; nh3 takes its address away.
    renderer.validateLink = lambda url: True  # type: ignore[method-assign]
    return renderer.disable(_NOT_IN_TEXT) if plain else renderer


class _Item(NamedTuple):
    """The marker of a list item; `number` is 0 for a bullet."""

    indent: str
    bullet: str
    number: int
    end: int


def _escaped(lines: list[str]) -> list[str]:
    """Return the lines with a backslash before what would be taken for Markdown and is not."""
    meant, inside = _list_items(lines)
    kept: list[str] = []
    for number, line in enumerate(lines):
        text = line.rstrip()
        if _RULE.fullmatch(text):
            kept += ["", "---", ""]
            continue
        if number not in inside:
            text = text.lstrip()  # or an indented paragraph below a list would be of its last item
        item = _item(text)
        start, rest = (text[: item.end], text[item.end :]) if item else ("", text)
        if item and number in meant:
            start = (
                f"{item.indent}{item.number}. " if item.number else f"{item.indent}{item.bullet} "
            )
        elif item:
            start = re.sub(r"([-+*.)])(?=[ \t]+\Z)", r"\\\1", start)
        rest = _BETWEEN_LETTERS.sub(lambda stars: "\\*" * len(stars[0]), rest)
        rest = _DUNDER.sub(r"\\_\\_", rest)
        kept.append(start + (rest if item else _MORE_THAN.sub(r"\1\\>", rest)))
    return kept


def _list_items(lines: list[str]) -> tuple[set[int], set[int]]:
    """Return which lines begin an item of a list of two or more, and which such a list spans."""
    meant: set[int] = set()
    inside: set[int] = set()
    for number, line in enumerate(lines):
        item = _item(line)
        if item and (item.number in {0, 1} or number in meant):
            following = _next_item(lines, number, item)
            if following:
                meant |= {number, following}
                inside |= set(range(number, following + 1))
    return meant, inside


def _next_item(lines: list[str], number: int, item: _Item) -> int | None:
    """Return where the item after `item` begins: nothing but its own lines may stand between."""
    blank = False
    for following in range(number + 1, min(number + _ITEM_LINES, len(lines))):
        line = lines[following]
        other = _item(line)
        if other and other.indent == item.indent:
            step = 1 if item.number else 0
            continues = (other.bullet, other.number) == (item.bullet, item.number + step)
            return following if continues else None
        if not line.strip():
            blank = True
        elif blank and not line.startswith(("  ", "\t")):
            return None
    return None


def _item(line: str) -> _Item | None:
    found = _ITEM.match(line)
    if not found or _RULE.fullmatch(line):
        return None
    bullet = found[2] if found[2] in {"-", "+", "*"} else "-" * bool(found[2])
    return _Item(found[1], bullet, int(found[3] or 0), found.end())
