"""What a check of a message looks at and what it says."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from lxml import etree


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a message: what, where, and how to mend it.

    A hard one must not be sent; the others cost readers comfort, not the message.
    """

    id: str
    what: str
    where: str
    remedy: str
    hard: bool


class Document:
    """The two parts of a message with its subject, parsed once for all checks."""

    def __init__(self, html: str, text: str, subject: str) -> None:
        self.html = html
        self.text = text
        self.subject = subject
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        source = html.encode("utf-8", "replace") or b"<html></html>"
        root = etree.fromstring(source, parser)
        self.root: Any = etree.Element("html") if root is None else root

    def find(self, path: str) -> list[Any]:
        """Everything that an XPath reaches."""
        found = self.root.xpath(path)
        return list(found) if isinstance(found, list) else [found]

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
    def leave(self) -> list[Any]:
        """The links to unsubscribe."""
        return [a for a in self.links if "unsubscribe" in f"{a.get('href')} {a.text}".lower()]

    @cached_property
    def children(self) -> list[Any]:
        """What stands directly in the body."""
        return self.find("//body/*")


Places = Callable[[Document], Iterable[str]]
"""Where something doesn't hold, in few words each."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and where it doesn't."""

    id: str
    what: str
    remedy: str
    places: Places
    hard: bool = False

    def findings(self, document: Document) -> Iterator[Finding]:
        """One finding for each place."""
        for place in self.places(document):
            yield Finding(self.id, self.what, place, self.remedy, self.hard)


@lru_cache(maxsize=1024)
def declarations(style: str) -> Mapping[str, str]:
    """The properties and values of a style attribute."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def unless(holds: object, place: str) -> list[str]:
    """No place if it holds, else this one."""
    return [] if holds else [place]


def name(element: Any) -> str:
    """An element in few words: its tag and what it says or links to."""
    said = " ".join("".join(element.itertext()).split())[:40] or element.get("href", "")[:60]
    return f'<{element.tag}> "{said}"' if said else f"<{element.tag}>"


def pixels(value: str) -> float | None:
    """A length in px as a number, else None."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)px", value)
    return float(match[1]) if match else None


def around(text: str, pattern: str) -> list[str]:
    """A few characters around every match."""
    return [text[max(0, m.start() - 15) : m.end() + 15] for m in re.finditer(pattern, text)]
