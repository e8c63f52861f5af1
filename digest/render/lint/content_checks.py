"""Checks of what a message says and links to: images, links, preheader, text part, subject."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from digest.render.lint.findings import Check, Document, Places, around, pixels, unless

LATE, EARLY, FIRST_LINES = 0.8, 0.2, 3000
"""Where the end of a message begins, where its top ends, as parts of its HTML; or in letters."""
_VAGUE = frozenset(
    {"click here", "here", "read more", "more", "learn more", "this", "link", "continue"}
)
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
_MERGE = re.compile(r"%7B%7B|%%|\*\||\[\[|__[A-Z][A-Z_]+__|NDG[0-9a-f]{16}")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202e\u2060-\u206f\u3000\ufeff]"
)


def _preheader(d: Document) -> tuple[str, dict[str, str]]:
    """The text and the style of the first thing in the body."""
    for element, style in d.styles:
        if d.children and element is d.children[0]:
            return " ".join(element.itertext()).strip(), dict(style)
    return "", {}


def _preheader_length(d: Document) -> Iterable[str]:
    length = len(_preheader(d)[0])
    return unless(40 <= length <= 130, f"{length} characters")


def _preheader_tricks(d: Document) -> Iterable[str]:
    style = _preheader(d)[1]
    size = pixels(style.get("font-size", ""))
    tricks = {"color": "color" in style, "font-size": size is not None and size < 14}
    return [key for key, found in tricks.items() if found]


def _relative(d: Document) -> Iterable[Any]:
    return [a for a in d.links if not re.match(r"https?://[^/\s]|mailto:[^\s]|#.", a.get("href"))]


def _dead_anchors(d: Document) -> Iterable[str]:
    names, ids = set(d.find("//a/@name")), set(d.find("//@id"))
    targets = (a.get("href")[1:] for a in d.links if a.get("href").startswith("#"))
    return [f"#{target}" for target in targets if target not in names or target not in ids]


def _in_place(links: Callable[[Document], list[Any]], top: bool = False) -> Places:
    """Whether one of these stands near the end, or near the top where that will do."""

    def places(d: Document) -> Iterable[str]:
        spots = [d.html.rfind(a.get("href")) for a in links(d)]
        if not spots:
            return ["there is none"]
        found = [spot / max(len(d.html), 1) for spot in spots]
        body = max(d.html.find("<body"), 0)  # in a short message the head is half of it
        early = body + max(EARLY * (len(d.html) - body), FIRST_LINES)
        well = max(found) > LATE or (top and any(0 <= spot < early for spot in spots))
        return unless(well, f"at {max(found):.0%} of the document")

    return places


def _sizes(d: Document) -> Iterable[Any]:
    return [i for i in d.find("//img") if not (i.get("width") or "").isdigit()]


def _heights(d: Document) -> Iterable[Any]:
    return [i for i in d.find("//img[@height]") if not i.get("height").isdigit()]


def _sources(d: Document, pattern: str) -> list[Any]:
    return [s for s in d.find("//img/@src") if re.search(pattern, s, re.IGNORECASE)]


def _inline_images(d: Document) -> Iterable[Any]:
    blocks = {e for e, style in d.styles if style.get("display") == "block"}
    return [i for i in d.find("//img") if i not in blocks]


CHECKS = (
    Check(
        "I1",
        "images have a width in whole pixels",
        "Outlook shows the file's own size otherwise",
        'write width="…"',
        _sizes,
    ),
    Check(
        "I2",
        "the height of an image is whole pixels or not given",
        "Outlook collapses an image of another height",
        'take height="auto" out',
        _heights,
    ),
    Check(
        "I3",
        "images come over https",
        "clients block others or warn of them",
        "serve them over https",
        lambda d: _sources(d, r"^(?!https://|data:|cid:)"),
    ),
    Check(
        "I4",
        "images are JPEG or PNG from the web",
        "Outlook and Gmail show no svg, webp, avif or data:",
        "send JPEG or PNG with an address",
        lambda d: _sources(d, r"^data:|\.(?:svg|webp|avif)(?:[?#]|$)"),
    ),
    Check(
        "I5",
        "images have display:block",
        "clients leave a gap below them otherwise",
        "style them so",
        _inline_images,
    ),
    Check(
        "I6",
        "images have one source",
        "hardly any client reads another",
        "use <img> with a file of twice the size",
        lambda d: d.find("//picture|//img[@srcset]"),
    ),
    Check(
        "A6",
        "every link says something",
        "a screen reader reads the address out, letter by letter",
        "give it a text",
        lambda d: d.find("//a[@href][not(normalize-space()) and not(.//img)]/@href"),
        hard=True,
    ),
    Check(
        "A7",
        "links say where they lead to",
        "whoever jumps from link to link hears only these words",
        "write what the reader finds there",
        lambda d: [a for a in d.links if "".join(a.itertext()).strip().lower() in _VAGUE],
    ),
    Check(
        "L1",
        "links are whole addresses",
        "a message has no address of its own to resolve others against",
        "begin them with https://",
        _relative,
        hard=True,
    ),
    Check(
        "L2",
        "links within the message have a target",
        "Gmail and Yahoo jump to an <a name>, others to an id",
        "have both id and name on an <a>",
        _dead_anchors,
    ),
    Check(
        "L3",
        "no template tag is left in a link",
        "what was not filled in leads nowhere",
        "was the template filled in?",
        lambda d: [a.get("href") for a in d.links if _TEMPLATE.search(a.get("href"))],
        hard=True,
    ),
    Check(
        "L8",
        "no link looks like one that was not filled in",
        "a tag of another mailing program, or an article's own odd address",
        "look where it comes from",
        lambda d: [a.get("href") for a in d.links if _MERGE.search(a.get("href"))],
    ),
    Check(
        "L4",
        "readers can leave, at the end of the message",
        "it is the law in many countries; who can't leave complains, and complaints cost the inbox",
        "print {{ unsubscribe_url }} in the footer",
        _in_place(lambda d: d.leave),
        hard=True,
    ),
    Check(
        "L5",
        "readers can change what they get, at the end of the message",
        "who can only leave, leaves",
        "link the page of preferences in the footer",
        _in_place(lambda d: d.links_to("preferences", "settings", "manage")),
    ),
    Check(
        "L6",
        "readers can see the message in a browser",
        "some programs show it badly, or cut it off",
        "link the archive's copy at the top or in the footer",
        _in_place(lambda d: d.links_to("/archive/", "browser", "online"), top=True),
    ),
    Check(
        "L7",
        "no link stands around a table",
        "parsers empty such a link",
        "link the words inside",
        lambda d: around(d.html, r"(?i)<a\s[^>]*href=[^>]*>\s*<table"),
        hard=True,
    ),
    Check(
        "P1",
        "the preheader comes first and is hidden",
        "inboxes show the first words beside the subject",
        "begin the body with it",
        lambda d: unless(_preheader(d)[1].get("display") == "none", "<body>"),
    ),
    Check(
        "P2",
        "the preheader has 40 to 130 characters",
        "inboxes cut more off, and fill up less with whatever comes next",
        "set preheader of the newsletter, or leave it empty",
        _preheader_length,
    ),
    Check(
        "P3",
        "the preheader is hidden without tricks",
        "spam filters look for tiny and same-coloured text",
        "hide it by display:none alone",
        _preheader_tricks,
    ),
    Check(
        "P4",
        "at most 150 invisible characters",
        "screen readers read them out, and filters count them",
        "take them out",
        lambda d: unless(
            len(_INVISIBLE.findall("".join(d.root.itertext()))) <= 150, "the document"
        ),
    ),
)
