"""The blocks of an article, and how they are written from lines of text."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from digest.core.articles.article import Related
from digest.core.text import prose

LEAVES = {"p": "p", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
LEAVES |= {"pre": "pre"}
LISTS = frozenset({"ul", "ol"})
UNSAFE = str.maketrans({"<": "%3C", ">": "%3E", '"': "%22", "'": "%27", "&": "&amp;"})

_ALNUM = re.compile(r"[^\W_]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    """One block of an article: `html` to show, `text` with a line for each line or list item.

    `tag` is what the source had (h1 where `html` has h2). `links` are the links in it, also those
    that lead nowhere (an empty url) and so are plain text in `html`; `linked` says that they are
    all there is.
    """

    tag: str
    html: str
    text: str
    links: tuple[Related, ...] = ()
    linked: bool = False


class InlineText(NamedTuple):
    """Escaped text, the inline start tags it stands in, outermost first, and the link it is of."""

    text: str
    marks: tuple[str, ...]
    link: int | None


class TextLine(NamedTuple):
    """One line of text. `path` are its boxes, outermost first: element and a number of its own."""

    tag: str
    path: tuple[tuple[str, int], ...]
    number: int
    pieces: list[InlineText]

    @property
    def root(self) -> int:
        """The number of the outermost box, or of the line itself: the same within one block."""
        return self.path[0][1] if self.path else self.number


def block(lines: list[TextLine], links: list[str]) -> ArticleBlock:
    """Make a block of the lines that share a root; `links` are the addresses by their number."""
    pieces = [piece for line in lines for piece in line.pieces]
    words = [piece for piece in pieces if _ALNUM.search(piece.text)]
    named: dict[int, str] = {}
    for piece in pieces:
        if piece.link is not None:
            named[piece.link] = named.get(piece.link, "") + _plain(piece.text)
    path = lines[0].path
    return ArticleBlock(
        tag=path[0][0] if path else lines[0].tag,
        html="".join(_written(lines)),
        text="\n".join("".join(_plain(piece.text) for piece in line.pieces) for line in lines),
        links=tuple(
            Related(prose.one_line(name), links[number])
            for number, name in named.items()
            if name.strip()
        ),
        linked=bool(words) and all(piece.link is not None for piece in words),
    )


def _plain(escaped: str) -> str:
    return "\n" if escaped == "<br>" else html.unescape(escaped).replace("\xa0", " ")


def _written(lines: list[TextLine]) -> list[str]:
    """Return the HTML of one block's lines, in parts."""
    parts: list[str] = []
    path: tuple[tuple[str, int], ...] = ()
    for line in lines:
        if line.tag == "hr":
            parts.append("<hr>")
            continue
        if path or line.path:
            kept = shared(path, line.path)
            parts += (f"</{box}>" for box, _ in reversed(path[len(kept) :]))
            parts += (f"<{box}>" for box, _ in line.path[len(kept) :])
        if line.path and line.path[-1][0] == "li":
            parts += ["<br>"] * (path == line.path) + _inline(line.pieces)
        else:
            tag = LEAVES[line.tag]
            parts += (f"<{tag}>", *_inline(line.pieces), f"</{tag}>")
        path = line.path
    parts += (f"</{box}>" for box, _ in reversed(path))
    return parts


def _inline(pieces: Iterable[InlineText]) -> list[str]:
    parts: list[str] = []
    marks: tuple[str, ...] = ()
    for text, wanted, _ in pieces:
        if marks != wanted:
            kept = shared(marks, wanted)
            parts += map(_end, reversed(marks[len(kept) :]))
            parts += wanted[len(kept) :]
            marks = wanted
        parts.append(text)
    parts += map(_end, reversed(marks))
    return parts


def _end(start: str) -> str:
    return f"</{start[1:-1].partition(' ')[0]}>"


def shared(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    """Return what two tuples begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return one[:count]
