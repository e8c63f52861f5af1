"""Article HTML as a flat row of blocks: paragraphs, headings, lists, quotes.

What sources send is nested in every possible way. Here it is read as lines, each with the boxes
(quotes, lists) it stands in, and written anew as the little that an email can show: bare text in a
`div` becomes a paragraph, two line breaks begin a new one, empty elements vanish, nesting is
bounded. The input must come from nh3, so that it is well formed and every `<` in it begins a tag.
"""

import html
import re
from dataclasses import dataclass, field
from itertools import groupby

from digest.core.text import prose
from digest.feeds.html.blocks import (
    LEAVES,
    LISTS,
    UNSAFE,
    ArticleBlock,
    InlineText,
    TextLine,
    block,
    shared,
)

_STRONG, _EM, _CODE, _STRUCK = "strong", "em", "code", "s"
INLINE = {"a": "a", "sub": "sub", "sup": "sup"}
INLINE |= dict.fromkeys(("b", "strong"), _STRONG) | dict.fromkeys(("i", "em", "cite", "dfn"), _EM)
INLINE |= dict.fromkeys(("code", "kbd", "samp", "tt"), _CODE)
INLINE |= dict.fromkeys(("s", "del", "strike"), _STRUCK)
BOXES = LISTS | {"li", "blockquote"}
CELLS = frozenset({"td", "th"})
BREAKS = frozenset(
    {"address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "header", "main", "nav", "section"}
    | {"summary", "table", "tbody", "tfoot", "thead", "tr"}
)
TAGS = INLINE.keys() | LEAVES.keys() | BOXES | CELLS | BREAKS | {"br", "hr", "q"}
"""Every element that `blocks` understands; nh3 must let no other through."""

_DEEPEST = 8  # boxes in boxes; what is deeper is read as if it stood in the eighth
_LONGEST_ADDRESS = 2000
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*) ?/?>|([^<]+)|<')
_HREF = re.compile(r' href="([^"]*)"')
_ADDRESS = re.compile(r"https?://[^/?#\s]|mailto:[^\s@]+@[^\s@]", re.IGNORECASE)
_SPACE = re.compile("[ \t\n\r\f]+")
_NO_SPACE = re.compile(rf"(?<=[{prose.CJK}。，、])\n[ \t]*(?=[{prose.CJK}])")


def html_to_blocks(safe: str) -> list[ArticleBlock]:
    """Return the blocks of HTML that nh3 has let through."""
    reader = _Reader(tidy=safe.isascii() and safe.replace("\n", "").isprintable())
    for slash, tag, attributes, text in _TOKEN.findall(safe):
        if text:
            reader.read(text)
        elif tag and slash:
            reader.close(tag)
        elif tag:
            reader.open(tag, attributes)
    found: list[ArticleBlock] = []
    for _, group in groupby(reader.lines, key=lambda line: line.root):
        made = block(list(group), reader.links)
        if made.text.strip() or (made.tag == "hr" and found and found[-1].tag != "hr"):
            found.append(made)
    if found and found[-1].tag == "hr":
        found.pop()
    return found


