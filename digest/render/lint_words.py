"""Checks of what a message says and links to: images, links, preheader, text part, subject."""

import re
from collections.abc import Iterable

from digest.render.findings import Check, Document, around, name, pixels, unless

SUBJECT_ROOM = 70
"""Characters that most inboxes show of a subject."""
_VAGUE = frozenset(
    {"click here", "here", "read more", "more", "learn more", "this", "link", "continue"}
)
_TOKEN = re.compile(r"\{\{|\{%|%7B%7B|%%|\*\||\[\[|__[A-Z][A-Z_]+__")
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


def _relative(d: Document) -> Iterable[str]:
    return [
        a.get("href")
        for a in d.links
        if not re.match(r"https?://[^/\s]|mailto:[^\s]|#.", a.get("href"))
    ]


def _dead_anchors(d: Document) -> Iterable[str]:
    names, ids = set(d.find("//a/@name")), set(d.find("//@id"))
    targets = (a.get("href")[1:] for a in d.links if a.get("href").startswith("#"))
    return [f"#{target}" for target in targets if target not in names or target not in ids]


def _late_enough(d: Document) -> Iterable[str]:
    if not d.leave:
        return ["there is none"]
    place = d.html.rfind(d.leave[-1].get("href")) / max(len(d.html), 1)
    return unless(place > 0.8, f"at {place:.0%} of the document")


def _sizes(d: Document) -> Iterable[str]:
    return [i.get("src", "<img>") for i in d.find("//img") if not (i.get("width") or "").isdigit()]


def _heights(d: Document) -> Iterable[str]:
    return [
        i.get("src", "<img>") for i in d.find("//img[@height]") if not i.get("height").isdigit()
    ]


def _sources(d: Document, pattern: str) -> list[str]:
    return [s[:60] for s in d.find("//img/@src") if re.search(pattern, s, re.IGNORECASE)]


def _inline_images(d: Document) -> Iterable[str]:
    blocks = {e for e, style in d.styles if style.get("display") == "block"}
    return [i.get("src", "<img>") for i in d.find("//img") if i not in blocks]


def _missing_in_text(d: Document) -> Iterable[str]:
    written = set(d.text.split())
    targets = {a.get("href"): None for a in d.links if a.get("href").startswith("http")}
    return [target for target in targets if target not in written]


def _no_way_out(d: Document) -> Iterable[str]:
    found = "unsubscribe" in d.text.lower() or any(a.get("href") in d.text for a in d.leave)
    return unless(found, "body.txt")


CHECKS = (
    Check("I1", "images have a width in whole pixels", 'write width="…"', _sizes),
    Check(
        "I2",
        "the height of an image is whole pixels or not given",
        'take height="auto" out',
        _heights,
    ),
    Check(
        "I3",
        "images come over https",
        "serve them there",
        lambda d: _sources(d, r"^(?!https://|data:|cid:)"),
    ),
    Check(
        "I4",
        "images are JPEG or PNG from the web",
        "Outlook and Gmail show no svg, webp, avif or data:",
        lambda d: _sources(d, r"^data:|\.(?:svg|webp|avif)(?:[?#]|$)"),
    ),
    Check(
        "I5",
        "images have display:block",
        "clients leave a gap below them otherwise",
        _inline_images,
    ),
    Check(
        "I6",
        "images have one source",
        "use <img> with a file of twice the size",
        lambda d: [name(e) for e in d.find("//picture|//img[@srcset]")],
    ),
    Check(
        "A6",
        "every link says something",
        "give it a text",
        lambda d: d.find("//a[@href][not(normalize-space()) and not(.//img)]/@href"),
        hard=True,
    ),
    Check(
        "A7",
        "links say where they lead to",
        "write what the reader finds there",
        lambda d: [name(a) for a in d.links if "".join(a.itertext()).strip().lower() in _VAGUE],
    ),
    Check("L1", "links are whole addresses", "begin them with https://", _relative, hard=True),
    Check(
        "L2",
        "links within the message have a target",
        "have both id and name on an <a>",
        _dead_anchors,
    ),
    Check(
        "L3",
        "no token is left in a link",
        "was the template filled in?",
        lambda d: [a.get("href") for a in d.links if _TOKEN.search(a.get("href"))],
        hard=True,
    ),
    Check(
        "L4",
        "readers can leave, at the end of the message",
        "print {{ unsubscribe_url }} in the footer",
        _late_enough,
        hard=True,
    ),
    Check(
        "L7",
        "no link stands around a table",
        "link the words inside: parsers empty such a link",
        lambda d: around(d.html, r"(?i)<a\s[^>]*href=[^>]*>\s*<table"),
        hard=True,
    ),
    Check(
        "P1",
        "the preheader comes first and is hidden",
        "begin the body with it",
        lambda d: unless(_preheader(d)[1].get("display") == "none", "<body>"),
    ),
    Check(
        "P2",
        "the preheader has 40 to 130 characters",
        "set preheader of the newsletter, or leave it empty",
        _preheader_length,
    ),
    Check(
        "P3",
        "the preheader is hidden without tricks",
        "spam filters look for tiny and same-coloured text",
        _preheader_tricks,
    ),
    Check(
        "P4",
        "at most 150 invisible characters",
        "screen readers read them out",
        lambda d: unless(
            len(_INVISIBLE.findall("".join(d.root.itertext()))) <= 150, "the document"
        ),
    ),
    Check(
        "T1",
        "the text part has more than 200 characters",
        "readers without HTML see only this",
        lambda d: unless(len(d.text) > 200, f"{len(d.text)} characters"),
    ),
    Check(
        "T2",
        "the text part has every link of the HTML part",
        "print the address on a line of its own",
        _missing_in_text,
    ),
    Check(
        "T3",
        "the text part has no markup",
        "use plain text in body.txt",
        lambda d: around(d.text, r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?>|&(?:[a-z]+|#\d+);"),
    ),
    Check(
        "T4",
        "readers of the text part can leave",
        "print {{ unsubscribe_url }} in body.txt",
        _no_way_out,
        hard=True,
    ),
    Check(
        "H3",
        f"the subject has at most {SUBJECT_ROOM} characters",
        "inboxes cut a longer one off",
        lambda d: unless(len(d.subject) <= SUBJECT_ROOM, f"{len(d.subject)} characters"),
    ),
    Check(
        "H4",
        "the subject is one line that says something",
        "set subject of the newsletter",
        lambda d: unless(d.subject.strip() and d.subject.isprintable(), repr(d.subject)),
        hard=True,
    ),
)
