"""What a check of a message looks at and what it says."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from lxml import etree


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a message: what, where, and how to mend it.

    `line` counts from 1 in the part that `where` is in; 0 where no line can be named. A hard one
    must not be sent; the others cost readers comfort, not the message.
    """

    id: str
    what: str
    where: str
    line: int
    remedy: str
    hard: bool

    def __str__(self) -> str:
        return f"{self.what} [{self.id}]; found: {self.where}; {self.remedy}"


class FindingPlace(NamedTuple):
    """A place in few words, with its line."""

    words: str
    line: int = 0


class Document:
    """A message taken apart once for all checks. `headers` have lower-case names."""

    def __init__(
        self,
        html: str,
        text: str,
        subject: str,
        headers: Mapping[str, list[str]],
        kinds: tuple[str, ...],
        source: bytes,
    ) -> None:
        self.html, self.text, self.subject = html, text, subject
        self.headers, self.kinds, self.source = headers, kinds, source
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        root = etree.fromstring(html.encode("utf-8", "replace") or b"<html></html>", parser)
        self.root: Any = etree.Element("html") if root is None else root

    @property
    def text_only(self) -> bool:
        """Whether it says of itself that it is plain text and nothing else."""
        return "content-type" in self.headers and self.kinds == ("text/plain", "text/plain")

    def find(self, path: str) -> list[Any]:
        """Everything that an XPath reaches."""
        found = _compiled(path)(self.root)
        return list(found) if isinstance(found, list) else [found]

    def header(self, name: str) -> str:
        """The first header of this lower-case name, unfolded, or ""."""
        return " ".join((self.headers.get(name) or [""])[0].split())

    @cached_property
    def styles(self) -> list[tuple[Any, Mapping[str, str]]]:
        """Every element with a style attribute, with its declarations."""
        return [(e, declarations(e.get("style"))) for e in self.find("//*[@style]")]

    @cached_property
    def kept(self) -> list[str]:
        """The style sheets that stayed in the document."""
        return [style.text or "" for style in self.find("//style")]

    @cached_property
    def css(self) -> str:
        """All of them together."""
        return "\n".join(self.kept)

    @cached_property
    def links(self) -> list[Any]:
        """Every <a> with an address."""
        return self.find("//a[@href]")

    @cached_property
    def signs(self) -> list[tuple[Any, str]]:
        """Every link with its address and its words, in lower case."""
        return [(a, f"{a.get('href')} {''.join(a.itertext())}".lower()) for a in self.links]

    def links_to(self, *words: str) -> list[Any]:
        """The links whose address or words have one of these (in lower case) in them."""
        return [a for a, sign in self.signs if any(word in sign for word in words)]

    @cached_property
    def leave(self) -> list[Any]:
        """The links to unsubscribe: those of the header, and those that say so."""
        told = re.findall(r"<([^<>]+)>", self.header(LEAVING).lower())
        return self.links_to("unsubscribe", *told)

    @cached_property
    def children(self) -> list[Any]:
        """What stands directly in the body."""
        return self.find("//body/*")


LEAVING = "list-unsubscribe"
Places = Callable[[Document], Iterable[Any]]
"""Where something doesn't hold: a Place, an element, or what an XPath or a check says of one."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold and why, where it doesn't, and what to do then."""

    id: str
    what: str
    why: str
    remedy: str
    places: Places
    hard: bool = False

    def findings(self, document: Document) -> Iterator[Finding]:
        """One finding for each place."""
        for place in self.places(document):
            words, line = _spot(place)
            yield Finding(self.id, self.what, words, line, self.remedy, self.hard)


def _spot(place: Any) -> FindingPlace:
    if isinstance(place, FindingPlace):
        return place
    if isinstance(place, str):  # an XPath's answer knows where it stands
        parent = place.getparent() if hasattr(place, "getparent") else None
        return FindingPlace(str(place)[:100], 0 if parent is None else parent.sourceline or 0)
    return FindingPlace(element_name(place), place.sourceline or 0)


def at(element: Any, said: str = "") -> FindingPlace:
    """The place of an element, with something about it."""
    return FindingPlace(
        f"{element_name(element)}: {said}" if said else element_name(element),
        element.sourceline or 0,
    )


@lru_cache(maxsize=256)
def _compiled(path: str) -> Any:
    return etree.XPath(path)


@lru_cache(maxsize=4096)
def declarations(style: str) -> Mapping[str, str]:
    """The properties and values of a style attribute."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def unless(holds: object, place: str) -> list[str]:
    """No place if it holds, else this one."""
    return [] if holds else [place]


def element_name(element: Any) -> str:
    """An element in few words: its tag and what it says or links to."""
    said = " ".join("".join(element.itertext()).split())[:40]
    said = said or (element.get("href") or element.get("src") or "")[:60]
    return f'<{element.tag}> "{said}"' if said else f"<{element.tag}>"


@lru_cache(maxsize=256)
def pixels(value: str) -> float | None:
    """A length in px as a number, else None."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)px", value)
    return float(match[1]) if match else None


def around(text: str, pattern: str) -> list[FindingPlace]:
    """A few characters around every match, with the line of the text."""
    return [
        FindingPlace(
            " ".join(text[max(0, m.start() - 15) : m.end() + 15].split()), _line(text, m.start())
        )
        for m in re.finditer(pattern, text)
    ]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
