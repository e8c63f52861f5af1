"""A score by the formula of Mailpit's HTML check, on the data of caniemail.com.

100, less the largest share of the message that is only partly supported, less the largest that is
not supported: a feature's share is how often it occurs among all elements below <html>, times the
part of all versions of all clients that know it partly or not at all. The data comes with npm's
package caniemail and isn't ours. What occurs is read from the names that caniemail gives features:
elements, properties and units of inlined styles, at-rules and pseudo-classes of the rest.

As in Mailpit's own check, attributes count only where they stand for a style, and so do neither
selectors nor properties of style sheets that stay: who doesn't know those loses only the extras.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from digest.render.lint.findings import declarations

UNCHECKED = {"css-font-size"}
"""Mailpit asks nothing about it; what some clients don't know of it is rem, and we write px."""
_STYLED = {"bgcolor": "background-color", "width": "width", "height": "height", "border": "border"}
_LISTS = {"ul": "html-lists", "ol": "html-lists", "dl": "html-lists"}
_NOT_COUNTED = {"html", "head", "meta"}


class Score(NamedTuple):
    """Points of 100, and the features that cost most of them, with what they cost."""

    points: float
    partly: str
    never: str


def score(html: str, data: Path) -> Score:
    """The score of a document whose styles are inlined."""
    root = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    nodes = sum(1 for one in root.iter(etree.Element) if one.tag not in _NOT_COUNTED)
    features = {one["slug"]: one for one in json.loads(data.read_text("utf-8"))["data"]}
    partly, never = dict[str, float](), dict[str, float]()
    for slug, times in found(root).items():
        if slug in features and slug not in UNCHECKED:
            some, none = support(features[slug])
            partly[slug], never[slug] = 100 * some * times / nodes, 100 * none * times / nodes
    worst, missing = max(partly, key=partly.__getitem__), max(never, key=never.__getitem__)
    return Score(
        round(100 - partly[worst] - never[missing], 1),
        f"{worst} costs {partly[worst]:.1f}",
        f"{missing} costs {never[missing]:.1f}",
    )


def support(feature: dict[str, Any]) -> tuple[float, float]:
    """The shares of all versions that know it partly (or nobody knows), and not at all."""
    answers = [
        answer
        for clients in feature["stats"].values()
        for versions in clients.values()
        for answer in versions.values()
    ]
    yes, no = (sum(one == known for one in answers) for known in ("y", "n"))
    return (len(answers) - yes - no) / len(answers), no / len(answers)


def found(root: Any) -> Counter[str]:
    """How often each feature occurs, by the name that caniemail would give it."""
    times = Counter[str]()
    for element in root.iter(etree.Element):
        times.update(_of_element(element))
    for style in root.iter("style"):
        times.update(_of_sheet(style.text or ""))
    return times


def _of_element(element: Any) -> Iterator[str]:
    tag, style = str(element.tag), element.get("style", "")
    yield "html-h1-h6" if re.fullmatch("h[1-6]", tag) else _LISTS.get(tag, f"html-{tag}")
    if tag == "a" and element.get("href", "").startswith("#"):
        yield "html-anchor-links"
    if tag == "img":
        kind = element.get("src", "").rpartition(".")[2]
        yield f"image-{kind.replace('jpeg', 'jpg')}"
    told = declarations(style)
    yield from {f"css-{name}" for name in (*told, *(_STYLED.get(a) for a in element.attrib))}
    yield from (f"css-{name}-{value}" for name, value in told.items())
    for unit in re.findall(r"\d(px|em|rem|pt|vh|vw|%)", style):
        yield f"css-unit-{unit.replace('%', 'percent')}"
    for function in re.findall(r"([a-z-]+)\(", style):
        yield from (f"css-{function}", f"css-function-{function}", f"css-unit-{function}")
    if "!important" in style:
        yield "css-important"


def _of_sheet(css: str) -> Iterator[str]:
    for rule, condition in re.findall(r"@([a-z-]+)(?: ?\(([a-z-]+))?", css):
        if condition or rule != "media":  # paper and screens are no question of width
            yield f"css-at-{rule}"
        if condition:
            yield f"css-at-{rule}-{condition}"
    yield from (f"css-pseudo-class-{name}" for name in re.findall(r"[^:{]:([a-z-]+)[ ,{]", css))