@dataclass(slots=True)
class _Reader:
    """Reads tokens into lines."""

    tidy: bool = False  # nothing in it has to be put right character by character
    lines: list[TextLine] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # addresses, "" for one that leads nowhere
    line: TextLine | None = None
    leaf: str = "p"  # what the next text begins
    path: list[tuple[str, int]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)  # length of the path before each open box
    marks: list[tuple[str, str]] = field(default_factory=list)  # element, start tag or ""
    link: int | None = None
    number: int = 0
    joint: str = ""  # what comes between the text before and the next: "", " " or " · "
    breaks: int = 0

    def open(self, tag: str, attributes: str) -> None:
        if tag in INLINE:
            self._mark(INLINE[tag], attributes)
        elif tag in BOXES:
            self._enter(tag)
        elif tag == "br":
            self.breaks += 1
        elif tag == "q":
            self.read("“")
        elif tag in CELLS:
            self.joint = " · "
        else:
            self.line = None
            self.leaf = tag if tag in LEAVES else self.leaf
            if tag == "hr" and not self.path:
                self.lines.append(TextLine("hr", (), self._next(), []))

    def close(self, tag: str) -> None:
        if tag in INLINE:
            if self.marks.pop()[0] == "a":
                self.link = None
        elif tag in BOXES:
            self.line = None
            del self.path[self.left.pop() :]
        elif tag == "q":
            self.read("”")
        elif tag not in CELLS:
            self.line = None
            self.leaf = "p" if tag in LEAVES else self.leaf

    def read(self, escaped: str) -> None:
        """Read text between tags; white space counts once, and not at the ends of a line."""
        text = escaped.replace("&nbsp;", "\xa0")
        text = text if self.tidy else prose.tidy(text)
        if self.leaf == "pre":
            self._read_kept(text)
            return
        if not text.isprintable() or "  " in text:
            text = _SPACE.sub(" ", _NO_SPACE.sub("", text))
        words = text.strip(" ") if self.line else text.strip(" \xa0")
        self.joint = self.joint or " " * text.startswith(" ")
        if words:
            self._write(words)
            self.joint = " " * text.endswith(" ")

    def _read_kept(self, text: str) -> None:
        """Read text whose line ends count: as they are, or within a box as breaks."""
        if not self.path:
            text = "\n" * self.breaks + text
            if text := text if self.line else text.lstrip("\n"):
                self.joint, self.breaks = "", 0
                self._write(text)
            return
        for number, line in enumerate(text.split("\n")):
            self.breaks = min(self.breaks + bool(number), 1)
            if line.strip():
                self._write(line.strip())

    def _write(self, words: str) -> None:
        marks = tuple([start for _, start in self.marks if start])
        if self.breaks > 1 and self.line and self.line.tag == "p" and not self._in_item():
            self.line = None
        if self.line is None:
            self.line = self._begin()
        elif self.breaks or self.joint:
            self._join(marks)
        self.joint, self.breaks = "", 0
        self.line.pieces.append(InlineText(words, marks, self.link))

    def _join(self, marks: tuple[str, ...]) -> None:
        assert self.line
        last = self.line.pieces[-1]
        joint = self.joint or " "
        if self.breaks and self.line.tag == "p":
            joint = "<br>"
        link = self.link if self.link == last.link else None
        self.line.pieces.append(InlineText(joint, shared(last.marks, marks), link))

    def _begin(self) -> TextLine:
        path = tuple(self.path)
        if path and path[-1][0] in LISTS:
            path = (*path, ("li", self._next()))
        tag = "p" if self._in_item() or (path and self.leaf == "pre") else self.leaf
        line = TextLine(tag, path, self._next(), [])
        self.lines.append(line)
        return line

    def _in_item(self) -> bool:
        return any(box == "li" for box, _ in self.path)

    def _enter(self, tag: str) -> None:
        self.line = None
        self.left.append(len(self.path))
        inside = self.path[-1][0] if self.path else ""
        if len(self.path) >= _DEEPEST or (tag == "li" and inside not in LISTS):
            return
        if tag == "blockquote" and self._in_item():
            return
        if inside in LISTS and tag != "li":
            self.path.append(("li", self._next()))
        self.path.append((tag, self._next()))

    def _mark(self, name: str, attributes: str) -> None:
        start = f"<{name}>"
        if name == "a":
            address = _address(attributes)
            self.link = len(self.links)
            self.links.append(address)
            start = f'<a href="{address.translate(UNSAFE)}">' if address else ""
        elif any(name == other for other, _ in self.marks):
            start = ""
        self.marks.append((name, start))

    def _next(self) -> int:
        self.number += 1
        return self.number


def _address(attributes: str) -> str:
    """Return the address a link may lead to, or "": absolute, of a known kind, not endless."""
    found = _HREF.search(attributes)
    address = prose.one_line(html.unescape(found[1])).replace(" ", "%20") if found else ""
    return address if _ADDRESS.match(address) and len(address) <= _LONGEST_ADDRESS else ""
